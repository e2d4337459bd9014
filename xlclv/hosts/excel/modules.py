"""The VBA projects of the add-in and of macro workbooks: what is written here, the stubs, and xlwings' own module."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from xlclv.errors import FileError
from xlclv.hosts.excel.commands import buttons
from xlclv.hosts.excel.stubs import stubs
from xlclv.vba import Module
from xlclv.worksheet.catalogue import FUNCTIONS

BOOK = "ThisWorkbook"
#: The module that talks to xlwings' server; all others know nothing of it.
SERVER = "xlclv_server"
#: What the user is told; all others know nothing of boxes and bars.
MESSAGES = "xlclv_messages"
#: In every workbook with the functions: they work, and commands run.
SHARED = ("bridge", "server", "texts", "messages", "runner")
#: In the add-in alone: its ribbon, and what it does to other workbooks.
ADDIN = ("commands", "links", "formulas")


def modules(sheets: Iterable[str]) -> list[Module]:
    """Return the modules of the add-in, whose sheets have the code names given.

    Raises
    ------
    FileError
        If the xlwings that is installed has no VBA module.
    """
    return [
        *_project("workbook.cls", sheets, (*SHARED, *ADDIN)),
        Module("xlclv_events", source("events.cls"), "class"),
        Module("xlwings", xlwings_source()),
    ]


def template_modules(sheets: Iterable[str]) -> list[Module]:
    """Return the modules of a workbook that has the functions and commands of its own, whose buttons run macros.

    Raises
    ------
    FileError
        As `modules`.
    """
    return [
        *_project("template.cls", sheets, SHARED),
        buttons(),
        Module("xlwings", xlwings_source()),
    ]


def _project(book: str, sheets: Iterable[str], standard: Iterable[str]) -> list[Module]:
    return [
        Module(BOOK, source(book), "workbook"),
        *(Module(sheet, "", "worksheet") for sheet in sheets),
        stubs(FUNCTIONS),
        *(Module(f"xlclv_{name}", source(f"{name}.bas")) for name in standard),
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
