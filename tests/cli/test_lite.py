"""``xlclv lite``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import xlclv
from xlclv.cli import main
from xlclv.cli.lite import files_of

Capture = pytest.CaptureFixture[str]
WHEEL = "https://example.org/wheels/xlclv-0.1.0-py3-none-any.whl"


def test_prints_both_files(capsys: Capture) -> None:
    assert main(["lite"]) == 0
    out = capsys.readouterr().out
    assert "\nfrom xlclv.hosts.lite import *\n" in out
    assert f"\nxlwings<1.0.0\nxlclv=={xlclv.__version__}\n" in out
    assert "main.py:" in out
    assert "requirements.txt:" in out


def test_speaks_chinese(capsys: Capture) -> None:
    assert main(["lite", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "请粘贴到 xlwings Lite 中。" in out
    assert "from xlclv.hosts.lite import *" in out


def test_writes_both_files_that_python_and_pip_read(tmp_path: Path, capsys: Capture) -> None:
    assert main(["lite", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("Wrote ") == 2
    requirements = (tmp_path / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [Requirement(line).name for line in requirements] == ["xlwings", "xlclv"]
    program = (tmp_path / "main.py").read_text(encoding="utf-8") + "assert CLV(100.0, 2.0, 36.0) == [[7200.0]]\n"
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


def test_a_wheel_of_ones_own(tmp_path: Path) -> None:
    assert main(["lite", "--out", str(tmp_path), "--wheel", WHEEL]) == 0
    assert (tmp_path / "requirements.txt").read_text(encoding="utf-8") == f"xlwings<1.0.0\n{WHEEL}\n"


@pytest.mark.parametrize(
    "wheel", ["http://example.org/xlclv-0.1.0-py3-none-any.whl", "xlclv.whl", "https://example.org/"]
)
def test_no_wheel(wheel: str, capsys: Capture) -> None:
    assert main(["lite", "--wheel", wheel]) == 2
    error = capsys.readouterr().err
    assert error == f"xlclv: --wheel must be an https address that ends in -none-any.whl, not {wheel}.\n"


def test_replaces_nothing_unasked(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "requirements.txt").write_text("pandas\n", encoding="utf-8")
    assert main(["lite", "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "requirements.txt exists and holds something else" in error
    assert error.count("\n") == 1
    assert not (tmp_path / "main.py").exists()
    assert main(["lite", "--out", str(tmp_path), "--force"]) == 0
    assert main(["lite", "--out", str(tmp_path)]) == 0  # the same once more
    written = {name: (tmp_path / name).read_text(encoding="utf-8") for name in files_of()}
    assert written == files_of()


def test_a_folder_that_is_not_there(tmp_path: Path, capsys: Capture) -> None:
    assert main(["lite", "--out", str(tmp_path / "nowhere"), "--lang", "zh"]) == 2
    assert "不存在" in capsys.readouterr().err
