"""Fits kept by the content of their input: a sheet that recalculates asks for the same ones again and again.

A cell that reads a fit is recalculated with everything before it, and several functions fit the same columns. What is
kept is small, a few numbers a fit, and a fit that failed is kept as its error: to fail takes as long as to succeed.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from hashlib import blake2b
from threading import Lock
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from xlclv import models
from xlclv.errors import XlclvError
from xlclv.worksheet.declaration import Matrix

Kept = TypeVar("Kept")

#: How many outcomes are kept; the one not asked for the longest goes first.
MOST: Final = 256


class Outcomes:
    """Results and errors of calculations by key, for any number of threads.

    Parameters
    ----------
    most : int
        How many are kept.

    Examples
    --------
    >>> outcomes = Outcomes(2)
    >>> outcomes.of("key", lambda: 7), outcomes.of("key", lambda: 8)
    (7, 7)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, key: Hashable, compute: Callable[[], Kept]) -> Kept:
        """Return what ``compute`` returned, or raise what it raised, for the first with this key.

        Of several threads with one key the first computes, and the others wait for it. Errors that are not an
        `XlclvError`, such as an interruption, are no outcome.
        """
        with self._lock:
            future = self._kept.get(key)
            first = future is None
            if future is None:
                future = self._kept[key] = Future()
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            else:
                self._kept.move_to_end(key)
        if first:
            self._settle(key, future, compute)
        outcome = future.result()
        if outcome is None:  # the thread that computed it was stopped
            return compute()
        if isinstance(outcome, XlclvError):
            raise copy.copy(outcome)
        result: Kept = outcome[0]
        return result

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()

    def _settle(self, key: Hashable, future: Future[Any], compute: Callable[[], Any]) -> None:
        """Compute an outcome: a tuple of the result, or the error."""
        try:
            future.set_result((compute(),))
        except XlclvError as error:
            # A copy has no trace, which would keep the data alive.
            future.set_result(copy.copy(error))
        except BaseException:
            with self._lock:
                if self._kept.get(key) is future:
                    del self._kept[key]
            future.set_result(None)
            raise


OUTCOMES: Final = Outcomes(MOST)


def by_content(options: tuple[Hashable, ...], columns: Sequence[ArrayLike | None], compute: Callable[[], Kept]) -> Kept:
    """Return what ``compute`` returns, or raise what it raises, once for the same options and numbers.

    Parameters
    ----------
    options : tuple
        What is computed, and how.
    columns : sequence of array_like or None
        Numbers it is computed from.
    compute : callable
        The calculation; what it returns must not be changed by anybody.
    """
    return OUTCOMES.of((options, _digest(columns)), compute)


def fit(
    name: str,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    features: Matrix | None = None,
    k: int | None = None,
    period: str = "",
) -> models.FittedModel:
    """Return `xlclv.models.fit` of the arguments, computed once."""
    columns = [_numbers(column) for column in (frequency, recency, age, weights)]
    rows = None if features is None else _numbers(features.rows)
    names = () if features is None else tuple(features.names)

    def compute() -> models.FittedModel:
        if rows is None:
            return models.fit(name, *columns, k=k)  # type: ignore[arg-type]
        from pandas import DataFrame

        return models.fit(name, *columns, features=DataFrame(rows, columns=names), k=k)  # type: ignore[arg-type]

    fitted = by_content(("fit", name, k, names), [*columns, rows], compute)
    return replace(fitted, period=period) if period else fitted


def fit_spend(frequency: ArrayLike, monetary: ArrayLike, weights: ArrayLike | None = None) -> models.FittedSpend:
    """Return `xlclv.models.fit_spend` of the arguments, computed once."""
    columns = [_numbers(column) for column in (frequency, monetary, weights)]
    return by_content(("fit_spend",), columns, lambda: models.fit_spend(*columns))  # type: ignore[arg-type]


def _numbers(column: ArrayLike | None) -> ArrayLike | None:
    return None if column is None else np.asarray(column, dtype=np.float64)


def _digest(columns: Sequence[ArrayLike | None]) -> bytes:
    """Return a fingerprint of numbers: equal for equal ones only, as far as 128 bits can tell."""
    digest = blake2b(digest_size=16)
    for column in columns:
        array = None if column is None else np.ascontiguousarray(column, dtype=np.float64)
        digest.update(b"-" if array is None else f"{array.shape};".encode())
        if array is not None:
            digest.update(array.data if array.size else b"")
    return digest.digest()
