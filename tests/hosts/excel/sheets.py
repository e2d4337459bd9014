"""A customer value workbook in the memory of `tests.hosts.excel.engine`, a sheet for each table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any

import pandas as pd
import xlwings

from tests.hosts.excel.engine import ALLOWED, ERROR_NUMBERS, Object, Range, new_book
from tests.workbook.book import TABLES
from xlclv.data.cdnow import cdnow_orders
from xlclv.hosts.excel.live import LiveBook
from xlclv.retention import rate_convert
from xlclv.text import Text
from xlclv.valuation import value_customers
from xlclv.workbook import contract
from xlclv.workbook.refresh import refresh

#: Where the tables stand on their sheets.
TOP, LEFT = 5, 2


def book_of(
    orders: Sequence[Sequence[Any]], headers: Sequence[str] | None = None, lang: str = "en", date1904: bool = False
) -> xlwings.Book:
    """Return a workbook with orders; the other tables have one empty row."""
    book = new_book(date1904)
    for name, columns in TABLES.items():
        heads = [text.of(lang) for text in columns.values()]
        rows = list(orders) if name == contract.ORDERS else []
        if name == contract.ORDERS and headers is not None:
            heads = list(headers)
        sheet = book.impl.sheets.add(name)
        fill(sheet, TOP, LEFT, [heads, *rows])
        sheet.tables.add(name, Range(sheet, TOP, LEFT, TOP + max(len(rows), 1), LEFT + len(heads) - 1))
    for title, entries in (
        ("Inputs", {each.name: each.default for each in contract.INPUTS}),
        ("Results", {each.name: None for each in contract.OUTPUTS}),
        ("Workbook", {contract.LANGUAGE: lang, contract.TEMPLATE: contract.CUSTOMER_VALUE}),
    ):
        sheet = book.impl.sheets.add(title)
        for row, (name, value) in enumerate(entries.items(), 1):
            fill(sheet, row, 2, [[value]])
            book.impl.names.ranges[name.casefold()] = Range(sheet, row, 2, row, 2)
    return book


def fill(sheet: Any, top: int, left: int, rows: Sequence[Sequence[Any]]) -> None:
    """Put values into cells as they are stored."""
    for down, row in enumerate(rows):
        for right, value in enumerate(row):
            if isinstance(value, str) and value in ERROR_NUMBERS:
                value = ERROR_NUMBERS[value]
            elif isinstance(value, int) and not isinstance(value, bool):
                value = float(value)
            elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
                value = dt.datetime(value.year, value.month, value.day)
            if value is not None and value != "":
                sheet.cells[top + down, left + right] = value


def set_input(book: xlwings.Book, name: str, value: Any) -> None:
    """Type a value into a named cell."""
    cell = book.impl.names.ranges[name]
    cell.sheet.cells.pop((cell.row, cell.column), None)
    fill(cell.sheet, cell.row, cell.column, [[value]])


def table_rows(book: xlwings.Book, name: str) -> list[list[Any]]:
    """Return the rows of a table as its sheet stores them."""
    table = table_of(book, name)
    area = table.area
    return [
        [table.parent.cells.get((row, column)) for column in range(area.column, area.right + 1)]
        for row in range(area.row + 1, area.bottom + 1)
    ]


def table_of(book: xlwings.Book, name: str) -> Any:
    """Return the engine's own object of a table."""
    return next(table for sheet in book.impl.sheets for table in sheet.tables if table.name == name)


def named(book: xlwings.Book, name: str) -> Any:
    """Return what a named cell stores."""
    cell = book.impl.names.ranges[name]
    return cell.sheet.cells.get((cell.row, cell.column))


@cache
def sample(rows: int = 1500) -> tuple[tuple[Any, ...], ...]:
    orders = cdnow_orders().head(rows)
    days = orders["date"].dt.to_pydatetime()
    return tuple(zip(orders["customer"].astype(float), days, orders["amount"], strict=True))


@cache
def expected(rows: int = 1500) -> pd.DataFrame:
    rate = rate_convert(0.1, "year", "week")
    orders = pd.DataFrame(list(sample(rows)), columns=["customer", "date", "amount"])
    return value_customers(orders, periods=52, margin=0.3, discount_rate=rate).customers


def run(book: xlwings.Book) -> Text:
    with LiveBook(book) as live:
        return refresh(live)


def column(book: xlwings.Book, header: str, table: str = contract.VALUES) -> list[Any]:
    one = table_of(book, table)
    heads = [one.parent.cells[one.area.row, place] for place in range(one.area.column, one.area.right + 1)]
    return [row[heads.index(header)] for row in table_rows(book, table)]


def changes(book: xlwings.Book) -> list[tuple[str, Any]]:
    """Return what was done to cells, but for reading."""
    states = ("read", "screen_updating", "enable_events", "calculation", "status_bar")
    return [entry for entry in book.app.impl.log if entry[0] not in states]


def add_column(book: xlwings.Book, table: str, header: str) -> int:
    """Add a column to the right of a table, as a user does; return where it stands on its sheet."""
    one = table_of(book, table)
    area = one.area
    one.area = Range(one.parent, area.row, area.column, area.bottom, area.right + 1)
    one.parent.cells[area.row, area.right + 1] = header
    return area.right + 1


def protect(book: xlwings.Book, sheet: str, password: str = "") -> Any:
    api = book.impl.sheets(sheet).api
    api.ProtectContents = api.ProtectScenarios = True
    api.Protection = Object(**{**dict.fromkeys(ALLOWED, False), "AllowFiltering": True, "AllowSorting": True})
    api.password, api.EnableSelection = password, 1
    return api
