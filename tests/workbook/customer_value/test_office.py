"""The template in a real spreadsheet program, and before Microsoft's own validator."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.workbook import office
from tests.workbook.customer_value.conftest import FORMS, SHEETS, Form
from tests.workbook.customer_value.test_build import cells, named
from tests.workbook.samples import load
from tests.workbook.test_office import same
from xlclv.text import Language
from xlclv.workbook import contract
from xlclv.workbook.customer_value import setting
from xlclv.workbook.customer_value.build import build_template
from xlclv.workbook.customer_value.setting import Content
from xlclv.worksheet.catalogue import FUNCTIONS

pytestmark = pytest.mark.libreoffice

CALLS = tuple(f"{name}(" for name in FUNCTIONS)


def calls_xlclv(formula: str) -> bool:
    """Tell whether a formula calls a function that LibreOffice does not have here."""
    return any(call in formula for call in CALLS)


@pytest.mark.parametrize("form", SHEETS, ids=str)
def test_libreoffice_computes_what_is_stored(templates: dict[Form, Path], form: Form, tmp_path: Path) -> None:
    path = templates[form]
    formulas, stored = load(path), load(path, values=True)
    fresh = load(office.recalculated(path, tmp_path), values=True)
    count, found, unknown = 0, [], set()
    for sheet, cell in cells(formulas):
        if cell.data_type != "f":
            continue
        formula = cell.value.text if hasattr(cell.value, "text") else cell.value
        ours, theirs = (book[sheet.title][cell.coordinate].value for book in (stored, fresh))
        if calls_xlclv(formula) or (form.example and str(theirs).startswith("#NAME?")):
            unknown.add((sheet.title, cell.coordinate))
            continue
        count += 1
        if not same(ours, theirs):
            found.append(f"{sheet.title}!{cell.coordinate} {formula}: stored {ours!r}, computed {theirs!r}")
    assert not found
    assert count > 150
    # Only What-if knows functions of xlclv, and what follows from them.
    assert {title for title, _ in unknown} <= {setting.WHAT_IF.of(form.lang)}
    if not form.example:
        errors = [cell.coordinate for _, cell in cells(fresh) if cell.data_type == "e"]
        assert not errors


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_open_xml_sdk_finds_no_fault(templates: dict[Form, Path], form: Form) -> None:
    assert office.validate(templates[form]) == []


def computed(content: Content, lang: Language, folder: Path) -> Any:
    """Return the values LibreOffice computes of a template with this content."""
    folder.mkdir()
    path = folder / "changed.xlsx"
    path.write_bytes(build_template("xlsx", lang, content))
    return load(office.recalculated(path, folder), values=True)


def changed(content: Content, **values: Any) -> Content:
    return dataclasses.replace(content, values={**content.values, **values})


DAY_ONE = pd.Timestamp("2020-01-01")
STALE = {
    "margin": lambda content: changed(content, in_margin=0.4),
    "blank margin": lambda content: changed(content, in_margin=None),
    "period": lambda content: changed(content, in_period="month"),
    "as-of": lambda content: changed(content, in_as_of=dt.date(2030, 12, 31)),
    "blank as-of": lambda content: changed(content, in_as_of=None),
    "model": lambda content: changed(content, in_model="BG/NBD"),
    "an order more": lambda content: dataclasses.replace(
        content, orders=content.orders.iloc[[0, *range(len(content.orders))]]
    ),
    "an amount": lambda content: dataclasses.replace(
        content, orders=content.orders.assign(amount=content.orders["amount"].where(content.orders.index > 0, 1.0))
    ),
    "a date of an order": lambda content: dataclasses.replace(
        content, orders=content.orders.assign(date=content.orders["date"].where(content.orders.index > 0, DAY_ONE))
    ),
}
FRESH = {
    "nothing": lambda content: content,
    "blank horizon is a year": lambda content: changed(content, in_periods=None),
    "blank as-of is the latest order": lambda content: changed(
        content, in_as_of=None, out_as_of=content.orders["date"].max()
    ),
    "blank margin is all": lambda content: changed(content, in_margin=None, out_margin=1.0),
    "blank rate is none": lambda content: changed(content, in_rate=None, out_rate=0.0),
    "title": lambda content: changed(content, in_title="Another", in_currency="€"),
}
WRONG = {
    "rows": lambda content: changed(content, out_rows=1),
    "later order": lambda content: changed(content, in_as_of=dt.date(2021, 6, 30), out_as_of=dt.date(2021, 6, 30)),
    "border": lambda content: changed(content, out_border=1),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", [*STALE, *FRESH, *WRONG])
def test_the_master_check_follows_inputs_orders_and_figures(
    small: dict[Language, Content], case: str, tmp_path: Path
) -> None:
    change: Callable[[Content], Content] = {**STALE, **FRESH, **WRONG}[case]
    book = computed(change(small["en"]), "en", tmp_path / "case")
    said = named(book, setting.MASTER).value
    if case in STALE:
        assert said == "✗ Inputs or orders changed: Refresh"
        assert named(book, setting.CHANGED).value >= 1
    elif case in FRESH:
        assert said == "✓ Checks: all 14 passed"
        assert named(book, setting.CHANGED).value == 0
    else:
        assert said == "✗ Checks: 1 of 14 failed"
        assert named(book, setting.FAILED).value == 1
    # A change is told beside the input it is of.
    marks = [cell.value for cell in book[setting.INPUTS.en]["I"]].count("changed")
    assert marks == (1 if case in STALE and "order" not in case and "amount" not in case else 0)


def test_wherever_the_figures_are_wrong_it_is_told(small: dict[Language, Content], tmp_path: Path) -> None:
    content = small["zh"]
    customers = content.valuation.customers
    spoiled = customers.assign(
        p_alive=customers["p_alive"].where(customers.index > 0, 1.5),
        clv=customers["clv"].where(customers.index > 0, -1.0),
    )
    valuation = dataclasses.replace(content.valuation, customers=spoiled)
    tables = {**content.tables, contract.LOG: [[None] * len(contract.LOG_COLUMNS)]}
    book = computed(dataclasses.replace(content, valuation=valuation, tables=tables), "zh", tmp_path / "case")
    failed = [row[1].value for row in book[setting.CHECKS.zh].iter_rows() if row[5].value == "未通过"]
    assert failed == ["总价值 = 记录中的价值", "存活概率均在 0 与 1 之间", "没有负的价值"]
    assert named(book, setting.MASTER).value == "✗ 检查：未通过 3 项，共 14 项"
