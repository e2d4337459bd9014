"""What the sheet Checks holds against each other: figures that have to agree, and what may have changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xlclv.labels import TIERS
from xlclv.text import Text
from xlclv.workbook import contract
from xlclv.workbook.customer_value.setting import Template
from xlclv.workbook.theme import quoted

#: How far apart two figures that agree may be, relative to the expected one.
TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class Pair:
    """Two figures as formulas, with the value both have in a filled template."""

    text: Text
    expected: str
    found: str
    value: float


def figures(book: Template) -> list[Pair]:
    """Return the checks of the figures a Refresh wrote."""
    of, column = _values(book), book.column
    customers, clv = column("customer"), column("clv")
    orders, rows = f"SUM({column('orders')})", f"COUNTA({customers})"
    tiers = "+".join(f"SUMIFS({clv},{column('tier')},{quoted(book.say(tier))})" for tier in TIERS)
    n, total, counted = of["customers"], of["value"], of["orders"]
    return [
        Pair(Text("Rows read are used or skipped", "读取行数 = 采用 + 跳过"), "out_rows", "out_used+out_skipped",
             of["rows"]),
        Pair(Text("Rows used are orders, or left out for a reason", "采用行数 = 订单 + 已说明的剔除"), "out_used",
             f"{orders}+out_merged+out_refund_days+out_later", of["used"]),
        Pair(Text("Orders of the customers are those counted", "各客户订单之和 = 订单数"), "out_orders", orders,
             counted),
        Pair(Text("Customers in the table are those counted", "表中客户数 = 客户数"), "out_customers", rows, n),
        Pair(Text("Repeat orders are orders less one per customer", "频次 = 订单数 − 客户数"), f"{orders}-{rows}",
             f"SUM({column('frequency')})", counted - n),
        Pair(Text("Every customer has a value", "每位客户都有价值"), rows, f"COUNT({clv})", n),
        Pair(Text("Tiers hold the whole value", "层级涵盖全部价值"), f"SUM({clv})", tiers, total),
        Pair(Text("The value is the one in the Log", "总价值 = 记录中的价值"),
             f"INDEX({column('value', contract.LOG)},1)", f"SUM({clv})", total),
        Pair(Text("No model at the border of its parameters", "没有处于参数边界的模型"), "0", "out_border", 0),
        Pair(Text("No p_alive outside 0 to 1", "存活概率均在 0 与 1 之间"), "0",
             f'COUNTIFS({column("p_alive")},"<0")+COUNTIFS({column("p_alive")},">1")', 0),
        Pair(Text("No negative value", "没有负的价值"), "0", f'COUNTIFS({clv},"<0")', 0),
        Pair(Text("No lower limit above the upper one", "价值下限均不大于上限"), "0",
             f"SUMPRODUCT(--({column('clv_lower')}>{column('clv_upper')}))", 0),
        Pair(Text("No recency above age", "“最近购买”均不大于客龄"), "0",
             f"SUMPRODUCT(--({column('recency')}>{column('age')}))", 0),
        Pair(Text("No order after the as-of date", "没有晚于截止日期的订单"), "0",
             f"SUMPRODUCT(--({column('last')}>out_as_of))", 0),
    ]  # fmt: skip


def freshness(book: Template, marks: str, changed: str) -> list[Pair]:
    """Return what would differ if inputs or orders had been changed since Refresh.

    ``marks`` is the range that says ``changed`` beside each input.
    """
    of = _values(book)
    customers, amounts = book.column("customer", contract.ORDERS), book.column("amount", contract.ORDERS)
    return [
        Pair(Text("Inputs changed since Refresh", "刷新后更改的输入"), "0", f"COUNTIF({marks},{quoted(changed)})", 0),
        Pair(Text("Orders: cells in the column customer", "订单表：客户列已填单元格"), "out_filled",
             f"COUNTA({customers})", of["filled"]),
        # Sums that leave error cells out.
        Pair(Text("Orders: sum of amount", "订单表：金额合计"), "out_sum",
             f'SUMIF({amounts},">0")+SUMIF({amounts},"<0")', of["sum"]),
        Pair(Text("Orders: sum of date", "订单表：日期合计"), "out_days",
             f'SUMIF({book.column("date", contract.ORDERS)},">0")', of["days"]),
    ]  # fmt: skip


def _values(book: Template) -> dict[str, float]:
    """Return the figures of a filled template by what they count."""
    if book.content is None:
        return dict.fromkeys(("rows", "used", "orders", "customers", "value", "filled", "sum", "days"), 0.0)
    values, counts = book.content.values, book.content.valuation.counts
    return {
        "rows": float(counts.rows),
        "used": float(str(values["out_used"])),
        "orders": float(counts.orders),
        "customers": float(counts.customers),
        "value": float(book.content.valuation.customers["clv"].sum()),
        "filled": float(str(values["out_filled"])),
        "sum": float(str(values["out_sum"])),
        "days": float(str(values["out_days"])),
    }
