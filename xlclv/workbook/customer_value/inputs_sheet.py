"""The sheet Inputs: what the user may change, beside what the last Refresh was asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from xlclv.periods import LABELS, PER_YEAR
from xlclv.text import Text
from xlclv.workbook import theme
from xlclv.workbook.contract import INPUTS, ORDERS, Input
from xlclv.workbook.customer_value import cells, setting
from xlclv.workbook.customer_value.cells import FORMATS
from xlclv.workbook.customer_value.setting import Template
from xlclv.workbook.interface import Value
from xlclv.workbook.page import Page

WIDTHS: Final = (2.0, 22.0, 34.0, 12.0, 20.0, 56.0, 17.0, 17.0, 13.0, 2.0)
LABEL, VALUE, UNIT, BLANK, NOTE, NOW, THEN, CHANGE = range(1, 9)
HEAD_ROW: Final = 4
MARK: Final = (NOW, CHANGE)

#: The inputs a Refresh keeps, with the result that says what it was.
KEPT: Final = {
    "in_as_of": "out_as_of",
    "in_period": "out_period",
    "in_periods": "out_periods",
    "in_margin": "out_margin",
    "in_rate": "out_rate",
    "in_model": "out_model",
}
MOST_TITLE: Final = 100
MOST_CURRENCY: Final = 8
EARLIEST, LATEST = dt.date(1970, 1, 1), dt.date(2199, 12, 31)

CHANGED_WORD: Final = Text("changed", "已更改")


def write(book: Template) -> tuple[Page[Template], str]:
    """Write the sheet; return it and the range of marks that say which inputs have changed since Refresh."""
    page: Page[Template] = Page(book, setting.INPUTS, WIDTHS)
    page.heading(
        book.say(Text("Inputs", "输入")),
        book.say(
            Text(
                "Change the yellow cells, then press Refresh. All results follow from them and from the orders.",
                "修改黄色单元格后点击“刷新”。本工作簿其余内容均由这些输入与订单得出。",
            )
        ),
    )
    heads = (
        Text("Input", "输入项"), Text("Value", "取值"), Text("Unit", "单位"), Text("If left blank", "留空时"),
        Text("Meaning", "说明"), Text("Means now", "当前取值"), Text("At last Refresh", "上次刷新时"),
        Text("Since then", "此后"),
    )  # fmt: skip
    page.head(HEAD_ROW, LABEL, heads)
    for column, head in enumerate(heads, LABEL):
        page.text(HEAD_ROW, column, head, page.styles.head("right" if column in (VALUE, NOW, THEN) else "left"))
    first, row = HEAD_ROW + 1, HEAD_ROW
    years = HEAD_ROW + len(INPUTS) + 6
    for item in INPUTS:
        row += 1
        page.sheet.set_row_pixels(row, 26)
        _input(page, row, item)
        _kept(page, row, item, page.area(years + 1, LABEL, years + len(PER_YEAR), VALUE))
    row += 1
    page.sheet.set_row_pixels(row, 26)
    page.fill(row, VALUE, CHANGE, page.styles.text())
    page.text(row, LABEL, cells.output_label("out_rate_period"), page.styles.text())
    note = Text("What the yearly rate comes to; worked out by Refresh.", "由年利率换算，刷新时计算。")
    page.text(row, NOTE, note, page.styles.text(font_color=theme.GREY))
    cells.write_output(page, "out_rate_period", row, THEN, indent=1)
    _years(page, years)
    page.sheet.freeze_panes(HEAD_ROW + 1, 0)
    page.sheet.set_selection(first, VALUE, first, VALUE)
    page.printing(years + len(PER_YEAR), CHANGE)
    return page, page.area(first, CHANGE, HEAD_ROW + len(INPUTS), CHANGE, outside=True)


def _input(page: Page[Template], row: int, item: Input) -> None:
    book, styles = page.book, page.styles
    page.text(row, LABEL, item.label, styles.text())
    style = styles.cell(
        FORMATS[item.kind], font_color=theme.INPUT_TEXT, bg_color=theme.INPUT_FILL, locked=False, indent=1,
        font_name=styles.font if item.kind in ("text", "choice") else theme.NUMBER_FONT,
    )  # fmt: skip
    cells.write_value(page, row, VALUE, book.value(item.name), style)
    page.define(item.name, row, VALUE)
    page.sheet.data_validation(row, VALUE, row, VALUE, _validation(book, item))
    grey = styles.text(font_color=theme.GREY)
    page.text(row, UNIT, item.unit, grey)
    page.text(row, BLANK, item.blank or Text("not allowed", "不可留空"), grey)
    page.text(row, NOTE, item.note, grey)


def _validation(book: Template, item: Input) -> dict[str, Any]:
    """Return what may be typed into an input, with the words shown before and after."""
    rules: dict[str, Any] = {
        "in_title": {"validate": "length", "criteria": "<=", "value": MOST_TITLE},
        "in_currency": {"validate": "length", "criteria": "<=", "value": MOST_CURRENCY},
        "in_as_of": {"validate": "date", "criteria": "between", "minimum": EARLIEST, "maximum": LATEST},
        "in_periods": {"validate": "decimal", "criteria": "between", "minimum": 0.01, "maximum": 10_000},
        "in_margin": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1},
        "in_rate": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1},
    }
    says = {
        "in_title": Text(f"Give at most {MOST_TITLE} characters.", f"最多 {MOST_TITLE} 个字符。"),
        "in_currency": Text(
            f"Give a sign or a code of at most {MOST_CURRENCY} characters, such as $ or CNY.",
            f"请填写至多 {MOST_CURRENCY} 个字符的符号或代码，例如 ¥ 或 CNY。",
        ),
        "in_as_of": Text("Give a date such as 2024-06-30.", "请填写日期，例如 2024-06-30。"),
        "in_periods": Text("Give a number above 0, such as 52.", "请填写大于 0 的数，例如 52。"),
        "in_margin": Text("Give a share from 0% to 100%, such as 30%.", "请填写 0% 到 100% 的比例，例如 30%。"),
        "in_rate": Text("Give a yearly rate from 0% to 100%, such as 10%.", "请填写 0% 到 100% 的年利率，例如 10%。"),
    }
    choices = [book.say(choice) for choice in item.choices]
    rule = rules.get(item.name, {"validate": "list", "source": choices, "ignore_blank": False})
    wanted = says.get(item.name, Text("Choose from the list.", "请从列表中选择。"))
    return {
        **rule,
        "input_title": book.say(item.label),
        "input_message": book.say(item.note),
        "error_title": book.say(Text(f"{item.label.en}: not possible", f"{item.label.zh}：无法使用")),
        "error_message": book.say(wanted),
        "error_type": "stop",
    }


def _kept(page: Page[Template], row: int, item: Input, years: str) -> None:
    """Write what an input means now, what it was at the last Refresh, and whether the two differ."""
    book, styles = page.book, page.styles
    if item.name not in KEPT:
        page.fill(row, NOW, CHANGE, styles.text())
        return
    then = KEPT[item.name]
    result = book.value(then)
    look = {"indent": 1} | ({"font_name": styles.font} if item.kind == "choice" else {})
    # A blank margin, for example, means 100% and is no change from it.
    formula = _meaning(book, item.name, then, years)
    page.formula(row, NOW, formula, _number(result), styles.cell(FORMATS[item.kind], **look))
    cells.write_output(page, then, row, THEN, **look)
    now, changed = page.ref(row, NOW), theme.quoted(book.say(CHANGED_WORD))
    style = styles.text(bold=True, font_color=theme.RED)
    page.formula(row, CHANGE, f'IF({now}={then},"",{changed})', "", style)


def _number(value: Value) -> float | str:
    """Return a value as a cell holds it: a date as its serial."""
    if isinstance(value, dt.date):
        return float((value - dt.date(1899, 12, 30)).days)
    return value if isinstance(value, str) else float(value or 0)


def _meaning(book: Template, name: str, then: str, years: str) -> str:
    """Return the formula of what an input means now, blank or not."""
    dates = book.column("date", ORDERS)
    year = f"INDEX({years},MATCH(in_period,INDEX({years},0,1),0),2)"
    blank = {
        # Where a row was skipped or a date is text, the latest order is Refresh's to tell.
        "in_as_of": f"IF(AND(COUNT({dates})=COUNTA({dates}),out_skipped=0),INT(MAX({dates})),{then})",
        "in_periods": f"IFERROR({year},{then})",
        "in_margin": "1",
        "in_rate": "0",
    }
    return f'IF({name}="",{blank[name]},{name})' if name in blank else name


def _years(page: Page[Template], row: int) -> None:
    """Write how many periods a year has: the horizon where none is given."""
    book = page.book
    page.section(row - 1, Text("Periods in a year", "一年的期数"))
    page.head(row, LABEL, (Text("Period", "期"), Text("In a year", "一年")))
    for offset, (period, number) in enumerate(PER_YEAR.items(), 1):
        page.text(row + offset, LABEL, book.say(LABELS[period]), page.styles.text())
        page.number(row + offset, VALUE, number, page.styles.cell("0"))
