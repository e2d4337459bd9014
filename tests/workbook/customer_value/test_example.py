"""A template that is built filled holds what a Refresh of its orders would write."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.workbook.book import MemoryBook
from tests.workbook.customer_value.test_build import table
from tests.workbook.samples import load
from xlclv.text import LANGUAGES, Language
from xlclv.workbook import contract
from xlclv.workbook.customer_value.build import build_template
from xlclv.workbook.customer_value.setting import Content
from xlclv.workbook.refresh import refresh

#: What tells when it was and how long it took.
CLOCK = {"out_time", "out_status"}


def refreshed(content: Content, lang: Language) -> MemoryBook:
    headers = [text.of(lang) for text in contract.ORDER_COLUMNS.values()]
    book = MemoryBook(content.orders.set_axis(headers, axis=1), lang)
    book.names |= {item.name: content.values[item.name] for item in contract.INPUTS}
    refresh(book)
    return book


def plain(value: Any) -> Any:
    """Return a value as cells hold it: a day as a date, an empty text as nothing, a number to 12 digits."""
    if isinstance(value, dt.datetime):
        value = value.date()
    if value is None or isinstance(value, str | dt.date):
        return value or None
    return float(f"{value:.12g}")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_results_are_those_of_refresh(small: dict[Language, Content], lang: Language) -> None:
    content = small[lang]
    book = refreshed(content, lang)
    names = {item.name for item in contract.OUTPUTS} - CLOCK
    assert {name: plain(content.values[name]) for name in names} == {name: plain(book.names[name]) for name in names}
    for name in (contract.ORDER_MODEL, contract.SPEND_MODEL, contract.CHECKS):
        found = [[plain(cell) for cell in row] for row in content.tables[name]]
        assert found == [[plain(cell) for cell in row] for row in book.tables[name].values.tolist()]
    log, expected = content.tables[contract.LOG][0], book.tables[contract.LOG].iloc[0].tolist()
    assert [plain(cell) for cell in log[1:-1]] == [plain(cell) for cell in expected[1:-1]]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_customers_are_those_of_refresh(contents: dict[Language, Content], lang: Language) -> None:
    book = refreshed(contents[lang], lang)
    customers = contents[lang].valuation.customers
    table = book.tables[contract.VALUES]
    for name in contract.VALUE_COLUMNS:
        if name in ("tier", "stage", "segment"):
            continue
        header = contract.VALUE_COLUMNS[name].of(lang)
        assert [plain(cell) for cell in customers[name]] == [plain(cell) for cell in table[header]], name


def test_customers_without_limits_leave_the_cells_empty(small: dict[Language, Content], tmp_path: Path) -> None:
    content = small["en"]
    customers = content.valuation.customers
    best = customers.index == 0
    limits = {name: customers[name].where(best).astype(object).where(best, None) for name in ("clv_lower", "clv_upper")}
    valuation = dataclasses.replace(content.valuation, customers=customers.assign(**limits))
    path = tmp_path / "no_limits.xlsx"
    path.write_bytes(build_template("xlsx", "en", dataclasses.replace(content, valuation=valuation)))
    rows = table(load(path), contract.VALUES)
    upper = [row[list(contract.VALUE_COLUMNS).index("clv_upper")] for row in rows[1:]]
    assert upper[0] == pytest.approx(customers["clv_upper"].iloc[0])
    assert set(upper[1:]) == {None}
