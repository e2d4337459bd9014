"""The words of the workbook, in two languages."""

from __future__ import annotations

from datetime import date

from xlclv.labels import CUSTOMER_COLUMNS
from xlclv.periods import Period
from xlclv.text import Text
from xlclv.valuation import COLUMNS as VALUED

SUMMARY = Text("Summary", "概览")
CUSTOMERS = Text("Customers", "客户")
SEGMENTS = Text("Segments", "分群")
COHORTS = Text("Cohorts", "同期群")
METHOD = Text("Method", "方法")
SHEETS = (SUMMARY, CUSTOMERS, SEGMENTS, COHORTS, METHOD)

#: Headers of the table CustomerValues, in order.
COLUMNS: dict[str, Text] = {name: CUSTOMER_COLUMNS[name] for name in VALUED}

#: Headers of the tables Segments, Tiers and Stages, after the name of the group.
GROUP_COLUMNS: dict[str, Text] = {
    "customers": Text("customers", "客户数"),
    "share": Text("share of customers", "客户占比"),
    "clv": Text("value", "价值"),
    "share_clv": Text("share of value", "价值占比"),
    "mean_clv": Text("mean value", "人均价值"),
    "mean_orders": Text("mean orders", "人均订单数"),
    "mean_days_since": Text("mean days since last order", "距末单平均天数"),
}
GROUPS: dict[str, Text] = {
    "segment": Text("Segments", "客户分群"),
    "tier": Text("Tiers", "价值层级"),
    "stage": Text("Stages", "生命周期阶段"),
}

COHORT = Text("cohort", "同期群")
SIZE = Text("size", "人数")
AVERAGE = Text("average", "平均")
TOTAL = Text("Total", "合计")

UNITS: dict[Period, Text] = {
    "day": Text("days", "天"),
    "week": Text("weeks", "周"),
    "month": Text("months", "个月"),
    "quarter": Text("quarters", "个季度"),
    "year": Text("years", "年"),
}
UNIT: dict[Period, Text] = {
    "day": Text("day", "天"),
    "week": Text("week", "周"),
    "month": Text("month", "个月"),
    "quarter": Text("quarter", "个季度"),
    "year": Text("year", "年"),
}
EACH: dict[Period, Text] = {
    "day": Text("a day", "每天"),
    "week": Text("a week", "每周"),
    "month": Text("a month", "每月"),
    "quarter": Text("a quarter", "每季度"),
    "year": Text("a year", "每年"),
}

OK = Text("OK", "通过")
FAILED = Text("failed", "未通过")

#: What a parameter of a model governs.
GOVERNS: dict[tuple[str, str], Text] = {
    ("orders", "r"): Text("how often", "购买频率"),
    ("orders", "alpha"): Text("how often", "购买频率"),
    ("orders", "a"): Text("dropping out", "流失"),
    ("orders", "b"): Text("dropping out", "流失"),
    ("orders", "s"): Text("dropping out", "流失"),
    ("orders", "beta"): Text("dropping out", "流失"),
    ("orders", "k"): Text("regularity", "购买规律性"),
    ("spend", "p"): Text("order value", "单笔金额"),
    ("spend", "q"): Text("order value", "单笔金额"),
    ("spend", "v"): Text("order value", "单笔金额"),
}
PARAMETER = Text("Parameter", "参数")
GOVERNS_HEAD = Text("Governs", "含义")
ESTIMATE = Text("Value", "估计值")
STANDARD_ERROR = Text("Std. error", "标准误")
LOWER = Text("Lower 95%", "下限 95%")
UPPER = Text("Upper 95%", "上限 95%")


def long_date(day: date, language: str) -> str:
    """Return a date in words, the same on every machine.

    Examples
    --------
    >>> long_date(date(1998, 6, 30), "en"), long_date(date(1998, 6, 30), "zh")
    ('30 June 1998', '1998年6月30日')
    """
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    months = (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    )  # fmt: skip
    return f"{day.day} {months[day.month - 1]} {day.year}"


def plain(number: float) -> str:
    """Return a number as a spreadsheet shows it in the General format.

    Examples
    --------
    >>> plain(52.0), plain(0.5)
    ('52', '0.5')
    """
    return f"{number:.10g}"


def percent(share: float) -> str:
    """Return a share as a percentage in words of a text.

    Examples
    --------
    >>> percent(0.3), percent(0.002691)
    ('30%', '0.269%')
    """
    return f"{share * 100:.3g}%"


def horizon(periods: float, period: Period) -> Text:
    """Return the future that is valued, in words.

    Examples
    --------
    >>> horizon(52.0, "week")
    Text(en='next 52 weeks', zh='未来 52 周')
    >>> horizon(1.0, "year").en
    'next year'
    """
    number = plain(periods)
    if periods == 1:
        return Text(f"next {UNIT[period].en}", f"未来 1 {UNIT[period].zh}")
    return Text(f"next {number} {UNITS[period].en}", f"未来 {number} {UNITS[period].zh}")
