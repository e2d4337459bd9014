"""Building the customer value template."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from xlclv import __version__
from xlclv.errors import InputError
from xlclv.text import LANGUAGES, Language, Text
from xlclv.workbook.build import CALCULATION
from xlclv.workbook.contract import CUSTOMER_VALUE
from xlclv.workbook.customer_value import (
    cells,
    checks_sheet,
    inputs_sheet,
    orders_sheet,
    setting,
    start_sheet,
    summary_sheet,
    values_sheet,
    what_if_sheet,
)
from xlclv.workbook.customer_value.inputs_sheet import CHANGED_WORD
from xlclv.workbook.customer_value.macros import Macros
from xlclv.workbook.customer_value.setting import Content, Kind, Template
from xlclv.workbook.package import without_times
from xlclv.workbook.page import Page
from xlclv.workbook.theme import Styles

KINDS: Final[tuple[Kind, ...]] = ("xlsx", "xlsm")
TITLE: Final = Text("Customer value", "客户价值")
#: The same date in every build, which a second build repeats byte for byte.
MOMENT: Final = dt.datetime(2024, 1, 1)
#: What a protected sheet still allows: everything that changes only how it is seen.
ALLOWED: Final[dict[str, bool]] = {"format_columns": True, "format_rows": True, "objects": False, "scenarios": False}


def build_template(
    kind: Kind, lang: Language = "en", content: Content | None = None, macros: Macros | None = None
) -> bytes:
    """Return the customer value template as a file.

    The same arguments give the same bytes.

    Parameters
    ----------
    kind : {"xlsx", "xlsm"}
        Without or with macros.
    lang : {"en", "zh"}, optional
        Language of sheets, headers and texts; names of tables and cells are the same in both.
    content : Content, optional
        What stands in it; an empty template when omitted.
    macros : Macros, optional
        What a workbook with macros carries; needed for ``xlsm``.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        If the kind or the language is unknown, or a workbook with macros is given none.
    """
    if lang not in LANGUAGES:
        raise InputError(
            f"lang must be en or zh; {lang!r} is neither.", f"lang 只能是 en 或 zh，{lang!r} 不是。", argument="lang"
        )
    if kind not in KINDS or (kind == "xlsm") != (macros is not None):
        raise InputError(
            "kind must be xlsx, or xlsm with macros.", "kind 只能是 xlsx，或带有宏的 xlsm。", argument="kind"
        )
    stream = BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}
    workbook = Workbook(stream, options)
    workbook.set_calc_mode("auto", CALCULATION)
    # Values are written with every formula: opening the file must not touch them.
    workbook.calc_on_load = False
    if macros is not None:
        workbook.add_vba_project(BytesIO(macros.project), True)
        workbook.set_vba_name(macros.book)
    _properties(workbook, lang)
    book = Template(workbook, lang, Styles(workbook, lang), kind, content)
    start = _sheets(book, macros)
    if macros is not None:
        _behind(workbook, macros)
    start.activate()
    workbook.close()
    # XlsxWriter stamps a VBA project with the time of day.
    return stream.getvalue() if macros is None else without_times(stream.getvalue())


def _sheets(book: Template, macros: Macros | None) -> Worksheet:
    """Write the sheets in their order; return the first."""
    start = start_sheet.create(book)
    inputs, marks = inputs_sheet.write(book)
    orders, values = orders_sheet.write(book), values_sheet.write(book)
    summary, what_if = summary_sheet.write(book), what_if_sheet.write(book)
    checks = checks_sheet.Checks(book, marks, book.say(CHANGED_WORD))
    start_sheet.write(start, macros.buttons if macros is not None else ())
    shown: list[tuple[Page[Template], tuple[int, int]]] = [
        (start, start_sheet.MARK),
        (inputs, inputs_sheet.MARK),
        (orders, orders_sheet.MARK),
        (values, values_sheet.MARK),
        (summary, summary_sheet.MARK),
        (what_if, what_if_sheet.MARK),
        (checks.page, checks_sheet.MARK),
    ]
    for page, (first, last) in shown:
        cells.mark(page, first, last, checks.master)
        if page not in (orders, values):
            page.sheet.protect("", ALLOWED)
    return start.sheet


def _behind(workbook: Workbook, macros: Macros) -> None:
    """Add the hidden sheets of the macros, and the code names of all."""
    for sheet, code in zip(workbook.worksheets(), setting.CODE_NAMES, strict=True):
        sheet.set_vba_name(code)
    for title, code, rows in macros.hidden:
        sheet = workbook.add_worksheet(title)
        sheet.set_vba_name(code)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
        sheet.very_hidden()


def _properties(workbook: Workbook, lang: Language) -> None:
    properties: dict[str, Any] = {
        "title": TITLE.of(lang),
        "subject": Text("Customer lifetime value from an order log", "由订单记录计算的客户终身价值").of(lang),
        "author": f"xlclv {__version__}",
        "keywords": "customer lifetime value, CLV, RFM",
        "category": CUSTOMER_VALUE,
        "created": MOMENT,
    }
    workbook.set_properties(properties)
