"""The Customers sheet: the table CustomerValues, best customer first."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from xlclv.text import Text
from xlclv.workbook import labels, theme
from xlclv.workbook.page import TABLE, Book, Page

#: Columns that hold words, with their width.
WORDS: dict[str, int] = {"customer": 14, "tier": 9, "stage": 12, "segment": 20}
DATES = ("first", "last")
MONEY = ("monetary", "expected_value", "clv")
FORMATS = {
    "orders": theme.INTEGER,
    "frequency": theme.INTEGER,
    "recency": theme.DECIMAL_1,
    "age": theme.DECIMAL_1,
    "p_alive": '0.0%_);(0.0%);"–"_)',
    "expected_orders": theme.DECIMAL_2,
    "rank": theme.INTEGER,
}
HEAD_ROW = 4
#: No column is wider than this, whatever stands in it.
MOST_WIDE = 40.0
TIER_COLORS = {"High": theme.TEAL, "Medium": theme.INK, "Low": theme.GREY}


def write(book: Book, names: Mapping[str, Text]) -> Page[Book]:
    """Write the sheet; ``names`` translates tiers, stages and segments."""
    customers = book.valuation.customers
    columns = list(labels.COLUMNS)
    widths = [2.0] + [_width(book, customers, name) for name in columns]
    page = Page(book, labels.CUSTOMERS, widths)
    settings = book.valuation.settings
    ahead = labels.horizon(settings.periods, settings.period)
    page.heading(
        book.say(Text("Customers by value", "客户价值明细")),
        book.say(
            Text(
                f"One row per customer, best first · as of {labels.long_date(settings.as_of, 'en')} · clv is the value"
                f" of the {ahead.en} · each column is explained on the sheet Method",
                f"每位客户一行，按价值从高到低 · 截至 {labels.long_date(settings.as_of, 'zh')} · "
                f"终身价值为{ahead.zh}的价值 · 各列含义见“方法”表",
            )
        ),
    )
    _units(page, columns)
    last = HEAD_ROW + len(customers)
    for offset, name in enumerate(columns):
        _write_column(page, offset + 1, name, customers[name], names)
    _table(page, columns, last)
    clv = 1 + columns.index("clv")
    page.bars(HEAD_ROW + 1, clv, last, color=theme.AMBER, share=False)
    _tiers(page, 1 + columns.index("tier"), last, names)
    page.sheet.freeze_panes(HEAD_ROW + 1, 2)
    page.printing(last, len(columns), repeat=(HEAD_ROW - 1, HEAD_ROW), as_of=book.valuation.settings.as_of)
    return page


def _units(page: Page[Book], columns: list[str]) -> None:
    """Write the unit of each column above its header, which has to stay a plain name."""
    book = page.book
    period = labels.UNITS[book.valuation.settings.period]
    units = {
        "recency": book.say(period).strip(),
        "age": book.say(period).strip(),
        "p_alive": "%",
    } | dict.fromkeys(MONEY, book.currency)
    if book.language == "zh":
        units["recency"] = units["age"] = period.zh.removeprefix("个")
    page.sheet.set_row_pixels(HEAD_ROW - 1, 18)
    for offset, name in enumerate(columns):
        if units.get(name):
            page.text(HEAD_ROW - 1, offset + 1, units[name], page.styles.note(align="right", indent=1))


def _width(book: Book, customers: pd.DataFrame, name: str) -> float:
    """Return a column width that holds the header and its longest cell."""
    header = book.say(labels.COLUMNS[name])
    wide = 2.1 if book.language == "zh" else 1.0
    least = len(header) * wide + 4
    values = customers[name]
    if name in WORDS:
        shown = max((len(str(value).encode("gbk", "replace")) for value in values.unique()), default=0)
        return min(max(least, shown + 3, WORDS[name]), MOST_WIDE)
    if name in DATES:
        return max(least, 12)
    largest = max((abs(float(value)) for value in (values.min(), values.max())), default=0.0)
    whole = len(f"{largest:,.2f}") + (len(book.currency) + 3 if name in MONEY else 2)
    return min(max(least, whole), MOST_WIDE)


def _write_column(page: Page[Book], column: int, name: str, values: pd.Series, names: Mapping[str, Text]) -> None:
    sheet, styles, book = page.sheet, page.styles, page.book
    start = HEAD_ROW + 1
    if name in WORDS:
        style = styles.text()
        for row, value in enumerate(values.astype(str), start):
            sheet.write_string(row, column, book.group(value, names) if name != "customer" else value, style)
    elif name in DATES:
        style = styles.cell(theme.DATE)
        for row, day in enumerate(pd.to_datetime(values), start):
            sheet.write_datetime(row, column, day.to_pydatetime(), style)
    else:
        style = styles.cell(theme.money(book.currency) if name in MONEY else FORMATS[name])
        for row, number in enumerate(values.tolist(), start):
            sheet.write_number(row, column, number, style)


def _table(page: Page[Book], columns: list[str], last: int) -> None:
    book = page.book
    heads = [
        {
            "header": book.say(labels.COLUMNS[name]),
            "header_format": page.styles.head("left" if name in WORDS else "right"),
        }
        for name in columns
    ]
    page.sheet.set_row_pixels(HEAD_ROW, 26)
    options = {"name": TABLE, "columns": heads, "style": None, "autofilter": True}
    page.sheet.add_table(HEAD_ROW, 1, last, len(columns), options)


def _tiers(page: Page[Book], column: int, last: int, names: Mapping[str, Text]) -> None:
    """Weight and colour the tier words; the word itself says the tier."""
    for tier, color in TIER_COLORS.items():
        word = page.book.group(tier, names)
        style = page.book.workbook.add_format({"font_color": color, "bold": tier == "High"})
        page.sheet.conditional_format(
            HEAD_ROW + 1,
            column,
            last,
            column,
            {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": style},
        )
