"""Between what COM hands over and the cells of the worksheet boundary."""

from __future__ import annotations

import datetime as dt
from itertools import chain
from typing import Any

from xlclv.worksheet.cells import CellError
from xlclv.worksheet.convert import serial_of

#: COM error numbers of cells: 0x800A0000 as a signed number, plus Excel's xlErr number.
ERRORS: dict[int, str] = {
    -2_146_828_288 + number: code
    for number, code in {
        2000: "#NULL!", 2007: "#DIV/0!", 2015: "#VALUE!", 2023: "#REF!", 2029: "#NAME?", 2036: "#NUM!", 2042: "#N/A",
        2043: "#GETTING_DATA", 2045: "#SPILL!", 2046: "#CONNECT!", 2047: "#BLOCKED!", 2048: "#UNKNOWN!",
        2049: "#FIELD!", 2050: "#CALC!", 2051: "#EXTERNAL!", 2222: "#BUSY!", 2223: "#PYTHON!",
    }.items()
}  # fmt: skip

#: How COM says that an argument was left out.
MISSING = -2_147_352_572

#: Error values cannot travel to VBA inside an array, so they go as text with this invisible mark in front, which the
#: bridge turns into CVErr; without it the cell shows the code.
MARK = "\u2063"


def cells_in(value: Any) -> Any:
    """Return an argument as cells: numbers that stand for errors become errors, a missing one an empty cell."""
    if type(value) is not tuple:
        return _cell_in(value)
    if value and type(value[0]) is not tuple:  # an array of one row, as in {1,2,3}
        value = (value,)
    # Whole numbers are the suspects: cells hold floats, error numbers and booleans only.
    if int not in set(map(type, chain.from_iterable(value))):
        return list(value)
    return [[_cell_in(cell) if type(cell) is int else cell for cell in row] for row in value]


def _cell_in(value: Any) -> Any:
    if type(value) is int:
        if value in ERRORS:
            return CellError(ERRORS[value])
        if value == MISSING:
            return None
    return value


def cells_out(result: Any, date1904: bool = False) -> list[list[Any]]:
    """Return a result as rows of what COM carries: errors marked, dates as serial numbers."""
    rows = result if isinstance(result, list) else [[result]]
    if set(map(type, chain.from_iterable(rows))) <= {float, bool}:
        return rows
    serials: dict[dt.date, float] = {}

    def carried(cell: Any) -> Any:
        kind = type(cell)
        if kind is str:
            return cell.lstrip(MARK)
        if kind is CellError:
            return MARK + cell.code
        if kind is dt.date and cell in serials:  # tables repeat few days
            return serials[cell]
        if isinstance(cell, dt.date):
            return serials.setdefault(cell, serial_of(cell, date1904))
        return cell

    return [
        [cell if type(cell) is float or (type(cell) is str and cell[:1] != MARK) else carried(cell) for cell in row]
        for row in rows
    ]
