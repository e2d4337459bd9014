"""Cells that carry a name: inputs, results of Refresh, and what every sheet shows of the checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, Final

from xlsxwriter.format import Format

from xlclv.text import Text
from xlclv.workbook import theme
from xlclv.workbook.contract import OUTPUTS
from xlclv.workbook.customer_value.setting import CHANGED, FAILED, MASTER, READY, Template
from xlclv.workbook.interface import Value
from xlclv.workbook.page import Page

#: Number formats by the kind of an input or a result; full precision, as these are not findings but records.
FORMATS: Final = {
    "text": "General",
    "choice": "General",
    "date": theme.DATE,
    "number": "General",
    "count": "#,##0",
    "share": "0.0#####%",
}
#: What Refresh writes is teal, so that it is told from inputs (blue) and formulas (black).
RESULT: Final[dict[str, Any]] = {"font_color": theme.TEAL}

#: The line below a row, where a condition draws it.
LINE: Final[dict[str, Any]] = {"bottom": 1, "bottom_color": theme.LINE}

NOT_YET: Final = Text("Not refreshed yet", "尚未刷新")

_KINDS: Final = {item.name: item.kind for item in OUTPUTS}
_LABELS: Final = {item.name: item.label for item in OUTPUTS}


def write_value(page: Page[Template], row: int, column: int, value: Value, style: Format) -> None:
    """Write a value as the type it has; None, what is no number and an empty text leave the cell empty."""
    if value is None or value == "" or value != value:
        page.sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        page.text(row, column, value, style)
    elif isinstance(value, dt.date):
        page.date(row, column, value, style)
    else:
        page.number(row, column, float(value), style)


def write_output(page: Page[Template], name: str, row: int, column: int, **look: Any) -> None:
    """Write a result of Refresh and give its cell the name."""
    kind = _KINDS[name]
    style = page.styles.cell(**{"num_format": FORMATS[kind], **RESULT, **look})
    write_value(page, row, column, page.book.value(name), style)
    page.define(name, row, column)


def output_label(name: str) -> Text:
    """Return what a result of Refresh is called."""
    return _LABELS[name]


def lines(page: Page[Template], row: int, first: int, last_row: int, last: int, apart: Collection[int] = ()) -> None:
    """Draw a thin line below each row of a table that holds something, however long it grows.

    Columns ``apart`` have conditions of their own. Each is a range of its own then, as LibreOffice takes one condition
    of one range for a cell; conditions that set a format have to draw the line too.
    """
    rule = page.book.workbook.add_format(LINE)
    key = page.ref(row, first).replace(f"${row + 1}", str(row + 1))
    starts = sorted({first, *apart, *(column + 1 for column in apart)} - {last + 1})
    for start, after in zip(starts, (*starts[1:], last + 1), strict=True):
        page.sheet.conditional_format(
            row, start, last_row, after - 1, {"type": "formula", "criteria": f'={key}<>""', "format": rule}
        )


def mark(page: Page[Template], first: int, last: int, master: str, row: int = 1) -> None:
    """Show the master check: words, and a colour behind them.

    Parameters
    ----------
    page : Page
    first, last : int
        The columns it fills.
    master : str
        The words as they are now.
    row : int, optional
    """
    empty = page.book.content is None
    look = {"bold": True, "font_color": theme.WHITE, "bg_color": theme.GREY if empty else theme.GREEN}
    page.formula(row, first, MASTER, master, page.styles.get(align="left", indent=1, **look), guarded=False)
    page.fill(row, first + 1, last, page.styles.get(**look))
    for test, back, front in (
        (f"NOT({READY})", theme.GREY, theme.WHITE),
        (f"{FAILED}>0", theme.RED, theme.WHITE),
        (f"{CHANGED}>0", theme.AMBER, theme.INK),
        (READY, theme.GREEN, theme.WHITE),
    ):
        style = page.book.workbook.add_format({"bg_color": back, "font_color": front})
        page.sheet.conditional_format(
            row, first, row, last, {"type": "formula", "criteria": f"={test}", "format": style, "stop_if_true": True}
        )
