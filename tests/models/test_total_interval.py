"""The interval of the value of a whole base: its parts, and how often it holds what comes."""

from __future__ import annotations

import numpy as np
import pytest

from tests.models import simulate
from xlclv import models
from xlclv.errors import DomainError, InputError

P, Q, V = 6.25, 3.74, 15.44
SPEND = models.from_block([["model", "Gamma-Gamma"], ["p", P], ["q", Q], ["v", V]])
MODEL = models.from_block([["model", "BG/NBD"], *map(list, simulate.MODELS["BG/NBD"][1].items())])
HORIZON = 20


def base(seed, size):
    """Customers with order values, and the value of each one's orders ahead."""
    c = simulate.simulate("BG/NBD", seed, size, ahead=HORIZON)
    rng = np.random.default_rng([seed, 1])
    scale = rng.gamma(Q, 1 / V, size)
    x = np.maximum(c.frequency, 1)
    monetary = np.where(c.frequency > 0, rng.gamma(P * x) / scale / x, 0.0)
    value = np.where(c.ahead > 0, rng.gamma(P * np.maximum(c.ahead, 1)) / scale, 0.0)
    return c, monetary, value


def test_deviation_of_the_customers():
    x, t, age, m = 2, 12.0, 30.0, 22.35
    total = models.total_value_interval(MODEL, SPEND, [x] * 50, t, age, m, HORIZON, 0.3, 0.0, parameters=False)
    # Of one customer: Var = E[N (p + p^2 N)] E[1/nu^2] - (p E[N] E[1/nu])^2.
    chances, numbers = MODEL.distribution(x, t, age, HORIZON, 500), np.arange(500)
    first, second = chances @ numbers, chances @ numbers**2
    tail = Q + P * x - 1
    variance = (P * first + P**2 * second) / (tail * (tail - 1)) - (P * first / tail) ** 2
    assert total.customer_deviation == pytest.approx(np.sqrt(50 * variance) * 0.3 * (V + x * m), rel=1e-4)
    assert total.expected == pytest.approx(50 * models.predict_value(MODEL, SPEND, x, t, age, m, HORIZON, 0.3))
    assert total.parameter_deviation == 0
    assert total.upper - total.expected == pytest.approx(1.6448536269514722 * total.customer_deviation)
    assert total.expected - total.lower == pytest.approx(total.upper - total.expected)


def test_deviation_of_the_parameters_is_that_of_draws_of_them():
    c, m, _ = base(5, 1500)
    model, spend = models.fit("BG/NBD", *c.history), models.fit_spend(c.frequency, m)
    total = models.total_value_interval(model, spend, *c.history, m, HORIZON)
    rng = np.random.default_rng(6)
    expected = []
    for _ in range(300):
        drawn = []
        for estimate, name in ((model, "BG/NBD"), (spend, "Gamma-Gamma")):
            logs = rng.multivariate_normal(np.log(estimate.values), estimate.covariance)
            drawn.append(models.from_block([["model", name], *zip(estimate.params, np.exp(logs), strict=True)]))
        expected.append(models.predict_value(*drawn, *c.history, m, HORIZON).sum())
    # 300 draws tell a standard deviation to 4%; the delta method is linear.
    assert total.parameter_deviation == pytest.approx(np.std(expected), rel=0.15)
    alone = models.total_value_interval(model, spend, *c.history, m, HORIZON, parameters=False)
    assert alone.customer_deviation == total.customer_deviation
    assert alone.upper < total.upper


@pytest.mark.parametrize(("bases", "slack"), [(40, 3.0), pytest.param(200, 3.0, marks=pytest.mark.slow)])
def test_coverage(bases, slack):
    held = 0
    for seed in range(1000, 1000 + bases):
        c, m, value = base(seed, 1500)
        model, spend = models.fit("BG/NBD", *c.history), models.fit_spend(c.frequency, m)
        total = models.total_value_interval(model, spend, *c.history, m, HORIZON)
        held += total.lower <= value.sum() <= total.upper
    assert abs(held / bases - 0.9) <= slack * np.sqrt(0.9 * 0.1 / bases)


def test_parameters_that_are_not_known():
    with pytest.raises(InputError, match="uncertainty of the parameters of BG/NBD is not known") as caught:
        models.total_value_interval(MODEL, SPEND, 2, 12, 30, 22, HORIZON)
    assert caught.value.argument == "model"
    c, m, _ = base(5, 400)
    fitted = models.fit("BG/NBD", *c.history)
    with pytest.raises(InputError, match="uncertainty of the parameters of Gamma-Gamma is not known") as caught:
        models.total_value_interval(fitted, SPEND, *c.history, m, HORIZON)
    assert caught.value.argument == "spend_model"


def test_no_variance():
    spend = models.from_block([["model", "Gamma-Gamma"], ["p", 2], ["q", 1.5], ["v", 15]])
    with pytest.raises(DomainError, match=r"Row 2: the variance of the order values is infinite at q = 1\.5"):
        models.total_value_interval(MODEL, spend, [2, 0], [12, 0], 30, [20, 0], HORIZON, parameters=False)
    with pytest.raises(DomainError, match="level must be one number"):
        models.total_value_interval(MODEL, SPEND, 2, 12, 30, 22, HORIZON, level=2, parameters=False)


def test_few_customers():
    history = 0, 0, 30, 0, HORIZON
    one = models.total_value_interval(MODEL, SPEND, *history, 0.3, parameters=False)
    assert one.expected < 1.6448536269514722 * one.customer_deviation
    assert one.lower == 0
    assert one.upper == pytest.approx(one.expected + 1.6448536269514722 * one.customer_deviation)
    # A negative margin is a loss.
    loss = models.total_value_interval(MODEL, SPEND, *history, -0.3, parameters=False)
    assert loss.lower == pytest.approx(-one.upper)
    mixed = models.total_value_interval(MODEL, SPEND, 0, 0, 30, 0, HORIZON, [0.3, -0.3], parameters=False)
    assert mixed.lower == pytest.approx(-mixed.upper)


def test_nobody():
    none = np.zeros(0)
    total = models.total_value_interval(MODEL, SPEND, none, none, none, none, HORIZON, parameters=False)
    assert (total.expected, total.lower, total.upper) == (0, 0, 0)
