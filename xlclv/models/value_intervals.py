"""Intervals of the value of the next periods, customer by customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xlclv.errors import DomainError
from xlclv.models.arrays import BoolArray, FloatArray, Result
from xlclv.models.checks import Problem, raise_first
from xlclv.models.covariates import FeatureRows
from xlclv.models.distributions import Distinct, too_many
from xlclv.models.fitted import FittedModel, require_model
from xlclv.models.intervals import level_of
from xlclv.models.mean_discounts import Discounts
from xlclv.models.parallel import map_blocks
from xlclv.models.prediction import value_problems
from xlclv.models.scaled_values import ScaledValues, Terms, terms
from xlclv.models.spend import FittedSpend, require_spend

_TERMS = ("periods", "margin", "discount_rate")

Rows = NDArray[np.intp]


def predict_value_interval(
    model: FittedModel,
    spend: FittedSpend,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    monetary: ArrayLike,
    periods: ArrayLike,
    margin: ArrayLike = 1.0,
    discount_rate: ArrayLike = 0.0,
    level: float = 0.9,
    *,
    features: ArrayLike | None = None,
) -> tuple[Result, Result]:
    """Return an interval of the discounted value of the orders of the next periods, at the parameters given.

    Parameters
    ----------
    model, spend, frequency, recency, age, monetary, margin, discount_rate, features
        As of :func:`xlclv.models.predict_value`.
    periods : float or array_like
        Horizon, finite.
    level : float
        Chance of a value within the interval, between 0 and 1.

    Returns
    -------
    lower, upper : float, ndarray or Series
        Values with a chance of (1 - level) / 2 below and above; lower is 0 where the chance of no order is as large.
        With a negative margin the two change places.

    Raises
    ------
    InputError
        If a model is unfit, the shapes do not fit together, or a value is no finite number.
    DomainError
        For the first row that is no customer history, has no finite value, or has too many orders ahead to tell them
        apart (65,536); if ``level`` is not between 0 and 1.

    Notes
    -----
    Given the number y of the orders to come, their value is margin x (v + x m) times the mean M of their discounts
    times a beta prime distributed variable with shapes p y and q + p x, after Fader and Hardie (2013). The chances of y
    are exact, and so is the result without discounting. With it, the distribution of M given y is made of its moments
    (`xlclv.models.mean_discounts`). The chances below and above hold to .003 for p up to 20 and discounts of the
    horizon down to .1, to .01 for any; where order times are not known given their number (BG/CNBD-k, MBG/CNBD-k) they
    are taken for independent. Uncertainty of the parameters is not in the interval.

    Examples
    --------
    >>> cells = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
    >>> model = FittedModel.from_block(cells)
    >>> spend = FittedSpend.from_block([["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]])
    >>> lower, upper = predict_value_interval(model, spend, 2, 30.43, 38.86, 22.35, 52, margin=0.3)
    >>> lower, round(upper, 2)
    (0.0, 42.58)
    """
    model, spend, level = require_model(model), require_spend(spend), level_of(level)
    elements, z = model.covariates.elements(
        features,
        _TERMS,
        frequency=frequency,
        recency=recency,
        age=age,
        monetary=monetary,
        periods=periods,
        margin=margin,
        discount_rate=discount_rate,
    )
    x, t, age_, m, horizon, margin_, rate = elements.values.values()
    raise_first(value_interval_problems(model, spend, x, t, age_, m, horizon, margin_, rate, z))
    lower, upper, found = _intervals(model, spend, (x, t, age_), horizon, rate, z, 0.5 * (1.0 - level))
    raise_first(found)
    scale = margin_ * (spend.params["v"] + x * m)
    lower *= scale
    upper *= scale
    return elements.result(np.minimum(lower, upper)), elements.result(np.maximum(lower, upper))


def value_interval_problems(
    model: FittedModel,
    spend: FittedSpend,
    frequency: FloatArray,
    recency: FloatArray,
    age: FloatArray,
    monetary: FloatArray,
    periods: FloatArray,
    margin: FloatArray,
    discount_rate: FloatArray,
    features: FeatureRows = None,
) -> list[Problem]:
    """List which elements have no interval, and why, as far as the arguments tell."""
    found = value_problems(model, spend, frequency, recency, age, monetary, periods, margin, discount_rate, features)
    endless = np.isposinf(periods)
    return [_endless(endless), *found] if endless.any() else found


def _endless(mask: BoolArray) -> Problem:
    return Problem(
        mask,
        DomainError(
            "An interval of the value needs a number of periods; it is not worked out for ever.",
            "价值区间需要给定期数；不支持无限期。",
            argument="periods",
        ),
    )


class Values(NamedTuple):
    """Customers whose values have terms in common.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        The customers.
    states : ndarray, shape (states, n)
        The chances of their states.
    terms : Terms or None
        Of the distinct pairs of frequency and age; None for more orders than are told apart.
    places : ndarray of int, shape (n,)
        The pair of each customer.
    """

    rows: Rows
    states: FloatArray
    terms: Terms | None
    places: Rows

    def part(self, rows: slice) -> tuple[Rows, FloatArray, FloatArray, FloatArray]:
        """Return the terms of some customers: whose each is, its chance, shape and scale."""
        assert self.terms is not None  # noqa: S101 - callers have asked
        found, owner = self.terms.spread(self.places[rows])
        weight = self.terms.weight[found] * self.states[:, rows][self.terms.state[found], owner]
        return owner, weight, self.terms.shape[found], self.terms.scale[found]


def values(
    model: FittedModel,
    spend: FittedSpend,
    customers: tuple[FloatArray, FloatArray, FloatArray],
    periods: FloatArray,
    rate: FloatArray,
    features: FeatureRows = None,
) -> Iterator[Values]:
    """Yield the values of customers with some value ahead; frequency, recency and age are flat and checked."""
    size = len(customers[0])
    everybody = np.arange(size)
    horizons, rates = np.broadcast_to(periods, size), np.broadcast_to(rate, size)
    for part, parameters in model.covariates.parts(features, grouped=True):
        some = everybody[part]
        if len(some) == 0:
            continue
        settings = Distinct(horizons[some], rates[some])
        for setting, first in enumerate(some[settings.first]):
            if horizons[first] == 0.0:
                continue
            here = some[settings.rows(np.array([setting]))[0]]
            frequency, recency, age = (column[here] for column in customers)
            states = model.model.all_states(parameters, frequency, recency, age)
            pairs = Distinct(frequency, age)
            discounts = Discounts(float(horizons[first]), float(rates[first]), spend.params["p"])
            futures = model.model.futures(parameters)
            for numbers, found in terms(futures, discounts, frequency[pairs.first], age[pairs.first]):
                rows, places = pairs.rows(numbers)
                yield Values(here[rows], states[:, rows], found, places)


def _intervals(
    model: FittedModel,
    spend: FittedSpend,
    customers: tuple[FloatArray, FloatArray, FloatArray],
    periods: FloatArray,
    rate: FloatArray,
    features: FeatureRows,
    tail: float,
) -> tuple[FloatArray, FloatArray, list[Problem]]:
    """Return the intervals in units of margin x (v + x m), and which rows have none."""
    frequency = customers[0]
    lower, upper = np.zeros(len(frequency)), np.zeros(len(frequency))
    failed = np.zeros(len(frequency), dtype=bool)
    p, q, _ = spend.values
    for each in values(model, spend, customers, periods, rate, features):
        if each.terms is None:
            failed[each.rows] = True
            continue

        def work(part: slice, each: Values = each) -> None:
            rows = each.rows[part]
            scaled = ScaledValues(*each.part(part), q + p * frequency[rows])
            lower[rows] = scaled.below(tail)
            upper[rows] = scaled.above(tail)

        map_blocks(work, len(each.rows))
    return lower, upper, [too_many(failed)] if failed.any() else []
