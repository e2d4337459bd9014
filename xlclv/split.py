"""An order log cut in two: the orders a model is fitted to, and those it is held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xlclv.errors import DataError, DomainError, InputError
from xlclv.periods import DAYS, Period, period_of
from xlclv.text import Text
from xlclv.vectors import NO_DAY, Cells, FloatArray, IntArray, codes_of, date_text, days_of, one_day, same_length


@dataclass(frozen=True)
class Split:
    """An order log cut in two at the last day of calibration.

    Customers are those with an order up to the split; what others order later is left out.

    Attributes
    ----------
    period : str
        Unit of all times.
    split, end : int
        Day numbers: last day of calibration, last day of the holdout.
    frequency, recency, age : float array, length n
        Of each customer at the split.
    holdout : float array, length n
        Orders of each customer after the split up to the end.
    first : int64 array, length n
        Day number of the first order of each customer.
    repeats : int64 array
        Day number of every repeat order up to the end.
    last : int
        Day number of the last order of the log, which may be after the end.
    """

    period: Period
    split: int
    end: int
    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    holdout: FloatArray
    first: IntArray
    repeats: IntArray
    last: int

    @property
    def days(self) -> float:
        """Days in a period."""
        return DAYS[self.period]

    @property
    def periods(self) -> float:
        """Length of the holdout in periods."""
        return (self.end - self.split) / self.days

    @property
    def unknown(self) -> Text | None:
        """What to be careful of if the log ends more than a period before the holdout does."""
        if self.end - self.last <= self.days:
            return None
        last, end = date_text(self.last), date_text(self.end)
        return Text(
            f"The log ends on {last}: orders from then to {end} are unknown and count as none; check end_date.",
            f"数据止于 {last}：此后至 {end} 的订单未知，按没有订单计；请检查 end_date。",
        )


def split_log(
    ids: Cells,
    dates: Cells,
    split_date: object,
    end_date: object,
    period: str = "week",
    *,
    date1904: bool = False,
    first_row: int = 1,
) -> Split:
    """Cut an order log in calibration and holdout.

    Parameters
    ----------
    ids, dates : cells, length n
        Customer and date of each row; rows without either are left out. All rows of a customer on one day are an order.
    split_date, end_date : date
        Last day of calibration; last day of the holdout. Later rows are ignored.
    period : str
        Unit of all times: day, week, month, quarter or year.
    date1904 : bool
        Whether serials count from 1904-01-01.
    first_row : int
        The number the first row has in error sentences.

    Returns
    -------
    Split

    Raises
    ------
    InputError
        For different lengths, or a cell that cannot be read.
    DomainError
        If the holdout does not end after the split.
    DataError
        If there is no order up to the split, or none after it.

    Examples
    --------
    >>> split = split_log(["a", "a", "b"], ["2024-01-01", "2024-01-10", "2024-01-09"], "2024-01-08", "2024-01-22")
    >>> split.frequency.tolist(), split.age.tolist(), split.holdout.tolist(), split.periods
    ([0.0], [1.0], [1.0], 2.0)
    """
    unit = period_of(period)
    same_length(ids=ids, dates=dates)
    split, end = (_day(value, name, date1904) for value, name in ((split_date, "split_date"), (end_date, "end_date")))
    if end <= split:
        raise DomainError(
            f"end_date ({date_text(end)}) must be after split_date ({date_text(split)}).",
            f"end_date（{date_text(end)}）必须晚于 split_date（{date_text(split)}）。",
            argument="end_date",
        )
    codes, days = codes_of(ids)[0], days_of(dates, date1904=date1904, first_row=first_row)
    codes, days = _order_days(codes, days)
    if not (days <= split).any():
        raise DataError(
            f"There is no order up to {date_text(split)}; choose a later split_date.",
            f"截至 {date_text(split)} 没有订单；请选择更晚的 split_date。",
            argument="split_date",
        )
    if not (days > split).any():
        raise DataError(
            f"There is no order after {date_text(split)}, so the holdout is empty; choose an earlier split_date.",
            f"{date_text(split)} 之后没有订单，留出期为空；请选择更早的 split_date。",
            argument="split_date",
        )
    latest = int(days.max())
    codes, days = codes[days <= end], days[days <= end]
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    customer = np.cumsum(np.diff(codes, prepend=-1) != 0) - 1
    first = days[starts]
    known = first <= split
    # Customers in the order of their codes, those acquired after the split left out.
    kept = known[customer]
    customer, days = (np.cumsum(known) - 1)[customer[kept]], days[kept]
    first, size = first[known], int(known.sum())
    before = days <= split
    orders = np.bincount(customer[before], minlength=size)
    last = days[before][np.cumsum(orders) - 1]
    per_period = DAYS[unit]
    return Split(
        period=unit,
        split=split,
        end=end,
        frequency=(orders - 1).astype(np.float64),
        recency=(last - first) / per_period,
        age=(split - first) / per_period,
        holdout=np.bincount(customer[~before], minlength=size).astype(np.float64),
        first=first,
        repeats=days[days > first[customer]],
        last=latest,
    )


def _day(value: object, argument: str, date1904: bool) -> int:
    day = one_day(value, argument, date1904=date1904)
    if day is None:
        raise InputError(f"{argument} is empty; give a date.", f"{argument} 为空；请给出日期。", argument=argument)
    return day


def _order_days(codes: IntArray, days: IntArray) -> tuple[IntArray, IntArray]:
    """Return the distinct pairs of customer and day, sorted by both; rows without either are left out."""
    known = (codes >= 0) & (days != NO_DAY)
    codes, days = codes[known], days[known]
    order = np.lexsort((days, codes))
    codes, days = codes[order], days[order]
    new = np.ones(len(codes), dtype=bool)
    new[1:] = (np.diff(codes) != 0) | (np.diff(days) != 0)
    return codes[new], days[new]
