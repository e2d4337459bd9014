"""Compare xlclv's models with lifetimes: fitting BG/NBD and Gamma-Gamma, and 12 months of customer lifetime value.

Run ``python benchmarks/bench_models.py``; ``--quick`` takes 100,000 customers once. In each repetition both programs
get the same freshly simulated customers, in alternating order, with one thread each (and xlclv also with two). Peak
memory is what a child process needs above its data.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Before numpy: BLAS must not use threads that the other program does not have.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np  # noqa: E402

from benchmarks import simulate  # noqa: E402
from xlclv import models  # noqa: E402

DAYS_A_MONTH = 30  # as lifetimes counts
MONTHLY_RATE = 0.01

JOBS = ("BG/NBD fit", "Gamma-Gamma fit", "12-month CLV")
PROGRAMS = ("lifetimes", "xlclv")

Prepared = tuple[Callable[[], Any], Callable[[Any], float]]


def prepare(job: str, program: str, c: simulate.Customers) -> Prepared:
    """Return the work to time, and what to compare of its result."""
    if program == "xlclv":
        return _ours(job, c)
    return _theirs(job, c)


def _ours(job: str, c: simulate.Customers) -> Prepared:
    if job == "BG/NBD fit":
        return lambda: models.fit("BG/NBD", c.frequency, c.recency, c.age), lambda fitted: fitted.log_likelihood
    if job == "Gamma-Gamma fit":
        return lambda: models.fit_spend(c.frequency, c.monetary), lambda fitted: fitted.log_likelihood
    # lifetimes steps by months of 30 days: the same model with a month as its unit.
    model = models.FittedModel(
        name="BG/NBD",
        params={"r": simulate.R, "alpha": simulate.ALPHA / DAYS_A_MONTH, "a": simulate.A, "b": simulate.B},
    )
    spend = models.FittedSpend(name="Gamma-Gamma", params={"p": simulate.P, "q": simulate.Q, "v": simulate.V})

    def value() -> Any:
        recency, age = c.recency / DAYS_A_MONTH, c.age / DAYS_A_MONTH
        return models.predict_value(model, spend, c.frequency, recency, age, c.monetary, 12, 1.0, MONTHLY_RATE)

    return value, lambda values: float(values.sum())


def _theirs(job: str, c: simulate.Customers) -> Prepared:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lifetimes
    import pandas as pd

    if job == "BG/NBD fit":
        model = lifetimes.BetaGeoFitter()
        orders = float(c.frequency.sum())

        def log_likelihood(fitted: Any) -> float:
            return -fitted._negative_log_likelihood_ * len(c.age) + orders * float(np.log(fitted._scale))

        return lambda: model.fit(c.frequency, c.recency, c.age), log_likelihood
    spend = lifetimes.GammaGammaFitter()
    if job == "Gamma-Gamma fit":

        def fit() -> Any:
            used = c.frequency > 0
            return spend.fit(c.frequency[used], c.monetary[used])

        return fit, lambda fitted: -fitted._negative_log_likelihood_ * float((c.frequency > 0).sum())
    model = lifetimes.BetaGeoFitter()
    model.params_ = pd.Series({"r": simulate.R, "alpha": simulate.ALPHA, "a": simulate.A, "b": simulate.B})
    model.predict = model.conditional_expected_number_of_purchases_up_to_time
    spend.params_ = pd.Series({"p": simulate.P, "q": simulate.Q, "v": simulate.V})
    columns = [pd.Series(column) for column in (c.frequency, c.recency, c.age, c.monetary)]
    return (
        lambda: spend.customer_lifetime_value(model, *columns, time=12, discount_rate=MONTHLY_RATE, freq="D"),
        lambda values: float(values.sum()),
    )


def timed(job: str, program: str, c: simulate.Customers) -> tuple[float, float]:
    """Return the seconds a job takes and its result."""
    work, result = prepare(job, program, c)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        done = work()
        seconds = time.perf_counter() - start
    return seconds, result(done)


def peak_memory(job: str, program: str, count: int) -> float:
    """Return the megabytes a job needs above its data, in a process of its own."""
    command = [sys.executable, str(Path(__file__)), "--memory", job, program, str(count)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _print_memory(job: str, program: str, count: int) -> None:
    # The resident size would not do: memory that making the data has freed is used again unseen. numpy reports every
    # array to tracemalloc.
    c = simulate.customers(count, seed=99)
    timed(job, program, simulate.customers(2_000, seed=98))  # imports and caches
    tracemalloc.start()
    timed(job, program, c)
    print(tracemalloc.get_traced_memory()[1] / 2**20)


def run(count: int, repetitions: int) -> list[dict[str, Any]]:
    """Return one row for each job."""
    rows = []
    for job in JOBS:
        seconds: dict[str, list[float]] = {"lifetimes": [], "xlclv": [], "xlclv, 2 threads": []}
        results: dict[str, float] = {}
        for repetition in range(repetitions):
            c = simulate.customers(count, seed=1000 + repetition)
            order = list(seconds) if repetition % 2 == 0 else list(reversed(seconds))
            for contestant in order:
                models.set_threads(2 if "2" in contestant else 1)
                elapsed, results[contestant] = timed(job, contestant.split(",")[0], c)
                seconds[contestant].append(elapsed)
        medians = {contestant: statistics.median(values) for contestant, values in seconds.items()}
        rows.append(
            {
                "job": job,
                "customers": count,
                "repetitions": repetitions,
                "seconds": medians,
                "times_faster": medians["lifetimes"] / medians["xlclv"],
                "times_faster_2_threads": medians["lifetimes"] / medians["xlclv, 2 threads"],
                "relative_difference_of_result": results["xlclv"] / results["lifetimes"] - 1,
                "megabytes": {program: peak_memory(job, program, count) for program in PROGRAMS},
            }
        )
    return rows


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    names = ("xlclv", "lifetimes", "numpy", "scipy", "pandas")
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "processors": os.cpu_count(),
        "versions": {name: importlib.metadata.version(name) for name in names},
    }


def show(rows: list[dict[str, Any]]) -> None:
    """Print the rows as a table."""
    from rich.console import Console
    from rich.table import Table

    titles = (
        "job",
        "lifetimes s",
        "xlclv s",
        "2 threads s",
        "times faster",
        "2 threads",
        "lifetimes MB",
        "xlclv MB",
        "difference",
    )
    table = Table(*titles, title=f"{rows[0]['customers']:,} customers, medians of {rows[0]['repetitions']}")
    for row in rows:
        table.add_row(
            row["job"],
            *(f"{value:.3f}" for value in row["seconds"].values()),
            f"{row['times_faster']:.0f}",
            f"{row['times_faster_2_threads']:.0f}",
            *(f"{value:.0f}" for value in row["megabytes"].values()),
            f"{row['relative_difference_of_result']:.1e}",
        )
    Console(width=140).print(table)


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 customers, one repetition")
    parser.add_argument("--customers", type=int, help="number of customers")
    parser.add_argument("--repetitions", type=int, help="number of repetitions")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--memory", nargs=3, metavar=("JOB", "PROGRAM", "COUNT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory:
        job, program, count = arguments.memory
        _print_memory(job, program, int(count))
        return
    count = arguments.customers or (100_000 if arguments.quick else 1_000_000)
    rows = run(count, arguments.repetitions or (1 if arguments.quick else 5))
    show(rows)
    if arguments.json:
        arguments.json.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
