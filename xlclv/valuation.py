"""The whole job in one call: from an order log to the value of each customer, and of the base.

Knows the calculations and nothing of files: the command line reads the log and writes what this returns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from xlclv.cohorts import retention_cohorts
from xlclv.concentration import Concentration, clv_shares
from xlclv.customers import fits, value_rows
from xlclv.errors import DataError, DivisionError, DomainError, InputError
from xlclv.labels import STAGES as STAGE_NAMES
from xlclv.labels import TIERS
from xlclv.models import FittedModel, FittedSpend
from xlclv.parsing import id_of
from xlclv.periods import Period
from xlclv.scores import rfm_score, rfm_segments
from xlclv.summary import ROUND_OFF, rfm_table
from xlclv.terms import DEFAULT_MODEL, log_model, terms_of
from xlclv.text import Text
from xlclv.vectors import codes_of

#: Columns of `Valuation.customers`, in order.
COLUMNS: tuple[str, ...] = (
    "customer", "orders", "first", "last", "frequency", "recency", "age", "monetary",
    "p_alive", "expected_orders", "expected_value", "clv", "tier", "stage", "segment", "rank",
)  # fmt: skip

#: At most this many cohorts and ages are readable on one page.
MOST_COHORTS = 24

SUMMARISE = Text("Summarising orders", "汇总订单")
FIT = Text("Fitting the models", "拟合模型")
PREDICT = Text("Predicting value", "预测价值")
GROUP = Text("Grouping customers", "客户分组")
COHORT = Text("Following cohorts", "跟踪同期群")
STAGES = (SUMMARISE, FIT, PREDICT, GROUP, COHORT)

Progress = Callable[[Text, int, int], None]


@dataclass(frozen=True)
class Settings:
    """What was asked for: every input of a valuation other than the orders."""

    as_of: date
    period: Period
    periods: float
    margin: float
    discount_rate: float
    model: str


@dataclass(frozen=True)
class Counts:
    """What became of the rows of the log, counted on the log itself and not on the results.

    Each is counted by itself: that ``rows`` is ``orders + merged + refund_days + later`` is a check, not a definition.

    Parameters
    ----------
    rows : int
        Rows of the log.
    later : int
        Rows dated after the as-of date, which are ignored.
    merged : int
        Rows folded into another row of the same customer and day.
    refund_days : int
        Days of a customer that sum to less than 0, by more than rounding leaves: no order.
    orders : int
        Orders: days on which a customer bought.
    customers : int
        Customers with at least one order.
    one_time : int
        Customers with exactly one order.
    without_order : int
        Customers in the log who have no order.
    """

    rows: int
    later: int
    merged: int
    refund_days: int
    orders: int
    customers: int
    one_time: int
    without_order: int


@dataclass(frozen=True)
class Valuation:
    """The value of each customer of a log, with everything it was computed from.

    ``customers`` has the columns of `COLUMNS`, best customer first. ``segments``, ``tiers`` and ``stages`` have one
    row per group: its name, customers, share, clv, share_clv, mean_clv, mean_orders, mean_days_since.
    ``shares`` is None when the values sum to 0 or less, where a share has no meaning.
    """

    settings: Settings
    counts: Counts
    customers: pd.DataFrame
    model: FittedModel
    spend: FittedSpend
    segments: pd.DataFrame
    tiers: pd.DataFrame
    stages: pd.DataFrame
    shares: Concentration | None
    cohorts: pd.DataFrame
    cohort_period: Period


def value_customers(
    orders: pd.DataFrame,
    *,
    as_of: date | None = None,
    period: str = "week",
    periods: float | None = None,
    margin: float = 1.0,
    discount_rate: float = 0.0,
    model: str = DEFAULT_MODEL,
    progress: Progress | None = None,
) -> Valuation:
    """Value every customer of an order log.

    Parameters
    ----------
    orders : DataFrame
        One row per order or order line: ``customer``, ``date``, ``amount``.
    as_of : date, optional
        The day the valuation is made for; later rows are ignored. The latest date of the log when omitted.
    period : {"day", "week", "month", "quarter", "year"}, optional
        Unit of recency, age, ``periods`` and ``discount_rate``.
    periods : float, optional
        Length of the future that is valued; one year (365, 52, 12, 4 or 1) when omitted.
    margin : float, optional
        Share of an order's value that is earned.
    discount_rate : float, optional
        Effective rate of one period, 0 or more.
    model : str, optional
        Name of the model of ordering; not BG/BB, which is of other data.
    progress : callable, optional
        Called with the stage, the stages done and their number.

    Returns
    -------
    Valuation

    Raises
    ------
    InputError, DomainError
        If an argument is of the wrong kind or out of its domain.
    DataError
        If the log has no order, or too few customers or repeat buyers for the models.

    Examples
    --------
    >>> from xlclv.data.cdnow import cdnow_orders
    >>> valuation = value_customers(cdnow_orders(), margin=0.3)
    >>> valuation.counts.customers
    23570
    """
    log = _checked(orders)
    terms = terms_of(period, periods, margin, discount_rate)
    name = log_model(model)
    day = _day(log, as_of)

    def tell(stage: Text) -> None:
        if progress is not None:
            progress(stage, STAGES.index(stage), len(STAGES))

    tell(SUMMARISE)
    summary = rfm_table(ids=log["customer"], dates=log["date"], amounts=log["amount"], as_of=day, period=terms.period)
    summary["customer"] = [id_of(label) or "" for label in summary["customer"]]
    counts = _counts(log, day)
    tell(FIT)
    fitted, spend = fits(summary, name, terms.period)
    tell(PREDICT)
    values = value_rows(summary, fitted, spend, terms)
    tell(GROUP)
    values["segment"] = rfm_segments(rfm_score(values["days_since"], values["orders"], values["total"]))
    values = values.sort_values(["rank", "customer"], kind="stable", ignore_index=True)
    stages = [stage.en for stage in STAGE_NAMES.values()]
    groups = [
        group_by(values, "segment"),
        group_by(values, "tier", [tier.en for tier in TIERS]),
        group_by(values, "stage", stages),
    ]
    tell(COHORT)
    used = log.loc[log["date"] <= pd.Timestamp(day)]
    cohort_period = cohort_period_of(used["date"].min().date(), day)
    cohorts = retention_cohorts(
        used["customer"], used["date"], used["amount"], period=cohort_period, measure="rate", as_of=day
    )
    if progress is not None:
        progress(COHORT, len(STAGES), len(STAGES))
    return Valuation(
        Settings(day, *terms, fitted.name),
        counts,
        values.loc[:, list(COLUMNS)],
        fitted,
        spend,
        groups[0],
        groups[1],
        groups[2],
        _shares(values["clv"].tolist()),
        cohorts,
        cohort_period,
    )


def group_by(customers: pd.DataFrame, name: str, order: Sequence[str] = ()) -> pd.DataFrame:
    """Sum up customers by a column: one row per group that has customers.

    Parameters
    ----------
    customers : DataFrame
        With ``clv``, ``orders``, ``days_since`` and the column.
    name : str
        The column to group by.
    order : sequence of str, optional
        The groups in the order wanted; the most valuable first when omitted.

    Returns
    -------
    DataFrame
        The group, customers, share, clv, share_clv, mean_clv, mean_orders, mean_days_since.

    Examples
    --------
    >>> customers = pd.DataFrame({"tier": ["High", "Low", "Low"], "clv": [60.0, 10, 5], "orders": 1, "days_since": 9})
    >>> group_by(customers, "tier")[["tier", "customers", "share_clv"]].values.tolist()
    [['High', 1, 0.8], ['Low', 2, 0.2]]
    """
    table = customers.groupby(name, sort=True).agg(
        customers=("clv", "size"),
        clv=("clv", "sum"),
        mean_clv=("clv", "mean"),
        mean_orders=("orders", "mean"),
        mean_days_since=("days_since", "mean"),
    )
    total = float(table["clv"].sum())
    table.insert(1, "share", table["customers"] / len(customers))
    table.insert(3, "share_clv", table["clv"] / total if total > 0 else 0.0)
    if order:
        table = table.loc[[group for group in order if group in table.index]]
    else:
        table = table.sort_values("clv", ascending=False, kind="stable")
    return table.rename_axis(name).reset_index()


def cohort_period_of(first: date, last: date) -> Period:
    """Return the shortest calendar period that follows a log in at most 24 cohorts.

    Parameters
    ----------
    first, last : date
        The first and the last day of the log.

    Returns
    -------
    {"month", "quarter", "year"}

    Examples
    --------
    >>> cohort_period_of(date(1997, 1, 1), date(1998, 6, 30)), cohort_period_of(date(2015, 1, 1), date(2019, 1, 1))
    ('month', 'quarter')
    """
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months <= MOST_COHORTS:
        return "month"
    return "quarter" if months <= 3 * MOST_COHORTS else "year"


def _checked(orders: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in ("customer", "date", "amount") if name not in orders.columns]
    if missing:
        names = ", ".join(missing)
        raise InputError(
            f"The orders have no column {names}; give customer, date and amount.",
            f"订单缺少列 {names}；需要 customer、date、amount 三列。",
            argument="orders",
        )
    if orders.empty:
        raise DataError(
            "The log holds no orders; give at least one row.", "没有订单数据；请至少提供一行。", argument="orders"
        )
    log = orders.loc[:, ["customer", "date", "amount"]].reset_index(drop=True)
    return log.assign(date=pd.to_datetime(log["date"]).dt.normalize())


def _day(log: pd.DataFrame, as_of: date | None) -> date:
    if as_of is None:
        return pd.Timestamp(log["date"].max()).date()
    return pd.Timestamp(as_of).date()


def _counts(log: pd.DataFrame, day: date) -> Counts:
    """Count with pandas alone, a second way, so that a check against the table proves something."""
    later = log["date"] > pd.Timestamp(day)
    used = log.loc[~later]
    used = used.assign(customer=codes_of(used["customer"])[0], size=used["amount"].abs())
    days = used.groupby(["customer", "date"], sort=False)[["amount", "size"]].sum()
    # What rounding leaves of a day that sums to 0 is no refund: the tolerance is that of the table.
    refund = (days["amount"] < -ROUND_OFF * days["size"]).to_numpy()
    bought = days.index.get_level_values(0)[~refund].value_counts()
    return Counts(
        rows=len(log),
        later=int(later.sum()),
        merged=int(used.duplicated(["customer", "date"]).sum()),
        refund_days=int(refund.sum()),
        orders=int((~refund).sum()),
        customers=len(bought),
        one_time=int((bought == 1).sum()),
        without_order=days.index.get_level_values(0).nunique() - len(bought),
    )


def _shares(values: Sequence[float]) -> Concentration | None:
    try:
        return clv_shares(values)
    except (DivisionError, DomainError):
        return None
