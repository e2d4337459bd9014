"""A filled template: an order log with all that a Refresh makes of it, computed here for the cells' values."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from xlclv import __version__
from xlclv.checks import data_check
from xlclv.parsing import id_of
from xlclv.retention import rate_convert
from xlclv.text import Language, Text
from xlclv.valuation import Valuation, value_customers
from xlclv.workbook import contract
from xlclv.workbook.customer_value.setting import Content
from xlclv.workbook.interface import Value
from xlclv.workbook.limits import customer_limits, total_limits
from xlclv.worksheet.convert import serial_of

#: What stands where a Refresh writes its time: the figures came with the workbook, and no clock is in the file.
NO_TIME = Text("example", "示例")


def make_content(orders: pd.DataFrame, as_of: dt.date, title: Text, source: Text, lang: Language) -> Content:
    """Return what a template holds after a Refresh of ``orders`` with the inputs as they are by default.

    Parameters
    ----------
    orders : DataFrame
        ``customer``, ``date``, ``amount``; without rows that would be skipped.
    as_of : date
        Later orders are ignored.
    title : Text
        Title of the Summary.
    source : Text
        One sentence that says where the orders are from.
    lang : {"en", "zh"}
        Language of the workbook.

    Returns
    -------
    Content

    Raises
    ------
    DataError
        If the log has no order, or too few customers or repeat buyers for the models.
    """
    inputs: dict[str, Value] = {item.name: item.default for item in contract.INPUTS}
    inputs |= {"in_title": title.of(lang), "in_as_of": as_of}
    period, yearly = str(inputs["in_period"]), float(str(inputs["in_rate"]))
    periods, margin = float(str(inputs["in_periods"])), float(str(inputs["in_margin"]))
    rate = float(rate_convert(yearly, "year", period))
    log = orders.loc[:, list(contract.ORDER_COLUMNS)].reset_index(drop=True)
    valuation = value_customers(
        log, as_of=as_of, period=period, periods=periods, margin=margin, discount_rate=rate,
        model=str(inputs["in_model"]),
    )  # fmt: skip
    customers = customer_limits(valuation)
    # The ids as the table of orders has them: numbers stay numbers.
    customers["customer"] = customers["customer"].map({id_of(cell): cell for cell in log["customer"].unique().tolist()})
    valuation = Valuation(**{**vars(valuation), "customers": customers})
    period_word = next(choice.of(lang) for item in contract.INPUTS for choice in item.choices if choice.en == period)
    inputs["in_period"] = period_word
    counts, total = valuation.counts, float(customers["clv"].sum())
    lower, upper = total_limits(valuation)
    results: dict[str, Value] = {
        "out_status": Text(
            f"Example: {counts.customers:,} customers valued from {counts.rows:,} rows.",
            f"示例：由 {counts.rows:,} 行得到 {counts.customers:,} 位客户的价值。",
        ).of(lang),
        "out_time": NO_TIME.of(lang),
        "out_version": __version__,
        "out_as_of": as_of,
        "out_period": period_word,
        "out_periods": periods,
        "out_margin": margin,
        "out_rate": yearly,
        "out_rate_period": rate,
        "out_model": valuation.settings.model,
        "out_filled": len(log),
        "out_sum": float(log["amount"].sum()),
        "out_days": sum(serial_of(day, False) for day in log["date"]),
        "out_rows": counts.rows,
        "out_used": counts.rows,
        "out_skipped": 0,
        "out_merged": counts.merged,
        "out_refund_days": counts.refund_days,
        "out_later": counts.later,
        "out_orders": counts.orders,
        "out_customers": counts.customers,
        "out_without": counts.without_order,
        "out_border": int(valuation.model.at_boundary) + int(valuation.spend.at_boundary),
        "out_lower": lower,
        "out_upper": upper,
    }
    checked = data_check(log["customer"].tolist(), log["date"], log["amount"].to_numpy(float), as_of, lang)
    tables: dict[str, list[list[Value]]] = {
        contract.ORDER_MODEL: [list(row) for row in valuation.model.to_block(lang)[1:]],
        contract.SPEND_MODEL: [list(row) for row in valuation.spend.to_block(lang)[1:]],
        contract.CHECKS: [[_plain(cell) for cell in row] for row in checked.itertuples(index=False)],
        contract.LOG: [
            [
                NO_TIME.of(lang), __version__, as_of, counts.rows, counts.customers, valuation.settings.model, total,
                None,
            ]
        ],
    }  # fmt: skip
    return Content(log, valuation, inputs | results, tables, source)


def _plain(cell: object) -> Value:
    """Return a cell of a frame as a number, a text or nothing."""
    if cell is None or isinstance(cell, str):
        return cell
    return float(np.float64(str(cell)))
