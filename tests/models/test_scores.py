"""Scores over the corners of their domain, against mpmath."""

from __future__ import annotations

import itertools

import mpmath
import numpy as np
import pytest

from xlclv import models


def exact_alive(params, x, t, age):
    r, alpha, a, b = map(mpmath.mpf, params)
    if x == 0:
        return mpmath.mpf(1)
    return 1 / (1 + a / (b + x - 1) * ((alpha + age) / (alpha + t)) ** (r + x))


def exact_remaining(params, x, age, t):
    r, alpha, a, b = map(mpmath.mpf, params)
    with mpmath.workdps(60):
        if a == 1:
            a += mpmath.mpf(10) ** -25  # the closed form is 0/0 there
        c, rest, size = r + x, a + b + x - 1, t / (alpha + age)
        return rest / (a - 1) * (1 - mpmath.hyp2f1(c, a - 1, rest, -size))


PARAMETERS = [
    (0.243, 4.414, 0.793, 2.426),
    (0.8, 60.0, 1.0, 2.4),
    (0.8, 60.0, 1.0 + 1e-9, 2.4),
    (0.8, 60.0, 1e-4, 2.4),
    (0.5, 3.0, 0.8, 5000.0),
    (1e-3, 1e-3, 1e-2, 1e-3),
    (1e2, 1e3, 30.0, 70.0),
    (2.0, 10.0, 400.0, 900.0),
]
#: (frequency, recency, age)
HISTORIES = [
    (0, 0, 0),
    (0, 0, 38.86),
    (1, 1e-3, 50),
    (2, 30.43, 38.86),
    (40, 300, 730),
    (2000, 730, 730),
    (2000, 720, 730),
]


@pytest.mark.parametrize("params", PARAMETERS, ids=str)
@mpmath.workdps(40)
def test_bgnbd_scores(params):
    model = models.from_block([["model", "BG/NBD"], *zip(("r", "alpha", "a", "b"), params, strict=True)])
    for (x, t, age), factor in itertools.product(HISTORIES, (1e-3, 1.0, 200.0)):
        ahead = factor * (age or 1.0)
        alive, orders = exact_alive(params, x, t, age), exact_remaining(params, x, age, ahead)
        assert model.alive(x, t, age) == pytest.approx(float(alive), rel=1e-9)
        assert model.orders(x, t, age, ahead) == pytest.approx(float(alive * orders), rel=1e-9, abs=1e-290)
        r, alpha = map(mpmath.mpf, params[:2])
        active = alive * (1 - ((alpha + age) / (alpha + age + ahead)) ** (r + x))
        assert model.active(x, t, age, ahead) == pytest.approx(float(active), rel=1e-9, abs=1e-290)


def test_new_customer_is_a_customer_without_history():
    model = models.from_block([["model", "BG/NBD"], ["r", 0.8], ["alpha", 60], ["a", 1], ["b", 2.4]])
    t = np.array([0.0, 1.0, 30.0, 1e4])
    assert model.new(t) == pytest.approx(model.orders(0, 0, 0, t))
    assert model.new(0) == 0


@pytest.mark.parametrize("params", PARAMETERS[:4], ids=str)
def test_large_tables_agree_with_single_scores(params):
    # Many rows are scored by interpolation, single ones by integration.
    model = models.from_block([["model", "BG/NBD"], *zip(("r", "alpha", "a", "b"), params, strict=True)])
    rng = np.random.default_rng(0)
    size = 20_000
    x = rng.integers(0, 12, size) * 1.0
    age = rng.uniform(1, 700, size)
    t = np.where(x > 0, age * rng.uniform(0.01, 1, size), 0)
    many = model.orders(x, t, age, rng.permutation(np.geomspace(1e-2, 1e5, size)))
    ahead = np.random.default_rng(0)
    ahead.integers(0, 12, size), ahead.uniform(1, 700, size), ahead.uniform(0.01, 1, size)
    periods = ahead.permutation(np.geomspace(1e-2, 1e5, size))
    for row in range(0, size, 997):
        assert many[row] == pytest.approx(model.orders(x[row], t[row], age[row], periods[row]), rel=1e-10)


def test_extreme_arguments_stay_finite():
    for params in itertools.product((1e-12, 1.0, 1e12), repeat=4):
        model = models.from_block([["model", "BG/NBD"], *zip(("r", "alpha", "a", "b"), params, strict=True)])
        x = np.array([0, 0, 1, 5, 2000, 1e6])
        t = np.array([0, 0, 1e-9, 3, 50, 1e8])
        age = np.array([0, 1e9, 1e9, 3, 50, 1e9])
        for scores in (model.alive(x, t, age), model.active(x, t, age, 1e9), model.orders(x, t, age, 1e3)):
            assert np.isfinite(scores).all()
            assert (scores >= 0).all()
