"""The two charts of a Summary: customers by value, and the concentration of value."""

from __future__ import annotations

from typing import Any, TypeVar

from xlclv.text import Text
from xlclv.workbook import charts, theme
from xlclv.workbook.chart_data import ChartData
from xlclv.workbook.page import Page, Setting

B = TypeVar("B", bound=Setting)


def bars(
    page: Page[B], cell: tuple[int, int], size: tuple[int, int], data: ChartData, axis: tuple[str, str | None]
) -> None:
    """Draw the number of customers by range of value.

    Parameters
    ----------
    page : Page
    cell : tuple of int
        Row and column of the cell the top left corner is in.
    size : tuple of int
        Width and height in pixels.
    data : ChartData
    axis : tuple
        What the bars are ranges of, and the cell that says so where it is one.
    """
    book = page.book
    chart = charts.make(book, "column")
    chart.add_series(
        {
            "name": book.say(Text("Customers", "客户数")),
            "categories": "=" + data.areas["labels"],
            "values": "=" + data.areas["counts"],
            "fill": {"color": theme.TEAL},
            "border": {"none": True},
            "gap": 35,
        }
    )
    name, source = axis
    more: dict[str, Any] = {} if source is None else {"data": [name]}
    chart.set_x_axis(charts.axis(book, name if source is None else "=" + source, **more))
    chart.set_y_axis(charts.value_axis(book, book.say(Text("Customers", "客户数")), "#,##0", min=0))
    charts.place(
        page, chart, *cell, size, (data.cells["bars_title"], data.texts["bars_title"]),
        book.say(Text("Columns: number of customers by range of value", "柱形图：各价值区间的客户数")),
    )  # fmt: skip


def curve(page: Page[B], cell: tuple[int, int], size: tuple[int, int], data: ChartData) -> None:
    """Draw the share of value the best customers hold, above the line of equal value.

    Parameters
    ----------
    page, cell, size, data
        As `bars` takes them.
    """
    book = page.book
    chart = charts.make(book, "scatter", "straight")
    for name, values, line in (
        (book.say(Text("share of value", "价值占比")), "shares", {"color": theme.NAVY, "width": 2.5}),
        (book.say(Text("equal value", "价值均等")), "equal", {"color": theme.GREY, "width": 1, "dash_type": "dash"}),
    ):
        chart.add_series(
            {
                "name": name,
                "categories": "=" + data.areas["points"],
                "values": "=" + data.areas[values],
                "line": line,
                "marker": {"type": "none"},
            }
        )
    chart.add_series(
        {
            "name": book.say(Text("best 20%", "最好的 20%")),
            "categories": "=" + data.areas["top_point"],
            "values": "=" + data.areas["top_share"],
            "line": {"none": True},
            "marker": {"type": "circle", "size": 9, "fill": {"color": theme.AMBER}, "border": {"color": theme.NAVY}},
        }
    )
    # A point of its own carries the name of the dashed line: no legend is needed.
    chart.add_series(
        {
            "name": book.say(Text("\u00a0\u00a0equal value", "\u00a0\u00a0价值均等")),
            "categories": "=" + data.areas["name_point"],
            "values": "=" + data.areas["name_point"],
            "line": {"none": True},
            "marker": {"type": "none"},
            "data_labels": {"series_name": True, "value": False, "position": "right", "font": charts.font(book)},
        }
    )
    share = {"min": 0, "max": 1, "major_unit": 0.2}
    chart.set_x_axis(
        charts.axis(book, book.say(Text("Share of customers, best first", "客户占比（从高到低）")), "0%", **share)
    )
    chart.set_y_axis(charts.value_axis(book, book.say(Text("Share of value", "价值占比")), "0%", **share))
    charts.place(
        page, chart, *cell, size, (data.cells["curve_title"], data.texts["curve_title"]),
        book.say(
            Text(
                "Curve: share of value held by the best customers, above the dashed line of equal value",
                "曲线：最好的客户所占价值份额，虚线为价值均等",
            )
        ),
    )  # fmt: skip
