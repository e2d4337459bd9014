"""Intervals of numbers of orders: the smallest range that holds a level of the chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xlclv.errors import DomainError
from xlclv.models.arrays import FloatArray, numbers
from xlclv.models.checks import Problem
from xlclv.models.distributions import Distinct, parts, too_many
from xlclv.models.model import Model, Parameters

#: Chances are accurate to this, and a level is held that is missed by no more.
_ROUNDING = 1e-12


def smallest_range(chances: FloatArray, level: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the smallest range of numbers that holds at least ``level`` of the chance.

    Parameters
    ----------
    chances : ndarray, shape (n, size)
        Of 0..size-1, for each of n distributions.
    level : float
        Between 0 and 1.

    Returns
    -------
    lower, upper : ndarray of int, shape (n,)
        Of equally small ranges the one with the larger chance, then the lower.

    Examples
    --------
    >>> lower, upper = smallest_range(np.array([[0.1, 0.3, 0.4, 0.15, 0.05]]), 0.8)
    >>> int(lower[0]), int(upper[0])
    (1, 3)
    """
    count, size = chances.shape
    below = np.zeros((count, 2 * size + 1))
    np.cumsum(chances, axis=1, out=below[:, 1 : size + 1])
    below[:, size + 1 :] = below[:, size : size + 1]
    wanted = np.minimum(level, below[:, size]) - _ROUNDING
    starts = np.arange(size)
    rows = np.arange(count)[:, None]

    def held(widths: NDArray[np.intp]) -> FloatArray:
        result: FloatArray = below[rows, starts + widths[:, None]] - below[:, :size]
        return result

    short, enough = np.zeros(count, dtype=np.intp), np.full(count, size, dtype=np.intp)
    while (enough - short > 1).any():
        middle = (short + enough + 1) // 2
        holds = held(middle).max(axis=1) >= wanted
        enough = np.where(holds, middle, enough)
        short = np.where(holds, short, np.minimum(middle, enough - 1))
    chance = held(enough)
    lower = np.argmax(chance >= chance.max(axis=1, keepdims=True) - _ROUNDING, axis=1)
    return lower, lower + enough - 1


def order_interval(
    model: Model,
    parameters: Parameters,
    frequency: FloatArray,
    recency: FloatArray,
    age: FloatArray,
    periods: FloatArray,
    level: float,
) -> tuple[FloatArray, FloatArray, list[Problem]]:
    """Return the smallest ranges of the orders in the next ``periods``, and which rows have none, and why.

    Arguments are checked flat vectors; rows with a problem hold 0.
    """
    lower, upper = np.zeros(len(frequency)), np.zeros(len(frequency))
    failed = np.zeros(len(frequency), dtype=bool)
    if len(frequency) == 0:
        return lower, upper, []
    states = np.stack(model.states(parameters, frequency, recency, age))
    pairs = Distinct(frequency, age, periods)
    first = pairs.first
    for part in parts(model.futures(parameters), frequency[first], age[first], periods[first]):
        rows, places = pairs.rows(part.rows)
        if part.chances is None:
            failed[rows] = True
            continue
        size = part.chances[0].shape[1]
        step = max(1, 1_000_000 // size)
        for start in range(0, len(rows), step):
            some = slice(start, start + step)
            mixed = mixture(states[:, rows[some]], [chances[places[some]] for chances in part.chances])
            lower[rows[some]], upper[rows[some]] = smallest_range(mixed, level)
    return lower, upper, [too_many(failed)] if failed.any() else []


def mixture(states: FloatArray, chances: list[FloatArray]) -> FloatArray:
    """Return the chances of numbers of orders of customers who may have left: states weighted, the rest at 0.

    Parameters
    ----------
    states : ndarray, shape (states, n)
    chances : list of ndarray, shape (n, size)
    """
    mixed = np.zeros_like(chances[0])
    for state, each in zip(states, chances, strict=True):
        mixed += state[:, None] * each
    mixed[:, 0] += np.maximum(1.0 - states.sum(axis=0), 0.0)
    return mixed


def level_of(level: object) -> float:
    """Return a level that is a chance.

    Raises
    ------
    InputError
        If it is no number.
    DomainError
        If it is not between 0 and 1.
    """
    value = numbers("level", level)  # type: ignore[arg-type]
    if value.ndim or not 0.0 < float(value) < 1.0:
        raise DomainError(
            "level must be one number between 0 and 1, such as 0.9.",
            "level 必须是 0 与 1 之间的一个数，如 0.9。",
            argument="level",
        )
    return float(value)
