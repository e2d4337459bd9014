"""Known answers through the one call path, from an order log in cells to customer values.

CDNOW sample as of 1997-09-30 in weeks. BG/NBD: Fader, Hardie & Lee (2005), Marketing Science 24(2), table 2, at the maximum
found again with mpmath; Gamma-Gamma: Fader & Hardie (2013), note 025; the RFM row: the data of the same papers.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from xlclv.data.cdnow import cdnow_sample
from xlclv.worksheet import call

AS_OF = "1997-09-30"
DAY_ZERO = dt.date(1899, 12, 30)


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


def test_standard_errors(table: list[list[Any]]) -> None:
    block = call("MODEL_FIT", "bgnbd", *(column(table, name) for name in ("frequency", "recency", "age")))
    errors = {row[0]: row[2] for row in block}  # type: ignore[union-attr]
    for name, value in {"r": 0.0126, "alpha": 0.3782, "a": 0.1857, "b": 0.7054}.items():
        assert errors[name] == pytest.approx(value, abs=5e-5), name


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
