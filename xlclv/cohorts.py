"""Retention by cohort: customers grouped by the calendar period of their first order, followed period by period."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlclv.errors import DataError, DomainError, InputError
from xlclv.labels import MEASURES, Measure
from xlclv.parsing import shown
from xlclv.periods import Period, period_of
from xlclv.summary import daily_sums
from xlclv.vectors import NO_DAY, Cells, IntArray, amounts_of, codes_of, dates_from, days_of, one_day, same_length

#: More cells than this is a period chosen too short, and a table nobody reads.
MAX_CELLS: Final = 4_000_000


def measure_of(text: str) -> Measure:
    """Return the measure a text names, in either language.

    Parameters
    ----------
    text : str
        Such as rate or 留存率.

    Returns
    -------
    str
        A key of `MEASURES`.

    Raises
    ------
    InputError
        If it names none.

    Examples
    --------
    >>> measure_of("Rate"), measure_of("人均收入")
    ('rate', 'revenue_per_customer')
    """
    key = text.strip().lower().replace(" ", "_")
    for measure, label in MEASURES.items():
        if key in (measure, label.zh):
            return measure
    raise InputError(
        f"measure must be one of {', '.join(MEASURES)}; {shown(text)} is none of them.",
        f"measure 只能是 {'、'.join(label.zh for label in MEASURES.values())} 之一，{shown(text)} 不是。",
        argument="measure",
    )


def calendar_index(days: IntArray, period: Period) -> IntArray:
    """Number the calendar periods days fall in, 0 for the one of 1970-01-01.

    Parameters
    ----------
    days : int64 array
        Days since 1970-01-01.
    period : str
        day, week (from Monday), month, quarter or year.

    Returns
    -------
    int64 array
        As many as there are days.

    Examples
    --------
    >>> calendar_index(np.array([3, 4, 31]), "week").tolist(), calendar_index(np.array([3, 4, 31]), "month").tolist()
    ([0, 1, 4], [0, 0, 1])
    """
    if period == "day":
        return days
    if period == "week":
        return (days + 3) // 7  # 1970-01-01 was a Thursday
    dates = days.astype("datetime64[D]")
    if period == "year":
        return dates.astype("datetime64[Y]").astype(np.int64)
    months = dates.astype("datetime64[M]").astype(np.int64)
    return months if period == "month" else months // 3


def calendar_start(index: IntArray, period: Period) -> IntArray:
    """Return the first day of calendar periods: the inverse of `calendar_index`.

    Parameters
    ----------
    index : int64 array
        Numbers of periods, 0 for the one of 1970-01-01.
    period : str
        day, week (from Monday), month, quarter or year.

    Returns
    -------
    int64 array
        Days since 1970-01-01.

    Examples
    --------
    >>> calendar_start(np.array([0, 1]), "month").tolist()
    [0, 31]
    """
    if period == "day":
        return index
    if period == "week":
        return index * 7 - 3
    months = index * {"month": 1, "quarter": 3, "year": 12}[period]
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def retention_cohorts(
    ids: Cells,
    dates: Cells,
    amounts: Cells | None = None,
    period: str = "month",
    measure: str = "rate",
    as_of: object = None,
    *,
    date1904: bool = False,
    first_row: int = 1,
) -> pd.DataFrame:
    """Return the triangle of cohorts: what became of the customers won in each calendar period.

    A customer belongs to the period of the first order and is active in each period with an order. With amounts, a
    day that sums below 0 is no order, as in the RFM table, but revenue counts it; a refund before the first order
    counts at age 0, so that revenue adds up to the totals of the RFM table. A period not complete at ``as_of`` is not
    observed; in an observed one, 0 means nobody came.

    Parameters
    ----------
    ids, dates : cells, length n
        Customer and date of each row; rows without either, or after ``as_of``, are left out.
    amounts : cells, length n, optional
        Money; needed for the measures of revenue.
    period : str
        Calendar period: day, week (from Monday), month, quarter or year.
    measure : str
        customers, rate (share of the cohort that is active), revenue, revenue_per_customer (of the cohort's size) or
        cumulative_per_customer.
    as_of : date, optional
        The last day observed; the latest date in the data if blank.
    date1904 : bool
        Whether serials count from 1904-01-01.
    first_row : int
        The number the first row has in error sentences.

    Returns
    -------
    DataFrame
        One row per cohort with customers: ``cohort`` (first day of the period), ``size``, then a column for each age
        0, 1, 2... in periods; NaN where not observed.

    Raises
    ------
    InputError
        For different lengths, a cell that cannot be read, or a measure of revenue without amounts.
    DomainError
        If the period is so short that the table has millions of cells.
    DataError
        If there is no order up to ``as_of``.

    Examples
    --------
    >>> retention_cohorts(["a", "b", "a"], ["2024-01-05", "2024-01-20", "2024-02-03"], as_of="2024-02-29")
          cohort  size    0    1
    0 2024-01-01     2  1.0  0.5
    """
    unit, wanted = period_of(period), measure_of(measure)
    if amounts is None and wanted not in ("customers", "rate"):
        raise InputError(
            f"The measure {wanted} needs amounts.", f"指标“{MEASURES[wanted].zh}”需要金额。", argument="amounts"
        )
    same_length(**{"ids": ids, "dates": dates, **({} if amounts is None else {"amounts": amounts})})
    codes = codes_of(ids)[0]
    days = days_of(dates, date1904=date1904, first_row=first_row)
    money = np.zeros(len(days)) if amounts is None else amounts_of(amounts, first_row=first_row)
    known = (codes >= 0) & (days != NO_DAY)
    given = one_day(as_of, date1904=date1904)
    until = given if given is not None else int(days[known].max(initial=NO_DAY))
    known &= days <= until
    codes, days, sums = daily_sums(codes[known], days[known], money[known])
    ordered = sums >= 0
    if not ordered.any():
        raise DataError(
            "There is no order up to the as-of date; choose a later one or check the ranges with DATA_CHECK.",
            "截至所给日期没有订单；请选择更晚的日期，或用 DATA_CHECK 检查各区域。",
            argument="as_of" if given is not None else "ids",
        )
    return _triangle(codes, calendar_index(days, unit), sums, ordered, until, unit, wanted)


def _triangle(
    codes: IntArray,
    periods: IntArray,
    sums: npt.NDArray[np.float64],
    ordered: npt.NDArray[np.bool_],
    until: int,
    unit: Period,
    measure: Measure,
) -> pd.DataFrame:
    """Return the table from the days of each customer, sorted by customer and day."""
    unborn = np.iinfo(np.int64).max
    born = np.full(int(codes[-1]) + 1, unborn)
    order_codes = codes[ordered]
    starts = np.flatnonzero(np.diff(order_codes, prepend=-1))
    born[order_codes[starts]] = periods[ordered][starts]
    cohorts, cohort_of_customer = np.unique(born[born != unborn], return_inverse=True)
    row_of_code = np.full(len(born), -1)
    row_of_code[born != unborn] = cohort_of_customer
    sizes = np.bincount(cohort_of_customer)

    complete = int(calendar_index(np.array([until + 1]), unit)[0]) - 1
    # The period of the as-of date has its column even when it is not complete: unobserved is not absent.
    ages = int(calendar_index(np.array([until]), unit)[0]) - int(cohorts[0]) + 1
    if ages * len(cohorts) > MAX_CELLS:
        raise DomainError(
            f"The table would have {len(cohorts):,} rows and {ages:,} ages; choose a longer period.",
            f"表格将有 {len(cohorts):,} 行、{ages:,} 个期龄；请选择更长的周期。",
            argument="period",
        )
    # Days of customers without an order, and of periods not complete, are no part of the table.
    rows = row_of_code[codes]
    inside = (rows >= 0) & (periods <= complete)
    if measure in ("customers", "rate"):
        inside &= ordered
        inside[inside] = _first_of_each(codes[inside], periods[inside])
    age = np.maximum(periods[inside] - cohorts[rows[inside]], 0)
    weights = None if measure in ("customers", "rate") else sums[inside]
    cells = np.bincount(rows[inside] * ages + age, weights=weights, minlength=ages * len(cohorts))
    values = cells.reshape(len(cohorts), ages).astype(np.float64)
    if measure == "cumulative_per_customer":
        values = values.cumsum(axis=1)
    if measure not in ("customers", "revenue"):
        values /= sizes[:, np.newaxis]
    values[cohorts[:, np.newaxis] + np.arange(ages) > complete] = np.nan
    table = pd.DataFrame(values, columns=range(ages))
    table.insert(0, "cohort", dates_from(calendar_start(cohorts, unit)))
    table.insert(1, "size", sizes)
    return table


def _first_of_each(codes: IntArray, periods: IntArray) -> npt.NDArray[np.bool_]:
    """Return which elements start a new customer or a new period, both standing together."""
    changed: npt.NDArray[np.bool_] = np.ones(len(codes), dtype=bool)
    changed[1:] = (codes[1:] != codes[:-1]) | (periods[1:] != periods[:-1])
    return changed
