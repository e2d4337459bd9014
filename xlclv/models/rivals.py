"""Leaving and the next order as rivals: what the Pareto/NBD model needs to know of both, for many customers at once."""

from __future__ import annotations

import numpy as np

from xlclv.models.arrays import BoolArray, FloatArray
from xlclv.models.counts import day_numbers, days_per_period
from xlclv.models.frequencies import Frequencies
from xlclv.models.panels import Panels
from xlclv.models.parallel import map_blocks
from xlclv.models.race import complement
from xlclv.models.row_terms import differ, of_rows
from xlclv.models.slower import excess, log_chance, tabulated


class Rivals:
    """Chances of what happens next to a customer who was alive at some time and silent since then.

    Parameters
    ----------
    r, alpha, s, beta : float
        Shape and scale of the order rates, and of the leaving rates; scales may be vectors, one element for each of the
        customers of every call.

    Notes
    -----
    The chance depends on time through the ratio rho of beta + z to alpha + z alone, which stays on one side of 1, and
    is an analytic function of its logarithm: for many customers it is tabulated for each frequency.
    """

    def __init__(self, r: float, alpha: float | FloatArray, s: float, beta: float | FloatArray) -> None:
        self._r, self._alpha, self._s, self._beta = self._parameters = r, alpha, s, beta

    def rows(self, rows: slice | BoolArray) -> Rivals:
        """Return those of some of the customers."""
        return Rivals(*of_rows(self._parameters, rows))

    def log_silence(self, frequency: FloatArray, start: FloatArray, length: FloatArray) -> FloatArray:
        """Return the log chance of neither an order nor leaving within ``length`` of the time ``start``."""
        result: FloatArray = -(self._r + frequency) * np.log1p(length / (self._alpha + start))
        result -= self._s * np.log1p(length / (self._beta + start))
        return result

    def log_leave_first(self, frequency: FloatArray, time: FloatArray) -> FloatArray:
        """Return the log chance of a customer alive at ``time`` to leave before the next order."""
        return self._log_first(True, frequency, time)

    def log_order_first(self, frequency: FloatArray, time: FloatArray) -> FloatArray:
        """Return the log chance of a customer alive at ``time`` to order before leaving."""
        return self._log_first(False, frequency, time)

    def _log_first(self, leaving: bool, frequency: FloatArray, time: FloatArray) -> FloatArray:
        """Return the log chance of leaving, or of ordering, to come first."""
        if not differ(self._parameters):
            slower = self._slower(frequency, time)
            return slower if leaving == (self._beta >= self._alpha) else complement(slower)
        result = np.empty(len(time))
        leaving_slower = np.broadcast_to(self._beta >= self._alpha, time.shape)
        for which in (True, False):
            rows = leaving_slower == which
            if rows.any():
                _, alpha, _, beta = of_rows(self._parameters, rows)
                slower = self._own_slower(which, frequency[rows], excess(alpha, beta, time[rows]))
                result[rows] = slower if leaving == which else complement(slower)
        return result

    def _slower(self, frequency: FloatArray, time: FloatArray) -> FloatArray:
        """Return the log chance of that rival to come first whose rate has the larger scale, the same for all."""
        if len(time) == 0:
            return np.empty(0)
        frequencies = Frequencies(frequency)
        histories = frequencies.distinct
        high, low = (1.0 + float(self._excess(end)) for end in (time.min(), time.max()))
        result = np.empty(len(time))
        if len(time) <= len(histories) * Panels.cost(low, high):
            return self._direct(frequency, self._excess(time))
        panels = Panels(low, high)
        nodes = np.maximum(panels.nodes - 1.0, 0.0)
        # Node by node, so that equal ones are together: they take the same number of terms.
        values = self._direct(np.tile(histories, len(nodes)), np.repeat(nodes, len(histories)))
        table = panels.coefficients(np.ascontiguousarray(values.reshape(len(nodes), -1).T))
        per_period = days_per_period(time)
        days = 0 if per_period is None else round(float(time.max()) * per_period) + 1
        by_day = None
        if per_period is not None and days * len(histories) <= len(time):
            at = 1.0 + self._excess(np.arange(days) / per_period)
            function = np.repeat(np.arange(len(histories)), days)
            by_day = panels.evaluate(table, function, np.tile(at, len(histories)))

        def work(rows: slice) -> None:
            number = frequencies.numbers(rows)
            if by_day is None or per_period is None:
                result[rows] = panels.evaluate(table, number, 1.0 + self._excess(time[rows]))
            else:
                result[rows] = by_day.take(number * days + day_numbers(time[rows], per_period))

        map_blocks(work, len(time))
        return result

    def _own_slower(self, leaving: bool, frequency: FloatArray, excess: FloatArray) -> FloatArray:
        """Return what :meth:`_slower` does where scales differ by customer, and leaving or ordering is the slower."""

        def direct(frequency: FloatArray, excess: FloatArray) -> FloatArray:
            return log_chance(self._r, self._s, leaving, frequency, excess)[None, :]

        result: FloatArray = tabulated(direct, frequency, excess)[0]
        return result

    def _excess(self, time: FloatArray) -> FloatArray:
        """Return rho - 1, where rho is the ratio of the larger scale to the smaller."""
        return excess(self._alpha, self._beta, time)

    def _direct(self, frequency: FloatArray, excess: FloatArray) -> FloatArray:
        return log_chance(self._r, self._s, bool(self._beta >= self._alpha), frequency, excess)
