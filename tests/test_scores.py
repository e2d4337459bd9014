"""Scores, tiers, segments and stages of whole columns."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlclv.errors import DomainError, InputError
from xlclv.labels import STANDARD
from xlclv.scores import clv_tier, level, rfm_score, rfm_segments, segment_stages
from xlclv.segments import segment_stage
from xlclv.summary import rfm_rows


@pytest.mark.parametrize("bins", [1, 0, 2.5, math.nan, 10_000])
def test_bad_bins(bins: float) -> None:
    with pytest.raises(DomainError, match="bins"):
        rfm_score([1], [1], [1], bins=bins)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(-9, 9)), min_size=1), st.integers(2, 10))
@settings(deadline=None)
def test_scores_by_their_definition(rows: list[tuple[int, int, int]], bins: int) -> None:
    since, orders, totals = (list(column) for column in zip(*rows, strict=True))
    scores = rfm_score(since, orders, totals, bins)
    for name, column in (("r", [-value for value in since]), ("f", orders), ("m", totals)):
        for value, score in zip(column, scores[name], strict=True):
            below, alike = sum(other < value for other in column), column.count(value)
            doubled_rank = 2 * below + alike + 1
            assert score == -(-bins * doubled_rank // (2 * len(column)))
    assert len(set(rfm_segments(scores, bins=bins)) - {label.en for label in STANDARD.values()}) == 0


@given(st.lists(st.integers(1, 40), min_size=1), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_noise_in_the_last_digits_breaks_no_tie(exact: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = np.array(exact) / 7
    noisy = values * (1 + 1e-15 * rng.integers(-4, 5, len(values)))
    assert (np.unique(level(noisy), return_inverse=True)[1] == np.unique(values, return_inverse=True)[1]).all()
    assert level(noisy) == pytest.approx(values, rel=1e-12)
    assert clv_tier(noisy).tolist() == clv_tier(values).tolist()
    assert rfm_score(noisy, noisy, -noisy).equals(rfm_score(values, values, -values))


def test_level_keeps_what_differs_before_the_12th_digit() -> None:
    numbers = np.array([1.0, 1.0 + 1e-11, -2.0, -2.0 - 1e-10, 0.0, 1e-300, np.nan, 5.0, np.nan])
    assert np.array_equal(level(numbers), numbers, equal_nan=True)
    # Both sides of a limit of rounding: 1.00000000000 and 1.00000000001 are their 12 digits.
    low, high = 1.00000000000499, 1.00000000000501
    assert level(np.array([high, low])).tolist() == [low, low]
    assert level(np.array([])).tolist() == []


def test_tiers_of_values_alike_are_alike() -> None:
    # 0.1 + 0.2 is more than 0.3 by its last bit: taken as more, it would be High and the other one Medium.
    assert clv_tier([0.3, 0.1 + 0.2, 0.15], shares=(0.4, 0.95)).tolist() == ["High", "High", "Medium"]


def test_blank_rows_are_not_ranked() -> None:
    scores = rfm_score([1, None, 2], [1, 5, 2], [1, 5, 2], bins=2)
    assert scores["r"].isna().tolist() == [False, True, False]
    assert scores["r"].tolist()[::2] == [2, 1]
    assert rfm_segments(scores, bins=2).isna().tolist() == [False, True, False]
    with pytest.raises(InputError, match="Row 2"):
        rfm_score([1, "x"], [1, 1], [1, 1])
    with pytest.raises(InputError, match="infinite"):
        rfm_score([1, math.inf], [1, 1], [1, 1])
    with pytest.raises(InputError, match="same number of rows"):
        rfm_score([1], [1, 1], [1, 1])


def test_tiers_whoever_crosses_a_limit_is_in_the_upper_one() -> None:
    assert clv_tier([80, 15, 5]).tolist() == ["High", "Medium", "Low"]
    assert clv_tier([79, 16, 5]).tolist() == ["High", "High", "Low"]
    assert clv_tier([1, 1, 1, 1]).tolist() == ["High"] * 4
    assert clv_tier([100, 0, -5, None]).tolist() == ["High", "Low", "Low", None]
    assert clv_tier([0, 0]).tolist() == ["Low", "Low"]
    assert clv_tier([]).tolist() == []
    assert clv_tier([5, 3, 2], shares=(0.5, 1), lang="zh").tolist() == ["高", "中", "中"]
    assert clv_tier(pd.Series([1.0, 9.0], index=[7, 3])).to_dict() == {7: "Medium", 3: "High"}
    # Ten tenths: adding them up leaves .7999..., which is not below .8.
    assert clv_tier([0.3, 0.2, 0.1, 0.1, 0.1, 0.05, 0.05, 0.04, 0.03, 0.03]).tolist().count("High") == 5


@given(st.lists(st.integers(-20, 100), min_size=1))
@settings(deadline=None)
def test_tiers_by_their_definition(values: list[int]) -> None:
    whole = sum(value for value in values if value > 0)
    for value, tier in zip(values, clv_tier(values), strict=True):
        above = sum(other for other in values if other > value)
        if value <= 0 or 100 * above >= 95 * whole:
            assert tier == "Low"
        else:
            assert tier == ("High" if 100 * above < 80 * whole else "Medium")


@pytest.mark.parametrize("shares", [(0.95, 0.8), (0, 0.5), (0.5, 1.1), (0.5, 0.5), (math.nan, 0.9)])
def test_bad_shares(shares: tuple[float, float]) -> None:
    with pytest.raises(DomainError, match="shares"):
        clv_tier([1], shares)
    with pytest.raises(InputError, match="two numbers"):
        clv_tier([1], (0.5,))


def test_stages_of_a_table_agree_with_single_ones() -> None:
    rng = np.random.default_rng(1)
    days = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 900, 400), unit="D")
    table = rfm_rows(rng.integers(0, 150, 400), days, np.ones(400), "2024-06-30")
    stages = segment_stages(table, "2024-06-30", lang="zh").tolist()
    rows = zip(table["first"], table["last"], table["orders"], strict=True)
    assert stages == [segment_stage(*row, "2024-06-30", lang="zh") for row in rows]
    assert len(set(stages)) == 4
