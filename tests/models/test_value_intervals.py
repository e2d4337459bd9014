"""Intervals of the value of a customer, against draws of the process, order by order."""

from __future__ import annotations

import mpmath
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.models import simulate
from xlclv import models
from xlclv.errors import DomainError, InputError
from xlclv.models.future import Future
from xlclv.models.mean_discounts import Discounts
from xlclv.models.model import models as registry
from xlclv.models.moment_rules import gauss
from xlclv.models.scaled_values import ScaledValues
from xlclv.models.value_intervals import values

P, Q, V = 6.25, 3.74, 15.44
SPEND = models.from_block([["model", "Gamma-Gamma"], ["p", P], ["q", Q], ["v", V]])
MODELS = {
    "NBD": {"r": 0.385, "alpha": 12.07},
    "BG/NBD": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426},
    "MBG/NBD": {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614},
    "Pareto/NBD": {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669},
}
FITTED = {
    name: models.from_block([["model", name], *map(list, params.items())])
    for name, params in MODELS.items()
    if name in registry()
}
CUSTOMERS = [(2, 30.43, 38.86, 22.35), (0, 0, 38.86, 0), (40, 77, 78, 15.0)]
WEEKLY = 1.15 ** (1 / 52) - 1


def draws(name, history, periods, rate, size, seed=0):
    """Values of the next periods at margin 1, drawn order by order."""
    x, t, age, m = history
    rng, params = np.random.default_rng(seed), MODELS[name]
    alive = rng.random(size) < FITTED[name].alive(x, t, age)
    orders = rng.gamma(params["r"] + x, 1 / (params["alpha"] + age), size)
    until, leaves = np.full(size, float(periods)), np.full(size, np.inf)
    if "s" in params:
        leaving = rng.gamma(params["s"], 1 / (params["beta"] + age), size)
        until = np.minimum(until, rng.exponential(size=size) / leaving)
    if "a" in params:
        b = params["b"] + x + (name == "MBG/NBD")
        leaves = rng.geometric(np.maximum(rng.beta(params["a"], b, size), 1e-12)).astype(float)
    scale = rng.gamma(Q + P * x, 1 / (V + x * m), size)
    now, total, done = np.zeros(size), np.zeros(size), 0
    active = np.flatnonzero(alive)
    while len(active):
        now[active] += rng.exponential(size=len(active)) / orders[active]
        active = active[now[active] <= until[active]]
        discount = (1 + rate) ** -np.minimum(np.ceil(now[active]), periods)
        total[active] += discount * rng.gamma(P, size=len(active)) / scale[active]
        done += 1
        active = active[leaves[active] > done]
    return total


def law(name, history, periods, rate):
    """Return the mixture that stands for the value over v + x m."""
    x, t, age, _ = (np.array([float(each)]) for each in history)
    (each,) = values(FITTED[name], SPEND, (x, t, age), np.array(float(periods)), np.array(rate))
    return ScaledValues(*each.part(slice(0, 1)), Q + P * x)


@pytest.mark.parametrize("name", FITTED)
@pytest.mark.parametrize("history", CUSTOMERS)
@pytest.mark.parametrize(
    ("rate", "periods", "error"),
    [(0.0, 1, 0), (0.0, 39, 0), (WEEKLY, 39, 0.003), (WEEKLY, 200, 0.003), (0.2, 1, 0.003), (0.2, 10, 0.003), (0.2, 39, 0.01), (0.2, 200, 0.01)],
)  # fmt: skip
@pytest.mark.parametrize("size", [pytest.param(40_000), pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_chances_against_draws(name, history, rate, periods, error, size):
    value = draws(name, history, periods, rate, size, seed=17)
    unit = V + history[0] * history[3]
    exact = law(name, history, periods, rate)
    noise = 4.5 * 0.5 / np.sqrt(size)
    for place in np.quantile(value[value > 0], np.linspace(0.01, 0.99, 25)):
        assert exact.chance_above(np.array([place / unit]))[0] == pytest.approx(
            (value > place).mean(), abs=error + noise
        )
    lower, upper = models.predict_value_interval(FITTED[name], SPEND, *history, periods, 1.0, rate, 0.8)
    if (value > 0).mean() > 0.1 + noise:
        assert (value > upper).mean() == pytest.approx(0.1, abs=error + noise)
    if (value == 0).mean() < 0.1 - noise:
        assert (value <= lower).mean() == pytest.approx(0.1, abs=error + noise)
    elif (value == 0).mean() > 0.1 + noise:
        assert lower == 0


def test_without_discount_against_mpmath():
    # NBD: P(V > s) is a sum over orders of beta prime chances, here integrals in 30 digits.
    x, t, age, m, periods = 2, 30.43, 38.86, 22.35, 39
    _, upper = models.predict_value_interval(FITTED["NBD"], SPEND, x, t, age, m, periods, 0.3, level=0.8)
    with mpmath.workdps(30):
        c, y = mpmath.mpf(0.385) + x, mpmath.mpf(periods) / (mpmath.mpf(12.07) + age)
        z = upper / (0.3 * (V + x * m))
        total = mpmath.mpf(0)
        for j in range(1, 120):
            chance = mpmath.gammaprod([c + j], [c, j + 1]) * (1 + y) ** -c * (y / (1 + y)) ** j
            total += chance * mpmath.betainc(Q + P * x, P * j, 0, 1 / (1 + mpmath.mpf(z)), regularized=True)
    assert float(total) == pytest.approx(0.1, abs=2e-5)


@pytest.mark.parametrize("name", FITTED)
@pytest.mark.parametrize(("rate", "periods"), [(0.0, 52), (WEEKLY, 52), (0.2, 10), (0.03, 39.5), (0.2, 39)])
def test_the_mean_is_the_expected_value(name, rate, periods):
    for x, t, age, m in CUSTOMERS:
        columns = tuple(np.array([float(each)]) for each in (x, t, age))
        (each,) = values(FITTED[name], SPEND, columns, np.array(float(periods)), np.array(rate))
        _, weight, shape, scale = each.part(slice(0, 1))
        mean = (weight * shape * scale).sum() * (V + x * m) / (Q + P * x - 1)
        assert mean == pytest.approx(
            models.predict_value(FITTED[name], SPEND, x, t, age, m, periods, 1.0, rate), rel=3e-4
        )


@pytest.mark.parametrize("name", FITTED)
def test_times_known_to_the_model_and_times_taken_for_independent(name):
    (future,) = FITTED[name].model.futures(FITTED[name].values)
    discounts = Discounts(10, 0.2, P)
    x, age = np.array([0.0, 4.0]), np.array([39.0, 39.0])
    ours, moments = future.timing(x, age, discounts, 64)
    plain, other = Future.timing(future, x, age, discounts, 64)
    assert ours == pytest.approx(plain, abs=1e-9)
    assert moments[:, 1:, :, 0].sum(axis=2) == pytest.approx(1)
    assert other[:, 1:, :, 0].sum(axis=2) == pytest.approx(1)
    # Both have the mean of all orders together, up to where in a period a last order falls.
    mean, plain_mean = ((np.arange(64) * ours)[..., None] * each[..., 1] for each in (moments, other))
    assert mean.sum(axis=(1, 2)) == pytest.approx(plain_mean.sum(axis=(1, 2)), rel=5e-3)
    if name == "NBD":
        assert moments == pytest.approx(other, abs=1e-12)


def test_moments_of_mean_discounts_against_draws():
    discounts = Discounts(39, 0.03, 2.0)
    rng = np.random.default_rng(3)
    discount = 1.03 ** -np.ceil(rng.random((400_000, 3)) * 39)
    share = rng.dirichlet([2.0] * 3, 400_000)
    low = 1.03**-39
    mean = ((discount * share).sum(axis=1) - low) / (1.03**-1 - low)
    moments = discounts.at_random(5)[-1, 3].sum(axis=0)
    assert moments == pytest.approx([(mean**k).mean() for k in range(discounts.moments)], abs=1e-3)


def test_gauss_rules():
    nodes, weights = gauss(1.0 / np.arange(1.0, 9.0))
    legendre = np.polynomial.legendre.leggauss(4)
    assert nodes == pytest.approx((1 + legendre[0]) / 2)
    assert weights == pytest.approx(legendre[1] / 2)
    # A distribution on two points needs two nodes only.
    nodes, weights = gauss(np.array([0.4 * 0.3**k + 0.6 * 0.9**k for k in range(8)]))
    assert weights[np.abs(nodes - 0.3) < 1e-6].sum() == pytest.approx(0.4)
    assert weights[np.abs(nodes - 0.9) < 1e-6].sum() == pytest.approx(0.6)


@pytest.mark.parametrize("name", [name for name in FITTED if name in simulate.MODELS])
def test_probability_integral_transform(name):
    """Three simulated bases together: their seeds are 1, 2, 3."""
    params = simulate.MODELS[name][1]
    model = models.from_block([["model", name], *map(list, params.items())])
    size, transformed, beyond = 3000, [], []
    for seed in (1, 2, 3):
        c = simulate.simulate(name, seed, size, ahead=20)
        rng = np.random.default_rng(90 + seed)
        scale = rng.gamma(Q, 1 / V, size)
        x = c.frequency
        m = np.where(x > 0, rng.gamma(P * np.maximum(x, 1)) / scale / np.maximum(x, 1), 0.0)
        value = np.where(c.ahead > 0, rng.gamma(P * np.maximum(c.ahead, 1e-9)) / scale, 0.0)
        uniform = np.empty(size)
        for each in values(model, SPEND, c.history, np.array(20.0), np.array(0.0)):
            rows = each.rows
            mixture = ScaledValues(*each.part(slice(None)), Q + P * x[rows])
            above = mixture.chance_above(np.maximum(value[rows], 1e-300) / (V + x[rows] * m[rows]))
            uniform[rows] = np.where(value[rows] > 0, 1 - above, rng.random(len(rows)) * (1 - mixture.some))
        transformed.append(uniform)
        beyond.append(value > models.predict_value_interval(model, SPEND, *c.history, m, 20, level=0.8)[1])
    assert stats.kstest(np.concatenate(transformed), "uniform").pvalue > 0.01
    assert np.mean(beyond) <= 0.1 + 0.02


def test_everything_broadcasts_and_keeps_its_index():
    model = FITTED["BG/NBD"]
    grid = models.predict_value_interval(
        model, SPEND, 12, 36, 38.86, 22, [[6], [12.5]], [0.3, -0.3, 0.0], [[0.01], [0.02]]
    )
    assert grid[0].shape == (2, 3)
    lower, upper = models.predict_value_interval(model, SPEND, 12, 36, 38.86, 22, 12.5, 0.3, 0.02)
    assert (grid[0][1, 0], grid[1][1, 0]) == pytest.approx((lower, upper), rel=1e-6)
    assert (grid[0][1, 1], grid[1][1, 1]) == pytest.approx((-upper, -lower), rel=1e-6)
    assert grid[0][1, 2] == grid[1][1, 2] == 0
    series = [pd.Series(column, index=["a", "b"]) for column in ([3, 0], [30, 0], [39, 39], [25.0, 0])]
    assert list(models.predict_value_interval(model, SPEND, *series, 12)[1].index) == ["a", "b"]
    assert models.predict_value_interval(model, SPEND, 3, 30, 39, 25, 0) == (0.0, 0.0)
    none = np.zeros(0)
    assert models.predict_value_interval(model, SPEND, none, none, none, none, 12)[0].shape == (0,)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"periods": np.inf}, DomainError, "needs a number of periods"),
        ({"periods": 1e5, "frequency": 3000}, DomainError, "More than 65,536 orders"),
        ({"level": 1.0}, DomainError, "level must be one number"),
        ({"discount_rate": -0.1}, DomainError, "discount_rate must be 0 or more"),
        ({"recency": 40}, DomainError, "recency is greater than age"),
        ({"margin": np.nan}, InputError, "margin must be a finite number"),
    ],
)
def test_bad_input(changes, error, message):
    arguments = {"frequency": 3, "recency": 30, "age": 39, "monetary": 25, "periods": 12, **changes}
    with pytest.raises(error, match=message):
        models.predict_value_interval(FITTED["NBD"], SPEND, **arguments)
