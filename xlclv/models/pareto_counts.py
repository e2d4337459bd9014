"""Numbers of orders of a customer who leaves at a Pareto distributed time, by quadrature over the time of leaving."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xlclv.models.arrays import FloatArray

_NODES = 16
_LEGENDRE, _WEIGHTS = np.polynomial.legendre.leggauss(_NODES)
_UNIT = 0.5 * (1.0 + _LEGENDRE)
_HALVES = 0.5 * _WEIGHTS

#: A panel spans at most a factor of 2 in time, and this many standard deviations of a number of orders.
_LOG_WIDTH = float(np.log(2.0))
_DEVIATIONS = 5.0

#: Elements of an array of customers by nodes by numbers of orders that is worked on at once.
_ELEMENTS = 2_000_000


class Rates(NamedTuple):
    """Posterior distributions of a customer's rates: of ordering Gamma(orders, order_scale), of leaving likewise.

    Attributes
    ----------
    orders, order_scale, leave_scale : ndarray, shape (n,)
    leaves : float
    """

    orders: FloatArray
    order_scale: FloatArray
    leaves: float
    leave_scale: FloatArray

    def rows(self, rows: slice) -> Rates:
        """Return those of some customers."""
        return Rates(self.orders[rows], self.order_scale[rows], self.leaves, self.leave_scale[rows])

    def staying(self, time: FloatArray) -> FloatArray:
        """Return the chance not to leave before ``time``, shape (n,) or (n, m)."""
        scale = self.leave_scale if time.ndim < 2 else self.leave_scale[:, None]
        result: FloatArray = np.exp(-self.leaves * np.log1p(time / scale))
        return result

    def leaving(self, time: FloatArray) -> FloatArray:
        """Return the density of the time of leaving, shape (n, m)."""
        result: FloatArray = self.leaves / (self.leave_scale[:, None] + time) * self.staying(time)
        return result

    def counts(self, time: FloatArray, size: int) -> FloatArray:
        """Return the chances of 0..size-1 orders within ``time``, shape (n, m), of a customer who stays: (n, m, size).

        Negative binomial.
        """
        j = np.arange(size - 1)
        binomial = np.zeros((len(self.orders), 1, size))
        np.cumsum(np.log((self.orders[:, None] + j) / (j + 1.0)), axis=1, out=binomial[:, 0, 1:])
        y = time / self.order_scale[:, None]
        later = np.log1p(y)
        with np.errstate(divide="ignore"):
            ordering = np.maximum(np.log(y) - later, -1e300)[..., None]
        logs = ordering * np.arange(size)
        logs += binomial
        logs -= (self.orders[:, None] * later)[..., None]
        result: FloatArray = np.exp(logs, out=logs)
        return result


def count_chances(rates: Rates, periods: FloatArray, size: int) -> FloatArray:
    """Return the chances of 0..size-1 orders until the customer leaves or the periods end, shape (n, size).

    Notes
    -----
    Gauss-Legendre on panels: one from 0 to where orders and leaving begin to be likely, then panels of equal width in
    the logarithm of time, no wider than what the distribution of orders within a time changes over. Accurate to some
    1e-12 absolute.
    """
    scale = np.minimum(rates.order_scale / np.maximum(rates.orders, 1.0), rates.leave_scale / (rates.leaves + 1.0))
    first = np.minimum(scale, periods)
    span = np.log(np.where(periods > 0, periods, 1.0) / np.where(periods > 0, first, 1.0))
    mean = rates.orders * periods / rates.order_scale
    width = np.minimum(_LOG_WIDTH, _DEVIATIONS * np.sqrt(1.0 / np.maximum(mean, 1.0) + 1.0 / rates.orders))
    panels = np.ceil(span / width).astype(np.intp)
    result = np.empty((len(mean), size))
    order = np.argsort(panels, kind="stable")
    start = 0
    while start < len(order):
        # Rows with about as many panels go together.
        most = max(1, _ELEMENTS // (size * _NODES * (2 * int(panels[order[start]]) + 1)))
        stop = start + int(np.searchsorted(panels[order[start : start + most]], 2 * panels[order[start]] + 1))
        rows = order[start:stop]
        chosen = Rates(rates.orders[rows], rates.order_scale[rows], rates.leaves, rates.leave_scale[rows])
        result[rows] = _integrated(chosen, first[rows], span[rows], periods[rows], int(panels[rows].max()), size)
        start = stop
    return result


def _integrated(
    rates: Rates, first: FloatArray, span: FloatArray, periods: FloatArray, panels: int, size: int
) -> FloatArray:
    result = rates.counts(periods[:, None], size)[:, 0]
    result *= rates.staying(periods)[:, None]
    nodes, weights = np.outer(first, _UNIT), np.outer(first, _HALVES)
    if panels:
        places = ((np.arange(panels)[:, None] + _UNIT) / panels).reshape(-1)
        later = first[:, None] * np.exp(np.outer(span, places))
        nodes = np.concatenate([nodes, later], axis=1)
        steps = later * np.outer(span, np.tile(_HALVES, panels) / panels)
        weights = np.concatenate([weights, steps], axis=1)
    weights *= rates.leaving(nodes)
    chunk = max(1, _ELEMENTS // (len(first) * size))
    for start in range(0, nodes.shape[1], chunk):
        part = slice(start, start + chunk)
        result += np.einsum("nm,nmy->ny", weights[:, part], rates.counts(nodes[:, part], size))
    return result
