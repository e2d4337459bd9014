"""Scores, tiers, segments and stages of whole columns of customers, ranked against each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from xlclv.errors import DomainError, InputError
from xlclv.labels import TIERS
from xlclv.segments import bins_of, rfm_segment, segment_stage
from xlclv.vectors import NO_DAY, Cells, FloatArray, days_of, numbers_array, same_length


def level(numbers: FloatArray) -> FloatArray:
    """Make numbers that agree to 12 significant digits equal, so that ties are ties.

    Two customers with the same history can get values that differ in the last bit, for sums and vectorised arithmetic
    depend on what stands next to them; without this, another order of the rows would give other ranks, scores and
    tiers. Rounding to 12 digits would not do, for a limit of rounding may lie between two such values: numbers are
    taken in order instead, and each one closer than that to the one below it gets the value of that.

    Parameters
    ----------
    numbers : float array, length n
        May hold NaN, which stays.

    Returns
    -------
    float array, length n

    Examples
    --------
    >>> level(np.array([0.1 + 0.2, 1.0, 0.3, 0.3000000001])).tolist()
    [0.3, 1.0, 0.3, 0.3000000001]
    """
    order = np.argsort(numbers, kind="stable")
    rising = numbers[order]
    alike = np.diff(rising) <= 1e-12 * np.abs(rising[1:])  # false for NaN, which stands at the end
    first = np.arange(len(rising))
    first[1:][alike] = 0
    result = np.empty(len(rising))
    result[order] = rising[np.maximum.accumulate(first)]
    return result


def _column(values: Cells, argument: str) -> FloatArray:
    """Return a column of numbers with ties made equal, NaN for blank cells."""
    numbers = numbers_array(values, argument=argument)
    if not np.isfinite(numbers[~np.isnan(numbers)]).all():
        raise InputError(
            f"{argument} holds an infinite number; correct it.", f"{argument} 中有无穷大；请更正。", argument=argument
        )
    return level(numbers)


def rfm_score(days_since: Cells, orders: Cells, totals: Cells, bins: float = 5) -> pd.DataFrame:
    """Score customers against each other by recency, frequency and money.

    A score is ``ceiling(bins * rank / n)`` of the mean rank from the worst, so customers alike score alike;
    numbers that agree to 12 significant digits are alike.

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
    best = bins_of(bins)
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

    Customers are taken from the most valuable down. Whoever crosses a limit is in the upper tier, values that agree to
    12 significant digits are in the same tier, and a value of 0 or less is Low and no part of the whole.

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

    Returns
    -------
    Series
        The names, with the index of the scores.

    Raises
    ------
    InputError, DomainError
        As `rfm_segment`.

    Examples
    --------
    >>> rfm_segments(rfm_score([3, 200], [8, 1], [900, 20], bins=2), bins=2).tolist()
    ['Champions', 'Lost']
    """

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

    Returns
    -------
    Series
        The names, with the index of the table.

    Raises
    ------
    InputError, DomainError
        As `segment_stage`, and for a cell that cannot be read.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"first": ["2024-01-05", None], "last": ["2024-06-01", None], "orders": [2, 0]})
    >>> segment_stages(table, "2024-06-30").tolist()
    ['Active', 'Prospect']
    """
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
