"""Declarations: RFM, segments, tiers and stages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xlclv.labels import CUSTOMER_COLUMNS
from xlclv.segments import rfm_segment, segment_stage
from xlclv.text import Text
from xlclv.worksheet.catalogue.arguments import (
    AMOUNTS,
    AS_OF,
    DATES,
    IDS,
    LANG,
    PERIOD,
    element,
    matrix,
    option,
    vector,
)
from xlclv.worksheet.catalogue.example_data import ORDER_AMOUNTS, ORDER_DATES, ORDER_IDS
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.declaration import Argument, Choice, Context, Example, Family, Function, Kind, Matrix, Type

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


def _moves(before: list[Any], after: list[Any], lang: str) -> list[list[Any]]:
    from xlclv.worksheet.catalogue.analysis import moves_rows

    return moves_rows(before, after, lang)


def _cluster(features: Matrix, clusters: float, seed: float, output: str, lang: str) -> Any:
    from xlclv.worksheet.catalogue.analysis import cluster_rows

    return cluster_rows(features, clusters, seed, output, lang)


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
    Function(
        "SEGMENT_MOVES",
        Family.SEGMENTS,
        Text(
            "Transition matrix between two dates: which share of each segment's customers went to which. With labels, rows sum "
            "to 1; takes its place in CLV_MIGRATION as it is.",
            "两个日期之间的转移矩阵：每个分群的客户各有多少比例转到哪个分群。带标签，每行合计为 1；可直接用于 CLV_MIGRATION。",
        ),
        (
            vector("before", "Segment of each customer at the earlier date; empty: not there yet, left out",
                   "每位客户在较早日期的分群；空白表示当时还不是客户，不计入", type_=Type.CELL, blank=None),
            vector("after", "Segment of the same customer at the later date; empty: no longer there, counts as Gone",
                   "同一客户在较晚日期的分群；空白表示已不在，计为“已离开”", type_=Type.CELL, blank=None),
            LANG,
        ),
        _moves,
        (
            Example(
                ([["New"], ["New"], ["Active"], ["Loyal"]], [["Active"], ["Churned"], ["Loyal"], ["Loyal"]]),
                [["", "New", "Active", "Loyal", "Churned"], ["New", 0.0, 0.5, 0.0, 0.5], ["Active", 0.0, 0.0, 1.0, 0.0],
                 ["Loyal", 0.0, 0.0, 1.0, 0.0], ["Churned", "", "", "", ""]],
            ),
            Example(
                ([[2], [1], [2], [None], [2], [1]], [[1], [1], [None], [1], [2], [2]], "zh"),
                [["", 1.0, 2.0, "已离开"], [1.0, 0.5, 0.5, 0.0], [2.0, 0.333333, 0.333333, 0.333333], ["已离开", "", "", ""]],
                Text("who is no longer there has gone", "不再出现的客户已离开"),
            ),
            Example(([[None]], [["Loyal"]]), CellError("#N/A")),
        ),
        notes=Text(
            "A segment nobody was in before has an empty row, which CLV_MIGRATION takes for an end. Numbers rise, known names "
            "stand in their order, others as they first appear; a header is known by the names these functions give.",
            "之前没有客户的分群，其行为空，CLV_MIGRATION 视之为终点。数字按大小、已知名称按其固有顺序、其他按首次出现的顺序排列；"
            "表头按这些函数给出的名称识别。",
        ),
        table=True,
    ),
    Function(
        "SEGMENT_CLUSTER",
        Family.SEGMENTS,
        Text(
            "Sort customers into groups alike in several features (k-means on standardised features), numbered by the mean of the "
            "first feature; or the size and means of each group.",
            "按多个特征把相似的客户归为一类（标准化后的 k 均值），按第一个特征的均值编号；或给出每类的人数和均值。",
        ),
        (
            matrix("features", "Features of each customer, a column each, numbers", "每位客户的特征，每列一个，均为数字"),
            option("clusters", "Number of clusters", "聚类数"),
            option("seed", "Start of the random numbers, 0 to 4294967295; 0 if omitted", "随机数种子，0 到 4294967295；省略为 0", 0.0),
            option("output", "rows: the cluster of each row (default); profiles: size and means of each cluster",
                   "rows：每行所属的聚类（默认）；profiles：每个聚类的人数和均值", "rows", Type.CHOICE,
                   choices=(Choice("rows", ("逐行", "行")), Choice("profiles", ("概况", "画像")))),
            LANG,
        ),
        _cluster,
        (
            Example(([[90, 2], [10, 30], [80, 1], [12, 28]], 2), [[2.0], [1.0], [2.0], [1.0]]),
            Example(([["spend", "days"], [90, 2], [None, None], [10, 30], [80, 1]], 2), [["cluster"], [2.0], [""], [1.0], [2.0]]),
            Example(([["spend", "days"], [90, 2], [10, 30], [80, 1], [12, 28]], 2, None, "profiles", "zh"),
                    [["聚类", "人数", "占比", "spend", "days"], [1.0, 2.0, 0.5, 11.0, 29.0], [2.0, 2.0, 0.5, 85.0, 1.5]]),
            Example(([[1, 2], [1, 2], [3, 4]], 3), CellError("#NUM!"), Text("two different customers only", "只有两种不同的客户")),
        ),
        notes=Text(
            "Each feature is divided by its standard deviation, so that its unit does not matter; take the logarithm of amounts "
            "that are very uneven. The best of 20 starts counts; the same data and seed give the same clusters.",
            "每个特征都除以标准差，因此单位无关紧要；分布悬殊的金额请先取对数。取 20 次起始中的最佳结果；相同的数据和种子得到相同的聚类。",
        ),
        sources=("Arthur, D. & Vassilvitskii, S. (2007), k-means++: the advantages of careful seeding, Proceedings of SODA 18",),
        table=True,
        per_row=True,
    ),
)  # fmt: skip
