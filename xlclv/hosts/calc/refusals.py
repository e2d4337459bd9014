"""What to say where a document in LibreOffice cannot do what a command asks of it."""

from __future__ import annotations

from typing import Any, Final

from xlclv.errors import FileError
from xlclv.text import Text

#: A sentence for each problem of `xlclv.hosts.calc.source.tables`; names in braces are what the extension tells of it.
_SENTENCES: Final = {
    "no_table": Text(
        "The document has no table {name}; open a workbook that `xlclv new` made, or name your table so (Data, Define "
        "Range).",
        "文档中没有表 {name}；请打开由 xlclv new 创建的工作簿，或将您的表命名为 {name}（数据 → 定义范围）。",
    ),
    "no_header": Text(
        "The table {name} has no header row; switch it on (Data, Define Range, Contains column labels) and try again.",
        "表 {name} 没有标题行；请启用（数据 → 定义范围 → 包含列标签）后重试。",
    ),
    "no_name": Text(
        "The document has no cell named {name}; open a workbook that `xlclv new` made.",
        "文档中没有名为 {name} 的单元格；请打开由 xlclv new 创建的工作簿。",
    ),
    "no_column": Text(
        "The table {name} has no column {missing}; its columns are: {headers}.",
        "表 {name} 没有列 {missing}；现有的列是：{headers}。",
    ),
    "no_room": Text(
        "The table {name} would end below the last row of its sheet; it needs {rows:,} rows.",
        "表 {name} 需要 {rows:,} 行，会超出工作表的最后一行。",
    ),
    "in_the_way": Text(
        'Something is in the way below the table {name}: cell {cell} of the sheet "{sheet}"; move or delete it and try '
        "again.",
        "表 {name} 下方有内容：工作表“{sheet}”的单元格 {cell}；请移走或删除后重试。",
    ),
    "locked": Text(
        'The sheet "{sheet}" is protected with a password; unprotect it (Tools, Protect Sheet) and try again.',
        "工作表“{sheet}”受密码保护；请取消保护（工具 → 保护工作表）后重试。",
    ),
    "read_only": Text(
        "The document is open for reading only; save it under another name, or choose Edit, Edit Mode, and try again.",
        "文档以只读方式打开；请另存为其他文件，或选择“编辑 → 编辑模式”后重试。",
    ),
    "refused": Text(
        "LibreOffice did not allow a change ({why}); finish editing the cell, close open boxes and try again.",
        "LibreOffice 不允许更改（{why}）；请结束单元格编辑、关闭打开的对话框后重试。",
    ),
}


def refused(name: str, told: dict[str, Any]) -> FileError:
    """Return the error with what to say.

    Parameters
    ----------
    name : str
        Of the table or cell that was asked for.
    told : dict
        The answer of the extension: ``problem`` and what belongs to it.

    Returns
    -------
    FileError

    Examples
    --------
    >>> refused("Checks", {"problem": "no_column", "missing": ["rows"], "headers": ["check", "status"]}).text.en
    'The table Checks has no column rows; its columns are: check, status.'
    """
    en, zh = _SENTENCES[told["problem"]]
    return FileError(en.format(name=name, **_listed(told, ", ")), zh.format(name=name, **_listed(told, "、")))


def _listed(told: dict[str, Any], comma: str) -> dict[str, Any]:
    return {key: comma.join(value) if isinstance(value, list) else value for key, value in told.items()}
