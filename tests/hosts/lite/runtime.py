"""xlwings Lite's side of a custom function, stood in for.

The program that registers and calls custom functions in xlwings Lite is not open source. This one is written after what
its documentation says and keeps to the open-source part of xlwings: all values go through `xlwings.conversion`. It runs
on CPython and in Pyodide, and needs the standard library and xlwings only.
"""

from __future__ import annotations

import datetime as dt
import inspect
import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import xlwings
from xlwings import conversion
from xlwings.utils import datetime_to_xlserial, is_jsnull

#: The date format of the user's Excel, and the newest set of custom function features it has.
DATE_FORMAT, RUNTIME = "yyyy-mm-dd", 1.4
ERROR_TYPES = {
    "#DIV/0!": "Div0", "#N/A": "NotAvailable", "#NAME?": "Name", "#NULL!": "Null", "#NUM!": "Num", "#REF!": "Ref",
    "#VALUE!": "Value",
}  # fmt: skip


class Engine:
    """How Lite has xlwings write cells; arguments of ours are asked for raw and never pass here."""

    name, type = "officejs", "remote"

    @staticmethod
    def prepare_xl_data_element(cell: Any, options: dict[str, Any]) -> Any:
        if cell is None:
            return ""
        if isinstance(cell, dt.date):
            serial = datetime_to_xlserial(cell)
            if options["runtime"] < 1.4:
                return serial
            return {"type": "FormattedNumber", "basicValue": serial, "numberFormat": options["date_format"]}
        if isinstance(cell, str) and cell in ERROR_TYPES and options["runtime"] >= 1.4:
            return {"type": "Error", "errorType": ERROR_TYPES[cell]}
        return cell


def func(function: Any = None, *, volatile: bool = False) -> Any:
    """`xlwings.func` as Lite has it."""

    def decorate(function: Any) -> Any:
        described = _described(function)
        described["volatile"] = volatile
        return function

    return decorate if function is None else decorate(function)


def arg(name: str, convert: Any = None, *, doc: str = "", **options: Any) -> Callable[[Any], Any]:
    """`xlwings.arg` as Lite has it."""

    def decorate(function: Any) -> Any:
        described = func(function).described["args"][name]
        described["doc"] = doc
        described["options"] = {"convert": convert, **options}
        return function

    return decorate


def _described(function: Any) -> dict[str, Any]:
    if not hasattr(function, "described"):
        function.described = {
            "name": function.__name__,
            "doc": function.__doc__,
            "args": {
                parameter.name: {"optional": parameter.default is not inspect.Parameter.empty, "options": {}}
                for parameter in inspect.signature(function).parameters.values()
                if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
            },
            "ret": {},
        }
    described: dict[str, Any] = function.described
    return described


def install() -> None:
    """Make xlwings what it is in Lite, before a main.py is run."""
    xlwings.func, xlwings.arg = func, arg
    xlwings.engines.add(xlwings.Engine(impl=Engine()))


def run_main(source: str) -> ModuleType:
    """Run a main.py."""
    main = ModuleType("main")
    exec(source, main.__dict__)
    return main


def registered(main: ModuleType) -> dict[str, dict[str, Any]]:
    """Return the custom functions Lite finds in main.py, by name."""
    return {f.described["name"]: f.described for f in vars(main).values() if hasattr(f, "described")}


def called(main: ModuleType, name: str, arguments: list[Any], runtime: float = RUNTIME) -> Any:
    """Return what Excel gets of a call; an exception shows as its text, which our functions must never need."""
    function = getattr(main, name)
    described = list(function.described["args"].values())
    values = []
    for argument, info in zip(arguments, described, strict=False):
        value = _unpacked(argument)
        values.append(None if value is None else conversion.read(None, value, info["options"], engine_name="officejs"))
    result = function(*values)
    options = {**function.described["ret"], "date_format": DATE_FORMAT, "runtime": runtime}
    return conversion.write(result, None, options, engine_name="officejs")


def _unpacked(rows: Any) -> Any:
    """Return a single cell as itself and a single row as a list of cells, as Lite hands them over."""
    if isinstance(rows, list) and len(rows) == 1:
        rows = rows[0][0] if len(rows[0]) == 1 else rows[0]
    return None if is_jsnull(rows) else rows


def answered(main: ModuleType, name: str, arguments: list[Any], runtime: float = RUNTIME) -> str:
    """Return the answer as JSON, with the latest failure noted."""
    from xlclv.worksheet import log

    log.clear()
    result = called(main, name, arguments, runtime)
    failures = [failure.sentence.en for failure in log.latest()]
    return json.dumps({"result": result, "failure": failures[0] if failures else ""})
