"""Customers who order more regularly than at random and may leave after an order: what BG/CNBD-k and MBG/CNBD-k share.

Sources: Platzer, M. and Reutterer, T. (2016), Ticking away the moments: timing regularity helps to better predict
customer activity, Marketing Science 35, 779-799; Reutterer, T., Platzer, M. and Schroeder, N. (2021), Leveraging
purchase regularity for predicting customer behavior the easy way, International Journal of Research in Marketing 38,
194-215.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

import numpy as np

from xlclv.errors import DomainError
from xlclv.models import leaving
from xlclv.models.arrays import FloatArray, inner
from xlclv.models.counts import Counts
from xlclv.models.families.nbd import exposure_terms, gamma_terms
from xlclv.models.future import Future
from xlclv.models.model import Model, Parameters
from xlclv.models.newton import Derivatives
from xlclv.models.phase_future import PhaseFuture
from xlclv.models.phases import rising, silence, silence_terms
from xlclv.text import Text

#: The most regular orders there are.
MAX_K: Final = 100

_NOBODY_LEAVES = Text("a/(a+b) goes to 0: nobody leaves", "a/(a+b) 趋于 0：无人流失")


class RegularModel(Model):
    """Gamma(r, alpha) distributed rates of phases, an order after every k; Beta(a, b) chances to leave after an order.

    The likelihood is that of the phases ended by the last order, at that time, and of those since, per density of the
    times of as many orders spread at random: for k = 1 it is that of the model with orders at random, and those of
    different k compare. The times between the orders would tell more about k; frequency and recency do not hold them.

    Parameters
    ----------
    k : int
        Phases of an order.
    """

    parameters: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    constants: ClassVar[tuple[str, ...]] = ("k",)

    def __init__(self, k: int = 1) -> None:
        self._k = k

    @property
    @abstractmethod
    def first_order(self) -> bool:
        """Whether customers may leave after the first order already."""

    @property
    def bound(self) -> tuple[float, ...]:
        """The phases of an order."""
        return (float(self._k),)

    def variants(self, k: int | None) -> Iterator[Model]:
        """Yield the model with the given k, or with 1, 2, ... 100 for a fit to stop at when the likelihood falls.

        Raises
        ------
        DomainError
            If k is no whole number from 1 to 100.
        """
        if k is not None:
            if not 1 <= k <= MAX_K or k != int(k):
                raise DomainError(
                    f"k must be a whole number from 1 to {MAX_K}; leave it empty to have it chosen.",
                    f"k 必须是 1 到 {MAX_K} 的整数；留空则自动选择。",
                    argument="k",
                )
            yield type(self)(int(k))
            return
        for tried in range(1, MAX_K + 1):
            yield type(self)(tried)

    @property
    def all_tried(self) -> Text:
        """What a fit says that chose the last of all variants."""
        return Text(
            f"k = {MAX_K} is the largest tried and still the best: the orders are almost evenly spaced.",
            f"k = {MAX_K} 是尝试的最大值，且仍为最优：订单间隔几乎相等。",
        )

    def check(self, params: Mapping[str, float]) -> None:
        """Raise DomainError if k is no whole number from 1 to 100."""
        k = params["k"]
        if not 1 <= k <= MAX_K or k != int(k):
            raise DomainError(
                f"k of the {self.name} block must be a whole number from 1 to {MAX_K}.",
                f"{self.name} 模型区域的 k 必须是 1 到 {MAX_K} 的整数。",
                argument="model",
            )

    def starts(self, counts: Counts) -> list[FloatArray]:
        """Return starts above the mean rate of the data, since some customers have left before their age."""
        faster = np.array([0.0, -np.log(self._k), 0.0, 0.0])
        return [start + faster for start in leaving.starts(counts)]

    def likelihood(self, theta: FloatArray, counts: Counts) -> Derivatives:
        """Return the log likelihood with exact derivatives."""
        k = self._k
        r, alpha, a, b = np.exp(theta)
        occasions = np.append(counts.customers, counts.tail) if self.first_order else counts.tail
        value, gradient, hessian = leaving.dropout_terms(a, b, occasions)
        last, phases = counts.by_recency, np.repeat(counts.tail, k)
        for rate in (
            gamma_terms(r, alpha, phases),
            exposure_terms(r, alpha, last.time, last.customers, k * last.orders),
        ):
            value += rate[0]
            gradient[:2] += rate[1]
            hessian[:2, :2] += rate[2]
        # Of t^(kx-1)/Gamma(kx) over t^(x-1)/Gamma(x).
        value += (k - 1) * inner(last.orders, np.log(last.time))
        value -= _log_factorials(phases) - _log_factorials(counts.tail)
        for histories in (leaving.repeaters(counts), leaving.one_timers(counts.one_time)):
            for part in silence_terms(r, alpha, a, b, k, histories, self.first_order):
                value += part[0]
                gradient += part[1]
                hessian += part[2]
        return Derivatives(value, gradient, hessian)

    def border(self, escape: FloatArray) -> Text:
        """Say which limit the parameters approach."""
        return leaving.border(escape, self.first_order, _NOBODY_LEAVES)

    def states(
        self, parameters: Parameters, frequency: FloatArray, recency: FloatArray, age: FloatArray
    ) -> tuple[FloatArray, ...]:
        """Return the chances of being alive and in phase 0, 1, ... k - 1 of the next order."""
        r, alpha, a, b = parameters[:4]
        k = int(parameters[4])
        c = r + k * frequency
        log, shares = silence(alpha, c, rising(c, k), recency, age - recency)
        if self.first_order:
            log += np.log((b + frequency) / a)
        else:
            log += np.log((b + np.maximum(frequency - 1.0, 0.0)) / a)
            log[frequency == 0] = np.inf
        shares *= 1.0 / (1.0 + np.exp(np.minimum(-log, 700.0)))
        return tuple(shares)

    def alive(self, parameters: Parameters, frequency: FloatArray, recency: FloatArray, age: FloatArray) -> FloatArray:
        """Return the chances of being alive: 1 before there was an occasion to leave, whatever the phases' rounding."""
        chances = super().alive(parameters, frequency, recency, age)
        return chances if self.first_order else np.where(frequency == 0, 1.0, chances)

    def futures(self, parameters: Parameters) -> tuple[Future, ...]:
        """Return orders after every k phases, the first after those left, until one after which the customer leaves."""
        r, alpha, a, b = parameters[:4]
        k = int(parameters[4])
        b += self.first_order
        return tuple(PhaseFuture(r, alpha, a, b, k, phase) for phase in range(k))


def _log_factorials(tail: FloatArray) -> float:
    """Return the sum over customers of log Gamma(n), where tail[j] of them have n > j."""
    return inner(tail[1:], np.log(np.arange(1.0, len(tail))))
