"""Mapping a calculation over ranges, with a spreadsheet's broadcasting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlclv.errors import DomainError, InputError, XlclvError
from xlclv.parsing import is_blank
from xlclv.worksheet.cells import CellError, Rows, Scalar
from xlclv.worksheet.convert import TOO_LARGE, PropagatedError, cell_of, value_of
from xlclv.worksheet.declaration import Argument, Function
from xlclv.worksheet.ranges import Range

#: The most cells one call returns; a column against a row of whole sheets would fill the memory.
MAX_CELLS = 10_000_000

#: What plain arithmetic on finite numbers raises when a result is too large or a divisor vanishes.
ARITHMETIC = (OverflowError, ZeroDivisionError, FloatingPointError)


class Mapping:
    """The element arguments of one call, of which at least one is a range.

    After `run`, ``failure`` holds the first error, if there was one.
    """

    def __init__(
        self,
        function: Function,
        elements: list[int],
        cells: list[Any],
        ranges: list[Range | None],
        date1904: bool,
        language: str,
    ) -> None:
        self.function, self.elements = function, elements
        self.date1904, self.language = date1904, language
        self.failure: XlclvError | None = None
        given = {i: rows for i in elements if (rows := ranges[i]) is not None}
        self.height, self.width = _shape(function, given)
        given = {i: rows[: self.height] if len(rows) > 1 else rows for i, rows in given.items()}
        self.grids = {
            i: [[self._convert(cell, function.arguments[i]) for cell in row] for row in given.get(i, [[cells[i]]])]
            for i in elements
        }
        # A cell stays empty where all ranges that reach it are; a 1 x 1 range beside a larger one is a constant.
        large = [rows for rows in given.values() if len(rows) > 1 or len(rows[0]) > 1] or list(given.values())
        blanks = [[[is_blank(cell) for cell in row] for row in rows] for rows in large]
        self.blanks = blanks if all(any(map(any, grid)) for grid in blanks) else []

    def run(self, values: list[Any], context: dict[str, Any]) -> Scalar | Rows:
        """Return the cells; ``values`` holds the arguments read whole and takes the elements."""
        function, elements = self.function, self.elements
        out: Rows = [[""] * self.width for _ in range(self.height)]
        pending: list[tuple[int, int]] = []
        columns: list[list[Any]] = [[] for _ in elements]
        for r in range(self.height):
            lines = [grid[r if len(grid) > 1 else 0] for grid in self.grids.values()]
            for c in range(self.width):
                if self.blanks and all(_at(grid, r, c) for grid in self.blanks):
                    continue
                items = [line[c if len(line) > 1 else 0] for line in lines]
                failed = next((item for item in items if isinstance(item, CellError | XlclvError)), None)
                if failed is not None:
                    out[r][c] = self._checked(failed)
                elif function.batch:
                    pending.append((r, c))
                    for column, item in zip(columns, items, strict=True):
                        column.append(item)
                else:
                    for i, item in zip(elements, items, strict=True):
                        values[i] = item
                    out[r][c] = self._compute(values, context)
        if pending:
            for i, column in zip(elements, columns, strict=True):
                values[i] = column
            for (r, c), value in zip(pending, function.compute(*values, **context), strict=True):
                out[r][c] = self._checked(value)
        return out[0][0] if self.height == self.width == 1 else out

    def _convert(self, cell: Any, argument: Argument) -> Any:
        """Convert one cell; what fails stays as its error."""
        try:
            return value_of(cell, argument, self.date1904)
        except PropagatedError as propagated:
            return propagated.error
        except XlclvError as error:
            return error

    def _compute(self, values: list[Any], context: dict[str, Any]) -> Scalar:
        try:
            return self._checked(self.function.compute(*values, **context))
        except XlclvError as error:
            return self._checked(error)
        except ARITHMETIC:
            return self._checked(TOO_LARGE)

    def _checked(self, value: Any) -> Scalar:
        """Return a computed value as a cell and keep the first failure."""
        cell = cell_of(value, self.language)
        if isinstance(cell, CellError) and not isinstance(value, CellError) and self.failure is None:
            self.failure = value if isinstance(value, XlclvError) else TOO_LARGE
        return cell


def _at(grid: Sequence[Sequence[bool]], r: int, c: int) -> bool:
    row = grid[r if len(grid) > 1 else 0]
    return row[c if len(row) > 1 else 0]


def _shape(function: Function, ranges: dict[int, Range]) -> tuple[int, int]:
    """Return the broadcast shape: equal, or 1, along each side, cut after the last row filled in any range.

    Cutting makes whole columns work, and B2:B100 beside B:B too.
    """
    tall = [rows for rows in ranges.values() if len(rows) > 1]
    filled = max(max(map(_filled_height, tall), default=1), 1)
    heights = {min(len(rows), filled) for rows in tall} - {1}
    widths = {len(rows[0]) for rows in ranges.values()} - {1}
    if len(heights) > 1 or len(widths) > 1:
        shapes = ", ".join(f"{function.arguments[i].name} {len(r)} x {len(r[0])}" for i, r in ranges.items())
        raise InputError(
            f"The ranges do not fit each other (rows x columns): {shapes}.",
            f"区域的大小不一致（行 × 列）：{shapes}。",
        )
    height, width = max(heights, default=1), max(widths, default=1)
    if height * width > MAX_CELLS:
        raise DomainError(
            f"The result would have {height} x {width} cells; give smaller ranges.",
            f"结果将有 {height} × {width} 个单元格；请缩小区域。",
        )
    return height, width


def _filled_height(rows: Range) -> int:
    for last in range(len(rows), 0, -1):
        for cell in rows[last - 1]:
            if cell is not None and not is_blank(cell):
                return last
    return 0
