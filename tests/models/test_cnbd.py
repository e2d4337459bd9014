"""BG/CNBD-k and MBG/CNBD-k: orders more regular than at random."""

from __future__ import annotations

import itertools

import mpmath
import numpy as np
import pytest

from tests.models.conftest import simulate as bg_customers
from tests.models.independent import check_maximum
from tests.models.simulate import simulate
from tests.models.test_border import CASES, process
from tests.models.test_properties import check_derivatives, same
from xlclv import models
from xlclv.errors import DomainError
from xlclv.models.counts import compress
from xlclv.models.dropout import DropoutFuture
from xlclv.models.future import Future
from xlclv.models.model import model_named
from xlclv.models.phase_future import PhaseFuture

NAMES = ("r", "alpha", "a", "b")
BOTH = {"BG/CNBD-k": "BG/NBD", "MBG/CNBD-k": "MBG/NBD"}
HISTORY = (
    np.array([0, 0, 1, 2, 40, 2000, 3]),
    np.array([0, 0, 1e-3, 30.43, 300, 730, 20]),
    np.array([0, 38.86, 50, 38.86, 730, 730, 700]),
)


def typed(name, params, k):
    return models.from_block([["model", name], *zip((*NAMES, "k"), (*params, k), strict=True)])


@pytest.mark.parametrize("name", BOTH)
def test_k_1_is_the_model_with_orders_at_random(name, cdnow):
    columns = cdnow.frequency, cdnow.recency, cdnow.age
    regular, plain = models.fit(name, *columns, k=1), models.fit(BOTH[name], *columns)
    assert regular.params == pytest.approx({**plain.params, "k": 1}, rel=1e-9)
    assert regular.standard_errors == pytest.approx(plain.standard_errors, rel=1e-9)
    assert regular.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
    # The CDNOW customers order at random: a larger k fits worse.
    assert models.fit(name, *columns) == regular
    for params in (plain.values, (0.8, 60.0, 1.0, 2.4), (1e-3, 1e-3, 1e-2, 1e-3), (2.0, 10.0, 400.0, 900.0)):
        one = typed(name, params, 1)
        other = models.from_block([["model", BOTH[name]], *zip(NAMES, params, strict=True)])
        assert one.alive(*HISTORY) == pytest.approx(other.alive(*HISTORY), rel=1e-11, abs=1e-300)
        for t in (0, 0.1, 39, 1e5):
            assert one.orders(*HISTORY, t) == pytest.approx(other.orders(*HISTORY, t), rel=1e-11, abs=1e-300)
            assert one.active(*HISTORY, t) == pytest.approx(other.active(*HISTORY, t), rel=1e-11, abs=1e-300)
        assert one.residual(*HISTORY, 0.003) == pytest.approx(other.residual(*HISTORY, 0.003), rel=1e-10, abs=1e-300)
    assert one.residual(*HISTORY) == pytest.approx(other.residual(*HISTORY))


def exact_parts(params, first_order, k, x, t, age):
    """Likelihoods of being alive in each phase and of having left, per density of as many orders at random."""
    r, alpha, a, b = map(mpmath.mpf, params)
    stayed = x + first_order
    common = alpha**r / mpmath.gamma(r)
    if x:
        common *= mpmath.mpf(t) ** (k * x - x) * mpmath.gamma(x) / mpmath.gamma(k * x)

    def rate(phases, since):
        return common * mpmath.gamma(r + phases) / (alpha + since) ** (r + phases)

    chances = mpmath.beta(a, b + stayed) / mpmath.beta(a, b)
    alive = [chances * rate(k * x + j, age) * (age - mpmath.mpf(t)) ** j / mpmath.factorial(j) for j in range(k)]
    left = mpmath.beta(a + 1, b + stayed - 1) / mpmath.beta(a, b) * rate(k * x, t) if stayed else mpmath.mpf(0)
    return alive, left


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("k", [2, 3])
def test_fit_agrees_with_mpmath(name, k):
    c = simulate(name, 5, 250)
    age = c.age + np.random.default_rng(6).uniform(0, 5, 250)
    fitted = models.fit(name, c.frequency, c.recency, age, k=k)
    assert not fitted.at_boundary
    assert fitted.params["k"] == k
    rows = [(int(x), t, now) for x, t, now in zip(c.frequency, c.recency.tolist(), age.tolist(), strict=True)]

    def log_likelihood(*params):
        total = mpmath.mpf(0)
        for row in rows:
            alive, left = exact_parts(params, name == "MBG/CNBD-k", k, *row)
            total += mpmath.log(mpmath.fsum([*alive, left]))
        return total

    check_maximum(fitted, NAMES, log_likelihood)


def exact_orders(params, first_order, k, j, x, age, t):
    """Sum over n of the chance to stay n-1 times and that of k n - j phases, from integrals over the rate."""
    r, alpha, a, b = map(mpmath.mpf, params)
    c, y = r + k * x + j, mpmath.mpf(t) / (alpha + age)
    stays, total, n = mpmath.mpf(1), mpmath.mpf(0), 0
    while True:
        n += 1
        term = stays * mpmath.betainc(k * n - j, c, 0, y / (1 + y), regularized=True)
        total += term
        if term < total * mpmath.mpf(10) ** -14:
            return total
        stays *= (b + first_order + x + n - 1) / (a + b + first_order + x + n - 1)


PARAMETERS = [(0.8, 8.0, 0.8, 2.4), (3.0, 40.0, 1.0, 0.1), (0.02, 1.0, 2.5, 30.0)]


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("k", [2, 5])
@pytest.mark.parametrize("params", PARAMETERS, ids=str)
@mpmath.workdps(30)
def test_scores(name, k, params):
    model, first = typed(name, params, k), name == "MBG/CNBD-k"
    for x, t, age in [(0, 0, 0), (0, 0, 38.86), (2, 30.43, 38.86), (6, 3.5, 40.0), (12, 70.0, 70.0)]:
        alive, left = exact_parts(params, first, k, x, t, age)
        whole = mpmath.fsum([*alive, left])
        assert model.alive(x, t, age) == pytest.approx(float(mpmath.fsum(alive) / whole), rel=1e-10)
        for ahead in (0.05, 5.0, 40.0):
            orders = mpmath.fsum(
                state / whole * exact_orders(params, first, k, j, x, age, ahead) for j, state in enumerate(alive)
            )
            assert model.orders(x, t, age, ahead) == pytest.approx(float(orders), rel=1e-10)
            y = ahead / (mpmath.mpf(params[1]) + age)
            active = mpmath.fsum(
                state / whole * mpmath.betainc(k - j, params[0] + k * x + j, 0, y / (1 + y), regularized=True)
                for j, state in enumerate(alive)
            )
            assert model.active(x, t, age, ahead) == pytest.approx(float(active), rel=1e-10)


def test_long_horizons():
    # Both ways to the expected orders, sum and integral, approach the orders without end.
    for k, j in ((2, 0), (3, 2), (7, 3), (40, 11)):
        future = PhaseFuture(0.8, 8.0, 2.5, 2.4, k, j)
        x, age = np.array([0.0, 3, 50]), np.array([10.0, 40, 90])
        near, far = (future.orders(x, age, np.array(t)) for t in (1e6, 1e9))
        assert (near < far).all()
        # A few never order again: the rates near 0.
        assert far == pytest.approx(future.lifetime(x, age), rel=1e-3)
        late = future.orders(x, age, np.geomspace(1, 1e5, 200)[:, None].repeat(3, axis=1)[:, 0][:3])
        assert np.isfinite(late).all()


@pytest.mark.parametrize("k", [2, 3, 12])
def test_sum_and_integral_agree(k, monkeypatch):
    from xlclv.models import phase_orders

    rng = np.random.default_rng(k)
    cases = []
    for _ in range(40):
        r, a, b = 10 ** rng.uniform(-1, 1, 3)
        means = phase_orders.PhaseOrders(r, a, b, k, int(rng.integers(0, k)))
        x, times = float(rng.integers(0, 30)), 10 ** rng.uniform(0.3, 1.3, 3)
        cases.append((means, x, times))
    one = [means.up_to(x, 20.0)(x, times) for means, x, times in cases]
    for few in (0.0, 1e5):
        monkeypatch.setattr(phase_orders, "_FEW", few)
        monkeypatch.setattr(phase_orders, "_FEW_EACH", 0.0)
        other = [means.up_to(x, 20.0)(x, times) for means, x, times in cases]
        for here, there in zip(one, other, strict=True):
            assert here == pytest.approx(there, rel=1e-9)


@pytest.mark.parametrize(("k", "phase"), [(1, 0), (2, 1), (3, 0)])
def test_residual(k, phase):
    rng = np.random.default_rng(1)
    for _ in range(20):
        r, alpha, a, b = 10 ** rng.uniform(-2, 2, 4)
        x, age = np.array([0.0, rng.integers(1, 40)]), np.array([0.0, rng.uniform(1, 700)])
        rate = 10 ** rng.uniform(-4, 0)
        future = PhaseFuture(r, alpha, a, b, k, phase)
        # The definition: an integral of the expected orders over the discount.
        assert future.residual(x, age, rate) == pytest.approx(Future.residual(future, x, age, rate), rel=1e-8)
        if k == 1:
            same_ = DropoutFuture(r, alpha, a, b).residual(x, age, rate)
            assert future.residual(x, age, rate) == pytest.approx(same_, rel=1e-10)


@mpmath.workdps(25)
def test_residual_of_very_regular_orders():
    k, j, x, age, rate = 12, 2, 22, 5.5, 0.8
    r, alpha, a, b = 0.185, 181.7, 8.43, 0.125
    c, big = mpmath.mpf(r) + k * x + j, mpmath.log(1 + mpmath.mpf(rate)) * (alpha + age)
    total, stays = mpmath.mpf(0), mpmath.mpf(1)
    for n in range(1, 40):
        total += stays * mpmath.quad(
            lambda u, n=n: (
                mpmath.exp((c - 1) * mpmath.log(u) - u - mpmath.loggamma(c)) * (u / (u + big)) ** (k * n - j)
            ),
            [150, 220, 266, 310, 420],
        )
        stays *= (b + x + n - 1) / (a + b + x + n - 1)
    future = PhaseFuture(r, alpha, a, b, k, j)
    assert future.residual(np.array([22.0]), np.array([age]), rate)[0, 0] == pytest.approx(float(total), rel=1e-9)


@pytest.mark.parametrize("k", [2, 6])
def test_many_rows_are_single_ones(k):
    spend = models.from_block([["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]])
    model = typed("BG/CNBD-k", (1.5, 4.0, 0.8, 2.4), k)
    c = simulate("BG/CNBD-k", 3, 15_000)
    money = np.where(c.frequency > 0, 20.0, 0.0)
    many = (
        model.orders(*c.history, 12),
        model.residual(*c.history, 0.01),
        models.predict_value(model, spend, *c.history, money, 12, 0.4, 0.01),
    )
    for row in range(0, 15_000, 2999):
        x, t, age = (column[row] for column in c.history)
        assert many[0][row] == pytest.approx(model.orders(x, t, age, 12), rel=1e-10)
        assert many[1][row] == pytest.approx(model.residual(x, t, age, 0.01), rel=1e-10)
        value = models.predict_value(model, spend, x, t, age, money[row], 12, 0.4, 0.01)
        assert many[2][row] == pytest.approx(value, rel=1e-10)


def test_numbers_of_orders():
    for k, j in ((1, 0), (3, 0), (3, 2)):
        future = PhaseFuture(0.8, 8.0, 0.8, 2.4, k, j)
        x, age, t = np.array([0.0, 2, 9]), np.array([3.0, 40, 41]), np.array([30.0, 12, 5])
        chances = future.counts(x, age, t, 400)
        assert chances.sum(axis=1) == pytest.approx(1, abs=1e-9)
        assert chances @ np.arange(400) == pytest.approx(future.orders(x, age, t), rel=1e-7)
        assert 1 - chances[:, 0] == pytest.approx(future.some_order(x, age, t), rel=1e-10)
        assert future.counts(x, age, t, 3) == pytest.approx(chances[:, :3])
        assert future.counts(x, age, t, 1) == pytest.approx(chances[:, :1])


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("k", [1, 2, 7])
@pytest.mark.parametrize("theta", list(itertools.product((-2.0, 1.5), repeat=4)), ids=str)
def test_derivatives(name, k, theta):
    c = bg_customers(3, 100)
    counts = compress(c.frequency, c.recency, c.age, np.random.default_rng(3).uniform(0.5, 2, 100))
    (model,) = model_named(name).variants(k)
    check_derivatives(lambda at: model.likelihood(at, counts), np.array(theta))


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("unit", [86400.0, 1 / 365])
def test_the_unit_of_time_does_not_matter(name, unit):
    c = simulate(name, 4, 600)
    here = models.fit(name, *c.history)
    there = models.fit(name, c.frequency, c.recency * unit, c.age * unit)
    assert there.log_likelihood + c.frequency.sum() * np.log(unit) == pytest.approx(here.log_likelihood, rel=1e-9)
    ahead = here.orders(*c.history, 30)
    there.params["alpha"] /= unit
    assert list(there.params.values()) == pytest.approx(list(here.params.values()), rel=1e-5)
    assert there.orders(*c.history, 30) == pytest.approx(ahead, rel=1e-5)


@pytest.mark.parametrize("name", BOTH)
def test_rows_may_be_shuffled_and_weighted(name):
    c = simulate(name, 6, 600)
    rng = np.random.default_rng(9)
    columns, weights = np.stack(c.history), rng.integers(0, 4, 600)
    repeated = rng.permutation(np.repeat(columns, weights, axis=1), axis=1)
    same(models.fit(name, *columns, weights=weights, k=3), models.fit(name, *repeated, k=3))


@pytest.mark.parametrize("meaning", list(CASES)[:4])
def test_border(meaning):
    x, t, age = process(8, *CASES[meaning])
    fitted = models.fit("BG/CNBD-k", x, t, age, k=1)
    assert fitted.at_boundary
    assert meaning in fitted.status.en
    assert "NBD" not in fitted.status.en
    regular = models.fit("BG/CNBD-k", x, t, age, k=4)
    assert np.isfinite(regular.orders(x, t, age, 39)).all()


@pytest.mark.parametrize("name", BOTH)
def test_very_regular_orders(name):
    rng = np.random.default_rng(1)
    size = 1500
    rate, age, leave = rng.gamma(2, 0.05, size), rng.uniform(150, 200, size), rng.beta(0.5, 4, size)
    x, t = np.zeros(size), np.zeros(size)
    for i in range(size):
        while (order := t[i] + rng.gamma(20) / 20 / rate[i]) < age[i]:
            x[i], t[i] = x[i] + 1, order
            if rng.random() < leave[i]:
                break
    chosen = models.fit(name, x, t, age)
    k = chosen.params["k"]
    assert 12 < k < 32
    assert chosen.status.en == "OK"
    for other in (k - 1, k + 1, 12, 100):
        assert models.fit(name, x, t, age, k=other).log_likelihood < chosen.log_likelihood


@pytest.mark.parametrize("name", BOTH)
def test_evenly_spaced_orders(name):
    rng = np.random.default_rng(1)
    gap, age = rng.uniform(2, 9, 300), rng.uniform(40, 60, 300)
    x = np.floor(age / gap)
    x[:60] = np.minimum(x[:60], 3)
    chosen = models.fit(name, x, x * gap, age)
    assert chosen.params["k"] == 100
    assert chosen.status.en.startswith("k = 100 is the largest tried and still the best")
    assert "最大值" in chosen.status.zh
    # Who asks for it knows.
    assert models.fit(name, x, x * gap, age, k=100).status.en == "OK"


@pytest.mark.parametrize("k", range(2, 13))
@pytest.mark.parametrize("params", [(0.8, 8.0, 0.8, 2.4), (3.0, 40.0, 1.0, 0.1)], ids=str)
def test_no_chance_is_above_1(k, params):
    rng = np.random.default_rng(k)
    age = rng.uniform(0, 500, 2000)
    none = np.zeros_like(age)
    model, other = typed("BG/CNBD-k", params, k), typed("MBG/CNBD-k", params, k)
    # Nobody has had an occasion to leave.
    assert (model.alive(none, none, age) == 1).all()
    x = rng.integers(0, 9, 2000)
    t = np.where(x > 0, age * rng.uniform(0.5, 1, 2000), 0)
    for each in (model, other):
        assert (each.alive(x, t, age) <= 1).all()
        assert (each.alive(x, t, t) <= 1).all()


@pytest.mark.parametrize("c", [1e3, 1e8, 1e12, 1e20])
def test_residual_at_a_rate_that_is_known(c):
    # All order at the rate c / alpha = 2 phases: the mean over p ~ Beta(2, 3) of rho^2 / (1 - (1-p) rho^2).
    future = PhaseFuture(c, c / 2, 2.0, 3.0, 2, 0)
    rho = 2 / (2 + mpmath.log(mpmath.mpf("1.01")))
    expected = mpmath.quad(lambda p: 12 * p * (1 - p) ** 2 * rho**2 / (1 - (1 - p) * rho**2), [0, 0.01, 0.1, 1])
    found = future.residual(np.array([0.0]), np.array([0.0]), 0.01)[0, 0]
    assert found == pytest.approx(float(expected), rel=max(2 / c, 1e-11))


@pytest.mark.parametrize("k", [0, -1, 101, 2.5])
def test_what_is_no_k(k):
    c = simulate("BG/CNBD-k", 1, 100)
    with pytest.raises(DomainError, match="k must be a whole number from 1 to 100"):
        models.fit("BG/CNBD-k", *c.history, k=k)
    with pytest.raises(DomainError, match="k of the MBG/CNBD-k block must be"):
        typed("MBG/CNBD-k", (1, 1, 1, 1), k or 0.5)


def test_the_block_keeps_k():
    fitted = models.fit("MBG/CNBD-k", *simulate("MBG/CNBD-k", 2, 2000).history)
    rows = {row[0]: row[1] for row in fitted.to_block()}
    assert rows["k"] == fitted.params["k"] > 1
    again = models.from_block(fitted.to_block())
    assert again.params == fitted.params
    assert again.new(52) == fitted.new(52)


@pytest.mark.parametrize(("name", "k"), [("BG/CNBD-k", 2), ("MBG/CNBD-k", 3)])
def test_extreme_arguments_stay_finite(name, k):
    x = np.array([0, 0, 1, 5, 2000])
    t = np.array([0, 0, 1e-9, 3, 50])
    age = np.array([0, 1e9, 1e9, 3, 50])
    for params in itertools.product((1e-12, 1.0, 1e12), repeat=4):
        model = typed(name, params, k)
        alive, orders, active = model.alive(x, t, age), model.orders(x, t, age, 1e3), model.active(x, t, age, 1e3)
        for scores in (alive, orders, active, model.orders(x, t, age, 1e9), model.residual(x, t, age, 0.01)):
            assert np.isfinite(scores).all()
            assert (scores >= 0).all()
        assert (active <= alive * (1 + 1e-12)).all()
        assert (active <= orders * (1 + 1e-9)).all()
