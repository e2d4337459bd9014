"""Test cells by hand: prediction. What is expected comes from the papers and from closed forms written as formulas."""

from __future__ import annotations

import datetime as dt

from tests.cells.case import ANY_ERROR, Case, Formula
from xlclv.worksheet import CellError, Rows
from xlclv.worksheet.catalogue.example_data import (
    AGE_TABLE,
    LOG_AMOUNTS,
    LOG_DATES,
    LOG_IDS,
    TX_TABLE,
    WEIGHTS_TABLE,
    X_TABLE,
)

NA, VALUE, NUM = map(CellError, ("#N/A", "#VALUE!", "#NUM!"))

#: Fader, Hardie & Shang (2010): donors by years with a gift, last of them, years since the first gift, and how many.
DONATIONS: Rows = [
    [6, 6, 6, 1203], [5, 6, 6, 728], [4, 6, 6, 512], [3, 6, 6, 357], [2, 6, 6, 234], [1, 6, 6, 129], [5, 5, 6, 335],
    [4, 5, 6, 284], [3, 5, 6, 225], [2, 5, 6, 173], [1, 5, 6, 119], [4, 4, 6, 240], [3, 4, 6, 181], [2, 4, 6, 155],
    [1, 4, 6, 78], [3, 3, 6, 322], [2, 3, 6, 255], [1, 3, 6, 129], [2, 2, 6, 613], [1, 2, 6, 277], [1, 1, 6, 1091],
    [0, 0, 6, 3464],
]  # fmt: skip
SALES = (100, 120, 90, 130, 110, 105, 125, 115)
DATA: dict[str, Rows] = {
    "bgnbd": [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]],
    "shuffled": [["parameter", "value", "note"], ["b", "2.426", None], [None, None, None], ["a", 0.793, 1], ["model", "bg/nbd", None],
                 ["alpha", 4.414, None], ["r", 0.243, "typed"]],
    "pareto": [["model", "Pareto/NBD"], ["r", 0.553], ["alpha", 10.578], ["s", 0.606], ["beta", 11.669]],
    "nbd": [["model", "NBD"], ["r", 1], ["alpha", 10]],
    "spend": [["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]],
    "donations": [["x", "t_x", "n", "donors"], *DONATIONS],
    "xs": [[0], [2], [None], [7]],
    "ts": [[0], [30.43], [None], [29.43]],
    "late": [[30.43], [40]],
    "faulty_xs": [[2], [NA]],
    "text_xs": [["2"], ["２"], ["two"]],
    "horizons": [[1, 39, 78]],
    "empty": [[None]],
    "x_table": X_TABLE,
    "tx_table": TX_TABLE,
    "age_table": AGE_TABLE,
    "weights": WEIGHTS_TABLE,
    "tenures": [[1], [2], [3], [4], [5], [6]],
    "worths": [[12], [14], [25], [28], [20], [31]],
}  # fmt: skip
COLUMNS: dict[str, Rows] = {
    "Log": [["customer", "date", "amount"], *([i, d, a] for [i], [d], [a] in zip(LOG_IDS, LOG_DATES, LOG_AMOUNTS, strict=True))],
    "Sales": [
        ["date", "value"], *([dt.date(2024, month, day), value / 2 + day] for month, value in enumerate(SALES, 1) for day in (5, 20)),
    ],
}  # fmt: skip

#: BG/NBD, Fader, Hardie & Lee (2005), equation for P(alive), of a customer with x = 2, t_x = 30.43, T = 38.86.
ALIVE_BG = "1/(1+0.793/(2.426+2-1)*((4.414+38.86)/(4.414+30.43))^(0.243+2))"
#: Gamma-Gamma, Fader & Hardie (2013): p (v + x m) / (p x + q - 1).
SPEND = "6.25*(15.44+{0}*{1})/(6.25*{0}+3.74-1)"
#: Formulas that several cases read cells of.
COMPARED = "MODEL_COMPARE([x_table],[tx_table],[age_table],[weights])"
HELD = 'MODEL_HOLDOUT([Log.1],[Log.2],"2024-08-31","2024-12-31","NBD","month")'
RATE = 1.15 ** (1 / 52) - 1

CASES = (
    Case("model_fit_donations", "BG/BB on the donations of the paper; columns with headers",
         'INDEX(MODEL_FIT("BG/BB",[donations.1],'
         "[donations.2],[donations.3],[donations.4]),{4;5;6;7;9},2)",
         [[1.203522], [0.749716], [0.656718], [2.783442], [-33225.5813]], tolerance=1e-4),
    Case("model_fit_block", "A fit whose cells other tests read",
         'MODEL_FIT("BG/NBD",[x_table],[tx_table],[age_table],[weights])',
         [["parameter", "value", "standard error", "lower 95%", "upper 95%"], ["model", "BG/NBD", "", "", ""], ["period", "", "", "", ""],
          ["r", 0.159252, 0.022813, 0.120267, 0.210874], ["alpha", 12.498396, 2.652848, 8.244844, 18.946374],
          ["a", 0.221354, 0.197735, 0.038434, 1.274867], ["b", 0.951029, 0.876813, 0.156106, 5.793876],
          ["customers", Formula("SUM([weights])"), "", "", ""], ["log_likelihood", -1888.319961, "", "", ""], ["status", "OK", "", "", ""]]),
    Case("model_fit_cell", "One parameter of a block in cells, found by its name",
         'SUMPRODUCT(([@model_fit_block.1]&""="alpha")*1,[@model_fit_block.2])', 12.498396),
    Case("model_fit_name", "A name of the model that is not known",
         'MODEL_FIT("SBB",[x_table],[tx_table],[age_table],[weights])', VALUE),
    Case("spend_fit_counts", "Customers who spent, and those left out, by SUMPRODUCT",
         'INDEX(SPEND_FIT([x_table],[x_table],[weights]),{8;9},2)',
         [[Formula("SUMPRODUCT(([x_table]=0)*[weights])")], [Formula("SUMPRODUCT(([x_table]>0)*[weights])")]]),
    Case("spend_fit_correlation", "Frequency and value correlate fully if they are the same",
         "INDEX(SPEND_FIT([x_table],[x_table],[weights]),7,2)", 1),
    Case("model_alive_by_formula", "BG/NBD by its closed form",
         "MODEL_ALIVE([bgnbd],2,30.43,38.86)", Formula(ALIVE_BG)),
    Case("model_alive_shuffled", "A block in any order with a number as text, an empty row, another column",
         "MODEL_ALIVE([shuffled],2,30.43,38.86)", Formula(ALIVE_BG)),
    Case("model_alive_constant", "The block as an array constant",
         'MODEL_ALIVE({"model","BG/NBD";"r",0.243;"alpha",4.414;"a",0.793;"b",2.426},2,30.43,38.86)', Formula(ALIVE_BG)),
    Case("model_alive_of_cells", "A block that a formula gave, read back from its cells, against the fit within the formula",
         "MODEL_ALIVE([@model_fit_block],2,30,39)",
         Formula('MODEL_ALIVE(MODEL_FIT("BG/NBD",[x_table],[tx_table],[age_table],[weights]),2,30,39)')),
    Case("model_alive_column", "A column; the empty row stays empty", "MODEL_ALIVE([bgnbd],[xs],[ts],38.86)",
         [[1], [0.726579], [""], [0.641756]]),
    Case("model_alive_texts", "Numbers as text; what is no number is #VALUE! alone",
         "MODEL_ALIVE([bgnbd],[text_xs],30.43,38.86)",
         [[0.726579], [0.726579], [VALUE]]),
    Case("model_alive_one_late", "Recency beyond age is #NUM! in its row alone",
         "MODEL_ALIVE([pareto],2,[late],38.86)", [[0.869168], [NUM]]),
    Case("model_alive_error_in_range", "An error stays in its row. Calc stops at it.",
         "MODEL_ALIVE([pareto],[faulty_xs],30.43,38.86)",
         [[0.869168], [NA]], ANY_ERROR),
    Case("model_alive_nbd", "Nobody leaves in the NBD model", "MODEL_ALIVE([nbd],2,30,38.86)", 1),
    Case("model_orders_nbd", "NBD: (r + x) / (alpha + T) x periods", "MODEL_ORDERS([nbd],2,30,[horizons],1)",
         [[NUM, Formula("(1+2)/(10+39)"), Formula("(1+2)/(10+78)")]]),
    Case("model_orders_pareto", "Pareto/NBD, x = 26, a year ahead", "MODEL_ORDERS([pareto],26,30.86,31,52)", 25.458473),
    Case("model_orders_grid", "Customers against horizons",
         "MODEL_ORDERS([bgnbd],{0;7},{0;29.43},38.86,{0,39})", [[0, 0.195098], [0, 3.337053]]),
    Case("model_active_nbd", "NBD: 1 - ((alpha + T)/(alpha + T + t))^(r + x)",
         "MODEL_ACTIVE([nbd],2,30,38.86,[horizons])",
         [[Formula(f"1-(48.86/(48.86+{t}))^3") for t in (1, 39, 78)]]),
    Case("model_new_nbd", "NBD: r / alpha x t", "MODEL_NEW([nbd],[horizons])", [[0.1, 3.9, 7.8]]),
    Case("model_new_pareto", "Pareto/NBD: r beta / (alpha (s - 1)) (1 - (beta/(beta + t))^(s - 1))",
         "MODEL_NEW([pareto],52)",
         Formula("0.553*11.669/(10.578*(0.606-1))*(1-(11.669/(11.669+52))^(0.606-1))")),
    Case("model_new_empty", "Periods by an empty cell. Calc hands it over as 0.", "MODEL_NEW([nbd],[empty])", VALUE, 0),
    Case("model_residual_nbd", "NBD: (r + x)/(alpha + T) / ln(1 + d)",
         "MODEL_RESIDUAL([nbd],2,30,40,1%)", Formula("3/50/LN(1.01)")),
    Case("model_residual_nested", "The rate by a function",
         'MODEL_RESIDUAL([pareto],2,30.43,38.86,(1+15%)^(1/52)-1)', 6.501731),
    Case("model_residual_endless", "Without discounting the sum has no end", "MODEL_RESIDUAL([nbd],2,30,40,0)", NUM),
    Case("spend_expected_by_formula", "p (v + x m) / (p x + q - 1)", "SPEND_EXPECTED([spend],{1;2;7},100)",
         [[Formula(SPEND.format(x, 100))] for x in (1, 2, 7)]),
    Case("spend_expected_new", "Of a customer without repeat orders the mean of all",
         "SPEND_EXPECTED([spend],0,0)", Formula(SPEND.format(0, 0))),
    Case("spend_expected_text", "An amount with its currency",
         'SPEND_EXPECTED([spend],2,"￥1,000.50")', Formula(SPEND.format(2, 1000.5))),
    Case("clv_predict_nbd", "A constant order rate: the present value of its orders each period",
         "CLV_PREDICT([nbd],[spend],2,30,40,100,10,30%,1%)", Formula(f"-PV(1%,10,3/50)*{SPEND.format(2, 100)}*30%")),
    Case("clv_predict_forever", "Periods left out: residual orders x expected value x margin",
         f"CLV_PREDICT([pareto],[spend],2,30.43,38.86,22.35,,30%,{RATE:.17g})",
         Formula(f"MODEL_RESIDUAL([pareto],2,30.43,38.86,{RATE:.17g})*SPEND_EXPECTED([spend],2,22.35)*30%")),
    Case("clv_predict_column", "A column with an empty row", "CLV_PREDICT([bgnbd],[spend],[xs],[ts],38.86,22.35,39)",
         [[Formula(f"SUMPRODUCT(MODEL_ORDERS([bgnbd],{x},{t},38.86,39)*SPEND_EXPECTED([spend],{x},22.35))")] if x is not None else [""]
          for x, t in ((0, 0), (2, 30.43), (None, None), (7, 29.43))]),
    Case("model_interval_nbd", "NBD with whole r: the smallest range by the negative binomial distribution",
         "MODEL_INTERVAL([nbd],2,30,30,20,80%)",
         [[0, Formula("SUMPRODUCT((NEGBINOMDIST({0,1,2,3},3,2/3)>0)*1)-1")]]),
    Case("model_interval_holds", "It holds at least the level, and one order less would not",
         "AND(SUMPRODUCT(NEGBINOMDIST({0,1,2,3},3,2/3))>="
         "80%,SUMPRODUCT(NEGBINOMDIST({0,1,2},3,2/3))<80%,INDEX(MODEL_INTERVAL([nbd],2,30,30,20,80%),1,2)=3)", True),
    Case("model_interval_default", "90% if left out", "INDEX(MODEL_INTERVAL([nbd],2,30,30,20),1,2)",
         Formula("IF(SUMPRODUCT(NEGBINOMDIST({0,1,2,3},3,2/3))<90%,4,3)")),
    Case("clv_table_columns", "Columns with empty rows below: the orders of all customers",
         'SUM(INDEX(CLV_TABLE([Log+1],[Log+2],[Log+3],"2024-12-31"),0,2))',
         Formula("ROWS([Log])-1")),
    Case("clv_table_block", "With an NBD block as model: (r + x) / (alpha + T) x 52 of the first customer",
         'INDEX(CLV_TABLE([Log.1],[Log.2],[Log.3],"2024-12-31",52,,,,[nbd]),2,9)',
         Formula('(1+6)/(10+(DATE(2024,12,31)-INDEX([Log.2],2))/7)*52')),
    Case("clv_table_name", "With a name as model, in Chinese",
         'INDEX(CLV_TABLE([Log.1],[Log.2],[Log.3],"2024-12-31",,,,"月","NBD","zh"),1,8)', "存活概率"),
    Case("model_compare_aic", "AIC = 2 k - 2 LL of the best model",
         f"INDEX({COMPARED},2,4)", Formula(f"2*INDEX({COMPARED},2,3)-2*INDEX({COMPARED},2,2)")),
    Case("model_compare_bic", "BIC = k ln(n) - 2 LL",
         f"INDEX({COMPARED},2,5)",
         Formula(f"4*LN(SUM([weights]))-2*INDEX({COMPARED},2,2)")),
    Case("model_compare_nbd", "The last of the four",
         f"INDEX({COMPARED},5,{{1,3}})", [["NBD", 2]]),
    Case("model_holdout_actual", "Orders after the split, counted by COUNTIF",
         'INDEX(MODEL_HOLDOUT([Log+1],[Log+2],DATE(2024,8,31),"2024-12-31",,"month"),5,2)', Formula('COUNTIF([Log.2],">45535")')),
    Case("model_holdout_error", "Predicted / actual - 1 of NBD",
         f"INDEX({HELD},7,2)",
         Formula(f"INDEX({HELD},6,2)/INDEX({HELD},5,2)-1")),
    Case("model_holdout_split", "No order before the split",
         'MODEL_HOLDOUT([Log.1],[Log.2],"2023-12-31","2024-12-31")', NA),
    Case("model_track_actual", "Repeat orders of all periods: orders less customers",
         'SUM(INDEX(MODEL_TRACK([Log.1],[Log.2],"2024-08-31","2024-12-31",,"month"),0,5))', Formula("ROWS([Log])-1-48")),
    Case("model_track_phases", "Calibration ends where the holdout begins",
         'INDEX(MODEL_TRACK([Log.1],[Log.2],"2024-08-31","2024-12-31","NBD","month"),{9;10},4)',
         [["calibration"], ["holdout"]]),
    Case("value_drivers_slope", "One feature: slope, its standard error and R squared as the sheet computes them",
         "INDEX(VALUE_DRIVERS([worths],[tenures]),{2;3;4},2)",
         [[Formula("SLOPE([worths],[tenures])")], [Formula("INTERCEPT([worths],[tenures])")], [Formula("RSQ([worths],[tenures])")]]),
    Case("value_drivers_error", "Its standard error by STEYX and DEVSQ", "INDEX(VALUE_DRIVERS([worths],[tenures]),2,3)",
         Formula("STEYX([worths],[tenures])/SQRT(DEVSQ([tenures]))")),
    Case("value_drivers_unequal", "Ranges of unequal length", "VALUE_DRIVERS([worths],[xs])", VALUE),
    Case("value_forecast_sums", "Sums of months", "INDEX(VALUE_FORECAST([Sales+1],[Sales+2],1),{2;9},2)",
         [[Formula("INDEX([Sales.2],2)+INDEX([Sales.2],3)")], [Formula("INDEX([Sales.2],16)+INDEX([Sales.2],17)")]]),
    Case("value_forecast_level", "A wider interval at a higher level",
         "INDEX(VALUE_FORECAST([Sales.1],[Sales.2],1,,99%),10,5)>INDEX(VALUE_FORECAST([Sales.1],[Sales.2],1),10,5)", True),
    Case("value_forecast_none", "No period ahead", "VALUE_FORECAST([Sales.1],[Sales.2],0)", NUM),
)  # fmt: skip
