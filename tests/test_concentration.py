"""Concentration of value: definitions in high precision, extremes and invariances."""

from __future__ import annotations

import random
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mpf

from xlclv import clv_shares
from xlclv.concentration import TOP, Concentration
from xlclv.errors import DataError, DivisionError, DomainError, InputError, XlclvError


def test_known_answer_one_customer_of_four_has_all() -> None:
    # The Lorenz curve from the best customer down rises linearly to 1 at 25% of customers; Gini = (n - 1) / n.
    shares = clv_shares([0, 10, 0, 0])
    assert shares.top == pytest.approx({0.01: 0.04, 0.05: 0.2, 0.1: 0.4, 0.2: 0.8, 0.5: 1.0})
    assert shares.gini == pytest.approx(0.75)


def test_known_gini_of_one_to_four() -> None:
    # Mean absolute difference of 1, 2, 3, 4 is 20 / 16; half of it over the mean 2.5 is .25.
    assert clv_shares([3, 1, 4, 2]).gini == pytest.approx(0.25)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [1, 3, 37, 250])
def test_shares_are_those_of_the_definitions(count: int, seed: int) -> None:
    source = random.Random(seed)
    values = [source.lognormvariate(3, 1.2) for _ in range(count)]
    with mpmath.workdps(40):
        exact = sorted(map(mpf, values), reverse=True)
        total = mpmath.fsum(exact)
        gini = mpmath.fsum(abs(a - b) for a in exact for b in exact) / (2 * count * total)
        shares = clv_shares(values)
        assert shares.gini == pytest.approx(float(gini), rel=1e-12, abs=1e-15)
        assert tuple(shares.top) == TOP == (0.01, 0.05, 0.1, 0.2, 0.5)
        for fraction, percent in zip(TOP, (1, 5, 10, 20, 50), strict=True):
            # Each customer counts with the part of him that lies within the best percent of n.
            taken = [min(max(mpf(percent) * count / 100 - i, 0), 1) for i in range(count)]
            held = mpmath.fsum(part * value for part, value in zip(taken, exact, strict=True)) / total
            assert shares.top[fraction] == pytest.approx(float(held), rel=1e-12)


@pytest.mark.parametrize("count", [1, 2, 20, 1000])
def test_equal_customers_hold_equal_shares(count: int) -> None:
    shares = clv_shares([7.3] * count)
    assert shares.gini == pytest.approx(0, abs=1e-12)
    assert shares.top == pytest.approx({fraction: fraction for fraction in TOP})


@pytest.mark.parametrize("count", [2, 100, 10_000])
def test_one_customer_with_all_is_the_other_extreme(count: int) -> None:
    shares = clv_shares([0.0] * (count - 1) + [5.0])
    assert shares.gini == pytest.approx(1 - 1 / count, rel=1e-12)
    assert shares.top[0.5] == pytest.approx(1)


def test_a_hundred_customers_split_at_whole_customers() -> None:
    shares = clv_shares(range(1, 101))
    assert shares.top == pytest.approx(
        {0.01: 100 / 5050, 0.05: 490 / 5050, 0.1: 955 / 5050, 0.2: 1810 / 5050, 0.5: 3775 / 5050}, rel=1e-12
    )


def test_losses_count_as_they_are() -> None:
    shares = clv_shares([30, -10])
    assert shares.top[0.5] == pytest.approx(1.5)
    assert shares.gini == pytest.approx(1.0)


def test_numpy_arrays_are_taken() -> None:
    shares = clv_shares(np.array([10, 0, 0, 0]))
    assert shares == clv_shares([10, 0, 0, 0])
    assert type(shares.gini) is float


REFUSED: list[tuple[Callable[[], Concentration], type[XlclvError]]] = [
    (lambda: clv_shares([]), DataError),
    (lambda: clv_shares([0, 0]), DivisionError),
    (lambda: clv_shares([5, -5]), DivisionError),
    (lambda: clv_shares([5, -6]), DomainError),
    (lambda: clv_shares([5, float("nan")]), InputError),
    (lambda: clv_shares([float("inf")]), InputError),
]


@pytest.mark.parametrize(("call", "error"), REFUSED)
def test_bad_input_is_refused_with_a_sentence(call: Callable[[], Concentration], error: type[XlclvError]) -> None:
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert caught.value.argument == "values"
    assert caught.value.text.en.endswith(".")
    assert caught.value.text.zh.endswith("。")


@given(
    values=st.lists(st.floats(0, 1e6), min_size=1, max_size=40).filter(lambda values: sum(values) > 1e-3),
    scale=st.floats(1e-3, 1e3),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_order_and_currency_do_not_matter(values: list[float], scale: float, seed: int) -> None:
    shares = clv_shares(values)
    other = [value * scale for value in values]
    random.Random(seed).shuffle(other)
    assert clv_shares(other).gini == pytest.approx(shares.gini, rel=1e-9, abs=1e-12)
    assert clv_shares(other).top == pytest.approx(shares.top, rel=1e-9)
    assert -1e-12 <= shares.gini <= 1 - 1 / len(values) + 1e-12
    held = [shares.top[fraction] for fraction in TOP]
    assert held == sorted(held)
    assert all(share >= fraction - 1e-12 for fraction, share in shares.top.items())
