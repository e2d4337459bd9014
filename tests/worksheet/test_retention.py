"""The retention models in cells: known answers, how a range of survivors is read, and the sentences of bad input.

Known answers: Fader, P. S. and Hardie, B. G. S. (2007), "How to project customer retention", Journal of Interactive
Marketing 21(1), table 1, with the maxima found again with mpmath.
"""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest

from xlclv import kaplan_meier
from xlclv.worksheet import CellError, call

REGULAR = [100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1]
HIGH_END = [100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1]
SBG = [["model", "sBG"], ["alpha", 0.704077], ["beta", 1.182043]]
MISSING = CellError("#N/A")


def column(values: list[Any]) -> list[list[Any]]:
    return [[value] for value in values]


def parameters(block: Any) -> tuple[float, float]:
    assert isinstance(block, list), block
    found = {row[0]: row[1] for row in block}
    return found["alpha"], found["beta"]


# --- known answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("survivors", "fit", "last", "values"),
    [
        (REGULAR, (0.704077, 1.182043), 0.17004, [3.694908, 4.730127, 6.694918]),
        (HIGH_END, (0.668088, 3.806095), 0.37800, [5.922253, 6.364889, 7.486965]),
    ],
)
def test_from_survivors_to_values(survivors: list[float], fit: Any, last: float, values: list[float]) -> None:
    """The block goes from formula to formula as it is."""
    block = call("RETENTION_FIT", column(survivors))
    assert parameters(block) == pytest.approx(fit, abs=6e-7)
    table = call("RETENTION_FORECAST", block, 12)
    assert isinstance(table, list)
    assert table[0] == ["period", "survival", "retention rate"]
    assert [row[0] for row in table[1:]] == list(range(13))
    assert table[1] == [0.0, 1.0, ""]
    assert table[13][1] == pytest.approx(last, abs=5e-6)
    for before, row in itertools.pairwise(table[1:]):
        assert row[2] == pytest.approx(row[1] / before[1], rel=1e-12)
    assert call("RETENTION_VALUE", block, 1, 0.1, [[0, 1, 5]]) == [pytest.approx(values, abs=6e-7)]
    assert call("RETENTION_VALUE", block, 1, 0.1) == pytest.approx(values[0], abs=6e-7)


def test_counts() -> None:
    block = call("RETENTION_FIT", column([1000, 631, 468, 382, 326]))
    assert parameters(block) == pytest.approx((0.763665, 1.295830), abs=6e-7)
    found = {row[0]: row[1] for row in block}  # type: ignore[union-attr]
    assert found["log_likelihood"] == pytest.approx(-1401.5594, abs=5e-5)
    assert (found["model"], found["customers"], found["status"]) == ("sBG", 1000.0, "OK")


def test_the_border_is_told_in_the_status() -> None:
    survivors = column([1000, 800, 640, 512])
    status = {row[0]: row for row in call("RETENTION_FIT", survivors, "zh")}["status"][1]  # type: ignore[union-attr]
    assert status.startswith("位于边界：alpha 和 beta 无限增大")
    block = call("RETENTION_FIT", survivors)
    assert call("RETENTION_VALUE", block, 1, 0.1) == pytest.approx(1.1 / 0.3, rel=2e-3)


def test_values_map_over_a_grid_and_errors_stay_in_their_cell() -> None:
    grid = call("RETENTION_VALUE", SBG, [[100], ["x"], [-50]], [[0.05, 0, -0.1, 0.2]], 1)
    assert isinstance(grid, list)
    codes = [[cell.code if isinstance(cell, CellError) else "" for cell in row] for row in grid]
    assert codes == [["", "#NUM!", "#NUM!", ""], ["#VALUE!"] * 4, ["", "#NUM!", "#NUM!", ""]]
    assert grid[0][0] == pytest.approx(100 * call("RETENTION_VALUE", SBG, 1, 0.05, 1), rel=1e-12)  # type: ignore[operator]
    assert grid[2][3] == pytest.approx(-50 * call("RETENTION_VALUE", SBG, 1, 0.2, 1), rel=1e-12)  # type: ignore[operator]
    assert call("RETENTION_VALUE", SBG, 1e308, 0.01) == CellError("#NUM!")
    huge = call("RETENTION_VALUE", SBG, [[1e308, 1]], 0.01)
    assert huge == [[CellError("#NUM!"), call("RETENTION_VALUE", SBG, 1, 0.01)]]
    assert "beyond the largest number" in huge[0][0].message  # type: ignore[index, union-attr]


# --- how survivors are read -------------------------------------------------------------------------------------------

TWO = [[100, 90], [63.1, 70], [46.8, 60], [38.2, None]]
LAYOUTS: dict[str, list[list[Any]]] = {
    "not observed": [*TWO[:3], [38.2, MISSING]],
    "blank text": [*TWO[:3], [38.2, " "]],
    "names": [["Regular", "High End"], *TWO],
    "dates above": [[dt.date(2022, 1, 1), dt.date(2023, 1, 1)], *TWO],
    "periods before": [[i, *row] for i, row in enumerate(TWO)],
    "periods as text": [[str(i), *row] for i, row in enumerate(TWO)],
    "labels before": [[f"Year {i}", *row] for i, row in enumerate(TWO)],
    "a label among numbers": [["Start" if i == 0 else i, *row] for i, row in enumerate(TWO)],
    "both": [["year", "A", "B"], *([i, *row] for i, row in enumerate(TWO))],
    "years above, nothing in the corner": [[None, 2022, 2023], *([i, *row] for i, row in enumerate(TWO))],
    "years above, text in the corner": [["year", 2022, 2023], *([i, *row] for i, row in enumerate(TWO))],
    "texts on both sides": [[None, "A", "B"], *([f"Y{i}", *row] for i, row in enumerate(TWO))],
    "empty rows and columns around": [
        [None] * 4,
        *([None, *row, None] for row in [["A", "B"], *TWO]),
        *([[None] * 4] * 20),
    ],
    "an empty cohort between": [[a, None, b] for a, b in TWO],
    "numbers as text": [["100", "90 "], ["63.1", "70"], ["46.8", "60"], ["38.2", ""]],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout: str) -> None:
    assert call("RETENTION_FIT", LAYOUTS[layout]) == call("RETENTION_FIT", TWO)


@pytest.mark.parametrize(
    "cells",
    [[REGULAR], column(["left", *REGULAR]), [["left", *REGULAR]], column([f"{v}%" for v in REGULAR])],
    ids=["a row", "a name above", "a name before", "percent"],
)
def test_one_cohort(cells: list[list[Any]]) -> None:
    assert parameters(call("RETENTION_FIT", cells)) == pytest.approx((0.704077, 1.182043), abs=6e-7)


@pytest.mark.parametrize(
    ("cells", "code", "sentence"),
    [
        (column([100, 63, 64]), "#NUM!", "Row 3: survivors of cohort 1 rise from 63 to 64"),
        (column(["left", 100, 63, 64]), "#NUM!", "Row 4: survivors of cohort 1 rise"),
        ([[None, "A", "B"], [0, 90, 80], [1, 80, 81]], "#NUM!", "Row 3: survivors of cohort 2 rise from 80 to 81"),
        (column([None, None, 100, -3, 1]), "#NUM!", "Row 4: survivors must be 0 or more"),
        (column([100, None, 64]), "#VALUE!", "Row 3: survivors of cohort 1 are missing before this row"),
        ([[100, 90], [60, 50], [50, "many"]], "#VALUE!", 'Row 3: The number "many" cannot be read'),
        (column([100, 100, 100]), "#N/A", "Nobody churned"),
        (column([100, 0, 0]), "#N/A", "All customers churned in the first period"),
        (column([100, 63]), "#N/A", "Only one period"),
        ([[None, None], [None, None]], "#N/A", "survivors is empty"),
        (column([100, CellError("#REF!"), 5]), "#REF!", ""),
        (100, "#VALUE!", "must be a range"),
        (None, "#VALUE!", "survivors is empty"),
    ],
)
def test_bad_survivors(cells: Any, code: str, sentence: str) -> None:
    result = call("RETENTION_FIT", cells)
    assert isinstance(result, CellError)
    assert result.code == code
    assert sentence.lower() in result.message.lower()
    if sentence:
        chinese = call("RETENTION_FIT", cells, language="zh")
        assert any("一" <= letter <= "鿿" for letter in chinese.message)  # type: ignore[union-attr]


# --- forecast and value: bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "cells", "code", "sentence"),
    [
        ("RETENTION_FORECAST", (SBG, 2.5), "#NUM!", "periods must be a whole number"),
        ("RETENTION_FORECAST", (SBG, 100_001), "#NUM!", "periods must be a whole number from 0 to 100000"),
        ("RETENTION_FORECAST", (SBG, None), "#VALUE!", "periods is empty"),
        ("RETENTION_FORECAST", (SBG[:2], 3), "#VALUE!", "needs a row beta"),
        ("RETENTION_FORECAST", ([["model", "NBD"], ["r", 1], ["alpha", 1]], 3), "#VALUE!", "sBG"),
        ("RETENTION_FORECAST", ([*SBG[:2], ["beta", CellError("#DIV/0!")]], 3), "#DIV/0!", ""),
        ("RETENTION_VALUE", (SBG, 1, 0), "#NUM!", "the value is infinite at alpha = 0.7041"),
        ("RETENTION_VALUE", (SBG, 1, -0.1), "#NUM!", "discount_rate must be 0 or more"),
        ("RETENTION_VALUE", (SBG, 1, 0.1, 1.5), "#NUM!", "renewals must be a whole number"),
        ("RETENTION_VALUE", (SBG, 1, 0.1, -1), "#NUM!", "renewals must be a whole number"),
        ("RETENTION_VALUE", (SBG, 1, None), "#VALUE!", "discount_rate is empty"),
        ("RETENTION_VALUE", ("sBG", 1, 0.1), "#VALUE!", "model must be a range"),
        (
            "RETENTION_CURVE",
            (column([1, 2]), column(["Yes", "maybe"])),
            "#VALUE!",
            "Row 2: churned must be TRUE, 1 or Yes",
        ),
        ("RETENTION_CURVE", (column([1, 2]), column(["Yes", None])), "#VALUE!", "churned is empty in row 2"),
        ("RETENTION_CURVE", (column(["t", 1, -2]), column(["c", 1, 0])), "#NUM!", "Row 3: durations must be 0 or more"),
        ("RETENTION_CURVE", (column([1, 2]), column([1, 0]), 1), "#NUM!", "level must lie between 0 and 1"),
        ("RETENTION_CURVE", (column([1, 2]), column([1, 0]), 95), "#NUM!", "level must lie between 0 and 1"),
        ("RETENTION_CURVE", (column([1, 2]), column([1])), "#VALUE!", "same number of rows"),
        ("RETENTION_CURVE", (column([None]), column([None])), "#N/A", "no customers"),
    ],
)
def test_bad_input(name: str, cells: tuple[Any, ...], code: str, sentence: str) -> None:
    result = call(name, *cells)
    assert isinstance(result, CellError)
    assert (result.code, sentence.lower() in result.message.lower()) == (code, True), result.message
    if sentence:
        chinese = call(name, *cells, language="zh")
        assert any("一" <= letter <= "鿿" for letter in chinese.message)  # type: ignore[union-attr]


# --- curve ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("yes", [True, 1, "1", "Yes", "TRUE", "y", "是", "已流失", "流失", "Churned"])
@pytest.mark.parametrize("no", [False, 0, "No", "否", "未流失", "active"])
def test_words_of_churn(yes: Any, no: Any) -> None:
    table = call("RETENTION_CURVE", column([3, 5, 5, 8]), column([yes, yes, no, no]))
    assert isinstance(table, list)
    assert [row[3] for row in table[1:]] == [1.0, 0.75, 0.5, 0.5]


def test_curve_is_the_calculation_with_n_a_for_no_limit() -> None:
    times, churned = [1, 2, 2, 3, 4, 4, 6], [0, 1, 0, 1, 1, 0, 1]
    table = call("RETENTION_CURVE", [["tenure", *times, None]], [["gone", *churned, None]], 0.8)
    frame = kaplan_meier(times, churned, 0.8)
    expected = [[MISSING if v != v else v for v in row] for row in frame.to_numpy(float).tolist()]
    assert table == [["time", "at risk", "churned", "survival", "lower", "upper"], *expected]
    assert [row[4] for row in expected].count(MISSING) == 3  # at time 0 and 1, and when all had churned
    unknown = table[1][4]
    assert isinstance(unknown, CellError)
    assert "survival is 1 or 0" in unknown.message
