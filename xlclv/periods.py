"""The period: the unit in which all time arguments of one call are counted."""

from __future__ import annotations

from typing import Literal

from xlclv.errors import InputError
from xlclv.text import Text

Period = Literal["day", "week", "month", "quarter", "year"]

#: Days in one period, for models and rates: a month is a twelfth of 365.25 days.
DAYS: dict[Period, float] = {"day": 1.0, "week": 7.0, "month": 30.4375, "quarter": 91.3125, "year": 365.25}

#: Periods in one year, used where "one year" is the default horizon.
PER_YEAR: dict[Period, int] = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}

LABELS: dict[Period, Text] = {
    "day": Text("day", "日"),
    "week": Text("week", "周"),
    "month": Text("month", "月"),
    "quarter": Text("quarter", "季"),
    "year": Text("year", "年"),
}

#: Other words for a period that are understood, lower case.
ALIASES: dict[str, Period] = {
    "days": "day", "d": "day", "日": "day", "天": "day",
    "weeks": "week", "w": "week", "周": "week", "星期": "week",
    "months": "month", "m": "month", "月": "month", "个月": "month",
    "quarters": "quarter", "q": "quarter", "季": "quarter", "季度": "quarter",
    "years": "year", "y": "year", "年": "year",
}  # fmt: skip


def period_of(text: str, argument: str = "period") -> Period:
    """Return the period a text names, in either language.

    Parameters
    ----------
    text : str
        Such as week, Weeks or 周.
    argument : str
        The argument's name in the error.

    Returns
    -------
    {"day", "week", "month", "quarter", "year"}

    Raises
    ------
    InputError
        If the text names none.

    Examples
    --------
    >>> period_of("Weeks"), period_of("月")
    ('week', 'month')
    """
    key = text.strip().lower()
    for period in DAYS:
        if key == period:
            return period
    if key in ALIASES:
        return ALIASES[key]
    raise InputError(
        f"{argument} must be one of day, week, month, quarter, year; {text!r} is none of them.",
        f"{argument} 只能是 day、week、month、quarter、year（日、周、月、季、年）之一，{text!r} 不是。",
        argument=argument,
    )
