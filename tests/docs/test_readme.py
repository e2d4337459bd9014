"""What the README says is run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.docs.formulas import evaluated
from xlclv.cli import main
from xlclv.worksheet import CellError

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    line.removeprefix(".venv/bin/xlclv ")
    for language, text in CODE
    if language == "sh"
    for line in text.splitlines()
    if line.startswith(".venv/bin/xlclv ")
]
FORMULAS = re.findall(r"^\| `(=.*?)` \| ([\d.]+) \|", README, re.MULTILINE)


def test_there_is_something_to_run() -> None:
    assert len(COMMANDS) == 5
    assert len(FORMULAS) == 5


@pytest.mark.parametrize("command", COMMANDS)
def test_command(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = ["customer,date,amount"] + [
        f"c{number},2024-{1 + (number + 2 * order) % 9:02d}-{1 + number % 28:02d},{10 + number % 7 + order}"
        for number in range(60)
        for order in range(1 + number % 4)
    ]
    (tmp_path / "orders.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert main(shlex.split(command)) == 0, capsys.readouterr().err
    if "--out" in command:
        assert zipfile.is_zipfile(tmp_path / "values.xlsx")


@pytest.mark.parametrize(("formula", "result"), FORMULAS)
def test_formula(formula: str, result: str) -> None:
    value = evaluated(formula)
    assert not isinstance(value, CellError)
    decimals = len(result.partition(".")[2])
    assert f"{value:.{decimals}f}" == result


def test_python() -> None:
    program = "\n".join(text for language, text in CODE if language == "python")
    assert "rfm_table" in program
    check = "\nassert xlclv.clv(100, 2, 36) == 7200.0\nassert abs(model.params['r'] - .553277) < 1e-5, model.params\n"
    subprocess.run([sys.executable, "-W", "error", "-c", program + check], check=True, cwd=ROOT)


@pytest.mark.parametrize("marker", ["main-job", "tests"])
def test_the_two_commands_set_up_themselves(marker: str) -> None:
    command = re.search(rf"<!-- {marker} -->\n```sh\n(.*?)\n```", README, re.DOTALL)
    assert command is not None
    assert command[1].startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert "\n" not in command[1]


def test_the_demo_command_writes_the_file_the_readme_names() -> None:
    from xlclv.cli.options import parse

    assert parse(["demo"]).out in README


@pytest.mark.parametrize("path", sorted(p for p in ROOT.rglob("*.md") if not {".venv", "node_modules"} & set(p.parts)))
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), target
