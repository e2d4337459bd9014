"""The value of each customer of an order log: summary, models, expected orders and money, tier, stage and rank."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

import pandas as pd

from xlclv.errors import DataError, DomainError, XlclvError
from xlclv.models import FittedModel, FittedSpend, fit, fit_spend, predict_value
from xlclv.models.value_intervals import predict_value_interval
from xlclv.periods import Period
from xlclv.scores import clv_tier, level, segment_stages
from xlclv.summary import rfm_table
from xlclv.terms import DEFAULT_MODEL, INTERVAL_LEVEL, Terms, given_model, log_model, terms_of
from xlclv.vectors import Cells, FloatArray

#: Columns of `clv_table`, in order.
CLV_COLUMNS: Final = (
    "customer", "orders", "frequency", "recency", "age", "monetary", "last", "p_alive", "expected_orders",
    "expected_value", "clv", "tier", "stage", "rank", "clv_lower", "clv_upper",
)  # fmt: skip

#: The argument of an order log behind each column of its summary.
_BEHIND: Final = {"frequency": "dates", "recency": "dates", "age": "dates", "monetary": "amounts"}


class Histories(NamedTuple):
    """The columns of an RFM table that models are fitted to.

    Attributes
    ----------
    frequency, recency, age, monetary : float array, length n
    """

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    monetary: FloatArray


def histories(summary: pd.DataFrame) -> Histories:
    """Return what models need of an RFM table.

    Parameters
    ----------
    summary : DataFrame
        As `xlclv.summary.rfm_table` returns it.

    Returns
    -------
    Histories

    Examples
    --------
    >>> table = rfm_table(ids=["a", "a"], dates=["2024-01-01", "2024-01-08"], amounts=[5, 9], as_of="2024-01-15")
    >>> [column.tolist() for column in histories(table)]
    [[1.0], [1.0], [2.0], [9.0]]
    """
    return Histories(*(summary[name].to_numpy(float) for name in Histories._fields))


def of_log(error: XlclvError, amounts: bool = True) -> XlclvError:
    """Return an error of a fit as one of the order log behind it.

    Of a log there may be fewer customers than its rows suggest: a day whose amounts sum below 0 is no order.

    Parameters
    ----------
    error : XlclvError
        About a column of the summary, such as frequency.
    amounts : bool
        Whether the log has amounts.

    Returns
    -------
    XlclvError
        The same sentence, about the argument behind the column; where there is too little data, what was left out.

    Examples
    --------
    >>> from xlclv.errors import DataError
    >>> of_log(DataError("No customer has a repeat order.", "没有客户重复购买。", argument="frequency")).argument
    'dates'
    """
    argument = error.argument or "ids"
    en, zh = error.text
    if amounts and isinstance(error, DataError):
        en, zh = f"{en} Days that sum below 0 are no orders.", f"{zh}合计为负的日子不算订单。"
    return type(error)(en, zh, argument=_BEHIND.get(argument, argument))


def clv_table(
    orders: pd.DataFrame | None = None,
    *,
    ids: Cells | None = None,
    dates: Cells | None = None,
    amounts: Cells | None = None,
    customer: str | None = None,
    date: str | None = None,
    amount: str | None = None,
    as_of: object = None,
    periods: float | None = None,
    margin: float = 1.0,
    discount_rate: float = 0.0,
    period: str = "week",
    model: str | FittedModel = DEFAULT_MODEL,
) -> pd.DataFrame:
    """Return the value of each customer of an order log: summary, fits and prediction in one call.

    Parameters
    ----------
    orders : DataFrame, optional
        The log, one row per order or order line; its columns are recognised by their headers in English or Chinese.
    ids, dates, amounts : array_like, optional
        The log as three columns, instead of ``orders``.
    customer, date, amount : str, optional
        Headers in ``orders``, where the guess is not what is meant.
    as_of : date, optional
        The day the valuation is made for; the latest date in the data if blank.
    periods : float, optional
        Length of the future that is valued; one year (365, 52, 12, 4 or 1) when omitted.
    margin : float
        Share of an order's value that is earned.
    discount_rate : float
        Effective rate of one period, 0 or more; the orders of a period count at its end.
    period : str
        Unit of recency, age, ``periods`` and ``discount_rate``: day, week, month, quarter or year.
    model : str or FittedModel
        Name of the model of repeat orders that is fitted to the log, or a model fitted before. Not BG/BB.

    Returns
    -------
    DataFrame
        One row per customer in order of first appearance: customer, orders, frequency, recency, age, monetary, last,
        p_alive, expected_orders, expected_value, clv, tier, stage, rank (1 is the highest value), clv_lower, clv_upper
        (what the customer's orders will be worth lies between them with a chance of 90%).

    Raises
    ------
    InputError, DomainError
        If an argument is of the wrong kind or out of its domain, a fit does not converge or a value is infinite.
    DataError
        If the log has no order, or too few customers or repeat buyers for the models.

    Examples
    --------
    >>> from xlclv.data.cdnow import cdnow_sample
    >>> table = clv_table(cdnow_sample(), as_of="1997-09-30", periods=39, margin=0.3, model="BG/NBD")
    >>> print(table.loc[0, ["customer", "p_alive", "tier", "stage"]].to_string())
    customer          1
    p_alive     0.72662
    tier           High
    stage         Loyal
    """
    terms = terms_of(period, periods, margin, discount_rate)
    name = given_model(model, terms.period) if isinstance(model, FittedModel) else log_model(model)
    summary = rfm_table(
        orders, ids=ids, dates=dates, amounts=amounts, customer=customer, date=date, amount=amount, as_of=as_of,
        period=terms.period,
    )  # fmt: skip
    fitted, spend = fits(summary, name, terms.period)
    return interval_rows(value_rows(summary, fitted, spend, terms), fitted, spend, terms)


def fits(summary: pd.DataFrame, model: str | FittedModel, period: Period) -> tuple[FittedModel, FittedSpend]:
    """Fit the models of repeat orders and of order values to an RFM table.

    Parameters
    ----------
    summary : DataFrame
        As `xlclv.summary.rfm_table` returns it.
    model : str or FittedModel
        A name, or a model fitted before.
    period : str
        Unit of its times.

    Returns
    -------
    FittedModel, FittedSpend

    Raises
    ------
    DataError, DomainError
        If there are too few customers or repeat orders, or a fit does not converge.

    Examples
    --------
    >>> from xlclv.data.cdnow import cdnow_sample
    >>> model, spend = fits(rfm_table(cdnow_sample(), as_of="1997-09-30"), "NBD", "week")
    >>> round(model.params["r"], 3), round(spend.params["q"], 2)
    (0.385, 3.74)
    """
    past = histories(summary)
    try:
        if not isinstance(model, FittedModel):
            model = fit(model, past.frequency, past.recency, past.age, period=period)
        return model, fit_spend(past.frequency, past.monetary)
    except XlclvError as error:
        raise of_log(error) from None


def value_rows(
    summary: pd.DataFrame, model: FittedModel, spend: FittedSpend, terms: Terms, lang: str = "en"
) -> pd.DataFrame:
    """Value the customers of an RFM table under fitted models.

    Parameters
    ----------
    summary : DataFrame
        As `xlclv.summary.rfm_table` returns it.
    model, spend : FittedModel, FittedSpend
        Models of repeat orders and of order values.
    terms : Terms
        What future is valued.
    lang : str
        en or zh: language of tier and stage.

    Returns
    -------
    DataFrame
        The summary with p_alive, expected_orders, expected_value, clv, tier, stage and rank, in its own order.

    Raises
    ------
    DomainError
        If a customer's value is infinite.

    Examples
    --------
    >>> table = rfm_table(ids=["a", "a"], dates=["2024-01-01", "2024-01-08"], amounts=[5, 9], as_of="2024-01-15")
    >>> model = FittedModel.from_block([["model", "NBD"], ["r", 0.385], ["alpha", 12.07]])
    >>> spend = FittedSpend.from_block([["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]])
    >>> value_rows(table, model, spend, terms_of(margin=0.5))[["clv", "tier", "rank"]].round(2).values.tolist()
    [[43.49, 'High', 1]]
    """
    past = histories(summary)
    _require_finite_mean(spend, past)
    value = predict_value(model, spend, *past, terms.periods, terms.margin, terms.discount_rate)
    rows = summary.assign(
        p_alive=model.alive(*past[:3]),
        expected_orders=model.orders(*past[:3], terms.periods),
        expected_value=spend.expected(past.frequency, past.monetary),
        clv=level(value),  # customers of equal histories share a rank and a tier, whatever the order of the log
    )
    rows["tier"] = clv_tier(rows["clv"], lang=lang)
    rows["stage"] = segment_stages(rows, last_day(summary), lang=lang)
    rows["rank"] = rows["clv"].rank(ascending=False, method="min").astype("int64")
    return rows


def interval_rows(rows: pd.DataFrame, model: FittedModel, spend: FittedSpend, terms: Terms) -> pd.DataFrame:
    """Return the table of `clv_table`: valued customers with the interval of their value.

    Parameters
    ----------
    rows : DataFrame
        As `value_rows` returns it.
    model, spend, terms
        As given to `value_rows`.

    Returns
    -------
    DataFrame
        Columns `CLV_COLUMNS`.

    Raises
    ------
    DomainError
        If a customer has more orders ahead than can be told apart.

    Examples
    --------
    >>> table = rfm_table(ids=["a", "a"], dates=["2024-01-01", "2024-01-08"], amounts=[5, 9], as_of="2024-01-15")
    >>> model = FittedModel.from_block([["model", "NBD"], ["r", 0.385], ["alpha", 12.07]])
    >>> spend = FittedSpend.from_block([["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]])
    >>> terms = terms_of(margin=0.5)
    >>> rows = value_rows(table, model, spend, terms)
    >>> interval_rows(rows, model, spend, terms)[["clv_lower", "clv", "clv_upper"]].round(2).values.tolist()
    [[0.0, 43.49, 134.45]]
    """
    return with_limits(rows, model, spend, terms).loc[:, list(CLV_COLUMNS)]


def with_limits(rows: pd.DataFrame, model: FittedModel, spend: FittedSpend, terms: Terms) -> pd.DataFrame:
    """Add the ends of the interval of their value to customers, as columns clv_lower and clv_upper.

    Parameters
    ----------
    rows : DataFrame
        With frequency, recency, age and monetary.
    model, spend, terms
        As given to `value_rows`.

    Returns
    -------
    DataFrame

    Raises
    ------
    DomainError
        If a customer has more orders ahead than can be told apart.

    Examples
    --------
    >>> table = rfm_table(ids=["a", "a"], dates=["2024-01-01", "2024-01-08"], amounts=[5, 9], as_of="2024-01-15")
    >>> model = FittedModel.from_block([["model", "NBD"], ["r", 0.385], ["alpha", 12.07]])
    >>> spend = FittedSpend.from_block([["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]])
    >>> with_limits(table, model, spend, terms_of(margin=0.5))[["clv_lower", "clv_upper"]].round(2).values.tolist()
    [[0.0, 134.45]]
    """
    past = histories(rows)
    lower, upper = predict_value_interval(
        model, spend, *past, terms.periods, terms.margin, terms.discount_rate, level=INTERVAL_LEVEL
    )
    return rows.assign(clv_lower=lower, clv_upper=upper)


def last_day(summary: pd.DataFrame) -> dt.date:
    """Return the day up to which an RFM table was made.

    Parameters
    ----------
    summary : DataFrame
        As `xlclv.summary.rfm_table` returns it.

    Returns
    -------
    date

    Examples
    --------
    >>> last_day(rfm_table(ids=["a"], dates=["2024-01-01"], amounts=[5], as_of="2024-01-15"))
    datetime.date(2024, 1, 15)
    """
    day: dt.date = summary["last"].iloc[0].date()
    return day + dt.timedelta(int(summary["days_since"].iloc[0]))


def _require_finite_mean(spend: FittedSpend, past: Histories) -> None:
    """Refuse a model under which the mean order value of one of the customers is infinite."""
    faults = spend.problems(past.frequency, past.monetary)
    if faults:
        count, q = sum(int(fault.mask.sum()) for fault in faults), spend.params["q"]
        raise DomainError(
            f"{count:,} customers have too few repeat orders for a finite mean order value (q = {q:.4g}): the amounts "
            "differ too much; check the largest ones.",
            f"{count:,} 位客户的重复订单过少，平均订单金额为无穷大（q = {q:.4g}）：金额差异过大；请检查最大的金额。",
            argument="amounts",
        )
