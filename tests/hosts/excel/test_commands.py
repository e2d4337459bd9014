"""One table of commands: from it come ribbon, macros of buttons and their texts, and each command does what it says."""

from __future__ import annotations

import subprocess
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import xlwings

from tests.hosts.excel.sheets import book_of
from xlclv.errors import DataError
from xlclv.hosts import commands as table
from xlclv.hosts.commands import COMMANDS, Command, perform, present
from xlclv.hosts.excel.bridge import xlclv_command
from xlclv.hosts.excel.commands import buttons, callback, macro, ribbon, texts
from xlclv.hosts.excel.macros import ON_SHEETS, template_macros
from xlclv.hosts.excel.modules import modules, source, template_modules
from xlclv.hosts.excel.texts import SAID, text_rows
from xlclv.text import Text
from xlclv.workbook.interface import Workbook

SPACE = "{http://schemas.microsoft.com/office/2006/01/customui}"
#: Office's pictures that are known to be there, by the names of the controls of Excel.
PICTURES = {"RefreshAll", "DataValidation", "FunctionWizard", "Help", "ErrorChecking", "Translate"}
OF_PYTHON = [command for command in COMMANDS if command.work is not None]
SOURCES = {module.name: module.text() for module in modules(["Sheet1"])}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_texts_in_both_languages(command: Command) -> None:
    assert all((*command.label, *command.tip))
    assert command.label.en != command.label.zh
    assert command.tip.en.endswith(".")
    assert command.tip.zh.endswith("。")
    rows = {row[0]: row[1:] for row in text_rows()}
    assert rows[command.id] == list(command.label)
    assert rows[f"{command.id}_tip"] == list(command.tip)


def test_ids_are_names_of_vba_and_given_once() -> None:
    ids = [command.id for command in COMMANDS]
    assert len(set(ids)) == len(ids)
    assert all(id.isidentifier() and id.isascii() and id.islower() for id in ids)
    # An id is also the name under which VBA asks for a text.
    assert not {*ids, *(f"{id}_tip" for id in ids)} & set(SAID)


def test_what_the_issue_asks_for_is_there() -> None:
    assert {command.label.en for command in present()} >= {"Refresh", "Check data", "Insert function", "Help"}


@pytest.mark.parametrize("command", OF_PYTHON, ids=lambda command: command.id)
def test_every_function_is_there(command: Command) -> None:
    assert command in list(present())
    assert command.work is not None
    assert callable(table._function(command.work))


def test_the_ribbon_in_the_order_of_its_schema() -> None:
    """customUI holds a ribbon, this tabs, a tab, a group, buttons: each with attributes the schema knows."""
    root = ElementTree.fromstring(ribbon())
    assert (root.tag, set(root.attrib)) == (f"{SPACE}customUI", {"onLoad"})
    for tag, attributes in (("ribbon", set()), ("tabs", set()), ("tab", {"id", "label"}), ("group", {"id", "label"})):
        (root,) = root
        assert (root.tag, set(root.attrib)) == (f"{SPACE}{tag}", attributes)
    ids = ["xlclv_tab", "xlclv_group"]
    for button in root:
        assert (button.tag, len(button)) == (f"{SPACE}button", 0)
        assert set(button.attrib) == {
            "id", "size", "imageMso", "onAction", "getLabel", "getScreentip", "getSupertip"
        }  # fmt: skip
        assert button.get("size") == "large"
        ids.append(button.get("id", ""))
    assert len(set(ids)) == len(ids) == len(list(present())) + 2


def test_pictures_are_those_of_office() -> None:
    assert {command.image for command in COMMANDS} <= PICTURES


def test_every_callback_of_the_ribbon_has_its_procedure() -> None:
    for element in ElementTree.fromstring(ribbon()).iter():
        for attribute, name in element.attrib.items():
            arguments = {
                "onLoad": "given As IRibbonUI",
                "onAction": "control As IRibbonControl",
                "getLabel": "control As IRibbonControl, ByRef label",
                "getScreentip": "control As IRibbonControl, ByRef label",
                "getSupertip": "control As IRibbonControl, ByRef tip",
            }.get(attribute)
            if arguments is not None:
                assert f"\nPublic Sub {name}({arguments})\r\n" in SOURCES["xlclv_commands"]


def test_a_button_for_every_command_of_python() -> None:
    made = buttons().source
    for command in OF_PYTHON:
        assert f'Public Sub {macro(command)}()\n    xlclv_run "{command.id}", ThisWorkbook\nEnd Sub\n' in made
    assert made.count("Public Sub") == len(OF_PYTHON)


def test_a_new_row_is_all_a_command_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    late = Command("late", Text("Late", "迟"), Text("Later.", "以后。"), "Help", "late_module:late")
    monkeypatch.setattr(table, "COMMANDS", (*COMMANDS, late))
    assert late not in list(present())  # its function is not there yet
    assert 'id="late"' not in ribbon()
    module = types.ModuleType("late_module")
    module.__spec__ = types.SimpleNamespace()  # type: ignore[assignment]
    module.late = lambda book: Text("Late at last.", "终于。")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "late_module", module)
    assert 'id="late"' in ribbon()
    assert 'onAction="xlclv_do_command"' in ribbon([late])
    assert "Public Sub xlclv_late()" in buttons().source
    assert texts()["late"] == late.label
    assert perform("late", opened()) == (True, Text("Late at last.", "终于。"))


@contextmanager
def opened() -> Iterator[Workbook]:
    yield object()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (DataError("No orders; paste some.", "没有订单；请粘贴。"), "No orders; paste some."),
        (MemoryError(), "not enough memory"),
        (KeyError("customer"), "stopped (KeyError)"),
    ],
)
def test_no_error_comes_through(monkeypatch: pytest.MonkeyPatch, error: Exception, part: str) -> None:
    def fails(book: Workbook) -> Text:
        raise error

    monkeypatch.setattr(table, "_function", lambda named: fails)
    done, sentence = perform("refresh", opened())
    assert not done
    assert part in sentence.en
    assert sentence.zh
    assert "Traceback" not in sentence.en


@pytest.mark.parametrize("id", ["unknown", "insert", ""])
def test_a_command_that_is_not_python_s(id: str) -> None:
    done, sentence = perform(id, opened())
    assert not done
    assert "xlclv doctor" in sentence.en


@pytest.fixture
def caller() -> Iterator[Any]:
    """Sets the workbook that calls."""
    yield lambda book: book.set_mock_caller()
    if hasattr(xlwings.Book, "_mock_caller"):
        del xlwings.Book._mock_caller


def test_a_command_on_the_calling_workbook(caller: Any) -> None:
    orders = [["A", "2024-01-05", 10.0], ["A", "2024-01-07", -5.0]]
    caller(book_of(orders))
    ((done, sentence),) = xlclv_command("check_data", "en")
    assert done is True
    assert "refund" in sentence
    ((_, chinese),) = xlclv_command("check_data", "zh")
    assert "需要注意" in chinese


def test_a_workbook_without_orders_table(caller: Any) -> None:
    book = book_of([])
    for sheet in book.impl.sheets:
        sheet.tables.list = [one for one in sheet.tables if one.name != "Orders"]
    caller(book)
    ((done, sentence),) = xlclv_command("refresh", "en")
    assert done is False
    assert "no table Orders" in sentence
    assert "xlclv new" in sentence


def test_what_excel_refuses_is_a_sentence(caller: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = type("com_error", (Exception,), {})

    def fails(book: Workbook) -> Text:
        raise refused(-2147418111, "Call was rejected by callee.")

    monkeypatch.setattr(table, "_function", lambda named: fails)
    caller(book_of([]))
    ((done, sentence),) = xlclv_command("refresh", "en")
    assert done is False
    assert sentence.startswith("Excel did not allow a change; finish editing the cell")


def test_macros_of_a_template() -> None:
    made = {module.name: module for module in template_modules(["One"])}
    # What only the add-in may do: change links of other workbooks, and its ribbon.
    assert not {"xlclv_events", "xlclv_links", "xlclv_formulas", "xlclv_commands"} & set(made)
    assert all("ChangeLink" not in module.source for module in made.values())
    assert {"ThisWorkbook", "One", "xlclv_functions", "xlclv_buttons", "xlwings"} <= set(made)
    for name in ("xlclv_bridge", "xlclv_server", "xlclv_texts", "xlclv_messages", "xlclv_runner"):
        assert made[name].text() == SOURCES[name]
    assert "xlclv_register" in source("template.cls")


@pytest.mark.parametrize(("language", "labels"), [("en", ["Refresh", "Check data"]), ("zh", ["刷新", "检查数据"])])
def test_what_a_template_is_given(language: Any, labels: list[str]) -> None:
    macros = template_macros(["One", "Two"], language)
    assert template_macros(["One", "Two"], language) == macros
    assert [button.label for button in macros.buttons] == labels
    assert [button.macro for button in macros.buttons] == [f"xlclv_{id}" for id in ON_SHEETS]
    assert [hidden.title for hidden in macros.hidden] == ["xlclv", "_IntelliSense_", "xlclv_en", "xlclv_zh"]
    for module in template_modules([]):
        for name in ("xlclv", "_IntelliSense_"):
            if f'Worksheets("{name}")' in module.source:
                assert name in [hidden.title for hidden in macros.hidden]


def test_callbacks_by_kind() -> None:
    assert {callback(command) for command in OF_PYTHON} == {"xlclv_do_command"}
    assert [callback(command) for command in COMMANDS if command.work is None] == [
        "xlclv_do_insert", "xlclv_do_help", "xlclv_do_test", "xlclv_do_language"
    ]  # fmt: skip


THROUGH_XLWINGS = """
import subprocess
import sys
sys.path.insert(0, sys.argv[1])
import windows
windows.install()
import xlwings
from xlwings import _xlwindows
from xlwings.com_server import XLPython

class Handed:
    "A workbook as COM hands it over."

server, handed, seen = XLPython(), Handed(), []
server.CallUDF("xlclv.hosts.excel.bridge", "xlclv_call", ("XLCLV_VERSION", False, ()))
from xlclv.hosts.excel import live
live.LiveBook = lambda book: seen.append(book) or (_ for _ in ()).throw(KeyError("stop"))
answer = server.CallUDF("xlclv.hosts.excel.bridge", "xlclv_command", ("refresh", "zh"), handed)
assert type(answer) is list and [type(cell) for cell in answer] == [bool, str], answer
assert answer[0] is False and "KeyError" in answer[1], answer
assert seen[0].impl.xl is handed and _xlwindows.BOOK_CALLER is handed
"""


def test_the_workbook_comes_through_the_call_path_of_xlwings() -> None:
    """As `xlclv_order` calls: a function first, then the command with the workbook."""
    folder = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", THROUGH_XLWINGS, folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
