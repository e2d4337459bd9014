"""The workbooks of test cells: what they hold, and that the files are what the code writes."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cells.books import BOOKS
from tests.cells.build import FOLDER, build
from tests.cells.case import Book, Case, Formula, tolerance_of
from tests.cells.examples import HIDDEN_BY_CALC, NOT_IN_CELLS
from tests.cells.layout import Layout
from tests.workbook.office import validate
from tests.worksheet.compare import differs
from xlclv.worksheet import Family, call
from xlclv.worksheet.catalogue import FUNCTIONS
from xlclv.worksheet.cells import rows_of
from xlclv.worksheet.convert import serial_of

#: The longest formula of Excel, and its longest name.
MAX_FORMULA, MAX_NAME = 8192, 255
#: In how many test cells, at least, each function is.
ENOUGH = 3

books = pytest.mark.parametrize("book", BOOKS, ids=[book.name for book in BOOKS])


def parts(workbook: bytes) -> dict[str, bytes]:
    """Return the parts of a file: two builds of zlib may pack the same bytes differently."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        return {name: package.read(name) for name in package.namelist()}


def path_of(book: Book) -> Path:
    return FOLDER / f"{book.name}.xlsx"


@books
def test_the_file_is_what_the_code_writes(book: Book) -> None:
    """If not: python -m tests.cells.build, and look at what changed."""
    assert parts(path_of(book).read_bytes()) == parts(build(book))


def test_no_other_workbook_lies_there() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.xlsx")) == sorted(f"{book.name}.xlsx" for book in BOOKS)


def test_there_is_a_workbook_for_each_family_and_each_date_system() -> None:
    names = [book.name for book in BOOKS]
    assert names == [*(family.name.lower() for family in Family), "dates_1900", "dates_1904"]
    assert [book.date1904 for book in BOOKS] == [False] * (len(BOOKS) - 1) + [True]


@books
def test_every_test_has_its_name_and_its_line_on_the_first_sheet(book: Book) -> None:
    document = openpyxl.load_workbook(path_of(book))
    expected = [f"test_{case.name}" for case in book.cases]
    assert len(set(expected)) == len(expected)
    assert {name for name in document.defined_names if name.startswith("test_")} == set(expected)
    sheet = document.worksheets[0]
    listed = [row[0].value for row in sheet.iter_rows(min_row=4)]
    assert listed == expected
    for row, case in zip(sheet.iter_rows(min_row=4), book.cases, strict=True):
        assert row[2].value == case.what
        target = document.defined_names[f"test_{case.name}"].attr_text
        assert row[1].value == f"={target}"
        place, cell = target.split("!")
        assert "FALSE" in str(document[place][cell.replace("$", "")].value) or "AND(" in str(
            document[place][cell.replace("$", "")].value
        )


@books
def test_names_and_formulas_are_such_as_excel_takes(book: Book) -> None:
    layout = Layout(book)
    for case in book.cases:
        assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", case.name), case.name
        assert len(case.name) + len("test_") <= MAX_NAME
        assert case.what, case.name
        formula = layout.resolved(case.formula)
        assert not formula.startswith("="), case.name
        assert len(formula) < MAX_FORMULA, case.name
        assert "[" not in formula, formula


def test_every_function_is_in_three_cells() -> None:
    found = Counter[str]()
    for book in BOOKS:
        for case in book.cases:
            found.update({name for name in FUNCTIONS if re.search(rf"\b{name}\(", case.formula)})
    assert {name: found[name] for name in FUNCTIONS if found[name] < ENOUGH} == {}


def test_every_function_is_in_a_case_by_hand() -> None:
    by_hand = " ".join(case.formula for book in BOOKS for case in book.cases if "_example_" not in case.name)
    assert [name for name in FUNCTIONS if not re.search(rf"\b{name}\(", by_hand)] == []


def test_every_example_is_a_test_or_is_said_not_to_be() -> None:
    """Each is expected to be as it is declared, except where Calc stops before the function is called."""
    stated = {case.name: case for book in BOOKS for case in book.cases}
    for function in FUNCTIONS.values():
        for number, example in enumerate(function.examples, 1):
            case = stated.get(f"{function.name.lower()}_example_{number}")
            assert (case is None) is ((function.name, number) in NOT_IN_CELLS), (function.name, number)
            if case is not None:
                assert case.expected == example.result
                assert (case.calc is None) is ((function.name, number) not in HIDDEN_BY_CALC)


def test_each_kind_of_edge_is_there() -> None:
    """Whole columns, an error in a range, grids, the model block of another cell, arguments left out."""
    formulas = [case.formula for book in BOOKS for case in book.cases if "_example_" not in case.name]
    for pattern in (r"\[\w+:\d\]", r"\[faulty", r"\[@\w+", r",,", r"\[empty\]", r"\[text", r"\(INDEX|INDEX\(", r"\{"):
        assert any(re.search(pattern, formula) for formula in formulas), pattern
    shapes = {
        (len(rows) > 1, len(rows[0]) > 1) for book in BOOKS for case in book.cases if (rows := rows_of(case.expected))
    }
    assert shapes == {(True, True), (True, False), (False, True)}


@pytest.mark.parametrize(
    ("stated", "near", "far"),
    [
        (7200.0, 1e-6, 1e-4),
        (1871.1875, 5e-5, 6e-5),
        (0.981577, 5e-7, 6e-7),
        (0.0, 1e-9, 2e-9),
        (7.0652259e-05, 1e-9, 2e-9),
    ],
)
def test_a_number_is_met_as_exactly_as_it_is_stated(stated: float, near: float, far: float) -> None:
    assert near <= tolerance_of(stated) < far


def test_expected_formulas_are_texts_that_compute() -> None:
    assert Formula("1+1") == "1+1"
    assert isinstance(Formula("1+1"), str)


@books
def test_the_file_keeps_to_the_standard(book: Book) -> None:
    assert validate(path_of(book)) == []


def cells_of(argument: str, book: Book) -> Any:
    """Return what an argument of a formula hands over: data, a number, a text or a date."""
    if match := re.fullmatch(r"\[(\w+)\]", argument):
        rows = [[_cell(cell) for cell in row] for row in book.data[match[1]]]
        return rows if len(rows) > 1 or len(rows[0]) > 1 else rows[0][0]
    if match := re.fullmatch(r"DATE\((\d+),(\d+),(\d+)\)", argument):
        return dt.date(*map(int, match.groups()))
    if argument.startswith('"'):
        return argument.strip('"')
    return float(argument.rstrip("%")) / (100 if argument.endswith("%") else 1) if argument else None


def _cell(cell: Any) -> Any:
    return serial_of(cell, False) if isinstance(cell, dt.date) else cell


@pytest.mark.parametrize(
    ("book", "case"),
    [
        pytest.param(book, case, id=case.name)
        for book in BOOKS
        for case in book.cases
        if case.calc is not None and "_example_" not in case.name and not book.date1904
    ],
)
def test_what_calc_hides_is_expected_of_other_hosts(book: Book, case: Case) -> None:
    """No test in LibreOffice looks at these expected values: the call path gives them."""
    assert "Calc" in case.what
    name, _, arguments = case.formula.partition("(")
    given = re.findall(r'(DATE\([^)]*\)|\[\w+\]|"[^"]*"|[^,]*)(?:,|$)', arguments.removesuffix(")"))
    result = call(name, *(cells_of(argument, book) for argument in given[:-1]))
    assert not differs(result, _floats(case.expected)), result


def _floats(expected: Any) -> Any:
    if isinstance(expected, list):
        return [_floats(item) for item in expected]
    return float(expected) if isinstance(expected, int) else expected
