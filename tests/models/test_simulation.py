"""Fits to simulated customers: the estimates scatter around the truth as their standard errors say."""

from __future__ import annotations

import numpy as np
import pytest

from tests.models.simulate import MODELS, gamma_gamma, simulate
from xlclv import models

SPEND = {"p": 6.25, "q": 3.74, "v": 15.44}


def variants(truth):
    """Four truths: as they are, every second parameter larger, the others larger, all larger."""
    return [
        {
            name: value * (1.5 if name != "k" and which >> (place % 2) & 1 else 1)
            for place, (name, value) in enumerate(truth.items())
        }
        for which in range(4)
    ]


def deviations(fitted, truth):
    """Distances of the estimates to the truth in standard errors."""
    assert not fitted.at_boundary
    assert set(fitted.standard_errors) == set(truth) - {"k"}
    return [(fitted.params[name] - truth[name]) / error for name, error in fitted.standard_errors.items()]


def repeat_orders(name, truth, seed, size):
    return deviations(models.fit(name, *simulate(name, seed, size, truth).history, k=truth.get("k")), truth)


def spending(truth, seed, size):
    rng = np.random.default_rng(seed)
    frequency = rng.poisson(rng.gamma(0.8, 2.5, size)).astype(float)
    return deviations(models.fit_spend(frequency, gamma_gamma(rng, frequency, **truth)), truth)


def check(found, fewest, most):
    distances = np.abs(np.concatenate(found))
    assert distances.max() < 4.5
    assert fewest <= np.mean(distances < 1.959964) <= most


@pytest.mark.parametrize("name", MODELS)
def test_repeat_orders(name):
    check([repeat_orders(name, MODELS[name][1], seed, 20_000) for seed in range(1, 5)], 0.7, 1.0)


def test_spending():
    check([spending(SPEND, seed, 20_000) for seed in range(1, 5)], 0.7, 1.0)


# The estimates of one fit move together: those of 20 fits alone miss the band by chance every other time.
@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_repeat_orders_at_length(name):
    truths = enumerate(variants(MODELS[name][1]))
    found = [repeat_orders(name, truth, [seed, which], 200_000) for which, truth in truths for seed in range(1, 21)]
    check(found, 0.92, 0.98)


@pytest.mark.slow
def test_spending_at_length():
    truths = enumerate(variants(SPEND))
    check([spending(truth, [seed, which], 200_000) for which, truth in truths for seed in range(1, 21)], 0.92, 0.98)


@pytest.mark.parametrize("name", ["BG/CNBD-k", "MBG/CNBD-k"])
@pytest.mark.parametrize("seed", [1, 2])
def test_regularity_is_recovered(name, seed):
    assert models.fit(name, *simulate(name, seed, 20_000).history).params["k"] == 3


@pytest.mark.parametrize("name", MODELS)
def test_predictions_come_true(name):
    """Over customers of like histories, the predictions are the means of what happened."""
    ahead = 12.0
    simulator, truth = MODELS[name]
    model = models.from_block([["model", name], *truth.items()])
    rng = np.random.default_rng(11)
    age = np.full(200_000, 10.0 if name == "BG/BB" else 40.0)
    c = simulator(rng, age, **truth, ahead=ahead)
    alive, orders = model.alive(*c.history), model.orders(*c.history, ahead)
    active = model.active(*c.history, ahead)
    silence = (c.age - c.recency) / c.age
    groups = {
        "all": c.frequency >= 0,
        "one-time": c.frequency == 0,
        "one order, long ago": (c.frequency == 1) & (silence > 0.6),
        "one order of late": (c.frequency == 1) & (silence < 0.3),
        "some orders": (c.frequency >= 2) & (c.frequency < 5),
        "many orders": c.frequency >= 5,
        "many orders of late": (c.frequency >= 5) & (silence < 0.1),
        "many orders, silent": (c.frequency >= 5) & (silence > 0.3),
    }
    for group, rows in groups.items():
        for what, predicted, actual in (
            ("alive", alive, c.alive),
            ("orders", orders, c.ahead),
            ("active", active, (c.ahead > 0) * 1.0),
        ):
            difference = actual[rows] - predicted[rows]
            assert rows.sum() > 50, group
            error = difference.std() / rows.sum() ** 0.5
            assert abs(difference.mean()) <= 4 * error + 1e-12, (group, what, difference.mean() / error)
    few = slice(0, 20_000)
    counts = sum(
        state[few, None] * future.counts(c.frequency[few], c.age[few], np.array(ahead), 60)
        for state, future in zip(
            model.model.states(model.values, *c.history), model.model.futures(model.values), strict=True
        )
    )
    counts[:, 0] += 1 - alive[few]
    assert counts.sum(axis=1) == pytest.approx(1, abs=1e-6)
    assert 1 - counts[:, 0] == pytest.approx(active[few], abs=1e-9)
    for y in range(1, 6):
        difference = (c.ahead[few] == y) - counts[:, y]
        assert abs(difference.mean()) < 4 * difference.std() / len(difference) ** 0.5
