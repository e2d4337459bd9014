"""What makes a template workbook one that works without the add-in: its VBA project, hidden sheets and buttons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from xlclv.hosts.commands import COMMANDS
from xlclv.hosts.excel.commands import macro
from xlclv.hosts.excel.modules import BOOK, template_modules
from xlclv.hosts.excel.texts import help_rows, text_rows
from xlclv.text import Language
from xlclv.vba import build_project
from xlclv.workbook.customer_value.macros import Button, Hidden, Macros
from xlclv.worksheet.catalogue import FUNCTIONS

#: The commands that have a button on the sheets of a template, by their ids, in the order of the buttons.
ON_SHEETS: Final = ("refresh", "check_data")


def hidden_sheets(language: Language) -> tuple[Hidden, ...]:
    """Return the sheets from which the macros read their texts, and Excel-DNA IntelliSense the help of functions.

    They are very hidden: nobody renames or deletes one without the VBA editor.
    """
    return (
        Hidden("xlclv", "xlclv_sheet_texts", text_rows()),
        Hidden("_IntelliSense_", "xlclv_sheet_help", help_rows(FUNCTIONS, language)),
        Hidden("xlclv_en", "xlclv_sheet_en", help_rows(FUNCTIONS, "en")),
        Hidden("xlclv_zh", "xlclv_sheet_zh", help_rows(FUNCTIONS, "zh")),
    )


def template_macros(sheets: Iterable[str], language: Language) -> Macros:
    """Return the macros of a workbook whose own sheets have the code names ``sheets``.

    The writer of the workbook embeds the project, gives workbook and sheets their code names, adds the hidden sheets
    behind its own as very hidden ones, and binds the buttons.

    Parameters
    ----------
    sheets : iterable of str
        Code names of the workbook's own sheets, which are VBA identifiers.
    language : {"en", "zh"}
        Of the buttons' labels.

    Returns
    -------
    Macros

    Raises
    ------
    FileError
        If the xlwings that is installed has no VBA module.
    InputError
        If code names are no VBA identifiers or are given twice.
    """
    hidden = hidden_sheets(language)
    project = build_project(template_modules([*sheets, *(sheet.code for sheet in hidden)]))
    commands = {command.id: command for command in COMMANDS}
    buttons = [Button(macro(commands[id]), commands[id].label.of(language)) for id in ON_SHEETS]
    return Macros(project, BOOK, buttons, hidden)
