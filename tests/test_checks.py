"""What DATA_CHECK finds in a log that has one of everything."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlclv.checks import CHECKS, data_check
from xlclv.data.cdnow import cdnow_orders
from xlclv.errors import InputError


@dataclass(frozen=True)
class ErrorCell:
    code: str


def counts(rows: list[tuple[Any, Any, Any]], as_of: object = None) -> dict[str, Any]:
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], []]
    table = data_check(*columns, as_of)
    assert table["check"].tolist() == [label.en for label in CHECKS.values()]
    found = dict(zip(CHECKS, table["rows"], strict=True))
    for rows_found, status in zip(table["rows"], table["status"], strict=True):
        assert status == ("Not checked" if rows_found is None else "Check" if rows_found else "OK")
    return {name: count for name, count in found.items() if count != 0}


def test_one_of_everything() -> None:
    log = [
        (1, 45296.0, 10.0), (1, 45296.0, 10.0), (2, 45297.0, 5.0), (None, 45296.0, 1.0), (" ", 45296.0, 1.0),
        (3, None, 1.0), (3, "1/5/2024", 1.0), (3, "soon", 1.0), (4, 45400.0, 1.0), (4, 45296.0, -3.0),
        (5, 45296.0, 0.0), (5, 45296.0, None), (5, 45296.0, "abc"),
        ("A6", 45296.0, "¥7"), (ErrorCell("#N/A"), 45296.0, 1.0),
        (7, ErrorCell("#REF!"), 1.0), (7, "2024-01-05", ErrorCell("#DIV/0!")), (8, 45296.0, -1.0), (None, " ", ""),
        (9, 45296.0, "$7"), (10, 45296.0, "¥8"),
    ]  # fmt: skip
    assert counts(log, 45300) == {
        "missing_ids": 2, "missing_dates": 1, "bad_dates": 2, "future_dates": 1, "duplicates": 1, "refunds": 2,
        "zero_amounts": 1, "missing_amounts": 1, "bad_amounts": 1, "mixed_types": 2, "text_numbers": 3,
        "mixed_currencies": 1, "error_cells": 3, "no_orders": 1,
    }  # fmt: skip


def test_nothing_to_report() -> None:
    assert counts([]) == {"future_dates": None}
    assert counts([(None, None, None)] * 3) == {"future_dates": None}
    assert counts([(1, dt.date(2024, 1, 5), 2.0), (1, dt.date(2024, 1, 6), 2.0)], "2024-01-06") == {}


def test_duplicates_are_the_same_customer_time_and_amount() -> None:
    assert counts([(1, 45296.0, 5.0), ("1", "2024-01-05", "5.00")])["duplicates"] == 1
    assert "duplicates" not in counts([(1, 45296.25, 5.0), (1, 45296.5, 5.0)])
    assert "duplicates" not in counts([(1, "2024-01-05 10:00", 5.0), (1, "2024-01-05 11:00", 5.0)])
    noon, one = dt.datetime(2024, 1, 5, 12), dt.datetime(2024, 1, 5, 13)
    assert counts([(1, noon, 5.0), (1, one, 5.0), (1, noon, 5.0)])["duplicates"] == 1


def test_frames_and_chinese() -> None:
    log = cdnow_orders()
    table = data_check(log["customer"], log["date"], log["amount"], "1998-06-30", lang="zh")
    found = dict(zip(CHECKS, table["rows"], strict=True))
    assert found["duplicates"] == log.duplicated(["customer", "date", "amount"]).sum()
    assert found["zero_amounts"] == (log["amount"] == 0).sum()
    assert set(table["status"]) == {"正常", "请检查"}
    holes = data_check(
        pd.Series([1.0, np.nan]), pd.Series([pd.NaT, pd.Timestamp("2024-01-05")]), pd.Series([np.nan, 1])
    )
    assert holes["rows"].tolist()[:3] == [1, 1, 0]


def test_errors() -> None:
    with pytest.raises(InputError, match="same number of rows"):
        data_check([1], [1, 2], [1])
    with pytest.raises(InputError, match="cannot be read"):
        data_check([1], [45296], [1], "soon")


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 50_000), st.floats(-10, 60_000), st.text(max_size=5), st.dates(),
    st.just(ErrorCell("#N/A")), st.sampled_from(["2024-01-05", "1/5/2024", "¥5", "$1"]),
)  # fmt: skip


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=15))
@settings(deadline=None)
def test_any_cells_are_counted(rows: list[tuple[Any, Any, Any]]) -> None:
    assert all(count is None or 0 < count <= 3 * len(rows) for count in counts(rows).values())
