"""Declarations: what drives value, and what it will be."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xlclv.text import Text
from xlclv.worksheet.catalogue.arguments import LANG, PERIOD, matrix, option, vector
from xlclv.worksheet.cells import CellError, Rows
from xlclv.worksheet.declaration import Context, Example, Family, Function, Matrix, Type

SPEND: Rows = [["spend"], [12], [14], [25], [28], [20], [31]]
FEATURES: Rows = [["tenure", "channel"], [1, "web"], [2, "web"], [3, "shop"], [4, "shop"], [5, "web"], [6, "shop"]]
MONTHS: Rows = [[f"2024-{month:02}-15"] for month in range(1, 9)]
REVENUE: Rows = [[100], [120], [90], [130], [110], [105], [125], [115]]


def _drivers(values: list[float], features: Matrix, lang: str) -> list[list[Any]]:
    from xlclv.worksheet.catalogue.analysis import driver_rows

    return driver_rows(values, features, lang)


def _forecast(
    dates: list[Any], values: list[Any], periods: float, period: str, level: float, lang: str, *, context: Context
) -> list[list[Any]]:
    from xlclv.worksheet.catalogue.analysis import forecast_rows

    return forecast_rows(dates, values, periods, period, level, lang, context)


FUNCTIONS = (
    Function(
        "VALUE_DRIVERS",
        Family.PREDICTION,
        Text(
            "What value depends on: linear regression on features with standard errors, t, p and the importance of each, which add "
            "up to 1; columns of text are categories.",
            "价值取决于什么：对各特征作线性回归，给出标准误、t、p 和重要性（合计为 1）；文本列视为类别。",
        ),
        (
            vector("values", "Value of each customer", "每位客户的价值"),
            matrix("features", "Features of each customer, a column each: all numbers or all text (categories)",
                   "每位客户的特征，每列一个：全为数字，或全为文本（类别）", type_=Type.CELL),
            LANG,
        ),
        _drivers,
        (
            Example((SPEND, FEATURES), [["driver", "coefficient", "standard error", "t", "p", "importance"], ["tenure", 1.975, 0.12829, 15.394804, 0.000595, 0.417249], ["channel (shop = 0)", "", "", "", 0.000223, 0.582751], ["channel: web", -9.375, 0.438194, -21.394639, 0.000223, ""], ["intercept", 19.441667, 0.618223, 31.447685, 7.0652259e-05, ""], ["R squared", 0.997756, "", "", "", ""], ["adjusted R squared", 0.996259, "", "", "", ""], ["customers", 6.0, "", "", "", ""]]),
            Example(([[3], [5], [6], [10]], [[1], [2], [3], [4]], "zh"), [["驱动因素", "系数", "标准误", "t 值", "p 值", "重要性"], ["特征 1", 2.2, 0.424264, 5.18545, 0.035236, 1.0], ["截距", 0.5, 1.161895, 0.430331, 0.708889, ""], ["R²", 0.930769, "", "", "", ""], ["调整后 R²", 0.896154, "", "", "", ""], ["客户数", 4.0, "", "", "", ""]]),
            Example(([[1], [2], [3], [5]], [[1, 2], [2, 4], [3, 6], [4, 8]]), CellError("#NUM!"), Text("one column is twice the other", "一列是另一列的两倍")),
            Example(([[1], [2]], [[1], [2]]), CellError("#N/A")),
        ),
        notes=Text(
            "Importance: the rise of R squared when a feature is added, averaged over all orders of adding (LMG); with more than 12 "
            "features Johnson's relative weights. A category's coefficient is its difference from the base, the first in "
            "alphabetical order. An empty cell in a filled row is an error, as in LINEST. What goes together need not cause.",
            "重要性：加入该特征后 R² 的提高，对所有加入顺序取平均（LMG）；超过 12 个特征时用 Johnson 相对权重。类别的系数是与基准"
            "（按字母顺序第一个）的差。有数据的行中若有空单元格则报错，与 LINEST 相同。相关未必是因果。",
        ),
        sources=("Groemping, U. (2007), Estimators of relative importance in linear regression, The American Statistician 61(2)",
                 "Johnson, J. W. (2000), A heuristic method for estimating the relative weight of predictor variables, "
                 "Multivariate Behavioral Research 35(1)"),
        table=True,
    ),
    Function(
        "VALUE_FORECAST",
        Family.PREDICTION,
        Text(
            "Add up values by calendar period and forecast the next ones by a structural model: a level, trend and season where the "
            "data show them, and an interval.",
            "按日历期汇总数值，并用结构时间序列模型（水平，数据显示时含趋势和季节）预测未来各期，给出区间。",
        ),
        (
            vector("dates", "Date of each value", "每个数值的日期", type_=Type.DATE, raw=True),
            vector("values", "Values, such as the amount of each order; empty counts as 0", "数值，如每笔订单金额；空白按 0 计", raw=True),
            option("periods", "Number of periods ahead, 1 to 1000", "预测的期数，1 到 1000"),
            PERIOD._replace(default="month", help=Text(
                "Calendar period: day, week (from Monday), month (default), quarter, year",
                "日历期：day 日、week 周（周一起）、month 月（默认）、quarter 季、year 年")),
            option("level", "Chance that a value lies within its interval; 90% if omitted", "数值落在区间内的概率；省略为 90%", 0.9),
            LANG,
        ),
        _forecast,
        (
            Example((MONTHS, REVENUE, 2), [["period", "actual", "forecast", "lower", "upper"], [dt.date(2024, 1, 1), 100.0, "", "", ""], [dt.date(2024, 2, 1), 120.0, "", "", ""], [dt.date(2024, 3, 1), 90.0, "", "", ""], [dt.date(2024, 4, 1), 130.0, "", "", ""], [dt.date(2024, 5, 1), 110.0, "", "", ""], [dt.date(2024, 6, 1), 105.0, "", "", ""], [dt.date(2024, 7, 1), 125.0, "", "", ""], [dt.date(2024, 8, 1), 115.0, "", "", ""], [dt.date(2024, 9, 1), "", 111.875, 82.163458, 141.586542], [dt.date(2024, 10, 1), "", 111.875, 82.163458, 141.586542]]),
            Example(([["日期"], ["2024年1月5日"], [45400], ["2024-06-30"], ["2025-03-01"], ["2025-06-01"]], [["金额"], [10], [12], [11], [13], [14]], 1, "季", 0.8, "zh"), [["时期", "实际值", "预测值", "下限", "上限"], [dt.date(2024, 1, 1), 10.0, "", "", ""], [dt.date(2024, 4, 1), 23.0, "", "", ""], [dt.date(2024, 7, 1), 0.0, "", "", ""], [dt.date(2024, 10, 1), 0.0, "", "", ""], [dt.date(2025, 1, 1), 13.0, "", "", ""], [dt.date(2025, 4, 1), 14.0, "", "", ""], [dt.date(2025, 7, 1), "", 10.0, -6.435847, 26.435847]]),
            Example((MONTHS[:5], REVENUE[:5], 2), CellError("#N/A"), Text("five months are too few", "五个月太少")),
            Example((MONTHS, REVENUE, 0), CellError("#NUM!")),
        ),
        notes=Text(
            "A period without rows counts as 0, the last one as complete: leave out the rows of one that is not over. Six periods "
            "are needed; a season is tried from two whole ones on (7 days, 52 weeks, 12 months, 4 quarters; 9 quarters needed) and used if the "
            "AICc is less with it. Intervals of short series are a little narrow.",
            "没有数据的期按 0 计，最后一期视为完整：未结束的一期请不要包含。至少需要 6 期；有两个完整季节（7 天、52 周、12 个月、4 个季度）"
            "时才尝试季节项（季度数据需 9 期），AICc 更小则采用。短序列的区间略窄。",
        ),
        sources=("Harvey, A. C. (1989), Forecasting, Structural Time Series Models and the Kalman Filter",
                 "Durbin, J. & Koopman, S. J. (2012), Time Series Analysis by State Space Methods, 2nd edition"),
        table=True,
        context=True,
    ),
)  # fmt: skip
