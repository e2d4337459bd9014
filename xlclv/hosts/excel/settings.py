"""xlwings' settings file: rows of a name and a value, of which only ours are touched.

Each row we write gets a second row that says so, such as ``"XLCLV INTERPRETER_WIN","C:\\python.exe"``. A row whose
value is no longer the one noted has been changed by somebody else and is theirs.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import PureWindowsPath

from xlclv.errors import FileError

INTERPRETER = "INTERPRETER_WIN"
#: The module of the functions, as xlwings' server imports it.
MODULE = "xlclv.hosts.excel.udfs"
_NOTE, _BEFORE = "XLCLV ", "XLCLV BEFORE "


class Settings:
    """The rows of a settings file, kept byte by byte but for ours.

    Parameters
    ----------
    content : bytes
        The file.
    encoding : str
        Its encoding: the one in which VBA reads text files.
    """

    def __init__(self, content: bytes, encoding: str) -> None:
        self.encoding = encoding
        self._rows = [line for line in content.replace(b"\r\n", b"\n").split(b"\n") if line.strip()]

    @property
    def content(self) -> bytes:
        """The file, with the line ends VBA writes."""
        return b"".join(row + b"\r\n" for row in self._rows)

    def get(self, name: str) -> str:
        """Return the first value of a name, whatever its capitals, as xlwings does; nothing where there is none."""
        place = self._place(name)
        return "" if place is None else self._read(self._rows[place])[1]

    def has(self, name: str) -> bool:
        """Tell whether there is a row of that name."""
        return self._place(name) is not None

    def ours(self, name: str) -> bool:
        """Tell whether we wrote the row and nobody has changed it."""
        return self.has(_NOTE + name) and self.has(name) and self.get(_NOTE + name) == self.get(name)

    @property
    def others(self) -> bool:
        """Whether the file holds a row that is not ours."""
        names = [self._read(row)[0] for row in self._rows]
        return any(not name.upper().startswith(_NOTE) and not self.ours(name) for name in names)

    def put(self, name: str, value: str) -> None:
        """Write a row of ours; what somebody else had there is noted and comes back with `drop_ours`.

        Raises
        ------
        FileError
            If the value has letters the file cannot hold.
        """
        if self.has(name) and not self.ours(name):
            self._set(_BEFORE + name, self.get(name))
        self._set(name, value)
        self._set(_NOTE + name, value)

    def drop_ours(self) -> list[str]:
        """Remove the rows we wrote, give back what was there before, and return the names of the rows removed."""
        names = [self._read(row)[0] for row in self._rows]
        written = [
            name[len(_NOTE) :] for name in names if name.upper().startswith(_NOTE) and not name.startswith(_BEFORE)
        ]
        dropped = []
        for name in written:
            if self.ours(name):
                dropped.append(name)
                before = self.get(_BEFORE + name)
                if self.has(_BEFORE + name):
                    self._set(name, before)
                else:
                    self._remove(name)
            self._remove(_NOTE + name)
            self._remove(_BEFORE + name)
        return dropped

    def interpreter(self, expand: Callable[[str], str]) -> PureWindowsPath | None:
        """Return the interpreter xlwings takes: the one named, the old name of that row, or the one of Conda."""
        named = expand(self.get(INTERPRETER) or self.get("INTERPRETER"))
        conda, environment = expand(self.get("CONDA PATH")), expand(self.get("CONDA ENV"))
        if named.lower() not in ("", "python", "pythonw"):
            return PureWindowsPath(named)
        if not conda or not environment:
            return None
        if environment == "base":
            folder = PureWindowsPath(conda)
        elif "\\" in environment:
            folder = PureWindowsPath(environment)
        else:
            folder = PureWindowsPath(conda, "envs", environment)
        return folder / "python.exe"

    def _place(self, name: str) -> int | None:
        for place, row in enumerate(self._rows):
            if self._read(row)[0].lower() == name.lower():
                return place
        return None

    def _read(self, row: bytes) -> tuple[str, str]:
        cells = next(csv.reader([row.decode(self.encoding, "replace")], skipinitialspace=True), [])
        return (cells[0].strip() if cells else ""), (cells[1].strip() if len(cells) > 1 else "")

    def _set(self, name: str, value: str) -> None:
        try:
            row = f'"{name}","{value}"'.encode(self.encoding)
        except UnicodeEncodeError:
            raise FileError(
                f"xlwings' settings file cannot hold the letters of {value}; install Python in a folder named in plain "
                "letters, such as C:\\Python.",
                f"xlwings 的设置文件无法保存 {value} 中的字符；请把 Python 安装到只含英文字母的文件夹，如 C:\\Python。",
            ) from None
        place = self._place(name)
        if place is None:
            self._rows.append(row)
        else:
            self._rows[place] = row

    def _remove(self, name: str) -> None:
        place = self._place(name)
        if place is not None:
            del self._rows[place]
