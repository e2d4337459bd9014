"""The left of the sheet What-if: the customer chosen, and what is known of it."""

from __future__ import annotations

from typing import Any, Final

from xlsxwriter.format import Format

from xlclv.text import Text
from xlclv.workbook import labels, theme
from xlclv.workbook import summary_sheet as report
from xlclv.workbook.contract import VALUE_COLUMNS, VALUES
from xlclv.workbook.customer_value import words
from xlclv.workbook.customer_value.setting import READY, Template
from xlclv.workbook.customer_value.what_if_case import FIELDS, NOTHING, Case
from xlclv.workbook.page import Page

LEFT: Final = report.LEFT
LIST: Final = "customer_list"

_FORMATS: Final = {
    "orders": theme.INTEGER, "first": theme.DATE, "last": theme.DATE, "frequency": theme.INTEGER,
    "recency": theme.DECIMAL_1, "age": theme.DECIMAL_1, "monetary": theme.DECIMAL_2, "rank": theme.INTEGER,
    "clv": theme.DECIMAL_2, "clv_lower": theme.DECIMAL_2, "clv_upper": theme.DECIMAL_2,
}  # fmt: skip
_LABELS: Final[dict[str, Text]] = {
    "orders": Text("Orders", "订单数"),
    "first": Text("First order", "首单日期"),
    "last": Text("Last order", "末单日期"),
    "frequency": Text("Repeat orders", "重复购买次数"),
    "recency": Text("First to last order", "首单至末单"),
    "age": Text("First order to now", "首单至今"),
    "monetary": Text("Mean repeat order", "重复购买均值"),
    "rank": Text("Rank by value", "价值排名"),
    "tier": Text("Tier", "价值层级"),
    "stage": Text("Stage", "生命周期阶段"),
    "segment": Text("Segment", "客户分群"),
    "clv": Text("Value", "终身价值"),
    "clv_lower": Text("Value, lower 90%", "价值下限 90%"),
    "clv_upper": Text("Value, upper 90%", "价值上限 90%"),
}
_MONEY: Final = ("monetary", "clv", "clv_lower", "clv_upper")
_TIMES: Final = ("recency", "age")


def input_style(page: Page[Template], number_format: str, **look: Any) -> Format:
    """Return the format of a cell that may be changed."""
    return page.styles.cell(
        number_format, font_color=theme.INPUT_TEXT, bg_color=theme.INPUT_FILL, locked=False, **look
    )  # fmt: skip


def find(page: Page[Template], case: Case, chosen: str, row: int) -> None:
    """Find the customer's row, below the printed page; a number is found by its text, and case matters."""
    case.cells["chosen"] = chosen
    names = page.book.column("customer")
    # MATCH would take ~, * and ? for more than themselves and a for A.
    formula = (
        f'IF({chosen}="",{_best(page)},SUMPRODUCT(EXACT({names}&"",{chosen}&"")*(ROW({names})-MIN(ROW({names}))+1)))'
    )
    page.text(row, LEFT, Text("row of the customer", "客户所在行"), page.styles.text())
    page.formula(row, LEFT + 1, formula, case.values["position"], page.styles.cell("0"))
    case.cells["position"] = page.ref(row, LEFT + 1)


def _best(page: Page[Template]) -> str:
    """Return the formula of the best customer's row, wherever the user has sorted it to."""
    rank = page.book.column("rank")
    return f"MATCH(MIN({rank}),{rank},0)"


def choose(page: Page[Template], case: Case, row: int) -> None:
    """Write the cell a customer is chosen in, and what to do there."""
    book = page.book
    page.sheet.set_row_pixels(row, 30)
    page.sheet.set_row_pixels(row - 1, 10)
    page.text(row, LEFT, Text("Customer", "客户"), page.styles.get(bold=True, indent=1, font_size=11))
    # A text format keeps an id such as 00123 as it is when it is picked from the list.
    style = input_style(page, "@", bold=True, font_size=12, align="center", shrink=True)
    names = book.column("customer")
    page.formula(row, LEFT + 1, f"INDEX({names},{_best(page)})", case.values["customer"], style)
    book.workbook.define_name(LIST, f"={names}")
    says = book.say(
        Text(
            "From the list, best first; a cleared cell means the best.",
            "从列表选择（按价值排序）；清空表示最好的客户。",
        )
    )
    page.sheet.data_validation(
        row, LEFT + 1, row, LEFT + 1,
        {
            "validate": "list", "source": f"={LIST}", "input_title": book.say(Text("Customer", "客户")),
            "input_message": says,
            # An id that is a number may be typed as a text; the sentence beside the cell tells what is in no row.
            "show_error": False,
        },
    )  # fmt: skip
    wrong = book.say(
        Text(" is no customer of the table: choose from the list.", " 不在客户表中：请从列表中选择。")
    )  # fmt: skip
    formula = f"IF({case['position']}=0,{case['chosen']}&{theme.quoted(wrong)},{theme.quoted(says)})"
    page.formula(row, LEFT + 2, formula, says, page.styles.note(indent=1))
    red = book.workbook.add_format({"font_color": theme.RED, "bold": True})
    page.sheet.conditional_format(
        row, LEFT + 2, row, LEFT + 2,
        {"type": "formula", "criteria": f"=AND({READY},{case['position']}=0)", "format": red},
    )  # fmt: skip


def _label(page: Page[Template], row: int, column: int, name: str, case: Case) -> None:
    """Write what a figure of the customer is, with its unit."""
    style, label = page.styles.text(), _LABELS[name]
    if name in _MONEY:
        page.formula(row, column, *words.labelled(page.book, label), style, guarded=False)
    elif name in _TIMES:
        timed(page, row, column, label, case, style)
    else:
        page.text(row, column, label, style)
    page.fill(row, column + 1, column + 1, style)


def timed(page: Page[Template], row: int, column: int, label: Text, case: Case, style: Any) -> None:
    """Write a label with the unit of time in brackets, once there is one."""
    text = page.book.say(label)
    unit = page.book.say(labels.UNITS[case.words.period])
    shown = f"{text} ({unit})" if page.book.content is not None else text
    formula = f'{theme.quoted(text)}&IF({READY}," ("&{case.words.of_period(3)}&")","")'
    page.formula(row, column, formula, shown, style, guarded=False)


def write(page: Page[Template], case: Case, row: int) -> None:
    """Write what is known of the customer, in two columns."""
    page.section(row, Text("The customer", "客户"))
    page.head(row + 1, LEFT, ("",) * 6, height=24)
    page.text(row + 1, LEFT, Text("Orders", "订单"), page.styles.head())
    page.text(row + 1, LEFT + 3, Text("Place and value", "位置与价值"), page.styles.head())
    half = len(FIELDS) // 2
    for place, name in enumerate(FIELDS):
        here, column = row + 2 + place % half, LEFT + 3 * (place // half)
        page.sheet.set_row_pixels(here, 22)
        _label(page, here, column, name, case)
        cell = f"INDEX({VALUES}[{page.book.say(VALUE_COLUMNS[name])}],{case['position']})"
        if name in ("clv_lower", "clv_upper"):
            cell = f'IF({cell}="",{theme.quoted(NOTHING)},{cell})'
        style = page.styles.cell(_FORMATS.get(name, "General"), shrink=True)
        page.formula(here, column + 2, case.when(cell), case.values[name], style)
        case.cells[name] = page.ref(here, column + 2)
