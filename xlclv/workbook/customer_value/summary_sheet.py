"""The sheet Summary: the findings on one page, all of it formulas that follow a Refresh."""

from __future__ import annotations

from typing import Final

import pandas as pd

from xlclv.labels import TIERS
from xlclv.models import FittedModel
from xlclv.text import Text
from xlclv.workbook import cards, labels, summary_charts, theme
from xlclv.workbook import summary_sheet as report
from xlclv.workbook.cards import Kind, Told
from xlclv.workbook.chart_data import Amounts
from xlclv.workbook.contract import ORDER_MODEL
from xlclv.workbook.customer_value import setting, summary_data, words
from xlclv.workbook.customer_value.setting import Template
from xlclv.workbook.customer_value.words import Words
from xlclv.workbook.page import Page
from xlclv.workbook.summary_sheet import CARD_ROW, CARDS, CHART_ROW, LEFT, RIGHT, TABLE_ROW

MARK: Final = (report.LAST - 1, report.LAST)
#: The most parameters a model of orders has.
PARAMETERS: Final = 6
NOTE_ROW: Final = TABLE_ROW + PARAMETERS + 3

#: What stands in the columns of the model table, after the name and what it governs.
_FIELDS: Final = ("value", "standard_error", "lower", "upper")


def write(book: Template) -> Page[Template]:
    """Write the sheet."""
    page: Page[Template] = Page(book, setting.SUMMARY, report.WIDTHS)
    total, count, mean = (page.ref(CARD_ROW + 1, column) for column in CARDS[:3])
    data, said = summary_data.write(page, report.DATA_ROW, LEFT, RIGHT, total, count, mean)
    _heading(page, said)
    frame = _customers(book)
    told = Told(
        Amounts("in_currency&", words.currency(book), ""),
        (said.cell("horizon"), said.horizon),
        (said.cell("under_value"), said.under_value),
        lambda label: words.labelled(book, label),
        lambda _value, kind: _formats(book, kind),
    )
    cards.draw(page, CARD_ROW, CARDS, cards.figures(page, CARD_ROW, CARDS, data, frame, book.column, told))
    size = (report.HALF_PIXELS, report.CHART_ROWS * 20)
    axis = (data.texts["axis"], data.cells["axis"])
    summary_charts.bars(page, (CHART_ROW, LEFT), size, data, axis)
    summary_charts.curve(page, (CHART_ROW, RIGHT), size, data)
    _tiers(page, total, count)
    _model(page, said)
    note = Text(
        "Every figure is a formula over the table CustomerValues; "
        "what can be trusted of them is on the sheet Checks.",
        "所有数字都是基于 CustomerValues 表的公式；是否可信见“检查”表。",
    )  # fmt: skip
    page.text(NOTE_ROW, LEFT, note, page.styles.note())
    page.printing(NOTE_ROW, report.LAST + 1, tall=1)
    return page


def _heading(page: Page[Template], said: Words) -> None:
    """Write the title and the grey line below it, which follow inputs and results."""
    page.heading("", "")
    for row, name, value, style in (
        (1, "title", said.title, page.styles.title()),
        (2, "subtitle", said.subtitle, page.styles.subtitle()),
    ):
        page.formula(row, LEFT, said.cell(name), value, style, guarded=False)


def _customers(book: Template) -> pd.DataFrame:
    """Return the customers, or one for figures that nobody sees."""
    if book.example is not None:
        return book.example.customers
    return pd.DataFrame({"clv": [1.0], "orders": [1], "expected_orders": [1.0]})


def _formats(book: Template, kind: Kind) -> list[tuple[float, str]]:
    """Return the formats of a key figure by its size."""
    steps = theme.ladder(book.language, whole=kind != "amount")
    if kind != "count":
        return steps
    return [*(step for step in steps if step[0] > cards.IN_FULL / 2), (0.0, "#,##0")]


def _tiers(page: Page[Template], total: str, count: str) -> None:
    """Write customers and value by tier."""
    book, styles = page.book, page.styles
    page.section(TABLE_ROW, labels.GROUPS["tier"])
    head = TABLE_ROW + 1
    names = (
        labels.COLUMNS["tier"].of(book.language).capitalize(), Text("Customers", "客户数"),
        Text("% of base", "客户占比"), Text("Value", "价值"), Text("% of value", "价值占比"), Text("Mean", "人均价值"),
    )  # fmt: skip
    page.head(head, LEFT, names)
    for column, label in ((LEFT + 3, names[3]), (LEFT + 5, names[5])):
        assert isinstance(label, Text)  # noqa: S101 - the first alone is a str
        page.formula(head, column, *words.labelled(book, label), styles.head("right"), guarded=False)
    formats = (theme.INTEGER, theme.PERCENT, theme.DECIMAL_2, theme.PERCENT, theme.DECIMAL_2)
    frame = _tiers_of(book)
    clv, tier = book.column("clv"), book.column("tier")
    for row, name in enumerate(TIERS, head + 1):
        page.sheet.set_row_pixels(row, 22)
        page.text(row, LEFT, name, styles.text())
        cells = [page.ref(row, LEFT + place) for place in range(6)]
        formulas = (
            f"COUNTIFS({tier},{cells[0]})", f"{cells[1]}/{count}", f"SUMIFS({clv},{tier},{cells[0]})",
            f"IF({total}>0,{cells[3]}/{total},0)", f"IF({cells[1]}=0,0,{cells[3]}/{cells[1]})",
        )  # fmt: skip
        values = frame.loc[name.en].to_numpy(float).tolist()
        for place, (formula, value) in enumerate(zip(formulas, values, strict=True), 1):
            style = styles.cell(formats[place - 1], shrink=True)
            page.formula(row, LEFT + place, formula, value, style)
    first, last = head + 1, head + len(TIERS)
    for column in (LEFT + 2, LEFT + 4):
        page.bars(first, column, last)
    _sums(page, first, last, frame, formats)
    for row in range(first, last + 2):
        for column in (LEFT + 3, LEFT + 5):
            page.sized(row, column, _money(), page.ref(last + 1 if column == LEFT + 3 else first, column))


def _money() -> list[tuple[float, str]]:
    """Return the formats of an amount in a table: no decimals where they do not matter."""
    return [(10_000.0, theme.INTEGER), (0.0, theme.DECIMAL_2)]


def _sums(page: Page[Template], first: int, last: int, frame: pd.DataFrame, formats: tuple[str, ...]) -> None:
    """Write the sums below the tiers."""
    row = last + 1
    page.sheet.set_row_pixels(row, 24)
    page.text(row, LEFT, labels.TOTAL, page.styles.text(bold=True))
    sums = frame.sum()
    values = [*sums.tolist()[:4], sums["clv"] / sums["customers"] if sums["customers"] else 0.0]
    for place, value in enumerate(values, 1):
        column = LEFT + place
        formula = f"SUM({page.area(first, column, last, column)})"
        if place == 5:
            customers = page.ref(row, LEFT + 1)
            formula = f"IF({customers}=0,0,{page.ref(row, LEFT + 3)}/{customers})"
        page.formula(row, column, formula, float(value), page.styles.cell(formats[place - 1], bold=True, shrink=True))


def _tiers_of(book: Template) -> pd.DataFrame:
    """Return customers, share, value, share of value and mean by tier, a row for each tier there may be."""
    names = [tier.en for tier in TIERS]
    fields = ["customers", "share", "clv", "share_clv", "mean_clv"]
    if book.example is None:
        return pd.DataFrame(0.0, index=names, columns=fields)
    return book.example.tiers.set_index("tier")[fields].reindex(names, fill_value=0.0)


def _model(page: Page[Template], said: Words) -> None:
    """Write the parameters of the model of ordering, as many as it has."""
    book, styles = page.book, page.styles
    title = book.say(Text("Model", "模型"))
    colon = book.say(Text(": ", "："))
    model = book.value("out_model") if book.content is not None else ""
    formula = f'{theme.quoted(title)}&IF({setting.READY},{theme.quoted(colon)}&out_model,"")'
    shown = f"{title}{colon}{model}" if model else title
    page.formula(TABLE_ROW, RIGHT, formula, shown, styles.section(), guarded=False)
    heads = (
        labels.PARAMETER, labels.GOVERNS_HEAD, labels.ESTIMATE, labels.STANDARD_ERROR, labels.LOWER, labels.UPPER,
    )  # fmt: skip
    page.head(TABLE_ROW + 1, RIGHT, heads, texts=2)
    first = TABLE_ROW + 2
    names = book.column("parameter", ORDER_MODEL)
    fitted = book.example.model if book.example is not None else None
    params = list(fitted.params) if fitted is not None else []
    rule = book.workbook.add_format({"bottom": 1, "bottom_color": theme.LINE})
    for number in range(PARAMETERS):
        row = first + number
        page.sheet.set_row_pixels(row, 22)
        name = params[number] if number < len(params) else ""
        # Below the rows of the model and its period, above that of the number of customers.
        place = f"ROWS({page.area(first, RIGHT, row, RIGHT)})+2"
        there = f'{place}<MATCH("customers",{names},0)'
        here = page.ref(row, RIGHT)
        page.formula(row, RIGHT, f'IF({there},INDEX({names},{place}),"")', name, styles.get(indent=1))
        governs = book.say(labels.GOVERNS.get(("orders", name), "")) if name else ""
        page.formula(row, RIGHT + 1, f'IF({here}="","",{said.governs(here)})', governs, styles.get(indent=1))
        numbers = _numbers(fitted, name)
        for column, (field, value) in enumerate(zip(_FIELDS, numbers, strict=True), RIGHT + 2):
            cell = f"INDEX({book.column(field, ORDER_MODEL)},{place})"
            formula = f'IF({here}="","",IF({cell}="","–",{cell}))'
            style = styles.get(num_format=theme.DECIMAL_3, font_name=theme.NUMBER_FONT, align="right", shrink=True)
            page.formula(row, column, formula, value, style)
    page.sheet.conditional_format(
        first, RIGHT, first + PARAMETERS - 1, report.LAST,
        {"type": "formula", "criteria": f'=${page.ref(first, RIGHT).split("$")[1]}{first + 1}<>""', "format": rule},
    )  # fmt: skip


def _numbers(fitted: FittedModel | None, name: str) -> list[float | str]:
    """Return estimate, standard error and limits of a parameter; a dash where there is none."""
    if fitted is None or not name:
        return [""] * len(_FIELDS)
    lower, upper = fitted.limits.get(name, (None, None))
    numbers = (fitted.params[name], fitted.standard_errors.get(name), lower, upper)
    return ["–" if number is None else float(number) for number in numbers]
