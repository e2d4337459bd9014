"""Test cells by hand: retention. Fader & Hardie (2007) for the sBG model, arithmetic for the rest."""

from __future__ import annotations

import datetime as dt

from tests.cells.case import ANY_ERROR, Case, Formula
from xlclv.worksheet import CellError, Rows

NA, VALUE, NUM, DIV = map(CellError, ("#N/A", "#VALUE!", "#NUM!", "#DIV/0!"))

DATA: dict[str, Rows] = {
    "starts": [[200], [100], [None], [0]],
    "losses": [[30], ["１０"], [None], [0]],
    "faulty": [[200], [NA]],
    "rates": [[0.1], [0.2]],
    "units": [["month", "季", "WEEK"]],
    "empty": [[None]],
    "ids": [["customer"], ["a"], [7], ["7 "], ["a"], [None], ["c"]],
    "dates": [["date"], ["2024-01-05"], [dt.date(2024, 1, 20)], ["2024年2月3日"], ["20240310"], ["2024-01-01"], ["2024/2/10"]],
    "amounts": [["amount"], ["￥10"], [20], ["1,000.5"], [30], [99], [15]],
    "durations": [[3, 5, 5, 8]],
    "churned": [[1, True, 0, "No"]],
    # Fader & Hardie (2007), table 1, percent left after 0 to 7 years.
    "regular": [[100], [63.1], [46.8], [38.2], [32.6], [28.9], [26.2], [24.1]],
    "high_end": [[100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1]],
    "both": [[None, "Regular", "2023"], [0, 1000, 1000], [1, 631, 869], [2, 468, None], [3, 382, None], [4, 326, None]],
    "thousand": [[1000], [631], [468], [382], [326]],
    "typed": [["beta", 1.182043, "typed"], [None, None, None], ["alpha", 0.704077, 9], ["model", "sBG", None]],
    "no_model": [["alpha", 0.7], ["beta", 1.2]],
    "faulty_model": [["model", "sBG"], ["alpha", DIV], ["beta", 1.2]],
}  # fmt: skip
COLUMNS: dict[str, Rows] = {
    "Orders": [
        ["customer", "date", "amount"],
        ["a", dt.date(2024, 1, 5), 10], ["b", dt.date(2024, 1, 20), 20], ["a", dt.date(2024, 2, 3), 30],
        ["c", dt.date(2024, 2, 10), 15], ["b", dt.date(2024, 3, 1), 5], ["a", dt.date(2024, 3, 1), 25],
    ],
}  # fmt: skip

FIT_HEADER = ["parameter", "value", "standard error", "lower 95%", "upper 95%"]

CASES = (
    Case("retention_rate_by_arithmetic", "(end - acquired) / start",
         "RETENTION_RATE(200,210,40)", Formula("(210-40)/200")),
    Case("retention_rate_column", "A column; an empty row stays empty, an empty number among others is #VALUE!",
         "RETENTION_RATE([starts],{150;100;\"\";0},0)", [[0.75], [1], [""], [DIV]]),
    Case("retention_rate_error", "An error as argument", "RETENTION_RATE(200,NA(),40)", NA),
    Case("churn_rate_column", "Numbers as text; an empty row; nobody at the start", "CHURN_RATE([starts],[losses])",
         [[0.15], [0.1], [""], [DIV]]),
    Case("churn_rate_complement", "With nobody acquired it is 1 - retention",
         "CHURN_RATE(200,30)", Formula("1-RETENTION_RATE(200,170,0)")),
    Case("churn_rate_error_in_range", "An error stays in its row. Calc stops at it.", "CHURN_RATE([faulty],30)",
         [[0.15], [NA]], ANY_ERROR),
    Case("rate_convert_discount", "10% a year, per month", 'RATE_CONVERT(10%,"year","month")', Formula("1.1^(1/12)-1")),
    Case("rate_convert_retention", "80% a year, per month",
         'RATE_CONVERT(80%,"Year","MONTH","retention")', Formula("0.8^(1/12)")),
    Case("rate_convert_churn", "In Chinese: 20% a year, per quarter",
         'RATE_CONVERT(20%,"年","季","流失率")', Formula("1-0.8^(1/4)")),
    Case("rate_convert_back", "There and back", 'RATE_CONVERT(RATE_CONVERT(10%,"year","week"),"week","year")', 0.1),
    Case("rate_convert_grid", "Rates against periods", 'RATE_CONVERT([rates],"year",[units])',
         [[Formula(f"(1+{rate})^({days}/365.25)-1") for days in (30.4375, 91.3125, 7)] for rate in (0.1, 0.2)]),
    Case("rate_convert_unknown", "No such period", 'RATE_CONVERT(10%,"year","fortnight")', VALUE),
    Case("retention_cohorts_columns", "Columns with empty rows below, as of the end of March",
         'RETENTION_COHORTS([Orders+1],[Orders+2],,"month","customers","2024-03-31")',
         [["cohort", "size", 0, 1, 2], [dt.date(2024, 1, 1), 2, 2, 1, 2], [dt.date(2024, 2, 1), 1, 1, 0, NA]]),
    Case("retention_cohorts_texts", "Dates as ISO text, Chinese text, digits, slashes and cells; 7 and \"7 \" are one customer; a "
         "row without customer is left out", 'RETENTION_COHORTS([ids],[dates],[amounts],"month","revenue","2024-03-31")',
         [["cohort", "size", 0, 1, 2], [dt.date(2024, 1, 1), 2, 30, 1000.5, 30], [dt.date(2024, 2, 1), 1, 15, 0, NA]]),
    Case("retention_cohorts_rate", "The share of January's two customers who came back in February",
         'INDEX(RETENTION_COHORTS([Orders.1],[Orders.2],,,,"2024-03-31"),2,4)', 0.5),
    Case("retention_cohorts_as_of_cell", "As of the latest date if left out: March is not complete",
         "INDEX(RETENTION_COHORTS([Orders.1],[Orders.2]),2,5)", NA),
    Case("retention_curve_by_arithmetic", "Kaplan-Meier in rows, TRUE, 1, 0 and No",
         "INDEX(RETENTION_CURVE([durations],[churned]),{2;3;4;5},4)", [[1], [0.75], [Formula("0.75*2/3")], [0.5]]),
    Case("retention_curve_at_risk", "How many were observed at each time",
         "INDEX(RETENTION_CURVE([durations],[churned]),3,2)", 4),
    Case("retention_curve_level", "A limit at another level lies nearer",
         "INDEX(RETENTION_CURVE([durations],[churned],50%),3,5)"
         ">INDEX(RETENTION_CURVE([durations],[churned]),3,5)", True),
    Case("retention_fit_thousand", "Fader & Hardie (2007): alpha, beta and log likelihood of 1000, 631, 468, 382, 326",
         "INDEX(RETENTION_FIT([thousand]),{4;5;7},2)", [[0.763665], [1.295830], [-1401.5594]]),
    Case("retention_fit_regular", "Regular customers, read in the cells below", "RETENTION_FIT([regular])",
         [FIT_HEADER, ["model", "sBG", "", "", ""], ["period", "", "", "", ""], ["alpha", 0.704077, 0.207442, 0.395213, 1.254324],
          ["beta", 1.182043, 0.48217, 0.531395, 2.629355], ["customers", 100, "", "", ""],
          ["log_likelihood", -168.026519, "", "", ""], ["status", "OK", "", "", ""]]),
    Case("retention_fit_high_end", "High End customers, in a row",
         "INDEX(RETENTION_FIT([high_end]),{4;5},2)", [[0.668088], [3.806095]]),
    Case("retention_fit_cohorts", "Two cohorts under their names, the younger one not yet observed to the end",
         "INDEX(RETENTION_FIT([both]),6,2)", 2000),
    Case("retention_forecast_of_cells", "A model block in cells as argument: survival after 12 years, Regular",
         "INDEX(RETENTION_FORECAST([@retention_fit_regular],12),14,2)", 0.17004),
    Case("retention_forecast_nested", "A fit within a forecast: High End",
         "INDEX(RETENTION_FORECAST(RETENTION_FIT([high_end]),12),14,2)",
         0.378, tolerance=5e-6),
    Case("retention_forecast_by_hand", "First period: 1 - alpha / (alpha + beta)",
         "INDEX(RETENTION_FORECAST([typed],2),3,2)",
         Formula("1.182043/(0.704077+1.182043)")),
    Case("retention_value_of_cells", "The block read back from its cells",
         "RETENTION_VALUE([@retention_fit_regular],1,10%,{0,1,5})",
         [[3.694908, 4.730127, 6.694918]], tolerance=5e-6),
    Case("retention_value_nested", "High End, fitted within",
         "RETENTION_VALUE(RETENTION_FIT([high_end]),1,10%,{0;1;5})",
         [[5.922253], [6.364889], [7.486965]], tolerance=5e-6),
    Case("retention_value_typed", "Typed in any order, with an empty row and a further column",
         "RETENTION_VALUE([typed],1,10%)",
         3.69491),
    Case("retention_value_constant", "The block as an array constant; undiscounted: 100 x (alpha + beta - 1) / (alpha - 1)",
         'RETENTION_VALUE({"model","sBG";"alpha",3;"beta",7},100,0)', Formula("100*(3+7-1)/(3-1)")),
    Case("retention_value_no_model", "A block without its model row", "RETENTION_VALUE([no_model],1,10%)", VALUE),
    Case("retention_value_faulty", "An error within the block is the result. Calc stops at it.",
         "RETENTION_VALUE([faulty_model],1,10%)", DIV, ANY_ERROR),
)  # fmt: skip
