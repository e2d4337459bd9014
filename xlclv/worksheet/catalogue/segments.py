"""Declarations: RFM, segments, tiers and stages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xlclv.labels import CUSTOMER_COLUMNS
from xlclv.segments import rfm_segment, segment_stage
from xlclv.text import Text
from xlclv.worksheet.catalogue.arguments import AMOUNTS, AS_OF, DATES, IDS, LANG, PERIOD, element, option, vector
from xlclv.worksheet.catalogue.example_data import ORDER_AMOUNTS, ORDER_DATES, ORDER_IDS
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.declaration import Argument, Choice, Context, Example, Family, Function, Kind, Type

BINS = option("bins", "Best score; 5 if omitted", "最高分；省略为 5", 5.0)
HUGHES = "Hughes, A. M. (1994), Strategic Database Marketing"


def _rfm(
    ids: list[Any], dates: list[Any], amounts: list[Any], as_of: Any, period: str, lang: str, *, context: Context
) -> Any:
    from xlclv.worksheet.catalogue.orders import rfm_rows

    return rfm_rows(ids, dates, amounts, as_of, period, lang, context)


def _score(days_since: list[float], orders: list[float], totals: list[float], bins: float) -> list[list[Any]]:
    from xlclv.scores import rfm_score

    scores = rfm_score(days_since, orders, totals, bins)
    return [["R", "F", "M"], *scores.to_numpy(float).tolist()]


def _tier(values: list[float], shares: list[list[Any]] | None, lang: str) -> list[list[Any]]:
    from xlclv.scores import clv_tier
    from xlclv.worksheet.catalogue.orders import limits_of

    limits = limits_of(shares) if shares is not None else (0.8, 0.95)
    return [[CUSTOMER_COLUMNS["tier"].of(lang)], *([tier] for tier in clv_tier(values, limits, lang=lang))]


FUNCTIONS = (
    Function(
        "RFM_TABLE",
        Family.SEGMENTS,
        Text(
            "One row per customer from an order log: orders, frequency, recency, age, monetary, total, first and last order, "
            "days since. Orders of one day are one.",
            "由订单数据生成每位客户一行：订单数、频次、最近购买、客龄、重复购买均值、总额、首末单日期、距今天数。同日订单合并。",
        ),
        (IDS, DATES, AMOUNTS, AS_OF, PERIOD, LANG),
        _rfm,
        (
            Example((ORDER_IDS, ORDER_DATES, ORDER_AMOUNTS, "2024-03-31",), [["customer", "orders", "frequency", "recency", "age", "monetary", "total", "first", "last", "days_since"], ["a", 3.0, 2.0, 8.0, 12.285714, 27.5, 65.0, dt.date(2024, 1, 5), dt.date(2024, 3, 1), 30.0], ["b", 2.0, 1.0, 5.857143, 10.142857, 5.0, 25.0, dt.date(2024, 1, 20), dt.date(2024, 3, 1), 30.0], ["c", 1.0, 0.0, 0.0, 7.142857, 0.0, 15.0, dt.date(2024, 2, 10), dt.date(2024, 2, 10), 50.0]]),
            Example(([["会员"], [17850], ["17850 "], [17850.0]], [["日期"], ["2024年1月5日"], ["20240105"], [45311]], [["金额"], [10], [-4], [8]], "2024-01-31", "day", "zh",), [["客户", "订单数", "频次", "最近购买", "客龄", "重复购买均值", "总金额", "首单", "末单", "距今天数"], [17850.0, 2.0, 1.0, 15.0, 26.0, 8.0, 14.0, dt.date(2024, 1, 5), dt.date(2024, 1, 20), 11.0]]),
            Example(([["a"], ["b"]], [["2024-01-05"], ["1/5/2024"]], [[1], [2]], "2024-03-31",), CellError("#VALUE!"), Text("day and month in doubt", "日月次序不明")),
        ),
        notes=Text(
            "All rows of one customer on one calendar day are one order. A day that sums to 0 is an order; one below 0 is "
            "none and lowers total only. frequency = orders - 1; recency = (last - first) and age = (as_of - first) in "
            "periods; monetary = mean value of the repeat orders, 0 when there is none.",
            "同一客户同一天的所有行为一笔订单。合计为 0 的一天算订单，低于 0 的不算，只减少 total。frequency = 订单数 − 1；"
            "recency =（末单 − 首单），age =（as_of − 首单），以期为单位；monetary = 重复购买的平均金额，没有则为 0。",
        ),
        sources=("Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005), RFM and CLV, Journal of Marketing Research 42(4)",),
        table=True,
        context=True,
    ),
    Function(
        "RFM_SCORE",
        Family.SEGMENTS,
        Text(
            "Scores for recency, frequency and monetary value from 1 to bins, best = bins: ceiling(bins x mean rank / n); "
            "ties score alike. One row per input row.",
            "R、F、M 评分，1 到 bins，越高越好：ceiling(bins × 平均名次 / n)；并列同分。每个输入行一行结果。",
        ),
        (
            vector("days_since", "Days since the last order; fewer is better", "距上次购买的天数；越少越好"),
            vector("orders", "Number of orders", "订单数"),
            vector("totals", "Total spend", "总金额"),
            BINS,
        ),
        _score,
        (
            Example(
                ([[1], [5], [10], [20], [40]], [[9], [7], [5], [3], [1]], [[500], [400], [300], [200], [100]]),
                [[5.0, 5.0, 5.0], [4.0, 4.0, 4.0], [3.0, 3.0, 3.0], [2.0, 2.0, 2.0], [1.0, 1.0, 1.0]],
            ),
            Example(
                ([["days"], [3], [3]], [["orders"], [2], [1]], [["total"], [10], [20]], 2),
                [["R", "F", "M"], [2.0, 2.0, 1.0], [2.0, 1.0, 2.0]],
            ),
            Example(([[1], [2]], [[1]], [[5], [6]]), CellError("#VALUE!")),
        ),
        sources=(HUGHES,),
        table=True,
        per_row=True,
    ),
    Function(
        "RFM_SEGMENT",
        Family.SEGMENTS,
        Text("Named segment of a customer's RFM scores.", "由 RFM 评分得出的客户分群名称。"),
        (
            element("r_score", "Recency score, 1 to bins", "R 评分，1 到 bins"),
            element("f_score", "Frequency score, 1 to bins", "F 评分，1 到 bins"),
            element("m_score", "Monetary score, 1 to bins", "M 评分，1 到 bins"),
            option("scheme", "standard (default, 11 segments) or value8 (8 cells by high and low)",
                   "standard 标准（默认，11 类）或 value8 八类（按高低）", "standard", Type.CHOICE,
                   choices=(Choice("standard", ("标准",)), Choice("value8", ("八类", "价值八分")))),
            BINS,
            LANG,
        ),
        rfm_segment,
        (
            Example((5, 5, 5), "Champions"),
            Example(([[5], [1]], 5, 5, None, None, "zh"), [["冠军客户"], ["不能失去的客户"]]),
            Example((5, 1, 5, "value8", None, "zh"), "重要发展客户"),
            Example((6, 1, 1), CellError("#NUM!")),
        ),
        sources=(HUGHES,),
    ),
    Function(
        "CLV_TIER",
        Family.SEGMENTS,
        Text(
            "High, Medium or Low by cumulative share of value, best first (ABC analysis); who crosses a limit is in the upper "
            "tier, values of 0 or less are Low. One row per input row.",
            "按价值累计占比（从高到低）分为高、中、低（ABC 分析）；跨过界限者归入较高一级，价值不大于 0 为低。每个输入行一行结果。",
        ),
        (
            vector("values", "Value of each customer", "每位客户的价值"),
            Argument("shares", Kind.BLOCK, Type.CELL, Text("Limits of the cumulative share; {0.8,0.95} if omitted",
                                                            "累计占比的界限；省略为 {0.8,0.95}"), None),
            LANG,
        ),
        _tier,
        (
            Example(([[60], [25], [10], [4], [1]],), [["High"], ["High"], ["Medium"], ["Low"], ["Low"]]),
            Example(([["CLV"], [60], [None], [0]], [[0.5, 0.9]], "zh"), [["价值层级"], ["高"], [""], ["低"]]),
            Example(([[60], [25]], [[0.9, 0.5]]), CellError("#NUM!")),
        ),
        table=True,
        per_row=True,
    ),
    Function(
        "SEGMENT_STAGE",
        Family.SEGMENTS,
        Text(
            "Stage of a customer's life: Prospect (no order), New, Active, Loyal or Churned; exactly one.",
            "客户生命周期阶段：潜在（无订单）、新、活跃、忠诚或流失，必居其一。",
        ),
        (
            element("first", "Date of the first order; empty if none", "首单日期；没有则留空", type_=Type.DATE, blank=None),
            element("last", "Date of the last order; empty if none", "末单日期；没有则留空", type_=Type.DATE, blank=None),
            element("orders", "Number of orders", "订单数"),
            element("as_of", "The day the stage is of", "判断日期", type_=Type.DATE),
            element("new_days", "New up to this many days after the first order; 90 if omitted", "首单后多少天内为新客户；省略为 90", 90.0),
            element("lapse_days", "Churned after more days than this without an order; 365 if omitted", "超过多少天无订单为流失；省略为 365", 365.0),
            element("loyal_orders", "Loyal from this many orders on; 3 if omitted", "达到多少订单为忠诚；省略为 3", 3.0),
            LANG,
        ),
        segment_stage,
        (
            Example(("2024-01-05", "2024-06-01", 2, "2024-06-30"), "Active"),
            Example((None, None, 0, "2024-06-30"), "Prospect"),
            Example(("2024年1月5日", "2024-06-01", 4, 45473, None, None, None, "zh"), "忠诚客户"),
            Example(("2024-01-05", "2022-01-05", 1, "2024-06-30"), CellError("#NUM!")),
        ),
    ),
)  # fmt: skip
