"""Compare xlclv's models with lifetimes and, where it is installed, with pymc-marketing.

Run ``python benchmarks/bench_models.py``; ``--quick`` takes a tenth of the customers once. In each repetition the
programs get the same freshly simulated customers, in alternating order, with one thread each. Peak memory is what a
child process needs above its data. pymc-marketing fits the same models by maximum a posteriori with its own priors, so
its parameters differ a little; it is timed after a first fit has compiled its functions, in the interpreter named by
``--pymc`` (this one by default).
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
from typing import Any, NamedTuple

# Before numpy: BLAS must not use threads that the other program does not have.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np  # noqa: E402

from benchmarks import simulate  # noqa: E402

DAYS_A_MONTH = 30  # as lifetimes counts
MONTHLY_RATE = 0.01


class Job(NamedTuple):
    """What is timed: a model, the customers' process, how many there are, and the model of the peer if another."""

    name: str
    model: str
    customers: int
    goal: float
    peer_model: str = ""


FITS = ("BG/NBD", "MBG/NBD", "Pareto/NBD", "BG/BB")
JOBS = (
    Job("BG/NBD fit", "BG/NBD", 1_000_000, 50),
    Job("MBG/NBD fit", "MBG/NBD", 1_000_000, 80),
    Job("Pareto/NBD fit", "Pareto/NBD", 100_000, 100),
    Job("Pareto/NBD fit against lifetimes' BG/NBD fit", "Pareto/NBD", 1_000_000, 5, "BG/NBD"),
    Job("BG/BB fit", "BG/BB", 20_000, 20),
    Job("Gamma-Gamma fit", "Gamma-Gamma", 1_000_000, 50),
    Job("12-month BG/NBD CLV", "BG/NBD", 1_000_000, 40),
    Job("12-month Pareto/NBD CLV", "Pareto/NBD", 1_000_000, 40),
)
PYMC = {"BG/NBD": "BetaGeoModel", "MBG/NBD": "ModifiedBetaGeoModel", "Pareto/NBD": "ParetoNBDModel"}

Prepared = tuple[Callable[[], Any], Callable[[Any], float]]


def data(job: Job, count: int, seed: int) -> simulate.Customers:
    """Return the customers of a job."""
    return simulate.customers(count, seed, job.model if job.model in simulate.PROCESSES else "BG/NBD")


def ours(job: Job, c: simulate.Customers) -> Prepared:
    """Return xlclv's work and what to compare of its result."""
    from xlclv import models

    if job.model == "Gamma-Gamma":
        return lambda: models.fit_spend(c.frequency, c.monetary), lambda fitted: fitted.log_likelihood
    if job.name.split()[1] == "fit":
        return lambda: models.fit(job.model, c.frequency, c.recency, c.age), lambda fitted: fitted.log_likelihood
    # lifetimes steps by months of 30 days: the same model with a month as its unit.
    params = _parameters(job.model, DAYS_A_MONTH)
    model = models.FittedModel(name=job.model, params=params)
    spend = models.FittedSpend(name="Gamma-Gamma", params={"p": simulate.P, "q": simulate.Q, "v": simulate.V})

    def value() -> Any:
        recency, age = c.recency / DAYS_A_MONTH, c.age / DAYS_A_MONTH
        return models.predict_value(model, spend, c.frequency, recency, age, c.monetary, 12, 1.0, MONTHLY_RATE)

    return value, lambda values: float(values.sum())


def _parameters(model: str, unit: float) -> dict[str, float]:
    if model == "Pareto/NBD":
        return {"r": simulate.R, "alpha": simulate.ALPHA / unit, "s": simulate.S, "beta": simulate.BETA / unit}
    return {"r": simulate.R, "alpha": simulate.ALPHA / unit, "a": simulate.A, "b": simulate.B}


def lifetimes(job: Job, c: simulate.Customers) -> Prepared:
    """Return the work of lifetimes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lifetimes as theirs
    import pandas as pd

    fitters = {
        "BG/NBD": theirs.BetaGeoFitter,
        "MBG/NBD": theirs.ModifiedBetaGeoFitter,
        "Pareto/NBD": theirs.ParetoNBDFitter,
        "BG/BB": theirs.BetaGeoBetaBinomFitter,
    }
    spend = theirs.GammaGammaFitter()
    if job.model == "Gamma-Gamma":
        used = c.frequency > 0
        return (
            lambda: spend.fit(c.frequency[used], c.monetary[used]),
            lambda fitted: -fitted._negative_log_likelihood_ * float(used.sum()),
        )
    name = job.peer_model or job.model
    model = fitters[name]()
    if job.name.split()[1] == "fit":
        orders, count = float(c.frequency.sum()), len(c.age)

        def log_likelihood(fitted: Any) -> float:
            # Mostly a mean over customers, in units of the oldest age: each order is a density in time.
            each = 1 if name == "Pareto/NBD" else count
            unit = float(np.log(fitted._scale)) if hasattr(fitted, "_scale") else 0.0
            return -fitted._negative_log_likelihood_ * each + orders * unit

        return lambda: model.fit(c.frequency, c.recency, c.age), log_likelihood
    model.params_ = pd.Series(_parameters(job.model, 1.0))
    model.predict = model.conditional_expected_number_of_purchases_up_to_time
    spend.params_ = pd.Series({"p": simulate.P, "q": simulate.Q, "v": simulate.V})
    columns = [pd.Series(column) for column in (c.frequency, c.recency, c.age, c.monetary)]
    return (
        lambda: spend.customer_lifetime_value(model, *columns, time=12, discount_rate=MONTHLY_RATE, freq="D"),
        lambda values: float(values.sum()),
    )


PROGRAMS: dict[str, Callable[[Job, simulate.Customers], Prepared]] = {"lifetimes": lifetimes, "xlclv": ours}


def timed(job: Job, program: str, c: simulate.Customers) -> tuple[float, float]:
    """Return the seconds a job takes and its result."""
    work, result = PROGRAMS[program](job, c)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        done = work()
        seconds = time.perf_counter() - start
    return seconds, result(done)


def peak_memory(job: Job, program: str, count: int) -> float:
    """Return the megabytes a job needs above its data, in a process of its own."""
    command = [sys.executable, str(Path(__file__)), "--memory", job.name, program, str(count)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _print_memory(job: Job, program: str, count: int) -> None:
    # The resident size would not do: memory that making the data has freed is used again unseen. numpy reports every
    # array to tracemalloc.
    from xlclv import models

    models.set_threads(1)
    c = data(job, count, seed=99)
    timed(job, program, data(job, 2_000, seed=98))  # imports and caches
    tracemalloc.start()
    timed(job, program, c)
    print(tracemalloc.get_traced_memory()[1] / 2**20)


def pymc(job: Job, count: int, seeds: list[int], python: str) -> float | None:
    """Return the median seconds of pymc-marketing's fit, or None where it cannot be had."""
    if job.model not in PYMC or job.name.split()[1] != "fit" or job.peer_model:
        return None
    command = [python, str(Path(__file__)), "--pymc-fit", job.name, str(count), *map(str, seeds)]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return float(run.stdout.split()[-1]) if run.returncode == 0 and run.stdout.split() else None


def _print_pymc(job: Job, count: int, seeds: list[int]) -> None:
    warnings.simplefilter("ignore")
    import pandas as pd
    from pymc_marketing import clv

    seconds = []
    for seed in (seeds[0] - 1, *seeds):
        c = data(job, count, seed)
        frame = pd.DataFrame(
            {"customer_id": np.arange(count), "frequency": c.frequency, "recency": c.recency, "T": c.age}
        )
        model = getattr(clv, PYMC[job.model])(data=frame)
        start = time.perf_counter()
        model.fit(method="map", progressbar=False)
        seconds.append(time.perf_counter() - start)
    print(statistics.median(seconds[1:]))


def run(job: Job, count: int, repetitions: int, python: str) -> dict[str, Any]:
    """Return the figures of a job."""
    from xlclv import models

    models.set_threads(1)
    seeds = [1000 + repetition for repetition in range(repetitions)]
    seconds: dict[str, list[float]] = {program: [] for program in PROGRAMS}
    results: dict[str, float] = {}
    for seed in seeds:
        c = data(job, count, seed)
        for program in list(PROGRAMS) if seed % 2 == 0 else list(reversed(PROGRAMS)):
            elapsed, results[program] = timed(job, program, c)
            seconds[program].append(elapsed)
    medians = {program: statistics.median(values) for program, values in seconds.items()}
    return {
        "job": job.name,
        "customers": count,
        "repetitions": repetitions,
        "seconds": medians,
        "times_faster": medians["lifetimes"] / medians["xlclv"],
        "goal": job.goal,
        "seconds_pymc_marketing": pymc(job, min(count, 100_000), seeds[:1], python),
        "relative_difference_of_result": None if job.peer_model else results["xlclv"] / results["lifetimes"] - 1,
        "megabytes": {program: peak_memory(job, program, count) for program in PROGRAMS},
    }


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

    titles = ("job", "customers", "lifetimes s", "xlclv s", "times faster", "goal", "lifetimes MB", "xlclv MB")
    table = Table(*titles, "difference", "pymc-marketing s", title=f"Medians of {rows[0]['repetitions']}")
    for row in rows:
        difference, pymc_seconds = row["relative_difference_of_result"], row["seconds_pymc_marketing"]
        table.add_row(
            row["job"],
            f"{row['customers']:,}",
            *(f"{value:.3f}" for value in row["seconds"].values()),
            f"{row['times_faster']:.0f}",
            f"{row['goal']:.0f}",
            *(f"{value:.0f}" for value in row["megabytes"].values()),
            "" if difference is None else f"{difference:.1e}",
            "" if pymc_seconds is None else f"{pymc_seconds:.1f} of {min(row['customers'], 100_000):,}",
        )
    Console(width=170).print(table)


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the customers, one repetition")
    parser.add_argument("--repetitions", type=int, help="number of repetitions")
    parser.add_argument("--job", action="append", help="only jobs whose name holds this")
    parser.add_argument("--pymc", default=sys.executable, help="an interpreter that has pymc-marketing")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--memory", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--pymc-fit", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    named = {job.name: job for job in JOBS}
    if arguments.memory:
        name, program, count = arguments.memory
        _print_memory(named[name], program, int(count))
        return
    if arguments.pymc_fit:
        name, count, *seeds = arguments.pymc_fit
        _print_pymc(named[name], int(count), [int(seed) for seed in seeds])
        return
    chosen = [job for job in JOBS if not arguments.job or any(part in job.name for part in arguments.job)]
    repetitions = arguments.repetitions or (1 if arguments.quick else 5)
    rows = []
    for job in chosen:
        rows.append(run(job, job.customers // (10 if arguments.quick else 1), repetitions, arguments.pymc))
        print(f"{job.name}: {rows[-1]['times_faster']:.0f} times", file=sys.stderr, flush=True)
    show(rows)
    if arguments.json:
        arguments.json.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
