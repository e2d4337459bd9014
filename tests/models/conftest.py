"""Data the tests of the models share: the CDNOW sample, and small simulated customer bases."""

from __future__ import annotations

import importlib.resources
import importlib.util
import io
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Customers:
    frequency: Array
    recency: Array
    age: Array
    monetary: Array


def _dataset(name: str):
    # lifetimes takes long to import and warns; its data files need no import.
    spec = importlib.util.find_spec("lifetimes")
    module = importlib.util.module_from_spec(spec)
    return io.StringIO(importlib.resources.files(module).joinpath("datasets", name).read_text())


@pytest.fixture(scope="session")
def cdnow() -> Customers:
    """Histories at 1997-09-30 in exact weeks; orders of one day are one order."""
    log = pd.read_csv(
        _dataset("CDNOW_sample.txt"),
        sep=r"\s+",
        header=None,
        names=["_", "id", "date", "cds", "value"],
        dtype={"date": str},
    )
    log["date"] = pd.to_datetime(log["date"], format="%Y%m%d")
    as_of = pd.Timestamp("1997-09-30")
    days = log[log["date"] <= as_of].groupby(["id", "date"])["value"].sum().reset_index()
    dates = days.groupby("id")["date"].agg(["min", "max", "count"])
    repeat = days[days["date"] != days["id"].map(dates["min"])]
    return Customers(
        (dates["count"] - 1).to_numpy(float),
        (dates["max"] - dates["min"]).dt.days.to_numpy() / 7,
        (as_of - dates["min"]).dt.days.to_numpy() / 7,
        repeat.groupby("id")["value"].mean().reindex(dates.index).fillna(0.0).to_numpy(),
    )


@pytest.fixture(scope="session")
def cdnow_summary() -> Customers:
    """The ready summary, whose times are rounded to .01 week."""
    table = pd.read_csv(_dataset("cdnow_customers_summary_with_transactions.csv"))
    return Customers(*(table[name].to_numpy(float) for name in ("x", "t_x", "T", "zbar")))


def simulate(
    seed: int, size: int, r: float = 0.8, alpha: float = 8.0, a: float = 0.8, b: float = 2.4, days: bool = False
) -> Customers:
    """Customers of a BG/NBD process with Gamma-Gamma order values."""
    rng = np.random.default_rng(seed)
    age = rng.integers(20, 105, size).astype(float)
    rate, chance = rng.gamma(r, 1 / alpha, size), np.clip(rng.beta(a, b, size), 1e-12, 1)
    would = rng.poisson(rate * age)
    leaves = rng.geometric(chance)
    x = np.minimum(leaves, would).astype(float)
    # The x-th of as many uniform order times.
    last = np.where(x > 0, rng.beta(np.maximum(x, 1), np.maximum(would - x + 1, 1)), 0) * age
    if days:
        last = np.where(x > 0, np.clip(np.ceil(last), 1, age), 0)
    value = rng.gamma(6.25 * np.maximum(x, 1)) / (rng.gamma(3.74, 1 / 15.44, size) * np.maximum(x, 1))
    return Customers(x, last, age, np.where(x > 0, value, 0.0))
