"""Smooth functions of one positive variable, tabulated: Chebyshev polynomials on panels of its logarithm."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from xlclv.models.arrays import FloatArray
from xlclv.models.frequencies import Numbers

#: Panels are this wide in the logarithm at most. The functions tabulated here are analytic within pi/2 of the real
#: axis, which in the widest panels leaves an error of some 1e-13 of the largest value in the panel at the degree 16.
WIDTH = 1.0

#: Natural logarithm of that error.
_DIGITS = 30.0


class Places(NamedTuple):
    """Columns of the coefficients, and twice the Chebyshev variable there."""

    entry: Numbers
    place: FloatArray


class Panels:
    """A grid over [low, high] on which families of functions are tabulated.

    Parameters
    ----------
    low, high : float
        Positive ends of the range.
    width : float
        Width of the widest panel in the logarithm, for functions that change faster.

    Examples
    --------
    >>> panels = Panels(0.5, 40.0)
    >>> coefficients = panels.coefficients(np.sqrt(panels.nodes)[None, :])
    >>> value = panels.evaluate(coefficients, np.zeros(1, dtype=np.intp), np.array([9.0]))
    >>> round(float(value[0]), 12)
    3.0
    """

    def __init__(self, low: float, high: float, width: float = WIDTH) -> None:
        self._low = float(np.log(low))
        span, self.count, self._degree = _layout(low, high, width)
        self._per_unit = self.count / span
        degree = self._degree
        angles = np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1)
        centres = (np.arange(self.count)[:, None] + 0.5 + 0.5 * np.cos(angles)) / self._per_unit
        #: Where to evaluate the functions to tabulate, shape (count * (degree + 1),).
        self.nodes: FloatArray = np.exp(self._low + centres).reshape(-1)
        self._transform = np.cos(np.outer(angles, np.arange(degree + 1))) * (2.0 / (degree + 1))
        self._transform[:, 0] /= 2.0

    @staticmethod
    def cost(low: float, high: float, width: float = WIDTH) -> int:
        """Return how many nodes the range takes."""
        _, count, degree = _layout(low, high, width)
        return count * (degree + 1)

    def coefficients(self, values: FloatArray) -> FloatArray:
        """Return the coefficients of functions from their values at the nodes, shape (functions, nodes)."""
        functions = len(values)
        table = values.reshape(functions, self.count, self._degree + 1) @ self._transform
        # Coefficient by coefficient, so that evaluation reads one small table at a time.
        return np.ascontiguousarray(np.moveaxis(table, 2, 0).reshape(self._degree + 1, functions * self.count))

    def evaluate(self, coefficients: FloatArray, function: Numbers, at: FloatArray) -> FloatArray:
        """Return the values of the functions numbered ``function`` at ``at``, both of shape (n,)."""
        return self.evaluate_at(coefficients, self.places(function, at))

    def places(self, function: Numbers, at: FloatArray) -> Places:
        """Return where :meth:`evaluate_at` finds the functions numbered ``function`` at ``at``."""
        panel, place = self._places(at)
        place *= 2.0
        entry = function * self.count
        entry += panel
        return Places(entry, place)

    def evaluate_at(self, coefficients: FloatArray, places: Places) -> FloatArray:
        """Return values at places found before, for tables of several kinds of the same functions."""
        entry, place = places
        # Clenshaw's recurrence.
        later = np.zeros_like(place)
        last = coefficients[self._degree].take(entry)
        for degree in range(self._degree - 1, 0, -1):
            later, last = last, place * last - later + coefficients[degree].take(entry)
        value: FloatArray = 0.5 * place * last - later + coefficients[0].take(entry)
        return value

    def sums(self, at: FloatArray, factors: FloatArray) -> FloatArray:
        """Return sums of the basis functions over each row of ``at``, shape ((degree + 1) * count, rows).

        The product of :meth:`functions` with it is the sum of function values times ``factors`` over each row.
        """
        rows = len(at)
        panel, place = self._places(at.reshape(-1))
        entry = panel * rows + np.repeat(np.arange(rows), at.shape[1])
        previous, current = factors.reshape(-1).astype(np.float64), factors.reshape(-1) * place
        sums = [np.bincount(entry, previous, minlength=rows * self.count)]
        for _ in range(self._degree):
            sums.append(np.bincount(entry, current, minlength=rows * self.count))
            previous, current = current, 2.0 * place * current - previous
        return np.concatenate(sums).astype(np.float64, copy=False).reshape(-1, rows)

    def functions(self, coefficients: FloatArray, count: int) -> FloatArray:
        """Return coefficients as one row for each of ``count`` functions, in the order of :meth:`sums`."""
        table = coefficients.reshape(self._degree + 1, count, self.count)
        return np.ascontiguousarray(np.moveaxis(table, 1, 0).reshape(count, -1))

    def _places(self, at: FloatArray) -> tuple[Numbers, FloatArray]:
        """Return the panel of each value and its Chebyshev variable in [-1, 1] there."""
        place = (np.log(at) - self._low) * self._per_unit
        panel = np.clip(place.astype(np.intp), 0, self.count - 1)
        place -= panel
        place *= 2.0
        place -= 1.0
        return panel, place


def _layout(low: float, high: float, width: float) -> tuple[float, int, int]:
    """Return the range in the logarithm, the number of panels and the degree their width takes."""
    span = max(float(np.log(high)) - float(np.log(low)), 1e-9)
    count = max(1, math.ceil(span / width))
    # Chebyshev series converge like powers of the sum of the half axes of the ellipse up to the singularities.
    strip = math.pi * width * count / span
    return span, count, math.ceil(_DIGITS / math.asinh(strip))
