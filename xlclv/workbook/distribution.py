"""Edges for a histogram of value that a person would have chosen."""

from __future__ import annotations

import math
from dataclasses import dataclass

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


#: How many limits a chart has whose limits are formulas: one bar more, whatever the data.
LIMITS = 8
#: The parts of the values that are left to the first and the last bar.
LOW, HIGH = 0.01, 0.995
#: Fewer values below 0 than this say nothing of the sizes of the others.
FEW = 0.05
BASE = 10.0
#: Steps and ladders, each from the ratio of large to small on for which it is used: equal steps, which repeat at ten
#: times the width, then ladders that repeat at ten times the height.
LADDERS: tuple[tuple[float, tuple[float, ...]], ...] = (
    (0.0, (1.0, 1.5, 2.0, 2.5, 4.0, 5.0, 8.0, 10.0)),
    (WIDE, (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)),
    (60.0, (1.0, 2.0, 5.0)),
)


@dataclass(frozen=True)
class Limits:
    """Limits of a histogram that spreadsheet formulas find the same way, with what they are found from.

    The last is the nice number at or below the 99.5th percentile, and the others follow downwards on a ladder such as
    1, 2, 5; values within a factor of 20 get equal steps around them.

    Attributes
    ----------
    low, high : float
        Where most values begin and end.
    kind : int
        Place of the ladder in `LADDERS`, from 1; 1 is equal steps.
    rungs : int
        Steps of the ladder before it repeats.
    power, top : int
        Of a ladder: power of ten of the highest limit, and its place counted in rungs.
    rough, step_power, step : float
        Of equal steps: the width wanted, its power of ten and the width taken.
    needed, first : int
        Of equal steps: how many limits lie among the values, and the number of steps from 0 to the first limit.
    values : list of float
        The limits, ascending.
    """

    negative: float
    positive: int
    low: float
    high: float
    ratio: float
    kind: int
    rungs: int
    power: int
    top: int
    rough: float
    step_power: int
    step: float
    needed: int
    first: int
    values: list[float]


def nice_limits(values: npt.ArrayLike) -> Limits:
    """Return `LIMITS` limits for a histogram of values.

    Parameters
    ----------
    values : array_like
        At least one number.

    Returns
    -------
    Limits

    Examples
    --------
    >>> nice_limits([0.4, 0.8, 1.5, 3, 8, 15, 30, 70, 120]).values
    [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]
    >>> nice_limits([101, 104, 108, 115, 119]).values
    [102.5, 105.0, 107.5, 110.0, 112.5, 115.0, 117.5, 120.0]
    """
    array = np.sort(np.asarray(values, dtype=float))
    count, positive = len(array), int((array > 0).sum())
    negative = float((array < 0).sum()) / count
    if negative < FEW and positive > 0:
        low = float(array[count - positive + max(1, math.ceil(LOW * positive)) - 1])
    else:
        low = float(np.quantile(array, LOW))
    high = float(np.quantile(array, HIGH))
    ratio = high / low if low > 0 else 0.0
    kind = sum(start <= ratio for start, _rungs in LADDERS)
    rungs = LADDERS[kind - 1][1]
    power = 0 if kind == 1 else math.floor(math.log10(high))
    top = power * len(rungs) + max(1, sum(rung <= high / BASE**power for rung in rungs)) - 1
    rough = max((high - low) / LIMITS, abs(high) / 100) or 1.0
    step_power = math.floor(math.log10(rough))
    widths = LADDERS[0][1]
    step = widths[min(sum(width < rough / BASE**step_power for width in widths), len(widths) - 1)] * BASE**step_power
    needed = max(0, math.ceil(high / step) - 1 - math.floor(low / step))
    first = math.floor(low / step) + 1 - (LIMITS - needed) // 2
    if low >= 0:
        first = max(first, 1)
    if kind == 1:
        found = [(first + number) * step for number in range(LIMITS)]
    else:
        places = [top - LIMITS + number for number in range(1, LIMITS + 1)]
        found = [rungs[place % len(rungs)] * BASE ** (place // len(rungs)) for place in places]
    return Limits(
        negative, positive, low, high, ratio, kind, len(rungs), power, top, rough, step_power, step, needed, first,
        found,
    )  # fmt: skip
