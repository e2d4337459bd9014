"""Declarations: survival curves and the sBG model of retention."""

from __future__ import annotations

from typing import Any

from xlclv.text import Text
from xlclv.worksheet.catalogue.arguments import LANG, block, element, option, vector
from xlclv.worksheet.cells import CellError, Rows
from xlclv.worksheet.declaration import Example, Family, Function, Type

FADER_HARDIE_2007 = (
    "Fader, P. S. & Hardie, B. G. S. (2007), How to project customer retention, Journal of Interactive Marketing 21(1)"
)
FADER_HARDIE_2010 = (
    "Fader, P. S. & Hardie, B. G. S. (2010), Customer-base valuation in a contractual setting, Marketing Science 29(1)"
)
KAPLAN_MEIER = "Kaplan, E. L. & Meier, P. (1958), Nonparametric estimation from incomplete observations, JASA 53(282)"

MODEL = block("model", "sBG block: the cells RETENTION_FIT gives, or model, alpha and beta typed in two columns",
              "sBG 模型区域：RETENTION_FIT 的结果，或手工填写的两列（model、alpha、beta）")  # fmt: skip
SBG: Rows = [["model", "sBG"], ["alpha", 0.704077], ["beta", 1.182043]]
#: Table 1 of the paper of 2007: percentages left after 0 to 7 years.
REGULAR: Rows = [[100], [63.1], [46.8], [38.2], [32.6], [28.9], [26.2], [24.1]]


def _curve(durations: Any, churned: Any, level: float, lang: str) -> list[list[Any]]:
    from xlclv.worksheet.catalogue import retention_cells

    return retention_cells.curve_rows(durations, churned, level, lang)


def _fit(survivors: Any, lang: str) -> list[list[Any]]:
    from xlclv.worksheet.catalogue import retention_cells

    return retention_cells.fit_block(survivors, lang)


def _forecast(model: Any, periods: float, lang: str) -> list[list[Any]]:
    from xlclv.worksheet.catalogue import retention_cells

    return retention_cells.forecast_rows(model, periods, lang)


def _value(model: Any, margin: Any, discount_rate: Any, renewals: Any) -> list[Any]:
    from xlclv.worksheet.catalogue import retention_cells

    return retention_cells.values_of(model, margin, discount_rate, renewals)


FUNCTIONS = (
    Function(
        "RETENTION_CURVE",
        Family.RETENTION,
        Text(
            "Kaplan-Meier survival curve of customers observed for different times, some of them still there, with "
            "confidence limits.",
            "Kaplan-Meier 留存曲线：客户观察时长不同、部分仍留存，并给出置信界限。",
        ),
        (
            vector("durations", "Time each customer was observed: to the churn, or to today", "每位客户的观察时长：至流失或至今"),
            vector("churned", "Whether the customer churned then: TRUE, 1, Yes; else FALSE, 0, No", "届时是否流失：TRUE、1、是；否则 FALSE、0、否", type_=Type.CELL),
            option("level", "Confidence level of the limits; 0.95 if omitted", "界限的置信水平；省略为 0.95", 0.95),
            LANG,
        ),
        _curve,
        (
            Example(([[3], [5], [5], [8]], [[True], ["Yes"], [0], ["No"]],), [["time", "at risk", "churned", "survival", "lower", "upper"], [0.0, 4.0, 0.0, 1.0, CellError("#N/A"), CellError("#N/A")], [3.0, 4.0, 1.0, 0.75, 0.127947, 0.960549], [5.0, 3.0, 1.0, 0.5, 0.057847, 0.844861], [8.0, 1.0, 0.0, 0.5, 0.057847, 0.844861]]),
            Example(([["tenure"], [1], [2], [2]], [["churn"], [1], [1], [1]], 0.9, "zh",), [["时间", "在险人数", "流失人数", "留存比例", "下限", "上限"], [0.0, 3.0, 0.0, 1.0, CellError("#N/A"), CellError("#N/A")], [1.0, 3.0, 1.0, 0.666667, 0.119521, 0.925526], [2.0, 2.0, 2.0, 0.0, CellError("#N/A"), CellError("#N/A")]]),
            Example(([[3], [5]], [["Yes"], ["perhaps"]],), CellError("#VALUE!")),
            Example(([[3], [-5]], [[1], [0]],), CellError("#NUM!")),
        ),
        notes=Text(
            "A row for time 0 and for each distinct duration; who did not churn is at risk up to and including the own "
            "duration. Limits are log-log, with Greenwood's variance; where survival is 1 or 0 there are none: #N/A.",
            "时间 0 和每个不同的时长各一行；未流失的客户在其时长当期（含）之前均计入在险。界限为 log-log 型（Greenwood 方差）；"
            "留存比例为 1 或 0 时没有界限：#N/A。",
        ),
        sources=(KAPLAN_MEIER,),
        table=True,
    ),
    Function(
        "RETENTION_FIT",
        Family.RETENTION,
        Text(
            "Fit the shifted beta-geometric (sBG) model of contract renewal to one or more cohorts; gives a model block: alpha, "
            "beta, standard errors, 95% limits, status.",
            "对一个或多个同期群拟合续约的 sBG（移位贝塔几何）模型，给出模型区域：alpha、beta、标准误、95% 界限、状态。",
        ),
        (
            block("survivors", "One column per cohort: its size, then the customers left after 1, 2, ... periods; empty or #N/A where not yet observed",
                  "每列一个同期群：首行为人数，其后为 1、2…… 期后仍留存的客户数；尚未观察到的留空或 #N/A"),
            LANG,
        ),
        _fit,
        (
            Example(([[1000], [631], [468], [382], [326]],), [["parameter", "value", "standard error", "lower 95%", "upper 95%"], ["model", "sBG", "", "", ""], ["period", "", "", "", ""], ["alpha", 0.763665, 0.096795, 0.595679, 0.979024], ["beta", 1.29583, 0.210626, 0.942308, 1.781982], ["customers", 1000.0, "", "", ""], ["log_likelihood", -1401.559424, "", "", ""], ["status", "OK", "", "", ""]]),
            Example((REGULAR,), [["parameter", "value", "standard error", "lower 95%", "upper 95%"], ["model", "sBG", "", "", ""], ["period", "", "", "", ""], ["alpha", 0.704077, 0.207442, 0.395213, 1.254324], ["beta", 1.182043, 0.48217, 0.531395, 2.629355], ["customers", 100.0, "", "", ""], ["log_likelihood", -168.026519, "", "", ""], ["status", "OK", "", "", ""]], Text("percentages", "百分比")),
            Example(([["year", "2022", "2023"], [0, 100, 100], [1, 63.1, 86.9], [2, 46.8, 74.3], [3, 38.2, CellError("#N/A")]], "zh",), [["参数", "值", "标准误", "95% 下限", "95% 上限"], ["model", "sBG", "", "", ""], ["period", "", "", "", ""], ["alpha", 1.049463, 0.818964, 0.227363, 4.844118], ["beta", 3.186033, 2.796779, 0.570222, 17.801485], ["customers", 200.0, "", "", ""], ["log_likelihood", -208.373176, "", "", ""], ["status", "OK", "", "", ""]]),
            Example(([[100], [63.1], [64.2]],), CellError("#NUM!"), Text("survivors rise", "留存客户上升")),
            Example(([[100], [63.1]],), CellError("#N/A"), Text("one period cannot tell two parameters", "一期数据无法确定两个参数")),
        ),
        notes=Text(
            "Names above the cohorts (texts, dates, or anything above 0, 1, 2, ...) and labels before them (texts or 0, 1, 2, ...) "
            "are left out; one row alone is one cohort. Percentages (sizes of 100 or 1) give the same parameters, but standard "
            "errors as of 100 customers or 1; so no number of customers is too small.",
            "同期群上方的名称（文本、日期，或 0、1、2…… 标签列上方的任何内容）和左侧的标签（文本或 0、1、2……）不计入；只有一行时为一个同期群。"
            "用百分比（人数为 100 或 1）时参数相同，但标准误按 100 或 1 位客户计算；因此不限制最少客户数。",
        ),
        sources=(FADER_HARDIE_2007,),
        table=True,
    ),
    Function(
        "RETENTION_FORECAST",
        Family.RETENTION,
        Text(
            "Survival and retention rate of each period by an sBG model; the rate rises as those likely to churn are gone.",
            "由 sBG 模型预测各期的留存比例和留存率；易流失的客户离开后，留存率上升。",
        ),
        (MODEL, option("periods", "Last period, from 0 to 100,000", "最后一期，0 到 100,000"), LANG),
        _forecast,
        (
            Example((SBG, 3), [["period", "survival", "retention rate"], [0.0, 1.0, ""], [1.0, 0.626706, 0.626706], [2.0, 0.473819, 0.756047], [3.0, 0.387974, 0.818823]]),
            Example((SBG, 1, "zh"), [["期", "留存比例", "留存率"], [0.0, 1.0, ""], [1.0, 0.626706, 0.626706]]),
            Example((SBG, 2.5), CellError("#NUM!")),
            Example(([["model", "sBG"], ["alpha", 0.7]], 3), CellError("#VALUE!"), Text("beta is missing", "缺少 beta")),
        ),
        notes=Text(
            "Survival: share of the cohort left after the period; retention rate: share of those left before who renew.",
            "留存比例：该期后仍留存的客户占同期群的比例；留存率：上期客户中续约的比例。",
        ),
        sources=(FADER_HARDIE_2007,),
        table=True,
    ),
    Function(
        "RETENTION_VALUE",
        Family.RETENTION,
        Text(
            "Discounted value of a customer under contract who is about to make a payment, that payment included, forever, by an "
            "sBG model.",
            "由 sBG 模型计算合约客户的永续折现价值，从即将支付的一期（含）算起。",
        ),
        (
            MODEL,
            element("margin", "Margin of each payment", "每次付款的毛利"),
            element("discount_rate", "Effective discount rate of one period, 0 or more", "每期有效折现率，不小于 0"),
            element("renewals", "Renewals made so far; 0 (a new customer) if omitted", "已续约次数；省略为 0（新客户）", 0.0),
        ),
        _value,
        (
            Example((SBG, 1, 0.1), 3.69491),
            Example((SBG, 100, 0.1, [[0, 1, 5]]), [[369.490954, 473.01283, 669.491943]]),
            Example(([["model", "sBG"], ["alpha", 3], ["beta", 7]], 100, 0), 450.0, Text("undiscounted: 100 x 9 / 2", "不折现：100 × 9 / 2")),
            Example((SBG, 1, 0), CellError("#NUM!"), Text("infinite at alpha up to 1", "alpha 不大于 1 时无穷大")),
        ),
        notes=Text(
            "margin x 2F1(1, beta + renewals; alpha + beta + renewals; 1 / (1 + d)). The payment at hand, number renewals + 1, counts "
            "in full; at rate 0 it is margin (alpha + beta + renewals - 1) / (alpha - 1), finite only for alpha above 1.",
            "margin × 2F1(1, beta + renewals; alpha + beta + renewals; 1 / (1 + d))。即将支付的第 renewals + 1 次付款全额计入；折现率为 0 时等于 "
            "margin (alpha + beta + renewals − 1) / (alpha − 1)，仅当 alpha 大于 1 时有限。",
        ),
        sources=(FADER_HARDIE_2007, FADER_HARDIE_2010),
        batch=True,
    ),
)  # fmt: skip
