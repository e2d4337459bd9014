"""Short ways to declare arguments, and those that many functions share."""

from __future__ import annotations

from typing import Any

from xlclv.periods import ALIASES, DAYS
from xlclv.text import Text
from xlclv.worksheet.declaration import REQUIRED, Argument, Choice, Kind, Type


def element(name: str, en: str, zh: str, default: Any = REQUIRED, type_: Type = Type.NUMBER, **more: Any) -> Argument:
    """Declare an argument the function maps over."""
    return Argument(name, Kind.ELEMENT, type_, Text(en, zh), default, **more)


def vector(name: str, en: str, zh: str, default: Any = REQUIRED, type_: Type = Type.NUMBER, **more: Any) -> Argument:
    """Declare a row or column that is read whole."""
    return Argument(name, Kind.VECTOR, type_, Text(en, zh), default, **more)


def matrix(name: str, en: str, zh: str, default: Any = REQUIRED, type_: Type = Type.NUMBER, **more: Any) -> Argument:
    """Declare columns side by side, whose rows are those of the other data."""
    return Argument(name, Kind.MATRIX, type_, Text(en, zh), default, **more)


def option(name: str, en: str, zh: str, default: Any = REQUIRED, type_: Type = Type.NUMBER, **more: Any) -> Argument:
    """Declare a single cell."""
    return Argument(name, Kind.OPTION, type_, Text(en, zh), default, **more)


def block(name: str, en: str, zh: str) -> Argument:
    """Declare a rectangle that is read whole."""
    return Argument(name, Kind.BLOCK, Type.CELL, Text(en, zh))


PERIODS = tuple(Choice(period, tuple(alias for alias, meant in ALIASES.items() if meant == period)) for period in DAYS)

DISCOUNT_RATE = element(
    "discount_rate",
    "Effective discount rate of one period, 0 or more; 0 if omitted",
    "每期有效折现率，不小于 0；省略为 0",
    0.0,
)
ACQUISITION_COST = element(
    "acquisition_cost", "Cost of winning the customer, taken off now; 0 if omitted", "获客成本，期初扣除；省略为 0", 0.0
)
TIMING = element(
    "timing", "0: amounts at the end of each period (default); 1: at its start", "0：期末（默认）；1：期初", 0.0
)
LANG = option(
    "lang", "Language of headers and labels: en (default) or zh", "表头和标签的语言：en（默认）或 zh", "en", Type.CHOICE,
    choices=(Choice("en", ("english", "英文", "英语")), Choice("zh", ("chinese", "中文", "zh-cn"))),
)  # fmt: skip
PERIOD = option(
    "period", "Unit of time: day, week (default), month, quarter, year", "时间单位：day 日、week 周（默认）、month 月、quarter 季、year 年",
    "week", Type.CHOICE, choices=PERIODS,
)  # fmt: skip
AS_OF = option("as_of", "Date up to which orders count", "截止日期，之后的订单不计", type_=Type.DATE)
IDS = vector("ids", "Customer of each order", "每笔订单的客户编号", type_=Type.CELL, raw=True)
DATES = vector("dates", "Date of each order", "每笔订单的日期", type_=Type.DATE, raw=True)
AMOUNTS = vector("amounts", "Amount of each order; empty counts as 0", "每笔订单的金额；空白按 0 计", raw=True)
