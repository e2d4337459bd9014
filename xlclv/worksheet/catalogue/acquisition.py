"""Declarations: acquisition cost and customer feedback."""

from __future__ import annotations

from typing import Any

from xlclv.acquisition import cac_channels, cac_cost, cac_payback, cac_ratio
from xlclv.feedback import nps_score
from xlclv.text import Text
from xlclv.worksheet.catalogue.arguments import DISCOUNT_RATE, LANG, element, vector
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.declaration import Example, Family, Function, Type

HEADERS = (
    Text("channel", "渠道"),
    Text("spend", "花费"),
    Text("customers", "客户数"),
    Text("CAC", "获客成本"),
    Text("mean CLV", "平均 CLV"),
    Text("CLV:CAC", "CLV:CAC"),
    Text("ROI", "ROI"),
    Text("rank", "排名"),
)


def _channels(
    channels: list[str], spends: list[float], customers: list[float], clvs: list[float], lang: str
) -> list[list[Any]]:
    rows = cac_channels(channels, spends, customers, clvs)
    return [[header.of(lang) for header in HEADERS], *map(list, rows)]


FUNCTIONS = (
    Function(
        "CAC_COST",
        Family.ACQUISITION,
        Text("Customer acquisition cost: spend / customers won.", "获客成本：花费 / 新客户数。"),
        (
            element("spend", "Money spent on acquisition", "获客花费"),
            element("customers", "Customers won with it", "由此获得的客户数"),
        ),
        cac_cost.__wrapped__,
        (
            Example((1500, 10), 150.0),
            Example(([[1500, 900]], [[10, 3]]), [[150.0, 300.0]]),
            Example((1500, 0), CellError("#DIV/0!")),
        ),
    ),
    Function(
        "CAC_RATIO",
        Family.ACQUISITION,
        Text(
            "Lifetime value in units of acquisition cost (LTV:CAC); take the value before acquisition cost.",
            "终身价值与获客成本之比（LTV:CAC）；价值取未扣除获客成本的数值。",
        ),
        (
            element("clv", "Lifetime value before acquisition cost", "未扣除获客成本的终身价值"),
            element("cac", "Acquisition cost per customer", "单客获客成本"),
        ),
        cac_ratio.__wrapped__,
        (Example((450, 150), 3.0), Example((100, 150), 2 / 3), Example((450, 0), CellError("#DIV/0!"))),
    ),
    Function(
        "CAC_PAYBACK",
        Family.ACQUISITION,
        Text(
            "Periods until the margin has repaid the acquisition cost, with the fraction of the last; margins fall at the "
            "end of each period.",
            "毛利收回获客成本所需的期数（含最后一期的小数）；毛利在每期末获得。",
        ),
        (
            element("cac", "Acquisition cost per customer", "单客获客成本"),
            element("margin", "Margin of the first period, in money", "第一期毛利（金额）"),
            element("retention_rate", "Share of customers kept per period; 100% if omitted", "每期留存率；省略为 100%", 1.0),
            DISCOUNT_RATE,
        ),
        cac_payback.__wrapped__,
        (
            Example((150, 100 / 12), 18.0),
            Example((150, 100 / 12, 0.95), 44.8931),
            Example((150, 100 / 12, 1, 0.01), 19.9444),
            Example((150, 5, 0.9), CellError("#NUM!"), Text("never repaid", "永远收不回")),
        ),
    ),
    Function(
        "CAC_CHANNELS",
        Family.ACQUISITION,
        Text(
            "Compare channels: spend, customers, CAC, mean CLV, CLV:CAC, ROI = (CLV - CAC) / CAC, and rank by ROI.",
            "渠道对比：花费、客户数、获客成本、平均 CLV、CLV:CAC、ROI =（CLV − CAC）/ CAC，以及 ROI 排名。",
        ),
        (
            vector("channels", "Channel of each row; equal names are added up", "每行的渠道；同名合并", type_=Type.TEXT),
            vector("spends", "Money spent", "花费", blank=0.0),
            vector("customers", "Customers won", "获得的客户数", blank=0.0),
            vector("clvs", "Mean lifetime value of one of them, before acquisition cost", "每位客户的平均终身价值（未扣获客成本）", blank=0.0),
            LANG,
        ),
        _channels,
        (
            Example(
                ([["Search"], ["Fairs"]], [[1000], [900]], [[10], [3]], [[300], [600]]),
                [
                    ["channel", "spend", "customers", "CAC", "mean CLV", "CLV:CAC", "ROI", "rank"],
                    ["Search", 1000.0, 10.0, 100.0, 300.0, 3.0, 2.0, 1.0],
                    ["Fairs", 900.0, 3.0, 300.0, 600.0, 2.0, 1.0, 2.0],
                ],
            ),
            Example(
                ([["微信"]], [[500]], [[0]], [[80]], "zh"),
                [
                    ["渠道", "花费", "客户数", "获客成本", "平均 CLV", "CLV:CAC", "ROI", "排名"],
                    ["微信", 500.0, 0.0, *[CellError("#DIV/0!")] * 4, CellError("#N/A")],
                ],
                Text("a channel without customers", "没有客户的渠道"),
            ),
            Example(([["Search"]], [[-1]], [[10]], [[300]]), CellError("#NUM!")),
        ),
        table=True,
    ),
    Function(
        "NPS_SCORE",
        Family.ACQUISITION,
        Text(
            "Net Promoter Score of answers from 0 to 10: percentage of 9 and 10 minus percentage of 0 to 6; -100 to 100.",
            "净推荐值：评分 9、10 的百分比减去 0 至 6 的百分比；−100 到 100。",
        ),
        (vector("scores", "Answers from 0 to 10; empty cells are skipped", "0 到 10 的评分；空白跳过"),),
        nps_score,
        (
            Example(([[10], [9], [8], [3]],), 25.0),
            Example(([["Score"], [10], [None], [10]],), 100.0),
            Example(([[11]],), CellError("#NUM!")),
            Example(([[None], [None]],), CellError("#N/A"), Text("no answers yet", "还没有评分")),
        ),
        sources=("Reichheld, F. F. (2003), The one number you need to grow, Harvard Business Review 81(12)",),
    ),
)  # fmt: skip
