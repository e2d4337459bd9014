"""Cells to the values calculations take, and back."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from typing import Any

from xlclv.dates import date_of
from xlclv.errors import DomainError, InputError, XlclvError
from xlclv.parsing import is_blank, number_of
from xlclv.text import Text, clause
from xlclv.worksheet.cells import CellError, Rows, Scalar
from xlclv.worksheet.declaration import REQUIRED, Argument, Choice, Kind, Type

#: Day 0 of the date systems: serials 61 and above count from it.
_EPOCH_1900 = dt.date(1899, 12, 30).toordinal()
_EPOCH_1904 = dt.date(1904, 1, 1).toordinal()

#: What sentences add to the name of an argument that is one column: nothing.
WHOLE = Text("", "")

#: The longest text a cell holds.
MAX_TEXT = 32_767


class PropagatedError(Exception):
    """An error cell among the input: the result is that error."""

    def __init__(self, error: CellError) -> None:
        super().__init__(error.code)
        self.error = error


def value_of(cell: Any, argument: Argument, date1904: bool) -> Any:
    """Convert one cell to the value ``argument`` takes.

    Raises
    ------
    PropagatedError
        If the cell holds an error value.
    XlclvError
        If it cannot be converted, or is empty and the argument is required.
    """
    if type(cell) is float and argument.type is Type.NUMBER and math.isfinite(cell):
        return cell
    if isinstance(cell, CellError):
        raise PropagatedError(cell)
    if is_blank(cell):
        if argument.kind is Kind.ELEMENT and argument.blank is not REQUIRED:
            return argument.blank
        if argument.required:
            raise InputError(
                f"{argument.name} is empty; it must be given.",
                f"{argument.name} 为空，必须填写。",
                argument=argument.name,
            )
        return argument.default
    try:
        return _PARSERS[argument.type](cell, argument, date1904)
    except XlclvError as error:
        if error.argument is not None:
            raise
        raise type(error)(
            f"{argument.name}: {clause(error.text.en)}", f"{argument.name}：{error.text.zh}", argument=argument.name
        ) from None


def _number(cell: Any, argument: Argument, date1904: bool) -> float:
    if isinstance(cell, dt.date):
        return serial_of(cell, date1904)
    try:
        value = number_of(cell)
    except OverflowError:
        value = math.inf
    except InputError:
        if argument.kind is not Kind.MATRIX:
            raise
        shown = text_of(cell)[:60]
        raise InputError(
            f'"{shown}" is no number; give each text a column of TRUE and FALSE.',
            f"“{shown}”不是数字；文本请改为每种取值一列 TRUE/FALSE。",
        ) from None
    if value is None or not math.isfinite(value):
        raise DomainError(
            f"{argument.name} is too large a number.", f"{argument.name} 的数值过大。", argument=argument.name
        )
    return value


def _date(cell: Any, argument: Argument, date1904: bool) -> dt.date:
    date = date_of(cell, date1904=date1904)
    if date is None:
        raise InputError(f"{argument.name} is no date.", f"{argument.name} 不是日期。", argument=argument.name)
    return date


def text_of(cell: Any) -> str:
    """Return a cell as the text it shows: 17850.0 reads ``17850``."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float) and math.isfinite(cell) and cell == math.floor(cell) and abs(cell) < 1e15:
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def _text(cell: Any, argument: Argument, date1904: bool) -> str:
    return text_of(cell).strip()


def _choice(cell: Any, argument: Argument, date1904: bool) -> str:
    key = text_of(cell).strip().casefold()
    for choice in argument.choices:
        if key == choice.value.casefold() or any(key == name.casefold() for name in choice.names):
            return choice.value
    listed = ", ".join(choice.value for choice in argument.choices)
    listed_zh = "、".join(_with_chinese(choice) for choice in argument.choices)
    shown = text_of(cell)[:60]
    raise InputError(
        f'{argument.name} must be one of {listed}; "{shown}" is none of them.',
        f"{argument.name} 只能是 {listed_zh} 之一，“{shown}”不是。",
        argument=argument.name,
    )


def _with_chinese(choice: Choice) -> str:
    chinese = next((name for name in choice.names if not name.isascii()), None)
    return choice.value if chinese is None else f"{choice.value}（{chinese}）"


def _cell(cell: Any, argument: Argument, date1904: bool) -> Any:
    return cell


_PARSERS = {Type.NUMBER: _number, Type.DATE: _date, Type.TEXT: _text, Type.CHOICE: _choice, Type.CELL: _cell}


def vector_of(
    cells: Sequence[Any], argument: Argument, date1904: bool, rows: Sequence[int], column: Text = WHOLE
) -> list[Any]:
    """Convert the cells of a vector; an error names the row, counted within the range from ``rows``.

    ``column`` is what sentences add to the argument's name, where the cells are one column of a matrix.
    """
    if argument.type is Type.NUMBER and set(map(type, cells)) <= {float} and all(map(math.isfinite, cells)):
        return list(cells)
    values = []
    for row, cell in zip(rows, cells, strict=True):
        if is_blank(cell):
            if argument.blank is REQUIRED:
                raise InputError(
                    f"{argument.name}{column.en} is empty in row {row}; fill it or leave the whole row empty.",
                    f"{argument.name}{column.zh} 第 {row} 行为空；请填写，或将整行留空。",
                    argument=argument.name,
                )
            values.append(argument.blank)
            continue
        try:
            values.append(_PARSERS[argument.type](cell, argument, date1904))
        except XlclvError as error:
            raise type(error)(
                f"Row {row} of {argument.name}{column.en}: {clause(error.text.en)}",
                f"{argument.name}{column.zh} 第 {row} 行：{error.text.zh}",
                argument=argument.name,
            ) from None
    return values


def column_text(name: str, number: int) -> Text:
    """Return what sentences add to a matrix's name for one of its columns."""
    return Text(f" ({name})", f"（{name}）") if name else Text(f" (column {number})", f"（第 {number} 列）")


def row_of(cells: Sequence[Any], argument: Argument, date1904: bool) -> list[Any]:
    """Convert one row of a matrix that is mapped over.

    Raises
    ------
    PropagatedError
        If a cell holds an error value.
    XlclvError
        If one cannot be converted, or is empty and the argument says nothing of empty cells.
    """
    values = []
    for number, cell in enumerate(cells, 1):
        if is_blank(cell) and argument.blank is REQUIRED:
            where = column_text("", number)
            raise InputError(
                f"{argument.name}{where.en} is empty; fill it or leave the whole row empty.",
                f"{argument.name}{where.zh}为空；请填写，或将整行留空。",
                argument=argument.name,
            )
        values.append(argument.blank if is_blank(cell) else value_of(cell, argument, date1904))
    return values


def looks_like_header(cell: Any, type_: Type, date1904: bool) -> bool:
    """Return whether a first cell is text where a number or date belongs.

    A date in doubt, such as 1/5/2024, is a date all the same.
    """
    if not isinstance(cell, str) or is_blank(cell):
        return False
    try:
        if type_ is Type.NUMBER:
            number_of(cell)
        elif type_ is Type.DATE:
            date_of(cell, date1904=date1904)
        return False
    except XlclvError:
        return not (type_ is Type.DATE and any(map(str.isdigit, cell)))


def serial_of(date: dt.date, date1904: bool) -> float:
    """Return the serial number of a date or datetime, with the time of day as its fraction."""
    day = date.toordinal() - (_EPOCH_1904 if date1904 else _EPOCH_1900)
    # The 1900 system holds a 29 February 1900 that never was: earlier serials are one lower.
    if not date1904 and day < 61:
        day -= 1
    fraction = 0.0
    if isinstance(date, dt.datetime):
        midnight = date.replace(hour=0, minute=0, second=0, microsecond=0)
        fraction = (date - midnight).total_seconds() / 86_400.0
    return day + fraction


def cell_of(value: Any, language: str) -> Scalar:
    """Return a computed value as a cell: no NaN, no infinity, no numpy type, no bare None."""
    kind = type(value)
    if kind is float:
        return _finite(value, language)
    if kind is str:
        return str(value[:MAX_TEXT])
    if kind is bool or kind is dt.date or kind is CellError:
        return value  # type: ignore[no-any-return]
    if value is None:
        return ""
    if isinstance(value, XlclvError):
        return CellError(value.code, value.text.of(language))
    if isinstance(value, dt.date):
        return value.date() if isinstance(value, dt.datetime) else value
    if hasattr(value, "item"):  # a numpy scalar
        return cell_of(value.item(), language)
    if isinstance(value, int | float):
        return _finite(float(value), language)
    return str(value)[:MAX_TEXT]


def _finite(value: float, language: str) -> Scalar:
    if math.isfinite(value):
        return value + 0.0  # no negative zero
    return CellError(TOO_LARGE.code, TOO_LARGE.text.of(language))


#: The sentence for results beyond the largest number of a cell.
TOO_LARGE = DomainError(
    "The result is beyond the largest number a cell can hold; check the size of the arguments.",
    "结果超出单元格所能容纳的最大数值；请检查参数的大小。",
)


def cells_of(rows: Iterable[Iterable[Any]], language: str) -> Rows:
    """Return computed rows as cells."""
    # Most cells are finite numbers: value - value is 0 for these alone. Adding 0 leaves no negative zero.
    return [
        [value + 0.0 if type(value) is float and value - value == 0.0 else cell_of(value, language) for value in row]
        for row in rows
    ]
