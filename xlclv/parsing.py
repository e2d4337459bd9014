"""One cell read as a number or an id, as people type them in Chinese and English.

Only the standard library is needed, so the first formula of a session costs no scientific import. What can be read
in two ways is refused with a sentence, never guessed.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from numbers import Real
from typing import Final, Literal

from xlclv.errors import InputError

Decimals = Literal[".", ","]

#: Trimmed from both ends of texts: all blanks, and the invisible marks that come along when text is pasted. Control
#: characters are not in it: an id that holds one keeps it.
BLANKS: Final = " \t\r\n\v\f\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff\u200b" + "".join(
    map(chr, range(0x2000, 0x200B))
)

# Full-width forms (U+FF01..FF5E) are what a Chinese input method types for ASCII.
HALF_WIDTH: Final = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **{ord(blank): " " for blank in "\u00a0\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))},
    ord("￥"): "¥", ord("￡"): "£", ord("−"): "-", ord("’"): "'", ord("。"): ".",
}  # fmt: skip


class Pattern:
    """A regular expression compiled at its first use: all together take longer than the rest of the first formula."""

    __slots__ = ("_compiled", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._compiled: re.Pattern[str] | None = None

    def fullmatch(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return the match of all of ``text`` from ``start`` on."""
        if self._compiled is None:
            self._compiled = re.compile(self._text, re.IGNORECASE | re.ASCII)
        return self._compiled.fullmatch(text, start)


def is_blank(value: object) -> bool:
    """Return whether a cell holds nothing: empty, or text of blanks only.

    Examples
    --------
    >>> is_blank(None), is_blank("\\u3000 "), is_blank(0)
    (True, True, False)
    """
    return value is None or (isinstance(value, str) and not value.strip(BLANKS))


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


_SIGN: Final = r"(?P<sign{n}>[+-])?\s*"
_CURRENCY: Final = r"(?:us\$|hk\$|nt\$|[¥$€£]|(?:cny|rmb|usd|eur|gbp|hkd|jpy)(?![a-z]))"
_NUMBER: Final = Pattern(
    r"(?P<open>\()?\s*" + _SIGN.format(n=1) + rf"(?P<currency>{_CURRENCY})?\s*" + _SIGN.format(n=2) +
    r"(?P<digits>\d{1,3}(?:(?P<group>[, '])\d{3})(?:(?P=group)\d{3})*(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)"
    r"(?P<exponent>e[+-]?\d+)?\s*(?P<unit>%|千万|百万|万|亿|千)?\s*"
    rf"(?P<currency_after>元|{_CURRENCY})?(?P<sign3>-)?\s*(?P<close>\))?"
)  # fmt: skip
_PLAIN: Final = Pattern(r"-?\d{1,15}(?:\.\d{1,15})?")  # what a program writes
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

    Returns
    -------
    float or None

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
    plain = text.translate(HALF_WIDTH).strip(BLANKS)
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
    match = re.search(rf"元|{_CURRENCY}", value.translate(HALF_WIDTH), re.IGNORECASE)
    return _currency_name(match.group()) if match else None


def _unreadable_number(value: object) -> InputError:
    if isinstance(value, float) and math.isinf(value):
        return InputError(
            "A number beyond 1.79E+308 cannot be read; write a smaller one.",
            "无法识别超过 1.79E+308 的数字；请写较小的数字。",
        )
    return InputError(
        f"The number {shown(value)} cannot be read; write it as 1234.50.",
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
