"""The names of one customer: segment of the RFM scores and stage of life, by the standard library alone."""

from __future__ import annotations

import datetime as dt
import math
from typing import Final, Literal

from xlclv.dates import date_of
from xlclv.errors import DomainError, InputError
from xlclv.labels import STAGES, STANDARD, VALUE8
from xlclv.parsing import is_blank, shown

Scheme = Literal["standard", "value8"]

_SCHEMES: Final[dict[str, Scheme]] = {
    "standard": "standard", "标准": "standard", "value8": "value8", "八类": "value8", "价值八分": "value8",
}  # fmt: skip


def scheme_of(text: str) -> Scheme:
    """Return the scheme of segments a text names.

    Parameters
    ----------
    text : str
        Such as standard or 八类, in any case.

    Returns
    -------
    {"standard", "value8"}

    Raises
    ------
    InputError
        If it names none.

    Examples
    --------
    >>> scheme_of("Standard"), scheme_of("八类")
    ('standard', 'value8')
    """
    scheme = _SCHEMES.get(text.strip().lower())
    if scheme is None:
        raise InputError(
            f"scheme must be standard or value8; {shown(text)} is neither.",
            f"scheme 只能是 standard（标准）或 value8（八类），{shown(text)} 不是。",
            argument="scheme",
        )
    return scheme


def bins_of(bins: float) -> int:
    """Return the number of scores.

    Parameters
    ----------
    bins : float
        The number as a cell holds it.

    Returns
    -------
    int

    Raises
    ------
    DomainError
        If it is no whole number from 2 to 1000.

    Examples
    --------
    >>> bins_of(5.0)
    5
    """
    if not (math.isfinite(bins) and bins == int(bins) and 2 <= bins <= 1000):
        raise DomainError(
            f"bins must be a whole number from 2 to 1000, not {bins:g}.",
            f"bins 必须是 2 到 1000 之间的整数，不能是 {bins:g}。",
            argument="bins",
        )
    return int(bins)


def rfm_segment(
    r_score: float, f_score: float, m_score: float, scheme: str = "standard", bins: float = 5, lang: str = "en"
) -> str:
    """Return the name of the segment of one customer's scores.

    The standard scheme reads recency and the mean of frequency and monetary (fm), each on the scale of 1 to 5 whatever
    ``bins`` is, and takes the first that fits:

    - recency 4.5 and more: Champions from fm 4, Potential loyalist from 2.5, New customers below;
    - from 3.5: Champions from fm 4.5, Loyal from 3.5, Potential loyalist from 2.5, Promising below;
    - from 2.5: Loyal from fm 3.5, Need attention from 2.5, About to sleep below;
    - below: Cannot lose them from fm 4.5, At risk from 2.5; below that Hibernating from recency 1.5, else Lost.

    The value8 scheme calls a score high above ``(bins + 1) / 2``.

    Parameters
    ----------
    r_score, f_score, m_score : float
        Scores from 1 to ``bins``, best = ``bins``, as `rfm_score` gives them.
    scheme : str
        standard or value8.
    bins : int
        The best score.
    lang : str
        en or zh.

    Returns
    -------
    str
        The segment in that language, one of `xlclv.labels.STANDARD` or `xlclv.labels.VALUE8`.

    Raises
    ------
    DomainError
        If ``bins`` is no whole number from 2 to 1000, or a score no whole number from 1 to ``bins``.
    InputError
        If the scheme is unknown.

    Examples
    --------
    >>> rfm_segment(5, 5, 5), rfm_segment(1, 5, 5), rfm_segment(5, 1, 5, "value8", lang="zh")
    ('Champions', 'Cannot lose them', '重要发展客户')
    """
    chosen, best = scheme_of(scheme), bins_of(bins)
    scores = {"r_score": r_score, "f_score": f_score, "m_score": m_score}
    for name, score in scores.items():
        if not (math.isfinite(score) and score == int(score) and 1 <= score <= best):
            raise DomainError(
                f"{name} must be a whole number from 1 to {best}, not {score:g}.",
                f"{name} 必须是 1 到 {best} 之间的整数，不能是 {score:g}。",
                argument=name,
            )
    if chosen == "value8":
        middle = (best + 1) / 2
        return VALUE8[r_score > middle, f_score > middle, m_score > middle].of(lang)
    # Exact in halves of a score: 4 (score - 1) / (bins - 1) puts 1..bins on 0..4, and all limits are halves.
    recency = 1 + 4 * (r_score - 1) / (best - 1)
    value = 1 + 2 * (f_score + m_score - 2) / (best - 1)
    return STANDARD[_standard(recency, value)].of(lang)


def _standard(recency: float, value: float) -> str:
    if recency >= 4.5:
        return "champions" if value >= 4 else "potential" if value >= 2.5 else "new"
    if recency >= 3.5:
        if value >= 4.5:
            return "champions"
        return "loyal" if value >= 3.5 else "potential" if value >= 2.5 else "promising"
    if recency >= 2.5:
        return "loyal" if value >= 3.5 else "attention" if value >= 2.5 else "sleepy"
    if value >= 4.5:
        return "cannot_lose"
    if value >= 2.5:
        return "at_risk"
    return "hibernating" if recency >= 1.5 else "lost"


def segment_stage(
    first: object,
    last: object,
    orders: float | None,
    as_of: object,
    new_days: float = 90,
    lapse_days: float = 365,
    loyal_orders: float = 3,
    lang: str = "en",
) -> str:
    """Return the stage of one customer's life: Prospect, New, Active, Loyal or Churned, the first that fits.

    - Prospect: no order yet (no first or last date, or no orders).
    - Churned: the last order is more than ``lapse_days`` ago.
    - Loyal: ``loyal_orders`` orders or more.
    - New: the first order is at most ``new_days`` ago.
    - Active: all others.

    Parameters
    ----------
    first, last : date
        Dates of the first and the last order; blank when there is none.
    orders : float
        Number of orders.
    as_of : date
        The day the stage is of; an order after it is refused.
    new_days, lapse_days, loyal_orders : float
        The limits.
    lang : str
        en or zh.

    Returns
    -------
    str
        The stage in that language, one of `xlclv.labels.STAGES`.

    Raises
    ------
    InputError
        If a date cannot be read or ``as_of`` is blank.
    DomainError
        If a limit or ``orders`` is negative, or the dates are in the wrong order.

    Examples
    --------
    >>> segment_stage("2024-01-05", "2024-06-01", 2, "2024-06-30"), segment_stage(None, None, 0, "2024-06-30")
    ('Active', 'Prospect')
    """
    limits = {"new_days": new_days, "lapse_days": lapse_days, "loyal_orders": loyal_orders, "orders": orders or 0}
    for name, limit in limits.items():
        if not (math.isfinite(limit) and limit >= 0):
            raise DomainError(
                f"{name} must be 0 or more, not {limit:g}.", f"{name} 必须不小于 0，不能是 {limit:g}。", argument=name
            )
    begin, end, today = (_date(value, name) for value, name in ((first, "first"), (last, "last"), (as_of, "as_of")))
    if today is None:
        raise InputError("as_of is blank; enter the as-of date.", "as_of 为空；请输入截止日期。", argument="as_of")
    if begin is None or end is None or not orders:
        return STAGES["prospect"].of(lang)
    if begin > end or end > today:
        name = "last" if begin <= end else "first"
        raise DomainError(
            f"first, last and as_of must follow each other; {begin}, {end}, {today} do not.",
            f"首次、末次购买日期和截止日期必须依次不早于前者；{begin}、{end}、{today} 不符合。",
            argument=name,
        )
    return STAGES[_stage((today - begin).days, (today - end).days, orders, new_days, lapse_days, loyal_orders)].of(lang)


def _stage(age: float, silence: float, orders: float, new_days: float, lapse_days: float, loyal_orders: float) -> str:
    if silence > lapse_days:
        return "churned"
    if orders >= loyal_orders:
        return "loyal"
    return "new" if age <= new_days else "active"


def _date(value: object, argument: str) -> dt.date | None:
    if is_blank(value):
        return None
    try:
        return date_of(value)
    except InputError as error:
        raise InputError(error.text.en, error.text.zh, argument=argument) from None
