"""What a customer who is alive will do: orders ahead, given frequency and age."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cache
from typing import NamedTuple

import numpy as np

from xlclv.models.arrays import FloatArray
from xlclv.models.mean_discounts import Discounts
from xlclv.models.panels import WIDTH


class Future(ABC):
    """The orders ahead of a customer who is alive and may still order.

    Element-wise methods take flat float64 vectors of one length that were checked before; ``periods`` may also be
    zero-dimensional. Frequency and age are those of the customer now.

    Attributes
    ----------
    panel_width : float
        Width in the logarithm of age + time_scale of the widest panel on which orders are a polynomial.
    own : bool
        Whether parameters differ by customer: then :meth:`orders`, :meth:`lifetime`, :meth:`some_order` and
        :meth:`each` answer, for as many customers as there are parameters, and the other methods have no meaning.
    """

    panel_width: float = WIDTH
    own: bool = False

    @property
    @abstractmethod
    def time_scale(self) -> float:
        """Time before which the age of a customer hardly matters to the future."""

    @abstractmethod
    def orders(self, frequency: FloatArray, age: FloatArray, periods: FloatArray) -> FloatArray:
        """Return the expected orders in the next ``periods``."""

    @abstractmethod
    def lifetime(self, frequency: FloatArray, age: FloatArray) -> FloatArray:
        """Return the expected orders without end, infinite where they have no bound."""

    @abstractmethod
    def some_order(self, frequency: FloatArray, age: FloatArray, periods: FloatArray) -> FloatArray:
        """Return the chance of at least one order in the next ``periods``."""

    @abstractmethod
    def counts(self, frequency: FloatArray, age: FloatArray, periods: FloatArray, size: int) -> FloatArray:
        """Return the chances of 0, 1, ... size - 1 orders in the next ``periods``, shape (n, size)."""

    def timing(
        self, frequency: FloatArray, age: FloatArray, discounts: Discounts, size: int
    ) -> tuple[FloatArray, FloatArray]:
        """Return the chances of 0, 1, ... size - 1 orders by the horizon, and when these orders come.

        Parameters
        ----------
        frequency, age : ndarray, shape (n,)
        discounts : Discounts
            Of the periods up to the horizon.
        size : int
            Numbers of orders.

        Returns
        -------
        chances : ndarray, shape (n, size)
        moments : ndarray, shape (n, size, groups, discounts.moments)
            Moments of the mean discount of the orders, given how many there are.

        Notes
        -----
        Here each order comes at a time of its own, in each bin with the share it has in the expected orders. Models
        that know how times and numbers of orders hang together say more.
        """
        ahead = np.stack([self.orders(frequency, age, np.array(time)) for time in discounts.edges[1:]], axis=1)
        shares = np.diff(ahead, axis=1, prepend=0.0)
        with np.errstate(invalid="ignore"):  # nobody orders: then the times do not matter
            shares = np.where(ahead[:, -1:] > 0, shares / ahead[:, -1:], 1.0 / shares.shape[1])
        return self.counts(frequency, age, np.array(discounts.edges[-1]), size), discounts.scattered(shares, size)

    def sums(self, histories: FloatArray, ages: FloatArray, times: FloatArray, factors: FloatArray) -> FloatArray:
        """Return the sum over k of factors[k] x expected orders within times[k], for every frequency and age.

        Parameters
        ----------
        histories, ages : ndarray, shape (m,) and (n,)
            Frequencies and ages.
        times, factors : ndarray, shape (k,)
            Times ahead, above 0, and factors that may be negative.

        Returns
        -------
        ndarray, shape (m, n)
        """
        x, age = np.repeat(histories, len(ages)), np.tile(ages, len(histories))
        total = np.zeros(len(x))
        for time, factor in zip(times, factors, strict=True):
            total += factor * self.orders(x, age, np.array(time))
        return total.reshape(len(histories), len(ages))

    def each(self, frequency: FloatArray, age: FloatArray, times: FloatArray, factors: FloatArray) -> FloatArray:
        """Return the sum over k of factors[k] x expected orders within times[k], customer by customer.

        Parameters
        ----------
        frequency, age : ndarray, shape (n,)
        times, factors : ndarray, shape (k,)
            Times ahead, above 0, and factors.

        Returns
        -------
        ndarray, shape (n,)
        """
        total = np.zeros(len(frequency))
        for time, factor in zip(times, factors, strict=True):
            total += factor * self.orders(frequency, age, np.array(time))
        return total

    def residual(self, histories: FloatArray, ages: FloatArray, rate: float) -> FloatArray:
        """Return the expected orders without end, discounted continuously, for every frequency and age.

        Parameters
        ----------
        histories, ages : ndarray, shape (m,) and (n,)
            Frequencies and ages.
        rate : float
            Effective discount rate of a period, above 0.

        Returns
        -------
        ndarray, shape (m, n)

        Notes
        -----
        By parts, the residual is the integral of e^-w times the expected orders within w / log(1 + rate), and the rule
        for it is accurate to some 1e-12.
        """
        rule = laplace_rule()
        return self.sums(histories, ages, rule.nodes / np.log1p(rate), rule.weights)


class Rule(NamedTuple):
    """Nodes and weights of a quadrature rule."""

    nodes: FloatArray
    weights: FloatArray


@cache
def laplace_rule() -> Rule:
    """Return a rule for integrals of e^-w f(w) over w > 0, for f that is 0 at 0 and grows no faster than w.

    Notes
    -----
    The trapezoidal rule in s after the substitution w = exp(s - exp(-s)) of Takahasi and Mori (1974), "Double
    exponential formulas for numerical integration", Publ. RIMS 9, 721-741. f may change on any scale of w.
    """
    step = 0.06
    s = np.arange(-3.0, 3.9, step)
    w = np.exp(s - np.exp(-s))
    weights = step * w * (1.0 + np.exp(-s)) * np.exp(-w)
    kept = weights * w > 1e-19
    return Rule(w[kept], weights[kept])
