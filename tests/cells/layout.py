"""Where the cells of a workbook of tests lie, and what stands in each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from tests.cells.case import Book, Case
from xlclv.worksheet import CellError
from xlclv.worksheet.cells import rows_of

#: The sheets: what failed, tests of one cell, tests of many cells, and what they read.
RESULT, CELLS, RANGES, DATA = "Result", "Cells", "Ranges", "Data"
#: Columns of the sheets of tests.
NAME, PASSED, WHAT, FORMULA, SHOWN = range(5)
#: The first rows of the sheets, below their headers.
FIRST = 3
#: The last row of a column with empty rows at its end.
LONG = 1000
#: The host is known by what it calls the operating system; Excel for the web does not tell.
HOST = 'IF(IFERROR(OR(INFO("system")="pcdos",INFO("system")="mac"),TRUE),"Excel","Calc")'

_REFERENCE = re.compile(r"\[(@?)(\w+)(?:([.:+])(\d+)|(::))?\]")


class Area(NamedTuple):
    """A rectangle of cells."""

    sheet: str
    row: int
    column: int
    height: int = 1
    width: int = 1

    def part(self, number: int) -> Area:
        """Return one of its columns, counted from 1."""
        assert 1 <= number <= self.width
        return self._replace(column=self.column + number - 1, width=1)

    def address(self) -> str:
        """Return it as formulas of other sheets refer to it."""
        first = xl_rowcol_to_cell(self.row, self.column, True, True)
        last = xl_rowcol_to_cell(self.row + self.height - 1, self.column + self.width - 1, True, True)
        return f"{self.sheet}!{first}" if (self.height, self.width) == (1, 1) else f"{self.sheet}!{first}:{last}"

    def whole_columns(self) -> str:
        """Return its columns from the first row of the sheet to the last."""
        return f"{self.sheet}!${xl_col_to_name(self.column)}:${xl_col_to_name(self.column + self.width - 1)}"

    def cells(self) -> Iterator[tuple[int, int]]:
        """Yield row and column of each cell, from 0 within the area."""
        for row in range(self.height):
            for column in range(self.width):
                yield row, column


class Placed(NamedTuple):
    """A test with its place: what its formula shows, what is expected, and the comparison of each cell."""

    case: Case
    #: The cell that is TRUE if all is as expected.
    passed: Area
    shown: Area
    expected: Area
    #: The comparisons of cells, none for a test of a single cell, which is its own.
    checks: Area | None
    #: Height and width of the result: ``shown`` has a row and a column more, if there are many cells.
    filled: tuple[int, int]


class Layout:
    """All areas of a workbook.

    Parameters
    ----------
    book : Book

    Attributes
    ----------
    tests : dict of str to Placed
    data : dict of str to Area
    """

    def __init__(self, book: Book) -> None:
        self.data: dict[str, Area] = {}
        row = FIRST
        for name, rows in book.data.items():
            self.data[name] = Area(DATA, row, 1, len(rows), len(rows[0]))
            row += len(rows) + 1
        for name, rows in book.columns.items():
            self.data[name] = Area(name, 0, 0, len(rows), len(rows[0]))
        self.tests: dict[str, Placed] = {}
        single = many = FIRST
        for case in book.cases:
            rows = rows_of(case.expected)
            assert case.name not in self.tests, case.name
            if rows is None:
                self.tests[case.name] = _single(case, single)
                single += 1
            else:
                placed = _many(case, many, rows)
                self.tests[case.name] = placed
                many += placed.shown.height + 1

    def resolved(self, formula: str) -> str:
        """Return a formula with the addresses of the data and results it names."""

        def address(match: re.Match[str]) -> str:
            result, name, mark, number, twice = match.groups()
            area = self._result(name) if result else self.data[name]
            if mark is None:
                return area.address() + f":{area.address().partition('!')[2]}" * bool(twice)
            part = area.part(int(number))
            if mark == "+":
                part = part._replace(height=LONG)
            return part.whole_columns() if mark == ":" else part.address()

        return _REFERENCE.sub(address, formula)

    def _result(self, name: str) -> Area:
        placed = self.tests[name]
        height, width = placed.filled
        return placed.shown._replace(height=height, width=width)


def _single(case: Case, row: int) -> Placed:
    passed, shown, expected = (Area(CELLS, row, column) for column in (PASSED, SHOWN, SHOWN + 1))
    return Placed(case, passed, shown, expected, None, (1, 1))


def _many(case: Case, row: int, rows: list[Any]) -> Placed:
    """Place a table with a row and a column more than it has, which show whether the result has the same size."""
    height, width = len(rows), len(rows[0])
    wide, high = width + 1, height + 1
    shown, expected, checks = (Area(RANGES, row, SHOWN + n * (wide + 1), high, wide) for n in range(3))
    return Placed(case, Area(RANGES, row, PASSED), shown, expected, checks, (height, width))


def expected_cell(placed: Placed, row: int, column: int) -> Any:
    """Return what is expected in a cell of the area shown.

    Beyond a table an array formula shows #N/A; a single row, or a column, it shows again.
    """
    rows = rows_of(placed.case.expected)
    if rows is None:
        return placed.case.expected
    height, width = placed.filled
    row, column = row if height > 1 else 0, column if width > 1 else 0
    return rows[row][column] if row < height and column < width else CellError("#N/A")
