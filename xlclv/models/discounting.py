"""Discounted orders of customers who are alive, for one horizon and rate."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from xlclv.models.arrays import FloatArray
from xlclv.models.counts import day_numbers, days_per_period
from xlclv.models.frequencies import Frequencies, Numbers
from xlclv.models.future import Future, laplace_rule
from xlclv.models.panels import Panels

#: Times ahead summed at once.
_CHUNK = 4096


class DiscountedOrders:
    """Expected orders of the next periods, discounted, of customers who are alive.

    Given that the customer is alive, the discounted orders depend on frequency and age alone, and on age smoothly: they
    are summed on a grid of ages for each frequency, so the length of the horizon hardly matters.

    Parameters
    ----------
    future : Future
        What the customers will do.
    frequency, age : ndarray, shape (n,)
        Of each customer.
    periods, rate : float
        Horizon above 0, infinite for ever; discount rate of a period. Orders count at the end of their period, and
        continuously where the horizon is infinite.
    """

    def __init__(self, future: Future, frequency: FloatArray, age: FloatArray, periods: float, rate: float) -> None:
        self._future, self._periods, self._rate = future, periods, rate
        self._frequencies = Frequencies(frequency)
        histories = self._frequencies.distinct
        self._age = age
        self._direct: FloatArray | None = None
        self._by_day: FloatArray | None = None
        if future.own:
            self._direct = self._each(frequency, age)
            return
        self._scale = future.time_scale
        low, high = float(age.min()) + self._scale, float(age.max()) + self._scale
        if len(frequency) <= len(histories) * Panels.cost(low, high, future.panel_width):
            self._direct = np.empty(len(frequency))
            for number, rows in enumerate(groups(self._frequencies.numbers(slice(None)), len(histories))):
                self._direct[rows] = self._sums(histories[number : number + 1], age[rows])[0]
            return
        self._panels = Panels(low, high, future.panel_width)
        ages = np.maximum(self._panels.nodes - self._scale, 0.0)
        self._table = self._panels.coefficients(self._sums(histories, ages))
        self._per_period = days_per_period(age)
        if self._per_period is not None:
            self._tabulate_days(float(age.max()), len(frequency))

    def of(self, rows: slice) -> FloatArray:
        """Return the discounted orders of the customers in ``rows``."""
        if self._direct is not None:
            return self._direct[rows]
        number = self._frequencies.numbers(rows)
        if self._by_day is not None and self._per_period is not None:
            number = number * self._days
            number += day_numbers(self._age[rows], self._per_period)
            return self._by_day.take(number)
        return self._panels.evaluate(self._table, number, self._age[rows] + self._scale)

    def _sums(self, histories: FloatArray, ages: FloatArray) -> FloatArray:
        """Return the discounted orders for every frequency and age."""
        if math.isinf(self._periods):
            if self._rate == 0.0:
                x, age = np.repeat(histories, len(ages)), np.tile(ages, len(histories))
                return self._future.lifetime(x, age).reshape(len(histories), len(ages))
            return self._future.residual(histories, ages, self._rate)
        times, factors = schedule(self._periods, self._rate)
        total = np.zeros((len(histories), len(ages)))
        for start in range(0, len(times), _CHUNK):
            part = slice(start, start + _CHUNK)
            total += self._future.sums(histories, ages, times[part], factors[part])
        return total

    def _each(self, frequency: FloatArray, age: FloatArray) -> FloatArray:
        """Return the discounted orders of customers with parameters of their own."""
        if math.isinf(self._periods):
            if self._rate == 0.0:
                return self._future.lifetime(frequency, age)
            rule = laplace_rule()
            return self._future.each(frequency, age, rule.nodes / np.log1p(self._rate), rule.weights)
        times, factors = schedule(self._periods, self._rate)
        counted = factors > 0.0
        return self._future.each(frequency, age, times[counted], factors[counted])

    def _tabulate_days(self, oldest: float, rows: int) -> None:
        """Evaluate every whole day in advance if that is less work than every row."""
        assert self._per_period is not None  # noqa: S101 - the caller has asked
        self._days = round(oldest * self._per_period) + 1
        if self._days * len(self._frequencies) > rows:
            return
        ages = np.tile(np.arange(self._days) / self._per_period, len(self._frequencies))
        numbers = np.repeat(np.arange(len(self._frequencies)), self._days)
        self._by_day = self._panels.evaluate(self._table, numbers, ages + self._scale)


def schedule(periods: float, rate: float) -> tuple[FloatArray, FloatArray]:
    """Return the times up to which orders are summed and the factor of each sum.

    The orders between two times are discounted at the end; in terms of the orders up to a time, that is a factor of its
    own discount less the next one's.

    Examples
    --------
    >>> schedule(2.5, 0.0)
    (array([1. , 2. , 2.5]), array([0., 0., 1.]))
    """
    times = np.append(np.arange(1.0, np.ceil(periods)), periods)
    discounts = np.exp(-times * np.log1p(rate))
    return times, discounts - np.append(discounts[1:], 0.0)


def groups(numbers: Numbers, count: int) -> list[NDArray[np.intp]]:
    """Return the rows of each number from 0 to ``count`` - 1."""
    order = np.argsort(numbers, kind="stable")
    return np.split(order, np.cumsum(np.bincount(numbers, minlength=count))[:-1])
