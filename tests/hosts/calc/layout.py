"""Examples laid out in cells: ranges on a sheet, a formula for each, and what its cells must hold."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Sequence
from typing import Any, NamedTuple

from xlclv.hosts.calc.cells import cells_out
from xlclv.hosts.calc.types import takes_range
from xlclv.worksheet import CellError, Function, call
from xlclv.worksheet.cells import rows_of
from xlclv.worksheet.convert import serial_of

#: Formulas whose results are the error values.
_FORMULAS = {"#N/A": "=NA()", "#DIV/0!": "=1/0", "#NUM!": "=SQRT(-1)", "#VALUE!": '=1+"x"', "#REF!": "=#REF!"}
#: LibreOffice's number of an error in an argument: the call was not made.
NOT_CALLED = 504


class Placed(NamedTuple):
    """A call at a place of a sheet: the formula, the range of its results, and what they must be."""

    name: str
    formula: str
    place: str
    expected: list[list[Any]]

    @property
    def single(self) -> bool:
        return len(self.expected) == len(self.expected[0]) == 1


def column(number: int) -> str:
    """Return the letters of a column, the first being 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def area(across: int, down: int, width: int, height: int) -> str:
    return f"{column(across)}{down}:{column(across + width - 1)}{down + height - 1}"


class Sheet:
    """Places calls one below the other, with their data to the right of their results."""

    def __init__(self) -> None:
        self.down = 1
        self.data: list[tuple[str, list[list[Any]]]] = []
        self.errors: list[tuple[str, str]] = []
        self.placed: list[Placed] = []

    def add(self, function: Function, cells: Sequence[Any]) -> None:
        """Place one call, ranges as ranges and single cells as they are written in a formula."""
        cells = [_alone(cell) for cell in cells]
        if not function.arguments and cells == [None]:  # nothing between the brackets is no argument
            cells = []
        expected = shown(call(function.name, *cells))
        if _hidden(function, cells):
            expected = [[{"error": NOT_CALLED}]]
        across, written, height = len(expected[0]) + 2, [], len(expected)
        for cell in cells:
            rows = rows_of(cell)
            if rows is None:
                written.append(self._written(cell, across))
                across += isinstance(cell, CellError)
                continue
            written.append(area(across, self.down, len(rows[0]), len(rows)))
            self._fill(rows, across)
            across, height = across + len(rows[0]) + 1, max(height, len(rows))
        formula = f"={function.name}({';'.join(written)})"
        self.placed.append(
            Placed(function.name, formula, area(1, self.down, len(expected[0]), len(expected)), expected)
        )
        self.down += height + 1

    def _fill(self, rows: Sequence[Sequence[Any]], across: int) -> None:
        plain = [[_plain(cell) for cell in row] for row in rows]
        self.data.append((area(across, self.down, len(plain[0]), len(plain)), plain))
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if isinstance(cell, CellError):
                    self.errors.append((f"{column(across + j)}{self.down + i}", _FORMULAS[cell.code]))

    def _written(self, cell: Any, across: int) -> str:
        if isinstance(cell, CellError):
            self._fill([[cell]], across)
            return f"{column(across)}{self.down}"
        if cell is None:
            return ""
        if isinstance(cell, str):
            return '"' + cell.replace('"', '""') + '"'
        return repr(float(_plain(cell)))


def _hidden(function: Function, cells: Sequence[Any]) -> bool:
    """Return whether Calc makes no call: too many arguments, an error in a range, no range where it takes cells only."""
    if len(cells) > len(function.arguments):
        return True
    if any(
        takes_range(argument) and rows_of(cell) is None
        for cell, argument in zip(cells, function.arguments, strict=False)
    ):
        return True
    return any(
        any(isinstance(cell, CellError) for row in rows for cell in row)
        for given, argument in zip(cells, function.arguments, strict=False)
        if not takes_range(argument) and (rows := rows_of(given)) is not None
    )


def _alone(cell: Any) -> Any:
    """Return a range of one cell as that cell: a spreadsheet tells no difference."""
    rows = rows_of(cell)
    return rows[0][0] if rows is not None and len(rows) == len(rows[0]) == 1 else cell


def _plain(cell: Any) -> Any:
    if cell is None or isinstance(cell, CellError):
        return ""
    if isinstance(cell, dt.date):
        return serial_of(cell, False)
    return cell if isinstance(cell, str) else float(cell)


def shown(result: Any, date1904: bool = False) -> list[list[Any]]:
    """Return a result as the driver reads it from cells."""
    held = cells_out(result, date1904)
    rows = held if isinstance(held, list) else [[held]]
    return [[_told(cell) for cell in row] for row in rows]


def _told(cell: Any) -> Any:
    if isinstance(cell, float) and cell != cell:
        return {"error": struct.unpack("<Q", struct.pack("<d", cell))[0] & 0xFFFFFFFF}
    return cell


def differ(found: Any, expected: Any) -> bool:
    """Return whether cells differ; numbers agree to 1e-12."""
    if isinstance(expected, list):
        return len(found) != len(expected) or any(map(differ, found, expected))
    if isinstance(expected, float) and isinstance(found, float | int):
        return abs(found - expected) > 1e-12 * max(1.0, abs(expected))
    return type(found) is not type(expected) or bool(found != expected)
