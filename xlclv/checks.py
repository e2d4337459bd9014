"""What is wrong in an order log: counts of rows for each thing an analyst should look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from numbers import Real
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlclv.dates import date_of
from xlclv.errors import InputError
from xlclv.parsing import currency_of, is_blank, number_of
from xlclv.summary import daily_sums
from xlclv.text import Text
from xlclv.vectors import (
    NO_DAY,
    Cells,
    FloatArray,
    IntArray,
    cells_of,
    codes_of,
    days_of,
    numbers_array,
    one_day,
    same_length,
)

Mask = npt.NDArray[np.bool_]

CHECKS: Final[dict[str, Text]] = {
    "missing_ids": Text("missing ids", "缺少客户编号"),
    "missing_dates": Text("missing dates", "缺少日期"),
    "bad_dates": Text("bad dates", "无法识别的日期"),
    "future_dates": Text("future dates", "晚于截止日期"),
    "duplicates": Text("duplicates", "重复的行"),
    "refunds": Text("refunds", "退款（负金额）"),
    "zero_amounts": Text("zero amounts", "金额为零"),
    "missing_amounts": Text("missing amounts", "缺少金额"),
    "bad_amounts": Text("bad amounts", "无法识别的金额"),
    "mixed_types": Text("mixed types", "数字与文本混用"),
    "text_numbers": Text("text numbers", "文本形式的数字"),
    "mixed_currencies": Text("mixed currencies", "货币混用"),
    "error_cells": Text("error cells", "错误值单元格"),
    "no_orders": Text("customers without an order", "没有订单的客户"),
}

STATUS: Final[dict[str, Text]] = {
    "ok": Text("OK", "正常"),
    "check": Text("Check", "请检查"),
    "not_checked": Text("Not checked", "未检查"),
}

#: Types of cells that are no error, whatever attributes they have.
_PLAIN: Final = (str, float, int, bool, type(None))


@dataclass(frozen=True)
class _Column:
    """One column with its error cells taken out."""

    cells: Any
    error: Mask
    blank: Mask
    text: Mask


def _column(values: Cells) -> _Column:
    cells = cells_of(values)
    count = len(cells)
    nothing = np.zeros(count, dtype=bool)
    if isinstance(cells, np.ndarray) and cells.dtype != object:
        return _Column(cells, nothing, np.isnat(cells) if cells.dtype.kind == "M" else np.isnan(cells), nothing)
    kinds = set(map(type, cells))
    error = nothing
    if not kinds <= set(_PLAIN):
        error = np.array([type(cell) not in _PLAIN and hasattr(cell, "code") for cell in cells], dtype=bool)
        if error.any():
            cells = [None if bad else cell for cell, bad in zip(cells, error, strict=True)]
    # A missing value of pandas equals nothing, itself included.
    blank = (
        np.array([is_blank(cell) or cell != cell for cell in cells], dtype=bool) if kinds & {str, type(None)} else None
    )
    text = np.array([type(cell) is str for cell in cells], dtype=bool) & ~blank if blank is not None else nothing
    return _Column(cells, error, nothing if blank is None else blank, text)


def _numbers_or_bad(
    column: _Column, fast: Callable[[Any], npt.NDArray[Any]], slow: Callable[[object], Any], missing: Any
) -> tuple[npt.NDArray[Any], Mask]:
    """Read a column at once if all of it can be read, else cell by cell, and mark what cannot."""
    bad = np.zeros(len(column.cells), dtype=bool)
    try:
        return fast(column.cells), bad
    except InputError:
        pass
    values: list[Any] = []
    known: dict[tuple[type, object], Any] = {}
    for index, cell in enumerate(column.cells):
        key = (type(cell), cell)
        if key not in known:
            try:
                known[key] = slow(cell)
            except InputError:
                known[key] = InputError
        value = known[key]
        bad[index] = value is InputError
        values.append(missing if value is None or value is InputError else value)
    return np.array(values), bad


def _day(cell: object, date1904: bool) -> int | None:
    date = date_of(cell, date1904=date1904)
    return None if date is None else date.toordinal() - 719_163  # ordinal of 1970-01-01


def _time_of(cell: object) -> object:
    """Return what tells two orders of one customer on one day apart: the time of day, if there is one."""
    if isinstance(cell, str):
        return cell if ":" in cell else None
    if isinstance(cell, Real):
        return float(cell) % 1 or None
    time = getattr(cell, "time", None)
    return str(time()) if callable(time) else None


def _duplicates(dates: _Column, codes: IntArray, days: IntArray, money: FloatArray, usable: Mask) -> int:
    if isinstance(dates.cells, np.ndarray) and dates.cells.dtype.kind == "M":
        time: Any = dates.cells
    elif isinstance(dates.cells, np.ndarray) and dates.cells.dtype != object:
        time = dates.cells % 1
    elif set(map(type, dates.cells)) <= {float}:
        time = np.array(dates.cells) % 1
    else:
        time = pd.Series([_time_of(cell) for cell in dates.cells], dtype=object)
    rows = pd.DataFrame({"code": codes, "day": days, "money": money, "time": time})
    return int(rows[usable].duplicated().sum())


def _minority(column: _Column, filled: Mask) -> int:
    """Return the rows of the rarer type, where a column holds both text and numbers."""
    texts, others = int((column.text & filled).sum()), int((~column.text & filled).sum())
    return min(texts, others)


def _currencies(column: _Column) -> int:
    """Return the rows whose amount carries another currency than most do."""
    if not column.text.any():
        return 0
    found = Counter(name for cell in column.cells if (name := currency_of(cell)) is not None)
    return sum(found.values()) - max(found.values(), default=0)


def data_check(
    ids: Cells, dates: Cells, amounts: Cells, as_of: object = None, lang: str = "en", *, date1904: bool = False
) -> pd.DataFrame:
    """Count what an analyst should look at in an order log before trusting what is computed from it.

    Rows that are blank throughout are not counted.

    Parameters
    ----------
    ids, dates, amounts : cells, length n
        Customer, date and money of each row. Any object with an attribute ``code`` is an error cell.
    as_of : date, optional
        Dates after it count as future; blank means they are not checked.
    lang : str
        en or zh.
    date1904 : bool
        Whether serials count from 1904-01-01.

    Returns
    -------
    DataFrame
        ``check``, ``rows`` (None where not checked) and ``status`` (OK, Check or Not checked), a row for each of
        `CHECKS`. Duplicates are the rows beyond the first with the same customer, date, time and amount; mixed types
        the rows of the rarer type where ids or dates are text in some rows and numbers in others; text numbers are
        amounts stored as text; customers without an order are counted as customers, not rows.

    Raises
    ------
    InputError
        For different lengths, or an ``as_of`` that cannot be read.

    Examples
    --------
    >>> data_check([1, 1, None], ["2024-01-05", "2024-01-05", "soon"], [9, 9, -1]).query("rows > 0")
             check rows status
    0  missing ids    1  Check
    2    bad dates    1  Check
    4   duplicates    1  Check
    5      refunds    1  Check
    """
    same_length(ids=ids, dates=dates, amounts=amounts)
    until = one_day(as_of, date1904=date1904)
    who, when, money = _column(ids), _column(dates), _column(amounts)
    days, bad_dates = _numbers_or_bad(
        when, partial(days_of, date1904=date1904), partial(_day, date1904=date1904), NO_DAY
    )
    numbers, bad_amounts = _numbers_or_bad(money, numbers_array, number_of, np.nan)
    codes = codes_of(who.cells)[0]
    errors = who.error | when.error | money.error
    empty = (codes < 0) & when.blank & money.blank & ~errors
    readable = (codes >= 0) & (days != NO_DAY)
    with np.errstate(invalid="ignore"):
        refunds, zeros = numbers < 0, numbers == 0
    bought = daily_sums(codes, days, np.nan_to_num(numbers, nan=0.0))
    customers = np.unique(bought[0]).size - np.unique(bought[0][bought[2] >= 0]).size
    counts: dict[str, int | None] = {
        "missing_ids": int(((codes < 0) & ~who.error & ~empty).sum()),
        "missing_dates": int((when.blank & ~when.error & ~empty).sum()),
        "bad_dates": int(bad_dates.sum()),
        "future_dates": None if until is None else int((days > until).sum()),
        "duplicates": _duplicates(when, codes, days, numbers, readable & ~np.isnan(numbers)),
        "refunds": int(refunds.sum()),
        "zero_amounts": int(zeros.sum()),
        "missing_amounts": int((money.blank & ~money.error & ~empty).sum()),
        "bad_amounts": int(bad_amounts.sum()),
        "mixed_types": _minority(who, codes >= 0) + _minority(when, days != NO_DAY),
        "text_numbers": int((money.text & ~bad_amounts).sum()),
        "mixed_currencies": _currencies(money),
        "error_cells": int(who.error.sum() + when.error.sum() + money.error.sum()),
        "no_orders": int(customers),
    }
    status = ["not_checked" if count is None else "check" if count else "ok" for count in counts.values()]
    return pd.DataFrame(
        {
            "check": [CHECKS[name].of(lang) for name in counts],
            "rows": pd.Series(list(counts.values()), dtype=object),
            "status": [STATUS[name].of(lang) for name in status],
        }
    )
