"""The engine of tests.hosts.excel.engine over a document that is open in LibreOffice: tables are database ranges there.

Only what is in cells, and where tables and names stand, is the document's; the application and what else Excel knows of
a sheet are those of the engine in memory.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import xlwings

from tests.hosts.excel import engine, engine_tables
from tests.hosts.excel.calc_document import Document, cell_out

#: LibreOffice's kinds of number formats that Excel delivers as dates.
DATES = 2
EPOCH = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)


class CalcSheet(engine.Sheet):
    """A sheet of the document, by its place."""

    def __init__(self, book: engine.Book, name: str, place: int, document: Document) -> None:
        super().__init__(book, name)
        self.place, self.document = place, document
        self.api = CalcSheetApi(self)
        self.api.ProtectContents = document.ask("protected", place) == [[1]]

    def range(self, first: Any, last: Any = None) -> CalcRange:
        found = super().range(first, last)
        return CalcRange(self, found.row, found.column, found.bottom, found.right)


class CalcSheetApi(engine.SheetApi):
    """Protection, which the document has too."""

    def Unprotect(self, password: str) -> None:  # noqa: N802
        super().Unprotect(password)
        self.sheet.document.ask("unprotect", self.sheet.place)

    def Protect(self, *args: Any, **options: Any) -> None:  # noqa: N802
        super().Protect(*args, **options)
        self.sheet.document.ask("protect", self.sheet.place)


class CalcRange(engine.Range):
    """Cells of the document."""

    def __call__(self, row: int, column: int | None = None) -> CalcRange:
        found = super().__call__(row, column)
        return CalcRange(self.sheet, found.row, found.column, found.bottom, found.right)

    def ask(self, what: str, *more: object) -> list[list[Any]]:
        place = (self.sheet.place, self.column - 1, self.row - 1, self.right - 1, self.bottom - 1)
        return self.sheet.document.ask(what, *place, *more)

    @property
    def api(self) -> Any:
        rows = tuple(self._read([False] * self.shape[1]))
        return engine.Object(Value2=rows[0][0] if len(self) == 1 else rows)

    def _read(self, dated: list[bool]) -> list[tuple[Any, ...]]:
        return [tuple(map(_delivered, row, dated)) for row in self.ask("read")]

    @property
    def raw_value(self) -> Any:
        self.sheet.log("read", self.address)
        # A column has one format, that of its last row here: headers are text anyway.
        last = CalcRange(self.sheet, self.bottom, self.column, self.bottom, self.right)
        dated = [bool(kind & DATES) for kind in last.ask("formats")[0]]
        rows = self._read(dated)
        return rows[0][0] if len(self) == 1 else tuple(rows)

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        self.sheet.change("write", self.address)
        cells = self._each(value)
        width = self.shape[1]
        rows = [cells[start : start + width] for start in range(0, len(cells), width)]
        self.ask("write", *(",".join(cell_out(_stored(cell)) for cell in row) for row in rows))

    @property
    def formula(self) -> Any:
        rows = self.ask("formulas")
        return (rows[0][0] or "") if len(self) == 1 else tuple(tuple(cell or "" for cell in row) for row in rows)

    @formula.setter
    def formula(self, value: Any) -> None:
        raise NotImplementedError

    @property
    def number_format(self) -> Any:
        return str(self.ask("key")[0][0])

    @number_format.setter
    def number_format(self, value: str) -> None:
        self.sheet.change("format", self.address)
        self.ask("format", value)

    def clear_contents(self) -> None:
        self.raw_value = [[None] * self.shape[1]] * self.shape[0]


class CalcTable(engine_tables.Table):
    """A database range."""

    def resize(self, range: Any) -> None:
        super().resize(range)
        area = self.area
        place = (self.parent.place, area.column - 1, area.row - 1, area.right - 1, area.bottom - 1)
        self.parent.document.ask("resize", cell_out(self.name), *place)


def open_book(document: Document) -> xlwings.Book:
    """Return the document as a workbook of xlwings."""
    book = engine.new_book()
    sheets = book.impl.sheets.list
    for place, (name,) in enumerate(document.ask("sheets")):
        sheets.append(CalcSheet(book.impl, name, place, document))
    for name, place, *corners in document.ask("tables"):
        if not name.startswith("__"):
            sheets[place].tables.list.append(CalcTable(sheets[place], name, _area(sheets[place], corners), False))
    for name, place, *corners in document.ask("names"):
        book.impl.names.ranges[name.casefold()] = _area(sheets[place], corners)
    return book


def _area(sheet: CalcSheet, corners: list[int]) -> CalcRange:
    left, top, right, bottom = (corner + 1 for corner in corners)
    return CalcRange(sheet, top, left, bottom, right)


def _delivered(value: Any, date: bool) -> Any:
    if date and isinstance(value, float):
        return EPOCH + dt.timedelta(days=value)
    return None if value == "" else value


def _stored(value: Any) -> Any:
    """Return what a cell of the document holds after a value was put into it."""
    typed = engine._typed(value)
    assert not isinstance(typed, engine.Formula), typed
    if isinstance(typed, dt.datetime):
        return (typed.replace(tzinfo=dt.UTC) - EPOCH) / dt.timedelta(days=1)
    assert type(typed) is not int, typed
    return typed
