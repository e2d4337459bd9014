"""The figures behind the charts of the Summary, as formulas a reader can follow, below its printed page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from xlclv.text import Text
from xlclv.workbook import theme
from xlclv.workbook.distribution import nice_edges
from xlclv.workbook.page import Book, Page, Setting, fixed, whole_percent

#: Shares of customers at which the curve of concentration is drawn.
POINTS = (0.0, 0.01, 0.05, *(step / 10 for step in range(1, 11)))
HALF = 0.5
#: From this limit on the title needs separators of thousands.
SEPARATED = 1000.0
#: A number no limit of a bar exceeds.
MOST = 1e300
TOP = 0.2
#: Where the line of equal value has its name.
NAMED = 0.5

B = TypeVar("B", bound=Setting)


@dataclass(frozen=True)
class ChartData:
    """Where the figures are: ranges by name (``labels``, ``counts``, ...) and titles as address and value."""

    areas: dict[str, str]
    cells: dict[str, str]
    texts: dict[str, str]
    top_share: float
    share_1: float


class Amounts(NamedTuple):
    """How amounts are joined to a text: the formula of what stands before them, what it shows, and a cell's format."""

    joined: str
    sign: str
    number_format: str


class Limit(NamedTuple):
    """A number of the bars: the formula it comes from, or None where it is typed; and what it is."""

    formula: str | None
    value: float


def write(page: Page[Book], row: int, left: int, right: int, total: str, count: str, mean: str) -> ChartData:
    """Write both blocks below each other's halves.

    Parameters
    ----------
    page : Page
    row : int
        The first row.
    left, right : int
        The first column of each half.
    total, count, mean : str
        References to the value of the base, the number of customers and the mean value.
    """
    book = page.book
    values = book.valuation.customers["clv"].to_numpy(float)
    edges = nice_edges(values)
    scale, word = _scale(edges[-1], book.language)
    amounts = Amounts(
        theme.quoted(book.currency) + "&" if book.currency else "", book.currency, theme.money(book.currency)
    )
    clv = book.column("clv")
    heading(page, row, left)
    limits = [Limit(None, edge) for edge in edges]
    bars = write_bars(page, row + 3, left, values, limits, Limit(None, scale), amounts, (clv, count, mean))
    curve = write_curve(page, row + 3, right, values, amounts, (clv, total, count))
    return ChartData(
        bars.areas | curve.areas, bars.cells | curve.cells, bars.texts | curve.texts | {"unit": word},
        curve.top_share, curve.share_1,
    )  # fmt: skip


def heading(page: Page[B], row: int, column: int, changed: Text | None = None) -> None:
    """Write what the block is, and which of its cells may be changed."""
    page.section(row, Text("Figures behind the charts", "图表背后的数字"))
    page.text(
        row + 1,
        column,
        changed
        or Text(
            "Not printed. The cells on yellow may be changed: "
            "the limits of the bars (ascending) and the points of the curve.",
            "不打印。黄色单元格可以修改：柱形的分界值（升序）与曲线上的点。",
        ),
        page.styles.subtitle(),
    )


def write_input(
    page: Page[B], row: int, column: int, value: float, number_format: str = "General", *, share: bool = False
) -> None:
    """Write a number of these figures that may be changed, to another number or, if it is one, another share."""
    say = page.book.say
    style = page.styles.cell(number_format, font_color=theme.INPUT_TEXT, bg_color=theme.INPUT_FILL, locked=False)
    page.number(row, column, value, style)
    wanted = (
        Text("Type a share from 0% to 100%.", "请输入 0% 到 100% 的比例。")
        if share
        else Text("Type a number.", "请输入数字。")
    )
    page.sheet.data_validation(
        row, column, row, column,
        {
            "validate": "decimal", "criteria": "between", "minimum": 0 if share else -MOST,
            "maximum": 1 if share else MOST,
            "error_title": say(Text("Not possible", "无法使用")), "error_message": say(wanted),
        },
    )  # fmt: skip


def write_bars(
    page: Page[B],
    row: int,
    column: int,
    values: npt.NDArray[np.float64],
    limits: Sequence[Limit],
    unit: Limit,
    amounts: Amounts,
    places: tuple[str, str, str],
) -> ChartData:
    """Write the number of customers by range of value, and the title that tells the finding.

    Parameters
    ----------
    page : Page
    row, column : int
        Where the header stands.
    values : array
        Values of the customers as they are now.
    limits : sequence of Limit
        Ascending limits between two bars each.
    unit : Limit
        What the labels are counted in.
    amounts : Amounts
    places : tuple of str
        References to the values, the number of customers and the mean.
    """
    say = page.book.say
    clv, count, mean = places
    edges = [limit.value for limit in limits]
    heads = (
        Text("Value", "价值"), Text("from", "起"), Text("to below", "止（不含）"), Text("customers", "客户数"),
        Text("share", "占比"), Text("share up to", "累计占比"),
    )  # fmt: skip
    page.head(row, column, heads)
    counts = np.diff([0, *(int((values < edge).sum()) for edge in edges), len(values)])
    share = counts / len(values)
    first, last = row + 1, row + len(counts)
    unit_row = last + 1
    unit_cell = page.ref(unit_row, column + 1)
    for place, number in enumerate(counts):
        here = first + place
        low, high = page.ref(here, column + 1), page.ref(here, column + 2)
        start = edges[place - 1] if place else None
        end = edges[place] if place < len(edges) else None
        if start is None:
            assert end is not None  # noqa: S101 - there is always one edge
            label, formula, test = f"<{_plain(end / unit.value)}", f'"<"&{high}/{unit_cell}', f'{clv},"<"&{high}'
        elif end is None:
            label, formula, test = f"{_plain(start / unit.value)}+", f'{low}/{unit_cell}&"+"', f'{clv},">="&{low}'
        else:
            label = f"{_plain(start / unit.value)}–{_plain(end / unit.value)}"
            formula, test = f'{low}/{unit_cell}&"–"&{high}/{unit_cell}', f'{clv},">="&{low},{clv},"<"&{high}'
        page.formula(here, column, formula, label, page.styles.text())
        if start is None:
            page.fill(here, column + 1, column + 1, page.styles.cell())
        else:
            page.formula(here, column + 1, page.ref(here - 1, column + 2), start, page.styles.cell())
        if end is None:
            page.fill(here, column + 2, column + 2, page.styles.cell())
        else:
            _limit(page, here, column + 2, limits[place])
        page.formula(here, column + 3, f"COUNTIFS({test})", int(number), page.styles.cell(theme.INTEGER))
        cell = page.ref(here, column + 3)
        page.formula(here, column + 4, f"{cell}/{count}", float(share[place]), page.styles.cell(theme.PERCENT))
        upto = f"SUM({page.ref(first, column + 4)}:{page.ref(here, column + 4)})"
        page.formula(here, column + 5, upto, float(share[: place + 1].sum()), page.styles.cell(theme.PERCENT))
    page.text(unit_row, column, Text("shown in units of", "显示单位"), page.styles.text())
    _limit(page, unit_row, column + 1, unit, "#,##0")
    page.text(unit_row + 1, column, Text("half of them", "半数"), page.styles.text())
    write_input(page, unit_row + 1, column + 1, HALF, "0%", share=True)
    page.text(unit_row + 2, column, Text("separators from", "千位分隔起点"), page.styles.text())
    write_input(page, unit_row + 2, column + 1, SEPARATED, "#,##0")
    upto_area = page.area(first, column + 5, last, column + 5)
    half, separated = page.ref(unit_row + 1, column + 1), page.ref(unit_row + 2, column + 1)
    place_formula = f'MIN(COUNTIF({upto_area},"<"&{half})+1,ROWS({upto_area})-1)'
    cumulated = np.cumsum(share)
    found = min(int((cumulated < HALF).sum()) + 1, len(share) - 1)
    page.text(unit_row + 3, column, Text("bar that reaches it", "达到半数的柱"), page.styles.text())
    page.formula(unit_row + 3, column + 1, place_formula, found, page.styles.cell(theme.INTEGER))
    found_cell = page.ref(unit_row + 3, column + 1)
    edge = f"INDEX({page.area(first, column + 2, last, column + 2)},{found_cell})"
    reached = f"INDEX({upto_area},{found_cell})"
    mean_value = float(values.mean())
    # Long numbers need their separators; short ones keep the decimals they have.
    limit = f"IF({edge}>={separated},FIXED({edge},0),{edge})"
    limit_text = fixed(edges[found - 1], 0) if edges[found - 1] >= SEPARATED else _plain(edges[found - 1])
    told = bool(edges[found - 1] <= mean_value and cumulated[found - 1] >= HALF)
    title = say(Text("Customers by value", "客户价值分布"))
    digits = f"IF(ABS({mean})<100,2,0)"
    mean_text = fixed(mean_value, 2 if abs(mean_value) < 100 else 0)
    sign, joined = amounts.sign, amounts.joined
    if page.book.language == "zh":
        formula = (
            f'ROUND(100*{reached},0)&"%的客户价值低于 "&{joined}{limit}&"，均值为 "&{joined}FIXED({mean},{digits})'
        )
        cached = (
            f"{whole_percent(float(cumulated[found - 1]))}的客户价值低于 {sign}{limit_text}，均值为 {sign}{mean_text}"
        )
    else:
        formula = (
            f'ROUND(100*{reached},0)&"% of customers are worth less than "&{joined}{limit}&"; the mean is "'
            f"&{joined}FIXED({mean},{digits})"
        )
        cached = (
            f"{whole_percent(float(cumulated[found - 1]))} of customers are worth less than "
            f"{sign}{limit_text}; the mean is {sign}{mean_text}"
        )
    formula = f"IF(AND({reached}>={half},{edge}<={mean}),{formula},{theme.quoted(title)})"
    cached = cached if told else title
    page.text(unit_row + 4, column, Text("title", "标题"), page.styles.text())
    page.formula(unit_row + 4, column + 1, formula, cached, page.styles.get())
    return ChartData(
        {
            "labels": page.area(first, column, last, column, outside=True),
            "counts": page.area(first, column + 3, last, column + 3, outside=True),
        },
        {"bars_title": page.ref(unit_row + 4, column + 1, outside=True), "unit": unit_cell, "separated": separated},
        {"bars_title": cached},
        0.0,
        0.0,
    )


def _limit(page: Page[B], row: int, column: int, limit: Limit, number_format: str = "General") -> None:
    """Write a number that may be changed, or the formula it comes from."""
    if limit.formula is None:
        write_input(page, row, column, limit.value, number_format)
    else:
        page.formula(row, column, limit.formula, limit.value, page.styles.cell(number_format))


def write_curve(
    page: Page[B],
    row: int,
    column: int,
    values: npt.NDArray[np.float64],
    amounts: Amounts,
    places: tuple[str, str, str],
) -> ChartData:
    """Write the share of value the best customers hold, and the title that tells the finding.

    Parameters
    ----------
    page : Page
    row, column : int
        Where the header stands.
    values : array
        Values of the customers as they are now.
    amounts : Amounts
    places : tuple of str
        References to the values, the value of the base and the number of customers.
    """
    say, language = page.book.say, page.book.language
    clv, total, count = places
    values = np.sort(values)[::-1]
    whole = float(values.sum())
    heads = (
        Text("best customers", "最好的客户"), Text("number", "人数"), Text("value there", "该处价值"),
        Text("share of value", "价值占比"), Text("if equal", "若均等"),
    )  # fmt: skip
    page.head(row, column, heads, texts=0)
    n = len(values)
    shares: dict[float, float] = {}
    for place, point in enumerate(POINTS):
        here = row + 1 + place
        share_cell, number, limit = (page.ref(here, column + offset) for offset in (0, 1, 2))
        write_input(page, here, column, point, "0%", share=True)
        page.formula(here, column + 1, f"{share_cell}*{count}", point * n, page.styles.cell(theme.DECIMAL_1))
        position = min(n, max(1, int(np.ceil(point * n))))
        there = float(values[position - 1])
        # What is worth more than the customer at the limit counts whole, the customers at the limit as far as needed:
        # sorting the table or ties in the ranks change nothing.
        page.formula(
            here, column + 2, f"LARGE({clv},MAX(1,ROUNDUP({number},0)))", there,
            page.styles.cell(amounts.number_format),
        )  # fmt: skip
        above = values > there
        held = float(values[above].sum()) + (point * n - int(above.sum())) * there
        shares[point] = held / whole if whole > 0 else 0.0
        more = f"SUMPRODUCT(({clv}>{limit})*{clv})+({number}-SUMPRODUCT(--({clv}>{limit})))*{limit}"
        page.formula(
            here, column + 3, f"IF({total}>0,({more})/{total},0)", shares[point], page.styles.cell(theme.PERCENT)
        )
        page.formula(here, column + 4, share_cell, point, page.styles.cell(theme.PERCENT), guarded=False)
    first, last = row + 1, row + len(POINTS)
    top_row, one_row, name_row = (first + POINTS.index(point) for point in (TOP, 0.01, NAMED))
    top, part = page.ref(top_row, column + 3), page.ref(top_row, column)
    texts: dict[str, str] = {}
    cells: dict[str, str] = {}
    plain = say(Text("Share of value held by the best customers", "最好的客户所占的价值份额"))
    if language == "zh":
        formula = f'"最好的 "&ROUND(100*{part},0)&"% 客户贡献 "&ROUND(100*{top},0)&"% 的价值"'
        cached = f"最好的 20% 客户贡献 {whole_percent(shares[TOP])} 的价值"
    else:
        formula = f'"The best "&ROUND(100*{part},0)&"% of customers hold "&ROUND(100*{top},0)&"% of the value"'
        cached = f"The best 20% of customers hold {whole_percent(shares[TOP])} of the value"
    # Said only where the best hold at least twice their part: else it is no news.
    cells["curve_title"], texts["curve_title"] = (
        page.ref(last + 1, column + 1, outside=True),
        cached if shares[TOP] >= 2 * TOP else plain,
    )
    page.text(last + 1, column, Text("title", "标题"), page.styles.text())
    page.formula(
        last + 1, column + 1, f"IF({top}>=2*{part},{formula},{theme.quoted(plain)})", texts["curve_title"],
        page.styles.get(),
    )  # fmt: skip
    cells |= {"top": top, "one": page.ref(one_row, column + 3)}
    return ChartData(
        {
            "points": page.area(first, column, last, column, outside=True),
            "shares": page.area(first, column + 3, last, column + 3, outside=True),
            "equal": page.area(first, column + 4, last, column + 4, outside=True),
            "top_point": page.area(top_row, column, top_row, column, outside=True),
            "name_point": page.area(name_row, column, name_row, column, outside=True),
            "top_share": page.area(top_row, column + 3, top_row, column + 3, outside=True),
        },
        cells,
        texts,
        shares[TOP],
        shares[0.01],
    )


def _plain(number: float) -> str:
    """Return a number as a spreadsheet joins it to a text."""
    return format(Decimal(f"{number:.12g}").normalize(), "f")


def _scale(largest: float, language: str) -> tuple[float, str]:
    """Return the unit the labels of the bars are shown in, with its word."""
    size = abs(largest)
    steps = [(1e8, "亿"), (1e4, "万")] if language == "zh" else [(1e9, "billion"), (1e6, "million"), (1e4, "thousand")]
    for start, word in steps:
        if size >= start:
            return (1e3 if word == "thousand" else start), word
    return 1.0, ""
