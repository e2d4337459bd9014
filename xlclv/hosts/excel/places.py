"""Where Windows keeps what matters to us: Excel and its start folder, xlwings' settings, OneDrive."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any

from xlclv.hosts.excel.marker import Mark, mark_of
from xlclv.hosts.excel.windows import Hive, System

OFFICE = r"SOFTWARE\Microsoft\Office"
CLICK_TO_RUN = rf"{OFFICE}\ClickToRun\Configuration"
APP_PATH = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
#: The version of the registry keys of Excel 2016 and all later ones.
CURRENT = "16.0"
#: Kinds of processor a program file names.
_MACHINES = {0x014C: 32, 0x8664: 64, 0xAA64: 64}


@dataclass(frozen=True)
class Excel:
    """An Excel that is installed.

    Attributes
    ----------
    version : str
        The version in its registry keys, such as 16.0.
    program : PureWindowsPath
        EXCEL.EXE.
    bits : int
        32 or 64.
    """

    version: str
    program: PureWindowsPath
    bits: int

    @property
    def store(self) -> bool:
        """Whether it is the edition of the Microsoft Store, which keeps other programs out."""
        return in_store(self.program)


def excels(system: System) -> list[Excel]:
    """Return every Excel whose program is there, the newest first."""
    told: list[tuple[str, PureWindowsPath, int]] = []
    for bits in (64, 32):
        for version in system.keys(Hive.MACHINE, OFFICE, bits):
            if re.fullmatch(r"\d+\.\d", version):
                folder = _text(system.values(Hive.MACHINE, rf"{OFFICE}\{version}\Excel\InstallRoot", bits).get("Path"))
                if folder:
                    told.append((version, PureWindowsPath(folder, "EXCEL.EXE"), bits))
    for hive in Hive:
        program = _text(system.values(hive, APP_PATH).get("")).strip('"')
        if program:
            told.append((CURRENT, PureWindowsPath(expand(system, program)), 64))
    found: dict[PureWindowsPath, Excel] = {}
    for version, path, view in told:
        if path not in found and is_there(system, path):
            found[path] = Excel(version, path, bits_of(system, path) or _platform(system) or view)
    return sorted(found.values(), key=lambda excel: float(excel.version), reverse=True)


def _platform(system: System) -> int | None:
    platform = _text(system.values(Hive.MACHINE, CLICK_TO_RUN).get("Platform"))
    return {"x86": 32, "x64": 64}.get(platform.lower())


def bits_of(system: System, program: PureWindowsPath) -> int | None:
    """Return 32 or 64 from the head of a program or DLL, or None when it cannot be read."""
    try:
        with system.local(program).open("rb") as stream:
            head = stream.read(4096)
    except OSError:
        return None
    if head[:2] != b"MZ" or len(head) < 64:
        return None
    (start,) = struct.unpack_from("<I", head, 60)
    if head[start : start + 4] != b"PE\0\0" or len(head) < start + 6:
        return None
    return _MACHINES.get(struct.unpack_from("<H", head, start + 4)[0])


def is_there(system: System, path: PureWindowsPath) -> bool:
    """Tell whether a file is there; one that may not be looked at is."""
    try:
        return system.local(path).is_file()
    except PermissionError:
        return True
    except OSError:
        return False


def start_folder(system: System) -> PureWindowsPath | None:
    """Return the folder whose files Excel opens at its start, or None when there is no Excel of this user.

    Excel makes the folder itself, so it need not be there.
    """
    data = system.variable("APPDATA")
    if not data or not system.local(PureWindowsPath(data)).is_dir():
        return None
    folder = PureWindowsPath(data, "Microsoft", "Excel", "XLSTART")
    return folder if system.local(folder).is_dir() or excels(system) else None


def addin_folders(system: System, found: list[Excel]) -> list[PureWindowsPath]:
    """Return every folder from which Excel opens add-ins at its start, the user's own first."""
    folders = [start_folder(system)]
    for excel in found:
        options = system.values(Hive.USER, rf"{OFFICE}\{excel.version}\Excel\Options")
        alternate = _text(options.get("AltStartup"))
        folders += [PureWindowsPath(expand(system, alternate))] if alternate else []
        folders.append(excel.program.parent / "XLSTART")
    return list(dict.fromkeys(folder for folder in folders if folder is not None))


def addins(system: System, found: list[Excel], folder: PureWindowsPath | None = None) -> dict[PureWindowsPath, Mark]:
    """Return every add-in of ours that Excel opens at its start, and those in ``folder``."""
    paths: list[PureWindowsPath] = []
    for place in [*([folder] if folder else []), *addin_folders(system, found)]:
        try:
            names = sorted(file.name for file in system.local(place).iterdir())
        except OSError:
            continue
        paths += [place / name for name in names if name.lower().endswith(".xlam")]
    for excel in found:
        options = system.values(Hive.USER, rf"{OFFICE}\{excel.version}\Excel\Options")
        ticked = [_text(value) for name, value in options.items() if re.fullmatch(r"OPEN\d*", name)]
        for entry in ticked:  # such as /R "C:\folder\name.xlam", or the name alone in the folder of add-ins
            path = re.fullmatch(r'(?:/R\s+)?"?([^"]+\.xlam)"?', entry, re.IGNORECASE)
            paths += [PureWindowsPath(system.variable("APPDATA"), "Microsoft", "AddIns", path[1])] if path else []
    marks = {path: mark_at(system, path) for path in dict.fromkeys(paths)}
    return {path: mark for path, mark in marks.items() if mark is not None}


def mark_at(system: System, path: PureWindowsPath) -> Mark | None:
    """Return what the add-in at a path says of itself, or None when there is none of ours."""
    try:
        return mark_of(system.local(path).read_bytes())
    except OSError:
        return None


def settings_file(system: System) -> PureWindowsPath | None:
    """Return the user's settings file of xlwings, whether it is there or not."""
    home = system.variable("USERPROFILE")
    return PureWindowsPath(home, ".xlwings", "xlwings.conf") if home else None


def expand(system: System, text: str) -> str:
    """Return a text with its %VARIABLES% filled in, as far as they are known."""
    return re.sub(r"%([^%]+)%", lambda match: system.variable(match[1]) or match[0], text)


def in_store(path: PureWindowsPath) -> bool:
    """Tell whether a program was installed from the Microsoft Store."""
    return "windowsapps" in (part.lower() for part in path.parts)


def in_one_drive(system: System, path: PureWindowsPath) -> bool:
    """Tell whether a file lies in a folder that OneDrive keeps in the cloud."""
    roots = [system.variable(name) for name in ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")]
    return any(root and path.is_relative_to(PureWindowsPath(root)) for root in roots)


def is_blocked(system: System, path: PureWindowsPath) -> bool:
    """Tell whether Windows has marked a file as coming from the internet, whose macros Excel does not run."""
    zone = system.stream(path, "Zone.Identifier")
    told = re.search(rb"ZoneId\s*=\s*(\d+)", zone or b"")
    return told is not None and int(told[1]) >= 3


def excel_runs(system: System) -> bool:
    """Tell whether an Excel is running."""
    ended = system.run(["tasklist", "/FI", "IMAGENAME eq EXCEL.EXE", "/FO", "CSV", "/NH"], 20.0)
    return ended.code == 0 and "excel.exe" in ended.output.lower()


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
