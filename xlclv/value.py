"""Customer lifetime value in closed form: from averages, churn, retention, or a survival curve.

Only the standard library is needed. All time arguments of one call share one unit, the period; rates are decimals per
period; ``discount_rate`` is the effective rate of one period.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from xlclv.domain import at_least, finite, share, timing_of, whole
from xlclv.elementwise import elementwise
from xlclv.errors import DataError, DivisionError, DomainError, InputError, XlclvError

if TYPE_CHECKING:
    from xlclv.elementwise import Numbers


@elementwise
def clv(
    order_value: float,
    frequency: float,
    lifetime: float,
    margin: float = 1.0,
    discount_rate: float = 0.0,
    acquisition_cost: float = 0.0,
) -> float:
    """Value of a customer who stays a known time: order value x frequency x margin x annuity - acquisition cost.

    The annuity is ``lifetime`` without discounting and (1 - (1 + d)^-lifetime) / d with it: amounts fall at the end
    of each period.

    Parameters
    ----------
    order_value : float or array
        Mean value of one order, in money.
    frequency : float or array
        Orders per period, 0 or more.
    lifetime : float or array
        Periods the customer stays, 0 or more.
    margin : float or array, default 1
        Share of revenue that is margin, as a decimal.
    discount_rate : float or array, default 0
        Effective discount rate of one period, 0 or more.
    acquisition_cost : float or array, default 0
        Money spent to win the customer, taken off at time 0.

    Returns
    -------
    float or array
        Money.

    Raises
    ------
    DomainError
        If frequency, lifetime or discount_rate is negative.

    Notes
    -----
    The often quoted "order value x frequency x lifetime / churn" counts the lifetime twice, since lifetime already is
    1 / churn.

    Examples
    --------
    >>> clv(100, 2, 36)
    7200.0
    >>> round(clv(100, 2, 36, 0.3, 1.1 ** (1 / 12) - 1), 4)
    1871.1875
    """
    revenue = finite(order_value, "order_value") * at_least(frequency, 0.0, "frequency")
    at_least(lifetime, 0.0, "lifetime")
    at_least(discount_rate, 0.0, "discount_rate")
    return revenue * finite(margin, "margin") * _annuity(lifetime, discount_rate) - finite(
        acquisition_cost, "acquisition_cost"
    )


def _annuity(periods: float, rate: float) -> float:
    """Present value of 1 at the end of each period; a fractional period counts its fraction."""
    exponent = periods * math.log1p(rate)
    # Below this the discounting is lost in rounding, and rate may be subnormal.
    if exponent < 1e-18:
        return float(periods)
    return -math.expm1(-exponent) / rate


@elementwise
def clv_churn(
    order_value: float,
    frequency: float,
    churn_rate: float,
    margin: float = 1.0,
    discount_rate: float = 0.0,
    acquisition_cost: float = 0.0,
) -> float:
    """Value of a customer with a constant churn rate, the first period certain: m (1 + d) / (d + churn) - cost.

    The expected lifetime is 1 / churn; the first margin is earned now, undiscounted. Equals `clv_retention` with
    timing 1 at retention 1 - churn.

    Parameters
    ----------
    order_value, frequency, margin, discount_rate, acquisition_cost : float or array
        As in `clv`.
    churn_rate : float or array
        Share of customers lost in one period, within 0 and 1.

    Returns
    -------
    float or array
        Money.

    Raises
    ------
    DomainError
        If churn_rate is outside 0..1, or frequency or discount_rate negative.
    DivisionError
        If churn_rate and discount_rate are both 0: the value is infinite.

    Examples
    --------
    >>> clv_churn(100, 2, 1 / 36)
    7200.0
    """
    revenue = finite(order_value, "order_value") * at_least(frequency, 0.0, "frequency")
    share(churn_rate, "churn_rate")
    at_least(discount_rate, 0.0, "discount_rate")
    if churn_rate + discount_rate == 0.0:
        raise DivisionError(
            "With churn_rate 0 and discount_rate 0 the value has no end; give a churn rate or a discount rate.",
            "流失率和折现率都为 0 时价值无穷大；请给出流失率或折现率。",
            argument="churn_rate",
        )
    per_period = revenue * finite(margin, "margin")
    # The division first: a huge rate must not overflow.
    return per_period * ((1.0 + discount_rate) / (discount_rate + churn_rate)) - finite(
        acquisition_cost, "acquisition_cost"
    )


@elementwise
def clv_retention(
    margin: float,
    retention_rate: float,
    discount_rate: float = 0.0,
    periods: float | None = None,
    growth: float = 0.0,
    timing: float = 0,
    acquisition_cost: float = 0.0,
) -> float:
    """Value at a constant retention rate (Gupta & Lehmann), with growing margins and any horizon.

    Timing 0: sum over k >= 1 of m r^k (1+g)^(k-1) / (1+i)^k. Timing 1: sum over k >= 0 of m (r (1+g) / (1+i))^k.

    Parameters
    ----------
    margin : float or array
        Margin of one period, in money.
    retention_rate : float or array
        Share of customers kept from one period to the next, within 0 and 1.
    discount_rate : float or array, default 0
        Effective discount rate of one period, 0 or more.
    periods : float, optional
        Number of margins counted, a whole number; forever when left out.
    growth : float or array, default 0
        Growth of the margin per period, above -1.
    timing : {0, 1}, default 0
        0: the first margin falls at the end of the first period and has to be retained; 1: it falls now.
    acquisition_cost : float or array, default 0
        Money, taken off at time 0.

    Returns
    -------
    float or array
        Money.

    Raises
    ------
    DomainError
        If an argument is outside its domain, or the sum forever diverges: 1 + i <= r (1 + g).

    References
    ----------
    Gupta, S. & Lehmann, D. R. (2003), Customers as assets, Journal of Interactive Marketing 17(1), equations 3 to 5.

    Examples
    --------
    >>> round(clv_retention(100, 0.8, 0.1), 4)
    266.6667
    >>> round(clv_retention(100, 0.8, 0.1, timing=1), 4)
    366.6667
    """
    finite(margin, "margin")
    share(retention_rate, "retention_rate")
    at_least(discount_rate, 0.0, "discount_rate")
    at_least(growth, -1.0, "growth")
    first = margin if timing_of(timing) else margin * retention_rate / (1.0 + discount_rate)
    if periods is None:
        # 1 + i - r (1 + g), exact also where the rates are tiny and r is near 1.
        gap = math.fsum((1.0 - retention_rate, discount_rate, -retention_rate * growth))
        if gap <= 0.0:
            raise DomainError(
                "The value forever is infinite: retention_rate x (1 + growth) must be below 1 + discount_rate; "
                "or give a number of periods.",
                "永续价值无穷大：retention_rate × (1 + growth) 必须小于 1 + discount_rate；或者给出 periods。",
                argument="retention_rate",
            )
        total = (1.0 + discount_rate) / gap
    else:
        total = _geometric(retention_rate, growth, discount_rate, whole(periods, "periods"))
    return first * total - finite(acquisition_cost, "acquisition_cost")


def _geometric(retention_rate: float, growth: float, discount_rate: float, terms: int) -> float:
    """Sum of (r (1 + g) / (1 + i))^k for k = 0 .. terms - 1, accurate where the ratio is close to 1."""
    if terms == 0 or retention_rate == 0.0 or growth == -1.0:
        return float(min(terms, 1))
    log = math.fsum((math.log(retention_rate), math.log1p(growth), -math.log1p(discount_rate)))
    return float(terms) if log == 0.0 else math.expm1(terms * log) / math.expm1(log)


def clv_curve(
    margins: Numbers | float,
    survivals: Numbers,
    discount_rate: float = 0.0,
    timing: float = 0,
) -> float:
    """Value from a survival curve: the sum of margin x survival, discounted.

    Parameters
    ----------
    margins : sequence of float, or float
        Margin of each period, in money; one margin serves all periods.
    survivals : sequence of float
        Share of customers still there in each period, within 0 and 1, never rising.
    discount_rate : float, default 0
        Effective discount rate of one period, 0 or more.
    timing : {0, 1}, default 0
        0: amounts at the end of each period; 1: the first amount now.

    Returns
    -------
    float
        Money.

    Raises
    ------
    DomainError
        If a survival is outside 0..1 or rises.
    InputError
        If the lengths differ.
    DataError
        If there is no survival.

    Examples
    --------
    >>> round(clv_curve(100, [1, 0.7, 0.55, 0.47, 0.42], 0.1, timing=1), 3)
    273.089
    """
    at_least(discount_rate, 0.0, "discount_rate")
    shift = 0 if timing_of(timing) else 1
    if not len(survivals):
        raise DataError(
            "survivals is empty; give the share of customers left in each period.",
            "survivals 为空；请给出各期仍留存的客户比例。",
            argument="survivals",
        )
    amounts = _serve_all(margins, len(survivals), "margins", "survivals")
    total, before, factor = 0.0, 1.0, (1.0 + discount_rate) ** -shift
    row = 0
    try:
        for margin, survival in zip(amounts, survivals, strict=True):
            row += 1
            if share(survival, "survivals") > before:
                raise DomainError(
                    f"survivals must never rise, but {survival:g} is above the one before ({before:g}).",
                    f"survivals 不能上升，但 {survival:g} 高于前一个（{before:g}）。",
                    argument="survivals",
                )
            total += finite(margin, "margins") * survival * factor
            before, factor = survival, factor / (1.0 + discount_rate)
    except XlclvError as error:
        raise error.at(row) from None
    return total


def clv_equity(
    base_value: float,
    new_customers: Numbers | float,
    new_values: Numbers | float,
    discount_rate: float = 0.0,
) -> float:
    """Customer equity: the value of the customers there are plus the discounted value of future cohorts.

    Cohort k joins at the end of period k: its value at that time, new_customers[k] x new_values[k], is divided by
    (1 + d)^k.

    Parameters
    ----------
    base_value : float
        Value of today's customers, in money.
    new_customers : sequence of float
        Customers who join in each coming period, 0 or more.
    new_values : sequence of float, or float
        Value of one of them when joining, in money; one value serves all periods.
    discount_rate : float, default 0
        Effective discount rate of one period, 0 or more.

    Returns
    -------
    float
        Money.

    Raises
    ------
    DomainError
        If a number of customers or the rate is negative.
    InputError
        If the lengths differ.

    References
    ----------
    Gupta, S., Lehmann, D. R. & Stuart, J. A. (2004), Valuing customers, Journal of Marketing Research 41(1).

    Examples
    --------
    >>> round(clv_equity(1000, [10, 10], [50, 60], 0.1), 4)
    1950.4132
    """
    at_least(discount_rate, 0.0, "discount_rate")
    counts = list(new_customers) if isinstance(new_customers, Iterable) else [new_customers]
    values = _serve_all(new_values, len(counts), "new_values", "new_customers")
    total, factor, row = finite(base_value, "base_value"), 1.0, 0
    try:
        for count, value in zip(counts, values, strict=True):
            row += 1
            factor /= 1.0 + discount_rate
            total += at_least(count, 0.0, "new_customers") * finite(value, "new_values") * factor
    except XlclvError as error:
        raise error.at(row) from None
    return float(total)


def _serve_all(values: Numbers | float, count: int, name: str, other: str) -> list[float]:
    """Return ``count`` values: as many as given, or one given that serves all."""
    listed = list(values) if isinstance(values, Iterable) else [values]
    if len(listed) == 1:
        return listed * count
    if len(listed) != count:
        raise InputError(
            f"{name} has {len(listed)} values but {other} has {count}; give as many of both, or one that serves all.",
            f"{name} 有 {len(listed)} 个值，而 {other} 有 {count} 个；请给出同样多的值，或只给一个通用的值。",
            argument=name,
        )
    return listed
