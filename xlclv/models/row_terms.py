"""Log likelihoods history by history, with their derivatives: for parameters that differ by customer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlclv.models.arrays import FloatArray


class HistoryColumns(NamedTuple):
    """Histories sorted by frequency: repeat orders, time of the last, age; each a vector of shape (n,)."""

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray


class RowTerms(NamedTuple):
    """Log likelihoods of histories with derivatives in the logarithms of p parameters.

    Attributes
    ----------
    value : ndarray, shape (n,)
    gradient : ndarray, shape (p, n)
    hessian : ndarray, shape (p (p + 1) / 2, n)
        Second derivatives in the order of :meth:`pairs`.
    """

    value: FloatArray
    gradient: FloatArray
    hessian: FloatArray

    @classmethod
    def empty(cls, rows: int, parameters: int) -> RowTerms:
        """Return terms to be filled in."""
        return cls(np.empty(rows), np.empty((parameters, rows)), np.empty((len(cls.pairs(parameters)), rows)))

    @staticmethod
    def pairs(parameters: int) -> list[tuple[int, int]]:
        """Return the pairs of parameters the second derivatives are in.

        Examples
        --------
        >>> RowTerms.pairs(2)
        [(0, 0), (0, 1), (1, 1)]
        """
        return list(combinations_with_replacement(range(parameters), 2))


def differ(parameters: Sequence[Any]) -> bool:
    """Return whether parameters differ by customer, some being vectors."""
    return any(isinstance(parameter, np.ndarray) and parameter.ndim for parameter in parameters)


def of_rows(parameters: Sequence[Any], rows: slice | NDArray[np.intp] | NDArray[np.bool_]) -> tuple[Any, ...]:
    """Return the parameters of some customers; numbers are those of all."""
    return tuple(
        parameter[rows] if isinstance(parameter, np.ndarray) and parameter.ndim else parameter
        for parameter in parameters
    )
