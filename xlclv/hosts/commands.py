"""The commands of a spreadsheet program: one row each, from which ribbon, menu, buttons and their texts are made.

A new command is a row here, and its function where the row says.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple, cast

from xlclv.errors import XlclvError
from xlclv.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from xlclv.workbook.interface import Workbook


class Command(NamedTuple):
    """One button or entry of a menu.

    ``work`` names the function as ``module:function``. Where it is None, the host has a way of its own to do what the
    ``id`` says. ``image`` is one of Office's own pictures. ``hosts`` are those that have the command.
    """

    id: str
    label: Text
    tip: Text
    image: str
    work: str | None = None
    hosts: tuple[str, ...] = ("excel", "calc")


COMMANDS = (
    Command(
        "refresh",
        Text("Refresh", "刷新"),
        Text("Values the customers of the table Orders.", "计算订单表中各客户的价值。"),
        "RefreshAll",
        "xlclv.workbook.refresh:refresh",
    ),
    Command(
        "check_data",
        Text("Check data", "检查数据"),
        Text("Says which rows of Orders a refresh would skip, and why.", "说明刷新时订单表中哪些行会被跳过及原因。"),
        "DataValidation",
        "xlclv.workbook.check_data:check_data",
    ),
    Command(
        "insert",
        Text("Insert function", "插入函数"),
        Text("Opens the function wizard; look in the category xlclv.", "打开函数向导；函数在 xlclv 类别中。"),
        "FunctionWizard",
    ),
    Command(
        "help",
        Text("Help", "帮助"),
        Text("Lists all functions and their arguments in a new workbook.", "在新工作簿中列出全部函数及其参数。"),
        "Help",
    ),
    Command(
        "test",
        Text("Test", "测试"),
        Text("Calls Python once and says what to do if it does not answer.", "调用一次 Python；无响应时给出处理建议。"),
        "ErrorChecking",
    ),
    # LibreOffice shows everything in the language of its own menus.
    Command(
        "language",
        Text("中文", "English"),
        Text("Shows help and buttons in Chinese.", "将帮助和按钮改为英文。"),
        "Translate",
        hosts=("excel",),
    ),
)  # fmt: skip


class Answer(NamedTuple):
    """What a command says: whether it did its work, and one sentence."""

    done: bool
    sentence: Text


def present(host: str = "excel") -> Iterator[Command]:
    """Return the commands of a host that can be done: those whose module is there, and the host's own."""
    return (
        command
        for command in COMMANDS
        if host in command.hosts and (command.work is None or _there(command.work.partition(":")[0]))
    )


def perform(id: str, book: AbstractContextManager[Workbook]) -> Answer:
    """Do a command on a workbook and return what to tell the user; it never raises.

    Parameters
    ----------
    id : str
        Of a command that has a function.
    book : context manager of Workbook
        The workbook, which is entered for the work and left after it.

    Returns
    -------
    Answer
    """
    command = next((command for command in COMMANDS if command.id == id and command.work is not None), None)
    if command is None or command.work is None:
        return Answer(
            False,
            Text(
                f"This xlclv knows no command {id}; run xlclv doctor in a terminal, which says what to do.",
                f"此版本的 xlclv 没有命令 {id}；请在终端运行 xlclv doctor，它会说明处理方法。",
            ),
        )
    try:
        work = _function(command.work)
        with book as opened:
            return Answer(True, work(opened))
    except XlclvError as error:
        return Answer(False, error.text)
    except MemoryError:
        return Answer(
            False,
            Text(
                f"{command.label.en}: there is not enough memory; close other programs and try again.",
                f"{command.label.zh}：内存不足；请关闭其他程序后重试。",
            ),
        )
    except Exception as error:
        kind = type(error).__name__
        return Answer(
            False,
            Text(
                f"{command.label.en} stopped ({kind}); save a copy of the workbook and run xlclv doctor with its name.",
                f"{command.label.zh}已中断（{kind}）；请保存工作簿副本，并以其文件名运行 xlclv doctor。",
            ),
        )


def _there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _function(named: str) -> Callable[[Workbook], Text]:
    module, _, name = named.partition(":")
    return cast("Callable[[Workbook], Text]", getattr(import_module(module), name))
