"""The commands of the add-in: one row each, from which the ribbon is made.

A new command is a row here and a macro of that name in a module of the add-in.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from xlclv.text import Text


class Command(NamedTuple):
    """One button: ``macro`` is the VBA procedure it runs, ``image`` one of Office's own pictures."""

    id: str
    label: Text
    tip: Text
    image: str
    macro: str


COMMANDS = (
    Command(
        "insert",
        Text("Insert function", "插入函数"),
        Text("Opens the function wizard; look in the category xlclv.", "打开函数向导；函数在 xlclv 类别中。"),
        "FunctionWizard",
        "xlclv_do_insert",
    ),
    Command(
        "help",
        Text("Functions", "函数列表"),
        Text("Lists all functions and their arguments in a new workbook.", "在新工作簿中列出全部函数及其参数。"),
        "Help",
        "xlclv_do_help",
    ),
    Command(
        "test",
        Text("Test", "测试"),
        Text("Calls Python once and says what to do if it does not answer.", "调用一次 Python；无响应时给出处理建议。"),
        "ErrorChecking",
        "xlclv_do_test",
    ),
    Command(
        "language",
        Text("中文", "English"),
        Text("Shows help and buttons in Chinese.", "将帮助和按钮改为英文。"),
        "Translate",
        "xlclv_do_switch",
    ),
)  # fmt: skip


def ribbon(commands: Iterable[Command] = COMMANDS) -> str:
    """Return the part of the add-in that says what the tab CLV holds.

    Labels are asked for when the tab is shown, so that they follow the language.
    """
    buttons = "".join(
        f'<button id="{escape(command.id)}" size="large" imageMso="{escape(command.image)}" getLabel="xlclv_label" '
        f'getScreentip="xlclv_label" getSupertip="xlclv_tip" onAction="{escape(command.macro)}"/>'
        for command in commands
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui" onLoad="xlclv_loaded"><ribbon><tabs>'
        f'<tab id="xlclv_tab" label="CLV"><group id="xlclv_group" label="xlclv">{buttons}</group></tab>'
        "</tabs></ribbon></customUI>"
    )


def texts(commands: Iterable[Command] = COMMANDS) -> dict[str, Text]:
    """Return the texts of the buttons by the names under which VBA asks for them."""
    found: dict[str, Text] = {}
    for command in commands:
        found |= {command.id: command.label, f"{command.id}_tip": command.tip}
    return found
