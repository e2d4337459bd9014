"""What the add-in and the doctor ask of Windows, behind one small interface that tests can stand in for."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Sequence
from enum import Enum
from pathlib import Path, PureWindowsPath
from typing import Any, NamedTuple, Protocol

#: What the server of the functions is started with, as the bridge starts it: folders to import from, its number.
SERVER = (
    "import sys, xlwings.utils; xlwings.utils.prepare_sys_path(sys.argv[1]); import xlwings; xlwings.serve(sys.argv[2])"
)


class Hive(Enum):
    """The two parts of the registry that say something of Excel."""

    USER = "HKEY_CURRENT_USER"
    MACHINE = "HKEY_LOCAL_MACHINE"


class Ended(NamedTuple):
    """How a program ended: its code, or None when it did not end in time or could not be started, and what it said."""

    code: int | None
    output: str


class Question(NamedTuple):
    """A call of a function through xlwings' server."""

    module: str
    function: str
    arguments: tuple[float, ...]


class Answer(NamedTuple):
    """What xlwings' server answered: whether it could be reached, the value, or what went wrong."""

    started: bool
    value: Any
    trouble: str


class System(Protocol):
    """A Windows: paths are told as Windows writes them, files are reached through `local`."""

    @property
    def encoding(self) -> str:
        """Name of the encoding in which VBA reads text files."""
        ...

    @property
    def interpreter(self) -> PureWindowsPath:
        """The program this Python runs in."""
        ...

    def variable(self, name: str) -> str:
        """Return an environment variable, or nothing."""
        ...

    def values(self, hive: Hive, key: str, bits: int = 64) -> dict[str, Any]:
        """Return the values of a registry key by name in its 64- or 32-bit view; the nameless one is ``""``."""
        ...

    def keys(self, hive: Hive, key: str, bits: int = 64) -> list[str]:
        """Return the names of the keys in a registry key."""
        ...

    def absolute(self, text: str) -> PureWindowsPath:
        """Return the full path of what a user wrote."""
        ...

    def local(self, path: PureWindowsPath) -> Path:
        """Return a path through which the file can be read and written."""
        ...

    def stream(self, path: PureWindowsPath, name: str) -> bytes | None:
        """Return an alternate stream of a file, such as Zone.Identifier, or None where there is none."""
        ...

    def run(self, command: Sequence[str], seconds: float) -> Ended:
        """Run a program to its end, or stop it when the time is over."""
        ...

    def ask(self, interpreter: PureWindowsPath, folders: str, question: Question, seconds: float) -> Answer:
        """Start xlwings' COM server in an interpreter, call one function through it, stop it."""
        ...


class RealWindows:
    """The Windows this program runs on."""

    encoding = "mbcs"

    @property
    def interpreter(self) -> PureWindowsPath:
        """The program this Python runs in."""
        return PureWindowsPath(sys.executable)

    def variable(self, name: str) -> str:
        """Return an environment variable, or nothing."""
        return os.environ.get(name, "")

    def values(self, hive: Hive, key: str, bits: int = 64) -> dict[str, Any]:
        """Return the values of a registry key by name; none where there is no such key."""
        winreg: Any = importlib.import_module("winreg")
        found: dict[str, Any] = {}
        try:
            with self._open(winreg, hive, key, bits) as opened:
                for place in range(winreg.QueryInfoKey(opened)[1]):
                    name, value, _ = winreg.EnumValue(opened, place)
                    found[name] = value
        except OSError:  # no such key, not readable, or changed while it was read
            pass
        return found

    def keys(self, hive: Hive, key: str, bits: int = 64) -> list[str]:
        """Return the names of the keys in a registry key; none where there is no such key."""
        winreg: Any = importlib.import_module("winreg")
        try:
            with self._open(winreg, hive, key, bits) as opened:
                return [winreg.EnumKey(opened, place) for place in range(winreg.QueryInfoKey(opened)[0])]
        except OSError:
            return []

    @staticmethod
    def _open(winreg: Any, hive: Hive, key: str, bits: int) -> Any:
        view = winreg.KEY_WOW64_64KEY if bits == 64 else winreg.KEY_WOW64_32KEY
        return winreg.OpenKey(getattr(winreg, hive.value), key, 0, winreg.KEY_READ | view)

    def absolute(self, text: str) -> PureWindowsPath:
        """Return the full path of what a user wrote."""
        return PureWindowsPath(Path(text).expanduser().absolute())

    def local(self, path: PureWindowsPath) -> Path:
        """Return a path through which the file can be read and written."""
        return Path(str(path))

    def stream(self, path: PureWindowsPath, name: str) -> bytes | None:
        """Return an alternate stream of a file, or None where there is none."""
        try:
            return Path(f"{path}:{name}").read_bytes()
        except OSError:
            return None

    def run(self, command: Sequence[str], seconds: float) -> Ended:
        """Run a program to its end, or stop it when the time is over."""
        try:
            ended = subprocess.run(  # noqa: S603 - the commands are the doctor's own
                list(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=seconds, check=False, creationflags=_no_window(),
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return Ended(None, str(error))
        return Ended(ended.returncode, ended.stdout.decode("utf-8", "replace"))

    def ask(self, interpreter: PureWindowsPath, folders: str, question: Question, seconds: float) -> Answer:
        """Start xlwings' COM server in an interpreter, call one function through it, stop it.

        The call is made by a program of its own, so that a server which never answers can be left.
        """
        number = f"{{{uuid.uuid4()}}}"
        with tempfile.TemporaryFile() as said:
            try:
                server = subprocess.Popen(  # noqa: S603 - the interpreter of the user's own settings
                    [str(interpreter), "-B", "-c", SERVER, folders, number],
                    stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, creationflags=_no_window(),
                )  # fmt: skip
            except OSError as error:
                return Answer(False, None, str(error))
            try:
                probe = [sys.executable, "-m", "xlclv.hosts.excel.probe", number, str(server.pid), str(seconds)]
                ended = self.run([*probe, json.dumps(question)], seconds + 5)
                died = server.poll() is not None
            finally:
                server.kill()
                server.wait()
            said.seek(0)
            output = said.read().decode("utf-8", "replace")
        try:
            started, value, trouble = json.loads(ended.output.splitlines()[-1])
        except (ValueError, IndexError):
            started, value, trouble = False, None, ended.output
        return Answer(started, value, output if died and not started else trouble)


def _no_window() -> int:
    """Return what keeps a console window from opening for a program."""
    return getattr(subprocess, "CREATE_NO_WINDOW", 0)


def this_system() -> System | None:
    """Return the Windows this program runs on, or None on another system."""
    return RealWindows() if sys.platform == "win32" else None
