"""Declarations: fits of the probability models of buying and spending, and the arguments that take such models."""

from __future__ import annotations

from typing import Any

from xlclv.text import Text
from xlclv.worksheet.catalogue.arguments import LANG, block, element, matrix, option, vector
from xlclv.worksheet.catalogue.example_data import (
    AGE_TABLE,
    MONETARY_TABLE,
    STORE_TABLE,
    TX_TABLE,
    WEIGHTS_TABLE,
    X_TABLE,
)
from xlclv.worksheet.cells import CellError, Rows
from xlclv.worksheet.declaration import Choice, Example, Family, Function, Type

FADER_HARDIE_LEE = (
    "Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005), Counting your customers the easy way, Marketing Science 24(2)"
)
SCHMITTLEIN = (
    "Schmittlein, D. C., Morrison, D. G. & Colombo, R. (1987), Counting your customers, Management Science 33(1)"
)
BATISLAM = (
    "Batislam, E. P., Denizel, M. & Filiztekin, A. (2007), Empirical validation and comparison of models for customer base "
    "analysis, International Journal of Research in Marketing 24(3)"
)
PLATZER = (
    "Platzer, M. & Reutterer, T. (2016), Ticking away the moments: timing regularity helps to better predict customer "
    "activity, Marketing Science 35(5)"
)
FADER_HARDIE_SHANG = (
    "Fader, P. S., Hardie, B. G. S. & Shang, J. (2010), Customer-base analysis in a discrete-time noncontractual setting, "
    "Marketing Science 29(6)"
)
NOTE_019 = "Fader, P. S. & Hardie, B. G. S. (2007), Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models"
EHRENBERG = "Ehrenberg, A. S. C. (1959), The pattern of consumer purchases, Applied Statistics 8(1)"
GAMMA_GAMMA = "Fader, P. S. & Hardie, B. G. S. (2013), The Gamma-Gamma model of monetary value"

#: The models of repeat buying, each by further names.
LOG_MODELS = (
    Choice("Pareto/NBD", ("paretonbd", "pareto-nbd", "pareto nbd", "pareto", "pnbd")),
    Choice("BG/NBD", ("bgnbd", "bg-nbd", "bg nbd", "bg")),
    Choice("MBG/NBD", ("mbgnbd", "mbg-nbd", "mbg nbd", "mbg")),
    Choice("BG/CNBD-k", ("bgcnbdk", "bg-cnbd-k", "bg/cnbd", "bgcnbd")),
    Choice("MBG/CNBD-k", ("mbgcnbdk", "mbg-cnbd-k", "mbg/cnbd", "mbgcnbd")),
    Choice("NBD", ()),
)
#: All models MODEL_FIT knows: BG/BB is of opportunities to order, which a log of orders does not show.
MODELS = (*LOG_MODELS, Choice("BG/BB", ("bgbb", "bg-bb", "bg bb")))

MODEL = block("model", "Model block: the cells MODEL_FIT gives, or model and parameters typed in two columns",
              "模型区域：MODEL_FIT 的结果，或手工填写的两列（模型名与参数）")  # fmt: skip
SPEND_MODEL = block("spend_model", "Gamma-Gamma block: the cells SPEND_FIT gives, or typed in two columns",
                    "Gamma-Gamma 区域：SPEND_FIT 的结果，或手工填写的两列")  # fmt: skip
FREQUENCY = element("frequency", "Number of repeat orders", "重复购买次数")
RECENCY = element("recency", "Time from the first to the last order, in periods", "首单到末单的时间（期）")
AGE = element("age", "Time from the first order to now, in periods", "首单至今的时间（期）")
PERIODS = element("periods", "Number of periods ahead", "未来期数")
CUSTOMER = (FREQUENCY, RECENCY, AGE)
FEATURES = matrix("features", "Of a model with coefficients: the customer's features in the order of the coefficients, a row each",
                  "用于有特征系数的模型：客户的特征，按系数顺序排列，每位客户一行", None)  # fmt: skip
WEIGHTS = vector("weights", "Number of customers each row stands for; 1 if omitted", "每行代表的客户数；省略为 1", None)

PARETO: Rows = [["model", "Pareto/NBD"], ["r", 0.553], ["alpha", 10.578], ["s", 0.606], ["beta", 11.669]]
BGNBD: Rows = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
NBD: Rows = [["model", "NBD"], ["r", 0.385], ["alpha", 12.07]]
BGBB: Rows = [["model", "BG/BB"], ["alpha", 1.204], ["beta", 0.75], ["gamma", 0.657], ["delta", 2.783]]
STORE: Rows = [*PARETO, ["alpha:1 store", 0.5], ["beta:1 store", -0.4]]
SPEND: Rows = [["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]]
WEEKLY_15 = 1.15 ** (1 / 52) - 1


def _fit(
    name: str, frequency: Any, recency: Any, age: Any, weights: Any, features: Any, k: Any, lang: str
) -> list[list[Any]]:
    from xlclv.worksheet.catalogue import modelling

    return modelling.fit_block(name, frequency, recency, age, weights, features, k, lang)


def _spend_fit(frequency: Any, monetary: Any, weights: Any, lang: str) -> list[list[Any]]:
    from xlclv.worksheet.catalogue import modelling

    return modelling.spend_block(frequency, monetary, weights, lang)


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
            option("model_name", "Name of the model: Pareto/NBD (a good start), NBD, BG/NBD, MBG/NBD, BG/BB, BG/CNBD-k or MBG/CNBD-k",
                   "模型名称：Pareto/NBD（一般从它开始）、NBD、BG/NBD、MBG/NBD、BG/BB、BG/CNBD-k 或 MBG/CNBD-k", type_=Type.CHOICE, choices=MODELS),
            vector("frequency", "Number of repeat orders of each customer", "每位客户的重复购买次数"),
            vector("recency", "Time from the first to the last order, in periods", "首单到末单的时间（期）"),
            vector("age", "Time from the first order to now, in periods", "首单至今的时间（期）"),
            WEIGHTS,
            matrix("features", "BG/NBD and Pareto/NBD only: features of each customer in numbers, a column each, with names above; "
                   "they act on alpha, beta or a, b", "仅用于 BG/NBD 和 Pareto/NBD：每位客户的数值特征，每列一个，首行为名称；作用于 alpha、"
                   "beta 或 a、b", None),
            option("k", "BG/CNBD-k and MBG/CNBD-k only: regularity of ordering, a whole number, 1 for orders at random; "
                   "the best if omitted", "仅用于 BG/CNBD-k 和 MBG/CNBD-k：购买的规律性，整数，1 为随机购买；省略则取最优", None),
            LANG,
        ),
        _fit,
        (
            Example(("BG/NBD", X_TABLE, TX_TABLE, AGE_TABLE, WEIGHTS_TABLE,), [["parameter", "value", "standard error", "lower 95%", "upper 95%"], ["model", "BG/NBD", "", "", ""], ["period", "", "", "", ""], ["r", 0.159252, 0.022813, 0.120267, 0.210874], ["alpha", 12.498396, 2.652848, 8.244844, 18.946374], ["a", 0.221354, 0.197735, 0.038434, 1.274867], ["b", 0.951029, 0.876813, 0.156106, 5.793876], ["customers", 1030.0, "", "", ""], ["log_likelihood", -1888.319961, "", "", ""], ["status", "OK", "", "", ""]]),
            Example(("NBD", X_TABLE, TX_TABLE, AGE_TABLE, WEIGHTS_TABLE, None, None, "zh",), [["参数", "值", "标准误", "95% 下限", "95% 上限"], ["model", "NBD", "", "", ""], ["period", "", "", "", ""], ["r", 0.20138, 0.025474, 0.15716, 0.258043], ["alpha", 18.808121, 2.855923, 13.966724, 25.327729], ["customers", 1030.0, "", "", ""], ["log_likelihood", -1891.862128, "", "", ""], ["status", "OK", "", "", ""]]),
            Example(("Pareto/NBD", [["frequency"], *X_TABLE * 2], [["recency"], *TX_TABLE * 2], [["age"], *AGE_TABLE * 2],
                     [["customers"], *WEIGHTS_TABLE, *STORE_TABLE], [["store"], *[[0]] * 12, *[[1]] * 12]), [["parameter", "value", "standard error", "lower 95%", "upper 95%"], ["model", "Pareto/NBD", "", "", ""], ["period", "", "", "", ""], ["r", 0.732805, 0.114694, 0.539217, 0.995895], ["alpha", 28.479869, 3.879347, 21.80684, 37.194888], ["s", 0.116559, 0.039607, 0.059884, 0.226873], ["beta", 0.00565222902, 0.0144064155, 3.82538473e-05, 0.8351498], ["alpha:1 store", 0.151492, 0.145625, -0.133928, 0.436912], ["beta:1 store", -6.851383, 2.292165, -11.343944, -2.358821], ["customers", 1656.0, "", "", ""], ["log_likelihood", -4326.998667, "", "", ""], ["status", "OK", "", "", ""]], Text("a feature: those of the store leave later", "一个特征：门店客户流失更晚")),
            Example(("BG/NBD", X_TABLE, TX_TABLE, AGE_TABLE,), CellError("#N/A"), Text("twelve customers are too few", "十二位客户太少")),
            Example(("BG/NBD", [[2]], [[40]], [[39]], [[50]],), CellError("#NUM!")),
            Example(("BG/NBD", X_TABLE, TX_TABLE, AGE_TABLE, WEIGHTS_TABLE, None, 2,), CellError("#VALUE!"), Text("BG/NBD has no k", "BG/NBD 没有 k")),
        ),
        notes=Text(
            "Standard errors come from the observed Hessian at the maximum; limits are Wald limits on log parameters, hence "
            "positive. At least 30 customers, some of whom bought again, are needed. For BG/BB, age is the number of "
            "opportunities since acquisition, recency the last one used and frequency how many were used. At the border "
            "only a limit of the model fits: the status says which. A coefficient g such as alpha:1 of feature z multiplies the "
            "order rate by exp(g z), beta:1 the rate of leaving; a:1 and b:1 multiply a and b. Parameters are those at z = 0.",
            "标准误来自最大值处的观测 Hessian；界限为对数参数的 Wald 界限，因此为正。至少需要 30 位客户，且其中有重复购买者。"
            "BG/BB 中 age 为获客以来的机会数，recency 为最后一次使用的机会序号，frequency 为使用次数。位于边界时只有模型的极限"
            "能拟合，状态会说明是哪一个。特征 z 的系数 g：alpha:1 使购买频率乘以 exp(g z)，beta:1 使流失率乘以 exp(g z)，a:1、b:1 使 a、b "
            "乘以 exp(g z)；参数为 z = 0 时的值。",
        ),
        sources=(FADER_HARDIE_LEE, SCHMITTLEIN, BATISLAM, PLATZER, FADER_HARDIE_SHANG, EHRENBERG, NOTE_019),
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
)  # fmt: skip
