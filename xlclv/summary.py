"""The RFM table: what each customer's orders were, as the models of lifetime value need it.

The definitions are those of Fader, Hardie & Lee (2005), "RFM and CLV: Using Iso-Value Curves for Customer Base
Analysis", Journal of Marketing Research 42(4): frequency counts repeat orders, recency and age are measured from the
first order, and the first order's money stays out of the mean.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlclv.columns import Role, guess_columns, named_columns
from xlclv.errors import DataError, InputError
from xlclv.periods import DAYS, period_of
from xlclv.vectors import (
    NO_DAY,
    Cells,
    FloatArray,
    IntArray,
    amounts_of,
    codes_of,
    date_text,
    dates_from,
    days_of,
    one_day,
    same_length,
)

#: Columns of the RFM table.
RFM_COLUMNS: Final = (
    "customer", "orders", "frequency", "recency", "age", "monetary", "total", "first", "last", "days_since",
)  # fmt: skip

#: A day's sum this small against the amounts in it is what rounding left of 0: .1 + .2 - .3 is no refund.
ROUND_OFF: Final = 1e-12


class Summary(NamedTuple):
    """One row for each customer with an order, in the order of their codes.

    Attributes
    ----------
    code : int64 array
        The customer.
    orders : int64 array
        Days with an order.
    recency, age : float array
        Periods from the first order to the last, and to the as-of date.
    monetary : float array
        Mean value of the repeat orders, 0 without one.
    total : float array
        All amounts, refunds included.
    first, last : int64 array
        Day numbers.
    """

    code: IntArray
    orders: IntArray
    recency: FloatArray
    age: FloatArray
    monetary: FloatArray
    total: FloatArray
    first: IntArray
    last: IntArray


def daily_sums(codes: IntArray, days: IntArray, amounts: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Add up the rows of each customer on each day.

    Parameters
    ----------
    codes, days : int64 array, length n
        Customer and day of each row; rows with a negative code or without a day are left out.
    amounts : float array, length n

    Returns
    -------
    codes, days, sums
        One element per customer and day, sorted by both; a sum that only rounding keeps from 0 is 0.

    Examples
    --------
    >>> daily_sums(np.array([1, 0, 1]), np.array([5, 5, 5]), np.array([2.0, 1.0, -2.0]))[2].tolist()
    [1.0, 0.0]
    """
    known = (codes >= 0) & (days != NO_DAY)
    if not known.all():
        codes, days, amounts = codes[known], days[known], amounts[known]
    if not len(codes):
        return codes, days, amounts
    start = int(days.min())
    span = int(days.max()) - start + 1
    keys = codes * span + (days - start)
    bits = len(keys).bit_length()
    if (int(codes.max()) + 1) * span < 1 << (62 - bits):
        # Key and row number packed in one integer: one plain sort instead of an indirect one, and it is stable.
        keys = (keys << bits) | np.arange(len(keys))
        keys.sort()
        order = keys & ((1 << bits) - 1)
        keys >>= bits
    else:
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    amounts = amounts[order]
    with np.errstate(over="ignore"):  # infinite money is told where it is shown
        sums: FloatArray = np.add.reduceat(amounts, starts)
    if len(starts) < len(keys) and amounts.min() < 0:
        sums[np.abs(sums) <= ROUND_OFF * np.add.reduceat(np.abs(amounts), starts)] = 0.0
    key_codes = keys[starts] // span
    return key_codes, keys[starts] - key_codes * span + start, sums


def summarise(codes: IntArray, days: IntArray, amounts: FloatArray, as_of: int, period_days: float) -> Summary:
    """Summarise an order log per customer: the kernel of `rfm_table`.

    Parameters
    ----------
    codes : int64 array, length n
        Customer of each row, 0 or more; rows with -1 are left out.
    days : int64 array, length n
        Day number of each row; rows without one, and rows after ``as_of``, are left out.
    amounts : float array, length n
        Money; negative for refunds.
    as_of : int
        Day number the age is counted to.
    period_days : float
        Days in one period.

    Returns
    -------
    Summary
        A customer none of whose days sums to 0 or more has no order and no row.

    Examples
    --------
    >>> summarise(np.array([0, 0]), np.array([0, 7]), np.array([5.0, 9.0]), 21, 7.0).age.tolist()
    [3.0]
    """
    if len(days) and days.max() > as_of:
        kept = days <= as_of
        codes, days, amounts = codes[kept], days[kept], amounts[kept]
    codes, days, sums = daily_sums(codes, days, amounts)
    bought = sums >= 0
    if not bought.any():
        nothing, no_money = np.empty(0, dtype=np.int64), np.empty(0)
        return Summary(nothing, nothing, no_money, no_money, no_money, no_money, nothing, nothing)
    total: FloatArray = np.bincount(codes, weights=sums).astype(np.float64, copy=False)
    if not bought.all():
        codes, days, sums = codes[bought], days[bought], sums[bought]
    # Sorted by customer and day: a customer's first order is where the code changes.
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    ends = np.append(starts[1:], len(codes)) - 1
    orders = ends - starts + 1
    first, last = days[starts], days[ends]
    repeat = sums.copy()
    repeat[starts] = 0.0
    spent = np.add.reduceat(repeat, starts)
    return Summary(
        code=codes[starts],
        orders=orders,
        recency=(last - first) / period_days,
        age=(as_of - first) / period_days,
        monetary=spent / np.maximum(orders - 1, 1),
        total=total[codes[starts]],
        first=first,
        last=last,
    )


def rfm_rows(
    ids: Cells,
    dates: Cells,
    amounts: Cells,
    as_of: object = None,
    period: str = "week",
    *,
    date1904: bool = False,
    first_row: int = 1,
) -> pd.DataFrame:
    """Return the RFM table of an order log given as three columns of cells.

    All rows of one customer on one calendar day are one order. A day that sums to 0 is an order; one that sums below
    0 is none and lowers the total only. Rows after ``as_of`` are ignored, rows without id or date left out; a blank
    amount is 0. A customer without an order has no row.

    Parameters
    ----------
    ids, dates, amounts : cells, length n
        Customer, date and money of each row, read by the rules of `xlclv.parsing`.
    as_of : date, optional
        The day the age is counted to; the latest date in the data if blank.
    period : str
        Unit of recency and age: day, week, month, quarter or year.
    date1904 : bool
        Whether serials count from 1904-01-01.
    first_row : int
        The number the first row has in error sentences.

    Returns
    -------
    DataFrame
        Columns `RFM_COLUMNS`, customers in order of first appearance, each as it first appeared.

    Raises
    ------
    InputError
        For different lengths or a cell that cannot be read; the sentence names the row.
    DataError
        If there is no order up to ``as_of``.

    Examples
    --------
    >>> table = rfm_rows(["a", "a", "b"], ["2024-01-01", "2024-01-15", "2024-01-08"], [10, 20, 5])
    >>> table[["frequency", "recency", "age", "monetary"]].values.tolist()
    [[1.0, 2.0, 2.0, 20.0], [0.0, 0.0, 1.0, 0.0]]
    """
    same_length(ids=ids, dates=dates, amounts=amounts)
    codes, labels = codes_of(ids)
    days, money = _days_and_money(dates, amounts, date1904, first_row)
    until = one_day(as_of, date1904=date1904)
    if until is None:
        dated = days[codes >= 0]
        until = int(dated.max()) if len(dated) else NO_DAY
    summary = summarise(codes, days, money, until, DAYS[period_of(period)])
    if not len(summary.code):
        known = (codes >= 0) & (days != NO_DAY)
        raise _no_orders(until if bool((days[known] > until).any()) else NO_DAY, bool(known.any()))
    return _frame(summary, labels, until)


def _days_and_money(dates: Cells, amounts: Cells, date1904: bool, first_row: int) -> tuple[IntArray, FloatArray]:
    """Read both columns; of unreadable cells in both, the error is that of the first row."""
    try:
        days = days_of(dates, date1904=date1904, first_row=first_row)
    except InputError as error:
        before = (error.row or first_row) - first_row
        amounts_of(amounts[:before], first_row=first_row)
        raise
    return days, amounts_of(amounts, first_row=first_row)


def _frame(summary: Summary, labels: npt.NDArray[Any], as_of: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer": labels[summary.code],
            "orders": summary.orders,
            "frequency": summary.orders - 1,
            "recency": summary.recency,
            "age": summary.age,
            "monetary": summary.monetary,
            "total": summary.total,
            "first": dates_from(summary.first),
            "last": dates_from(summary.last),
            "days_since": as_of - summary.last,
        }
    )


def _no_orders(until: int, known: bool) -> DataError:
    if until == NO_DAY and known:
        return DataError(
            "Every customer's days sum to less than 0, so there is no order; check the signs of the amounts.",
            "每位客户每天的合计都小于 0，因此没有订单；请检查金额的正负号。",
            argument="amounts",
        )
    if until == NO_DAY:
        return DataError(
            "No row has both a customer and a date; check the ranges with DATA_CHECK.",
            "没有任何一行同时有客户和日期；请用 DATA_CHECK 检查各区域。",
            argument="ids",
        )
    day = date_text(until)
    return DataError(
        f"There is no order up to {day}; choose a later as-of date. Days that sum below 0 are no orders.",
        f"截至 {day} 没有订单；请选择更晚的截止日期。合计为负的日子不算订单。",
        argument="as_of",
    )


def rfm_table(
    orders: pd.DataFrame | None = None,
    *,
    ids: Cells | None = None,
    dates: Cells | None = None,
    amounts: Cells | None = None,
    customer: str | None = None,
    date: str | None = None,
    amount: str | None = None,
    as_of: object = None,
    period: str = "week",
) -> pd.DataFrame:
    """Return the RFM table of an order log: one row per customer with an order.

    Parameters
    ----------
    orders : DataFrame, optional
        The log, one row per order or order line; its columns are recognised by their headers in English or Chinese.
    ids, dates, amounts : array_like, optional
        The log as three columns, instead of ``orders``.
    customer, date, amount : str, optional
        Headers in ``orders``, where the guess is not what is meant.
    as_of : date, optional
        The day the age is counted to; the latest date in the data if blank.
    period : str
        Unit of recency and age: day, week, month, quarter or year.

    Returns
    -------
    DataFrame
        customer, orders, frequency, recency, age, monetary, total, first, last, days_since, as `rfm_rows` says.

    Raises
    ------
    InputError
        If a column is not found or a cell cannot be read.
    DataError
        If there is no order up to ``as_of``.

    Examples
    --------
    >>> log = pd.DataFrame({"Client": [7, 7], "Order date": ["2024-01-01", "2024-01-15"], "Total": [10, 20]})
    >>> rfm_table(log, as_of="2024-01-29")[["customer", "frequency", "recency", "age", "monetary"]].values.tolist()
    [[7.0, 1.0, 2.0, 4.0, 20.0]]
    """
    if orders is None:
        if ids is None or dates is None or amounts is None:
            raise InputError(
                "Give a table of orders, or ids, dates and amounts.",
                "请给出订单表，或同时给出 ids、dates 和 amounts。",
            )
        return rfm_rows(ids, dates, amounts, as_of, period)
    columns = order_columns(orders, customer=customer, date=date, amount=amount)
    return rfm_rows(columns["ids"], columns["dates"], columns["amounts"], as_of, period)


def order_columns(
    orders: pd.DataFrame, *, customer: str | None = None, date: str | None = None, amount: str | None = None
) -> dict[str, Any]:
    """Return the ids, dates and amounts of an order log, its columns recognised by their headers.

    Without an amount column, quantity times unit price stands in for it.

    Parameters
    ----------
    orders : DataFrame
        The log.
    customer, date, amount : str, optional
        Headers, where the guess is not what is meant.

    Returns
    -------
    dict
        ``ids``, ``dates`` and ``amounts``, as `rfm_rows` takes them.

    Raises
    ------
    InputError
        If a column is not found.

    Examples
    --------
    >>> log = pd.DataFrame({"客户": ["a"], "日期": ["2024-01-01"], "数量": [3], "单价": [2.5]})
    >>> order_columns(log)["amounts"].tolist()
    [7.5]
    """
    by_header: dict[str, Hashable] = {}
    for label in orders.columns:
        by_header.setdefault(str(label), label)
    headers = [str(label) for label in orders.columns]
    samples = [orders.iloc[:1000, index].dropna().tolist() for index in range(len(headers))]
    wanted: dict[Role, str | None] = {"customer": customer, "date": date, "amount": amount}
    found = named_columns(wanted, headers, guess_columns(headers, samples)).headers
    part = {role: orders[by_header[header]] for role, header in found.items()}
    if "amount" in part:
        money: Any = part["amount"]
    else:
        money = amounts_of(part["quantity"], argument="quantity") * amounts_of(
            part["unit_price"], argument="unit_price"
        )
    return {"ids": part["customer"], "dates": part["date"], "amounts": money}
