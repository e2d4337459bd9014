"""Alerts of a change beyond a limit."""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlclv import clv_alert
from xlclv.errors import DivisionError, DomainError, InputError, XlclvError
from xlclv.worksheet import CellError, call


@pytest.mark.parametrize(
    ("current", "previous", "drop", "rise", "answer"),
    [
        (100, 100, 0.1, None, "OK"),
        (90, 100, 0.1, None, "Drop"),  # a limit that is just reached counts
        (90.0001, 100, 0.1, None, "OK"),
        (110, 100, 0.1, None, "Rise"),  # 100 * 1.1 is 110.00000000000001
        (109.9999, 100, 0.1, None, "OK"),
        (0.7, 1, 0.3, None, "Drop"),
        (3.3, 3, 0.1, None, "Rise"),
        (0, 100, 1, None, "Drop"),
        (1, 100, 1, None, "OK"),
        (-50, 100, 1, None, "Drop"),
        (120, 100, 0.1, 0.25, "OK"),
        (300, 100, 0.1, 2, "Rise"),
        (100, 100, 0, None, "OK"),  # no change is none whatever the limits
        (100.01, 100, 0, None, "Rise"),
        (99.99, 100, 0, None, "Drop"),
        (0.1 + 0.2, 0.3, 0, None, "OK"),  # one bit apart
        (1e308, 1e308, 0.1, 9, "OK"),
        (5e-324, 5e-324, 0.1, None, "OK"),
    ],
)
def test_known_alerts(current: float, previous: float, drop: float, rise: float | None, answer: str) -> None:
    assert clv_alert(current, previous, drop, rise) == answer


@given(
    cents=st.integers(-(10**6), 10**7),
    before=st.integers(1, 10**7),
    drop=st.integers(0, 100),
    rise=st.integers(0, 300),
)
def test_cents_and_percent_are_told_as_exact_arithmetic_tells_them(
    cents: int, before: int, drop: int, rise: int
) -> None:
    change = Fraction(cents - before, before)
    exact = "OK"
    if change < 0 and change <= -Fraction(drop, 100):
        exact = "Drop"
    elif change > 0 and change >= Fraction(rise, 100):
        exact = "Rise"
    assert clv_alert(cents / 100, before / 100, drop / 100, rise / 100) == exact


@pytest.mark.parametrize(
    ("arguments", "error", "name", "english", "chinese"),
    [
        ((60, 0), DivisionError, "previous", "previous is 0; a change is a share of a value above 0.", "previous 为 0"),
        ((60, -5), DivisionError, "previous", "previous is -5", "previous 为 -5"),
        ((60, 100, 10), DomainError, "drop", "drop must lie between 0 and 1 (0% and 100%), not 10.", "0 和 1"),
        ((60, 100, -0.1), DomainError, "drop", "not -0.1", "-0.1"),
        ((60, 100, 0.1, -0.2), DomainError, "rise", "rise must be 0 or more, not -0.2.", "rise 不能小于 0"),
        ((float("nan"), 100), InputError, "current", "current must be a finite number", "有限的数值"),
        ((60, float("inf")), InputError, "previous", "previous must be a finite number", "有限的数值"),
    ],
)
def test_bad_input(arguments: Any, error: type[XlclvError], name: str, english: str, chinese: str) -> None:
    with pytest.raises(error) as caught:
        clv_alert(*arguments)
    assert caught.value.argument == name
    assert english in caught.value.text.en
    assert chinese in caught.value.text.zh


class TestInCells:
    def test_a_column_of_customers(self) -> None:
        now, before = [["90"], [None], [50.0], [120.0], [7.0]], [[100.0], [None], [0.0], [100.0], [None]]
        result = call("CLV_ALERT", now, before)
        assert result == [["Drop"], [""], [CellError("#DIV/0!")], ["Rise"], [CellError("#VALUE!")]]

    def test_rise_is_drop_where_it_is_empty(self) -> None:
        assert call("CLV_ALERT", 112, 100, 0.15) == "OK"
        assert call("CLV_ALERT", 112, 100, 0.15, "") == "OK"
        assert call("CLV_ALERT", 112, 100, 0.15, "10%") == "Rise"

    def test_in_chinese(self) -> None:
        assert call("CLV_ALERT", [[80, 100, 120]], 100, None, None, "中文") == [["下降", "正常", "上升"]]

    def test_sentences(self) -> None:
        result = call("CLV_ALERT", 60, 100, 10, language="zh")
        assert isinstance(result, CellError)
        assert (result.code, result.message) == ("#NUM!", "drop 必须在 0 和 1（0% 和 100%）之间，现在是 10。")


def test_numbers_import_nothing() -> None:
    import subprocess

    code = "import sys, xlclv; xlclv.clv_alert(1, 2); print(sorted({'numpy', 'pandas'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
