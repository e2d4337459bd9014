"""The table Orders of a workbook: its columns found, its rows cleaned and accounted for."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from xlclv.columns import NEEDED, ROLE_NAMES, Role, guess_columns, named_columns
from xlclv.data.clean import Skipped, orders_from
from xlclv.dates import date_of
from xlclv.errors import DataError, FileError, InputError, XlclvError
from xlclv.parsing import id_of, is_blank, number_of, shown
from xlclv.text import Text, clause
from xlclv.workbook.contract import ORDER_COLUMNS, ORDERS
from xlclv.workbook.interface import Workbook
from xlclv.worksheet.convert import serial_of

ERROR_CELL: Final = Text("error value in a cell", "单元格为错误值")

#: Serials of the 1904 date system are so much lower than those of 1900.
_SHIFT: Final = 1462


@dataclass(frozen=True)
class OrderTable:
    """The rows of Orders as they stand.

    Attributes
    ----------
    cells : DataFrame
        Columns ``customer``, ``date`` and ``amount``, cells as they stand; the index is the row of the sheet. Rows
        that are blank in all three are left out.
    filled : int
        Cells that hold something in the column of customers.
    total : float
        Sum of the numbers in the column of amounts, as SUM would tell it.
    days : float
        Sum of the dates that are dates, as SUM would tell it.
    date1904 : bool
        Whether serials count from 1904.
    """

    cells: pd.DataFrame
    filled: int
    total: float
    days: float
    date1904: bool

    def clean(self) -> tuple[pd.DataFrame, list[Skipped], list[Text]]:
        """Return the orders, the rows left out by reason and notes, as `xlclv.data.clean.orders_from`.

        Raises
        ------
        FileError
            If day and month, or the decimal mark, can be read in two ways.
        """
        bad = [any(map(is_error, row)) for row in zip(*(self.cells[name] for name in self.cells), strict=True)]
        good = self.cells.loc[[not each for each in bad]]
        if self.date1904:
            good = good.assign(date=pd.Series([_as_1900(cell) for cell in good["date"]], good.index, dtype=object))
        rows = good.index.to_numpy()
        try:
            orders, skipped, notes = orders_from(
                good, "customer", "date", "amount", row_of=lambda position: int(rows[position])
            )
        except FileError as error:
            raise self._in_sheet(error) from None
        if any(bad):
            place = bad.index(True)
            example = next(cell for cell in self.cells.iloc[place] if is_error(cell))
            skipped.insert(0, Skipped(ERROR_CELL, sum(bad), int(self.cells.index[place]), str(example.code)))
        return orders, skipped, notes

    def original_ids(self) -> dict[str, Any]:
        """Return the cell behind each id: a number stays a number, text is text."""
        known: dict[str, Any] = {}
        for cell in self.cells["customer"]:
            if not is_error(cell):
                text = id_of(cell) or ""
                known.setdefault(text, text if isinstance(cell, str) else cell)
        return known

    def _in_sheet(self, error: FileError) -> XlclvError:
        """Return an error of a whole column; where it is a date in doubt, the first such cell is named."""
        if error.argument == "date_order":
            for row, cell in self.cells["date"].items():
                try:
                    date_of(cell) if isinstance(cell, str) else None
                except InputError as doubt:
                    if any(digit.isdigit() for digit in str(cell)):
                        return InputError(
                            f"Row {row} of Orders: {clause(doubt.text.en)}", f"Orders 第 {row} 行：{doubt.text.zh}"
                        )
        return FileError(f"Orders: {clause(error.text.en)}", f"Orders：{error.text.zh}")


def read_order_table(book: Workbook) -> OrderTable:
    """Return the table Orders of a workbook.

    Columns with the headers of the contract, in either language, are taken; else the headers and what stands below
    them tell.

    Parameters
    ----------
    book : Workbook

    Returns
    -------
    OrderTable

    Raises
    ------
    DataError
        If no row holds anything.
    InputError
        If there is no column of customers, dates or amounts.
    FileError
        If the workbook has no table Orders.
    """
    table = book.read_table(ORDERS).astype(object)
    table = table.where(table.notna(), None)
    roles = _roles(table)
    amount = roles.get("amount")
    money = table[amount] if amount is not None else _product(table[roles["quantity"]], table[roles["unit_price"]])
    cells = pd.DataFrame(
        {"customer": table[roles["customer"]], "date": table[roles["date"]], "amount": money}, dtype=object
    )
    cells.index = pd.RangeIndex(book.first_row(ORDERS), book.first_row(ORDERS) + len(cells))
    cells = cells.loc[[not all(map(is_blank, row)) for row in zip(*(cells[name] for name in cells), strict=True)]]
    if cells.empty:
        raise DataError(
            "The table Orders is empty; paste your orders into it, one row each, and try again.",
            "Orders 表是空的；请粘贴订单（每笔一行）后重试。",
        )
    numbers = [float(cell) for cell in money if isinstance(cell, int | float) and not isinstance(cell, bool)]
    filled = sum(cell is not None for cell in table[roles["customer"]])
    return OrderTable(cells, filled, math.fsum(numbers), _days(table[roles["date"]], book.date1904), book.date1904)


def _days(column: pd.Series[Any], date1904: bool) -> float:
    plain = [serial_of(cell, date1904) if isinstance(cell, dt.date) else cell for cell in column]
    return math.fsum(
        cell for cell in plain if isinstance(cell, int | float) and not isinstance(cell, bool) and cell > 0
    )


def is_error(cell: object) -> bool:
    """Return whether a cell holds an error value."""
    return hasattr(cell, "code")


def no_rows_left(skipped: list[Skipped]) -> DataError:
    """Return the error that says why no row can be used."""
    first = max(skipped, key=lambda each: each.rows)
    return DataError(
        f"No row of Orders can be used: {first.reason.en} in row {first.first_row} ({first.example}), for instance; "
        "check the columns.",
        f"Orders 表没有可用的行：例如第 {first.first_row} 行{first.reason.zh}（{first.example}）；请检查各列。",
    )


def _roles(table: pd.DataFrame) -> dict[Role, str]:
    headers = [str(header) for header in table.columns]
    samples = [
        [cell for cell in table[header].iloc[:1000] if not is_blank(cell) and not is_error(cell)] for header in headers
    ]
    filled = dict(zip(headers, map(bool, samples), strict=True))
    agreed: dict[Role, str | None] = {}
    for role in NEEDED:
        names = [name.casefold() for name in ORDER_COLUMNS[role]]
        there = [header for header in headers if header.strip().casefold() in names]
        # A column of the template left empty beside one the user brought along says nothing.
        if there and (filled[there[0]] or not any(filled.values())):
            agreed[role] = there[0]
    guess = guess_columns(headers, samples)
    for role in guess.missing:
        # What nothing can be read from still is the column, and each cell is told.
        names = [name.casefold() for name in ORDER_COLUMNS[role]]
        agreed.setdefault(role, next((header for header in headers if header.strip().casefold() in names), None))
    try:
        return named_columns(agreed, headers, guess).headers
    except InputError:
        missing = [role for role in guess.missing if agreed.get(role) is None]
        raise _no_column(missing, headers) from None


def _no_column(roles: list[Role], headers: list[str]) -> InputError:
    seen, one = ", ".join(headers[:12]), len(roles) == 1
    en, names = (_and(words) for words in ([f"the {ROLE_NAMES[role].en}" for role in roles],
                                           [ORDER_COLUMNS[role].en for role in roles]))  # fmt: skip
    zh, names_zh = ("、".join(texts[role].zh for role in roles) for texts in (ROLE_NAMES, ORDER_COLUMNS))
    return InputError(
        f"The table Orders has no {'column' if one else 'columns'} for {en}; name {'one' if one else 'them'} {names}. "
        f"Its columns are: {seen}.",
        f"Orders 表没有{zh}列；请将对应的列命名为 {names_zh}。现有的列是：{seen}。",
    )


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _product(quantity: pd.Series[Any], price: pd.Series[Any]) -> pd.Series[Any]:
    """Return quantity times unit price; where one cannot be read, that cell."""
    amounts: list[Any] = []
    for pair in zip(quantity, price, strict=True):
        try:
            read = [number_of(cell) for cell in pair]
            amounts.append(None if read[0] is None or read[1] is None else read[0] * read[1])
        except InputError:
            amounts.append(next((cell for cell in pair if is_error(cell)), shown(pair[0])))
    return pd.Series(amounts, quantity.index, dtype=object)


def _as_1900(cell: object) -> object:
    """Return a serial of the 1904 system as one of 1900; numbers too large for a serial are left alone."""
    plain = isinstance(cell, int | float) and not isinstance(cell, bool | dt.date)
    return cell + _SHIFT if plain and 0 <= cell < 2_900_000 else cell  # type: ignore[operator]
