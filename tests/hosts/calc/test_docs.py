"""What docs/calc.md and docs/calc-differences.md say."""

from __future__ import annotations

import inspect
import re
import shlex
from pathlib import Path

from tests.hosts.calc import test_office as cells
from xlclv.cli.options import parse

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "calc.md").read_text(encoding="utf-8")


def test_every_command_is_one() -> None:
    shown = [line for text in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in text.splitlines()]
    assert [parse(shlex.split(line)[1:]).action for line in shown] == [
        "install",
        "status",
        "doctor",
        "build",
        "uninstall",
    ]
    for line in re.findall(r"`(xlclv calc [^`]+)`", PAGE):
        assert parse(shlex.split(line)[1:]).command == "calc"


def test_options_are_those_of_install() -> None:
    for option in re.findall(r"`(--\w+) ?[A-Z]*`", PAGE):
        value = "1" if option == "--timeout" else "x"
        assert value in map(str, vars(parse(["calc", "install", option, value])).values()) or option == "--timeout"


def test_every_difference_has_a_test() -> None:
    text = (DOCS / "calc-differences.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| in Calc")]
    tests = [name for name in vars(cells.TestDifferences) if name.startswith("test_")]
    # One test holds two lines: arguments that are missing or too many.
    assert len(rows) == len(tests)


def test_the_formula_that_reads_a_parameter_is_tested() -> None:
    formula = next(line for line in PAGE.splitlines() if line.startswith("=LOOKUP"))
    assert formula.split(";")[0] in inspect.getsource(cells.TestCells)
