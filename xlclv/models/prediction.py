"""The value of the next periods: orders of a model of repeat orders times values of a model of order values."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from xlclv.models.arrays import Elements, FloatArray, Result
from xlclv.models.checks import horizon_problems, problems, raise_first
from xlclv.models.counts import day_numbers, days_per_period
from xlclv.models.fitted import FittedModel, require_model
from xlclv.models.frequencies import Frequencies, Numbers
from xlclv.models.panels import Panels
from xlclv.models.parallel import map_blocks
from xlclv.models.spend import FittedSpend, require_spend

_TERMS = ("periods", "margin", "discount_rate")

#: Times ahead summed at once.
_CHUNK = 4096


def predict_value(
    model: FittedModel,
    spend: FittedSpend,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    monetary: ArrayLike,
    periods: ArrayLike,
    margin: ArrayLike = 1.0,
    discount_rate: ArrayLike = 0.0,
) -> Result:
    """Return the discounted value of the orders of the next periods.

    Parameters
    ----------
    model, spend : FittedModel, FittedSpend
        Models of repeat orders and of order values.
    frequency, recency, age, monetary : float, array_like or Series
        Of each customer: repeat orders; time from the first order to the last; time from the first order to now; mean
        value of the repeat orders. All 0 is a customer just acquired; the first order is not part of the value.
    periods : float or array_like
        Horizon; the orders of a fractional last period count at its end.
    margin : float or array_like
        Share of the order value that is earned.
    discount_rate : float or array_like
        Effective rate of one period, 0 or more.

    Returns
    -------
    float, ndarray or Series
        Sum over periods k of (E[k] - E[k-1]) x expected order value x margin / (1 + discount_rate)^k, where E[k] are
        the expected orders of the next k periods. All arguments broadcast.

    Raises
    ------
    InputError
        If a model is unfit, the shapes do not fit together, or a value is no finite number.
    DomainError
        For the first row that is no customer history, or without a finite expected order value.

    Notes
    -----
    Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005), "RFM and CLV: using iso-value curves for customer base
    analysis", Journal of Marketing Research 42, 415-430; end of period as in PV.

    Given that the customer is alive, the discounted orders depend on frequency and age alone, and on age smoothly: they
    are summed on a grid of ages for each frequency, so the length of the horizon hardly matters.

    Examples
    --------
    >>> cells = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
    >>> model = FittedModel.from_block(cells)
    >>> spend = FittedSpend.from_block([["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]])
    >>> weekly = 1.15 ** (1 / 52) - 1
    >>> round(predict_value(model, spend, 2, 30.43, 38.86, 22.35, 39, margin=0.3, discount_rate=weekly), 6)
    8.626361
    """
    model, spend = require_model(model), require_spend(spend)
    elements = Elements(
        keep_scalar=_TERMS,
        frequency=frequency,
        recency=recency,
        age=age,
        monetary=monetary,
        periods=periods,
        margin=margin,
        discount_rate=discount_rate,
    )
    values = elements.values
    x, t, age_, m, horizon, margin_, rate = values.values()
    raise_first([*problems(x, t, age_), *spend.problems(x, m), *horizon_problems(horizon, margin_, rate)])
    if horizon.ndim == rate.ndim == 0:
        flat = _value(model, spend, x, t, age_, m, margin_, float(horizon), float(rate))
        return elements.result(flat)
    # One pass for each different pair of horizon and rate.
    size = len(x)
    pairs = np.stack([np.broadcast_to(horizon, size), np.broadcast_to(rate, size)], axis=1)
    distinct, group = np.unique(pairs, axis=0, return_inverse=True)
    margins = np.broadcast_to(margin_, size)
    flat = np.empty(size)
    for rows, (periods_, rate_) in zip(_groups(group.reshape(-1), len(distinct)), distinct.tolist(), strict=True):
        flat[rows] = _value(model, spend, x[rows], t[rows], age_[rows], m[rows], margins[rows], periods_, rate_)
    return elements.result(flat)


def _value(
    model: FittedModel,
    spend: FittedSpend,
    frequency: FloatArray,
    recency: FloatArray,
    age: FloatArray,
    monetary: FloatArray,
    margin: FloatArray,
    periods: float,
    rate: float,
) -> FloatArray:
    """Return the values at one horizon and rate, block by block."""
    result = np.zeros(len(frequency))
    if periods == 0 or len(result) == 0:
        return result
    kind, parameters = model.model, model.values
    p, q, v = spend.values
    orders = DiscountedOrders(model, frequency, age, periods, rate)

    def work(rows: slice) -> None:
        x = frequency[rows]
        value = kind.alive(parameters, x, recency[rows], age[rows])
        value *= orders.of(rows)
        # The expected order value, p (v + x m) / (p x + q - 1), in place.
        spent = x * monetary[rows]
        spent += v
        spent /= p * x + (q - 1.0)
        value *= spent
        value *= p * (margin if margin.ndim == 0 else margin[rows])
        result[rows] = value

    map_blocks(work, len(result))
    return result


class DiscountedOrders:
    """Expected orders of the next periods, discounted, of customers who are alive.

    Parameters
    ----------
    model : FittedModel
        Model of repeat orders.
    frequency, age : ndarray, shape (n,)
        Of each customer.
    periods, rate : float
        Horizon above 0, discount rate of a period.
    """

    def __init__(self, model: FittedModel, frequency: FloatArray, age: FloatArray, periods: float, rate: float) -> None:
        self._frequencies = Frequencies(frequency)
        histories = self._frequencies.distinct
        self._age = age
        scale = model.model.time_scale(model.values)
        low, high = float(age.min()) + scale, float(age.max()) + scale
        self._scale = scale
        times, factors = schedule(periods, rate)

        def sums(histories: FloatArray, ages: FloatArray) -> FloatArray:
            total = np.zeros((len(histories), len(ages)))
            for start in range(0, len(times), _CHUNK):
                part = slice(start, start + _CHUNK)
                total += model.model.discounted(model.values, histories, ages, times[part], factors[part])
            return total

        self._direct: FloatArray | None = None
        self._by_day: FloatArray | None = None
        if len(frequency) <= len(histories) * Panels.cost(low, high):
            self._direct = np.empty(len(frequency))
            for number, rows in enumerate(_groups(self._frequencies.numbers(slice(None)), len(histories))):
                self._direct[rows] = sums(histories[number : number + 1], age[rows])[0]
            return
        self._panels = Panels(low, high)
        self._table = self._panels.coefficients(sums(histories, np.maximum(self._panels.nodes - scale, 0.0)))
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


def _groups(numbers: Numbers, count: int) -> list[Numbers]:
    """Return the rows of each number."""
    order = np.argsort(numbers, kind="stable")
    return np.split(order, np.cumsum(np.bincount(numbers, minlength=count))[:-1])
