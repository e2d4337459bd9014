"""Order logs and sources for the tests of the workbook, and how they read what was built."""

from __future__ import annotations

import warnings
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd

from xlclv.text import Text
from xlclv.valuation import Valuation
from xlclv.workbook import Source

SKIPPED = {Text("no date", "没有日期"): 3, Text("amount is no number", "金额不是数字"): 2}


def make_orders(customers: int = 240, days: int = 420, seed: int = 7, scale: float = 30.0) -> pd.DataFrame:
    """Return a log with repeat buyers, one-time buyers, two rows on a day and a refund."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[str, date, float]] = []
    for number in range(customers):
        spend, rate = rng.gamma(4.0, scale / 4.0), rng.gamma(0.6, 1 / 25.0)
        day = int(rng.integers(0, max(days // 2, 1)))
        gone = rng.random() < 0.4
        while day < days:
            rows.append((f"C{number:04d}", date.fromordinal(738_000 + day), round(spend * rng.gamma(6.0, 1 / 6.0), 2)))
            if gone and rng.random() < 0.3:
                break
            day += 1 + int(rng.exponential(1 / rate))
    rows.append((rows[0][0], rows[0][1], 5.0))
    rows.append((rows[0][0], date.fromordinal(738_000 + days - 1), -4.0))
    return pd.DataFrame(rows, columns=["customer", "date", "amount"])


def source_of(valuation: Valuation) -> Source:
    """Return a source whose rows agree with the valuation's."""
    counts = valuation.counts
    return Source(
        Text("Test data", "测试数据"),
        "orders.csv",
        counts.rows + sum(SKIPPED.values()),
        counts.rows,
        counts.customers,
        SKIPPED,
        (Text("Made for tests.", "为测试而造。"),),
    )


def load(path: Path, *, values: bool = False) -> Any:
    """Open a workbook with openpyxl, which says that it does not know data bars of 2010."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(path, data_only=values)
