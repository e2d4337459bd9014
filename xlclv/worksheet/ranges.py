"""The ranges of one call: trimmed together, without header, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from xlclv.errors import InputError
from xlclv.parsing import is_blank
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.convert import PropagatedError, looks_like_header, vector_of
from xlclv.worksheet.declaration import Argument, Type

#: A rectangle of cells, of whatever a host hands over.
Range: TypeAlias = list[Sequence[Any]]

#: Blank cells by the cheap test, before the thorough one.
_EMPTY = (None, "")


class Vectors(NamedTuple):
    """The vector arguments of one call, converted."""

    values: list[list[Any]]
    header: bool
    #: Positions, within the trimmed range without header, of the rows that are not wholly empty.
    rows: list[int]
    #: How many rows the trimmed range has without header.
    length: int

    def number(self, row: int) -> int:
        """Return the number within the range of a row of ``values``, the first being 1 in both."""
        place = self.rows[row - 1] if row <= len(self.rows) else row - 1
        return place + (2 if self.header else 1)


def read_vectors(
    arguments: Sequence[Argument], ranges: Sequence[Range], date1904: bool, positional: bool = False
) -> Vectors:
    """Trim the vectors of one call together, drop a header and wholly empty rows, and convert the rest.

    Where the position of a row has a meaning (``positional``), empty rows stay.

    Raises
    ------
    PropagatedError
        With the first error cell, in the order of the arguments.
    InputError
        If a vector is no single row or column, lengths differ, or a cell cannot be converted.
    """
    flat = [_flat(rows, argument) for argument, rows in zip(arguments, ranges, strict=True)]
    for argument, values in zip(arguments, flat, strict=True):
        if argument.errors != "keep":
            _raise_first_error(values, argument)
    filled = max(map(filled_length, flat), default=0)
    header = _has_header(arguments, flat, date1904)
    start = 1 if header else 0
    length = max(filled - start, 0)
    given = [
        values[:1] if argument.serves_all and len(values) == 1 else values[start:filled]
        for argument, values in zip(arguments, flat, strict=True)
    ]
    _same_length(arguments, given, length)
    if positional or any(argument.raw for argument in arguments):
        rows = list(range(length))  # the calculation skips empty rows itself, or takes none
    else:
        rows = _filled_rows([values for values in given if len(values) == length], length)
    converted = []
    for argument, values in zip(arguments, given, strict=True):
        places = rows if len(values) == length else range(len(values))
        kept = values if len(places) == len(values) else [values[i] for i in places]
        numbers = [start + 1 + i for i in places]
        converted.append(kept if argument.raw else vector_of(kept, argument, date1904, numbers))
    return Vectors(converted, header, rows, length)


def _flat(rows: Range, argument: Argument) -> list[Any]:
    if len(rows[0]) == 1:
        return [row[0] for row in rows]
    if len(rows) == 1:
        return list(rows[0])
    raise InputError(
        f"{argument.name} must be a single row or column, not {len(rows)} rows by {len(rows[0])} columns.",
        f"{argument.name} 必须是单行或单列，而不是 {len(rows)} 行 {len(rows[0])} 列。",
        argument=argument.name,
    )


def _has_header(arguments: Sequence[Argument], flat: Sequence[list[Any]], date1904: bool) -> bool:
    """Return whether the first row holds names: text where a number or date belongs, and no number or date beside it.

    A single cell is never a header, so that a wrong text alone is told as such.
    """
    kinds = (Type.NUMBER, Type.DATE)
    tops = [(v[0], a.type) for a, v in zip(arguments, flat, strict=True) if a.type in kinds and len(v) > 1]
    named = [looks_like_header(cell, type_, date1904) for cell, type_ in tops]
    readable = [not name and not is_blank(cell) for (cell, _), name in zip(tops, named, strict=True)]
    return any(named) and not any(readable)


def _raise_first_error(values: list[Any], argument: Argument) -> None:
    if CellError not in set(map(type, values)):
        return
    for i, value in enumerate(values):
        if isinstance(value, CellError):
            if argument.errors == "missing" and value.code == "#N/A":
                values[i] = None
            else:
                raise PropagatedError(value)


def filled_length(values: Sequence[Any]) -> int:
    """Return how many cells there are up to the last filled one."""
    for last in range(len(values), 0, -1):
        value = values[last - 1]
        if value is not None and not is_blank(value):
            return last
    return 0


def _same_length(arguments: Sequence[Argument], given: Sequence[list[Any]], length: int) -> None:
    for argument, values in zip(arguments, given, strict=True):
        if len(values) == length or (argument.serves_all and len(values) == 1):
            continue
        names = ", ".join(argument.name for argument in arguments)
        raise InputError(
            f"{names} must have the same number of rows, but {argument.name} ends after {len(values)} of {length}.",
            f"{names} 的行数必须相同，但 {argument.name} 只有 {len(values)} 行（共 {length} 行）。",
            argument=argument.name,
        )


def _filled_rows(vectors: list[list[Any]], length: int) -> list[int]:
    """Return the positions of the rows in which any vector is filled."""
    if any(not any(value in _EMPTY or is_blank(value) for value in values) for values in vectors):
        return list(range(length))
    return [i for i in range(length) if not all(is_blank(values[i]) for values in vectors)]


def read_block(cell: Any, rows: Range | None, argument: Argument) -> Range:
    """Return a rectangle of cells without the empty rows below it, as it is.

    Raises
    ------
    InputError
        If a single cell was given.
    """
    if rows is None:
        if isinstance(cell, CellError):
            raise PropagatedError(cell)
        raise InputError(
            f"{argument.name} must be a range of cells, not a single value.",
            f"{argument.name} 必须是单元格区域，而不是单个值。",
            argument=argument.name,
        )
    while len(rows) > 1 and all(map(is_blank, rows[-1])):
        rows.pop()
    return rows
