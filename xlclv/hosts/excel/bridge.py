"""Where the VBA of the add-in arrives: one call for all worksheet functions, which also says how dates are counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xlwings

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


def answer(name: str, date1904: bool, cells: Sequence[Any]) -> list[list[Any]]:
    """Return the rows of a worksheet function for arguments as COM hands them over.

    >>> answer("CLV", False, (100.0, 2.0, 36.0))
    [[7200.0]]
    """
    return cells_out(call(name, *map(cells_in, cells), date1904=date1904), date1904)
