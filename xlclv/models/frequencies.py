"""Distinct frequencies: most customers share theirs with many, so what depends on it alone is worked out once."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from xlclv.models.arrays import FloatArray

Numbers: TypeAlias = NDArray[np.intp]

#: Frequencies up to this are looked up in a table.
_DENSE = 100_000


class Frequencies:
    """The distinct values of a vector of frequencies, numbered.

    Attributes
    ----------
    distinct : ndarray
        Sorted.

    Examples
    --------
    >>> frequencies = Frequencies(np.array([3.0, 0.0, 3.0]))
    >>> frequencies.distinct, frequencies.numbers(slice(None))
    (array([0., 3.]), array([1, 0, 1]))
    """

    def __init__(self, frequency: FloatArray) -> None:
        self._frequency = frequency
        if len(frequency) == 0 or float(frequency.max()) > max(_DENSE, len(frequency)):
            self.distinct, inverse = np.unique(frequency, return_inverse=True)
            self._inverse: Numbers | None = inverse.astype(np.intp)
            return
        present = np.flatnonzero(np.bincount(frequency.astype(np.intp)))
        self._inverse = None
        self._number_of = np.zeros(int(present[-1]) + 1, dtype=np.intp)
        self._number_of[present] = np.arange(len(present))
        self.distinct = present.astype(np.float64)

    def __len__(self) -> int:
        return len(self.distinct)

    def numbers(self, rows: slice) -> Numbers:
        """Return the number of the frequency of each row."""
        if self._inverse is not None:
            return self._inverse[rows]
        return self._number_of.take(self._frequency[rows].astype(np.intp))
