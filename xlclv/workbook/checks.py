"""The checks of a workbook: pairs of figures that have to agree, each a formula."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlclv.text import Text
from xlclv.workbook.cohorts_sheet import is_observed
from xlclv.workbook.source import Source

if TYPE_CHECKING:
    from xlclv.valuation import Valuation

#: How far apart two figures that agree may be, relative to the expected one.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Places:
    """Where the formulas of the checks find what they compare.

    Parameters
    ----------
    cell : mapping of str to str
        Addresses on the Method sheet: rows, used, skipped, merged, refund_days, later, orders, customers, as_of and
        border.
    column : mapping of str to str
        References to the columns of the customer table.
    head : mapping of str to str
        Headers in the tables of groups and of cohorts: customers, value, size.
    chart : str
        The range of the histogram that has to hold every customer.
    """

    cell: Mapping[str, str]
    column: Mapping[str, str]
    head: Mapping[str, str]
    chart: str


@dataclass(frozen=True)
class Check:
    """One check: two figures that have to be equal, as formulas with their values.

    A formula names what it refers to by the fields of `Places`, such as ``{cell[rows]}``.
    """

    text: Text
    expected: tuple[str, float]
    found: tuple[str, float]

    def passes(self, tolerance: float = TOLERANCE) -> bool:
        """Tell whether the values agree within a relative tolerance."""
        expected, found = self.expected[1], self.found[1]
        return abs(found - expected) <= tolerance * max(1.0, abs(expected))

    def formulas(self, places: Places) -> tuple[str, str]:
        """Return the formulas of the expected and of the found figure, with addresses."""
        expected, found = (
            side[0].format(cell=places.cell, column=places.column, head=places.head, chart=places.chart)
            for side in (self.expected, self.found)
        )
        return expected, found


#: The one check that tells of the data and not of the figures: they agree, but the model fits them only in a limit.
BORDER = Text("No model at the border of its parameters", "没有处于参数边界的模型")


def failed_checks(valuation: Valuation, source: Source) -> list[Text]:
    """Return the names of the checks that fail, as the Method sheet of the workbook shows them.

    Parameters
    ----------
    valuation : Valuation
    source : Source
        As they are given to `xlclv.workbook.build_customer_value`.

    Returns
    -------
    list of Text
        Empty when all figures agree.
    """
    return [check.text for check in all_checks(valuation, source) if not check.passes()]


def all_checks(valuation: Valuation, source: Source) -> list[Check]:
    """Return the checks, in the order of the Method sheet."""
    frame, counts = valuation.customers, valuation.counts
    n, total = len(frame), float(frame["clv"].sum())
    skipped = sum(source.skipped.values())
    orders = int(frame["orders"].sum())
    rows, value = "ROWS({column[customer]})", "SUM({column[clv]})"
    outside = 'COUNTIFS({column[p_alive]},"<0")+COUNTIFS({column[p_alive]},">1")'
    alive = frame["p_alive"]
    cohorts = Check(
        Text("Cohort sizes hold every customer", "同期群人数涵盖全部客户"),
        (rows, n),
        ("SUM(Cohorts[{head[size]}])", int(valuation.cohorts["size"].sum())),
    )
    return [
        Check(
            Text("Rows read are used or skipped", "读取行数 = 采用 + 跳过"),
            ("{cell[rows]}", source.rows),
            ("{cell[used]}+{cell[skipped]}", source.orders + skipped),
        ),
        Check(
            Text("Rows used are orders, or left out for a reason", "采用行数 = 订单 + 已说明的剔除"),
            ("{cell[used]}", source.orders),
            (
                # The orders of the table, not those counted in the log: figures that came about in different ways.
                "SUM({column[orders]})+{cell[merged]}+{cell[refund_days]}+{cell[later]}",
                orders + counts.merged + counts.refund_days + counts.later,
            ),
        ),
        Check(
            Text("Orders in the table are those counted in the log", "表中订单数 = 记录中的订单数"),
            ("{cell[orders]}", counts.orders),
            ("SUM({column[orders]})", orders),
        ),
        Check(
            Text("Customers in the table are those counted in the log", "表中客户数 = 记录中的客户数"),
            ("{cell[customers]}", counts.customers),
            (rows, n),
        ),
        Check(
            Text("Repeat orders are orders less one per customer", "频次 = 订单数 − 客户数"),
            ("SUM({column[orders]})-" + rows, orders - n),
            ("SUM({column[frequency]})", int(frame["frequency"].sum())),
        ),
        Check(
            Text("Every customer has a value", "每位客户都有价值"),
            (rows, n),
            ("COUNT({column[clv]})", int(frame["clv"].notna().sum())),
        ),
        *(
            Check(
                Text(f"{table} hold every customer", f"{words}涵盖全部客户"),
                (rows, n),
                (f"SUM({table}[{{head[customers]}}])", int(getattr(valuation, table.lower())["customers"].sum())),
            )
            for table, words in (("Segments", "分群"), ("Tiers", "层级"), ("Stages", "阶段"))
        ),
        # Without a cohort observed for a whole period there is no table of cohorts.
        *([cohorts] if is_observed(valuation.cohorts) else []),
        Check(
            Text("Tiers hold the whole value", "层级涵盖全部价值"),
            (value, total),
            ("SUM(Tiers[{head[value]}])", float(valuation.tiers["clv"].sum())),
        ),
        Check(
            Text("The value chart shows every customer", "价值图涵盖全部客户"),
            (rows, n),
            ("SUM({chart})", n),
        ),
        Check(
            BORDER,
            ("0", 0),
            ("{cell[border]}", int(valuation.model.at_boundary) + int(valuation.spend.at_boundary)),
        ),
        Check(
            Text("No p_alive outside 0 to 1", "存活概率均在 0 与 1 之间"),
            ("0", 0),
            (outside, int(((alive < 0) | (alive > 1)).sum())),
        ),
        Check(
            Text("No negative value", "没有负的价值"),
            ("0", 0),
            ('COUNTIFS({column[clv]},"<0")', int((frame["clv"] < 0).sum())),
        ),
        Check(
            Text("No recency above age", "“最近购买”均不大于客龄"),
            ("0", 0),
            ("SUMPRODUCT(--({column[recency]}>{column[age]}))", int((frame["recency"] > frame["age"]).sum())),
        ),
        Check(
            Text("No order after the as-of date", "没有晚于截止日期的订单"),
            ("0", 0),
            (
                "SUMPRODUCT(--({column[last]}>{cell[as_of]}))",
                int((frame["last"].to_numpy("datetime64[D]") > valuation.settings.as_of).sum()),
            ),
        ),
    ]
