"""What a cell costs in Excel, on Python's side: xlwings' own Windows call path, with pywin32 stood in for.

The peer is a plain function decorated with `xlwings.func` that does the same arithmetic, called through the same
`CallUDF` in turns. Beyond it xlclv pays for declarations, checks and error values; ranges it takes as they come.

    python benchmarks/bench_call_path.py [--quick] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.hosts.excel import windows

# Before xlwings is imported: it looks for pywin32 then.
windows.install()

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import xlwings as xw  # noqa: E402
from xlwings.com_server import XLPython  # noqa: E402

REPETITIONS = 5
ROWS, QUICK_ROWS = 100_000, 20_000


@xw.func
def value(order_value, frequency, lifetime):  # type: ignore[no-untyped-def]  # xlwings takes annotations for conversions
    """The arithmetic of =CLV(100,2,36) and nothing else."""
    if isinstance(order_value, list):
        return [[cell * frequency * lifetime for cell in row] for row in order_value]
    return order_value * frequency * lifetime


@xw.func
@xw.arg("cells", pd.DataFrame, index=False, header=False)
@xw.ret(index=False, header=False)
def scores(cells):  # type: ignore[no-untyped-def]  # as above
    """The arithmetic of RFM_SCORE and nothing else."""
    ranks = pd.DataFrame({place: (sign * cells[place]).rank() for place, sign in enumerate((-1, 1, 1))})
    return np.ceil(5 * ranks / len(cells))


def timed(call: Callable[[], Any], repetitions: int) -> float:
    """Return the seconds of one of ``repetitions`` calls."""
    start = time.perf_counter()
    for _ in range(repetitions):
        call()
    return (time.perf_counter() - start) / repetitions


def in_turns(calls: dict[str, Callable[[], Any]], rounds: int, repetitions: int) -> dict[str, float]:
    """Return the median seconds of each call, taken in turns; the first round warms up."""
    runs: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds + 1):
        for name, call in calls.items():
            runs[name].append(timed(call, repetitions))
    return {name: statistics.median(seconds[1:]) for name, seconds in runs.items()}


def plain(name: str, *cells: Any) -> Any:
    """Call the peer as the DLL does."""
    return SERVER.CallUDF("__main__", name, cells, None, None)


def ours(name: str, *cells: Any) -> Any:
    """Call a function of xlclv as its bridge does."""
    return SERVER.CallUDF("xlclv.hosts.excel.bridge", "xlclv_call", (name, False, cells), None, None)


SERVER = XLPython()


def main() -> None:
    """Print both sides."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two rounds, fewer rows")
    parser.add_argument("--json", metavar="FILE", type=Path)
    options = parser.parse_args()
    rounds, rows = (2, QUICK_ROWS) if options.quick else (REPETITIONS, ROWS)
    rng = np.random.default_rng(1)
    table = np.column_stack(
        [rng.integers(0, 700, rows), 1 + rng.poisson(2.0, rows), rng.gamma(2.0, 40.0, rows).round(2)]
    ).astype(float)
    three = tuple(map(tuple, table.tolist()))
    columns = [tuple((cell,) for cell in column) for column in table.T.tolist()]
    four = tuple(map(tuple, rng.gamma(2.0, 40.0, (rows, 4)).round(2).tolist()))
    jobs: list[tuple[str, int, Callable[[], Any], Callable[[], Any]]] = [
        ("one cell: =CLV(100,2,36)", 2000,
         lambda: plain("value", 100.0, 2.0, 36.0), lambda: ours("CLV", 100.0, 2.0, 36.0)),
        (f"{rows:,} x 3 in, {rows:,} x 3 out: RFM_SCORE", 1,
         lambda: plain("scores", three), lambda: ours("RFM_SCORE", *columns)),
        (f"{rows:,} x 4 in, {rows:,} x 4 out: CLV", 1,
         lambda: plain("value", four, 2.0, 36.0), lambda: ours("CLV", four, 2.0, 36.0)),
    ]  # fmt: skip
    found = []
    for name, repetitions, theirs, mine in jobs:
        np.testing.assert_allclose(np.array(mine(), float), np.array(theirs(), float), rtol=1e-12)
        seconds = in_turns({"plain": theirs, "xlclv": mine}, rounds, repetitions)
        found.append({"job": name, **seconds})
        print(f"{name:48}  plain {_shown(seconds['plain'])}  xlclv {_shown(seconds['xlclv'])}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


def _shown(seconds: float) -> str:
    return f"{seconds * 1e6:8.1f} us" if seconds < 0.01 else f"{seconds:8.3f} s "


if __name__ == "__main__":
    main()
