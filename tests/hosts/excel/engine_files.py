"""Workbooks from files, for the engine in memory: values, formulas, tables, names, formats and protection."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import xlwings
from openpyxl.utils import range_boundaries

from tests.hosts.excel.engine import ALLOWED, ERROR_NUMBERS, Object, Range, new_book

#: A name of cells; others stand for formulas.
_CELLS = re.compile(r"(?P<sheet>'[^']+'|\w+)!(?P<area>\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?)")
#: What a file calls the things that a protected sheet may allow, in the order of `ALLOWED`.
_LOCKED = (
    "formatCells", "formatColumns", "formatRows", "insertColumns", "insertRows", "insertHyperlinks", "deleteColumns",
    "deleteRows", "sort", "autoFilter", "pivotTables",
)  # fmt: skip


def load_book(path: Path) -> xlwings.Book:
    """Return a workbook from a file: values, formulas, tables, names, formats and protection."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what openpyxl would drop on saving is not asked for here
        formulas, values = (openpyxl.load_workbook(path, data_only=only) for only in (False, True))
    book = new_book(formulas.epoch.year == 1904)
    for page in formulas.worksheets:
        sheet = book.impl.sheets.add(page.title)
        for row in page.iter_rows():
            for cell in row:
                place = cell.row, cell.column
                cached = values[page.title].cell(*place).value
                if cell.data_type == "f":
                    text = cell.value if isinstance(cell.value, str) else cell.value.text
                    sheet.formulas[place] = str(text)
                    cached = "" if cached is None else cached
                if cached is not None:
                    sheet.cells[place] = _stored(cached)
                if cell.number_format != "General":
                    sheet.formats[place] = cell.number_format
        for table in page.tables.values():
            left, top, right, bottom = range_boundaries(table.ref)
            totals = bool(table.totalsRowCount)
            sheet.tables.add(table.displayName, Range(sheet, top, left, bottom - totals, right), totals)
        if page.protection.sheet:
            locked, protected = page.protection, sheet.api
            protected.ProtectContents = True
            protected.ProtectDrawingObjects = bool(locked.objects)
            protected.ProtectScenarios = bool(locked.scenarios)
            protected.Protection = Object(
                **{name: not getattr(locked, entry) for name, entry in zip(ALLOWED, _LOCKED, strict=True)}
            )
            protected.password = locked.password or ""
    for name, defined in formulas.defined_names.items():
        place = _CELLS.fullmatch(defined.attr_text)
        book.impl.names.ranges[name.casefold()] = (
            book.impl.sheets(place["sheet"].strip("'")).range(place["area"]) if place else None
        )
    return book


def _stored(value: Any) -> Any:
    if isinstance(value, bool | dt.datetime) or value is None:
        return value
    if isinstance(value, str):
        return ERROR_NUMBERS.get(value, value)
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    return float(value)
