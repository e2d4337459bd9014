"""Declarations: value in closed form."""

from __future__ import annotations

from typing import Any

from xlclv.concentration import clv_shares
from xlclv.migration import clv_migration
from xlclv.parsing import is_blank, number_of
from xlclv.text import Text
from xlclv.value import clv, clv_churn, clv_curve, clv_equity, clv_retention
from xlclv.worksheet.catalogue.arguments import (
    ACQUISITION_COST,
    DISCOUNT_RATE,
    LANG,
    TIMING,
    block,
    element,
    option,
    vector,
)
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.convert import value_of
from xlclv.worksheet.declaration import Argument, Example, Family, Function

MONTHLY_10 = 1.1 ** (1 / 12) - 1

ORDER_VALUE = element("order_value", "Mean value of one order", "平均每单金额")
FREQUENCY = element("frequency", "Orders per period", "每期下单次数")
MARGIN = element(
    "margin", "Margin as a share of revenue, such as 30%; 100% if omitted", "毛利率，如 30%；省略为 100%", 1.0
)
GUPTA_LEHMANN = "Gupta, S. & Lehmann, D. R. (2003), Customers as assets, Journal of Interactive Marketing 17(1)"

TRANSITIONS = block(
    "transitions",
    "Square range: chance to move from each state (row) to each (column); labels may stand around it; an empty row is a "
    "state nobody leaves",
    "方阵：从每个状态（行）转到每个状态（列）的概率；四周可带标签；空行表示不再离开的状态",
)
MARGINS_OF_STATES = vector(
    "margins", "Margin of one period in each state; empty is 0", "每个状态一期的毛利；空白为 0", blank=0.0
)


def _migration(
    transitions: list[list[Any]], margins: list[float], rate: float, periods: float | None, lang: str
) -> Any:
    """Find the labels around the matrix and give the value of each state."""
    in_row, in_column = _where_labels_are(transitions, len(margins))
    row_labels = transitions[0][in_column:] if in_row else []
    body = transitions[in_row:]
    labels = [row[0] for row in body] if in_column else row_labels
    matrix = [[_chance(cell) for cell in row[in_column:]] for row in body]
    states = len(matrix[0]) if matrix else 0
    values = clv_migration(matrix, margins + [0.0] * (states - len(margins)), rate, periods)
    names = [*labels, *row_labels[len(labels) :]][:states]
    header = [Text("state", "状态").of(lang), Text("value", "价值").of(lang)]
    return [header, *([_name(names, i), value] for i, value in enumerate(values))]


def _where_labels_are(transitions: list[list[Any]], states: int) -> tuple[bool, bool]:
    """Return whether the first row and the first column hold labels; numbers do only beside a full matrix."""
    corner = transitions[0][0]
    in_row = any(map(_is_label, transitions[0][1:]))
    in_column = any(_is_label(row[0]) for row in transitions[1:])
    if len(transitions[0]) == states + 1 and (is_blank(corner) or _is_label(corner)):
        if in_column:
            in_row = in_row or is_blank(corner) or len(transitions) == states + 1
        else:
            in_row = in_column = True
    return in_row, in_column


def _name(names: list[Any], i: int) -> Any:
    return names[i] if i < len(names) and not is_blank(names[i]) else i + 1


def _is_label(cell: Any) -> bool:
    if not isinstance(cell, str) or is_blank(cell):
        return False
    try:
        number_of(cell)
    except ValueError:
        return True
    return False


_CHANCE = Argument("transitions", TRANSITIONS.kind, MARGIN.type, TRANSITIONS.help, default=None)


def _chance(cell: Any) -> float | None:
    chance: float | None = value_of(cell, _CHANCE, False)
    return chance


def _shares(values: list[float], lang: str) -> Any:
    shares = clv_shares(values)
    header = [Text("top share of customers", "前多少客户").of(lang), Text("share of value", "价值占比").of(lang)]
    gini = [Text("Gini coefficient", "基尼系数").of(lang), shares.gini]
    return [header, *([top, held] for top, held in shares.top.items()), gini]


FUNCTIONS = (
    Function(
        "CLV",
        Family.VALUE,
        Text(
            "Lifetime value of a customer who stays a known time: order value x frequency x margin x lifetime, discounted "
            "from the end of each period, minus acquisition cost.",
            "已知寿命的客户终身价值：单价 × 频次 × 毛利率 × 寿命（按期末折现），减去获客成本。",
        ),
        (
            ORDER_VALUE,
            FREQUENCY,
            element("lifetime", "Periods the customer stays", "客户留存的期数"),
            MARGIN,
            DISCOUNT_RATE,
            ACQUISITION_COST,
        ),
        clv.__wrapped__,
        (
            Example((100, 2, 36), 7200.0),
            Example((100, 2, 36, 0.3), 2160.0),
            Example((100, 2, 36, 0.3, MONTHLY_10), 1871.1875, Text("10% a year, per month", "年折现率 10%，按月")),
            Example(([[50], [100]], 2, [[12, 24]]), [[1200.0, 2400.0], [2400.0, 4800.0]],
                    Text("a column against a row gives a grid", "列与行组合成网格")),
            Example((100, 2, -1), CellError("#NUM!")),
        ),
        notes=Text(
            "The formula order value x frequency x lifetime / churn that circulates in articles counts the lifetime twice, "
            "because lifetime already is 1 / churn: with 100, 2 a month and churn 1/36 it gives 259,200 for a customer "
            "worth 7,200.",
            "网上流传的“客单价 × 频次 × 寿命 / 流失率”把寿命算了两次，因为寿命本身就是 1 / 流失率：100、每月 2 次、"
            "流失率 1/36 时会得出 259,200，而客户实际只值 7,200。",
        ),
    ),
    Function(
        "CLV_CHURN",
        Family.VALUE,
        Text(
            "Lifetime value at a constant churn rate; the expected lifetime is 1 / churn, the first margin is earned now.",
            "流失率恒定时的客户终身价值；预期寿命为 1 / 流失率，第一笔毛利即期获得。",
        ),
        (
            ORDER_VALUE,
            FREQUENCY,
            element("churn_rate", "Share of customers lost per period, 0 to 1", "每期流失率，0 到 1"),
            MARGIN,
            DISCOUNT_RATE,
            ACQUISITION_COST,
        ),
        clv_churn.__wrapped__,
        (
            Example((100, 2, 1 / 36), 7200.0),
            Example((100, 2, 1 / 36, 0.3, MONTHLY_10), 1691.6141),
            Example((100, 2, 0), CellError("#DIV/0!")),
            Example((100, 2, 1.5), CellError("#NUM!")),
        ),
        notes=Text(
            "m (1 + d) / (d + churn) - cost. Equals CLV_RETENTION with timing 1 at retention 1 - churn.",
            "m (1 + d) / (d + 流失率) − 成本。等于 CLV_RETENTION 在 timing 为 1、留存率为 1 − 流失率时的值。",
        ),
    ),
    Function(
        "CLV_RETENTION",
        Family.VALUE,
        Text(
            "Lifetime value at a constant retention rate (Gupta-Lehmann), forever or for a number of periods, with growing "
            "margins.",
            "留存率恒定时的客户终身价值（Gupta-Lehmann），可为永续或有限期，毛利可增长。",
        ),
        (
            element("margin", "Margin of one period, in money", "每期毛利（金额）"),
            element("retention_rate", "Share of customers kept per period, 0 to 1", "每期留存率，0 到 1"),
            DISCOUNT_RATE,
            element("periods", "Number of margins counted; forever if omitted", "计入的毛利期数；省略为永续", None),
            element("growth", "Growth of the margin per period; 0 if omitted", "毛利每期增长率；省略为 0", 0.0),
            TIMING,
            ACQUISITION_COST,
        ),
        clv_retention.__wrapped__,
        (
            Example((100, 0.8, 0.1), 266.6667),
            Example((100, 0.8, 0.1, None, None, 1), 366.6667),
            Example((100, 0.8, 0.1, 5), 212.4097),
            Example((100, 0.8, 0.1, 5, None, 1), 292.0634),
            Example((1, 0.8, 0.12, None, 0.08), 3.125),
            Example((1, 0.8, 0.12, None, 0.08, 1), 4.375),
            Example((1, 0.9, 0.12), 4.0909),
            Example((100, 1), CellError("#NUM!"), Text("infinite without discounting", "不折现时无穷大")),
        ),
        notes=Text(
            "Timing 0: sum over k >= 1 of m r^k (1+g)^(k-1) / (1+i)^k. Timing 1: sum over k >= 0 of m (r(1+g)/(1+i))^k.",
            "timing 0：对 k ≥ 1 求和 m r^k (1+g)^(k-1) / (1+i)^k。timing 1：对 k ≥ 0 求和 m (r(1+g)/(1+i))^k。",
        ),
        sources=(GUPTA_LEHMANN,),
    ),
    Function(
        "CLV_CURVE",
        Family.VALUE,
        Text(
            "Lifetime value from a survival curve: the sum of margin x survival, discounted.",
            "由留存曲线计算的客户终身价值：各期毛利 × 留存比例的折现和。",
        ),
        (
            vector("margins", "Margin of each period; one serves all", "各期毛利；只给一个则通用", serves_all=True),
            vector("survivals", "Share of customers left in each period, never rising", "各期留存比例，不可上升"),
            DISCOUNT_RATE,
            TIMING,
        ),
        clv_curve,
        (
            Example((100, [[1, 0.7, 0.55, 0.47, 0.42]], 0.1, 1), 273.08927),
            Example((100, [[1, 0.7, 0.55, 0.47, 0.42]], 0.1), 248.262973),
            Example(([[50], [40]], [[1], [0.5]]), 70.0),
            Example((100, [[0.5, 0.6]]), CellError("#NUM!")),
        ),
        positional=True,
    ),
    Function(
        "CLV_MIGRATION",
        Family.VALUE,
        Text(
            "Value of a customer in each state of a Markov chain, such as months since the last order; the first margin "
            "counts now, undiscounted.",
            "马尔可夫链中每个状态（如距上次购买的月数）的客户价值；第一笔毛利即期计入，不折现。",
        ),
        (
            TRANSITIONS,
            MARGINS_OF_STATES,
            option("discount_rate", *DISCOUNT_RATE.help, 0.0),
            option("periods", "Last period counted (the first is 0); forever if omitted", "计入的最后一期（首期为 0）；省略为永续", None),
            LANG,
        ),
        _migration,
        (
            Example(
                (
                    [[0.3, 0.7, 0, 0, 0], [0.2, 0, 0.8, 0, 0], [0.15, 0, 0, 0.85, 0], [0.05, 0, 0, 0, 0.95], [None] * 5],
                    [[36], [-4], [-4], [-4], [0]],
                    0.2,
                    4,
                ),
                [["state", "value"], [1.0, 50.114969], [2.0, 4.219907], [3.0, 0.59211], [4.0, -1.980131], [5.0, 0.0]],
            ),
            Example(
                (
                    [
                        [None, "r1", "r2", "r3", "r4", "Lost"],
                        ["r1", 0.3, 0.7, 0, 0, 0],
                        ["r2", 0.2, 0, 0.8, 0, 0],
                        ["r3", 0.15, 0, 0, 0.85, 0],
                        ["r4", 0.05, 0, 0, 0, 0.95],
                        ["Lost", None, None, None, None, None],
                    ],
                    [[36], [-4], [-4], [-4], [0]],
                    0.2,
                ),
                [["state", "value"], ["r1", 52.319609], ["r2", 5.553784], ["r3", 1.250773], ["r4", -1.820016], ["Lost", 0.0]],
            ),
            Example(([[0.5, 0.4], [0, 1]], [[10], [0]], 0.1), CellError("#NUM!"), Text("a row sums to 0.9", "有一行合计为 0.9")),
        ),
        sources=("Pfeifer, P. E. & Carraway, R. L. (2000), Modeling customer relationships as Markov chains, "
                 "Journal of Interactive Marketing 14(2)",),
        table=True,
        positional=True,
    ),
    Function(
        "CLV_EQUITY",
        Family.VALUE,
        Text(
            "Customer equity: the value of the customers there are plus the discounted value of those who will join; "
            "cohort k joins at the end of period k.",
            "客户资产：现有客户价值加上未来新客户的折现价值；第 k 批客户在第 k 期末加入。",
        ),
        (
            element("base_value", "Value of today's customers", "现有客户的总价值"),
            vector("new_customers", "New customers of each coming period", "未来各期的新客户数"),
            vector("new_values", "Value of one of them; one serves all", "每位新客户的价值；只给一个则通用", serves_all=True),
            DISCOUNT_RATE,
        ),
        clv_equity,
        (
            Example((1000, [[10, 10]], [[50, 60]], 0.1), 1950.4132),
            Example((1000, [[10, 20, 30]], 50), 4000.0),
            Example((0, [[10], [10]], [[50], [60], [70]]), CellError("#VALUE!")),
            Example((0, [[-1]], 50), CellError("#NUM!")),
        ),
        sources=("Gupta, S., Lehmann, D. R. & Stuart, J. A. (2004), Valuing customers, Journal of Marketing Research 41(1)",),
        positional=True,
    ),
    Function(
        "CLV_SHARES",
        Family.VALUE,
        Text(
            "Concentration of value: share held by the best 1, 5, 10, 20 and 50% of customers, and the Gini coefficient.",
            "价值集中度：前 1%、5%、10%、20%、50% 客户的价值占比，以及基尼系数。",
        ),
        (vector("values", "Value of each customer", "每位客户的价值"), LANG),
        _shares,
        (
            Example(
                ([[10], [0], [0], [0]],),
                [["top share of customers", "share of value"], [0.01, 0.04], [0.05, 0.2], [0.1, 0.4], [0.2, 0.8],
                 [0.5, 1.0], ["Gini coefficient", 0.75]],
            ),
            Example(
                ([[1, 1, 1, 1]], "zh"),
                [["前多少客户", "价值占比"], [0.01, 0.01], [0.05, 0.05], [0.1, 0.1], [0.2, 0.2], [0.5, 0.5],
                 ["基尼系数", 0.0]],
            ),
            Example(([[0], [0]],), CellError("#DIV/0!")),
        ),
        table=True,
    ),
)  # fmt: skip
