"""Colours, fonts and number formats: the look of every workbook, in one place."""

from __future__ import annotations

import math
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from xlclv.text import Language

NAVY = "#14324F"
TEAL = "#1F7A8C"
AMBER = "#E09F3E"
RED = "#B23A48"
GREEN = "#2E7D5B"
INK = "#1E2A36"
GREY = "#6B7785"
LINE = "#D5DCE2"
LIGHT = "#E8F1F4"
WHITE = "#FFFFFF"
INPUT_TEXT = "#1F4FBF"
INPUT_FILL = "#FFF8E1"

#: A cell font must name a font; the Chinese one is named outright because Calibri has no Chinese glyphs and what
#: replaces them differs from machine to machine.
FONTS: dict[Language, str] = {"en": "Calibri", "zh": "Microsoft YaHei"}
#: Numbers look the same in both languages; they are narrower in it, too.
NUMBER_FONT = "Calibri"

INTEGER = '#,##0_);(#,##0);"–"_)'
DECIMAL_1 = '#,##0.0_);(#,##0.0);"–"_)'
DECIMAL_2 = '#,##0.00_);(#,##0.00);"–"_)'
DECIMAL_3 = '#,##0.000_);(#,##0.000);"–"_)'
#: Percent without decimals unless below 10%.
PERCENT = '[=0]"–"_);[<0.1]0.0%_);0%_)'
PERCENT_CARD = '[=0]"–";[<0.1]0.0%;0%'
DATE = "yyyy-mm-dd"


def quoted(text: str) -> str:
    """Return ``text`` as a literal of a number format or a formula."""
    return '"' + text.replace('"', '""') + '"' if text else ""


def money(currency: str, decimals: int = 2) -> str:
    """Return the number format of an amount: negative in parentheses, zero as a dash."""
    sign = quoted(currency.replace('"', ""))
    body = sign + "#,##0" + ("." + "0" * decimals if decimals else "")
    return f'{body}_);({body});"–"_)'


def money_decimals(largest: float) -> int:
    """Return how many decimals amounts up to ``largest`` are shown with: none from 10,000 on."""
    return 0 if abs(largest) >= 10_000 else 2


def _decimals(scaled: float) -> int:
    """Return the decimals that leave three significant digits of ``scaled``."""
    if scaled == 0:
        return 0
    return min(2, max(0, 2 - math.floor(math.log10(scaled) + 1e-12)))


def compact(value: float, language: Language, currency: str = "", *, whole: bool = False) -> str:
    """Return a number format that shows ``value`` with at most three significant digits.

    Parameters
    ----------
    value : float
        The number the cell shows.
    language : {"en", "zh"}
        Thousands are ``k``, ``M``, ``B`` in English and 万, 百万, 亿 in Chinese.
    currency : str, optional
        Sign before the number.
    whole : bool, optional
        The number is a count: no decimals below 1,000.

    Examples
    --------
    >>> compact(245_228.0, "en", "$"), compact(245_228.0, "zh"), compact(10.4, "en")
    ('"$"0,"k";("$"0,"k");"–"', '0\\\\.0,"万";(0\\\\.0,"万");"–"', '#,##0.0;(#,##0.0);"–"')
    """
    size = float(f"{abs(value):.3g}")
    sign = quoted(currency.replace('"', ""))
    if language == "zh":
        # A comma divides by a thousand; the literal point before the last digit makes that ten thousand.
        steps = [(1e8, "", 1e8, "亿"), (1e6, ",,", 1e6, "百万"), (1e4, ",", 1e4, "万")]
    else:
        steps = [(1e9, ",,,", 1e9, "B"), (1e6, ",,", 1e6, "M"), (1e4, ",", 1e3, "k")]
    for start, commas, unit, word in steps:
        if size < start:
            continue
        if word == "万":
            body = f'{sign}0\\.0,"万"'
        elif word == "亿":
            body = f'{sign}0\\.00,,"亿"'
        else:
            digits = _decimals(size / unit)
            body = f"{sign}0{'.' + '0' * digits if digits else ''}{commas}{quoted(word)}"
        return f'{body};({body});"–"'
    digits = 0 if whole else _decimals(size)
    body = f"{sign}#,##0{'.' + '0' * digits if digits else ''}"
    return f'{body};({body});"–"'


#: Sizes of numbers with a format of their own: each power of ten that a card may show.
_SIZES = range(-2, 16)
#: What three significant digits round up to the next power of ten: 99.95 is shown as 100.
_ROUNDS_UP = 0.9995


def ladder(language: Language, *, whole: bool = False) -> list[tuple[float, str]]:
    """Return the formats `compact` has for numbers of any size, each with the size it begins at, largest first.

    Parameters
    ----------
    language : {"en", "zh"}
    whole : bool, optional
        The number is a count: no decimals below 1,000.

    Examples
    --------
    >>> [(start, body.split(";")[0]) for start, body in ladder("en", whole=True)][-3:]
    [(99950.0, '0,"k"'), (9995.0, '0.0,"k"'), (0.0, '#,##0')]
    """
    steps: list[tuple[float, str]] = []
    for power in _SIZES:
        body = compact(10.0**power, language, whole=whole)
        if not steps or steps[-1][1] != body:
            steps.append((float(f"{_ROUNDS_UP * 10.0**power:.4g}") if steps else 0.0, body))
    return steps[::-1]


class Styles:
    """The cell formats of one workbook, each made once.

    Parameters
    ----------
    workbook : xlsxwriter.Workbook
    language : {"en", "zh"}
    """

    def __init__(self, workbook: Workbook, language: Language) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.font = FONTS[language]

    def get(self, **properties: Any) -> Format:
        """Return the format with these XlsxWriter properties on top of our base font."""
        full = {"font_name": self.font, "font_size": 10, "font_color": INK, "valign": "vcenter", **properties}
        key = tuple(sorted(full.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(full)
        return self._made[key]

    def title(self) -> Format:
        """Return the format of a sheet's title."""
        return self.get(font_size=20, bold=True, font_color=NAVY)

    def subtitle(self) -> Format:
        """Return the format of the grey line below the title."""
        return self.get(font_color=GREY)

    def section(self) -> Format:
        """Return the format of a section's title."""
        return self.get(font_size=13, bold=True, font_color=NAVY)

    def head(self, align: str = "left") -> Format:
        """Return the format of a table's header cell."""
        look = {"bold": True, "font_color": WHITE, "bg_color": NAVY, "align": align, "text_wrap": True}
        # Above numbers the header keeps the space of a closing parenthesis that they keep.
        return self.get(**look, **({"num_format": "@_)"} if align == "right" else {"indent": 1}))

    def cell(self, num_format: str = "General", **properties: Any) -> Format:
        """Return the format of a number in a table row: thin line below, right."""
        base = {"font_name": NUMBER_FONT, "num_format": num_format, "align": "right", "bottom": 1, "bottom_color": LINE}
        return self.get(**{**base, **properties})

    def text(self, **properties: Any) -> Format:
        """Return the format of a text in a table row: thin line below, left."""
        return self.get(**{"align": "left", "indent": 1, "bottom": 1, "bottom_color": LINE, **properties})

    def note(self, **properties: Any) -> Format:
        """Return the format of a small grey text."""
        return self.get(**{"font_size": 9, "font_color": GREY, **properties})
