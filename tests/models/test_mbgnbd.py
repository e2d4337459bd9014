"""MBG/NBD: customers may leave after the first order already.

Fits: Batislam, Denizel and Filiztekin (2007) give the likelihood; the CDNOW maximum was found with mpmath.
"""

from __future__ import annotations

import itertools

import mpmath
import numpy as np
import pytest

from tests.models.conftest import simulate
from tests.models.independent import check_maximum
from tests.models.simulate import simulate as draw
from tests.models.test_border import process, rates
from tests.models.test_properties import check_derivatives, same
from tests.models.test_scores import HISTORIES, PARAMETERS, exact_remaining
from xlclv import models
from xlclv.models.counts import compress
from xlclv.models.model import model_named

NAMES = ("r", "alpha", "a", "b")


def typed(params):
    return models.from_block([["model", "MBG/NBD"], *zip(NAMES, params, strict=True)])


@pytest.mark.parametrize("engine", ["xlclv", "lifetimes"])
def test_fit(cdnow, engine):
    fitted = models.fit("mbg nbd", cdnow.frequency, cdnow.recency, cdnow.age, engine=engine, period="week")
    assert list(fitted.params.values()) == pytest.approx([0.524843, 6.183085, 0.891359, 1.614002], rel=1e-5)
    assert fitted.log_likelihood == pytest.approx(-9582.1357, abs=1e-4)
    assert (fitted.aic, fitted.bic) == (pytest.approx(19172.27, abs=0.01), pytest.approx(19195.33, abs=0.01))
    rounded = [round(error, 4) for error in fitted.standard_errors.values()]
    assert rounded == [0.0833, 0.6956, 0.1548, 0.5375]


def test_single_customers():
    model = typed((0.524844, 6.183093, 0.891388, 1.614048))
    assert model.alive([2, 0], [30.43, 0], 38.86) == pytest.approx([0.706122, 0.389714], abs=1e-6)
    assert model.orders([2, 0], [30.43, 0], 38.86, 39) == pytest.approx([1.262657, 0.153954], abs=1e-6)


def exact(x, t, age):
    rows = list(zip(x.tolist(), t.tolist(), age.tolist(), strict=True))

    def log_likelihood(r, alpha, a, b):
        total = mpmath.mpf(0)
        for n, last, now in rows:
            lasting = mpmath.beta(a, b + n + 1) / (alpha + now) ** (r + n)
            leaving = mpmath.beta(a + 1, b + n) / (alpha + last) ** (r + n)
            total += mpmath.log((lasting + leaving) / mpmath.beta(a, b) * mpmath.rf(r, n) * alpha**r)
        return total

    return log_likelihood


def test_other_data_agree_with_mpmath():
    c = draw("MBG/NBD", 5, 300)
    age = c.age + np.random.default_rng(6).uniform(0, 5, 300)
    fitted = models.fit("MBG/NBD", c.frequency, c.recency, age)
    assert not fitted.at_boundary
    check_maximum(fitted, NAMES, exact(c.frequency, c.recency, age))


@pytest.mark.parametrize("params", PARAMETERS, ids=str)
@mpmath.workdps(40)
def test_scores(params):
    model = typed(params)
    r, alpha, a, b = map(mpmath.mpf, params)
    for (x, t, age), factor in itertools.product(HISTORIES, (1e-3, 1.0, 200.0)):
        ahead = factor * (age or 1.0)
        alive = 1 / (1 + a / (b + x) * ((alpha + age) / (alpha + t)) ** (r + x))
        # As in BG/NBD from here on, with one more occasion at which the customer stayed.
        orders = exact_remaining((*params[:3], params[3] + 1), x, age, ahead)
        assert model.alive(x, t, age) == pytest.approx(float(alive), rel=1e-9)
        assert model.orders(x, t, age, ahead) == pytest.approx(float(alive * orders), rel=1e-9, abs=1e-290)
        active = alive * (1 - ((alpha + age) / (alpha + age + ahead)) ** (r + x))
        assert model.active(x, t, age, ahead) == pytest.approx(float(active), rel=1e-9, abs=1e-290)


def test_a_new_customer_may_have_left():
    r, alpha, a, b = 0.524844, 6.183093, 0.891388, 1.614048
    model = typed((r, alpha, a, b))
    assert model.alive(0, 0, 0) == pytest.approx(b / (a + b))
    # Hoppe and Wagner (2007), the expected orders of a customer just acquired.
    for t in (1, 52, 500):
        f = mpmath.hyp2f1(r, b + 1, a + b, t / (alpha + t))
        assert model.new(t) == pytest.approx(float(b / (a - 1) * (1 - (alpha / (alpha + t)) ** r * f)), rel=1e-9)


@pytest.mark.parametrize("theta", list(itertools.product((-2.0, 1.5), repeat=4)), ids=str)
def test_derivatives(theta):
    c = simulate(3, 200)
    counts = compress(c.frequency, c.recency, c.age, np.random.default_rng(3).uniform(0.5, 2, 200))
    check_derivatives(lambda at: model_named("MBG/NBD").likelihood(at, counts), np.array(theta))


@pytest.mark.parametrize("unit", [86400.0, 1 / 365, 1e9])
@pytest.mark.parametrize("days", [True, False])
def test_the_unit_of_time_does_not_matter(unit, days):
    c = simulate(4, 400, days=days)
    here = models.fit("MBG/NBD", c.frequency, c.recency, c.age)
    there = models.fit("MBG/NBD", c.frequency, c.recency * unit, c.age * unit)
    assert there.log_likelihood + c.frequency.sum() * np.log(unit) == pytest.approx(here.log_likelihood, rel=1e-9)
    there.params["alpha"] /= unit
    assert list(there.params.values()) == pytest.approx(list(here.params.values()), rel=1e-5)


def test_rows_may_be_shuffled_and_weighted():
    c = draw("MBG/NBD", 9, 500)
    rng = np.random.default_rng(9)
    columns, weights = np.stack(c.history), rng.integers(0, 4, 500)
    weighted = models.fit("MBG/NBD", *columns, weights=weights)
    repeated = rng.permutation(np.repeat(columns, weights, axis=1), axis=1)
    same(weighted, models.fit("MBG/NBD", *repeated))


CASES = {
    "nobody leaves": (rates(), np.zeros(500)),
    "at the same rate": (np.full(500, 0.1), np.random.default_rng(2).beta(0.8, 2.4, 500)),
    "leave with the same chance": (rates(), np.full(500, 0.3)),
    "after the first order or never": (rates() + 0.2, (np.random.default_rng(3).random(500) < 0.4) * 1.0),
}


@pytest.mark.parametrize("meaning", CASES)
def test_border(meaning):
    rate, chance = CASES[meaning]
    x, t, age = process(8, rate, chance)
    gone = np.random.default_rng(5).random(500) < chance
    x, t = np.where(gone, 0, x), np.where(gone, 0, t)
    fitted = models.fit("MBG/NBD", x, t, age)
    assert fitted.at_boundary
    assert meaning in fitted.status.en
    assert fitted.status.zh.startswith("位于边界：")
    assert fitted.standard_errors == {}
    assert np.isfinite(fitted.orders(x, t, age, 39)).all()


@pytest.mark.parametrize("b", [0.05, 0.3])
def test_mostly_one_time_buyers(b):
    size = 3000
    rng = np.random.default_rng(1)
    from tests.models.simulate import mbg_nbd

    c = mbg_nbd(rng, rng.uniform(20, 100, size), 0.5, 8.0, 0.9, b)
    assert (c.frequency == 0).mean() > 0.8
    fitted = models.fit("MBG/NBD", *c.history)
    assert np.isfinite(fitted.alive(*c.history)).all()
    assert fitted.orders(*c.history, 20).sum() < c.frequency.sum()


def test_one_order_each():
    age = np.linspace(20, 60, 200)
    fitted = models.fit("MBG/NBD", np.ones(200), age / 3, age)
    assert np.isfinite(fitted.orders(np.ones(200), age / 3, age, 30)).all()


def test_extreme_arguments_stay_finite():
    x = np.array([0, 0, 1, 5, 2000, 1e6])
    t = np.array([0, 0, 1e-9, 3, 50, 1e8])
    age = np.array([0, 1e9, 1e9, 3, 50, 1e9])
    for params in itertools.product((1e-12, 1.0, 1e12), repeat=4):
        model = typed(params)
        for scores in (model.alive(x, t, age), model.active(x, t, age, 1e9), model.orders(x, t, age, 1e3)):
            assert np.isfinite(scores).all()
            assert (scores >= 0).all()
