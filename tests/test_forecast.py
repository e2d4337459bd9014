"""The forecast of a value series by calendar period."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from xlclv import value_forecast
from xlclv.errors import DataError, DomainError, InputError
from xlclv.forecast import Shape, best_forecast
from xlclv.worksheet import CellError, call

STARTS = {
    "day": ["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04", "2024-03-05"],
    "week": ["2024-02-26", "2024-03-04", "2024-03-11", "2024-03-18", "2024-03-25", "2024-04-01", "2024-04-08"],
    "month": ["2023-10-01", "2023-11-01", "2023-12-01", "2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"],
    "quarter": ["2022-10-01", "2023-01-01", "2023-04-01", "2023-07-01", "2023-10-01", "2024-01-01", "2024-04-01"],
    "year": ["2018-01-01", "2019-01-01", "2020-01-01", "2021-01-01", "2022-01-01", "2023-01-01", "2024-01-01"],
}


@pytest.mark.parametrize("period", STARTS)
def test_calendar_periods(period: str) -> None:
    """A row on the first and one on the last day of each period, the last period coming."""
    starts = [dt.date.fromisoformat(start) for start in STARTS[period]]
    ends = [start - dt.timedelta(days=1) for start in starts[1:]]
    table = value_forecast([*starts[:-1], *ends], [5.0] * 6 + [2.0] * 6, 1, period)
    assert [date.date() for date in table["period"]] == starts
    assert table["actual"].tolist()[:6] == [7.0] * 6
    assert table["forecast"].tolist()[6] == pytest.approx(7.0, abs=1e-12)


def test_sums_gaps_and_rows_without_date_or_value() -> None:
    dates = ["2024-01-31", "2024-01-01", None, "2024-03-05", "2024-06-01", "2024-06-30"]
    table = value_forecast(dates, [1, 2, 100, "¥1,000", None, 4], 2)
    assert table["actual"].tolist()[:6] == [3.0, 0.0, 1000.0, 0.0, 0.0, 4.0]
    assert table["actual"].isna().tolist() == [False] * 6 + [True] * 2
    for column in ("forecast", "lower", "upper"):
        assert table[column].isna().tolist() == [True] * 6 + [False] * 2
    assert (table["lower"] < table["forecast"])[6:].all()
    assert (table["forecast"] < table["upper"])[6:].all()


def test_it_is_the_best_forecast_of_the_sums_in_any_unit() -> None:
    rng = np.random.default_rng(4)
    values = 100 + 20 * np.sin(2 * np.pi * np.arange(40) / 12) + rng.normal(0, 4, 40)
    dates = pd.date_range("2021-01-15", periods=40, freq="MS") + pd.Timedelta(days=9)
    table = value_forecast(dates, values, 6, level=0.8)
    assert table.attrs["model"].endswith("season of 12")
    expected = best_forecast(values, 6, 0.8, 12)
    for name, limits in zip(("forecast", "lower", "upper"), expected[1:], strict=True):
        assert table[name].tolist()[40:] == pytest.approx(limits.tolist(), rel=1e-6)
    for unit in (1e-200, 1e200):
        scaled = value_forecast(dates, values * unit, 6, level=0.8)
        assert (scaled["upper"].to_numpy()[40:] / unit).tolist() == pytest.approx(expected.upper.tolist(), rel=1e-6)


def test_the_order_of_the_rows_does_not_matter() -> None:
    rng = np.random.default_rng(4)
    dates = [dt.date(2024, 1, 1) + dt.timedelta(days=int(day)) for day in rng.integers(0, 300, 200)]
    values = rng.integers(1, 100, 200).astype(float)
    order = rng.permutation(200)
    table = value_forecast(dates, values, 3)
    pd.testing.assert_frame_equal(value_forecast([dates[i] for i in order], values[order], 3), table)


def test_a_higher_level_is_a_wider_interval() -> None:
    dates = [f"2024-{month:02}-01" for month in range(1, 11)]
    tables = [value_forecast(dates, [3, 5, 4, 6, 5, 7, 5, 8, 7, 8], 2, level=level) for level in (0.5, 0.9, 0.99)]
    widths = [(table["upper"] - table["lower"]).iloc[-1] for table in tables]
    assert widths == sorted(widths)
    assert len({table["forecast"].iloc[-1] for table in tables}) == 1


MONTHS = [f"2024-{month:02}-15" for month in range(1, 9)]


@pytest.mark.parametrize(
    ("arguments", "error", "name", "english", "chinese"),
    [
        (
            (MONTHS[:5], [1] * 5, 1),
            DataError,
            "dates",
            "The dates span 5 periods; at least 6 are needed",
            "至少需要 6 期",
        ),
        (([None], [1], 1), DataError, "dates", "The dates span 0 periods", "0 期"),
        (
            (MONTHS, [1] * 8, 0),
            DomainError,
            "periods",
            "periods must be a whole number from 1 to 1000",
            "periods 必须是",
        ),
        ((MONTHS, [1] * 8, 1.5), DomainError, "periods", "not 1.5", "1.5"),
        ((MONTHS, [1] * 8, 1, "month", 1), DomainError, "level", "level must lie between 0 and 1", "level 必须在"),
        ((MONTHS, [1] * 8, 1, "decade"), InputError, "period", "period must be one of day", "period 只能是"),
        ((MONTHS, [1] * 7, 1), InputError, "dates", "the same number of rows (dates 8, values 7)", "行数必须相同"),
        (([*MONTHS[:7], "soon"], [1] * 8, 1), InputError, "dates", 'Row 8: the date "soon" cannot be read', "第 8 行"),
        ((MONTHS, [*[1] * 7, "x"], 1), InputError, "values", 'Row 8: the number "x" cannot be read', "第 8 行"),
        (
            (["1900-01-01", "2024-01-01"], [1, 1], 1, "day"),
            DomainError,
            "period",
            "The dates span 45291 periods",
            "40000",
        ),
        ((MONTHS + MONTHS, [1e308] * 16, 1), DomainError, "values", "more than the largest number", "最大数值"),
    ],
)
def test_bad_input(arguments: Any, error: Any, name: str, english: str, chinese: str) -> None:
    with pytest.raises(error) as caught:
        value_forecast(*arguments)
    assert caught.value.argument == name
    assert english in caught.value.text.en
    assert chinese in caught.value.text.zh


DATES: list[list[Any]] = [[date] for date in MONTHS]
VALUES: list[list[Any]] = [[100], [120], [90], [130], [110], [105], [125], [115]]


class TestInCells:
    def test_layout(self) -> None:
        result = call("VALUE_FORECAST", [["date"], *DATES], [["value"], *VALUES], 2)
        assert isinstance(result, list)
        assert result[0] == ["period", "actual", "forecast", "lower", "upper"]
        assert result[1] == [dt.date(2024, 1, 1), 100.0, "", "", ""]
        assert [row[0] for row in result[9:]] == [dt.date(2024, 9, 1), dt.date(2024, 10, 1)]
        assert [row[1] for row in result[9:]] == ["", ""]
        assert all(isinstance(cell, float) for row in result[9:] for cell in row[2:])

    def test_whole_columns_of_serials_in_both_systems(self) -> None:
        serials = [[45306.0 + 31 * i] for i in range(8)] + [[None]] * 999
        values = VALUES + [[None]] * 999
        plain = call("VALUE_FORECAST", serials, values, 1, None, 0.9, "zh")
        early = [[cell - 1462 if cell else None for cell in row] for row in serials]
        assert isinstance(plain, list)
        assert plain[0] == ["时期", "实际值", "预测值", "下限", "上限"]
        assert call("VALUE_FORECAST", early, values, 1, None, 0.9, "zh", date1904=True) == plain

    @pytest.mark.parametrize(
        ("cells", "code", "sentence"),
        [
            ((DATES, VALUES), "#VALUE!", "periods is missing"),
            ((DATES, VALUES, None), "#VALUE!", "periods is empty"),
            ((DATES, VALUES, -1), "#NUM!", "periods must be a whole number"),
            ((DATES, VALUES, 1, "month", 90), "#NUM!", "level must lie between 0 and 1, such as 0.9, not 90."),
            ((DATES[:5], VALUES[:5], 1), "#N/A", "The dates span 5 periods"),
            ((DATES, VALUES, 1, "quarter"), "#N/A", "The dates span 3 periods"),
            (([["d"], *DATES[:7], ["1/5/2024"]], [["v"], *VALUES], 1), "#VALUE!", "Row 9: the date"),
            ((DATES, [*VALUES[:7], [CellError("#DIV/0!")]], 1), "#DIV/0!", ""),
        ],
    )
    def test_errors(self, cells: Any, code: str, sentence: str) -> None:
        result = call("VALUE_FORECAST", *cells)
        assert isinstance(result, CellError)
        assert result.code == code
        assert sentence in result.message


class TestModel:
    def test_a_published_fit(self) -> None:
        """Flow of the Nile 1871-1970, Durbin & Koopman (2012), section 2.10: variances 15099 and 1469, level 798.37."""
        from statsmodels.datasets import nile

        values = nile.load_pandas().data["volume"].to_numpy(float)
        found = best_forecast(values, 30, 0.5)
        assert found.shape == Shape("level")
        assert found.mean == pytest.approx(798.37, abs=1.0)
        # Their figure 2.6: the filtered variance of the level is 4032; limits of 50% for errors of all three.
        half = 0.6770 * np.sqrt(4032 + 15099 + 1469 * np.arange(1, 31))
        assert found.upper - found.mean == pytest.approx(half, rel=0.015)

    def test_it_is_exponential_smoothing_once_the_series_is_long(self) -> None:
        """l[t] = l[t-1] + alpha (y[t] - l[t-1]) by hand; the best alpha of many forecasts the same."""
        rng = np.random.default_rng(8)
        values = 50 + rng.normal(0, 2, 300).cumsum() + rng.normal(0, 4, 300)
        best = (np.inf, 0.0)
        for alpha in np.linspace(0.01, 0.99, 99):
            level, squares = values[0], 0.0
            for value in values[1:]:
                squares += (value - level) ** 2
                level += alpha * (value - level)
            best = min(best, (squares, level))
        found = best_forecast(values, 3)
        assert found.shape.trend == "level"
        assert found.mean == pytest.approx(best[1], abs=0.3)

    def test_a_season_is_found_where_there_is_one(self) -> None:
        values = 100 + 20 * np.sin(2 * np.pi * np.arange(36) / 12) + np.random.default_rng(0).normal(0, 3, 36)
        found = best_forecast(values, 12, 0.9, 12)
        assert found.shape.season == 12
        assert found.mean == pytest.approx(100 + 20 * np.sin(2 * np.pi * np.arange(36, 48) / 12), abs=6)

    def test_a_long_season_is_a_sum_of_waves(self) -> None:
        time = np.arange(120)
        path = 100 + 20 * np.sin(2 * np.pi * time / 52) + 5 * np.cos(6 * np.pi * time / 52)
        found = best_forecast(path[:110] + np.random.default_rng(0).normal(0, 3, 110), 10, 0.9, 52)
        assert found.shape.season == 52
        assert found.mean == pytest.approx(path[110:], abs=6)

    def test_and_none_where_there_is_none(self) -> None:
        assert best_forecast(np.random.default_rng(0).normal(100, 3, 36), 1, 0.9, 12).shape == Shape("level")

    @pytest.mark.parametrize(("length", "season"), [(23, 12), (8, 4)])
    def test_a_season_needs_two_whole_ones(self, length: int, season: int) -> None:
        values = 100 + 20 * np.sin(2 * np.pi * np.arange(length) / season)
        assert best_forecast(values + np.arange(length) % 3, 1, 0.9, season).shape.season == 1

    @pytest.mark.parametrize("noise", [1.0, 1e-6])
    def test_a_trend(self, noise: float) -> None:
        values = 10 + 3 * np.arange(20) + np.random.default_rng(1).normal(0, noise, 20)
        found = best_forecast(values, 5)
        assert found.shape.trend != "level"
        assert found.mean == pytest.approx(10 + 3 * np.arange(20, 25), abs=3 * noise)

    @pytest.mark.parametrize("values", [np.full(12, 7.0), np.zeros(12), 2.0 + 3 * np.arange(12),
                                        np.array([1.0, 5, 2, 8] * 3)])  # fmt: skip
    def test_a_series_without_errors_goes_on_without_an_interval(self, values: Any) -> None:
        found = best_forecast(values, 4, 0.9, 4)
        step = values[-1] - values[-5]
        assert found.mean == pytest.approx(values[-4:] + step, abs=1e-9)
        assert (found.lower == found.mean).all()
        assert (found.upper == found.mean).all()

    def test_no_fit_converges(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("xlclv.forecast._fit", lambda *_: None)
        with pytest.raises(DataError, match="No model could be fitted to these 6 periods"):
            best_forecast(np.array([1.0, 3, 2, 5, 4, 4]), 1)

    def test_a_fit_that_does_not_converge_is_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from statsmodels.tsa.statespace.structural import UnobservedComponents

        fit = UnobservedComponents.fit

        def stopped(self: Any, **options: Any) -> Any:
            found = fit(self, **options)
            found.mle_retvals["converged"] = self.trend_specification != "local level"
            return found

        values = np.random.default_rng(0).normal(100, 3, 36)
        assert best_forecast(values, 1).shape == Shape("level")
        monkeypatch.setattr(UnobservedComponents, "fit", stopped)
        assert best_forecast(values, 1).shape != Shape("level")

    @pytest.mark.parametrize("values", [
        [0.0] * 9 + [1e-3, 0, 0], [1.0] * 11 + [1e6], np.exp(np.arange(24) / 5), np.arange(12) // 6, [1, 0] * 6 + [1],
    ])  # fmt: skip
    def test_odd_series_have_finite_limits(self, values: Any) -> None:
        found = best_forecast(np.asarray(values, dtype=float), 50, 0.99, 4)
        assert np.isfinite(found.mean).all()
        assert (found.lower <= found.mean).all()
        assert np.isfinite(found.lower).all()


def share_held(length: int, season: int, count: int) -> float:
    """Share of values within the interval of 90%, 6 periods ahead, of series whose level changes."""
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(count):
        errors = rng.normal(0, 5, length + 6)
        level = 100 + 0.3 * np.concatenate([[0.0], errors.cumsum()[:-1]])
        values = level + errors + (15 * np.sin(2 * np.pi * np.arange(length + 6) / season) if season > 1 else 0.0)
        found = best_forecast(values[:length], 6, 0.9, season)
        held += int(((found.lower <= values[length:]) & (values[length:] <= found.upper)).sum())
    return held / count / 6


def test_the_interval_holds_about_as_often_as_it_says() -> None:
    """40 series of 30 periods; a share of 40 dependent sixes has a standard error of some 3 points."""
    assert 0.77 <= share_held(30, 1, 40) <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize(("length", "season"), [(30, 1), (60, 1), (30, 12), (60, 12)])
def test_the_interval_holds_almost_as_often_as_it_says(length: int, season: int) -> None:
    """150 series; what is open of the ratios of variances and of the choice is in no interval, hence the lower limit."""
    assert 0.82 <= share_held(length, season, 150) <= 0.94


def test_the_same_bits_whatever_the_number_of_threads() -> None:
    code = (
        "import numpy as np; from xlclv.forecast import best_forecast as b; r = np.random.default_rng(0);"
        "y = np.sin(np.arange(60) / 1.9) * 20 + r.normal(size=60).cumsum();"
        "f = b(y, 9, .9, 12); print(f.mean.tobytes().hex(), f.upper.tobytes().hex())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
        ).stdout
        for threads in ("1", "2")
    ]  # fmt: skip
    assert runs[0] == runs[1] != ""


def test_sales_of_a_real_shop(real_data: Path) -> None:
    """CDNOW's sample: most weeks of the last half year lie in the interval told from the year before."""
    rows = [
        line.split() for line in (real_data / "cdnow" / "CDNOW_sample.txt").read_text().splitlines() if line.strip()
    ]
    frame = pd.DataFrame({"date": [row[2] for row in rows], "value": [float(row[4]) for row in rows]})
    frame = frame[(frame["date"] >= "19970407") & (frame["date"] < "19980629")]
    past = frame[frame["date"] < "19980105"]
    table = value_forecast(past["date"], past["value"], 25, "week", 0.9)
    whole = value_forecast(frame["date"], frame["value"], 1, "week")
    actual = whole["actual"].to_numpy()[39:64]
    coming = table.iloc[39:]
    inside = (coming["lower"] <= actual) & (actual <= coming["upper"])
    assert inside.mean() >= 0.8
