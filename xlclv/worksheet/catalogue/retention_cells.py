"""Between cells and the retention models; imported at the first call, for it needs numpy, pandas and scipy."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from xlclv.domain import whole
from xlclv.errors import InputError, XlclvError
from xlclv.models import FittedRetention, fit_retention
from xlclv.models.checks import MAX_PERIODS
from xlclv.parsing import BLANKS, is_blank, number_of, shown
from xlclv.survival import kaplan_meier
from xlclv.text import Text
from xlclv.worksheet.catalogue.fit_cache import by_content
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.convert import PropagatedError, text_of

NO_LIMITS: Final = Text(
    "Where survival is 1 or 0 there are no log-log limits: nobody, or everybody, has churned.",
    "留存比例为 1 或 0 时没有 log-log 界限：尚无人流失或已全部流失。",
)

_CURVE: Final = {
    "time": Text("time", "时间"),
    "at_risk": Text("at risk", "在险人数"),
    "churned": Text("churned", "流失人数"),
    "survival": Text("survival", "留存比例"),
    "lower": Text("lower", "下限"),
    "upper": Text("upper", "上限"),
}
_FORECAST: Final = {
    "period": Text("period", "期"),
    "survival": Text("survival", "留存比例"),
    "retention_rate": Text("retention rate", "留存率"),
}


#: What a cell says of a customer, in small letters.
_CHURNED: Final = {
    **dict.fromkeys(("true", "1", "yes", "y", "churned", "lost", "是", "已流失", "流失"), True),
    **dict.fromkeys(("false", "0", "no", "n", "active", "kept", "否", "未流失", "留存"), False),
}


def curve_rows(durations: list[float], churned: list[Any], level: float, lang: str) -> list[list[Any]]:
    """RETENTION_CURVE."""
    frame = kaplan_meier(durations, _truths(churned), level)
    missing = CellError("#N/A", NO_LIMITS.of(lang))
    rows = frame[list(_CURVE)].to_numpy(float).tolist()
    body = [[missing if math.isnan(value) else value for value in row] for row in rows]
    return [[title.of(lang) for title in _CURVE.values()], *body]


def _truths(cells: list[Any]) -> list[bool]:
    """Return whether each customer churned."""
    known: dict[Any, bool] = {}
    for i, cell in enumerate(cells):
        if cell not in known:
            truth = _CHURNED.get(text_of(cell).strip(BLANKS).casefold())
            if truth is None:
                raise InputError(
                    f"churned must be TRUE, 1 or Yes for who churned, FALSE, 0 or No for who stayed, not {shown(cell)}.",
                    f"churned：已流失填 TRUE、1 或 是，仍留存填 FALSE、0 或 否，而不是 {shown(cell)}。",
                    argument="churned",
                    row=i + 1,
                )
            known[cell] = truth
    return [known[cell] for cell in cells]


def fit_block(survivors: Sequence[Sequence[Any]], lang: str) -> list[list[Any]]:
    """RETENTION_FIT."""
    table, first_row = survivors_of(survivors)
    numbers = np.array(table, dtype=np.float64)
    try:
        return by_content(("fit_retention",), [numbers], lambda: fit_retention(numbers)).to_block(lang)
    except XlclvError as error:
        raise error if error.row is None else error.at(error.row + first_row - 1) from None


def forecast_rows(block: Sequence[Sequence[Any]], periods: float, lang: str) -> list[list[Any]]:
    """RETENTION_FORECAST."""
    frame = _model(block).forecast(whole(periods, "periods", high=MAX_PERIODS))
    rows = frame[list(_FORECAST)].to_numpy(float).tolist()
    rows[0][-1] = None  # nobody renews in period 0
    return [[title.of(lang) for title in _FORECAST.values()], *rows]


def values_of(
    block: Sequence[Sequence[Any]], margin: list[float], discount_rate: list[float], renewals: list[float]
) -> list[Any]:
    """RETENTION_VALUE: of elements outside the domain the error, of the others the value."""
    model = _model(block)
    arrays = [np.asarray(column, dtype=float) for column in (margin, discount_rate, renewals)]
    out: list[Any] = [None] * len(margin)
    valid = np.ones(len(out), dtype=bool)
    for mask, error in model.problems(*arrays):
        for i in np.flatnonzero(mask).tolist():
            out[i] = error
        valid &= ~mask
    places = np.flatnonzero(valid)
    if len(places):
        lifetimes = _lifetimes(model, arrays[1][places], arrays[2][places])
        for i, lifetime in zip(places.tolist(), lifetimes, strict=True):
            out[i] = lifetime if isinstance(lifetime, XlclvError) else float(arrays[0][i]) * lifetime
    return out


def _lifetimes(model: FittedRetention, rates: NDArray[np.float64], renewals: NDArray[np.float64]) -> list[Any]:
    """Return the value of each element at margin 1, the error of those whose value is beyond the largest number."""
    try:
        values: list[Any] = model.value(1.0, rates, renewals).tolist()
        return values
    except XlclvError as error:
        if len(rates) == 1:
            return [error]
    return [_lifetimes(model, rates[i : i + 1], renewals[i : i + 1])[0] for i in range(len(rates))]


def _model(block: Sequence[Sequence[Any]]) -> FittedRetention:
    for row in block:
        for cell in row[:2]:
            if isinstance(cell, CellError):
                raise PropagatedError(cell)
    return FittedRetention.from_block(block)


def survivors_of(cells: Sequence[Sequence[Any]]) -> tuple[list[list[float | None]], int]:
    """Return the survivors in a range, None for missing ones, and the number of the row they start in.

    Empty rows and columns around them, a row of names above and a column of labels before them are left out. The
    first row is names if a cell of it beside the first is text or a date, or if below its first cell stand 0, 1, 2, ...
    The first of several columns is labels if it holds a text, or 0, 1, 2, ... A single row is one cohort.

    Raises
    ------
    PropagatedError
        If a cell holds an error value other than #N/A, which is missing.
    InputError
        If a cell among the survivors is no number.
    """
    rows = [[_cell(cell) for cell in row] for row in cells]
    first_row = 1
    while len(rows) > 1 and not any(map(_filled, rows[0])):
        rows, first_row = rows[1:], first_row + 1
    rows = _without_empty_columns(rows)
    if len(rows) > 1 and _is_header(rows):
        rows, first_row = rows[1:], first_row + 1
    if len(rows[0]) > 1 and (any(map(_is_name, (row[0] for row in rows))) or _counts(rows)):
        rows = [row[1:] for row in rows]
    if len(rows) == 1:
        rows = [[cell] for cell in rows[0]]
    return [[_number(cell, first_row + i) for cell in row] for i, row in enumerate(rows)], first_row


def _cell(cell: Any) -> Any:
    """Return a cell, None for a missing one."""
    if isinstance(cell, CellError):
        if cell.code != "#N/A":
            raise PropagatedError(cell)
        return None
    return None if is_blank(cell) else cell


def _filled(cell: Any) -> bool:
    return cell is not None


def _without_empty_columns(rows: list[list[Any]]) -> list[list[Any]]:
    """Return the rows from the first to the last column that holds anything."""
    filled = [i for i, column in enumerate(zip(*rows, strict=True)) if any(map(_filled, column))]
    return [row[filled[0] : filled[-1] + 1] for row in rows] if filled else [[None]]


def _is_header(rows: list[list[Any]]) -> bool:
    first, *others = rows[0]
    return any(map(_is_name, others or [first])) or (bool(others) and _counts(rows[1:]) and _plain(first) != 0.0)


def _is_name(cell: Any) -> bool:
    return isinstance(cell, str | dt.date) and _plain(cell) is None


def _plain(cell: Any) -> float | None:
    """Return a cell as a number, None if it is none."""
    try:
        return number_of(cell)
    except InputError:
        return None


def _counts(rows: list[list[Any]]) -> bool:
    """Return whether the first column is 0, 1, 2, ...: no survivors, for they never rise."""
    return len(rows) > 1 and all(_plain(row[0]) == float(i) for i, row in enumerate(rows))


def _number(cell: Any, row: int) -> float | None:
    try:
        return number_of(cell)
    except InputError as error:
        raise InputError(error.text.en, error.text.zh, argument="survivors", row=row) from None
