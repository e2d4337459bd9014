"""The race between the next order and leaving where their scales lie far apart.

The chance to leave first is the chance to leave within a time Y plus that to be silent so long and leave first then:
Y is taken so that the scales have come near each other, where the continued fraction of `xlclv.models.race` is short.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from xlclv.models.arrays import FloatArray

#: The ratio of the scales after the time Y.
NEAR: Final = 64.0

#: Panels of the quadrature in time span this factor at most.
_FACTOR: Final = 4.0

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)

#: Second derivatives in c, s and log rho, as in `xlclv.models.race`.
_PAIRS: Final = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))


def far_derivatives(
    c: FloatArray, s: FloatArray, excess: FloatArray, near: Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
) -> FloatArray:
    """Return the log chance to leave first, with derivatives in c, s and log rho, shape (10, n).

    Parameters
    ----------
    c, s, excess : ndarray, shape (n,)
        Shapes of the rates, and rho - 1, more than ``NEAR``.
    near : callable
        Returns the same for smaller excess.
    """
    rho = 1.0 + excess
    # (rho + Y)/(1 + Y) = NEAR
    end = (rho - NEAR) / (NEAR - 1.0)
    leaves = _leaves_within(c, s, rho, end)

    log_end, ratio = np.log1p(end), end / rho
    share = ratio / (1.0 + ratio)
    later = near(c, s, np.full_like(c, NEAR - 1.0))
    left = 1.0 - share  # derivative of log((rho+Y)/(1+Y)) in log rho
    logs = np.stack(
        [
            later[0] - c * log_end - s * np.log1p(ratio),
            later[1] - log_end,
            later[2] - np.log1p(ratio),
            later[3] * left + s * share,
            later[4],
            later[5],
            later[6] * left,
            later[7],
            later[8] * left + share,
            later[9] * left**2 + later[3] * share * left - s * share * left,
        ]
    )
    total = leaves + _unlogged(logs)
    result: FloatArray = total / total[0]
    for row, (i, j) in enumerate(_PAIRS):
        result[4 + row] -= result[1 + i] * result[1 + j]
    result[0] = np.log(total[0])
    return result


def _leaves_within(c: FloatArray, s: FloatArray, rho: FloatArray, end: FloatArray) -> FloatArray:
    """Return the chance to leave within ``end`` and before an order, with derivatives, shape (10, n)."""
    first = np.minimum(1.0 / (1.0 + c + (s + 1.0) / rho), end)
    spans = np.log(end / first)
    count = max(1, math.ceil(float(spans.max()) / math.log(_FACTOR)))
    total = np.zeros((1 + 3 + len(_PAIRS), len(c)))
    low = np.zeros_like(first)
    for panel in range(count + 1):
        high = first * np.exp(spans * (panel / count))
        for node, weight in zip(_NODES, _WEIGHTS, strict=True):
            y = low + (high - low) * ((1.0 + node) / 2.0)
            ratio = y / rho
            log_y, log_ratio, share = np.log1p(y), np.log1p(ratio), ratio / (1.0 + ratio)
            zero = np.zeros_like(y)
            log_density = np.log(s / rho) - c * log_y - (s + 1.0) * log_ratio
            curve = -(s + 1.0) * share * (1.0 - share)
            total += ((high - low) * (weight / 2.0)) * _unlogged(
                np.stack(
                    [
                        log_density, -log_y, 1.0 / s - log_ratio, (s + 1.0) * share - 1.0,
                        zero, zero, zero, -1.0 / s**2, share, curve,
                    ]
                )
            )  # fmt: skip
        low = high
    return total


def _unlogged(logs: FloatArray) -> FloatArray:
    """Return a function with derivatives from its logarithm with derivatives."""
    value = np.exp(logs[0])
    result: FloatArray = value * logs
    result[0] = value
    for row, (i, j) in enumerate(_PAIRS):
        result[4 + row] += value * logs[1 + i] * logs[1 + j]
    return result
