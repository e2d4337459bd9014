"""The Segments sheet: segments, tiers and stages, each a table of formulas over the customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from xlclv.text import Text
from xlclv.workbook import charts, labels, theme
from xlclv.workbook.page import Book, Page, whole_percent

WIDTHS = (2.0, 24.0, 11.0, 11.0, 14.0, 11.0, 13.0, 11.0, 14.0, 2.0, *([11.0] * 6))
TABLES = {"segment": "Segments", "tier": "Tiers", "stage": "Stages"}
LAST_COLUMN = 15
CHART_WIDTH = 492

#: Heights in pixels, so that the chart ends where the last table ends.
SECTION, HEAD, ROW, GAP = 28, 40, 22, 2 * 20


@dataclass(frozen=True)
class Block:
    """Where a table of groups stands: its header row, its group names as stored, and where its rows end."""

    head: int
    stored: tuple[str, ...]

    @property
    def first(self) -> int:
        """The first row of data."""
        return self.head + 1

    @property
    def last(self) -> int:
        """The last row of data."""
        return self.head + len(self.stored)


@dataclass(frozen=True)
class Segments:
    """The written sheet and its tables."""

    page: Page[Book]
    blocks: dict[str, Block]


def create(book: Book) -> Page[Book]:
    """Add the empty sheet, so that it comes before those it refers to."""
    return Page(book, labels.SEGMENTS, WIDTHS)


def write(page: Page[Book], names: Mapping[str, Text], as_of: str) -> Segments:
    """Write the sheet; ``as_of`` is the reference to the cell with the as-of date."""
    book = page.book
    valuation = book.valuation
    page.heading(
        book.say(Text("Segments, tiers and stages", "客户分群、价值层级与生命周期阶段")),
        book.say(
            Text(
                f"{len(valuation.customers):,} customers, each in exactly one segment, one tier and one stage · as of "
                f"{labels.long_date(valuation.settings.as_of, 'en')} · "
                "every figure is a formula over the sheet Customers",
                f"{len(valuation.customers):,} 位客户，每位恰属一个分群、一个层级、一个阶段 · 截至 "
                f"{labels.long_date(valuation.settings.as_of, 'zh')} · 所有数字均为“客户”表上的公式",
            )
        ),
    )
    blocks: dict[str, Block] = {}
    row = 4
    for key, table in (("segment", valuation.segments), ("tier", valuation.tiers), ("stage", valuation.stages)):
        page.section(row, labels.GROUPS[key])
        blocks[key] = _block(page, row + 1, key, table, names, as_of)
        row = blocks[key].last + 3
    rows = sum(len(block.stored) for block in blocks.values())
    _chart(page, blocks["segment"], names, 3 * (SECTION + HEAD) + 2 * GAP + rows * ROW)
    page.printing(row - 2, LAST_COLUMN, tall=1, as_of=book.valuation.settings.as_of)
    return Segments(page, blocks)


def _block(page: Page[Book], head: int, key: str, table: pd.DataFrame, names: Mapping[str, Text], as_of: str) -> Block:
    book = page.book
    heads = [labels.COLUMNS[key], *labels.GROUP_COLUMNS.values()]
    say = [book.say(name) for name in heads]
    block = Block(head, tuple(str(value) for value in table[key]))
    page.sheet.set_row_pixels(head, HEAD)
    page.sheet.add_table(
        head,
        1,
        block.last,
        len(heads),
        {
            "name": TABLES[key],
            "style": None,
            "autofilter": False,
            "columns": [
                {"header": name, "header_format": page.styles.head("right" if place else "left")}
                for place, name in enumerate(say)
            ],
        },
    )
    money = theme.money(book.currency, theme.money_decimals(float(table["clv"].abs().max())))
    formats = {
        "customers": theme.INTEGER,
        "share": theme.PERCENT,
        "clv": money,
        "share_clv": theme.PERCENT,
        "mean_clv": theme.money(book.currency, theme.money_decimals(float(table["mean_clv"].abs().max()))),
        "mean_orders": theme.DECIMAL_2,
        "mean_days_since": theme.INTEGER,
    }
    for offset, record in enumerate(table.to_dict("records")):
        row = block.first + offset
        page.sheet.set_row_pixels(row, ROW)
        page.text(row, 1, book.group(str(record[key]), names), page.styles.text())
        formulas = _formulas(page, row, key, as_of)
        for place, (name, number_format) in enumerate(formats.items(), 2):
            page.formula(row, place, formulas[name], float(record[name]), page.styles.cell(number_format, shrink=True))
    page.bars(block.first, 3, block.last)
    page.bars(block.first, 5, block.last)
    return block


def _formulas(page: Page[Book], row: int, key: str, as_of: str) -> dict[str, str]:
    """Return the formulas of one row, by column name."""
    column = page.book.column
    group, count, value = f"$B{row + 1}", f"$C{row + 1}", f"$E{row + 1}"
    return {
        "customers": f"COUNTIFS({column(key)},{group})",
        "share": f"{count}/ROWS({column('clv')})",
        "clv": f"SUMIFS({column('clv')},{column(key)},{group})",
        "share_clv": f"IF(SUM({column('clv')})>0,{value}/SUM({column('clv')}),0)",
        "mean_clv": f"IF({count}=0,0,{value}/{count})",
        "mean_orders": f"IF({count}=0,0,SUMIFS({column('orders')},{column(key)},{group})/{count})",
        "mean_days_since": f"IF({count}=0,0,{as_of}-SUMIFS({column('last')},{column(key)},{group})/{count})",
    }


def _chart(page: Page[Book], block: Block, names: Mapping[str, Text], height: int) -> None:
    """Draw what share of customers and of value each segment has."""
    book = page.book
    title = _finding(page, block, names)
    chart = charts.make(book, "bar")
    for column, color in ((3, theme.LINE), (5, theme.TEAL)):
        chart.add_series(
            {
                "name": "=" + page.ref(block.head, column, outside=True),
                "categories": "=" + page.area(block.first, 1, block.last, 1, outside=True),
                "values": "=" + page.area(block.first, column, block.last, column, outside=True),
                "fill": {"color": color},
                "border": {"none": True},
                "gap": 45,
                "overlap": -5,
                "data_labels": {
                    "value": True,
                    "num_format": "[<0.1]0.0%;0%",
                    "font": charts.font(book, name=theme.NUMBER_FONT),
                },
            }
        )
    chart.set_legend({"position": "bottom", "font": charts.font(book)})
    chart.set_y_axis(charts.axis(book, "", reverse=True, num_font=charts.font(book, color=theme.INK)))
    chart.set_x_axis(
        charts.axis(
            book,
            book.say(Text("Share of all customers and of all value", "占全部客户与全部价值的比例")),
            "0%",
            line={"none": True},
            min=0,
            label_position="none",
        )
    )
    charts.place(
        page, chart, 4, 10, (CHART_WIDTH, height), title,
        book.say(Text("Bars per segment: share of customers and of value", "各分群的客户占比与价值占比条形图")),
    )  # fmt: skip


def _finding(page: Page[Book], block: Block, names: Mapping[str, Text]) -> tuple[str, str]:
    """Write the chart's title as a formula into the cell behind it, and return its address and value."""
    book, table = page.book, page.book.valuation.segments
    names_area, shares_area, values_area = (page.area(block.first, column, block.last, column) for column in (1, 3, 5))
    place = f"MATCH(MAX({values_area}),{values_area},0)"
    name, share, value = (f"INDEX({area},{place})" for area in (names_area, shares_area, values_area))
    plain = book.say(Text("Customers and value by segment", "各分群的客户与价值"))
    row = 4  # behind the chart, which shows the same text
    best = table.iloc[int(table["share_clv"].to_numpy().argmax())]
    group = book.group(str(best["segment"]), names)
    if book.language == "zh":
        text = f'{name}&"占客户的"&ROUND(100*{share},0)&"%，贡献"&ROUND(100*{value},0)&"%的价值"'
        cached = f"{group}占客户的{whole_percent(best['share'])}，贡献{whole_percent(best['share_clv'])}的价值"
    else:
        text = f'{name}&": "&ROUND(100*{share},0)&"% of customers, "&ROUND(100*{value},0)&"% of the value"'
        cached = (
            f"{group}: {whole_percent(best['share'])} of customers, {whole_percent(best['share_clv'])} of the value"
        )
    told = bool(best["share_clv"] > best["share"])
    formula = f"IF({value}>{share},{text},{theme.quoted(plain)})"
    cached = cached if told else plain
    page.formula(row, 10, formula, cached, page.styles.note())
    return page.ref(row, 10, outside=True), cached
