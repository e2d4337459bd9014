"""Words that follow the inputs: the horizon, units of large amounts, the date, and the lists they are taken from."""

from __future__ import annotations

import datetime as dt
import math
from typing import Final, NamedTuple

from xlsxwriter.utility import quote_sheetname, xl_range_abs, xl_rowcol_to_cell

from xlclv.periods import DAYS, LABELS, PER_YEAR, Period, period_of
from xlclv.text import Text
from xlclv.workbook import labels, theme
from xlclv.workbook import summary_sheet as report
from xlclv.workbook.contract import SPEND_MODEL
from xlclv.workbook.customer_value import setting
from xlclv.workbook.customer_value.setting import READY, Template
from xlclv.workbook.page import Page, fixed

#: Where the block stands on the sheet Summary.
ROW: Final = report.DATA_ROW + 20
COLUMN: Final = report.RIGHT

_UNITS_ROW: Final = ROW + len(PER_YEAR) + 2
_WORDS_ROW: Final = _UNITS_ROW + 10

#: Amounts from a size on are told in a unit: its size, its letter and its word.
_UNITS: Final[dict[str, tuple[tuple[float, float, str, str], ...]]] = {
    "en": ((0.0, 1.0, "", ""), (1e4, 1e3, "k", "thousand"), (1e6, 1e6, "M", "million"), (1e9, 1e9, "B", "billion")),
    "zh": ((0.0, 1.0, "", ""), (1e4, 1e4, "万", "万"), (1e8, 1e8, "亿", "亿")),
}
_GOVERNED: Final = {name: word for (kind, name), word in labels.GOVERNS.items() if kind == "orders"}
_NAMES: Final = ("period", "as_of", "horizon", "lower", "upper", "under_value", "axis", "subtitle", "title")

VALUE: Final = Text("Value", "价值")
TITLE: Final = Text("Customer value", "客户价值")
WAITING: Final = Text(
    "Nothing to show yet: paste orders into the sheet Orders, then press Refresh. The figures appear here.",
    "暂无数据：请在“订单”表中粘贴订单，然后点击“刷新”，结果将显示在此处。",
)

Named = tuple[str, str]
"""A formula, or the address of a cell, and what it shows."""


class Size(NamedTuple):
    """A cell that holds an amount, and the amount."""

    cell: str
    value: float


class Words:
    """Where the words of a template stand, and what they are now; nothing is written here."""

    def __init__(self, book: Template) -> None:
        self.book = book

    def cell(self, name: str) -> str:
        """Return the address of one of the words, with its sheet."""
        return self.at(_WORDS_ROW + 1 + _NAMES.index(name), COLUMN + 1)

    def at(self, row: int, column: int, last_row: int | None = None) -> str:
        """Return the address of a cell or of a column of cells, with its sheet."""
        sheet = quote_sheetname(self.book.say(setting.SUMMARY))
        if last_row is None:
            return f"{sheet}!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"
        return f"{sheet}!{xl_range_abs(row, column, last_row, column)}"

    def of_period(self, field: int) -> str:
        """Return the formula of what the list of periods says of the workbook's: 2 one, 3 many, 4 a year, 5 days."""
        return f"INDEX({self.at(ROW + 1, COLUMN + field, ROW + len(PER_YEAR))},{self.cell('period')})"

    def unit(self, size: Size) -> tuple[tuple[str, float], Named, Named]:
        """Return the divisor, the letter and the word of the unit that suits an amount."""
        units = _UNITS[self.book.language]
        last = _UNITS_ROW + len(units)
        place = f"MATCH(ABS({size.cell}),{self.at(_UNITS_ROW + 1, COLUMN, last)},1)"
        _start, divisor, letter, word = next(unit for unit in reversed(units) if abs(size.value) >= unit[0])
        formulas = [f"INDEX({self.at(_UNITS_ROW + 1, COLUMN + field, last)},{place})" for field in (1, 2, 3)]
        return (formulas[0], divisor), (formulas[1], letter), (formulas[2], word)

    def short(self, size: Size) -> Named:
        """Return an amount with three digits and the letter of its unit, as a formula and what it shows."""
        (divisor, by), (letter, shown), _word = self.unit(size)
        scaled = f"{size.cell}/{divisor}"
        formula = f"FIXED({scaled},MAX(0,2-INT(LOG10(MAX(1,ABS({scaled}))))))&{letter}"
        digits = max(0, 2 - math.floor(math.log10(max(1.0, abs(size.value / by)))))
        return formula, fixed(size.value / by, digits) + shown

    def governs(self, cell: str) -> str:
        """Return the formula of what the parameter named in a cell governs."""
        first, last = _UNITS_ROW + 1, _UNITS_ROW + len(_GOVERNED)
        found = f"MATCH({cell},{self.at(first, COLUMN + 4, last)},0)"
        return f'IFERROR(INDEX({self.at(first, COLUMN + 5, last)},{found}),"")'

    @property
    def period(self) -> Period:
        """The workbook's period now."""
        return period_of(str(self.book.value("out_period") or "week"))

    @property
    def horizon(self) -> str:
        """The future that is valued now."""
        return self.book.say(labels.horizon(_number(self.book, "out_periods", 1.0), self.period))

    @property
    def under_value(self) -> str:
        """The interval of the value of the base now, and the horizon."""
        if self.book.value("out_lower") is None:
            return self.horizon
        lower, upper = (self.short(Size("", _number(self.book, name)))[1] for name in ("out_lower", "out_upper"))
        between = Text(f"90%: {lower} to {upper} · ", f"90%：{lower} 至 {upper} · ")
        return self.book.say(between) + self.horizon

    def axis_name(self, word: str) -> str:
        """Return what the bars are counted by now."""
        if self.book.content is None:
            return self.book.say(VALUE)
        ahead = self.horizon
        unit = f"{currency(self.book)} {word}".strip()
        return self.book.say(Text(f"Value in the {ahead}", f"{ahead}的价值")) + (f" ({unit})" if unit else "")

    @property
    def title(self) -> str:
        """The title now."""
        return str(self.book.value("in_title") or self.book.say(TITLE))

    @property
    def subtitle(self) -> str:
        """The line below the title now, of a workbook with figures."""
        book = self.book
        day = book.value("out_as_of")
        if book.example is None or not isinstance(day, dt.date):
            return book.say(WAITING)
        orders, customers = (f"{_number(book, name):,.0f}" for name in ("out_orders", "out_customers"))
        margin, rate = (labels.plain(round(100 * _number(book, name), 2)) for name in ("out_margin", "out_rate"))
        model, spend = book.value("out_model"), book.example.spend.name
        date = labels.long_date(day, book.language)
        discount = Text(f" · discount {rate}% a year", f" · 年折现率 {rate}%") if float(rate) else Text("", "")
        english = f"As of {date} · {orders} orders of {customers} customers · {self.horizon} · margin {margin}%"
        chinese = f"截至 {date} · {customers} 位客户的 {orders} 笔订单 · {self.horizon} · 利润率 {margin}%"
        return book.say(
            Text(f"{english}{discount.en} · {model} with {spend}", f"{chinese}{discount.zh} · {model} 与 {spend} 模型")
        )


def currency(book: Template) -> str:
    """Return the currency sign as it is now."""
    return str(book.value("in_currency") or "")


def labelled(book: Template, label: Text) -> Named:
    """Return a label with the currency in brackets, as a formula and what it shows."""
    sign, text = currency(book), book.say(label)
    formula = f'{theme.quoted(text)}&IF(in_currency="",""," ("&in_currency&")")'
    return formula, f"{text} ({sign})" if sign else text


def write(page: Page[Template], axis_word: Named) -> None:
    """Write the lists and the words.

    Parameters
    ----------
    page : Page
        The sheet Summary.
    axis_word : tuple of str
        The unit the bars are counted in: formula and what it shows.
    """
    words = Words(page.book)
    _periods(page)
    _units(page)
    page.head(_WORDS_ROW, COLUMN, (Text("Words", "文字"), Text("as they are now", "当前内容")), texts=2)
    filled = page.book.content is not None
    for row, (name, (label, formula, value)) in enumerate(_lines(words, axis_word).items(), _WORDS_ROW + 1):
        page.text(row, COLUMN, label, page.styles.text())
        # Titles and the sentence of an empty workbook are there before the first Refresh.
        always = name in ("title", "subtitle", "axis")
        shown = value if filled or always else ""
        page.formula(row, COLUMN + 1, formula, shown, page.styles.get(align="left"), guarded=not always)


def _periods(page: Page[Template]) -> None:
    heads = (
        Text("Period", "期"), Text("also", "又称"), Text("one", "单数"), Text("many", "复数"), Text("a year", "一年"),
        Text("days", "天数"),
    )  # fmt: skip
    page.head(ROW, COLUMN, heads, texts=4)
    style = page.styles.cell()
    for row, (period, names) in enumerate(LABELS.items(), ROW + 1):
        here = page.book.say(names)
        other = names.zh if here == names.en else names.en
        units = page.book.say(labels.UNIT[period]), page.book.say(labels.UNITS[period])
        for offset, word in enumerate((here, other, *units)):
            page.text(row, COLUMN + offset, word, page.styles.text())
        page.number(row, COLUMN + 4, PER_YEAR[period], style)
        page.number(row, COLUMN + 5, DAYS[period], style)


def _units(page: Page[Template]) -> None:
    heads = (Text("Amounts from", "金额起点"), Text("unit", "单位"), Text("letter", "缩写"), Text("word", "名称"))
    page.head(_UNITS_ROW, COLUMN, heads, texts=0)
    style, text = page.styles.cell("#,##0"), page.styles.text(align="right")
    for row, (start, size, letter, word) in enumerate(_UNITS[page.book.language], _UNITS_ROW + 1):
        page.number(row, COLUMN, start, style)
        page.number(row, COLUMN + 1, size, style)
        # An empty text and no empty cell: INDEX would show that as 0.
        for offset, name in ((2, letter), (3, word)):
            page.sheet.write_formula(row, COLUMN + offset, f'="{name}"', text, name)
    page.head(_UNITS_ROW, COLUMN + 4, (labels.PARAMETER, labels.GOVERNS_HEAD), texts=2)
    for row, (name, governs) in enumerate(_GOVERNED.items(), _UNITS_ROW + 1):
        page.text(row, COLUMN + 4, name, page.styles.text())
        page.text(row, COLUMN + 5, governs, page.styles.text())


def _lines(words: Words, axis_word: Named) -> dict[str, tuple[Text, str, str | float]]:
    """Return label, formula and value of each of the words."""
    book = words.book
    here, other = (words.at(ROW + 1, COLUMN + field, ROW + len(PER_YEAR)) for field in (0, 1))
    lower, upper = (words.short(Size(name, _number(book, name))) for name in ("out_lower", "out_upper"))
    horizon = words.cell("horizon")
    unit = f'TRIM(in_currency&" "&{axis_word[0]})'
    in_unit = f'IF({unit}="",""," ("&{unit}&")")'
    day = "out_as_of"
    if book.language == "zh":
        date = f'YEAR({day})&"年"&MONTH({day})&"月"&DAY({day})&"日"'
        ahead = f'"未来 "&out_periods&" "&{words.of_period(3)}'
        between = f'"90%："&{words.cell("lower")}&" 至 "&{words.cell("upper")}&" · "&{horizon}'
        axis = f'{horizon}&"的价值"&{in_unit}'
    else:
        months = ",".join(
            theme.quoted(labels.long_date(dt.date(2000, month, 1), "en").split()[1]) for month in range(1, 13)
        )
        date = f'DAY({day})&" "&CHOOSE(MONTH({day}),{months})&" "&YEAR({day})'
        ahead = f'"next "&IF(out_periods=1,{words.of_period(2)},out_periods&" "&{words.of_period(3)})'
        between = f'"90%: "&{words.cell("lower")}&" to "&{words.cell("upper")}&" · "&{horizon}'
        axis = f'"Value in the "&{horizon}&{in_unit}'
    value = book.value("out_as_of")
    day_shown = labels.long_date(value, book.language) if isinstance(value, dt.date) else ""
    limits = book.value("out_lower") is not None
    return {
        "period": (
            Text("period's row", "期所在行"), f"IFERROR(MATCH(out_period,{here},0),MATCH(out_period,{other},0))",
            list(LABELS).index(words.period) + 1,
        ),
        "as_of": (Text("as of", "截止日期"), date, day_shown),
        "horizon": (Text("horizon", "预测期"), ahead, words.horizon),
        "lower": (Text("value, lower", "价值下限"), f'IF(out_lower="","",{lower[0]})', lower[1] if limits else ""),
        "upper": (Text("value, upper", "价值上限"), f'IF(out_upper="","",{upper[0]})', upper[1] if limits else ""),
        "under_value": (
            Text("below the value", "价值说明"), f'IF(out_lower="",{horizon},{between})', words.under_value,
        ),
        "axis": (
            Text("axis", "坐标轴"), f"IF({READY},{axis},{theme.quoted(book.say(VALUE))})",
            words.axis_name(axis_word[1]),
        ),
        "subtitle": (Text("below the title", "副标题"), _subtitle(words), words.subtitle),
        "title": (
            Text("title", "标题"), f'IF(in_title="",{theme.quoted(book.say(TITLE))},in_title)', words.title,
        ),
    }  # fmt: skip


def _subtitle(words: Words) -> str:
    """Return the formula of the grey line below the title."""
    book = words.book
    date, horizon = words.cell("as_of"), words.cell("horizon")
    parameter, value = book.column("parameter", SPEND_MODEL), book.column("value", SPEND_MODEL)
    spend = f'INDEX({value},MATCH("model",{parameter},0))'
    margin, rate = "ROUND(100*out_margin,2)", "ROUND(100*out_rate,2)"
    orders, customers = "FIXED(out_orders,0)", "FIXED(out_customers,0)"
    if book.language == "zh":
        told = (
            f'"截至 "&{date}&" · "&{customers}&" 位客户的 "&{orders}&" 笔订单 · "&{horizon}&" · 利润率 "&{margin}&"%"'
            f'&IF(out_rate>0," · 年折现率 "&{rate}&"%","")&" · "&out_model&" 与 "&{spend}&" 模型"'
        )
    else:
        told = (
            f'"As of "&{date}&" · "&{orders}&" orders of "&{customers}&" customers · "&{horizon}&" · margin "&{margin}'
            f'&"%"&IF(out_rate>0," · discount "&{rate}&"% a year","")&" · "&out_model&" with "&{spend}'
        )
    return f"IF({READY},{told},{theme.quoted(book.say(WAITING))})"


def _number(book: Template, name: str, empty: float = 0.0) -> float:
    """Return a named cell's number now."""
    value = book.value(name)
    return float(value) if isinstance(value, int | float) else empty
