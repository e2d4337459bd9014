"""Orders for the customer value workbook, as its table holds them, and what they are worth."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from tests.workbook.book import MemoryBook
from xlclv.data.cdnow import cdnow_orders
from xlclv.retention import rate_convert
from xlclv.valuation import Valuation, value_customers

RATE = rate_convert(0.1, "year", "week")


@cache
def sample(rows: int = 2000) -> pd.DataFrame:
    """Return the first orders of CDNOW as a spreadsheet holds them."""
    orders = cdnow_orders().loc[: rows - 1, ["customer", "date", "amount"]]
    return pd.DataFrame(
        {
            "customer": orders["customer"].astype(float).astype(object),
            "date": pd.Series(orders["date"].dt.to_pydatetime().tolist(), dtype=object),
            "amount": orders["amount"].astype(object),
        }
    )


@cache
def expected() -> Valuation:
    return value_customers(sample(), periods=52, margin=0.3, discount_rate=RATE)


def with_rows(*rows: tuple[Any, Any, Any]) -> pd.DataFrame:
    """Return the sample with rows added below."""
    extra = pd.DataFrame(list(rows), columns=["customer", "date", "amount"], dtype=object)
    return pd.concat([sample(), extra], ignore_index=True)


def only_status(book: MemoryBook) -> bool:
    return set(book.written) == {"out_status"}
