"""Check data on a workbook in memory: what it counts, writes and says."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from tests.workbook.book import MemoryBook
from tests.workbook.order_samples import only_status, with_rows
from xlclv.errors import DataError
from xlclv.text import Text
from xlclv.workbook import contract
from xlclv.workbook.check_data import check_data, findings

DAY = dt.datetime(2024, 1, 1)


def test_check_data_tells_what_to_look_at() -> None:
    day = dt.datetime(1998, 1, 1)
    orders = with_rows((1.0, day, -5.0), (1.0, day, "12"), (1.0, "x", 3.0), (None, day, 1.0), (None, None, None))
    book = MemoryBook(orders)
    said = check_data(book)
    rows = dict(zip(book.tables[contract.CHECKS]["check"], book.tables[contract.CHECKS]["rows"], strict=True))
    assert (rows["refunds"], rows["bad dates"], rows["missing ids"], rows["text numbers"]) == (1, 1, 1, 1)
    assert rows["skipped: no customer (first: row 2009)"] == 1
    assert rows["skipped: unreadable date (first: row 2008)"] == 1
    assert "1 missing id, 1 bad date" in said.en
    assert "1 refund" in said.en
    assert set(book.written) == {contract.CHECKS, "out_status"}
    assert book.names["out_status"] == said.en


def test_check_data_shows_the_checks_although_dates_are_in_doubt() -> None:
    book = MemoryBook(pd.DataFrame({"customer": [1.0, 2.0], "date": ["1/5/2024", DAY], "amount": [2.0, 0.0]}))
    said = check_data(book)
    assert said.en.startswith('Two things to look at: 1 bad date, 1 zero amount. Row 6 of Orders: the date "1/5/2024"')
    assert len(book.tables[contract.CHECKS]) == contract.CHECK_ROWS


def test_check_data_leaves_a_sentence_where_it_cannot_work() -> None:
    book = MemoryBook(None, lang="zh")
    with pytest.raises(DataError):
        check_data(book)
    assert book.names["out_status"].startswith("Orders 表是空的")
    assert only_status(book)


@pytest.mark.parametrize(
    ("counts", "en", "zh"),
    [
        ({"duplicates": 0, "future_dates": None}, "Nothing to look at in 5 rows.", "5 行均无需注意。"),
        ({"duplicates": 1}, "One thing to look at: 1 duplicate.", "有 1 项需要注意：重复的行 1。"),
        (
            {"duplicates": 21, "zero_amounts": 1234},
            "Two things to look at: 21 duplicates, 1,234 zero amounts.",
            "有 2 项需要注意：重复的行 21、金额为零 1,234。",
        ),
    ],
)
def test_findings_are_counted_in_words(counts: dict[str, int | None], en: str, zh: str) -> None:
    assert findings(counts, 5) == Text(en, zh)
