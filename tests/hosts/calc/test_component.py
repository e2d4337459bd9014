"""The component that runs in LibreOffice, with stand-ins for LibreOffice and the worker."""

from __future__ import annotations

import io
import struct
import sys
import types
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from xlclv.hosts.calc.cells import error_of
from xlclv.hosts.calc.extension import build_extension
from xlclv.worksheet import CellError

VALUE = CellError("#VALUE!")


class Date(NamedTuple):
    Year: int
    Month: int
    Day: int


class Document:
    def __init__(self, date: Date) -> None:
        self.date = date

    def getPropertyValue(self, name: str) -> Date:  # noqa: N802
        assert name == "NullDate"
        return self.date


class Area(NamedTuple):
    StartColumn: int
    StartRow: int
    EndColumn: int
    EndRow: int


class Range:
    """Cells of a sheet from B3 on, of which some are errors."""

    def __init__(self, rows: tuple[tuple[Any, ...], ...], errors: dict[tuple[int, int], int]) -> None:
        self.rows, self.errors = rows, errors

    def getDataArray(self) -> tuple[tuple[Any, ...], ...]:  # noqa: N802
        return self.rows

    def getRangeAddress(self) -> Area:  # noqa: N802
        return Area(1, 2, len(self.rows[0]), 1 + len(self.rows))

    def queryFormulaCells(self, kind: int) -> Range:  # noqa: N802
        assert kind == 4
        return self

    def getCount(self) -> int:  # noqa: N802
        return len(self.errors)

    def getRangeAddresses(self) -> list[Area]:  # noqa: N802
        return [Area(1 + across, 2 + down, 1 + across, 2 + down) for down, across in self.errors]

    def getCellByPosition(self, across: int, down: int) -> Any:  # noqa: N802
        return types.SimpleNamespace(getError=lambda: self.errors[down, across])


class Worker:
    """In the place of the client: notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[Any], str]] = []
        self.answer: Callable[[], Any] = lambda: 1.0

    def call(self, name: str, cells: list[Any], null_date: str) -> Any:
        self.asked.append((name, cells, null_date))
        return self.answer()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    zipfile.ZipFile(io.BytesIO(build_extension("/python"))).extractall(tmp_path)
    return tmp_path


@pytest.fixture
def component(folder: Path, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    def module(name: str, **content: Any) -> None:
        made = types.ModuleType(name)
        made.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, made)

    class Helper:
        def addImplementation(self, *given: Any) -> None:  # noqa: N802
            self.given = given

    module("uno", Any=lambda kind, value: (kind, value))
    module("unohelper", Base=type("Base", (), {}), ImplementationHelper=Helper)
    for name in ("com", "com.sun", "com.sun.star", "org"):
        module(name)
    kinds = {name: type(name, (), {}) for name in ("XLocalizable", "XServiceInfo")}
    module("com.sun.star.lang", Locale=lambda *words: words, **kinds)
    module(
        "com.sun.star.sheet", ResultEvent=type("ResultEvent", (), {}), XVolatileResult=type("XVolatileResult", (), {})
    )
    module("org.xlclv", XXlclv=type("XXlclv", (), {}))
    monkeypatch.syspath_prepend(str(folder / "pythonpath"))
    for name in [name for name in sys.modules if name.startswith("xlclv_calc")]:
        monkeypatch.delitem(sys.modules, name)
    made = types.ModuleType("component")
    exec(compile((folder / "component.py").read_text("utf-8"), "component.py", "exec"), made.__dict__)
    return made


@pytest.fixture
def worker(component: types.ModuleType, monkeypatch: pytest.MonkeyPatch) -> Worker:
    made = Worker()
    monkeypatch.setattr(component.Link, "_client", made)
    return made


@pytest.fixture
def addin(component: types.ModuleType) -> Any:
    return component.AddIn(None)


def test_arguments_left_out_at_the_end_are_not_sent(addin: Any, worker: Worker) -> None:
    assert addin.CLV(100.0, 2.0, 36.0, None, 0.1, None) == ((1.0,),)
    assert worker.asked == [("CLV", [100.0, 2.0, 36.0, None, 0.1], "")]


def test_a_range_of_one_cell_is_that_cell(addin: Any, worker: Worker) -> None:
    addin.CLV(((100.0,),), (("",),), ((1.0, 2.0),), None, None, None)
    assert worker.asked[0][1] == [100.0, None, ((1.0, 2.0),)]


def test_the_date_system_goes_with_functions_of_dates(addin: Any, worker: Worker) -> None:
    document = Document(Date(1904, 1, 1))
    assert addin.SEGMENT_STAGE(1.0, 2.0, 3.0, 4.0, None, None, None, None, document) == 1.0
    assert worker.asked == [("SEGMENT_STAGE", [1.0, 2.0, 3.0, 4.0], "1904-01-01")]


def test_cells_come_with_their_errors(addin: Any, worker: Worker) -> None:
    ids = Range((("a", None), ("b", 2.0)), {(0, 1): 0x7FFF})
    addin.DATA_CHECK(
        ids, Range(((1.0,),), {}), Range(((None,),), {(0, 0): 532}), None, None, Document(Date(1899, 12, 30))
    )
    (rows, date, amount) = worker.asked[0][1]
    assert rows[0][0] == "a"
    assert error_of(rows[0][1]) == CellError("#N/A")
    assert rows[1] == ("b", 2.0)
    assert date == 1.0
    assert error_of(amount) == CellError("#DIV/0!")


def test_tables_leave_as_tuples_and_texts_alone(addin: Any, worker: Worker) -> None:
    worker.answer = lambda: [("a", 1.0), ("b", 2.0)]
    assert addin.CLV_SHARES(((1.0,), (2.0,)), None) == (("a", 1.0), ("b", 2.0))
    worker.answer = lambda: "Champions"
    assert addin.RFM_SEGMENT(5.0, 5.0, 5.0, None, None, None) == "Champions"


def test_texts_of_a_range_are_told_to_who_listens(addin: Any, worker: Worker) -> None:
    worker.answer = lambda: [("Champions",), ("At risk",)]
    result = addin.RFM_SEGMENT(((5.0,), (1.0,)), 5.0, 5.0, None, None, None)
    told: list[Any] = []
    result.addResultListener(types.SimpleNamespace(modified=told.append))
    assert [event.Value for event in told] == [("[][]any", (("Champions",), ("At risk",)))]


def test_no_answer_is_an_error_value(addin: Any, worker: Worker, component: types.ModuleType) -> None:
    def none() -> Any:
        raise component.WorkerError("late")

    worker.answer = none
    assert error_of(addin.CLV(1.0, 1.0, 1.0, None, None, None)[0][0]) == VALUE
    assert error_of(addin.RFM_SEGMENT(5.0, 5.0, 5.0, None, None, None)) == VALUE


def test_a_failure_of_its_own_is_written_down(addin: Any, worker: Worker, folder: Path) -> None:
    worker.answer = lambda: 1 / 0
    assert error_of(addin.CLV(1.0, 1.0, 1.0, None, None, None)[0][0]) == VALUE
    assert "ZeroDivisionError" in (folder / "xlclv.log").read_text()


def test_the_worker_is_started_from_the_settings(component: types.ModuleType, folder: Path) -> None:
    client = component.Link.client()
    assert client._command == ["/python", "-P", "-m", "xlclv.hosts.calc.worker"]
    assert client.pid is None
    assert component.Link.client() is client


def test_error_numbers(component: types.ModuleType) -> None:
    assert struct.unpack("<Q", struct.pack("<d", component.VALUE_ERROR))[0] & 0xFFFFFFFF == 519
