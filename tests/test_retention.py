"""Retention and churn rates, and their conversion between periods."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mpf

from xlclv import churn_rate, rate_convert, retention_rate
from xlclv.errors import DivisionError, DomainError, InputError, XlclvError

PERIODS = ["day", "week", "month", "quarter", "year"]
KINDS = ["discount", "retention", "churn"]
#: A year is 365.25 days, a month and a quarter its twelfth and its fourth.
DAYS = {"day": "1", "week": "7", "month": "30.4375", "quarter": "91.3125", "year": "365.25"}


def test_known_rates() -> None:
    assert retention_rate(200, 210, 40) == 0.85
    assert churn_rate(200, 30) == 0.15


def test_known_conversions() -> None:
    # .8^(1/12) and 1.1^(1/12) - 1, to the digits shown.
    assert rate_convert(0.8, "year", "month", "retention") == pytest.approx(0.981577, rel=0, abs=5e-7)
    assert rate_convert(0.1, "year", "month") == pytest.approx(0.00797414, rel=0, abs=5e-9)


def jittered() -> list[tuple[float, str, str, str]]:
    source = random.Random(11)
    return [
        (centre * source.uniform(0.9, 1.1), source.choice(PERIODS), source.choice(PERIODS), kind)
        for centre, kind in ((0.8, "retention"), (0.1, "discount"), (0.2, "churn"))
        for _ in range(15)
    ]


@pytest.mark.parametrize(("rate", "from_period", "to_period", "kind"), jittered())
def test_conversion_is_a_power_of_the_factor_kept(rate: float, from_period: str, to_period: str, kind: str) -> None:
    with mpmath.workdps(50):
        factor = {"discount": 1 + mpf(rate), "retention": mpf(rate), "churn": 1 - mpf(rate)}[kind]
        there = mpmath.exp(mpmath.log(factor) / mpf(DAYS[from_period]) * mpf(DAYS[to_period]))
        expected = {"discount": there - 1, "retention": there, "churn": 1 - there}[kind]
        assert rate_convert(rate, from_period, to_period, kind) == pytest.approx(float(expected), rel=1e-12)


def test_whole_multiples_compound() -> None:
    assert rate_convert(0.01, "month", "year") == pytest.approx(1.01**12 - 1, rel=1e-13)
    assert rate_convert(0.9, "quarter", "year", "retention") == pytest.approx(0.9**4, rel=1e-13)
    assert rate_convert(0.1, "day", "week", "churn") == pytest.approx(1 - 0.9**7, rel=1e-13)


def test_periods_are_understood_in_both_languages_and_any_case() -> None:
    plain = rate_convert(0.1, "year", "month")
    for words in (("Years", "MONTHS"), ("年", "月"), ("y", "m"), (" year ", "个月")):
        assert rate_convert(0.1, *words) == plain
    assert rate_convert(0.1, "year", "month", " Churn ") == rate_convert(0.1, "year", "month", "churn")


@pytest.mark.parametrize("kind", KINDS)
def test_rates_of_nothing_and_all(kind: str) -> None:
    zero = rate_convert(0, "day", "year", kind)
    assert zero == 0
    assert math.copysign(1, zero) == 1
    if kind != "discount":
        assert rate_convert(1, "year", "day", kind) == 1


def test_a_tiny_rate_keeps_its_digits() -> None:
    for kind in ("discount", "churn"):
        assert rate_convert(1e-300, "day", "week", kind) == pytest.approx(7e-300, rel=1e-12)
        assert rate_convert(1e-12, "day", "week", kind) == pytest.approx(7e-12, rel=1e-10)


@given(
    rate=st.floats(1e-6, 0.999),
    from_period=st.sampled_from(PERIODS),
    to_period=st.sampled_from(PERIODS),
    kind=st.sampled_from(KINDS),
)
@settings(max_examples=100, deadline=None)
def test_there_and_back_is_the_same_rate(rate: float, from_period: str, to_period: str, kind: str) -> None:
    there = rate_convert(rate, from_period, to_period, kind)
    back = to_period, from_period, kind
    if 1e-6 < there < 1 - 1e-6 or (kind == "discount" and 0 < there < 1e100):
        assert rate_convert(there, *back) == pytest.approx(rate, rel=1e-8)
    if kind == "discount" or from_period == to_period:
        assert rate_convert(there, *back) == pytest.approx(rate, rel=1e-11)


@given(churn=st.integers(1, 1023).map(lambda n: n / 1024), to_period=st.sampled_from(PERIODS))
@settings(max_examples=40, deadline=None)
def test_churn_is_one_minus_retention(churn: float, to_period: str) -> None:
    kept = rate_convert(1 - churn, "month", to_period, "retention")
    assert rate_convert(churn, "month", to_period, "churn") == pytest.approx(1 - kept, rel=1e-9)


@given(start=st.integers(1, 10**6), data=st.data(), acquired=st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_retention_and_churn_add_up(start: int, data: st.DataObject, acquired: int) -> None:
    lost = data.draw(st.integers(0, start))
    kept = retention_rate(start, start - lost + acquired, acquired)
    assert kept + churn_rate(start, lost) == pytest.approx(1, rel=1e-12)


REFUSED: list[tuple[Callable[[], Any], type[XlclvError], str]] = [
    (lambda: retention_rate(0, 10, 10), DivisionError, "customers_start"),
    (lambda: retention_rate(-1, 10, 10), DomainError, "customers_start"),
    (lambda: retention_rate(10, -1, 0), DomainError, "customers_end"),
    (lambda: retention_rate(10, 5, -1), DomainError, "customers_acquired"),
    (lambda: retention_rate(10, 5, 6), DomainError, "customers_acquired"),
    (lambda: retention_rate(10, 12, 1), DomainError, "customers_acquired"),
    (lambda: retention_rate(float("nan"), 5, 0), InputError, "customers_start"),
    (lambda: churn_rate(0, 0), DivisionError, "customers_start"),
    (lambda: churn_rate(10, 11), DomainError, "customers_lost"),
    (lambda: churn_rate(10, -1), DomainError, "customers_lost"),
    (lambda: churn_rate(10, float("inf")), InputError, "customers_lost"),
    (lambda: rate_convert(-0.1, "year", "month"), DomainError, "rate"),
    (lambda: rate_convert(1.1, "year", "month", "retention"), DomainError, "rate"),
    (lambda: rate_convert(-0.1, "year", "month", "churn"), DomainError, "rate"),
    (lambda: rate_convert(float("nan"), "year", "month"), InputError, "rate"),
    (lambda: rate_convert(0.1, "decade", "month"), InputError, "from_period"),
    (lambda: rate_convert(0.1, "year", "moon"), InputError, "to_period"),
    (lambda: rate_convert(0.1, "year", "month", "interest"), InputError, "kind"),
]


@pytest.mark.parametrize(("call", "error", "argument"), REFUSED)
def test_bad_input_is_refused_with_a_sentence(call: Callable[[], Any], error: type[XlclvError], argument: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert caught.value.argument == argument
    assert caught.value.text.en.endswith(".")
    assert caught.value.text.zh.endswith("。")
