"""How the add-in is recognised: two properties of the document, which survive renaming and copying.

The builder of the add-in writes `properties` as custom document properties; everything else reads them with `mark_of`.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from importlib.metadata import version
from typing import NamedTuple

import xlclv

#: The file name of the add-in.
NAME = "xlclv.xlam"
_PART = "docProps/custom.xml"
_PROPERTY = re.compile(r'<property\b[^>]*\bname="([^"]*)"[^>]*>\s*<vt:lpwstr>([^<]*)</vt:lpwstr>')


class Mark(NamedTuple):
    """What an add-in says of itself: the xlclv that built it, and the xlwings whose DLL it calls."""

    version: str
    xlwings: str


def properties() -> dict[str, str]:
    """Return the custom document properties of an add-in built now."""
    return {"xlclv": xlclv.__version__, "xlwings": version("xlwings")}


def mark_of(content: bytes) -> Mark | None:
    """Return what an add-in says of itself, or None when the file is none of ours."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            text = package.read(_PART).decode("utf-8", "replace")
    except (KeyError, OSError, ValueError, RuntimeError, zipfile.BadZipFile):
        return None
    found = {html.unescape(name): html.unescape(value) for name, value in _PROPERTY.findall(text)}
    return Mark(found["xlclv"], found["xlwings"]) if {"xlclv", "xlwings"} <= set(found) else None
