"""Between what Calc holds and the cells of the worksheet boundary.

Calc has numbers and texts: a truth value is 1 or 0, a date a serial number, an empty cell of a range "". An error is a
NaN whose low 32 bits are its number.
"""

from __future__ import annotations

import datetime as dt
import struct
from itertools import chain
from typing import Any

from xlclv.worksheet.cells import CellError
from xlclv.worksheet.convert import serial_of

#: LibreOffice's number of each error value.
ERRORS: dict[str, int] = {
    "#NULL!": 521, "#DIV/0!": 532, "#VALUE!": 519, "#REF!": 524, "#NAME?": 525, "#NUM!": 503, "#N/A": 0x7FFF,
}  # fmt: skip
_CODES = {number: code for code, number in ERRORS.items()}
_QUIET = 0x7FF8 << 48


def nan_of(code: str) -> float:
    """Return the number that Calc shows as an error; a code it does not have becomes ``#VALUE!``."""
    value: float = struct.unpack("<d", struct.pack("<Q", _QUIET | ERRORS.get(code, ERRORS["#VALUE!"])))[0]
    return value


def error_of(number: float) -> CellError:
    """Return the error that a NaN stands for; errors that only LibreOffice has are ``#VALUE!``.

    >>> error_of(nan_of("#N/A"))
    CellError('#N/A')
    """
    bits: int = struct.unpack("<Q", struct.pack("<d", number))[0]
    return CellError(_CODES.get(bits & 0xFFFFFFFF, "#VALUE!"))


def cells_in(value: Any) -> Any:
    """Return an argument as cells: in ranges "" is an empty cell, NaN an error."""
    if isinstance(value, list):
        if _clean(value):
            return value
        return [[_cell_in(cell) for cell in row] for row in value]
    return error_of(value) if value != value else value


def _clean(rows: list[Any]) -> bool:
    """Return whether all cells are plain numbers, as in a large range of them."""
    try:
        total = sum(chain.from_iterable(rows))
    except TypeError:
        return False
    return bool(total == total)


def _cell_in(cell: Any) -> Any:
    if cell == "":
        return None
    return error_of(cell) if cell != cell else cell


def cells_out(result: Any, date1904: bool) -> Any:
    """Return a result as Calc holds it."""
    if isinstance(result, list):
        return [[cell if type(cell) is float else _cell_out(cell, date1904) for cell in row] for row in result]
    return _cell_out(result, date1904)


def _cell_out(cell: Any, date1904: bool) -> Any:
    if isinstance(cell, CellError):
        return nan_of(cell.code)
    if isinstance(cell, dt.date):
        return serial_of(cell, date1904)
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else float(cell)
