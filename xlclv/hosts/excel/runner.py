"""Commands on the workbook that Excel hands over with the call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from xlclv.errors import FileError
from xlclv.hosts.commands import perform

if TYPE_CHECKING:
    from xlclv.workbook.interface import Workbook

#: COM's name for a call that Excel refuses, as it does while a cell is edited or a box is open.
REFUSED = "com_error"


def command_rows(id: str, language: str) -> list[list[object]]:
    """Return one row: whether the command was done, and the sentence to show."""
    answer = perform(id, _caller())
    return [[answer.done, answer.sentence.of(language)]]


@contextmanager
def _caller() -> Iterator[Workbook]:
    """Open the workbook of the call; what COM refuses becomes a sentence."""
    import xlwings

    from xlclv.hosts.excel.live import LiveBook

    try:
        with LiveBook(xlwings.Book.caller()) as live:
            yield live
    except Exception as error:
        if type(error).__name__ != REFUSED:
            raise
        raise FileError(
            "Excel did not allow a change; finish editing the cell, close open boxes, take the file out of protected "
            "view if it is in it, and try again.",
            "Excel 不允许更改；请结束单元格编辑、关闭打开的对话框；若文件处于受保护的视图，请先启用编辑，然后重试。",
        ) from error
