"""Workbooks whose cells call the functions, opened in LibreOffice: the add-in's VBA runs, and xlwings' call path answers.

Only the module that talks to xlwings' COM server is another one, which talks to the same call path over loopback.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
import xlsxwriter

from tests.hosts.excel.loopback import HungError, Job, Loopback, compute, project
from xlclv.hosts.excel.cells import MARK, cells_out
from xlclv.hosts.excel.texts import SAID, text_rows
from xlclv.vba import build_project
from xlclv.worksheet import CellError, call
from xlclv.worksheet.catalogue import FUNCTIONS
from xlclv.worksheet.convert import serial_of

pytestmark = pytest.mark.libreoffice

#: How long all workbooks together may take, in seconds.
TIMEOUT = 120.0
#: Formulas that give an error value; LibreOffice computes anew what a file says of them.
FAULTY = {"#N/A": "=NA()", "#DIV/0!": "=1/0", "#NUM!": "=10^400", "#VALUE!": '="a"+1', "#REF!": "=#REF!"}

#: A procedure of VBA that leaves out an argument before others, which LibreOffice's cells fill with 0.
OMITTED = """Option Explicit
Public Function LEFT_OUT_ONE() As Variant
    LEFT_OUT_ONE = CLV(100, 2, 36, , 0.1)
End Function

Public Function LEFT_OUT_TWO() As Variant
    LEFT_OUT_TWO = CLV_RETENTION(100, 0.8, , , 0.02)
End Function

Public Function LEFT_OUT_REQUIRED() As Variant
    LEFT_OUT_REQUIRED = xlclv_call("CLV", Array(xlclv_in(), 2, 36))
End Function
"""


class Book:
    """A macro workbook in the making: arguments on one sheet, formulas over them on another."""

    def __init__(self, path: Path, server: Loopback, date1904: bool = False, pause: int = 15) -> None:
        self.path, self.server, self.date1904 = path, server, date1904
        self.book = xlsxwriter.Workbook(str(path), {"date_1904": date1904, "strings_to_formulas": False})
        names = ["Sheet1", "Sheet2", "Sheet3"]
        made = project(names, server.port, OMITTED, pause)
        self.book.add_vba_project(io.BytesIO(build_project(made)), True)
        self.book.set_vba_name("ThisWorkbook")
        self.results, self.data, texts = map(self.book.add_worksheet, ("results", "data", "xlclv"))
        for sheet, name in zip((self.results, self.data, texts), names, strict=True):
            sheet.set_vba_name(name)
        for number, row in enumerate(text_rows()):
            texts.write_row(number, 0, row)
        self.dated = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.row = self.data_row = 0
        self.expected: list[Expected] = []

    def argument(self, cells: Any) -> str:
        """Write an argument on the sheet of data and return its address."""
        rows = cells if isinstance(cells, list) else [[cells]]
        rows = rows if isinstance(rows[0], list) else [rows]
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                self._write(self.data_row + number, place, cell)
        first, last = self.data_row + 1, self.data_row + len(rows)
        self.data_row = last + 1
        column = xlsxwriter.utility.xl_col_to_name(len(rows[0]) - 1)
        return f"data!A{first}:{column}{last}" if isinstance(cells, list) else f"data!A{first}"

    def add(self, name: str, cells: Sequence[Any], written: bool = False) -> None:
        """Add a call and what the boundary says it gives.

        Numbers and texts stand in the formula if ``written``, else in cells. What is empty at the end is left out.
        """
        # A range of one cell is handed over as what it holds.
        given = [single(cell) for cell in cells]
        while given and given[-1] is None:
            given.pop()
        shown = cells_out(call(name, *given, date1904=self.date1904), self.date1904)
        inside = written and all(not isinstance(cell, str) or len(cell) < 200 for cell in given)
        parts = [literal(cell) if inside and type(cell) in (int, float, str) else self.argument(cell) for cell in given]
        self.formula(f"={name}({','.join(parts)})", shown)

    def formula(self, formula: str, shown: Any) -> None:
        """Add a formula and the rows it should show."""
        rows = shown if isinstance(shown, list) else [[shown]]
        if len(rows) == len(rows[0]) == 1:
            self.results.write_formula(self.row, 0, formula)
        else:
            last = (self.row + len(rows) - 1, len(rows[0]) - 1)
            self.results.write_array_formula(self.row, 0, *last, f"{{{formula}}}")
        self.expected.append(Expected(formula, self.row, rows))
        self.row += len(rows) + 1

    def differences(self, copy: Path) -> list[tuple[str, int, int, Any, Any]]:
        """Return where a computed copy shows something else."""
        sheet = openpyxl.load_workbook(copy, data_only=True)["results"]
        found = [
            (formula, number, place, sheet.cell(first + number + 1, place + 1).value, cell)
            for formula, first, rows in self.expected
            for number, row in enumerate(rows)
            for place, cell in enumerate(row)
        ]
        return [difference for difference in found if differs(*difference[3:])]

    def _write(self, row: int, place: int, cell: Any) -> None:
        if isinstance(cell, CellError):
            self.data.write_formula(row, place, FAULTY[cell.code], None, cell.code)
        elif isinstance(cell, dt.date):
            self.data.write_number(row, place, serial_of(cell, self.date1904), self.dated)
        elif isinstance(cell, bool):
            self.data.write_boolean(row, place, cell)
        elif isinstance(cell, str):
            self.data.write_string(row, place, cell)
        elif cell is not None:
            self.data.write_number(row, place, cell)


def single(cells: Any) -> Any:
    """Return the cell of a range that is one cell."""
    return cells[0][0] if isinstance(cells, list) and len(cells) == 1 and len(cells[0]) == 1 else cells


class Expected(NamedTuple):
    formula: str
    first: int
    rows: list[list[Any]]


def literal(cell: str | float) -> str:
    """Return a number or text as it stands in a formula."""
    return '"' + cell.replace('"', '""') + '"' if isinstance(cell, str) else repr(cell)


def differs(shown: Any, expected: Any) -> bool:
    """Compare a cell of LibreOffice with the boundary's."""
    if isinstance(expected, str):
        return (shown or "") != expected.removeprefix(MARK)
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return bool(shown != expected)
    # A number between them travels with fifteen digits.
    return type(shown) not in (int, float) or abs(shown - expected) > 1e-9 * max(1, abs(expected))


NA, DIVISION = CellError("#N/A"), CellError("#DIV/0!")
SEGMENTS = [[5, 5, 5], [1, 1, 1]]
ORDERS: list[list[list[Any]]] = [
    [["甲"], ["乙"], ["甲"], ["丙"], ["乙"], ["甲"]],
    [[dt.date(2024, month, day)] for month, day in ((1, 5), (1, 20), (2, 3), (2, 10), (3, 1), (3, 1))],
    [[10], [20], [30], [15], [5], [25]],
]
#: What examples do not show: blanks, error cells, Chinese, dates and booleans, single rows and columns.
CALLS: list[tuple[str, Sequence[Any]]] = [
    ("CLV", (100, None, 36)),  # a blank cell among the required
    ("CLV", (100, 2, 36, None, 0.1)),  # and among the optional ones
    ("CLV", ("文本", 2, 36)),
    ("CLV", (True, 2, 36)),
    ("CLV", (NA, 2, 36)),
    ("CLV", (100, CellError("#NUM!"), 36)),
    ("CLV", (100, CellError("#REF!"), 36)),
    ("CLV", ([[100], [None], ["x"], [NA], [True], [CellError("#VALUE!")]], 2, 36)),  # a column
    ("CLV", ([[100, None, "x", NA, DIVISION, 0]], 2, 36)),  # a row
    ("CLV", ([[100, 50], [NA, 25]], 2, 36)),
    ("CLV", ([[100], [50]], [[1, 2, 3]], 36)),
    ("CLV", (100, 2, 36, *[None] * 3)),
    ("CAC_COST", (1500, 0)),
    ("RFM_TABLE", (*ORDERS, dt.date(2024, 3, 31), None, "zh")),
    ("RFM_TABLE", (ORDERS[0], [[NA], *ORDERS[1][1:]], ORDERS[2], dt.date(2024, 3, 31))),
    ("DATA_CHECK", (ORDERS[0], [["soon"], [NA], *ORDERS[1][2:]], ORDERS[2], dt.date(2024, 2, 29), "zh")),
    ("CLV_ALERT", (80, 100, None, None, "zh")),
    ("RETENTION_CURVE", ([[1], [2], [3], [3]], [[True], [False], [True], [True]])),
    ("XLCLV_VERSION", ()),
]
#: An order log of thirty customers and more; the second is the same one as dates.
LOG: tuple[Any, ...] = next(
    example.cells for example in FUNCTIONS["CLV_TABLE"].examples if isinstance(example.cells[1], list)
)
DATED = [[dt.date(1899, 12, 30) + dt.timedelta(days=row[0])] for row in LOG[1]]
CALLS_OF_DATES: list[tuple[str, Sequence[Any]]] = [
    ("RFM_TABLE", (*ORDERS, dt.date(2024, 3, 31))),
    ("DATA_CHECK", (*ORDERS, dt.date(2024, 2, 29))),
    ("CLV_TABLE", (LOG[0], DATED, LOG[2], dt.date(2025, 1, 1), 4, 0.3)),
    ("RFM_TABLE", (ORDERS[0], [["2024-01-05"]] * 6, ORDERS[2], "2024-03-31")),
]


#: Formulas around an error value: its kind in braces stands for a call, a cell or an element of an array that has it.
AROUND_ERRORS: dict[str, Any] = {
    "=ISNA({NA})": True,
    "=ISNA({DIV})": False,
    "=ISERROR({DIV})": True,
    "=ISERR({NA})": False,
    '=IFERROR({NUM},"caught")': "caught",
    '=_xlfn.IFNA({NA},"caught")': "caught",
    "=ERROR.TYPE({DIV})": 2.0,
    "=ERROR.TYPE({VALUE})": 3.0,
    "=ERROR.TYPE({NUM})": 6.0,
    "=ERROR.TYPE({NA})": 7.0,
    "=SUM({DIV},1)": MARK + "#DIV/0!",
}
#: Calls that give each kind, and the same within an array.
SCALARS = {
    "NA": "NPS_SCORE(data!XFD1:XFD2)",
    "DIV": "CAC_COST(1500,0)",
    "NUM": "CLV(100,2,-1)",
    "VALUE": 'CLV("x",2,36)',
}
COLUMN: list[list[Any]] = [[100], [NA], ["x"], [DIVISION], [-1e308]]
PLACES = {"NA": 2, "VALUE": 3, "DIV": 4, "NUM": 5}


def add_errors(book: Book) -> None:
    """Formulas over error values: of calls, of cells that hold calls, and of arrays within a formula and in cells."""
    for code, made in SCALARS.items():
        book.formula(f"={made}", MARK + {"NA": "#N/A", "DIV": "#DIV/0!", "NUM": "#NUM!", "VALUE": "#VALUE!"}[code])
    cells = {code: f"A{expected.first + 1}" for code, expected in zip(SCALARS, book.expected[-4:], strict=True)}
    column = f"CLV({book.argument(COLUMN)},1e10,1e10)"
    book.formula(f"={column}", cells_out(call("CLV", COLUMN, 1e10, 1e10)))
    first = book.expected[-1].first + 1
    spilled = {code: f"A{first + place - 1}" for code, place in PLACES.items()}
    inside = {code: f"INDEX({column},{place})" for code, place in PLACES.items()}
    for formula, shown in AROUND_ERRORS.items():
        for names in (SCALARS, cells, spilled, inside):
            book.formula(formula.format(**names), shown)
    book.formula(f"=SUM(A{first}:A{first + 1})", MARK + "#N/A")
    book.formula(f"=SUM({column})", MARK + "#N/A")
    book.formula(f"=SUM(A{first},1)", 1e22 + 1)
    book.formula("=SUM(CLV({100;50},2,36))", 10800.0)


class Computed(NamedTuple):
    """The workbooks after LibreOffice computed them, with the copies of each."""

    all: tuple[Book, list[Path]]
    errors: tuple[Book, list[Path]]
    from_1900: tuple[Book, list[Path]]
    from_1904: tuple[Book, list[Path]]
    dying: tuple[Book, list[Path]]
    unreached: tuple[Book, list[Path]]
    late: tuple[Book, list[Path]]


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Computed:
    folder = tmp_path_factory.mktemp("books")
    living = Loopback()
    books = {
        "all": Book(folder / "all.xlsm", living),
        "errors": Book(folder / "errors.xlsm", living),
        "from_1900": Book(folder / "from_1900.xlsm", living),
        "from_1904": Book(folder / "from_1904.xlsm", living, date1904=True),
        "dying": Book(folder / "dying.xlsm", Loopback(dies=2)),
        "unreached": Book(folder / "unreached.xlsm", Loopback(starts_from=1000)),
        "late": Book(folder / "late.xlsm", Loopback(starts_from=2), pause=5),
    }
    waits = {"late": (0.0, 6.0)}
    for name, function in FUNCTIONS.items():
        for number, example in enumerate(function.examples):
            # Excel itself refuses a formula with more arguments than are declared.
            if len(example.cells) <= len(function.arguments) and not function.volatile:
                books["all"].add(name, example.cells, written=number % 2 == 0)
    for name, cells in CALLS:
        books["all"].add(name, cells)
    # Where an argument before others is left out, LibreOffice hands over a 0.
    books["all"].formula("=CLV(100,2,36,,0.1)", call("CLV", 100, 2, 36, 0, 0.1))
    books["all"].formula("=LEFT_OUT_ONE()", call("CLV", 100, 2, 36, None, 0.1))
    books["all"].formula("=LEFT_OUT_TWO()", call("CLV_RETENTION", 100, 0.8, None, None, 0.02))
    books["all"].formula("=LEFT_OUT_REQUIRED()", MARK + "#VALUE!")
    books["all"].formula("=XLCLV_ERRORS()", call("XLCLV_ERRORS")[:1])  # type: ignore[index]
    add_errors(books["errors"])
    for key in ("from_1900", "from_1904"):
        for name, cells in CALLS_OF_DATES:
            books[key].add(name, cells)
    for size in (100, 50, 25):
        books["dying"].add("CLV", (size, 2, 36), written=True)
        books["late"].add("CLV", (size, 2, 36), written=True)
        books["unreached"].formula(f"=CLV({size},2,36)", MARK + "#VALUE!")
    books["unreached"].formula("=CLV({1;2},2,36)", MARK + "#VALUE!")
    books["unreached"].formula("=XLCLV_ERRORS()", SAID["unreached"].en)
    jobs = []
    for key, book in books.items():
        book.book.close()
        jobs.append(Job(book.path, waits.get(key, (0.0,))))
    try:
        compute(jobs, folder, TIMEOUT)
    except HungError as hung:
        book = next(book for book in books.values() if book.path.name == str(hung))
        formulas = "; ".join(expected.formula for expected in book.expected)
        pytest.fail(f"LibreOffice hung in {hung} after {book.server.asked[-1:]}, of the formulas {formulas}")
    finally:
        for book in books.values():
            book.server.close()
    return Computed(**{key: (book, job.copies()) for (key, book), job in zip(books.items(), jobs, strict=True)})


def test_every_function_in_cells(computed: Computed) -> None:
    book, (copy,) = computed.all
    assert book.server.failure is None
    wrong = book.differences(copy)
    assert not wrong, (len(wrong), wrong[:20])
    assert set(book.server.asked) == set(FUNCTIONS)
    # Each workbook with this server asks for it once and keeps it.
    assert len(book.server.starts) == 4


def test_errors_are_errors_to_other_formulas(computed: Computed) -> None:
    book, (copy,) = computed.errors
    assert book.server.failure is None
    assert not book.differences(copy)
    assert len(book.expected) > 4 * len(AROUND_ERRORS)


def test_dates_of_a_workbook_that_counts_from_1904(computed: Computed) -> None:
    shown = []
    for book, (copy,) in (computed.from_1900, computed.from_1904):
        assert book.server.failure is None
        assert not book.differences(copy)
        assert openpyxl.load_workbook(copy).epoch.year == (1904 if book.date1904 else 1899)
        shown.append([expected.rows for expected in book.expected])
    # Dates are other numbers, 1462 days apart; everything else is the same.
    gaps = set()
    for from_1900, from_1904 in zip(*shown, strict=True):
        for row, other in zip(from_1900, from_1904, strict=True):
            gaps |= {
                cell - second
                for cell, second in zip(row, other, strict=True)
                if isinstance(cell, float) and cell != second
            }
    assert gaps == {1462.0}


def test_a_server_that_died_is_replaced(computed: Computed) -> None:
    book, (copy,) = computed.dying
    assert book.server.failure is None
    assert not book.differences(copy)
    assert len(book.server.starts) == 2
    assert len(book.server.asked) == len(book.expected) + 1


def test_a_server_that_does_not_start_is_asked_once_in_a_while(computed: Computed) -> None:
    book, (copy,) = computed.unreached
    assert book.server.failure is None
    assert not book.differences(copy)
    assert "run xlclv doctor" in SAID["unreached"].en
    assert book.server.asked == []
    assert book.server.starts
    assert all(later - earlier > 14 for earlier, later in pairwise(book.server.starts))


def test_a_server_that_starts_late_is_found(computed: Computed) -> None:
    book, (_, copy) = computed.late
    assert book.server.failure is None
    assert not book.differences(copy)
    first, second = book.server.starts
    assert second - first > 4
