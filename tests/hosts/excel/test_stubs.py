"""The VBA that is made from the declarations keeps VBA's rules and says what the declarations say."""

from __future__ import annotations

import re

import pytest

from xlclv.hosts.excel.cells import ERRORS, MARK
from xlclv.hosts.excel.modules import SERVER, modules, source, template_modules
from xlclv.hosts.excel.stubs import stubs
from xlclv.hosts.excel.texts import SAID, help_rows, text_rows
from xlclv.vba import Module
from xlclv.vba.module import RESERVED
from xlclv.worksheet.catalogue import FUNCTIONS

#: Those of the add-in, and those that only a template has; its workbook's module stands for itself in its own test.
ALL = modules(["Sheet1"]) + [module for module in template_modules([]) if module.name == "xlclv_buttons"]
OURS = [module for module in ALL if module.name != "xlwings"]
#: What stands for one statement after its continuations are undone.
SOURCES = {module.name: module.text().replace(" _\r\n", " ") for module in ALL}
STUBS = SOURCES["xlclv_functions"]
PROCEDURE = re.compile(r"^(Public |Private |)(?:Function|Sub) (\w+)\(", re.MULTILINE)


def declared(name: str) -> list[tuple[bool, str]]:
    """The arguments of a stub: whether optional, and the name."""
    match = re.search(rf"^Public Function {name}\((.*)\) As Variant\r$", STUBS, re.MULTILINE)
    assert match, name
    found = [
        re.fullmatch(r"(Optional )?(\w+) As Variant", re.sub(" +", " ", part).strip())
        for part in match[1].split(",")
        if part
    ]
    assert all(found), match[1]
    return [(bool(part[1]), part[2]) for part in found if part]


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_every_function_has_its_stub(name: str) -> None:
    function = FUNCTIONS[name]
    arguments = declared(name)
    assert [optional for optional, _ in arguments] == [not argument.required for argument in function.arguments]
    assert [given.rstrip("_") for _, given in arguments] == [argument.name for argument in function.arguments]
    body = re.search(rf"^Public Function {name}\(.*?^End Function\r$", STUBS, re.MULTILINE | re.DOTALL)
    assert body
    passed = ", ".join(f"xlclv_in({given})" for _, given in arguments)
    assert f'{name} = xlclv_call("{name}", Array({passed}))' in re.sub(" +", " ", body[0])
    assert ("Application.Volatile" in body[0]) == function.volatile


def test_no_argument_is_a_reserved_word_or_a_function() -> None:
    taken = {name.lower() for name in FUNCTIONS} | set(RESERVED.split())
    for name in FUNCTIONS:
        given = [argument.lower() for _, argument in declared(name)]
        assert not taken & set(given), name
        assert len(set(given)) == len(given), name
    assert declared("CAC_RATIO")[0] == (False, "clv_")


@pytest.mark.parametrize("module", OURS, ids=lambda module: module.name)
def test_rules_of_vba(module: Module) -> None:
    text = module.text()
    assert text.isascii()
    assert max(map(len, text.split("\r\n"))) <= 120
    code = [line for line in text.split("\r\n") if line and not line.startswith("Attribute")]
    assert not code or code[0] == "Option Explicit"
    # Every block that is opened is closed.
    for kind in ("Function", "Sub"):
        opened = re.findall(rf"^(?:Public |Private |){kind} ", text, re.MULTILINE)
        assert len(opened) == len(re.findall(rf"^End {kind}\r$", text, re.MULTILINE))


def test_names_are_given_once() -> None:
    """VBA takes two public procedures of one name, in any case, for ambiguous."""
    public = [
        name.lower()
        for module in OURS
        for scope, name in PROCEDURE.findall(SOURCES[module.name])
        if scope != "Private "
    ]
    assert len(public) == len(set(public)) >= len(FUNCTIONS)
    assert not set(public) & {name.lower() for _, name in PROCEDURE.findall(SOURCES["xlwings"])}
    modules_too = {module.name.lower() for module in ALL}
    assert not modules_too & set(public)


def test_only_functions_and_commands_are_seen_by_cells() -> None:
    seen = {
        module.name
        for module in ALL
        if module.kind == "standard" and "Option Private Module" not in SOURCES[module.name]
    }
    assert seen == {"xlclv_functions", "xlclv_commands", "xlclv_buttons"}


def test_every_error_value_comes_back() -> None:
    bridge = source("bridge.bas")
    cases = dict(re.findall(r'Case "(.+)": with_error = CVErr\((\d+)\)', bridge))
    assert {code: number + 2_146_828_288 for number, code in ERRORS.items()} == {
        code: int(n) for code, n in cases.items()
    }
    assert f"MARK As Long = &H{ord(MARK):X}" in bridge


def test_xlwings_keeps_its_licence() -> None:
    text = SOURCES["xlwings"]
    assert text.startswith('Attribute VB_Name = "xlwings"\r\nOption Private Module\r\n')
    assert "Redistributions of source code must retain the above copyright notice" in text
    assert [name for name, text in SOURCES.items() if "XLPy(" in text] == [SERVER, "xlwings"]


def test_a_text_for_everything_said() -> None:
    asked = {name for text in SOURCES.values() for name in re.findall(r'xlclv_text\("(\w+)"\)', text)}
    asked |= set(re.findall(r'IIf\(.*, "(\w+)", "(\w+)"\)\)', source("server.bas"))[0])
    assert asked == set(SAID)
    rows = text_rows()
    assert all(all(row) for row in rows)
    assert len({row[0] for row in rows}) == len(rows)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_within_the_limits_of_the_wizard(language: str) -> None:
    rows = help_rows(FUNCTIONS, language)  # type: ignore[arg-type]
    assert rows[0][0] == "FunctionInfo"
    assert [row[0] for row in rows[1:]] == list(FUNCTIONS)
    for row in rows[1:]:
        assert all(len(text) <= 255 for text in row)
        assert len(row) == 3 + 2 * len(FUNCTIONS[row[0]].arguments)
        assert all(row[3:]), row[0]  # VBA reads to the first empty cell


def test_stubs_break_long_statements_after_commas() -> None:
    lines = stubs(FUNCTIONS).source.split("\n")
    broken = [line for line in lines if line.endswith(" _")]
    assert broken
    assert all(line.endswith(", _") for line in broken)
