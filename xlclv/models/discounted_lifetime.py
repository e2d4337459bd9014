"""Discounted lifetime of customers whose chance to churn follows a beta distribution.

A customer who pays now and churns with chance p before each later payment pays (1 + d) / (d + p) in all, in money of
today. The mean of that over a Beta(a, b) distribution of p is 2F1(1, b; a + b; 1 / (1 + d)), which libraries compute
well only where a, b and 1/d are moderate.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import special

from xlclv.models.arrays import FloatArray

#: Fall of the logarithm of the integrand at which it no longer counts.
_NEGLIGIBLE: Final = 45.0

#: Beyond the last corner of the integrand by this much it is an exponential to the last digit.
_STRAIGHT: Final = 37.0

#: Widest step, and steps in a standard deviation: the rule then is exact to rounding.
_STEP: Final = 0.2
_STEPS: Final = 3.0

#: From this a on p varies so little that its mean serves.
_CERTAIN: Final = 1e12

#: Numbers held at a time.
_CHUNK: Final = 1 << 20


def discounted_lifetime(a: float, b: float, rates: FloatArray) -> FloatArray:
    """Return the expected number of payments to come, the one now included, discounted.

    Parameters
    ----------
    a, b : float
        Shapes of the distribution of the chance to churn, above 0.
    rates : ndarray, shape (n,)
        Discount rates of one period, above 0.

    Returns
    -------
    ndarray, shape (n,)

    Notes
    -----
    The trapezoidal rule for E[(1 + d) / (d + p)] in y = log(p / (1 - p)): the integrand is analytic in a strip about
    the axis whatever a, b and d, so the error falls exponentially with the number of steps (Trefethen and Weideman
    2014, SIAM Review 56(3)). The weights are their own normalisation. What lies beyond the ends is a
    geometric series.

    Examples
    --------
    >>> discounted_lifetime(0.704077, 1.182043, np.array([0.1])).round(6).tolist()
    [3.69491]
    """
    if a > _CERTAIN:
        chance = 1.0 / (1.0 + b / a)
        return (1.0 + rates) / (rates + chance)
    chances, weights = _rule(a, b, float(rates.min()))
    total = weights.sum()
    out = np.empty_like(rates)
    rows = max(1, _CHUNK // len(chances))
    for start in range(0, len(rates), rows):
        rate = rates[start : start + rows, None]
        out[start : start + rows] = ((1.0 + rate) / (rate + chances)) @ weights / total
    return out


def _rule(a: float, b: float, lowest_rate: float) -> tuple[FloatArray, FloatArray]:
    """Return nodes p and weights for the mean over Beta(a, b) of 1 / (d + p), d at least ``lowest_rate``."""
    mode = np.log(a) - np.log(b)
    corner = np.log(max(a + b, 1.0))
    width = np.sqrt(special.polygamma(1, a) + special.polygamma(1, b))
    step = min(_STEP, float(width) / _STEPS)
    # To the left 1 / (d + p) may grow as fast as p falls.
    left = _reach(a, b, -1.0, float(mode - min(np.log(lowest_rate), -corner, mode)) + _STRAIGHT, growth=1.0)
    right = _reach(a, b, 1.0, float(max(corner, mode) - mode) + _STRAIGHT, growth=0.0)
    y = step * np.arange(-np.ceil(left / step), np.ceil(right / step) + 1.0)
    weights = np.exp(-_fall(a, b, y))
    weights[0] /= -np.expm1(-a * step)
    weights[-1] /= -np.expm1(-b * step)
    return special.expit(mode + y), weights


def _reach(a: float, b: float, side: float, limit: float, growth: float) -> float:
    """Return how far from the mode the integrand counts, at most ``limit``."""
    inside, outside = 0.0, limit
    for _ in range(40):
        middle = (inside + outside) / 2
        if float(_fall(a, b, np.float64(side * middle))) - growth * middle < _NEGLIGIBLE:
            inside = middle
        else:
            outside = middle
    return outside


def _fall(a: float, b: float, y: FloatArray | np.float64) -> FloatArray:
    """Return by how much the log density of log(p / (1 - p)) is lower than at its mode, ``y`` away from it."""
    total = a + b
    # From the smaller of a and b, else digits cancel.
    fall = total * np.log1p(a / total * np.expm1(y)) - a * y if a <= b else (
        total * np.log1p(b / total * np.expm1(-y)) + b * y
    )  # fmt: skip
    return np.asarray(fall)
