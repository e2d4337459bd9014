"""What Excel hands to a custom function and what it gets back, as JSON."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.hosts.lite.runtime import DATE_FORMAT, ERROR_TYPES
from xlclv.worksheet import CellError
from xlclv.worksheet.catalogue import FUNCTIONS
from xlclv.worksheet.convert import serial_of

#: Every example that Excel lets a user type: it refuses more arguments than are declared, and fewer than required.
EXAMPLES = [
    (name, example.cells)
    for name, function in FUNCTIONS.items()
    for example in function.examples
    if sum(argument.required for argument in function.arguments) <= len(example.cells) <= len(function.arguments)
]


def received(cells: Any) -> Any:
    """An argument as it can be told by Lite, which unpacks a range of one cell."""
    if isinstance(cells, list) and len(cells) == 1:
        inner = cells[0]
        if not isinstance(inner, list):
            return held(inner)
        if len(inner) == 1:
            return held(inner[0])
    return held(cells)


def held(cells: Any) -> Any:
    """Cells as a sheet holds them: dates are numbers."""
    if isinstance(cells, list | tuple):
        return [held(cell) for cell in cells]
    if isinstance(cells, dt.date):
        return serial_of(cells, False)
    return float(cells) if type(cells) is int else cells


def sent(cells: Any) -> Any:
    """An argument as Excel hands it over: a matrix, null where it is left out."""
    if cells is None:
        return None
    rows = cells if isinstance(cells, list) else [[cells]]
    if not isinstance(rows[0], list):
        rows = [rows]
    return [[_sent(cell) for cell in row] for row in held(rows)]


def _sent(cell: Any) -> Any:
    if isinstance(cell, CellError):
        return {"type": "Error", "errorType": "of no matter", "basicType": "Error", "basicValue": cell.code}
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def shown(result: Any) -> Any:
    """The matrix Excel gets: errors and dates as its data types."""
    return [[_shown(cell) for cell in row] for row in (result if isinstance(result, list) else [[result]])]


def _shown(cell: Any) -> Any:
    if isinstance(cell, CellError) or cell in ERROR_TYPES:
        return {"type": "Error", "errorType": ERROR_TYPES.get(str(cell), "Value")}
    if isinstance(cell, dt.date):
        return {"type": "FormattedNumber", "basicValue": serial_of(cell, False), "numberFormat": DATE_FORMAT}
    return cell
