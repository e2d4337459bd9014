"""The value of a customer over several horizons, now and what if: a table, and a chart that tells the finding."""

from __future__ import annotations

from typing import Final

from xlclv.text import Text
from xlclv.workbook import charts, labels, theme
from xlclv.workbook import summary_sheet as report
from xlclv.workbook.customer_value import words
from xlclv.workbook.customer_value.setting import READY, Template
from xlclv.workbook.customer_value.what_if_case import ORDERING, SPENDING, YEARS, Case
from xlclv.workbook.page import Page, fixed

LEFT, RIGHT = report.LEFT, report.RIGHT
#: Rows of the table, its title and head included.
ROWS: Final = len(YEARS) + 2

HEIGHT: Final = 24
#: Without a name a point would be labelled with its number.
_NOTHING: Final = theme.quoted("\u00a0")

PLAIN: Final = Text("Value by horizon: the chart appears after Refresh", "各预测期的价值：刷新后在此显示")


def write(page: Page[Template], case: Case, row: int, data_row: int) -> None:
    """Write the table, and the chart beside it.

    Parameters
    ----------
    page : Page
    case : Case
    row : int
        The row of the table's title.
    data_row : int
        Where the figures behind the sheet begin, below the printed page.
    """
    _table(page, case, row)
    _chart(page, case, row, data_row)


def _table(page: Page[Template], case: Case, row: int) -> None:
    book, styles = page.book, page.styles
    page.section(row, Text("Value by horizon", "各预测期的价值"))
    head = row + 1
    names = [Text("Years ahead", "年数"), Text("Periods", "期数"), Text("Now", "现在"), Text("What if", "设想"),
             Text("Difference", "差额"), Text("After cost", "扣除成本后")]  # fmt: skip
    page.head(head, LEFT, names, texts=0, height=24)
    for column in (LEFT + 2, LEFT + 3, LEFT + 4, LEFT + 5):
        page.formula(head, column, *words.labelled(book, names[column - LEFT]), styles.head("right"), guarded=False)
    for number, years in enumerate(YEARS, 1):
        here = head + number
        page.sheet.set_row_pixels(here, HEIGHT)
        cells = [page.ref(here, LEFT + place) for place in range(6)]
        look = styles.cell("0.00", font_color=theme.INPUT_TEXT, bg_color=theme.INPUT_FILL, locked=False)
        page.number(here, LEFT, years, look)
        page.sheet.data_validation(
            here, LEFT, here, LEFT,
            {
                "validate": "decimal", "criteria": "between", "minimum": 0.01, "maximum": 100,
                "error_message": book.say(Text("A number of years above 0.", "请填写大于 0 的年数。")),
            },
        )  # fmt: skip
        periods = years * case.a_year
        page.formula(here, LEFT + 1, f"{cells[0]}*{case.words.of_period(4)}", periods, styles.cell("General_)"))
        now, then = case.value_over(periods, "now"), case.value_over(periods, "then")
        after = then - now + case.values["earned then"] - case.values["cost then"]
        gain = f"{cells[4]}+{case['earned difference']}-{case['cost then']}"
        lines = (
            (_predicted(case, "now", cells[1]), now),
            (_predicted(case, "then", cells[1]), then),
            (f"{cells[3]}-{cells[2]}", then - now),
            (gain, after),
        )
        for column, (formula, value) in enumerate(lines, LEFT + 2):
            page.formula(here, column, case.when(formula), value, styles.cell(theme.DECIMAL_2, shrink=True))
        case.values[f"horizon {number}"] = (periods, now, then, after)


def _predicted(case: Case, side: str, periods: str) -> str:
    history = case.now if side == "now" else case.then
    larger = f"*(1+{case['change then']})" if side == "then" else ""
    facts = ",".join(str(cell) for cell in history)
    return (
        f"CLV_PREDICT({ORDERING},{SPENDING},{facts},{periods},{case[f'margin {side}']},{case[f'step {side}']}){larger}"
    )


def _chart(page: Page[Template], case: Case, row: int, data_row: int) -> None:
    book = page.book
    data = _figures(page, case, row + 2, data_row)
    chart = charts.make(book, "scatter", "straight")
    for name, color, width in (("now", theme.GREY, 2.0), ("then", theme.TEAL, 2.5)):
        chart.add_series(
            {
                "name": book.say(Text("Now", "现在") if name == "now" else Text("What if", "设想")),
                "categories": "=" + data["periods"],
                "values": "=" + data[name],
                "line": {"color": color, "width": width},
                "marker": {"type": "none"},
            }
        )
    # Two points of their own carry the names of the lines, the higher one above it: no legend is needed.
    for name, position in (("upper", "above"), ("lower", "below")):
        chart.add_series(
            {
                "name": "=" + data[f"{name} name"],
                "categories": "=" + data["last"],
                "values": "=" + data[name],
                "line": {"none": True},
                "marker": {"type": "none"},
                "data_labels": {"series_name": True, "value": False, "position": position, "font": charts.font(book)},
            }
        )
    chart.set_x_axis(charts.axis(book, "=" + data["x"], "#,##0", min=0))
    chart.set_y_axis(charts.value_axis(book, "=" + data["y"], "#,##0", min=0))
    height = 28 + 24 + HEIGHT * len(YEARS)
    charts.place(
        page, chart, row, RIGHT, (report.HALF_PIXELS, height), (data["title"], str(case.values["title"])),
        book.say(Text("Lines: value by horizon, now and what if", "折线图：各预测期的价值，现状与设想")),
    )  # fmt: skip


def _figures(page: Page[Template], case: Case, table: int, data_row: int) -> dict[str, str]:
    """Write what the chart draws; return the addresses."""
    styles, values = page.styles, case.values
    row, column = data_row + 2, RIGHT
    heads = (Text("periods", "期数"), Text("now", "现在"), Text("what if", "设想"), Text("covered", "已收回"))
    page.head(row, column, heads, texts=0)
    first, last = row + 1, row + 1 + len(YEARS)
    for place in range(4):
        page.number(first, column + place, 0, styles.cell())
    for number in range(1, len(YEARS) + 1):
        found = values[f"horizon {number}"]
        for place, source in enumerate((LEFT + 1, LEFT + 2, LEFT + 3)):
            formula = page.ref(table + number - 1, source)
            page.formula(first + number, column + place, formula, found[place], styles.cell())
        covered = case.when(f"IF({page.ref(table + number - 1, LEFT + 5)}>=0,1,0)")
        page.formula(first + number, column + 3, covered, float(found[3] >= 0), styles.cell())
    at = [page.ref(last, column + place) for place in range(4)]
    end = values[f"horizon {len(YEARS)}"]
    data = {
        "periods": page.area(first, column, last, column, outside=True),
        "now": page.area(first, column + 1, last, column + 1, outside=True),
        "then": page.area(first, column + 2, last, column + 2, outside=True),
        "last": page.ref(last, column, outside=True),
    }
    covered = page.area(first + 1, column + 3, last, column + 3)
    horizons = page.area(first + 1, column, last, column)
    for place, (name, (label, formula, value)) in enumerate(_words(page, case, at, end, covered, horizons).items(), 1):
        page.text(last + place, column, label, styles.text())
        always = name in ("title", "x", "y")
        page.formula(last + place, column + 1, formula, value, styles.get(align="left"), guarded=not always)
        data[name] = page.ref(last + place, column + 1, outside=True)
        case.values[name] = value
    return data


def _words(
    page: Page[Template], case: Case, at: list[str], end: tuple[float, ...], covered: str, horizons: str
) -> dict[str, tuple[Text, str, str | float]]:
    """Return the words and points of the chart: label, formula and value of each."""
    book, say = page.book, page.book.say
    now, then = (theme.quoted(say(text)) for text in (Text("Now", "现在"), Text("What if", "设想")))
    both = theme.quoted(say(Text("Now = What if", "现在 = 设想")))
    same = f"{at[1]}={at[2]}"
    higher = end[2] >= end[1]
    equal = end[2] == end[1]
    upper = both if equal else then if higher else now
    lower = _NOTHING if equal else now if higher else then
    x, x_shown = _time_axis(case)
    y, y_shown = words.labelled(book, words.VALUE)
    higher_name = case.when(f"IF({same},{both},IF({at[2]}>{at[1]},{then},{now}))")
    lower_name = case.when(f"IF({same},{_NOTHING},IF({at[2]}>{at[1]},{now},{then}))")
    its_name, axis = Text("its name", "其名称"), Text("axis", "坐标轴")
    waiting = book.say(PLAIN)
    title, finding = _title(case, at, end, covered, horizons)
    shown = finding if book.content is not None else waiting
    return {
        "upper": (Text("upper end", "上方终点"), case.when(f"MAX({at[1]},{at[2]})"), max(end[1], end[2])),
        "lower": (Text("lower end", "下方终点"), case.when(f"MIN({at[1]},{at[2]})"), min(end[1], end[2])),
        "upper name": (its_name, higher_name, upper.strip('"')),
        "lower name": (its_name, lower_name, lower.strip('"')),
        "x": (axis, x, x_shown),
        "y": (axis, y, y_shown),
        "title": (Text("title", "标题"), f"IF({READY},{case.when(title)},{theme.quoted(waiting)})", shown),
    }


def _time_axis(case: Case) -> tuple[str, str]:
    """Return the name of the horizontal axis, with the unit of time once there is one."""
    book = case.book
    text, unit = book.say(Text("Horizon", "预测期")), book.say(labels.UNITS[case.words.period])
    formula = f'{theme.quoted(text)}&IF({READY}," ("&{case.words.of_period(3)}&")","")'
    return formula, f"{text} ({unit})" if book.content is not None else text


def _title(case: Case, at: list[str], end: tuple[float, ...], covered: str, horizons: str) -> tuple[str, str]:
    """Return the finding: when the action pays back, else what it brings, else what the customer brings."""
    book, values = case.book, case.values
    many = case.words.of_period(3)
    gain = f"({at[2]}-{at[1]}+{case['earned difference']})"
    cost = case["cost then"]
    number = end[2] - end[1] + values["earned then"]
    brings, difference = f"in_currency&FIXED({at[1]},2)", f"in_currency&FIXED(ABS({gain}),2)"
    first = f"INDEX({horizons},MATCH(1,{covered},0))"
    unit, sign = book.say(labels.UNITS[case.words.period]), words.currency(book)
    years = [values[f"horizon {place}"] for place in range(1, len(YEARS) + 1)]
    back = next((found[0] for found in years if found[3] >= 0), None)
    long = labels.plain(end[0])
    if book.language == "zh":
        pays, never = f'"行动在 "&{first}&" "&{many}&"内收回成本"', f'"行动在 "&{at[0]}&" "&{many}&"内未收回成本"'
        change = f'"设想在 "&{at[0]}&" "&{many}&"内"&IF({gain}<0,"减少 ","增加 ")&{difference}'
        plain = f'"该客户在 "&{at[0]}&" "&{many}&"内带来 "&{brings}'
        shown = (
            f"行动在 {labels.plain(back)} {unit}内收回成本" if back is not None else f"行动在 {long} {unit}内未收回成本"
        )
        if not values["cost then"]:
            word = "减少 " if number < 0 else "增加 "
            shown = f"设想在 {long} {unit}内{word}{sign}{fixed(abs(number), 2)}"
    else:
        pays = f'"The action pays back within "&{first}&" "&{many}'
        never = f'"The action does not pay back within "&{at[0]}&" "&{many}'
        change = f'"What if brings "&{difference}&IF({gain}<0," less"," more")&" within "&{at[0]}&" "&{many}'
        plain = f'"The customer brings "&{brings}&" within "&{at[0]}&" "&{many}'
        shown = (
            f"The action pays back within {labels.plain(back)} {unit}"
            if back is not None
            else f"The action does not pay back within {long} {unit}"
        )
        if not values["cost then"]:
            word = "less" if number < 0 else "more"
            shown = f"What if brings {sign}{fixed(abs(number), 2)} {word} within {long} {unit}"
    paid = f"IF(SUM({covered})>0,{pays},{never})"
    return f"IF({cost}>0,{paid},IF({gain}=0,{plain},{change}))", shown
