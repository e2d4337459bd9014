"""Number formats and edges: what a person would have chosen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlclv.text import Language
from xlclv.workbook.distribution import MOST_EDGES, nice_edges
from xlclv.workbook.page import fixed, whole_percent
from xlclv.workbook.theme import compact, money, quoted


@pytest.mark.parametrize(
    ("value", "lang", "first"),
    [
        (231_936.0, "en", '0,"k"'),
        (21_274.4, "en", '0.0,"k"'),
        (9_999.6, "en", '0.0,"k"'),
        (9_990.0, "en", "#,##0"),
        (9.84, "en", "#,##0.00"),
        (10.44, "en", "#,##0.0"),
        (999_999.0, "en", '0.00,,"M"'),
        (2.5e9, "en", '0.00,,,"B"'),
        (0.0, "en", "#,##0"),
        (-231_936.0, "en", '0,"k"'),
        (231_936.0, "zh", '0\\.0,"万"'),
        (1_234_567.0, "zh", '0.00,,"百万"'),
        (2.5e8, "zh", '0\\.00,,"亿"'),
    ],
)
def test_three_digits(value: float, lang: Language, first: str) -> None:
    assert compact(value, lang).split(";")[0] == first


def test_currency_is_a_literal() -> None:
    assert money("kr", 0) == '"kr"#,##0_);("kr"#,##0);"–"_)'
    assert money('a"b').startswith('"ab"')
    assert quoted('say "no"') == '"say ""no"""'
    assert quoted("") == ""


@given(st.lists(st.floats(-1e12, 1e12, allow_nan=False), min_size=1, max_size=60))
def test_edges_ascend_and_are_few(values: list[float]) -> None:
    edges = nice_edges(values)
    assert 1 <= len(edges) <= MOST_EDGES
    assert edges == sorted(set(edges))
    assert np.isfinite(edges).all()


def test_edges_over_several_sizes_are_round() -> None:
    edges = nice_edges(np.exp(np.linspace(-1, 9, 500)))
    assert all(f"{edge:e}"[0] in "125" for edge in edges)


@pytest.mark.parametrize(("value", "digits", "shown"), [(2.5, 0, "3"), (-2.5, 0, "-3"), (1234.005, 2, "1,234.01")])
def test_fixed_rounds_as_a_spreadsheet(value: float, digits: int, shown: str) -> None:
    assert fixed(value, digits) == shown


def test_whole_percent() -> None:
    assert whole_percent(0.005) == "1%"
    assert whole_percent(0.285) == "29%"
