"""Where the VBA of the add-in arrives: one call for all worksheet functions, and one for all commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xlwings

from xlclv.hosts.collection import collection_paused
from xlclv.hosts.excel.cells import cells_in, cells_out
from xlclv.worksheet import call


@xlwings.func
@xlwings.arg("name", "raw")
@xlwings.arg("date1904", "raw")
@xlwings.arg("cells", "raw")
@xlwings.ret("raw")
def xlclv_call(name, date1904, cells):  # type: ignore[no-untyped-def]  # xlwings takes annotations for conversions
    """Return what a worksheet function shows, as rows of what COM carries."""
    return answer(name, bool(date1904), cells or ())


@xlwings.func
@xlwings.arg("command", "raw")
@xlwings.arg("language", "raw")
@xlwings.ret("raw")
def xlclv_command(command, language):  # type: ignore[no-untyped-def]  # as above
    """Do a command on the calling workbook and return whether it was done, and the sentence to show."""
    from xlclv.hosts.excel.runner import command_rows

    return command_rows(command, language)


def answer(name: str, date1904: bool, cells: Sequence[Any]) -> list[list[Any]]:
    """Return the rows of a worksheet function for arguments as COM hands them over.

    >>> answer("CLV", False, (100.0, 2.0, 36.0))
    [[7200.0]]
    """
    with collection_paused():
        return cells_out(call(name, *map(cells_in, cells), date1904=date1904), date1904)
