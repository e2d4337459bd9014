"""The menu CLV in LibreOffice: each entry is there in both languages and does its work."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.hosts.calc.calc import Calc
from tests.workbook.samples import load, make_orders
from xlclv.checks import CHECKS
from xlclv.customers import with_limits
from xlclv.hosts.calc.configuration import LOCALES
from xlclv.hosts.calc.menu import PROTOCOL, SAID, SERVICE, address, commands
from xlclv.labels import STAGES, STANDARD, TIERS
from xlclv.retention import rate_convert
from xlclv.terms import terms_of
from xlclv.text import LANGUAGES, Language, Text
from xlclv.valuation import value_customers
from xlclv.workbook import contract
from xlclv.workbook.customer_value.build import build_template
from xlclv.workbook.customer_value.example import make_content
from xlclv.workbook.customer_value.setting import SHEETS
from xlclv.worksheet.catalogue import FUNCTIONS

TITLE = Text("Test", "测试")
EPOCH = dt.datetime(1899, 12, 30)
SUCCESS, FAILURE = 1, 0
#: The words of groups, by column.
WORDS = {
    "tier": {text.en: text for text in TIERS},
    "stage": {text.en: text for text in STAGES.values()},
    "segment": {text.en: text for text in STANDARD.values()},
}


#: A worker that ends after it wrote one cell.
DYING = """
import os, sys
from xlclv.hosts.calc import frames
def ask(header, values=()):
    frames.write_frame(sys.stdout.buffer, frames.pack(header, values))
    return frames.read_frame(sys.stdin.buffer)
ask({"frames": frames.VERSION})
ask({"ask": "lift", "tables": ["Checks", "Log"], "names": ["out_status"]})
ask({"ask": "write_name", "name": "out_status", "date": False}, [[("half done",)]])
os._exit(3)
"""


@contextmanager
def changed(calc: Calc, **given: Any) -> Iterator[None]:
    """Change settings of the extension meanwhile."""
    file = calc.extension.folder / "settings.json"
    before = file.read_text("utf-8")
    file.write_text(json.dumps(json.loads(before) | given), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(before, encoding="utf-8")


class MenuCalc(Calc):
    driver = Path(__file__).with_name("menu_driver.py")


@pytest.fixture(scope="module")
def calc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calc]:
    office = MenuCalc(tmp_path_factory.mktemp("menu") / "profile", timeout=120.0)
    yield office
    office.end()


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    found = make_orders(60)
    found["date"] = pd.to_datetime(found["date"])
    return found


def content(orders: pd.DataFrame, lang: Language) -> bytes:
    """Return a template that shows the values of three quarters of the customers, and holds the orders of all."""
    customers = orders["customer"].unique()
    first = orders[orders["customer"].isin(customers[: 3 * len(customers) // 4])]
    shown = make_content(first, orders["date"].max().date(), TITLE, TITLE, lang)
    return build_template("xlsx", lang, dataclasses.replace(shown, orders=orders))


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


class Book:
    """A workbook that is open in LibreOffice."""

    def __init__(self, calc: Calc, path: Path) -> None:
        self.calc, self.path = calc, path
        self.sheets = calc("open", document="book", path=str(path))

    def __call__(self, request: str, **given: Any) -> Any:
        return self.calc(request, document="book", **given)

    def do(self, command: str) -> tuple[bool, str]:
        state, sentence = self("dispatch", command=PROTOCOL + command)
        return state == SUCCESS, sentence

    @property
    def clv(self) -> str:
        """The header of the values of customers."""
        return str(self("table", name=contract.VALUES)[0][list(contract.VALUE_COLUMNS).index("clv")])

    def total(self) -> float:
        """Return the value of all customers as the Summary shows it."""
        formulas, sheet, clv = self("contents")[self.sheets[4]], self.sheets[4], self.clv
        row, column = next(
            (row, column)
            for row, cells in enumerate(formulas, 1)
            for column, cell in enumerate(cells)
            if cell == f'=IF(xlclv_ready;SUM(CustomerValues[{clv}]);"")'
        )
        place = f"{chr(65 + column)}{row}"
        found: float = self("read", sheet=sheet, places=[place])[0][0][0]
        return found


@pytest.fixture
def book(calc: Calc, orders: pd.DataFrame, lang: Language, tmp_path: Path) -> Iterator[Book]:
    path = tmp_path / "book.xlsx"
    path.write_bytes(content(orders, lang))
    yield Book(calc, path)
    calc("close", document="book")


@pytest.fixture
def english(calc: Calc, orders: pd.DataFrame, tmp_path: Path) -> Iterator[Book]:
    path = tmp_path / "book.xlsx"
    path.write_bytes(content(orders, "en"))
    yield Book(calc, path)
    calc("close", document="book")


@pytest.mark.libreoffice
class TestOffice:
    def test_the_menu_as_libreoffice_has_it(self, calc: Calc, lang: Language) -> None:
        place = f"/org.openoffice.Office.Addons/AddonUI/OfficeMenuBar/{SERVICE}"
        found = calc("settings", path=place, locale=LOCALES[lang])
        assert found["Title"] == "CLV"
        assert found["Context"] == "com.sun.star.sheet.SpreadsheetDocument"
        told = [(node["URL"], node["Title"]) for _, node in sorted(found["Submenu"].items())]
        assert told == [(address(command), command.label.of(lang)) for command in commands()]

    def test_tips_as_libreoffice_has_them(self, calc: Calc, lang: Language) -> None:
        path = "/org.openoffice.Office.UI.CalcCommands/UserInterface/Commands"
        found = calc("settings", path=path, locale=LOCALES[lang])
        for command in commands():
            if command.id != "insert":
                told = found[address(command)]
                assert (told["Label"], told["TooltipLabel"]) == (command.label.of(lang), command.tip.of(lang))

    def test_every_entry_is_taken(self, english: Book) -> None:
        for command in commands():
            assert english("dispatchable", command=address(command)), command.id
        assert not english("dispatchable", command="org.xlclv.other:refresh")

    def test_refresh(self, book: Book, orders: pd.DataFrame, lang: Language) -> None:
        protected = book("protected")
        done, sentence = book.do("refresh")
        assert done, sentence
        assert sentence.startswith("60 customers valued at ")
        rate = float(rate_convert(0.1, "year", "week"))
        valuation = value_customers(
            orders, as_of=orders["date"].max().date(), period="week", periods=52, margin=0.3, discount_rate=rate
        )
        expected = with_limits(valuation.customers, valuation.model, valuation.spend, terms_of("week", 52, 0.3, rate))
        head, *rows = book("table", name=contract.VALUES)
        assert head == [text.of(lang) for text in contract.VALUE_COLUMNS.values()]
        assert len(rows) == len(expected) == 60
        for name, cells in zip(contract.VALUE_COLUMNS, zip(*rows, strict=True), strict=True):
            column = expected[name].tolist()
            if name in WORDS:
                assert list(cells) == [WORDS[name][word].of(lang) for word in column], name
            elif isinstance(column[0], str):
                assert list(cells) == column, name
            elif isinstance(column[0], dt.datetime):
                assert [EPOCH + dt.timedelta(days=cell) for cell in cells] == column, name
            else:
                assert cells == pytest.approx(column, rel=1e-12), name
        assert book.total() == pytest.approx(expected["clv"].sum(), rel=1e-12)
        assert book("name", name="xlclv_failed") == 0
        assert book("name", name="xlclv_changed") == 0
        status = book("name", name="out_status")
        assert status == sentence if lang == "en" else status.startswith("60 位客户")
        log = book("table", name=contract.LOG)
        assert log[1][3:5] == [float(len(orders)), 60.0]
        assert book("protected") == protected == [True, True, False, False, True, True, True]

    def test_check_data(self, book: Book, lang: Language) -> None:
        values = book("table", name=contract.VALUES)
        assert book.do("check_data") == (True, "One thing to look at: 1 refund.")
        counts = {row[0]: row[1] for row in book("table", name=contract.CHECKS)}
        assert counts[CHECKS["refunds"].of(lang)] == 1.0
        assert book("table", name=contract.VALUES) == values
        assert book("undo") == []

    def test_a_refresh_is_undone_in_one_step(self, english: Book) -> None:
        before, protected = english("contents"), english("protected")
        english.do("refresh")
        after = english("contents")
        assert after != before
        assert english("undo") == []
        assert english("contents") == before
        assert english("protected") == protected
        assert len(english("table", name=contract.VALUES)) == 46
        english("redo")
        assert english("contents") == after
        assert english("protected") == protected

    def test_a_wrong_input_changes_nothing_but_the_sentence(self, book: Book, lang: Language) -> None:
        book("set_name", name="in_margin", cell=30.0)
        before, protected = book("contents"), book("protected")
        done, sentence = book.do("refresh")
        assert not done
        assert sentence.startswith("Margin (in_margin) must lie between 0% and 100%; write 30% or 0.3")
        status = book("name", name="out_status")
        assert status == sentence if lang == "en" else status.startswith("利润率（in_margin）必须在")
        after = book("contents")
        differing = [
            (sheet, one, two)
            for sheet in before
            for rows in zip(before[sheet], after[sheet], strict=True)
            for one, two in zip(*rows, strict=True)
            if one != two
        ]
        assert [(sheet, two) for sheet, _, two in differing] == [(book.sheets[0], status)]
        assert book("protected") == protected

    def test_orders_pasted_below_the_table_count(self, english: Book, orders: pd.DataFrame) -> None:
        sheet, left, _, _, last = english("table_place", name=contract.ORDERS)
        new = [["NEW", 44800.0, 12.5], ["NEW", 44811.0, 20.0]]
        place = f"{chr(65 + left)}{last + 2}:{chr(67 + left)}{last + 3}"
        english("fill", sheet=sheet, data=[(place, new)])
        assert english.do("refresh")[1].startswith("61 customers valued at")
        assert english("table_place", name=contract.ORDERS)[4] == last + 2
        assert english("name", name="out_filled") == len(orders) + 2
        assert english("name", name="xlclv_failed") == 0

    def test_columns_of_the_user_stay(self, english: Book) -> None:
        sheet, left, right, top, last = english("table_place", name=contract.VALUES)
        formula, typed = (chr(65 + right + number) for number in (1, 2))
        clv = chr(65 + left + list(contract.VALUE_COLUMNS).index("clv"))
        english("widen", name=contract.VALUES, columns=2)
        rows = range(top + 2, last + 2)
        head = [(f"{formula}{top + 1}:{typed}{top + 1}", [["twice", "note"]])]
        notes = [(f"{typed}{rows[0]}:{typed}{rows[-1]}", [[f"note {row}"] for row in rows])]
        twice = [(f"{formula}{row}", f"=2*{clv}{row}") for row in rows]
        english("fill", sheet=sheet, data=head + notes, formulas=twice)
        before = {row[0]: row[-1] for row in english("table", name=contract.VALUES)[1:]}
        done, sentence = english.do("refresh")
        assert done, sentence
        head, *cells = english("table", name=contract.VALUES)
        assert len(cells) == 60
        assert head[-2:] == ["twice", "note"]
        assert [row[-2] for row in cells] == pytest.approx([2 * row[head.index("clv")] for row in cells])
        assert {row[0]: row[-1] for row in cells} == before | dict.fromkeys({row[0] for row in cells} - set(before), "")

    def test_rows_that_a_filter_hides_are_written_and_it_looks_again(self, english: Book) -> None:
        sheet, _, _, top, last = english("table_place", name=contract.VALUES)
        tier = list(contract.VALUE_COLUMNS).index("tier")
        english("filter", name=contract.VALUES, column=tier, text="High")
        assert not all(english("visible", sheet=sheet, first=top + 1, last=last))
        assert english.do("refresh")[0]
        rows = english("table", name=contract.VALUES)[1:]
        assert len(rows) == 60
        assert english("visible", sheet=sheet, first=top + 1, last=top + 60) == [row[tier] == "High" for row in rows]

    def test_comments_and_conditional_formats_stay(self, english: Book) -> None:
        sheet = english.sheets[3]
        english("comment", sheet=sheet, place="C9", text="ask them")
        looks = english("looks")
        for _ in range(2):
            assert english.do("refresh")[0]
            assert english("comments", sheet=sheet) == ["ask them"]
            assert english("looks") == looks

    def test_a_window_that_is_seen(self, calc: Calc, orders: pd.DataFrame, tmp_path: Path) -> None:
        path = tmp_path / "seen.xlsx"
        path.write_bytes(content(orders, "en"))
        assert calc("show", document="seen", path=str(path))
        done = calc("dispatch", document="seen", command=f"{PROTOCOL}refresh")
        calc("close", document="seen")
        assert done[0] == SUCCESS
        assert done[1].startswith("60 customers valued at")

    def test_a_password_is_told_and_nothing_changes(self, english: Book) -> None:
        english("protect", sheet=english.sheets[6], password="secret")
        before = english("contents")
        done, sentence = english.do("refresh")
        assert not done
        assert sentence.startswith(f'The sheet "{english.sheets[6]}" is protected with a password')
        assert english("contents") == before
        assert english("protected")[6]

    def test_saved_for_excel(self, english: Book, tmp_path: Path) -> None:
        english.do("refresh")
        english("store", path=str(tmp_path / "saved.xlsx"))
        given, saved = load(english.path), load(tmp_path / "saved.xlsx")
        for sheet in given:
            one, two = sheet.protection, saved[sheet.title].protection
            assert one.sheet == two.sheet, sheet.title
            if one.sheet:
                for allowed in ("formatColumns", "autoFilter", "sort", "selectLockedCells"):
                    assert getattr(one, allowed) == getattr(two, allowed), (sheet.title, allowed)
        values = saved[english.sheets[3]].tables[contract.VALUES]
        assert values.ref.endswith(str(english("table_place", name=contract.VALUES)[4] + 1))

    def test_a_document_without_the_tables(self, calc: Calc) -> None:
        calc("open", document="plain")
        state, sentence = calc("dispatch", document="plain", command=f"{PROTOCOL}refresh")
        assert state == FAILURE
        assert "no cell named" in sentence or "no table Orders" in sentence
        assert not calc("modified", document="plain")
        calc("close", document="plain")

    def test_the_worker_answers(self, english: Book) -> None:
        assert english.do("test") == (True, SAID["reached"].en)

    def test_a_worker_that_does_not_start(self, calc: Calc, english: Book) -> None:
        before = english("contents")
        with changed(calc, python="/no/such/python"):
            for command in ("test", "refresh"):
                assert english.do(command) == (False, SAID["unreached"].en)
        assert english("contents") == before

    def test_a_worker_that_dies_leaves_the_sheets_protected(self, calc: Calc, english: Book) -> None:
        protected = english("protected")
        with changed(calc, worker=["-c", DYING]):
            assert english.do("refresh") == (False, SAID["unreached"].en)
        assert english("name", name="out_status") == "half done"
        assert english("protected") == protected
        assert english.do("refresh")[0]

    def test_cells_that_call_the_worker_follow_a_command(self, english: Book) -> None:
        clv = list(contract.VALUE_COLUMNS).index("clv")
        english("fill", sheet=english.sheets[2], formulas=[("H9", "=CLV(SUM(CustomerValues[clv]);1;1)")])
        before = english("read", sheet=english.sheets[2], places=["H9"])[0][0][0]
        assert english.do("refresh")[0]
        total = sum(row[clv] for row in english("table", name=contract.VALUES)[1:])
        assert english("read", sheet=english.sheets[2], places=["H9"])[0][0][0] == pytest.approx(total, rel=1e-12)
        assert before != pytest.approx(total, rel=1e-3)

    def test_help_lists_all_functions(self, english: Book) -> None:
        assert english.do("help") == (True, "")
        found = english.calc("newest")
        head, *rows = found["rows"]
        assert head == [SAID[name].en for name in ("function", "arguments", "what")]
        assert [row[0] for row in rows] == list(FUNCTIONS)
        assert [row[2] for row in rows] == [function.help.en for function in FUNCTIONS.values()]
        assert rows[list(FUNCTIONS).index("CLV")][1].startswith("order_value; frequency; lifetime; [margin]; ")
        assert not found["modified"]

    def test_nothing_was_logged(self, calc: Calc) -> None:
        assert "Traceback" not in calc.log


def test_sheets_of_the_template() -> None:
    """The tests above tell sheets by their places."""
    assert [SHEETS[place].en for place in (0, 2, 3, 4, 6)] == ["Start", "Orders", "CustomerValues", "Summary", "Checks"]
