"""Every declared function, called as xlwings Lite calls it, gives what `worksheet.call` gives."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.hosts.lite.excel import EXAMPLES, received, sent, shown
from tests.hosts.lite.requirements import ROOT, left_out
from xlclv.hosts.lite.cells import cells_in, cells_out
from xlclv.worksheet import CellError, call
from xlclv.worksheet.catalogue import FUNCTIONS


class Browser:
    """A running program that answers calls."""

    def __init__(self, *absent: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.hosts.lite.browser", *absent],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip

    def ask(self, name: str, *rest: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([name, *rest]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def result(self, name: str, *cells: Any) -> Any:
        return self.ask(name, [sent(cell) for cell in cells])["result"]

    def close(self) -> None:
        self.process.communicate(timeout=30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    running = Browser()
    yield running
    running.close()


@pytest.mark.parametrize(("name", "cells"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_examples(browser: Browser, name: str, cells: tuple[Any, ...]) -> None:
    answer = browser.result(name, *cells)
    if not FUNCTIONS[name].volatile:  # the list of failures is of its own process
        assert answer == shown(call(name, *map(received, cells)))


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_blank_error_date_and_text_in_every_argument(browser: Browser, name: str) -> None:
    function = FUNCTIONS[name]
    usable = next(example.cells for example in function.examples if not isinstance(example.result, CellError))
    strange = [None, "", "text", "文本", "=1+1", True, CellError("#N/A"), CellError("#SPILL!"), dt.date(2024, 1, 5),
               [[None]], [[1.0, "a"], [CellError("#DIV/0!"), None]]]  # fmt: skip
    for place in range(len(usable)):
        for cell in strange:
            cells = [*usable[:place], cell, *usable[place + 1 :]]
            answer = browser.result(name, *cells)
            if not function.volatile:
                assert answer == shown(call(name, *map(received, cells))), (place, cell)


@pytest.mark.parametrize("name", [name for name, f in FUNCTIONS.items() if any(not a.required for a in f.arguments)])
def test_arguments_left_out(browser: Browser, name: str) -> None:
    function = FUNCTIONS[name]
    usable = next(example.cells for example in function.examples if not isinstance(example.result, CellError))
    required = [cell for cell, argument in zip(usable, function.arguments, strict=False) if argument.required]
    omitted = [None] * (len(function.arguments) - len(required))
    answer = browser.result(name, *required, *omitted)
    if not function.volatile:
        assert answer == shown(call(name, *map(received, required)))


def test_lite_knows_names_arguments_and_help(browser: Browser) -> None:
    registered = browser.ask("?")
    assert list(registered) == list(FUNCTIONS)
    for name, described in registered.items():
        function = FUNCTIONS[name]
        assert described["doc"] == function.help.en
        assert described["volatile"] == function.volatile
        arguments = [(argument, info["doc"], info["optional"]) for argument, info in described["args"].items()]
        assert arguments == [(a.name, a.help.en, not a.required) for a in function.arguments]
        assert all(info["options"] == {"convert": "raw"} for info in described["args"].values())


def test_an_excel_without_data_types_gets_texts_and_serial_numbers(browser: Browser) -> None:
    assert browser.ask("CLV", [[[100]], [[2]], [[-1]]], 1.3)["result"] == [["#NUM!"]]
    orders = [[["a"], ["b"], ["a"]], [[45296], [45311], [45325]], None, None, None, [[45337]]]
    assert browser.ask("RETENTION_COHORTS", orders, 1.3)["result"][1][:3] == [45292.0, 2.0, 1.0]
    first = {"type": "FormattedNumber", "basicValue": 45292.0, "numberFormat": "yyyy-mm-dd"}
    assert browser.ask("RETENTION_COHORTS", orders)["result"][1][:3] == [first, 2.0, 1.0]


def test_the_first_clv_needs_no_numpy() -> None:
    """Nor anything else that is large; xlwings imports what there is of it, but nothing of ours does."""
    large = ["numpy", "pandas", "scipy", "sklearn", "statsmodels", "openpyxl", "xlsxwriter"]
    running = Browser(*large)
    try:
        assert running.ask("CLV", [[[100]], [[2]], [[36]]]) == {"result": [[7200.0]], "failure": ""}
        assert "ModuleNotFoundError" in running.ask("RFM_TABLE", [[["a"]], [[45296]], [[10]], [[45300]]])["failure"]
    finally:
        running.close()


def test_the_browser_is_one_without_what_is_left_out() -> None:
    assert {"lifetimes", "rich", "python_calamine"} <= left_out()
    assert not {"numpy", "pandas", "scipy", "xlwings"} & left_out()


class TestCells:
    @pytest.mark.parametrize(
        ("value", "cells"),
        [
            (5, 5.0),
            (True, True),
            ("x", "x"),
            (None, None),
            ([1, "a", None], [[1.0, "a", None]]),
            ([[1], [2.5]], [[1.0], [2.5]]),
            ([], [[]]),
            ({"type": "FormattedNumber", "basicValue": 45296, "numberFormat": "d/m/yyyy"}, 45296.0),
            ({"type": "Error", "basicValue": "#CALC!"}, CellError("#CALC!")),
            (
                {"type": "Entity", "text": "Contoso", "basicType": "Error", "basicValue": "#VALUE!"},
                CellError("#VALUE!"),
            ),
            ({"type": "Error"}, CellError("#VALUE!")),
            ({"type": "String", "basicType": "String", "basicValue": "#1"}, "#1"),
            ({"type": "LinkedEntity"}, None),
        ],
    )
    def test_in(self, value: Any, cells: Any) -> None:
        read = cells_in(value)
        assert read == cells
        assert type(read) is type(cells)

    def test_out(self) -> None:
        day = dt.date(2024, 1, 5)
        assert cells_out(7.5) == [[7.5]]
        assert cells_out([[day, ""], [CellError("#N/A"), CellError("#SPILL!")]]) == [[day, ""], ["#N/A", "#VALUE!"]]
