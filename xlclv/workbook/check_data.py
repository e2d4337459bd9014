"""Check data: what an analyst should look at in the table Orders, counted into the table Checks."""

from __future__ import annotations

import datetime as dt
from typing import Final

import pandas as pd

from xlclv.checks import CHECKS as CHECKED
from xlclv.checks import STATUS, data_check
from xlclv.data.clean import Skipped
from xlclv.errors import XlclvError
from xlclv.text import Text
from xlclv.workbook.contract import CHECK_COLUMNS, CHECKS
from xlclv.workbook.headers import headers_of, language_of
from xlclv.workbook.inputs import read_as_of
from xlclv.workbook.interface import Workbook
from xlclv.workbook.order_table import OrderTable, read_order_table
from xlclv.workbook.status import reported

CHECK = Text("Checking the orders", "检查订单")

#: How a sentence counts each finding: of one and of several; Chinese has one form.
_COUNTED: Final = {
    "missing_ids": ("missing id", "missing ids"),
    "missing_dates": ("missing date", "missing dates"),
    "bad_dates": ("bad date", "bad dates"),
    "future_dates": ("date after the as-of date", "dates after the as-of date"),
    "duplicates": ("duplicate", "duplicates"),
    "refunds": ("refund", "refunds"),
    "zero_amounts": ("zero amount", "zero amounts"),
    "missing_amounts": ("missing amount", "missing amounts"),
    "bad_amounts": ("bad amount", "bad amounts"),
    "mixed_types": ("row of another type", "rows of another type"),
    "text_numbers": ("number stored as text", "numbers stored as text"),
    "mixed_currencies": ("amount in another currency", "amounts in another currency"),
    "error_cells": ("error cell", "error cells"),
    "no_orders": ("customer without an order", "customers without an order"),
}
_NUMBERS: Final = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def check_data(book: Workbook) -> Text:
    """Check the orders of a workbook: fill its table Checks and say what was found.

    Parameters
    ----------
    book : Workbook

    Returns
    -------
    Text
        The sentence that stands in the cell of the last command.

    Raises
    ------
    XlclvError
        If the orders cannot be read; nothing but the cell of the last command is written then.
    """
    with reported(book) as status:
        book.progress(CHECK, 0, 2)
        orders = read_order_table(book)
        try:
            skipped, doubt = orders.clean()[1], None
        except XlclvError as error:
            skipped, doubt = [], error.text
        counts = count_findings(orders, read_as_of(book))
        frame = checks_frame(counts, skipped, language_of(book))
        frame.columns = headers_of(book, CHECKS, CHECK_COLUMNS)
        status.check()
        book.check_table(CHECKS, frame)
        book.progress(CHECK, 1, 2)
        book.write_table(CHECKS, frame)
        sentence = findings(counts, len(orders.cells))
        if doubt is not None:
            sentence = Text(f"{sentence.en} {doubt.en}", sentence.zh + doubt.zh)
        status.write(sentence)
        book.progress(CHECK, 2, 2)
    return sentence


def count_findings(orders: OrderTable, as_of: dt.date | None) -> dict[str, int | None]:
    """Return how many rows each check of `xlclv.checks.CHECKS` found, None where it was not made.

    Parameters
    ----------
    orders : OrderTable
    as_of : date, optional
        Later dates are counted.

    Returns
    -------
    dict
    """
    cells = orders.cells
    columns = [cells[name].tolist() for name in ("customer", "date", "amount")]
    rows = data_check(columns[0], columns[1], columns[2], as_of, date1904=orders.date1904)["rows"]
    return {name: None if count is None else int(count) for name, count in zip(CHECKED, rows, strict=True)}


def checks_frame(counts: dict[str, int | None], skipped: list[Skipped], lang: str) -> pd.DataFrame:
    """Return the rows of the table Checks: a row for each check, then one for each reason rows were skipped for.

    Parameters
    ----------
    counts : dict
        As `count_findings` returns it.
    skipped : list of Skipped
    lang : str
        en or zh.

    Returns
    -------
    DataFrame
        The columns of `xlclv.workbook.contract.CHECK_COLUMNS`.

    Examples
    --------
    >>> skipped = [Skipped(Text("no date", "没有日期"), 2, 7, "")]
    >>> checks_frame({"refunds": 0}, skipped, "en").values.tolist()
    [['refunds', 0, 'OK'], ['skipped: no date (first: row 7)', 2, 'Check']]
    """
    rows: list[tuple[str, int | None, str]] = []
    for name, count in counts.items():
        state = "not_checked" if count is None else "check" if count else "ok"
        rows.append((CHECKED[name].of(lang), count, STATUS[state].of(lang)))
    for each in skipped:
        reason = Text(
            f"skipped: {each.reason.en} (first: row {each.first_row})",
            f"跳过：{each.reason.zh}（首次：第 {each.first_row} 行）",
        )
        rows.append((reason.of(lang), each.rows, STATUS["check"].of(lang)))
    return pd.DataFrame(rows, columns=list(CHECK_COLUMNS), dtype=object)


def findings(counts: dict[str, int | None], rows: int) -> Text:
    """Return the sentence that tells what a check of orders found.

    Parameters
    ----------
    counts : dict
        As `count_findings` returns it.
    rows : int
        Rows looked at.

    Returns
    -------
    Text

    Examples
    --------
    >>> findings({"duplicates": 21, "zero_amounts": 1, "refunds": 0}, 300).en
    'Two things to look at: 21 duplicates, 1 zero amount.'
    >>> findings({"duplicates": 0}, 1).en
    'Nothing to look at in 1 row.'
    """
    found = {name: count for name, count in counts.items() if count}
    if not found:
        unit = "row" if rows == 1 else "rows"
        return Text(f"Nothing to look at in {rows:,} {unit}.", f"{rows:,} 行均无需注意。")
    number = _NUMBERS[len(found)] if len(found) < len(_NUMBERS) else str(len(found))
    things = "thing" if len(found) == 1 else "things"
    en = ", ".join(f"{count:,} {_COUNTED[name][count > 1]}" for name, count in found.items())
    zh = "、".join(f"{CHECKED[name].zh} {count:,}" for name, count in found.items())
    return Text(f"{number} {things} to look at: {en}.", f"有 {len(found)} 项需要注意：{zh}。")
