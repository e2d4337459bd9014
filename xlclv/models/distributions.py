"""Distributions of the numbers of orders ahead, long enough to hold all but nothing of the chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlclv.errors import DomainError
from xlclv.models.arrays import BoolArray, FloatArray
from xlclv.models.checks import Problem
from xlclv.models.discounting import groups
from xlclv.models.future import Future

#: What may be missing of the chance of all numbers of orders.
MISSING: Final = 1e-10

#: Numbers of orders that are told apart at most.
MOST_ORDERS: Final = 2**16

_FIRST_SIZE = 16

#: Chances worked out at once.
_ELEMENTS = 1_000_000


class Part(NamedTuple):
    """Customers whose distributions are of one length.

    Attributes
    ----------
    rows : ndarray of int
    chances : list of ndarray, shape (len(rows), size)
        Of 0..size-1 orders, for each future; None if so many orders are to be expected that they are not told apart.
    """

    rows: NDArray[np.intp]
    chances: list[FloatArray] | None


def parts(futures: Sequence[Future], frequency: FloatArray, age: FloatArray, periods: FloatArray) -> Iterator[Part]:
    """Yield the distributions of the orders in the next ``periods`` of customers who are alive.

    Parameters
    ----------
    futures : sequence of Future
        What customers in each state do.
    frequency, age, periods : ndarray, shape (n,)

    Notes
    -----
    The length is doubled until all but `MISSING` of the chance is there.
    """
    rows = np.arange(len(frequency))
    size = _FIRST_SIZE
    while len(rows) and size <= MOST_ORDERS:
        step = max(1, _ELEMENTS // size)
        left = []
        for start in range(0, len(rows), step):
            some = rows[start : start + step]
            chances = [future.counts(frequency[some], age[some], periods[some], size) for future in futures]
            whole = np.logical_and.reduce([each.sum(axis=1) >= 1.0 - MISSING for each in chances])
            if whole.all():
                yield Part(some, chances)
                continue
            if whole.any():
                yield Part(some[whole], [each[whole] for each in chances])
            left.append(some[~whole])
        rows = np.concatenate(left) if left else rows[:0]
        size *= 2
    if len(rows):
        yield Part(rows, None)


class Distinct:
    """Distinct rows of some columns.

    Attributes
    ----------
    first : ndarray of int
        A row that has each distinct combination.
    number : ndarray of int, shape (n,)
        Number of the combination in each row.

    Examples
    --------
    >>> distinct = Distinct(np.array([1.0, 0.0, 1.0]), np.array([5.0, 5.0, 5.0]))
    >>> distinct.first, distinct.number
    (array([1, 0]), array([1, 0, 1]))
    """

    def __init__(self, *columns: FloatArray) -> None:
        number = np.zeros(len(columns[0]), dtype=np.intp)
        for column in columns:
            values, codes = np.unique(column, return_inverse=True)
            number *= len(values)
            number += codes.reshape(-1)
            _, number = np.unique(number, return_inverse=True)
            number = number.reshape(-1)
        self.number: NDArray[np.intp] = number
        self.first: NDArray[np.intp] = np.unique(number, return_index=True)[1]
        self._rows: list[NDArray[np.intp]] | None = None

    def rows(self, numbers: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the rows of some combinations, and for each the place of its combination in ``numbers``."""
        if self._rows is None:
            self._rows = groups(self.number, len(self.first))
        found = [self._rows[number] for number in numbers]
        lengths = [len(rows) for rows in found]
        return np.concatenate(found), np.repeat(np.arange(len(numbers)), lengths)


def too_many(mask: BoolArray) -> Problem:
    """Return the fault of a horizon with more orders than are told apart."""
    return Problem(
        mask,
        DomainError(
            f"More than {MOST_ORDERS:,} orders are to be reckoned with, too many for an interval; use fewer periods.",
            f"可能的订单数超过 {MOST_ORDERS:,}，无法计算区间；请减少期数。",
            argument="periods",
        ),
    )
