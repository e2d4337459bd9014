"""Known answers through the one call path, from an order log in cells to customer values.

CDNOW sample as of 1997-09-30 in weeks. BG/NBD: Fader, Hardie & Lee (2005), Marketing Science 24(2), table 2, at the maximum
found again with mpmath, and likewise the other models; Gamma-Gamma: Fader & Hardie (2013), note 025; the RFM row: the data
of the same papers. BG/BB: Fader, Hardie & Shang (2010), Marketing Science 29(6), on the donations of that paper.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from xlclv.data.cdnow import cdnow_sample
from xlclv.worksheet import call

AS_OF = "1997-09-30"
DAY_ZERO = dt.date(1899, 12, 30)


#: Donors by years with a gift, last of them, years since the first gift, and how many.
DONATIONS = [
    (6, 6, 6, 1203), (5, 6, 6, 728), (4, 6, 6, 512), (3, 6, 6, 357), (2, 6, 6, 234), (1, 6, 6, 129), (5, 5, 6, 335),
    (4, 5, 6, 284), (3, 5, 6, 225), (2, 5, 6, 173), (1, 5, 6, 119), (4, 4, 6, 240), (3, 4, 6, 181), (2, 4, 6, 155),
    (1, 4, 6, 78), (3, 3, 6, 322), (2, 3, 6, 255), (1, 3, 6, 129), (2, 2, 6, 613), (1, 2, 6, 277), (1, 1, 6, 1091),
    (0, 0, 6, 3464),
]  # fmt: skip


def column(table: list[list[Any]], name: str) -> list[list[Any]]:
    place = table[0].index(name)
    return [[row[place]] for row in table]  # with its header, as a range of the sheet would hold it


def parameters(block: Any) -> dict[str, Any]:
    return {row[0]: row[1] for row in block}


@pytest.fixture(scope="module")
def table() -> list[list[Any]]:
    orders = cdnow_sample()
    ids = [["customer"], *([value] for value in orders["customer"])]
    dates = [["date"], *([float((day - DAY_ZERO).days)] for day in orders["date"].dt.date)]
    amounts = [["amount"], *([float(value)] for value in orders["amount"])]
    result = call("RFM_TABLE", ids, dates, amounts, AS_OF)
    assert isinstance(result, list)
    return result


def test_rfm_table(table: list[list[Any]]) -> None:
    assert len(table) == 1 + 2357
    assert sum(row[table[0].index("frequency")] for row in table[1:]) == 2457
    first = dict(zip(table[0], table[1], strict=True))
    expected = {"orders": 3, "frequency": 2, "recency": 30.428571, "age": 38.857143, "monetary": 22.345, "total": 74.02,
                "days_since": 59}  # fmt: skip
    for name, value in expected.items():
        assert first[name] == pytest.approx(value, abs=5e-7), name


@pytest.mark.parametrize(
    ("model", "expected", "log_likelihood"),
    [
        ("BG/NBD", {"r": 0.242595, "alpha": 4.413602, "a": 0.792922, "b": 2.425907}, -9582.4292),
        ("NBD", {"r": 0.384766, "alpha": 12.07202}, -9763.6576),
        ("MBG/NBD", {"r": 0.524843, "alpha": 6.183085, "a": 0.891359, "b": 1.614002}, -9582.1357),
        ("Pareto/NBD", {"r": 0.553277, "alpha": 10.577684, "s": 0.60624, "beta": 11.668735}, -9594.9762),
    ],
)
def test_model_fit(table: list[list[Any]], model: str, expected: dict[str, float], log_likelihood: float) -> None:
    block = call("MODEL_FIT", model, *(column(table, name) for name in ("frequency", "recency", "age")))
    found = parameters(block)
    assert found["status"] == "OK"
    assert found["customers"] == 2357
    assert found["log_likelihood"] == pytest.approx(log_likelihood, abs=1e-4)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-5), name


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("bgnbd", {"r": 0.0126, "alpha": 0.3782, "a": 0.1857, "b": 0.7054}),
        ("mbgnbd", {"r": 0.0833, "alpha": 0.6956, "a": 0.1548, "b": 0.5375}),
        ("pareto", {"r": 0.0476, "alpha": 0.8427, "s": 0.1873, "beta": 6.211}),
    ],
)
def test_standard_errors(table: list[list[Any]], model: str, expected: dict[str, float]) -> None:
    block = call("MODEL_FIT", model, *(column(table, name) for name in ("frequency", "recency", "age")))
    errors = {row[0]: row[2] for row in block}  # type: ignore[union-attr]
    for name, value in expected.items():
        assert errors[name] == pytest.approx(value, abs=5e-5 if value < 1 else 5e-4), name


def test_bgbb_donations() -> None:
    columns = zip(*DONATIONS, strict=True)
    x, t, age, weights = ([[float(value)] for value in values] for values in columns)
    block = call("MODEL_FIT", "BG/BB", x, t, age, weights)
    found = parameters(block)
    expected = {"alpha": 1.203522, "beta": 0.749716, "gamma": 0.656718, "delta": 2.783442}
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-5), name
    assert found["log_likelihood"] == pytest.approx(-33225.5813, abs=1e-4)
    assert found["customers"] == 11_104
    alive = call("MODEL_ALIVE", block, 4, 5, 6)
    assert alive == pytest.approx(0.748817, abs=1e-3)


def test_comparison(table: list[list[Any]]) -> None:
    compared = call("MODEL_COMPARE", *(column(table, name) for name in ("frequency", "recency", "age")))
    assert isinstance(compared, list)
    rows = {row[0]: row for row in compared[1:]}
    assert [row[0] for row in compared] == ["model", "MBG/NBD", "BG/NBD", "Pareto/NBD", "NBD"]
    aic = {"MBG/NBD": 19172.27, "BG/NBD": 19172.86, "Pareto/NBD": 19197.95, "NBD": 19531.32}
    bic = {"MBG/NBD": 19195.33, "BG/NBD": 19195.92, "Pareto/NBD": 19221.01, "NBD": 19542.85}
    for name in aic:
        assert rows[name][3] == pytest.approx(aic[name], abs=0.005)
        assert rows[name][4] == pytest.approx(bic[name], abs=0.005)


@pytest.mark.parametrize(
    ("model", "predicted", "mae", "rmse"),
    [
        ("BG/NBD", 1653.41, 0.78545, 1.60798),
        (None, 1665.51, 0.75452, 1.60285),
        ("MBG/NBD", 1576.73, 0.76478, 1.60718),
    ],
)
def test_holdout_and_track(model: str | None, predicted: float, mae: float, rmse: float) -> None:
    orders = cdnow_sample()
    ids = [["customer"], *([value] for value in orders["customer"])]
    dates = [["date"], *([float((day - DAY_ZERO).days)] for day in orders["date"].dt.date)]
    cells = (ids, dates, AS_OF, "1998-06-30", model)
    found = dict(call("MODEL_HOLDOUT", *cells)[1:])  # type: ignore[index, arg-type]
    assert found["model"] == (model or "Pareto/NBD")
    assert (found["customers"], found["holdout periods"], found["actual orders"]) == (2357, 39, 1882)
    assert found["predicted orders"] == pytest.approx(predicted, abs=0.005)
    assert found["MAE"] == pytest.approx(mae, abs=5e-6)
    assert found["RMSE"] == pytest.approx(rmse, abs=5e-6)
    track = call("MODEL_TRACK", *cells)
    assert isinstance(track, list)
    assert len(track) == 1 + 78
    assert sum(row[4] for row in track[1:] if row[3] == "holdout") == 1882  # type: ignore[misc]
    assert track[39][6] == 2457
    later = call("MODEL_TRACK", *cells, "day")
    assert isinstance(later, list)
    assert later[-1][7] == pytest.approx(track[-1][7], rel=1e-5)


def test_spend_fit(table: list[list[Any]]) -> None:
    found = parameters(call("SPEND_FIT", column(table, "frequency"), column(table, "monetary")))
    assert found["customers"] == 946
    assert found["log_likelihood"] == pytest.approx(-4055.9177, abs=1e-4)
    for name, value in {"p": 6.249572, "q": 3.744225, "v": 15.443521}.items():
        assert found[name] == pytest.approx(value, rel=1e-5), name


def test_from_the_log_to_values_in_cells(table: list[list[Any]]) -> None:
    """The blocks go from formula to formula as they are; totals agree with the Python API."""
    from xlclv import models

    names = ("frequency", "recency", "age", "monetary")
    customers = [column(table, name)[1:] for name in names]
    model = call("MODEL_FIT", "BG/NBD", *customers[:3])
    spend = call("SPEND_FIT", customers[0], customers[3])
    values = call("CLV_PREDICT", model, spend, *customers, 52, 0.3, 0.0027)
    assert isinstance(values, list)
    flat = [[row[0] for row in rows] for rows in customers]
    fitted, spent = models.fit("BG/NBD", *flat[:3]), models.fit_spend(flat[0], flat[3])
    expected = models.predict_value(fitted, spent, *flat, 52, 0.3, 0.0027)
    assert [row[0] for row in values] == pytest.approx(list(expected), rel=1e-12)
