"""What docs/lite.md says is run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.docs.formulas import evaluated
from xlclv.cli import main
from xlclv.cli.lite import files_of

PAGE = (Path(__file__).parent.parent.parent / "docs" / "lite.md").read_text(encoding="utf-8")
BLOCKS = [
    (language, re.sub(r"(?m)^ +", "", text)) for language, text in re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
]
COMMANDS = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines()]


def test_the_page_shows_what_the_command_prints() -> None:
    shown = dict(BLOCKS)
    assert files_of() == {"main.py": shown["python"], "requirements.txt": shown["text"]}


@pytest.mark.parametrize("command", COMMANDS)
def test_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    program, *words = shlex.split(command)
    assert program == "xlclv"
    assert main(words) == 0
    assert "from xlclv.hosts.lite import *" in capsys.readouterr().out


def test_there_are_commands() -> None:
    assert len(COMMANDS) == 3


def test_files_are_written_into_a_folder(tmp_path: Path) -> None:
    assert "`xlclv lite --out DIR`" in PAGE
    assert main(["lite", "--out", str(tmp_path)]) == 0
    assert {file.name for file in tmp_path.iterdir()} == set(files_of())


def test_formula() -> None:
    assert "`=CLV(100,2,36)` shows 7200" in PAGE
    assert evaluated("=CLV(100,2,36)") == 7200
