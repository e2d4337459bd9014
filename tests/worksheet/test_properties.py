"""Properties over every declared function: any cells in, cells out, and the same again."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xlclv.worksheet import Argument, CellError, Kind, Type, call
from xlclv.worksheet.catalogue import FUNCTIONS

NUMBERS = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, 2.0, 0.5, -1.0, 1e308, -1e308, 5e-324, 1e-300, 45296.0, 60.0, 2958466.0]),
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(-5, 50_000).map(float),
    st.floats(0, 1),
)
TEXTS = st.one_of(
    st.sampled_from(
        ["", " ", "\0", "a\0b", "שלום", "\u202eabc", "👩\u200d👩\u200d👧", "=1+1", "#N/A", "2024-01-05", "1/5/2024", "1850-03-01",
         "30%", "year", "en", "zh", "BG/NBD", "model", "客户", "rate", "x" * 40_000, "９９", "1e999", "-1", "nan", "inf"]),
    st.text(max_size=8),
)  # fmt: skip
DATES = st.one_of(
    st.dates(),
    st.datetimes(timezones=st.none() | st.just(dt.UTC)),
    st.sampled_from([dt.date(1, 1, 1), dt.date(1899, 12, 31)]),
)
ERRORS = st.sampled_from(["#N/A", "#VALUE!", "#DIV/0!", "#REF!", "#SPILL!", "#WHATEVER!"]).map(CellError)
CELLS = st.one_of(NUMBERS, TEXTS, st.booleans(), st.none(), DATES, ERRORS)

BLOCKS = st.sampled_from(
    [
        [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]],
        [["model", "NBD"], ["r", 0.385], ["alpha", 12.07]],
        [["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]],
        [["model", "BG/NBD"], ["r", 1e-300], ["alpha", 1e300], ["a", 1e-9], ["b", 1e9]],
        [["model", "Gamma-Gamma"], ["p", 1e300], ["q", 1e-300], ["v", 1e300]],
        [["model", "NBD"], ["r", 1e308], ["alpha", 5e-324]],
        [["model", "sBG"], ["alpha", 0.704], ["beta", 1.182]],
        [["model", "sBG"], ["alpha", 1e-300], ["beta", 1e300]],
        [["model", "sBG"], ["alpha", 1e308], ["beta", 5e-324]],
        [["model", "sBG"], ["alpha", 1e13], ["beta", 1e308]],
    ]
)


@st.composite
def rectangles(draw: st.DrawFn, cells: st.SearchStrategy[Any] = CELLS) -> list[list[Any]]:
    """A range of up to 50 x 50 cells: a few drawn ones repeated, so that large shapes stay cheap to draw."""
    height, width = draw(st.sampled_from([(1, 1), (1, 5), (5, 1), (50, 1), (1, 50), (3, 4), (50, 50), (2, 2)]))
    pool = draw(st.lists(cells, min_size=1, max_size=12))
    step = draw(st.integers(1, 7))
    return [[pool[(r * width + c) * step % len(pool)] for c in range(width)] for r in range(height)]


def fitting(argument: Argument) -> st.SearchStrategy[Any]:
    """Cells of the right kind and type, so that calculations are reached and not only refusals."""
    if argument.kind is Kind.BLOCK:
        return st.one_of(BLOCKS, rectangles(st.floats(0, 1)))
    cell: st.SearchStrategy[Any]
    if argument.type is Type.CHOICE:
        cell = st.sampled_from([choice.value for choice in argument.choices])
    elif argument.type is Type.DATE:
        cell = st.one_of(st.dates(dt.date(2020, 1, 1), dt.date(2024, 1, 1)), st.integers(43_000, 45_000).map(float))
    elif argument.type is Type.NUMBER:
        cell = st.one_of(st.integers(0, 12).map(float), st.floats(0, 1), st.floats(0, 1000), st.just(1e300))
    else:
        cell = st.one_of(st.sampled_from(["a", "b", 1.0, "1", "c"]), TEXTS)
    if not argument.required:
        cell = st.one_of(st.none(), cell)
    if argument.kind is Kind.VECTOR:
        return st.lists(cell, min_size=40, max_size=40).map(lambda values: [[value] for value in values])
    if argument.kind is Kind.MATRIX:
        return st.lists(st.lists(cell, min_size=2, max_size=2), min_size=40, max_size=40)
    if argument.kind is Kind.OPTION:
        return cell
    return st.one_of(cell, st.lists(cell, min_size=3, max_size=3).map(lambda values: [[value] for value in values]))


def check(name: str, cells: list[Any], date1904: bool, language: str) -> None:
    result = call(name, *cells, date1904=date1904, language=language)
    for row in result if isinstance(result, list) else [[result]]:
        assert isinstance(row, list)
        for cell in row:
            assert type(cell) in (float, str, bool, dt.date, CellError), repr(cell)
            if type(cell) is float:
                assert math.isfinite(cell)
            if type(cell) is CellError:
                assert "Unexpected" not in cell.message, cell.message
                assert "意外错误" not in cell.message, cell.message
    if not FUNCTIONS[name].volatile:
        assert repr(call(name, *cells, date1904=date1904, language=language)) == repr(result)


SLOWLY = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@pytest.mark.parametrize("name", list(FUNCTIONS))
@given(data=st.data())
@SLOWLY
def test_any_cells_in_give_cells_out(name: str, data: st.DataObject) -> None:
    function = FUNCTIONS[name]
    count = data.draw(st.integers(0, len(function.arguments) + 1))
    cells = [data.draw(st.one_of(CELLS, rectangles())) for _ in range(count)]
    check(name, cells, data.draw(st.booleans()), data.draw(st.sampled_from(["en", "zh"])))


@pytest.mark.parametrize("name", list(FUNCTIONS))
@given(data=st.data())
@SLOWLY
def test_fitting_cells_with_a_few_wrong_ones_give_cells_out(name: str, data: st.DataObject) -> None:
    function = FUNCTIONS[name]
    cells = [data.draw(fitting(argument)) for argument in function.arguments]
    for _ in range(data.draw(st.integers(0, 2))):
        if cells:
            cells[data.draw(st.integers(0, len(cells) - 1))] = data.draw(st.one_of(CELLS, rectangles()))
    check(name, cells, data.draw(st.booleans()), "en")
