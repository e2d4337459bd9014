"""Customers who may leave after each order: the future of BG/NBD and its relatives."""

from __future__ import annotations

import numpy as np

from xlclv.models.arrays import FloatArray
from xlclv.models.beta_geometric import RandomOrders, expected_orders, sums_of_expected_orders
from xlclv.models.future import Future
from xlclv.models.mean_discounts import Discounts
from xlclv.models.steady import order_counts, some_order


class DropoutFuture(Future):
    """Orders at Gamma(r+x, alpha+T) distributed rates until one after which the customer leaves.

    Parameters
    ----------
    r, alpha : float
        Shape and scale of the order rates before any order.
    a, b : float
        The chance to leave is Beta(a, b+x) distributed.
    """

    def __init__(self, r: float, alpha: float, a: float, b: float) -> None:
        self._r, self._alpha, self._a, self._b = r, alpha, a, b

    @property
    def time_scale(self) -> float:
        """Return alpha."""
        return self._alpha

    def orders(self, frequency: FloatArray, age: FloatArray, periods: FloatArray) -> FloatArray:
        """Return the expected orders: the numerator of equation 10 of Fader, Hardie and Lee (2005)."""
        return expected_orders(RandomOrders(self._r, self._a, self._b), frequency, periods / (self._alpha + age))

    def sums(self, histories: FloatArray, ages: FloatArray, times: FloatArray, factors: FloatArray) -> FloatArray:
        """Return sums over a horizon for every frequency and age, at the cost of few integrals."""
        y = times / (self._alpha + ages)[:, None]
        return sums_of_expected_orders(RandomOrders(self._r, self._a, self._b), histories, y, factors)

    def lifetime(self, frequency: FloatArray, age: FloatArray) -> FloatArray:  # noqa: ARG002 - the interface
        """Return the mean of 1/p, (a+b+x-1)/(a-1)."""
        if self._a <= 1.0:
            return np.full_like(frequency, np.inf)
        return (self._a + self._b + frequency - 1.0) / (self._a - 1.0)

    def some_order(self, frequency: FloatArray, age: FloatArray, periods: FloatArray) -> FloatArray:
        """Return 1 - ((alpha+T)/(alpha+T+t))^(r+x): a customer who is alive leaves only after an order."""
        return some_order(self._r + frequency, periods / (self._alpha + age))

    def counts(self, frequency: FloatArray, age: FloatArray, periods: FloatArray, size: int) -> FloatArray:
        """Return the chances of numbers of orders: y of them happen without leaving, or the last is the y-th."""
        orders, more = self._if_nobody_left(frequency, age, periods, size)
        stayed = stay_chances(self._a, self._b + frequency, size)
        chances = orders * stayed
        chances[:, 1:] += more[:, :-1] * (stayed[:, :-1] - stayed[:, 1:])
        return chances

    def timing(
        self, frequency: FloatArray, age: FloatArray, discounts: Discounts, size: int
    ) -> tuple[FloatArray, FloatArray]:
        """Return the chances of numbers of orders, and moments of their mean discount.

        Orders of a customer who has not left come at random times up to the horizon; if the last made the customer
        leave, those before it come at random times up to the last.
        """
        stayed = stay_chances(self._a, self._b + frequency, size)
        leaves = stayed[:, :-1] - stayed[:, 1:]
        orders, more = self._if_nobody_left(frequency, age, np.array(discounts.edges[-1]), size)
        chances = orders * stayed
        at_random = discounts.at_random(size)[-1]
        moments = chances[..., None, None] * at_random
        before = np.zeros_like(more)
        for time, ending in zip(discounts.edges[1:], discounts.ending(size), strict=True):
            more = self._if_nobody_left(frequency, age, np.array(time), size)[1]
            last = np.maximum(more - before, 0.0)[:, :-1] * leaves
            chances[:, 1:] += last
            moments[:, 1:] += last[..., None, None] * ending[1:]
            before = more
        total = chances[..., None, None]
        moments /= np.where(total > 0, total, 1.0)
        return chances, moments

    def _if_nobody_left(
        self, frequency: FloatArray, age: FloatArray, periods: FloatArray, size: int
    ) -> tuple[FloatArray, FloatArray]:
        """Return the chances of j and of more than j orders, j = 0..size-1, were nobody to leave."""
        orders = order_counts(self._r + frequency, periods / (self._alpha + age), size)
        more = 1.0 - np.cumsum(orders, axis=1)
        return orders, np.maximum(more, 0.0, out=more)


def stay_chances(a: float, b: FloatArray, size: int) -> FloatArray:
    """Return the chances to stay after 0, 1, ... size - 1 orders at a Beta(a, b) chance to leave, shape (n, size)."""
    b = b[:, None]
    j = np.arange(size - 1)
    chances = np.ones((len(b), size))
    np.cumprod((b + j) / (a + b + j), axis=1, out=chances[:, 1:])
    return chances
