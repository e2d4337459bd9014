"""Retention and churn rates, and rates of one period told in another. Standard library only."""

from __future__ import annotations

import math
from typing import Literal

from xlclv.domain import at_least, share
from xlclv.elementwise import elementwise
from xlclv.errors import DivisionError, DomainError, InputError
from xlclv.periods import DAYS, period_of

RateKind = Literal["discount", "retention", "churn"]


@elementwise
def retention_rate(customers_start: float, customers_end: float, customers_acquired: float) -> float:
    """Share of the customers at the start who are still there at the end: (end - acquired) / start.

    Parameters
    ----------
    customers_start, customers_end : float or array
        Customers at the start and at the end of the period, 0 or more.
    customers_acquired : float or array
        Customers won in between, 0 or more.

    Returns
    -------
    float or array
        Within 0 and 1.

    Raises
    ------
    DivisionError
        If there were no customers at the start.
    DomainError
        If the counts contradict each other.

    Examples
    --------
    >>> retention_rate(200, 210, 40)
    0.85
    """
    at_least(customers_start, 0.0, "customers_start")
    at_least(customers_end, 0.0, "customers_end")
    at_least(customers_acquired, 0.0, "customers_acquired")
    if customers_start == 0.0:
        raise _nobody_at_start()
    kept = customers_end - customers_acquired
    if not 0.0 <= kept <= customers_start:
        raise DomainError(
            f"customers_end minus customers_acquired is {kept:.15g}; it must lie between 0 and customers_start "
            f"({customers_start:.15g}).",
            f"customers_end 减 customers_acquired 等于 {kept:.15g}，必须在 0 和 customers_start"
            f"（{customers_start:.15g}）之间。",
            argument="customers_acquired",
        )
    return kept / customers_start


@elementwise
def churn_rate(customers_start: float, customers_lost: float) -> float:
    """Share of the customers at the start who were lost: lost / start.

    Parameters
    ----------
    customers_start : float or array
        Customers at the start of the period, 0 or more.
    customers_lost : float or array
        Those of them who left, from 0 to customers_start.

    Returns
    -------
    float or array
        Within 0 and 1.

    Raises
    ------
    DivisionError
        If there were no customers at the start.
    DomainError
        If more were lost than there were.

    Examples
    --------
    >>> churn_rate(200, 30)
    0.15
    """
    at_least(customers_start, 0.0, "customers_start")
    at_least(customers_lost, 0.0, "customers_lost")
    if customers_start == 0.0:
        raise _nobody_at_start()
    if customers_lost > customers_start:
        raise DomainError(
            f"customers_lost ({customers_lost:.15g}) is more than customers_start ({customers_start:.15g}).",
            f"customers_lost（{customers_lost:.15g}）大于 customers_start（{customers_start:.15g}）。",
            argument="customers_lost",
        )
    return customers_lost / customers_start


def _nobody_at_start() -> DivisionError:
    return DivisionError(
        "customers_start is 0, so there is no rate.", "customers_start 为 0，无法计算比率。", argument="customers_start"
    )


#: Chinese names of the kinds of rate.
_KINDS = {
    "discount": "discount", "折现率": "discount", "折现": "discount",
    "retention": "retention", "留存率": "retention", "留存": "retention",
    "churn": "churn", "流失率": "churn", "流失": "churn",
}  # fmt: skip


@elementwise
def rate_convert(rate: float, from_period: str, to_period: str, kind: str = "discount") -> float:
    """Tell the rate of one period as the equivalent rate of another.

    With n = days of to_period / days of from_period: discount (1 + rate)^n - 1, retention rate^n,
    churn 1 - (1 - rate)^n.

    Parameters
    ----------
    rate : float or array
        Rate of one from_period, as a decimal.
    from_period, to_period : {"day", "week", "month", "quarter", "year"}
        A week is 7 days, a month 30.4375, a quarter 91.3125, a year 365.25.
    kind : {"discount", "retention", "churn"}, default "discount"
        What the rate is.

    Returns
    -------
    float or array
        Rate of one to_period.

    Raises
    ------
    DomainError
        If a discount rate is negative, or a retention or churn rate outside 0..1.
    InputError
        If a period or the kind is unknown.

    Examples
    --------
    >>> round(rate_convert(0.8, "year", "month", "retention"), 6)
    0.981577
    """
    n = DAYS[period_of(to_period, "to_period")] / DAYS[period_of(from_period, "from_period")]
    kind = _KINDS.get(kind.strip().lower(), kind)
    if kind == "discount":
        return math.expm1(n * math.log1p(at_least(rate, 0.0, "rate")))
    if kind == "retention":
        return float(share(rate, "rate") ** n)
    if kind == "churn":
        return 1.0 if share(rate, "rate") == 1.0 else 0.0 - math.expm1(n * math.log1p(-rate))
    raise InputError(
        f"kind must be discount, retention or churn, not {kind!r}.",
        f"kind 只能是 discount、retention 或 churn，而不是 {kind!r}。",
        argument="kind",
    )
