"""The VBA project of the add-in: what is written here, the stubs, and xlwings' own module."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from xlclv.errors import FileError
from xlclv.hosts.excel.stubs import stubs
from xlclv.vba import Module
from xlclv.worksheet.catalogue import FUNCTIONS

BOOK = "ThisWorkbook"
#: The module that talks to xlwings' server; all others know nothing of it.
SERVER = "xlclv_server"
STANDARD = ("bridge", "server", "texts", "commands", "links")


def modules(sheets: Iterable[str]) -> list[Module]:
    """Return the modules of a workbook with the functions, whose sheets have the code names given.

    Raises
    ------
    FileError
        If the xlwings that is installed has no VBA module.
    """
    return [
        Module(BOOK, source("workbook.cls"), "workbook"),
        *(Module(sheet, "", "worksheet") for sheet in sheets),
        stubs(FUNCTIONS),
        *(Module(f"xlclv_{name}", source(f"{name}.bas")) for name in STANDARD),
        Module("xlclv_events", source("events.cls"), "class"),
        Module("xlwings", xlwings_source()),
    ]


def source(name: str) -> str:
    """Return the VBA source of a file of this package."""
    return (files("xlclv.hosts.excel") / "source" / name).read_text("ascii")


def xlwings_source() -> str:
    """Return the VBA module of the installed xlwings, with its licence, its procedures kept out of the cells.

    Raises
    ------
    FileError
        If it is not there.
    """
    found = importlib.util.find_spec("xlwings")
    folder = Path(found.origin).parent if found is not None and found.origin else Path()
    try:
        text = (folder / "xlwings.bas").read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(
            "The VBA module of xlwings was not found; run python -m pip install --force-reinstall xlwings.",
            "未找到 xlwings 的 VBA 模块；请运行 python -m pip install --force-reinstall xlwings。",
        ) from error
    first, rest = text.split("\n", 1)
    return f"{first}\nOption Private Module\n{rest}"
