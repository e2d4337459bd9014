"""A workbook whose cells call the functions, opened in LibreOffice: the add-in's VBA runs, and xlwings' call path answers.

Only the module that talks to xlwings' COM server is another one, which talks to the same call path over loopback.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from tests.hosts.excel.loopback import LOOPBACK, Loopback, opened
from xlclv.hosts.excel.cells import ERRORS, MARK, cells_out
from xlclv.hosts.excel.modules import SERVER, modules
from xlclv.vba import Module, build_project
from xlclv.worksheet import CellError, call
from xlclv.worksheet.convert import serial_of

pytestmark = pytest.mark.libreoffice


class Book:
    """A macro workbook in the making: arguments on one sheet, formulas over them on another."""

    def __init__(self, path: Path, port: int) -> None:
        self.book = xlsxwriter.Workbook(str(path))
        # The other modules are Excel's alone: events of its application, its ribbon, its links.
        project = [
            Module("ThisWorkbook", "", "workbook"),
            Module(SERVER, LOOPBACK.replace("PORT", str(port))),
            *(
                # LibreOffice knows the values of a range by the older name alone.
                Module(module.name, module.source.replace(".Value2", ".Value"), module.kind)
                for module in modules(["Sheet1", "Sheet2"])
                if module.kind == "worksheet" or module.name in ("xlclv_functions", "xlclv_bridge", "xlclv_texts")
            ),
        ]
        self.book.add_vba_project(io.BytesIO(build_project(project)), True)
        self.book.set_vba_name("ThisWorkbook")
        self.results, self.data = self.book.add_worksheet("results"), self.book.add_worksheet("data")
        self.results.set_vba_name("Sheet1")
        self.data.set_vba_name("Sheet2")
        self.row = self.data_row = 0
        self.expected: list[tuple[str, int, list[list[Any]]]] = []

    def argument(self, cells: Any) -> str:
        """Write an argument on the sheet of data and return its address; one left out has none."""
        if cells is None:
            return ""
        rows = cells if isinstance(cells, list) else [[cells]]
        rows = rows if isinstance(rows[0], list) else [rows]
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                self._write(self.data_row + number, place, cell)
        first, last = self.data_row + 1, self.data_row + len(rows)
        self.data_row = last + 1
        return (
            f"data!A{first}:{chr(64 + len(rows[0]))}{last}" if (len(rows), len(rows[0])) != (1, 1) else f"data!A{first}"
        )

    def add(self, name: str, cells: Sequence[Any]) -> None:
        """Add a call and what the boundary says it gives."""
        shown = cells_out(call(name, *cells))
        formula = f"={name}({','.join(map(self.argument, cells))})"
        last = (self.row + len(shown) - 1, len(shown[0]) - 1)
        if last == (self.row, 0):
            self.results.write_formula(self.row, 0, formula)
        else:
            self.results.write_array_formula(self.row, 0, *last, f"{{{formula}}}")
        self.expected.append((formula, self.row, shown))
        self.row += len(shown) + 1

    def _write(self, row: int, place: int, cell: Any) -> None:
        if isinstance(cell, CellError):
            self.data.write_formula(row, place, "=NA()" if cell.code == "#N/A" else "=1/0", None, cell.code)
        elif isinstance(cell, dt.date):
            self.data.write_number(row, place, serial_of(cell, False))
        elif isinstance(cell, bool):
            self.data.write_boolean(row, place, cell)
        elif isinstance(cell, str):
            self.data.write_string(row, place, cell)
        elif cell is not None:
            self.data.write_number(row, place, cell)


NUMBERS = {code: number + 2_146_828_288 for number, code in ERRORS.items()}


def differs(shown: Any, expected: Any) -> bool:
    """Compare a cell with the boundary's; LibreOffice shows an error value that Basic returns as its number."""
    if isinstance(expected, str) and expected.startswith(MARK):
        return bool(shown != f"Error {NUMBERS[expected[1:]]}")
    if isinstance(expected, str):
        return (shown or "") != expected
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return bool(shown != expected)
    return not isinstance(shown, int | float) or abs(shown - expected) > 1e-9 * max(1, abs(expected))


CALLS: list[tuple[str, Sequence[Any]]] = [
    ("CLV", (100, 2, 36)),
    ("CLV", (100, 2, -1)),
    ("CLV", ([[100], [None], ["x"]], 2, 36)),
    ("CAC_COST", (1500, 10)),
    ("CAC_COST", (1500, 0)),
]


def test_functions_in_cells(tmp_path: Path) -> None:
    server = Loopback()
    path = tmp_path / "book.xlsm"
    book = Book(path, server.port)
    for name, cells in CALLS:
        book.add(name, cells)
    book.book.close()
    computed = openpyxl.load_workbook(opened(path, tmp_path), data_only=True)["results"]
    server.close()
    wrong = []
    for formula, first, shown in book.expected:
        for number, row in enumerate(shown):
            for place, cell in enumerate(row):
                found = computed.cell(first + number + 1, place + 1).value
                if differs(found, cell):
                    wrong.append((formula, number, place, found, cell))
    assert not wrong, (len(wrong), wrong[:20])
    assert set(server.asked) == {name for name, _ in CALLS}
