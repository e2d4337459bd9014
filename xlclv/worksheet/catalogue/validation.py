"""Declarations: models against each other, against a holdout, and over time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xlclv.text import Text
from xlclv.worksheet.catalogue.arguments import DATES, IDS, LANG, PERIOD, option, vector
from xlclv.worksheet.catalogue.example_data import (
    AGE_TABLE,
    LOG_DATES,
    LOG_IDS,
    ORDER_DATES,
    ORDER_IDS,
    TX_TABLE,
    WEIGHTS_TABLE,
    X_TABLE,
)
from xlclv.worksheet.catalogue.prediction import FADER_HARDIE_LEE, LOG_MODELS, WEIGHTS
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.declaration import Context, Example, Family, Function, Type

SPLIT_DATE = option(
    "split_date", "Last day of the orders the model is fitted to", "拟合所用订单的最后一天", type_=Type.DATE
)
END_DATE = option("end_date", "Last day of the orders it is held against", "用于检验的订单的最后一天", type_=Type.DATE)
MODEL_NAME = option(
    "model_name",
    "Name of the model: NBD, BG/NBD, MBG/NBD, Pareto/NBD (if omitted), BG/CNBD-k or MBG/CNBD-k",
    "模型名称：NBD、BG/NBD、MBG/NBD、Pareto/NBD（省略时）、BG/CNBD-k 或 MBG/CNBD-k",
    "Pareto/NBD",
    Type.CHOICE,
    choices=LOG_MODELS,
)


def _compare(frequency: Any, recency: Any, age: Any, weights: Any, lang: str) -> list[list[Any]]:
    from xlclv.worksheet.catalogue.log_modelling import compare_rows

    return compare_rows(frequency, recency, age, weights, lang)


def _holdout(
    ids: list[Any], dates: list[Any], split_date: Any, end_date: Any, model_name: str, period: str, lang: str, *,
    context: Context,
) -> list[list[Any]]:  # fmt: skip
    from xlclv.worksheet.catalogue.log_modelling import holdout_rows

    return holdout_rows(ids, dates, split_date, end_date, model_name, period, lang, context)


def _track(
    ids: list[Any], dates: list[Any], split_date: Any, end_date: Any, model_name: str, period: str, lang: str, *,
    context: Context,
) -> list[list[Any]]:  # fmt: skip
    from xlclv.worksheet.catalogue.log_modelling import track_rows

    return track_rows(ids, dates, split_date, end_date, model_name, period, lang, context)


FUNCTIONS = (
    Function(
        "MODEL_COMPARE",
        Family.PREDICTION,
        Text(
            "Fit NBD, BG/NBD, MBG/NBD and Pareto/NBD to the same customers: log likelihood, AIC, BIC, rank by AIC (1 is best), "
            "parameters and status of each.",
            "对同一批客户拟合 NBD、BG/NBD、MBG/NBD 与 Pareto/NBD：各自的对数似然、AIC、BIC、按 AIC 的排名（1 最好）、参数与状态。",
        ),
        (
            vector("frequency", "Number of repeat orders of each customer", "每位客户的重复购买次数"),
            vector("recency", "Time from the first to the last order, in periods", "首单到末单的时间（期）"),
            vector("age", "Time from the first order to now, in periods", "首单至今的时间（期）"),
            WEIGHTS,
            LANG,
        ),
        _compare,
        (
            Example((X_TABLE, TX_TABLE, AGE_TABLE, WEIGHTS_TABLE), [["model", "log_likelihood", "parameters", "AIC", "BIC", "rank", "r", "alpha", "a", "b", "s", "beta", "status"], ["MBG/NBD", -1887.248674, 4.0, 3782.497347, 3802.246604, 1.0, 0.830072, 20.497786, 0.398896, 0.203015, "", "", "OK"], ["Pareto/NBD", -1887.274299, 4.0, 3782.548597, 3802.297854, 2.0, 0.238644, 17.786856, "", "", 0.574548, 31.7639, "OK"], ["BG/NBD", -1888.319961, 4.0, 3784.639923, 3804.389179, 3.0, 0.159252, 12.498396, 0.221354, 0.951029, "", "", "OK"], ["NBD", -1891.862128, 2.0, 3787.724256, 3797.598884, 4.0, 0.20138, 18.808121, "", "", "", "", "OK"]]),
            Example((X_TABLE, TX_TABLE, AGE_TABLE, WEIGHTS_TABLE, "zh"), [["模型", "对数似然", "参数个数", "AIC", "BIC", "排名", "r", "alpha", "a", "b", "s", "beta", "状态"], ["MBG/NBD", -1887.248674, 4.0, 3782.497347, 3802.246604, 1.0, 0.830072, 20.497786, 0.398896, 0.203015, "", "", "OK"], ["Pareto/NBD", -1887.274299, 4.0, 3782.548597, 3802.297854, 2.0, 0.238644, 17.786856, "", "", 0.574548, 31.7639, "OK"], ["BG/NBD", -1888.319961, 4.0, 3784.639923, 3804.389179, 3.0, 0.159252, 12.498396, 0.221354, 0.951029, "", "", "OK"], ["NBD", -1891.862128, 2.0, 3787.724256, 3797.598884, 4.0, 0.20138, 18.808121, "", "", "", "", "OK"]]),
            Example((X_TABLE, TX_TABLE, AGE_TABLE), CellError("#N/A"), Text("twelve customers are too few", "十二位客户太少")),
        ),
        notes=Text(
            "A difference of less than 2 in AIC decides nothing. A model that does not converge has a row with the reason. "
            "BG/BB is of other data and left out.",
            "AIC 相差不到 2 不能说明优劣。未收敛的模型保留一行并说明原因。BG/BB 用于另一种数据，不参与比较。",
        ),
        sources=(FADER_HARDIE_LEE,),
        table=True,
    ),
    Function(
        "MODEL_HOLDOUT",
        Family.PREDICTION,
        Text(
            "Fit a model to the orders up to split_date and hold it against the orders after it up to end_date: actual and "
            "predicted orders, and the error per customer.",
            "用截至 split_date 的订单拟合模型，并与其后至 end_date 的订单比较：实际与预测订单数，以及每位客户的误差。",
        ),
        (IDS, DATES, SPLIT_DATE, END_DATE, MODEL_NAME, PERIOD, LANG),
        _holdout,
        (
            Example((LOG_IDS, LOG_DATES, "2024-08-31", "2024-12-31", None, "month"), [["measure", "value"], ["model", "Pareto/NBD"], ["customers", 48.0], ["holdout periods", 4.008214], ["actual orders", 19.0], ["predicted orders", 19.728067], ["predicted / actual - 1", 0.038319], ["MAE", 0.45214], ["RMSE", 0.846484], ["bias", 0.015168], ["share in 90% interval", 0.895833], ["mean width of interval", 1.083333], ["status", "OK"]]),
            Example((LOG_IDS, LOG_DATES, "2024-08-31", "2024-12-31", "NBD", "month", "zh"), [["指标", "值"], ["模型", "NBD"], ["客户数", 48.0], ["留出期期数", 4.008214], ["实际订单数", 19.0], ["预测订单数", 96.982263], ["预测 / 实际 − 1", 4.10433], ["平均绝对误差", 1.81764], ["均方根误差", 2.149351], ["偏差", 1.62463], ["落在 90% 区间内的比例", 0.9375], ["区间平均宽度", 4.125], ["状态", "OK"]]),
            Example((ORDER_IDS, ORDER_DATES, "2024-02-01", "2024-01-01"), CellError("#NUM!"), Text("the end is before the split", "结束日早于分割日")),
            Example((ORDER_IDS, ORDER_DATES, "2024-03-31", "2024-12-31"), CellError("#N/A"), Text("nothing observed after the split", "分割日之后没有观察")),
        ),
        notes=Text(
            "Customers are those acquired up to split_date. All rows of one customer on one day are an order; there are no "
            "amounts, so rows of refunds count as orders: leave them out. bias is the mean over customers of predicted - "
            "actual orders; the intervals are those of MODEL_INTERVAL. Days after the last of the log count as days without "
            "orders; the status says so if that is more than a period.",
            "客户为截至 split_date 获得的客户。同一客户同一天的所有行为一笔订单；因没有金额，退款行也会算作订单，请去掉退款行。bias 为各客户“预测 − 实际”订单数的平均值；"
            "区间同 MODEL_INTERVAL。数据最后一天之后按没有订单计；超过一期时状态会说明。",
        ),
        sources=(FADER_HARDIE_LEE,),
        table=True,
        context=True,
    ),
    Function(
        "MODEL_TRACK",
        Family.PREDICTION,
        Text(
            "Actual against expected repeat orders period by period, and cumulated; the model is fitted to the orders up to "
            "split_date only.",
            "逐期比较实际与预期的重复订单数及其累计；模型只用截至 split_date 的订单拟合。",
        ),
        (IDS, DATES, SPLIT_DATE, END_DATE, MODEL_NAME, PERIOD, LANG),
        _track,
        (
            Example((LOG_IDS, LOG_DATES, "2024-08-31", "2024-12-31", None, "month"), [["period", "start", "end", "phase", "actual", "expected", "actual_cumulative", "expected_cumulative"], [1.0, dt.date(2024, 1, 1), dt.date(2024, 1, 30), "calibration", 11.0, 8.333573, 11.0, 8.333573], [2.0, dt.date(2024, 1, 31), dt.date(2024, 3, 1), "calibration", 24.0, 22.485556, 35.0, 30.81913], [3.0, dt.date(2024, 3, 2), dt.date(2024, 3, 31), "calibration", 29.0, 27.207371, 64.0, 58.026501], [4.0, dt.date(2024, 4, 1), dt.date(2024, 5, 1), "calibration", 29.0, 32.479066, 93.0, 90.505566], [5.0, dt.date(2024, 5, 2), dt.date(2024, 5, 31), "calibration", 18.0, 32.295676, 111.0, 122.801242], [6.0, dt.date(2024, 6, 1), dt.date(2024, 7, 1), "calibration", 14.0, 25.301713, 125.0, 148.102955], [7.0, dt.date(2024, 7, 2), dt.date(2024, 7, 31), "calibration", 9.0, 18.619696, 134.0, 166.722651], [8.0, dt.date(2024, 8, 1), dt.date(2024, 8, 31), "calibration", 8.0, 14.686174, 142.0, 181.408825], [9.0, dt.date(2024, 9, 1), dt.date(2024, 9, 30), "holdout", 6.0, 10.879259, 148.0, 192.288083], [10.0, dt.date(2024, 10, 1), dt.date(2024, 10, 30), "holdout", 9.0, 8.392046, 157.0, 200.680129], [11.0, dt.date(2024, 10, 31), dt.date(2024, 11, 30), "holdout", 1.0, 6.682182, 158.0, 207.362311], [12.0, dt.date(2024, 12, 1), dt.date(2024, 12, 30), "holdout", 3.0, 4.99618, 161.0, 212.358492], [13.0, dt.date(2024, 12, 31), dt.date(2024, 12, 31), "holdout", 0.0, 0.145858, 161.0, 212.50435]]),
            Example((LOG_IDS, LOG_DATES, "2024-08-31", "2024-12-31", "NBD", "quarter", "zh"), [["期", "开始", "结束", "阶段", "实际", "预期", "累计实际", "累计预期"], [1.0, dt.date(2023, 12, 2), dt.date(2024, 3, 1), "校准期", 35.0, 14.176369, 35.0, 14.176369], [2.0, dt.date(2024, 3, 2), dt.date(2024, 5, 31), "校准期", 76.0, 59.603682, 111.0, 73.780052], [3.0, dt.date(2024, 6, 1), dt.date(2024, 8, 31), "校准期", 31.0, 73.134166, 142.0, 146.914217], [4.0, dt.date(2024, 9, 1), dt.date(2024, 11, 30), "留出期", 16.0, 72.339229, 158.0, 219.253446], [5.0, dt.date(2024, 12, 1), dt.date(2024, 12, 31), "留出期", 3.0, 24.643034, 161.0, 243.89648]]),
            Example((ORDER_IDS, ORDER_DATES, "2024-03-01", "2024-12-31"), CellError("#N/A")),
            Example((ORDER_IDS, [["2024-01-05"], ["soon"], ["2024-02-03"], ["2024-02-10"], ["2024-03-01"], ["2024-03-01"]], "2024-02-05", "2024-03-31"), CellError("#VALUE!")),
        ),
        notes=Text(
            "Customers acquired after split_date are left out. Periods are counted from split_date back and forth, so that none "
            "holds days of both phases; the last one ends with end_date. Expected is the sum over customers of MODEL_NEW of the "
            "time since their first order. All rows of one customer on one day are an order; there are no amounts, so rows of "
            "refunds count as orders: leave them out. XLCLV_ERRORS lists the status of a fit that is not OK, and says so if "
            "the log ends more than a period before end_date.",
            "不含 split_date 之后获得的客户。各期从 split_date 向前后计数，因此不会跨越两个阶段；最后一期止于 end_date。"
            "预期为各客户自首单以来时间的 MODEL_NEW 之和。同一客户同一天的所有行为一笔订单；因没有金额，退款行也会算作订单，请去掉退款行。"
            "拟合状态不是 OK，或数据在 end_date 之前一期以上结束时，见 XLCLV_ERRORS。",
        ),
        sources=(FADER_HARDIE_LEE,),
        table=True,
        context=True,
    ),
)  # fmt: skip
