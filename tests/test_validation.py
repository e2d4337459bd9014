"""Models against a holdout, over time and against each other.

CDNOW sample, calibration to 1997-09-30, holdout to 1998-06-30: actual 1,882 orders; Fader, Hardie & Lee (2005), Marketing
Science 24(2), for the split. Sums and expectations are checked against plain loops over customers with the closed forms
of the papers, on a log of other dates too.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import hyp2f1

import xlclv
from xlclv.comparison import COMPARE_COLUMNS, comparison
from xlclv.data.cdnow import cdnow_sample
from xlclv.errors import DataError, DomainError, InputError, XlclvError
from xlclv.models import FittedModel
from xlclv.split import split_log
from xlclv.terms import DEFAULT_MODEL
from xlclv.validation import calibrated, tracked

SPLIT, END = dt.date(1997, 9, 30), dt.date(1998, 6, 30)


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return cdnow_sample()[["customer", "date"]]


@pytest.fixture(scope="module")
def jittered(log: pd.DataFrame) -> pd.DataFrame:
    """The same customers, each shifted in time and slower or faster, rows in no order."""
    rng = np.random.default_rng(11)
    size = log["customer"].max() + 1
    shift, pace = rng.integers(0, 120, size), rng.uniform(0.7, 1.1, size)
    first = log.groupby("customer")["date"].transform("min")
    days = ((log["date"] - first).dt.days * pace[log["customer"]]).round() + shift[log["customer"]]
    moved = log.assign(date=first + pd.to_timedelta(days, "D"))
    return moved.sample(frac=1.0, random_state=3)


def expected_new(model: FittedModel, t: float) -> float:
    """E[X(t)] of the papers: Fader, Hardie & Lee (2005), equation 9; Schmittlein, Morrison & Colombo (1987), eq. 17."""
    if model.name == "BG/NBD":
        r, alpha, a, b = model.values
        rise = (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t))
        return float((a + b - 1) / (a - 1) * (1 - rise))
    r, alpha, s, beta = model.values
    return r * beta / (alpha * (s - 1)) * (1 - (beta / (beta + t)) ** (s - 1))


# --- holdout ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "predicted", "mae", "rmse"),
    [
        ("BG/NBD", 1653.41, 0.78545, 1.60798),
        ("Pareto/NBD", 1665.51, 0.75452, 1.60285),
        ("MBG/NBD", 1576.73, 0.76478, 1.60718),
    ],
)
def test_holdout_of_cdnow(log: pd.DataFrame, model: str, predicted: float, mae: float, rmse: float) -> None:
    measured = xlclv.model_holdout(log["customer"], log["date"], SPLIT, END, model)
    assert measured["customers"] == 2357
    assert measured["periods"] == 39
    assert measured["actual"] == 1882
    assert measured["predicted"] == pytest.approx(predicted, abs=0.005)
    assert measured["MAE"] == pytest.approx(mae, abs=5e-6)
    assert measured["RMSE"] == pytest.approx(rmse, abs=5e-6)
    assert measured["bias"] == pytest.approx((predicted - 1882) / 2357, abs=5e-6)
    assert measured["error"] == pytest.approx(predicted / 1882 - 1, abs=5e-6)
    # Orders are whole numbers, so an interval holds 90% or more.
    assert 0.88 < measured["coverage"] < 1


def test_holdout_of_other_data(jittered: pd.DataFrame) -> None:
    split, end, unit = pd.Timestamp("1997-06-15"), pd.Timestamp("1998-05-10"), 30.4375
    measured = xlclv.model_holdout(jittered["customer"], jittered["date"], split, end, "BG/NBD", "month")
    days = jittered.drop_duplicates()
    days = days[days["date"] <= end]
    before = days[days["date"] <= split]
    first = before.groupby("customer")["date"].min()
    x = before.groupby("customer").size() - 1
    recency = (before.groupby("customer")["date"].max() - first).dt.days / unit
    age = (split - first).dt.days / unit
    actual = days[days["date"] > split].groupby("customer").size().reindex(first.index, fill_value=0)
    fitted = xlclv.models.fit("BG/NBD", x, recency, age)
    predicted = fitted.orders(x, recency, age, (end - split).days / unit)
    assert measured["customers"] == len(first) < 2357
    assert measured["periods"] == pytest.approx((end - split).days / unit)
    assert measured["actual"] == actual.sum()
    assert measured["predicted"] == pytest.approx(predicted.sum(), rel=1e-9)
    assert measured["MAE"] == pytest.approx((predicted - actual).abs().mean(), rel=1e-9)
    assert measured["RMSE"] == pytest.approx(((predicted - actual) ** 2).mean() ** 0.5, rel=1e-9)
    assert measured["bias"] == pytest.approx((predicted - actual).mean(), rel=1e-9)
    lower, upper = fitted.interval(x, recency, age, (end - split).days / unit, 0.9)
    assert measured["coverage"] == pytest.approx(((lower <= actual) & (actual <= upper)).mean())
    assert measured["width"] == pytest.approx((upper - lower).mean())


def test_rows_of_one_day_are_one_order_and_later_rows_do_not_count(log: pd.DataFrame) -> None:
    doubled = pd.concat([log, log.iloc[::2], log.assign(date=pd.Timestamp("1999-01-01"))])
    one = xlclv.model_holdout(log["customer"], log["date"], SPLIT, END, "NBD")
    two = xlclv.model_holdout(doubled["customer"], doubled["date"], SPLIT, END, "NBD")
    pd.testing.assert_series_equal(one, two)


def test_pareto_is_the_default(log: pd.DataFrame) -> None:
    assert DEFAULT_MODEL == "Pareto/NBD"
    measured = xlclv.model_holdout(log["customer"], log["date"], SPLIT, END)
    assert measured["predicted"] == pytest.approx(1665.51, abs=0.005)


def test_without_orders_in_the_holdout_there_is_no_relative_error(log: pd.DataFrame) -> None:
    late = pd.concat([log[log["date"] <= "1997-09-30"], pd.DataFrame({"customer": [9], "date": ["1998-12-01"]})])
    measured = xlclv.model_holdout(late["customer"], pd.to_datetime(late["date"]), SPLIT, END, "NBD")
    assert measured["actual"] == 0
    assert math.isnan(measured["error"])


# --- over time --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["BG/NBD", "Pareto/NBD"])
def test_track_of_cdnow(log: pd.DataFrame, name: str) -> None:
    track = xlclv.model_track(log["customer"], log["date"], SPLIT, END, name)
    assert len(track) == 78
    assert track["period"].tolist() == list(range(1, 79))
    assert (track["phase"] == "calibration").sum() == (track["phase"] == "holdout").sum() == 39
    assert track["start"].iloc[0] == pd.Timestamp("1997-01-01")
    assert track["end"].iloc[38] == pd.Timestamp("1997-09-30")
    assert track["end"].iloc[-1] == pd.Timestamp("1998-06-30")
    assert ((track["end"] - track["start"]).dt.days == 6).all()
    assert (track["start"].to_numpy()[1:] - track["end"].to_numpy()[:-1] == np.timedelta64(1, "D")).all()
    assert track["actual"].iloc[:39].sum() == 2457
    assert track["actual"].iloc[39:].sum() == 1882
    # At the end of each period: the sum over customers of E[X(time since the first order)].
    fitted = calibrated(split_log(log["customer"], log["date"], SPLIT, END), name)
    first = log.groupby("customer")["date"].min()
    for row in (0, 11, 12, 38, 39, 77):
        since = (track["end"].iloc[row] - first).dt.days
        total = sum(count * expected_new(fitted, days / 7) for days, count in since[since > 0].value_counts().items())
        assert track["expected_cumulative"].iloc[row] == pytest.approx(total, rel=1e-9)
    assert track["expected"].cumsum().to_numpy() == pytest.approx(track["expected_cumulative"].to_numpy())
    assert track["actual"].cumsum().to_numpy() == pytest.approx(track["actual_cumulative"].to_numpy())


def test_track_agrees_with_lifetimes(log: pd.DataFrame) -> None:
    """Its BG/NBD, fitted and evaluated by itself."""
    table = xlclv.rfm_table(cdnow_sample(), as_of=SPLIT)
    fitter = xlclv.models.fit("BG/NBD", table["frequency"], table["recency"], table["age"], engine="lifetimes")
    theirs = fitter.to_lifetimes().expected_number_of_purchases_up_to_time
    track = xlclv.model_track(log["customer"], log["date"], SPLIT, END, "BG/NBD")
    first = log.groupby("customer")["date"].min()
    for row in (0, 25, 77):
        since = ((track["end"].iloc[row] - first).dt.days / 7).clip(lower=0)
        assert track["expected_cumulative"].iloc[row] == pytest.approx(float(np.sum(theirs(since))), rel=1e-4)


@pytest.mark.parametrize(("period", "unit"), [("day", 1.0), ("month", 30.4375), ("quarter", 91.3125), ("year", 365.25)])
def test_track_of_other_data(jittered: pd.DataFrame, period: str, unit: float) -> None:
    split, end = pd.Timestamp("1997-06-15"), pd.Timestamp("1998-05-10")
    track = xlclv.model_track(jittered["customer"], jittered["date"], split, end, "BG/NBD", period)
    fitted = calibrated(split_log(jittered["customer"], jittered["date"], split, end, period), "BG/NBD")
    days = jittered.drop_duplicates()
    first = days.groupby("customer")["date"].min()
    first = first[first <= split]
    repeats = days[days["customer"].isin(first.index) & (days["date"] > days["customer"].map(first))]
    assert track["end"].iloc[-1] == end
    assert (track["end"] == split).sum() == 1
    assert ((track["phase"] == "calibration") == (track["end"] <= split)).all()
    assert track["start"].iloc[0] <= first.min() <= track["end"].iloc[0]
    for row in range(0, len(track), max(1, len(track) // 5)):
        start, stop = track["start"].iloc[row], track["end"].iloc[row]
        assert track["actual"].iloc[row] == repeats["date"].between(start, stop).sum()
        total = sum(expected_new(fitted, day / unit) for day in (stop - first).dt.days if day > 0)
        assert track["expected_cumulative"].iloc[row] == pytest.approx(total, rel=1e-9)


def test_customers_acquired_after_the_split_are_left_out(log: pd.DataFrame) -> None:
    new = pd.DataFrame({"customer": [90_001] * 3, "date": pd.to_datetime(["1997-10-05", "1997-11-05", "1998-01-05"])})
    more = pd.concat([new, log])
    one = xlclv.model_track(log["customer"], log["date"], SPLIT, END, "NBD")
    two = xlclv.model_track(more["customer"], more["date"], SPLIT, END, "NBD")
    pd.testing.assert_frame_equal(one, two)
    assert xlclv.model_holdout(more["customer"], more["date"], SPLIT, END, "NBD")["customers"] == 2357


def test_too_many_periods(log: pd.DataFrame) -> None:
    old = pd.concat([pd.DataFrame({"customer": [1], "date": [pd.Timestamp("1900-01-01")]}), log])
    split = split_log(old["customer"], old["date"], SPLIT, END, "day")
    model = FittedModel.from_block([["model", "NBD"], ["r", 0.4], ["alpha", 80]])
    with pytest.raises(DomainError, match="choose a longer period"):
        tracked(split, model)


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "argument", "words"),
    [
        ({"end_date": SPLIT}, DomainError, "end_date", "must be after split_date"),
        ({"split_date": dt.date(1990, 1, 1)}, DataError, "split_date", "no order up to 1990-01-01"),
        (
            {"split_date": dt.date(2001, 1, 1), "end_date": dt.date(2002, 1, 1)},
            DataError,
            "split_date",
            "no order after",
        ),
        ({"split_date": None}, InputError, "split_date", "is empty"),
        ({"end_date": "1/5/1998"}, InputError, "end_date", "1/5/1998"),
        ({"model_name": "BG/BB"}, InputError, "model_name", "opportunities"),
        ({"model_name": "crystal ball"}, InputError, "model_name", "crystal ball"),
        ({"period": "moon"}, InputError, "period", "moon"),
        ({"split_date": dt.date(1997, 1, 1)}, DataError, "ids", "at least 30"),
        ({"split_date": dt.date(1997, 1, 4)}, DataError, "dates", "repeat order"),
    ],
)
@pytest.mark.parametrize("function", ["model_holdout", "model_track"])
def test_refusals(
    log: pd.DataFrame, function: str, arguments: dict[str, Any], error: type[XlclvError], argument: str, words: str
) -> None:
    given = {"split_date": SPLIT, "end_date": END, **arguments}
    with pytest.raises(error, match=words) as caught:
        getattr(xlclv, function)(log["customer"], log["date"], **given)
    assert caught.value.argument == argument
    assert any("\u4e00" <= letter <= "\u9fff" for letter in caught.value.text.zh)


def test_columns_of_different_lengths(log: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="same number of rows"):
        split_log(log["customer"], log["date"][1:], SPLIT, END)


def test_a_log_without_customers_or_dates() -> None:
    with pytest.raises(DataError, match="no order up to"):
        split_log([None, "a"], ["2024-01-01", None], "2024-01-05", "2024-02-01")


# --- against each other -----------------------------------------------------------------------------------------------


def test_comparison_of_cdnow() -> None:
    table = xlclv.rfm_table(cdnow_sample(), as_of=SPLIT)
    compared = xlclv.model_compare(table["frequency"], table["recency"], table["age"])
    assert tuple(compared.columns) == COMPARE_COLUMNS
    assert compared["model"].tolist() == ["MBG/NBD", "BG/NBD", "Pareto/NBD", "NBD"]
    assert compared["rank"].tolist() == [1, 2, 3, 4]
    assert compared["parameters"].tolist() == [4, 4, 4, 2]
    assert compared["AIC"].tolist() == pytest.approx([19172.27, 19172.86, 19197.95, 19531.32], abs=0.005)
    assert compared["BIC"].tolist() == pytest.approx([19195.33, 19195.92, 19221.01, 19542.85], abs=0.005)
    assert compared["status"].tolist() == ["OK"] * 4
    pareto = compared.set_index("model").loc["Pareto/NBD"]
    assert [pareto[name] for name in ("r", "alpha", "s", "beta")] == pytest.approx(
        [0.553277, 10.577684, 0.606240, 11.668735], rel=1e-5
    )
    assert pareto[["a", "b"]].isna().all()


def test_weights_count_customers() -> None:
    x, t, age = [0, 1, 2, 5, 0, 3], [0, 12, 20, 37, 0, 9], [39, 39, 39, 39, 20, 30]
    weights = [20, 8, 5, 2, 15, 3]
    repeated = [np.repeat(column, weights) for column in (x, t, age)]
    one, two = xlclv.model_compare(x, t, age, weights), xlclv.model_compare(*repeated)
    pd.testing.assert_frame_equal(one, two, rtol=1e-6)


def test_a_model_that_fails_keeps_its_row() -> None:
    fitted = xlclv.models.fit("NBD", [0, 1, 2, 0, 5, 1] * 8, [0, 12, 20, 0, 37, 3] * 8, [39] * 48)
    failed = DomainError("The fit did not converge.", "拟合未收敛。")
    table = comparison({"BG/NBD": failed, "NBD": fitted, "MBG/NBD": failed}, "zh")
    assert table["model"].tolist() == ["NBD", "BG/NBD", "MBG/NBD"]
    assert table["status"].tolist() == ["OK", "拟合未收敛。", "拟合未收敛。"]
    assert table[["AIC", "rank", "r"]].iloc[1:].isna().to_numpy().all()
    with pytest.raises(DomainError, match="did not converge"):
        comparison({"BG/NBD": failed})


def test_data_no_model_can_be_fitted_to_are_an_error() -> None:
    with pytest.raises(DataError, match="at least 30"):
        xlclv.model_compare([1, 2], [1, 2], [3, 3])
    with pytest.raises(DomainError, match="Row 2: recency is greater than age"):
        xlclv.model_compare([1, 2] * 30, [1, 4] * 30, [3, 3] * 30)
