from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.models.conftest import simulate
from xlclv import models
from xlclv.errors import DomainError, InputError

MODEL = models.from_block([["model", "BG/NBD"], ["r", 0.8], ["alpha", 60], ["a", 0.8], ["b", 2.4]])
NBD = models.from_block([["model", "NBD"], ["r", 0.8], ["alpha", 60]])
SPEND = models.from_block([["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]])


def by_definition(model, x, t, age, m, periods, margin=1.0, rate=0.0):
    times = [*np.arange(1, np.ceil(periods)), periods] if periods else []
    total, before = 0.0, 0.0
    for time in times:
        orders = model.orders(x, t, age, time)
        total += (orders - before) / (1 + rate) ** time
        before = orders
    return total * SPEND.expected(x, m) * margin


@pytest.mark.parametrize("model", [MODEL, NBD], ids=["BG/NBD", "NBD"])
@pytest.mark.parametrize("periods", [0, 0.4, 1, 2.5, 12, 300])
@pytest.mark.parametrize("history", [(0, 0, 0, 0), (0, 0, 90, 0), (3, 40, 90, 25.0), (300, 700, 700, 12.0)])
def test_definition(model, periods, history):
    value = models.predict_value(model, SPEND, *history, periods, 0.3, 0.01)
    assert value == pytest.approx(by_definition(model, *history, periods, 0.3, 0.01), rel=1e-9)


@pytest.mark.parametrize("days", [True, False])
def test_many_rows_are_the_sum_of_single_ones(days):
    c = simulate(3, 30_000, days=days)
    age = c.age if days else c.age + np.random.default_rng(1).uniform(0, 5, len(c.age))
    value = models.predict_value(MODEL, SPEND, c.frequency, c.recency, age, c.monetary, 12, 0.4, 0.01)
    for row in range(0, len(age), 2999):
        history = c.frequency[row], c.recency[row], age[row], c.monetary[row]
        assert value[row] == pytest.approx(by_definition(MODEL, *history, 12, 0.4, 0.01), rel=1e-10)


def test_everything_broadcasts():
    grid = models.predict_value(
        MODEL,
        SPEND,
        3,
        40,
        90,
        25,
        np.array([[6], [12.5], [6]]),
        np.array([0.3, 0.4, 0.5, 0.5]),
        [[0.01], [0.01], [0.02]],
    )
    assert grid.shape == (3, 4)
    assert grid[1, 2] == pytest.approx(models.predict_value(MODEL, SPEND, 3, 40, 90, 25, 12.5, 0.5, 0.01))
    assert grid[2, 0] == pytest.approx(models.predict_value(MODEL, SPEND, 3, 40, 90, 25, 6, 0.3, 0.02))


def test_series_keep_their_index():
    index = ["a", "b"]
    series = [pd.Series(column, index=index) for column in ([3, 0], [40, 0], [90, 50], [25.0, 0])]
    value = models.predict_value(MODEL, SPEND, *series, 12)
    assert list(value.index) == index
    assert isinstance(MODEL.alive(*series[:3]), pd.Series)
    with pytest.raises(InputError, match="index of age"):
        MODEL.alive(series[0], series[1], series[2].set_axis(["a", "c"]))


def test_threads_do_not_change_a_bit():
    c = simulate(4, 200_000, days=True)
    results = []
    before = models.threads()
    try:
        for count in (1, 2, 3):
            models.set_threads(count)
            fitted = models.fit("BG/NBD", c.frequency, c.recency, c.age)
            value = models.predict_value(fitted, SPEND, c.frequency, c.recency, c.age, c.monetary, 12)
            results.append((fitted, value))
    finally:
        models.set_threads(before)
    for fitted, value in results[1:]:
        assert fitted == results[0][0]
        assert np.array_equal(value, results[0][1])


@pytest.mark.parametrize(
    ("periods", "margin", "rate", "error"),
    [
        (-1, 1, 0, DomainError),
        (12, 1, -0.01, DomainError),
        (1e6, 1, 0, DomainError),
        (np.nan, 1, 0, InputError),
        (12, np.inf, 0, InputError),
    ],
)
def test_bad_terms(periods, margin, rate, error):
    with pytest.raises(error):
        models.predict_value(MODEL, SPEND, 3, 40, 90, 25, periods, margin, rate)


def test_a_row_without_finite_value_is_named():
    spend = models.from_block([["model", "Gamma-Gamma"], ["p", 2], ["q", 0.9], ["v", 15]])
    assert spend.expected(1, 20) > 0
    with pytest.raises(DomainError, match="Row 2: the mean order value is infinite"):
        models.predict_value(MODEL, spend, [1, 0], [5, 0], 90, [20, 0], 12)


def test_models_in_each_other_s_place():
    with pytest.raises(InputError, match="model must be a model of repeat orders"):
        models.predict_value(SPEND, SPEND, 3, 40, 90, 25, 12)
    with pytest.raises(InputError, match="must be a Gamma-Gamma model"):
        models.predict_value(MODEL, MODEL, 3, 40, 90, 25, 12)


def test_no_rows():
    none = np.zeros(0)
    assert models.predict_value(MODEL, SPEND, none, none, none, none, 12).shape == (0,)
    assert MODEL.orders(none, none, none, 12).shape == (0,)
