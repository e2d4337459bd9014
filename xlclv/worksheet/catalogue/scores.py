"""Declarations: what a fitted model says about customers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xlclv.text import Text
from xlclv.worksheet.catalogue.arguments import DISCOUNT_RATE, element
from xlclv.worksheet.catalogue.prediction import (
    BGBB,
    BGNBD,
    CUSTOMER,
    FADER_HARDIE_LEE,
    FADER_HARDIE_SHANG,
    FEATURES,
    FREQUENCY,
    GAMMA_GAMMA,
    MODEL,
    NBD,
    PARETO,
    PERIODS,
    SCHMITTLEIN,
    SPEND,
    SPEND_MODEL,
    STORE,
    WEEKLY_15,
)
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.declaration import Example, Family, Function


def _score(name: str) -> Callable[..., list[Any]]:
    """Return the batch calculation of ``name`` in the module that knows the models, imported at the first call."""

    def compute(*values: Any) -> list[Any]:
        from xlclv.worksheet.catalogue import modelling

        scores: list[Any] = getattr(modelling, name)(*values)
        return scores

    return compute


RFM_AND_CLV = "Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005), RFM and CLV, Journal of Marketing Research 42(4)"


FUNCTIONS = (
    Function(
        "MODEL_ALIVE",
        Family.PREDICTION,
        Text("P(alive): chance that the customer still buys; of BG/BB, at the last opportunity.",
             "P(alive)：客户仍然活跃的概率；BG/BB 指最后一次机会时。"),
        (MODEL, *CUSTOMER, FEATURES),
        _score("alive"),
        (
            Example((PARETO, 2, 30.43, 38.86), 0.869168),
            Example((BGNBD, 2, 30.43, 38.86), 0.726579),
            Example((BGNBD, [[0], [7]], [[0], [29.43]], 38.86), [[1.0], [0.641756]]),
            Example((BGBB, 4, 5, 6), 0.748817, Text("4 of 6 opportunities used, the fifth the last", "6 次机会用了 4 次，最后一次是第 5 次")),
            Example((STORE, [[2], [2]], 30.43, 38.86, [[0], [1]]), [[0.869168], [0.880028]], Text("features of each customer", "每位客户的特征")),
            Example((BGNBD, 2, 40, 38.86), CellError("#NUM!"), Text("recency beyond age", "recency 大于 age")),
        ),
        notes=Text(
            "BG/NBD says 1 of every customer who bought only once: a customer can drop out only after a repeat order.",
            "BG/NBD 对只买过一次的客户恒为 1：该模型中客户只会在重复购买之后流失。",
        ),
        sources=(SCHMITTLEIN, FADER_HARDIE_LEE, FADER_HARDIE_SHANG),
        batch=True,
    ),
    Function(
        "MODEL_ORDERS",
        Family.PREDICTION,
        Text("Expected orders of a customer in the next periods.", "客户在未来若干期内的预期订单数。"),
        (MODEL, *CUSTOMER, PERIODS, FEATURES),
        _score("orders"),
        (
            Example((PARETO, 2, 30.43, 38.86, 39), 1.455123),
            Example((BGNBD, 2, 30.43, 38.86, 39), 1.226028),
            Example((BGNBD, [[0], [7]], [[0], [29.43]], 38.86, 39), [[0.195098], [3.337053]]),
            Example((BGBB, 4, 5, 6, 5), 2.029623),
            Example((STORE, 2, 30.43, 38.86, 39, 1), 1.633902, Text("a customer with the feature", "具有该特征的客户")),
            Example(([["r", 0.243]], 2, 30.43, 38.86, 39), CellError("#VALUE!"), Text("no model row", "缺少 model 行")),
        ),
        sources=(FADER_HARDIE_LEE,),
        batch=True,
    ),
    Function(
        "MODEL_ACTIVE",
        Family.PREDICTION,
        Text("Chance of at least one order in the next periods.", "未来若干期内至少下一单的概率。"),
        (MODEL, *CUSTOMER, PERIODS),
        _score("active"),
        (
            Example((PARETO, 2, 30.43, 38.86, 39), 0.591937),
            Example((BGNBD, 2, 30.43, 38.86, 39), 0.554627),
            Example((BGNBD, 2, 30.43, 38.86, 0), 0.0),
            Example((BGNBD, -1, 0, 38.86, 39), CellError("#NUM!")),
        ),
        sources=(FADER_HARDIE_LEE,),
        batch=True,
    ),
    Function(
        "MODEL_NEW",
        Family.PREDICTION,
        Text(
            "Expected repeat orders of a customer just acquired; the first order is not counted.",
            "新客户的预期重复购买次数，不含首单。",
        ),
        (MODEL, PERIODS),
        _score("new"),
        (
            Example((BGNBD, 52), 1.446051),
            Example((BGNBD, [[1, 39, 78]]), [[0.053268, 1.196723, 1.860519]]),
            Example((NBD, 39), 1.243993, Text("r / alpha x periods", "r / alpha × 期数")),
            Example((BGNBD, -1), CellError("#NUM!")),
        ),
        sources=(FADER_HARDIE_LEE,),
        batch=True,
    ),
    Function(
        "MODEL_RESIDUAL",
        Family.PREDICTION,
        Text(
            "Discounted expected residual orders (DERT): all orders of a customer to come, at today's worth.",
            "折现的预期剩余订单数（DERT）：客户未来全部订单，折算到今天。",
        ),
        (MODEL, *CUSTOMER, element("discount_rate", "Effective discount rate of one period, 0 or more", "每期有效折现率，不小于 0"),
         FEATURES),
        _score("residual"),
        (
            Example((PARETO, 2, 30.43, 38.86, WEEKLY_15), 6.501731),
            Example((BGNBD, [[2], [0]], [[30.43], [0]], 38.86, WEEKLY_15), [[5.169554], [1.018746]]),
            Example((BGBB, 4, 5, 6, 0.1), 3.196167),
            Example((NBD, 2, 30.43, 38.86, 0), CellError("#NUM!"), Text("without discounting the sum has no end", "不折现则总和无穷大")),
        ),
        notes=Text(
            "Discounting is continuous, by ln(1 + discount_rate); of BG/BB at the end of each opportunity. Where customers "
            "may stay for ever the sum without discounting is infinite.",
            "按 ln(1 + discount_rate) 连续折现；BG/BB 在每次机会结束时折现。若客户可能永不离开，不折现的总和为无穷大。",
        ),
        sources=(RFM_AND_CLV, FADER_HARDIE_SHANG),
        batch=True,
    ),
    Function(
        "SPEND_EXPECTED",
        Family.PREDICTION,
        Text(
            "Expected value of an order: the customer's own mean drawn towards that of all, the less the more orders there are.",
            "预期每单金额：客户自身均值向总体均值收缩，订单越多收缩越少。",
        ),
        (SPEND_MODEL, FREQUENCY, element("monetary", "Mean value of the repeat orders", "重复购买的平均金额")),
        _score("spend_expected"),
        (
            Example((SPEND, [[1], [2], [7]], 100), [[80.2558], [88.353018], [96.181975]]),
            Example((SPEND, 0, 0), 35.218978),
            Example((SPEND, 2, -1), CellError("#NUM!")),
        ),
        sources=(GAMMA_GAMMA,),
        batch=True,
    ),
    Function(
        "CLV_PREDICT",
        Family.PREDICTION,
        Text(
            "Discounted value of a customer's orders in the next periods, or of all to come: expected orders of each period x "
            "expected order value x margin, at the end of the period.",
            "客户未来若干期（或全部未来）订单的折现价值：各期预期订单数 × 预期每单金额 × 毛利率，按期末折现。",
        ),
        (
            MODEL,
            SPEND_MODEL,
            *CUSTOMER,
            element("monetary", "Mean value of the repeat orders", "重复购买的平均金额"),
            element("periods", "Number of periods ahead; for ever if empty", "未来期数；留空表示永远", None),
            element("margin", "Margin as a share of revenue; 100% if omitted", "毛利率；省略为 100%", 1.0),
            DISCOUNT_RATE,
            FEATURES,
        ),
        _score("clv_predict"),
        (
            Example((BGNBD, SPEND, 2, 30.43, 38.86, 22.35, 39, 0.3, WEEKLY_15), 8.626361),
            Example((PARETO, SPEND, 2, 30.43, 38.86, 22.35, None, 0.3, WEEKLY_15), 48.107047, Text("for ever", "永远")),
            Example((BGNBD, SPEND, [[2], [None], [0]], [[30.43], [None], [0]], [[38.86], [None], [38.86]], [[22.35], [None], [0]], 39,
                     0.3, WEEKLY_15), [[8.626361], [""], [1.958086]], Text("an empty row stays empty", "空行仍为空")),
            Example((BGNBD, SPEND, 2, 30.43, 38.86, 22.35, 39, 0.3, -0.1), CellError("#NUM!")),
            Example((NBD, SPEND, 2, 30.43, 38.86, 22.35, None, 0.3), CellError("#NUM!"), Text("for ever needs a discount rate", "永远需要折现率")),
        ),
        notes=Text(
            "Sum over k of (E[k] - E[k-1]) x expected value x margin / (1 + d)^k; a fractional last period counts at its end. "
            "For ever is MODEL_RESIDUAL x expected value x margin, discounted continuously. "
            "Frequency, recency, age 0, 0, 0 is a customer just acquired, without the first order.",
            "对 k 求和 (E[k] − E[k−1]) × 预期金额 × 毛利率 / (1 + d)^k；最后不足一期按其期末计。永远等于 MODEL_RESIDUAL × "
            "预期金额 × 毛利率，按连续复利折现。频次、最近购买、客龄为 0、0、0 "
            "表示新客户，不含首单。",
        ),
        sources=(RFM_AND_CLV, GAMMA_GAMMA),
        batch=True,
    ),
)  # fmt: skip
