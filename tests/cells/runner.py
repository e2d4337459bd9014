"""Opens a workbook of test cells in LibreOffice and says what they show."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from xlsxwriter.utility import xl_rowcol_to_cell

from tests.cells.case import Book
from tests.cells.layout import RESULT, Area, Layout, Placed, expected_cell
from tests.hosts.calc.calc import Calc
from xlclv.worksheet import CellError

#: How many cells of a failed test are told.
MOST = 5
#: LibreOffice's numbers of errors.
ERRORS = {0x7FFF: "#N/A", 503: "#NUM!", 519: "#VALUE!", 524: "#REF!", 525: "#NAME?", 532: "#DIV/0!"}


class Outcome(NamedTuple):
    """What one test cell shows."""

    workbook: str
    name: str
    formula: str
    passed: bool
    #: Of a failed test: the cells that differ, with what they show and what is expected.
    shown: str = ""

    def __str__(self) -> str:
        return f"{self.workbook}, {self.name}: ={self.formula} {self.shown}"


def outcomes(calc: Calc, book: Book, path: Path) -> dict[str, Outcome]:
    """Return what each cell named test_* shows, and under "" the line of the first sheet."""
    document = path.name
    calc("open", document=document, path=str(path))
    try:
        return {"": _line(calc, document), **_tests(calc, document, Layout(book), _names(path))}
    finally:
        calc("close", document=document)


def _names(path: Path) -> dict[str, tuple[str, str]]:
    """Return sheet and cell of each name of a test that a file defines."""
    defined = openpyxl.load_workbook(path).defined_names
    places = {name: named.attr_text.replace("$", "").split("!") for name, named in defined.items()}
    return {name: (sheet, cell) for name, (sheet, cell) in places.items() if name.startswith("test_")}


def _line(calc: Calc, document: str) -> Outcome:
    line = calc("read", document=document, sheet=RESULT, places=["A1"])[0][0][0]
    return Outcome(document, "", "", str(line).startswith("All "), str(line))


def _tests(calc: Calc, document: str, layout: Layout, names: dict[str, tuple[str, str]]) -> dict[str, Outcome]:
    sheets = defaultdict[str, list[str]](list)
    for sheet, cell in names.values():
        sheets[sheet].append(cell)
    read = {}
    for sheet, cells in sheets.items():
        answers = calc("read", document=document, sheet=sheet, places=cells)
        read.update(zip([(sheet, cell) for cell in cells], [rows[0][0] for rows in answers], strict=True))
    found = {}
    for name, place in names.items():
        placed = layout.tests.get(name.removeprefix("test_"))
        formula = layout.resolved(placed.case.formula) if placed is not None else ""
        passed = read[place] == 1.0
        shown = "" if passed else f"is {_text(read[place])}"
        if placed is not None and not passed:
            shown += ": " + _differing(calc, document, placed)
        found[name] = Outcome(document, name, formula, passed, shown)
    return found


def _differing(calc: Calc, document: str, placed: Placed) -> str:
    areas = (placed.shown, placed.expected, placed.checks or placed.passed)
    sheet = placed.shown.sheet
    shown, expected, checks = calc("read", document=document, sheet=sheet, places=[_address(area) for area in areas])
    told = []
    for row, column in placed.shown.cells():
        if checks[row][column] != 1.0:
            place = xl_rowcol_to_cell(placed.shown.row + row, placed.shown.column + column)
            wanted = _wanted(placed, row, column, expected[row][column])
            told.append(f"{sheet}!{place} shows {_text(shown[row][column])}, expected {wanted}")
    return "; ".join(told[:MOST]) + (f"; and {len(told) - MOST} cells more" if len(told) > MOST else "")


def _wanted(placed: Placed, row: int, column: int, cell: Any) -> str:
    """Return what is expected in Calc as a text: errors stand in their cells as numbers."""
    stated = expected_cell(placed, row, column)
    if placed.case.calc is not None:
        stated = cell = placed.case.calc
    return stated.code if isinstance(stated, CellError) else _text(cell)


def _address(area: Area) -> str:
    return area.address().partition("!")[2].replace("$", "")


def _text(cell: Any) -> str:
    if isinstance(cell, dict):
        return ERRORS.get(cell["error"], f"Err:{cell['error']}")
    return repr(cell)
