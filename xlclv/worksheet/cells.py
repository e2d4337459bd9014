"""What a spreadsheet cell holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypeAlias


class CellError:
    """An error value in a cell, such as ``#N/A``, with the sentence that explains it.

    Two are equal when their codes are: a cell shows the code, the message is for `XLCLV_ERRORS`.

    Parameters
    ----------
    code : str
        As Excel shows it: ``#VALUE!``, ``#NUM!``, ``#DIV/0!``, ``#N/A``, ``#NAME?``, ``#REF!``, ``#NULL!``,
        ``#SPILL!`` or any newer one.
    message : str, optional
        What was wrong and what to do.

    Examples
    --------
    >>> CellError("#N/A", "too little data") == CellError("#N/A")
    True
    """

    __slots__ = ("code", "message")

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        self.message = message

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CellError) and self.code == other.code

    def __hash__(self) -> int:
        return hash(self.code)

    def __repr__(self) -> str:
        return f"CellError({self.code!r})" if not self.message else f"CellError({self.code!r}, {self.message!r})"

    def __str__(self) -> str:
        return self.code


Scalar: TypeAlias = float | str | bool | dt.date | CellError | None
Rows: TypeAlias = list[list[Scalar]]
#: One cell, or a range: a list of rows.
Cells: TypeAlias = Scalar | Rows | Sequence[Sequence[Scalar]]


def rows_of(cells: object) -> list[Sequence[Any]] | None:
    """Return a range as a new list of its rows, which have equal length, None for a single cell.

    A flat list is one row, as ``{1,2,3}`` is in a formula. Rows of unequal length are filled up with empty cells.
    """
    if not isinstance(cells, list | tuple):
        return None
    if not cells:
        return [[None]]
    kinds = set(map(type, cells))
    if kinds <= {list, tuple}:
        widths = set(map(len, cells))
        if len(widths) == 1 and widths != {0}:
            return list(cells)
    elif not kinds & {list, tuple}:
        return [list(cells)]
    rows = [list(row) if isinstance(row, list | tuple) else [row] for row in cells]
    width = max(1, max(map(len, rows)))
    return [row if len(row) == width else row + [None] * (width - len(row)) for row in rows]
