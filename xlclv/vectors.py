"""Whole columns of cells as arrays: customer codes, day numbers and amounts.

The same rules as `xlclv.parsing`, for a million cells at once. Whatever the fast ways do not cover goes through the
functions for one cell, so both give the same answers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlclv.dates import date_of
from xlclv.errors import InputError
from xlclv.parsing import BLANKS, ids_of, is_blank, number_of

IntArray: TypeAlias = npt.NDArray[np.int64]
FloatArray: TypeAlias = npt.NDArray[np.float64]
#: Cells of one column: what a range holds, or a column of a frame.
Cells: TypeAlias = "Sequence[object] | npt.NDArray[Any] | pd.Series[Any] | pd.Index[Any]"
_T = TypeVar("_T")

#: The day number of a missing date, the same bits as numpy's NaT.
NO_DAY: Final = np.iinfo(np.int64).min
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_SERIAL_EPOCH: Final = 25_569  # serial of 1970-01-01 in the 1900 system
_NONE: Final = type(None)


def same_length(**columns: Cells) -> None:
    """Refuse columns of different lengths.

    Raises
    ------
    InputError
        If the lengths differ; the sentence names them.

    Examples
    --------
    >>> same_length(ids=[1, 2], dates=[45296, 45297])
    """
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputError(
            f"The ranges must have the same number of rows ({listed}).",
            f"各区域的行数必须相同（{listed}）。",
            argument=next(iter(columns)),
        )


def cells_of(values: Cells) -> Sequence[object] | npt.NDArray[Any]:
    """Return a column as a numpy array of a plain type where it is one, else as Python objects, None for missing.

    Examples
    --------
    >>> cells_of(pd.Series([1, 2])), cells_of(["a", None])
    (array([1, 2]), ['a', None])
    """
    if isinstance(values, (pd.Series, pd.Index)):
        if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iufM":
            return values.to_numpy()
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            # The calendar date of an order is the one its own clock showed.
            local: npt.NDArray[Any] = values.array.tz_localize(None).to_numpy()  # type: ignore[attr-defined]
            return local
        objects: npt.NDArray[Any] = values.to_numpy(dtype=object, copy=True)
        objects[np.asarray(values.isna())] = None
        return objects
    if isinstance(values, np.ndarray):
        return values if values.dtype.kind in "iufM" else values.astype(object)
    return values


def _mapped(read: Callable[[object], _T], cells: Iterable[object], first_row: int, argument: str) -> list[_T]:
    """Return ``read`` of each cell, each distinct one read once; the error of one names its row."""
    known: dict[tuple[type, object], _T] = {}
    result: list[_T] = []
    for cell in cells:
        key = (type(cell), cell)  # 1, 1.0 and TRUE are equal but need not mean the same
        try:
            if key not in known:
                known[key] = read(cell)
            result.append(known[key])
        except InputError as error:
            error.argument = argument
            raise error.at(first_row + len(result)) from None
        except TypeError:  # a cell that cannot be hashed is nothing a cell can hold
            raise InputError(
                f"{type(cell).__name__} is no cell value.",
                f"{type(cell).__name__} 不是单元格的值。",
                argument=argument,
                row=first_row + len(result),
            ) from None
    return result


def codes_of(ids: Cells) -> tuple[IntArray, npt.NDArray[Any]]:
    """Number the customers in order of first appearance.

    Parameters
    ----------
    ids : cells, length n
        The customer of each row; ids match by text (`xlclv.parsing.id_of`).

    Returns
    -------
    codes : int64 array, length n
        The customer's number, -1 for a blank id.
    labels : array
        Each customer as it first appeared: a number stays a number, text is trimmed.

    Examples
    --------
    >>> codes, labels = codes_of(["b", 1, " b ", None, "1"])
    >>> codes.tolist(), labels.tolist()
    ([0, 1, 0, -1, 1], ['b', 1])
    """
    cells = cells_of(ids)
    if not isinstance(cells, np.ndarray):
        cells = np.fromiter(cells, dtype=object, count=len(cells))
    if cells.dtype.kind == "M":
        cells = cells.astype("datetime64[us]").astype(object)
    if cells.dtype == object:
        kind = pd.api.types.infer_dtype(cells, skipna=True)
        if kind in ("string", "empty"):
            return _text_codes(cells)
        if kind != "floating":
            return _mixed_codes(cells)
        cells = cells.astype(np.float64)
    # Numbers are one id exactly when they are equal; NaN is a blank.
    if cells.dtype.kind != "f" and len(cells) and int(cells.max()) - int(cells.min()) < 4 * len(cells):
        return _compact_codes(cells)
    codes, labels = pd.factorize(cells)
    return codes.astype(np.int64, copy=False), labels


def _compact_codes(numbers: npt.NDArray[Any]) -> tuple[IntArray, npt.NDArray[Any]]:
    """Number integers that lie close together: a table instead of a hash."""
    slots = numbers.astype(np.int64) - int(numbers.min())
    count = len(slots)
    first = np.full(int(slots.max()) + 1, count, dtype=np.int64)
    first[slots[::-1]] = np.arange(count - 1, -1, -1)  # of a repeated index the last assignment stays: the first row
    present = np.flatnonzero(first < count)
    appearing = present[np.argsort(first[present])]
    first[appearing], rows = np.arange(len(appearing)), first[appearing]
    return first[slots], numbers[rows]


def _text_codes(texts: npt.NDArray[Any]) -> tuple[IntArray, npt.NDArray[Any]]:
    codes, labels = pd.factorize(texts)
    trimmed = [text.strip(BLANKS) or None for text in labels]
    if trimmed != list(labels):  # some differ only by blanks around them, or are nothing but blanks
        merged, labels = pd.factorize(np.array(trimmed, dtype=object))
        codes = np.append(merged, -1)[codes]
    return codes.astype(np.int64, copy=False), labels


def _mixed_codes(cells: npt.NDArray[Any]) -> tuple[IntArray, npt.NDArray[Any]]:
    texts = np.array(ids_of(cells.tolist()), dtype=object)
    codes = pd.factorize(texts)[0].astype(np.int64, copy=False)
    # Numbers rise in order of appearance: a customer appears first where their running maximum rises.
    firsts = np.flatnonzero(np.diff(np.maximum.accumulate(codes), prepend=-1))
    return codes, np.fromiter((_label(cell) for cell in cells[firsts]), dtype=object, count=len(firsts))


def _label(cell: object) -> object:
    return cell.strip(BLANKS) if isinstance(cell, str) else cell


def days_of(dates: Cells, *, date1904: bool = False, first_row: int = 1, argument: str = "dates") -> IntArray:
    """Return dates as days since 1970-01-01, `NO_DAY` for blank ones.

    Parameters
    ----------
    dates : cells, length n
        Serials, dates, datetimes or text, read by `xlclv.dates.date_of`.
    date1904 : bool
        Whether serials count from 1904-01-01.
    first_row : int
        The number the first cell has in error sentences.
    argument : str
        The argument's name in errors.

    Returns
    -------
    int64 array, length n

    Raises
    ------
    InputError
        For the first cell that cannot be read, with its row.

    Examples
    --------
    >>> days_of([45296, "2024-01-06", None])[:2].tolist()
    [19727, 19728]
    """
    cells = cells_of(dates)
    if isinstance(cells, np.ndarray) and cells.dtype != object:
        if cells.dtype.kind == "M":
            return cells.astype("datetime64[D]").astype(np.int64)
        return _serial_days(cells.astype(np.float64), date1904, first_row, argument)
    kinds = set(map(type, cells))
    if kinds <= {float, int, _NONE} and kinds:
        try:
            return _serial_days(np.array(cells, dtype=np.float64), date1904, first_row, argument)
        except OverflowError:
            pass  # an integer beyond all floats: read one by one, for the sentence with its row
    if kinds <= {dt.date, dt.datetime, pd.Timestamp}:
        # toordinal is the calendar date as written, with or without a time zone.
        ordinals = (cell.toordinal() for cell in cells)  # type: ignore[union-attr]
        return np.fromiter(ordinals, dtype=np.int64, count=len(cells)) - _EPOCH

    def day(cell: object) -> int:
        date = None if cell != cell else date_of(cell, date1904=date1904)
        return NO_DAY if date is None else date.toordinal() - _EPOCH

    return np.array(_mapped(day, cells, first_row, argument), dtype=np.int64)


def _serial_days(serials: FloatArray, date1904: bool, first_row: int, argument: str) -> IntArray:
    """Return serials as days; NaN, which stands for a blank cell in arrays, as `NO_DAY`."""
    whole = np.floor(serials)
    blank = np.isnan(serials)
    with np.errstate(invalid="ignore"):
        plain = (whole >= 61) & (whole <= 2_951_000) if not date1904 else np.zeros(len(serials), dtype=bool)
        days = np.where(plain, whole, 0).astype(np.int64) - _SERIAL_EPOCH
    days[blank] = NO_DAY
    for index in np.flatnonzero(~plain & ~blank):  # the first 60 days of 1900, the 1904 system, digits like 20240105
        try:
            date = date_of(float(serials[index]), date1904=date1904)
        except InputError as error:
            error.argument = argument
            raise error.at(first_row + int(index)) from None
        days[index] = NO_DAY if date is None else date.toordinal() - _EPOCH
    return days


def numbers_array(values: Cells, *, first_row: int = 1, argument: str = "values") -> FloatArray:
    """Return numbers as floats, NaN for blank ones.

    Parameters
    ----------
    values : cells, length n
        Numbers or text, read by `xlclv.parsing.number_of`.
    first_row : int
        The number the first cell has in error sentences.
    argument : str
        The argument's name in errors.

    Returns
    -------
    float array, length n

    Raises
    ------
    InputError
        For the first cell that cannot be read, with its row.

    Examples
    --------
    >>> numbers_array(["¥1,000", 2, None]).tolist()
    [1000.0, 2.0, nan]
    """
    cells = cells_of(values)
    if isinstance(cells, np.ndarray) and cells.dtype.kind in "iuf":
        return cells.astype(np.float64)
    if set(map(type, cells)) <= {float, int, bool, _NONE}:
        try:
            return np.array(cells, dtype=np.float64)
        except OverflowError:
            pass  # an integer beyond all floats: read one by one, for the sentence with its row

    def number(cell: object) -> float:
        # pandas marks a missing number of any type by something that is not equal to itself.
        found = None if cell != cell else number_of(cell)
        return np.nan if found is None else found

    return np.array(_mapped(number, cells, first_row, argument), dtype=np.float64)


def amounts_of(values: Cells, *, first_row: int = 1, argument: str = "amounts") -> FloatArray:
    """Return amounts of money as floats, 0 for blank ones.

    Parameters
    ----------
    values : cells, length n
        Numbers or text, read by `xlclv.parsing.number_of`.
    first_row : int
        The number the first cell has in error sentences.
    argument : str
        The argument's name in errors.

    Returns
    -------
    float array, length n

    Raises
    ------
    InputError
        For the first cell that cannot be read or is infinite, with its row.

    Examples
    --------
    >>> amounts_of(["¥1,000", 2, None]).tolist()
    [1000.0, 2.0, 0.0]
    """
    numbers = numbers_array(values, first_row=first_row, argument=argument)
    infinite = np.isinf(numbers)
    if infinite.any():
        row = first_row + int(np.argmax(infinite))
        raise InputError(
            f"Row {row}: the amount is infinite; correct the cell.",
            f"第 {row} 行：金额为无穷大；请更正该单元格。",
            argument=argument,
        )
    return np.nan_to_num(numbers, nan=0.0)


def one_day(value: object, argument: str = "as_of", *, date1904: bool = False) -> int | None:
    """Return one date as days since 1970-01-01, None for a blank one.

    Parameters
    ----------
    value : object
        Serial, date, datetime or text, read by `xlclv.dates.date_of`.
    argument : str
        The argument's name in the error.
    date1904 : bool
        Whether serials count from 1904-01-01.

    Returns
    -------
    int or None

    Raises
    ------
    InputError
        If it cannot be read.

    Examples
    --------
    >>> one_day("2024-01-05")
    19727
    """
    if is_blank(value):
        return None
    try:
        date = date_of(value, date1904=date1904)
    except InputError as error:
        raise InputError(error.text.en, error.text.zh, argument=argument) from None
    return None if date is None else date.toordinal() - _EPOCH


def dates_from(days: IntArray) -> npt.NDArray[np.datetime64]:
    """Return day numbers as dates of pandas' unit for seconds, which reaches from year 1 to 9999.

    Examples
    --------
    >>> str(dates_from(np.array([19727]))[0])
    '2024-01-05T00:00:00'
    """
    return days.astype("datetime64[D]").astype("datetime64[s]")


def date_text(day: int) -> str:
    """Return a day number as ISO text, for sentences.

    Examples
    --------
    >>> date_text(19727)
    '2024-01-05'
    """
    return dt.date.fromordinal(day + _EPOCH).isoformat()
