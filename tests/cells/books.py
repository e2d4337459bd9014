"""The workbooks: one for each family of functions, with the examples of its declarations and the cases by hand."""

from __future__ import annotations

from types import ModuleType

from tests.cells import acquisition, data, dates, prediction, retention, segments, value
from tests.cells.case import Book
from tests.cells.examples import examples
from xlclv.worksheet import Family

#: The module with the cases by hand of each family.
MODULES: dict[Family, ModuleType] = {
    Family.VALUE: value,
    Family.ACQUISITION: acquisition,
    Family.RETENTION: retention,
    Family.SEGMENTS: segments,
    Family.PREDICTION: prediction,
    Family.DATA: data,
}


def _book(family: Family, module: ModuleType) -> Book:
    cases, blocks = examples(family)
    return Book(
        family.name.lower(), family.value.en, (*module.CASES, *cases), {**module.DATA, **blocks}, module.COLUMNS
    )


def _dated(system: int) -> Book:
    title = f"Dates in the {system} system"
    return Book(f"dates_{system}", title, dates.CASES, dates.DATA, dates.COLUMNS, date1904=system == 1904)


BOOKS = (*(_book(family, module) for family, module in MODULES.items()), _dated(1900), _dated(1904))
