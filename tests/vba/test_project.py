"""Whole projects: what olevba extracts is what went in, and the streams are those the specification asks for."""

from __future__ import annotations

import ast
import random
import string
import sys
import uuid
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import xlclv
from tests.vba.readers import lines, opened, records, revealed, sources, stream, value
from xlclv.vba import Module, build_project
from xlclv.vba.module import RESERVED, TAKEN

BOOK = Module("ThisWorkbook", "", "workbook")
SHEET = Module("Sheet1", "", "worksheet")
USED = {*RESERVED.split(), *TAKEN, "xlclv", "thisworkbook", "sheet1"}

LETTERS = "".join(chr(code) for code in range(32, 127)) + "\t"
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,30}", fullmatch=True).filter(lambda name: name.lower() not in USED)
CODE_LINES = st.text(LETTERS, max_size=120) | st.sampled_from(["End Sub", "    x = x + 1", "    Next i", "x = 1 _"])
SOURCES = st.lists(CODE_LINES, max_size=20).map("\n".join)
MODULES = st.lists(
    st.builds(Module, NAMES, SOURCES, st.sampled_from(["standard", "class", "worksheet"])),
    max_size=8,
    unique_by=lambda module: module.name.lower(),
)


def check(modules: list[Module], name: str = "xlclv") -> bytes:
    content = build_project(modules, name)
    assert sources(content) == {module.name: module.text() for module in modules}
    assert build_project(modules, name) == content
    return content


@settings(max_examples=100)
@given(MODULES)
def test_random_projects(modules: list[Module]) -> None:
    check([BOOK, SHEET, *modules])


@pytest.mark.slow
@settings(max_examples=1000)
@given(MODULES)
def test_many_random_projects(modules: list[Module]) -> None:
    check([BOOK, SHEET, *modules])


def test_a_project_of_many_long_modules() -> None:
    dice = random.Random(5)
    words = ["".join(dice.choices(string.ascii_letters, k=dice.randint(1, 9))) for _ in range(500)]
    modules = [
        Module(f"Part{number}", "\n".join(" ".join(dice.choices(words, k=12)) for _ in range(dice.randint(0, 400))))
        for number in range(30)
    ]
    content = check([BOOK, SHEET, *modules])
    assert len(content) > 100_000


@pytest.mark.parametrize("count", [3640, 3641, 3642, 3643, 3700, 4000, 4094, 4095, 4096, 4097, 8191])
def test_source_that_cannot_be_compressed_gets_blank_lines_instead_of_zeros(count: int) -> None:
    dice = random.Random(count)
    head = len('Attribute VB_Name = "Noise"\r\n')
    noise = "".join(dice.choices([chr(code) for code in range(33, 127) if chr(code) != "_"], k=count - head))
    # Lines of 1000; what a line's end takes is taken from the noise, so the module has exactly `count` bytes.
    source = "\n".join(noise[at : at + 1000] for at in range(0, len(noise) - 2 * (len(noise) // 1000 + 1), 1000))
    module = Module("Noise", source)
    extracted = sources(build_project([BOOK, SHEET, module]))["Noise"]
    assert extracted.startswith(module.text())
    assert not extracted.removeprefix(module.text()).strip(" \r\n")
    assert "\0" not in extracted


def test_blank_lines_are_needed_at_times() -> None:
    """The test above would not notice without a source that the format could only fill with zeros."""
    dice = random.Random(1)
    source = "\n".join("".join(dice.choices([chr(code) for code in range(33, 95)], k=1000)) for _ in range(4))
    found = {}
    for count in range(3700, 4004, 101):
        module = Module("Noise", source[:count])
        extracted = sources(build_project([BOOK, SHEET, module]))["Noise"]
        found[len(module.text()) % 2] = extracted.removeprefix(module.text())
    assert any(filling.startswith(" \r\n") for filling in found.values())
    assert any(filling.startswith("\r\n\r\n") for filling in found.values())


def test_the_storages_are_those_of_a_project() -> None:
    with opened(build_project([BOOK, SHEET, Module("Code", "")])) as file:
        assert sorted("/".join(path) for path in file.listdir(storages=True)) == [
            "PROJECT",
            "PROJECTwm",
            "VBA",
            "VBA/Code",
            "VBA/Sheet1",
            "VBA/ThisWorkbook",
            "VBA/_VBA_PROJECT",
            "VBA/dir",
        ]


def test_there_is_no_compiled_code() -> None:
    content = build_project([BOOK, SHEET, Module("Code", "")])
    assert stream(content, "VBA/_VBA_PROJECT") == bytes.fromhex("cc61ffff000000")
    assert [record.content for record in records(content) if record.number == 0x31] == [bytes(4)] * 3


def test_kinds_of_modules() -> None:
    content = build_project([Module("Code", ""), BOOK, Module("Counter", "", "class"), SHEET])
    assert [record.number for record in records(content) if record.number in (0x21, 0x22)] == [0x21, 0x22, 0x22, 0x22]
    assert lines(content)[1:5] == [
        "Module=Code",
        "Document=ThisWorkbook/&H00000000",
        "Class=Counter",
        "Document=Sheet1/&H00000000",
    ]


@pytest.mark.parametrize("number", range(30))
def test_nothing_is_protected(number: int) -> None:
    """Thirty projects, so that every length of the random part of 2.4.3.2 occurs."""
    content = build_project([BOOK, SHEET, Module(f"Code{number}", "")])
    identifier = value(content, "ID")
    assert uuid.UUID(identifier).version == 4
    assert identifier == identifier.upper()
    assert revealed(identifier, value(content, "CMG")) == bytes(4)
    assert revealed(identifier, value(content, "DPB")) == bytes(1)
    assert revealed(identifier, value(content, "GC")) == b"\xff"


def test_projects_of_different_source_are_different_projects() -> None:
    one, two = (build_project([BOOK, SHEET, Module("Code", source)]) for source in ("x = 1", "x = 2"))
    assert value(one, "ID") != value(two, "ID")


def test_names_in_both_encodings() -> None:
    content = build_project([BOOK, SHEET])
    wide = "ThisWorkbook".encode("utf-16-le"), "Sheet1".encode("utf-16-le")
    assert stream(content, "PROJECTwm") == (
        b"ThisWorkbook\0" + wide[0] + b"\0\0" + b"Sheet1\0" + wide[1] + b"\0\0" + b"\0\0"
    )


def test_the_package_needs_only_errors_and_the_standard_library() -> None:
    allowed = {*sys.stdlib_module_names, "xlclv.errors"}
    found = set()
    for path in Path(xlclv.__file__).parent.glob("vba/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            found |= {
                name if name.startswith("xlclv") else name.partition(".")[0]
                for name in names
                if not name.startswith("xlclv.vba.")
            }
    assert "xlclv.errors" in found
    assert found <= allowed
