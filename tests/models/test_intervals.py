"""Intervals of numbers of orders: the exact distribution, the smallest range, and coverage where the model is true."""

from __future__ import annotations

import mpmath
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.models import simulate
from xlclv import models
from xlclv.errors import DomainError, InputError
from xlclv.models.distributions import MISSING, Distinct
from xlclv.models.intervals import smallest_range
from xlclv.models.model import models as registry
from xlclv.models.pareto_counts import Rates, count_chances

BLOCKS = {
    "NBD": [["model", "NBD"], ["r", 0.385], ["alpha", 12.07]],
    "BG/NBD": [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]],
    "Pareto/NBD": [["model", "Pareto/NBD"], ["r", 0.553], ["alpha", 10.578], ["s", 0.606], ["beta", 11.669]],
}
MODELS = {name: models.from_block(cells) for name, cells in BLOCKS.items()}
THERE = [name for name in simulate.MODELS if name in registry()]


def true_model(name):
    return models.from_block([["model", name], *map(list, simulate.MODELS[name][1].items())])


# --- the distribution -------------------------------------------------------------------------------------------------


def pareto_chance(r, alpha, s, beta, x, age, periods, y):
    """P(y orders), by an integral over the time of leaving in 30 digits."""
    with mpmath.workdps(30):
        c, scale, leave_scale = mpmath.mpf(r) + x, mpmath.mpf(alpha) + age, mpmath.mpf(beta) + age
        log = mpmath.loggamma(c + y) - mpmath.loggamma(c) - mpmath.loggamma(y + 1)

        def orders(w):
            return mpmath.exp(log + y * mpmath.log(w / (scale + w)) - c * mpmath.log(1 + w / scale))

        def integrand(v):
            w = mpmath.exp(v)
            return s / (leave_scale + w) * (1 + w / leave_scale) ** (-s) * orders(w) * w

        end, peak = mpmath.log(periods), mpmath.log(scale * max(y, 0.5) / c)
        width = mpmath.sqrt(1 / mpmath.mpf(max(y, 0.5)) + 1 / c)
        places = [end - d for d in (80, 40, 20, 10, 6, 4, 3, 2, 1, 0.5, 0)]
        places += [v for k in range(-12, 13, 2) if end - 80 < (v := peak + k * width) < end]
        stays = (1 + periods / leave_scale) ** (-mpmath.mpf(s)) * orders(mpmath.mpf(periods))
        return float(stays + mpmath.quad(integrand, sorted(places)))


@pytest.mark.parametrize("seed", range(12))
def test_pareto_counts(seed):
    # r, alpha, s, beta, x, T over orders of magnitude; the horizon for .03 to 300 expected orders, were nobody to leave.
    rng = np.random.default_rng(seed)
    r, alpha, s, beta = 10.0 ** rng.uniform([-2, -3, -2, -3], [2, 3, 3, 3])
    x, age, mean = float(rng.choice([0, 1, 7, 50, 300, 2000])), 10 ** rng.uniform(-2, 3), 10 ** rng.uniform(-1.5, 2.5)
    periods = mean * (alpha + age) / (r + x)
    rates = Rates(np.array([r + x]), np.array([alpha + age]), s, np.array([beta + age]))
    chances = count_chances(rates, np.array([periods]), 4096)[0]
    assert chances.sum() == pytest.approx(1, abs=1e-10)
    for y in (0, 1, int(mean) + 1):
        assert chances[y] == pytest.approx(pareto_chance(r, alpha, s, beta, x, age, periods, y), abs=1e-11)


def bg_chance(r, alpha, a, b, x, age, periods, y):
    """P(y orders) of a living customer, by an integral over the chance to leave."""
    with mpmath.workdps(30):
        c, z = mpmath.mpf(r) + x, mpmath.mpf(periods) / (periods + alpha + age)

        def negative_binomial(j):
            return mpmath.gammaprod([c + j], [c, j + 1]) * (1 - z) ** c * z**j

        more = 1 - sum(negative_binomial(j) for j in range(y))

        def given(p):
            last = p * (1 - p) ** (y - 1) * more if y else 0
            return ((1 - p) ** y * negative_binomial(y) + last) * p ** (a - 1) * (1 - p) ** (b + x - 1)

        return float(mpmath.quad(given, [0, 0.001, 0.1, 0.5, 1]) / mpmath.beta(a, b + x))


@pytest.mark.parametrize(("x", "recency", "age"), [(0, 0, 38.86), (2, 30.43, 38.86), (26, 30.86, 31)])
@pytest.mark.parametrize("periods", [0.01, 3, 52, 2000])
def test_bg_distribution(x, recency, age, periods):
    model = MODELS["BG/NBD"]
    chances = model.distribution(x, recency, age, periods, 6)
    alive = model.alive(x, recency, age)
    for y in range(6):
        expected = alive * bg_chance(*model.params.values(), x, age, periods, y) + (1 - alive) * (y == 0)
        assert chances[y] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", THERE)
def test_moments_of_the_distribution_are_the_other_predictions(name):
    model = true_model(name)
    history = [0, 3, 11], [0, 12, 24], [24, 24, 24]
    chances = model.distribution(*history, 10, 400)
    assert chances.sum(axis=1) == pytest.approx(1, abs=MISSING)
    assert chances @ np.arange(400) == pytest.approx(model.orders(*history, 10), rel=1e-9)
    assert 1 - chances[:, 0] == pytest.approx(model.active(*history, 10), abs=1e-10)


def test_shape_of_a_distribution():
    model = MODELS["NBD"]
    grid = model.distribution(2, 20, [[39], [45]], [10, 20, 30], 5)
    assert grid.shape == (2, 3, 5)
    assert grid[1, 2] == pytest.approx(model.distribution(2, 20, 45, 30, 5))
    with pytest.raises(DomainError, match="size must be 1 or more"):
        model.distribution(2, 20, 39, 10, 0)


# --- the smallest range -----------------------------------------------------------------------------------------------


def brute_force(chances, level):
    ranges = [(i, j) for i in range(len(chances)) for j in range(i, len(chances))]
    held = {(i, j): chances[i : j + 1].sum() for i, j in ranges}
    enough = [each for each in ranges if held[each] >= level - 1e-12]
    return min(enough, key=lambda each: (each[1] - each[0], -round(held[each], 12), each[0]))


@pytest.mark.parametrize("level", [0.01, 0.3, 0.5, 0.9, 0.99])
def test_smallest_range_is_the_one_of_all(level):
    rng = np.random.default_rng(7)
    chances = rng.dirichlet(np.full(12, 0.7), 300)
    # Ties: chances that are multiples of 1/16 only.
    chances[200:] = rng.multinomial(16, np.full(12, 1 / 12), 100) / 16
    lower, upper = smallest_range(chances, level)
    assert list(zip(lower.tolist(), upper.tolist(), strict=True)) == [brute_force(row, level) for row in chances]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("history", [(0, 0, 0), (0, 0, 39), (2, 30, 39), (26, 30.86, 31), (2000, 78, 78)])
@pytest.mark.parametrize("periods", [0, 0.5, 39, 300])
def test_interval_is_the_smallest_range_of_the_distribution(name, history, periods):
    model = MODELS[name]
    lower, upper = model.interval(*history, periods, 0.8)
    chances = model.distribution(*history, periods, 16384)
    below = np.append(0.0, np.cumsum(chances))
    width = int(upper - lower)
    assert below[int(upper) + 1] - below[int(lower)] >= 0.8 - 1e-9
    if width:
        assert (below[width:] - below[:-width]).max() < 0.8  # nothing smaller does
    if periods == 0:
        assert (lower, upper) == (0, 0)


def test_many_customers_are_each_their_own():
    c = simulate.simulate("BG/NBD", 3, 400)
    model = MODELS["BG/NBD"]
    periods = np.where(np.arange(400) % 2, 26.0, 52.0)
    lower, upper = model.interval(*c.history, periods, 0.75)
    for row in range(0, 400, 37):
        one = c.frequency[row], c.recency[row], c.age[row]
        assert (lower[row], upper[row]) == model.interval(*one, periods[row], 0.75)


def test_series_and_nobody():
    index = ["a", "b"]
    columns = [pd.Series(column, index=index) for column in ([2.0, 0], [30.0, 0], [39.0, 39])]
    lower, upper = MODELS["NBD"].interval(*columns, 39)
    assert list(lower.index) == list(upper.index) == index
    none = np.zeros(0)
    assert [side.shape for side in MODELS["NBD"].interval(none, none, none, 39)] == [(0,), (0,)]


@pytest.mark.parametrize("level", [0, 1, -0.5, 1.5, np.nan, [0.9, 0.8]])
def test_no_level(level):
    with pytest.raises(DomainError, match="level must be one number between 0 and 1") as caught:
        MODELS["NBD"].interval(2, 30, 39, 39, level)
    assert caught.value.argument == "level"


def test_bad_rows_are_named():
    model = MODELS["NBD"]
    with pytest.raises(DomainError, match="Row 2: recency is greater than age"):
        model.interval([2, 2], [30, 40], 39, 39)
    with pytest.raises(DomainError, match=r"Row 2: more than 65,536 orders"):
        model.interval([2, 2], 30, 39, [39, 1e7])
    with pytest.raises(InputError, match="periods must be a finite number"):
        model.interval(2, 30, 39, np.inf)


def test_distinct_rows():
    rng = np.random.default_rng(1)
    columns = [rng.integers(0, 3, 100).astype(float) for _ in range(3)]
    distinct = Distinct(*columns)
    for column in columns:
        assert np.array_equal(column[distinct.first][distinct.number], column)
    assert len(distinct.first) == len({*zip(*map(np.ndarray.tolist, columns), strict=True)})
    rows, places = distinct.rows(np.array([4, 2]))
    assert {*distinct.number[rows[places == 0]]} == {4}
    assert sorted(rows[places == 1]) == np.flatnonzero(distinct.number == 2).tolist()


# --- where the model is true ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow if name in ("Pareto/NBD", "BG/CNBD-k", "MBG/CNBD-k") else ())
        for name in THERE
    ],
)
def test_coverage_and_probability_integral_transform(name):
    """Three simulated bases together: their seeds are 1, 2, 3."""
    model, horizon, size = true_model(name), 20, 60_000
    rows = np.arange(size)
    exact, covered, uniform = [], [], []
    for seed in (1, 2, 3):
        c = simulate.simulate(name, seed, size, ahead=horizon)
        lower, upper = model.interval(*c.history, horizon)
        chances = model.distribution(*c.history, horizon, 256)
        below = np.concatenate([np.zeros((size, 1)), np.cumsum(chances, axis=1)], axis=1)
        exact.append(below[rows, upper.astype(int) + 1] - below[rows, lower.astype(int)])
        covered.append((lower <= c.ahead) & (c.ahead <= upper))
        ahead = c.ahead.astype(int)
        uniform.append(below[rows, ahead] + np.random.default_rng(1000 + seed).random(size) * chances[rows, ahead])
    assert np.min(exact) >= 0.9 - 1e-9
    assert abs(np.mean(covered) - np.mean(exact)) < 0.005
    assert stats.kstest(np.concatenate(uniform), "uniform").pvalue > 0.01
