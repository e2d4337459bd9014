"""NBD: customers order at random at their own rate and never leave.

Source: Ehrenberg, A. S. C. (1959), "The pattern of consumer purchases", Applied Statistics 8, 26-41. The likelihood is
that of the order times, as in the BG/NBD model, so that the two compare.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from xlclv.models.arrays import FloatArray, inner
from xlclv.models.counts import Counts
from xlclv.models.future import Future
from xlclv.models.model import Model, Parameters
from xlclv.models.newton import Derivatives
from xlclv.models.steady import SteadyFuture
from xlclv.text import Text

#: What it means that r and alpha of a gamma distribution of order rates run away together.
SAME_RATE = Text(
    "r and alpha grow without limit: all customers order at the same rate, r/alpha",
    "r 和 alpha 无限增大：所有客户的购买频率相同，即 r/alpha",
)


class NBD(Model):
    """Gamma(r, alpha) distributed Poisson rates."""

    name: ClassVar[str] = "NBD"
    parameters: ClassVar[tuple[str, ...]] = ("r", "alpha")

    def starts(self, counts: Counts) -> list[FloatArray]:
        """Return starts with the mean rate of the data and order rates that differ much or little."""
        return [np.log([r, r * counts.customers * counts.mean_age / counts.orders]) for r in (0.5, 5.0)]

    def likelihood(self, theta: FloatArray, counts: Counts) -> Derivatives:
        """Return the log likelihood: of x orders by T, Gamma(r+x)/Gamma(r) alpha^r / (alpha+T)^(r+x).

        Every term depends on one variable alone, so sums over frequency and over age are enough.
        """
        r, alpha = np.exp(theta)
        f, g, h = gamma_terms(r, alpha, counts.tail)
        for sums in (counts.one_time, counts.by_age):
            more = exposure_terms(r, alpha, sums.time, sums.customers, sums.orders)
            f, g, h = f + more[0], g + more[1], h + more[2]
        return Derivatives(f, g, h)

    def border(self, escape: FloatArray) -> Text:  # noqa: ARG002 - there is one border only
        """Say which limit the parameters approach."""
        return SAME_RATE

    def states(
        self,
        parameters: Parameters,  # noqa: ARG002 - the interface of all models
        frequency: FloatArray,
        recency: FloatArray,  # noqa: ARG002
        age: FloatArray,  # noqa: ARG002
    ) -> tuple[FloatArray, ...]:
        """Return 1: nobody leaves."""
        return (np.ones_like(frequency),)

    def futures(self, parameters: Parameters) -> tuple[Future, ...]:
        """Return orders at random at Gamma(r+x, alpha+T) distributed rates."""
        r, alpha = parameters
        return (SteadyFuture(r, alpha),)


_Terms = tuple[float, FloatArray, FloatArray]


def gamma_terms(r: float, alpha: float, tail: FloatArray) -> _Terms:
    """Return the sum over customers of log(Gamma(r+x)/Gamma(r) / alpha^x) with derivatives in log r, log alpha.

    Gamma(r+x)/Gamma(r) is the product of r+j over j < x: with the number of customers of more than j orders the sum
    over customers needs no gamma function, and loses no digits when r and alpha are huge.
    """
    j = np.arange(len(tail))
    share = r / (r + j)
    orders = float(tail.sum())
    value = inner(tail, np.log((r + j) / alpha))
    gradient = np.array([inner(tail, share), -orders])
    return value, gradient, np.array([[inner(tail, share * (1 - share)), 0.0], [0.0, 0.0]])


def exposure_terms(r: float, alpha: float, time: FloatArray, customers: FloatArray, orders: FloatArray) -> _Terms:
    """Return the sum over customers of -(r+x) log(1 + time/alpha) with derivatives in log r, log alpha."""
    log = np.log1p(time / alpha)
    share = time / (alpha + time)
    shape = r * customers + orders
    by_r, cross = r * inner(customers, log), r * inner(customers, share)
    gradient = np.array([-by_r, inner(shape, share)])
    hessian = np.array([[-by_r, cross], [cross, -inner(shape, share * (1 - share))]])
    return -inner(shape, log), gradient, hessian


MODEL = NBD()
