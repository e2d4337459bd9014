"""The ranges of one call: trimmed together, without header, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from xlclv.errors import InputError
from xlclv.parsing import is_blank
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.convert import PropagatedError, column_text, looks_like_header, text_of, vector_of
from xlclv.worksheet.declaration import Argument, Kind, Matrix, Type

#: A rectangle of cells, of whatever a host hands over.
Range: TypeAlias = list[Sequence[Any]]


class Vectors(NamedTuple):
    """The vector and matrix arguments of one call, converted."""

    values: list[list[Any] | Matrix]
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
    """Trim the vectors and matrices of one call together, drop a header and wholly empty rows, and convert the rest.

    Where the position of a row has a meaning (``positional``), empty rows stay.

    Raises
    ------
    PropagatedError
        With the first error cell, in the order of the arguments.
    InputError
        If a vector is no single row or column, lengths differ, or a cell cannot be converted.
    """
    lying = _lying(arguments, ranges)
    flat = [_columns(rows, argument, lying) for argument, rows in zip(arguments, ranges, strict=True)]
    for argument, columns in zip(arguments, flat, strict=True):
        if argument.errors != "keep":
            _raise_first_error(columns, argument)
    filled = max((filled_length(values) for columns in flat for values in columns), default=0)
    header = _has_header(arguments, flat, date1904)
    start = 1 if header else 0
    length = max(filled - start, 0)
    given = [
        [values[:1] if argument.serves_all and len(values) == 1 else values[start:filled] for values in columns]
        for argument, columns in zip(arguments, flat, strict=True)
    ]
    _same_length(arguments, given, length)
    if positional or any(argument.raw for argument in arguments):
        rows = list(range(length))  # the calculation skips empty rows itself, or takes none
    else:
        rows = _filled_rows([values for columns in given for values in columns if len(values) == length], length)
    converted: list[list[Any] | Matrix] = []
    for argument, columns, whole in zip(arguments, given, flat, strict=True):
        places = rows if len(columns[0]) == length else range(len(columns[0]))
        kept = [values if len(places) == len(values) else [values[i] for i in places] for values in columns]
        numbers = [start + 1 + i for i in places]
        if argument.kind is Kind.MATRIX:
            names = ["" if not header or is_blank(v[0]) else text_of(v[0]).strip() for v in whole]
            converted.append(_matrix(kept, names, argument, date1904, numbers))
        else:
            converted.append(kept[0] if argument.raw else vector_of(kept[0], argument, date1904, numbers))
    return Vectors(converted, header, rows, length)


def _matrix(
    columns: list[list[Any]], names: list[str], argument: Argument, date1904: bool, numbers: Sequence[int]
) -> Matrix:
    """Convert the columns of a matrix and lay it out row by row."""
    converted = [
        vector_of(values, argument, date1904, numbers, column_text(name, place))
        for place, (values, name) in enumerate(zip(columns, names, strict=True), 1)
    ]
    return Matrix(names, [list(row) for row in zip(*converted, strict=True)])


def _lying(arguments: Sequence[Argument], ranges: Sequence[Range]) -> int:
    """Return how long the vectors of a call are that all lie in a row, else 0."""
    vectors = [rows for argument, rows in zip(arguments, ranges, strict=True) if argument.kind is Kind.VECTOR]
    lengths = {len(rows[0]) if len(rows) == 1 else 0 for rows in vectors}
    length = lengths.pop() if len(lengths) == 1 else 0
    return length if length > 1 else 0


def _columns(rows: Range, argument: Argument, lying: int) -> list[list[Any]]:
    """Return the columns of an argument: one of a vector; of a matrix beside vectors that lie in rows its rows."""
    if argument.kind is not Kind.MATRIX:
        return [_flat(rows, argument)]
    if lying and len(rows[0]) == lying and len(rows) != lying:
        return [list(row) for row in rows]
    return [list(column) for column in zip(*rows, strict=True)]


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


def _has_header(arguments: Sequence[Argument], flat: Sequence[list[list[Any]]], date1904: bool) -> bool:
    """Return whether the first row holds names: text where a number or date belongs, and no number or date beside it.

    A single cell is never a header, so that a wrong text alone is told as such.
    """
    kinds = (Type.NUMBER, Type.DATE)
    columns = [(v, a.type) for a, columns in zip(arguments, flat, strict=True) if a.type in kinds for v in columns]
    tops = [(v[0], type_) for v, type_ in columns if len(v) > 1]
    named = [looks_like_header(cell, type_, date1904) for cell, type_ in tops]
    readable = [not name and not is_blank(cell) for (cell, _), name in zip(tops, named, strict=True)]
    return any(named) and not any(readable)


def _raise_first_error(columns: list[list[Any]], argument: Argument) -> None:
    for values in columns:
        if CellError not in set(map(type, values)):
            continue
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


def _same_length(arguments: Sequence[Argument], given: Sequence[list[list[Any]]], length: int) -> None:
    for argument, columns in zip(arguments, given, strict=True):
        rows = len(columns[0])
        if rows == length or (argument.serves_all and rows == 1):
            continue
        names = ", ".join(argument.name for argument in arguments)
        raise InputError(
            f"{names} must have the same number of rows, but {argument.name} ends after {rows} of {length}.",
            f"{names} 的行数必须相同，但 {argument.name} 只有 {rows} 行（共 {length} 行）。",
            argument=argument.name,
        )


def _filled_rows(vectors: list[list[Any]], length: int) -> list[int]:
    """Return the positions of the rows in which any vector is filled."""
    if any(map(_all_filled, vectors)):
        return list(range(length))
    return [i for i in range(length) if not all(is_blank(values[i]) for values in vectors)]


def _all_filled(values: list[Any]) -> bool:
    kinds = set(map(type, values))
    if str in kinds or type(None) in kinds:
        return not any(map(is_blank, values))
    return True


def read_block(cell: Any, rows: Range | None, argument: Argument) -> Range:
    """Return a rectangle of cells without the empty rows below it, as it is.

    Raises
    ------
    InputError
        If a single cell was given where the argument takes none.
    """
    if rows is None:
        if isinstance(cell, CellError):
            raise PropagatedError(cell)
        if argument.single:
            return [[cell]]
        raise InputError(
            f"{argument.name} must be a range of cells, not a single value.",
            f"{argument.name} 必须是单元格区域，而不是单个值。",
            argument=argument.name,
        )
    while len(rows) > 1 and all(map(is_blank, rows[-1])):
        rows.pop()
    return rows
