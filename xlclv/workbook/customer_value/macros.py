"""What a workbook with macros carries besides its cells. Made by a host, which knows the macros; placed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Button(NamedTuple):
    """A button on the sheet Start: the macro it runs, and its label in the workbook's language."""

    macro: str
    label: str


class Hidden(NamedTuple):
    """A very hidden sheet of texts that the macros read, and its code name in the project."""

    title: str
    code: str
    rows: list[list[str]]


@dataclass(frozen=True)
class Macros:
    """A VBA project and what goes with it.

    The project names the workbook, the template's sheets by `xlclv.workbook.customer_value.setting.CODE_NAMES`, and
    the hidden sheets.

    Parameters
    ----------
    project : bytes
        The vbaProject.bin.
    book : str
        Code name of the workbook in the project.
    buttons : sequence of Button
        Refresh and Check data, in this order.
    hidden : sequence of Hidden, optional
        Sheets behind those of the template.
    """

    project: bytes
    book: str
    buttons: Sequence[Button]
    hidden: Sequence[Hidden] = ()
