"""The Summary sheet: the findings on one page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlclv.text import Text
from xlclv.workbook import cards, chart_data, labels, summary_charts, theme
from xlclv.workbook.chart_data import ChartData
from xlclv.workbook.method_sheet import Model
from xlclv.workbook.page import Book, Page
from xlclv.workbook.segments_sheet import Segments

#: Two halves of six columns; cards take two, charts and tables a half.
WIDTHS = (2.0, *([13.0] * 6), 2.0, *([13.0] * 6), 2.0)
LEFT, RIGHT, LAST = 1, 8, 13
CARDS = (1, 3, 5, 8, 10, 12)
CARD_ROW = 4
CHART_ROW = 8
CHART_ROWS = 19
TABLE_ROW = CHART_ROW + CHART_ROWS + 1
DATA_ROW = TABLE_ROW + 13
HALF_PIXELS = 6 * 96


@dataclass(frozen=True)
class Summary:
    """The written sheet, and the range of the chart that has to hold every customer."""

    page: Page[Book]
    counts: str


def create(book: Book) -> Page[Book]:
    """Add the empty sheet, so that it comes first."""
    return Page(book, labels.SUMMARY, WIDTHS)


def write(page: Page[Book], segments: Segments, model: Model, names: Mapping[str, Text]) -> Summary:
    """Write the sheet over the tables of the others."""
    book = page.book
    page.heading(book.title, _subtitle(book))
    total, count, mean = (page.ref(CARD_ROW + 1, column) for column in (CARDS[0], CARDS[1], CARDS[2]))
    data = chart_data.write(page, DATA_ROW, LEFT, RIGHT, total, count, mean)
    cards.write(page, CARD_ROW, CARDS, data)
    size = (HALF_PIXELS, CHART_ROWS * 20)
    summary_charts.bars(page, (CHART_ROW, LEFT), size, data, (_axis_name(book, data), None))
    summary_charts.curve(page, (CHART_ROW, RIGHT), size, data)
    bottom = max(_tiers(page, segments, names), _model(page, model))
    page.text(
        bottom + 2,
        LEFT,
        Text(
            "Every figure is a formula over the sheets that follow; "
            "what each one means, the data left out and the checks are on the sheet Method.",
            "所有数字都是基于后续各表的公式；各项含义、未采用的数据与检查结果见“方法”表。",
        ),
        page.styles.note(),
    )
    page.printing(bottom + 2, LAST + 1, tall=1, as_of=book.valuation.settings.as_of)
    return Summary(page, data.areas["counts"])


def _subtitle(book: Book) -> str:
    valuation = book.valuation
    settings, counts = valuation.settings, valuation.counts
    ahead = labels.horizon(settings.periods, settings.period)
    model = f"{settings.model} with {valuation.spend.name}"
    english = [
        f"As of {labels.long_date(settings.as_of, 'en')}",
        f"{counts.orders:,} orders of {counts.customers:,} customers",
        ahead.en,
        f"margin {labels.percent(settings.margin)}",
    ]
    chinese = [
        f"截至 {labels.long_date(settings.as_of, 'zh')}",
        f"{counts.customers:,} 位客户的 {counts.orders:,} 笔订单",
        ahead.zh,
        f"利润率 {labels.percent(settings.margin)}",
    ]
    if settings.discount_rate:
        english.append(f"discount {labels.percent(settings.discount_rate)} {labels.EACH[settings.period].en}")
        chinese.append(f"折现率{labels.EACH[settings.period].zh} {labels.percent(settings.discount_rate)}")
    english.append(model)
    chinese.append(f"{settings.model} 与 {valuation.spend.name} 模型")
    return book.say(Text(" · ".join(english), " · ".join(chinese)))


def _axis_name(book: Book, data: ChartData) -> str:
    """Return what the bars are counted by."""
    settings = book.valuation.settings
    ahead = labels.horizon(settings.periods, settings.period)
    unit = " ".join(part for part in (book.currency, data.texts["unit"]) if part)
    return book.say(Text(f"Value in the {ahead.en}", f"{ahead.zh}的价值")) + (f" ({unit})" if unit else "")


def _tiers(page: Page[Book], segments: Segments, names: Mapping[str, Text]) -> int:
    """Write the tiers, as references to the sheet Segments; return the last row."""
    book, styles = page.book, page.styles
    source, block = segments.page, segments.blocks["tier"]
    table = book.valuation.tiers
    page.section(TABLE_ROW, labels.GROUPS["tier"])
    unit = f" ({book.currency})" if book.currency else ""
    heads = [
        labels.COLUMNS["tier"].of(book.language).capitalize(),
        book.say(Text("Customers", "客户数")),
        book.say(Text("% of base", "客户占比")),
        book.say(Text("Value", "价值")) + unit,
        book.say(Text("% of value", "价值占比")),
        book.say(Text("Mean", "人均价值")) + unit,
    ]
    row = TABLE_ROW + 1
    page.head(row, LEFT, heads)
    decimals = theme.money_decimals(float(table["clv"].sum()))
    formats = (theme.INTEGER, theme.PERCENT, theme.money("", decimals), theme.PERCENT, theme.money(""))
    fields = ("customers", "share", "clv", "share_clv", "mean_clv")
    for offset, record in enumerate(table.to_dict("records")):
        row = TABLE_ROW + 2 + offset
        page.sheet.set_row_pixels(row, 22)
        word = book.group(str(record["tier"]), names)
        page.formula(row, LEFT, source.ref(block.first + offset, 1, outside=True), word, styles.text())
        for place, name in enumerate(fields, 1):
            cell = source.ref(block.first + offset, place + 1, outside=True)
            style = styles.cell(formats[place - 1], shrink=True)
            page.formula(row, LEFT + place, cell, float(record[name]), style)
    first, last = TABLE_ROW + 2, TABLE_ROW + 1 + len(table)
    page.bars(first, LEFT + 2, last)
    page.bars(first, LEFT + 4, last)
    total = last + 1
    page.sheet.set_row_pixels(total, 24)
    page.text(total, LEFT, labels.TOTAL, styles.text(bold=True))
    values = (
        float(table["customers"].sum()), float(table["share"].sum()), float(table["clv"].sum()),
        float(table["share_clv"].sum()), float(table["clv"].sum()) / float(table["customers"].sum()),
    )  # fmt: skip
    for place, value in enumerate(values, 1):
        column = LEFT + place
        formula = f"SUM({page.area(first, column, last, column)})"
        if place == 5:
            formula = f"{page.ref(total, LEFT + 3)}/{page.ref(total, LEFT + 1)}"
        page.formula(total, column, formula, value, styles.cell(formats[place - 1], bold=True, shrink=True))
    return total


def _model(page: Page[Book], model: Model) -> int:
    """Write the parameters of the model of ordering, as references to the sheet Method; return the last row."""
    book, styles = page.book, page.styles
    title = Text(f"Model: {book.valuation.settings.model}", f"模型：{book.valuation.settings.model}")
    page.text(TABLE_ROW, RIGHT, title, styles.section())
    heads = (
        labels.PARAMETER, labels.GOVERNS_HEAD, labels.ESTIMATE, labels.STANDARD_ERROR, labels.LOWER, labels.UPPER,
    )  # fmt: skip
    page.head(TABLE_ROW + 1, RIGHT, heads, texts=2)
    row = TABLE_ROW + 1
    for name, cells in model.orders.items():
        row += 1
        page.sheet.set_row_pixels(row, 22)
        page.text(row, RIGHT, name, styles.text())
        page.text(row, RIGHT + 1, labels.GOVERNS.get(("orders", name), ""), styles.text())
        for place, (cell, value) in enumerate(cells, 2):
            page.formula(row, RIGHT + place, cell, value, styles.cell(theme.DECIMAL_3, shrink=True))
    return row
