"""The two sides of a history: frequency with recency, and frequency with age.

Likelihoods whose terms depend on one side each are worked out on the distinct pairs, of which there are fewer than
histories, and combined history by history.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlclv.models.arrays import FloatArray


class Side(NamedTuple):
    """Distinct pairs of a frequency and a time, and for each history the number of its pair."""

    frequency: FloatArray
    time: FloatArray
    number: NDArray[np.intp]


class Sides(NamedTuple):
    """Both sides of all histories, one-time buyers first, and the customers of each history."""

    recency: Side
    age: Side
    weight: FloatArray


def side(frequency: FloatArray, time: FloatArray) -> Side:
    """Return the distinct pairs of columns sorted by frequency."""
    times, place = np.unique(time, return_inverse=True)
    changes = np.diff(frequency, prepend=frequency[:1]) != 0
    run = np.cumsum(changes)
    key = run * len(times) + place.reshape(-1)
    size = (int(run[-1]) + 1) * len(times)
    if size <= 4 * len(frequency):
        present = np.zeros(size, dtype=bool)
        present[key] = True
        distinct = np.flatnonzero(present)
        number = (np.cumsum(present) - 1)[key]
    else:
        distinct, number = np.unique(key, return_inverse=True)
    frequencies = frequency[np.concatenate(([0], np.flatnonzero(changes)))]
    return Side(frequencies[distinct // len(times)], times[distinct % len(times)], number.astype(np.intp, copy=False))
