"""How long LibreOffice Calc takes for cells of xlclv; the peer is an add-in within LibreOffice's own Python.

python benchmarks/bench_calc.py [--quick] [--json FILE]

The peer computes the same values: no second process, no pipes, and no errors, defaults or broadcasting.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.hosts.calc.calc import Calc
from xlclv.hosts.calc import install

CELLS, ROWS, TALL = 10_000, 1_048_576, 100_000

TYPES = """module org { module peer { interface XPeer {
  any PCLV([in] any a, [in] any b, [in] any c);
  any PNPS([in] any scores);
  sequence< sequence< any > > PGRID([in] any a, [in] any b, [in] any c);
}; }; };
"""
COMPONENT = """import uno, unohelper
from com.sun.star.lang import XServiceInfo
from org.peer import XPeer

class Peer(unohelper.Base, XPeer, XServiceInfo):
    def __init__(self, context, *arguments):
        pass
    def getImplementationName(self):
        return "XPEER"
    def supportsService(self, name):
        return name == "XPEER"
    def getSupportedServiceNames(self):
        return ("XPEER",)
    def PCLV(self, a, b, c):
        return a * b * c
    def PNPS(self, scores):
        given = [row[0] for row in scores if row[0] != ""]
        return 100 * (sum(s >= 9 for s in given) - sum(s <= 6 for s in given)) / len(given)
    def PGRID(self, a, b, c):
        return tuple(tuple(x * y * c for y in b[0]) for (x,) in a)

g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Peer, "XPEER", ("XPEER",))
"""
FUNCTION = (
    '<node oor:name="{0}" oor:op="replace"><prop oor:name="DisplayName"><value xml:lang="en">{0}</value></prop></node>'
)
REGISTRY = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:component-data xmlns:oor="http://openoffice.org/2001/registry" '
    'oor:name="CalcAddIns" oor:package="org.openoffice.Office"><node oor:name="AddInInfo"><node oor:name="XPEER" '
    'oor:op="replace"><node oor:name="AddInFunctions">'
    + "".join(map(FUNCTION.format, ("PCLV", "PNPS", "PGRID")))
    + "</node></node></node></oor:component-data>"
)
ENTRY = '<manifest:file-entry manifest:media-type="application/vnd.sun.star.{}" manifest:full-path="{}"/>'
MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">'
    + ENTRY.format("uno-typelibrary;type=RDB", "peer.idl")
    + ENTRY.format("configuration-data", "peer.xcu")
    + ENTRY.format("uno-component;type=Python", "peer.py")
    + "</manifest:manifest>"
)
DESCRIPTION = (
    '<?xml version="1.0" encoding="UTF-8"?><description xmlns="http://openoffice.org/extensions/description/2006">'
    '<identifier value="org.peer"/><version value="1"/></description>'
)


def add_peer(profile: Path) -> None:
    """Install the peer into a profile."""
    file = profile.parent / "peer.oxt"
    with zipfile.ZipFile(file, "w") as package:
        for name, text in (
            ("META-INF/manifest.xml", MANIFEST),
            ("description.xml", DESCRIPTION),
            ("peer.idl", TYPES),
            ("peer.xcu", REGISTRY),
            ("peer.py", COMPONENT),
        ):
            package.writestr(name, text)
    install._change(install._office(), profile, "add", str(file))


@contextmanager
def office(folder: Path) -> Iterator[Calc]:
    calc = Calc(folder / "profile")
    calc("open", document="d")
    try:
        yield calc
    finally:
        calc.end()


def first_call(folder: Path) -> float:
    """Return the seconds of the first function after LibreOffice is up."""
    with office(folder) as calc:
        return float(calc("fill", document="d", sheet="t", formulas=[("A1", "=XLCLV.CLV(100;2;36)")]))


def measure(calc: Calc, repetitions: int) -> dict[str, dict[str, float]]:
    """Return the medians of each job for both, in alternating order."""
    calc("series", document="d", sheet="data", column="A", count=ROWS, cycle=10)
    calc("fill", document="d", sheet="data", data=[("C1:F1", [[1.0, 2.0, 3.0, 4.0]])])
    column, row = f"$data.A1:A{TALL}", "$data.C1:F1"
    jobs = {
        f"{CELLS:,} scalar cells": (f"A1:A{CELLS}", ("=XLCLV.CLV(#;2;36)", "=XPEER.PCLV(#;2;36)")),
        f"a column of {ROWS:,} rows in": ("A1", ("=XLCLV.NPS_SCORE($data.A:A)", "=XPEER.PNPS($data.A:A)")),
        f"{TALL:,} x 4 cells out": (
            f"A1:D{TALL}",
            (f"=XLCLV.CLV({column};{row};36)", f"=XPEER.PGRID({column};{row};36)"),
        ),
    }
    times: dict[str, dict[str, list[float]]] = {job: {"xlclv": [], "peer": []} for job in jobs}
    for repetition in range(repetitions):
        for job, (place, formulas) in jobs.items():
            for who in ("xlclv", "peer")[:: 1 if repetition % 2 else -1]:
                formula = formulas[who == "peer"]
                sheet = f"{who}{len(times[job][who])}{list(jobs).index(job)}"
                if "scalar" in job:
                    calc("pattern", document="d", sheet=sheet, column="A", count=1, formula="=1")
                    taken = calc("pattern", document="d", sheet=sheet, column="A", count=CELLS, formula=formula)
                elif ":" in place:
                    taken = calc("fill", document="d", sheet=sheet, arrays=[(place, formula)])
                else:
                    taken = calc("fill", document="d", sheet=sheet, formulas=[(place, formula)])
                shown = calc("read", document="d", sheet=sheet, places=["A1"])[0][0][0]
                assert isinstance(shown, float), (formula, shown)
                times[job][who].append(taken)
                calc("clear", document="d", sheet=sheet, place=place)
    return {job: {who: statistics.median(taken) for who, taken in found.items()} for job, found in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one repetition")
    parser.add_argument("--json", metavar="FILE", type=Path)
    options = parser.parse_args()
    repetitions = 1 if options.quick else 5
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        first = statistics.median(first_call(folder) for _ in range(repetitions))
        add_peer(folder / "profile")
        with office(folder) as calc:
            found = measure(calc, repetitions)
    print(f"{'first function after LibreOffice is up':<42}{first:8.3f} s")
    for job, taken in found.items():
        ratio = taken["xlclv"] / taken["peer"]
        print(f"{job:<42}{taken['xlclv']:8.3f} s   peer {taken['peer']:8.3f} s   {ratio:6.1f} times the peer")
    if options.json:
        options.json.write_text(
            json.dumps({"first_call_s": first, "repetitions": repetitions, "jobs": found}, indent=2) + "\n"
        )


if __name__ == "__main__":
    main()
