"""The Cohorts sheet: how many of those who first bought together come back, as a heat map and a curve."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd

from xlclv.text import Text
from xlclv.workbook import charts, labels, theme
from xlclv.workbook.page import Book, Page, fixed

HEAD_ROW = 5
FIRST_AGE = 3
#: The dark end of the scale: teal light enough for ink on top of it.
SCALE_END = "#7DB9C4"
LEAST_AGES = 12
RATE = "[<0.1]0.0%;0%"


def create(book: Book) -> Page[Book]:
    """Add the empty sheet, so that it comes before those it refers to."""
    ages = _ages(_observed(book.valuation.cohorts))
    return Page(book, labels.COHORTS, [2.0, 13.0, 11.0, *([_wide(ages)] * max(ages, LEAST_AGES))])


def write(page: Page[Book]) -> None:
    """Write the sheet."""
    book = page.book
    cohorts, period = _observed(book.valuation.cohorts), book.valuation.cohort_period
    ages = _ages(cohorts)
    unit = labels.UNIT[period]
    page.heading(
        book.say(Text("Retention by cohort", "同期群留存")),
        book.say(
            Text(
                f"Share of each cohort that orders in a {unit.en} · "
                f"a cohort are the customers with their first order in the same calendar {unit.en} · "
                "empty: not complete as of "
                f"{labels.long_date(book.valuation.settings.as_of, 'en')}",
                f"各同期群在每{unit.zh.removeprefix('个')}下单的客户比例 · "
                f"首单在同一自然{unit.zh.removeprefix('个')}的客户为一个同期群"
                f" · 空白：截至 {labels.long_date(book.valuation.settings.as_of, 'zh')} 尚未完整观察",
            )
        ),
    )
    last_column = FIRST_AGE + max(ages, LEAST_AGES) - 1
    if not is_observed(cohorts):
        _empty(page)
        page.printing(HEAD_ROW + 2, last_column, tall=1, as_of=book.valuation.settings.as_of)
        return
    _triangle(page, cohorts, ages)
    last = HEAD_ROW + len(cohorts)
    average = _average(page, cohorts, ages, last)
    end = last + 2
    if ages > 2 and len(average) > 2:
        end = _chart(page, average, last, last_column, _wide(ages))
    page.sheet.freeze_panes(HEAD_ROW + 1, FIRST_AGE)
    page.printing(end, last_column, repeat=(HEAD_ROW - 1, HEAD_ROW), tall=1, as_of=book.valuation.settings.as_of)


def is_observed(cohorts: pd.DataFrame) -> bool:
    """Tell whether a cohort was observed for a whole period: only then the sheet has a table."""
    return bool(cohorts.iloc[:, 2:].notna().to_numpy().any())


def _ages(cohorts: pd.DataFrame) -> int:
    return max(len(cohorts.columns) - 2, 0)


def _wide(ages: int) -> float:
    return 6.4 if ages > LEAST_AGES else 8.4


def _observed(cohorts: pd.DataFrame) -> pd.DataFrame:
    """Return the triangle without ages at its end that no cohort has reached."""
    seen = cohorts.iloc[:, 2:].notna().any().to_numpy()
    return cohorts.iloc[:, : 2 + (int(np.flatnonzero(seen)[-1]) + 1 if seen.any() else 0)]


def cohort_name(start: date, period: str) -> str:
    """Return the name of the cohort of the calendar period that starts on ``start``.

    Examples
    --------
    >>> cohort_name(date(1997, 4, 1), "month"), cohort_name(date(1997, 4, 1), "quarter")
    ('1997-04', '1997 Q2')
    """
    if period == "month":
        return f"{start.year}-{start.month:02d}"
    if period == "quarter":
        return f"{start.year} Q{(start.month + 2) // 3}"
    return str(start.year) if period == "year" else start.isoformat()


def _empty(page: Page[Book]) -> None:
    page.text(
        HEAD_ROW,
        1,
        Text(
            "No cohort has been observed for a whole period yet. The heat map appears here when the workbook is built "
            "again from a log that covers at least one.",
            "目前还没有观察满一个完整周期的同期群。订单记录覆盖至少一个完整周期后，重新生成工作簿，"
            "热力图将显示在这里。",
        ),
        page.styles.get(),
    )


def _triangle(page: Page[Book], cohorts: pd.DataFrame, ages: int) -> None:
    book, styles, period = page.book, page.styles, page.book.valuation.cohort_period
    page.text(
        HEAD_ROW - 1,
        FIRST_AGE,
        Text(
            f"{labels.UNITS[period].en} since the first order", f"距首单的{labels.UNIT[period].zh.removeprefix('个')}数"
        ),
        styles.note(),
    )
    names = [book.say(labels.COHORT), book.say(labels.SIZE), *(str(age) for age in range(ages))]
    page.sheet.set_row_pixels(HEAD_ROW, 26)
    last = HEAD_ROW + len(cohorts)
    page.sheet.add_table(
        HEAD_ROW,
        1,
        last,
        FIRST_AGE + ages - 1,
        {
            "name": "Cohorts",
            "style": None,
            "autofilter": False,
            "columns": [
                {
                    "header": name,
                    "header_format": styles.head("left")
                    if place == 0
                    else styles.get(
                        bold=True,
                        font_color=theme.WHITE,
                        bg_color=theme.NAVY,
                        align="right" if place == 1 else "center",
                    ),
                }
                for place, name in enumerate(names)
            ],
        },
    )
    rate = styles.get(font_name=theme.NUMBER_FONT, num_format=RATE, align="center", border=1, border_color=theme.WHITE)
    first = styles.get(
        font_name=theme.NUMBER_FONT, num_format=RATE, align="center", font_color=theme.GREY, border=1,
        border_color=theme.WHITE,
    )  # fmt: skip
    blank = styles.get()
    for row, values in enumerate(cohorts.itertuples(index=False, name=None), HEAD_ROW + 1):
        page.sheet.set_row_pixels(row, 22)
        page.text(row, 1, cohort_name(pd.Timestamp(values[0]).date(), period), styles.text())
        page.number(row, 2, float(values[1]), styles.cell(theme.INTEGER))
        for age, value in enumerate(values[2:]):
            if value is None or math.isnan(value):
                page.fill(row, FIRST_AGE + age, FIRST_AGE + age, blank)
            else:
                page.number(row, FIRST_AGE + age, float(value), rate if age else first)
    if ages > 1:
        # The first period is 100% by definition; inside the scale it would wash out all that can be compared.
        page.sheet.conditional_format(
            HEAD_ROW + 1,
            FIRST_AGE + 1,
            last,
            FIRST_AGE + ages - 1,
            {
                "type": "2_color_scale",
                "min_type": "num",
                "min_value": 0,
                "max_type": "max",
                "min_color": theme.WHITE,
                "max_color": SCALE_END,
            },
        )


def _average(page: Page[Book], cohorts: pd.DataFrame, ages: int, last: int) -> list[float]:
    """Write the mean rate of each age over the customers it was observed for; return the observed ones."""
    styles, row = page.styles, last + 1
    page.sheet.set_row_pixels(row, 26)
    bold = {"bold": True, "top": 1, "top_color": theme.NAVY}
    page.text(row, 1, labels.AVERAGE, styles.text(**bold))
    sizes = page.area(HEAD_ROW + 1, 2, last, 2)
    size = cohorts.iloc[:, 1].to_numpy(float)
    page.formula(row, 2, f"SUM({sizes})", float(size.sum()), styles.cell(theme.INTEGER, **bold))
    style = styles.get(
        font_name=theme.NUMBER_FONT, num_format=RATE, align="center", bottom=1, bottom_color=theme.LINE, **bold
    )
    shown: list[float] = []
    for age in range(ages):
        rates = cohorts.iloc[:, 2 + age].to_numpy(float)
        seen = ~np.isnan(rates)
        column = FIRST_AGE + age
        cells = page.area(HEAD_ROW + 1, column, last, column)
        formula = f'IF(COUNT({cells})=0,"",SUMPRODUCT({sizes},{cells})/SUMIFS({sizes},{cells},"<>"))'
        if seen.any():
            shown.append(float((size[seen] * rates[seen]).sum() / size[seen].sum()))
            page.formula(row, column, formula, shown[-1], style)
        else:
            page.formula(row, column, formula, "", style)
    return shown


def _chart(page: Page[Book], average: list[float], last: int, last_column: int, wide: float) -> int:
    """Draw the average curve from the first return on; return the last row it covers."""
    book, period = page.book, page.book.valuation.cohort_period
    row, end = last + 1, FIRST_AGE + len(average) - 1
    title_row = last + 3
    start, finish = (page.ref(row, column) for column in (FIRST_AGE + 1, end))
    ages = len(average) - 1
    unit = labels.UNIT[period]
    if book.language == "zh":
        formula = (
            f'FIXED(100*{start},1)&"%的客户在第 1 {unit.zh}再次下单，第 {ages} {unit.zh}为 "&FIXED(100*{finish},1)&"%"'
        )
        cached = (
            f"{fixed(100 * average[1], 1)}%的客户在第 1 {unit.zh}再次下单，第 {ages} {unit.zh}为 "
            f"{fixed(100 * average[-1], 1)}%"
        )
    else:
        formula = f'FIXED(100*{start},1)&"% order again in {unit.en} 1, "&FIXED(100*{finish},1)&"% in {unit.en} {ages}"'
        first, final = fixed(100 * average[1], 1), fixed(100 * average[-1], 1)
        cached = f"{first}% order again in {unit.en} 1, {final}% in {unit.en} {ages}"
    # The cell lies behind the chart, which shows the same text.
    page.formula(title_row, 1, formula, cached, page.styles.note())
    chart = charts.make(book, "line")
    chart.add_series(
        {
            "name": "=" + page.ref(row, 1, outside=True),
            "categories": "=" + page.area(HEAD_ROW, FIRST_AGE + 1, HEAD_ROW, end, outside=True),
            "values": "=" + page.area(row, FIRST_AGE + 1, row, end, outside=True),
            "line": {"color": theme.TEAL, "width": 2.5},
            "marker": {"type": "circle", "size": 5, "fill": {"color": theme.TEAL}, "border": {"color": theme.WHITE}},
        }
    )
    described = Text(f"{labels.UNITS[period].en} since the first order", f"距首单的{unit.zh.removeprefix('个')}数")
    chart.set_x_axis(charts.axis(book, book.say(described)))
    chart.set_y_axis(charts.value_axis(book, book.say(Text("Customers who order", "下单客户占比")), "0%", min=0))
    width = 96 + 82 + round((last_column - FIRST_AGE + 1) * (wide * 7 + 5))
    charts.place(
        page, chart, title_row, 1, (width, 280),
        (page.ref(title_row, 1, outside=True), cached),
        book.say(Text("Line of the average retention rate by age of the cohort", "平均留存率随同期群年龄变化的折线图")),
    )  # fmt: skip
    return title_row + 16


def mark_columns(book: Book) -> tuple[int, int]:
    """Return the first and last column of the master check: the right end of the sheet, about 25 characters wide."""
    ages = _ages(_observed(book.valuation.cohorts))
    last = FIRST_AGE + max(ages, LEAST_AGES) - 1
    return last - (3 if ages > LEAST_AGES else 2), last
