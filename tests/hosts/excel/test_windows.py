"""The real Windows as far as it can run anywhere: registry and COM stood in for, programs and files real."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import types
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest

import xlclv
from xlclv.hosts.excel import probe
from xlclv.hosts.excel.windows import Hive, Question, RealWindows, this_system

TREE = {r"HKCU:64:A": {"": "nameless", "x": 1}, r"HKCU:64:A\one": {}, r"HKCU:64:A\two": {}, "HKLM:32:A": {"x": b"\0"}}


class Registry(types.ModuleType):
    """winreg's calls over a dictionary."""

    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE = "HKCU", "HKLM"
    KEY_READ, KEY_WOW64_64KEY, KEY_WOW64_32KEY = 1, 64, 32

    class Key(str):
        def __enter__(self) -> Registry.Key:
            return self

        def __exit__(self, *error: object) -> None:
            return None

    def OpenKey(self, hive: str, key: str, reserved: int, access: int) -> Registry.Key:  # noqa: N802
        name = f"{hive}:{access & ~1}:{key}"
        if name not in TREE:
            raise FileNotFoundError(2, "no such key")
        return Registry.Key(name)

    def _inside(self, key: str) -> list[str]:
        return [name[len(key) + 1 :] for name in TREE if name.startswith(f"{key}\\")]

    def QueryInfoKey(self, key: str) -> tuple[int, int, int]:  # noqa: N802
        return len(self._inside(key)), len(TREE[key]), 0

    def EnumValue(self, key: str, place: int) -> tuple[str, Any, int]:  # noqa: N802
        return (*list(TREE[key].items())[place], 1)

    def EnumKey(self, key: str, place: int) -> str:  # noqa: N802
        return self._inside(key)[place]


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> RealWindows:
    monkeypatch.setitem(sys.modules, "winreg", Registry("winreg"))
    return RealWindows()


def test_registry(windows: RealWindows) -> None:
    assert windows.values(Hive.USER, "A") == {"": "nameless", "x": 1}
    assert windows.keys(Hive.USER, "A") == ["one", "two"]
    assert windows.values(Hive.USER, "A", 32) == {}
    assert windows.values(Hive.MACHINE, "A", 32) == {"x": b"\0"}
    assert windows.keys(Hive.MACHINE, "none") == []


def test_files_and_variables(windows: RealWindows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLCLV_TEST", "here")
    assert windows.variable("XLCLV_TEST") == "here"
    assert windows.variable("XLCLV_NONE") == ""
    assert windows.absolute("x").name == "x"
    assert windows.interpreter.name == Path(sys.executable).name
    file = PureWindowsPath("name.xlam")
    monkeypatch.chdir(tmp_path)
    Path("name.xlam:Zone.Identifier").write_bytes(b"ZoneId=3")  # on Windows this is the stream of the file
    assert windows.local(file) == Path("name.xlam")
    assert windows.stream(file, "Zone.Identifier") == b"ZoneId=3"
    assert windows.stream(PureWindowsPath("other"), "Zone.Identifier") is None


def test_programs(windows: RealWindows) -> None:
    said = windows.run([sys.executable, "-c", "import sys; print('é'); print('bad', file=sys.stderr); sys.exit(3)"], 30)
    assert (said.code, said.output.split()) == (3, ["é", "bad"])
    assert windows.run([sys.executable, "-c", "import time; time.sleep(30)"], 0.2).code is None
    assert windows.run(["no-such-program"], 1).code is None


COM = """\
import os
IID_IDispatch, CLSCTX_LOCAL_SERVER = "dispatch", 4
class com_error(Exception): pass
def CoInitialize(): pass
def MakeIID(number): return number
def CoCreateInstance(number, outer, context, wanted):
    assert number.startswith("{") and (outer, context, wanted) == (None, 4, "dispatch")
    if not os.path.exists(os.environ["XLCLV_SERVER"]):
        raise com_error(-2147221164, "Class not registered")
    return number
"""
CLIENT = """\
class Server:
    def CallUDF(self, module, function, arguments, workbook, caller):
        if function == "BAD":
            raise TypeError("no such function")
        return [module, function, arguments, workbook, caller]
def Dispatch(number): return Server()
"""
UTILS = "def prepare_sys_path(folders): assert folders == 'true;;'\n"
SERVING = """\
import os, pathlib, time
def serve(number):
    if os.environ.get("XLCLV_DIES"):
        raise ImportError("DLL load failed while importing pythoncom")
    time.sleep(.3)
    pathlib.Path(os.environ["XLCLV_SERVER"]).touch()
    time.sleep(60)
"""


@pytest.fixture
def com(windows: RealWindows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RealWindows:
    """The same, where pywin32 and xlwings are stood in for in every program that is started."""
    for name, text in {
        "pythoncom.py": COM, "win32com/__init__.py": "", "win32com/client.py": CLIENT, "xlwings/__init__.py": SERVING,
        "xlwings/utils.py": UTILS, "win32api.py": "def OpenProcess(*words): return words[-1]",
        "win32process.py": "import os\n"
        "def GetExitCodeProcess(pid):\n"
        "    state = open(f'/proc/{pid}/stat').read().rpartition(')')[2].split()[0]\n"
        "    return 1 if state == 'Z' else 259\n",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{Path(__file__).parents[3]}")
    monkeypatch.setenv("XLCLV_SERVER", str(tmp_path / "registered"))
    return windows


def ask(windows: RealWindows, function: str = "CLV", seconds: float = 20.0) -> Any:
    return windows.ask(Executable(), "true;;", Question("module", function, (1.0, 2.0)), seconds)


class Executable(PureWindowsPath):
    """This system's own Python, whose path is not Windows'."""

    def __str__(self) -> str:
        return sys.executable


class TestServer:
    def test_answers(self, com: RealWindows) -> None:
        assert ask(com) == (True, ["module", "CLV", [1.0, 2.0], None, None], "")

    def test_call_that_fails(self, com: RealWindows) -> None:
        assert ask(com, "BAD") == (True, None, "TypeError: no such function")

    def test_that_dies_is_told_at_once_with_its_last_words(
        self, com: RealWindows, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XLCLV_DIES", "1")
        answer = ask(com, seconds=60.0)
        assert not answer.started
        assert answer.trouble.splitlines()[-1] == "ImportError: DLL load failed while importing pythoncom"

    def test_that_never_registers(self, com: RealWindows, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("XLCLV_SERVER", str(tmp_path / "no" / "where"))
        answer = com.ask(Executable(), "true;;", Question("m", "f", ()), 0.1)
        assert not answer.started
        assert answer.trouble

    def test_without_pywin32(self, windows: RealWindows) -> None:
        answer = windows.ask(Executable(), "true;;", Question("m", "f", ()), 5.0)
        assert not answer.started
        assert "pythoncom" in answer.trouble or "xlwings" in answer.trouble

    def test_no_such_interpreter(self, windows: RealWindows) -> None:
        answer = windows.ask(PureWindowsPath("no-such-python"), "", Question("m", "f", ()), 1.0)
        assert not answer.started
        assert "no-such-python" in answer.trouble


def test_probe_without_com(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pythoncom", None)
    probe.main(["{}", "1", "1", json.dumps(Question("m", "f", ()))])
    started, value, trouble = json.loads(capsys.readouterr().out)
    assert (started, value) == (False, None)
    assert trouble.startswith("ModuleNotFoundError")


@pytest.mark.skipif(sys.platform == "win32", reason="is Windows")
def test_no_windows_here() -> None:
    assert this_system() is None


def test_the_doctor_starts_where_a_package_is_broken() -> None:
    """It says what is wrong with them, so it imports none of them."""
    modules = "{'winreg', 'xlwings', 'pythoncom', 'numpy', 'pandas', 'xlsxwriter', 'openpyxl'}"
    program = (
        f"import sys, xlclv.hosts.excel.doctor as d; d.examine(None); sys.exit(str({modules} & set(sys.modules) or ''))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.stderr.strip() == ""


def test_windows_is_asked_in_one_place() -> None:
    package = Path(xlclv.__file__).parent
    asking = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"import_module\(\"(winreg|python|win32)|import (winreg|pythoncom|win32)", path.read_text("utf-8"))
    }
    assert asking == {"hosts/excel/windows.py", "hosts/excel/probe.py"}
