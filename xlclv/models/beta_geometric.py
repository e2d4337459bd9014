"""Expected orders of a customer who leaves after an order with a beta distributed chance.

Such a customer, alive now, with order rate Gamma(c, beta) and dropout chance p ~ Beta(a, B), makes

    h = E[(1 - (1 + p y)^-c) / p],   y = t/beta,

orders in the next t. The closed form with Gauss's hypergeometric function is a difference that cancels for small y, has
a singularity at a = 1 and overflows for long histories; the integral over p has none of these, its integrand is
positive, and h is accurate to some 1e-12 for all parameters.
"""

from __future__ import annotations

import numpy as np

from xlclv.models.arrays import FloatArray
from xlclv.models.beta_quadrature import DropoutRule
from xlclv.models.frequencies import Frequencies, Numbers
from xlclv.models.panels import Panels
from xlclv.models.parallel import map_blocks

#: Rows of a matrix of times by nodes worked on at once.
_CHUNK = 1024


def expected_orders(r: float, a: float, b: float, frequency: FloatArray, y: FloatArray) -> FloatArray:
    """Return the expected orders h of customers who are alive.

    Parameters
    ----------
    r, a, b : float
        Shape of the order rates, shapes of the dropout chance, before any order.
    frequency : ndarray, shape (n,)
        Orders x so far, so that c = r + x and B = b + x.
    y : ndarray, shape (n,)
        Time ahead over the scale of the order rate, 0 or more.
    """
    # Infinite y comes of parameters and times at the ends of the floating-point range only.
    y = np.minimum(np.broadcast_to(y, frequency.shape), 1e290)
    positive = y > 0
    if not positive.all():
        result = np.zeros_like(y)
        if positive.any():
            result[positive] = expected_orders(r, a, b, frequency[positive], y[positive])
        return result
    if len(y) == 0:
        return y
    frequencies = Frequencies(frequency)
    histories = frequencies.distinct
    low, high = float(y.min()), float(y.max())
    if len(y) <= len(histories) * Panels.cost(low, high):
        return _integrate(r, a, b, histories, frequencies.numbers(slice(None)), y)
    panels = Panels(low, high)
    table = _table(r, a, b, histories, panels)

    def work(rows: slice) -> None:
        y[rows] *= panels.evaluate(table, frequencies.numbers(rows), y[rows])

    map_blocks(work, len(y))
    return y


def sums_of_expected_orders(
    r: float, a: float, b: float, histories: FloatArray, y: FloatArray, factors: FloatArray
) -> FloatArray:
    """Return the sum over k of factors[k] h(x, y[:, k]) for each frequency x, shape (frequencies, rows of y).

    The y are the same for all x, so h is tabulated for each x and the basis of the tables summed once for all.
    """
    low, high = float(y.min()), min(float(y.max()), 1e290)
    if y.size <= Panels.cost(low, high):
        x = np.repeat(histories, y.size)
        each = expected_orders(r, a, b, x, np.tile(y.reshape(-1), len(histories)))
        return each.reshape(len(histories), *y.shape) @ factors
    panels = Panels(low, high)
    y = np.minimum(y, 1e290)
    table = _table(r, a, b, histories, panels)
    return panels.functions(table, len(histories)) @ panels.sums(y, y * factors)


def _table(r: float, a: float, b: float, histories: FloatArray, panels: Panels) -> FloatArray:
    """Return the coefficients of h / y, whose values differ by less than those of h, so small ones keep digits."""
    rule = DropoutRule(r, a, b, float(histories.max()), float(panels.nodes.max()))
    logs = np.log1p(np.outer(panels.nodes, rule.nodes)) if rule.nodes is not None else None
    values = np.empty((len(histories), len(panels.nodes)))
    for number, x in enumerate(histories.tolist()):
        p, weights = rule.of(x)
        values[number] = _mean(r + x, np.log1p(np.outer(panels.nodes, p)) if logs is None else logs, weights / p)
    values /= panels.nodes
    return panels.coefficients(values)


def _integrate(r: float, a: float, b: float, histories: FloatArray, function: Numbers, y: FloatArray) -> FloatArray:
    """Return h for each pair of a frequency and a time of its own."""
    rule = DropoutRule(r, a, b, float(histories.max()), float(y.max()))
    result = np.empty_like(y)
    order = np.argsort(function, kind="stable")
    ends = np.cumsum(np.bincount(function, minlength=len(histories)))
    for x, start, end in zip(histories.tolist(), np.append(0, ends[:-1]).tolist(), ends.tolist(), strict=True):
        p, weights = rule.of(x)
        for first in range(start, end, _CHUNK):
            rows = order[first : min(first + _CHUNK, end)]
            result[rows] = _mean(r + x, np.log1p(np.outer(y[rows], p)), weights / p)
    return result


def _mean(c: float, logs: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the weighted sums over nodes of 1 - (1 + p y)^-c, given log(1 + p y)."""
    chances = logs * -c
    np.expm1(chances, out=chances)
    # Not a matrix product: its result would depend on how many rows there are.
    result: FloatArray = -np.einsum("ij,j->i", chances, weights)
    return result
