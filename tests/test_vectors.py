"""Whole columns give what single cells give."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlclv.dates import date_of
from xlclv.errors import InputError
from xlclv.parsing import id_of
from xlclv.vectors import NO_DAY, amounts_of, codes_of, days_of, numbers_array, one_day, same_length

EPOCH = dt.date(1970, 1, 1).toordinal()
DATES = st.one_of(
    st.integers(1, 59), st.integers(61, 2_958_465), st.floats(61, 60_000), st.none(), st.dates(), st.just("2024-01-05"),
    st.datetimes(), st.just(" "), st.just(20240105),
)  # fmt: skip


@given(st.lists(DATES, max_size=30), st.booleans())
@settings(deadline=None)
def test_days_agree_with_date_of(cells: list[Any], date1904: bool) -> None:
    try:
        expected = [date_of(cell, date1904=date1904) for cell in cells]
    except InputError:
        with pytest.raises(InputError, match=r"^Row "):
            days_of(cells, date1904=date1904)
        return
    assert days_of(cells, date1904=date1904).tolist() == [
        NO_DAY if date is None else date.toordinal() - EPOCH for date in expected
    ]


@given(
    st.one_of(
        st.lists(st.integers(-50, 50)),
        st.lists(st.integers()),
        st.lists(st.floats(-50, 50).map(round).map(float)),
        st.lists(st.one_of(st.none(), st.text(max_size=3))),
        st.lists(st.one_of(st.none(), st.integers(0, 9), st.sampled_from(["1", " 2 ", "a", True, 3.0, "", 1.5]))),
    )
)
@settings(deadline=None)
def test_codes_agree_with_id_of(cells: list[Any]) -> None:
    codes, labels = codes_of(cells)
    seen: dict[str, int] = {}
    expected = [-1 if (one := id_of(cell)) is None else seen.setdefault(one, len(seen)) for cell in cells]
    assert codes.tolist() == expected
    assert [id_of(label) for label in labels.tolist()] == list(seen)


def test_frames_columns_of_all_types() -> None:
    days = [19727, 19728]
    stamps = pd.Series(pd.to_datetime(["2024-01-05 23:00", "2024-01-06 01:00"]))
    assert days_of(stamps).tolist() == days
    assert days_of(stamps.dt.tz_localize("Asia/Shanghai")).tolist() == days
    assert days_of(stamps.astype("datetime64[ns]").astype(str)).tolist() == days
    assert days_of(stamps.to_numpy()).tolist() == days
    assert days_of(pd.Index(stamps)).tolist() == days
    assert days_of(pd.Series([stamps[0], None])).tolist() == [19727, NO_DAY]
    assert days_of(pd.Series([45296.0, np.nan])).tolist() == [19727, NO_DAY]
    assert codes_of(pd.Series(["a", None, "a "]))[0].tolist() == [0, -1, 0]
    assert codes_of(pd.Series([1, None, 2], dtype="Int64"))[0].tolist() == [0, -1, 1]
    assert codes_of(pd.Series(["x", "y", "x"], dtype="category"))[0].tolist() == [0, 1, 0]
    assert codes_of(pd.Series([1.0, np.nan, 1.0]))[0].tolist() == [0, -1, 0]
    assert codes_of(stamps)[0].tolist() == [0, 1]
    assert numbers_array(pd.Series(["1", None])).tolist()[0] == 1
    assert amounts_of(pd.Series([1, None], dtype="Float64")).tolist() == [1, 0]
    assert amounts_of([True, None, "¥5"]).tolist() == [1, 0, 5]


def test_a_customer_keeps_the_first_appearances_type() -> None:
    assert codes_of([1, "1", " a ", "a", 2.5])[1].tolist() == [1, "a", 2.5]


@pytest.mark.parametrize("cells", [[1.0, float("inf")], [1, 10**400], ["1", "x"], [1, object()], [1, [2]]])
def test_the_first_bad_amount_is_named(cells: list[Any]) -> None:
    with pytest.raises(InputError, match=r"^Row 2"):
        amounts_of(cells)


def test_lengths_must_agree() -> None:
    with pytest.raises(InputError, match=r"ids 1, dates 2"):
        same_length(ids=[1], dates=[1, 2])


def test_one_day() -> None:
    assert one_day(None) is None
    with pytest.raises(InputError) as caught:
        one_day("soon")
    assert caught.value.argument == "as_of"


def test_the_first_bad_row_is_named() -> None:
    with pytest.raises(InputError, match=r'^Row 7: the date "abc" cannot be read') as caught:
        days_of([45296] * 5 + ["abc", "def"], first_row=2)
    assert (caught.value.argument, caught.value.row) == ("dates", 7)
    assert caught.value.text.zh.startswith("第 7 行：")
    with pytest.raises(InputError, match=r"^Row 2: "):
        amounts_of([1, "x"])
    with pytest.raises(InputError, match=r"^Row 2: list is no cell value"):
        amounts_of([1, []])
