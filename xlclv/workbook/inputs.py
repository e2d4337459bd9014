"""The inputs of the customer value workbook: named cells as a person fills them in, read and checked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from xlclv.dates import date_of
from xlclv.errors import DomainError, InputError, XlclvError
from xlclv.parsing import is_blank, number_of, shown
from xlclv.periods import Period, period_of
from xlclv.terms import log_model
from xlclv.text import Text, clause
from xlclv.workbook.contract import INPUTS, Input
from xlclv.workbook.interface import Workbook

_BY_NAME: Final = {each.name: each for each in INPUTS}

#: The input behind each argument of `xlclv.valuation.value_customers`.
BEHIND: Final = {
    "as_of": "in_as_of",
    "period": "in_period",
    "periods": "in_periods",
    "margin": "in_margin",
    "discount_rate": "in_rate",
    "model": "in_model",
}


@dataclass(frozen=True)
class Inputs:
    """What the inputs ask for.

    Attributes
    ----------
    as_of : date or None
        None for the latest order.
    period : {"day", "week", "month", "quarter", "year"}
    periods : float or None
        None for one year.
    margin, rate : float
        Shares; the rate is that of a year.
    model : str
        A model of `xlclv.terms.log_models`.
    """

    as_of: dt.date | None
    period: Period
    periods: float | None
    margin: float
    rate: float
    model: str


def read_inputs(book: Workbook) -> Inputs:
    """Return the inputs of a workbook.

    Parameters
    ----------
    book : Workbook

    Returns
    -------
    Inputs

    Raises
    ------
    InputError, DomainError
        For the first input that cannot be read or lies outside its domain; the sentence names its label and cell.
    FileError
        If a named cell is missing.
    """
    as_of = read_as_of(book)
    period = _read_period(book)
    periods = _read_number(book, "in_periods")
    if periods is not None and not periods > 0:
        raise about("in_periods", DomainError("must be more than 0.", "必须大于 0。"))
    margin, rate = _read_share(book, "in_margin", 1.0), _read_share(book, "in_rate", 0.0)
    return Inputs(as_of, period, periods, margin, rate, _read_model(book))


def read_as_of(book: Workbook) -> dt.date | None:
    """Return the as-of date of a workbook, None where the latest order is meant.

    Parameters
    ----------
    book : Workbook

    Returns
    -------
    date or None

    Raises
    ------
    InputError
        If the cell holds no date; the sentence names it.
    """
    value = _filled(book, "in_as_of")
    try:
        return None if value is None else date_of(value, date1904=book.date1904)
    except XlclvError as error:
        raise about("in_as_of", error) from None


def about(name: str, error: XlclvError) -> XlclvError:
    """Return an error as one of an input: its sentence begins with the label and the name of the cell.

    Examples
    --------
    >>> about("in_periods", DomainError("must be more than 0.", "必须大于 0。")).text.en
    'Horizon (in_periods) must be more than 0.'
    """
    label = _BY_NAME[name].label
    en, zh = error.text
    colon, colon_zh = ("", "") if en.startswith("must ") else (":", "：")
    return type(error)(f"{label.en} ({name}){colon} {clause(en)}", f"{label.zh}（{name}）{colon_zh}{zh}", argument=name)


def _filled(book: Workbook, name: str) -> object:
    """Return what a cell holds, None for a blank one; an error value is refused."""
    value: object = book.read_name(name)
    if is_blank(value) or value == "":
        return None
    if hasattr(value, "code"):
        raise about(
            name,
            InputError(
                f"the cell holds the error {value.code}; type a value.", f"单元格为错误值 {value.code}；请输入数值。"
            ),
        )
    return value


def _required(name: str, choices: Text) -> XlclvError:
    return about(
        name, InputError(f"the cell is empty; choose one of {choices.en}.", f"单元格为空；请选择 {choices.zh} 之一。")
    )


def _listed(each: Input) -> Text:
    return Text(", ".join(choice.en for choice in each.choices), "、".join(choice.zh for choice in each.choices))


def _read_period(book: Workbook) -> Period:
    value, choices = _filled(book, "in_period"), _listed(_BY_NAME["in_period"])
    if value is None:
        raise _required("in_period", choices)
    try:
        return period_of(value if isinstance(value, str) else "")
    except InputError:
        raise _unknown("in_period", value, choices) from None


def _read_model(book: Workbook) -> str:
    value, choices = _filled(book, "in_model"), _listed(_BY_NAME["in_model"])
    if value is None:
        raise _required("in_model", choices)
    try:
        return log_model(value if isinstance(value, str) else "")
    except InputError:
        raise _unknown("in_model", value, choices) from None


def _unknown(name: str, value: object, choices: Text) -> XlclvError:
    return about(
        name,
        InputError(
            f"{shown(value)} is none of {choices.en}; choose one of them.",
            f"{shown(value)} 不在 {choices.zh} 之中；请选择其中之一。",
        ),
    )


def _read_number(book: Workbook, name: str) -> float | None:
    value = _filled(book, name)
    if value is None:
        return None
    if isinstance(value, bool | dt.date):
        seen = str(value).upper()
        raise about(name, InputError(f"{seen} is no number; type one.", f"{seen} 不是数字；请输入数字。"))
    try:
        return number_of(value)
    except XlclvError as error:
        raise about(name, error) from None


def _read_share(book: Workbook, name: str, blank: float) -> float:
    number = _read_number(book, name)
    if number is None:
        return blank
    if not 0.0 <= number <= 1.0:
        typed = shown(int(number) if number.is_integer() and abs(number) < 1e15 else number)
        raise about(
            name,
            DomainError(
                f"must lie between 0% and 100%; write 30% or 0.3 for thirty percent, not {typed}.",
                f"必须在 0% 和 100% 之间；百分之三十请写 30% 或 0.3，而不是 {typed}。",
            ),
        )
    return number
