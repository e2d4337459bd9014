"""Cost of acquiring customers, how fast it comes back, and what each channel earns. Standard library only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from xlclv.domain import at_least, finite, share
from xlclv.elementwise import elementwise
from xlclv.errors import DataError, DivisionError, DomainError, InputError, XlclvError

if TYPE_CHECKING:
    from xlclv.elementwise import Numbers


#: Margins whose sum reaches the cost within rounding only at the end of time never repay it.
_NEVER = 1e-13


@elementwise
def cac_cost(spend: float, customers: float) -> float:
    """Customer acquisition cost: spend / customers.

    Parameters
    ----------
    spend : float or array
        Money spent on acquisition, 0 or more.
    customers : float or array
        Customers won with it, 0 or more.

    Returns
    -------
    float or array
        Money per customer.

    Raises
    ------
    DivisionError
        If no customer was won.
    DomainError
        If an argument is negative.

    Examples
    --------
    >>> cac_cost(1500, 10)
    150.0
    """
    at_least(spend, 0.0, "spend")
    if at_least(customers, 0.0, "customers") == 0.0:
        raise DivisionError(
            "customers is 0, so there is no cost per customer.",
            "customers 为 0，无法计算单客成本。",
            argument="customers",
        )
    return spend / customers


@elementwise
def cac_ratio(clv: float, cac: float) -> float:
    """Lifetime value, before acquisition cost, in units of acquisition cost.

    Parameters
    ----------
    clv : float or array
        Lifetime value before acquisition cost, in money.
    cac : float or array
        Acquisition cost per customer, in money, above 0.

    Returns
    -------
    float or array
        A pure number; 3 or more is a common target.

    Raises
    ------
    DivisionError
        If cac is 0.
    DomainError
        If cac is negative.

    Examples
    --------
    >>> cac_ratio(450, 150)
    3.0
    """
    finite(clv, "clv")
    if at_least(cac, 0.0, "cac") == 0.0:
        raise DivisionError("cac is 0, so there is no ratio to it.", "cac 为 0，无法计算比值。", argument="cac")
    return clv / cac


@elementwise
def cac_payback(cac: float, margin: float, retention_rate: float = 1.0, discount_rate: float = 0.0) -> float:
    """Periods until the margin has repaid the acquisition cost, with the fraction of the last period.

    The margin of period k is margin x retention^(k-1) / (1 + d)^k, at the end of the period.

    Parameters
    ----------
    cac : float or array
        Acquisition cost per customer, in money, 0 or more.
    margin : float or array
        Margin of the first period, in money.
    retention_rate : float or array, default 1
        Share of customers kept from one period to the next, within 0 and 1.
    discount_rate : float or array, default 0
        Effective discount rate of one period, 0 or more.

    Returns
    -------
    float or array
        Periods.

    Raises
    ------
    DomainError
        If it is never repaid, or an argument is outside its domain.

    Examples
    --------
    >>> round(cac_payback(150, 100 / 12, 0.95), 4)
    44.8931
    """
    at_least(cac, 0.0, "cac")
    finite(margin, "margin")
    share(retention_rate, "retention_rate")
    first = margin / (1.0 + at_least(discount_rate, 0.0, "discount_rate"))
    ratio = retention_rate / (1.0 + discount_rate)
    if cac == 0.0:
        return 0.0
    if first > 0.0:
        needed = cac / first
        if ratio == 1.0 or needed <= 1.0:
            return needed
        # 1 + q + q^2 + ... stays below 1 / (1 - q).
        used = needed * (1.0 - ratio)
        if used < 1.0 - _NEVER and ratio > 0.0:
            return _periods_to(needed, ratio, math.log1p(-used) / math.log(ratio))
    raise DomainError(
        "The margin never repays the acquisition cost; check margin, retention_rate and discount_rate.",
        "毛利永远收不回获客成本；请检查 margin、retention_rate 和 discount_rate。",
        argument="margin",
    )


def _periods_to(needed: float, ratio: float, estimate: float) -> float:
    """Full periods in a geometric sum that reaches ``needed``, and the fraction of the next that is still needed."""
    log, full = math.log(ratio), math.floor(estimate)
    # The estimate may round across a whole number of periods: take the last period that does not overshoot.
    if full > 0 and math.expm1(full * log) / math.expm1(log) > needed:
        full -= 1
    missing = needed - math.expm1(full * log) / math.expm1(log)
    term = math.exp(full * log)
    return full + (missing / term if term else 0.0)


class Channel(NamedTuple):
    """One acquisition channel; a figure that cannot be told holds the error that says why."""

    channel: str
    spend: float
    customers: float
    cac: float | XlclvError
    clv: float | XlclvError
    ratio: float | XlclvError
    roi: float | XlclvError
    rank: int | XlclvError


def cac_channels(channels: Sequence[str], spends: Numbers, customers: Numbers, clvs: Numbers) -> list[Channel]:
    """Compare acquisition channels: cost per customer, mean lifetime value, their ratio, and return on investment.

    Rows of the same channel are added up; its mean lifetime value is weighted by customers.
    ROI = (clv - cac) / cac; rank 1 is the highest ROI, equal ROI ranks alike.

    Parameters
    ----------
    channels : sequence of str
        Name of the channel of each row.
    spends : sequence of float
        Money spent, 0 or more.
    customers : sequence of float
        Customers won, 0 or more.
    clvs : sequence of float
        Mean lifetime value of one of them, before acquisition cost, in money.

    Returns
    -------
    list of Channel
        In order of first appearance.

    Raises
    ------
    InputError
        If the lengths differ.
    DataError
        If there is no row.
    DomainError
        If a spend or a number of customers is negative.

    Examples
    --------
    >>> best = cac_channels(["Search", "Fairs"], [1000, 900], [10, 3], [300, 600])[0]
    >>> best.cac, best.ratio, best.roi, best.rank
    (100.0, 3.0, 2.0, 1)
    """
    if not len(channels) == len(spends) == len(customers) == len(clvs):
        raise InputError(
            "channels, spends, customers and clvs must have the same length.",
            "channels、spends、customers、clvs 的长度必须相同。",
            argument="channels",
        )
    if not len(channels):
        raise DataError("There are no channels.", "没有渠道数据。", argument="channels")
    sums: dict[str, list[float]] = {}
    number = 0
    try:
        for name, spend, won, clv in zip(channels, spends, customers, clvs, strict=True):
            number += 1
            row = sums.setdefault(name, [0.0, 0.0, 0.0])
            row[0] += at_least(spend, 0.0, "spends")
            row[1] += at_least(won, 0.0, "customers")
            row[2] += won * finite(clv, "clvs")
    except XlclvError as error:
        raise error.at(number) from None
    rows = [_channel(name, *row) for name, row in sums.items()]
    returns = [row.roi for row in rows if not isinstance(row.roi, XlclvError)]
    return [
        row if isinstance(row.roi, XlclvError) else row._replace(rank=1 + sum(roi > row.roi for roi in returns))
        for row in rows
    ]


def _channel(name: str, spend: float, customers: float, value: float) -> Channel:
    unranked = DataError(
        f"Channel {name} has no ROI and so no rank.", f"渠道 {name} 没有 ROI，因此没有排名。", argument="channels"
    )
    if customers == 0.0:
        error = DivisionError(f"Channel {name} won no customers.", f"渠道 {name} 没有获得客户。", argument="customers")
        return Channel(name, spend, customers, error, error, error, error, unranked)
    cac, clv = spend / customers, value / customers
    if cac == 0.0:
        error = DivisionError(f"Channel {name} cost nothing.", f"渠道 {name} 没有花费。", argument="spends")
        return Channel(name, spend, customers, cac, clv, error, error, unranked)
    return Channel(name, spend, customers, cac, clv, clv / cac, (clv - cac) / cac, unranked)
