"""Expected orders of a customer who leaves after an order with a beta distributed chance.

Such a customer, alive now, with order rate Gamma(c, beta) and dropout chance p ~ Beta(a, B), makes

    h = E[(1 - (1 + p y)^-c) / p],   y = t/beta,

orders in the next t. The closed form with Gauss's hypergeometric function is a difference that cancels for small y, has
a singularity at a = 1 and overflows for long histories; the integral over p has none of these, its integrand is
positive, and h is accurate to some 1e-12 for all parameters.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from xlclv.models.arrays import FloatArray
from xlclv.models.beta_quadrature import DropoutRule
from xlclv.models.frequencies import Frequencies, Numbers
from xlclv.models.panels import WIDTH, Panels
from xlclv.models.parallel import map_blocks

#: Rows of a matrix of times by nodes worked on at once.
_CHUNK = 1024


class Means(ABC):
    """Expected orders h of customers who are alive, given frequency x and time ahead y over the scale of the rate.

    Attributes
    ----------
    width : float
        Width in log y of the widest panel on which h is a polynomial.
    """

    width: float = WIDTH

    @abstractmethod
    def up_to(self, history: float, y: float) -> Callable[[float, FloatArray], FloatArray]:
        """Return a function that returns h for one frequency up to ``history`` and times up to ``y``."""


class RandomOrders(Means):
    """Expected orders where they come at random: h as above with c = r + x and B = b + x.

    Parameters
    ----------
    r, a, b : float
        Shape of the order rates, shapes of the dropout chance, before any order.
    """

    def __init__(self, r: float, a: float, b: float) -> None:
        self._r, self._a, self._b = r, a, b

    def up_to(self, history: float, y: float) -> Callable[[float, FloatArray], FloatArray]:
        """Return a function that returns h for one frequency and times; the same times again cost less."""
        rule = DropoutRule(self._r, self._a, self._b, history, y)
        before: tuple[FloatArray | None, FloatArray] = None, np.empty(0)

        def orders(x: float, times: FloatArray) -> FloatArray:
            nonlocal before
            p, weights = rule.of(x)
            if times is before[0] and rule.nodes is not None:
                logs = before[1]
            else:
                logs = np.log1p(np.outer(times, p))
                before = times, logs
            return _mean(self._r + x, logs, weights / p)

        return orders


def expected_orders(means: Means, frequency: FloatArray, y: FloatArray) -> FloatArray:
    """Return the expected orders h of customers who are alive.

    Parameters
    ----------
    means : Means
        What h is.
    frequency : ndarray, shape (n,)
        Orders x so far.
    y : ndarray, shape (n,)
        Time ahead over the scale of the order rate, 0 or more.
    """
    # Infinite y comes of parameters and times at the ends of the floating-point range only.
    y = np.minimum(np.broadcast_to(y, frequency.shape), 1e290)
    positive = y > 0
    if not positive.all():
        result = np.zeros_like(y)
        if positive.any():
            result[positive] = expected_orders(means, frequency[positive], y[positive])
        return result
    if len(y) == 0:
        return y
    frequencies = Frequencies(frequency)
    histories = frequencies.distinct
    low, high = float(y.min()), float(y.max())
    if len(y) <= len(histories) * Panels.cost(low, high, means.width):
        return _each(means, histories, frequencies.numbers(slice(None)), y)
    panels = Panels(low, high, means.width)
    table = _table(means, histories, panels)

    def work(rows: slice) -> None:
        y[rows] *= panels.evaluate(table, frequencies.numbers(rows), y[rows])

    map_blocks(work, len(y))
    return y


def sums_of_expected_orders(means: Means, histories: FloatArray, y: FloatArray, factors: FloatArray) -> FloatArray:
    """Return the sum over k of factors[k] h(x, y[:, k]) for each frequency x, shape (frequencies, rows of y).

    The y are the same for all x, so h is tabulated for each x and the basis of the tables summed once for all.
    """
    low, high = float(y.min()), min(float(y.max()), 1e290)
    if y.size <= Panels.cost(low, high, means.width):
        x = np.repeat(histories, y.size)
        each = expected_orders(means, x, np.tile(y.reshape(-1), len(histories)))
        return each.reshape(len(histories), *y.shape) @ factors
    panels = Panels(low, high, means.width)
    y = np.minimum(y, 1e290)
    table = _table(means, histories, panels)
    return panels.functions(table, len(histories)) @ panels.sums(y, y * factors)


def _table(means: Means, histories: FloatArray, panels: Panels) -> FloatArray:
    """Return the coefficients of h / y, whose values differ by less than those of h, so small ones keep digits."""
    orders = means.up_to(float(histories.max()), float(panels.nodes.max()))
    values = np.empty((len(histories), len(panels.nodes)))
    for number, x in enumerate(histories.tolist()):
        values[number] = orders(x, panels.nodes)
    values /= panels.nodes
    return panels.coefficients(values)


def _each(means: Means, histories: FloatArray, function: Numbers, y: FloatArray) -> FloatArray:
    """Return h for each pair of a frequency and a time of its own."""
    orders = means.up_to(float(histories.max()), float(y.max()))
    result = np.empty_like(y)
    order = np.argsort(function, kind="stable")
    ends = np.cumsum(np.bincount(function, minlength=len(histories)))
    for x, start, end in zip(histories.tolist(), np.append(0, ends[:-1]).tolist(), ends.tolist(), strict=True):
        for first in range(start, end, _CHUNK):
            rows = order[first : min(first + _CHUNK, end)]
            result[rows] = orders(x, y[rows])
    return result


def _mean(c: float, logs: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the weighted sums over nodes of 1 - (1 + p y)^-c, given log(1 + p y)."""
    chances = logs * -c
    np.expm1(chances, out=chances)
    # Not a matrix product: its result would depend on how many rows there are.
    result: FloatArray = -np.einsum("ij,j->i", chances, weights)
    return result
