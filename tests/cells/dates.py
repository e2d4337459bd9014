"""Test cells by hand that stand in two workbooks: one counts days from 1900, the other from 1904."""

from __future__ import annotations

import datetime as dt

from tests.cells.case import Case, Formula
from xlclv.worksheet import CellError, Rows

NA, VALUE, NUM = map(CellError, ("#N/A", "#VALUE!", "#NUM!"))

MONTHS: Rows = [[dt.date(2024, month, 15)] for month in range(1, 9)]
DATA: dict[str, Rows] = {
    "texts": [["2024-01-05"], ["2024年1月20日"], ["20240203"], ["2024/2/10"], ["2024-3-1"], ["2024-03-01"]],
    "as_of": [[dt.date(2024, 3, 31)]],
    "text_as_of": [["2024年3月31日"]],
    "firsts": [[dt.date(2024, 1, 5)], [dt.date(2020, 1, 1)], [None]],
    "lasts": [[dt.date(2024, 6, 1)], [dt.date(2020, 2, 1)], [None]],
    "counts": [[2], [5], [0]],
    "months": MONTHS,
    "revenue": [[100], [120], [90], [130], [110], [105], [125], [115]],
}
COLUMNS: dict[str, Rows] = {
    "Orders": [
        ["customer", "date", "amount"],
        ["a", dt.date(2024, 1, 5), 10], ["b", dt.date(2024, 1, 20), 20], ["a", dt.date(2024, 2, 3), 30],
        ["c", dt.date(2024, 2, 10), 15], ["b", dt.date(2024, 3, 1), 5], ["a", dt.date(2024, 3, 1), 25],
    ],
}  # fmt: skip

RFM_HEADER = ["customer", "orders", "frequency", "recency", "age", "monetary", "total", "first", "last", "days_since"]
RFM_ROWS = [
    RFM_HEADER,
    ["a", 3, 2, 56, 86, 27.5, 65, dt.date(2024, 1, 5), dt.date(2024, 3, 1), 30],
    ["b", 2, 1, 41, 71, 5, 25, dt.date(2024, 1, 20), dt.date(2024, 3, 1), 30],
    ["c", 1, 0, 0, 50, 0, 15, dt.date(2024, 2, 10), dt.date(2024, 2, 10), 50],
]

CASES = (
    Case("rfm_table_dates", "Dates in cells", 'RFM_TABLE([Orders.1],[Orders.2],[Orders.3],[as_of],"day")', RFM_ROWS),
    Case("rfm_table_texts", "The same dates as text in six forms",
         'RFM_TABLE([Orders.1],{"date";"2024-01-05";"2024年1月20日";"20240203";'
         '"2024/2/10";"2024-3-1";"2024-03-01"},[Orders.3],[text_as_of],"day")', RFM_ROWS),
    Case("rfm_table_columns", "Columns with empty rows below, as of a computed date",
         'RFM_TABLE([Orders+1],[Orders+2],[Orders+3],DATE(2024,3,31),"day")',
         RFM_ROWS),
    Case("rfm_table_last", "A date that comes back is one of the sheet's own",
         'INDEX(RFM_TABLE([Orders.1],[Orders.2],[Orders.3],"2024-03-31"),2,9)',
         Formula("DATE(2024,3,1)")),
    Case("retention_cohorts_months", "Months of cohorts",
         'RETENTION_COHORTS([Orders.1],[Orders.2],,"month","customers",[as_of])',
         [["cohort", "size", 0, 1, 2], [dt.date(2024, 1, 1), 2, 2, 1, 2], [dt.date(2024, 2, 1), 1, 1, 0, NA]]),
    Case("segment_stage_dates", "Stages by dates in cells.",
         "SEGMENT_STAGE([firsts],[lasts],[counts],DATE(2024,6,30))",
         [["Active"], ["Churned"], ["Prospect"]]),
    Case("segment_stage_text", "A date in a cell against dates as text",
         'SEGMENT_STAGE("2024-01-05",INDEX([lasts],1),3,"20240630")', "Loyal"),
    Case("data_check_future", "One date lies after as_of",
         'INDEX(DATA_CHECK([Orders.1],[Orders.2],[Orders.3],DATE(2024,2,28)),5,2)', 2),
    Case("value_forecast_months", "The months of the values and of the forecast",
         "INDEX(VALUE_FORECAST([months],[revenue],1),{2;9;10},1)",
         [[dt.date(2024, 1, 1)], [dt.date(2024, 8, 1)], [dt.date(2024, 9, 1)]]),
    Case("days_between_dates", "Days since, by the sheet's own subtraction",
         'INDEX(RFM_TABLE([Orders.1],[Orders.2],[Orders.3],[as_of]),4,10)', Formula("[as_of]-DATE(2024,2,10)")),
)  # fmt: skip
