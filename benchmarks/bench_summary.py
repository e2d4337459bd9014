"""Time `xlclv.summary.rfm_table` against `lifetimes.utils.summary_data_from_transaction_data` on one order log.

Both get the same frame, freshly made for each repetition, in turns; medians are compared, on one thread.

    python benchmarks/bench_summary.py [--quick] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Before numpy is imported: it reads these once.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from xlclv.summary import rfm_table  # noqa: E402

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from lifetimes.utils import summary_data_from_transaction_data

REPETITIONS = 5


def order_log(rows: int, seed: int, kind: str) -> pd.DataFrame:
    """Return ``rows`` orders of a quarter as many customers over two years, with numbers or text as ids."""
    rng = np.random.default_rng(seed)
    customer = rng.integers(0, rows // 4, rows)
    day = np.datetime64("2022-01-01") + rng.integers(0, 730, rows)
    return pd.DataFrame(
        {
            "customer": customer if kind == "numbers" else np.char.add("C", customer.astype(str)).astype(object),
            "date": day.astype("datetime64[ns]"),
            "amount": rng.gamma(2.0, 20.0, rows).round(2),
        }
    )


def ours(log: pd.DataFrame) -> pd.DataFrame:
    """Return the RFM table in days."""
    return rfm_table(log, as_of="2023-12-31", period="day")


def theirs(log: pd.DataFrame) -> pd.DataFrame:
    """Return the same summary by lifetimes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame: pd.DataFrame = summary_data_from_transaction_data(
            log, "customer", "date", "amount", observation_period_end="2023-12-31", freq="D"
        )
    return frame


def check_same(log: pd.DataFrame) -> None:
    """Stop if the two do not agree: a fast wrong answer is no result."""
    mine = ours(log).set_index("customer").sort_index()
    other = theirs(log).sort_index()
    for a, b in (("frequency", "frequency"), ("recency", "recency"), ("age", "T"), ("monetary", "monetary_value")):
        np.testing.assert_allclose(mine[a].to_numpy(float), other[b].to_numpy(float), rtol=1e-9, atol=1e-9)


def timed(function: Callable[[pd.DataFrame], Any], log: pd.DataFrame) -> float:
    """Return the seconds of one call."""
    start = time.perf_counter()
    function(log)
    return time.perf_counter() - start


def compare(rows: int, kind: str) -> dict[str, Any]:
    """Return the medians of both on logs of ``rows`` orders."""
    check_same(order_log(min(rows, 20_000), 0, kind))
    seconds: dict[str, list[float]] = {"xlclv": [], "lifetimes": []}
    for repetition in range(REPETITIONS):
        pair = [("xlclv", ours), ("lifetimes", theirs)]
        for name, function in pair if repetition % 2 == 0 else reversed(pair):
            seconds[name].append(timed(function, order_log(rows, repetition, kind)))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    return {"rows": rows, "ids": kind, **medians, "times": medians["lifetimes"] / medians["xlclv"]}


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one tenth of the rows")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results here")
    options = parser.parse_args()
    rows = 100_000 if options.quick else 1_000_000
    results = [compare(rows, kind) for kind in ("numbers", "text")]
    table = Table(title="RFM summary, seconds (median of 5)")
    for heading in ("orders", "ids", "xlclv", "lifetimes", "times faster"):
        table.add_column(heading, justify="right")
    for row in results:
        cells = f"{row['rows']:,}", row["ids"], f"{row['xlclv']:.3f}", f"{row['lifetimes']:.3f}", f"{row['times']:.1f}"
        table.add_row(*cells)
    Console().print(table)
    if options.json:
        options.json.write_text(json.dumps({"benchmark": "summary", "results": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
