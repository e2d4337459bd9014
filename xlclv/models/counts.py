"""Counts: customers compressed to the distinct histories among them.

A likelihood depends on a customer through frequency, recency and age alone, and daily data repeats itself: a million
customers of two years have half a million distinct histories. Everything that depends on one of the three alone is kept
as sums over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlclv.errors import DataError, DomainError
from xlclv.models.arrays import FloatArray, inner
from xlclv.models.parallel import map_blocks
from xlclv.models.sides import Sides, side
from xlclv.periods import DAYS

#: Fewest customers a model is fitted to.
FEWEST_CUSTOMERS = 30

#: Orders of one day are one order, so more repeat orders than this (270 years of them) are an error in the data.
MAX_FREQUENCY = 100_000

#: Whole days up to this many (2,800 years) are packed into integer keys.
_MAX_DAYS = 2**20 - 1

#: Lengths of a period in days in which times are recognised as whole days; programs also take a month for 30 days.
_UNITS = (*DAYS.values(), 30.0, 365.0)

#: Bits of a key that are not the sign.
_KEY_BITS = 63


@dataclass(frozen=True)
class TimeSums:
    """Customers and their orders, summed over equal times.

    Attributes
    ----------
    time, customers, orders : ndarray
        Distinct times, and at each the number of customers and the sum of their frequencies.
    """

    time: FloatArray
    customers: FloatArray
    orders: FloatArray


@dataclass(frozen=True)
class Counts:
    """Distinct customer histories and how many customers have each.

    Attributes
    ----------
    frequency, recency, age, gap, weight : ndarray
        One element for each distinct history with repeat orders, sorted by frequency and recency: repeat orders, time
        of the last, age, age - recency, number of customers.
    run : ndarray of int
        Where a new frequency starts in these.
    tail : ndarray
        ``tail[j]`` is the number of customers with more than j repeat orders.
    by_recency, by_age, one_time : TimeSums
        Repeat customers by recency, repeat customers by age, one-time buyers by age.
    customers : float
        Number of customers, the sum of the weights.
    mean_age : float
        Mean age of a customer.
    """

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    gap: FloatArray
    weight: FloatArray
    run: NDArray[np.intp]
    tail: FloatArray
    by_recency: TimeSums
    by_age: TimeSums
    one_time: TimeSums
    customers: float
    mean_age: float

    @property
    def orders(self) -> float:
        """Number of repeat orders of all customers."""
        return float(self.tail.sum())

    @cached_property
    def sides(self) -> Sides:
        """All histories by their two sides."""
        none = np.zeros(len(self.one_time.time))
        frequency = np.concatenate([none, self.frequency])
        return Sides(
            side(frequency, np.concatenate([none, self.recency])),
            side(frequency, np.concatenate([self.one_time.time, self.age])),
            np.concatenate([self.one_time.customers, self.weight]),
        )

    def sample(self, rows: int) -> Counts:
        """Return counts with about ``rows`` of the histories, reweighted to the same number of repeat customers.

        The histories are sorted, so taking every k-th is a stratified sample, and the same one every time. Sums over
        one variable are kept whole.
        """
        stride = max(1, len(self.frequency) // rows)
        chosen = slice(stride // 2, None, stride)
        frequency, weight = self.frequency[chosen], self.weight[chosen]
        return Counts(
            frequency,
            self.recency[chosen],
            self.age[chosen],
            self.gap[chosen],
            weight * (self.weight.sum() / weight.sum()),
            _runs(frequency),
            self.tail,
            self.by_recency,
            self.by_age,
            self.one_time,
            self.customers,
            self.mean_age,
        )


def compress(frequency: FloatArray, recency: FloatArray, age: FloatArray, weights: FloatArray | None) -> Counts:
    """Compress valid histories to counts.

    Parameters
    ----------
    frequency, recency, age : ndarray, shape (n,)
        Checked by :func:`xlclv.models.checks.problems`.
    weights : ndarray, shape (n,), optional
        Customers each row stands for; rows of weight 0 are ignored.

    Raises
    ------
    DataError
        If there are fewer than 30 customers, or none with a repeat order.
    DomainError
        If all histories are the same.
    """
    if weights is not None and not bool(np.all(weights > 0)):
        kept = weights > 0
        frequency, recency, age, weights = frequency[kept], recency[kept], age[kept], weights[kept]
    customers = float(len(frequency)) if weights is None else float(weights.sum())
    require_customers(customers)
    largest = float(frequency.max())
    if largest == 0:
        raise DataError(
            "No customer has a repeat order, so no model can be fitted; give a longer history.",
            "没有客户重复购买，无法拟合模型；请提供更长的历史数据。",
            argument="frequency",
        )
    if largest > MAX_FREQUENCY:
        raise DomainError(
            f"frequency must be at most {MAX_FREQUENCY:,}; check the column.",
            f"frequency 最多为 {MAX_FREQUENCY:,}；请检查该列。",
            argument="frequency",
        )
    per_period = days_per_period(recency, age)
    distinct = None
    if per_period is not None:
        distinct = _distinct_days(frequency, recency, age, weights, per_period)
    if distinct is None:
        distinct = _distinct_times(frequency, recency, age, weights)
    if len(distinct.frequency) == 1:
        raise DomainError(
            "All customers have the same history, so a model has nothing to tell them apart by; check the columns.",
            "所有客户的历史都相同，模型没有可区分的信息；请检查各列。",
            argument="frequency",
        )
    return _counts(distinct, customers)


def require_customers(customers: float) -> None:
    """Raise DataError if there are too few customers to fit a model to."""
    if customers < FEWEST_CUSTOMERS:
        raise DataError(
            f"Customers to fit: {customers:g}; a model needs at least {FEWEST_CUSTOMERS}.",
            f"可用于拟合的客户只有 {customers:g} 个；模型至少需要 {FEWEST_CUSTOMERS} 个。",
        )


def days_per_period(*times: FloatArray) -> float | None:
    """Return how many days the unit of ``times`` has if all are whole days written in that unit, else None.

    Whole days divided by 7 are recognised because a day count survives the way there and back bit for bit.
    """
    for days in _UNITS:
        # Look at a few first: most units fail at once.
        if all(_whole_days(array[:64], days) for array in times) and all(_whole_days(array, days) for array in times):
            return days
    return None


def _whole_days(times: FloatArray, per_period: float) -> bool:
    days = times if per_period == 1.0 else times * per_period
    whole = np.rint(days)
    if per_period != 1.0:
        whole /= per_period
    return bool(np.array_equal(whole, times)) and (len(times) == 0 or float(days.max()) <= _MAX_DAYS)


def day_numbers(times: FloatArray, per_period: float) -> NDArray[np.int64]:
    """Return times that are whole days in a unit of ``per_period`` days as integers."""
    return (times if per_period == 1.0 else np.rint(times * per_period)).astype(np.int64)


@dataclass(frozen=True)
class _Histories:
    """Distinct histories sorted by frequency; whole days if ``per_period`` says how many there are in a period."""

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    weight: FloatArray
    per_period: float | None


def _distinct_days(
    frequency: FloatArray, recency: FloatArray, age: FloatArray, weights: FloatArray | None, per_period: float
) -> _Histories | None:
    """Return distinct histories through one sort of integer keys: frequency, recency, age side by side."""
    bits = int(day_numbers(age.max(keepdims=True), per_period)[0]).bit_length()
    key_bits = int(frequency.max()).bit_length() + 2 * bits
    if key_bits > _KEY_BITS:
        return None
    keys: NDArray[Any]
    keys = np.empty(len(frequency), dtype=np.int32 if key_bits < 31 else np.int64)

    def pack(rows: slice) -> None:
        key = frequency[rows].astype(np.int64)
        key <<= bits
        key |= day_numbers(recency[rows], per_period)
        key <<= bits
        key |= day_numbers(age[rows], per_period)
        keys[rows] = key

    map_blocks(pack, len(keys))
    if weights is None:
        keys.sort()
        first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
        weight = np.diff(first, append=len(keys)).astype(np.float64)
        keys = keys[first]
    else:
        keys, group = np.unique(keys, return_inverse=True)
        weight = np.bincount(group, weights).astype(np.float64, copy=False)
    mask = (1 << bits) - 1
    return _Histories(
        (keys >> (2 * bits)).astype(np.float64),
        ((keys >> bits) & mask).astype(np.float64),
        (keys & mask).astype(np.float64),
        weight,
        per_period,
    )


def _distinct_times(
    frequency: FloatArray, recency: FloatArray, age: FloatArray, weights: FloatArray | None
) -> _Histories:
    """Return distinct histories of times of any kind; where nothing repeats, only sorted by frequency."""
    order = np.lexsort((age, recency, frequency))
    frequency, recency, age = frequency[order], recency[order], age[order]
    changed = frequency[1:] != frequency[:-1]
    changed |= recency[1:] != recency[:-1]
    changed |= age[1:] != age[:-1]
    first = np.flatnonzero(np.concatenate(([True], changed)))
    if weights is None:
        weight = np.diff(first, append=len(order)).astype(np.float64)
    else:
        weight = np.add.reduceat(weights[order], first)
    return _Histories(frequency[first], recency[first], age[first], weight, None)


def _counts(histories: _Histories, customers: float) -> Counts:
    repeat = int(np.searchsorted(histories.frequency, 0.5))  # histories are sorted by frequency
    x, t, last, w = (
        column[repeat:] for column in (histories.frequency, histories.recency, histories.age, histories.weight)
    )
    with_frequency = np.bincount(x.astype(np.intp), w)
    tail = np.cumsum(with_frequency[:0:-1], dtype=np.float64)[::-1]
    unit = histories.per_period
    mean_age = inner(histories.weight, histories.age) / customers
    wx = w * x
    none = np.zeros(repeat)
    by_recency, by_age = _sums(t, w, wx, unit), _sums(last, w, wx, unit)
    one_time = _sums(histories.age[:repeat], histories.weight[:repeat], none, unit)
    if unit is not None and unit != 1.0:
        t, last = t / unit, last / unit
        mean_age /= unit
    return Counts(
        x, t, last, last - t, w, _runs(x), np.ascontiguousarray(tail), by_recency, by_age, one_time, customers, mean_age
    )


def _runs(frequency: FloatArray) -> NDArray[np.intp]:
    return np.flatnonzero(np.diff(frequency, prepend=-1.0))


def _sums(time: FloatArray, weight: FloatArray, orders: FloatArray, per_period: float | None) -> TimeSums:
    """Sum customers and orders over equal days; times of other kinds hardly repeat and stay as they are."""
    if per_period is None or len(time) == 0:
        return TimeSums(time, weight, orders)
    days = time.astype(np.intp)
    customers = np.bincount(days, weight).astype(np.float64, copy=False)
    present = np.flatnonzero(customers)
    per_day = np.bincount(days, orders).astype(np.float64, copy=False)
    return TimeSums(present / per_period, customers[present], per_day[present])
