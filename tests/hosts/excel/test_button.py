"""The buttons of the customer value template, pressed in LibreOffice: what is bound to them runs, down to Python.

The macro, the modules it calls and what Python does are those of Excel. In the place of xlwings' COM server is a socket
of this machine; in the place of Excel's objects, tables, names and cells of the document in LibreOffice.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
import io
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
import xlsxwriter
import xlwings

from tests.hosts.excel import loopback
from tests.hosts.excel.calc_document import MACRO, Document, Listener, project
from tests.hosts.excel.calc_engine import open_book
from tests.workbook.office import soffice
from tests.workbook.samples import load, make_orders
from xlclv.checks import CHECKS
from xlclv.customers import with_limits
from xlclv.hosts.excel.bridge import xlclv_command
from xlclv.hosts.excel.macros import template_macros
from xlclv.hosts.excel.modules import source, template_modules
from xlclv.hosts.excel.texts import SAID
from xlclv.labels import STAGES, STANDARD, TIERS
from xlclv.retention import rate_convert
from xlclv.terms import terms_of
from xlclv.text import Language, Text
from xlclv.valuation import value_customers
from xlclv.vba import Module, build_project
from xlclv.workbook import contract
from xlclv.workbook.customer_value.build import build_template
from xlclv.workbook.customer_value.example import make_content
from xlclv.workbook.customer_value.macros import Macros
from xlclv.workbook.customer_value.setting import CODE_NAMES, SHEETS

pytestmark = pytest.mark.libreoffice

#: How long LibreOffice may take, in seconds.
TIMEOUT = 120.0
TITLE = Text("Test", "测试")
EPOCH = dt.datetime(1899, 12, 30)
#: The words of groups, by column.
WORDS = {
    "tier": {text.en: text for text in TIERS},
    "stage": {text.en: text for text in STAGES.values()},
    "segment": {text.en: text for text in STANDARD.values()},
}


class After(NamedTuple):
    """What stood in the document when a command was done."""

    command: str
    status: Any
    checks: list[list[Any]]
    values: list[list[Any]]


class Python:
    """Does in Python what xlwings' COM server would be asked for, and looks at the document after it."""

    def __init__(self) -> None:
        self.done: list[After] = []

    def __call__(self, document: Document, name: str, arguments: list[Any]) -> list[Any]:
        assert name == "xlclv_command"
        open_book(document).set_mock_caller()
        try:
            (row,) = xlclv_command(*arguments)
        finally:
            del xlwings.Book._mock_caller
        names = {name: place for name, *place in document.ask("names")}
        tables = {name: place for name, *place in document.ask("tables")}
        if contract.VALUES in tables:
            ((status,),) = document.ask("read", *names["out_status"])
            checks, values = (document.ask("read", *tables[name]) for name in (contract.CHECKS, contract.VALUES))
            self.done.append(After(arguments[0], status, checks, values))
        return list(row)


def before(orders: pd.DataFrame, lang: Language, port: int) -> bytes:
    """Return a template that shows the values of three quarters of the customers, and holds the orders of all."""
    customers = orders["customer"].unique()
    first = orders[orders["customer"].isin(customers[: 3 * len(customers) // 4])]
    content = make_content(first, orders["date"].max().date(), TITLE, TITLE, lang)
    content = dataclasses.replace(content, orders=orders)
    macros = template_macros(CODE_NAMES, lang)
    return build_template("xlsm", lang, content, with_calc(macros, CODE_NAMES, port))


def with_calc(macros: Macros, sheets: Sequence[str], port: int, extra: Sequence[Module] = ()) -> Macros:
    """Return macros with the modules that take the places of Excel's own."""
    names = {module.name for module in extra}
    modules = template_modules([*sheets, *(hidden.code for hidden in macros.hidden)])
    modules = [*extra, *(module for module in modules if module.name not in names)]
    return dataclasses.replace(macros, project=build_project(project(modules, port)))


def press(given: bytes, labels: Sequence[str], folder: Path, listener: Listener) -> Path:
    """Open a workbook in LibreOffice, press its buttons and save it."""
    path, saved = folder / "given.xlsm", folder / "saved.xlsx"
    path.write_bytes(given)
    profile = folder / "profile"
    command = [soffice(), f"-env:UserInstallation={profile.resolve().as_uri()}", "--headless", "--norestore"]
    environment = os.environ | {
        "XLCLV_GIVEN": path.resolve().as_uri(),
        "XLCLV_WRITTEN": saved.resolve().as_uri(),
        "XLCLV_PRESSED": ";".join(labels),
    }
    subprocess.run([*command, "--terminate_after_init"], capture_output=True, timeout=60, check=True)
    module = loopback.MODULE.replace(html.escape(loopback.MACRO), html.escape(MACRO))
    (profile / "user" / "basic" / "Standard" / "Module1.xba").write_text(module, encoding="utf-8")
    log = folder / "soffice.log"
    with log.open("w") as stream:
        running = subprocess.Popen(
            [*command, "macro:///Standard.Module1.Main"],
            stdout=stream, stderr=stream, env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            running.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
    assert not listener.failures, listener.failures
    assert saved.exists(), (listener.orders, listener.notes, log.read_text())
    return saved


class Run(NamedTuple):
    """A template whose two buttons were pressed."""

    orders: pd.DataFrame
    python: Python
    listener: Listener
    saved: Path


@pytest.fixture(scope="module", params=["en", "zh"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    lang: Language = request.param
    orders = make_orders(60)
    orders["date"] = pd.to_datetime(orders["date"])
    python = Python()
    listener = Listener(python)
    labels = ("Check data", "Refresh") if lang == "en" else ("检查数据", "刷新")
    saved = press(before(orders, lang, listener.port), labels, tmp_path_factory.mktemp("button"), listener)
    yield Run(orders, python, listener, saved)
    listener.close()


def lang_of(run: Run) -> Language:
    return "zh" if run.python.done[0].checks[0][0] == contract.CHECK_COLUMNS["check"].zh else "en"


def test_each_button_asks_for_its_command(run: Run) -> None:
    bridge = "xlclv.hosts.excel.bridge"
    assert run.listener.orders == [
        (bridge, "xlclv_command", "check_data", "en"),
        (bridge, "xlclv_command", "refresh", "en"),
    ]


def test_the_user_is_told_in_the_status_bar(run: Run) -> None:
    kinds, sentences = zip(*run.listener.notes, strict=True)
    assert kinds == ("tell",) * 4
    assert sentences[0] == sentences[2] == SAID["running"].en
    assert sentences[1].endswith("thing to look at: 1 refund.")
    assert re.fullmatch(r"60 customers valued at [\d,]+ for the next 52 weeks; no rows skipped\.", sentences[3])


def test_the_workbook_says_it_in_its_language(run: Run) -> None:
    checked, refreshed = run.python.done
    if lang_of(run) == "en":
        assert [checked.status, refreshed.status] == [run.listener.notes[1][1], run.listener.notes[3][1]]
    else:
        assert checked.status.startswith("有 1 项需要注意")
        assert refreshed.status.startswith("60 位客户")


def test_check_data_leaves_the_values_alone(run: Run) -> None:
    checked, refreshed = run.python.done
    refunds = CHECKS["refunds"].of(lang_of(run))
    assert {row[0]: row[1] for row in checked.checks}[refunds] == 1
    assert len(checked.values) - 1 == 45
    assert len(refreshed.values) - 1 == 60


def test_customer_values_are_those_of_the_orders(run: Run) -> None:
    lang = lang_of(run)
    rate = float(rate_convert(0.1, "year", "week"))
    valuation = value_customers(
        run.orders, as_of=run.orders["date"].max().date(), period="week", periods=52, margin=0.3, discount_rate=rate
    )
    expected = with_limits(valuation.customers, valuation.model, valuation.spend, terms_of("week", 52, 0.3, rate))
    head, *rows = run.python.done[1].values
    assert head == [text.of(lang) for text in contract.VALUE_COLUMNS.values()]
    assert len(rows) == len(expected) == 60
    assert run.python.done[0].values[1:] != rows[:45]
    for name, cells in zip(contract.VALUE_COLUMNS, zip(*rows, strict=True), strict=True):
        column = expected[name].tolist()
        if name in WORDS:
            assert list(cells) == [WORDS[name][word].of(lang) for word in column], name
        elif isinstance(cells[0], str):
            assert list(cells) == column, name
        elif isinstance(column[0], dt.datetime):
            assert [EPOCH + dt.timedelta(days=cell) for cell in cells] == column, name
        else:
            assert cells == pytest.approx(column, rel=1e-12, nan_ok=True), name


def test_formulas_of_the_summary_follow_the_table(run: Run) -> None:
    book, sheets = load(run.saved, values=True), [sheet.of(lang_of(run)) for sheet in SHEETS]
    total = sum(row[list(contract.VALUE_COLUMNS).index("clv")] for row in run.python.done[1].values[1:])
    summary = [cell for row in book[sheets[4]].iter_rows(values_only=True) for cell in row]
    assert any(isinstance(cell, float) and cell == pytest.approx(total, rel=1e-12) for cell in summary)
    (check,) = book.defined_names["xlclv_failed"].destinations
    assert book[check[0]][check[1]].value == 0


def test_live_functions_follow_too(run: Run) -> None:
    assert {"MODEL_ALIVE", "MODEL_ORDERS", "CLV_PREDICT"} <= set(run.listener.asked)
    sheet = load(run.saved, values=True)[SHEETS[5].of(lang_of(run))]
    errors = [(cell.coordinate, cell.value) for row in sheet for cell in row if cell.data_type == "e"]
    assert errors == []


def test_sheets_are_protected_as_before(run: Run) -> None:
    given, after = load(run.saved.with_name("given.xlsm")), load(run.saved)
    for sheet in given:
        assert after[sheet.title].protection.sheet == sheet.protection.sheet, sheet.title


def test_a_workbook_without_the_tables(tmp_path: Path) -> None:
    listener = Listener(Python())
    press(plain(listener.port), ["Refresh"], tmp_path, listener)
    listener.close()
    *_, (kind, sentence) = listener.notes
    assert kind == "say"
    assert "no table Orders" in sentence or "no cell named" in sentence
    assert "Traceback" not in sentence


def test_python_that_does_not_start(tmp_path: Path) -> None:
    listener = Listener(Python(), starts=False)
    press(plain(listener.port), ["Refresh"], tmp_path, listener)
    listener.close()
    assert listener.notes[-1] == ("say", SAID["unreached"].en)
    assert listener.orders == []


CALLS = {
    "=CLV(100,2,36)": True,
    '=IF(ready,1+clv(A1,2,36),"")': True,
    "=SUM(CLV_TABLE(A1:A9,B1:B9))": True,
    "=MYCLV(1)+CLVS(2)+SUM(3)": False,
    "=[1]!CLV(100,2,36)": True,
    "=CLV+(1)": False,
    "CLV(100,2,36)": False,
    '="CLV"': False,
    "": False,
}


def test_formulas_that_call_ours(tmp_path: Path) -> None:
    """Which formulas of a template without macros the add-in enters again."""
    asked = "".join(
        f'    calc_note "{expected}", CStr(calls_ours("{text.replace(chr(34), 2 * chr(34))}"))\n'
        for text, expected in CALLS.items()
    )
    formulas = source("formulas.bas").replace("Private Function calls_ours", "Public Function calls_ours")
    listener = Listener(Python())
    extra = [
        Module("xlclv_buttons", f"Public Sub xlclv_refresh()\n{asked}End Sub\n"),
        Module("xlclv_formulas", formulas),
    ]
    press(plain(listener.port, extra), ["Refresh"], tmp_path, listener)
    listener.close()
    assert listener.notes == [(str(expected), str(expected)) for expected in CALLS.values()]


def plain(port: int, extra: Sequence[Module] = ()) -> bytes:
    """Return a workbook with the macros, a button and nothing else; ``extra`` modules take the places of theirs."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    macros = with_calc(template_macros(["sheet_one"], "en"), ["sheet_one"], port, extra)
    book.add_vba_project(io.BytesIO(macros.project), True)
    book.set_vba_name(macros.book)
    sheet = book.add_worksheet()
    sheet.set_vba_name("sheet_one")
    sheet.insert_button("B2", {"macro": macros.buttons[0].macro, "caption": macros.buttons[0].label})
    for title, code, rows in macros.hidden:
        hidden = book.add_worksheet(title)
        hidden.set_vba_name(code)
        for number, row in enumerate(rows):
            hidden.write_row(number, 0, row)
        hidden.very_hidden()
    book.close()
    return stream.getvalue()
