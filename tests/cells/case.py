"""What a test cell says: a formula, the cells it must show, and the data it reads."""

from __future__ import annotations

from typing import Any, NamedTuple

from xlclv.worksheet import CellError, Rows


class Formula(str):
    """Expected cells that the spreadsheet computes itself, with its own functions; without the leading =."""

    __slots__ = ()


#: Any error value: Calc shows errors that Excel does not have.
ANY_ERROR = CellError("#ERROR!")


class Case(NamedTuple):
    """One test cell.

    In formulas ``[name]`` stands for the cells of a block of data, ``[name.2]`` for its second column, ``[name:2]``
    for the whole column of the sheet in which the second column of a column block lies, ``[name+2]`` for the first
    1000 rows of that column, ``[name::]`` for a single cell written as a range, and ``[@case]`` or ``[@case.2]`` for
    the cells that the formula of another case shows.
    """

    name: str
    what: str
    #: Without the leading =.
    formula: str
    #: A cell, or rows: then the formula is an array formula. A number is met as exactly as it is stated.
    expected: Any
    #: What Calc shows in every cell instead, because it hides a part of the input; ``what`` says why.
    calc: CellError | float | str | None = None
    #: How far a number may be from the expected one, where not what `tolerance_of` says.
    tolerance: float | None = None


class Book(NamedTuple):
    """One workbook of test cells."""

    name: str
    title: str
    cases: tuple[Case, ...]
    #: Blocks on the sheet of data, by name.
    data: dict[str, Rows]
    #: Blocks on a sheet of their own from A1 on, so that whole columns can be given.
    columns: dict[str, Rows]
    date1904: bool = False


def tolerance_of(expected: float) -> float:
    """Return how far a number may be off: half a unit of its last decimal if it has four or more, else 1e-9 of it."""
    text = repr(float(expected))
    decimals = len(text.partition(".")[2]) if "e" not in text else 0
    slack = 1e-9 * max(1.0, abs(expected))
    return 0.5 * 10.0**-decimals + slack if decimals >= 4 else slack
