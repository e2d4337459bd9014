"""Charts with one look: a finding as title, light horizontal gridlines, no boxes."""

from __future__ import annotations

from typing import Any, TypeVar

from xlsxwriter.chart import Chart

from xlclv.workbook import theme
from xlclv.workbook.page import Page, Setting

B = TypeVar("B", bound=Setting)


def make(book: Setting, kind: str, subtype: str | None = None) -> Chart:
    """Return an empty chart of a kind XlsxWriter knows."""
    options = {"type": kind} | ({"subtype": subtype} if subtype else {})
    chart = book.workbook.add_chart(options)
    chart.set_legend({"none": True})
    return chart


def font(book: Setting, **more: Any) -> dict[str, Any]:
    """Return the font of a chart's small texts."""
    return {"name": book.styles.font, "size": 9, "color": theme.GREY, "bold": False, **more}


def axis(book: Setting, name: str, num_format: str = "General", **more: Any) -> dict[str, Any]:
    """Return the options of a horizontal axis or an axis without lines."""
    return {
        "name": name,
        "name_font": font(book),
        "num_font": font(book, name=theme.NUMBER_FONT),
        "num_format": num_format,
        "line": {"color": theme.LINE},
        "major_tick_mark": "none",
        "minor_tick_mark": "none",
        "major_gridlines": {"visible": False},
        **more,
    }


def value_axis(book: Setting, name: str, num_format: str, **more: Any) -> dict[str, Any]:
    """Return the options of a vertical axis: no line, light gridlines."""
    return axis(
        book,
        name,
        num_format,
        **{
            "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": theme.LINE, "width": 0.75}},
            **more,
        },
    )


def place(
    page: Page[B], chart: Chart, row: int, column: int, size: tuple[int, int], title: tuple[str, str], describe: str
) -> None:
    """Put a chart on a sheet.

    Parameters
    ----------
    page : Page
    chart : xlsxwriter.chart.Chart
    row, column : int
        The cell its top left corner is in.
    size : tuple of int
        Width and height in pixels.
    title : tuple of str
        Reference to the cell that holds the title, and its value.
    describe : str
        What the chart shows, for who cannot see it.
    """
    chart.set_title(
        {
            "name": "=" + title[0],
            "data": [title[1]],
            "name_font": {"name": page.styles.font, "size": 12, "bold": True, "color": theme.NAVY},
            "overlay": False,
            "layout": {"x": 0.02, "y": 0.035},
        }
    )
    chart.set_chartarea({"border": {"color": theme.LINE, "width": 0.75}, "fill": {"color": theme.WHITE}})
    chart.set_plotarea({"fill": {"none": True}, "border": {"none": True}})
    chart.set_size({"width": size[0], "height": size[1]})
    page.sheet.insert_chart(row, column, chart, {"object_position": 2, "description": f"{title[1]}. {describe}"})
