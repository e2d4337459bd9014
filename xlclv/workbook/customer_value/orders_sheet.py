"""The sheet Orders: the table the user fills, ready for any number of rows."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from xlclv.text import Text
from xlclv.workbook import theme
from xlclv.workbook.contract import ORDER_COLUMNS, ORDERS
from xlclv.workbook.customer_value import cells, setting
from xlclv.workbook.customer_value.setting import Template
from xlclv.workbook.page import Page

WIDTHS: Final = (2.0, 24.0, 16.0, 18.0, 14.0, 14.0, 14.0)
HEAD_ROW: Final = 4
#: The row below the last one of a sheet, and the columns of the master check.
END_ROW: Final = 1_048_576
MARK: Final = (4, 6)


def write(book: Template) -> Page[Template]:
    """Write the sheet."""
    page: Page[Template] = Page(book, setting.ORDERS, WIDTHS)
    page.heading(
        book.say(Text("Orders", "订单")),
        book.say(
            Text(
                "One row per order or order line, any order of rows. Paste below the header; the table grows.",
                "每行一笔订单或一个订单行，顺序不限。粘贴在表头下方，表格会自动扩展。",
            )
        ),
    )
    hint = Text(
        "Refunds are negative. Rows of a customer on one day count as one order. More columns may follow.",
        "退款填负数。同一客户同一天的各行算一笔订单。右侧可以增加其他列。",
    )
    page.text(HEAD_ROW - 1, 1, hint if book.content is None else book.content.source, page.styles.note())
    page.sheet.set_row_pixels(HEAD_ROW - 1, 20)
    looks = _looks(page)
    for column, look in enumerate(looks, 1):
        page.sheet.set_column(column, column, WIDTHS[column], look)
    heads = [
        {"header": book.say(header), "header_format": page.styles.head("right" if name == "amount" else "left")}
        for name, header in ORDER_COLUMNS.items()
    ]
    rows = 1 if book.content is None else len(book.content.orders)
    page.sheet.set_row_pixels(HEAD_ROW, 26)
    page.sheet.add_table(
        HEAD_ROW, 1, HEAD_ROW + rows, len(heads),
        {"name": ORDERS, "columns": heads, "style": None, "autofilter": True},
    )  # fmt: skip
    if book.content is None:
        for column, look in enumerate(looks, 1):
            page.sheet.write_blank(HEAD_ROW + 1, column, None, look)
    else:
        _fill(page, book.content.orders, looks)
    cells.lines(page, HEAD_ROW + 1, 1, END_ROW - 1, len(heads))
    _where_to_paste(page, len(heads))
    page.sheet.freeze_panes(HEAD_ROW + 1, 0)
    page.sheet.set_selection(HEAD_ROW + 1, 1, HEAD_ROW + 1, 1)
    page.printing(END_ROW - 1, MARK[1], repeat=(HEAD_ROW, HEAD_ROW))
    return page


def _where_to_paste(page: Page[Template], last: int) -> None:
    """Show the first row as an input while it is empty."""
    first, cell = page.ref(HEAD_ROW + 1, 1), f"$B{HEAD_ROW + 2}"
    page.sheet.conditional_format(
        HEAD_ROW + 1, 1, END_ROW - 1, last,
        {
            "type": "formula", "criteria": f'=AND(ROW({cell})=ROW({first}),{cell}="")',
            "format": page.book.workbook.add_format({"bg_color": theme.INPUT_FILL}),
        },
    )  # fmt: skip


def _looks(page: Page[Template]) -> list[Any]:
    """Return the format of each column, which rows added later take over."""
    styles = page.styles
    return [
        styles.get(align="left", indent=1),
        styles.get(align="left", indent=1, font_name=theme.NUMBER_FONT, num_format=theme.DATE),
        styles.get(align="right", font_name=theme.NUMBER_FONT, num_format=theme.DECIMAL_2),
    ]


def _fill(page: Page[Template], orders: pd.DataFrame, looks: list[Any]) -> None:
    sheet = page.sheet
    for row, (customer, day, amount) in enumerate(orders.itertuples(index=False), HEAD_ROW + 1):
        if isinstance(customer, str):
            sheet.write_string(row, 1, customer, looks[0])
        else:
            sheet.write_number(row, 1, customer, looks[0])
        sheet.write_datetime(row, 2, day, looks[1])
        sheet.write_number(row, 3, amount, looks[2])
