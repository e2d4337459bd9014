"""What the customer value workbook and those who fill it have agreed on: its tables, named inputs and named results.

Names are the same in every language; headers and labels are not.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from xlclv.checks import CHECKS as CHECKED
from xlclv.labels import CUSTOMER_COLUMNS
from xlclv.periods import LABELS as PERIODS
from xlclv.terms import DEFAULT_MODEL, log_models
from xlclv.text import Text
from xlclv.valuation import COLUMNS

#: Which workbook it is, its language, and the version of xlclv that built it: named cells. No name is a function's.
TEMPLATE: Final = "xlclv_template"
LANGUAGE: Final = "xlclv_language"
VERSION: Final = "xlclv_built_by"
CUSTOMER_VALUE: Final = "customer_value"

#: What the user fills in. There may be more columns, which are left alone.
ORDERS: Final = "Orders"
ORDER_COLUMNS: Final[dict[str, Text]] = {
    "customer": Text("customer", "客户"),
    "date": Text("date", "日期"),
    "amount": Text("amount", "金额"),
}

#: What Refresh fills: one row per customer, best first.
VALUES: Final = "CustomerValues"
VALUE_COLUMNS: Final[dict[str, Text]] = {name: CUSTOMER_COLUMNS[name] for name in (*COLUMNS, "clv_lower", "clv_upper")}

#: The fitted models, as MODEL_FIT and SPEND_FIT show them, which every MODEL_ function takes.
ORDER_MODEL: Final = "OrderModel"
SPEND_MODEL: Final = "SpendModel"
MODEL_COLUMNS: Final[dict[str, Text]] = {
    "parameter": Text("parameter", "参数"),
    "value": Text("value", "值"),
    "standard_error": Text("standard error", "标准误"),
    "lower": Text("lower 95%", "下限 95%"),
    "upper": Text("upper 95%", "上限 95%"),
}
#: The rows a block of any model of repeat orders, and of order values, has at most.
MOST_MODEL_ROWS: Final = 12

#: What Check data fills: one row for each thing looked at, in this order, then rows skipped by reason.
CHECKS: Final = "Checks"
CHECK_COLUMNS: Final[dict[str, Text]] = {
    "check": Text("check", "检查项"),
    "rows": Text("rows", "行数"),
    "status": Text("status", "状态"),
}
CHECK_ROWS: Final = len(CHECKED)

#: One row for each Refresh, the latest first.
LOG: Final = "Log"
LOG_COLUMNS: Final[dict[str, Text]] = {
    "time": Text("time (UTC)", "时间（UTC）"),
    "version": Text("xlclv", "xlclv 版本"),
    "as_of": Text("as of", "截止日期"),
    "rows": Text("rows", "行数"),
    "customers": Text("customers", "客户数"),
    "model": Text("model", "模型"),
    "value": Text("value", "价值"),
    "seconds": Text("seconds", "秒"),
}
MOST_LOG_ROWS: Final = 100


class Input(NamedTuple):
    """One named cell the user may change.

    ``kind`` is ``text``, ``date``, ``number``, ``share`` (30% is 0.3) or ``choice``; the texts of ``choices`` are
    understood in either language, and of another kind only say what the default is in each. A blank cell means
    ``blank``, if it may be blank.
    """

    name: str
    label: Text
    kind: Literal["text", "date", "number", "share", "choice"]
    unit: Text
    note: Text
    default: str | float | None
    blank: Text | None = None
    choices: tuple[Text, ...] = ()


INPUTS: Final = (
    Input(
        "in_title", Text("Title", "标题"), "text", Text("", ""),
        Text("Stands on top of the Summary.", "显示在概览顶部。"), "", Text("Customer value", "客户价值"),
    ),
    Input(
        "in_currency", Text("Currency", "货币"), "text", Text("sign", "符号"),
        Text("Of all amounts; there is no conversion.", "所有金额使用同一货币；不做换算。"), "$", Text("none", "无"),
        (Text("$", "¥"),),
    ),
    Input(
        "in_as_of", Text("As-of date", "截止日期"), "date", Text("date", "日期"),
        Text("Later orders are ignored; their count is told.", "之后的订单不计入，并会说明笔数。"), None,
        Text("the latest order", "最近一笔订单的日期"),
    ),
    Input(
        "in_period", Text("Period", "期"), "choice", Text("", ""),
        Text("Unit of recency, age and horizon.", "最近购买、客龄与预测期的时间单位。"), "week", None,
        tuple(PERIODS.values()),
    ),
    Input(
        "in_periods", Text("Horizon", "预测期"), "number", Text("periods", "期"),
        Text("Periods ahead that are valued.", "向前估值的期数。"), 52.0, Text("one year", "一年"),
    ),
    Input(
        "in_margin", Text("Margin", "利润率"), "share", Text("of revenue", "占收入"),
        Text("Share of an order's amount that is earned.", "订单金额中属于利润的比例。"), 0.3, Text("100%", "100%"),
    ),
    Input(
        "in_rate", Text("Discount rate", "折现率"), "share", Text("a year", "每年"),
        Text("Effective yearly rate; orders count at the end of their period.", "年有效利率；订单在期末折现。"), 0.1,
        Text("0%", "0%"),
    ),
    Input(
        "in_model", Text("Model of ordering", "下单模型"), "choice", Text("", ""),
        Text("Pareto/NBD fits most shops; others for comparison.", "Pareto/NBD 适用于多数商家；其他用于比较。"),
        DEFAULT_MODEL, None, tuple(Text(name, name) for name in log_models()),
    ),
)  # fmt: skip


class Output(NamedTuple):
    """One named cell that Refresh fills; ``kind`` is ``text``, ``date``, ``number``, ``count`` or ``share``."""

    name: str
    label: Text
    kind: Literal["text", "date", "number", "count", "share"]


OUTPUTS: Final = (
    #: One sentence: what the last command did, or why it did nothing.
    Output("out_status", Text("Last command", "最近一次操作"), "text"),
    Output("out_time", Text("Refreshed (UTC)", "刷新时间（UTC）"), "text"),
    Output("out_version", Text("With xlclv", "xlclv 版本"), "text"),
    #: What it was asked for, to be held against the inputs as they are now. The as-of date is the one that was used.
    Output("out_as_of", Text("As of", "截止日期"), "date"),
    Output("out_period", Text("Period", "期"), "text"),
    Output("out_periods", Text("Horizon", "预测期"), "number"),
    Output("out_margin", Text("Margin", "利润率"), "share"),
    Output("out_rate", Text("Discount rate a year", "年折现率"), "share"),
    Output("out_rate_period", Text("Discount rate a period", "每期折现率"), "share"),
    Output("out_model", Text("Model of ordering", "下单模型"), "text"),
    #: The orders as they were: cells filled in the column of customers, and the sums of the numbers in the others.
    Output("out_filled", Text("Orders: cells in customer", "订单表：客户列已填单元格"), "count"),
    Output("out_sum", Text("Orders: sum of amount", "订单表：金额合计"), "number"),
    Output("out_days", Text("Orders: sum of date", "订单表：日期合计"), "number"),
    #: What became of the rows.
    Output("out_rows", Text("Rows read", "读取的行"), "count"),
    Output("out_used", Text("Rows used", "采用的行"), "count"),
    Output("out_skipped", Text("Rows skipped", "跳过的行"), "count"),
    Output("out_merged", Text("Folded into another row of the day", "并入当天另一行"), "count"),
    Output("out_refund_days", Text("On a day that sums below zero", "当天合计小于零"), "count"),
    Output("out_later", Text("After the as-of date", "晚于截止日期"), "count"),
    Output("out_orders", Text("Orders", "订单"), "count"),
    Output("out_customers", Text("Customers with an order", "有订单的客户"), "count"),
    Output("out_without", Text("Customers without an order", "没有订单的客户"), "count"),
    Output("out_border", Text("Models at the border of their parameters", "处于参数边界的模型数"), "count"),
    #: 90% interval of the value of all customers together; empty where there is none.
    Output("out_lower", Text("Value of all: lower 90%", "总价值下限 90%"), "number"),
    Output("out_upper", Text("Value of all: upper 90%", "总价值上限 90%"), "number"),
)
