"""Acquisition cost, payback and channels: known answers, sums in high precision, edge cases."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mpf

from xlclv import cac_channels, cac_cost, cac_payback, cac_ratio
from xlclv.acquisition import Channel
from xlclv.errors import DataError, DivisionError, DomainError, InputError, XlclvError

# (inputs, answer, half a unit of its last digit); a margin of 100 a year paid monthly against a cost of 150.
PAYBACKS: list[tuple[tuple[float, ...], float, float]] = [
    ((150, 100 / 12), 18, 1e-12),  # 150 / (100 / 12)
    # Sum of .95^k reaches 18 after 44 whole months: (1 - .95^44) / .05 = 17.9066, and .0934 / .95^44 of the next.
    ((150, 100 / 12, 0.95), 44.8931, 5e-5),
    # Annuity factor at 1% a month: 18 is passed between months 19 (17.2260) and 20 (18.0456).
    ((150, 100 / 12, 1, 0.01), 19.9444, 5e-5),
]


@pytest.mark.parametrize(("inputs", "answer", "half_unit"), PAYBACKS)
def test_known_paybacks(inputs: tuple[float, ...], answer: float, half_unit: float) -> None:
    assert cac_payback(*inputs) == pytest.approx(answer, rel=0, abs=half_unit)


def test_known_cost_and_ratio() -> None:
    assert cac_cost(1500, 10) == 150
    assert cac_cost(0, 10) == 0
    assert cac_ratio(450, 150) == 3
    assert cac_ratio(-30, 150) == -0.2


# --- payback against a month-by-month count in 50 digits --------------------------------------------------------------


def count_periods(cac: float, margin: float, retention: float, rate: float) -> float:
    """Subtract the margin of each period until the cost is gone."""
    with mpmath.workdps(50):
        left, due = mpf(cac), mpf(margin) / (1 + mpf(rate))
        periods = 0
        while left > due:
            left -= due
            due *= mpf(retention) / (1 + mpf(rate))
            periods += 1
            assert periods < 100_000, "never repaid"
        return float(periods + left / due)


def jittered() -> list[tuple[float, float, float, float]]:
    source = random.Random(7)
    rows = []
    for _ in range(20):
        retention, rate = (
            source.choice([1.0, source.uniform(0.9, 0.999)]),
            source.choice([0.0, source.uniform(0, 0.02)]),
        )
        rows.append((150 * source.uniform(0.3, 0.5), 100 / 12 * source.uniform(0.9, 1.1), retention, rate))
    return rows


@pytest.mark.parametrize("inputs", [*jittered(), (1, 100, 0.5, 0.1), (1e4, 1, 1, 0), (1000, 1, 0.99999, 1e-6)])
def test_payback_is_the_month_by_month_count(inputs: tuple[float, float, float, float]) -> None:
    assert cac_payback(*inputs) == pytest.approx(count_periods(*inputs), rel=1e-12)


@pytest.mark.parametrize("retention", [0.5, 0.75, 1.0])
@pytest.mark.parametrize("periods", [1, 2, 3, 10, 20])
def test_payback_at_a_whole_period_is_that_period(periods: int, retention: float) -> None:
    cac = sum(64 * retention**k for k in range(periods))
    assert cac_payback(cac, 64, retention) == pytest.approx(periods, rel=0, abs=1e-9)


@pytest.mark.parametrize("periods", range(1, 60))
def test_payback_at_a_whole_period_with_a_rate_that_rounds(periods: int) -> None:
    cac = sum(7 * 0.9**k / 1.03 ** (k + 1) for k in range(periods))
    assert cac_payback(cac, 7, 0.9, 0.03) == pytest.approx(periods, rel=0, abs=1e-8)


def test_payback_within_the_first_period_is_a_fraction() -> None:
    assert cac_payback(25, 100) == 0.25
    assert cac_payback(25, 100, 0) == 0.25
    assert cac_payback(25, 100, 0.5, 0.25) == pytest.approx(25 / 80)
    assert cac_payback(100, 100, 0) == 1


def test_a_cost_of_nothing_is_repaid_at_once() -> None:
    assert cac_payback(0, 100) == 0
    assert cac_payback(0, 0) == 0
    assert cac_payback(0, -5, 0.5, 0.1) == 0


@pytest.mark.parametrize("rate", [1e-300, 1e-16, 1e-12])
def test_payback_at_a_tiny_rate_is_that_without(rate: float) -> None:
    assert cac_payback(150, 100 / 12, 1, rate) == pytest.approx(18, rel=1e-9)


@pytest.mark.parametrize(
    "inputs",
    [
        (150, 0),
        (150, -5),
        (150, 5, 0.9),  # 5 / .1 = 50 in all
        (150, 100, 0),
        (200, 100, 0.5),  # 200 only after infinitely many periods
        (150, 10, 1, 0.1),
        (1, 1, 1, 1e300),
    ],
)
def test_payback_may_never_come(inputs: tuple[float, ...]) -> None:
    with pytest.raises(DomainError, match="never repays") as caught:
        cac_payback(*inputs)
    assert caught.value.argument == "margin"
    assert "永远收不回" in caught.value.text.zh


@given(cac=st.floats(1, 1e4), margin=st.floats(1, 1e4), retention=st.floats(0.01, 1), rate=st.floats(0, 0.5))
@settings(max_examples=80, deadline=None)
def test_the_margins_up_to_the_payback_are_the_cost(cac: float, margin: float, retention: float, rate: float) -> None:
    ratio = retention / (1 + rate)
    assume(cac < 0.999 * margin / (1 + rate) / (1 - ratio) if ratio < 1 else cac / margin < 2000)
    periods = cac_payback(cac, margin, retention, rate)
    assume(periods < 2000)
    full = int(periods)
    repaid = sum(margin * retention**k / (1 + rate) ** (k + 1) for k in range(full))
    repaid += (periods - full) * margin * retention**full / (1 + rate) ** (full + 1)
    assert repaid == pytest.approx(cac, rel=1e-9)
    assert cac_payback(cac * 1.0005, margin, retention, rate) > periods


# --- channels ---------------------------------------------------------------------------------------------------------


def test_channels_are_compared() -> None:
    rows = cac_channels(["Search", "Fairs", "Mail"], [1000, 900, 100], [10, 3, 1], [300, 600, 50])
    assert rows == [
        Channel("Search", 1000, 10, 100, 300, 3, 2, 1),
        Channel("Fairs", 900, 3, 300, 600, 2, 1, 2),
        Channel("Mail", 100, 1, 100, 50, 0.5, -0.5, 3),
    ]


def test_rows_of_one_channel_are_added_up() -> None:
    rows = cac_channels(["A", "B", "A"], [10, 20, 30], [1, 2, 3], [100, 40, 60])
    assert [row.channel for row in rows] == ["A", "B"]
    assert rows[0].spend == 40
    assert rows[0].customers == 4
    assert rows[0].cac == 10
    assert rows[0].clv == pytest.approx((100 + 3 * 60) / 4)


def test_equal_returns_rank_alike() -> None:
    rows = cac_channels(["A", "B", "C"], [10, 20, 30], [1, 2, 1], [30, 30, 30])
    assert [row.rank for row in rows] == [1, 1, 3]


def test_a_channel_without_customers_or_spend_has_no_return() -> None:
    nobody, free, good = cac_channels(["Nobody", "Free", "Good"], [10, 0, 10], [0, 5, 1], [30, 30, 30])
    for figure in (nobody.cac, nobody.clv, nobody.ratio, nobody.roi, free.ratio, free.roi):
        assert type(figure) is DivisionError
    assert (free.cac, free.clv) == (0, 30)
    assert type(nobody.rank) is type(free.rank) is DataError
    assert good.rank == 1
    for row in (nobody, free):
        for error in (cell for cell in row if isinstance(cell, XlclvError)):
            assert row.channel in error.text.en
            assert row.channel in error.text.zh


def test_arrays_and_series_are_taken() -> None:
    plain = cac_channels(["A", "B"], [10, 20], [1, 2], [30, 40])
    assert cac_channels(["A", "B"], np.array([10, 20]), np.array([1, 2]), np.array([30, 40])) == plain
    frame = pd.DataFrame({"channel": ["A", "B"], "spend": [10, 20], "won": [1, 2], "clv": [30, 40]}, index=[5, 6])
    assert cac_channels(frame["channel"], frame["spend"], frame["won"], frame["clv"]) == plain


# --- bad inputs -------------------------------------------------------------------------------------------------------

NAN = float("nan")
REFUSED: list[tuple[Callable[[], Any], type[XlclvError], str]] = [
    (lambda: cac_cost(1500, 0), DivisionError, "customers"),
    (lambda: cac_cost(-1, 10), DomainError, "spend"),
    (lambda: cac_cost(1, -10), DomainError, "customers"),
    (lambda: cac_cost(NAN, 10), InputError, "spend"),
    (lambda: cac_cost(1, NAN), InputError, "customers"),
    (lambda: cac_ratio(450, 0), DivisionError, "cac"),
    (lambda: cac_ratio(450, -1), DomainError, "cac"),
    (lambda: cac_ratio(NAN, 150), InputError, "clv"),
    (lambda: cac_ratio(1, NAN), InputError, "cac"),
    (lambda: cac_payback(-1, 10), DomainError, "cac"),
    (lambda: cac_payback(1, NAN), InputError, "margin"),
    (lambda: cac_payback(1, 10, 1.1), DomainError, "retention_rate"),
    (lambda: cac_payback(1, 10, -0.1), DomainError, "retention_rate"),
    (lambda: cac_payback(1, 10, 1, -0.1), DomainError, "discount_rate"),
    (lambda: cac_channels(["A"], [1, 2], [1], [1]), InputError, "channels"),
    (lambda: cac_channels([], [], [], []), DataError, "channels"),
    (lambda: cac_channels(["A"], [-1], [1], [1]), DomainError, "spends"),
    (lambda: cac_channels(["A"], [1], [-1], [1]), DomainError, "customers"),
    (lambda: cac_channels(["A"], [1], [1], [NAN]), InputError, "clvs"),
]


@pytest.mark.parametrize(("call", "error", "argument"), REFUSED)
def test_bad_input_is_refused_with_a_sentence(call: Callable[[], Any], error: type[XlclvError], argument: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert caught.value.argument == argument
    assert caught.value.text.en.endswith(".")
    assert caught.value.text.zh.endswith("。")


@pytest.mark.parametrize(
    ("cac", "margin", "retention"),
    [(150, 15, 0.9), (100, 10, 0.9), (1000, 100, 0.9), (50, 5, 0.9), (30, 3, 0.9), (100, 20, 0.8)],
)
def test_margins_that_reach_the_cost_only_at_the_end_of_time_never_repay_it(
    cac: float, margin: float, retention: float
) -> None:
    with pytest.raises(DomainError, match="never repays"):
        cac_payback(cac, margin, retention)
    assert cac_payback(cac * (1 - 1e-9), margin, retention) > 80
