"""Calls written as formulas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from xlclv.worksheet.cells import CellError, rows_of
from xlclv.worksheet.convert import serial_of


def formula(name: str, cells: Sequence[Any]) -> str:
    """Return a call as an English formula with array constants.

    Examples
    --------
    >>> formula("CLV", (100, [[1, 2]], None, 0.3))
    '=CLV(100,{1,2},,0.3)'
    """
    return f"={name}({','.join(map(_argument, cells))})"


def _argument(cells: Any) -> str:
    rows = rows_of(cells)
    if rows is None:
        return _cell(cells)
    # An array constant cannot hold an empty cell; an empty text reads the same.
    return "{" + ";".join(",".join(_cell(cell) or '""' for cell in row) for row in rows) + "}"


def _cell(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, dt.date):
        return f"{serial_of(cell, False):.15g}"
    if isinstance(cell, CellError):
        return cell.code
    if isinstance(cell, str):
        return '"' + cell.replace('"', '""') + '"'
    return f"{cell:.15g}"
