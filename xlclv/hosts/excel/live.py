"""A workbook that is open in Excel, as Refresh sees it."""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

import pandas as pd

from xlclv.errors import FileError
from xlclv.hosts.excel import native
from xlclv.hosts.excel.live_cells import cell_out, rows_in
from xlclv.hosts.excel.live_table import LiveTable
from xlclv.text import Text
from xlclv.workbook.contract import CHECKS, LOG, ORDER_MODEL, OUTPUTS, SPEND_MODEL, VALUES
from xlclv.workbook.headers import language_of
from xlclv.workbook.interface import Value

#: What commands write, and may have to unprotect.
_WRITTEN: Final = (VALUES, ORDER_MODEL, SPEND_MODEL, CHECKS, LOG)


class LiveBook:
    """A workbook open in Excel behind the interface of `xlclv.workbook.interface.Workbook`.

    As a context manager it keeps Excel from drawing, calculating and raising events meanwhile; at the end all is as
    it was, protection of sheets included.

    Parameters
    ----------
    book : xlwings Book

    Examples
    --------
    ::

        with LiveBook(xlwings.Book.caller()) as live:
            refresh(live)
    """

    def __init__(self, book: Any) -> None:
        self._book = book
        self._app: Any = book.app
        self._tables: dict[str, LiveTable] = {}
        self._names: dict[str, Any] = {}
        self._before: list[tuple[str, Any]] = []
        self._lifted: list[tuple[Any, native.Protection]] | None = None
        self._language: str | None = None

    def __enter__(self) -> Self:
        try:
            for name, value in (("screen_updating", False), ("enable_events", False), ("calculation", "manual")):
                self._before.append((name, getattr(self._app, name)))
                setattr(self._app, name, value)
        except BaseException:
            self._restore()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    def _restore(self) -> None:
        """Put everything back; what Excel refuses does not keep the rest from it."""
        for sheet, protection in reversed(self._lifted or []):
            with suppress(Exception):
                native.protect(sheet, protection)
        self._lifted = None
        with suppress(Exception):
            self._app.status_bar = False
        while self._before:
            name, value = self._before.pop()
            with suppress(Exception):
                setattr(self._app, name, value)

    @property
    def date1904(self) -> bool:
        """Whether numbers that stand for dates count from 1904-01-01."""
        return native.date1904(self._book)

    def read_table(self, name: str) -> pd.DataFrame:
        """Return a table as it stands; see `Workbook.read_table`."""
        return self._table(name).read()

    def first_row(self, name: str) -> int:
        """Return the row of the sheet on which the first row of a table stands."""
        return self._table(name).row + 1

    def check_table(self, name: str, frame: pd.DataFrame) -> None:
        """Raise what `write_table` would raise; see `Workbook.check_table`."""
        self._table(name).check(frame)
        self._lift()

    def write_table(self, name: str, frame: pd.DataFrame) -> None:
        """Replace the rows of a table; see `Workbook.write_table`."""
        self.check_table(name, frame)
        self._table(name).write(frame)

    def read_name(self, name: str) -> Value:
        """Return the value of a named cell; an error value as an object with its ``code``."""
        value: Value = rows_in(self._cell(name))[0][0]
        return value

    def write_name(self, name: str, value: Value) -> None:
        """Write a named cell; see `Workbook.write_name`."""
        cell = self._cell(name)
        self._lift()
        cell.value = cell_out(value)

    def progress(self, stage: Text, done: int, total: int) -> None:
        """Show in the status bar how far long work has come."""
        if self._language is None:
            self._language = language_of(self)
        share = f"{done / total:.0%}" if total else ""
        self._app.status_bar = f"xlclv: {stage.of(self._language)} {share}".rstrip()

    def _table(self, name: str) -> LiveTable:
        if name not in self._tables:
            found = [
                table
                for sheet in self._book.sheets
                for table in sheet.tables
                if table.name.casefold() == name.casefold()
            ]
            if not found:
                raise FileError(
                    f"The workbook has no table {name}; open a workbook that `xlclv new` made, or name your table so.",
                    f"工作簿中没有表 {name}；请打开由 xlclv new 创建的工作簿，或将您的表命名为 {name}。",
                )
            self._tables[name] = LiveTable(found[0])
        return self._tables[name]

    def _cell(self, name: str) -> Any:
        if name not in self._names:
            cell = None
            if self._book.names.contains(name):
                with suppress(Exception):  # a name of a formula, or one whose cell was deleted
                    cell = self._book.names[name].refers_to_range
            if cell is None:
                raise FileError(
                    f"The workbook has no cell named {name}; open a workbook that `xlclv new` made.",
                    f"工作簿中没有名为 {name} 的单元格；请打开由 xlclv new 创建的工作簿。",
                )
            self._names[name] = cell(1, 1)
        return self._names[name]

    def _lift(self) -> None:
        """Lift the protection of every sheet a command writes to, once, before the first cell is written."""
        if self._lifted is not None:
            return
        sheets: dict[str, Any] = {}
        for name in _WRITTEN:
            with suppress(FileError):
                sheets.setdefault(self._table(name).sheet.name, self._table(name).sheet)
        for output in OUTPUTS:
            with suppress(FileError):
                sheet = self._cell(output.name).sheet
                sheets.setdefault(sheet.name, sheet)
        lifted: list[tuple[Any, native.Protection]] = []
        self._lifted = lifted
        try:
            for sheet in sheets.values():
                protection = native.unprotect(sheet)
                if protection is not None:
                    lifted.append((sheet, protection))
        except FileError:
            for sheet, protection in reversed(lifted):
                native.protect(sheet, protection)
            self._lifted = None
            raise
