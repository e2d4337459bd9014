"""Formulas for numbers, applied to arrays and Series; numbers alone import nothing heavy."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from xlclv import (
    cac_cost,
    cac_payback,
    cac_ratio,
    churn_rate,
    clv,
    clv_churn,
    clv_retention,
    rate_convert,
    retention_rate,
)
from xlclv.elementwise import elementwise
from xlclv.errors import DivisionError, DomainError, InputError

# Each elementwise function with rows of arguments.
ROWS: list[tuple[Callable[..., Any], list[tuple[Any, ...]]]] = [
    (clv, [(100, 2, 36, 0.3, 0.01, 5), (50, 1, 0, 1, 0, 0), (80, 3, 2.5, 0.5, 0.2, 0)]),
    (clv_churn, [(100, 2, 1 / 36, 0.3, 0.01, 5), (50, 1, 1, 1, 0, 0), (80, 3, 0.5, 0.5, 0.2, 0)]),
    (clv_retention, [(100, 0.8, 0.1, 5, 0, 0, 5), (50, 1, 0, 3, 0.1, 1, 0), (80, 0.0, 0.5, 1, 0, 0, 0)]),
    (cac_cost, [(1500, 10), (0, 3), (7, 2)]),
    (cac_ratio, [(450, 150), (-10, 5), (0, 2)]),
    (cac_payback, [(150, 100 / 12, 0.95, 0), (0, 5, 1, 0), (20, 10, 1, 0.01)]),
    (retention_rate, [(200, 210, 40), (5, 5, 0), (3, 2, 1)]),
    (churn_rate, [(200, 30), (5, 0), (3, 3)]),
    (rate_convert, [(0.8, "year", "month", "retention"), (0.1, "day", "week", "discount"), (0.2, "年", "季", "churn")]),
]
EVERY = pytest.mark.parametrize(("function", "rows"), ROWS, ids=[function.__name__ for function, _ in ROWS])


@EVERY
def test_arrays_in_arrays_out(function: Callable[..., Any], rows: list[tuple[Any, ...]]) -> None:
    expected = [function(*row) for row in rows]
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    result = function(*columns)
    assert type(result) is np.ndarray
    assert result.dtype == np.float64
    assert result.tolist() == expected
    assert {type(value) for value in expected} <= {float, int}


@EVERY
def test_series_in_series_out(function: Callable[..., Any], rows: list[tuple[Any, ...]]) -> None:
    index = pd.Index(["b", "a", "c"])
    columns = [pd.Series(list(column), index=index) for column in zip(*rows, strict=True)]
    result = function(*columns)
    pd.testing.assert_series_equal(result, pd.Series([float(function(*row)) for row in rows], index=index))
    # One Series beside numbers is enough.
    mixed = function(columns[0].iloc[:1], *rows[0][1:])
    assert isinstance(mixed, pd.Series)
    assert mixed.to_dict() == {"b": function(*rows[0])}


@EVERY
def test_missing_values_stay_missing(function: Callable[..., Any], rows: list[tuple[Any, ...]]) -> None:
    first = np.array([row[0] for row in rows], dtype=float)
    first[1] = np.nan
    rest = [np.array(column) for column in list(zip(*rows, strict=True))[1:]]
    expected = [function(*rows[0]), np.nan, function(*rows[2])]
    np.testing.assert_array_equal(function(first, *rest), expected)
    nullable = pd.Series([rows[0][0], pd.NA, rows[2][0]], dtype="Float64")
    result = function(nullable, *rest)
    np.testing.assert_array_equal(result.to_numpy(), expected)


@EVERY
def test_keywords_are_mapped_too(function: Callable[..., Any], rows: list[tuple[Any, ...]]) -> None:
    names = function.__wrapped__.__code__.co_varnames  # type: ignore[attr-defined]
    columns = {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=False)}
    assert function(**columns).tolist() == [function(*row) for row in rows]


def test_shapes_are_broadcast() -> None:
    grid = clv(np.array([[50], [100]]), 2, np.array([12, 24]))
    assert grid.tolist() == [[1200, 2400], [2400, 4800]]
    assert clv(np.empty(0), 2, 36).tolist() == []
    assert clv(np.empty((0, 3)), 2, 36).shape == (0, 3)
    with pytest.raises(ValueError, match="broadcast"):
        clv(np.ones(2), np.ones(3), 36)


def test_a_series_beside_a_larger_array_gives_an_array() -> None:
    assert clv(pd.Series([1.0]), np.array([1, 2, 3]), 3).tolist() == [3, 6, 9]
    assert clv(pd.Series([1.0, 2.0]), np.array([[1], [2]]), 3).tolist() == [[3, 6], [6, 12]]


def test_series_of_one_index_give_a_series_with_it() -> None:
    result = clv(100, pd.Series([1, 2], index=[7, 8]), pd.Series([1, 2], index=[7, 8]))
    assert result.index.tolist() == [7, 8]
    assert result.tolist() == [100, 400]


def test_series_that_are_not_aligned_are_refused() -> None:
    with pytest.raises(InputError, match="align"):
        clv(100, pd.Series([1, 2], index=[7, 8]), pd.Series([1, 2], index=[8, 7]))


def test_what_is_beyond_the_largest_number_is_an_error_not_infinity() -> None:
    with pytest.raises(DomainError, match="largest"):
        clv(1e300, 1e300, 1)
    with pytest.raises(DomainError, match="largest"):
        rate_convert(1e300, "day", "year")
    with pytest.raises(DomainError, match="Element 2"):
        clv(np.array([1.0, 1e300]), 1e300, 1)


def test_scalars_of_numpy_are_numbers() -> None:
    for kind in (np.float64, np.float32, np.int64, np.uint8):
        result = clv(kind(100), 2, 36)
        assert result == 7200
        assert type(result) is float
    assert np.isnan(clv(np.float64("nan"), 2, 36))
    assert clv(np.array(100.0), 2, 36) == 7200


def test_no_periods_among_arrays_still_means_forever() -> None:
    result = clv_retention(np.array([100.0, 200.0]), 0.8, 0.1, None)
    assert result.tolist() == [clv_retention(100, 0.8, 0.1), clv_retention(200, 0.8, 0.1)]


def test_an_error_says_which_element_it_was() -> None:
    with pytest.raises(DomainError, match=r"^Element 3: lifetime must be 0 or more, not -1\.$") as caught:
        clv(100, 2, np.array([36, 12, -1]))
    assert caught.value.argument == "lifetime"
    assert caught.value.text.zh.startswith("第 3 个：lifetime")
    with pytest.raises(DivisionError, match=r"^Element 1: ") as division:
        cac_cost(pd.Series([10]), 0)
    assert division.value.code == "#DIV/0!"


def test_the_input_is_left_as_it_was() -> None:
    values = pd.Series([100.0, np.nan], index=[5, 6], name="value")
    before = values.copy()
    clv(values, 2, 36)
    pd.testing.assert_series_equal(values, before)


def test_name_and_documentation_are_those_of_the_formula() -> None:
    @elementwise
    def double(x: float) -> float:
        """Twice."""
        return 2 * x

    assert double.__name__ == "double"
    assert double.__doc__ == "Twice."
    assert double.__wrapped__(4) == double(4) == 8


@given(
    values=hnp.arrays(float, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e6, 1e6)),
    frequency=st.floats(0, 100),
    rate=st.floats(0, 1),
)
@settings(max_examples=40, deadline=None)
def test_each_element_is_what_the_number_gives(values: Any, frequency: float, rate: float) -> None:
    result = clv(values, frequency, 12, 0.5, rate)
    assert result.shape == values.shape
    for place in np.ndindex(values.shape):
        assert result[place] == clv(float(values[place]), frequency, 12, 0.5, rate)


# --- numbers alone import nothing heavy -------------------------------------------------------------------------------

PLAIN_CALLS = """
    import xlclv
    xlclv.clv(100, 2, 36, 0.3, 0.01, 5)
    xlclv.clv_churn(100, 2, 0.1)
    xlclv.clv_retention(100, 0.8, 0.1)
    xlclv.clv_curve(100, [1, 0.7], 0.1)
    xlclv.clv_migration([[0.5, 0.5], []], [1, 0], 0.1)
    xlclv.clv_equity(1000, [10, 10], [50, 60], 0.1)
    xlclv.clv_shares([10, 0, 0])
    xlclv.cac_cost(1500, 10)
    xlclv.cac_ratio(450, 150)
    xlclv.cac_payback(150, 10)
    xlclv.cac_channels(["A"], [10], [1], [30])
    xlclv.nps_score([10, 9])
    xlclv.retention_rate(200, 210, 40)
    xlclv.churn_rate(200, 30)
    xlclv.rate_convert(0.1, "year", "month")
"""
SHEET_CALLS = """
    from xlclv.worksheet import call
    assert call("CLV", 100, 2, 36) == 7200.0
    assert call("CLV", 100, [[1.0], [2.0]], 36) == [[3600.0], [7200.0]]
    call("CLV_MIGRATION", [[0.5, 0.5], [0, 1]], [[1], [0]], 0.1)
    call("CLV_SHARES", [[10], [0]])
    call("CAC_CHANNELS", [["A"]], [[10]], [[1]], [[30]])
    call("NPS_SCORE", [[10], [9]])
    call("RATE_CONVERT", 0.1, "year", "month")
    call("XLCLV_HELP", "CLV")
"""


@pytest.mark.parametrize("calls", [PLAIN_CALLS, SHEET_CALLS], ids=["python", "worksheet"])
def test_closed_forms_import_no_numpy_pandas_scipy_or_xlwings(calls: str) -> None:
    program = textwrap.dedent(calls) + textwrap.dedent("""
        import sys
        print([name for name in ("numpy", "pandas", "scipy", "xlwings", "lifetimes") if name in sys.modules])
    """)
    run = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert run.stdout.strip() == "[]"


def test_lists_are_arrays_and_text_is_told() -> None:
    assert clv([100, 50], (2, 2), 36).tolist() == [7200.0, 3600.0]
    with pytest.raises(InputError, match="takes numbers"):
        clv("100", 2, 36)  # type: ignore[arg-type]
