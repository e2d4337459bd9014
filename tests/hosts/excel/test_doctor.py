"""Every cause a user can meet, on a simulated Windows: one problem, one sentence, in both languages."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest

from tests.hosts.excel.simulated import (
    ADDIN,
    DLL,
    EXCEL,
    HOME,
    PYTHON,
    ROOT16,
    SETTINGS,
    START,
    XLWINGS,
    Simulated,
    addin_file,
    healthy,
    installed,
    program,
)  # fmt: skip
from xlclv.errors import FileError
from xlclv.hosts.excel.doctor import examine, failed
from xlclv.hosts.excel.doctor import installed as status
from xlclv.hosts.excel.finding import Finding, Status
from xlclv.hosts.excel.places import OFFICE
from xlclv.hosts.excel.windows import Answer, Ended, Hive

Change = Callable[[Simulated], object]
SECURITY = rf"{OFFICE}\16.0\Excel\Security"
POLICIES = r"SOFTWARE\Policies\Microsoft\Office\16.0"
CLOUD = r"SOFTWARE\Policies\Microsoft\Cloud\Office\16.0"


@pytest.fixture
def system(tmp_path: Path) -> Simulated:
    return installed(tmp_path)


def bad(findings: list[Finding], status: Status = Status.PROBLEM) -> list[Finding]:
    return [finding for finding in findings if finding.status is status]


def disabled_item(path: str) -> bytes:
    """An entry as Office writes it: kind, lengths of two texts in bytes, the texts."""
    texts = [f"{text}\0".encode("utf-16-le") for text in (path.lower(), "")]
    return struct.pack("<III", 1, *map(len, texts)) + b"".join(texts)


def value(key: str, **values: Any) -> Change:
    return lambda system: system.write(Hive.USER, key, values)


def without(*names: str) -> Change:
    return lambda system: system.held.update(dict.fromkeys(names))


def test_all_is_well(system: Simulated) -> None:
    findings = examine(system)
    assert {finding.status for finding in findings} == {Status.GOOD}
    assert not failed(findings)
    assert [finding.check for finding in findings] == [
        "here", "function", "excel", "addin", "blocked", "disabled", "macros", "interpreter", "one_drive", "packages",
        "dll", "bitness", "server", "call",
    ]  # fmt: skip
    interpreter, folders, question = system.asked[0]
    assert interpreter == PYTHON
    assert folders == f"true;{ADDIN};{ADDIN};;;;"
    assert question == ("xlclv.hosts.excel.udfs", "CLV", (100.0, 2.0, 36.0))


CAUSES: list[tuple[str, Change, str, str]] = [
    # The four of which users report most: a dead server, a missing interpreter, a wrong bitness, a blocked file.
    ("dead server", lambda s: setattr(s, "answer", Answer(False, None, "Traceback\r\n  x\r\nImportError: DLL load failed\r\n")),
     "server", "did not start (ImportError: DLL load failed); close Excel, run"),
    ("silent server", lambda s: setattr(s, "answer", Answer(False, None, "")), "server", "did not start; close Excel, run"),
    ("missing interpreter", lambda s: s.local(PYTHON).unlink(), "interpreter", f"is gone: {PYTHON}; run xlclv addin install"),
    ("wrong bitness", lambda s: s.local(DLL).unlink(), "dll", "Excel is 64-bit, but the DLL of xlwings beside Python is 32-bit;"),
    ("wrong bitness in the right name", lambda s: s.put(DLL, program(32)), "dll", "Excel is 64-bit, but the DLL"),
    ("32-bit Excel", lambda s: (s.put(EXCEL, program(32)), s.local(HOME / f"venv/xlwings32-{XLWINGS}.dll").unlink()),
     "dll", "Excel is 32-bit, but the DLL of xlwings beside Python is 64-bit;"),
    ("blocked file", lambda s: s.streams.update({ADDIN: b"[ZoneTransfer]\r\nZoneId=3"}), "blocked", f"blocks {ADDIN}"),
    # Excel
    ("no Excel", lambda s: s.local(EXCEL).unlink(), "excel", "install Excel 2016 or newer"),
    ("Excel of the store", lambda s: (s.registry.clear(), s.write(Hive.USER,
        r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe", {"": r"C:\WindowsApps\EXCEL.EXE"}),
        s.put(PureWindowsPath(r"C:\WindowsApps\EXCEL.EXE"), program(64))), "excel", "Microsoft Store edition"),
    ("old Excel", lambda s: s.registry.update({(Hive.MACHINE, rf"{OFFICE}\15.0\Excel\InstallRoot".upper(), 64):
        s.registry.pop((Hive.MACHINE, rf"{OFFICE}\16.0\Excel\InstallRoot".upper(), 64)) }), "excel", "too old"),
    ("no VBA", value(rf"{POLICIES}\Common", vbaoff=1), "macros", "VBA off"),
    ("no add-ins", value(SECURITY, DisableAllAddins=1), "macros", "Disable all Application Add-ins"),
    ("signed add-ins", value(rf"{CLOUD}\Excel\Security", requireaddinsig=1), "macros", "is not signed"),
    ("no macros, no trusted locations", lambda s: (value(SECURITY, VBAWarnings=4)(s),
        value(rf"{POLICIES}\Excel\Security\Trusted Locations", alllocationsdisabled=1)(s)), "macros", "Macro Settings"),
    ("disabled item", value(rf"{OFFICE}\16.0\Excel\Resiliency\DisabledItems", A1B2=disabled_item(str(ADDIN))),
     "disabled", "Disabled Items"),
    # The add-in
    ("no add-in", lambda s: s.local(ADDIN).unlink(), "addin", "run xlclv addin install"),
    ("two add-ins", lambda s: s.put(START / "xlclv (1).xlam", addin_file("0.0.1")), "addin", "more than one"),
    ("old add-in", lambda s: s.put(ADDIN, addin_file("0.0.1")), "addin", "is of version 0.0.1, xlclv of 0.1.0"),
    ("add-in of another xlwings", lambda s: s.put(ADDIN, addin_file(xlwings="0.36.0")), "dll", "built for xlwings 0.36.0"),
    # Python
    ("no settings", lambda s: s.local(SETTINGS).unlink(), "interpreter", "names no Python"),
    ("python by name", lambda s: s.put(SETTINGS, b'"INTERPRETER_WIN","pythonw"'), "interpreter", "names no Python"),
    ("Python of the store", lambda s: s.put(SETTINGS, b'"INTERPRETER_WIN","%LOCALAPPDATA%\\Microsoft\\WindowsApps\\python.exe"'),
     "interpreter", "Microsoft Store's Python"),
    ("Python that does not run", lambda s: setattr(s, "ended", Ended(None, "[WinError 193]")), "packages",
     "does not run ([WinError 193]); install Python again"),
    ("Python that says nothing", lambda s: setattr(s, "ended", Ended(0, "")), "packages", "does not run; install"),
    ("no xlclv, no pywin32", without("xlclv", "pywin32"), "packages", f"lacks xlclv, pywin32; run {PYTHON} -m pip install xlclv pywin32"),
    ("no DLL", lambda s: [s.local(HOME / f"venv/xlwings{b}-{XLWINGS}.dll").unlink() for b in (32, 64)], "dll", "is neither in"),
    ("DLL of pip --user", lambda s: ([s.local(HOME / f"venv/xlwings{b}-{XLWINGS}.dll").unlink() for b in (32, 64)],
        s.put(HOME / f"AppData/Roaming/Python/{DLL.name}", b"")), "dll", "for this user only"),
    ("no command prompt", value(r"SOFTWARE\Policies\Microsoft\Windows\System", DisableCMD=1), "server", "command prompt"),
    ("wrong answer", lambda s: setattr(s, "answer", Answer(True, "#VALUE!", "")), "call", "did not give 7200 (it gave '#VALUE!')"),
    ("failing call", lambda s: setattr(s, "answer", Answer(True, None, "ModuleNotFoundError: xlclv")), "call", "(ModuleNotFoundError: xlclv)"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "check", "words"), [c[1:] for c in CAUSES], ids=[c[0] for c in CAUSES])
def test_one_cause_one_sentence(system: Simulated, change: Change, check: str, words: str) -> None:
    change(system)
    findings = examine(system)
    assert failed(findings)
    (found,) = bad(findings)
    assert found.check == check
    assert words in found.text.en
    assert ";" in found.text.en or "run xlclv" in found.text.en  # what to do comes after what is wrong
    for text, end in ((found.text.en, "."), (found.text.zh, "。")):
        assert text.endswith(end)
        assert "\n" not in text
        assert len(text) < 400
    assert found.text.zh != found.text.en


WARNINGS: list[tuple[str, Change, str, str]] = [
    ("macros off", value(SECURITY, VBAWarnings=4), "macros", "buttons of a workbook"),
    ("internet", value(rf"{POLICIES}\Excel\Security", blockcontentexecutionfrominternet=1), "internet", "Unblock"),
    ("32-bit Python", lambda s: s.held.update(bits=32), "bitness", "64-bit Python holds larger tables"),
    ("another xlclv", lambda s: s.held.update(xlclv="0.0.9"), "packages", "has xlclv 0.0.9, this command is 0.1.0"),
    ("OneDrive", lambda s: s.variables.update(ONEDRIVECOMMERCIAL=str(HOME / "venv")), "one_drive", f"{PYTHON} lies in OneDrive"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "check", "words"), [w[1:] for w in WARNINGS], ids=[w[0] for w in WARNINGS])
def test_warnings(system: Simulated, change: Change, check: str, words: str) -> None:
    change(system)
    findings = examine(system)
    assert not failed(findings)
    (found,) = bad(findings, Status.WARNING)
    assert found.check == check
    assert words in found.text.en


def test_a_policy_counts_more_than_the_users_choice(system: Simulated) -> None:
    value(SECURITY, VBAWarnings=4)(system)
    value(rf"{POLICIES}\Excel\Security", vbawarnings=2)(system)
    assert not bad(examine(system), Status.WARNING)


def test_xlwings_looks_for_its_dll_in_two_folders(system: Simulated) -> None:
    system.put(PYTHON.with_name(DLL.name), program(32))
    assert not failed(examine(system))
    system.put(PYTHON.with_name(DLL.name), program(64))
    system.local(DLL).unlink()
    (found,) = [finding for finding in examine(system) if finding.check == "dll"]
    assert str(PYTHON.with_name(DLL.name)) in found.text.en


def test_of_two_excels_the_newest_counts(system: Simulated) -> None:
    folder = PureWindowsPath(r"C:\Program Files (x86)\Microsoft Office\Office15")
    system.put(folder / "EXCEL.EXE", program(32))
    system.write(Hive.MACHINE, rf"{OFFICE}\15.0\Excel\InstallRoot", {"Path": str(folder)}, 32)
    system.local(HOME / f"venv/xlwings32-{XLWINGS}.dll").unlink()
    assert not failed(examine(system))


def test_other_disabled_items_are_not_ours(system: Simulated) -> None:
    items = {"1": disabled_item("c:\\other.xlam"), "2": "xlclv", "3": b""}
    system.write(Hive.USER, rf"{OFFICE}\16.0\Excel\Resiliency\DisabledItems", items)
    assert not failed(examine(system))


def test_a_folder_of_ones_own(tmp_path: Path) -> None:
    system = healthy(tmp_path)
    system.put(SETTINGS, f'"INTERPRETER_WIN","{PYTHON}"\r\n'.encode())
    system.put(HOME / "tools/xlclv.xlam", addin_file())
    assert failed(examine(system))
    assert not failed(examine(system, to="tools"))
    value(SECURITY, VBAWarnings=3)(system)
    assert "no trusted location" in bad(examine(system, to="tools"))[0].text.en
    with pytest.raises(FileError, match="no folder"):
        examine(system, to="nowhere")


def test_a_workbook(system: Simulated) -> None:
    book = HOME / "OneDrive/book.xlsm"
    for path in (book, HOME / "book.xlsm"):
        system.put(path, b"")
    assert not failed(examine(system, workbook="book.xlsm"))
    with pytest.raises(FileError, match=r"no file .*nothing\.xlsm"):
        examine(system, workbook="nothing.xlsm")
    system.streams[book] = b"ZoneId=3"
    findings = examine(system, workbook=r"OneDrive\book.xlsm")
    assert [finding.check for finding in findings if finding.status is not Status.GOOD] == ["blocked", "one_drive"]
    assert str(book) in bad(findings)[0].text.en


def test_the_system_start_folder_is_searched_too(system: Simulated) -> None:
    system.put(ROOT16 / "XLSTART/xlclv.xlam", addin_file())
    assert "more than one" in bad(examine(system))[0].text.en


def test_nothing_installed_at_all(tmp_path: Path) -> None:
    findings = examine(healthy(tmp_path))
    assert [finding.check for finding in bad(findings)] == ["addin", "interpreter"]


def test_status(system: Simulated, tmp_path: Path) -> None:
    assert [finding.text.en for finding in status(system)] == [
        f"The add-in 0.1.0: {ADDIN}.", f"Excel uses the Python {PYTHON}.",
    ]  # fmt: skip
    system.local(PYTHON).unlink()
    assert failed(status(system))


class TestElsewhere:
    def test_what_makes_sense_there(self) -> None:
        findings = examine(None)
        assert [finding.check for finding in findings] == ["here", "function", "excel"]
        assert not failed(findings)
        assert "not Windows" in findings[-1].text.en

    def test_a_package_that_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("xlclv.hosts.excel.doctor._NEEDED", ("numpy", "no-such-package"))
        (found,) = bad(examine(None))
        assert "lacks no-such-package; run python -m pip install no-such-package" in found.text.en

    def test_a_function_that_gives_something_else(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("xlclv.hosts.excel.doctor.call", lambda *cells: 1.0)
        assert bad(examine(None))[0].check == "function"
