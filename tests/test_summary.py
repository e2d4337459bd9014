"""The RFM table against published numbers and a slow, plain reference."""

from __future__ import annotations

import datetime as dt
import math
import random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlclv.data.cdnow import cdnow_orders, cdnow_sample
from xlclv.errors import DataError, InputError
from xlclv.periods import DAYS
from xlclv.summary import RFM_COLUMNS, daily_sums, rfm_rows, rfm_table, summarise

DAY = dt.date(2024, 1, 1)


def reference(rows: list[tuple[Any, int, float]], as_of: int, days: float) -> dict[Any, tuple[float, ...]]:
    """Return the definitions, said in plain Python: customer to orders, recency, age, monetary, total, first, last."""
    result = {}
    for customer in dict.fromkeys(row[0] for row in rows):
        sums: dict[int, list[float]] = {}
        for who, day, amount in rows:
            if who == customer and day <= as_of:
                sums.setdefault(day, []).append(amount)
        orders = sorted(day for day, amounts in sums.items() if math.fsum(amounts) >= 0)
        if orders:
            first, last = orders[0], orders[-1]
            repeat = [math.fsum(sums[day]) for day in orders[1:]]
            result[customer] = (
                len(orders), (last - first) / days, (as_of - first) / days,
                math.fsum(repeat) / len(repeat) if repeat else 0.0, math.fsum(map(math.fsum, sums.values())),
                first, last,
            )  # fmt: skip
    return result


# Quarters add up exactly, so the reference needs no tolerance.
ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 40), st.integers(-40, 80).map(lambda value: value / 4)), max_size=60
)


@given(ROWS, st.integers(-1, 45), st.sampled_from(sorted(DAYS)))
@settings(deadline=None, max_examples=300)
def test_every_log_agrees_with_the_reference(rows: list[tuple[int, int, float]], as_of: int, period: Any) -> None:
    expected = reference(rows, as_of, DAYS[period])
    ids, offsets, amounts = [list(column) for column in zip(*rows, strict=True)] if rows else ([], [], [])
    dates = [DAY + dt.timedelta(offset) for offset in offsets]
    until = DAY + dt.timedelta(as_of)
    if not expected:
        with pytest.raises(DataError):
            rfm_rows(ids, dates, amounts, until, period)
        return
    table = rfm_rows(ids, dates, amounts, until, period)
    assert table["customer"].tolist() == list(expected)
    for row, (orders, recency, age, monetary, total, first, last) in zip(
        table.itertuples(), expected.values(), strict=True
    ):
        assert (row.orders, row.frequency) == (orders, orders - 1)
        assert (row.recency, row.age) == pytest.approx((recency, age), abs=1e-12)
        assert (row.monetary, row.total) == pytest.approx((monetary, total), abs=1e-9)
        assert row.first.date() == DAY + dt.timedelta(int(first))
        assert row.last.date() == DAY + dt.timedelta(int(last))
        assert row.days_since == as_of - last


@given(ROWS.filter(bool), st.randoms())
@settings(deadline=None)
def test_the_order_of_rows_does_not_matter(rows: list[tuple[int, int, float]], rng: random.Random) -> None:
    def table(some: list[tuple[int, int, float]]) -> pd.DataFrame:
        ids, days, amounts = (np.array(column) for column in zip(*some, strict=True))
        summary = summarise(ids, days, amounts.astype(float), 40, 7.0)
        return pd.DataFrame(summary._asdict())

    shuffled = list(rows)
    rng.shuffle(shuffled)
    pd.testing.assert_frame_equal(table(rows), table(shuffled))


def test_cdnow_sample_as_published() -> None:
    # Fader, Hardie & Lee (2005): 2,357 customers, calibration to 1997-09-30.
    table = rfm_table(cdnow_sample(), as_of="1997-09-30")
    assert tuple(table.columns) == RFM_COLUMNS
    assert len(table) == 2357
    assert table["frequency"].sum() == 2457
    assert (table["frequency"] > 0).sum() == 946
    first = table.iloc[0]
    assert (first.customer, first.orders, first.frequency, first.days_since) == (1, 3, 2, 59)
    assert first.recency == pytest.approx(30.428571, abs=1e-6)
    assert first.age == pytest.approx(38.857143, abs=1e-6)
    assert first.monetary == pytest.approx(22.345)
    assert first.total == pytest.approx(74.02)
    assert (first["first"], first["last"]) == (pd.Timestamp("1997-01-01"), pd.Timestamp("1997-08-02"))


def test_cdnow_master_adds_up() -> None:
    table = rfm_table(cdnow_orders())
    assert len(table) == 23_570
    assert table["total"].sum() == pytest.approx(2_500_315.63)
    assert table["customer"].tolist() == list(range(1, 23_571))


def test_days_of_several_rows_refunds_and_later_rows() -> None:
    log = [
        ("a", "2024-01-01", 10.0), ("a", "2024-01-01", 5.0), ("a", "2024-01-03", 7.0), ("a", "2024-01-03", -7.0),
        ("a", "2024-01-05", -3.0), ("a", "2024-02-01", 99.0), ("b", "2024-01-02", -4.0), (None, "2024-01-02", 1.0),
        ("c", None, 1.0), ("c", "2024-01-04", None), ("late", "2024-01-31", 1.0),
    ]  # fmt: skip
    ids, dates, amounts = zip(*log, strict=True)
    table = rfm_rows(ids, dates, amounts, "2024-01-08", "day")
    assert table["customer"].tolist() == ["a", "c"]  # b was only refunded, late comes later
    a = table.iloc[0]
    assert (a.orders, a.recency, a.age, a.monetary, a.total, a.days_since) == (2, 2, 7, 0, 12, 5)


def test_rounding_is_no_refund() -> None:
    ids, days = np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64)
    assert daily_sums(ids, days, np.array([0.1, 0.2, -0.3]))[2].tolist() == [0.0]
    assert daily_sums(ids, days, np.array([1e9, 0.01, -1e9 - 0.02]))[2][0] < 0
    assert daily_sums(ids[:1], days[:1], np.array([-1e-20]))[2][0] < 0


def test_ids_of_any_type_and_serial_dates() -> None:
    table = rfm_rows(
        [1, "1", 1.0, " x ", "x"], [45296, 45297.5, "2024-01-07", 45296, 45296], [1, 2, 3, 4, 5], "2024-01-10"
    )
    assert table["customer"].tolist() == [1, "x"]
    assert table["orders"].tolist() == [3, 1]
    shifted = rfm_rows(["a"], [45296 - 1462], [1], 45300 - 1462, date1904=True)
    assert shifted["first"].iloc[0] == pd.Timestamp("2024-01-05")


def test_as_of_defaults_to_the_latest_date() -> None:
    table = rfm_rows(["a", "b", None], ["2024-01-01", "2024-01-15", "2025-01-01"], [1, 1, 1])
    assert table["days_since"].tolist() == [14, 0]


def test_sparse_and_very_large_keys() -> None:
    codes = np.array([0, 2_000_000_000_000, 0])
    days = np.array([-700_000, 2_900_000, 5])
    got = daily_sums(codes % 7, days, np.ones(3))
    assert got[2].sum() == 3
    # Too large to pack with the row number: the indirect sort.
    assert daily_sums(codes, days, np.ones(3))[1].tolist() == [-700_000, 5, 2_900_000]


def test_the_first_bad_row_is_named() -> None:
    with pytest.raises(InputError, match=r'^Row 3: the date "abc" cannot be read'):
        rfm_rows([1, 2], [45296, "abc"], [1, 2], first_row=2)
    with pytest.raises(InputError, match=r"^Row 2: the number"):
        rfm_rows([1, 2], [45296, 45296], [1, "x"])
    with pytest.raises(InputError, match="same number of rows"):
        rfm_rows([1, 2], [45296], [1, 2])
    with pytest.raises(InputError, match="period must be"):
        rfm_rows([1], [45296], [1], period="fortnight")


def test_too_little_data() -> None:
    with pytest.raises(DataError, match="DATA_CHECK"):
        rfm_rows([None], [45296], [1])
    with pytest.raises(DataError, match="2000-01-01"):
        rfm_rows(["a"], [45296], [1], "2000-01-01")


def test_columns_are_recognised_named_or_given() -> None:
    log = pd.DataFrame(
        {"x": ["p", "p"], "客户编号": ["a", "a"], "下单日期": ["2024-01-01", "2024-01-02"], "金额": ["¥10", "5元"]}
    )
    assert rfm_table(log)["total"].tolist() == [15]
    assert rfm_table(log, customer="x")["customer"].tolist() == ["p"]
    given_columns = rfm_table(ids=log["客户编号"], dates=log["下单日期"], amounts=log["金额"])
    pd.testing.assert_frame_equal(given_columns, rfm_table(log))
    with pytest.raises(InputError, match="the columns are"):
        rfm_table(log, amount="missing")
    with pytest.raises(InputError, match="recognised as the date and the amount"):
        rfm_table(log[["客户编号"]])
    with pytest.raises(InputError, match="Give a table"):
        rfm_table(ids=[1], dates=[1])


def test_the_frame_is_not_changed() -> None:
    log = cdnow_sample()
    before = log.copy()
    rfm_table(log)
    pd.testing.assert_frame_equal(log, before)
