"""How long the first =CLV() of a session takes beyond importing xlwings, the peer, in the same fresh interpreter.

python benchmarks/bench_first_call.py [--quick] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

REPETITIONS = 5
PROGRAM = """
import json, time
start = time.perf_counter()
import xlwings
imported = time.perf_counter()
from xlclv.hosts.excel import udfs
assert udfs.CLV(100.0, 2.0, 36.0) == [[7200.0]]
called = time.perf_counter()
for _ in range(2000):
    udfs.CLV(100.0, 2.0, 36.0)
again = (time.perf_counter() - called) / 2000
print(json.dumps([imported - start, called - imported, again]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two repetitions")
    parser.add_argument("--json", metavar="FILE", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        # Compiled modules are kept, as they are for any installed package.
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = cache
        runs = []
        for _ in range(1 + (2 if options.quick else REPETITIONS)):
            command = [sys.executable, "-c", PROGRAM]
            run = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
            runs.append(json.loads(run.stdout))
    xlwings, first, again = (statistics.median(run[i] for run in runs[1:]) for i in range(3))
    print(f"importing xlwings          {xlwings * 1e3:8.1f} ms")
    print(f"first =CLV() beyond it     {first * 1e3:8.1f} ms  ({first / xlwings:.3f} of the import)")
    print(f"every further =CLV()       {again * 1e6:8.1f} us")
    if options.json:
        rows = {"xlwings_s": xlwings, "first_call_s": first, "further_call_s": again, "repetitions": len(runs) - 1}
        options.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
