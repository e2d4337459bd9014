"""Every test cell of every workbook is TRUE in LibreOffice with the extension, and a wrong one is named."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cells.books import BOOKS
from tests.cells.build import FOLDER, build
from tests.cells.case import Book, Case
from tests.cells.runner import Outcome, outcomes
from tests.hosts.calc.calc import Calc
from xlclv.worksheet import CellError

pytestmark = pytest.mark.libreoffice

#: How long all workbooks together may take, in seconds.
TIMEOUT = 80.0

RIGHT = (
    Case("right", "", "CLV(100,2,36)", 7200),
    Case("right_table", "", "CLV({100;200},2,{36,12})", [[7200, 2400], [14400, 4800]]),
    Case("right_error", "", "CLV(100,2,-1)", CellError("#NUM!")),
)
WRONG = (
    Case("wrong_number", "", "CLV(100,2,36)", 7200.01),
    Case("wrong_kind", "", 'RFM_SEGMENT(5,5,5)&""', 5),
    Case("wrong_text", "", "RFM_SEGMENT(5,5,5)", "champions"),
    Case("wrong_error", "", "CLV(100,2,-1)", CellError("#VALUE!")),
    Case("no_error", "", "CLV(100,2,36)", CellError("#VALUE!")),
    Case("an_error", "", "CLV(100,2,-1)", 7200),
    Case("wrong_cell", "", "CLV({100;200},2,{36,12})", [[7200, 2400], [14400, 4801]]),
    Case("wrong_size", "", "CLV({100;200},2,{36,12})", [[7200, 2400]]),
    Case("too_large", "", "CLV({100;200;300},2,{36,12})", [[7200, 2400], [14400, 4800]]),
    Case("no_function", "", "CLV_NEVER(100,2,36)", 7200),
)


@pytest.fixture(scope="module")
def calc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calc]:
    office = Calc(tmp_path_factory.mktemp("cells") / "profile", timeout=60.0)
    yield office
    office.end()


@pytest.fixture(scope="module")
def found(calc: Calc, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Outcome]]:
    """What the cells of each stored workbook show."""
    folder = tmp_path_factory.mktemp("copies")  # where LibreOffice may leave the marks of open files
    begun = time.monotonic()
    all_found = {
        book.name: outcomes(calc, book, Path(shutil.copy(FOLDER / f"{book.name}.xlsx", folder))) for book in BOOKS
    }
    assert time.monotonic() - begun < TIMEOUT
    return all_found


@pytest.mark.parametrize(
    ("book", "case"),
    [pytest.param(book, case, id=f"{book.name}-{case.name}") for book in BOOKS for case in book.cases],
)
def test_cell(found: dict[str, dict[str, Outcome]], book: Book, case: Case) -> None:
    outcome = found[book.name][f"test_{case.name}"]
    assert outcome.passed, str(outcome)


@pytest.mark.parametrize("book", BOOKS, ids=[book.name for book in BOOKS])
def test_first_line(found: dict[str, dict[str, Outcome]], book: Book) -> None:
    """A reader sees at once that all tests passed; no name of a test is unknown to the cases."""
    assert found[book.name][""].shown == f"All {len(book.cases)} tests passed"
    assert set(found[book.name]) == {"", *(f"test_{case.name}" for case in book.cases)}


def test_wrong_cells_are_named(calc: Calc, tmp_path: Path) -> None:
    book = Book("broken", "Some expected values are wrong", (*RIGHT, *WRONG), {}, {})
    path = tmp_path / "broken.xlsx"
    path.write_bytes(build(book))
    shown = outcomes(calc, book, path)
    failed = {name: str(outcome) for name, outcome in shown.items() if name and not outcome.passed}
    assert set(failed) == {f"test_{case.name}" for case in WRONG}
    assert shown[""].shown == f"{len(WRONG)} of {len(RIGHT) + len(WRONG)} tests failed"
    number = "broken.xlsx, test_wrong_number: =CLV(100,2,36) is 0.0: Cells!E6 shows 7200.0, expected 7200.01"
    assert failed["test_wrong_number"] == number
    assert failed["test_wrong_error"].endswith("shows #NUM!, expected #VALUE!")
    cell = "is 0.0: Ranges!F9 shows 4800.0, expected 4801.0"
    assert failed["test_wrong_cell"] == f"broken.xlsx, test_wrong_cell: =CLV({{100;200}},2,{{36,12}}) {cell}"
    assert "#NAME?" in failed["test_no_function"]


def test_one_wrong_value_in_a_copy_is_named(calc: Calc, tmp_path: Path) -> None:
    """The same book with the expected value of one case changed."""
    book = next(book for book in BOOKS if book.name == "acquisition")
    cases = [case for case in book.cases if case.name != "nps_score_column"]  # it reads a million rows
    place = next(i for i, case in enumerate(cases) if case.name == "cac_ratio_grid")
    cases[place] = cases[place]._replace(expected=[[4.5, 3, 1.5], [3, 2.5, 1]])
    broken = book._replace(cases=tuple(cases))
    path = tmp_path / "copy.xlsx"
    path.write_bytes(build(broken))
    failed = [str(outcome) for name, outcome in outcomes(calc, broken, path).items() if name and not outcome.passed]
    assert len(failed) == 1
    assert failed[0].startswith("copy.xlsx, test_cac_ratio_grid: =CAC_RATIO(")
    assert failed[0].endswith("shows 2.0, expected 2.5")
