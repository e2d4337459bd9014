"""Far cells, however they are spelled: the reader would hold the full rectangle and end the process."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path
from xml.parsers.expat import ExpatError

import pytest

from tests.data.test_read import packed
from xlclv.data.guard import load
from xlclv.data.reach import CHUNK, MAX_CELLS, DeclarationError, open_document_reach, sheet_reach
from xlclv.errors import FileError

START, END = b'<worksheet xmlns:x="u"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>', b"</sheetData></worksheet>"
FAR = {
    "plain": b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "attribute before": b'<row spans="1:2" r="1048576"><c s="0" r="XFD1048576"><v>1</v></c></row>',
    "attribute between": b'<row r="1048576"><c r="A2" s="a>b" t="n" r2="" ><v/></c><c s="0" r="XFD1048576"/></row>',
    "single quotes": b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
    "prefix": b'<x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
    "blanks": b'<row\n r = "1048576" ><c\tr\n=\n"XFD1048576"><v>1</v></c></row>',
    "lower case and zeros": b'<row r="2"><c r="xfd0001048576"><v>1</v></c></row>',
    "only in the cell": b'<row r="2"><c r="XFD1048576"><v>1</v></c></row>',
    "unsorted": b'<row r="1048576"><c r="A1048576"/></row><row r="2"><c r="XFD2"/></row><row r="3"/>',
    "over a chunk border": b"<!--" + b" " * (CHUNK - 20) + b'--><row r="1048576"><c   r="XFD1048576"/></row>',
    "a long element": b"<c" + b" " * (2 * CHUNK) + b'r="XFD1048576"/>',
    "cells without places": b'<row r="1048576">' + b"<c><v>1</v></c>" * 100 + b"</row>",
    "rows without places": b'<row r="1048500"/>' + b"<row/>" * 60 + b'<row><c s="0" r="ZZ1048561"/></row>',
    "beyond any sheet": b'<row r="99999999999"><c><v>1</v></c></row>',
    "beyond any column": b'<row r="3000"><c r="AAAAZ3000"><v>1</v></c></row>',
}


@pytest.mark.parametrize("cells", FAR.values(), ids=FAR)
def test_no_spelling_hides_a_far_cell(cells: bytes, tmp_path: Path) -> None:
    sheet = START + cells + END
    rows, columns = sheet_reach(io.BytesIO(sheet))
    assert rows * columns > MAX_CELLS
    for name in ("xl__worksheets__sheet1_xml", "xl__else__where"):
        noise = b"<!--" + bytes(i * i % 251 + 1 for i in range(80_000)).replace(b"-", b"").replace(b"<", b"") + b"-->"
        (tmp_path / "a.xlsx").write_bytes(packed(**{"xl__workbook_xml": noise, name: sheet}))
        with pytest.raises(FileError, match="reaches to row"):
            load(tmp_path / "a.xlsx")


def test_what_may_look_far_and_is_not() -> None:
    within = (
        b'<dimension ref="A1:XFD1048576"/><cols><col min="1" max="16384"/></cols><row r="7" spans="1:3" ht="15">'
        b'<c r="AB7" s="3" t="n"><v>1</v></c></row><mergeCell ref="A1:XFD1048576"/>'
    )
    assert sheet_reach(io.BytesIO(START + within + END))[1] == 28
    odd = within.replace(b'r="7"', b"r='7'")
    assert sheet_reach(io.BytesIO(START + odd + END)) == (7, 28)
    wide = b"".join(b'<row r="%d"><c r="XFD%d"/></row>' % (row, row) for row in range(1, 3000))
    assert sheet_reach(io.BytesIO(START + wide + END)) == (2999, 16384)
    full = b'<row r="1048576"><c r="AZ1048576"/></row>'
    rows, columns = sheet_reach(io.BytesIO(START + full + END))
    assert rows * columns <= MAX_CELLS


@pytest.mark.parametrize(
    "sheet", [START + b"<c r='A1' r='XFD1048576'/>" + END, START + b"<c s='1'", START + b"<c r=A1/>"]
)
def test_broken_xml_goes_no_further(sheet: bytes) -> None:
    with pytest.raises(ExpatError):
        sheet_reach(io.BytesIO(sheet))


def test_a_document_type_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    late = b"<!--" + b" " * 9000 + b"--><!DOCTYPE x [<!ENTITY a 'b'>]>"
    with pytest.raises(DeclarationError):
        sheet_reach(io.BytesIO(late + START + END))
    with pytest.raises(DeclarationError):
        open_document_reach(io.BytesIO(late + b"<a/>"))
    (tmp_path / "a.xlsx").write_bytes(packed(xl__workbook_xml=late))
    with pytest.raises(FileError, match="not opened"):
        load(tmp_path / "a.xlsx")


CELL = '<table:table-cell office:value="1" table:number-columns-repeated="{}"/>'
EMPTY = '<table:table-cell table:number-columns-repeated="{}"/>'
ROW = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'


@pytest.mark.parametrize(
    ("rows", "reach"),
    [
        (ROW.format(2, CELL.format(3)) + ROW.format(1048574, EMPTY.format(16384)), (2, 3)),
        (ROW.format(1, CELL.format(3) + EMPTY.format(16381)), (1, 3)),
        (ROW.format(1048575, EMPTY.format(1)) + ROW.format(1, CELL.format(16384)), (1048576, 16384)),
        (ROW.format(1, EMPTY.format(999_999_999) + CELL.format(1)), (1, 1_000_000_000)),
        (ROW.format(99_999_999_999, CELL.format(1)), (99_999_999_999, 1)),
    ],
)
def test_open_document(rows: str, reach: tuple[int, int], tmp_path: Path) -> None:
    content = f"<d><table:table>{rows}</table:table></d>".encode()
    assert open_document_reach(io.BytesIO(content)) == reach
    (tmp_path / "a.ods").write_bytes(packed(content_xml=content))
    if reach[0] * reach[1] > MAX_CELLS:
        with pytest.raises(FileError, match="reaches to row"):
            load(tmp_path / "a.ods")
    else:
        assert load(tmp_path / "a.ods")[0] == "sheets"


def test_many_blanks_in_one_open_document_cell() -> None:
    rows, columns = open_document_reach(io.BytesIO(b'<text:p><text:s text:c="9999999999"/></text:p>'))
    assert rows * columns > MAX_CELLS


def test_a_large_sheet_is_scanned_fast() -> None:
    sheet = (
        START + b"".join(b'<row r="%d"><c r="A%d" s="1"><v>12</v></c></row>' % (i, i) for i in range(2, 200_000)) + END
    )
    started = time.perf_counter()
    sheet_reach(io.BytesIO(sheet))
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("part", ["xl/workbook.bin", "xl/worksheets/sheet1.bin"])
def test_a_binary_workbook_is_refused(part: str, tmp_path: Path) -> None:
    file = tmp_path / "orders.xlsb"
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr(part, b"\x00")
    with pytest.raises(FileError, match=r"orders.xlsb: a binary workbook .* save it as .xlsx"):
        load(file)
