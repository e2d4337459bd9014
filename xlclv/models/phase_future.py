"""Customers in some phase of their next order, who may leave after each: the future of the CNBD-k models."""

from __future__ import annotations

import numpy as np

from xlclv.models.arrays import FloatArray
from xlclv.models.beta_geometric import expected_orders, sums_of_expected_orders
from xlclv.models.dropout import stay_chances
from xlclv.models.future import Future
from xlclv.models.phase_discounts import discounted_orders
from xlclv.models.phase_orders import PhaseOrders, at_least
from xlclv.models.steady import order_counts


class PhaseFuture(Future):
    """Orders after every k phases, until one after which the customer leaves.

    Phases end at a Gamma(r+kx+j, alpha+T) distributed rate, and the first order comes after k-j of them.

    Parameters
    ----------
    r, alpha : float
        Shape and scale of the rate of phases before any order.
    a, b : float
        The chance to leave is Beta(a, b+x) distributed.
    k, phase : int
        Phases of an order; those passed since the last one, j.
    """

    def __init__(self, r: float, alpha: float, a: float, b: float, k: int, phase: int) -> None:
        self._r, self._alpha, self._a, self._b, self._k, self._phase = r, alpha, a, b, k, phase
        self._means = PhaseOrders(r, a, b, k, phase)
        self.panel_width = self._means.width

    @property
    def time_scale(self) -> float:
        """Return alpha."""
        return self._alpha

    def orders(self, frequency: FloatArray, age: FloatArray, periods: FloatArray) -> FloatArray:
        """Return the sum over y of the chances that the y-th order comes and the customer did not leave before."""
        return expected_orders(self._means, frequency, periods / (self._alpha + age))

    def sums(self, histories: FloatArray, ages: FloatArray, times: FloatArray, factors: FloatArray) -> FloatArray:
        """Return sums over a horizon for every frequency and age, at the cost of few integrals."""
        y = times / (self._alpha + ages)[:, None]
        return sums_of_expected_orders(self._means, histories, y, factors)

    def residual(self, histories: FloatArray, ages: FloatArray, rate: float) -> FloatArray:
        """Return the orders discounted continuously: the mean over rates of phases and chances to leave."""
        return discounted_orders(
            self._r, self._a, self._b, self._k, self._phase, histories, np.log1p(rate) * (self._alpha + ages)
        )

    def lifetime(self, frequency: FloatArray, age: FloatArray) -> FloatArray:  # noqa: ARG002 - the interface
        """Return the mean of 1/p, (a+b+x-1)/(a-1)."""
        if self._a <= 1.0:
            return np.full_like(frequency, np.inf)
        return (self._a + self._b + frequency - 1.0) / (self._a - 1.0)

    def some_order(self, frequency: FloatArray, age: FloatArray, periods: FloatArray) -> FloatArray:
        """Return the chance that k-j phases end: a customer who is alive leaves only after an order."""
        y = np.broadcast_to(periods / (self._alpha + age), frequency.shape)
        c = self._r + self._k * frequency + self._phase
        return at_least(c, y, float(self._k - self._phase))

    def counts(self, frequency: FloatArray, age: FloatArray, periods: FloatArray, size: int) -> FloatArray:
        """Return the chances of numbers of orders: y of them happen without leaving, or the last is the y-th."""
        k = self._k
        c = self._r + k * frequency + self._phase
        phases = order_counts(c, periods / (self._alpha + age), k * size - self._phase)
        starts = np.maximum(np.arange(size) * k - self._phase, 0)
        orders = np.add.reduceat(phases, starts, axis=1)
        more = 1.0 - np.cumsum(orders, axis=1)  # than j orders, were nobody to leave
        np.maximum(more, 0.0, out=more)
        stayed = stay_chances(self._a, self._b + frequency, size)
        chances = orders * stayed
        chances[:, 1:] += more[:, :-1] * (stayed[:, :-1] - stayed[:, 1:])
        return chances
