"""Customers of the processes the models describe, observed daily over two years, with Gamma-Gamma order values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

#: Parameters of the processes: order rates a day; dropout chances; leaving rates; order values.
R, ALPHA, A, B = 0.8, 60.0, 0.8, 2.4
S, BETA = 0.6, 80.0
P, Q, V = 6.25, 3.74, 15.44
#: Chances to use an opportunity and to leave before the next one.
BUY = (1.2, 0.75)
LEAVE = (0.66, 2.8)

DAYS = 730
OPPORTUNITIES = 12

PROCESSES = ("BG/NBD", "MBG/NBD", "Pareto/NBD", "BG/BB")


@dataclass(frozen=True)
class Customers:
    """One element for each customer; times in whole days (opportunities for BG/BB), order values in cents."""

    frequency: Numbers
    recency: Numbers
    age: Numbers
    monetary: Numbers


def customers(count: int, seed: int, process: str = "BG/NBD") -> Customers:
    """Return simulated customers; orders of one day are one order."""
    rng = np.random.default_rng(seed)
    if process == "BG/BB":
        return _opportunities(count, rng)
    age = rng.integers(1, DAYS + 1, count).astype(np.float64)
    orders, last = _leaving(rng, age) if process == "Pareto/NBD" else _dropout(rng, age, process)
    repeat = orders > 0
    recency = np.where(repeat, np.clip(np.ceil(last), 1, age), 0.0)
    frequency = np.minimum(orders, recency)
    return Customers(frequency, recency, age, _values(rng, frequency))


def _dropout(rng: np.random.Generator, age: Numbers, process: str) -> tuple[Any, Any]:
    count = len(age)
    would = rng.poisson(rng.gamma(R, 1.0 / ALPHA, count) * age)
    leaves_after = rng.geometric(np.clip(rng.beta(A, B, count), 1e-12, 1.0)) - (process == "MBG/NBD")
    orders = np.minimum(leaves_after, would).astype(np.float64)
    # The last of the orders is an order statistic of uniform times, a beta variate.
    return orders, rng.beta(np.maximum(orders, 1), np.maximum(would - orders + 1, 1)) * age


def _leaving(rng: np.random.Generator, age: Numbers) -> tuple[Any, Any]:
    count = len(age)
    stays = np.minimum(age, rng.exponential(1.0 / np.maximum(rng.gamma(S, 1.0 / BETA, count), 1e-300)))
    orders = rng.poisson(rng.gamma(R, 1.0 / ALPHA, count) * stays).astype(np.float64)
    return orders, stays * rng.random(count) ** (1.0 / np.maximum(orders, 1))


def _opportunities(count: int, rng: np.random.Generator) -> Customers:
    age = rng.integers(6, OPPORTUNITIES + 1, count)
    buys, leaves = rng.beta(*BUY, count), np.clip(rng.beta(*LEAVE, count), 1e-12, 1.0)
    alive = np.minimum(rng.geometric(leaves) - 1, age)
    used = (rng.random((count, OPPORTUNITIES)) < buys[:, None]) & (np.arange(OPPORTUNITIES) < alive[:, None])
    frequency = used.sum(axis=1).astype(np.float64)
    recency = np.where(frequency > 0, OPPORTUNITIES - np.argmax(used[:, ::-1], axis=1), 0).astype(np.float64)
    return Customers(frequency, recency, age.astype(np.float64), _values(rng, frequency))


def _values(rng: np.random.Generator, frequency: Numbers) -> Numbers:
    shape = P * np.maximum(frequency, 1)
    mean = rng.gamma(shape) / (rng.gamma(Q, 1.0 / V, len(frequency)) * np.maximum(frequency, 1))
    return np.where(frequency > 0, np.round(np.maximum(mean, 0.01), 2), 0.0)
