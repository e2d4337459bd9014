"""In Pyodide, the Python that xlwings Lite runs: the npm package `pyodide`, named by XLCLV_PYODIDE, under Node.

Pyodide's builds of numpy, pandas and scipy are not on npm, so that here the functions run that need the standard library
only. That the others could be installed is checked against Pyodide's list of packages.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlwings
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.hosts.lite.excel import EXAMPLES, received, sent, shown
from tests.hosts.lite.requirements import ROOT, asked, project
from tests.workbook.office import missing
from xlclv.worksheet import CellError, call
from xlclv.worksheet.catalogue import FUNCTIONS

HERE = Path(__file__).parent
PURE: dict[str, dict[str, Any]] = json.loads((HERE / "pure_wheels.json").read_text(encoding="utf-8"))["wheels"]
ERROR = CellError("#N/A")
#: Besides the examples: blanks, nulls, errors and whole numbers, which JavaScript hands over in its own way.
CALLS: list[tuple[str, tuple[Any, ...]]] = [
    *EXAMPLES,
    ("CLV", ([[100.0], [None], [ERROR], ["x"], [""]], 2.0, 36.0)),
    ("CLV", ([[100.0, 200.5]], [[2.0], [3.0]], 36.0, None, 0.1)),
    ("CLV", (100.0, None, 36.0)),
]
#: The functions that are said to need the standard library only.
STANDARD_LIBRARY = {
    "CAC_CHANNELS", "CAC_COST", "CAC_PAYBACK", "CAC_RATIO", "CHURN_RATE", "CLV", "CLV_ALERT", "CLV_CHURN", "CLV_CURVE",
    "CLV_EQUITY", "CLV_MIGRATION", "CLV_RETENTION", "CLV_SHARES", "NPS_SCORE", "RATE_CONVERT", "RETENTION_RATE",
    "RFM_SEGMENT", "SEGMENT_STAGE", "XLCLV_ERRORS", "XLCLV_HELP", "XLCLV_VERSION",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder() -> Path:
    name = os.environ.get("XLCLV_PYODIDE")
    if not name or not (Path(name) / "pyodide.mjs").is_file():
        missing("pyodide (npm package pyodide, its folder in XLCLV_PYODIDE)")
    return Path(name).resolve()


@pytest.fixture(scope="module")
def lock(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="module")
def answers(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Pyodide answers to `CALLS`, with the open-source part of xlwings and nothing else installed."""
    node = shutil.which("node") or missing("node")
    archive = tmp_path_factory.mktemp("pyodide") / "packages.zip"
    site = Path(xlwings.__file__).parent
    with zipfile.ZipFile(archive, "w") as packages:
        packages.write(HERE / "runtime.py", "runtime.py")
        for file in sorted(ROOT.glob("xlclv/**/*.py")):
            packages.write(file, file.relative_to(ROOT))
        for file in sorted(site.rglob("*.py")):
            if "pro" not in file.relative_to(site).parts:
                packages.write(file, file.relative_to(site.parent))
    done = subprocess.run(
        [node, str(HERE / "pyodide.mjs"), str(folder), str(archive), "zh-CN"],
        input=json.dumps([[name, [sent(cell) for cell in cells]] for name, cells in CALLS]),
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def same(one: Any, other: Any) -> bool:
    """Whether two answers agree; the last digit of a power or a logarithm is the system's."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return (
            type(one) is bool is type(other)
            if bool in (type(one), type(other))
            else math.isclose(one, other, rel_tol=1e-12)
        )
    return bool(one == other)


def test_what_needs_the_standard_library_only(answers: dict[str, Any]) -> None:
    assert answers["platform"] == "emscripten"
    lacking = set()
    for (name, cells), answer in zip(CALLS, answers["answers"], strict=True):
        if "ModuleNotFoundError" in answer["failure"]:
            lacking.add(name)
            continue
        assert not answer["failure"].startswith("Unexpected"), answer
        if not FUNCTIONS[name].volatile:
            assert same(answer["result"], shown(call(name, *map(received, cells)))), (name, cells, answer)
    assert sorted(lacking & STANDARD_LIBRARY) == []
    assert lacking  # numpy is not there


def test_help_is_in_the_language_of_the_browser(answers: dict[str, Any]) -> None:
    registered = answers["about"]["registered"]
    assert list(registered) == list(FUNCTIONS)
    for name, described in registered.items():
        assert described["doc"] == FUNCTIONS[name].help.zh
        assert [info["doc"] for info in described["args"].values()] == [a.help.zh for a in FUNCTIONS[name].arguments]


def test_every_requirement_can_be_installed(lock: dict[str, Any]) -> None:
    python = lock["info"]["python"]
    assert SpecifierSet(project()["requires-python"]).contains(python)
    built = lock["packages"]
    for requirement in asked(python):
        name = canonicalize_name(requirement.name)
        if name in built:
            assert requirement.specifier.contains(built[name]["version"]), requirement
            assert all(canonicalize_name(needed) in built for needed in built[name]["depends"]), requirement
        else:
            assert name in PURE, f"{name} is neither built for Pyodide nor known to be pure Python"
            assert requirement.specifier.contains(PURE[name]["version"]), requirement


def test_pure_wheels_ask_for_nothing_that_is_not_there() -> None:
    for name, wheel in PURE.items():
        assert wheel["file"].endswith("-none-any.whl")
        assert f"-{wheel['version']}-" in wheel["file"]
        assert all(needed in PURE for needed in wheel["requires"]), name


def test_the_pure_wheels_are_those_that_are_asked_for() -> None:
    needed = {canonicalize_name(Requirement(text).name) for w in PURE.values() for text in w["requires"]}
    assert set(PURE) - needed <= {canonicalize_name(requirement.name) for requirement in asked()}
