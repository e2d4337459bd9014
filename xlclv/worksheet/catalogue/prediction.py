"""Declarations: probability models of buying and spending."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xlclv.text import Text
from xlclv.worksheet.catalogue.arguments import DISCOUNT_RATE, LANG, block, element, option, vector
from xlclv.worksheet.catalogue.example_data import AGE_TABLE, MONETARY_TABLE, TX_TABLE, WEIGHTS_TABLE, X_TABLE
from xlclv.worksheet.cells import CellError, Rows
from xlclv.worksheet.declaration import Choice, Example, Family, Function, Type

FADER_HARDIE_LEE = (
    "Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005), Counting your customers the easy way, Marketing Science 24(2)"
)
EHRENBERG = "Ehrenberg, A. S. C. (1959), The pattern of consumer purchases, Applied Statistics 8(1)"
GAMMA_GAMMA = "Fader, P. S. & Hardie, B. G. S. (2013), The Gamma-Gamma model of monetary value"

#: The models MODEL_FIT knows.
MODELS = (Choice("BG/NBD", ("bgnbd", "bg-nbd", "bg")), Choice("NBD", ()))

MODEL = block("model", "Model block: the cells MODEL_FIT gives, or model and parameters typed in two columns",
              "模型区域：MODEL_FIT 的结果，或手工填写的两列（模型名与参数）")  # fmt: skip
SPEND_MODEL = block("spend_model", "Gamma-Gamma block: the cells SPEND_FIT gives, or typed in two columns",
                    "Gamma-Gamma 区域：SPEND_FIT 的结果，或手工填写的两列")  # fmt: skip
FREQUENCY = element("frequency", "Number of repeat orders", "重复购买次数")
RECENCY = element("recency", "Time from the first to the last order, in periods", "首单到末单的时间（期）")
AGE = element("age", "Time from the first order to now, in periods", "首单至今的时间（期）")
PERIODS = element("periods", "Number of periods ahead", "未来期数")
CUSTOMER = (FREQUENCY, RECENCY, AGE)
WEIGHTS = vector("weights", "Number of customers each row stands for; 1 if omitted", "每行代表的客户数；省略为 1", None)

BGNBD: Rows = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
NBD: Rows = [["model", "NBD"], ["r", 0.385], ["alpha", 12.07]]
SPEND: Rows = [["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]]
WEEKLY_15 = 1.15 ** (1 / 52) - 1


def _fit(name: str, frequency: Any, recency: Any, age: Any, weights: Any, lang: str) -> list[list[Any]]:
    from xlclv.worksheet.catalogue import modelling

    return modelling.fit_block(name, frequency, recency, age, weights, lang)


def _spend_fit(frequency: Any, monetary: Any, weights: Any, lang: str) -> list[list[Any]]:
    from xlclv.worksheet.catalogue import modelling

    return modelling.spend_block(frequency, monetary, weights, lang)


def _score(name: str) -> Callable[..., list[Any]]:
    """Return the batch calculation of ``name`` in the module that knows the models, imported at the first call."""

    def compute(*values: Any) -> list[Any]:
        from xlclv.worksheet.catalogue import modelling

        scores: list[Any] = getattr(modelling, name)(*values)
        return scores

    return compute


FUNCTIONS = (
    Function(
        "MODEL_FIT",
        Family.PREDICTION,
        Text(
            "Fit a model of repeat buying by maximum likelihood; gives a model block: parameters with standard errors and "
            "95% limits, customers, log likelihood, status.",
            "用极大似然拟合重复购买模型，给出模型区域：参数及标准误、95% 界限、客户数、对数似然、状态。",
        ),
        (
            option("model_name", "BG/NBD or NBD", "BG/NBD 或 NBD", type_=Type.CHOICE, choices=MODELS),
            vector("frequency", "Number of repeat orders of each customer", "每位客户的重复购买次数"),
            vector("recency", "Time from the first to the last order, in periods", "首单到末单的时间（期）"),
            vector("age", "Time from the first order to now, in periods", "首单至今的时间（期）"),
            WEIGHTS,
            LANG,
        ),
        _fit,
        (
            Example(("BG/NBD", X_TABLE, TX_TABLE, AGE_TABLE, WEIGHTS_TABLE,), [["parameter", "value", "standard error", "lower 95%", "upper 95%"], ["model", "BG/NBD", "", "", ""], ["period", "", "", "", ""], ["r", 0.159252, 0.022813, 0.120267, 0.210874], ["alpha", 12.498396, 2.652848, 8.244844, 18.946374], ["a", 0.221354, 0.197735, 0.038434, 1.274867], ["b", 0.951029, 0.876813, 0.156106, 5.793876], ["customers", 1030.0, "", "", ""], ["log_likelihood", -1888.319961, "", "", ""], ["status", "OK", "", "", ""]]),
            Example(("NBD", X_TABLE, TX_TABLE, AGE_TABLE, WEIGHTS_TABLE, "zh",), [["参数", "值", "标准误", "95% 下限", "95% 上限"], ["model", "NBD", "", "", ""], ["period", "", "", "", ""], ["r", 0.20138, 0.025474, 0.15716, 0.258043], ["alpha", 18.808121, 2.855923, 13.966724, 25.327729], ["customers", 1030.0, "", "", ""], ["log_likelihood", -1891.862128, "", "", ""], ["status", "OK", "", "", ""]]),
            Example(("BG/NBD", X_TABLE, TX_TABLE, AGE_TABLE,), CellError("#N/A"), Text("twelve customers are too few", "十二位客户太少")),
            Example(("BG/NBD", [[2]], [[40]], [[39]], [[50]],), CellError("#NUM!")),
        ),
        notes=Text(
            "Standard errors come from the observed Hessian at the maximum; limits are Wald limits on log parameters, hence "
            "positive. At least 30 customers, some of whom bought again, are needed.",
            "标准误来自最大值处的观测 Hessian；界限为对数参数的 Wald 界限，因此为正。至少需要 30 位客户，且其中有重复购买者。",
        ),
        sources=(FADER_HARDIE_LEE, EHRENBERG),
        table=True,
    ),
    Function(
        "SPEND_FIT",
        Family.PREDICTION,
        Text(
            "Fit the Gamma-Gamma model of order values; gives a block with p, q, v, the correlation of frequency and monetary "
            "value, and the rows left out.",
            "拟合订单金额的 Gamma-Gamma 模型，给出含 p、q、v、频次与金额相关系数和剔除行数的区域。",
        ),
        (
            vector("frequency", "Number of repeat orders of each customer", "每位客户的重复购买次数"),
            vector("monetary", "Mean value of the repeat orders", "重复购买的平均金额", blank=0.0),
            WEIGHTS,
            LANG,
        ),
        _spend_fit,
        (
            Example((X_TABLE, MONETARY_TABLE, WEIGHTS_TABLE,), [["parameter", "value", "standard error", "lower 95%", "upper 95%"], ["model", "Gamma-Gamma", "", "", ""], ["period", "", "", "", ""], ["p", 5.8665, 0.985335, 4.220963, 8.153546], ["q", 22.949112, 7.68898, 11.900775, 44.254405], ["v", 114.20834, 54.879397, 44.532637, 292.898551], ["correlation", 0.472551, "", "", ""], ["left_out", 840.0, "", "", ""], ["customers", 190.0, "", "", ""], ["log_likelihood", -715.198645, "", "", ""], ["status", "Frequency and order value correlate (0.47); the model takes them for independent.", "", "", ""]]),
            Example((X_TABLE, MONETARY_TABLE, WEIGHTS_TABLE, "zh",), [["参数", "值", "标准误", "95% 下限", "95% 上限"], ["model", "Gamma-Gamma", "", "", ""], ["period", "", "", "", ""], ["p", 5.8665, 0.985335, 4.220963, 8.153546], ["q", 22.949112, 7.68898, 11.900775, 44.254405], ["v", 114.20834, 54.879397, 44.532637, 292.898551], ["correlation", 0.472551, "", "", ""], ["left_out", 840.0, "", "", ""], ["customers", 190.0, "", "", ""], ["log_likelihood", -715.198645, "", "", ""], ["status", "购买次数与订单金额相关（0.47）；模型假设两者独立。", "", "", ""]]),
            Example(([[0], [0]], [[0], [0]],), CellError("#N/A"), Text("nobody bought again", "没有人重复购买")),
        ),
        notes=Text(
            "Rows with no repeat order or no spend are left out and counted. The log likelihood is the density of the mean.",
            "没有重复购买或没有金额的行会被剔除并计数。对数似然按均值的密度计算。",
        ),
        sources=(GAMMA_GAMMA,),
        table=True,
    ),
    Function(
        "MODEL_ALIVE",
        Family.PREDICTION,
        Text("P(alive): chance that the customer still buys.", "P(alive)：客户仍然活跃的概率。"),
        (MODEL, *CUSTOMER),
        _score("alive"),
        (
            Example((BGNBD, 2, 30.43, 38.86), 0.726579),
            Example((BGNBD, [[0], [7]], [[0], [29.43]], 38.86), [[1.0], [0.641756]]),
            Example((BGNBD, 2, 40, 38.86), CellError("#NUM!"), Text("recency beyond age", "recency 大于 age")),
        ),
        notes=Text(
            "BG/NBD says 1 of every customer who bought only once: a customer can drop out only after a repeat order.",
            "BG/NBD 对只买过一次的客户恒为 1：该模型中客户只会在重复购买之后流失。",
        ),
        sources=(FADER_HARDIE_LEE,),
        batch=True,
    ),
    Function(
        "MODEL_ORDERS",
        Family.PREDICTION,
        Text("Expected orders of a customer in the next periods.", "客户在未来若干期内的预期订单数。"),
        (MODEL, *CUSTOMER, PERIODS),
        _score("orders"),
        (
            Example((BGNBD, 2, 30.43, 38.86, 39), 1.226028),
            Example((BGNBD, [[0], [7]], [[0], [29.43]], 38.86, 39), [[0.195098], [3.337053]]),
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
            "Discounted value of a customer's orders in the next periods: expected orders of each period x expected order "
            "value x margin, at the end of the period.",
            "客户未来若干期订单的折现价值：各期预期订单数 × 预期每单金额 × 毛利率，按期末折现。",
        ),
        (
            MODEL,
            SPEND_MODEL,
            *CUSTOMER,
            element("monetary", "Mean value of the repeat orders", "重复购买的平均金额"),
            PERIODS,
            element("margin", "Margin as a share of revenue; 100% if omitted", "毛利率；省略为 100%", 1.0),
            DISCOUNT_RATE,
        ),
        _score("clv_predict"),
        (
            Example((BGNBD, SPEND, 2, 30.43, 38.86, 22.35, 39, 0.3, WEEKLY_15), 8.626361),
            Example((BGNBD, SPEND, [[2], [None], [0]], [[30.43], [None], [0]], [[38.86], [None], [38.86]], [[22.35], [None], [0]], 39,
                     0.3, WEEKLY_15), [[8.626361], [""], [1.958086]], Text("an empty row stays empty", "空行仍为空")),
            Example((BGNBD, SPEND, 2, 30.43, 38.86, 22.35, 39, 0.3, -0.1), CellError("#NUM!")),
        ),
        notes=Text(
            "Sum over k of (E[k] - E[k-1]) x expected value x margin / (1 + d)^k; a fractional last period counts at its end. "
            "Frequency, recency, age 0, 0, 0 is a customer just acquired, without the first order.",
            "对 k 求和 (E[k] − E[k−1]) × 预期金额 × 毛利率 / (1 + d)^k；最后不足一期按其期末计。频次、最近购买、客龄为 0、0、0 "
            "表示新客户，不含首单。",
        ),
        sources=(FADER_HARDIE_LEE, GAMMA_GAMMA),
        batch=True,
    ),
)  # fmt: skip
