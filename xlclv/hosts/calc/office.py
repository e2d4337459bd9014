"""LibreOffice on this computer: its program, its Python, and the profile that holds its extensions."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from xlclv.hosts.calc.extension import FILE_NAME, IDENTIFIER

#: How long LibreOffice may take for one job, in seconds.
PATIENCE = 180
_NAMES = ("soffice", "libreoffice", "soffice.com")
_PLACES = {
    "win32": ("%ProgramFiles%/LibreOffice*/program/soffice.com",
              "%ProgramFiles(x86)%/LibreOffice*/program/soffice.com"),
    "darwin": ("/Applications/LibreOffice*.app/Contents/MacOS/soffice",
               "~/Applications/LibreOffice*.app/Contents/MacOS/soffice"),
    "linux": ("/usr/lib/libreoffice/program/soffice", "/usr/lib64/libreoffice/program/soffice",
              "/opt/libreoffice*/program/soffice", "/snap/bin/libreoffice"),
}  # fmt: skip
_PROFILES = {
    "win32": "%APPDATA%/LibreOffice/4",
    "darwin": "~/Library/Application Support/LibreOffice/4",
    "linux": "~/.config/libreoffice/4",
}
_PYTHONS = (
    "python",
    "python.exe",
    "python3",
    "../Resources/python",
    "../Frameworks/LibreOfficePython.framework/python",
)


class Office(NamedTuple):
    """A LibreOffice: its program and its version, such as (7, 4)."""

    program: Path
    version: tuple[int, ...]

    @property
    def shown(self) -> str:
        """The version as a text."""
        return ".".join(map(str, self.version))

    @property
    def boxed(self) -> bool:
        """Whether it runs in a box (Snap, Flatpak) that lets it start no Python of the user."""
        return bool({"snap", "flatpak"} & set(self.program.parts))


class Installed(NamedTuple):
    """The extension as a profile has it."""

    folder: Path
    version: str
    python: str
    timeout: float


def find_office() -> Office | None:
    """Return LibreOffice from the search path or from where it usually is."""
    for program in (*filter(None, map(shutil.which, _NAMES)), *_usual()):
        answer = output([str(program), "--version"], 60)
        found = re.search(r"LibreOffice\D*(\d+(?:\.\d+)+)", answer)
        if found:
            return Office(Path(program), tuple(map(int, found[1].split(".")))[:3])
    return None


def _usual() -> list[str]:
    found: list[str] = []
    for pattern in _PLACES.get(sys.platform, _PLACES["linux"]):
        place = Path(os.path.expandvars(pattern)).expanduser()
        found += map(str, sorted(Path(place.anchor).glob(str(place.relative_to(place.anchor))), reverse=True))
    return found


def profile_folder(given: str | None = None) -> Path:
    """Return the folder of the user's profile."""
    place = given or os.path.expandvars(_PROFILES.get(sys.platform, _PROFILES["linux"]))
    return Path(place).expanduser().absolute()


def is_open(profile: Path) -> bool:
    """Return whether a LibreOffice has this profile open."""
    return (profile / ".lock").exists()


def installed(profile: Path) -> Installed | None:
    """Return the extension of a profile, None where it is not registered."""
    cache = profile / "user" / "uno_packages" / "cache"
    try:
        registered = (cache / "uno_packages.pmap").read_bytes()
    except OSError:
        return None
    for folder in sorted(cache.glob(f"uno_packages/*_/{FILE_NAME}")):
        if IDENTIFIER.encode() not in registered or folder.parent.name.rstrip("_").encode() not in registered:
            continue
        try:
            settings = json.loads((folder / "settings.json").read_text("utf-8"))
            return Installed(folder, settings["xlclv"], settings["python"], settings["timeout"])
        except (OSError, ValueError, KeyError):
            continue
    return None


def office_python(office: Office) -> str | None:
    """Return a Python that can talk to LibreOffice: its own, or the system's."""
    beside = office.program.resolve().parent
    candidates = [beside / name for name in _PYTHONS]
    for candidate in (*filter(Path.exists, candidates), shutil.which("python3"), "/usr/bin/python3"):
        if candidate and output([str(candidate), "-c", "import uno; print('yes')"], 60).strip() == "yes":
            return str(candidate)
    return None


def environment() -> Mapping[str, str]:
    """Return the environment without what would lead another Python astray."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    if sys.platform == "linux":
        # A distribution's LibreOffice takes for its own Python the first one of the search path.
        kept["PATH"] = f"/usr/bin{os.pathsep}{kept.get('PATH', '')}"
    return kept


def run(command: Sequence[str], patience: float = PATIENCE) -> tuple[int, str]:
    """Run a program; return its exit code and what it says, 1 and why when it cannot run or takes too long."""
    try:
        done = subprocess.run(  # noqa: S603  # the programs found above
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=patience, env=environment(), check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        return 1, str(error)
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


def output(command: Sequence[str], patience: float = PATIENCE) -> str:
    """Return what a program says, nothing when it fails."""
    code, said = run(command, patience)
    return said if code == 0 else ""
