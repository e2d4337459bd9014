"""Declarations: retention and churn."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xlclv.labels import MEASURES
from xlclv.retention import churn_rate, rate_convert, retention_rate
from xlclv.text import Text
from xlclv.worksheet.catalogue.arguments import LANG, PERIODS, element, option, vector
from xlclv.worksheet.catalogue.example_data import ORDER_AMOUNTS, ORDER_DATES, ORDER_IDS
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.declaration import Choice, Context, Example, Family, Function, Type

CUSTOMERS_START = element("customers_start", "Customers at the start of the period", "期初客户数")

#: The measures of RETENTION_COHORTS.
MEASURE_CHOICES = tuple(
    Choice(measure, tuple(name for name in (measure.replace("_", " "), label.zh) if name != measure))
    for measure, label in MEASURES.items()
)


def _cohorts(
    ids: list[Any], dates: list[Any], amounts: list[Any] | None, period: str, measure: str, as_of: Any, lang: str,
    *, context: Context,
) -> list[list[Any]]:  # fmt: skip
    from xlclv.worksheet.catalogue.orders import cohort_rows

    return cohort_rows(ids, dates, amounts, period, measure, as_of, lang, context)


FUNCTIONS = (
    Function(
        "RETENTION_RATE",
        Family.RETENTION,
        Text(
            "Share of the customers at the start who are still there: (end - acquired) / start.",
            "期初客户中仍留存的比例：（期末 − 新增）/ 期初。",
        ),
        (
            CUSTOMERS_START,
            element("customers_end", "Customers at its end", "期末客户数"),
            element("customers_acquired", "Customers won in between", "期间新增客户数"),
        ),
        retention_rate.__wrapped__,
        (Example((200, 210, 40), 0.85), Example((100, 100, 0), 1.0), Example((0, 10, 10), CellError("#DIV/0!"))),
    ),
    Function(
        "CHURN_RATE",
        Family.RETENTION,
        Text("Share of the customers at the start who were lost: lost / start.", "期初客户中流失的比例：流失 / 期初。"),
        (CUSTOMERS_START, element("customers_lost", "Those of them who left", "其中流失的客户数")),
        churn_rate.__wrapped__,
        (Example((200, 30), 0.15), Example((200, 0), 0.0), Example((200, 300), CellError("#NUM!"))),
    ),
    Function(
        "RATE_CONVERT",
        Family.RETENTION,
        Text(
            "The same rate in another period: a yearly discount, retention or churn rate as a monthly one, and so on.",
            "把一种期限的比率换算成另一种期限：如年折现率、留存率、流失率换算为月。",
        ),
        (
            element("rate", "Rate of one from_period, such as 10%", "一个 from_period 的比率，如 10%"),
            element("from_period", "day, week, month, quarter or year", "day 日、week 周、month 月、quarter 季、year 年", type_=Type.CHOICE, choices=PERIODS),
            element("to_period", "day, week, month, quarter or year", "day 日、week 周、month 月、quarter 季、year 年", type_=Type.CHOICE, choices=PERIODS),
            element("kind", "discount (default), retention or churn", "discount 折现率（默认）、retention 留存率、churn 流失率", "discount", Type.CHOICE,
                    choices=(Choice("discount", ("折现率", "折现")), Choice("retention", ("留存率", "留存")), Choice("churn", ("流失率", "流失")))),
        ),
        rate_convert.__wrapped__,
        (
            Example((0.8, "year", "month", "retention"), 0.981577),
            Example((0.1, "year", "month"), 0.00797414),
            Example((0.2, "年", "季", "流失率"), 0.054258),
            Example((0.1, "year", "moon"), CellError("#VALUE!")),
        ),
        notes=Text(
            "A week is 7 days, a month 30.4375, a quarter 91.3125, a year 365.25.",
            "一周 7 天，一月 30.4375 天，一季 91.3125 天，一年 365.25 天。",
        ),
    ),
    Function(
        "RETENTION_COHORTS",
        Family.RETENTION,
        Text(
            "Cohort triangle: customers by the period of their first order, and how many of them (or how much) came back at "
            "each age. Periods not complete at as_of are #N/A.",
            "同期群三角：按首单时期分组的客户，及其在各期龄回购的比例（或金额）。截至 as_of 未满的时期为 #N/A。",
        ),
        (
            vector("ids", "Customer of each order", "每笔订单的客户编号", type_=Type.CELL, raw=True, errors="missing"),
            vector("dates", "Date of each order", "每笔订单的日期", type_=Type.DATE, raw=True, errors="missing"),
            vector("amounts", "Amount of each order; needed for revenue", "每笔订单的金额；计算收入时需要", None, raw=True, errors="missing"),
            option("period", "Calendar period: day, week, month (default), quarter, year", "日历时期：day 日、week 周、month 月（默认）、quarter 季、year 年", "month",
                   Type.CHOICE, choices=PERIODS),
            option("measure", "rate (default), customers, revenue, revenue_per_customer, cumulative_per_customer",
                   "rate 留存率（默认）、customers 客户数、revenue 收入、revenue_per_customer 人均收入、cumulative_per_customer 累计人均收入", "rate",
                   Type.CHOICE, choices=MEASURE_CHOICES),
            option("as_of", "Last day observed; the latest date if omitted", "观察截止日；省略为数据中最晚的日期", None, Type.DATE),
            LANG,
        ),
        _cohorts,
        (
            Example((ORDER_IDS, ORDER_DATES, None, None, None, "2024-03-31",), [["cohort", "size", 0.0, 1.0, 2.0], [dt.date(2024, 1, 1), 2.0, 1.0, 0.5, 1.0], [dt.date(2024, 2, 1), 1.0, 1.0, 0.0, CellError("#N/A")]]),
            Example((ORDER_IDS, ORDER_DATES, ORDER_AMOUNTS, "month", "cumulative_per_customer", "2024-03-15", "zh",), [["同期群", "人数", 0.0, 1.0, 2.0], [dt.date(2024, 1, 1), 2.0, 15.0, 30.0, CellError("#N/A")], [dt.date(2024, 2, 1), 1.0, 15.0, CellError("#N/A"), CellError("#N/A")]], Text("March is not complete", "三月尚未结束")),
            Example((ORDER_IDS, ORDER_DATES, None, "month", "revenue",), CellError("#VALUE!"), Text("revenue needs amounts", "收入需要金额")),
        ),
        table=True,
        context=True,
    ),
)  # fmt: skip
