"""The sheet CustomerValues: the table a Refresh fills, best customer first."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from xlclv.labels import TIERS, label_of
from xlclv.text import Text
from xlclv.workbook import theme
from xlclv.workbook.contract import VALUE_COLUMNS, VALUES
from xlclv.workbook.customer_value import cells, setting
from xlclv.workbook.customer_value.cells import RESULT
from xlclv.workbook.customer_value.setting import READY, Template
from xlclv.workbook.page import Page

WORDS: Final = {"customer": 16.0, "tier": 10.0, "stage": 12.0, "segment": 19.0}
DATES: Final = ("first", "last")
MONEY: Final = ("monetary", "expected_value", "clv", "clv_lower", "clv_upper")
TIMES: Final = ("recency", "age")
FORMATS: Final = {
    "orders": theme.INTEGER,
    "frequency": theme.INTEGER,
    "recency": theme.DECIMAL_1,
    "age": theme.DECIMAL_1,
    "p_alive": '0.0%_);(0.0%);"–"_)',
    "expected_orders": theme.DECIMAL_2,
    "rank": theme.INTEGER,
    **dict.fromkeys(DATES, theme.DATE),
    **dict.fromkeys(MONEY, theme.DECIMAL_2),
}
HEAD_ROW: Final = 5
END_ROW: Final = 1_048_576
COLUMNS: Final = tuple(VALUE_COLUMNS)
MARK: Final = (len(COLUMNS) - 3, len(COLUMNS))
TIER_COLORS: Final = {"High": theme.NAVY, "Medium": theme.INK, "Low": theme.GREY}


def write(book: Template) -> Page[Template]:
    """Write the sheet."""
    widths = (2.0, *(_width(book, name) for name in COLUMNS))
    page: Page[Template] = Page(book, setting.VALUES, widths)
    page.heading(
        book.say(Text("Customers by value", "客户价值明细")),
        book.say(
            Text(
                "One row per customer, best first. Refresh fills the columns below; columns you add to the right stay.",
                "每位客户一行，按价值从高到低。刷新会替换下列各列；您在右侧增加的列会保留。",
            )
        ),
    )
    _waiting(page)
    _units(page)
    looks = [_look(page, name) for name in COLUMNS]
    for column, (width, look) in enumerate(zip(widths[1:], looks, strict=True), 1):
        page.sheet.set_column(column, column, width, look)
    heads = [
        {"header": book.say(VALUE_COLUMNS[name]), "header_format": page.styles.head(_side(name))} for name in COLUMNS
    ]
    rows = 1 if book.example is None else len(book.example.customers)
    page.sheet.set_row_pixels(HEAD_ROW, 26)
    page.sheet.add_table(
        HEAD_ROW, 1, HEAD_ROW + rows, len(COLUMNS),
        {"name": VALUES, "columns": heads, "style": None, "autofilter": True},
    )  # fmt: skip
    for column, (name, look) in enumerate(zip(COLUMNS, looks, strict=True), 1):
        if book.example is None:
            page.sheet.write_blank(HEAD_ROW + 1, column, None, look)
        else:
            _column(page, column, name, book.example.customers[name], look)
    clv, tier = 1 + COLUMNS.index("clv"), 1 + COLUMNS.index("tier")
    page.bars(HEAD_ROW + 1, clv, END_ROW - 1, color=theme.AMBER, share=False)
    _tiers(page, tier)
    cells.lines(page, HEAD_ROW + 1, 1, END_ROW - 1, len(COLUMNS), (clv, tier))
    page.sheet.freeze_panes(HEAD_ROW + 1, 2)
    page.printing(END_ROW - 1, len(COLUMNS), repeat=(HEAD_ROW - 1, HEAD_ROW))
    return page


def _waiting(page: Page[Template]) -> None:
    """Say what will stand here, for as long as nothing does."""
    book = page.book
    says = book.say(
        Text(
            "Nothing here yet: fill the sheets Orders and Inputs, then press Refresh, on Start or on the tab CLV.",
            "这里还没有内容：请填写“订单”与“输入”，然后点击“开始”表或 CLV 选项卡上的“刷新”。",
        )
    )
    style = page.styles.get(bold=True, font_color=theme.TEAL)
    formula = f'IF({READY},"",{theme.quoted(says)})'
    page.sheet.set_row_pixels(HEAD_ROW - 2, 22)
    page.formula(HEAD_ROW - 2, 1, formula, says if book.content is None else "", style, guarded=False)


def _units(page: Page[Template]) -> None:
    """Write the unit of each column above its header, which has to stay a plain name."""
    book = page.book
    style = page.styles.note(align="right", indent=1)
    page.sheet.set_row_pixels(HEAD_ROW - 1, 18)
    for column, name in enumerate(COLUMNS, 1):
        if name in TIMES:
            page.formula(HEAD_ROW - 1, column, book.output("out_period"), str(book.value("out_period")), style)
        elif name in MONEY:
            # A blank cell would show as 0.
            page.formula(HEAD_ROW - 1, column, f'{book.input("in_currency")}&""', str(book.value("in_currency")), style)
        elif name == "p_alive":
            page.text(HEAD_ROW - 1, column, "%", style)


def _side(name: str) -> str:
    return "left" if name in WORDS else "right"


def _look(page: Page[Template], name: str) -> Any:
    if name in WORDS:
        return page.styles.get(align="left", indent=1, **RESULT)
    # On the bars of clv the colour of results could not be read.
    color = theme.INK if name == "clv" else RESULT["font_color"]
    return page.styles.get(align="right", font_name=theme.NUMBER_FONT, num_format=FORMATS[name], font_color=color)


def _width(book: Template, name: str) -> float:
    """Return a width that holds the header, its filter button and any usual cell."""
    letters = len(book.say(VALUE_COLUMNS[name])) * (2.1 if book.language == "zh" else 1.0)
    return max(letters + 4, WORDS.get(name, 11.0))


def _column(page: Page[Template], column: int, name: str, values: pd.Series, look: Any) -> None:
    sheet, start = page.sheet, HEAD_ROW + 1
    if name in WORDS:
        for row, cell in enumerate(values.tolist(), start):
            word = page.book.say(label_of(cell)) if name != "customer" else cell
            cells.write_value(page, row, column, word, look)
    elif name in DATES:
        for row, day in enumerate(pd.to_datetime(values), start):
            sheet.write_datetime(row, column, day.to_pydatetime(), look)
    else:
        for row, number in enumerate(values.tolist(), start):
            # A model at its border has no limits.
            cells.write_value(page, row, column, number, look)


def _tiers(page: Page[Template], column: int) -> None:
    """Weight and colour the tier words; the word itself says the tier."""
    for tier in TIERS:
        look = {"font_color": TIER_COLORS[tier.en], "bold": tier.en == "High", **cells.LINE}
        style = page.book.workbook.add_format(look)
        word = theme.quoted(page.book.say(tier))
        page.sheet.conditional_format(
            HEAD_ROW + 1, column, END_ROW - 1, column,
            {"type": "cell", "criteria": "==", "value": word, "format": style},
        )  # fmt: skip
