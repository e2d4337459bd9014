from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tests.models.conftest import simulate
from xlclv import models
from xlclv.errors import DataError, DomainError, InputError
from xlclv.models.checks import horizon_problems

GOOD = simulate(11, 200)


def columns(row=None, **changes):
    data = {"frequency": GOOD.frequency.copy(), "recency": GOOD.recency.copy(), "age": GOOD.age.copy()}
    for name, value in changes.items():
        data[name][row] = value
    return data


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"frequency": -1}, DomainError, "frequency must be 0 or more"),
        ({"recency": -1}, DomainError, "recency must be 0 or more"),
        ({"age": -1}, DomainError, "age must be 0 or more"),
        ({"frequency": 1.5, "recency": 1}, DomainError, "whole number"),
        ({"frequency": 1, "recency": 200}, DomainError, "recency is greater than age"),
        ({"frequency": 0, "recency": 3}, DomainError, "recency must be 0 where frequency is 0"),
        ({"frequency": 2, "recency": 0}, DomainError, "recency must be above 0"),
        ({"frequency": np.nan}, InputError, "frequency must be a finite number"),
        ({"age": np.inf}, InputError, "age must be a finite number"),
    ],
)
def test_the_first_bad_row_is_named(changes, error, sentence):
    data = columns(6, **changes)
    with pytest.raises(error, match=f"Row 7: .*{sentence}") as caught:
        models.fit("BG/NBD", **data)
    assert caught.value.text.zh.startswith("第 7 行：")
    assert caught.value.argument in data
    found = models.problems(**data)
    assert [list(np.flatnonzero(problem.mask)) for problem in found] == [[6]]
    with pytest.raises(error, match="Row 7"):
        models.from_block([["model", "NBD"], ["r", 1], ["alpha", 9]]).alive(**data)


def test_the_first_of_several_rows_wins():
    data = columns(3, frequency=-1)
    data["age"][9] = np.nan
    with pytest.raises(DomainError, match="Row 4"):
        models.fit("NBD", **data)


def test_problems_are_disjoint():
    found = models.problems([np.nan, -1, -1.5, 1], [5, 5, -5, 5], [1, 1, 1, 1])
    assert sum(problem.mask.astype(int) for problem in found).tolist() == [1, 1, 1, 1]


def test_a_scalar_has_no_row():
    with pytest.raises(DomainError, match=r"^recency is greater"):
        models.from_block([["model", "NBD"], ["r", 1], ["alpha", 9]]).alive(2, 50, 40)


@pytest.mark.parametrize(
    "call",
    [
        lambda: models.fit("BG/NBD", GOOD.frequency[:-1], GOOD.recency, GOOD.age),
        lambda: models.fit("BG/NBD", GOOD.frequency, GOOD.recency, GOOD.age, weights=[1, 2]),
        lambda: models.fit("BG/NBD", ["a"] * 200, GOOD.recency, GOOD.age),
        lambda: models.fit("BG/NBD", [None] * 199 + ["x"], GOOD.recency, GOOD.age),
        lambda: models.fit("BG/NBD", GOOD.frequency[None, :], GOOD.recency, GOOD.age),
        lambda: models.fit("Weibull", GOOD.frequency, GOOD.recency, GOOD.age),
        lambda: models.fit("BG/NBD", GOOD.frequency, GOOD.recency, GOOD.age, engine="R"),
        lambda: models.fit("BG/NBD", GOOD.frequency, GOOD.recency, GOOD.age, period="fortnight"),
        lambda: models.fit("NBD", GOOD.frequency, GOOD.recency, GOOD.age, engine="lifetimes"),
        lambda: models.fit_spend(GOOD.frequency, GOOD.monetary[:-1]),
        lambda: models.fit_spend(GOOD.frequency, GOOD.monetary, engine="R"),
        lambda: models.from_block([["model", "NBD"], ["r", 1], ["alpha", 9]]).alive([1, 2], [1, 2, 3], 9),
        lambda: models.set_threads(0),
    ],
)
def test_wrong_input(call):
    with pytest.raises(InputError):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: models.fit("BG/NBD", GOOD.frequency[:29], GOOD.recency[:29], GOOD.age[:29]),
        lambda: models.fit("BG/NBD", GOOD.frequency, GOOD.recency, GOOD.age, weights=np.full(200, 0.1)),
        lambda: models.fit("BG/NBD", [], [], []),
        lambda: models.fit("NBD", np.zeros(200), np.zeros(200), GOOD.age),
        lambda: models.fit_spend(np.zeros(200), np.zeros(200)),
        lambda: models.fit_spend(GOOD.frequency[:20], GOOD.monetary[:20]),
    ],
)
def test_too_little_data(call):
    with pytest.raises(DataError):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: models.fit("BG/NBD", GOOD.frequency, GOOD.recency, GOOD.age, weights=[-1] + [1] * 199),
        lambda: models.fit("BG/NBD", [1e6] * 200, [5] * 200, [9] * 200),
        lambda: models.fit_spend([2] * 50, [10] * 50),
        lambda: models.fit_spend([2] * 50, [-10] + [10] * 49),
        lambda: models.fit_spend([2.5] * 50, [10] * 50),
    ],
)
def test_outside_the_domain(call):
    with pytest.raises(DomainError):
        call()


@pytest.mark.parametrize("name", ["BG/NBD", "bgnbd", " bg nbd ", "Bg-Nbd"])
def test_names_are_understood(name):
    assert models.fit(name, GOOD.frequency, GOOD.recency, GOOD.age).name == "BG/NBD"


def test_import_is_light():
    heavy = "'pandas', 'lifetimes', 'matplotlib'"
    code = f"import sys, xlclv.models; print([name for name in ({heavy}) if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_a_horizon_too_long_gives_advice_that_can_be_followed() -> None:
    (problem,) = horizon_problems([1e9])
    assert problem.error.text.en.endswith("; use a longer period.")
    assert problem.error.text.zh.endswith("；请使用更长的周期。")
