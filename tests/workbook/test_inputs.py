"""The inputs of the customer value workbook: what people type is understood, or refused with its cell named."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.workbook.book import MemoryBook
from tests.workbook.order_samples import RATE, only_status, sample
from xlclv.errors import DataError, DomainError, InputError, XlclvError
from xlclv.retention import rate_convert
from xlclv.valuation import value_customers
from xlclv.workbook import contract
from xlclv.workbook.refresh import refresh
from xlclv.worksheet.cells import CellError


@pytest.mark.parametrize(
    ("name", "typed", "means"),
    [
        ("in_margin", "30%", 0.3),
        ("in_margin", None, 1.0),
        ("in_rate", " 10 % ", 0.1),
        ("in_rate", "", 0.0),
        ("in_periods", "52", 52.0),
        ("in_periods", None, 52.0),
        ("in_period", "周", "week"),
        ("in_period", "Weeks", "week"),
        ("in_model", "pareto nbd", "Pareto/NBD"),
        ("in_as_of", "1998-06-30", dt.date(1998, 6, 30)),
        ("in_as_of", "1998年6月30日", dt.date(1998, 6, 30)),
        ("in_as_of", None, None),
        ("in_title", 2024.0, None),
    ],
)
def test_inputs_are_read_as_people_write_them(name: str, typed: Any, means: Any) -> None:
    settings: dict[str, Any] = {"periods": 52, "margin": 0.3, "discount_rate": RATE}
    if name in ("in_margin", "in_periods", "in_period", "in_model", "in_as_of"):
        settings[name.removeprefix("in_")] = means
    elif name == "in_rate":
        settings["discount_rate"] = rate_convert(means, "year", "week")
    book = MemoryBook(sample())
    book.names[name] = typed
    refresh(book)
    clv = value_customers(sample(), **settings).customers["clv"].tolist()
    assert book.tables[contract.VALUES]["clv"].tolist() == clv


@pytest.mark.parametrize(
    ("name", "typed", "kind", "says"),
    [
        ("in_margin", 30.0, DomainError, "Margin (in_margin) must lie between 0% and 100%; write 30% or 0.3"),
        ("in_margin", -0.1, DomainError, "not -0.1."),
        ("in_margin", "a third", InputError, 'Margin (in_margin): the number "a third" cannot be read'),
        ("in_margin", True, InputError, "Margin (in_margin): TRUE is no number; type one."),
        ("in_rate", 10.0, DomainError, "Discount rate (in_rate) must lie between 0% and 100%"),
        ("in_rate", CellError("#REF!"), InputError, "Discount rate (in_rate): the cell holds the error #REF!"),
        ("in_periods", 0.0, DomainError, "Horizon (in_periods) must be more than 0."),
        ("in_periods", dt.datetime(2024, 1, 1), InputError, "Horizon (in_periods): 2024-01-01 00:00:00 is no number"),
        ("in_periods", 1e9, DomainError, "Horizon (in_periods): periods must be at most 100,000"),
        ("in_period", None, InputError, "Period (in_period): the cell is empty; choose one of day, week, month"),
        ("in_period", "fortnight", InputError, 'Period (in_period): "fortnight" is none of day, week'),
        ("in_period", 3.0, InputError, "Period (in_period): 3.0 is none of day"),
        ("in_model", "", InputError, "Model of ordering (in_model): the cell is empty; choose one of BG/CNBD-k"),
        ("in_model", "LSTM", InputError, 'Model of ordering (in_model): "LSTM" is none of BG/CNBD-k'),
        ("in_model", "BG/BB", InputError, 'Model of ordering (in_model): "BG/BB" is none of'),
        ("in_as_of", "1/5/2024", InputError, 'As-of date (in_as_of): the date "1/5/2024" can be read as 1 May'),
        ("in_as_of", "yesterday", InputError, 'As-of date (in_as_of): the date "yesterday" cannot be read'),
        ("in_as_of", dt.datetime(1990, 1, 1), DataError, "As-of date (in_as_of): there is no order up to 1990-01-01"),
    ],
)
def test_a_wrong_input_is_named(name: str, typed: Any, kind: type[XlclvError], says: str) -> None:
    book = MemoryBook(sample())
    book.names[name] = typed
    with pytest.raises(kind) as caught:
        refresh(book)
    assert says in caught.value.text.en
    assert f"（{name}）" in caught.value.text.zh
    assert book.names["out_status"] == caught.value.text.en
    assert only_status(book)
