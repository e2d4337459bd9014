"""Between what Excel hands to xlwings Lite and the cells of the worksheet boundary."""

from __future__ import annotations

from typing import Any

from xlclv.worksheet.cells import CellError

try:
    from pyodide.ffi import jsnull as NULL  # noqa: N812
except ImportError:  # before Pyodide 0.28, and outside a browser, null is None
    NULL = None

#: The errors a custom function can return, which Lite makes of their text.
RETURNED = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})


def cells_in(value: Any) -> Any:
    """Return an argument as cells: a range as a list of rows, of which Lite unpacks a single one."""
    if isinstance(value, list | tuple):
        rows = value if value and isinstance(value[0], list | tuple) else [value]
        return [[cell if type(cell) is float else _cell_in(cell) for cell in row] for row in rows]
    return _cell_in(value)


def _cell_in(cell: Any) -> Any:
    kind = type(cell)
    if kind is int:  # JavaScript has one kind of number; a whole one arrives as an integer
        return float(cell)
    if kind is dict:
        return _data_type_in(cell)
    return None if cell is NULL else cell


def _data_type_in(cell: dict[str, Any]) -> Any:
    """Return what stands in a cell that Excel describes: an error, a formatted number, a linked entity."""
    basic = cell.get("basicValue")
    if "Error" in (cell.get("type"), cell.get("basicType")):
        return CellError(basic if isinstance(basic, str) and basic.startswith("#") else "#VALUE!")
    return _cell_in(basic) if type(basic) is not dict else None


def cells_out(result: Any) -> list[list[Any]]:
    """Return a result as rows of what xlwings converts: errors as their text, dates as dates."""
    rows = result if isinstance(result, list) else [[result]]
    return [[_error_out(cell) if isinstance(cell, CellError) else cell for cell in row] for row in rows]


def _error_out(error: CellError) -> str:
    # A newer kind, handed on from the input, would become plain text, which sums pass over.
    return error.code if error.code in RETURNED else "#VALUE!"
