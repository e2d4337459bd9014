"""Closed-form values: known answers, high-precision sums, edge cases and identities."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mpf

from xlclv import clv, clv_churn, clv_curve, clv_equity, clv_retention
from xlclv.errors import DataError, DivisionError, DomainError, InputError, XlclvError

MONTHLY_10 = 1.1 ** (1 / 12) - 1
SURVIVALS = (1.0, 0.7, 0.55, 0.47, 0.42)

# (call, answer, half a unit of its last digit)
KNOWN: list[tuple[Callable[[], float], float, float]] = [
    # Three years at two orders of 100 a month: 100 x 2 x 36; 30% of it; the annuity at 10% a year.
    (lambda: clv(100, 2, 36), 7200, 1e-9),
    (lambda: clv(100, 2, 36, 0.3), 2160, 1e-9),
    (lambda: clv(100, 2, 36, 0.3, MONTHLY_10), 1871.1875, 5e-5),
    # The same customer at a churn of 1/36 a month: 60 (1 + d) / (d + 1/36).
    (lambda: clv_churn(100, 2, 1 / 36), 7200, 1e-9),
    (lambda: clv_churn(100, 2, 1 / 36, 0.3, MONTHLY_10), 1691.6141, 5e-5),
    # Gupta & Lehmann (2003), Customers as assets, equations 3 to 5: m r / (1 + i - r), m (1 + i) / (1 + i - r).
    (lambda: clv_retention(100, 0.8, 0.1), 266.6667, 5e-5),
    (lambda: clv_retention(100, 0.8, 0.1, timing=1), 366.6667, 5e-5),
    (lambda: clv_retention(100, 0.8, 0.1, 5), 212.4097, 5e-5),
    (lambda: clv_retention(100, 0.8, 0.1, 5, timing=1), 292.0634, 5e-5),
    (lambda: clv_retention(1, 0.8, 0.12, growth=0.08), 3.125, 5e-4),
    (lambda: clv_retention(1, 0.8, 0.12, growth=0.08, timing=1), 4.375, 5e-4),
    # Gupta & Lehmann (2003), table 2: margin multiple at 90% retention and 12%.
    (lambda: clv_retention(1, 0.9, 0.12), 4.0909, 5e-5),
    # 100 x (1 + .7/1.1 + .55/1.1^2 + .47/1.1^3 + .42/1.1^4), and the same one period later.
    (lambda: clv_curve(100, SURVIVALS, 0.1, 1), 273.089, 5e-4),
    (lambda: clv_curve(100, SURVIVALS, 0.1), 248.263, 5e-4),
]


@pytest.mark.parametrize(("call", "answer", "half_unit"), KNOWN)
def test_known_answers(call: Callable[[], float], answer: float, half_unit: float) -> None:
    assert call() == pytest.approx(answer, rel=0, abs=half_unit)


def test_the_formula_that_counts_the_lifetime_twice_is_36_times_too_high() -> None:
    wrong = 100 * 2 * 36 / (1 / 36)
    assert wrong == pytest.approx(259_200)
    assert wrong == pytest.approx(36 * clv(100, 2, 36))
    assert clv_churn(100, 2, 1 / 36) == pytest.approx(clv(100, 2, 36))


# --- against sums of the definitions in 50 digits -------------------------------------------------------------------


@pytest.fixture(autouse=True)
def fifty_digits() -> Any:
    with mpmath.workdps(50):
        yield


def series(term: Callable[[int], Any], start: int, stop: int | None) -> Any:
    """Add terms up to ``stop``, or until they no longer count."""
    total, k = mpf(0), start
    while stop is None or k < stop:
        value = term(k)
        total += value
        if stop is None and abs(value) < mpf(10) ** -40 * abs(total):
            break
        k += 1
    return total


def annuity(periods: float, rate: float) -> Any:
    """Sum of whole periods, and (1 - v^f) / d for the fraction of the last one."""
    v, full = 1 / (1 + mpf(rate)), int(periods)
    rest = mpf(periods) - full
    return series(lambda k: v**k, 1, full + 1) + v**full * (1 - v**rest) / mpf(rate)


def exact_clv(order_value: float, frequency: float, lifetime: float, margin: float, rate: float, cost: float) -> Any:
    return mpf(order_value) * mpf(frequency) * mpf(margin) * annuity(lifetime, rate) - mpf(cost)


def exact_churn(order_value: float, frequency: float, churn: float, margin: float, rate: float, cost: float) -> Any:
    q = (1 - mpf(churn)) / (1 + mpf(rate))
    return mpf(order_value) * mpf(frequency) * mpf(margin) * series(lambda k: q**k, 0, None) - mpf(cost)


def exact_retention(
    margin: float, retention: float, rate: float, periods: int | None, growth: float, timing: int, cost: float
) -> Any:
    m, r, i, g = mpf(margin), mpf(retention), mpf(rate), mpf(growth)
    if timing:
        return series(lambda k: m * (r * (1 + g) / (1 + i)) ** k, 0, periods) - mpf(cost)
    stop = None if periods is None else periods + 1
    return series(lambda k: m * r**k * (1 + g) ** (k - 1) / (1 + i) ** k, 1, stop) - mpf(cost)


def jittered(seed: int, *centres: float) -> list[list[float]]:
    """Twelve rows of inputs within 10% of the centres."""
    source = random.Random(seed)
    return [[centre * source.uniform(0.9, 1.1) for centre in centres] for _ in range(12)]


@pytest.mark.parametrize("inputs", jittered(1, 100, 2, 36, 0.3, 0.008, 55))
def test_clv_is_the_discounted_sum(inputs: list[float]) -> None:
    whole = [*inputs[:2], float(round(inputs[2])), *inputs[3:]]
    assert clv(*whole) == pytest.approx(float(exact_clv(*whole)), rel=1e-12)
    assert clv(*inputs) == pytest.approx(float(exact_clv(*inputs)), rel=1e-12)


@pytest.mark.parametrize("inputs", jittered(2, 100, 2, 1 / 36, 0.3, 0.008, 55))
def test_clv_churn_is_the_discounted_sum(inputs: list[float]) -> None:
    assert clv_churn(*inputs) == pytest.approx(float(exact_churn(*inputs)), rel=1e-12)


@pytest.mark.parametrize("inputs", jittered(3, 100, 0.8, 0.1, 0.04, 12))
@pytest.mark.parametrize("timing", [0, 1])
@pytest.mark.parametrize("periods", [None, 0, 1, 2, 5, 60])
def test_clv_retention_is_the_discounted_sum(inputs: list[float], timing: int, periods: int | None) -> None:
    margin, retention, rate, growth, cost = inputs
    expected = float(exact_retention(margin, retention, rate, periods, growth, timing, cost))
    assert clv_retention(margin, retention, rate, periods, growth, timing, cost) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("inputs", jittered(4, 100, 95, 80, 0.9, 0.6, 0.45, 0.1))
@pytest.mark.parametrize("timing", [0, 1])
def test_clv_curve_is_the_discounted_sum(inputs: list[float], timing: int) -> None:
    margins, survivals, rate = inputs[:3], inputs[3:6], inputs[6]
    expected = sum(
        mpf(m) * mpf(s) / (1 + mpf(rate)) ** k
        for k, (m, s) in enumerate(zip(margins, survivals, strict=True), start=1 - timing)
    )
    assert clv_curve(margins, survivals, rate, timing) == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("inputs", jittered(5, 1000, 10, 12, 14, 50, 60, 70, 0.1))
def test_clv_equity_is_the_base_and_the_discounted_cohorts(inputs: list[float]) -> None:
    base, counts, values, rate = inputs[0], inputs[1:4], inputs[4:7], inputs[7]
    expected = mpf(base) + sum(
        mpf(n) * mpf(v) / (1 + mpf(rate)) ** k for k, (n, v) in enumerate(zip(counts, values, strict=True), start=1)
    )
    assert clv_equity(base, counts, values, rate) == pytest.approx(float(expected), rel=1e-12)


# --- edge cases -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [5e-324, 1e-300, 1e-20, 1e-16, 1e-12, 1e-9, 1e-3, 1.0, 1e3, 1e300])
@pytest.mark.parametrize("lifetime", [0.25, 1.0, 7.5, 36.0])
def test_clv_at_any_discount_rate(lifetime: float, rate: float) -> None:
    with mpmath.workdps(400):
        expected = float(-mpmath.expm1(-mpf(lifetime) * mpmath.log1p(mpf(rate))) / mpf(rate))
    assert clv(1, 1, lifetime, 1, rate) == pytest.approx(expected, rel=1e-12)


def test_a_customer_who_stays_no_time_is_worth_minus_the_cost() -> None:
    assert clv(100, 2, 0) == 0
    assert clv(100, 2, 0, 0.3, 0.1, 40) == -40
    assert clv_retention(100, 0.8, 0.1, 0, acquisition_cost=40) == -40


def test_a_fractional_period_counts_its_fraction() -> None:
    assert clv(100, 2, 0.5) == 100
    assert clv(100, 2, 1.5, 1, 0.1) == pytest.approx(200 * (1 - 1.1**-1.5) / 0.1)


def test_an_order_value_or_margin_may_be_negative() -> None:
    assert clv(-100, 2, 36) == -7200
    assert clv(100, 2, 36, -0.1) == pytest.approx(-720)
    assert clv_retention(-100, 0.8, 0.1) == pytest.approx(-266.6667, abs=5e-5)


def test_churn_of_all_leaves_the_first_margin() -> None:
    assert clv_churn(100, 2, 1) == 200
    assert clv_churn(100, 2, 1, 1, 0.25) == 200


@pytest.mark.parametrize("rate", [1e-300, 1e-12, 1e-3, 1.0, 1e3, 1e300, 1e308])
def test_no_churn_is_a_perpetuity_at_any_rate(rate: float) -> None:
    expected = 1 / rate + 1
    assert clv_churn(1, 1, 0, 1, rate) == pytest.approx(expected, rel=1e-12)
    assert clv_churn(100, 2, 0, 1, rate) == pytest.approx(200 * expected, rel=1e-12)
    assert clv_retention(1, 1, rate, timing=1) == pytest.approx(expected, rel=1e-12)
    assert clv_retention(1, 1, rate) == pytest.approx(1 / rate, rel=1e-12)


def test_nobody_kept_leaves_the_margin_now_or_nothing() -> None:
    for periods in (None, 1, 5, 1_000_000):
        assert clv_retention(100, 0, 0.1, periods) == 0
        assert clv_retention(100, 0, 0.1, periods, timing=1) == 100


def test_all_kept_without_discount_counts_the_periods() -> None:
    for periods in (0, 1, 1_000_000):
        assert clv_retention(3, 1, 0, periods) == 3 * periods
        assert clv_retention(3, 1, 0, periods, timing=1) == 3 * periods


def test_growth_equal_to_discount_counts_the_periods() -> None:
    assert clv_retention(100, 1, 0.1, 7, 0.1, 1) == pytest.approx(700, rel=1e-12)
    assert clv_retention(100, 1, 0.1, 7, 0.1) == pytest.approx(700 / 1.1, rel=1e-12)


@pytest.mark.parametrize("rate", [1e-15, 1e-12, 1e-9, 1e-6])
def test_a_million_periods_at_a_ratio_near_one(rate: float) -> None:
    expected = float(-mpmath.expm1(-(10**6) * mpmath.log1p(mpf(rate))) / mpf(rate))
    assert clv_retention(1, 1, rate, 1_000_000) == pytest.approx(expected, rel=1e-9)


def test_the_value_forever_is_finite_just_below_the_limit_and_infinite_at_it() -> None:
    assert clv_retention(1, 0.5, 0.0, growth=1.0 - 2**-40) == pytest.approx(0.5 * 2.0**41, rel=1e-9)
    for retention, rate, growth in ((1.0, 0.0, 0.0), (0.5, 0.0, 1.0), (0.8, 0.08, 0.35), (0.8, 0.1, 0.5)):
        with pytest.raises(DomainError, match="infinite"):
            clv_retention(1, retention, rate, growth=growth)
        assert clv_retention(1, retention, rate, 10, growth) > 0


def test_margins_that_vanish_at_once() -> None:
    assert clv_retention(100, 0.8, 0.1, growth=-1) == pytest.approx(80 / 1.1)
    assert clv_retention(100, 0.8, 0.1, 5, -1, 1) == 100


def test_one_margin_serves_all_survivals() -> None:
    assert clv_curve(100, SURVIVALS, 0.1) == clv_curve([100], SURVIVALS, 0.1) == clv_curve([100] * 5, SURVIVALS, 0.1)
    assert clv_curve(np.int64(100), np.array(SURVIVALS), 0.1) == clv_curve(100, SURVIVALS, 0.1)
    assert clv_curve(100, [1], 0.1) == pytest.approx(100 / 1.1)


def test_one_value_serves_all_cohorts() -> None:
    assert clv_equity(1000, [10, 20], 50) == clv_equity(1000, [10, 20], [50, 50]) == 2500
    assert clv_equity(1000, 10, 50, 0.25) == 1400
    assert clv_equity(1000, np.array([10, 20]), np.int64(50)) == 2500
    assert clv_equity(1000, [], 50) == 1000


# --- bad inputs -----------------------------------------------------------------------------------------------------

NAN, INFINITE = float("nan"), float("inf")
REFUSED: list[tuple[Callable[[], float], type[XlclvError], str]] = [
    (lambda: clv(100, -1, 36), DomainError, "frequency"),
    (lambda: clv(100, 2, -1), DomainError, "lifetime"),
    (lambda: clv(100, 2, 36, 1, -0.01), DomainError, "discount_rate"),
    (lambda: clv(NAN, 2, 36), InputError, "order_value"),
    (lambda: clv(100, INFINITE, 36), InputError, "frequency"),
    (lambda: clv(100, 2, INFINITE), InputError, "lifetime"),
    (lambda: clv(100, 2, 36, NAN), InputError, "margin"),
    (lambda: clv(100, 2, 36, 1, NAN), InputError, "discount_rate"),
    (lambda: clv(100, 2, 36, 1, 0, INFINITE), InputError, "acquisition_cost"),
    (lambda: clv_churn(100, 2, 0), DivisionError, "churn_rate"),
    (lambda: clv_churn(100, 2, 1.0000001), DomainError, "churn_rate"),
    (lambda: clv_churn(100, 2, -0.0000001), DomainError, "churn_rate"),
    (lambda: clv_churn(100, -2, 0.5), DomainError, "frequency"),
    (lambda: clv_churn(100, 2, 0.5, 1, -0.1), DomainError, "discount_rate"),
    (lambda: clv_churn(INFINITE, 2, 0.5), InputError, "order_value"),
    (lambda: clv_churn(100, 2, NAN), InputError, "churn_rate"),
    (lambda: clv_churn(100, 2, 0.5, NAN), InputError, "margin"),
    (lambda: clv_churn(100, 2, 0.5, 1, 0, NAN), InputError, "acquisition_cost"),
    (lambda: clv_retention(100, 1), DomainError, "retention_rate"),
    (lambda: clv_retention(100, 1.1, 0.5), DomainError, "retention_rate"),
    (lambda: clv_retention(100, -0.1, 0.5), DomainError, "retention_rate"),
    (lambda: clv_retention(100, 0.8, -0.1), DomainError, "discount_rate"),
    (lambda: clv_retention(100, 0.8, 0.1, 2.5), DomainError, "periods"),
    (lambda: clv_retention(100, 0.8, 0.1, -1), DomainError, "periods"),
    (lambda: clv_retention(100, 0.8, 0.1, growth=-1.1), DomainError, "growth"),
    (lambda: clv_retention(100, 0.8, 0.1, timing=2), DomainError, "timing"),
    (lambda: clv_retention(100, 0.8, 0.1, timing=0.5), DomainError, "timing"),
    (lambda: clv_retention(NAN, 0.8, 0.1), InputError, "margin"),
    (lambda: clv_retention(100, 0.8, 0.1, NAN), InputError, "periods"),
    (lambda: clv_retention(100, 0.8, 0.1, growth=INFINITE), InputError, "growth"),
    (lambda: clv_retention(100, 0.8, 0.1, acquisition_cost=NAN), InputError, "acquisition_cost"),
    (lambda: clv_curve(100, [0.5, 0.6]), DomainError, "survivals"),
    (lambda: clv_curve(100, [1.1]), DomainError, "survivals"),
    (lambda: clv_curve(100, [1, -0.1]), DomainError, "survivals"),
    (lambda: clv_curve(100, [1, NAN]), InputError, "survivals"),
    (lambda: clv_curve([100, NAN], [1, 0.5]), InputError, "margins"),
    (lambda: clv_curve([100, 90], [1, 0.7, 0.5]), InputError, "margins"),
    (lambda: clv_curve([], [1, 0.7]), InputError, "margins"),
    (lambda: clv_curve(100, []), DataError, "survivals"),
    (lambda: clv_curve(100, [1], -0.1), DomainError, "discount_rate"),
    (lambda: clv_curve(100, [1], 0.1, 3), DomainError, "timing"),
    (lambda: clv_equity(0, [10], [50, 60]), InputError, "new_values"),
    (lambda: clv_equity(0, [-1], 50), DomainError, "new_customers"),
    (lambda: clv_equity(0, [1], 50, -0.1), DomainError, "discount_rate"),
    (lambda: clv_equity(NAN, [1], 50), InputError, "base_value"),
    (lambda: clv_equity(0, [NAN], 50), InputError, "new_customers"),
    (lambda: clv_equity(0, [1], INFINITE), InputError, "new_values"),
]


@pytest.mark.parametrize(("call", "error", "argument"), REFUSED)
def test_bad_input_is_refused_with_a_sentence(
    call: Callable[[], float], error: type[XlclvError], argument: str
) -> None:
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert caught.value.argument == argument
    assert caught.value.text.en.endswith(".")
    assert caught.value.text.zh.endswith("。")


def test_a_number_just_outside_is_shown_with_its_digits() -> None:
    with pytest.raises(DomainError, match=r"churn_rate must lie between 0 and 1 .*, not 1\.0000001\."):
        clv_churn(100, 2, 1.0000001)


# --- identities -----------------------------------------------------------------------------------------------------

MONEY = st.floats(-1e6, 1e6)
RATES = st.floats(0, 3)
SHARES = st.floats(0, 1)
GROWTHS = st.floats(-1, 1)
EXACT_SHARES = st.integers(0, 1024).map(lambda n: n / 1024)
MODEST = settings(max_examples=60, deadline=None)


@given(value=MONEY, frequency=st.floats(0, 100), churn=EXACT_SHARES, margin=st.floats(-1, 1), rate=RATES, cost=MONEY)
@MODEST
def test_churn_is_retention_from_now_on(
    value: float, frequency: float, churn: float, margin: float, rate: float, cost: float
) -> None:
    assume(churn + rate > 1e-300)
    by_churn = clv_churn(value, frequency, churn, margin, rate, cost)
    by_retention = clv_retention(value * frequency * margin, 1 - churn, rate, timing=1, acquisition_cost=cost)
    scale = abs(by_churn + cost) + abs(cost)
    assert by_churn == pytest.approx(by_retention, rel=1e-12, abs=1e-12 * scale)


@given(margin=MONEY, retention=SHARES, rate=RATES, growth=GROWTHS, timing=st.sampled_from([0, 1]))
@MODEST
def test_many_periods_come_to_forever(margin: float, retention: float, rate: float, growth: float, timing: int) -> None:
    assume(retention * (1 + growth) / (1 + rate) < 0.9999)
    forever = clv_retention(margin, retention, rate, None, growth, timing)
    assert clv_retention(margin, retention, rate, 1_000_000, growth, timing) == pytest.approx(forever, rel=1e-10)


@given(margin=MONEY, retention=SHARES, rate=RATES, growth=GROWTHS, periods=st.integers(0, 200))
@MODEST
def test_the_first_margin_now_is_one_more_than_at_the_end(
    margin: float, retention: float, rate: float, growth: float, periods: int
) -> None:
    now = clv_retention(margin, retention, rate, periods + 1, growth, 1)
    later = clv_retention(margin, retention, rate, periods, growth, 0)
    assert now == pytest.approx(margin + (1 + growth) * later, rel=1e-11, abs=1e-300)
    shifted = clv_retention(margin, retention, rate, periods, growth, 1) * retention / (1 + rate)
    assert later == pytest.approx(shifted, rel=1e-12, abs=1e-300)


@given(margin=MONEY, rate=RATES, periods=st.integers(0, 500))
@MODEST
def test_a_customer_who_is_always_kept_has_a_known_lifetime(margin: float, rate: float, periods: int) -> None:
    by_lifetime = clv(margin, 1, periods, 1, rate)
    assert clv_retention(margin, 1, rate, periods) == pytest.approx(by_lifetime, rel=1e-11, abs=1e-300)
    if periods:
        assert clv_curve(margin, [1] * periods, rate) == pytest.approx(by_lifetime, rel=1e-11, abs=1e-300)


@given(margin=MONEY, retention=SHARES, rate=RATES, periods=st.integers(1, 100), timing=st.sampled_from([0, 1]))
@MODEST
def test_a_geometric_curve_is_constant_retention(
    margin: float, retention: float, rate: float, periods: int, timing: int
) -> None:
    survivals = [retention ** (k + 1 - timing) for k in range(periods)]
    expected = clv_retention(margin, retention, rate, periods, 0, timing)
    assert clv_curve(margin, survivals, rate, timing) == pytest.approx(expected, rel=1e-11, abs=1e-300)


@given(margin=st.floats(0, 1e6), retention=SHARES, low=RATES, high=RATES)
@MODEST
def test_a_higher_discount_rate_never_raises_the_value(
    margin: float, retention: float, low: float, high: float
) -> None:
    low, high = min(low, high), max(low, high)
    assert clv_retention(margin, retention, high, 12) <= clv_retention(margin, retention, low, 12) * (1 + 1e-12)
    assert clv(margin, 1, 12, 1, high) <= clv(margin, 1, 12, 1, low) * (1 + 1e-12)
