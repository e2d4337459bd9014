"""An interval of the value of a whole customer base."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from xlclv.errors import DomainError, InputError
from xlclv.models.arrays import FloatArray
from xlclv.models.checks import Problem, raise_first
from xlclv.models.covariates import FeatureRows
from xlclv.models.distributions import too_many
from xlclv.models.estimate import Estimate
from xlclv.models.fitted import FittedModel, require_model
from xlclv.models.gamma_gamma import PARAMETERS
from xlclv.models.intervals import level_of
from xlclv.models.prediction import predict_value
from xlclv.models.spend import FittedSpend, require_spend
from xlclv.models.value_intervals import value_interval_problems, values

AnyEstimate = TypeVar("AnyEstimate", bound=Estimate)

#: Half the step of a difference quotient in a log parameter.
_STEP: Final = 1e-4

#: Customers whose variances are worked out at once.
_ROWS: Final = 8192


@dataclass(frozen=True, kw_only=True)
class TotalInterval:
    """An interval of the value of all customers together.

    Attributes
    ----------
    expected : float
        Expected value, the sum of the customers'.
    lower, upper : float
        Values with equal chances below and above.
    level : float
        Chance of a value within the interval.
    customer_deviation : float
        Standard deviation of the sum at the parameters: customers do not do what is expected of them.
    parameter_deviation : float
        Standard deviation of the expected value, the parameters being estimates; 0 if left out.
    """

    expected: float
    lower: float
    upper: float
    level: float
    customer_deviation: float
    parameter_deviation: float


def total_value_interval(
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
    parameters: bool = True,
) -> TotalInterval:
    """Return an interval of the discounted value of the orders of the next periods, of all customers together.

    Parameters
    ----------
    model, spend, frequency, recency, age, monetary, periods, margin, discount_rate, level, features
        As of :func:`xlclv.models.predict_value_interval`.
    parameters : bool
        Whether the interval reckons with the uncertainty of the parameters, for which the models must be fitted here
        and not at the border. The more customers there are, the more it counts.

    Returns
    -------
    TotalInterval

    Raises
    ------
    InputError
        If a model is unfit, the shapes do not fit together, a value is no finite number, or the uncertainty of the
        parameters is asked for and not known.
    DomainError
        For the first row that is no customer history, whose value has no finite mean or variance, or that has too many
        orders ahead to tell them apart (65,536); if ``level`` is not between 0 and 1.

    Notes
    -----
    The sum over many independent customers is taken for normal. It is meant for 100 customers or more: of fewer the sum
    is too skewed. Unless a margin is negative, the lower end is 0 at least. The variance is the sum of the customers'
    variances and g' C g, with the gradient g of the expected value in the logarithms of all parameters, by central
    differences, and their covariance C: that of the fit of orders and that of the fit of order values, which are
    independent.

    Examples
    --------
    >>> cells = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
    >>> model = FittedModel.from_block(cells)
    >>> spend = FittedSpend.from_block([["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]])
    >>> customers = [2] * 500, [30.43] * 500, [38.86] * 500, [22.35] * 500
    >>> total = total_value_interval(model, spend, *customers, 52, margin=0.3, parameters=False)
    >>> round(total.expected, 2), round(total.lower, 2), round(total.upper, 2)
    (5766.58, 5189.57, 6343.58)
    """
    model, spend, level = require_model(model), require_spend(spend), level_of(level)
    elements, z = model.covariates.elements(
        features,
        ("periods", "margin", "discount_rate"),
        frequency=frequency,
        recency=recency,
        age=age,
        monetary=monetary,
        periods=periods,
        margin=margin,
        discount_rate=discount_rate,
    )
    columns = list(elements.values.values())
    x, t, age_, m, horizon, margin_, rate = columns
    found = value_interval_problems(model, spend, x, t, age_, m, horizon, margin_, rate, z)
    raise_first([*found, *_variance_problems(spend, x)])
    if parameters:
        _require_covariance("model", model)
        _require_covariance("spend_model", spend)
    expected = _total(model, spend, columns, z)
    customers = float(np.sqrt(_variances(model, spend, columns, z).sum()))
    uncertain = _parameter_deviation(model, spend, columns, z) if parameters else 0.0
    reach = float(special.ndtri(0.5 + 0.5 * level)) * float(np.hypot(customers, uncertain))
    return TotalInterval(
        expected=expected,
        # No value is below 0 unless a margin is, as the normal distribution would have it for few customers.
        lower=max(expected - reach, 0.0) if (margin_ >= 0).all() else expected - reach,
        upper=expected + reach,
        level=level,
        customer_deviation=customers,
        parameter_deviation=uncertain,
    )


def _total(model: FittedModel, spend: FittedSpend, columns: list[FloatArray], features: FeatureRows) -> float:
    x, t, age, m, periods, margin, rate = columns
    each = predict_value(model, spend, x, t, age, m, periods, margin, rate, features=features)
    return float(np.sum(each))


def _parameter_deviation(
    model: FittedModel, spend: FittedSpend, columns: list[FloatArray], features: FeatureRows
) -> float:
    """Return the standard deviation of the expected value that the covariance of the parameters makes."""
    by_orders = [
        _total(above, spend, columns, features) - _total(below, spend, columns, features)
        for above, below in _neighbours(model, model.model.parameters)
    ]
    by_spend = [
        _total(model, above, columns, features) - _total(model, below, columns, features)
        for above, below in _neighbours(spend, PARAMETERS)
    ]
    variance = 0.0
    for estimate, differences in ((model, by_orders), (spend, by_spend)):
        slopes = np.array(differences) / (2.0 * _STEP)
        assert estimate.covariance is not None  # noqa: S101 - the caller has asked
        variance += float(slopes @ estimate.covariance @ slopes)
    return math.sqrt(variance)


def _neighbours(estimate: AnyEstimate, names: Sequence[str]) -> Iterator[tuple[AnyEstimate, AnyEstimate]]:
    """Yield the estimate a step above and below, in each log parameter and each coefficient."""
    for name in names:
        value = estimate.params[name]
        above, below = ({**estimate.params, name: value * math.exp(step)} for step in (_STEP, -_STEP))
        yield replace(estimate, params=above), replace(estimate, params=below)
    for name, value in estimate.coefficients.items():
        above, below = ({**estimate.coefficients, name: value + step} for step in (_STEP, -_STEP))
        yield replace(estimate, coefficients=above), replace(estimate, coefficients=below)


def _variances(model: FittedModel, spend: FittedSpend, columns: list[FloatArray], features: FeatureRows) -> FloatArray:
    """Return the variance of each customer's value at the parameters."""
    x, t, age, m, periods, margin, rate = columns
    p, q, v = spend.values
    first, second = np.zeros_like(x), np.zeros_like(x)
    failed = np.zeros(len(x), dtype=bool)
    for each in values(model, spend, (x, t, age), periods, rate, features):
        if each.terms is None:
            failed[each.rows] = True
            continue
        for start in range(0, len(each.rows), _ROWS):
            part = slice(start, start + _ROWS)
            owner, weight, shape, scale = each.part(part)
            rows = each.rows[part]
            mean = weight * shape * scale
            first[rows] = np.bincount(owner, mean, minlength=len(rows))
            second[rows] = np.bincount(owner, mean * (shape + 1.0) * scale, minlength=len(rows))
    if failed.any():
        raise_first([too_many(failed)])
    tail = q + p * x - 1.0
    unit = margin * (v + x * m)
    result: FloatArray = unit**2 * (second / (tail * (tail - 1.0)) - (first / tail) ** 2)
    return np.maximum(result, 0.0)


def _variance_problems(spend: FittedSpend, frequency: FloatArray) -> list[Problem]:
    """List for which customers the value has no finite variance, and why."""
    p, q, _ = spend.values
    endless = p * frequency + q <= 2.0
    if not endless.any():
        return []
    error = DomainError(
        f"The variance of the order values is infinite at q = {q:.4g}; give customers with repeat orders.",
        f"q = {q:.4g} 时订单金额的方差为无穷大；请使用有重复购买的客户。",
        argument="frequency",
    )
    return [Problem(endless, error)]


def _require_covariance(argument: str, estimate: Estimate) -> None:
    if estimate.covariance is None:
        raise InputError(
            f"The uncertainty of the parameters of {estimate.name} is not known: fit the model to data and not at the "
            "border, or leave it out with parameters=False.",
            f"{estimate.name} 的参数不确定性未知：请用数据拟合（且不在边界），或用 parameters=False 不计入。",
            argument=argument,
        )
