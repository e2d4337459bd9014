"""BG/BB: orders at opportunities.

Fader, Hardie and Shang (2010), on the donations that come with lifetimes; the maximum was found with mpmath.
"""

from __future__ import annotations

import functools
import itertools

import mpmath
import numpy as np
import pandas as pd
import pytest

from tests.models.conftest import _dataset
from tests.models.independent import check_maximum
from tests.models.simulate import simulate
from tests.models.test_properties import check_derivatives, same
from xlclv import models
from xlclv.errors import DomainError
from xlclv.models.counts import compress
from xlclv.models.model import model_named

NAMES = ("alpha", "beta", "gamma", "delta")
PRINTED = (1.204, 0.750, 0.657, 2.783)
SPEND = [["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]]


def typed(params):
    return models.from_block([["model", "BG/BB"], *zip(NAMES, params, strict=True)])


@pytest.fixture(scope="module")
def donations():
    table = pd.read_csv(_dataset("donations.csv"))
    return [table[name].to_numpy(float) for name in ("frequency", "recency", "periods", "weights")]


@pytest.mark.parametrize("engine", ["xlclv", "lifetimes"])
def test_fit(donations, engine):
    fitted = models.fit("BG/BB", *donations, engine=engine, period="year")
    assert list(fitted.params.values()) == pytest.approx([1.203522, 0.749716, 0.656718, 2.783442], rel=1e-5)
    assert fitted.log_likelihood == pytest.approx(-33225.5813, abs=1e-4)
    assert (fitted.customers, fitted.status.en) == (11104, "OK")
    theirs = models.fit("BG/BB", *donations, engine="lifetimes")
    assert list(fitted.standard_errors.values()) == pytest.approx(list(theirs.standard_errors.values()), rel=1e-5)


def test_single_customer():
    model = typed(PRINTED)
    assert model.alive(4, 5, 6) == pytest.approx(0.748817, abs=1e-6)
    assert model.orders(4, 5, 6, 5) == pytest.approx(2.029623, abs=1e-6)
    assert model.residual(4, 5, 6, 0.1) == pytest.approx(3.196167, abs=1e-6)


@functools.cache
def rising(p, k, precision):
    assert precision == mpmath.mp.prec  # the value depends on it
    return mpmath.rf(p, k)


def beta_ratio(p, q, k, m):
    precision = mpmath.mp.prec
    return rising(p, k, precision) * rising(q, m, precision) / rising(p + q, k + m, precision)


def exact_likelihood(params, x, t, n):
    alpha, beta, gamma, delta = params
    alive = beta_ratio(alpha, beta, x, n - x) * beta_ratio(gamma, delta, 0, n)
    # B(alpha + x, beta + t - x + i) B(gamma + 1, delta + t + i), each from the one before.
    whole, left = alive, beta_ratio(alpha, beta, x, t - x) * beta_ratio(gamma, delta, 1, t)
    for i in range(t, n):
        whole += left
        left *= (beta + i - x) / (alpha + beta + i) * (delta + i) / (gamma + delta + 1 + i)
    return alive, whole


def gauss_series(b, c, z):
    """2F1(1, b; c; z) for b < c and 0 < z < 1 from its series, whose terms fall by z at least."""
    total, term, n = mpmath.mpf(0), mpmath.mpf(1), 0
    while term > total * (1 - z) * mpmath.mpf(10) ** -20:
        total += term
        term *= (b + n) / (c + n) * z
        n += 1
    return total


def test_other_data_agree_with_mpmath():
    c = simulate("BG/BB", 3, 200)
    weights = np.random.default_rng(3).uniform(0.5, 2, 200)
    rows = [tuple(map(int, row)) for row in zip(*c.history, strict=True)]

    def log_likelihood(*params):
        known = {row: mpmath.log(exact_likelihood(params, *row)[1]) for row in set(rows)}
        return mpmath.fsum(w * known[row] for w, row in zip(weights.tolist(), rows, strict=True))

    fitted = models.fit("BG/BB", *c.history, weights=weights)
    assert not fitted.at_boundary
    check_maximum(fitted, NAMES, log_likelihood)


PARAMETERS = [
    PRINTED,
    (0.3, 4.0, 1.0, 2.0),
    (5.0, 0.2, 3.5, 40.0),
    (1e-3, 1e-2, 1e-3, 1e-2),
    (300.0, 700.0, 200.0, 9e3),
]
HISTORIES = [(0, 0, 0), (0, 0, 6), (4, 5, 6), (6, 6, 6), (1, 1, 40), (30, 38, 40), (2, 40, 40)]


@pytest.mark.parametrize("params", PARAMETERS, ids=str)
@mpmath.workdps(30)
def test_scores(params):
    model = typed(params)
    exact = tuple(map(mpmath.mpf, params))
    alpha, beta, gamma, delta = exact
    for x, t, n in HISTORIES:
        alone, whole = exact_likelihood(exact, x, t, n)
        alive = alone / whole
        assert model.alive(x, t, n) == pytest.approx(float(alive), rel=1e-10)
        p, q, g, d = alpha + x, beta + n - x, gamma, delta + n
        for ahead in (1, 2, 7, 60):
            there = [beta_ratio(g, d, 0, m) for m in range(ahead + 1)]
            orders = alive * p / (p + q) * mpmath.fsum(there[1:])
            active = alive * mpmath.fsum(there[m] * beta_ratio(p, q, 1, m - 1) for m in range(1, ahead + 1))
            assert model.orders(x, t, n, ahead) == pytest.approx(float(orders), rel=1e-10)
            assert model.active(x, t, n, ahead) == pytest.approx(float(active), rel=1e-10)
        assert model.orders(x, t, n, 0) == model.active(x, t, n, 0) == 0
        # Equation 14 of the paper, given alive.
        for rate in (0.01, 0.1, 3.0):
            f = gauss_series(d + 1, g + d + 1, 1 / mpmath.mpf(1 + rate))
            residual = alive * p / (p + q) * d / ((g + d) * (1 + rate)) * f
            assert model.residual(x, t, n, rate) == pytest.approx(float(residual), rel=1e-10)
        if gamma > 1:
            endless = alive * p / (p + q) * d / (g - 1)
            assert model.residual(x, t, n) == pytest.approx(float(endless), rel=1e-10)


def test_residual_without_end_or_discount():
    with pytest.raises(DomainError, match="no finite sum under BG/BB"):
        typed(PRINTED).residual(4, 5, 6, 0)


def test_numbers_of_orders():
    model = typed(PRINTED)
    (future,) = model.model.futures(model.values)
    x, n = np.array([4.0, 0, 2]), np.array([6.0, 3, 50])
    chances = future.counts(x, n, np.array([5.0, 1, 12]), 14)
    assert chances.sum(axis=1) == pytest.approx(1)
    assert (chances[0, 6:] == 0).all()
    assert chances @ np.arange(14) == pytest.approx(future.orders(x, n, np.array([5.0, 1, 12])))
    assert 1 - chances[:, 0] == pytest.approx(future.some_order(x, n, np.array([5.0, 1, 12])))
    p, q, g, d = 5.204, 2.75, 0.657, 8.783
    # All five opportunities ahead of the first are used only by who stays for all.
    assert chances[0, 5] == pytest.approx(float(beta_ratio(g, d, 0, 5) * beta_ratio(p, q, 5, 0)))


def test_value_is_the_sum_over_opportunities():
    model, spend = typed(PRINTED), models.from_block(SPEND)
    c = simulate("BG/BB", 4, 5000)
    money = np.where(c.frequency > 0, 20.0, 0.0)
    value = models.predict_value(model, spend, *c.history, money, 12, 0.4, 0.1)
    ahead = np.stack([model.orders(*c.history, t) for t in range(13)])
    discounts = 1.1 ** -np.arange(1.0, 13)
    expected = (np.diff(ahead, axis=0) * discounts[:, None]).sum(axis=0) * spend.expected(c.frequency, money) * 0.4
    assert value == pytest.approx(expected, rel=1e-10)
    assert value[7] == pytest.approx(
        models.predict_value(model, spend, *(column[7] for column in c.history), money[7], 12, 0.4, 0.1), rel=1e-10
    )
    assert model.residual(*c.history, 0.1)[7] == pytest.approx(
        model.residual(*(column[7] for column in c.history), 0.1), rel=1e-10
    )


@pytest.mark.parametrize("theta", list(itertools.product((-2.0, 1.5), repeat=4)), ids=str)
def test_derivatives(theta):
    c = simulate("BG/BB", 5, 200)
    counts = compress(*c.history, np.random.default_rng(3).uniform(0.5, 2, 200))
    check_derivatives(lambda at: model_named("BG/BB").likelihood(at, counts), np.array(theta))


def test_rows_may_be_shuffled_and_weighted():
    c = simulate("BG/BB", 6, 600)
    rng = np.random.default_rng(9)
    columns, weights = np.stack(c.history), rng.integers(0, 4, 600)
    repeated = rng.permutation(np.repeat(columns, weights, axis=1), axis=1)
    same(models.fit("BG/BB", *columns, weights=weights), models.fit("BG/BB", *repeated))


@pytest.mark.parametrize(
    ("history", "sentence"),
    [
        ((2, 3.5, 6), "Row 2: recency must be a whole number of opportunities"),
        ((2, 3, 6.5), "Row 2: age must be a whole number of opportunities"),
        ((4, 3, 6), "Row 2: frequency is greater than recency"),
        ((4, 7, 6), "Row 2: recency is greater than age; recency is the number of the last opportunity used"),
        ((0, 2, 6), "Row 2: recency must be 0 where frequency is 0: it is the number of the last opportunity"),
        ((2, 0, 6), "Row 2: recency must be 1 or more where frequency is above 0: it is the number of the last"),
        ((1.5, 3, 6), "Row 2: frequency must be a whole number"),
        ((1, 3, 1e6), "Row 2: age must be at most 100,000"),
    ],
)
def test_what_is_no_history(history, sentence):
    columns = [[1, value, 2] for value in history]
    columns[1][0], columns[2][0], columns[1][2], columns[2][2] = 1, 3, 2, 3
    with pytest.raises(DomainError, match=sentence) as caught:
        typed(PRINTED).alive(*columns)
    assert any("一" <= letter <= "鿿" for letter in caught.value.text.zh)
    with pytest.raises(DomainError, match=sentence):
        models.fit("BG/BB", *(np.tile(column, 20) for column in columns))


@pytest.mark.parametrize(
    ("periods", "sentence"),
    [(1.5, "periods must be a whole number of opp"), (1e6, "periods must be at most 100,000"), (-1, "0 or more")],
)
def test_what_is_no_horizon(periods, sentence):
    with pytest.raises(DomainError, match=sentence):
        typed(PRINTED).orders(4, 5, 6, periods)
    with pytest.raises(DomainError, match=sentence):
        models.predict_value(typed(PRINTED), models.from_block(SPEND), 4, 5, 6, 20.0, periods)


def draw(buys, leaves, size=600, n=12):
    rng = np.random.default_rng(4)
    there = np.cumprod(rng.random((size, n)) >= leaves[:, None], axis=1) > 0
    orders = there & (rng.random((size, n)) < buys[:, None])
    last = np.where(orders.any(axis=1), n - np.argmax(orders[:, ::-1], axis=1), 0)
    return orders.sum(axis=1), last, np.full(size, n)


MANY = np.random.default_rng(1)
CASES = {
    "leave with the same chance": (MANY.beta(1.2, 0.8, 600), np.full(600, 0.15)),
    "order at every opportunity until": (np.ones(600), MANY.beta(0.7, 2.8, 600)),
}


@pytest.mark.parametrize("meaning", CASES)
def test_border(meaning):
    history = draw(*CASES[meaning])
    fitted = models.fit("BG/BB", *history)
    assert fitted.at_boundary
    assert meaning in fitted.status.en
    assert fitted.status.zh.startswith("位于边界：")
    assert np.isfinite(fitted.orders(*history, 39)).all()


@pytest.mark.parametrize(
    ("escape", "meaning"),
    [
        ((-1, 0, 0, 0), "nobody orders"),
        ((1, 0, 0, 0), "order at every opportunity until they leave"),
        ((1, 1, 0, 0), "order with the same chance"),
        ((-1, -1, 0, 0), "at every opportunity or never"),
        ((0, 0, -1, 0), "nobody leaves"),
        ((0, 0, 1, 0), "everybody leaves at once"),
        ((0, 0, 1, 1), "leave with the same chance"),
        ((0, 0, -1, -1), "leave at once or never"),
        ((1, 1, 0, 1), "same chance, alpha/(alpha+beta); gamma/(gamma+delta) goes to 0"),
    ],
)
def test_meaning_of_each_border(escape, meaning):
    text = model_named("BG/BB").border(np.array(escape, dtype=float))
    assert meaning in text.en
    assert any("一" <= letter <= "鿿" for letter in text.zh)


def test_extreme_arguments_stay_finite():
    x, t, n = np.array([[0, 0, 0], [0, 0, 200], [1, 1, 200], [5, 5, 5], [300, 300, 300], [3, 300, 300.0]]).T
    for params in itertools.product((1e-12, 1.0, 1e12), repeat=4):
        model = typed(params)
        alive, orders, active = model.alive(x, t, n), model.orders(x, t, n, 30), model.active(x, t, n, 30)
        for scores in (alive, orders, active, model.residual(x, t, n, 0.1)):
            assert np.isfinite(scores).all()
            assert (scores >= 0).all()
        assert (active <= alive * (1 + 1e-12)).all()
        assert (active <= orders * (1 + 1e-9)).all()
