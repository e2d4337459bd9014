"""The key figures of the Summary: six cards of two columns each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlclv.text import Text
from xlclv.workbook import labels, theme
from xlclv.workbook.chart_data import ChartData
from xlclv.workbook.page import Book, Page, fixed, whole_percent


def write(page: Page[Book], row: int, columns: Sequence[int], data: ChartData) -> None:
    """Write the six key figures: label, number, and the line that gives it meaning."""
    book = page.book
    say, column, currency = book.say, book.column, book.currency
    frame, settings = book.valuation.customers, book.valuation.settings
    clv = frame["clv"]
    total, count, mean = float(clv.sum()), len(frame), float(clv.mean())
    orders, expected = int(frame["orders"].sum()), float(frame["expected_orders"].sum())
    once = frame["orders"] == 1
    once_value = float(clv[once].sum()) / total if total > 0 else 0.0
    median = float(clv.median())
    digits = 2 if abs(median) < 1000 else 0
    at = [page.ref(row + 1, card) for card in columns]
    ahead = say(labels.horizon(settings.periods, settings.period))
    sign = theme.quoted(currency) + "&" if currency else ""
    margin = labels.percent(settings.margin)
    after = (
        say(Text(f", margin {margin}", f"，利润率 {margin}"))
        if settings.margin != 1
        else say(Text(", revenue", "，收入"))
    )
    words = {
        "orders": Text(" orders, ", " 笔订单，人均 "),
        "each": Text(" each", " 笔"),
        "median": Text("median ", "中位数 "),
        "one": Text("of the value, top 1% hold ", "的价值，前 1% 持有 "),
        "ahead": Text(f"{ahead}, ", f"{ahead}，人均 "),
        "of": Text("of customers, ", "的客户，占价值 "),
        "value": Text("% of value", "%"),
    }
    said = {name: say(text) for name, text in words.items()}
    quoted = {name: theme.quoted(text) for name, text in said.items()}
    compact = theme.compact
    cards: list[tuple[Text, str, float, str, str, str]] = [
        (
            Text("Value of the base", "客户总价值"), f"SUM({column('clv')})", total,
            compact(total, book.language, currency), "", ahead + after,
        ),
        (
            Text("Customers", "客户数"), f"ROWS({column('customer')})", count,
            "#,##0" if count < 100_000 else compact(count, book.language, whole=True),
            f"FIXED(SUM({column('orders')}),0)&{quoted['orders']}&FIXED(SUM({column('orders')})/{at[1]},1)&{quoted['each']}",
            f"{fixed(orders, 0)}{said['orders']}{fixed(orders / count, 1)}{said['each']}",
        ),
        (
            Text("Mean value", "人均价值"), f"{at[0]}/{at[1]}", mean, compact(mean, book.language, currency),
            f"{quoted['median']}&{sign}FIXED(MEDIAN({column('clv')}),{digits})",
            f"{said['median']}{currency}{fixed(median, digits)}",
        ),
        (
            Text("Top 20% hold", "前 20% 客户持有"), data.cells["top"], data.top_share, theme.PERCENT_CARD,
            f"{quoted['one']}&ROUND(100*{data.cells['one']},0)&\"%\"", f"{said['one']}{whole_percent(data.share_1)}",
        ),
        (
            Text("Expected orders", "预期订单数"), f"SUM({column('expected_orders')})", expected,
            compact(expected, book.language, whole=True),
            f"{quoted['ahead']}&FIXED({at[4]}/{at[1]},2)&{quoted['each']}",
            f"{said['ahead']}{fixed(expected / count, 2)}{said['each']}",
        ),
        (
            Text("One-time buyers", "一次性客户"), f"COUNTIFS({column('orders')},1)/{at[1]}", float(once.mean()),
            theme.PERCENT_CARD,
            f"{quoted['of']}&ROUND(100*IF({at[0]}>0,SUMIFS({column('clv')},{column('orders')},1)/{at[0]},0),0)&{quoted['value']}",
            f"{said['of']}{whole_percent(once_value)[:-1]}{said['value']}",
        ),
    ]  # fmt: skip
    for place, height in ((row - 1, 14), (row, 28), (row + 1, 38), (row + 2, 28), (row + 3, 16)):
        page.sheet.set_row_pixels(place, height)
    for card, content in zip(columns, cards, strict=True):
        _card(page, row, card, card not in (columns[0], columns[len(columns) // 2]), *content)


def _card(
    page: Page[Book], row: int, column: int, gap: bool, label: Text, formula: str, value: float, number_format: str,
    line: str, line_value: str,
) -> None:  # fmt: skip
    look: dict[str, Any] = {"bg_color": theme.LIGHT, "align": "left", "indent": 1}
    # A thick white border is the gap between two cards without a column that tables would have to cross.
    edge: dict[str, Any] = {"left": 5, "left_color": theme.WHITE} if gap else {}
    small = page.styles.get(font_size=9, valign="bottom", **look, **edge)
    large = page.styles.get(
        font_name=theme.NUMBER_FONT, font_size=20, bold=True, font_color=theme.NAVY, num_format=number_format,
        shrink=True, **look, **edge,
    )  # fmt: skip
    under = page.styles.get(font_size=9, valign="top", **look, **edge)
    page.text(row, column, label, small)
    page.formula(row + 1, column, formula, value, large)
    if line:
        page.formula(row + 2, column, line, line_value, under)
    else:
        page.text(row + 2, column, line_value, under)
    for offset in range(3):
        page.fill(row + offset, column + 1, column + 1, page.styles.get(bg_color=theme.LIGHT))
