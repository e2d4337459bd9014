"""What docs/excel.md says is run: on a simulated Windows, and here where it can run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.hosts.excel.simulated import ADDIN, SETTINGS, addin_file, healthy
from xlclv.cli import main
from xlclv.hosts.excel.marker import mark_of

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/excel.md").read_text(encoding="utf-8")
COMMANDS = [line for text in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in text.splitlines()]


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("xlclv.cli.addin.built", addin_file)


def test_commands_in_the_order_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    system = healthy(tmp_path / "windows")
    for command in ("addin", "doctor"):
        monkeypatch.setattr(f"xlclv.cli.{command}.this_system", lambda: system)
    assert len(COMMANDS) == 6
    for command in COMMANDS:
        program, *words = shlex.split(command)
        assert program == "xlclv"
        assert main(words) == 0, capsys.readouterr().out
        assert system.local(ADDIN).exists() == (COMMANDS.index(command) < 4)
    assert not system.local(SETTINGS).exists()
    assert mark_of((tmp_path / "xlclv.xlam").read_bytes()) is not None


@pytest.mark.parametrize("command", [line for line in COMMANDS if "doctor" in line or "build" in line])
def test_commands_that_run_on_every_system(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(command)[1:]) == 0, capsys.readouterr().out


def test_places(tmp_path: Path) -> None:
    system = healthy(tmp_path)
    told = [path.replace("%APPDATA%", system.variables["APPDATA"]).replace("%USERPROFILE%", system.variables["USERPROFILE"])
            for path in re.findall(r"`(%.*?)`", PAGE)]  # fmt: skip
    assert told == [str(ADDIN.parent), str(SETTINGS)]


def test_every_check_is_listed() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "xlclv/hosts/excel").glob("doctor*.py"))
    checks = set(re.findall(r'(?:good|warning|problem)\(\s*"(\w+)"', source))
    assert len(checks) > 10
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == checks
