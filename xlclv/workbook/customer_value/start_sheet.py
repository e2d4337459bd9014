"""The sheet Start: what the workbook is, the steps, the buttons, and where everything stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from xlclv import __version__
from xlclv.text import Text
from xlclv.workbook import contract, theme
from xlclv.workbook.customer_value import cells, setting
from xlclv.workbook.customer_value.cells import RESULT
from xlclv.workbook.customer_value.macros import Button
from xlclv.workbook.customer_value.setting import Template
from xlclv.workbook.page import Page

#: Two halves: what to do to the left, how things are to the right.
WIDTHS: Final = (2.0, 5.0, 20.0, 52.0, 3.0, 22.0, 62.0, 2.0)
NUMBER, NAME, MEANING, RIGHT, LAST = 1, 2, 3, 5, 6
MARK: Final = (LAST, LAST)
#: First rows of the bands, each with a block to the left and one to the right.
STEPS_ROW: Final = 4
BUTTON_ROW: Final = STEPS_ROW + 5
SHEETS_ROW: Final = BUTTON_ROW + 2
END_ROW: Final = SHEETS_ROW + 8

STEPS: Final = (
    (setting.ORDERS, Text("Paste customer, date and amount of each order.", "粘贴每笔订单的客户、日期与金额。")),
    (setting.INPUTS, Text("Set margin, discount rate and horizon.", "设置利润率、折现率与预测期。")),
    (Text("Refresh", "刷新"), Text("Press Refresh: every customer is valued.", "点击“刷新”：为每位客户估值。")),
    (setting.SUMMARY, Text("Read what the customers are worth.", "查看客户价值。")),
)
MEANINGS: Final = (
    (
        setting.INPUTS,
        Text("The yellow cells, and what they were at the last Refresh", "黄色单元格，以及上次刷新时的取值"),
    ),
    (setting.ORDERS, Text("The order log you paste", "您粘贴的订单")),
    (setting.VALUES, Text("One row per customer, best first", "每位客户一行，按价值从高到低")),
    (setting.SUMMARY, Text("The findings on one page", "一页概览")),
    (setting.WHAT_IF, Text("What other assumptions would make of it", "其他假设下的结果")),
    (setting.CHECKS, Text("Checks, models, data check and log of refreshes", "检查、模型、数据检查与刷新记录")),
)
WITHOUT: Final = (
    Text("All figures stay as the last Refresh left them.", "所有数字保持上次刷新的结果。"),
    Text("Summary and Checks go on calculating: they are plain formulas.", "“概览”与“检查”为普通公式，仍会计算。"),
    Text("Do not recalculate What-if: its formulas are functions of xlclv.",
         "请勿重算“情景分析”：其公式使用 xlclv 函数。"),
    Text("To refresh on Windows: install Python and xlclv, run xlclv addin install.",
         "如需在 Windows 上刷新：安装 Python 与 xlclv，运行 xlclv addin install。"),
)  # fmt: skip


def create(book: Template) -> Page[Template]:
    """Add the empty sheet, so that it comes first."""
    return Page(book, setting.START, WIDTHS)


def write(page: Page[Template], buttons: Sequence[Button]) -> None:
    """Write the sheet."""
    book = page.book
    page.heading(
        book.say(Text("Customer value", "客户价值")),
        book.say(
            Text(
                "What each customer will be worth, from an order log: models of how often customers order, when they "
                "stop, and how much they spend.",
                "由订单记录估算每位客户未来的价值：模型描述客户多久下单、何时流失、每单花费多少。",
            )
        ),
    )
    for row in range(STEPS_ROW + 1, BUTTON_ROW):
        page.sheet.set_row_pixels(row, 34)
    for row in range(SHEETS_ROW + 1, END_ROW):
        page.sheet.set_row_pixels(row, 24)
    _steps(page)
    _buttons(page, buttons)
    _sheets(page)
    _status(page)
    _colours(page)
    _without(page)
    _identity(page)
    page.sheet.freeze_panes(STEPS_ROW - 1, 0)
    page.printing(END_ROW + len(WITHOUT), LAST + 1, tall=1)


def _title(page: Page[Template], row: int, column: int, title: Text) -> None:
    page.sheet.set_row_pixels(row, 28)
    page.text(row, column, title, page.styles.section())


def _row(page: Page[Template], row: int, name: Text, text: Text | None = None) -> None:
    """Write a row of the right half."""
    page.text(row, RIGHT, name, page.styles.text(indent=0))
    if text is not None:
        page.text(row, LAST, text, page.styles.text(indent=0))


def _link(page: Page[Template], row: int, name: Text, *, bold: bool = False) -> None:
    """Write a sheet's name that leads to the sheet."""
    word = page.book.say(name)
    style = page.styles.text(font_color=theme.TEAL, underline=1, bold=bold)
    page.sheet.write_url(row, NAME, f"internal:'{word}'!A1", style, word)


def _steps(page: Page[Template]) -> None:
    _title(page, STEPS_ROW, NUMBER, Text("Four steps", "四个步骤"))
    badge = page.styles.get(
        bold=True, font_size=12, font_color=theme.WHITE, bg_color=theme.TEAL, align="center",
        font_name=theme.NUMBER_FONT, bottom=5, bottom_color=theme.WHITE,
    )  # fmt: skip
    for number, (name, text) in enumerate(STEPS, 1):
        row = STEPS_ROW + number
        page.number(row, NUMBER, number, badge)
        if name in setting.SHEETS:
            _link(page, row, name, bold=True)
        else:
            page.text(row, NAME, name, page.styles.text(bold=True))
        page.text(row, MEANING, text, page.styles.text())


def _buttons(page: Page[Template], buttons: Sequence[Button]) -> None:
    """Put the buttons, or say where they are."""
    page.sheet.set_row_pixels(BUTTON_ROW, 46)
    if not buttons:
        says = Text(
            "The buttons Refresh and Check data are on the tab CLV of Excel (xlclv addin install).",
            "“刷新”和“检查数据”按钮在 Excel 的 CLV 选项卡上（xlclv addin install）。",
        )
        page.text(BUTTON_ROW, NUMBER, says, page.styles.get(font_color=theme.TEAL))
        return
    # A button each over the columns of the steps' numbers and names, and over those of their meanings.
    for button, column, width in zip(buttons, (NUMBER, MEANING), (164, 164), strict=True):
        options = {
            "macro": button.macro, "caption": button.label, "description": button.label,
            "width": width, "height": 30, "x_offset": 0, "y_offset": 8,
        }  # fmt: skip
        page.sheet.insert_button(BUTTON_ROW, column, options)


def _sheets(page: Page[Template]) -> None:
    _title(page, SHEETS_ROW, NUMBER, Text("The sheets", "各工作表"))
    for row, (name, text) in enumerate(MEANINGS, SHEETS_ROW + 1):
        page.fill(row, NUMBER, NUMBER, page.styles.text())
        _link(page, row, name)
        page.text(row, MEANING, text, page.styles.text())


def _status(page: Page[Template]) -> None:
    """Write what the last command did."""
    _title(page, STEPS_ROW, RIGHT, Text("Where it stands", "当前状态"))
    for row, name in enumerate(("out_status", "out_time", "out_version"), STEPS_ROW + 1):
        _row(page, row, cells.output_label(name))
        cells.write_output(page, name, row, LAST, align="left", text_wrap=True, font_name=page.styles.font)
    row = STEPS_ROW + 4
    _row(page, row, Text("Rows in Orders", "订单表行数"))
    none = Text("None yet: the template is empty.", "暂无：模板为空。")
    count = f"COUNTA({page.book.column('customer', contract.ORDERS)})"
    content = page.book.content
    shown = page.book.say(none) if content is None else len(content.orders)
    style = page.styles.cell("#,##0", align="left", font_name=page.styles.font)
    says = theme.quoted(page.book.say(none))
    page.formula(row, LAST, f"IF({count}=0,{says},{count})", shown, style, guarded=False)


def _colours(page: Page[Template]) -> None:
    _title(page, SHEETS_ROW, RIGHT, Text("What the colours mean", "颜色的含义"))
    samples: tuple[tuple[Text, dict[str, Any], Text], ...] = (
        (Text("Input", "输入"), {"font_color": theme.INPUT_TEXT, "bg_color": theme.INPUT_FILL},
         Text("Yours to change.", "由您填写。")),
        (Text("Result", "结果"), RESULT, Text("Written by Refresh or Check data.", "由“刷新”或“检查数据”写入。")),
        (Text("Formula", "公式"), {}, Text("Follows from inputs and results.", "由输入与结果计算得出。")),
    )  # fmt: skip
    for row, (name, look, text) in enumerate(samples, SHEETS_ROW + 1):
        _row(page, row, name, text)
        page.text(row, RIGHT, name, page.styles.text(**{"indent": 0, **look}))


def _identity(page: Page[Template]) -> None:
    """Write the cells that say which workbook this is."""
    _title(page, END_ROW, RIGHT, Text("This workbook", "本工作簿"))
    marks = (
        (Text("Template", "模板"), contract.TEMPLATE, contract.CUSTOMER_VALUE),
        (Text("Language", "语言"), contract.LANGUAGE, page.book.language),
        (Text("Built by xlclv", "生成它的 xlclv"), contract.VERSION, __version__),
    )
    for row, (name, cell, value) in enumerate(marks, END_ROW + 1):
        _row(page, row, name)
        page.text(row, LAST, value, page.styles.text(indent=0))
        page.define(cell, row, LAST)


def _without(page: Page[Template]) -> None:
    """Write what a reader without Python sees."""
    _title(page, END_ROW, NUMBER, Text("Without Python", "没有安装 Python 时"))
    for row, text in enumerate(WITHOUT, END_ROW + 1):
        page.text(row, NUMBER, text, page.styles.get())
