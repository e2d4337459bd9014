"""The chance of the slower of two rivals, ordering and leaving, to come first: for many customers at once.

Slower is that whose rate has the larger scale. The chance depends on frequency and on the excess of the ratio rho of
the scales over 1, and is an analytic function of the logarithm of rho: for many customers it is tabulated for each
frequency. Scales may differ by customer, as long as the same rival is the slower one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xlclv.models.arrays import FloatArray
from xlclv.models.frequencies import Frequencies
from xlclv.models.panels import Panels
from xlclv.models.parallel import map_blocks
from xlclv.models.race import log_slower, log_slower_derivatives, swapped


def excess(alpha: float | FloatArray, beta: float | FloatArray, time: FloatArray) -> FloatArray:
    """Return rho - 1 of customers silent since ``time``, where rho is the ratio of the larger scale to the smaller.

    Parameters
    ----------
    alpha, beta : float or ndarray, shape (n,)
        Scales of the order and the leaving rates before any time passed.
    time : ndarray, shape (n,)
    """
    result: FloatArray = np.abs(beta - alpha) / (np.minimum(alpha, beta) + time)
    return result


def log_chance(r: float, s: float, leaving: bool, frequency: FloatArray, excess: FloatArray) -> FloatArray:
    """Return the log chance of the slower rival, evaluated for each customer.

    Parameters
    ----------
    r, s : float
        Shapes of the order and the leaving rates.
    leaving : bool
        Whether leaving is the slower, else ordering is.
    frequency, excess : ndarray, shape (n,)
    """
    orders, leaves = r + frequency, np.full_like(frequency, s)
    return log_slower(orders, leaves, excess) if leaving else log_slower(leaves, orders, excess)


def log_chance_derivatives(r: float, s: float, leaving: bool, frequency: FloatArray, excess: FloatArray) -> FloatArray:
    """Return :func:`log_chance` with its derivatives in r + x, s and log rho of (beta+z)/(alpha+z), shape (10, n)."""
    orders, leaves = r + frequency, np.full_like(frequency, s)
    if leaving:
        return log_slower_derivatives(orders, leaves, excess)
    return swapped(log_slower_derivatives(leaves, orders, excess))


def tabulated(
    direct: Callable[[FloatArray, FloatArray], FloatArray], frequency: FloatArray, excess: FloatArray
) -> FloatArray:
    """Return functions of frequency and excess, through tables where there are many customers.

    Parameters
    ----------
    direct : callable
        Returns the functions at vectors of frequencies and excesses, shape (k, n).
    frequency, excess : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (k, n)
    """
    frequencies = Frequencies(frequency)
    histories = frequencies.distinct
    low, high = 1.0 + float(excess.min()), 1.0 + float(excess.max())
    if len(excess) <= len(histories) * Panels.cost(low, high):
        return direct(frequency, excess)
    panels = Panels(low, high)
    nodes = np.maximum(panels.nodes - 1.0, 0.0)
    # Node by node, so that equal ones are together: they take the same number of terms.
    values = direct(np.tile(histories, len(nodes)), np.repeat(nodes, len(histories)))
    values = values.reshape(len(values), len(nodes), len(histories)).swapaxes(1, 2)
    tables = [panels.coefficients(np.ascontiguousarray(row)) for row in values]
    result = np.empty((len(tables), len(excess)))

    def work(rows: slice) -> None:
        places = panels.places(frequencies.numbers(rows), 1.0 + excess[rows])
        for row, table in zip(result, tables, strict=True):
            row[rows] = panels.evaluate_at(table, places)

    map_blocks(work, len(excess))
    return result
