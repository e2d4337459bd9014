"""Test cells by hand: acquisition and feedback."""

from __future__ import annotations

from tests.cells.case import ANY_ERROR, Case, Formula
from xlclv.worksheet import CellError, Rows

NA, VALUE, NUM, DIV = map(CellError, ("#N/A", "#VALUE!", "#NUM!", "#DIV/0!"))

DATA: dict[str, Rows] = {
    "spends": [[1500], [900], [0], [None]],
    "customers": [[10], [0], [5], [None]],
    "text_spends": [["￥1,500"], ["９００"], ["1,500.00 "]],
    "costs": [[100, 150, 300]],
    "values": [[450], [300]],
    "channels": [["channel"], ["Search"], ["Fairs"], ["Search "], [None]],
    "channel_spends": [["spend"], [600], [900], [400], [None]],
    "channel_customers": [["won"], [6], [3], [4], [None]],
    "channel_values": [["CLV"], [250], [600], [375], [None]],
    "scores": [["score"], [10], [9], [None], ["8"], ["３"], [0], [10]],
    "score_row": [[10, 9, 8, 7, 6, 0]],
    "faulty_scores": [[10], [NA], [9]],
    "empty": [[None]],
}  # fmt: skip
COLUMNS: dict[str, Rows] = {
    "Answers": [["answer"], [10], [10], [9], [8], [7], [7], [5], [2], [0], [10]],
    "Spending": [
        ["channel", "spend", "customers", "CLV"],
        ["微信", 500, 5, 300],
        ["Search", "1,000", 10, 250],
        ["微信", 300, 3, 300],
    ],
}

CASES = (
    Case("cac_cost_column", "A cost for each row; no customers is #DIV/0!; empty rows at the end are left out",
         "CAC_COST([spends],[customers])", [[150], [DIV], [0]]),
    Case("cac_cost_texts", "Amounts that are text", "CAC_COST([text_spends],10)", [[150], [90], [150]]),
    Case("cac_cost_error", "An error as argument", "CAC_COST(SQRT(\"x\"),10)", VALUE),
    Case("cac_cost_empty", "An empty cell where a number is needed. Calc hands it over as 0.",
         "CAC_COST(1500,[empty])", VALUE, DIV),
    Case("cac_ratio_nested", "Value and cost by functions",
         "CAC_RATIO(CLV(100,2,36,30%),CAC_COST(1500,10))", Formula("2160/150")),
    Case("cac_ratio_grid", "Values against costs", "CAC_RATIO([values],[costs])", [[4.5, 3, 1.5], [3, 2, 1]]),
    Case("cac_ratio_text", "Text that is no number", 'CAC_RATIO("high",150)', VALUE),
    Case("cac_payback_even", "Without losses: cost / margin", "CAC_PAYBACK(150,100/12)", Formula("150/(100/12)")),
    Case("cac_payback_by_pv", "Nineteen whole periods, and what is left as a share of the twentieth",
         "CAC_PAYBACK(150,100/12,,1%)",
         Formula("19+(150+PV(1%,19,100/12))/(100/12/1.01^20)")),
    Case("cac_payback_retention", "With customers who leave",
         "CAC_PAYBACK({150;1000},100/12,0.95)", [[44.8931], [NUM]]),
    Case("cac_payback_nested", "The cost by a function", "CAC_PAYBACK(CAC_COST(1500,10),10)", 15),
    Case("cac_channels_added_up", "Equal names are added up, a trailing space does not matter, an empty row is left out",
         "CAC_CHANNELS([channels],[channel_spends],[channel_customers],[channel_values])",
         [["channel", "spend", "customers", "CAC", "mean CLV", "CLV:CAC", "ROI", "rank"],
          ["Search", 1000, 10, 100, Formula("(6*250+4*375)/10"), 3, 2, 1],
          ["Fairs", 900, 3, 300, 600, 2, 1, 2]]),
    Case("cac_channels_columns", "Columns with empty rows below",
         'CAC_CHANNELS([Spending+1],[Spending+2],[Spending+3],[Spending+4],"zh")',
         [["渠道", "花费", "客户数", "获客成本", "平均 CLV", "CLV:CAC", "ROI", "排名"],
          ["微信", 800, 8, 100, 300, 3, 2, 1], ["Search", 1000, 10, 100, 250, 2.5, 1.5, 2]]),
    Case("cac_channels_cell", "One cell of the table", 'INDEX(CAC_CHANNELS({"a","b"},{10,10},{1,2},{30,30}),3,7)', 5),
    Case("nps_score_by_counting", "Promoters less detractors, counted by COUNTIF", "NPS_SCORE([score_row])",
         Formula('100*(COUNTIF([score_row],">=9")-COUNTIF([score_row],"<=6"))/COUNT([score_row])')),
    Case("nps_score_texts", "A header, an empty cell, numbers as text", "NPS_SCORE([scores])", Formula("100*(3-2)/6")),
    Case("nps_score_column", "A whole column", "NPS_SCORE([Answers:1])",
         Formula('100*(COUNTIF([Answers.1],">=9")-COUNTIF([Answers.1],"<=6"))/COUNT([Answers.1])')),
    Case("nps_score_error", "A range that is read whole gives its first error. Calc stops at it.",
         "NPS_SCORE([faulty_scores])", NA, ANY_ERROR),
    Case("nps_score_beyond", "Eleven is no answer", "NPS_SCORE({10,11})", NUM),
)  # fmt: skip
