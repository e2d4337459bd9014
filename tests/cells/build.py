"""Writes the workbooks of test cells: ``python -m tests.cells.build``.

The first sheet says whether all tests passed and lists them, so that a reader can open a workbook in any spreadsheet
that has the functions.
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from tests.cells.books import BOOKS
from tests.cells.case import ANY_ERROR, Book, Formula, tolerance_of
from tests.cells.layout import (
    CELLS,
    DATA,
    FIRST,
    FORMULA,
    HOST,
    NAME,
    PASSED,
    RANGES,
    RESULT,
    SHOWN,
    WHAT,
    Layout,
    Placed,
    expected_cell,
)
from xlclv.worksheet import CellError
from xlclv.worksheet.convert import serial_of

FOLDER = Path(__file__).parent
#: The date in every file, so that the same tests give the same bytes.
CREATED = dt.datetime(2024, 1, 1)
#: What ERROR.TYPE gives.
ERROR_TYPES = {"#NULL!": 1, "#DIV/0!": 2, "#VALUE!": 3, "#REF!": 4, "#NAME?": 5, "#NUM!": 6, "#N/A": 7}
#: Formulas that give an error value, for data.
FAULTY = {"#N/A": "=NA()", "#DIV/0!": "=1/0", "#NUM!": "=10^400", "#VALUE!": '="a"+1', "#REF!": "=#REF!"}
GREEN, RED, GREY = "#C6EFCE", "#FFC7CE", "#F2F2F2"


def build(book: Book) -> bytes:
    """Return the workbook of a book of tests; the same book gives the same bytes."""
    stream = io.BytesIO()
    writer = _Writer(stream, book)
    writer.write()
    writer.workbook.close()
    return stream.getvalue()


class _Writer:
    """One workbook in the making."""

    def __init__(self, stream: io.BytesIO, book: Book) -> None:
        self.book, self.layout = book, Layout(book)
        self.workbook = xlsxwriter.Workbook(
            stream, {"in_memory": True, "date_1904": book.date1904, "strings_to_formulas": False}
        )
        self.workbook.set_properties({"title": book.title, "created": CREATED})
        names = [RESULT, CELLS, RANGES, DATA, *book.columns]
        self.sheets = {name: self.workbook.add_worksheet(name) for name in names}
        self.bold = self.workbook.add_format({"bold": True})
        self.head = self.workbook.add_format({"bold": True, "bg_color": GREY, "bottom": 1})
        self.large = self.workbook.add_format({"bold": True, "font_size": 14})
        self.date = self.workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.errors = {code: self.workbook.add_format({"num_format": f'"{code}"'}) for code in ERROR_TYPES}
        self.colours = [
            (True, self.workbook.add_format({"bg_color": GREEN})), (False, self.workbook.add_format({"bg_color": RED})),
        ]  # fmt: skip

    def write(self) -> None:
        """Write all sheets."""
        self.workbook.define_name("host", f"={RESULT}!$B$2")
        for name, placed in self.layout.tests.items():
            self.workbook.define_name(f"test_{name}", f"={placed.passed.address()}")
        self._result()
        for title, sheet in ((CELLS, "Tests of one cell"), (RANGES, "Tests of many cells, by array formulas")):
            self._head(title, sheet)
        for placed in self.layout.tests.values():
            self._test(placed)
        self._data()

    def _result(self) -> None:
        sheet, tests = self.sheets[RESULT], self.layout.tests
        last = FIRST + len(tests)
        passed = f"COUNTIF(B{FIRST + 1}:B{last},TRUE)"
        count = len(tests)
        line = f'=IF({passed}={count},"All {count} tests passed",{count}-{passed}&" of {count} tests failed")'
        sheet.write_formula(0, 0, line, self.large, "Not calculated yet: open with the functions of xlclv")
        good = self.workbook.add_format({"font_color": "#006100"})
        bad = self.workbook.add_format({"font_color": "#9C0006"})
        for start, colour in (('LEFT($A$1,3)="All"', good), ('LEFT($A$1,3)<>"All"', bad)):
            sheet.conditional_format(0, 0, 0, 0, {"type": "formula", "criteria": f"={start}", "format": colour})
        sheet.write_string(1, 0, self.book.title)
        sheet.write_formula(1, 1, f"={HOST}", None, "")
        for column, title in enumerate(("test", "passed", "what it shows", "formula")):
            sheet.write_string(FIRST - 1, column, title, self.head)
        for row, (name, placed) in enumerate(tests.items(), FIRST):
            sheet.write_url(row, NAME, f"internal:{placed.passed.address()}", string=f"test_{name}")
            sheet.write_formula(row, PASSED, f"={placed.passed.address()}", None, False)
            sheet.write_string(row, WHAT, placed.case.what)
            sheet.write_string(row, FORMULA, f"={self.layout.resolved(placed.case.formula)}")
        self._coloured(sheet, FIRST, PASSED, last, PASSED)
        self._widths(sheet)
        sheet.freeze_panes(FIRST, 1)

    def _head(self, name: str, title: str) -> None:
        sheet = self.sheets[name]
        sheet.write_string(0, 0, title, self.large)
        more = ("shown", "expected") if name == CELLS else ("shown, expected and comparison, side by side",)
        for column, text in enumerate(("test", "passed", "what it shows", "formula", *more)):
            sheet.write_string(FIRST - 1, column, text, self.head)
        self._widths(sheet)
        sheet.freeze_panes(FIRST, 1)

    def _widths(self, sheet: Any) -> None:
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for column, width in ((NAME, 36), (PASSED, 9), (WHAT, 60), (FORMULA, 50)):
            sheet.set_column(column, column, width)
        if sheet.name != RESULT:
            sheet.set_column(SHOWN, SHOWN + 1, 14)

    def _coloured(self, sheet: Any, *area: int) -> None:
        for value, colour in self.colours:
            rule = {"type": "cell", "criteria": "==", "value": str(value).upper(), "format": colour}
            sheet.conditional_format(*area, rule)

    def _test(self, placed: Placed) -> None:
        case, sheet, row = placed.case, self.sheets[placed.shown.sheet], placed.shown.row
        formula = f"={self.layout.resolved(case.formula)}"
        sheet.write_string(row, NAME, f"test_{case.name}", self.bold)
        sheet.write_string(row, WHAT, case.what)
        sheet.write_string(row, FORMULA, formula)
        self._shown(placed, formula)
        comparisons = {place: self._comparison(placed, *place) for place in placed.shown.cells()}
        for (i, j), expected in ((place, expected_cell(placed, *place)) for place in placed.expected.cells()):
            self._cell(sheet, placed.expected.row + i, placed.expected.column + j, expected, as_data=False)
        checks = placed.checks
        passed = comparisons[0, 0]
        if checks is not None:
            for (i, j), comparison in comparisons.items():
                sheet.write_formula(checks.row + i, checks.column + j, f"={comparison}", None, False)
            self._coloured(
                sheet, checks.row, checks.column, checks.row + checks.height - 1, checks.column + checks.width - 1
            )
            passed = f"AND({checks.address().partition('!')[2]})"
        sheet.write_formula(row, PASSED, f"={passed}", None, False)
        self._coloured(sheet, row, PASSED, row, PASSED)

    def _shown(self, placed: Placed, formula: str) -> None:
        """Write the formula under test; an array formula if it shows many cells."""
        sheet, area = self.sheets[placed.shown.sheet], placed.shown
        if placed.checks is None:
            sheet.write_formula(area.row, area.column, formula, self._format(placed.case.expected), "")
            return
        last = (area.row + area.height - 1, area.column + area.width - 1)
        sheet.write_array_formula(area.row, area.column, *last, f"{{{formula}}}", None, "")
        for i, j in area.cells():
            style = self._format(expected_cell(placed, i, j))
            if (i, j) == (0, 0):
                sheet.write_array_formula(area.row, area.column, *last, f"{{{formula}}}", style, "")
            else:
                sheet.write_number(area.row + i, area.column + j, 0, style)

    def _format(self, expected: Any) -> Any:
        return self.date if isinstance(expected, dt.date) else None

    def _comparison(self, placed: Placed, i: int, j: int) -> str:
        """Return the formula that says whether one cell is as expected."""
        shown, wanted = (xl_rowcol_to_cell(area.row + i, area.column + j) for area in (placed.shown, placed.expected))
        comparison = self._equal(shown, wanted, expected_cell(placed, i, j), placed.case.tolerance)
        calc = placed.case.calc
        if calc is None:
            return comparison
        other = self._equal(shown, _constant(calc), calc, placed.case.tolerance)
        return f'IF(host="Calc",{other},{comparison})'

    def _equal(self, shown: str, wanted: str, expected: Any, tolerance: float | None) -> str:
        if expected is ANY_ERROR:
            return f"ISERROR({shown})"
        if isinstance(expected, CellError):
            return f"IFERROR(ERROR.TYPE({shown})={wanted},FALSE)"
        if isinstance(expected, Formula):
            near = f"ABS({shown}-{wanted})<={tolerance or 1e-9:.10g}"
            text = f'EXACT({shown}&"",{wanted}&"")'
            return f"IFERROR(IF(ISNUMBER({wanted}),AND(ISNUMBER({shown}),{near}),{text}),FALSE)"
        if expected is None or expected == "":
            return f'IFERROR({shown}&""="",FALSE)'
        if isinstance(expected, str):
            # Calc does not find the texts of an array result equal to others, unless they are joined with one.
            return f'IFERROR(EXACT({shown}&"",{wanted}),FALSE)'
        if isinstance(expected, bool):
            return f"IFERROR({shown}={wanted},FALSE)"
        number = serial_of(expected, self.book.date1904) if isinstance(expected, dt.date) else float(expected)
        near = f"ABS({shown}-{wanted})<={tolerance or tolerance_of(number):.10g}"
        return f"IFERROR(AND(ISNUMBER({shown}),{near}),FALSE)"

    def _data(self) -> None:
        sheet = self.sheets[DATA]
        sheet.write_string(0, 0, "What the formulas read", self.large)
        sheet.set_column(0, 0, 24)
        for name, area in self.layout.data.items():
            if area.sheet == DATA:
                sheet.write_string(area.row, 0, name, self.bold)
            rows = self.book.data.get(name) or self.book.columns[name]
            for i, j in area.cells():
                self._cell(self.sheets[area.sheet], area.row + i, area.column + j, rows[i][j])

    def _cell(self, sheet: Any, row: int, column: int, cell: Any, *, as_data: bool = True) -> None:
        """Write a cell of data, or one that is expected: there an error is its number, shown as the error."""
        if isinstance(cell, CellError):
            if as_data:
                sheet.write_formula(row, column, FAULTY[cell.code], None, cell.code)
            else:
                sheet.write_number(row, column, ERROR_TYPES[cell.code], self.errors[cell.code])
        elif isinstance(cell, Formula):
            sheet.write_formula(row, column, f"={self.layout.resolved(cell)}", None, "")
        elif isinstance(cell, bool):
            sheet.write_boolean(row, column, cell)
        elif isinstance(cell, dt.date):
            sheet.write_number(row, column, serial_of(cell, self.book.date1904), self.date)
        elif isinstance(cell, int | float):
            sheet.write_number(row, column, cell)
        elif cell:
            sheet.write_string(row, column, cell)


def _constant(cell: Any) -> str:
    if isinstance(cell, CellError):
        return str(ERROR_TYPES.get(cell.code, 0))
    return f'"{cell}"' if isinstance(cell, str) else f"{cell:.15g}"


def main() -> None:
    """Write all workbooks beside this module."""
    for book in BOOKS:
        (FOLDER / f"{book.name}.xlsx").write_bytes(build(book))


if __name__ == "__main__":
    main()
