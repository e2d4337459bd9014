"""The value of each customer in one call, against the steps it is made of."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import xlclv
from tests.workbook.samples import make_orders
from xlclv.customers import CLV_COLUMNS
from xlclv.data.cdnow import cdnow_sample
from xlclv.errors import DataError, DomainError, InputError
from xlclv.models.value_intervals import predict_value_interval
from xlclv.valuation import value_customers

AS_OF = dt.date(1997, 9, 30)
WEEKLY = 1.15 ** (1 / 52) - 1


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return xlclv.clv_table(cdnow_sample(), as_of=AS_OF, margin=0.3, discount_rate=WEEKLY)


def test_columns_and_order(table: pd.DataFrame) -> None:
    assert tuple(table.columns) == CLV_COLUMNS
    assert table["customer"].tolist() == xlclv.rfm_table(cdnow_sample(), as_of=AS_OF)["customer"].tolist()
    assert not table.isna().to_numpy().any()
    assert sorted(table["rank"])[0] == 1


def test_every_column_is_that_of_its_step(table: pd.DataFrame) -> None:
    summary = xlclv.rfm_table(cdnow_sample(), as_of=AS_OF)
    x, t, age, m = (summary[name].to_numpy(float) for name in ("frequency", "recency", "age", "monetary"))
    model, spend = xlclv.models.fit("Pareto/NBD", x, t, age), xlclv.models.fit_spend(x, m)
    assert model.params == pytest.approx({"r": 0.553277, "alpha": 10.577684, "s": 0.60624, "beta": 11.668735}, rel=1e-5)
    for name in ("orders", "frequency", "recency", "age", "monetary", "last"):
        assert table[name].equals(summary[name]), name
    assert table["p_alive"].to_numpy() == pytest.approx(model.alive(x, t, age))
    assert table["expected_orders"].to_numpy() == pytest.approx(model.orders(x, t, age, 52))
    assert table["expected_value"].to_numpy() == pytest.approx(spend.expected(x, m))
    clv = xlclv.models.predict_value(model, spend, x, t, age, m, 52, 0.3, WEEKLY)
    assert table["clv"].to_numpy() == pytest.approx(clv, rel=1e-9)
    lower, upper = predict_value_interval(model, spend, x, t, age, m, 52, 0.3, WEEKLY, level=0.9)
    assert table["clv_lower"].to_numpy() == pytest.approx(lower)
    assert table["clv_upper"].to_numpy() == pytest.approx(upper)
    assert table["tier"].tolist() == xlclv.clv_tier(table["clv"]).tolist()
    assert set(table["stage"]) == {"Active", "Loyal"}
    assert table["rank"].tolist() == table["clv"].rank(ascending=False, method="min").tolist()


def test_it_is_the_calculation_of_the_workbook(table: pd.DataFrame) -> None:
    valued = value_customers(cdnow_sample(), as_of=AS_OF, margin=0.3, discount_rate=WEEKLY).customers
    one = table.assign(customer=table["customer"].astype(str)).set_index("customer")
    two = valued.set_index("customer").loc[one.index]
    for name in set(CLV_COLUMNS) & set(valued.columns) - {"customer"}:
        assert one[name].tolist() == two[name].tolist(), name


def test_one_time_buyers_may_be_gone(table: pd.DataFrame) -> None:
    once = table[table["orders"] == 1]
    assert once["p_alive"].max() < 1
    assert once.sort_values("age")["p_alive"].is_monotonic_decreasing
    other = xlclv.clv_table(cdnow_sample(), as_of=AS_OF, model="BG/NBD")
    assert (other.loc[other["orders"] == 1, "p_alive"] == 1).all()


def test_a_fitted_model_is_used_as_it_is() -> None:
    cells = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
    model = xlclv.models.from_block(cells)
    assert isinstance(model, xlclv.models.FittedModel)
    table = xlclv.clv_table(cdnow_sample(), as_of=AS_OF, periods=39, model=model)
    assert table.loc[0, "p_alive"] == pytest.approx(model.alive(2, 213 / 7, 272 / 7))
    assert table["expected_orders"].sum() == pytest.approx(1653.4, abs=3)


@pytest.mark.parametrize("period", ["day", "week", "month", "quarter", "year"])
def test_one_year_is_the_default_horizon(period: str) -> None:
    orders = make_orders(120)
    year = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}[period]
    one = xlclv.clv_table(orders, period=period, model="NBD")
    pd.testing.assert_frame_equal(one, xlclv.clv_table(orders, period=period, periods=year, model="NBD"))


def test_columns_instead_of_a_frame_and_rows_in_any_order() -> None:
    orders = make_orders(120)
    one = xlclv.clv_table(orders)
    two = xlclv.clv_table(ids=orders["customer"], dates=orders["date"], amounts=orders["amount"])
    pd.testing.assert_frame_equal(one, two)
    shuffled = xlclv.clv_table(orders.sample(frac=1.0, random_state=2)).set_index("customer").loc[one["customer"]]
    assert shuffled["rank"].tolist() == one["rank"].tolist()
    assert shuffled["clv"].to_numpy() == pytest.approx(one["clv"].to_numpy(), rel=1e-9)


def test_a_negative_margin_is_a_loss() -> None:
    table = xlclv.clv_table(make_orders(120), margin=-0.1)
    assert (table["clv"] <= 0).all()
    assert (table["clv_lower"] <= table["clv_upper"]).all()
    assert set(table["tier"]) == {"Low"}


def heavy(orders: pd.DataFrame) -> pd.DataFrame:
    """Order values so uneven that their mean has no bound."""
    rng = np.random.default_rng(4)
    scale = dict(
        zip(orders["customer"].unique(), np.exp(3 * rng.normal(size=orders["customer"].nunique())), strict=True)
    )
    return orders.assign(
        amount=[abs(amount) * scale[name] for name, amount in zip(orders["customer"], orders["amount"], strict=True)]
    )


def test_an_infinite_mean_order_value_is_told() -> None:
    with pytest.raises(DomainError, match="too few repeat orders for a finite mean order value") as caught:
        xlclv.clv_table(heavy(make_orders(240)))
    assert caught.value.argument == "amounts"
    assert "平均订单金额为无穷大" in caught.value.text.zh


@pytest.mark.parametrize(
    ("arguments", "error", "argument", "words"),
    [
        ({"periods": 0}, DomainError, "periods", "more than 0"),
        ({"periods": float("inf")}, DomainError, "periods", "more than 0"),
        ({"margin": float("nan")}, DomainError, "margin", "must be a number"),
        ({"discount_rate": -0.01}, DomainError, "discount_rate", "0 or more"),
        ({"period": "moon"}, InputError, "period", "moon"),
        ({"model": "BG/BB"}, InputError, "model", "opportunities"),
        ({"model": "Gamma-Gamma"}, InputError, "model", "choose one of BG/CNBD-k, BG/NBD, MBG"),
        ({"as_of": dt.date(1980, 1, 1)}, DataError, "as_of", "no order up to"),
    ],
)
def test_refusals(arguments: dict[str, object], error: type[Exception], argument: str, words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        xlclv.clv_table(make_orders(60), **arguments)  # type: ignore[arg-type]
    assert caught.value.argument == argument  # type: ignore[attr-defined]


def test_a_model_of_another_period() -> None:
    cells = [["model", "NBD"], ["period", "month"], ["r", 0.4], ["alpha", 3]]
    model = xlclv.models.from_block(cells)
    with pytest.raises(InputError, match="period month and the table in week"):
        xlclv.clv_table(make_orders(60), model=model)  # type: ignore[arg-type]
    assert len(xlclv.clv_table(make_orders(60), model=model, period="month"))  # type: ignore[arg-type]


def test_a_model_with_features() -> None:
    rng = np.random.default_rng(0)
    x, t = np.tile([0.0, 1, 2, 0, 5, 1, 0, 3], 20), np.tile([0.0, 12, 20, 0, 37, 3, 0, 9], 20)
    model = xlclv.models.fit("BG/NBD", x, t, np.full(160, 39.0), features=rng.normal(size=(160, 1)))
    with pytest.raises(InputError, match="which an order log does not hold") as caught:
        xlclv.clv_table(make_orders(60), model=model)
    assert caught.value.argument == "model"


def test_too_little_data_names_an_argument_of_the_log() -> None:
    with pytest.raises(DataError, match="at least 30") as caught:
        xlclv.clv_table(make_orders(12))
    assert caught.value.argument == "ids"
    with pytest.raises(DataError, match="No customer has a repeat order") as caught:
        xlclv.clv_table(make_orders(60).drop_duplicates("customer"))
    assert caught.value.argument == "dates"
