"""One cell read as a date, as people type them in Chinese and English.

Only the standard library is needed. What can be read in two ways is refused with a sentence, never guessed.
"""

from __future__ import annotations

import datetime as dt
import math
from functools import lru_cache
from numbers import Real
from typing import Final, Literal

from xlclv.errors import InputError
from xlclv.parsing import BLANKS, HALF_WIDTH, Pattern, shown

#: Order of day and month in texts like 1/5/2024, where something outside the cell has settled it.
DayOrder = Literal["dmy", "mdy"]

#: Day 0 of the two serial systems as ordinals of ``datetime.date``. From serial 61 on, the 1900 system counts from
#: 1899-12-30, because it holds a 29 February 1900 (serial 60) that never was.
_ORDINAL_1900: Final = dt.date(1899, 12, 30).toordinal()
_ORDINAL_1904: Final = dt.date(1904, 1, 1).toordinal()
_LAST_SERIAL_1900: Final = 2_958_465  # 9999-12-31, the last date a spreadsheet knows
_LAST_SERIAL_1904: Final = _LAST_SERIAL_1900 - 1462
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), start=1)
    for name in names.split()
}  # fmt: skip
_MONTH: Final = rf"(?P<name>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_WEEKDAY: Final = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_TIME: Final = (
    r"(?:(?:t|[\s,]+)(?:(?:上午|下午|中午|凌晨|早上|晚上)\s*)?"
    r"(?:[01]?\d|2[0-4])(?:[:时点](?:[0-5]?\d)?(?:[:分](?:[0-5]?\d|60)?(?:[.,]\d+)?秒?)?)?"
    r"\s*(?:[ap]\.?m\.?)?\s*(?:z|utc|gmt|[+-]\d\d:?(?:\d\d)?)?(?:\[[\w/+-]+\])?)?"
)
_WEEKDAY_ZH: Final = r"\s*(?:[(\[]?(?:星期|周)[一二三四五六日天][)\]]?)?"
_TIME_ONLY: Final = Pattern(_TIME)
_YEAR_FIRST: Final = Pattern(
    rf"(?P<year>\d{{4}})(?:(?P<mark>[-/.])\s?(?P<month>\d\d?)(?P=mark)\s?(?P<day>\d\d?)\.?"
    rf"|\s*年\s*(?P<month_zh>\d\d?)\s*月\s*(?P<day_zh>\d\d?)\s*[日号]?){_WEEKDAY_ZH}{_TIME}"
)
_DIGITS: Final = Pattern(rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)(?:{_TIME}|t\d{{4}}(?:\d\d)?z?)")
_IN_DOUBT: Final = Pattern(rf"(?P<one>\d\d?)(?P<mark>[-/.])(?P<two>\d\d?)(?P=mark)(?P<year>\d{{4}}|\d\d){_TIME}")
_NAMED: Final = (
    Pattern(rf"{_WEEKDAY}(?P<day>\d\d?)(?:st|nd|rd|th)?[\s.-]*{_MONTH}[\s,-]*(?P<year>\d{{4}}|\d\d){_TIME}"),
    Pattern(rf"{_WEEKDAY}{_MONTH}[\s-]*(?P<day>\d\d?)(?:st|nd|rd|th)?[\s,-]+(?P<year>\d{{4}}){_TIME}"),
    Pattern(rf"(?P<year>\d{{4}})[\s-]*{_MONTH}[\s-]*(?P<day>\d\d?){_TIME}"),
)


def date_of(value: object, *, date1904: bool = False, order: DayOrder | None = None) -> dt.date | None:
    """Return the calendar date a cell holds, or None for a blank one.

    Serials are read as Excel shows them: 1 is 1900-01-01, 59 is 1900-02-28, 61 is 1900-03-01; serial 60 (Excel's
    29 February 1900) and serial 0 are no dates and refused. A number such as 20240105 lies beyond the last serial and
    is read as the date its digits spell. The time of day is dropped, and an offset or Z with it: the date is the one
    written. ``13/5/2024`` and ``5/5/2024`` have only one reading and are read; ``1/5/2024`` has two and is refused.

    Parameters
    ----------
    value : object
        Serial, date, datetime or text.
    date1904 : bool
        Whether serials count from 1904-01-01.
    order : {"dmy", "mdy"}, optional
        Order of day and month where the rest of the column has settled it; then also two-digit years are read
        (69 to 99 as 19.., as POSIX does).

    Returns
    -------
    date or None

    Raises
    ------
    InputError
        If it cannot be read, or can be read in two ways.

    Examples
    --------
    >>> date_of(45296), date_of("2024年1月5日"), date_of("2024-01-05T23:30:00Z"), date_of("")
    (datetime.date(2024, 1, 5), datetime.date(2024, 1, 5), datetime.date(2024, 1, 5), None)
    >>> date_of("1/5/2024")
    Traceback (most recent call last):
    xlclv.errors.InputError: The date "1/5/2024" can be read as 1 May or as January 5; write it as 2024-05-01.
    """
    if isinstance(value, str):
        return _text_date(value, order)
    if type(value) is float:
        return _serial_date(value, date1904)
    if isinstance(value, dt.datetime):
        # pandas' NaT calls itself a datetime and equals nothing.
        return value.date() if value == value else None
    if value is None or isinstance(value, dt.date):
        return value
    if isinstance(value, bool):
        raise _unreadable_date(value)
    if isinstance(value, Real):
        try:
            return _serial_date(float(value), date1904)
        except OverflowError:
            raise _unreadable_date(value) from None
    if type(value).__name__ == "datetime64":  # numpy's, known by name: numpy need not be imported for it
        return None if str(value) == "NaT" else _text_date(str(value), order)
    raise _unreadable_date(value)


def _serial_date(serial: float, date1904: bool) -> dt.date:
    if math.isfinite(serial):
        day = math.floor(serial)
        if date1904 and 0 <= day <= _LAST_SERIAL_1904:
            return dt.date.fromordinal(_ORDINAL_1904 + day)
        if not date1904 and 1 <= day <= _LAST_SERIAL_1900 and day != 60:
            return dt.date.fromordinal(_ORDINAL_1900 + day + (day < 60))
        if 1000_01_01 <= serial <= 9999_12_31 and serial == day:
            try:
                return dt.date(day // 10000, day // 100 % 100, day % 100)
            except ValueError:
                pass
    raise _unreadable_date(int(serial) if serial.is_integer() else serial)


@lru_cache(maxsize=1 << 16)
def _text_date(text: str, order: DayOrder | None) -> dt.date | None:
    # ISO text is by far the most frequent: it takes one slice and no pattern.
    if text[4:5] == "-" == text[7:8] and text[:4].isascii() and (len(text) == 10 or _TIME_ONLY.fullmatch(text, 10)):
        try:
            return dt.date.fromisoformat(text[:10])
        except ValueError:
            pass
    plain = text.translate(HALF_WIDTH).strip(BLANKS)
    if not plain:
        return None
    try:
        if match := _YEAR_FIRST.fullmatch(plain):
            month, day = match["month"] or match["month_zh"], match["day"] or match["day_zh"]
            return dt.date(int(match["year"]), int(month), int(day))
        if match := _DIGITS.fullmatch(plain):
            return dt.date(int(match["year"]), int(match["month"]), int(match["day"]))
        for pattern in _NAMED:
            if match := pattern.fullmatch(plain):
                return dt.date(_full_year(match["year"]), _MONTHS[match["name"].lower()], int(match["day"]))
        if match := _IN_DOUBT.fullmatch(plain):
            return _doubtful_date(text, int(match["one"]), int(match["two"]), match["year"], order)
    except ValueError as error:
        if isinstance(error, InputError):
            raise
    raise _unreadable_date(text)


def _full_year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year >= 69 else 2000)


def _doubtful_date(text: str, one: int, two: int, digits: str, order: DayOrder | None) -> dt.date:
    if order == "dmy":
        return dt.date(_full_year(digits), two, one)
    if order == "mdy":
        return dt.date(_full_year(digits), one, two)
    if len(digits) == 2:  # 01/05/24 may even start with the year
        raise InputError(
            f"The date {shown(text)} has a year of two digits; write it as 2024-05-01.",
            f"日期 {shown(text)} 的年份只有两位；请写成 2024-05-01 的形式。",
        )
    year = int(digits)
    if one > 12 or one == two:
        return dt.date(year, two, one)
    if two > 12:
        return dt.date(year, one, two)
    as_dmy, as_mdy = dt.date(year, two, one), dt.date(year, one, two)
    raise InputError(
        f"The date {shown(text)} can be read as {one} {as_dmy:%B} or as {as_mdy:%B} {two}; write it as {as_dmy}.",
        f"日期 {shown(text)} 可以是 {two} 月 {one} 日，也可以是 {one} 月 {two} 日；请写成 {as_dmy} 的形式。",
    )


def _unreadable_date(value: object) -> InputError:
    return InputError(
        f"The date {shown(value)} cannot be read; enter a date, or text such as 2024-05-01.",
        f"无法识别日期 {shown(value)}；请输入日期，或 2024-05-01 这样的文本。",
    )
