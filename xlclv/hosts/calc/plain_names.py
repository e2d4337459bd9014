"""Function names as Excel and LibreOffice write them: ``CLV`` and ``XLCLV.CLV``.

LibreOffice before 25.2 does not know the plain names of a workbook from Excel and writes its own into one. This module
finds the formulas to set again after loading, and puts plain names into a workbook after saving.

Part of the extension: standard library, Python 3.8 and newer.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import zipfile
from typing import Callable, Iterable  # noqa: UP035  # Python 3.8

#: The add-in that plain names of a workbook may be bound to: ``[1]!CLV(...)``.
ADDIN = "xlclv.xlam"
_SERVICE = "XLCLV"
#: Texts and quoted sheet names, in which nothing is a function.
_QUOTED = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*')""")
_FORMULAS = re.compile(rb"(<(?:f|formula|formula1|formula2|definedName)(?:\s[^<>]*)?>)([^<]+)(?=<)")
_PARTS = re.compile(r"xl/(workbook\.xml|(worksheets|tables|charts)/[^/]+\.xml)")


def finder(names: Iterable[str]) -> Callable[[str], str]:
    """Return a function that gives the formula to set for one whose functions are not known yet, "" for all others.

    Examples
    --------
    >>> found = finder(["CLV", "CLV_TIER"])
    >>> found('=IF(clv(1;2;3)>5;"CLV(";[1]!CLV_TIER(A1:A9))')
    '=IF(CLV(1;2;3)>5;"CLV(";CLV_TIER(A1:A9))'
    >>> found("=XLCLV.CLV(1;2;3)"), found('="CLV("&my_clv(1)')
    ('', '')
    """
    unknown = re.compile(
        rf"(?<![\w.!\]])(?:\[\d+\]!)?({'|'.join(map(re.escape, names))})(?=\s*\()", re.IGNORECASE | re.ASCII
    )

    def found(formula: str) -> str:
        changed = _outside_quotes(formula, lambda part: unknown.sub(lambda name: name[1].upper(), part))
        return changed if unknown.search(_QUOTED.sub('""', formula)) else ""

    return found


def _outside_quotes(text: str, change: Callable[[str], str]) -> str:
    parts = _QUOTED.split(text)
    return "".join(part if place % 2 else change(part) for place, part in enumerate(parts))


def write_plain_names(path: str, names: Iterable[str]) -> bool:
    """Put plain names into the formulas of a workbook file; return whether there were others.

    The file keeps its time and its rights; it is replaced as a whole, so that nobody reads half of it. A file that is
    no package, such as one with a password, stays as it is.
    """
    path = os.path.realpath(path)
    if not zipfile.is_zipfile(path):
        return False
    own = re.compile(rf"(?<![\w.])(?:{_SERVICE}\.)({'|'.join(map(re.escape, names))})(?=\()", re.IGNORECASE | re.ASCII)

    def formula(match: re.Match[bytes]) -> bytes:
        text = match[2].decode("utf-8").replace("&quot;", '"').replace("&apos;", "'")
        plain = _outside_quotes(text, lambda part: own.sub(lambda name: name[1].upper(), part))
        return match[1] + (plain.encode("utf-8") if plain != text else match[2])

    changed = {}
    with zipfile.ZipFile(path) as package:
        for entry in package.infolist():
            if _PARTS.fullmatch(entry.filename):
                part = package.read(entry)
                if _SERVICE.encode() + b"." in part:
                    new = _FORMULAS.sub(formula, part)
                    if new != part:
                        changed[entry.filename] = new
        if changed:
            _replace(path, package, changed)
    return bool(changed)


def _replace(path: str, package: zipfile.ZipFile, changed: dict[str, bytes]) -> None:
    """Write a package with some parts changed in the place of the old one."""
    times = os.stat(path)
    handle, new = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".~xlclv", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
            for entry in package.infolist():
                written.writestr(entry, changed.get(entry.filename) or package.read(entry), entry.compress_type)
        shutil.copymode(path, new)
        os.utime(new, ns=(times.st_atime_ns, times.st_mtime_ns))
        package.close()
        os.replace(new, path)
    except BaseException:
        os.unlink(new)
        raise
