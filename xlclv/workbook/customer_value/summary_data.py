"""The figures behind the charts of the Summary: formulas that find limits, units and words from any customers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from xlclv.text import Text
from xlclv.workbook import chart_data, distribution, theme
from xlclv.workbook.chart_data import Amounts, ChartData, Limit
from xlclv.workbook.customer_value import words
from xlclv.workbook.customer_value.setting import READY, Template
from xlclv.workbook.customer_value.words import Size, Words
from xlclv.workbook.distribution import LADDERS, LIMITS, Limits
from xlclv.workbook.page import Page

#: Rows between the top of the block and that of the charts' figures, and on to that of what they are found from.
FIGURES, SOURCES = 3, 20

CHANGED: Final = Text(
    "Not printed. Cells on yellow may be changed: how the limits of the bars are found, and the points of the curve.",
    "不打印。黄色单元格可以修改：柱形分界值的取法与曲线上的点。",
)
WAITING: Final[dict[str, Text]] = {
    "bars_title": Text("Customers by value: the chart appears after Refresh", "客户价值分布：刷新后在此显示"),
    "curve_title": Text("Share of value of the best customers: after Refresh", "最好客户的价值份额：刷新后在此显示"),
}


def write(
    page: Page[Template], row: int, left: int, right: int, total: str, count: str, mean: str
) -> tuple[ChartData, Words]:
    """Write the block below the printed page.

    Parameters
    ----------
    page : Page
    row : int
        The first row.
    left, right : int
        The first column of each half.
    total, count, mean : str
        References to the value of the base, the number of customers and the mean value.

    Returns
    -------
    ChartData
        With the name of the horizontal axis of the bars as ``axis``.
    Words
    """
    book = page.book
    values = customer_values(book)
    clv = book.column("clv")
    chart_data.heading(page, row, left, CHANGED)
    said = Words(book)
    found = distribution.nice_limits(values)
    limits, highest = _limits(page, row + SOURCES, left, clv, count, found)
    divisor, _letter, word = said.unit(Size(highest, found.values[-1]))
    words.write(page, word)
    amounts = Amounts("in_currency&", words.currency(book), theme.DECIMAL_2)
    start = row + FIGURES
    bars = chart_data.write_bars(page, start, left, values, limits, Limit(*divisor), amounts, (clv, count, mean))
    curve = chart_data.write_curve(page, start, right, values, amounts, (clv, total, count))
    data = ChartData(
        bars.areas | curve.areas, bars.cells | curve.cells, bars.texts | curve.texts, curve.top_share, curve.share_1
    )
    for name, at, column in (("bars_title", start + LIMITS + 7, left), ("curve_title", start + 15, right)):
        data.cells[name], data.texts[name] = _shown(page, at, column, data, name)
    data.cells["axis"], data.texts["axis"] = said.cell("axis"), said.axis_name(word[1])
    return data, said


def customer_values(book: Template) -> npt.NDArray[np.float64]:
    """Return the values of the customers; one of 1 where there is none, for figures that nobody sees."""
    return np.ones(1) if book.example is None else book.example.customers["clv"].to_numpy(float)


def _shown(page: Page[Template], row: int, column: int, data: ChartData, name: str) -> tuple[str, str]:
    """Write the title a chart shows, which says what will appear while there are no figures; return its cell."""
    waiting = page.book.say(WAITING[name])
    value = data.texts[name] if page.book.content is not None else waiting
    page.text(row, column, Text("title shown", "所示标题"), page.styles.text())
    formula = f"IF({READY},{data.cells[name]},{theme.quoted(waiting)})"
    page.formula(row, column + 1, formula, value, page.styles.get(), guarded=False)
    return page.ref(row, column + 1, outside=True), value


@dataclass(frozen=True)
class _Line:
    """One row of what the limits are found from: typed, or a formula with its value."""

    name: str
    label: Text
    number_format: str
    value: float
    formula: str | None = None


def _limits(
    page: Page[Template], row: int, column: int, clv: str, count: str, found: Limits
) -> tuple[list[Limit], str]:
    """Write how the limits of the bars are found; return them and the cell of the highest."""
    page.head(row, column, (Text("Limits of the bars", "柱形的分界值"), Text("", "")))
    names = (
        "lowest", "highest", "few", "base", "negative", "positive", "low", "high", "ratio", "kind", "rungs", "power",
        "top", "rough", "step_power", "step", "needed", "first",
    )  # fmt: skip
    at = {name: page.ref(row + place, column + 1) for place, name in enumerate(names, 1)}
    table = column + 3
    starts = page.area(row + 1, table, row + 1, table + len(LADDERS) - 1)
    rungs = page.area(row + 2, table, row + 1 + _most(), table + len(LADDERS) - 1)
    last = row + _most() + 2 + LIMITS
    chosen, equal = f"INDEX({rungs},0,{at['kind']})", f"INDEX({rungs},0,1)"
    limits = f"ROWS({page.area(last - LIMITS + 1, table, last, table)})"
    for place, line in enumerate(_lines(found, at, clv, count, starts, chosen, equal, limits), 1):
        page.text(row + place, column, line.label, page.styles.text())
        if line.formula is None:
            chart_data.write_input(page, row + place, column + 1, line.value, line.number_format)
        else:
            page.formula(row + place, column + 1, line.formula, line.value, page.styles.cell(line.number_format))
    _ladders(page, row, table)
    return _rows(page, last - LIMITS, table, at, rungs, found), page.ref(last, table + 2)


def _most() -> int:
    return max(len(rungs) for _start, rungs in LADDERS)


def _lines(
    found: Limits, at: dict[str, str], clv: str, count: str, starts: str, chosen: str, equal: str, limits: str
) -> list[_Line]:
    general = "General"
    low = f"SMALL({clv},{count}-{at['positive']}+MAX(1,ROUNDUP({at['lowest']}*{at['positive']},0)))"
    ladder = f'COUNTIF({chosen},"<="&{at["high"]}/{at["base"]}^{at["power"]})'
    width = f'MIN(COUNTIF({equal},"<"&{at["rough"]}/{at["base"]}^{at["step_power"]})+1,COUNT({equal}))'
    below = f"INT({at['low']}/{at['step']})"
    first = f"{below}+1-INT(({limits}-{at['needed']})/2)"
    return [
        _Line("lowest", Text("left below the limits", "低于分界值的比例"), "0.0%", distribution.LOW),
        _Line("highest", Text("highest limit at", "最高分界值的分位"), "0.0%", distribution.HIGH),
        _Line("few", Text("few, if less than", "视为少数"), "0%", distribution.FEW),
        _Line("base", Text("ladders repeat at", "阶梯重复倍数"), general, distribution.BASE),
        _Line("negative", Text("below zero", "小于零的占比"), "0.0%", found.negative, f'COUNTIF({clv},"<0")/{count}'),
        _Line("positive", Text("above zero", "大于零的人数"), "#,##0", found.positive, f'COUNTIF({clv},">0")'),
        _Line("low", Text("most begin at", "多数起于"), general, found.low,
              f"IF(AND({at['negative']}<{at['few']},{at['positive']}>0),{low},PERCENTILE({clv},{at['lowest']}))"),
        _Line("high", Text("most end at", "多数止于"), general, found.high, f"PERCENTILE({clv},{at['highest']})"),
        _Line("ratio", Text("large to small", "大小之比"), general, found.ratio,
              f"IF({at['low']}>0,{at['high']}/{at['low']},0)"),
        _Line("kind", Text("column used", "采用第几列"), general, found.kind, f"MATCH({at['ratio']},{starts},1)"),
        _Line("rungs", Text("steps in it", "该列级数"), general, found.rungs, f"COUNT({chosen})"),
        _Line("power", Text("power of highest", "最高值的幂次"), general, found.power,
              f"IF({at['kind']}=1,0,INT(LOG10({at['high']})))"),
        _Line("top", Text("place of highest", "最高值的级位"), general, found.top,
              f"{at['power']}*{at['rungs']}+MAX(1,{ladder})-1"),
        _Line("rough", Text("width wanted", "期望步长"), general, found.rough,
              f"IF(AND({at['high']}=0,{at['low']}=0),1,MAX(({at['high']}-{at['low']})/{limits},ABS({at['high']})/100))"),
        _Line("step_power", Text("its power", "其幂次"), general, found.step_power, f"INT(LOG10({at['rough']}))"),
        _Line("step", Text("width of steps", "步长"), general, found.step,
              f"INDEX({equal},{width})*{at['base']}^{at['step_power']}"),
        _Line("needed", Text("steps among values", "值域内步数"), general, found.needed,
              f"MAX(0,-INT(-{at['high']}/{at['step']})-1-{below})"),
        _Line("first", Text("first step", "首步"), general, found.first,
              f"IF({at['low']}>=0,MAX(1,{first}),{first})"),
    ]  # fmt: skip


def _ladders(page: Page[Template], row: int, column: int) -> None:
    """Write the ladders side by side, each below the ratio it is used from."""
    heads = (Text("equal steps", "等步长"), Text("fine ladder", "细阶梯"), Text("ladder", "阶梯"))
    page.head(row, column, heads, texts=0)
    page.text(row + 1, column - 1, Text("from ratio", "自比值"), page.styles.note(align="right"))
    for offset, (start, rungs) in enumerate(LADDERS):
        chart_data.write_input(page, row + 1, column + offset, start)
        for place, rung in enumerate(rungs, 2):
            chart_data.write_input(page, row + place, column + offset, rung)


def _rows(page: Page[Template], head: int, column: int, at: dict[str, str], rungs: str, found: Limits) -> list[Limit]:
    """Write each limit both ways, and the one that is used."""
    page.head(head, column, (Text("place", "级位"), Text("on a ladder", "按阶梯"), Text("limit", "分界值")), texts=0)
    style = page.styles.cell()
    result: list[Limit] = []
    for number, value in enumerate(found.values):
        row = head + 1 + number
        place = found.top - LIMITS + 1 + number
        below = page.area(row, column, head + LIMITS, column)
        page.formula(row, column, f"{at['top']}-ROWS({below})+1", place, style)
        cell = page.ref(row, column)
        ladder = f"INDEX({rungs},MOD({cell},{at['rungs']})+1,{at['kind']})*{at['base']}^INT({cell}/{at['rungs']})"
        steps = LADDERS[found.kind - 1][1]
        on_ladder = steps[place % len(steps)] * distribution.BASE ** math.floor(place / len(steps))
        page.formula(row, column + 1, ladder, on_ladder, style)
        above = page.area(head + 1, column, row, column)
        equal = f"({at['first']}+ROWS({above})-1)*{at['step']}"
        formula = f"IF({at['kind']}=1,{equal},{page.ref(row, column + 1)})"
        page.formula(row, column + 2, formula, value, style)
        result.append(Limit(page.ref(row, column + 2), value))
    return result
