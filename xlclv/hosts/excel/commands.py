"""The commands in Excel: the tab of the ribbon, the macros of buttons on sheets, and the texts of both."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from xlclv.hosts.commands import Command, present
from xlclv.text import Text
from xlclv.vba import Module

#: The module with one macro for each button that may stand on a sheet.
BUTTONS = "xlclv_buttons"


def callback(command: Command) -> str:
    """Return the VBA procedure that a button of the ribbon runs.

    One does all commands of Python; each of Excel's own has one named after it.
    """
    return f"xlclv_do_{command.id}" if command.work is None else "xlclv_do_command"


def macro(command: Command) -> str:
    """Return the macro that a button on a sheet runs."""
    return f"xlclv_{command.id}"


def ribbon(commands: Iterable[Command] | None = None) -> str:
    """Return the part of the add-in that says what the tab CLV holds.

    Labels are asked for when the tab is shown, so that they follow the language.
    """
    buttons = "".join(
        f'<button id="{escape(command.id)}" size="large" imageMso="{escape(command.image)}" '
        f'onAction="{callback(command)}" getLabel="xlclv_label" getScreentip="xlclv_label" getSupertip="xlclv_tip"/>'
        for command in _given(commands)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui" onLoad="xlclv_loaded"><ribbon><tabs>'
        f'<tab id="xlclv_tab" label="CLV"><group id="xlclv_group" label="xlclv">{buttons}</group></tab>'
        "</tabs></ribbon></customUI>"
    )


def buttons(commands: Iterable[Command] | None = None) -> Module:
    """Return the module of the macros that buttons on sheets run, one for each command of Python.

    >>> print(buttons([Command("refresh", Text("Refresh", "刷新"), Text("", ""), "", "package:function")]).source)
    Option Explicit
    ' What buttons on sheets run, made from the table of commands.
    <BLANKLINE>
    Public Sub xlclv_refresh()
        xlclv_run "refresh", ThisWorkbook
    End Sub
    <BLANKLINE>
    """
    written = "\n".join(
        f'Public Sub {macro(command)}()\n    xlclv_run "{command.id}", ThisWorkbook\nEnd Sub\n'
        for command in _given(commands)
        if command.work is not None
    )
    return Module(
        BUTTONS, f"Option Explicit\n' What buttons on sheets run, made from the table of commands.\n\n{written}"
    )


def texts(commands: Iterable[Command] | None = None) -> dict[str, Text]:
    """Return the texts of the buttons by the names under which VBA asks for them."""
    found: dict[str, Text] = {}
    for command in _given(commands):
        found |= {command.id: command.label, f"{command.id}_tip": command.tip}
    return found


def _given(commands: Iterable[Command] | None) -> Iterable[Command]:
    return present() if commands is None else commands
