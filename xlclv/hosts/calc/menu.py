"""The menu CLV of LibreOffice Calc: its entries, their tips and what it says, made from the table of commands."""

from __future__ import annotations

import json
from collections.abc import Mapping

from xlclv.hosts.calc.configuration import component, localized, node, prop
from xlclv.hosts.commands import Command, present
from xlclv.text import LANGUAGES, Text
from xlclv.worksheet import Function

#: The service that does the entries, and the protocol of their addresses.
SERVICE = "org.xlclv.Menu"
PROTOCOL = "org.xlclv.calc:"
CALC = "com.sun.star.sheet.SpreadsheetDocument"
#: Commands that LibreOffice has itself.
OWN = {"insert": ".uno:FunctionDialog"}

TITLE = Text("CLV", "CLV")
#: What the menu says, by the name under which it asks.
SAID: dict[str, Text] = {
    "reached": Text(
        "Python answers: =CLV(100;2;36) gives 7200. Cells that failed before follow with Ctrl+Shift+F9.",
        "Python 已响应：=CLV(100;2;36) 得到 7200。之前出错的单元格按 Ctrl+Shift+F9 重新计算。",
    ),
    "refused": Text(
        "Python answers, but =CLV(100;2;36) did not give 7200; run xlclv calc doctor in a terminal, which says what to "
        "do.",
        "Python 已响应，但 =CLV(100;2;36) 未得到 7200；请在终端运行 xlclv calc doctor，它会说明处理方法。",
    ),
    "unreached": Text(
        "Python cannot be reached; run xlclv calc doctor in a terminal, which says what to do.",
        "无法连接 Python；请在终端运行 xlclv calc doctor，它会说明处理方法。",
    ),
    "failed": Text(
        "LibreOffice does not allow this now; finish editing the cell, or save your work and start LibreOffice again.",
        "LibreOffice 目前不允许此操作；请先结束单元格编辑，或保存后重新启动 LibreOffice。",
    ),
    "busy": Text("xlclv is still working; wait until it is done.", "xlclv 仍在处理；请等待其完成。"),
    "no_book": Text("Open the spreadsheet first.", "请先打开电子表格。"),
    "running": Text("xlclv is working ...", "xlclv 正在处理……"),
    "function": Text("Function", "函数"),
    "arguments": Text("Arguments", "参数"),
    "what": Text("What it gives", "说明"),
}


def commands() -> list[Command]:
    """Return the commands of the menu in their order."""
    return list(present("calc"))


def address(command: Command) -> str:
    """Return what an entry of the menu asks LibreOffice for.

    >>> [address(command) for command in commands()][:3]
    ['org.xlclv.calc:refresh', 'org.xlclv.calc:check_data', '.uno:FunctionDialog']
    """
    return OWN.get(command.id, PROTOCOL + command.id)


def addons_xcu() -> str:
    """Return the configuration of the menu; the names of its entries keep them in their order."""
    entries = "".join(
        node(
            f"{place:02}",
            prop("URL", [(None, address(command))])
            + prop("Title", localized(command.label))
            + prop("Target", [(None, "_self")])
            + prop("Context", [(None, CALC)]),
            "replace",
        )
        for place, command in enumerate(commands(), 1)
    )
    menu = prop("Title", localized(TITLE)) + prop("Context", [(None, CALC)]) + node("Submenu", entries)
    return component("Addons", node("AddonUI", node("OfficeMenuBar", node(SERVICE, menu, "replace"))))


def tips_xcu() -> str:
    """Return the configuration of labels and tips, for whoever puts commands on a toolbar."""
    told = "".join(
        node(
            address(command),
            prop("Label", localized(command.label)) + prop("TooltipLabel", localized(command.tip)),
            "replace",
        )
        for command in commands()
        if command.id not in OWN
    )
    return component("CalcCommands", node("UserInterface", node("Commands", told)), "org.openoffice.Office.UI")


def handler_xcu() -> str:
    """Return the configuration that hands the addresses of entries to the service."""
    protocols = prop("Protocols", [(None, PROTOCOL + "*")])
    return component("ProtocolHandler", node("HandlerSet", node(SERVICE, protocols, "replace")))


def menu_json(functions: Mapping[str, Function]) -> str:
    """Return what the service knows: the commands of the worker, what is said, and the list of functions."""
    told = {
        "commands": {command.id: list(command.label) for command in commands() if command.work is not None},
        "said": {name: list(text) for name, text in SAID.items()},
        "functions": [_help(function) for function in functions.values()],
    }
    return json.dumps(told, indent=1, ensure_ascii=False)


def _help(function: Function) -> list[str | list[str]]:
    """Return name, arguments and help in each language, an optional argument in brackets."""
    names = [argument.name if argument.required else f"[{argument.name}]" for argument in function.arguments]
    return [function.name, "; ".join(names), [function.help.of(language) for language in LANGUAGES]]
