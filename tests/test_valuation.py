"""From an order log to the value of each customer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from tests.workbook.samples import make_orders
from xlclv.data.cdnow import cdnow_sample
from xlclv.errors import DataError, DomainError, InputError, XlclvError
from xlclv.text import Text
from xlclv.valuation import COLUMNS, Valuation, cohort_period_of, value_customers


@pytest.fixture(scope="module")
def sample() -> Valuation:
    """The published sample at the published date."""
    return value_customers(cdnow_sample(), as_of=date(1997, 9, 30), margin=0.3, discount_rate=1.15 ** (1 / 52) - 1)


@pytest.fixture(scope="module")
def made() -> Valuation:
    return value_customers(make_orders(), margin=0.3)


def test_published_parameters(sample: Valuation) -> None:
    assert sample.counts.customers == 2357
    assert sample.customers["frequency"].sum() == 2457
    expected = {"r": 0.553277, "alpha": 10.577684, "s": 0.606240, "beta": 11.668735}
    assert sample.settings.model == "Pareto/NBD"
    assert sample.model.params == pytest.approx(expected, rel=1e-5)
    assert sample.spend.params == pytest.approx({"p": 6.249572, "q": 3.744225, "v": 15.443521}, rel=1e-5)


def test_one_year_is_the_default_horizon(sample: Valuation) -> None:
    assert sample.settings.periods == 52
    assert value_customers(make_orders(), period="month").settings.periods == 12


def test_columns_and_order(made: Valuation) -> None:
    frame = made.customers
    assert tuple(frame.columns) == COLUMNS
    assert frame["clv"].is_monotonic_decreasing
    assert frame["rank"].iloc[0] == 1
    assert (frame["rank"] == frame["clv"].rank(ascending=False, method="min")).all()
    assert not frame.isna().to_numpy().any()
    assert frame["p_alive"].between(0, 1).all()
    assert (frame["clv"] >= 0).all()


def test_value_is_orders_times_worth_times_margin_without_discount(made: Valuation) -> None:
    frame = made.customers
    product = frame["expected_orders"] * frame["expected_value"] * 0.3
    assert frame["clv"].to_numpy() == pytest.approx(product.to_numpy(), rel=1e-9)


def test_groups_hold_everybody(made: Valuation) -> None:
    for table in (made.segments, made.tiers, made.stages):
        assert table["customers"].sum() == len(made.customers)
        assert table["clv"].sum() == pytest.approx(made.customers["clv"].sum())
        assert table["share"].sum() == pytest.approx(1.0)
        assert table["share_clv"].sum() == pytest.approx(1.0)
    assert made.tiers["tier"].tolist() == ["High", "Medium", "Low"]


def test_rows_are_accounted_for(made: Valuation) -> None:
    counts = made.counts
    assert counts.rows == counts.orders + counts.merged + counts.refund_days + counts.later
    assert counts.merged >= 1
    log = make_orders()
    exact = log.assign(amount=[Decimal(str(amount)) for amount in log["amount"]])
    assert counts.refund_days == (exact.groupby(["customer", "date"])["amount"].sum() < 0).sum() == 1
    assert counts.orders == made.customers["orders"].sum()
    assert counts.customers == len(made.customers)
    assert counts.one_time == (made.customers["orders"] == 1).sum()


def test_later_rows_and_customers_without_order_are_counted() -> None:
    orders = make_orders()
    more = pd.DataFrame(
        [("C0000", date(2030, 1, 1), 9.0), ("refund only", orders["date"].min(), -5.0)], columns=orders.columns
    )
    valuation = value_customers(pd.concat([orders, more]), as_of=orders["date"].max())
    assert valuation.counts.later == 1
    assert valuation.counts.without_order == 1
    assert valuation.counts.refund_days >= 1
    assert "refund only" not in set(valuation.customers["customer"])
    assert valuation.counts.orders == valuation.customers["orders"].sum()


def test_a_day_that_only_rounding_keeps_from_zero_is_an_order() -> None:
    orders = make_orders(60)
    day = orders["date"].min()
    more = pd.DataFrame([("dust", day, amount) for amount in (0.3, -0.1, -0.2)], columns=orders.columns)
    plain, valuation = value_customers(orders), value_customers(pd.concat([orders, more]))
    assert valuation.counts.refund_days == plain.counts.refund_days
    assert valuation.counts.orders == plain.counts.orders + 1 == valuation.customers["orders"].sum()
    assert valuation.counts.customers == plain.counts.customers + 1 == len(valuation.customers)
    assert valuation.counts.without_order == 0
    refund = value_customers(pd.concat([orders, more, more.iloc[1:2]]))
    assert refund.counts.refund_days == plain.counts.refund_days + 1
    assert refund.counts.without_order == 1


def test_refunds_are_no_orders_of_a_cohort() -> None:
    orders = make_orders(60)
    orders = orders.assign(date=date(2024, 1, 1) + (orders["date"] - orders["date"].min()))
    orders = orders.loc[[day.month != 3 for day in orders["date"]]]
    buyers = sorted(orders["customer"].unique())
    refunds = [(f"refund only {number}", date(2024, 3, 5), -8.0) for number in range(10)]
    refunds += [(buyer, date(2024, 3, 9), -3.0) for buyer in buyers]
    valuation = value_customers(pd.concat([orders, pd.DataFrame(refunds, columns=orders.columns)]))
    assert valuation.cohort_period == "month"
    assert valuation.cohorts["size"].sum() == len(buyers) == len(valuation.customers)
    assert date(2024, 3, 1) not in list(valuation.cohorts["cohort"].dt.date)
    january = valuation.cohorts.iloc[0]
    assert (january["cohort"].date(), january[2]) == (date(2024, 1, 1), 0.0)


def test_ids_match_by_text() -> None:
    orders = make_orders(60)
    numbers = orders["customer"].str[1:].astype(int)
    mixed = [number if k % 2 else str(number) for k, number in enumerate(numbers)]
    plain = value_customers(orders.assign(customer=numbers))
    assert value_customers(orders.assign(customer=mixed)).customers.equals(plain.customers)
    assert all(isinstance(customer, str) for customer in plain.customers["customer"])


def test_row_order_does_not_matter() -> None:
    orders = make_orders(80)
    shuffled = orders.sample(frac=1.0, random_state=5)
    one, two = value_customers(orders), value_customers(shuffled)
    assert one.customers["customer"].tolist() == two.customers["customer"].tolist()
    assert one.customers["clv"].to_numpy() == pytest.approx(two.customers["clv"].to_numpy(), rel=1e-9)
    named = ["customer", "rank", "tier", "stage", "segment"]
    assert one.customers[named].equals(two.customers[named])


def test_equal_histories_share_a_rank(made: Valuation) -> None:
    history = made.customers.groupby(["frequency", "recency", "age", "monetary"])
    assert (history["rank"].nunique() == 1).all()
    assert (history["tier"].nunique() == 1).all()


def test_concentration(made: Valuation) -> None:
    assert made.shares is not None
    assert 0.2 < made.shares.top[0.2] < 1
    assert 0 < made.shares.gini < 1


def test_no_margin_no_shares() -> None:
    valuation = value_customers(make_orders(60), margin=0.0)
    assert valuation.shares is None
    assert np.allclose(valuation.customers["clv"], 0.0)


def test_progress() -> None:
    told: list[tuple[Text, int, int]] = []
    value_customers(make_orders(60), progress=lambda *step: told.append(step))
    assert [step[1] for step in told] == list(range(len(told)))
    assert told[-1][1] == told[-1][2]
    assert all(step[0].en and step[0].zh for step in told)


@pytest.mark.parametrize(
    ("orders", "arguments", "error"),
    [
        (make_orders(60).drop(columns="amount"), {}, InputError),
        (make_orders(60).iloc[:0], {}, DataError),
        (make_orders(60), {"as_of": date(1990, 1, 1)}, DataError),
        (make_orders(60), {"period": "fortnight"}, InputError),
        (make_orders(60), {"periods": 0}, DomainError),
        (make_orders(60), {"periods": float("nan")}, DomainError),
        (make_orders(60), {"margin": float("inf")}, DomainError),
        (make_orders(60), {"discount_rate": -0.1}, DomainError),
        (make_orders(60), {"model": "Crystal ball"}, InputError),
        (make_orders(60), {"model": "BG/BB"}, InputError),
        (make_orders(12), {}, XlclvError),
        (make_orders(60).drop_duplicates("customer"), {}, XlclvError),
    ],
    ids=[
        "column",
        "empty",
        "as_of",
        "period",
        "periods 0",
        "periods NaN",
        "margin",
        "rate",
        "model",
        "model of other data",
        "few",
        "one-time",
    ],
)
def test_refusals(orders: pd.DataFrame, arguments: dict[str, object], error: type[XlclvError]) -> None:
    with pytest.raises(error) as caught:
        value_customers(orders, **arguments)  # type: ignore[arg-type]
    assert caught.value.text.en
    assert caught.value.text.zh


def test_cohort_period() -> None:
    assert cohort_period_of(date(2024, 1, 1), date(2025, 12, 31)) == "month"
    assert cohort_period_of(date(2024, 1, 1), date(2026, 1, 1)) == "quarter"
    assert cohort_period_of(date(2000, 1, 1), date(2026, 1, 1)) == "year"
