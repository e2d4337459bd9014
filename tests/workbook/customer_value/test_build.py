"""What the built template holds, read without a spreadsheet program."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.vba.readers import sources
from tests.workbook.customer_value.conftest import FORMS, SHEETS, Form
from tests.workbook.samples import load
from xlclv import __version__
from xlclv.cli.new import built
from xlclv.errors import InputError
from xlclv.text import LANGUAGES, Language
from xlclv.workbook import contract, theme
from xlclv.workbook.customer_value import inputs_sheet, orders_sheet, setting, values_sheet
from xlclv.workbook.customer_value.build import build_template
from xlclv.workbook.customer_value.cells import NOT_YET
from xlclv.workbook.customer_value.setting import Content
from xlclv.worksheet.catalogue import FUNCTIONS

#: The only numbers a formula may hold: counting, rounding and percent.
WHITELIST = {"0", "1", "2", "100"}
TABLES = {
    contract.ORDERS: contract.ORDER_COLUMNS,
    contract.VALUES: contract.VALUE_COLUMNS,
    contract.ORDER_MODEL: contract.MODEL_COLUMNS,
    contract.SPEND_MODEL: contract.MODEL_COLUMNS,
    contract.CHECKS: contract.CHECK_COLUMNS,
    contract.LOG: contract.LOG_COLUMNS,
}
NAMED = [contract.TEMPLATE, contract.LANGUAGE, contract.VERSION, setting.READY, setting.FAILED, setting.CHANGED,
         setting.MASTER, *(item.name for item in (*contract.INPUTS, *contract.OUTPUTS))]  # fmt: skip
OPEN_SHEETS = (setting.ORDERS, setting.VALUES)

on_sheets = pytest.mark.parametrize("form", SHEETS, ids=str)
on_all = pytest.mark.parametrize("form", FORMS, ids=str)


def cells(book: Any) -> Iterator[tuple[Any, Any]]:
    for sheet in book.worksheets[: len(setting.SHEETS)]:
        for row in sheet:
            for cell in row:
                yield sheet, cell


def named(book: Any, name: str) -> Any:
    """Return the cell of a name."""
    ((sheet, address),) = book.defined_names[name].destinations
    return book[sheet][address.replace("$", "")]


def table(book: Any, name: str) -> list[list[Any]]:
    """Return the values of a table, headers first."""
    sheet = next(sheet for sheet in book if name in sheet.tables)
    return [[cell.value for cell in row] for row in sheet[sheet.tables[name].ref]]


@on_all
def test_sheets(templates: dict[Form, Path], form: Form) -> None:
    book = load(templates[form])
    assert book.sheetnames[:7] == [name.of(form.lang) for name in setting.SHEETS]
    assert {sheet.sheet_state for sheet in book.worksheets[:7]} == {"visible"}
    assert {sheet.sheet_state for sheet in book.worksheets[7:]} == ({"veryHidden"} if form.kind == "xlsm" else set())
    assert book.active.title == setting.START.of(form.lang)
    assert all(not sheet.merged_cells.ranges for sheet in book)


@on_all
def test_tables_are_those_of_the_contract(templates: dict[Form, Path], form: Form) -> None:
    book = load(templates[form])
    assert {name for sheet in book for name in sheet.tables} == set(TABLES)
    for name, columns in TABLES.items():
        rows = table(book, name)
        assert rows[0] == [text.of(form.lang) for text in columns.values()]
        if not form.example:
            assert rows[1:] == [[None] * len(columns)]


@on_all
def test_names_are_cells(templates: dict[Form, Path], form: Form) -> None:
    book = load(templates[form])
    assert set(NAMED) <= set(book.defined_names)
    places = [(named(book, name).parent.title, named(book, name).coordinate) for name in NAMED]
    assert len(set(places)) == len(NAMED)
    assert named(book, contract.TEMPLATE).value == "customer_value"
    assert named(book, contract.LANGUAGE).value == form.lang
    assert named(book, contract.VERSION).value == __version__


@on_sheets
def test_inputs_hold_the_defaults_or_the_example(
    templates: dict[Form, Path], contents: dict[Language, Content], form: Form
) -> None:
    book = load(templates[form], values=True)
    for item in contract.INPUTS:
        value = named(book, item.name).value
        if form.example:
            expected = contents[form.lang].values[item.name]
        else:
            choice = [text.of(form.lang) for text in item.choices if text.en == item.default]
            expected = (choice or [item.default])[0]
        assert (value.date() if isinstance(value, dt.datetime) else value) == (None if expected == "" else expected)
    if not form.example:
        assert {named(book, item.name).value for item in contract.OUTPUTS} == {None}


@on_sheets
def test_inputs_are_open_marked_and_checked(templates: dict[Form, Path], form: Form) -> None:
    book = load(templates[form])
    sheet = book[setting.INPUTS.of(form.lang)]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    for item in contract.INPUTS:
        cell = named(book, item.name)
        assert cell.parent is sheet
        assert not cell.protection.locked
        assert cell.font.color.rgb == "FF" + theme.INPUT_TEXT[1:]
        assert cell.fill.fgColor.rgb == "FF" + theme.INPUT_FILL[1:]
        rule = rules[cell.coordinate]
        assert rule.prompt == item.note.of(form.lang)
        assert rule.errorStyle in (None, "stop")
        assert rule.error
        assert rule.errorTitle
        assert (rule.type == "list") == (item.kind == "choice")
        if item.kind == "share":
            # What a Refresh takes.
            assert (rule.type, rule.formula1, rule.formula2) == ("decimal", "0", "1")
        if item.kind == "number":
            # "#,##0.###" would show a point after a whole number.
            assert cell.number_format == "General"
        if item.kind == "choice":
            assert rule.formula1 == '"' + ",".join(text.of(form.lang) for text in item.choices) + '"'
    assert len(rules) == len(contract.INPUTS)


@on_sheets
def test_what_is_open_is_yellow_and_checked_and_the_rest_is_locked(templates: dict[Form, Path], form: Form) -> None:
    book = load(templates[form])
    for sheet in book:
        if sheet.title in [name.of(form.lang) for name in OPEN_SHEETS]:
            assert not sheet.protection.sheet
            continue
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        # Cells may be chosen, and inputs changed.
        assert not sheet.protection.selectLockedCells
        assert not sheet.protection.selectUnlockedCells
        checked = {address for rule in sheet.data_validations.dataValidation for address in str(rule.sqref).split()}
        unlocked = {cell.coordinate for row in sheet for cell in row if not cell.protection.locked}
        assert unlocked == checked
        for address in unlocked:
            assert sheet[address].fill.fgColor.rgb == "FF" + theme.INPUT_FILL[1:]


@on_sheets
def test_no_number_is_hidden_in_a_formula(templates: dict[Form, Path], form: Form) -> None:
    for sheet, cell in cells(load(templates[form])):
        if cell.data_type != "f":
            continue
        formula = cell.value.text if hasattr(cell.value, "text") else cell.value
        bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\$?[A-Z]{1,3}\$?\d+', "", formula)
        numbers = set(re.findall(r"(?<![A-Za-z_\d.])\d+(?:\.\d+)?", bare))
        assert numbers <= WHITELIST, (sheet.title, cell.coordinate, formula)


@on_sheets
def test_no_cell_is_an_error(templates: dict[Form, Path], form: Form) -> None:
    for sheet, cell in cells(load(templates[form], values=True)):
        assert cell.data_type != "e", (sheet.title, cell.coordinate)
        assert str(cell.value) not in ("nan", "inf", "-inf"), (sheet.title, cell.coordinate)


@on_all
def test_every_sheet_shows_the_master_check(templates: dict[Form, Path], form: Form) -> None:
    formulas, values = load(templates[form]), load(templates[form], values=True)
    expected = values[setting.CHECKS.of(form.lang)][named(formulas, setting.MASTER).coordinate].value
    if form.example:
        assert re.fullmatch(r"✓ (Checks: all 14 passed|检查：14 项全部通过)", expected)
    else:
        assert expected == NOT_YET.of(form.lang)
    for sheet in formulas.worksheets[:7]:
        found = [cell for cell in sheet[2] if cell.value == f"={setting.MASTER}"]
        assert len(found) == 1, sheet.title
        assert values[sheet.title][found[0].coordinate].value == expected


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_example_is_the_valuation(
    templates: dict[Form, Path], contents: dict[Language, Content], lang: Language
) -> None:
    book, content = load(templates[Form("xlsx", lang, True)], values=True), contents[lang]
    orders = table(book, contract.ORDERS)[1:]
    assert orders[0] == [1, dt.datetime(1997, 1, 1), 29.33]
    assert len(orders) == 6919
    assert sum(row[2] for row in orders) == pytest.approx(244_091.94)
    customers = content.valuation.customers
    rows = table(book, contract.VALUES)[1:]
    names = list(contract.VALUE_COLUMNS)
    assert [row[0] for row in rows] == customers["customer"].tolist()
    for name in ("orders", "recency", "p_alive", "clv", "clv_lower", "clv_upper"):
        assert [row[names.index(name)] for row in rows] == pytest.approx(customers[name].tolist(), rel=1e-14)
    assert {row[names.index("tier")] for row in rows} == (
        {"High", "Medium", "Low"} if lang == "en" else {"高", "中", "低"}
    )
    assert table(book, contract.ORDER_MODEL)[1][:2] == ["model", "Pareto/NBD"]
    for item in contract.OUTPUTS:
        value = named(book, item.name).value
        expected = content.values[item.name]
        if isinstance(expected, float):
            assert value == pytest.approx(expected, rel=1e-14)
        else:
            assert (value.date() if isinstance(value, dt.datetime) else value) == expected


def column_looks(sheet: Any) -> dict[int, Any]:
    """Return the format of whole columns; openpyxl keeps those of neighbours alike with the first."""
    looks = {}
    for dimension in sheet.column_dimensions.values():
        looks |= dict.fromkeys(range(dimension.min, dimension.max + 1), dimension)
    return looks


@on_sheets
def test_new_rows_find_their_look(templates: dict[Form, Path], form: Form) -> None:
    book = load(templates[form])
    orders, values = (book[name.of(form.lang)] for name in OPEN_SHEETS)
    assert column_looks(orders)[3].number_format == "yyyy-mm-dd"
    assert column_looks(orders)[4].number_format == theme.DECIMAL_2
    for sheet, first, columns in ((orders, orders_sheet.HEAD_ROW + 2, 3), (values, values_sheet.HEAD_ROW + 2, 18)):
        for column in range(2, columns + 2):
            cell, whole = sheet.cell(first, column), column_looks(sheet)[column]
            assert cell.number_format == whole.number_format
            assert cell.font.color.rgb == whole.font.color.rgb
        drawn = {str(area.sqref) for area in sheet.conditional_formatting}
        assert any(area.startswith(f"B{first}:") and area.endswith("1048576") for area in drawn)


@on_sheets
def test_pages(templates: dict[Form, Path], form: Form) -> None:
    book = load(templates[form])
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert int(sheet.page_setup.fitToWidth or 1) == 1
        assert "&F" in sheet.oddHeader.left.text
        assert "&A" in sheet.oddHeader.left.text
        assert not sheet.sheet_view.showGridLines
    with zipfile.ZipFile(templates[form]) as package:
        areas = re.findall(r'"_xlnm.Print_Area"', package.read("xl/workbook.xml").decode())
    assert len(areas) == len(setting.SHEETS)
    for name, row in ((setting.INPUTS, inputs_sheet), (setting.ORDERS, orders_sheet), (setting.VALUES, values_sheet)):
        assert int(re.findall(r"\d+", book[name.of(form.lang)].freeze_panes)[0]) == row.HEAD_ROW + 2
    assert book[setting.VALUES.of(form.lang)].print_title_rows == "$5:$6"


@on_all
def test_package(templates: dict[Form, Path], form: Form) -> None:
    with zipfile.ZipFile(templates[form]) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    workbook = parts["xl/workbook.xml"].decode()
    assert 'calcId="191029"' in workbook
    assert "fullCalcOnLoad" not in workbook
    assert "calcMode" not in workbook
    assert not [name for name in parts if "external" in name.lower()]
    assert ("xl/vbaProject.bin" in parts) == (form.kind == "xlsm")
    charts = [name for name in parts if name.startswith("xl/charts/chart")]
    drawings = "".join(parts[name].decode() for name in parts if name.startswith("xl/drawings/drawing"))
    assert len(re.findall(r'<xdr:cNvPr id="\d+" name="[^"]+" descr="[^"]+', drawings)) >= len(charts) > 0
    assert "customer_value" in parts["docProps/core.xml"].decode()


@on_all
def test_same_input_same_bytes(templates: dict[Form, Path], form: Form) -> None:
    assert built(form.kind, form.lang, example=form.example) == templates[form].read_bytes()


@pytest.mark.parametrize("example", [False, True])
def test_chinese_is_complete(templates: dict[Form, Path], example: bool) -> None:
    for sheet, cell in cells(load(templates[Form("xlsx", "zh", example)])):
        if cell.data_type == "s":
            # English sentences: three words of letters in a row.
            said = cell.value.replace("xlclv addin install", "")
            assert not re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", said), (sheet.title, cell.coordinate, said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_buttons_run_macros_of_the_project(templates: dict[Form, Path], lang: Language) -> None:
    path = templates[Form("xlsm", lang, False)]
    with zipfile.ZipFile(path) as package:
        modules = sources(package.read("xl/vbaProject.bin"))
        drawing = "".join(package.read(name).decode() for name in package.namelist() if "vmlDrawing" in name)
        code = "".join(package.read(name).decode() for name in package.namelist() if "worksheets/sheet" in name)
    run = re.findall(r"<x:FmlaMacro>\[0\]!(\w+)</x:FmlaMacro>", drawing)
    captions = re.findall(r">([^<>]+)</font>", drawing)
    assert captions == (["Refresh", "Check data"] if lang == "en" else ["刷新", "检查数据"])
    assert len(run) == 2
    for macro in run:
        assert any(re.search(rf"^(Public )?Sub {macro}\(", source, re.MULTILINE) for source in modules.values())
    named_in_sheets = set(re.findall(r'codeName="(\w+)"', code))
    assert set(setting.CODE_NAMES) < named_in_sheets
    assert named_in_sheets <= {name.partition(".")[0] for name in modules}


def test_kinds() -> None:
    with pytest.raises(InputError, match="with macros"):
        build_template("xlsm")
    with pytest.raises(InputError, match="kind must be"):
        build_template("ods")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="lang must be"):
        build_template("xlsx", "de")  # type: ignore[arg-type]
    assert zipfile.is_zipfile(io.BytesIO(build_template("xlsx")))


@on_all
def test_no_name_is_a_function_a_macro_or_an_address(templates: dict[Form, Path], form: Form) -> None:
    """A name of a function's hides it: the formula shows an error then."""
    book = load(templates[form])
    names = {name.casefold() for name in (*book.defined_names, *(name for sheet in book for name in sheet.tables))}
    taken = {name.casefold() for name in FUNCTIONS}
    if form.kind == "xlsm":
        with zipfile.ZipFile(templates[form]) as package:
            modules = sources(package.read("xl/vbaProject.bin"))
        # What a module keeps to the project is no function of a cell.
        code = "\n".join(code for code in modules.values() if "\nOption Private Module" not in code)
        taken |= {name.casefold() for name in re.findall(r"(?:Sub|Function) (\w+)", code)}
        taken |= {name.partition(".")[0].casefold() for name in modules}
    assert not names & taken
    assert not [name for name in names if re.fullmatch(r"[a-z]{1,3}\d+|r\d*c\d*", name)]
