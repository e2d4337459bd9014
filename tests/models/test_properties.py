"""What holds for all data and all parameters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models.conftest import simulate
from xlclv import models
from xlclv.models import gamma_gamma
from xlclv.models.counts import compress
from xlclv.models.model import models as registry

MODELS = ("BG/NBD", "NBD")
positive = st.floats(-6, 6).map(lambda power: 10.0**power)
seeds = st.integers(0, 2**16)


def typed(name, values):
    return models.from_block([["model", name], *zip(registry()[name].parameters, values, strict=False)])


def fits(name, c, **changes):
    columns = {"frequency": c.frequency, "recency": c.recency, "age": c.age, **changes}
    return models.fit(name, **columns)


def same(one, other, rel=1e-6):
    assert one.status == other.status
    if one.at_boundary:
        # On the way to the border a search ends where nothing is left to gain, not at a point.
        assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-4)
        return
    assert list(one.params.values()) == pytest.approx(list(other.params.values()), rel=rel)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-10)
    assert list(one.standard_errors.values()) == pytest.approx(list(other.standard_errors.values()), rel=1e-4)


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(MODELS),
    st.tuples(positive, positive, positive, positive),
    st.integers(0, 2000),
    st.floats(1e-3, 1),
    st.floats(1e-3, 1e5),
    st.floats(1e-3, 1e5),
)
def test_scores(name, values, frequency, part, age, periods):
    model = typed(name, values)
    recency = age * part if frequency else 0.0
    alive = model.alive(frequency, recency, age)
    orders = model.orders(frequency, recency, age, [0, periods, 2 * periods])
    active = model.active(frequency, recency, age, [0, periods, 2 * periods])
    assert 0 <= alive <= 1
    assert np.isfinite(orders).all()
    assert orders[0] == active[0] == 0
    assert (np.diff(orders) >= 0).all()
    assert (np.diff(active) >= 0).all()
    assert (active <= alive * (1 + 1e-12)).all()
    assert (active <= orders * (1 + 1e-9)).all()  # Markov
    # Longer silence makes a customer less likely to be alive.
    if frequency:
        assert model.alive(frequency, recency, 2 * age) <= alive


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from(MODELS),
    st.tuples(positive, positive, positive, positive),
    st.sampled_from([86400.0, 1 / 365, 7.0, 1e-9]),
)
def test_scores_do_not_depend_on_the_unit(name, values, unit):
    scaled = (values[0], values[1] * unit, *values[2:])
    history = np.array([0, 3, 40.0]), np.array([0, 11.0, 90]), np.array([20, 50, 91.0])
    here = typed(name, values).orders(*history, 30)
    there = typed(name, scaled).orders(history[0], history[1] * unit, history[2] * unit, 30 * unit)
    assert there == pytest.approx(here, rel=1e-9)


@settings(deadline=None, max_examples=10)
@given(st.sampled_from(MODELS), seeds, st.sampled_from([86400.0, 1 / 365, 1 / 7, 1e9]))
def test_fit_does_not_depend_on_the_unit(name, seed, unit):
    c = simulate(seed, 300, days=bool(seed % 2))
    here = fits(name, c)
    there = fits(name, c, recency=c.recency * unit, age=c.age * unit)
    assert there.log_likelihood + c.frequency.sum() * np.log(unit) == pytest.approx(here.log_likelihood, rel=1e-9)
    assert there.at_boundary == here.at_boundary
    if not here.at_boundary:
        there.params["alpha"] /= unit
        assert list(there.params.values()) == pytest.approx(list(here.params.values()), rel=1e-5)


@settings(deadline=None, max_examples=10)
@given(st.sampled_from(MODELS), seeds)
def test_order_of_rows_does_not_matter(name, seed):
    c = simulate(7, 400, days=bool(seed % 2))
    shuffle = np.random.default_rng(seed).permutation(400)
    same(fits(name, c), fits(name, c, frequency=c.frequency[shuffle], recency=c.recency[shuffle], age=c.age[shuffle]))


@settings(deadline=None, max_examples=10)
@given(st.sampled_from(MODELS), seeds)
def test_weights_are_repetitions(name, seed):
    c = simulate(8, 300, days=bool(seed % 2))
    weights = np.random.default_rng(seed).integers(0, 4, 300)
    repeated = [np.repeat(column, weights) for column in (c.frequency, c.recency, c.age)]
    weighted = fits(name, c, weights=weights)
    same(weighted, models.fit(name, *repeated))
    assert weighted.customers == weights.sum()
    spend = models.fit_spend(c.frequency, c.monetary, weights=weights)
    again = models.fit_spend(repeated[0], np.repeat(c.monetary, weights))
    same(spend, again)
    assert (spend.correlation, spend.left_out) == (pytest.approx(again.correlation), again.left_out)


def test_fractional_weights_scale_the_likelihood():
    c = simulate(9, 300)
    one, half = fits("BG/NBD", c), fits("BG/NBD", c, weights=np.full(300, 0.5))
    assert list(half.params.values()) == pytest.approx(list(one.params.values()), rel=1e-6)
    assert half.log_likelihood == pytest.approx(one.log_likelihood / 2)
    assert list(half.standard_errors.values()) == pytest.approx(
        [e * 2**0.5 for e in one.standard_errors.values()], rel=1e-4
    )


def test_spend_does_not_depend_on_the_currency():
    c = simulate(10, 400)
    one, cents = (models.fit_spend(c.frequency, c.monetary * unit) for unit in (1, 100))
    assert cents.params["v"] == pytest.approx(100 * one.params["v"], rel=1e-6)
    assert cents.log_likelihood == pytest.approx(one.log_likelihood - one.customers * np.log(100))


def check_derivatives(likelihood, theta):
    here = likelihood(theta)
    steps = np.eye(len(theta)) * 1e-5
    slopes = [(likelihood(theta + step).value - likelihood(theta - step).value) / 2e-5 for step in steps]
    curves = [(likelihood(theta + step).gradient - likelihood(theta - step).gradient) / 2e-5 for step in steps]
    assert here.gradient == pytest.approx(slopes, rel=1e-5, abs=1e-4 * np.abs(slopes).max())
    assert here.hessian == pytest.approx(np.array(curves), rel=1e-6, abs=1e-7 * np.abs(curves).max())


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(MODELS), st.lists(st.floats(-3, 3), min_size=4, max_size=4), seeds)
def test_derivatives(name, theta, seed):
    c = simulate(seed, 200)
    counts = compress(c.frequency, c.recency, c.age, np.random.default_rng(seed).uniform(0.5, 2, 200))
    model = registry()[name]
    check_derivatives(lambda at: model.likelihood(at, counts), np.array(theta[: len(model.parameters)]))


@settings(deadline=None, max_examples=25)
@given(st.lists(st.floats(-2, 5), min_size=3, max_size=3), seeds)
def test_derivatives_of_spend(theta, seed):
    c = simulate(seed, 200)
    used = c.frequency > 0
    data = gamma_gamma.spend(c.frequency[used], c.monetary[used], None)
    check_derivatives(lambda at: gamma_gamma.likelihood(at, data), np.array(theta))


@pytest.mark.parametrize("size", [pytest.param(20_000), pytest.param(300_000, marks=pytest.mark.slow)])
def test_parameters_are_recovered(size):
    c = simulate(12, size)
    fitted = fits("BG/NBD", c)
    for name, true in {"r": 0.8, "alpha": 8.0, "a": 0.8, "b": 2.4}.items():
        assert abs(fitted.params[name] - true) < 4 * fitted.standard_errors[name]
    spend = models.fit_spend(c.frequency, c.monetary)
    for name, true in {"p": 6.25, "q": 3.74, "v": 15.44}.items():
        assert abs(spend.params[name] - true) < 4 * spend.standard_errors[name]


def test_a_fit_through_a_sample_is_the_fit():
    # Above 40,000 distinct histories the search starts on a sample of them.
    c = simulate(13, 120_000)
    counts = compress(c.frequency, c.recency, c.age, None)
    assert len(counts.frequency) > 40_000
    fitted = fits("BG/NBD", c)
    model = registry()["BG/NBD"]
    at = model.likelihood(np.log(list(fitted.params.values())), counts)
    step = np.linalg.solve(at.hessian, at.gradient)
    assert np.abs(step).max() < 1e-7
    assert fitted == fits("BG/NBD", c)
