"""Values in a Markov chain: known answers, plain sums in 50 digits, absorbing chains and labels."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mpf

from xlclv import clv_migration, clv_retention
from xlclv.errors import DataError, DomainError, InputError, XlclvError
from xlclv.migration import MAX_PERIODS, MAX_STATES
from xlclv.worksheet import call

# Pfeifer & Carraway (2000), Modeling customer relationships as Markov chains, the running example: recency states 1
# to 4 and Lost, a purchase brings 40 and a mailing costs 4, purchase chances .3, .2, .15, .05, rate 20%.
CHAIN: list[list[float | None]] = [
    [0.3, 0.7, 0, 0, 0],
    [0.2, 0, 0.8, 0, 0],
    [0.15, 0, 0, 0.85, 0],
    [0.05, 0, 0, 0, 0.95],
    [0, 0, 0, 0, 1],
]
MARGINS = [36, -4, -4, -4, 0]
FOUR_PERIODS = [50.115, 4.220, 0.592, -1.980, 0]
FOREVER = [52.320, 5.554, 1.251, -1.820, 0]


def test_known_answer_of_four_periods() -> None:
    assert clv_migration(CHAIN, MARGINS, 0.2, 4) == pytest.approx(FOUR_PERIODS, rel=0, abs=5e-4)


def test_known_answer_forever() -> None:
    assert clv_migration(CHAIN, MARGINS, 0.2) == pytest.approx(FOREVER, rel=0, abs=5e-4)


@pytest.mark.parametrize("lost", [[], [None] * 5, (None,) * 5])
def test_an_empty_state_is_absorbing(lost: Sequence[float | None]) -> None:
    assert clv_migration([*CHAIN[:4], lost], MARGINS, 0.2) == clv_migration(CHAIN, MARGINS, 0.2)
    assert clv_migration(CHAIN[:4], MARGINS, 0.2) == clv_migration(CHAIN, MARGINS, 0.2)


# --- against the plain sum in 50 digits -----------------------------------------------------------------------------


def exact(chain: Sequence[Sequence[float]], margins: Sequence[float], rate: float, periods: int | None) -> list[float]:
    """Sum of (P / (1 + d))^t R, t = 0 .. periods, by repeated multiplication; forever until terms vanish."""
    with mpmath.workdps(50):
        step = mpmath.matrix([[mpf(p) / mpmath.fsum(map(mpf, row)) / (1 + mpf(rate)) for p in row] for row in chain])
        term = total = mpmath.matrix([mpf(margin) for margin in margins])
        t = 0
        while t != periods and (periods is not None or max(map(abs, term)) > mpf(10) ** -30):
            term = step * term
            total, t = total + term, t + 1
        return [float(value) for value in total]


def jittered_chain(seed: int) -> tuple[list[list[float]], list[float], float]:
    """Inputs near the known answer."""
    source = random.Random(seed)
    chances = [chance * source.uniform(0.9, 1.1) for chance in (0.3, 0.2, 0.15, 0.05)]
    chain = [[0.0] * 5 for _ in range(5)]
    for i, chance in enumerate(chances):
        chain[i][0] += chance
        chain[i][i + 1] += 1 - chance
    chain[4][4] = 1.0
    margins = [margin * source.uniform(0.9, 1.1) for margin in (36.0, -4.0, -4.0, -4.0, 0.0)]
    return chain, margins, 0.2 * source.uniform(0.9, 1.1)


@pytest.mark.parametrize("periods", [0, 1, 4, 33, None])
@pytest.mark.parametrize("seed", range(6))
def test_the_value_is_the_plain_sum(seed: int, periods: int | None) -> None:
    chain, margins, rate = jittered_chain(seed)
    values = clv_migration(chain, margins, rate, periods)
    assert values == pytest.approx(exact(chain, margins, rate, periods), rel=1e-12, abs=1e-13)


# --- edge cases -----------------------------------------------------------------------------------------------------


def test_no_period_gives_the_margins() -> None:
    assert clv_migration(CHAIN, MARGINS, 0.2, 0) == MARGINS


def test_one_period_adds_the_expected_margin_of_the_next_state() -> None:
    assert clv_migration([[0.5, 0.5], [0, 1]], [10, 2], 0.25, 1) == pytest.approx([10 + 6 / 1.25, 2 + 2 / 1.25])


def test_a_million_periods() -> None:
    values = clv_migration([[0.5, 0.5], [0.5, 0.5]], [2, 0], 0, 1_000_000)
    assert values == pytest.approx([1_000_002, 1_000_000], rel=1e-9)
    lost = clv_migration([[0.5, 0.5], []], [1, 0], 0, 1_000_000)
    assert lost == pytest.approx([2, 0], rel=1e-12)


def test_one_state_is_a_perpetuity() -> None:
    assert clv_migration([[1]], [10], 0.25) == pytest.approx([50])
    assert clv_migration([[]], [10], 0.25, 2) == pytest.approx([10 + 8 + 6.4])


def test_chances_of_rounded_percentages_are_scaled_to_one() -> None:
    assert clv_migration([[0.3333333, 0.6666666], [0, 1]], [10, 0], 0.1) == pytest.approx(
        clv_migration([[1 / 3, 2 / 3], [0, 1]], [10, 0], 0.1), rel=1e-6
    )


def test_without_discount_an_absorbing_loss_ends_the_value() -> None:
    assert clv_migration([[0.9, 0.1], []], [1, 0]) == pytest.approx([10, 0], rel=1e-12)
    # A fair game with stakes 1 and 2 out of 3: 2 rounds are expected from either, by symmetry.
    game: list[list[float | None]] = [[1, 0, 0, 0], [0.5, 0, 0.5, 0], [0, 0.5, 0, 0.5], [0, 0, 0, 1]]
    assert clv_migration(game, [0, 1, 1, 0]) == pytest.approx([0, 2, 2, 0], rel=1e-12)


def test_without_discount_states_that_earn_nothing_may_go_on_forever() -> None:
    assert clv_migration([[0.5, 0.5, 0], [0, 0, 1], [0, 1, 0]], [1, 0, 0]) == pytest.approx([2, 0, 0], rel=1e-12)
    assert clv_migration([[0, 1], [1, 0]], [0, 0]) == [0, 0]


@pytest.mark.parametrize(
    ("chain", "margins"),
    [
        ([[0.9, 0.1], []], [1, 1]),  # the lost state earns
        ([[0.9, 0.1], []], [1, -1]),  # the lost state costs
        ([[0.9, 0.1], [0.2, 0.8]], [1, 0]),  # nobody is ever lost
        ([[0, 1], [1, 0]], [1, -1]),  # the sum never settles
        ([[0.5, 0.5, 0], [0, 0, 1], [0, 1, 0]], [0, 0, 3]),  # absorbed by two states in turn
    ],
)
def test_without_discount_a_value_forever_may_be_infinite(chain: list[list[float]], margins: list[float]) -> None:
    with pytest.raises(DomainError, match="infinite") as caught:
        clv_migration(chain, margins)
    assert caught.value.argument == "discount_rate"
    assert "无穷大" in caught.value.text.zh
    assert len(clv_migration(chain, margins, 0, 10)) == len(margins)


@pytest.mark.parametrize("rate", [1e-5, 1.0, 1e3, 1e300])
def test_any_discount_rate(rate: float) -> None:
    expected = 1 + 0.5 / (0.5 + rate)
    assert clv_migration([[0.5, 0.5], []], [1, 0], rate) == pytest.approx([expected, 0], rel=1e-10)
    assert clv_migration([[0.5, 0.5], [0.5, 0.5]], [1, 1], rate) == pytest.approx([1 + 1 / rate] * 2, rel=1e-10)


@pytest.mark.parametrize("rate", [1e-300, 1e-12, 1e-8])
def test_a_tiny_discount_rate(rate: float) -> None:
    assert clv_migration([[0.5, 0.5], []], [1, 0], rate) == pytest.approx([2, 0], rel=1e-7)
    assert clv_migration([[0.5, 0.5], [0.5, 0.5]], [1, 1], rate) == pytest.approx([1 + 1 / rate] * 2, rel=1e-12)


def test_numpy_arrays_are_taken() -> None:
    chain = np.array(CHAIN, dtype=float)
    for kind in (np.float64, np.float32, np.int64):
        values = clv_migration(chain, np.array(MARGINS, dtype=kind), 0.2, 4)
        assert values == pytest.approx(FOUR_PERIODS, rel=0, abs=5e-4)
        assert {type(value) for value in values} == {float}


# --- bad inputs -----------------------------------------------------------------------------------------------------

NAN = float("nan")
TWO: list[list[float]] = [[0.5, 0.5], [0, 1]]
REFUSED: list[tuple[Callable[[], list[float]], type[XlclvError], str]] = [
    (lambda: clv_migration([[0.5, 0.4], [0, 1]], [1, 0], 0.1), DomainError, "transitions"),
    (lambda: clv_migration([[1.5, -0.5], [0, 1]], [1, 0], 0.1), DomainError, "transitions"),
    (lambda: clv_migration([[0.0, 0.0], [0, 1]], [1, 0], 0.1), DomainError, "transitions"),
    (lambda: clv_migration([[NAN, 0.5], [0, 1]], [1, 0], 0.1), InputError, "transitions"),
    (lambda: clv_migration(TWO, [1, 0, 0], 0.1), InputError, "transitions"),
    (lambda: clv_migration(TWO, [1], 0.1), InputError, "transitions"),
    (lambda: clv_migration([[0.5, 0.5], [1]], [1, 0], 0.1), InputError, "transitions"),
    (lambda: clv_migration([], [1], 0.1), DataError, "transitions"),
    (lambda: clv_migration(TWO, [], 0.1), DataError, "transitions"),
    (lambda: clv_migration([[]] * (MAX_STATES + 1), [0] * (MAX_STATES + 1)), DomainError, "transitions"),
    (lambda: clv_migration(TWO, [NAN, 0], 0.1), InputError, "margins"),
    (lambda: clv_migration(TWO, [1, 0], -0.1), DomainError, "discount_rate"),
    (lambda: clv_migration(TWO, [1, 0], NAN), InputError, "discount_rate"),
    (lambda: clv_migration(TWO, [1, 0], 0.1, 1.5), DomainError, "periods"),
    (lambda: clv_migration(TWO, [1, 0], 0.1, -1), DomainError, "periods"),
    (lambda: clv_migration(TWO, [1, 0], 0.1, MAX_PERIODS + 1), DomainError, "periods"),
    (lambda: clv_migration(TWO, [1, 1]), DomainError, "discount_rate"),
]


@pytest.mark.parametrize(("call_it", "error", "argument"), REFUSED)
def test_bad_input_is_refused_with_a_sentence(
    call_it: Callable[[], list[float]], error: type[XlclvError], argument: str
) -> None:
    with pytest.raises(error) as caught:
        call_it()
    assert type(caught.value) is error
    assert caught.value.argument == argument
    assert caught.value.text.en.endswith(".")
    assert caught.value.text.zh.endswith("。")


def test_too_many_periods_are_told_in_full() -> None:
    with pytest.raises(DomainError, match=r"from 0 to 1000000, not 1000001\."):
        clv_migration(TWO, [1, 0], 0.1, MAX_PERIODS + 1)


# --- identities -----------------------------------------------------------------------------------------------------

MODEST = settings(max_examples=60, deadline=None)


@given(
    margin=st.floats(-1e6, 1e6),
    retention=st.integers(0, 1024).map(lambda n: n / 1024),
    rate=st.floats(1e-3, 3),
    periods=st.none() | st.integers(0, 300),
)
@MODEST
def test_two_states_are_constant_retention(margin: float, retention: float, rate: float, periods: int | None) -> None:
    chain = [[retention, 1 - retention], [0.0, 1.0]]
    counted = None if periods is None else periods + 1
    expected = clv_retention(margin, retention, rate, counted, timing=1)
    assert clv_migration(chain, [margin, 0], rate, periods) == pytest.approx([expected, 0], rel=1e-10, abs=1e-300)


@st.composite
def chains(draw: st.DrawFn) -> tuple[list[list[float]], list[float]]:
    """Draw a chain of up to five states, and its margins."""
    n = draw(st.integers(1, 5))
    weights = [draw(st.lists(st.integers(0, 20), min_size=n, max_size=n)) for _ in range(n)]
    assume(all(map(any, weights)))
    margins = draw(st.lists(st.floats(-100, 100), min_size=n, max_size=n))
    return [[weight / sum(row) for weight in row] for row in weights], margins


@given(drawn=chains(), rate=st.floats(0, 2), periods=st.integers(0, 70))
@MODEST
def test_doubling_gives_the_plain_loop(drawn: tuple[list[list[float]], list[float]], rate: float, periods: int) -> None:
    chain, margins = drawn
    total = term = np.array(margins)
    for _ in range(periods):
        term = np.array(chain) @ term / (1 + rate)
        total = total + term
    values = clv_migration(chain, margins, rate, periods)
    assert values == pytest.approx(total.tolist(), rel=1e-11, abs=1e-9)


@given(drawn=chains(), rate=st.floats(0.01, 2))
@MODEST
def test_forever_satisfies_its_equation(drawn: tuple[list[list[float]], list[float]], rate: float) -> None:
    chain, margins = drawn
    values = np.array(clv_migration(chain, margins, rate))
    assert (margins + np.array(chain) @ values / (1 + rate)).tolist() == pytest.approx(
        values.tolist(), rel=1e-9, abs=1e-9
    )
    order = list(reversed(range(len(margins))))
    turned = clv_migration([[chain[i][j] for j in order] for i in order], [margins[i] for i in order], rate)
    assert turned[::-1] == pytest.approx(values.tolist(), rel=1e-9, abs=1e-9)


# --- labels around the matrix ---------------------------------------------------------------------------------------

NAMES = ["r1", "r2", "r3", "r4", "Lost"]
COLUMN = [[margin] for margin in MARGINS]


def table(names: Sequence[Any]) -> list[list[Any]]:
    return [["state", "value"], *([name, value] for name, value in zip(names, FOREVER, strict=True))]


def rounded(result: Any) -> list[list[Any]]:
    header, *rows = result
    return [header, *([name, round(value, 3)] for name, value in rows)]


@pytest.mark.parametrize(
    ("transitions", "names"),
    [
        (CHAIN, [1, 2, 3, 4, 5]),
        ([["", *NAMES], *([name, *row] for name, row in zip(NAMES, CHAIN, strict=True))], NAMES),
        ([NAMES, *CHAIN], NAMES),
        pytest.param(
            [[name, *row] for name, row in zip(NAMES, CHAIN, strict=True)],
            NAMES,
        ),
        ([["from", *NAMES], *([name, *row] for name, row in zip(NAMES, CHAIN, strict=True))], NAMES),
        ([[None, 10, 20, 30, 40, 50], *([10 * i + 10, *row] for i, row in enumerate(CHAIN))], [10, 20, 30, 40, 50]),
    ],
    ids=["bare", "both", "row", "column", "corner", "numbers"],
)
def test_labels_around_the_matrix_are_kept(transitions: list[list[Any]], names: list[Any]) -> None:
    assert rounded(call("CLV_MIGRATION", transitions, COLUMN, 0.2)) == table(names)


def test_the_last_margin_may_be_an_empty_cell_beside_labels() -> None:
    labelled = [["", *NAMES], *([name, *row] for name, row in zip(NAMES, CHAIN, strict=True))]
    assert rounded(call("CLV_MIGRATION", labelled, [*COLUMN[:4], [None]], 0.2)) == table(NAMES)


@pytest.mark.parametrize("blank", [None, ""])
def test_the_last_margin_may_be_an_empty_cell(blank: Any) -> None:
    assert call("CLV_MIGRATION", [[1, 0, 0], [0, 0.5, 0.5], [0, 0, 1]], [[5], [3], [blank]], 0.1) == call(
        "CLV_MIGRATION", [[1, 0, 0], [0, 0.5, 0.5], [0, 0, 1]], [[5], [3], [0]], 0.1
    )
