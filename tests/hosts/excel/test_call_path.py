"""Every declared function through xlwings' own Windows call path gives what `worksheet.call` gives."""

from __future__ import annotations

import datetime as dt
import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from xlclv.hosts.excel.bridge import answer
from xlclv.hosts.excel.cells import ERRORS, MARK, MISSING, cells_in, cells_out
from xlclv.worksheet import CellError, call
from xlclv.worksheet.catalogue import FUNCTIONS
from xlclv.worksheet.convert import serial_of

NUMBERS = {code: number for number, code in ERRORS.items()}


class Server:
    """A running call path."""

    def __init__(self) -> None:
        program = Path(__file__).with_name("windows.py")
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, name: str, arguments: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([name, arguments]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.communicate(timeout=30)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


def sent(cells: Any) -> Any:
    """Cells as COM carries them, in JSON."""
    if isinstance(cells, list):
        return [[sent(cell) for cell in row] for row in (cells if isinstance(cells[0], list) else [cells])]
    if isinstance(cells, CellError):
        return NUMBERS[cells.code]
    if isinstance(cells, dt.date):
        return {"date": dt.datetime(cells.year, cells.month, cells.day).isoformat()}
    if isinstance(cells, int) and not isinstance(cells, bool):
        return float(cells)  # a cell's number is a double
    return cells


def shown(result: Any) -> Any:
    """What CallUDF makes of our rows: a single cell or a single row loses its brackets."""
    rows = cells_out(result)
    if len(rows) == 1:
        return rows[0][0] if len(rows[0]) == 1 else rows[0]
    return rows


# Excel itself refuses a formula with more arguments than are declared.
EXAMPLES = [
    (name, example.cells)
    for name, function in FUNCTIONS.items()
    for example in function.examples
    if len(example.cells) <= len(function.arguments)
]


@pytest.mark.parametrize(("name", "cells"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_examples(server: Server, name: str, cells: tuple[Any, ...]) -> None:
    answer = server.ask(name, [sent(cell) for cell in cells])
    if not FUNCTIONS[name].volatile:  # the list of failures is of its own process
        assert answer == shown(call(name, *cells))


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_blank_missing_error_date_and_text_in_every_argument(server: Server, name: str) -> None:
    function = FUNCTIONS[name]
    usable = next(example.cells for example in function.examples if not isinstance(example.result, CellError))
    strange = [None, "", "text", "文本", "=1+1", True, CellError("#N/A"), CellError("#SPILL!"), dt.date(2024, 1, 5),
               [[None]], [[1.0, "a"], [CellError("#DIV/0!"), None]]]  # fmt: skip
    for place in range(len(usable)):
        for cell in strange:
            cells = [*usable[:place], cell, *usable[place + 1 :]]
            answer = server.ask(name, [sent(c) for c in cells])
            if not function.volatile:
                expected = shown(call(name, *cells))
                assert answer == expected, (place, cell)


@pytest.mark.parametrize("name", [name for name, f in FUNCTIONS.items() if any(not a.required for a in f.arguments)])
def test_arguments_left_out(server: Server, name: str) -> None:
    function = FUNCTIONS[name]
    usable = next(example.cells for example in function.examples if not isinstance(example.result, CellError))
    required = [cell for cell, argument in zip(usable, function.arguments, strict=False) if argument.required]
    omitted = [MISSING] * (len(function.arguments) - len(required))
    answer = server.ask(name, [*map(sent, required), *omitted])
    if not function.volatile:
        assert answer == shown(call(name, *required))


DATES = [[dt.date(2024, month, day)] for month, day in ((1, 5), (1, 20), (2, 3), (2, 10), (3, 1), (3, 1))]
ORDERS = ([["a"], ["b"], ["a"], ["c"], ["b"], ["a"]], DATES, [[10], [20], [30], [15], [5], [25]])


@pytest.mark.parametrize(("name", "as_of"), [("RFM_TABLE", dt.date(2024, 3, 31)), ("DATA_CHECK", dt.date(2024, 2, 29))])
def test_dates_of_both_systems(server: Server, name: str, as_of: dt.date) -> None:
    """The bridge says how the workbook counts; a serial number comes and goes in its system."""
    expected = call(name, *ORDERS, as_of)
    answers = []
    for date1904 in (False, True):
        ids, dates, amounts = ORDERS
        serials = [[serial_of(row[0], date1904)] for row in dates]
        given = [ids, serials, sent(amounts), serial_of(as_of, date1904)]
        answers.append(server.ask("xlclv_call", [name, date1904, given]))
        assert answers[-1] == cells_out(expected, date1904)
    gaps = {a - b for rows in zip(*answers, strict=True) for a, b in zip(*rows, strict=True) if a != b}
    assert gaps == ({1462.0} if name == "RFM_TABLE" else set())


def test_required_argument_left_out_is_an_error_value(server: Server) -> None:
    assert server.ask("CLV", [100.0, MISSING, 36.0]) == MARK + "#VALUE!"


def test_an_exception_never_reaches_the_cell(server: Server) -> None:
    assert server.ask("CLV", [100.0, 2.0, "abc"]) == MARK + "#VALUE!"
    assert server.ask("CLV", [1e308, 1e308, 1.0]) == MARK + "#NUM!"


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_xlwings_knows_name_arguments_and_help(server: Server, name: str) -> None:
    function = FUNCTIONS[name]
    described = server.ask("?", name)
    assert described["name"] == name
    assert described["category"] == "xlclv"
    assert described["doc"] == function.help.en
    assert described["volatile"] == function.volatile
    assert described["args"] == [[a.name, a.help.en, not a.required] for a in function.arguments]


def test_every_error_number() -> None:
    assert ERRORS[-2146826281] == "#DIV/0!"
    assert ERRORS[-2146826246] == "#N/A"
    assert len(set(ERRORS.values())) == len(ERRORS)


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """The least time that some work takes."""
    best = 60.0
    for _ in range(5):
        start = time.process_time()
        for _ in range(times):
            work()
        best = min(best, (time.process_time() - start) / times)
    return best


def test_one_call_takes_few_microseconds() -> None:
    """Beyond what xlwings itself takes."""
    assert answer("CLV", False, (100.0, 2.0, 36.0)) == [[7200.0]]
    assert seconds(lambda: answer("CLV", False, (100.0, 2.0, 36.0)), 1000) < 60e-6


def test_a_hundred_thousand_rows_within_a_second() -> None:
    columns = tuple(tuple((float(row % most),) for row in range(100_000)) for most in (730, 20, 1999))
    shown = answer("RFM_SCORE", False, columns)
    assert (len(shown), len(shown[0])) == (100_000, 3)
    assert seconds(lambda: answer("RFM_SCORE", False, columns)) < 1.0


def test_four_columns_of_several_kinds_out() -> None:
    rows: list[list[Any]] = [["customer", 2.5, dt.date(2024, 1, 5), True]] * 100_000
    assert cells_out(rows)[-1] == ["customer", 2.5, 45296.0, True]
    assert seconds(lambda: cells_out(rows)) < 0.8


@pytest.mark.parametrize("collecting", [True, False])
def test_the_collector_of_garbage_is_left_as_it_was(collecting: bool) -> None:
    before = gc.isenabled()
    (gc.enable if collecting else gc.disable)()
    try:
        assert answer("CLV", False, ("x",)) == [[MARK + "#VALUE!"]]
        assert gc.isenabled() is collecting
    finally:
        (gc.enable if before else gc.disable)()


def test_only_errors_and_dates_change_on_their_way() -> None:
    assert cells_in(((1.0, "a"), (None, True))) == [(1.0, "a"), (None, True)]
    assert cells_in(((1.0, -2146826246), (MISSING, True))) == [[1.0, CellError("#N/A")], [None, True]]
    assert cells_in((1.0, -2146826281)) == [[1.0, CellError("#DIV/0!")]]
    noon = dt.datetime(2024, 1, 5, 12)
    out = [[noon, noon.date(), CellError("#NUM!")], [noon.date(), MARK + "#NUM!", 1.5]]
    assert cells_out(out) == [[45296.5, 45296.0, MARK + "#NUM!"], [45296.0, "#NUM!", 1.5]]
    assert cells_out(noon.date(), date1904=True) == [[43834.0]]
