"""What docs/customer-value.md says is run, and held against the template."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.workbook.samples import load
from xlclv.cli import main
from xlclv.text import LANGUAGES
from xlclv.workbook.contract import INPUTS
from xlclv.workbook.customer_value.cells import NOT_YET
from xlclv.workbook.customer_value.inputs_sheet import CHANGED_WORD
from xlclv.workbook.customer_value.setting import SHEETS

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/customer-value.md").read_text(encoding="utf-8")
COMMANDS = [line for text in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in text.splitlines()]


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return found[2:]


def test_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) == 5
    for command in COMMANDS:
        program, *words = shlex.split(command)
        assert program == "xlclv"
        assert main(words) == 0, capsys.readouterr().err
    made = {"customer_value.xlsm", "example.xlsx", "客户价值.xlsm", "客户价值示例.xlsm"}
    assert {path.name for path in tmp_path.iterdir()} == made
    tables = {name: sheet.title for sheet in load(tmp_path / "example.xlsx") for name in sheet.tables}
    told = {(row[0], name) for row in rows("Sheets") for name in re.findall(r"`(\w+)`", row[2])}
    assert told == {(sheet, name) for name, sheet in tables.items()}


def test_inputs() -> None:
    assert rows("Inputs") == [
        [f"`{item.name}`", item.label.en, item.blank.en if item.blank else "not allowed"] for item in INPUTS
    ]


def test_sheets_and_words() -> None:
    assert [tuple(row[:2]) for row in rows("Sheets")] == list(SHEETS)
    assert f"`{CHANGED_WORD.en}`" in PAGE
    assert f"`{NOT_YET.en}`" in PAGE
    for lang in LANGUAGES:
        assert CHANGED_WORD.of(lang) in PAGE
