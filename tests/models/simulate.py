"""Customers simulated from the definitions of the models, order by order, knowing nothing of the package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Simulated:
    """Histories at ``age`` and what came after: the orders ahead, and whether the customer was still there."""

    frequency: Array
    recency: Array
    age: Array
    ahead: Array
    alive: Array

    @property
    def history(self) -> tuple[Array, Array, Array]:
        return self.frequency, self.recency, self.age


def _process(
    age: Array,
    ahead: float,
    gap: Callable[[NDArray[np.intp]], Array],
    leaves: Callable[[NDArray[np.intp]], NDArray[np.bool_]],
    gone: NDArray[np.bool_],
    life: Array | None = None,
) -> Simulated:
    """Draw orders one after the other: the gap to the next, and whether the customer leaves after it."""
    size = len(age)
    now, left_at = np.zeros(size), np.where(gone, 0.0, np.inf)
    x, last, more = np.zeros(size), np.zeros(size), np.zeros(size)
    end = age + ahead if life is None else np.minimum(age + ahead, life)
    active = np.flatnonzero(~gone)
    while len(active):
        now[active] += gap(active)
        active = active[now[active] <= end[active]]
        past = active[now[active] <= age[active]]
        x[past] += 1
        last[past] = now[past]
        more[active[now[active] > age[active]]] += 1
        left = leaves(active)
        left_at[active[left]] = now[active[left]]
        active = active[~left]
    if life is not None:
        left_at = life
    return Simulated(x, last, age, more, (left_at > age).astype(float))


def nbd(rng, age, r, alpha, ahead=0.0):
    rate = rng.gamma(r, 1 / alpha, len(age))
    return _process(
        age,
        ahead,
        lambda active: rng.exponential(size=len(active)) / rate[active],
        lambda active: np.zeros(len(active), dtype=bool),
        np.zeros(len(age), dtype=bool),
    )


def pareto_nbd(rng, age, r, alpha, s, beta, ahead=0.0):
    rate, leaving = rng.gamma(r, 1 / alpha, len(age)), rng.gamma(s, 1 / beta, len(age))
    return _process(
        age,
        ahead,
        lambda active: rng.exponential(size=len(active)) / rate[active],
        lambda active: np.zeros(len(active), dtype=bool),
        np.zeros(len(age), dtype=bool),
        rng.exponential(size=len(age)) / leaving,
    )


def _cnbd(rng, age, r, alpha, a, b, k, ahead, first_order):
    rate, chance = rng.gamma(r, 1 / alpha, len(age)), rng.beta(a, b, len(age))
    return _process(
        age,
        ahead,
        lambda active: rng.gamma(k, size=len(active)) / rate[active],
        lambda active: rng.random(len(active)) < chance[active],
        (rng.random(len(age)) < chance) & first_order,
    )


def bg_cnbd(rng, age, r, alpha, a, b, k, ahead=0.0):
    return _cnbd(rng, age, r, alpha, a, b, k, ahead, first_order=False)


def mbg_cnbd(rng, age, r, alpha, a, b, k, ahead=0.0):
    return _cnbd(rng, age, r, alpha, a, b, k, ahead, first_order=True)


def bg_nbd(rng, age, r, alpha, a, b, ahead=0.0):
    return bg_cnbd(rng, age, r, alpha, a, b, 1, ahead)


def mbg_nbd(rng, age, r, alpha, a, b, ahead=0.0):
    return mbg_cnbd(rng, age, r, alpha, a, b, 1, ahead)


def bg_bb(rng, age, alpha, beta, gamma, delta, ahead=0.0):
    size = len(age)
    chance, leaves = rng.beta(alpha, beta, size), rng.beta(gamma, delta, size)
    there = np.ones(size, dtype=bool)
    x, last, more, alive = np.zeros(size), np.zeros(size), np.zeros(size), np.ones(size, dtype=bool)
    for opportunity in range(1, int(age.max() + ahead) + 1):
        there &= rng.random(size) >= leaves
        alive = np.where(opportunity <= age, there, alive)
        orders = there & (rng.random(size) < chance)
        past = orders & (opportunity <= age)
        x += past
        last[past] = opportunity
        more += orders & (opportunity > age) & (opportunity <= age + ahead)
    return Simulated(x, last, age, more, alive.astype(float))


def gamma_gamma(rng, frequency, p, q, v):
    """Mean values of as many orders, 0 where there are none."""
    scale = rng.gamma(q, 1 / v, len(frequency))
    orders = np.maximum(frequency, 1)
    return np.where(frequency > 0, rng.gamma(p * orders) / scale / orders, 0.0)


#: By name of the model: its simulator, and parameters that data tell well.
MODELS = {
    "NBD": (nbd, {"r": 0.8, "alpha": 8.0}),
    "BG/NBD": (bg_nbd, {"r": 0.8, "alpha": 8.0, "a": 0.8, "b": 2.4}),
    "MBG/NBD": (mbg_nbd, {"r": 0.9, "alpha": 8.0, "a": 0.8, "b": 2.4}),
    "Pareto/NBD": (pareto_nbd, {"r": 1.2, "alpha": 9.0, "s": 0.9, "beta": 30.0}),
    "BG/BB": (bg_bb, {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8}),
    "BG/CNBD-k": (bg_cnbd, {"r": 1.5, "alpha": 4.0, "a": 0.8, "b": 2.4, "k": 3}),
    "MBG/CNBD-k": (mbg_cnbd, {"r": 1.5, "alpha": 4.0, "a": 0.8, "b": 2.4, "k": 3}),
}


def simulate(name, seed, size, parameters=None, ahead=0.0):
    """Customers of a model at its parameters or others, 20 to 104 periods old; in BG/BB 5 to 30 opportunities."""
    rng = np.random.default_rng(seed)
    age = rng.integers(5, 31, size).astype(float) if name == "BG/BB" else rng.uniform(20, 104, size)
    simulator, known = MODELS[name]
    return simulator(rng, age, **(parameters or known), ahead=ahead)
