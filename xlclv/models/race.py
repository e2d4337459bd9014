"""Which comes first, the next order or leaving: the one special function of the Pareto/NBD model.

A customer of order rate Gamma(c, alpha+z) and leaving rate Gamma(s, beta+z) leaves before the next order with chance

    a = s/(c+s) F(1, c; c+s+1; 1 - rho),   rho = (beta+z)/(alpha+z),

F being Gauss's hypergeometric function, and b = 1 - a = c/(c+s) F(1, s; c+s+1; 1 - 1/rho). That one of rho and 1/rho
which is at least 1 makes the argument negative, and the continued fraction of F a sum of positive terms: no digit is
lost, whatever the parameters, and it can be differentiated term by term.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from xlclv.models.arrays import BoolArray, FloatArray
from xlclv.models.race_far import NEAR, far_derivatives

#: Elements whose continued fractions are evaluated at once, so that intermediate arrays stay in the cache.
_CHUNK: Final = 4096

_FEWEST_TERMS: Final = 6

#: Chances below this are nil; their logarithms must stay finite.
_NIL: Final = 1e-300

#: Natural logarithm of the digits wanted.
_DIGITS: Final = 38.0

#: Pairs of the variables c, s, log rho whose second derivatives are kept, in order.
SECOND: Final = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))

#: A value, three first and six second derivatives.
DERIVATIVES: Final = 1 + 3 + len(SECOND)


def log_slower(c: FloatArray, s: FloatArray, excess: FloatArray) -> FloatArray:
    """Return log(s/(c+s) F(1, c; c+s+1; -excess)), the logarithm of the chance a for rho = 1 + excess.

    Parameters
    ----------
    c, s : ndarray, shape (n,)
        Shapes of the order and the leaving rate, above 0.
    excess : ndarray, shape (n,)
        rho - 1, 0 or more.
    """
    result = np.empty_like(c)
    for part in _chunks(len(c)):
        far = excess[part] > NEAR
        if far.any():
            result[part] = _with_far(c[part], s[part], excess[part], far)[0]
        else:
            more = _fraction(c[part], s[part], excess[part], _terms(excess[part]))
            result[part] = _log_chance(c[part], s[part], more)
    return result


def log_slower_derivatives(c: FloatArray, s: FloatArray, excess: FloatArray) -> FloatArray:
    """Return :func:`log_slower` with its derivatives in c, s and log rho, shape (10, n).

    Returns
    -------
    ndarray
        The value, the three first derivatives, and the second in the order of ``SECOND``.
    """
    result = np.empty((DERIVATIVES, len(c)))
    for part in _chunks(len(c)):
        far = excess[part] > NEAR
        if far.any():
            result[:, part] = _with_far(c[part], s[part], excess[part], far)
        else:
            result[:, part] = _near(c[part], s[part], excess[part])
    return result


def _chunks(size: int) -> list[slice]:
    return [slice(start, start + _CHUNK) for start in range(0, size, _CHUNK)]


def _with_far(c: FloatArray, s: FloatArray, excess: FloatArray, far: BoolArray) -> FloatArray:
    result = np.empty((DERIVATIVES, len(c)))
    result[:, far] = far_derivatives(c[far], s[far], excess[far], _near)
    if not far.all():
        result[:, ~far] = _near(c[~far], s[~far], excess[~far])
    return result


def _near(c: FloatArray, s: FloatArray, excess: FloatArray) -> FloatArray:
    return _differentiated(c, s, excess, _terms(excess))


def complement(log_chance: FloatArray) -> FloatArray:
    """Return log(1 - e^x) of a logarithm x, or of x with derivatives, shape (10, n)."""
    if log_chance.ndim == 1:
        return np.log(np.maximum(-np.expm1(log_chance), _NIL))
    value, first, second = log_chance[0], log_chance[1:4], log_chance[4:]
    other = np.maximum(-np.expm1(value), _NIL)
    odds = np.exp(value) / other
    result = np.empty_like(log_chance)
    result[0] = np.log(other)
    result[1:4] = -odds * first
    for row, (i, j) in enumerate(SECOND):
        result[4 + row] = -odds * (second[row] + first[i] * first[j] / other)
    return result


def swapped(derivatives: FloatArray) -> FloatArray:
    """Return derivatives in s, c and -log rho as those in c, s and log rho."""
    value, d_s, d_c, d_rho, ss, cs, s_rho, cc, c_rho, rho_rho = derivatives
    return np.stack([value, d_c, d_s, -d_rho, cc, cs, -c_rho, ss, -s_rho, rho_rho])


def _terms(excess: FloatArray) -> int:
    """Return how many terms of the continued fractions are enough: each gains a digit by the same ratio.

    The ratio is that of the limit of the coefficients, (root - 1)/(root + 1) with the root of 1 + excess; before
    they reach it, they gain more.
    """
    root = float(np.sqrt(1.0 + excess.max()))
    if root == 1.0:
        return _FEWEST_TERMS
    return max(_FEWEST_TERMS, 2 * math.ceil(_DIGITS / (2.0 * math.log1p(2.0 / (root - 1.0)))))


def _fraction(c: FloatArray, s: FloatArray, w: FloatArray, terms: int) -> FloatArray:
    """Return 1/F(1, c; c+s+1; -w) - 1 from a number of terms of Gauss's continued fraction, the rest at its limit.

    F = 1/(1 + d1 w/(1 + d2 w/(1 + ...))), of which the coefficients go to 1/4.
    """
    k = c + s
    more = 0.5 * (np.sqrt(1.0 + w) - 1.0)
    for m in range(terms // 2 - 1, -1, -1):
        more = (m + 1.0) * (s + (m + 1.0)) / ((k + (2 * m + 1.0)) * (k + (2 * m + 2.0))) * w / (1.0 + more)
        # (k + m)/(k + 2m) is 1 at m = 0, also where k is nil.
        more = (c + m) * ((k + m) / (k + 2.0 * m) if m else 1.0) / (k + (2 * m + 1.0)) * w / (1.0 + more)
    return more


def _log_chance(c: FloatArray, s: FloatArray, more: FloatArray) -> FloatArray:
    """Return log(s/((c+s)(1+more))) with all digits also where it is next to nil."""
    result: FloatArray = -np.log1p((c + (c + s) * more) / s)
    return result


def _differentiated(c: FloatArray, s: FloatArray, w: FloatArray, terms: int) -> FloatArray:
    """Return log(s/(c+s)/fraction) with derivatives in c, s and log rho."""
    k = c + s
    root = np.sqrt(1.0 + w)
    more = 0.5 * (root - 1.0)
    first = np.zeros((3, len(c)))  # in c, s, w
    second = np.zeros((len(SECOND), len(c)))
    first[2] = 0.25 / root
    second[5] = -0.125 / root**3
    for m in range(terms // 2 - 1, -1, -1):
        # d = (m+1)(s+m+1)/((k+2m+1)(k+2m+2)): its logarithm's derivatives in s and in k.
        one, two = 1.0 / (k + (2 * m + 1.0)), 1.0 / (k + (2 * m + 2.0))
        own = 1.0 / (s + (m + 1.0))
        d = (m + 1.0) * one * two / own
        by_k, by_kk = -(one + two), one * one + two * two
        more = _step(1.0 + more, first, second, w, d, (by_k, by_k + own), (by_kk, by_kk, by_kk - own * own))
        # d = (c+m)(k+m)/((k+2m)(k+2m+1)).
        own = 1.0 / (c + m)
        by_k, by_kk = -one, one * one
        d = one / own
        if m:
            near, far = 1.0 / (k + m), 1.0 / (k + 2.0 * m)
            d = d * far / near
            by_k = by_k + near - far
            by_kk = by_kk - near * near + far * far
        more = _step(1.0 + more, first, second, w, d, (by_k + own, by_k), (by_kk - own * own, by_kk, by_kk))
    rho = 1.0 + w
    f = 1.0 + more
    logs = first / f
    result = np.empty((DERIVATIVES, len(c)))
    result[0] = _log_chance(c, s, more)
    result[1], result[2], result[3] = -1.0 / k - logs[0], 1.0 / s - 1.0 / k - logs[1], -rho * logs[2]
    for row, (i, j) in enumerate(SECOND):
        result[4 + row] = logs[i] * logs[j] - second[row] / f
    result[4] += 1.0 / k**2
    result[5] += 1.0 / k**2
    result[6] *= rho
    result[7] += 1.0 / k**2 - 1.0 / s**2
    result[8] *= rho
    result[9] = rho * rho * result[9] + result[3]
    return result


def _step(
    f: FloatArray,
    first: FloatArray,
    second: FloatArray,
    w: FloatArray,
    d: FloatArray,
    slope: tuple[FloatArray, FloatArray],
    curve: tuple[FloatArray, FloatArray, FloatArray],
) -> FloatArray:
    """Return d w/f, and replace the derivatives of f in c, s, w by those of 1 + d w/f in place.

    ``slope`` and ``curve`` are the derivatives of log d in c, s and in cc, cs, ss.
    """
    new = d / f
    # Logarithmic derivatives of q = d w / f, in w of d / f only, for w may be 0.
    logs = first / f
    q = new * w
    c, s = slope[0] - logs[0], slope[1] - logs[1]
    # Second derivatives of log f.
    second /= f
    for row, (i, j) in enumerate(SECOND):
        second[row] -= logs[i] * logs[j]
    second[0] = q * (c * c + curve[0] - second[0])
    second[1] = q * (c * s + curve[1] - second[1])
    second[3] = q * (s * s + curve[2] - second[3])
    at_w = new - q * logs[2]
    second[2] = at_w * c - q * second[2]
    second[4] = at_w * s - q * second[4]
    second[5] = -logs[2] * (new + at_w) - q * second[5]
    first[0], first[1], first[2] = q * c, q * s, at_w
    return q
