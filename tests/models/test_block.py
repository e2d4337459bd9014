from __future__ import annotations

import numpy as np
import pytest

from tests.models.conftest import simulate
from xlclv import models
from xlclv.errors import DomainError, InputError
from xlclv.models.block import HEADER

TYPED = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]


@pytest.fixture(scope="module")
def fitted():
    c = simulate(1, 500)
    return models.fit("BG/NBD", c.frequency, c.recency, c.age, period="week")


@pytest.fixture(scope="module")
def spend():
    c = simulate(1, 500)
    return models.fit_spend(c.frequency, c.monetary)


def test_layout(fitted, spend):
    block = fitted.to_block()
    assert [row[0] for row in block] == [
        "parameter",
        "model",
        "period",
        "r",
        "alpha",
        "a",
        "b",
        "customers",
        "log_likelihood",
        "status",
    ]
    assert {len(row) for row in block} == {5}
    assert all(type(cell) in (float, str) for row in block for cell in row)
    assert block[1:3] == [["model", "BG/NBD", "", "", ""], ["period", "week", "", "", ""]]
    names = [row[0] for row in spend.to_block()]
    assert names[1:8] == ["model", "period", "p", "q", "v", "correlation", "left_out"]
    assert names[8:] == ["customers", "log_likelihood", "status"]
    assert fitted.to_block("zh")[0] == [title.zh for title in HEADER]
    assert [row[0] for row in fitted.to_block("zh")][1:] == [row[0] for row in block][1:]
    with pytest.raises(InputError, match="lang"):
        fitted.to_block("fr")


def test_round_trip(fitted, spend):
    for estimate in (fitted, spend):
        for lang in ("en", "zh"):
            again = models.from_block(estimate.to_block(lang))
            assert type(again) is type(estimate)
            for field in ("name", "period", "params", "standard_errors", "limits", "log_likelihood", "customers"):
                assert getattr(again, field) == getattr(estimate, field)
            assert again.status.en == estimate.status.of(lang)
            assert again.to_block(lang) == estimate.to_block(lang)


def test_border_survives():
    c = simulate(2, 500, a=1e-9)
    fitted = models.fit("BG/NBD", c.frequency, c.recency, c.age)
    assert fitted.at_boundary
    assert fitted.to_block()[3][2:] == ["", "", ""]
    assert models.from_block(fitted.to_block("zh")).at_boundary


@pytest.mark.parametrize(
    "cells",
    [
        list(reversed(TYPED)),
        [[" Model ", "bg nbd"], *([row[0].upper(), row[1]] for row in TYPED[1:])],
        [
            ["parameter", "value", "x"],
            [None, None],
            ["", ""],
            [3.0, 4.0],
            *TYPED,
            ["a", 0.793],
            ["notes", "hello"],
            ["only"],
        ],
        tuple(tuple(row) for row in TYPED),
        np.array(TYPED, dtype=object),
        [[name, np.float64(value) if name != "model" else value] for name, value in TYPED],
    ],
    ids=["reversed", "case", "surplus rows", "tuples", "array", "numpy numbers"],
)
def test_readers_are_tolerant(cells):
    model = models.from_block(cells)
    assert model.params == dict(TYPED[1:])
    assert (model.standard_errors, model.log_likelihood, model.aic, model.bic, model.customers) == (
        {},
        None,
        None,
        None,
        None,
    )


def replaced(name, value):
    return [[key, value if key == name else cell] for key, cell in TYPED]


@pytest.mark.parametrize(
    ("cells", "error", "sentence"),
    [
        (TYPED[1:], InputError, "no model block"),
        (replaced("model", None), InputError, "no model block"),
        (replaced("model", 3.0), InputError, "no model block"),
        (replaced("model", "CLV"), InputError, "not a model of repeat orders"),
        ([list(row) for row in zip(*TYPED, strict=True)], InputError, "names of the block stand in a row; turn it"),
        (TYPED[:-1], InputError, "needs a row b "),
        (replaced("a", "x"), InputError, "needs a row a "),
        (replaced("a", True), InputError, "needs a row a "),
        (replaced("a", None), InputError, "needs a row a "),
        (replaced("a", float("nan")), InputError, "needs a row a "),
        (replaced("a", 0.0), DomainError, "a of the BG/NBD block must be above 0"),
        (replaced("r", -1.0), DomainError, "r of the BG/NBD block"),
        ([*TYPED, ["period", "fortnight"]], InputError, "period"),
        ("model", InputError, "no model block"),
        (3.0, InputError, "no model block"),
        ([1.0, 2.0], InputError, "no model block"),
        ([], InputError, "no model block"),
    ],
)
def test_bad_blocks(cells, error, sentence):
    with pytest.raises(error, match=sentence) as caught:
        models.from_block(cells)
    assert any("一" <= letter <= "鿿" for letter in caught.value.text.zh)


def test_a_block_of_the_other_kind(fitted, spend):
    with pytest.raises(InputError, match="Gamma-Gamma"):
        models.FittedModel.from_block(spend.to_block())
    with pytest.raises(InputError, match="Gamma-Gamma"):
        models.FittedSpend.from_block(fitted.to_block())


def test_a_parameter_that_stands_twice_must_agree():
    with pytest.raises(InputError, match="a twice"):
        models.from_block([*TYPED, ["A ", 99.0]])


def test_numbers_may_be_text_as_in_a_csv_file():
    assert models.from_block([[name, str(value)] for name, value in TYPED]).params == dict(TYPED[1:])
