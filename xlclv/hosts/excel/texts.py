"""The texts of the add-in, which its VBA reads from sheets, as VBA source holds no Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from xlclv.hosts.excel import commands
from xlclv.text import Language, Text
from xlclv.worksheet import Function

#: What the VBA of the add-in says, by the name under which it asks.
SAID: dict[str, Text] = {
    "unreached": Text(
        "Python cannot be reached; run xlclv doctor in a terminal, which says what to do.",
        "无法连接 Python；请在终端运行 xlclv doctor，它会说明处理方法。",
    ),
    "refused": Text(
        "Python answers, but the call did not come through; run xlclv doctor in a terminal, which says what to do.",
        "Python 已响应，但调用未成功；请在终端运行 xlclv doctor，它会说明处理方法。",
    ),
    "reached": Text(
        "Python answers: =CLV(100,2,36) gives 7200. Cells that failed before follow with Ctrl+Alt+F9.",
        "Python 已响应：=CLV(100,2,36) 得到 7200。之前出错的单元格按 Ctrl+Alt+F9 重新计算。",
    ),
    "no_cell": Text("Select a cell of a worksheet first.", "请先选择工作表中的一个单元格。"),
    "failed": Text(
        "Excel does not allow this now; finish editing the cell, or save your work and start Excel again.",
        "Excel 目前不允许此操作；请先结束单元格编辑，或保存后重新启动 Excel。",
    ),
    "no_book": Text("Open the workbook first.", "请先打开工作簿。"),
    "running": Text("xlclv is working ...", "xlclv 正在处理……"),
    "function": Text("Function", "函数"),
    "arguments": Text("Arguments", "参数"),
    "what": Text("What it gives", "说明"),
}


def text_rows() -> list[list[str]]:
    """Return a row of name, English and Chinese for each text."""
    return [[name, text.en, text.zh] for name, text in {**SAID, **commands.texts()}.items()]


def help_rows(functions: Mapping[str, Function], language: Language) -> list[list[str]]:
    """Return the help of all functions in the layout that Excel-DNA IntelliSense reads.

    The first row says what the sheet is; the others hold name, description, help page, and name and help of each
    argument, an optional one in brackets.

    >>> from xlclv.worksheet.catalogue import FUNCTIONS
    >>> help_rows({"CAC_COST": FUNCTIONS["CAC_COST"]}, "en")[1][:5]
    ['CAC_COST', 'Customer acquisition cost: spend / customers won.', '', 'spend', 'Money spent on acquisition']
    """
    rows = [["FunctionInfo", "1.0"]]
    for function in functions.values():
        row = [function.name, function.help.of(language), ""]
        for argument in function.arguments:
            name = argument.name if argument.required else f"[{argument.name}]"
            row += [name, argument.help.of(language)]
        rows.append(row)
    return rows
