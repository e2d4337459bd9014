"""Cohort triangles: hand-made logs, CDNOW, and a plain reference."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlclv.cohorts import calendar_index, calendar_start, measure_of, retention_cohorts
from xlclv.data.cdnow import cdnow_orders
from xlclv.errors import DataError, DomainError, InputError
from xlclv.labels import MEASURES
from xlclv.periods import Period
from xlclv.summary import rfm_rows

LOG = [
    ("a", "2024-01-05", 10.0), ("a", "2024-02-01", 5.0), ("a", "2024-02-20", 5.0), ("b", "2024-01-31", 20.0),
    ("c", "2024-02-10", 8.0), ("a", "2024-03-15", -4.0), ("c", "2024-04-02", 6.0), ("d", "2024-04-03", 1.0),
]  # fmt: skip
IDS, DATES, AMOUNTS = (list(column) for column in zip(*LOG, strict=True))
N = None


def triangle(measure: str, **options: Any) -> list[list[float | None]]:
    table = retention_cohorts(IDS, DATES, AMOUNTS, measure=measure, **options)
    return [[None if np.isnan(cell) else cell for cell in row] for row in table.iloc[:, 2:].to_numpy()]


def test_a_log_counted_by_hand() -> None:
    table = retention_cohorts(IDS, DATES, AMOUNTS, as_of="2024-04-30")
    assert [str(day.date()) for day in table["cohort"]] == ["2024-01-01", "2024-02-01", "2024-04-01"]
    assert table["size"].tolist() == [2, 1, 1]
    assert list(table.columns) == ["cohort", "size", 0, 1, 2, 3]
    assert triangle("customers", as_of="2024-04-30") == [[2, 1, 0, 0], [1, 0, 1, N], [1, N, N, N]]
    assert triangle("rate", as_of="2024-04-30") == [[1, 0.5, 0, 0], [1, 0, 1, N], [1, N, N, N]]
    assert triangle("revenue", as_of="2024-04-30") == [[30, 10, -4, 0], [8, 0, 6, N], [1, N, N, N]]
    assert triangle("人均收入", as_of="2024-04-30")[0] == [15, 5, -2, 0]
    assert triangle("cumulative_per_customer", as_of="2024-04-30") == [[15, 20, 18, 18], [8, 8, 14, N], [1, N, N, N]]


def test_a_period_not_complete_is_not_observed() -> None:
    # The latest date is 3 April: April is not over, so not even the newest cohort's own month is observed.
    # It has its column all the same.
    assert triangle("customers") == [[2, 1, 0, N], [1, 0, N, N], [N, N, N, N]]
    assert triangle("customers", as_of="2024-04-29") == triangle("customers")
    assert triangle("customers", as_of="2024-01-20") == [[N]]


def test_weeks_start_on_monday_and_quarters_in_january() -> None:
    table = retention_cohorts(["a", "b"], ["2024-01-07", "2024-01-08"], period="week", as_of="2024-01-14")
    assert [str(day.date()) for day in table["cohort"]] == ["2024-01-01", "2024-01-08"]
    table = retention_cohorts(["a", "a"], ["2024-03-31", "2024-04-01"], period="quarter", as_of="2024-06-30")
    assert table.iloc[0, 1:].tolist() == [1, 1, 1]
    table = retention_cohorts(["a", "a"], ["1969-12-31", "1970-01-01"], period="year", as_of="1970-12-31")
    assert str(table["cohort"][0].date()) == "1969-01-01"


@given(st.integers(-800_000, 2_900_000), st.sampled_from(["day", "week", "month", "quarter", "year"]))
@settings(deadline=None)
def test_calendar_periods_hold_their_days(day: int, period: Period) -> None:
    index = calendar_index(np.array([day]), period)
    start, end = calendar_start(index, period)[0], calendar_start(index + 1, period)[0]
    assert start <= day < end


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 200), st.integers(-4, 8).map(float)), min_size=1, max_size=50),
    st.integers(150, 230),
)
@settings(deadline=None)
def test_every_log_agrees_with_a_plain_count(rows: list[tuple[int, int, float]], until: int) -> None:
    start = dt.date(2023, 11, 15)
    dates = [start + dt.timedelta(day) for _, day, _ in rows]
    as_of = start + dt.timedelta(until)
    arguments = [row[0] for row in rows], dates, [row[2] for row in rows]
    try:
        summary = rfm_rows(*arguments, as_of)
    except DataError:
        with pytest.raises(DataError):
            retention_cohorts(*arguments, as_of=as_of)
        return

    def month(date: dt.date) -> int:
        return date.year * 12 + date.month

    sums: dict[tuple[int, dt.date], float] = {}
    for (who, _, amount), date in zip(rows, dates, strict=True):
        if date <= as_of:
            sums[who, date] = sums.get((who, date), 0) + amount
    born = {row.customer: month(row.first.date()) for row in summary.itertuples()}
    complete = month(as_of + dt.timedelta(1)) - 1
    counts = retention_cohorts(*arguments, measure="customers", as_of=as_of)
    revenue = retention_cohorts(*arguments, measure="revenue", as_of=as_of)
    assert counts["size"].sum() == len(born)
    for index, cohort in enumerate(counts["cohort"]):
        birth = month(cohort.date())
        for age in counts.columns[2:]:
            if birth + age > complete:
                assert np.isnan(counts.loc[index, age])
                continue
            active = {
                who for (who, date), total in sums.items() if total >= 0 and born.get(who) == birth == month(date) - age
            }
            money = sum(
                total
                for (who, date), total in sums.items()
                if born.get(who) == birth and max(month(date) - birth, 0) == age and month(date) <= complete
            )
            assert counts.loc[index, age] == len(active)
            assert revenue.loc[index, age] == money


def test_cdnow_adds_up() -> None:
    log = cdnow_orders()
    columns = log["customer"], log["date"], log["amount"]
    table = retention_cohorts(*columns)
    assert table["size"].tolist() == [7846, 8476, 7248]
    assert (table[0] == 1).all()
    revenue = retention_cohorts(*columns, measure="revenue")
    assert np.nansum(revenue.iloc[:, 2:].to_numpy()) == pytest.approx(2_500_315.63)
    assert revenue.iloc[2].isna().sum() == 2


def test_errors() -> None:
    with pytest.raises(InputError, match="needs amounts"):
        retention_cohorts(IDS, DATES, measure="revenue")
    with pytest.raises(InputError, match="measure must be one of"):
        measure_of("profit")
    with pytest.raises(InputError, match="Row 2"):
        retention_cohorts(["a", "b"], ["2024-01-01", "1/5/2024"])
    with pytest.raises(InputError, match="same number of rows"):
        retention_cohorts(["a"], DATES)
    with pytest.raises(DataError, match="no order"):
        retention_cohorts(IDS, DATES, as_of="2000-01-01")
    with pytest.raises(DataError):
        retention_cohorts([None], [None])
    with pytest.raises(DomainError, match="longer period"):
        retention_cohorts(range(20), [2_000 + i for i in range(20)], period="day", as_of="2900-01-01")
    assert [measure_of(label.zh) for label in MEASURES.values()] == list(MEASURES)
