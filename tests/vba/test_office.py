"""A workbook with a project of ours in LibreOffice: its functions run."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from tests.vba.basic import computed
from xlclv.vba import Module, build_project

pytestmark = pytest.mark.libreoffice

MODULES = [
    Module("ThisWorkbook", "", "workbook"),
    Module("Sheet1", "", "worksheet"),
    Module(
        "Counter",
        "Private total As Double\n"
        "Public Sub Add(ByVal amount As Double)\n    total = total + amount\nEnd Sub\n"
        "Public Function Value() As Double\n    Value = total\nEnd Function\n",
        "class",
    ),
    Module(
        "Sums",
        "Option Explicit\n"
        "Public Function TwiceOf(ByVal x As Double) As Double\n"
        "    TwiceOf = 2 * _\n        x\n"
        "End Function\n"
        "Public Function Counted(ByVal a As Double, ByVal b As Double) As Double\n"
        "    Dim counter As New Counter\n    counter.Add a\n    counter.Add b\n    Counted = counter.Value()\n"
        "End Function\n",
    ),
    # Longer than a chunk of the compression and than a stream of the mini stream.
    Module(
        "Commented",
        "".join(f"' line {number} of a long comment\n" for number in range(3000)) + "Public Const LAST = 7\n",
    ),
    Module("After", "Public Function LastOf()\n    LastOf = LAST\nEnd Function\n"),
]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    project, path = tmp_path / "vbaProject.bin", tmp_path / "functions.xlsm"
    project.write_bytes(build_project(MODULES))
    book = xlsxwriter.Workbook(path)
    book.add_vba_project(str(project))
    book.set_vba_name("ThisWorkbook")
    sheet = book.add_worksheet("Data")
    sheet.set_vba_name("Sheet1")
    sheet.write("A1", 21)
    for place, formula in (("B1", "=TwiceOf(A1)"), ("C1", "=Counted(A1,4)"), ("D1", "=LastOf()")):
        sheet.write_formula(place, formula, None, "stale")
    book.close()
    return path


def test_libreoffice_runs_the_functions(workbook: Path, tmp_path: Path) -> None:
    rows, names = computed(workbook, "xlclv", tmp_path)
    assert names == {module.name for module in MODULES}
    assert rows[0] == ["21", "42", "25", "7"]
