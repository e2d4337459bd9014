"""Features of customers in BG/NBD and Pareto/NBD: fits, against the formulas of note 019 and against simulation."""

from __future__ import annotations

from collections.abc import Sequence

import mpmath as mp
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.models.test_properties import check_derivatives
from xlclv import models
from xlclv.errors import DomainError, InputError
from xlclv.models.counts import compress
from xlclv.models.covariate_fit import Linked, distinct_rows
from xlclv.models.discounting import DiscountedOrders
from xlclv.models.dropout import DropoutFuture
from xlclv.models.model import models as registry
from xlclv.models.own_dropout import OwnDropoutFuture

Array = NDArray[np.float64]
MODELS = ("BG/NBD", "Pareto/NBD")

#: Of the simulations, by model: parameters at z = 0, and coefficients of a flag and of income in thousands.
TRUTH = {
    "BG/NBD": (
        {"r": 0.8, "alpha": 10.0, "a": 0.8, "b": 2.4},
        {"alpha": (0.5, -0.3), "a": (0.4, 0.2), "b": (-0.3, 0.1)},
    ),
    "Pareto/NBD": ({"r": 0.8, "alpha": 10.0, "s": 0.7, "beta": 12.0}, {"alpha": (0.5, -0.3), "beta": (-0.6, 0.2)}),
}


class Base:
    """Simulated customers: a flag, and income in thousands that is never twice the same."""

    def __init__(self, name: str, seed: int, size: int, days: bool = False) -> None:
        rng = np.random.default_rng(seed)
        self.z = np.stack([rng.integers(0, 2, size).astype(float), rng.normal(3.0, 0.8, size)], axis=1)
        if days:
            self.z[:, 1] = np.round(self.z[:, 1])
        params, coefficients = TRUTH[name]
        links = registry()[name].links
        own = {
            key: value * np.exp(links.get(key, 0.0) * self.z @ np.array(coefficients.get(key, (0.0, 0.0))))
            for key, value in params.items()
        }
        self.age = rng.integers(20, 105, size).astype(float)
        rate = rng.gamma(own["r"], 1 / own["alpha"])
        if name == "BG/NBD":
            would = rng.poisson(rate * self.age)
            x = np.minimum(rng.geometric(np.clip(rng.beta(own["a"], own["b"]), 1e-12, 1)), would)
            last = rng.beta(np.maximum(x, 1), np.maximum(would - x + 1, 1)) * self.age
        else:
            stay = rng.exponential(1 / np.maximum(rng.gamma(own["s"], 1 / own["beta"]), 1e-300))
            stay = np.minimum(stay, self.age)
            x = rng.poisson(rate * stay)
            last = rng.beta(np.maximum(x, 1), 1) * stay
        if days:
            last = np.ceil(last)
        self.x = x.astype(float)
        self.t = np.where(x > 0, np.maximum(last, 1e-9), 0.0)

    @property
    def columns(self) -> tuple[Array, Array, Array]:
        return self.x, self.t, self.age

    def fit(self, name: str, **changes):
        return models.fit(name, *self.columns, **{"features": self.z, **changes})


@pytest.fixture(scope="module", params=MODELS)
def name(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def base(name) -> Base:
    return Base(name, 5, 1500)


@pytest.fixture(scope="module")
def fitted(name, base):
    return base.fit(name)


def note_likelihood(name: str, params: Sequence, coefficients: Sequence[Sequence], x, t, age, z):
    """Log likelihood of a history as the note has it: parameters at z = 0, then a row of coefficients for each link."""
    links = list(registry()[name].links.items())
    own = dict(zip(registry()[name].parameters, map(mp.mpf, params), strict=True))
    for (key, link), row in zip(links, coefficients, strict=True):
        own[key] *= mp.exp(link * mp.fdot(row, z))
    x, t, age = mp.mpf(x), mp.mpf(t), mp.mpf(age)
    r, alpha = own["r"], own["alpha"]
    front = mp.gamma(r + x) / mp.gamma(r) * alpha**r
    if name == "BG/NBD":
        a, b = own["a"], own["b"]
        alive = mp.beta(a, b + x) / mp.beta(a, b) / (alpha + age) ** (r + x)
        left = mp.beta(a + 1, b + x - 1) / mp.beta(a, b) / (alpha + t) ** (r + x) if x else 0
        return mp.log(front * (alive + left))
    s, beta = own["s"], own["beta"]
    k = r + s + x
    second = s + 1 if alpha >= beta else r + x
    top = max(alpha, beta)

    def part(time):
        return mp.hyp2f1(k, second, k + 1, abs(alpha - beta) / (top + time)) / (top + time) ** k

    alive = 1 / ((alpha + age) ** (r + x) * (beta + age) ** s)
    return mp.log(front * beta**s * (alive + s / k * (part(t) - part(age))))


#: Rows of a few histories, and features.
HISTORIES = [
    (0, 0, 39, (1.0, 2.5)), (1, 7, 30, (0.0, 3.25)), (2, 30.5, 39, (1.0, -1.0)), (9, 38, 38, (0.0, 0.5)),
    (40, 25, 60, (1.0, 4.0)),
]  # fmt: skip


@pytest.mark.parametrize("theta", [(-0.6, 2.3, -0.5, 1.2), (0.4, 1.0, 0.8, 3.5), (-1.0, 3.0, 0.2, -0.5)])
def test_likelihood_is_that_of_the_note(name, theta):
    model = registry()[name]
    x, t, age, z = map(np.array, zip(*HISTORIES, strict=True))
    coefficients = np.array([(0.5, -0.3), (-0.7, 0.25), (0.2, 0.1)])[: len(model.links)]
    weights = np.array([1.0, 2.0, 0.5, 1.0, 3.0])
    linked = Linked(model, distinct_rows(x * 1.0, t * 1.0, age * 1.0, z, weights))
    at_zero = np.concatenate([theta, coefficients.reshape(-1)])
    value = linked.likelihood(np.linalg.solve(linked.unscaled(), at_zero), linked.rows).value
    with mp.workdps(40):
        expected = mp.fsum(
            mp.mpf(w) * note_likelihood(name, [mp.exp(p) for p in theta], coefficients.tolist(), *row)
            for w, row in zip(weights, HISTORIES, strict=True)
        )
    assert value == pytest.approx(float(expected), rel=1e-12)


@settings(deadline=None, max_examples=15)
@given(
    st.sampled_from(MODELS),
    st.lists(st.floats(-3, 3), min_size=4, max_size=4),
    st.lists(st.floats(-1, 1), min_size=6, max_size=6),
    st.integers(0, 2**16),
)
def test_derivatives(name, theta, coefficients, seed):
    base = Base(name, seed, 150, days=bool(seed % 2))
    rows = distinct_rows(*base.columns, base.z, np.random.default_rng(seed).uniform(0.5, 2, 150))
    linked = Linked(registry()[name], rows)
    at = np.array([*theta, *coefficients])[: linked.size]
    check_derivatives(lambda here: linked.likelihood(here, linked.rows), at)


def test_long_histories_have_exact_derivatives():
    """Beyond 32 orders the BG/NBD likelihood sums by a series."""
    rng = np.random.default_rng(1)
    x = np.array([0.0, 1, 31, 32, 33, 34, 35, 80, 400, 90_000])
    columns = x, np.where(x > 0, 30.0, 0.0), np.full(10, 40.0)
    weights = np.full(10, 4.0)
    linked = Linked(registry()["BG/NBD"], distinct_rows(*columns, rng.normal(size=(10, 1)), weights))
    for theta in ([-0.5, 1.0, 0.3, 1.0], [2.0, 1.0, -3.0, 8.0], [0.0, 1.0, 9.0, 14.0]):
        at = np.array([*theta, 0.2, -0.3, 0.1])
        check_derivatives(lambda here: linked.likelihood(here, linked.rows), at)
        plain = registry()["BG/NBD"].likelihood(np.array(theta), compress(*columns, weights))
        none = linked.likelihood(np.array([*theta, 0, 0, 0]), linked.rows)
        assert none.value == pytest.approx(plain.value, rel=1e-13)


def test_without_effect_it_is_the_plain_likelihood(name, base):
    model = registry()[name]
    linked = Linked(model, distinct_rows(*base.columns, base.z, None))
    for theta in ([-0.3, 2.0, -0.2, 1.0], [1.0, -1.0, 2.0, 5.0]):
        plain = model.likelihood(np.array(theta), compress(*base.columns, None))
        at = np.concatenate([theta, np.zeros(linked.size - 4)])
        here = linked.likelihood(at, linked.rows)
        assert here.value == pytest.approx(plain.value, rel=1e-13)
        assert here.gradient[:4] == pytest.approx(plain.gradient, rel=1e-9, abs=1e-9 * np.abs(plain.gradient).max())
        assert here.hessian[:4, :4] == pytest.approx(plain.hessian, rel=1e-9, abs=1e-9 * np.abs(plain.hessian).max())


def test_the_maximum_is_one_of_the_note(name):
    """The gradient of the note's log likelihood vanishes at the fit, and the value agrees."""
    size = 150 if name == "BG/NBD" else 60
    base = Base(name, 3, size, days=True)
    fitted = base.fit(name, weights=np.full(size, 20.0))
    assert fitted.status.en == "OK"
    count, q = 4, 2
    start = [*(mp.log(value) for value in fitted.params.values()), *map(mp.mpf, fitted.coefficients.values())]

    def total(*at):
        rows = [at[count + q * number : count + q * (number + 1)] for number in range(len(registry()[name].links))]
        params = [mp.exp(value) for value in at[:count]]
        return 20 * mp.fsum(
            note_likelihood(name, params, rows, *row)
            for row in zip(*(column.tolist() for column in (*base.columns, base.z)), strict=True)
        )

    with mp.workdps(30):
        assert fitted.log_likelihood == pytest.approx(float(total(*start)), rel=1e-11)
        step = mp.mpf("1e-8")
        for place, error in enumerate(np.sqrt(np.diag(fitted.covariance))):
            up, down = list(start), list(start)
            up[place] += step
            down[place] -= step
            slope = float((total(*up) - total(*down)) / (2 * step))
            assert abs(slope * error) < 2e-5  # in standard errors from the maximum


def test_standard_errors_are_of_the_hessian(name, base, fitted):
    """In the units that were given, by numerical differences of the likelihood at z = 0."""
    linked = Linked(registry()[name], distinct_rows(*base.columns, base.z, None))
    back = np.linalg.inv(linked.unscaled())
    top = np.array([*np.log(list(fitted.params.values())), *fitted.coefficients.values()])
    steps = np.diag(np.sqrt(np.diag(fitted.covariance))) * 1e-3

    def gradient(at):
        return back.T @ linked.likelihood(back @ at, linked.rows).gradient

    hessian = np.array([(gradient(top + s) - gradient(top - s)) / (2 * s.sum()) for s in steps])
    covariance = np.linalg.inv(-(hessian + hessian.T) / 2)
    assert fitted.covariance == pytest.approx(covariance, rel=1e-3, abs=1e-4 * np.abs(covariance).max())
    errors = np.sqrt(np.diag(fitted.covariance))
    for place, (key, value) in enumerate({**fitted.params, **fitted.coefficients}.items()):
        scale = value if place < 4 else 1.0
        assert fitted.standard_errors[key] == pytest.approx(errors[place] * scale)
        low, high = fitted.limits[key]
        if place < 4:
            assert np.log([low, high]) == pytest.approx(
                np.log(value) + np.array([-1, 1]) * 1.959963984540054 * errors[place]
            )
        else:
            assert (low, high) == pytest.approx(
                (value - 1.959963984540054 * errors[place], value + 1.959963984540054 * errors[place])
            )


def test_counts_of_what_was_estimated(name, base, fitted):
    count = 4 + 2 * len(registry()[name].links)
    assert fitted.aic == pytest.approx(2 * count - 2 * fitted.log_likelihood)
    assert fitted.bic == pytest.approx(count * np.log(1500) - 2 * fitted.log_likelihood)
    assert fitted.log_likelihood > models.fit(name, *base.columns).log_likelihood + 10


def scores(model, base, z, rows=slice(0, 200)):
    x, t, age = (column[rows] for column in base.columns)
    spend = models.from_block([["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]])
    m = np.where(x > 0, 25.0, 0.0)
    return np.stack(
        [
            model.alive(x, t, age, features=z[rows]),
            model.orders(x, t, age, 30.5, features=z[rows]),
            model.active(x, t, age, 30.5, features=z[rows]),
            model.residual(x, t, age, 0.01, features=z[rows]),
            models.predict_value(model, spend, x, t, age, m, 52.5, 0.3, 0.002, features=z[rows]),
            models.predict_value(model, spend, x, t, age, m, 20, 0.3, np.where(x > 1, 0.1, 0), features=z[rows]),
        ]
    )


def test_units_of_features_do_not_matter(name, base, fitted):
    """A feature times c has its coefficient by c; a feature that is moved moves the parameters at 0 only."""
    changed = base.z * [1.0, 1e6] + [5.0, 0.0]
    again = base.fit(name, features=changed)
    assert again.log_likelihood == pytest.approx(fitted.log_likelihood, rel=1e-12)
    values, others = (np.array(list(model.coefficients.values())) for model in (fitted, again))
    factors = np.tile([1.0, 1e-6], len(values) // 2)
    assert others == pytest.approx(values * factors, rel=1e-4)
    for key, link in registry()[name].links.items():
        moved = fitted.params[key] * np.exp(-link * 5 * fitted.coefficients[f"{key}:1"])
        assert again.params[key] == pytest.approx(moved, rel=1e-3)
    assert again.params["r"] == pytest.approx(fitted.params["r"], rel=1e-5)
    errors = [again.standard_errors[key] / fitted.standard_errors[key] for key in fitted.coefficients]
    assert errors == pytest.approx(list(factors), rel=1e-3)
    assert scores(again, base, changed) == pytest.approx(scores(fitted, base, base.z), rel=1e-3)


def test_rows_are_a_set_of_customers(name):
    base = Base(name, 9, 800, days=True)
    rng = np.random.default_rng(2)
    weights, shuffle = rng.integers(0, 4, 800), rng.permutation(800)
    one = base.fit(name, weights=weights)
    repeated = [np.repeat(column, weights, axis=0) for column in (*base.columns, base.z)]
    again = models.fit(name, *repeated[:3], features=repeated[3])
    mixed = models.fit(name, *(c[shuffle] for c in base.columns), weights[shuffle], features=base.z[shuffle])
    for other in (again, mixed):
        assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-12)
        assert list(other.coefficients.values()) == pytest.approx(list(one.coefficients.values()), abs=1e-5)
        assert other.customers == one.customers == weights.sum()


def test_rows_of_weight_nil_are_not_looked_at(name):
    """Their feature may even be what makes a column vary."""
    base = Base(name, 9, 200)
    features = np.zeros((200, 1))
    features[0] = 1.0
    weights = np.ones(200)
    weights[0] = 0.0
    with pytest.raises(InputError, match="the same for all rows"):
        base.fit(name, features=features, weights=weights)


def test_a_sample_gives_the_same_fit(name, monkeypatch):
    base = Base(name, 3, 3000)
    whole = base.fit(name)
    monkeypatch.setattr("xlclv.models.covariate_fit._WARM_ROWS", 500)
    monkeypatch.setattr("xlclv.models.covariate_fit._BLOCK", 700)
    again = base.fit(name)
    assert again.iterations < whole.iterations
    assert list(again.coefficients.values()) == pytest.approx(list(whole.coefficients.values()), abs=1e-5)
    rare = np.column_stack([base.z, np.arange(3000) == np.argmax(base.x > 3)])  # not in the sample
    assert len(base.fit(name, features=rare).coefficients) == 3 * len(registry()[name].links)


def test_flags_and_frames(name, base, fitted):
    frame = pd.DataFrame({"is store": base.z[:, 0] == 1, "income": base.z[:, 1]}, index=np.arange(1500) + 7)
    named = base.fit(name, features=frame)
    assert list(named.coefficients.values()) == list(fitted.coefficients.values())
    assert list(named.coefficients)[:2] == ["alpha:1 is store", "alpha:2 income"]
    assert named.features == ("is store", "income")
    some = frame.iloc[:5]
    expected = fitted.orders(*(column[:5] for column in base.columns), 20, features=base.z[:5])
    series = named.orders(*(pd.Series(c[:5], index=some.index) for c in base.columns), 20, features=some)
    assert list(series.index) == list(some.index)
    assert series.to_numpy() == pytest.approx(expected)
    turned = some[["income", "is store"]].assign(more="text")
    assert named.orders(*(c[:5] for c in base.columns), 20, features=turned).to_numpy() == pytest.approx(expected)
    one = base.fit(name, features=frame["income"])
    assert list(one.coefficients) == [f"{key}:1 income" for key in registry()[name].links]
    assert base.fit(name, features=base.z[:, 1]).log_likelihood == one.log_likelihood


def test_one_customer_is_as_the_model_of_that_customer(name, base, fitted):
    own = fitted.at(base.z[3])
    assert own.coefficients == {}
    link = registry()[name].links
    for key, value in fitted.params.items():
        shift = sum(link.get(key, 0) * fitted.coefficients.get(f"{key}:{n + 1}", 0) * base.z[3, n] for n in (0, 1))
        assert own.params[key] == pytest.approx(value * np.exp(shift), rel=1e-13)
    history = [float(column[3]) for column in base.columns]
    assert fitted.alive(*history, features=base.z[3]) == pytest.approx(own.alive(*history), rel=1e-12)
    assert isinstance(fitted.alive(*history, features=[base.z[3]]), float)
    assert fitted.new(52, features=base.z[:4])[3] == pytest.approx(own.new(52), rel=1e-12)
    x, t, age = (column[:50] for column in base.columns)
    assert fitted.alive(x, t, age, features=base.z[3:4]) == pytest.approx(own.alive(x, t, age), rel=1e-12)
    assert fitted.interval(x, t, age, 20, features=base.z[:50])[1][3] == own.interval(*history, 20)[1]
    chances = fitted.distribution(x, t, age, 20, 5, features=base.z[:50])
    assert chances[3] == pytest.approx(own.distribution(*history, 20, 5), rel=1e-9)
    assert fitted.alive(x[:0], t[:0], age[:0], features=base.z[:0]).shape == (0,)


def test_in_groups_and_all_at_once(name, base, fitted, monkeypatch):
    """Two ways to the same scores, through tables and without."""
    z = base.z.copy()
    z[:, 1] = np.round(z[:, 1], 1)
    some = slice(0, 1500)
    monkeypatch.setattr("xlclv.models.covariates._GROUP", 10**9)
    at_once = scores(fitted, base, z, some)
    few = scores(fitted, base, z, slice(0, 40))
    monkeypatch.setattr("xlclv.models.covariates._GROUP", 0)
    in_groups = scores(fitted, base, z, some)
    assert at_once == pytest.approx(in_groups, rel=1e-10)
    assert few == pytest.approx(in_groups[:, :40], rel=1e-10)


def test_slower_rival_differs_by_customer():
    """Some have alpha above beta, some below."""
    model = models.from_block(
        [["model", "Pareto/NBD"], ["r", 0.6], ["alpha", 10], ["s", 0.6], ["beta", 10], ["alpha:1", 1], ["beta:1", -1.5]]
    )
    base = Base("Pareto/NBD", 4, 3000)
    z = base.z[:, 1:] - 3.0
    at_once = scores(model, base, z, slice(0, 3000))
    for row in (0, 5, 17, 40):
        own = model.at(z[row])
        history = [column[row] for column in base.columns]
        assert at_once[0, row] == pytest.approx(own.alive(*history), rel=1e-11)
        assert at_once[2, row] == pytest.approx(own.active(*history, 30.5), rel=1e-11)
    assert {model.at(row).params["alpha"] > model.at(row).params["beta"] for row in z[:20]} == {True, False}


EXTREMES = [
    (0.24, 4.4, 0.79, 2.4), (3.0, 0.05, 1e-3, 0.2), (0.5, 10.0, 6.0, 0.5), (2.0, 1.0, 300.0, 4000.0),
    (0.01, 5.0, 1e4, 1e-2), (50.0, 0.01, 0.4, 1e5), (1.0, 1.0, 1.0, 1.0), (0.3, 2.0, 1e-5, 1e-4),
]  # fmt: skip


@pytest.mark.parametrize(("r", "alpha", "a", "b"), EXTREMES)
def test_chances_of_ones_own_as_chances_of_all(r, alpha, a, b):
    """The quadrature for customers who differ, on customers who do not, against the one for these."""
    x, age, periods = np.array([0.0, 1, 6, 250]), np.array([10.0, 50, 39, 80]), np.array([0.5, 39, 200, 1000])
    one = np.ones(4)
    own, same = OwnDropoutFuture(r, alpha * one, a * one, b * one), DropoutFuture(r, alpha, a, b)
    assert own.orders(x, age, periods) == pytest.approx(same.orders(x, age, periods), rel=2e-11)
    assert own.orders(x, age, np.zeros(4)).tolist() == [0.0] * 4
    assert own.lifetime(x, age).tolist() == same.lifetime(x, age).tolist()
    for horizon in (30.5, np.inf):
        ahead = DiscountedOrders(own, x, age, horizon, 0.01).of(slice(None))
        assert ahead == pytest.approx(DiscountedOrders(same, x, age, horizon, 0.01).of(slice(None)), rel=2e-11)


@pytest.mark.parametrize(("r", "alpha", "a", "b"), [EXTREMES[0], EXTREMES[2], EXTREMES[6]])
def test_orders_against_the_integral(r, alpha, a, b):
    """E[(1 - (1 + p y)^-c) / p] over the dropout chance p."""
    x, age, periods = np.array([0.0, 1, 6]), np.array([10.0, 50, 39]), np.array([0.5, 39, 200])
    one = np.ones(3)
    got = OwnDropoutFuture(r, alpha * one, a * one, b * one).orders(x, age, periods)
    with mp.workdps(25):
        for place in range(3):
            c, later, y = mp.mpf(r) + x[place], mp.mpf(b) + x[place], mp.mpf(periods[place]) / (alpha + age[place])

            def integrand(u, c=c, later=later, y=y):
                p = 1 / (1 + mp.exp(-u))
                return p ** (mp.mpf(a) - 1) * (1 - p) ** later * (1 - (1 + p * y) ** -c)

            expected = mp.quad(integrand, [-90, -20, -8, -3, 0, 3, 8, 20, 120]) / mp.beta(a, later)
            assert got[place] == pytest.approx(float(expected), rel=1e-11)


def test_block(name, base, fitted):
    frame = pd.DataFrame(base.z, columns=["Is  store", "2nd feature: income"])
    fitted = base.fit(name, features=frame)
    cells = fitted.to_block()
    assert [row[0] for row in cells if row[0].startswith("alpha:1")] == ["alpha:1 Is store"]
    shuffled = [cells[i] for i in np.random.default_rng(1).permutation(len(cells))]
    for given_ in (cells, shuffled, fitted.to_block("zh")):
        read = models.from_block(given_)
        assert read.coefficients == fitted.coefficients
        assert list(read.coefficients) == list(fitted.coefficients)
        assert read.features == ("Is store", "2nd feature: income")
        assert read.standard_errors == fitted.standard_errors
        assert read.limits == fitted.limits
        assert read.aic == pytest.approx(fitted.aic)
    typed = models.from_block([row[:2] for row in cells])
    assert scores(typed, base, base.z).tolist() == scores(fitted, base, base.z).tolist()


PARETO = [["model", "Pareto/NBD"], ["r", 0.5], ["alpha", 10], ["s", 0.6], ["beta", 12]]


def test_typed_by_hand():
    model = models.from_block([*PARETO, ["Beta : 1  Store", -0.5], ["note: alpha", 3], ["ALPHA:1", "0.7"]])
    assert model.coefficients == {"alpha:1 Store": 0.7, "beta:1 Store": -0.5}
    assert model.at([2]).params["alpha"] == pytest.approx(10 * np.exp(-1.4))
    assert model.at([2]).params["beta"] == pytest.approx(12 * np.exp(1.0))
    sooner = models.from_block([*PARETO, ["alpha:1", 0.7], ["beta:1", 0]])
    # The order rate is multiplied by exp(0.7): without leaving orders are.
    assert sooner.at([1]).params["r"] / sooner.at([1]).params["alpha"] == pytest.approx(0.05 * np.exp(0.7))


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["alpha:1", 0.1]], "The Pareto/NBD block needs a row beta:1 with a number beside it."),
        ([["alpha:2", 0.1], ["beta:2", 0.1]], "needs a row alpha:1 with"),
        ([["alpha:1", "x"], ["beta:1", 0.1]], "needs a row alpha:1 with"),
        ([["alpha: income", 0.1]], "must give the number of the feature after the colon: alpha:1."),
        ([["alpha:0", 0.1]], "must give the number"),
        ([["alpha:1 x", 0.1], ["beta:1 y", 0.1]], 'The row "beta:1 y" of the block contradicts another'),
        ([["alpha:1 x", 0.1], ["alpha:1", 0.1], ["beta:1", 0.1]], "contradicts another about feature 1"),
        ([["a:1", 0.1]], "in Pareto/NBD features act on alpha or beta"),
    ],
)
def test_bad_blocks(rows, sentence):
    with pytest.raises(InputError, match=r".") as raised:
        models.from_block([*PARETO, *rows])
    assert sentence in str(raised.value)
    assert raised.value.text.zh


def test_models_without_features():
    with pytest.raises(InputError, match="in NBD features act on nothing"):
        models.from_block([["model", "NBD"], ["r", 1], ["alpha", 2], ["alpha:1", 0.5]])
    base = Base("BG/NBD", 1, 100)
    for name in ("NBD", "MBG/NBD", "BG/CNBD-k"):
        with pytest.raises(InputError, match=f"{name} takes no features; leave them out, or choose BG/NBD or Pareto"):
            base.fit(name)
    with pytest.raises(InputError, match="The engine lifetimes takes no features"):
        base.fit("BG/NBD", engine="lifetimes")


def spoiled(z: Array, value: float) -> Array:
    z = z.copy()
    z[4, 1] = value
    return z


@pytest.mark.parametrize(
    ("features", "sentence"),
    [
        (lambda z: z[:-1], "frequency has 60 rows but features has 59"),
        (lambda z: z[:, :0], "features has no columns"),
        (lambda z: z[None], "features must be a table"),
        (lambda z: z.astype(str), "features must hold numbers only; give each text a column of TRUE and FALSE."),
        (lambda z: spoiled(z, 1e300), "Row 5: the feature in column 2 is too large; give it in another unit"),
        (lambda z: spoiled(z, np.nan), "Row 5: the feature in column 2 must be a finite number."),
        (lambda z: spoiled(z, np.inf), "Row 5: the feature in column 2"),
        (lambda z: z * [1, 0] + 3, "The feature in column 2 is the same for all rows"),
        (lambda z: np.column_stack([z, z @ [1, 2] + 7]), "The feature in column 3 follows from the columns before it"),
        (lambda z: np.column_stack([z, 1 - z[:, 0]]), "column 3 follows from"),
        (lambda z: pd.DataFrame(z, columns=["a", "A "]), 'Two features are called "a"'),
        (lambda z: pd.DataFrame({"a": z[:, 0], "b": "x"}), 'The feature in "b" must hold numbers only'),
        (lambda z: pd.DataFrame({"a": z[:, 0], "b": [None, *z[1:, 1]]}), 'Row 1: the feature in "b" must be a finite'),
        (lambda z: pd.DataFrame({"a": z[:, 0], "b": 1}), 'The feature in "b" is the same for all rows'),
        (
            lambda z: z * [1, 1e-3] + [0, 1e6],
            "is so far from 0 that the parameters at 0 are no numbers; subtract 1e+06",
        ),
    ],
)
def test_bad_features(name, features, sentence):
    base = Base(name, 2, 60, days=True)
    weights = np.full(60, 20.0)
    with pytest.raises((InputError, DomainError)) as raised:
        base.fit(name, features=features(base.z), weights=weights)
    assert sentence in str(raised.value)
    assert raised.value.argument == "features"
    assert raised.value.text.zh


def test_too_few_repeat_buyers_for_the_coefficients(name):
    base = Base(name, 2, 300)
    repeat = int((base.x > 0).sum())
    links = len(registry()[name].links)
    count = repeat // (10 * links) + 1
    features = np.random.default_rng(1).normal(size=(300, count))
    with pytest.raises(DomainError) as raised:
        base.fit(name, features=features)
    assert f"in {name} number {count * links}, but customers with repeat orders {repeat}; give" in str(raised.value)
    assert raised.value.argument == "features"
    assert base.fit(name, features=features[:, :1]).coefficients.keys() == {
        f"{key}:1" for key in registry()[name].links
    }


def test_many_features_that_say_nothing(cdnow):
    frequency, recency, age = cdnow.frequency, cdnow.recency, cdnow.age
    features = np.random.default_rng(1).normal(size=(len(frequency), 14))
    fitted = models.fit("BG/NBD", frequency, recency, age, features=features)
    assert fitted.status.en == "OK"
    gain = 2 * (fitted.log_likelihood - models.fit("BG/NBD", frequency, recency, age).log_likelihood)
    assert 15 < gain < 80  # chi-squared with 42 degrees of freedom


def test_no_search_where_numbers_end():
    base = Base("BG/NBD", 2, 100)
    linked = Linked(registry()["BG/NBD"], distinct_rows(*base.columns, base.z, None))
    theta = np.zeros(linked.size)
    assert np.isfinite(linked.likelihood(theta, linked.rows).value)
    for place, value in ((0, 250.0), (4, -250.0), (6, np.nan), (8, 800.0)):
        far = theta.copy()
        far[place] = value
        assert linked.likelihood(far, linked.rows).value == -np.inf


def test_features_of_one_time_buyers_alone_say_nothing_of_dropout():
    base = Base("BG/NBD", 2, 400)
    late = np.where(base.x == 0, np.arange(400) % 2, 1.0)
    with pytest.raises(InputError, match="the same for all rows of the customers with repeat orders"):
        base.fit("BG/NBD", features=late)


def test_bad_scores(name, base, fitted):
    x, t, age = (column[:3] for column in base.columns)
    plain = models.fit(name, *base.columns)
    cases = [
        (lambda: fitted.alive(x, t, age), "depends on features of the customer, number 1, number 2; give features"),
        (lambda: fitted.new(52), "depends on features"),
        (lambda: fitted.values, "depends on features"),
        (lambda: plain.alive(x, t, age, features=base.z[:3]), "The model has no coefficients of features"),
        (lambda: fitted.alive(x, t, age, features=base.z[:2]), "The ranges do not fit together"),
        (
            lambda: fitted.alive(x, t, age, features=base.z[:3, :1]),
            "2 features, number 1, number 2, but features has 1 column; give",
        ),
        (lambda: fitted.alive(x, t, age, features=[[0, 1], [0, np.nan], [0, 1]]), "Row 2: the feature in column 2"),
        (lambda: fitted.at(base.z[:3]), "features must be one row"),
    ]
    for call, sentence in cases:
        with pytest.raises(InputError) as raised:
            call()
        assert sentence in str(raised.value)
    with pytest.raises(DomainError, match="Row 2: the features are so far from"):
        fitted.orders(x, t, age, 5, features=[[0, 1], [0, 1e9], [0, 1]])
    named = base.fit(name, features=pd.DataFrame(base.z, columns=["store", "income"]))
    with pytest.raises(InputError, match='features has no column "income"'):
        named.alive(x, t, age, features=pd.DataFrame(base.z[:3], columns=["store", "wage"]))
    with pytest.raises(InputError, match="The index of features differs"):
        named.alive(
            pd.Series(x), t, age, features=pd.DataFrame(base.z[:3], columns=["store", "income"], index=[7, 8, 9])
        )


def test_no_finite_sum_for_those_it_has_none_for():
    cells = [["model", "BG/NBD"], ["r", 0.5], ["alpha", 8], ["a", 1], ["b", 2], ["alpha:1", 0], ["a:1", 1], ["b:1", 0]]
    model = models.from_block(cells)
    assert model.residual(1, 5, 30, features=[1]) == pytest.approx(model.at([1]).residual(1, 5, 30))
    z = np.array([[0.5], [-0.5], [2]])
    with pytest.raises(DomainError, match="Row 2: the orders to come have no finite sum"):
        model.residual([1, 1, 0], [5, 5, 0], 30, features=z)
    problems = model.residual_problems(np.zeros(3), z)
    assert [problem.mask.tolist() for problem in problems] == [[False, True, False]]


def test_border(name):
    """Nobody of one group leaves: its coefficient has no end."""
    base = Base(name, 6, 3000)
    rng = np.random.default_rng(6)
    loyal = np.arange(3000) % 2 == 1
    orders = np.where(loyal, rng.poisson(8.0, 3000) + 30.0, base.x)
    last = np.where(loyal, base.age * 0.999, base.t)
    fitted = models.fit(name, orders, last, base.age, features=loyal)
    assert fitted.at_boundary
    assert fitted.status.en.startswith("At the border: no end to ")
    assert fitted.status.zh.startswith("位于边界：")
    assert fitted.standard_errors == {}
    assert fitted.covariance is None
    assert models.from_block(fitted.to_block()).at_boundary


def truth(name):
    params, coefficients = TRUTH[name]
    return {**params, **{f"{key}:{n}": value for key, row in coefficients.items() for n, value in enumerate(row, 1)}}


def deviations(name, seed, size):
    """Return by how many standard errors each estimate misses; of parameters in logarithms."""
    fitted = Base(name, seed, size).fit(name)
    assert fitted.status.en == "OK"
    found = {**fitted.params, **fitted.coefficients}
    errors = np.sqrt(np.diag(fitted.covariance))
    return [
        ((np.log(found[key] / value) if key in fitted.params else found[key] - value) / error)
        for (key, value), error in zip(truth(name).items(), errors, strict=True)
    ]


def test_finds_what_was_simulated(name):
    missed = np.array([deviations(name, seed, 20_000) for seed in (1, 2, 3)])
    assert np.abs(missed).max() < 4.5
    assert np.mean(np.abs(missed) < 1.96) > 0.75


@pytest.mark.slow
def test_finds_what_was_simulated_in_twenty_bases(name):
    missed = np.array([deviations(name, seed, 50_000) for seed in range(1, 21)])
    assert np.abs(missed).max() < 4.5
    # Estimates of one fit hang together, so the pooled share varies more than that of independent ones.
    assert 0.92 <= np.mean(np.abs(missed) < 1.96) <= 0.98
