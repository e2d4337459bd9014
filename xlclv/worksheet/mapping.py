"""Mapping a calculation over ranges, with a spreadsheet's broadcasting."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from math import isfinite
from typing import Any

from xlclv.errors import DomainError, InputError, XlclvError
from xlclv.parsing import is_blank
from xlclv.worksheet.cells import CellError, Rows, Scalar
from xlclv.worksheet.convert import TOO_LARGE, PropagatedError, cell_of, looks_like_header, row_of, text_of, value_of
from xlclv.worksheet.declaration import Argument, Function, Kind, NamedRows, Type
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
        given = {i: _mapped(rows, function.arguments[i]) for i in elements if (rows := ranges[i]) is not None}
        self.height, self.width = _shape(function, given)
        given = {i: rows[: self.height] if len(rows) > 1 else rows for i, rows in given.items()}
        self.names = self._headers(given)
        self.grids = [self._grid(given.get(i, [[cells[i]]]), function.arguments[i]) for i in elements]
        # A cell stays empty where all ranges that reach it are; a 1 x 1 range beside a larger one is a constant.
        large = [rows for rows in given.values() if len(rows) > 1 or len(rows[0]) > 1] or list(given.values())
        self.blanks = self._blanks(large)
        self.clean = all(map(_plain, self.grids))

    def run(self, compute: Callable[..., Any], values: list[Any], context: dict[str, Any]) -> Scalar | Rows:
        """Return the cells; ``values`` holds the arguments read whole and takes the elements."""
        columns = [self._spread(grid) for grid in self.grids]
        out: list[Any] = [None] * (self.height * self.width)
        if self.blanks or not self.clean:
            open_places = [place for place in range(len(out)) if self._is_open(place, columns, out)]
            columns = [[column[place] for place in open_places] for column in columns]
        else:
            open_places = list(range(len(out)))
        if self.function.batch:
            for i, column in zip(self.elements, columns, strict=True):
                values[i] = NamedRows(column, self.names[i]) if i in self.names else column
            results = compute(*values, **context) if open_places else []
        else:
            results = (self._compute(compute, values, items, context) for items in zip(*columns, strict=True))
        for place, value in zip(open_places, results, strict=True):
            out[place] = value + 0.0 if type(value) is float and isfinite(value) else self._checked(value)
        if self.height == self.width == 1:
            return out[0]  # type: ignore[no-any-return]
        return [out[start : start + self.width] for start in range(0, len(out), self.width)]

    def _headers(self, ranges: dict[int, Range]) -> dict[int, list[str]]:
        """Return the names above the columns of matrices: a first row of texts, with no number beside it."""
        tops = {i: rows[0][0] for i, rows in ranges.items() if len(rows) > 1}
        matrices = [i for i in tops if self.function.arguments[i].kind is Kind.MATRIX and tops[i] is not None]
        if not matrices:
            return {}
        beside = [cell for i, top in tops.items() for cell in (top if i in matrices else [top])]
        if any(not is_blank(cell) and not looks_like_header(cell, Type.NUMBER, self.date1904) for cell in beside):
            return {}
        return {i: ["" if is_blank(cell) else text_of(cell) for cell in tops[i]] for i in matrices}

    def _is_open(self, place: int, columns: list[list[Any]], out: list[Any]) -> bool:
        """Return whether a place is to be computed; else fill it, with nothing or the error of an argument."""
        if self.blanks and all(blank[place] for blank in self.blanks):
            out[place] = ""
            return False
        for column in columns:
            if isinstance(column[place], (CellError, XlclvError)):
                out[place] = self._checked(column[place])
                return False
        return True

    def _grid(self, rows: Range, argument: Argument) -> Range:
        """Convert the cells of one argument; what fails stays as its error."""
        if argument.type is Type.NUMBER and _numbers(rows):
            return rows
        return [[self._convert(cell, argument) for cell in row] for row in rows]

    def _spread(self, grid: Range) -> list[Any]:
        """Return a grid broadcast to the result's shape, row by row in one list."""
        if len(grid) == 1:
            row = list(grid[0]) if len(grid[0]) == self.width else [grid[0][0]] * self.width
            return row * self.height
        if len(grid[0]) == 1:
            column = [row[0] for row in grid]
            return column if self.width == 1 else [cell for cell in column for _ in range(self.width)]
        return [cell for row in grid for cell in row]

    def _blanks(self, ranges: list[Range]) -> list[list[bool]]:
        """Return, spread, which cells are empty; nothing if some range is filled throughout."""
        if any(map(_numbers, ranges)):
            return []
        blanks: list[Range] = [[[is_blank(cell) for cell in row] for row in rows] for rows in ranges]
        return [self._spread(grid) for grid in blanks] if all(any(map(any, grid)) for grid in blanks) else []

    def _convert(self, cell: Any, argument: Argument) -> Any:
        try:
            if argument.kind is Kind.MATRIX and cell is not None:
                return row_of(cell, argument, self.date1904)
            return value_of(cell, argument, self.date1904)
        except PropagatedError as propagated:
            return propagated.error
        except XlclvError as error:
            return error

    def _compute(
        self, compute: Callable[..., Any], values: list[Any], items: tuple[Any, ...], context: dict[str, Any]
    ) -> Any:
        for i, item in zip(self.elements, items, strict=True):
            values[i] = item
        try:
            return compute(*values, **context)
        except XlclvError as error:
            return error
        except ARITHMETIC:
            return TOO_LARGE

    def _checked(self, value: Any) -> Scalar:
        """Return a computed value as a cell and keep the first failure."""
        cell = cell_of(value, self.language)
        if isinstance(cell, CellError) and not isinstance(value, CellError) and self.failure is None:
            self.failure = value if isinstance(value, XlclvError) else TOO_LARGE
        return cell


def _mapped(rows: Range, argument: Argument) -> Range:
    """Return the cells that are mapped over; those of a matrix are its rows, one below the other, empty ones None."""
    if argument.kind is not Kind.MATRIX:
        return rows
    return [[None if all(map(is_blank, row)) else row] for row in rows]


def _plain(grid: Range) -> bool:
    """Return whether no cell of a grid failed to convert."""
    return _numbers(grid) or not any(isinstance(cell, (CellError, XlclvError)) for row in grid for cell in row)


def _numbers(grid: Range) -> bool:
    """Return whether all cells are finite numbers, the common case."""
    cells = list(chain.from_iterable(grid))
    return set(map(type, cells)) == {float} and all(map(isfinite, cells))


def _shape(function: Function, ranges: dict[int, Range]) -> tuple[int, int]:
    """Return the broadcast shape: equal, or 1, along each side, cut after the last row filled in any range.

    Cutting makes whole columns work, and B2:B100 beside B:B too.
    """
    tall = [rows for rows in ranges.values() if len(rows) > 1]
    filled = max(max(map(_filled_height, tall), default=1), 1)
    heights = {min(len(rows), filled) for rows in tall} - {1}
    widths = {len(rows[0]) for rows in ranges.values()} - {1}
    if len(heights) > 1 or len(widths) > 1:
        shapes = ", ".join(f"{function.arguments[i].name} {len(r)} x {_width(r)}" for i, r in ranges.items())
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


def _width(rows: Range) -> int:
    """Return how many columns a range has; a matrix has them within its cells."""
    return max(len(cell) if isinstance(cell, list | tuple) else len(row) for row in rows for cell in row[:1])


def _filled_height(rows: Range) -> int:
    for last in range(len(rows), 0, -1):
        for cell in rows[last - 1]:
            if cell is not None and not is_blank(cell):
                return last
    return 0
