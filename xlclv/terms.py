"""What is asked of a valuation: period, horizon, margin, discount rate, and a model an order log can be fitted with."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from xlclv.errors import DomainError, InputError
from xlclv.models import FittedModel
from xlclv.models.fitted import require_model
from xlclv.models.model import model_named, models
from xlclv.periods import PER_YEAR, Period, period_of

#: The model where none is asked for. BG/NBD would say of every customer who bought once that it is alive for certain.
DEFAULT_MODEL: Final = "Pareto/NBD"

#: The model whose opportunities to order an order log does not show.
_OF_OPPORTUNITIES: Final = "BG/BB"

#: The chance that an interval of orders or of value holds what comes.
INTERVAL_LEVEL: Final = 0.9


class Terms(NamedTuple):
    """What future is valued, and how.

    Attributes
    ----------
    period : str
        Unit of all times.
    periods : float
        Horizon, above 0.
    margin : float
        Share of an order's value that is earned.
    discount_rate : float
        Effective rate of one period.
    """

    period: Period
    periods: float
    margin: float
    discount_rate: float


def terms_of(
    period: str = "week", periods: float | None = None, margin: float = 1.0, discount_rate: float = 0.0
) -> Terms:
    """Check the terms of a valuation; the horizon is one year when none is given.

    Parameters
    ----------
    period : str
        Unit of all times: day, week, month, quarter or year.
    periods : float, optional
        Horizon.
    margin, discount_rate : float
        Share of an order's value that is earned; effective rate of one period.

    Returns
    -------
    Terms

    Raises
    ------
    InputError, DomainError
        If one is of the wrong kind or out of its domain.

    Examples
    --------
    >>> terms_of("month", margin=0.3)
    Terms(period='month', periods=12.0, margin=0.3, discount_rate=0.0)
    """
    unit = period_of(period)
    horizon = float(PER_YEAR[unit] if periods is None else periods)
    if not (math.isfinite(horizon) and horizon > 0):
        raise DomainError(
            "periods must be more than 0.", "periods（预测期数）必须大于 0。", argument="periods"
        )  # fmt: skip
    if not math.isfinite(margin):
        raise DomainError(
            "margin must be a number such as 0.3 for 30%.", "margin（利润率）必须是数字，例如 0.3 表示 30%。",
            argument="margin",
        )  # fmt: skip
    if not (math.isfinite(discount_rate) and discount_rate >= 0):
        raise DomainError(
            "discount_rate must be 0 or more.", "discount_rate（折现率）必须不小于 0。", argument="discount_rate"
        )
    return Terms(unit, horizon, float(margin), float(discount_rate))


def log_model(name: str, argument: str = "model") -> str:
    """Return the name of a model of repeat orders that an order log can be fitted with.

    Parameters
    ----------
    name : str
        Letter case and punctuation do not matter.
    argument : str
        The argument's name in the error.

    Returns
    -------
    str
        The name as it is printed.

    Raises
    ------
    InputError
        If there is no such model, or it is of other data.

    Examples
    --------
    >>> log_model("bgnbd")
    'BG/NBD'
    """
    try:
        known = model_named(name).name
    except InputError:
        raise InputError(
            f"{str(name)[:40]!r} is not a model an order log can be fitted with; choose one of {_usable()}.",
            f"{str(name)[:40]!r} 不是可用订单数据拟合的模型；请选择 {_usable()} 之一。",
            argument=argument,
        ) from None
    if known == _OF_OPPORTUNITIES:
        raise InputError(
            f"{known} needs the opportunities to order, which an order log does not show; choose one of {_usable()}.",
            f"{known} 需要购买机会的次数，而订单数据中没有；请选择 {_usable()} 之一。",
            argument=argument,
        )
    return known


def log_models() -> list[str]:
    """Return the names of the models an order log can be fitted with.

    Returns
    -------
    list of str

    Examples
    --------
    >>> log_models()
    ['BG/CNBD-k', 'BG/NBD', 'MBG/CNBD-k', 'MBG/NBD', 'NBD', 'Pareto/NBD']
    """
    return [name for name in models() if name != _OF_OPPORTUNITIES]


def _usable() -> str:
    return ", ".join(log_models())


def given_model(model: FittedModel, period: Period) -> FittedModel:
    """Return a fitted model if it can value the customers of an order log in the unit of time.

    Parameters
    ----------
    model : FittedModel
        A model of repeat orders.
    period : str
        Unit of the log's recency and age.

    Returns
    -------
    FittedModel

    Raises
    ------
    InputError
        If it is of other data, needs features of the customers, or was fitted in another unit.

    Examples
    --------
    >>> cells = [["model", "NBD"], ["period", "month"], ["r", 0.4], ["alpha", 12]]
    >>> given_model(FittedModel.from_block(cells), "month").params["alpha"]
    12.0
    """
    log_model(require_model(model).name)
    if model.features:
        raise InputError(
            "The model has features of customers, which an order log does not hold; use a model without them.",
            "模型含有客户特征，而订单数据中没有；请使用不含特征的模型。",
            argument="model",
        )
    if model.period and model.period != period:
        raise InputError(
            f"The model counts time in the period {model.period} and the table in {period}; give both the same.",
            f"模型的时间单位是 {model.period}，而表格的是 {period}；请使用相同的单位。",
            argument="model",
        )
    return model
