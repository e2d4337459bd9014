"""All orders to come, discounted continuously, of a customer who orders after every k phases.

At a rate u of phases, in units in which the discount rate is D, each phase discounts what comes after it by
rho = u/(u+D), so orders after k-j, 2k-j, ... phases that come with the chances 1, 1-p, (1-p)^2, ... are worth

    rho^(k-j) / (1 - (1-p) rho^k),

averaged over u ~ Gamma(c, 1), c = r + kx + j, and p ~ Beta(a, B).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy import special

from xlclv.models.arrays import FloatArray
from xlclv.models.beta_quadrature import DropoutRule

#: Step in log u, in it and in standard deviations of it. The integrand is analytic within pi/2 of the real axis.
_STEP: Final = 0.2
_STEP_DEVIATIONS: Final = 0.65

#: Logarithm of what is left out on either side.
_NIL: Final = 45.0

#: From this c on the density of log u lies within the range, and is normalised there: log Gamma(c) loses digits.
_WITHIN: Final = 20.0

#: Elements of a matrix worked on at once.
_CHUNK: Final = 1 << 18


def discounted_orders(
    r: float, a: float, b: float, k: int, phase: int, histories: FloatArray, discounts: FloatArray
) -> FloatArray:
    """Return the discounted orders of customers who are alive, for every frequency and D, shape (m, n).

    Parameters
    ----------
    r, a, b : float
        Shape of the rates of phases, shapes of the dropout chance, before any order.
    k, phase : int
        Phases of an order; those passed since the last one, j.
    histories : ndarray, shape (m,)
        Frequencies x, so that c = r + kx + j and B = b + x.
    discounts : ndarray, shape (n,)
        Discount rates D in units of the scale of the rate of phases, above 0.
    """
    result = np.empty((len(histories), len(discounts)))
    least = max(float(discounts.min()), 1e-290)
    shape = r + k * float(histories.max()) + phase
    # 1 - (1-p) rho^k starts to feel p where that is like 1 - rho^k.
    rule = DropoutRule(1.0, a, b, float(histories.max()), min(_largest(shape) / (k * least), 1e290))
    for row, x in zip(result, histories.tolist(), strict=True):
        c = r + k * x + phase
        rates, density = _rates(c, c + k - phase, least)
        p, weights = rule.of(x)
        step = max(1, _CHUNK // (len(rates) * len(p)))
        for start in range(0, len(discounts), step):
            part = slice(start, start + step)
            log_rho = -np.log1p(np.divide.outer(discounts[part], rates))
            cycle = np.exp(k * log_rho)
            chances = cycle[..., None] * p
            chances -= np.expm1(k * log_rho)[..., None]
            np.reciprocal(chances, out=chances)
            each = np.einsum("ijk,k->ij", chances, weights)
            each *= np.exp((k - phase) * log_rho)
            row[part] = np.einsum("ij,j->i", each, density)
    return result


def _largest(c: float) -> float:
    """Return a value that Gamma(c, 1) variables do not reach."""
    return c + 10.0 * math.sqrt(c) + _NIL


def _rates(c: float, power: float, least: float) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights for Gamma(c, 1); below ``least`` the integrand goes with u to that power."""
    # Of log(u/c): for large c the range is narrow, and few nodes serve it.
    low = max(_lowest(c, 1.0), _lowest(power, min(least / c, 1.0)))
    high = math.log1p(10.0 / math.sqrt(c) + _NIL / c)
    step = min(_STEP, _STEP_DEVIATIONS / math.sqrt(c))
    from_mode = np.arange(low, high, step)
    # The density of log(u/c), the mode apart.
    density = np.exp(c * (from_mode - np.expm1(from_mode)))
    if c >= _WITHIN:
        density /= density.sum()
    else:
        density *= step * math.exp(c * math.log(c) - c - float(special.gammaln(c)))
    return c * np.exp(from_mode), density


def _lowest(power: float, start: float) -> float:
    """Return the logarithm from which on u^power e^-u counts, if it grows up to ``start`` at least."""
    return math.log(start) - _NIL / power - math.sqrt(2.0 * _NIL / power)
