"""Checks of single numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlclv.domain import at_least, finite, share, timing_of, whole
from xlclv.errors import DomainError, InputError, XlclvError

NAN, INFINITE = math.nan, math.inf


@pytest.mark.parametrize("value", [0, -0.0, 1, -1.5, 1e308, 5e-324, True])
def test_finite_numbers_pass_unchanged(value: float) -> None:
    assert finite(value, "x") is value
    assert at_least(value, -2, "x") is value


@pytest.mark.parametrize("value", [0, 0.0, 0.5, 1, 1.0, 5e-324])
def test_shares_pass_unchanged(value: float) -> None:
    assert share(value, "x") is value


def test_limits_belong_to_the_domain() -> None:
    assert at_least(2.0, 2.0, "x") == 2
    assert whole(2.0, "x", 2, 5) == 2
    assert whole(5.0, "x", 2, 5) == 5


def test_whole_numbers_come_as_integers() -> None:
    for value in (0, 3.0, 1e15, True):
        assert type(whole(value, "x")) is int
        assert whole(value, "x") == value


@pytest.mark.parametrize(("value", "timing"), [(0, 0), (1, 1), (0.0, 0), (1.0, 1), (False, 0), (True, 1)])
def test_timing_is_that_of_pv(value: float, timing: int) -> None:
    assert timing_of(value) == timing
    assert type(timing_of(value)) is int


REFUSED: list[tuple[Callable[[], object], type[XlclvError], str]] = [
    (lambda: finite(NAN, "lifetime"), InputError, "lifetime"),
    (lambda: finite(INFINITE, "lifetime"), InputError, "lifetime"),
    (lambda: finite(-INFINITE, "lifetime"), InputError, "lifetime"),
    (lambda: at_least(-1e-300, 0, "lifetime"), DomainError, "lifetime"),
    (lambda: at_least(NAN, 0, "lifetime"), InputError, "lifetime"),
    (lambda: share(1.0000000000000002, "churn_rate"), DomainError, "churn_rate"),
    (lambda: share(-5e-324, "churn_rate"), DomainError, "churn_rate"),
    (lambda: share(NAN, "churn_rate"), InputError, "churn_rate"),
    (lambda: whole(2.5, "periods"), DomainError, "periods"),
    (lambda: whole(-1, "periods"), DomainError, "periods"),
    (lambda: whole(6, "periods", 2, 5), DomainError, "periods"),
    (lambda: whole(1, "periods", 2, 5), DomainError, "periods"),
    (lambda: whole(INFINITE, "periods"), InputError, "periods"),
    (lambda: timing_of(2), DomainError, "timing"),
    (lambda: timing_of(0.5), DomainError, "timing"),
    (lambda: timing_of(NAN), DomainError, "timing"),
]


@pytest.mark.parametrize(("check", "error", "argument"), REFUSED)
def test_the_sentences_name_the_argument(check: Callable[[], object], error: type[XlclvError], argument: str) -> None:
    with pytest.raises(error) as caught:
        check()
    assert type(caught.value) is error
    assert caught.value.argument == argument
    assert caught.value.text.en.startswith(f"{argument} must be") or argument == "churn_rate"
    assert argument in caught.value.text.en
    assert argument in caught.value.text.zh
    assert caught.value.text.en.endswith(".")
    assert caught.value.text.zh.endswith("。")


def test_the_sentences_show_the_number_in_full() -> None:
    with pytest.raises(DomainError, match=r"whole number from 0 to 1000000, not 1000001\."):
        whole(1_000_001, "periods", high=1_000_000)
    with pytest.raises(DomainError, match=r"whole number of 0 or more, not 1234567\.5\."):
        whole(1_234_567.5, "periods")
    with pytest.raises(DomainError, match=r"not 1\.0000001\."):
        share(1.0000001, "churn_rate")
    with pytest.raises(DomainError, match=r"must be 0 or more, not -0\.1\."):
        at_least(-0.1, 0, "lifetime")


@given(value=st.floats())
@settings(max_examples=80, deadline=None)
def test_a_share_passes_exactly_within_0_and_1(value: float) -> None:
    if 0 <= value <= 1:
        assert share(value, "x") == value
    else:
        with pytest.raises(XlclvError):
            share(value, "x")
