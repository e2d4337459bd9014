"""One cell read as a date, a number or an id, as people type them in Chinese and English.

Only the standard library is needed, so the first formula of a session costs no scientific import. What can be read
in two ways is refused with a sentence, never guessed.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from numbers import Real
from typing import Final, Literal, TypeVar

from xlclv.errors import InputError

#: Order of day and month in texts like 1/5/2024, where something outside the cell has settled it.
DayOrder = Literal["dmy", "mdy"]
Decimals = Literal[".", ","]
_T = TypeVar("_T")

#: Day 0 of the two serial systems as ordinals of ``datetime.date``. From serial 61 on, the 1900 system counts from
#: 1899-12-30, because it holds a 29 February 1900 (serial 60) that never was.
_ORDINAL_1900: Final = dt.date(1899, 12, 30).toordinal()
_ORDINAL_1904: Final = dt.date(1904, 1, 1).toordinal()
_LAST_SERIAL_1900: Final = 2_958_465  # 9999-12-31, the last date a spreadsheet knows
_LAST_SERIAL_1904: Final = _LAST_SERIAL_1900 - 1462

#: Trimmed from both ends of texts: all blanks, and the invisible marks that come along when text is pasted. Control
#: characters are not in it: an id that holds one keeps it.
BLANKS: Final = " \t\r\n\v\f\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff\u200b" + "".join(
    map(chr, range(0x2000, 0x200B))
)

# Full-width forms (U+FF01..FF5E) are what a Chinese input method types for ASCII.
_HALF_WIDTH: Final = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **{ord(blank): " " for blank in "\u00a0\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))},
    ord("￥"): "¥", ord("￡"): "£", ord("−"): "-", ord("’"): "'", ord("。"): ".",
}  # fmt: skip

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


class _Pattern:
    """A regular expression compiled at its first use: all together take longer than the rest of the first formula."""

    __slots__ = ("_compiled", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._compiled: re.Pattern[str] | None = None

    def fullmatch(self, text: str, start: int = 0) -> re.Match[str] | None:
        if self._compiled is None:
            self._compiled = re.compile(self._text, re.IGNORECASE | re.ASCII)
        return self._compiled.fullmatch(text, start)


_TIME_ONLY: Final = _Pattern(_TIME)
_YEAR_FIRST: Final = _Pattern(
    rf"(?P<year>\d{{4}})(?:(?P<mark>[-/.])\s?(?P<month>\d\d?)(?P=mark)\s?(?P<day>\d\d?)\.?"
    rf"|\s*年\s*(?P<month_zh>\d\d?)\s*月\s*(?P<day_zh>\d\d?)\s*[日号]?){_WEEKDAY_ZH}{_TIME}"
)
_DIGITS: Final = _Pattern(rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)(?:{_TIME}|t\d{{4}}(?:\d\d)?z?)")
_IN_DOUBT: Final = _Pattern(rf"(?P<one>\d\d?)(?P<mark>[-/.])(?P<two>\d\d?)(?P=mark)(?P<year>\d{{4}}|\d\d){_TIME}")
_NAMED: Final = (
    _Pattern(rf"{_WEEKDAY}(?P<day>\d\d?)(?:st|nd|rd|th)?[\s.-]*{_MONTH}[\s,-]*(?P<year>\d{{4}}|\d\d){_TIME}"),
    _Pattern(rf"{_WEEKDAY}{_MONTH}[\s-]*(?P<day>\d\d?)(?:st|nd|rd|th)?[\s,-]+(?P<year>\d{{4}}){_TIME}"),
    _Pattern(rf"(?P<year>\d{{4}})[\s-]*{_MONTH}[\s-]*(?P<day>\d\d?){_TIME}"),
)


def is_blank(value: object) -> bool:
    """Return whether a cell holds nothing: empty, or text of blanks only.

    Examples
    --------
    >>> is_blank(None), is_blank("\\u3000 "), is_blank(0)
    (True, True, False)
    """
    return value is None or (isinstance(value, str) and not value.strip(BLANKS))


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
    xlclv.errors.InputError: the date "1/5/2024" can be read as 1 May or as January 5; write it as 2024-05-01.
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
    plain = text.translate(_HALF_WIDTH).strip(BLANKS)
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
            f"the date {shown(text)} has a year of two digits; write it as 2024-05-01.",
            f"日期 {shown(text)} 的年份只有两位；请写成 2024-05-01 的形式。",
        )
    year = int(digits)
    if one > 12 or one == two:
        return dt.date(year, two, one)
    if two > 12:
        return dt.date(year, one, two)
    as_dmy, as_mdy = dt.date(year, two, one), dt.date(year, one, two)
    raise InputError(
        f"the date {shown(text)} can be read as {one} {as_dmy:%B} or as {as_mdy:%B} {two}; write it as {as_dmy}.",
        f"日期 {shown(text)} 可以是 {two} 月 {one} 日，也可以是 {one} 月 {two} 日；请写成 {as_dmy} 的形式。",
    )


def shown(value: object) -> str:
    """Return a cell's content as a sentence quotes it: text in quotation marks, cut at 40 characters.

    Examples
    --------
    >>> shown("abc"), shown(2.5)
    ('"abc"', '2.5')
    """
    try:
        text = value if isinstance(value, str) else str(value)
    except ValueError:  # an integer of more digits than Python writes out
        text = "…"
    text = text if len(text) <= 40 else text[:39] + "…"
    return f'"{text}"' if isinstance(value, str) else text


def _unreadable_date(value: object) -> InputError:
    return InputError(
        f"the date {shown(value)} cannot be read; enter a date, or text such as 2024-05-01.",
        f"无法识别日期 {shown(value)}；请输入日期，或 2024-05-01 这样的文本。",
    )


_SIGN: Final = r"(?P<sign{n}>[+-])?\s*"
_CURRENCY: Final = r"(?:us\$|hk\$|nt\$|[¥$€£]|(?:cny|rmb|usd|eur|gbp|hkd|jpy)(?![a-z]))"
_NUMBER: Final = _Pattern(
    r"(?P<open>\()?\s*" + _SIGN.format(n=1) + rf"(?P<currency>{_CURRENCY})?\s*" + _SIGN.format(n=2) +
    r"(?P<digits>\d{1,3}(?:(?P<group>[, '])\d{3})(?:(?P=group)\d{3})*(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)"
    r"(?P<exponent>e[+-]?\d+)?\s*(?P<unit>%|千万|百万|万|亿|千)?\s*"
    rf"(?P<currency_after>元|{_CURRENCY})?(?P<sign3>-)?\s*(?P<close>\))?"
)  # fmt: skip
_PLAIN: Final = _Pattern(r"-?\d{1,15}(?:\.\d{1,15})?")  # what a program writes
_POWER: Final = {"%": -2, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8}
_SWAP_DECIMALS: Final = str.maketrans(".,", ",.")
_CURRENCY_NAMES: Final = {"¥": "CNY", "元": "CNY", "RMB": "CNY", "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP",
                          "HK$": "HKD", "NT$": "TWD"}  # fmt: skip


def number_of(value: object, *, decimal: Decimals = ".") -> float | None:
    """Return the number a cell holds, or None for a blank one.

    Text may carry thousands separators in strict groups of three, a percent sign, a currency, 万 or 亿, a minus in
    front or behind, or the parentheses of accounting.

    Parameters
    ----------
    value : object
        Number, TRUE (1), FALSE (0) or text.
    decimal : {".", ","}
        The decimal mark of texts; with a comma, the point groups thousands.

    Raises
    ------
    InputError
        If it cannot be read, can be read in two ways (``1.234,50``), or is not finite.

    Examples
    --------
    >>> number_of("¥1,234.50"), number_of("30%"), number_of("1.1万元"), number_of("(5.00)"), number_of(" ")
    (1234.5, 0.3, 11000.0, -5.0, None)
    >>> number_of("1.234,50", decimal=",")
    1234.5
    """
    if type(value) is float and math.isfinite(value):
        return value
    if isinstance(value, str):
        return float(value) if decimal == "." and _PLAIN.fullmatch(value) else _text_number(value, decimal)
    if value is None:
        return None
    if isinstance(value, (Real, Decimal)) or type(value).__name__ in ("bool", "bool_"):
        try:
            number = float(value)  # type: ignore[arg-type]
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise _unreadable_number(value)


@lru_cache(maxsize=1 << 16)
def _text_number(text: str, decimal: Decimals) -> float | None:
    plain = text.translate(_HALF_WIDTH).strip(BLANKS)
    if not plain:
        return None
    if decimal == ",":
        plain = plain.translate(_SWAP_DECIMALS)
    match = _NUMBER.fullmatch(plain)
    if match:
        signs = [sign for sign in match.group("sign1", "sign2", "sign3", "open") if sign]
        currencies = [mark for mark in match.group("currency", "currency_after") if mark]
        single = len(signs) <= 1 and len({_currency_name(mark) for mark in currencies}) <= 1
        if single and bool(match["open"]) == bool(match["close"]) and not (match["unit"] and match["exponent"]):
            # Moving the point in the text keeps 1.1万 at exactly 11000, which multiplying does not.
            digits = re.sub("[, ']", "", match["digits"])
            power = f"e{_POWER[match['unit']]}" if match["unit"] else match["exponent"] or ""
            number = float(digits + power)
            if math.isfinite(number):
                return -number if signs and signs[0] in "-(" else number
    raise _unreadable_number(text)


def _currency_name(mark: str) -> str:
    return _CURRENCY_NAMES.get(mark.upper(), mark.upper())


def currency_of(value: object) -> str | None:
    """Return the code of the currency a text amount carries, if any.

    Examples
    --------
    >>> currency_of("￥12"), currency_of("12 EUR"), currency_of("12"), currency_of("Jan")
    ('CNY', 'EUR', None, None)
    """
    if not isinstance(value, str):
        return None
    match = re.search(rf"元|{_CURRENCY}", value.translate(_HALF_WIDTH), re.IGNORECASE)
    return _currency_name(match.group()) if match else None


def _unreadable_number(value: object) -> InputError:
    return InputError(
        f"the number {shown(value)} cannot be read; write it as 1234.50.",
        f"无法识别数字 {shown(value)}；请写成 1234.50 的形式。",
    )


def id_of(value: object) -> str | None:
    """Return the text by which an id is matched, or None for a blank one.

    17850, 17850.0, "17850" and " 17850 " are one id; "00123" and 123 are two, because the text carries more.

    Examples
    --------
    >>> id_of(17850.0), id_of(" 17850\\u3000"), id_of(True), id_of("")
    ('17850', '17850', 'TRUE', None)
    """
    if isinstance(value, str):
        return value.strip(BLANKS) or None
    if value is None:
        return None
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return str(bool(value)).upper()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Real):
        number = float(value)
        if number != number:
            return None
        # Beyond 21 digits the digits of an integer are no longer those anyone typed.
        return str(int(number)) if number.is_integer() and abs(number) < 1e21 else repr(number)
    if isinstance(value, dt.datetime):
        if value != value:
            return None
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    return str(value).strip(BLANKS) or None


def ids_of(values: Sequence[object]) -> list[str | None]:
    """Return `id_of` of each cell; each distinct cell is converted once.

    Examples
    --------
    >>> ids_of([1, "1", None, 2.0])
    ['1', '1', None, '2']
    """
    if len(kinds := set(map(type, values))) == 1 and kinds <= {str, int, float}:
        # Cells of one such type are equal only if their ids are: one look-up table serves them.
        table = {value: id_of(value) for value in set(values)}
        return [table[value] for value in values]
    return [id_of(value) for value in values]


def dates_of(
    values: Sequence[object], *, date1904: bool = False, first_row: int = 1, argument: str = "dates"
) -> list[dt.date | None]:
    """Return `date_of` of each cell; the error of an unreadable one names its row.

    Examples
    --------
    >>> dates_of([45296, None])
    [datetime.date(2024, 1, 5), None]
    """
    return _by_row(lambda value: date_of(value, date1904=date1904), values, first_row, argument)


def numbers_of(values: Sequence[object], *, first_row: int = 1, argument: str = "values") -> list[float | None]:
    """Return `number_of` of each cell; the error of an unreadable one names its row.

    Examples
    --------
    >>> numbers_of(["1,000", 2, None])
    [1000.0, 2.0, None]
    >>> numbers_of([1, "abc"])
    Traceback (most recent call last):
    xlclv.errors.InputError: row 2: the number "abc" cannot be read; write it as 1234.50.
    """
    return _by_row(number_of, values, first_row, argument)


def _by_row(read: Callable[[object], _T], values: Sequence[object], first_row: int, argument: str) -> list[_T]:
    result: list[_T] = []
    try:
        for value in values:
            result.append(read(value))  # noqa: PERF401 - the length reached is the row of the error
    except InputError as error:
        raise at_row(error, first_row + len(result), argument) from None
    return result


def at_row(error: InputError, row: int, argument: str) -> InputError:
    """Return the error of one cell with its row in front of the sentence.

    Examples
    --------
    >>> str(at_row(InputError("no date.", "没有日期。"), 7, "dates"))
    'row 7: no date.'
    """
    return InputError(f"row {row}: {error.text.en}", f"第 {row} 行：{error.text.zh}", argument=argument)
