"""Edges for a histogram of value that a person would have chosen."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

#: At most this many edges fit below half a page of chart.
MOST_EDGES = 9
#: From this ratio of large to small on, equal steps would put nearly everybody into the first bar.
WIDE = 20.0


#: Nearer to 0 than this, a power of ten below a number is 0 itself.
SMALLEST = 1e-300


def nice_edges(values: npt.ArrayLike) -> list[float]:
    """Return ascending edges: 1, 2, 5 steps for values over several sizes, equal steps else.

    The first bar takes everything below the first edge and the last everything from the last edge on, so every value
    is in exactly one bar.

    Examples
    --------
    >>> nice_edges([0.4, 0.8, 1.5, 3, 8, 15, 30, 70, 120])
    [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]
    >>> nice_edges([101, 104, 108, 115, 119])
    [105.0, 110.0, 115.0]
    """
    array = np.asarray(values, dtype=float)
    low, high = (float(edge) for edge in np.quantile(array, (0.01, 0.995)))
    if float((array < 0).mean()) < 0.05:
        positive = array[array > 0]
        low = float(np.quantile(positive, 0.01)) if len(positive) else 0.0
    edges = _sizes(low, high) if low > 0 and high / low >= WIDE else _steps(low, high)
    inside = [edge for edge in edges if low < edge < high]
    return inside[-MOST_EDGES:] or [_round_down(high)]


def _sizes(low: float, high: float) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    full = [float(f"{digit}e{power}") for power in range(first, last + 1) for digit in (1, 2, 5)]
    inside = [edge for edge in full if low < edge < high]
    if len(inside) <= MOST_EDGES:
        return inside
    return [edge for edge in inside if f"{edge:e}".startswith("1.")]


def _steps(low: float, high: float) -> list[float]:
    if high - low < SMALLEST:
        return []
    rough = (high - low) / (MOST_EDGES - 2)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough * (1 - 1e-9))
    start = math.floor(low / step)
    return [float(f"{(start + k) * step:.12g}") for k in range(1, MOST_EDGES + 2)]


def _round_down(value: float) -> float:
    if abs(value) < SMALLEST:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(abs(value)))
    return float(f"{math.floor(value / unit) * unit:.12g}")
