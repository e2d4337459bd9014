"""The key figures of the Summary: six cards of two columns each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from xlclv.text import Text
from xlclv.workbook import labels, theme
from xlclv.workbook.chart_data import SEPARATED, Amounts, ChartData
from xlclv.workbook.page import Book, Page, Setting, fixed, whole_percent

if TYPE_CHECKING:
    import pandas as pd

B = TypeVar("B", bound=Setting)

#: What a large number is: counts are told in full longer than what is expected.
Kind = Literal["amount", "count", "expected"]
#: Counts below this are told in full.
IN_FULL = 100_000


class Card(NamedTuple):
    """A key figure.

    ``label`` is a text, or a formula and what it shows. ``number_format`` is one, or a ladder as `theme.ladder` gives
    it for a number of any size. The line below may be a formula with what it shows, or, where that is empty, a text.
    """

    label: Text | tuple[str, str]
    formula: str
    value: float
    number_format: str | Sequence[tuple[float, str]]
    line: str
    line_value: str


class Told(NamedTuple):
    """What differs between two workbooks: how amounts, the horizon and numbers of any size are told.

    ``ahead`` and ``under_value`` (the line below the value of the base) are formulas with what they show; an empty
    formula stands for a text. ``of_amounts`` labels a card of amounts, ``sized`` gives the format of a number.
    """

    amounts: Amounts
    ahead: tuple[str, str]
    under_value: tuple[str, str]
    of_amounts: Callable[[Text], Text | tuple[str, str]]
    sized: Callable[[float, Kind], str | Sequence[tuple[float, str]]]


def write(page: Page[Book], row: int, columns: Sequence[int], data: ChartData) -> None:
    """Write the six key figures of the report."""
    book = page.book
    settings, currency = book.valuation.settings, book.currency
    ahead = book.say(labels.horizon(settings.periods, settings.period))
    margin = labels.percent(settings.margin)
    after = Text(f", margin {margin}", f"，利润率 {margin}") if settings.margin != 1 else Text(", revenue", "，收入")

    def sized(value: float, kind: Kind) -> str:
        if kind == "count" and value < IN_FULL:
            return "#,##0"
        return theme.compact(value, book.language, currency if kind == "amount" else "", whole=kind != "amount")

    told = Told(
        Amounts(theme.quoted(currency) + "&" if currency else "", currency, ""),
        (theme.quoted(ahead), ahead),
        ("", ahead + book.say(after)),
        lambda label: label,
        sized,
    )
    draw(page, row, columns, figures(page, row, columns, data, book.valuation.customers, book.column, told))


def figures(
    page: Page[B],
    row: int,
    columns: Sequence[int],
    data: ChartData,
    frame: pd.DataFrame,
    column: Callable[[str], str],
    told: Told,
) -> list[Card]:
    """Return the six key figures: label, number, and the line that gives it meaning.

    Parameters
    ----------
    page : Page
    row, columns
        Where `draw` will put them.
    data : ChartData
    frame : DataFrame
        The customers as they are now.
    column : callable
        Returns the reference to a column of the customers.
    told : Told
    """
    say = page.book.say
    clv = frame["clv"]
    total, count, mean = float(clv.sum()), len(frame), float(clv.mean())
    orders, expected = int(frame["orders"].sum()), float(frame["expected_orders"].sum())
    once = frame["orders"] == 1
    once_value = float(clv[once].sum()) / total if total > 0 else 0.0
    median = float(clv.median())
    at = [page.ref(row + 1, card) for card in columns]
    words = {
        "orders": Text(" orders, ", " 笔订单，人均 "),
        "each": Text(" each", " 笔"),
        "median": Text("median ", "中位数 "),
        "one": Text("of the value, top 1% hold ", "的价值，前 1% 持有 "),
        "after": Text(", ", "，人均 "),
        "of": Text("of customers, ", "的客户，占价值 "),
        "value": Text("% of value", "%"),
    }
    said = {name: say(text) for name, text in words.items()}
    quoted = {name: theme.quoted(text) for name, text in said.items()}
    number, middle = f"SUM({column('orders')})", f"MEDIAN({column('clv')})"
    digits = f"IF(ABS({middle})<{data.cells['separated']},2,0)"
    of_once = f"IF({at[0]}>0,SUMIFS({column('clv')},{column('orders')},1)/{at[0]},0)"
    return [
        Card(
            told.of_amounts(Text("Value of the base", "客户总价值")), f"SUM({column('clv')})", total,
            told.sized(total, "amount"), *told.under_value,
        ),
        Card(
            Text("Customers", "客户数"), f"COUNTA({column('customer')})", count, told.sized(count, "count"),
            f"FIXED({number},0)&{quoted['orders']}&FIXED({number}/{at[1]},1)&{quoted['each']}",
            f"{fixed(orders, 0)}{said['orders']}{fixed(orders / count, 1)}{said['each']}",
        ),
        Card(
            told.of_amounts(Text("Mean value", "人均价值")), f"{at[0]}/{at[1]}", mean, told.sized(mean, "amount"),
            f"{quoted['median']}&{told.amounts.joined}FIXED({middle},{digits})",
            f"{said['median']}{told.amounts.sign}{fixed(median, 2 if abs(median) < SEPARATED else 0)}",
        ),
        Card(
            Text("Top 20% hold", "前 20% 客户持有"), data.cells["top"], data.top_share, theme.PERCENT_CARD,
            f"{quoted['one']}&ROUND(100*{data.cells['one']},0)&\"%\"", f"{said['one']}{whole_percent(data.share_1)}",
        ),
        Card(
            Text("Expected orders", "预期订单数"), f"SUM({column('expected_orders')})", expected,
            told.sized(expected, "expected"),
            f"{told.ahead[0]}&{quoted['after']}&FIXED({at[4]}/{at[1]},2)&{quoted['each']}",
            f"{told.ahead[1]}{said['after']}{fixed(expected / count, 2)}{said['each']}",
        ),
        Card(
            Text("One-time buyers", "一次性客户"), f"COUNTIFS({column('orders')},1)/{at[1]}", float(once.mean()),
            theme.PERCENT_CARD, f"{quoted['of']}&ROUND(100*{of_once},0)&{quoted['value']}",
            f"{said['of']}{whole_percent(once_value)[:-1]}{said['value']}",
        ),
    ]  # fmt: skip


def draw(page: Page[B], row: int, columns: Sequence[int], contents: Sequence[Card]) -> None:
    """Draw cards of two columns each, in two halves.

    Parameters
    ----------
    page : Page
    row : int
        The row of the labels; the numbers and the lines stand below.
    columns : sequence of int
        The first column of each card.
    contents : sequence of Card
    """
    for place, height in ((row - 1, 14), (row, 28), (row + 1, 38), (row + 2, 28), (row + 3, 16)):
        page.sheet.set_row_pixels(place, height)
    for column, card in zip(columns, contents, strict=True):
        _card(page, row, column, column not in (columns[0], columns[len(columns) // 2]), card)


def _card(page: Page[B], row: int, column: int, gap: bool, card: Card) -> None:
    look: dict[str, Any] = {"bg_color": theme.LIGHT, "align": "left", "indent": 1}
    # A thick white border is the gap between two cards without a column that tables would have to cross.
    edge: dict[str, Any] = {"left": 5, "left_color": theme.WHITE} if gap else {}
    small = page.styles.get(font_size=9, valign="bottom", **look, **edge)
    large = page.styles.get(
        font_name=theme.NUMBER_FONT, font_size=20, bold=True, font_color=theme.NAVY, shrink=True,
        num_format=card.number_format if isinstance(card.number_format, str) else "#,##0", **look, **edge,
    )  # fmt: skip
    under = page.styles.get(font_size=9, valign="top", **look, **edge)
    if isinstance(card.label, Text):
        page.text(row, column, card.label, small)
    else:
        page.formula(row, column, *card.label, small, guarded=False)
    page.formula(row + 1, column, card.formula, card.value, large)
    if not isinstance(card.number_format, str):
        page.sized(row + 1, column, card.number_format)
    if card.line:
        page.formula(row + 2, column, card.line, card.line_value, under)
    else:
        page.text(row + 2, column, card.line_value, under)
    for offset in range(3):
        page.fill(row + offset, column + 1, column + 1, page.styles.get(bg_color=theme.LIGHT))
