"""The add-in and the macro workbook as files: what readers of their parts find."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from tests.vba.readers import olevba
from tests.workbook.office import validate
from xlclv.hosts.commands import present
from xlclv.hosts.excel import marker
from xlclv.hosts.excel.addin import build_addin
from xlclv.hosts.excel.commands import callback
from xlclv.hosts.excel.macros import template_macros
from xlclv.hosts.excel.modules import modules, template_modules
from xlclv.text import LANGUAGES, Language
from xlclv.vba import Module
from xlclv.workbook.customer_value.build import build_template
from xlclv.workbook.customer_value.setting import CODE_NAMES
from xlclv.worksheet.catalogue import FUNCTIONS


@pytest.fixture(scope="module")
def addin() -> bytes:
    return build_addin()


@pytest.fixture(scope="module")
def parts(addin: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(addin)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_a_second_build_is_the_same(addin: bytes) -> None:
    assert build_addin() == addin


def test_no_clock_is_in_it(addin: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(addin)) as package:
        assert {part.date_time for part in package.infolist()} == {(2024, 1, 1, 0, 0, 0)}


def test_recognised_by_its_properties(addin: bytes) -> None:
    mark = marker.mark_of(addin)
    assert mark is not None
    assert {"xlclv": mark.version, "xlwings": mark.xlwings} == marker.properties()


def test_the_sdk_finds_nothing(addin: bytes, tmp_path: Path) -> None:
    file = tmp_path / "xlclv.xlam"
    file.write_bytes(addin)
    assert validate(file) == []


def test_olevba_reads_every_module(addin: bytes, tmp_path: Path) -> None:
    file = tmp_path / "xlclv.xlam"
    file.write_bytes(addin)
    assert_modules(file, modules(["Sheet1", "Sheet2", "Sheet3", "Sheet4"]))


def assert_modules(file: Path, given: list[Module]) -> None:
    parser = olevba.VBA_Parser(str(file))
    found = {name.rpartition(".")[0]: code for _, _, name, code in parser.extract_macros()}
    parser.close()
    expected = {module.name: module.text() for module in given}
    assert set(found) == set(expected)
    for name, text in expected.items():
        assert found[name].replace("\r\n", "\n").rstrip() == text.replace("\r\n", "\n").rstrip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_with_macros(language: Language, tmp_path: Path) -> None:
    macros = template_macros(CODE_NAMES, language)
    content = build_template("xlsm", language, None, macros)
    assert build_template("xlsm", language, None, template_macros(CODE_NAMES, language)) == content
    file = tmp_path / "template.xlsm"
    file.write_bytes(content)
    assert_modules(file, template_modules([*CODE_NAMES, *(hidden.code for hidden in macros.hidden)]))
    assert validate(file) == []
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        workbook = package.read("xl/workbook.xml").decode()
        drawings = "".join(package.read(name).decode() for name in package.namelist() if "vmlDrawing" in name)
        sheets = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    # The workbook's parts name the modules of the workbook and of every sheet.
    codes = set(re.findall(r'codeName="(\w+)"', "".join([workbook, *sheets])))
    assert codes == {macros.book, *CODE_NAMES, *(hidden.code for hidden in macros.hidden)}
    hidden = re.findall(r'name="(\w+)" sheetId="\d+" state="veryHidden"', workbook)
    assert hidden == [sheet.title for sheet in macros.hidden]
    for button in macros.buttons:
        assert f"<x:FmlaMacro>[0]!{button.macro}</x:FmlaMacro>" in drawings
    assert "customUI" not in "".join(zipfile.ZipFile(io.BytesIO(content)).namelist())


def test_an_addin_that_excel_does_not_compute_anew(parts: dict[str, bytes]) -> None:
    types = parts["[Content_Types].xml"]
    assert b"addin.macroEnabled.main+xml" in types
    assert b"sheet.macroEnabled" not in types
    workbook = parts["xl/workbook.xml"]
    assert b'calcId="191029"' in workbook
    assert b"fullCalcOnLoad" not in workbook


def test_the_ribbon_is_part_of_the_package(parts: dict[str, bytes]) -> None:
    links = ElementTree.fromstring(parts["_rels/.rels"])
    targets = {link.get("Type", "").rpartition("/")[2]: link.get("Target") for link in links}
    assert targets["extensibility"] == "customUI/customUI.xml"
    ribbon = ElementTree.fromstring(parts["customUI/customUI.xml"])
    buttons = [element for element in ribbon.iter() if element.tag.endswith("}button")]
    assert [button.get("id") for button in buttons] == [command.id for command in present()]
    assert [button.get("onAction") for button in buttons] == [callback(command) for command in present()]


def test_the_sdk_looks_at_the_ribbon(parts: dict[str, bytes], tmp_path: Path) -> None:
    broken = parts["customUI/customUI.xml"].replace(b"onAction=", b"onPress=", 1)
    file = tmp_path / "broken.xlam"
    with zipfile.ZipFile(file, "w") as package:
        for name, content in (parts | {"customUI/customUI.xml": broken}).items():
            package.writestr(name, content)
    assert any("onPress" in str(error) for error in validate(file))


def test_sheets_with_help_and_texts(addin: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(addin)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b".addin.", b".sheet."
    )  # openpyxl reads no add-in
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    book = openpyxl.load_workbook(stream, keep_vba=True)
    states = {sheet.title: sheet.sheet_state for sheet in book}
    assert states == {
        "xlclv": "visible",
        "_IntelliSense_": "veryHidden",
        "xlclv_en": "veryHidden",
        "xlclv_zh": "veryHidden",
    }
    for title, language in (("_IntelliSense_", "en"), ("xlclv_en", "en"), ("xlclv_zh", "zh")):
        rows = list(book[title].iter_rows(values_only=True))
        assert rows[0][0] == "FunctionInfo"
        assert {row[0]: row[1] for row in rows[1:]} == {name: f.help.of(language) for name, f in FUNCTIONS.items()}
        assert all(not str(cell).startswith("=") for row in rows for cell in row)
