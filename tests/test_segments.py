"""Scores, segments, tiers and stages: everyone is in exactly one."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlclv.errors import DomainError, InputError
from xlclv.labels import STAGES, STANDARD, TIERS, VALUE8, label_of
from xlclv.segments import clv_tier, rfm_score, rfm_segment, rfm_segments, segment_stage, segment_stages
from xlclv.summary import rfm_rows


@pytest.mark.parametrize("bins", range(2, 11))
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("scheme", "labels"), [("standard", STANDARD), ("value8", VALUE8)])
def test_every_score_cell_is_in_one_segment(bins: int, lang: str, scheme: str, labels: dict[Any, Any]) -> None:
    cells = itertools.product(range(1, bins + 1), repeat=3)
    found = {rfm_segment(*cell, scheme=scheme, bins=bins, lang=lang) for cell in cells}
    names = {label.of(lang) for label in labels.values()}
    assert found <= names
    if bins >= 5 or scheme == "value8":
        assert found == names


def test_segments_of_five_bins() -> None:
    expected = {
        (5, 5, 5): "Champions", (4, 5, 5): "Champions", (4, 4, 4): "Loyal", (3, 5, 4): "Loyal",
        (5, 2, 3): "Potential loyalist",
        (5, 1, 1): "New customers", (4, 1, 2): "Promising", (3, 3, 3): "Need attention", (3, 1, 1): "About to sleep",
        (2, 5, 5): "Cannot lose them", (1, 4, 4): "At risk", (2, 1, 1): "Hibernating", (1, 1, 1): "Lost",
    }  # fmt: skip
    assert {cell: rfm_segment(*cell) for cell in expected} == expected


def test_value8_is_high_above_the_middle() -> None:
    assert rfm_segment(4, 4, 4, "value8", lang="zh") == "重要价值客户"
    assert rfm_segment(3, 4, 4, "value8", lang="zh") == "重要保持客户"
    assert rfm_segment(4, 3, 4, "value8", lang="zh") == "重要发展客户"
    assert rfm_segment(3, 3, 4, "value8", lang="zh") == "重要挽留客户"
    assert rfm_segment(4, 4, 3, "八类", lang="zh") == "一般价值客户"
    assert rfm_segment(3, 3, 3, "VALUE8", lang="zh") == "一般挽留客户"
    assert rfm_segment(2, 2, 2, "value8", bins=2) == "High value"


@pytest.mark.parametrize("scores", [(0, 1, 1), (6, 1, 1), (1.5, 1, 1), (1, math.nan, 1), (1, 1, math.inf), (-1, 1, 1)])
def test_scores_outside_the_scale(scores: tuple[float, float, float]) -> None:
    with pytest.raises(DomainError):
        rfm_segment(*scores)


def test_bad_options() -> None:
    with pytest.raises(InputError, match="scheme must be"):
        rfm_segment(1, 1, 1, "best")
    for bins in (1, 0, 2.5, math.nan, 10_000):
        with pytest.raises(DomainError, match="bins"):
            rfm_segment(1, 1, 1, bins=bins)
        with pytest.raises(DomainError, match="bins"):
            rfm_score([1], [1], [1], bins=bins)


def test_labels_are_understood_back_and_distinct() -> None:
    for labels in (list(STANDARD.values()), list(VALUE8.values()), list(TIERS), list(STAGES.values())):
        for lang in ("en", "zh"):
            names = [label.of(lang) for label in labels]
            assert len(set(names)) == len(names)
            assert [label_of(name.upper()).of(lang) for name in names] == names
    with pytest.raises(InputError, match="no name of a segment"):
        label_of("nobody")


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


def test_blank_rows_are_not_ranked() -> None:
    scores = rfm_score([1, None, 2], [1, 5, 2], [1, 5, 2], bins=2)
    assert scores["r"].isna().tolist() == [False, True, False]
    assert scores["r"].tolist()[::2] == [2, 1]
    assert rfm_segments(scores, bins=2).isna().tolist() == [False, True, False]
    with pytest.raises(InputError, match="row 2"):
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


@pytest.mark.parametrize(
    ("first", "last", "orders", "stage"),
    [
        (None, None, 0, "Prospect"), (None, None, None, "Prospect"), ("", " ", 3, "Prospect"),
        ("2024-01-01", "2024-01-01", 0, "Prospect"),
        ("2024-04-01", "2024-04-01", 1, "New"), ("2024-03-31", "2024-03-31", 1, "Active"),
        ("2024-06-01", "2024-06-30", 3, "Loyal"),
        ("2023-01-01", "2023-07-01", 1, "Active"), ("2023-01-01", "2023-06-30", 9, "Churned"),
        ("2020-01-01", "2024-06-30", 3, "Loyal"),
        (45383, 45383, 1, "New"),
    ],
)  # fmt: skip
def test_stages(first: object, last: object, orders: float | None, stage: str) -> None:
    assert segment_stage(first, last, orders, "2024-06-30") == stage


def test_stages_refuse_what_cannot_be() -> None:
    with pytest.raises(DomainError, match="follow each other") as caught:
        segment_stage("2024-02-01", "2024-01-01", 2, "2024-06-30")
    assert caught.value.argument == "first"
    with pytest.raises(DomainError) as caught:
        segment_stage("2024-01-01", "2024-07-01", 2, "2024-06-30")
    assert caught.value.argument == "last"
    with pytest.raises(InputError, match="as_of is blank"):
        segment_stage("2024-01-01", "2024-02-01", 2, None)
    with pytest.raises(InputError) as bad:
        segment_stage("soon", "2024-02-01", 2, "2024-06-30")
    assert bad.value.argument == "first"
    for name in ("new_days", "lapse_days", "loyal_orders"):
        with pytest.raises(DomainError, match=name):
            segment_stage("2024-01-01", "2024-02-01", 2, "2024-06-30", **{name: -1})
    with pytest.raises(DomainError, match="orders"):
        segment_stage("2024-01-01", "2024-02-01", -2, "2024-06-30")


def test_stages_of_a_table_agree_with_single_ones() -> None:
    rng = np.random.default_rng(1)
    days = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 900, 400), unit="D")
    table = rfm_rows(rng.integers(0, 150, 400), days, np.ones(400), "2024-06-30")
    stages = segment_stages(table, "2024-06-30", lang="zh").tolist()
    rows = zip(table["first"], table["last"], table["orders"], strict=True)
    assert stages == [segment_stage(*row, "2024-06-30", lang="zh") for row in rows]
    assert len(set(stages)) == 4


def test_naming_one_customer_imports_no_numpy() -> None:
    code = "import sys, xlclv.segments as s; s.rfm_segment(1, 1, 1); print({'numpy', 'pandas'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"
