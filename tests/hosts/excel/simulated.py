"""A Windows made of a folder and a dictionary, on which installing and checking run as on the real one."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import Any

import xlsxwriter

import xlclv
from xlclv.hosts.excel.places import APP_PATH, CLICK_TO_RUN, OFFICE
from xlclv.hosts.excel.windows import Answer, Ended, Hive, Question

HOME = PureWindowsPath(r"C:\Users\ann")
START = HOME / "AppData/Roaming/Microsoft/Excel/XLSTART"
ADDIN = START / "xlclv.xlam"
SETTINGS = HOME / ".xlwings/xlwings.conf"
PYTHON = HOME / "venv/Scripts/python.exe"
ROOT16 = PureWindowsPath(r"C:\Program Files\Microsoft Office\root\Office16")
EXCEL = ROOT16 / "EXCEL.EXE"
XLWINGS = "0.37.8"
DLL = HOME / f"venv/xlwings64-{XLWINGS}.dll"


def program(bits: int) -> bytes:
    """The head of a program or DLL."""
    return (
        b"MZ".ljust(60, b"\0") + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<H", 0x8664 if bits == 64 else 0x14C)
    )


def addin_file(version: str = xlclv.__version__, xlwings: str = XLWINGS) -> bytes:
    """A file with the marks of an add-in."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.add_worksheet()
    book.set_custom_property("xlclv", version)
    book.set_custom_property("xlwings", xlwings)
    book.close()
    return stream.getvalue()


@dataclass
class Simulated:
    """A user's Windows; what a test changes are its attributes and files."""

    root: Path
    interpreter: PureWindowsPath = PYTHON
    encoding: str = "cp1252"
    variables: dict[str, str] = field(default_factory=dict)
    registry: dict[tuple[Hive, str, int], dict[str, Any]] = field(default_factory=dict)
    streams: dict[PureWindowsPath, bytes] = field(default_factory=dict)
    excel_runs: bool = False
    held: dict[str, Any] = field(
        default_factory=lambda: {"bits": 64, "xlclv": xlclv.__version__, "xlwings": XLWINGS, "pywin32": "311"}
    )
    ended: Ended | None = None
    answer: Answer = field(default_factory=lambda: Answer(True, 7200.0, ""))
    asked: list[tuple[PureWindowsPath, str, Question]] = field(default_factory=list)

    def variable(self, name: str) -> str:
        return self.variables.get(name.upper(), "")

    def values(self, hive: Hive, key: str, bits: int = 64) -> dict[str, Any]:
        return self.registry.get((hive, key.upper(), bits), {})

    def keys(self, hive: Hive, key: str, bits: int = 64) -> list[str]:
        inside = [
            k[len(key) + 1 :]
            for h, k, b in self.registry
            if (h, b) == (hive, bits) and k.startswith(f"{key.upper()}\\")
        ]
        return sorted({name.partition("\\")[0] for name in inside})

    def write(self, hive: Hive, key: str, values: dict[str, Any], bits: int = 64) -> None:
        self.registry.setdefault((hive, key.upper(), bits), {}).update(values)

    def absolute(self, text: str) -> PureWindowsPath:
        return PureWindowsPath(r"C:\Users\ann", text)

    def local(self, path: PureWindowsPath) -> Path:
        return self.root.joinpath(path.drive.strip(":"), *path.parts[1:])

    def stream(self, path: PureWindowsPath, name: str) -> bytes | None:
        return self.streams.get(path) if name == "Zone.Identifier" else None

    def run(self, command: Sequence[str], seconds: float) -> Ended:
        if command[0] == "tasklist":
            there = '"EXCEL.EXE","4711","Console","1","200,000 K"'
            return Ended(0, there) if self.excel_runs else Ended(0, "INFO: No tasks are running")
        assert command[:2] == [str(PureWindowsPath(command[0])), "-c"]
        return self.ended or Ended(0, "a warning\r\n" + json.dumps(self.held) + "\r\n")

    def ask(self, interpreter: PureWindowsPath, folders: str, question: Question, seconds: float) -> Answer:
        self.asked.append((interpreter, folders, question))
        return self.answer

    def put(self, path: PureWindowsPath, content: bytes) -> Path:
        file = self.local(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file


def healthy(root: Path) -> Simulated:
    """A Windows with Excel 64-bit, and xlclv in a virtual environment; nothing is installed in Excel yet."""
    system = Simulated(root)
    system.variables = {
        "USERPROFILE": str(HOME), "APPDATA": str(HOME / "AppData/Roaming"), "ONEDRIVE": str(HOME / "OneDrive"),
    }  # fmt: skip
    system.local(HOME / "AppData/Roaming").mkdir(parents=True)
    system.put(EXCEL, program(64))
    system.write(Hive.MACHINE, rf"{OFFICE}\16.0\Excel\InstallRoot", {"Path": f"{ROOT16}\\"})
    system.write(Hive.MACHINE, CLICK_TO_RUN, {"Platform": "x64"})
    system.write(Hive.MACHINE, APP_PATH, {"": str(EXCEL)})
    system.put(PYTHON, program(64))
    for bits in (32, 64):
        system.put(HOME / f"venv/xlwings{bits}-{XLWINGS}.dll", program(bits))
    return system


def installed(root: Path) -> Simulated:
    """The same with add-in and settings in place."""
    system = healthy(root)
    system.put(ADDIN, addin_file())
    system.put(SETTINGS, f'"INTERPRETER_WIN","{PYTHON}"\r\n'.encode())
    return system
