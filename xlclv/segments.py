"""Named segments of customers: RFM scores and segments, value tiers, stages of the customer's life.

What names one customer needs only the standard library; what ranks all of them imports numpy and pandas when called.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal

from xlclv.dates import date_of
from xlclv.errors import DomainError, InputError
from xlclv.labels import STAGES, STANDARD, TIERS, VALUE8
from xlclv.parsing import is_blank, shown

if TYPE_CHECKING:
    import pandas as pd

    from xlclv.vectors import Cells, FloatArray

Scheme = Literal["standard", "value8"]

_SCHEMES: Final[dict[str, Scheme]] = {
    "standard": "standard", "标准": "standard", "value8": "value8", "八类": "value8", "价值八分": "value8",
}  # fmt: skip


def scheme_of(text: str) -> Scheme:
    """Return the scheme of segments a text names.

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


def _bins(bins: float) -> int:
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

    Raises
    ------
    DomainError
        If a score is outside 1 to ``bins`` or no whole number.
    InputError
        If the scheme is unknown.

    Examples
    --------
    >>> rfm_segment(5, 5, 5), rfm_segment(1, 5, 5), rfm_segment(5, 1, 5, "value8", lang="zh")
    ('Champions', 'Cannot lose them', '重要发展客户')
    """
    chosen, best = scheme_of(scheme), _bins(bins)
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


def _column(values: Cells, argument: str) -> FloatArray:
    """Return a column of numbers, NaN for blank cells."""
    import numpy as np

    from xlclv.vectors import numbers_array

    numbers = numbers_array(values, argument=argument)
    if not np.isfinite(numbers[~np.isnan(numbers)]).all():
        raise InputError(
            f"{argument} holds an infinite number; correct it.", f"{argument} 中有无穷大；请更正。", argument=argument
        )
    return numbers


def rfm_score(days_since: Cells, orders: Cells, totals: Cells, bins: float = 5) -> pd.DataFrame:
    """Score customers against each other by recency, frequency and money.

    A score is ``ceiling(bins * rank / n)`` of the mean rank from the worst, so customers alike score alike.

    Parameters
    ----------
    days_since, orders, totals : array_like, length n
        Days since the last order (few are best), number of orders and money of each customer.
    bins : int
        The best score.

    Returns
    -------
    DataFrame
        Columns ``r``, ``f``, ``m`` with scores from 1 to ``bins``; a customer with a blank cell is not ranked and
        has missing scores.

    Raises
    ------
    InputError
        For different lengths or a cell that is no number.
    DomainError
        If ``bins`` is no whole number from 2 to 1000.

    Examples
    --------
    >>> rfm_score([3, 200, 40, 9, 400], [8, 1, 3, 3, 1], [900, 20, 75, 60, 30]).values.tolist()
    [[5, 5, 5], [2, 2, 1], [3, 4, 4], [4, 4, 3], [1, 2, 2]]
    """
    import numpy as np
    import pandas as pd

    from xlclv.vectors import same_length

    best = _bins(bins)
    same_length(days_since=days_since, orders=orders, totals=totals)
    columns = {"r": -_column(days_since, "days_since"), "f": _column(orders, "orders"), "m": _column(totals, "totals")}
    ranked = ~np.isnan(np.column_stack(list(columns.values()))).any(axis=1)
    count = int(ranked.sum())
    scores = {
        name: np.ceil(best * pd.Series(np.where(ranked, column, np.nan)).rank().to_numpy() / max(count, 1))
        for name, column in columns.items()
    }
    return pd.DataFrame(scores).astype("int64" if count == len(columns["r"]) else "Int64")


def clv_tier(values: Cells, shares: Sequence[float] = (0.8, 0.95), lang: str = "en") -> pd.Series[str]:
    """Sort customers into High, Medium and Low by their cumulative share of the value (ABC analysis).

    Customers are taken from the most valuable down. Whoever crosses a limit is in the upper tier, equal values are in
    the same tier, and a value of 0 or less is Low and no part of the whole.

    Parameters
    ----------
    values : array_like, length n
        Value of each customer.
    shares : two floats
        Share of the value that the High, and that the High and Medium customers make up.
    lang : str
        en or zh.

    Returns
    -------
    Series
        The name of each customer's tier, missing where the value is blank.

    Raises
    ------
    InputError
        For a cell that is no number, or shares that are not two.
    DomainError
        If the shares are not 0 < first < second <= 1.

    Examples
    --------
    >>> clv_tier([5, 80, 15, 0]).tolist()
    ['Low', 'High', 'Medium', 'Low']
    """
    import numpy as np
    import pandas as pd

    if len(shares) != 2:
        raise InputError(
            f"shares must be two numbers such as 0.8 and 0.95, not {len(shares)}.",
            f"shares 必须是两个数，例如 0.8 和 0.95，不能是 {len(shares)} 个。",
            argument="shares",
        )
    if not 0 < shares[0] < shares[1] <= 1:
        raise DomainError(
            f"shares must rise within 0 to 1, such as 0.8 and 0.95; {shares[0]:g} and {shares[1]:g} do not.",
            f"shares 必须在 0 到 1 之间递增，例如 0.8 和 0.95；{shares[0]:g} 和 {shares[1]:g} 不符合。",
            argument="shares",
        )
    numbers = _column(values, "values")
    names = np.array([tier.of(lang) for tier in TIERS], dtype=object)
    worth = np.where(numbers > 0, numbers, 0.0)
    falling = -np.sort(-worth)
    # What all customers worth more have together; adding up leaves the last digits open, hence the margin.
    above = np.concatenate(([0.0], np.cumsum(falling)))[np.searchsorted(-falling, -worth, side="left")]
    whole = float(falling.sum())
    tier = sum((above >= share * whole * (1 - 1e-12)).astype(np.int64) for share in shares)
    named = np.where(worth > 0, names[tier], names[2])
    named[np.isnan(numbers)] = None
    return pd.Series(named, index=values.index if isinstance(values, pd.Series) else None, dtype=object)


def rfm_segments(scores: pd.DataFrame, scheme: str = "standard", bins: float = 5, lang: str = "en") -> pd.Series[str]:
    """Return `rfm_segment` of each row of scores, missing where a score is.

    Parameters
    ----------
    scores : DataFrame
        Columns ``r``, ``f``, ``m``, as `rfm_score` returns them.
    scheme, bins, lang
        As in `rfm_segment`.

    Examples
    --------
    >>> rfm_segments(rfm_score([3, 200], [8, 1], [900, 20], bins=2), bins=2).tolist()
    ['Champions', 'Lost']
    """
    import pandas as pd

    def name(cell: tuple[float, float, float]) -> str | None:
        return None if pd.isna(pd.Series(cell)).any() else rfm_segment(*cell, scheme=scheme, bins=bins, lang=lang)

    cells = list(zip(scores["r"], scores["f"], scores["m"], strict=True))
    names = {cell: name(cell) for cell in set(cells)}
    return pd.Series([names[cell] for cell in cells], index=scores.index, dtype=object)


def segment_stages(
    table: pd.DataFrame,
    as_of: object,
    new_days: float = 90,
    lapse_days: float = 365,
    loyal_orders: float = 3,
    lang: str = "en",
) -> pd.Series[str]:
    """Return `segment_stage` of each row of an RFM table.

    Parameters
    ----------
    table : DataFrame
        Columns ``first``, ``last`` and ``orders``, as `xlclv.summary.rfm_table` returns them.
    as_of, new_days, lapse_days, loyal_orders, lang
        As in `segment_stage`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"first": ["2024-01-05", None], "last": ["2024-06-01", None], "orders": [2, 0]})
    >>> segment_stages(table, "2024-06-30").tolist()
    ['Active', 'Prospect']
    """
    import pandas as pd

    from xlclv.vectors import NO_DAY, days_of, numbers_array

    # Customers of equal dates and orders are of one stage: the rule is applied once to each combination.
    keys = pd.DataFrame(
        {
            "first": days_of(table["first"], argument="first"),
            "last": days_of(table["last"], argument="last"),
            "orders": numbers_array(table["orders"], argument="orders"),
        }
    ).fillna({"orders": 0.0})
    codes, distinct = pd.factorize(pd.MultiIndex.from_frame(keys))
    epoch = dt.date(1970, 1, 1).toordinal()

    def stage(first: int, last: int, orders: float) -> str:
        begin, end = (None if day == NO_DAY else dt.date.fromordinal(day + epoch) for day in (first, last))
        return segment_stage(begin, end, orders, as_of, new_days, lapse_days, loyal_orders, lang)

    names = pd.Series([stage(int(first), int(last), orders) for first, last, orders in distinct], dtype=object)
    return pd.Series(names.to_numpy()[codes], index=table.index, dtype=object)
