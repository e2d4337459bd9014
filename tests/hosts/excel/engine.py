"""An engine of xlwings that keeps its workbooks in memory, so that xlwings' own objects and converters run anywhere.

It behaves as Excel does over COM where that matters here: values are delivered as tuples of rows with errors as whole
numbers and dates with a time zone; text that is written is parsed as if it were typed; protected sheets and rows that a
filter hides do not take what is written. It keeps a record of all that was done.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import xlwings
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter, range_boundaries
from xlwings import base_classes

from tests.hosts.excel.engine_tables import Tables, shown
from xlclv.hosts.excel.cells import ERRORS

ERROR_NUMBERS = {code: number for number, code in ERRORS.items()}
ALLOWED = (
    "AllowFormattingCells", "AllowFormattingColumns", "AllowFormattingRows", "AllowInsertingColumns",
    "AllowInsertingRows", "AllowInsertingHyperlinks", "AllowDeletingColumns", "AllowDeletingRows", "AllowSorting",
    "AllowFiltering", "AllowUsingPivotTables",
)  # fmt: skip


class com_error(Exception):  # noqa: N801, N818 - its name in pywin32
    """What Excel refuses."""


class Object:
    """A native object: plain attributes."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


class Engine:
    name, type = "memory", "desktop"

    def __init__(self) -> None:
        self.apps = Apps(self)

    @staticmethod
    def prepare_xl_data_element(x: Any, options: Any) -> Any:
        if x is None or x != x:
            return ""
        if isinstance(x, dt.date) and not isinstance(x, dt.datetime):
            return dt.datetime(x.year, x.month, x.day)
        return x

    @staticmethod
    def clean_value_data(data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool) -> Any:
        def clean(cell: Any) -> Any:
            if cell in ("", None):
                return empty_as
            if isinstance(cell, dt.datetime):
                return cell.replace(tzinfo=None)
            if type(cell) is int and cell in ERRORS:
                return ERRORS[cell] if err_to_str else None
            return cell

        return [[clean(cell) for cell in row] for row in data]


class Apps(base_classes.Apps):
    def __init__(self, engine: Engine) -> None:
        self.engine, self.apps = engine, {}

    def keys(self) -> list[int]:
        return list(self.apps)

    def __iter__(self) -> Iterator[App]:
        return iter(self.apps.values())

    def __len__(self) -> int:
        return len(self.apps)

    def __getitem__(self, pid: int) -> App:
        return self.apps[pid]


class App(base_classes.App):
    engine = books = pid = None

    def __init__(self, engine: Engine) -> None:
        self.engine, self.log = engine, []
        self.state = {
            "screen_updating": True, "enable_events": True, "calculation": "semiautomatic", "status_bar": False
        }  # fmt: skip
        self.books, self.pid, self.refuse = [], 1, set()

    def _set(self, name: str, value: Any) -> None:
        if (name, value) in self.refuse:
            raise com_error(name)
        self.log.append((name, value))
        self.state[name] = value


for _name in ("screen_updating", "enable_events", "calculation", "status_bar"):
    setattr(
        App,
        _name,
        property(
            lambda self, name=_name: self.state[name], lambda self, value, name=_name: self._set(name, value)
        ),
    )  # fmt: skip


class Book(base_classes.Book):
    app = name = fullname = api = sheets = names = None

    def __init__(self, app: App, date1904: bool = False) -> None:
        self.app, self.name, self.fullname = app, "memory.xlsx", "memory.xlsx"
        self.api = Object(Date1904=date1904)
        self.sheets, self.names = Sheets(self), Names(self)


class Sheets(base_classes.Sheets):
    def __init__(self, book: Book) -> None:
        self.book, self.list = book, []

    def add(self, name: str) -> Sheet:
        self.list.append(Sheet(self.book, name))
        return self.list[-1]

    def __iter__(self) -> Iterator[Sheet]:
        return iter(self.list)

    def __len__(self) -> int:
        return len(self.list)

    def __call__(self, key: int | str) -> Sheet:
        return self.list[key - 1] if isinstance(key, int) else next(one for one in self.list if one.name == key)


class SheetApi:
    """Protection as Excel has it."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.password, self.EnableSelection = sheet, "", 0
        self.Protection = Object(**dict.fromkeys(ALLOWED, False))
        self.ProtectContents = self.ProtectDrawingObjects = self.ProtectScenarios = self.ProtectionMode = False

    def Unprotect(self, password: str) -> None:  # noqa: N802
        if password != self.password:
            raise com_error("wrong password")
        self.sheet.log("unprotect")
        self.ProtectContents = self.ProtectDrawingObjects = self.ProtectScenarios = False
        self.Protection = Object(**dict.fromkeys(ALLOWED, False))

    def Protect(  # noqa: N802
        self, DrawingObjects: bool, Contents: bool, Scenarios: bool, UserInterfaceOnly: bool, **allowed: bool  # noqa: N803
    ) -> None:  # fmt: skip
        assert set(allowed) == set(ALLOWED)
        self.sheet.log("protect")
        self.ProtectDrawingObjects, self.ProtectContents = DrawingObjects, Contents
        self.ProtectScenarios, self.ProtectionMode = Scenarios, UserInterfaceOnly
        self.Protection = Object(**allowed)


class Sheet(base_classes.Sheet):
    book = name = cells = api = tables = None

    def __init__(self, book: Book, name: str) -> None:
        self.book, self.name = book, name
        self.cells: dict[tuple[int, int], Any] = {}
        self.formulas: dict[tuple[int, int], str] = {}
        self.formats: dict[tuple[int, int], str] = {}
        self.hidden: set[int] = set()
        self.api, self.tables = SheetApi(self), Tables(self)

    def log(self, operation: str, address: str = "") -> None:
        self.book.app.log.append((operation, f"{self.name}!{address}"))

    def change(self, operation: str, address: str) -> None:
        if self.api.ProtectContents:
            raise com_error("protected")
        self.log(operation, address)

    def range(self, first: Any, last: Any = None) -> Range:
        if isinstance(first, str):
            left, top, right, bottom = range_boundaries(first.replace("$", ""))
            return Range(self, top, left, bottom, right)
        if isinstance(first, tuple) and len(first) == 4:  # a corner and a size
            row, column, rows, columns = first
            return Range(self, row, column, row + rows - 1, column + columns - 1)
        if isinstance(first, Range):
            first = (first.row, first.column)
        if isinstance(last, Range):
            last = (last.bottom, last.right)
        return Range(self, *first, *(last or first))


class RangeApi:
    """A range as Excel itself gives it."""

    def __init__(self, range: Range) -> None:
        self.range = range

    @property
    def Value2(self) -> Any:  # noqa: N802
        area, cells = self.range, self.range.sheet.cells
        if len(area) == 1:
            return cells.get((area.row, area.column))
        columns = range(area.column, area.right + 1)
        return tuple(tuple(cells.get((row, one)) for one in columns) for row in range(area.row, area.bottom + 1))


class Range(base_classes.Range):
    row = column = sheet = None

    def __init__(self, sheet: Sheet, top: int, left: int, bottom: int, right: int) -> None:
        assert 1 <= top <= bottom <= 1_048_576
        assert 1 <= left <= right <= 16_384
        self.sheet, self.row, self.column, self.bottom, self.right = sheet, top, left, bottom, right
        self.options = {}

    @property
    def shape(self) -> tuple[int, int]:
        return self.bottom - self.row + 1, self.right - self.column + 1

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, row: int, column: int | None = None) -> Range:
        if column is None:
            row, column = (row - 1) // self.shape[1] + 1, (row - 1) % self.shape[1] + 1
        at = self.row + row - 1, self.column + column - 1
        return Range(self.sheet, *at, *at)

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        one = f"{get_column_letter(self.column)}{self.row}"
        return one if len(self) == 1 else f"{one}:{get_column_letter(self.right)}{self.bottom}"

    @property
    def address(self) -> str:
        return self.get_address(False, False, False)

    def places(self) -> Iterator[tuple[int, int]]:
        for row in range(self.row, self.bottom + 1):
            for column in range(self.column, self.right + 1):
                yield row, column

    @property
    def api(self) -> RangeApi:
        return RangeApi(self)

    @property
    def raw_value(self) -> Any:
        self.sheet.log("read", self.address)
        if len(self) == 1:
            return self._delivered(self.row, self.column)
        columns = range(self.column, self.right + 1)
        return tuple(
            tuple(self._delivered(row, column) for column in columns) for row in range(self.row, self.bottom + 1)
        )

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        self.sheet.change("write", self.address)
        for place, each in zip(self.places(), self._each(value), strict=True):
            if place[0] in self.sheet.hidden:
                continue
            self.sheet.formulas.pop(place, None)
            self.sheet.cells.pop(place, None)
            typed = _typed(each)
            if isinstance(typed, Formula):
                self.sheet.formulas[place], self.sheet.cells[place] = typed.text, 0.0
            elif typed is not None:
                self.sheet.cells[place] = typed

    def _delivered(self, row: int, column: int) -> Any:
        value = self.sheet.cells.get((row, column))
        if isinstance(value, dt.datetime):
            return value.replace(tzinfo=dt.UTC)
        if type(value) is float and "$" in self.sheet.formats.get((row, column), ""):
            return round(Decimal(value), 4)
        return value

    def _each(self, value: Any) -> list[Any]:
        if not isinstance(value, list | tuple):
            return [value] * len(self)
        assert (len(value), len(value[0])) == self.shape
        return [each for row in value for each in row]

    @property
    def formula(self) -> Any:
        texts = [
            [self.sheet.formulas.get((row, column)) or shown(self.sheet.cells.get((row, column)))
             for column in range(self.column, self.right + 1)]
            for row in range(self.row, self.bottom + 1)
        ]  # fmt: skip
        return texts[0][0] if len(self) == 1 else tuple(map(tuple, texts))

    @formula.setter
    def formula(self, value: Any) -> None:
        self.sheet.change("formula", self.address)
        assert isinstance(value, str)
        assert value.startswith("=")
        origin = f"{get_column_letter(self.column)}{self.row}"
        for row, column in self.places():
            moved = Translator(value, origin=origin).translate_formula(f"{get_column_letter(column)}{row}")
            self.sheet.formulas[row, column], self.sheet.cells[row, column] = moved, 0.0

    @property
    def number_format(self) -> Any:
        found = {self.sheet.formats.get(place, "General") for place in self.places()}
        return found.pop() if len(found) == 1 else None

    @number_format.setter
    def number_format(self, value: str) -> None:
        self.sheet.change("format", self.address)
        self.sheet.formats.update(dict.fromkeys(self.places(), value))

    def clear_contents(self) -> None:
        self.sheet.change("clear", self.address)
        for place in self.places():
            self.sheet.cells.pop(place, None)
            self.sheet.formulas.pop(place, None)


class Formula:
    def __init__(self, text: str) -> None:
        self.text = text


def _typed(value: Any) -> Any:
    """Return what a cell holds after a value was put into it; text is parsed as if it were typed."""
    if isinstance(value, dt.datetime) or value is None or isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return float(value)
    if value[:1] == "'":
        return value[1:]
    if not value:
        return None
    if value in ERROR_NUMBERS:
        return ERROR_NUMBERS[value]
    if value.casefold() in ("true", "false"):
        return value.casefold() == "true"
    try:
        return float(value.replace(",", "").replace("$", ""))
    except ValueError:
        pass
    if re.fullmatch(r"\d{4}-\d\d?-\d\d?( \d\d?:\d\d(:\d\d)?)?|\d\d?[-/]\d\d?(/\d+)?|[A-Za-z]{3,9} \d+", value):
        return dt.datetime(2001, 1, 1)
    return Formula("=" + value.removeprefix("=")) if value[0] in "=+-@" else value


class Names(base_classes.Names):
    def __init__(self, book: Book) -> None:
        self.book, self.ranges = book, {}

    def contains(self, name: str) -> bool:
        return name.casefold() in self.ranges

    def __call__(self, name: int | str) -> Name:
        key = list(self.ranges)[name - 1] if isinstance(name, int) else name.casefold()
        return Name(key, self.ranges[key])

    def __len__(self) -> int:
        return len(self.ranges)


class Name(base_classes.Name):
    name = None

    def __init__(self, name: str, range: Range | None) -> None:
        self.name, self.range = name, range

    @property
    def refers_to_range(self) -> Range:
        if self.range is None:
            raise com_error("no range")
        return self.range


ENGINE = Engine()


def new_book(date1904: bool = False) -> xlwings.Book:
    """Return an empty workbook without sheets in an application of its own."""
    if "memory" not in xlwings.engines.engines_by_name:
        xlwings.engines.add(xlwings.Engine(impl=ENGINE))
    return xlwings.Book(impl=Book(App(ENGINE), date1904))
