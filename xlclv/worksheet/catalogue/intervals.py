"""Declarations: intervals of what customers will do."""

from __future__ import annotations

from typing import Any

from xlclv.text import Text
from xlclv.worksheet.catalogue.arguments import LANG, option, vector
from xlclv.worksheet.catalogue.prediction import BGNBD, FADER_HARDIE_LEE, MODEL, NBD
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.declaration import Example, Family, Function


def _interval(
    block: Any,
    frequency: list[float],
    recency: list[float],
    age: list[float],
    periods: list[float],
    level: float,
    lang: str,
) -> list[list[Any]]:
    from xlclv.worksheet.catalogue.interval_cells import interval_rows

    return interval_rows(block, frequency, recency, age, periods, level, lang)


FUNCTIONS = (
    Function(
        "MODEL_INTERVAL",
        Family.PREDICTION,
        Text(
            "Lower and upper number of orders of each customer in the next periods: the smallest range of counts that holds at "
            "least the level of the chance. One row per input row.",
            "每位客户在未来若干期内订单数的下限和上限：至少包含给定概率的最小整数区间。每个输入行一行结果。",
        ),
        (
            MODEL,
            vector("frequency", "Number of repeat orders; one cell serves all rows", "重复购买次数；单个单元格适用于所有行", serves_all=True),
            vector("recency", "Time from the first to the last order, in periods", "首单到末单的时间（期）", serves_all=True),
            vector("age", "Time from the first order to now, in periods", "首单至今的时间（期）", serves_all=True),
            vector("periods", "Number of periods ahead; one cell serves all rows", "未来期数；单个单元格适用于所有行", serves_all=True),
            option("level", "Chance the range holds at least, between 0 and 1; 90% if omitted", "区间至少包含的概率，0 与 1 之间；省略为 90%", 0.9),
            LANG,
        ),
        _interval,
        (
            Example((BGNBD, 2, 30.43, 38.86, 39), [[0.0, 3.0]]),
            Example((BGNBD, [["frequency"], [0], [7]], [["recency"], [0], [29.43]], 38.86, 39), [["lower", "upper"], [0.0, 1.0], [0.0, 9.0]]),
            Example((NBD, [["次数"], [2], [30]], [["最近"], [30], [100]], [["客龄"], [39], [104]], 52, 0.5, "zh"), [["下限", "上限"], [0.0, 2.0], [10.0, 15.0]]),
            Example((BGNBD, [[2], [2]], [[30.43], [40]], 38.86, 39), [[0.0, 3.0], [CellError("#NUM!"), CellError("#NUM!")]], Text("recency beyond age", "recency 大于 age")),
            Example((BGNBD, 2, 30.43, 38.86, 39, 1), CellError("#NUM!"), Text("no range is certain", "没有必然的区间")),
        ),
        notes=Text(
            "From the exact distribution of the orders, in which the chance of having left is part of that of no order. Counts "
            "are whole, so the range mostly holds more than the level. Of equally small ranges it is the likelier, then the "
            "lower. Uncertainty of the parameters is not in it.",
            "基于订单数的精确分布，客户已流失的概率计入“无订单”。订单数为整数，因此区间的实际概率通常高于给定水平。"
            "等长区间取概率较大者，再取较低者。不含参数本身的不确定性。",
        ),
        sources=(FADER_HARDIE_LEE,),
        table=True,
        per_row=True,
    ),
)  # fmt: skip
