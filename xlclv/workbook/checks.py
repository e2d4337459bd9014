"""The checks of a workbook: pairs of figures that have to agree, each a formula."""

from __future__ import annotations

from dataclasses import dataclass

from xlclv.text import Text
from xlclv.workbook.page import Book


@dataclass(frozen=True)
class Check:
    """One check: two figures that have to be equal, as formulas with their values."""

    text: Text
    expected: tuple[str, float]
    found: tuple[str, float]

    def passes(self, tolerance: float) -> bool:
        """Tell whether the values agree within a relative tolerance."""
        expected, found = self.expected[1], self.found[1]
        return abs(found - expected) <= tolerance * max(1.0, abs(expected))


def all_checks(book: Book, cells: dict[str, str], chart_counts: str) -> list[Check]:
    """Return the checks.

    Parameters
    ----------
    book : Book
    cells : dict of str to str
        Addresses on the Method sheet: rows, used, skipped, merged, refund_days, later, orders, customers, as_of.
    chart_counts : str
        The range of the histogram that has to hold every customer.
    """
    valuation, source = book.valuation, book.source
    frame, counts = valuation.customers, valuation.counts
    column = book.column
    n, total = len(frame), float(frame["clv"].sum())
    skipped = sum(source.skipped.values())
    rows = f"ROWS({column('customer')})"
    value = f"SUM({column('clv')})"
    outside = f'COUNTIFS({column("p_alive")},"<0")+COUNTIFS({column("p_alive")},">1")'
    alive = frame["p_alive"]
    groups = book.say(Text("customers", "客户数")), book.say(Text("value", "价值"))
    return [
        Check(
            Text("Rows read are used or skipped", "读取行数 = 采用 + 跳过"),
            (cells["rows"], source.rows),
            (f"{cells['used']}+{cells['skipped']}", source.orders + skipped),
        ),
        Check(
            Text("Rows used are orders, or left out for a reason", "采用行数 = 订单 + 已说明的剔除"),
            (cells["used"], source.orders),
            (
                f"{cells['orders']}+{cells['merged']}+{cells['refund_days']}+{cells['later']}",
                counts.orders + counts.merged + counts.refund_days + counts.later,
            ),
        ),
        Check(
            Text("Orders in the table are those counted in the log", "表中订单数 = 记录中的订单数"),
            (cells["orders"], counts.orders),
            (f"SUM({column('orders')})", int(frame["orders"].sum())),
        ),
        Check(
            Text("Customers in the table are those counted in the log", "表中客户数 = 记录中的客户数"),
            (cells["customers"], counts.customers),
            (rows, n),
        ),
        Check(
            Text("Repeat orders are orders less one per customer", "频次 = 订单数 − 客户数"),
            (f"SUM({column('orders')})-{rows}", int(frame["orders"].sum()) - n),
            (f"SUM({column('frequency')})", int(frame["frequency"].sum())),
        ),
        Check(
            Text("Every customer has a value", "每位客户都有价值"),
            (rows, n),
            (f"COUNT({column('clv')})", int(frame["clv"].notna().sum())),
        ),
        *(
            Check(
                Text(f"{table} hold every customer", f"{words}涵盖全部客户"),
                (rows, n),
                (f"SUM({table}[{groups[0]}])", int(getattr(valuation, table.lower())["customers"].sum())),
            )
            for table, words in (("Segments", "分群"), ("Tiers", "层级"), ("Stages", "阶段"))
        ),
        Check(
            Text("Tiers hold the whole value", "层级涵盖全部价值"),
            (value, total),
            (f"SUM(Tiers[{groups[1]}])", float(valuation.tiers["clv"].sum())),
        ),
        Check(
            Text("The value chart shows every customer", "价值图涵盖全部客户"),
            (rows, n),
            (f"SUM({chart_counts})", n),
        ),
        Check(
            Text("No model at the border of its parameters", "没有处于参数边界的模型"),
            ("0", 0),
            (cells["border"], int(valuation.model.at_boundary) + int(valuation.spend.at_boundary)),
        ),
        Check(
            Text("No p_alive outside 0 to 1", "存活概率均在 0 与 1 之间"),
            ("0", 0),
            (outside, int(((alive < 0) | (alive > 1)).sum())),
        ),
        Check(
            Text("No negative value", "没有负的价值"),
            ("0", 0),
            (f'COUNTIFS({column("clv")},"<0")', int((frame["clv"] < 0).sum())),
        ),
        Check(
            Text("No recency above age", "“最近购买”均不大于客龄"),
            ("0", 0),
            (f"SUMPRODUCT(--({column('recency')}>{column('age')}))", int((frame["recency"] > frame["age"]).sum())),
        ),
        Check(
            Text("No order after the as-of date", "没有晚于截止日期的订单"),
            ("0", 0),
            (
                f"SUMPRODUCT(--({column('last')}>{cells['as_of']}))",
                int((frame["last"].to_numpy("datetime64[D]") > valuation.settings.as_of).sum()),
            ),
        ),
    ]
