"""A document that is open in LibreOffice, as a command in the worker sees it: every request goes through the pipes."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict, deque
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final, Protocol, Self

import pandas as pd

from xlclv.hosts.calc.cells import error_of
from xlclv.hosts.calc.refusals import refused
from xlclv.hosts.notes import Notes, following, key_of, refuse_loss
from xlclv.hosts.runs import runs
from xlclv.text import Text
from xlclv.workbook.contract import CHECKS, LOG, ORDER_MODEL, ORDERS, OUTPUTS, SPEND_MODEL, VALUES
from xlclv.workbook.headers import language_of
from xlclv.workbook.interface import Value

#: What commands write, and may have to unprotect.
_WRITTEN: Final = (VALUES, ORDER_MODEL, SPEND_MODEL, CHECKS, LOG)
_EPOCH_1904: Final = dt.datetime(1904, 1, 1)
_DAY: Final = 86_400.0


class Asked(Protocol):
    """What takes requests about a document: a header and values, and returns those of the answer."""

    def __call__(self, request: dict[str, Any], values: Sequence[Any] = ()) -> tuple[dict[str, Any], list[Any]]:
        """Return header and values of the answer."""


class RemoteBook:
    """A document in LibreOffice behind the interface of `xlclv.workbook.interface.Workbook`.

    Parameters
    ----------
    ask : callable
        Passes a request on to the extension and returns the answer.
    """

    def __init__(self, ask: Asked) -> None:
        self._ask = ask
        self._epoch = dt.datetime(1899, 12, 30)
        self._language: str | None = None
        self._lifted = False

    def __enter__(self) -> Self:
        self._epoch = dt.datetime(*self._asked("document")[0]["null_date"])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the document; the extension puts back what it changed."""

    @property
    def date1904(self) -> bool:
        """Whether numbers that stand for dates count from 1904-01-01."""
        return self._epoch == _EPOCH_1904

    def read_table(self, name: str) -> pd.DataFrame:
        """Return a table as it stands; see `Workbook.read_table`.

        Orders that were put below the table are rows of it: LibreOffice does not make the table grow.
        """
        head, *rows = self._rows(*self._asked("read_table", name, grow=name.casefold() == ORDERS.casefold()))
        if all(cell is None for row in rows for cell in row):
            rows = []
        return pd.DataFrame(rows, columns=_headers(head), dtype=object)

    def first_row(self, name: str) -> int:
        """Return the row of the sheet on which the first row of a table stands."""
        return int(self._asked("first_row", name)[0]["row"]) + 1

    def check_table(self, name: str, frame: pd.DataFrame) -> None:
        """Raise what `write_table` would raise; see `Workbook.check_table`."""
        self._asked("check_table", name, headers=_texts(frame), rows=len(frame))
        notes = self._notes(name, _texts(frame))[1]
        refuse_loss(name, notes, list(map(key_of, frame.iloc[:, 0].tolist())))
        self._lift()

    def write_table(self, name: str, frame: pd.DataFrame) -> None:
        """Replace the rows of a table; see `Workbook.write_table`."""
        self.check_table(name, frame)
        headers = _texts(frame)
        own, notes = self._notes(name, headers)
        there = list(map(str, own["headers"]))
        columns: dict[int, list[Any]] = {}
        dates = []
        for number, header in enumerate(headers):
            place, cells = there.index(header), frame.iloc[:, number].tolist()
            columns[place] = [self._cell_out(cell) for cell in cells] or [""]
            if any(isinstance(cell, dt.date) for cell in cells):
                dates.append(place)
        keys = list(map(key_of, frame.iloc[:, 0].tolist()))
        for header, typed in notes.items():
            columns[there.index(header)] = following(typed, keys, "") or [""]
        blocks = list(runs(columns))
        self._asked(
            "write_table", name, [list(zip(*block, strict=True)) for _, block in blocks],
            headers=headers, rows=len(frame), places=[first for first, _ in blocks], dates=dates,
            formulas=own["formulas"],
        )  # fmt: skip

    def _notes(self, name: str, headers: list[str]) -> tuple[dict[str, Any], dict[str, Notes]]:
        """Return what there is besides the columns with these headers, and what was typed there."""
        own, (keys, *typed) = self._asked("own_columns", name, headers=headers)
        notes: dict[str, Notes] = {}
        for place, column in zip(own["typed"], typed, strict=True):
            found: dict[Any, deque[Any]] = defaultdict(deque)
            for (key,), (cell,) in zip(keys, column, strict=True):
                found[key_of(None if key == "" else key)].append(cell)
            notes[str(own["headers"][place])] = found
        return own, notes

    def read_name(self, name: str) -> Value:
        """Return the value of a named cell; an error value as an object with its ``code``."""
        value: Value = self._rows(*self._asked("read_name", name))[0][0]
        return value

    def write_name(self, name: str, value: Value) -> None:
        """Write a named cell; see `Workbook.write_name`."""
        self._asked("read_name", name)
        self._lift()
        self._asked("write_name", name, [[[self._cell_out(value)]]], date=isinstance(value, dt.date))

    def progress(self, stage: Text, done: int, total: int) -> None:
        """Show in the status bar how far long work has come."""
        if self._language is None:
            self._language = language_of(self)
        self._asked("progress", text=f"xlclv: {stage.of(self._language)}", share=done / total if total else 0.0)

    def _lift(self) -> None:
        """Have the sheets ready that a command writes to, once, before the first cell is written."""
        if self._lifted:
            return
        self._asked("lift", tables=_WRITTEN, names=[output.name for output in OUTPUTS])
        self._lifted = True
        self._ask({"ask": "grow", "name": ORDERS})  # where there is no such table, reading it says so

    def _asked(
        self, what: str, name: str | None = None, values: Sequence[Any] = (), **given: Any
    ) -> tuple[dict[str, Any], list[Any]]:
        request = {"ask": what, **given} if name is None else {"ask": what, "name": name, **given}
        told, found = self._ask(request, values)
        if "problem" in told:
            raise refused(name or "", told)
        return told, found

    def _rows(self, told: dict[str, Any], values: list[Any]) -> list[list[Any]]:
        """Return cells as they are here: dates as datetimes, errors as `CellError`, nothing as None."""
        rows = [[None if cell == "" else error_of(cell) if cell != cell else cell for cell in row] for row in values[0]]
        for left, top, right, bottom in told["dates"]:
            for row in rows[top : bottom + 1]:
                row[left : right + 1] = map(self._date, row[left : right + 1])
        for left, top, right, bottom in told["truths"]:
            for row in rows[top : bottom + 1]:
                row[left : right + 1] = map(_truth, row[left : right + 1])
        return rows

    def _date(self, cell: Any) -> Any:
        """Return a number as the date it stands for, to the millisecond; what is none is left alone."""
        if not isinstance(cell, float):
            return cell
        try:
            return self._epoch + dt.timedelta(milliseconds=round(cell * _DAY * 1000.0))
        except OverflowError:
            return cell

    def _cell_out(self, value: Any) -> float | str:
        kind = type(value)
        if kind is float:
            return value if math.isfinite(value) else ""
        if isinstance(value, str):
            return value
        if value is None or value != value:
            return ""
        if isinstance(value, dt.datetime):
            return (value.replace(tzinfo=None) - self._epoch) / dt.timedelta(days=1)
        if isinstance(value, dt.date):
            return float((value - self._epoch.date()).days)
        code = getattr(value, "code", None)
        return code if isinstance(code, str) else float(value)


def _truth(cell: Any) -> Any:
    return bool(cell) if isinstance(cell, float) else cell


def _texts(frame: pd.DataFrame) -> list[str]:
    return [str(header) for header in frame.columns]


def _headers(cells: Sequence[Any]) -> list[str]:
    """Return headers as a table of Excel has them: each has a text, and no two are alike."""
    found: list[str] = []
    for place, cell in enumerate(cells):
        header = f"Column{place + 1}" if cell is None else cell if isinstance(cell, str) else f"{cell}"
        count, name = 2, header
        while name in found:
            name, count = f"{header}{count}", count + 1
        found.append(name)
    return found
