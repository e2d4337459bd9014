"""``xlclv addin`` and ``xlclv doctor`` from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.hosts.excel.simulated import ADDIN, PYTHON, SETTINGS, Simulated, addin_file, healthy, installed
from xlclv.cli import main

Capture = pytest.CaptureFixture[str]
CONTENT = addin_file()


def printed(capsys: Capture, *words: str) -> tuple[int, str, str]:
    code = main(words)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlclv.cli.addin.built", lambda: CONTENT)


def on(system: Simulated, monkeypatch: pytest.MonkeyPatch) -> Simulated:
    for command in ("addin", "doctor"):
        monkeypatch.setattr(f"xlclv.cli.{command}.this_system", lambda: system)
    return system


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Simulated:
    return on(healthy(tmp_path / "windows"), monkeypatch)


class TestBuild:
    def test_writes_the_file_on_every_system(self, tmp_path: Path, capsys: Capture) -> None:
        target = tmp_path / "a.xlam"
        assert printed(capsys, "addin", "build", "--out", str(target)) == (0, f"Wrote {target}\n", "")
        assert target.read_bytes() == CONTENT
        assert [file.name for file in tmp_path.iterdir()] == ["a.xlam"]

    def test_here_and_in_chinese(self, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        assert printed(capsys, "addin", "build", "--lang", "zh")[1] == f"已写入 {tmp_path / 'xlclv.xlam'}\n"

    def test_one_of_ours_is_replaced_others_are_not(self, tmp_path: Path, capsys: Capture) -> None:
        target = tmp_path / "a.xlam"
        target.write_bytes(addin_file("0.0.1"))
        assert printed(capsys, "addin", "build", "--out", str(target))[0] == 0
        target.write_bytes(b"mine")
        code, _, err = printed(capsys, "addin", "build", "--out", str(target))
        assert (code, err.count("\n"), target.read_bytes()) == (2, 1, b"mine")
        assert "--force" in err
        assert printed(capsys, "addin", "build", "--out", str(target), "--force")[0] == 0
        assert target.read_bytes() == CONTENT

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("a.xlsm", "ends in .xlam"),
            ("no/a.xlam", "no folder"),
            (".", "is a folder"),
            ("open.xlam", "open in another"),
        ],
    )
    def test_refusals(
        self, name: str, words: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("~$open.xlam").touch()
        code, out, err = printed(capsys, "addin", "build", "--out", name)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert words in err


@pytest.mark.skipif(sys.platform == "win32", reason="is Windows")
class TestElsewhere:
    @pytest.mark.parametrize("action", ["install", "uninstall", "status"])
    def test_refused_in_one_sentence(self, action: str, capsys: Capture) -> None:
        code, out, err = printed(capsys, "addin", action)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "Excel on Windows" in err
        assert "xlclv addin build" in err
        assert "Windows 版 Excel" in printed(capsys, "addin", action, "--lang", "zh")[2]

    def test_doctor(self, capsys: Capture) -> None:
        code, out, err = printed(capsys, "doctor")
        assert (code, err) == (0, "")
        assert [line.split("\t")[0] for line in out.splitlines()] == ["status", "good", "good", "good"]
        assert "7200" in out


class TestWindows:
    def test_install_status_uninstall(self, windows: Simulated, capsys: Capture) -> None:
        code, out, _ = printed(capsys, "addin", "status")
        assert (code, out.count("run xlclv addin install")) == (1, 2)
        code, out, err = printed(capsys, "addin", "install")
        assert (code, err) == (0, "")
        assert out.splitlines()[0] == f"Installed {ADDIN} (0.1.0)."
        assert printed(capsys, "addin", "status") == (
            0, f"The add-in 0.1.0: {ADDIN}.\nExcel uses the Python {PYTHON}.\n", "",
        )  # fmt: skip
        code, out, _ = printed(capsys, "addin", "uninstall", "--lang", "zh")
        assert (code, out.splitlines()[0]) == (0, f"已删除 {ADDIN}。")
        assert not windows.local(ADDIN).exists()
        assert not windows.local(SETTINGS).exists()

    def test_refusal(self, windows: Simulated, capsys: Capture) -> None:
        windows.put(ADDIN, b"mine")
        code, out, err = printed(capsys, "addin", "install")
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert printed(capsys, "addin", "install", "--force")[0] == 0

    def test_to_a_folder(self, windows: Simulated, capsys: Capture) -> None:
        windows.put(ADDIN.parents[5] / "tools" / "x", b"")
        folder = str(ADDIN.parents[5] / "tools")
        assert printed(capsys, "addin", "install", "--to", folder)[0] == 0
        assert printed(capsys, "addin", "status", "--to", folder)[0] == 0
        assert printed(capsys, "doctor", "--to", folder)[0] == 0
        assert printed(capsys, "addin", "uninstall", "--to", folder)[0] == 0
        assert printed(capsys, "addin", "status", "--to", folder)[0] == 1

    def test_doctor_with_a_problem(self, windows: Simulated, capsys: Capture) -> None:
        code, out, _ = printed(capsys, "doctor", "--lang", "zh")
        assert code == 1
        assert "问题\t加载项尚未安装；请运行 xlclv addin install。\n" in out

    def test_doctor_as_json_with_a_workbook(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
    ) -> None:
        system = on(installed(tmp_path), monkeypatch)
        book = ADDIN.parents[5] / "book.xlsm"
        system.put(book, b"")
        system.streams[book] = b"ZoneId=3"
        code, out, _ = printed(capsys, "doctor", str(book), "--json")
        told = json.loads(out)
        assert code == 1
        assert set(told) == {"xlclv", "system", "findings"}
        assert all(set(finding) == {"check", "status", "text"} for finding in told["findings"])
        assert [f["check"] for f in told["findings"] if f["status"] == "problem"] == ["blocked"]


def test_an_action_is_needed(capsys: Capture) -> None:
    code, out, err = printed(capsys, "addin")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "xlclv addin --help" in err
