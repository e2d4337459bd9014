"""The Net Promoter Score."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlclv import nps_score
from xlclv.errors import DataError, DomainError

# Reichheld (2003): promoters answer 9 or 10, passives 7 or 8, detractors 0 to 6; the score is % less %.
KNOWN: list[tuple[list[float], float]] = [
    ([10, 9, 8, 3], 25),
    ([9, 10], 100),
    ([0, 6], -100),
    ([7, 8], 0),
    ([10, 0], 0),
    ([10, 10, 8, 6], 25),
    ([0], -100),
    ([10], 100),
]


@pytest.mark.parametrize(("scores", "answer"), KNOWN)
def test_known_scores(scores: list[float], answer: float) -> None:
    assert nps_score(scores) == answer


@pytest.mark.parametrize(("score", "answer"), [(6, -100), (6.01, 0), (7, 0), (8.9, 0), (9, 100), (9.5, 100)])
def test_the_limits_between_the_groups(score: float, answer: float) -> None:
    assert nps_score([score]) == answer


def test_arrays_and_series_are_taken() -> None:
    assert nps_score(np.array([10, 9, 8, 3])) == 25
    assert nps_score(pd.Series([10, 9, 8, 3], index=[3, 2, 1, 0])) == 25


@pytest.mark.parametrize("wrong", [-1, 10.1, 11, float("nan"), float("inf")])
def test_a_score_outside_0_to_10_is_refused(wrong: float) -> None:
    with pytest.raises(DomainError) as caught:
        nps_score([9, wrong])
    assert caught.value.argument == "scores"
    assert "scores must lie between 0 and 10" in caught.value.text.en
    assert "0 到 10" in caught.value.text.zh


def test_no_scores_are_too_little_data() -> None:
    with pytest.raises(DataError) as caught:
        nps_score([])
    assert caught.value.code == "#N/A"
    assert caught.value.argument == "scores"
    assert caught.value.text.en.endswith(".")
    assert caught.value.text.zh.endswith("。")


@given(scores=st.lists(st.integers(0, 10), min_size=1, max_size=50), seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_the_score_is_the_mean_of_100_0_and_minus_100(scores: list[int], seed: int) -> None:
    worth = [100 if score >= 9 else 0 if score >= 7 else -100 for score in scores]
    result = nps_score(scores)
    assert result == pytest.approx(sum(worth) / len(worth), rel=1e-12, abs=1e-12)
    assert -100 <= result <= 100
    shuffled = random.Random(seed).sample(scores, len(scores))
    assert nps_score(shuffled) == nps_score(scores * 2) == result
