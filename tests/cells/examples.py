"""Test cells from the declarations: every example as a formula over cells, and the cells it is declared to give."""

from __future__ import annotations

from typing import Any

from tests.cells.case import ANY_ERROR, Case
from xlclv.worksheet import Example, Family, Function, Rows
from xlclv.worksheet.catalogue import FUNCTIONS
from xlclv.worksheet.cells import rows_of
from xlclv.worksheet.formula import formula

#: Examples that no workbook can state, by function and number, and why.
NOT_IN_CELLS = {
    ("XLCLV_VERSION", 1): "the text changes with every version",
    ("XLCLV_VERSION", 2): "the formula parser itself refuses the argument",
    ("XLCLV_VERSION", 3): "the formula parser itself refuses the argument",
    ("XLCLV_ERRORS", 1): "the list depends on what failed before",
    ("XLCLV_ERRORS", 2): "the list depends on what failed before",
}
#: Examples of which Calc hides a part, by function and number: what every cell shows instead, and why.
HIDDEN_BY_CALC: dict[tuple[str, int], tuple[Any, str]] = {
    ("RETENTION_FIT", 3): (ANY_ERROR, "Calc stops at an error within a range"),
    ("SEGMENT_MOVES", 3): ("", "Calc hands one empty cell over as 0, which is a segment"),
}


def examples(family: Family) -> tuple[tuple[Case, ...], dict[str, Rows]]:
    """Return the cases of the examples of a family's functions, and the data they read."""
    cases: list[Case] = []
    data: dict[str, Rows] = {}
    for function in FUNCTIONS.values():
        if function.family is not family:
            continue
        for number, example in enumerate(function.examples, 1):
            if (function.name, number) not in NOT_IN_CELLS:
                cases.append(_case(function, number, example, data))
    return tuple(cases), data


def _case(function: Function, number: int, example: Example, data: dict[str, Rows]) -> Case:
    name = f"{function.name.lower()}_example_{number}"
    what = f"Example {number} of {function.name}" + (f": {example.note.en}" if example.note is not None else "")
    calc, why = HIDDEN_BY_CALC.get((function.name, number), (None, ""))
    if why:
        what += f". {why}."
    arguments = [_argument(cells, data) for cells in example.cells]
    return Case(name, what, f"{function.name}({','.join(arguments)})", example.result, calc)


def _argument(cells: Any, data: dict[str, Rows]) -> str:
    """Return an argument of a formula: a range becomes a block of data, each block is there once."""
    rows = rows_of(cells)
    if rows is None:
        return formula("", [cells]).removeprefix("=(").removesuffix(")")
    block = [list(row) for row in rows]
    for name, known in data.items():
        if known == block and [list(map(type, row)) for row in known] == [list(map(type, row)) for row in block]:
            return f"[{name}]"
    name = f"block_{len(data) + 1}"
    data[name] = block
    return f"[{name}]"
