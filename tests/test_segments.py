"""Segments and stages: everyone is in exactly one."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from typing import Any

import pytest

from xlclv.errors import DomainError, InputError
from xlclv.labels import STANDARD, VALUE8
from xlclv.segments import rfm_segment, segment_stage


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


def test_naming_one_customer_imports_no_numpy() -> None:
    code = "import sys, xlclv.segments as s; s.rfm_segment(1, 1, 1); print({'numpy', 'pandas'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"
