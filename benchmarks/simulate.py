"""Customers of a BG/NBD process with Gamma-Gamma order values, observed daily over two years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Parameters of the process: order rates a day, dropout chances, order values.
R, ALPHA, A, B = 0.8, 60.0, 0.8, 2.4
P, Q, V = 6.25, 3.74, 15.44

DAYS = 730


@dataclass(frozen=True)
class Customers:
    """One element for each customer; times in whole days, order values in cents."""

    frequency: NDArray[np.float64]
    recency: NDArray[np.float64]
    age: NDArray[np.float64]
    monetary: NDArray[np.float64]


def customers(count: int, seed: int) -> Customers:
    """Return simulated customers; orders of one day are one order."""
    rng = np.random.default_rng(seed)
    age = rng.integers(1, DAYS + 1, count).astype(np.float64)
    would = rng.poisson(rng.gamma(R, 1.0 / ALPHA, count) * age)
    leaves_after = rng.geometric(np.clip(rng.beta(A, B, count), 1e-12, 1.0))
    orders = np.minimum(leaves_after, would).astype(np.float64)
    repeat = orders > 0
    # The last of the orders is an order statistic of uniform times, a beta variate.
    last = rng.beta(np.maximum(orders, 1), np.maximum(would - orders + 1, 1)) * age
    recency = np.where(repeat, np.clip(np.ceil(last), 1, age), 0.0)
    frequency = np.minimum(orders, recency)
    shape = P * np.maximum(frequency, 1)
    mean = rng.gamma(shape) / (rng.gamma(Q, 1.0 / V, count) * np.maximum(frequency, 1))
    monetary = np.where(repeat, np.round(np.maximum(mean, 0.01), 2), 0.0)
    return Customers(frequency, recency, age, monetary)
