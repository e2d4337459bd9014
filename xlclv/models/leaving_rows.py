"""The BG/NBD likelihood history by history, for parameters that differ by customer.

The same terms as in `xlclv.models.leaving`, which sums them over customers of equal parameters.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from xlclv.models.arrays import FloatArray
from xlclv.models.model import Parameters
from xlclv.models.parallel import map_blocks
from xlclv.models.row_terms import HistoryColumns, RowTerms

#: Factors of a rising factorial that are multiplied out; the others are many, and an asymptotic series sums them.
_FACTORS: Final = 32


def row_terms(parameters: Parameters, histories: HistoryColumns) -> RowTerms:
    """Return the log likelihood of each history but for Gamma(r+x)/Gamma(r), with derivatives in log r, alpha, a, b.

    Parameters
    ----------
    parameters : tuple
        r, a number, and alpha, a, b, vectors of the length of the histories.
    histories : HistoryColumns
        Sorted by frequency.
    """
    r, alpha, a, b = parameters
    result = RowTerms.empty(len(histories.frequency), 4)
    first = int(np.searchsorted(histories.frequency, 0.5))

    def work(rows: slice) -> None:
        x, t, age = (column[rows] for column in histories)
        part = RowTerms(result.value[rows], result.gradient[:, rows], result.hessian[:, rows])
        repeat = min(max(first - rows.start, 0), len(x))
        _order(part, r, alpha[rows], x, np.where(x > 0, t, age))
        later = RowTerms(part.value[repeat:], part.gradient[:, repeat:], part.hessian[:, repeat:])
        own = alpha[rows][repeat:], a[rows][repeat:], b[rows][repeat:]
        if len(later.value):
            _leave(later, *own[1:], x[repeat:])
            _alive(later, r, *own, x[repeat:], t[repeat:], age[repeat:])

    map_blocks(work, len(histories.frequency))
    return result


def _order(terms: RowTerms, r: float, alpha: FloatArray, x: FloatArray, time: FloatArray) -> None:
    """Set terms to those of -x log(alpha) - (r+x) log(1 + time/alpha): orders up to the time, then none."""
    log, share, c = np.log1p(time / alpha), time / (alpha + time), r + x
    terms.value[:] = -x * np.log(alpha) - c * log
    terms.gradient[:] = 0.0
    terms.gradient[0], terms.gradient[1] = -r * log, c * share - x
    terms.hessian[:] = 0.0
    terms.hessian[0], terms.hessian[1], terms.hessian[4] = -r * log, r * share, -c * share * (1.0 - share)


def _leave(terms: RowTerms, a: FloatArray, b: FloatArray, x: FloatArray) -> None:
    """Add log(B(a+1, b+x-1)/B(a, b)), staying x-1 times and then leaving.

    That is log a + log (b)_(x-1) - log (a+b)_x, with rising factorials.
    """
    stay, occasions = _log_rising(b, x - 1.0), _log_rising(a + b, x)
    value, gradient, hessian = terms
    value += np.log(a) + stay[0] - occasions[0]
    gradient[2] += 1.0 - a * occasions[1]
    gradient[3] += b * (stay[1] - occasions[1])
    hessian[7] -= a * occasions[1] + a * a * occasions[2]
    hessian[8] -= a * b * occasions[2]
    hessian[9] += b * (stay[1] - occasions[1]) + b * b * (stay[2] - occasions[2])


def _alive(
    terms: RowTerms, r: float, alpha: FloatArray, a: FloatArray, b: FloatArray, x: FloatArray, t: FloatArray,
    age: FloatArray,
) -> None:  # fmt: skip
    """Add log(1 + odds of being alive), log odds = log((b+x-1)/a) - (r+x) log((alpha+T)/(alpha+t_x))."""
    silence, c = np.log1p((age - t) / (alpha + t)), r + x
    z = np.log((b + (x - 1.0)) / a) - c * silence
    p = 1.0 / (1.0 + np.exp(-np.clip(z, -700.0, 700.0)))
    value, gradient, hessian = terms
    value += np.logaddexp(0.0, z)
    keep = b / (b + (x - 1.0))
    at_last, at_age = alpha / (alpha + t), alpha / (alpha + age)
    fall = at_last - at_age
    slopes = -r * silence, c * fall, np.full_like(x, -1.0), keep
    for row, slope in zip(gradient, slopes, strict=True):
        row += p * slope
    curved = p * (1.0 - p)
    for row, (i, j) in zip(hessian, RowTerms.pairs(4), strict=True):
        row += curved * slopes[i] * slopes[j]
    hessian[0] -= p * r * silence
    hessian[1] += p * r * fall
    hessian[4] += p * c * fall * (1.0 - at_last - at_age)
    hessian[9] += p * keep * (1.0 - keep)


def _log_rising(base: FloatArray, count: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return log(Gamma(base + count)/Gamma(base)) with its first and second derivative in the base.

    Parameters
    ----------
    base : ndarray, shape (n,)
        Above 0.
    count : ndarray, shape (n,)
        Whole numbers, sorted.

    Notes
    -----
    Factor by factor, then by the differences of Stirling's series, so nothing cancels however large the base is.
    """
    value, first, second = (np.zeros_like(base) for _ in range(3))
    for j in range(min(int(count[-1]), _FACTORS)):
        rows = slice(int(np.searchsorted(count, j + 0.5)), None)
        factor = base[rows] + j
        value[rows] += np.log(factor)
        inverse = 1.0 / factor
        first[rows] += inverse
        second[rows] -= inverse * inverse
    rows = slice(int(np.searchsorted(count, _FACTORS + 0.5)), None)
    if len(base[rows]):
        low, more = base[rows] + _FACTORS, count[rows] - _FACTORS
        high = low + more
        u, v = 1.0 / low, 1.0 / high
        log = np.log1p(more * u)
        value[rows] += more * np.log(low) + (high - 0.5) * log - more
        first[rows] += log + 0.5 * (u - v)
        second[rows] -= more * u * v + 0.5 * (u - v) * (u + v)
        for power, factor_ in ((1, 1 / 12), (3, -1 / 360), (5, 1 / 1260), (7, -1 / 1680)):
            value[rows] += factor_ * (v**power - u**power)
            first[rows] -= factor_ * power * (v ** (power + 1) - u ** (power + 1))
            second[rows] += factor_ * power * (power + 1) * (v ** (power + 2) - u ** (power + 2))
    return value, first, second
