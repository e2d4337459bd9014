"""BG/BB: customers who may order at each of a series of opportunities, and may leave before each.

Source: Fader, P. S., Hardie, B. G. S. and Shang, J. (2010), Customer-base analysis in a discrete-time noncontractual
setting, Marketing Science 29, 1086-1108; equation numbers below are of that paper. Age is the number of opportunities
since acquisition, recency the number of the last one used, frequency how many were used.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from xlclv.errors import DomainError
from xlclv.models.arrays import FloatArray, inner, numbers
from xlclv.models.checks import MAX_PERIODS, Problem, problems
from xlclv.models.counts import Counts
from xlclv.models.future import Future
from xlclv.models.model import Model, Parameters
from xlclv.models.newton import Derivatives
from xlclv.models.opportunities import OpportunityFuture, Walk
from xlclv.text import Text


class BGBB(Model):
    """Beta(alpha, beta) chances to order at an opportunity; Beta(gamma, delta) chances to leave before each."""

    name: ClassVar[str] = "BG/BB"
    parameters: ClassVar[tuple[str, ...]] = ("alpha", "beta", "gamma", "delta")

    def problems(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> list[Problem]:
        """List which histories are none of whole opportunities, and why."""
        found = problems(frequency, recency, age, opportunities=True)
        x, t, n = np.broadcast_arrays(numbers("frequency", frequency), numbers("recency", recency), numbers("age", age))
        with np.errstate(invalid="ignore"):
            faults = (
                _whole("recency", t),
                _whole("age", n),
                Problem(
                    x > t,
                    DomainError(
                        "frequency is greater than recency; BG/BB counts each opportunity at most once.",
                        "frequency 大于 recency；BG/BB 中每个购买机会最多计一次。",
                        argument="frequency",
                    ),
                ),
                Problem(
                    n > MAX_PERIODS,
                    DomainError(
                        f"age must be at most {MAX_PERIODS:,.0f} opportunities; use longer ones.",
                        f"age 最多为 {MAX_PERIODS:,.0f} 个购买机会；请使用更长的周期。",
                        argument="age",
                    ),
                ),
            )
        return _added(found, *faults)

    def period_problems(self, periods: ArrayLike) -> list[Problem]:
        """List which horizons are no whole number of opportunities."""
        t = numbers("periods", periods)
        with np.errstate(invalid="ignore"):
            long = Problem(
                t > MAX_PERIODS,
                DomainError(
                    f"periods must be at most {MAX_PERIODS:,.0f}; use a longer period.",
                    f"periods 最多为 {MAX_PERIODS:,.0f}；请使用更长的周期。",
                    argument="periods",
                ),
            )
            return _added(super().period_problems(periods), _whole("periods", t), long)

    def starts(self, counts: Counts) -> list[FloatArray]:
        """Return starts above the mean chance of the data, since some customers have left before their age."""
        chance = min(1.5 * counts.orders / (counts.customers * counts.mean_age), 0.9)
        return [
            np.log([size * chance, size * (1.0 - chance), gamma, delta])
            for size, gamma, delta in ((2.0, 0.5, 3.0), (20.0, 0.1, 2.0), (2.0, 10.0, 60.0), (0.5, 1.0, 100.0))
        ]

    def likelihood(self, theta: FloatArray, counts: Counts) -> Derivatives:
        """Return the log likelihood (equation 5) with exact derivatives.

        It is a sum over the opportunity after which the customer left. Terms are added from the latest back, for all
        histories of one frequency and age at once: those of a shorter silence are met on the way.
        """
        x = np.append(counts.frequency, np.zeros_like(counts.one_time.time))
        gap = np.append(counts.gap, counts.one_time.time)
        age = np.append(counts.recency + counts.gap, counts.one_time.time)
        weight = np.append(counts.weight, counts.one_time.customers)
        walk = Walk(np.exp(theta), x, age, gap)
        value, gradient, hessian = 0.0, np.zeros(4), np.zeros((4, 4))
        for rows, pairs, (f, g, h) in walk.derivatives():
            w = weight[rows]
            value += inner(w, f[pairs])
            gradient += np.einsum("ij,j->i", g[:, pairs], w)
            hessian += np.einsum("ijk,k->ij", h[:, :, pairs], w)
        return Derivatives(value, gradient, hessian)

    def border(self, escape: FloatArray) -> Text:
        """Say which limit the parameters approach."""
        alpha, beta, gamma, delta = escape
        limits = []
        if alpha - beta < -0.1:
            limits.append(Text("alpha/(alpha+beta) goes to 0: nobody orders", "alpha/(alpha+beta) 趋于 0：无人购买"))
        elif alpha - beta > 0.1:
            limits.append(
                Text(
                    "alpha/(alpha+beta) goes to 1: customers order at every opportunity until they leave",
                    "alpha/(alpha+beta) 趋于 1：客户在流失前每次机会都购买",
                )
            )
        elif max(alpha, beta) > 0.1:
            limits.append(
                Text(
                    "alpha and beta grow without limit: all customers order with the same chance, alpha/(alpha+beta)",
                    "alpha 和 beta 无限增大：所有客户的购买概率相同，即 alpha/(alpha+beta)",
                )
            )
        elif min(alpha, beta) < -0.1:
            limits.append(
                Text(
                    "alpha and beta go to 0: customers order at every opportunity or never",
                    "alpha 和 beta 趋于 0：客户要么每次机会都购买，要么从不购买",
                )
            )
        if gamma - delta < -0.1:
            limits.append(Text("gamma/(gamma+delta) goes to 0: nobody leaves", "gamma/(gamma+delta) 趋于 0：无人流失"))
        elif gamma - delta > 0.1:
            limits.append(
                Text(
                    "gamma/(gamma+delta) goes to 1: everybody leaves at once",
                    "gamma/(gamma+delta) 趋于 1：所有客户立即流失",
                )
            )
        elif max(gamma, delta) > 0.1:
            limits.append(
                Text(
                    "gamma and delta grow without limit: all customers leave with the same chance, gamma/(gamma+delta)",
                    "gamma 和 delta 无限增大：所有客户的流失概率相同，即 gamma/(gamma+delta)",
                )
            )
        elif min(gamma, delta) < -0.1:
            limits.append(
                Text(
                    "gamma and delta go to 0: customers leave at once or never",
                    "gamma 和 delta 趋于 0：客户要么立即流失，要么永不流失",
                )
            )
        return Text("; ".join(limit.en for limit in limits), "；".join(limit.zh for limit in limits))

    def states(
        self, parameters: Parameters, frequency: FloatArray, recency: FloatArray, age: FloatArray
    ) -> tuple[FloatArray, ...]:
        """Return P(alive) at opportunity n: the share of its term in the likelihood."""
        result = np.empty_like(frequency)
        walk = Walk(np.asarray(parameters, dtype=np.float64), frequency, age, age - recency)
        for rows, pairs, log_odds in walk.log_odds():
            # log_odds are those of having left.
            result[rows] = np.exp(-np.logaddexp(0.0, log_odds[pairs]))
        return (result,)

    def futures(self, parameters: Parameters) -> tuple[Future, ...]:
        """Return orders with a Beta(alpha+x, beta+n-x) chance, until leaving with a Beta(gamma, delta+n) chance."""
        return (OpportunityFuture(*parameters),)


def _whole(name: str, value: FloatArray) -> Problem:
    return Problem(
        value != np.floor(value),
        DomainError(
            f"{name} must be a whole number of opportunities for BG/BB.",
            f"在 BG/BB 中 {name} 必须是购买机会的整数个数。",
            argument=name,
        ),
    )


def _added(found: list[Problem], *more: Problem) -> list[Problem]:
    """Add faults of elements that have none so far."""
    for mask, error in more:
        new = mask & ~np.any([problem.mask for problem in found], axis=0) if found else mask
        if new.any():
            found.append(Problem(new, error))
    return found


MODEL = BGBB()
