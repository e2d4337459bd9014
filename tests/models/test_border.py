"""Data that only a limit of the model fits: the status must say which, and the search must end."""

from __future__ import annotations

import numpy as np
import pytest

from xlclv import models


def process(seed, rate, chance, age=52.0):
    """Customers with given order rates and dropout chances."""
    rng = np.random.default_rng(seed)
    would = rng.poisson(rate * age)
    stays = np.where(chance > 0, rng.geometric(np.maximum(chance, 1e-9)), 10**9)
    x = np.minimum(would, stays).astype(float)
    last = np.where(x > 0, rng.beta(np.maximum(x, 1), np.maximum(would - x + 1, 1)) * age, 0)
    return x, last, np.full(len(x), age)


def rates(size=500):
    return np.random.default_rng(1).gamma(0.8, 0.2, size) + 1e-9


CASES = {
    "nobody leaves": (rates(), np.zeros(500)),
    "at the same rate": (np.full(500, 0.1), np.random.default_rng(2).beta(0.8, 2.4, 500)),
    "leave with the same chance": (rates(), np.full(500, 0.3)),
    "everybody leaves": (rates(), np.ones(500)),
    "first repeat order or never": (rates(), (np.random.default_rng(3).random(500) < 0.4) * 1.0),
}


@pytest.mark.parametrize("meaning", CASES)
def test_bgnbd(meaning):
    x, t, age = process(8, *CASES[meaning])
    fitted = models.fit("BG/NBD", x, t, age)
    assert fitted.at_boundary
    assert fitted.status.en.startswith("At the border: ")
    assert meaning in fitted.status.en
    assert fitted.status.zh.startswith("位于边界：")
    assert fitted.standard_errors == fitted.limits == {}
    assert fitted.iterations < 40
    assert np.isfinite(fitted.orders(x, t, age, 39)).all()


def test_two_limits_at_once():
    x, t, age = process(6, np.full(500, 0.1), np.zeros(500))
    status = models.fit("BG/NBD", x, t, age).status.en
    assert "same rate" in status
    assert "nobody leaves" in status


def test_the_limit_is_the_model_it_names():
    x, t, age = process(8, *CASES["nobody leaves"])
    assert models.fit("BG/NBD", x, t, age).log_likelihood == pytest.approx(
        models.fit("NBD", x, t, age).log_likelihood, abs=1e-3
    )


def test_nbd():
    x, t, age = process(7, np.full(500, 0.1), np.zeros(500))
    fitted = models.fit("NBD", x, t, age)
    assert fitted.at_boundary
    assert fitted.params["r"] / fitted.params["alpha"] == pytest.approx(x.sum() / age.sum(), rel=1e-5)


def test_spend():
    rng = np.random.default_rng(8)
    x = rng.integers(1, 8, 800)
    alike = models.fit_spend(x, rng.gamma(6.25 * x) / (6 * x))
    assert alike.at_boundary
    assert "do not differ" in alike.status.en
    heavy = models.fit_spend(x, np.exp(3 * rng.normal(size=800)))
    assert heavy.params["q"] < 1
    assert "infinite" in heavy.status.en
    linked = models.fit_spend(x, 3 * x + rng.gamma(6 * x) / (x * rng.gamma(4, 0.1, 800)))
    assert "correlate" in linked.status.en
    assert not linked.at_boundary
