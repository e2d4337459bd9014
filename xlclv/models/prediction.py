"""The value of the next periods: orders of a model of repeat orders times values of a model of order values."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from xlclv.models.arrays import FloatArray, Result
from xlclv.models.checks import Problem, raise_first, terms_problems
from xlclv.models.covariates import FeatureRows
from xlclv.models.discounting import DiscountedOrders, groups
from xlclv.models.fitted import FittedModel, require_model
from xlclv.models.model import Model, Parameters
from xlclv.models.parallel import map_blocks
from xlclv.models.row_terms import of_rows
from xlclv.models.spend import FittedSpend, require_spend

_TERMS = ("periods", "margin", "discount_rate")


def predict_value(
    model: FittedModel,
    spend: FittedSpend,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    monetary: ArrayLike,
    periods: ArrayLike = math.inf,
    margin: ArrayLike = 1.0,
    discount_rate: ArrayLike = 0.0,
    *,
    features: ArrayLike | None = None,
) -> Result:
    """Return the discounted value of the orders of the next periods, or of all to come.

    Parameters
    ----------
    model, spend : FittedModel, FittedSpend
        Models of repeat orders and of order values.
    frequency, recency, age, monetary : float, array_like or Series
        Of each customer: repeat orders; time from the first order to the last; time from the first order to now; mean
        value of the repeat orders. All 0 is a customer just acquired; the first order is not part of the value.
    periods : float or array_like
        Horizon; the orders of a fractional last period count at its end. Infinite, the default, is for ever.
    margin : float or array_like
        Share of the order value that is earned.
    discount_rate : float or array_like
        Effective rate of one period, 0 or more.
    features : array_like or DataFrame, optional
        As of :meth:`xlclv.models.FittedModel.alive`.

    Returns
    -------
    float, ndarray or Series
        Sum over periods k of (E[k] - E[k-1]) x expected order value x margin / (1 + discount_rate)^k, where E[k] are
        the expected orders of the next k periods; for ever, residual orders x expected order value x margin. All
        arguments broadcast.

    Raises
    ------
    InputError
        If a model is unfit, the shapes do not fit together, or a value is no finite number.
    DomainError
        For the first row that is no customer history, or whose value is not finite.

    Notes
    -----
    Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005), "RFM and CLV: using iso-value curves for customer base
    analysis", Journal of Marketing Research 42, 415-430; end of period as in PV.

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
    raise_first(value_problems(model, spend, x, t, age_, m, horizon, margin_, rate, z))
    flat = np.empty(len(x))
    for some, parameters in model.covariates.parts(z):
        columns = x[some], t[some], age_[some], m[some]
        terms = (term if term.ndim == 0 else term[some] for term in (horizon, margin_, rate))
        flat[some] = _values(model.model, parameters, spend, *columns, *terms)
    return elements.result(flat)


def value_problems(
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
    """List which elements have no value, and why; arguments as of :func:`predict_value`."""
    return [
        *model.model.problems(frequency, recency, age),
        *spend.problems(frequency, monetary),
        *terms_problems(margin, discount_rate),
        *model.horizon_problems(periods, discount_rate, features),
    ]


def _values(
    kind: Model,
    parameters: Parameters,
    spend: FittedSpend,
    frequency: FloatArray,
    recency: FloatArray,
    age: FloatArray,
    monetary: FloatArray,
    periods: FloatArray,
    margin: FloatArray,
    rate: FloatArray,
) -> FloatArray:
    """Return the values of customers, at one horizon and rate or at those of each."""
    x, t, m = frequency, recency, monetary
    if periods.ndim == rate.ndim == 0:
        return _value(kind, parameters, spend, x, t, age, m, margin, float(periods), float(rate))
    # One pass for each different pair of horizon and rate.
    size = len(x)
    pairs = np.stack([np.broadcast_to(periods, size), np.broadcast_to(rate, size)], axis=1)
    distinct, group = np.unique(pairs, axis=0, return_inverse=True)
    margins = np.broadcast_to(margin, size)
    flat = np.empty(size)
    for rows, (periods_, rate_) in zip(groups(group.reshape(-1), len(distinct)), distinct.tolist(), strict=True):
        own = of_rows(parameters, rows)
        flat[rows] = _value(kind, own, spend, x[rows], t[rows], age[rows], m[rows], margins[rows], periods_, rate_)
    return flat


def _value(
    kind: Model,
    parameters: Parameters,
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
    if periods == 0 or len(frequency) == 0:
        return np.zeros(len(frequency))
    p, q, v = spend.values
    states = kind.all_states(parameters, frequency, recency, age)
    orders = [DiscountedOrders(future, frequency, age, periods, rate) for future in kind.futures(parameters)]

    def work(rows: slice) -> None:
        x = frequency[rows]
        value = states[0, rows]
        value *= orders[0].of(rows)
        for state, ahead in zip(states[1:], orders[1:], strict=True):
            value += state[rows] * ahead.of(rows)
        # The expected order value, p (v + x m) / (p x + q - 1), in place.
        spent = x * monetary[rows]
        spent += v
        spent /= p * x + (q - 1.0)
        value *= spent
        value *= p * (margin if margin.ndim == 0 else margin[rows])

    map_blocks(work, len(frequency))
    value: FloatArray = states[0]
    return value
