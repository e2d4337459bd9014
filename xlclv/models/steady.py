"""Customers who never leave: orders at random, each customer at a rate of its own."""

from __future__ import annotations

import numpy as np

from xlclv.models.arrays import FloatArray
from xlclv.models.future import Future
from xlclv.models.mean_discounts import Discounts


class SteadyFuture(Future):
    """Orders at Gamma(r+x, alpha+T) distributed rates, without end.

    Parameters
    ----------
    r, alpha : float
        Shape and scale of the order rates before any order.
    """

    def __init__(self, r: float, alpha: float) -> None:
        self._r, self._alpha = r, alpha

    @property
    def time_scale(self) -> float:
        """Return alpha."""
        return self._alpha

    def orders(self, frequency: FloatArray, age: FloatArray, periods: FloatArray) -> FloatArray:
        """Return (r+x)/(alpha+T) t, the mean rate times the periods."""
        return (self._r + frequency) * (periods / (self._alpha + age))

    def lifetime(self, frequency: FloatArray, age: FloatArray) -> FloatArray:  # noqa: ARG002 - the interface
        """Return infinity."""
        return np.full_like(frequency, np.inf)

    def some_order(self, frequency: FloatArray, age: FloatArray, periods: FloatArray) -> FloatArray:
        """Return 1 - ((alpha+T)/(alpha+T+t))^(r+x)."""
        return some_order(self._r + frequency, periods / (self._alpha + age))

    def counts(self, frequency: FloatArray, age: FloatArray, periods: FloatArray, size: int) -> FloatArray:
        """Return negative binomial chances."""
        return order_counts(self._r + frequency, periods / (self._alpha + age), size)

    def timing(
        self, frequency: FloatArray, age: FloatArray, discounts: Discounts, size: int
    ) -> tuple[FloatArray, FloatArray]:
        """Return the chances of numbers of orders, which come at random times, and moments of their mean discount."""
        chances = self.counts(frequency, age, np.array(discounts.edges[-1]), size)
        moments = discounts.at_random(size)[-1]
        return chances, np.broadcast_to(moments, (len(frequency), *moments.shape))

    def residual(self, histories: FloatArray, ages: FloatArray, rate: float) -> FloatArray:
        """Return the mean rate over the continuous discount rate."""
        return np.outer(self._r + histories, 1.0 / (np.log1p(rate) * (self._alpha + ages)))


def some_order(shape: FloatArray, y: FloatArray) -> FloatArray:
    """Return the chance of an order within y at Gamma(shape, 1) distributed rates."""
    return -np.expm1(-shape * np.log1p(y))


def order_counts(shape: FloatArray, y: FloatArray, size: int) -> FloatArray:
    """Return the chances of 0, 1, ... size - 1 orders within y at Gamma(shape, 1) rates, shape (n, size)."""
    c, y = shape[:, None], np.broadcast_to(y, shape.shape)[:, None]
    j = np.arange(size - 1)
    logs = np.empty((len(shape), size))
    logs[:, :1] = -c * np.log1p(y)
    with np.errstate(divide="ignore"):
        logs[:, 1:] = np.log((c + j) / (j + 1.0)) + np.log(y / (1.0 + y))
    np.cumsum(logs, axis=1, out=logs)
    return np.exp(logs, out=logs)
