"""Declarations: data check, failures and help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xlclv
from xlclv.alerts import clv_alert
from xlclv.errors import UnknownNameError
from xlclv.text import Text
from xlclv.worksheet import log
from xlclv.worksheet.catalogue.arguments import LANG, element, option, vector
from xlclv.worksheet.catalogue.example_data import ORDER_AMOUNTS, ORDER_DATES, ORDER_IDS
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.declaration import Argument, Context, Example, Family, Function, Kind, Type
from xlclv.worksheet.formula import formula

#: Texts of help and failures stay below what a formula and the function wizard take.
MAX_TEXT = 255

KINDS = {
    Kind.ELEMENT: Text("one value, or a range to map over", "单个值，或逐个计算的区域"),
    Kind.VECTOR: Text("a row or column, read whole", "整体读取的行或列"),
    Kind.MATRIX: Text("columns side by side, a row for each row of the data", "并排的若干列，与数据逐行对应"),
    Kind.BLOCK: Text("a range, read whole", "整体读取的区域"),
    Kind.OPTION: Text("one value", "单个值"),
}
#: Of a block that may be a single cell as well.
VALUE_OR_RANGE = Text("one value, or a range read whole", "单个值，或整体读取的区域")


def taken(argument: Argument) -> Text:
    """Return what an argument takes, in words."""
    return VALUE_OR_RANGE if argument.single else KINDS[argument.kind]


def _check(ids: list[Any], dates: list[Any], amounts: list[Any], as_of: Any, lang: str, *, context: Context) -> Any:
    from xlclv.worksheet.catalogue.orders import check_rows

    return check_rows(ids, dates, amounts, as_of, lang, context)


def _help(name: str | None, lang: str) -> list[list[Any]]:
    """List all functions, or the arguments of one."""
    from xlclv.worksheet.catalogue import FUNCTIONS

    if name is None:
        header = [Text("function", "函数").of(lang), Text("family", "类别").of(lang), Text("help", "说明").of(lang)]
        rows = [[f.name, f.family.value.of(lang), f.help.of(lang)] for f in FUNCTIONS.values()]
        return [header, *rows]
    function = FUNCTIONS.get(name.upper())
    if function is None:
        raise UnknownNameError(
            f"There is no function {name[:40]}; XLCLV_HELP() lists all.",
            f"没有函数 {name[:40]}；XLCLV_HELP() 列出全部函数。",
            argument="name",
        )
    header = [Text("argument", "参数").of(lang), Text("takes", "取值").of(lang), Text("help", "说明").of(lang)]
    rows = [[a.shown, taken(a).of(lang), a.help.of(lang)] for a in function.arguments]
    example = formula(function.name, function.examples[0].cells)
    tail = [[Text("example", "示例").of(lang), "", example]] if len(example) <= MAX_TEXT else []
    return [header, [function.name, function.family.value.of(lang), function.help.of(lang)], *rows, *tail]


def _errors(refresh: Any, lang: str) -> list[list[Any]]:
    headers = (Text("function", "函数"), Text("argument", "参数"), Text("error", "错误值"), Text("what to do", "说明"))
    rows: Sequence[list[Any]] = [
        [failure.function, failure.argument, failure.code, _short(failure.sentence.of(lang))]
        for failure in log.latest()
    ]
    if not rows:
        rows = [["", "", "", Text("No failures since the start.", "启动以来没有错误。").of(lang)]]
    return [[header.of(lang) for header in headers], *rows]


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


FUNCTIONS = (
    Function(
        "DATA_CHECK",
        Family.DATA,
        Text(
            "Check an order log before it is used: missing ids, bad and future dates, duplicates, refunds, zero amounts, "
            "mixed types, text numbers, error cells.",
            "使用前检查订单数据：缺失编号、错误或未来的日期、重复、退款、零金额、混合类型、文本数字、错误值。",
        ),
        (
            vector("ids", "Customer of each order", "每笔订单的客户编号", type_=Type.CELL, raw=True, errors="keep"),
            vector("dates", "Date of each order", "每笔订单的日期", type_=Type.DATE, raw=True, errors="keep"),
            vector("amounts", "Amount of each order", "每笔订单的金额", raw=True, errors="keep"),
            option("as_of", "Later dates are future dates; not checked if omitted", "晚于此日的日期视为未来日期；省略则不检查", None, Type.DATE),
            LANG,
        ),
        _check,
        (
            Example((ORDER_IDS, ORDER_DATES, ORDER_AMOUNTS, "2024-02-29",), [["check", "rows", "status"], ["missing ids", 0.0, "OK"], ["missing dates", 0.0, "OK"], ["bad dates", 0.0, "OK"], ["future dates", 2.0, "Check"], ["duplicates", 0.0, "OK"], ["refunds", 0.0, "OK"], ["zero amounts", 0.0, "OK"], ["missing amounts", 0.0, "OK"], ["bad amounts", 0.0, "OK"], ["mixed types", 0.0, "OK"], ["text numbers", 0.0, "OK"], ["mixed currencies", 0.0, "OK"], ["error cells", 0.0, "OK"], ["customers without an order", 0.0, "OK"]]),
            Example(([[1], ["1"], [None], ["x"]], [["2024-01-05"], ["2024-01-05"], ["1/5/2024"], [None]], [[9], ["9"], [-3], [CellError("#N/A")]], None, "zh",), [["检查", "行数", "状态"], ["缺少客户编号", 1.0, "请检查"], ["缺少日期", 1.0, "请检查"], ["无法识别的日期", 1.0, "请检查"], ["晚于截止日期", "", "未检查"], ["重复的行", 1.0, "请检查"], ["退款（负金额）", 1.0, "请检查"], ["金额为零", 0.0, "正常"], ["缺少金额", 0.0, "正常"], ["无法识别的金额", 0.0, "正常"], ["数字与文本混用", 1.0, "请检查"], ["文本形式的数字", 1.0, "请检查"], ["货币混用", 0.0, "正常"], ["错误值单元格", 1.0, "请检查"], ["没有订单的客户", 0.0, "正常"]]),
            Example(([["a"], ["b"]], [["2024-01-05"]], [[1], [2]],), CellError("#VALUE!")),
        ),
        table=True,
        context=True,
    ),
    Function(
        "CLV_ALERT",
        Family.DATA,
        Text(
            "Drop, Rise or OK: whether a value has changed by a limit or more against the previous one, such as last month's CLV.",
            "下降、上升或正常：某个值与上一次（如上月的 CLV）相比，变动是否达到界限。",
        ),
        (
            element("current", "Value now", "当前值"),
            element("previous", "Value before, above 0", "上一次的值，大于 0"),
            element("drop", "Fall that alerts, as a share of the previous value; 10% if omitted", "触发预警的降幅（占上一次的比例）；省略为 10%", 0.1),
            element("rise", "Rise that alerts; as drop if omitted", "触发预警的升幅；省略则与 drop 相同", None),
            LANG,
        ),
        clv_alert,
        (
            Example((90, 100), "Drop"),
            Example(([[110], [100], [None], [79]], [[100], [100], [None], [100]], 0.2, 0.1), [["Rise"], ["OK"], [""], ["Drop"]]),
            Example((60, 100, None, None, "zh"), "下降"),
            Example((60, 0), CellError("#DIV/0!")),
            Example((60, 100, 10), CellError("#NUM!"), Text("10% is 0.1", "10% 应为 0.1")),
        ),
        notes=Text(
            "Drop: current <= previous x (1 - drop). Rise: current >= previous x (1 + rise). A change that just reaches its "
            "limit alerts; no change never does.",
            "下降：current ≤ previous × (1 − drop)。上升：current ≥ previous × (1 + rise)。恰好达到界限即预警；没有变化则不预警。",
        ),
    ),
    Function(
        "XLCLV_HELP",
        Family.DATA,
        Text("All functions of xlclv, or the arguments of one.", "xlclv 的全部函数，或某个函数的参数说明。"),
        (option("name", "Name of a function; all if omitted", "函数名；省略则列出全部", None, Type.TEXT), LANG),
        _help,
        (
            Example(
                ("CAC_COST",),
                [
                    ["argument", "takes", "help"],
                    ["CAC_COST", "Acquisition and feedback", "Customer acquisition cost: spend / customers won."],
                    ["spend", "one value, or a range to map over", "Money spent on acquisition"],
                    ["customers", "one value, or a range to map over", "Customers won with it"],
                    ["example", "", "=CAC_COST(1500,10)"],
                ],
            ),
            Example(
                ("churn_rate", "zh"),
                [
                    ["参数", "取值", "说明"],
                    ["CHURN_RATE", "留存", "期初客户中流失的比例：流失 / 期初。"],
                    ["customers_start", "单个值，或逐个计算的区域", "期初客户数"],
                    ["customers_lost", "单个值，或逐个计算的区域", "其中流失的客户数"],
                    ["示例", "", "=CHURN_RATE(200,30)"],
                ],
            ),
            Example(("CLVX",), CellError("#NAME?")),
        ),
        table=True,
    ),
    Function(
        "XLCLV_ERRORS",
        Family.DATA,
        Text(
            "The latest failures: function, argument, error value and a sentence that says what to do.",
            "最近的错误：函数、参数、错误值和处理建议。",
        ),
        (option("refresh", "Any cell; a change of it refreshes the list", "任意单元格；其变化会刷新列表", None, Type.CELL), LANG),
        _errors,
        (
            Example((), None, Text("the list since the start", "启动以来的列表")),
            Example((1, "zh"), None),
            Example((1, "fr"), CellError("#VALUE!")),
        ),
        table=True,
        volatile=True,
    ),
    Function(
        "XLCLV_VERSION",
        Family.DATA,
        Text("Version of xlclv.", "xlclv 的版本。"),
        (),
        lambda: xlclv.__version__,
        (
            Example((), xlclv.__version__),
            Example((1,), CellError("#VALUE!"), Text("it takes no argument", "不接受参数")),
            Example((None,), CellError("#VALUE!")),
        ),
    ),
)  # fmt: skip
