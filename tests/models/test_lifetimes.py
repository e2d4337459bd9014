"""Interchange with lifetimes, and its plots of our models."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from tests.models.conftest import simulate
from tests.models.simulate import simulate as process
from xlclv import models
from xlclv.errors import DomainError, InputError

C = simulate(21, 400)


@pytest.fixture(scope="module")
def fitted():
    return models.fit("BG/NBD", C.frequency, C.recency, C.age)


@pytest.fixture(scope="module")
def fitter(fitted):
    return fitted.to_lifetimes(C.frequency, C.recency, C.age)


def test_scores_agree(fitted, fitter):
    history = C.frequency, C.recency, C.age
    assert fitter.conditional_probability_alive(*history) == pytest.approx(fitted.alive(*history), rel=1e-10)
    assert fitter.predict(12.0, *history) == pytest.approx(fitted.orders(*history, 12.0), rel=1e-9)
    assert fitter.expected_number_of_purchases_up_to_time(12.0) == pytest.approx(fitted.new(12.0), rel=1e-10)


def test_round_trip(fitted, fitter):
    again = models.FittedModel.from_lifetimes(fitter, period="week")
    assert (again.name, again.period, again.params) == (fitted.name, "week", fitted.params)
    assert again.log_likelihood is None


def test_a_fitter_fitted_by_lifetimes(fitted):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifetimes import BetaGeoFitter, ParetoNBDFitter

        theirs = BetaGeoFitter().fit(C.frequency, C.recency, C.age)
    ours = models.FittedModel.from_lifetimes(theirs)
    assert ours.log_likelihood == pytest.approx(fitted.log_likelihood, rel=1e-8)
    assert list(ours.standard_errors.values()) == pytest.approx(list(theirs.standard_errors_))
    for other in (ParetoNBDFitter(), BetaGeoFitter(), "text"):
        with pytest.raises(InputError):
            models.FittedModel.from_lifetimes(other)


def test_weights_and_units_in_the_second_opinion():
    weights = np.random.default_rng(0).integers(1, 4, 400)
    args = C.frequency, C.recency * 7, C.age * 7, weights
    ours, theirs = (models.fit("BG/NBD", *args, engine=engine) for engine in ("xlclv", "lifetimes"))
    assert theirs.log_likelihood == pytest.approx(ours.log_likelihood, rel=1e-9)
    assert theirs.customers == weights.sum()
    assert list(theirs.params.values()) == pytest.approx(list(ours.params.values()), rel=1e-4)


@pytest.mark.parametrize("name", ["MBG/NBD", "Pareto/NBD", "BG/BB"])
def test_other_models(name):
    history = process(name, 3, 2000).history
    if name == "BG/BB":
        # lifetimes adds 1e-15 to each likelihood, which shows where there are many opportunities.
        young = history[2] < 8
        history = [column[young] for column in history]
    weights = np.random.default_rng(0).integers(1, 4, len(history[0]))
    ours, theirs = (models.fit(name, *history, weights, engine=engine) for engine in ("xlclv", "lifetimes"))
    assert theirs.log_likelihood == pytest.approx(ours.log_likelihood, rel=1e-9)
    assert theirs.customers == ours.customers == weights.sum()
    # lifetimes' simplex search for Pareto/NBD ends a little off, and gives no standard errors.
    assert list(theirs.params.values()) == pytest.approx(list(ours.params.values()), rel=1e-4)
    if name == "Pareto/NBD":
        assert theirs.standard_errors == theirs.limits == {}
    else:
        assert theirs.standard_errors == pytest.approx(ours.standard_errors, rel=1e-4)
    fitter = ours.to_lifetimes(*history, weights)
    again = models.FittedModel.from_lifetimes(fitter)
    assert (again.name, again.params) == (name, ours.params)
    x, t, age = (column[:200] for column in history)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        alive = fitter.conditional_probability_alive(*((0,) if name == "BG/BB" else ()), x, t, age)
        assert fitter.predict(12, x, t, age) == pytest.approx(ours.orders(x, t, age, 12), rel=1e-8)
        simulated = fitter.generate_new_data(size=50) if name != "BG/BB" else None
    assert alive == pytest.approx(ours.alive(x, t, age), rel=1e-8)
    assert simulated is None or len(simulated) == 50


def test_nbd_is_not_there():
    nbd = models.from_block([["model", "NBD"], ["r", 1], ["alpha", 9]])
    with pytest.raises(InputError, match="lifetimes does not have the NBD model"):
        nbd.to_lifetimes()


def test_giving_up_is_an_error(monkeypatch):
    from xlclv.models import engine_lifetimes

    class Failing:
        def fit(self, *args, **kwargs):
            raise RuntimeError

    monkeypatch.setattr(engine_lifetimes, "_fitter", lambda name: Failing())
    with pytest.raises(DomainError, match="did not converge"):
        models.fit("BG/NBD", C.frequency, C.recency, C.age, engine="lifetimes")


@pytest.fixture
def pyplot():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


@pytest.mark.parametrize(
    "plot",
    ["plot_frequency_recency_matrix", "plot_probability_alive_matrix", "plot_transaction_rate_heterogeneity"],
)
def test_plots(fitter, pyplot, plot):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifetimes import plotting

        limits = {"max_frequency": 5, "max_recency": 20} if "matrix" in plot else {}
        axes = getattr(plotting, plot)(fitter, **limits)
    assert axes.get_title()


def test_plot_of_simulated_customers(fitted, pyplot):
    some = slice(0, 40)
    fitter = fitted.to_lifetimes(C.frequency[some], C.recency[some], C.age[some])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifetimes import plotting

        axes = plotting.plot_period_transactions(fitter)
    assert len(axes.patches) > 0
