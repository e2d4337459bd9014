"""Pareto/NBD against published numbers, mpmath and lifetimes.

Known answers: Schmittlein, Morrison and Colombo (1987), fitted to the CDNOW sample as in Fader, Hardie and Lee (2005),
"RFM and CLV"; the maximum found again with mpmath until the gradient vanished.
"""

from __future__ import annotations

import itertools

import mpmath
import numpy as np
import pytest

from tests.models.independent import check_maximum
from xlclv import models
from xlclv.data.cdnow import cdnow_orders
from xlclv.models.counts import compress
from xlclv.models.model import model_named
from xlclv.summary import rfm_table

NAMES = ("r", "alpha", "s", "beta")
PAPER = (0.553, 10.578, 0.606, 11.669)


def typed(params):
    return models.from_block([["model", "Pareto/NBD"], *zip(NAMES, params, strict=True)])


def log_likelihood(params, x, t, age):
    """Equation 13 of Fader and Hardie (2005), "A note on deriving the Pareto/NBD model and related expressions"."""
    r, alpha, s, beta = params
    total = r + s + x
    larger, order = (alpha, s + 1) if alpha >= beta else (beta, r + x)

    def term(z):
        return mpmath.hyp2f1(total, order, total + 1, abs(alpha - beta) / (larger + z)) / (larger + z) ** total

    inside = (alpha + age) ** -(r + x) * (beta + age) ** -s + s / total * (term(t) - term(age))
    return mpmath.loggamma(r + x) - mpmath.loggamma(r) + mpmath.log(alpha**r * beta**s * inside)


def exact_alive(params, x, t, age):
    r, alpha, s, beta = params
    c = r + x
    left = mpmath.quad(
        lambda u: s * ((alpha + age) / (alpha + u)) ** c * ((beta + age) / (beta + u)) ** s / (beta + u),
        [t, t + (age - t) / 1024, t + (age - t) / 32, age],
    )
    return 1 / (1 + left)


def exact_remaining(params, x, age, ahead):
    r, alpha, s, beta = params
    scale = beta + age
    if s == 1:
        return (r + x) / (alpha + age) * scale * mpmath.log1p(ahead / scale)
    return (r + x) / (alpha + age) * scale / (s - 1) * (1 - (1 + ahead / scale) ** (1 - s))


def test_fit(cdnow):
    fitted = models.fit("Pareto/NBD", cdnow.frequency, cdnow.recency, cdnow.age, period="week")
    assert list(fitted.params.values()) == pytest.approx([0.553277, 10.577684, 0.606240, 11.668735], rel=1e-5)
    assert fitted.log_likelihood == pytest.approx(-9594.9762, abs=1e-4)
    assert list(fitted.standard_errors.values()) == pytest.approx([0.0476, 0.8427, 0.1873, 6.211], rel=2e-3)
    assert (fitted.aic, fitted.bic) == (pytest.approx(19197.95, abs=0.01), pytest.approx(19221.01, abs=0.01))
    assert fitted.status.en == "OK"


def test_single_customers():
    model, spend = typed(PAPER), models.from_block([["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]])
    weekly = 1.15 ** (1 / 52) - 1
    assert model.alive([2, 26], [30.43, 30.86], [38.86, 31]) == pytest.approx([0.869168, 0.997919], abs=1e-6)
    assert model.orders(2, 30.43, 38.86, 39) == pytest.approx(1.455123, abs=1e-6)
    assert model.orders(26, 30.86, 31, 52) == pytest.approx(25.458473, abs=1e-6)
    assert model.active(2, 30.43, 38.86, 39) == pytest.approx(0.591937, abs=1e-6)
    assert model.residual(2, 30.43, 38.86, weekly) == pytest.approx(6.501731, abs=1e-6)
    value = models.predict_value(model, spend, 2, 30.43, 38.86, 22.35, margin=0.3, discount_rate=weekly)
    assert value == pytest.approx(48.107047, abs=1e-6)


@mpmath.workdps(30)
def test_likelihood_of_other_data():
    """Simulated customers no two of whom are alike: likelihood, a slope that vanishes, and standard errors."""
    rng = np.random.default_rng(3)
    x, t, age = process(3, rng.gamma(1.0, 0.2, 150), rng.gamma(1.2, 0.08, 150), rng.uniform(30, 70, 150))
    fitted = models.fit("Pareto/NBD", x, t, age)
    assert not fitted.at_boundary

    history = [tuple(map(mpmath.mpf, row)) for row in zip(x.tolist(), t.tolist(), age.tolist(), strict=True)]
    check_maximum(fitted, NAMES, lambda *params: mpmath.fsum(log_likelihood(params, *row) for row in history))


@pytest.mark.parametrize("params", [PAPER, (0.8, 3.0, 2.5, 80.0), (2.0, 50.0, 0.4, 4.0)], ids=str)
@pytest.mark.parametrize("days", [True, False])
def test_derivatives(cdnow, params, days):
    """Gradient and Hessian against differences, of data that repeat and data that do not."""
    x, t, age = cdnow.frequency, cdnow.recency, cdnow.age
    if not days:
        age = age * np.random.default_rng(1).uniform(1.0, 1.1, len(age))
    counts, kind, theta, step = compress(x, t, age, None), model_named("Pareto/NBD"), np.log(params), 1e-5
    here = kind.likelihood(theta, counts)
    for i in range(4):
        up, down = (kind.likelihood(theta + sign * step * np.eye(4)[i], counts) for sign in (1, -1))
        assert here.gradient[i] == pytest.approx((up.value - down.value) / (2 * step), rel=1e-6, abs=1e-4)
        assert here.hessian[i] == pytest.approx((up.gradient - down.gradient) / (2 * step), rel=1e-7, abs=1e-5)


def test_second_opinion(cdnow):
    ours = models.fit("Pareto/NBD", cdnow.frequency, cdnow.recency, cdnow.age)
    theirs = models.fit("Pareto/NBD", cdnow.frequency, cdnow.recency, cdnow.age, engine="lifetimes")
    assert list(ours.params.values()) == pytest.approx(list(theirs.params.values()), rel=1e-4)
    assert ours.log_likelihood == pytest.approx(theirs.log_likelihood, abs=1e-4)
    assert ours.log_likelihood >= theirs.log_likelihood - 1e-9


@pytest.mark.parametrize(
    "params",
    [PAPER, (0.8, 60.0, 1.0, 80.0), (0.8, 60.0, 1.0 + 1e-9, 80.0), (0.5, 3.0, 0.1, 4e4), (5.0, 900.0, 3.0, 0.5), (1e-2, 1e-2, 1e-2, 1e-2)],
    ids=str,
)  # fmt: skip
@mpmath.workdps(40)
def test_scores_at_the_corners(params):
    model = typed(params)
    exactly = [mpmath.mpf(value) for value in params]
    histories = [
        (0, 0, 0),
        (0, 0, 38.86),
        (1, 1e-3, 50),
        (2, 30.43, 38.86),
        (40, 300, 730),
        (2000, 730, 730),
        (2000, 720, 730),
    ]
    for (x, t, age), factor in itertools.product(histories, (1e-3, 1.0, 200.0)):
        ahead = factor * (age or 1.0)
        alive = exact_alive(exactly, x, mpmath.mpf(t), mpmath.mpf(age))
        orders = exact_remaining(exactly, x, mpmath.mpf(age), mpmath.mpf(ahead))
        assert model.alive(x, t, age) == pytest.approx(float(alive), rel=1e-9)
        assert model.orders(x, t, age, ahead) == pytest.approx(float(alive * orders), rel=1e-9)
        active = model.active(x, t, age, ahead)
        assert 0 <= active <= model.alive(x, t, age) + 1e-15


@mpmath.workdps(30)
def test_active():
    r, alpha, s, beta = PAPER
    model = typed(PAPER)
    for x, age, ahead in ((2, 38.86, 39.0), (0, 10.0, 1.0), (30, 5.0, 0.01), (30, 50.0, 500.0)):
        chance = mpmath.quad(
            lambda u, c=r + x, a=alpha + age, b=beta + age: c / (a + u) * (1 + u / a) ** -c * (1 + u / b) ** -s,
            [0, ahead / 16, ahead],
        )
        assert model.active(x, age if x else 0, age, ahead) == pytest.approx(
            float(chance) * model.alive(x, age if x else 0, age), rel=1e-9
        )


@pytest.mark.parametrize("params", [PAPER, (0.8, 60.0, 2.5, 80.0), (2.0, 10.0, 1.0, 3.0)], ids=str)
@pytest.mark.parametrize("rate", [1e-6, 0.002, 0.5])
@mpmath.workdps(30)
def test_residual_is_the_discounted_rate_of_orders(params, rate):
    r, alpha, s, beta = map(mpmath.mpf, params)
    model, delta = typed(params), mpmath.log1p(rate)
    for x, t, age in ((0, 0, 0), (2, 30.43, 38.86), (40, 300, 730)):
        scale = beta + age
        # Orders at the mean rate while the customer stays.
        brute = mpmath.quad(
            lambda u, b=scale: mpmath.exp(-delta * u) * (1 + u / b) ** -s, [0, 1 / delta, 10 / delta, mpmath.inf]
        )
        wanted = (r + x) / (alpha + age) * brute * model.alive(x, t, age)
        assert model.residual(x, t, age, rate) == pytest.approx(float(wanted), rel=1e-10)


def test_residual_without_discounting():
    model = typed((0.8, 60.0, 2.5, 80.0))
    assert model.residual(3, 20, 50, 0.0) == pytest.approx(model.residual(3, 20, 50, 1e-11), rel=1e-5)
    with pytest.raises(Exception, match="no finite sum under Pareto/NBD"):
        typed(PAPER).residual(3, 20, 50, 0.0)


@pytest.mark.parametrize("per_week", [86400 * 7, 7, 7 / 365])
def test_units_of_time(cdnow, per_week):
    x, t, age = cdnow.frequency, cdnow.recency, cdnow.age
    one = models.fit("Pareto/NBD", x, t, age)
    other = models.fit("Pareto/NBD", x, t * per_week, age * per_week)
    assert other.log_likelihood == pytest.approx(one.log_likelihood - x.sum() * np.log(per_week), rel=1e-11)
    scales = np.array([1, per_week, 1, per_week])
    assert list(other.values) == pytest.approx(list(one.values * scales), rel=1e-6)
    ours = one.orders(x, t, age, 39)
    assert other.orders(x, t * per_week, age * per_week, 39 * per_week) == pytest.approx(ours, rel=1e-6)


def test_the_whole_of_cdnow_has_a_score():
    """Among them customer 14048, with 170 repeat orders and the last on the last day, whom lifetimes scores NaN."""
    orders = cdnow_orders()
    table = rfm_table(
        ids=orders["customer"], dates=orders["date"], amounts=orders["amount"], as_of=orders["date"].max().date()
    )
    x, t, age = (table[name].to_numpy(float) for name in ("frequency", "recency", "age"))
    fitted = models.fit("Pareto/NBD", x, t, age)
    for scores in (
        fitted.alive(x, t, age),
        fitted.orders(x, t, age, 52),
        fitted.active(x, t, age, 52),
        fitted.residual(x, t, age, 0.003),
    ):
        assert np.isfinite(scores).all()
        assert (scores >= 0).all()
    heavy = table["customer"].astype(str).str.lstrip("0") == "14048"
    assert heavy.sum() == 1
    row = int(np.flatnonzero(heavy)[0])
    assert x[row] > 150
    assert fitted.alive(x[row], t[row], age[row]) == pytest.approx(
        float(
            exact_alive([mpmath.mpf(v) for v in fitted.values], int(x[row]), mpmath.mpf(t[row]), mpmath.mpf(age[row]))
        ),
        rel=1e-9,
    )


def test_tables_agree_with_single_scores():
    rng = np.random.default_rng(0)
    size = 20_000
    x = rng.integers(0, 12, size) * 1.0
    for age in (rng.uniform(1, 700, size), rng.integers(1, 700, size) * 1.0):
        t = np.where(x > 0, np.clip(np.round(age * rng.uniform(0.01, 1, size)), 1, age), 0)
        for params in (PAPER, (0.8, 60.0, 1.0, 5.0), (0.8, 2.0, 3.0, 1e5)):
            model = typed(params)
            many = model.alive(x, t, age)
            for row in range(0, size, 1997):
                assert many[row] == pytest.approx(model.alive(x[row], t[row], age[row]), rel=1e-10)


def process(seed, rate, leaving, age=52.0):
    """Customers with given order and leaving rates."""
    rng = np.random.default_rng(seed)
    stays = np.minimum(age, np.where(leaving > 0, rng.exponential(1 / np.maximum(leaving, 1e-9)), np.inf))
    x = rng.poisson(rate * stays).astype(float)
    last = np.where(x > 0, stays * rng.random(len(x)) ** (1 / np.maximum(x, 1)), 0)
    return x, last, np.full(len(x), age)


def _rates(size=800):
    return np.random.default_rng(1).gamma(0.8, 0.2, size) + 1e-9


BORDERS = {
    "nobody leaves": (_rates(), np.zeros(800)),
    "order at the same rate": (np.full(800, 0.3), np.random.default_rng(2).gamma(0.8, 0.05, 800)),
    "leave at the same rate": (_rates(), np.full(800, 0.05)),
}


@pytest.mark.parametrize("meaning", BORDERS)
def test_borders(meaning):
    x, t, age = process(8, *BORDERS[meaning])
    fitted = models.fit("Pareto/NBD", x, t, age)
    assert fitted.at_boundary
    assert meaning in fitted.status.en
    assert fitted.standard_errors == fitted.limits == {}
    assert np.isfinite(fitted.orders(x, t, age, 39)).all()
    assert np.isfinite(fitted.alive(x, t, age)).all()


def test_at_the_border_it_is_the_model_it_names():
    x, t, age = process(8, *BORDERS["nobody leaves"])
    limit = models.fit("NBD", x, t, age)
    assert models.fit("Pareto/NBD", x, t, age).log_likelihood == pytest.approx(limit.log_likelihood, abs=1e-3)


def test_extreme_arguments_stay_finite():
    for params in itertools.product((1e-12, 1.0, 1e12), repeat=4):
        model = typed(params)
        x = np.array([0, 0, 1, 5, 2000, 1e6])
        t = np.array([0, 0, 1e-9, 3, 50, 1e8])
        age = np.array([0, 1e9, 1e9, 3, 50, 1e9])
        for scores in (model.alive(x, t, age), model.active(x, t, age, 1e9), model.orders(x, t, age, 1e3)):
            assert np.isfinite(scores).all(), params
            assert (scores >= 0).all()
