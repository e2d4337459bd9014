"""Test cells by hand: data, monitoring and help."""

from __future__ import annotations

import datetime as dt

from tests.cells.case import ANY_ERROR, Case
from xlclv.worksheet import CellError, Rows

NA, VALUE, NUM, DIV = map(CellError, ("#N/A", "#VALUE!", "#NUM!", "#DIV/0!"))

DATA: dict[str, Rows] = {
    "ids": [["customer"], ["a"], ["b"], [None], ["c"], ["c"], ["d"], [NA]],
    "dates": [["date"], ["2024-01-05"], ["2024年1月6日"], ["20240107"], [dt.date(2024, 1, 8)], [dt.date(2024, 1, 8)],
              ["1/5/2024"], [dt.date(2025, 1, 1)]],
    "amounts": [["amount"], [10], ["1,234.50"], [5], [7], [7], [-3], [DIV]],
    "currents": [[90], [111], [100], [None], [50]],
    "previous": [[100], [100], [100], [None], [0]],
    "faulty": [[90], [NA]],
}  # fmt: skip
COLUMNS: dict[str, Rows] = {
    "Orders": [
        ["customer", "date", "amount"],
        ["a", dt.date(2024, 1, 5), 10],
        ["b", dt.date(2024, 1, 20), 0],
        ["a", None, 30],
    ],
}

CASES = (
    Case("data_check_counts", "Errors, doubtful and future dates, duplicates, refunds, dates as text and as numbers, amounts as text",
         'DATA_CHECK([ids],[dates],[amounts],"2024-12-31")',
         [["check", "rows", "status"], ["missing ids", 1, "Check"], ["missing dates", 0, "OK"], ["bad dates", 1, "Check"],
          ["future dates", 1, "Check"], ["duplicates", 1, "Check"], ["refunds", 1, "Check"], ["zero amounts", 0, "OK"],
          ["missing amounts", 0, "OK"], ["bad amounts", 0, "OK"], ["mixed types", 3, "Check"], ["text numbers", 1, "Check"],
          ["mixed currencies", 0, "OK"], ["error cells", 2, "Check"], ["customers without an order", 0, "OK"]]),
    Case("data_check_columns", "Columns with empty rows below: a missing date and an amount of 0",
         "INDEX(DATA_CHECK([Orders+1],[Orders+2],[Orders+3]),{3;8},2)", [[1], [1]]),
    Case("data_check_open", "Future dates are not checked without as_of",
         "INDEX(DATA_CHECK([Orders.1],[Orders.2],[Orders.3]),5,3)",
         "Not checked"),
    Case("clv_alert_column", "A fall of 10%, a rise of 11%, none; an empty row; nothing to compare with.",
         "CLV_ALERT([currents],[previous])", [["Drop"], ["Rise"], ["OK"], [""], [DIV]]),
    Case("clv_alert_rise_left_out", "The rise is as the drop if left out", "CLV_ALERT(115,100,20%)", "OK"),
    Case("clv_alert_drop_left_out", "The drop left out, the rise given", "CLV_ALERT(105,100,,5%)", "Rise"),
    Case("clv_alert_of_values", "Values by another function, texts as numbers",
         'CLV_ALERT(CLV(100,2,30),"7,200")', "Drop"),
    Case("clv_alert_error_in_range", "An error stays in its row. Calc stops at it.", "CLV_ALERT([faulty],100)",
         [["Drop"], [NA]], ANY_ERROR),
    Case("xlclv_help_of_clv", "The first row of the help of a function", 'INDEX(XLCLV_HELP("CLV"),2,1)', "CLV"),
    Case("xlclv_help_all", "Functions by name, in any case of letters", 'COUNTA(INDEX(XLCLV_HELP("clv"),0,1))', 9),
    Case("xlclv_help_list", "All functions; the first is CLV", "INDEX(XLCLV_HELP(),{1;2},1)", [["function"], ["CLV"]]),
    Case("xlclv_errors_header", "The header of the list of failures", "INDEX(XLCLV_ERRORS(),1,{1,2,3,4})",
         [["function", "argument", "error", "what to do"]]),
    Case("xlclv_errors_chinese", "The same in Chinese",
         'INDEX(XLCLV_ERRORS(1,"zh"),1,{1,2,3,4})', [["函数", "参数", "错误值", "说明"]]),
    Case("xlclv_errors_rows", "At least one line below it", "ROWS(XLCLV_ERRORS())>1", True),
    Case("xlclv_version_text", "A text", "ISTEXT(XLCLV_VERSION())", True),
    Case("xlclv_version_numbers", "Numbers between dots",
         'ISNUMBER(VALUE(LEFT(XLCLV_VERSION(),FIND(".",XLCLV_VERSION())-1)))', True),
    Case("xlclv_version_short", "A short text", "AND(LEN(XLCLV_VERSION())>=5,LEN(XLCLV_VERSION())<=20)", True),
)  # fmt: skip
