"""Workbooks as tables: the first sheet with an order log, below whatever title rows it has."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from xlclv.columns import is_header
from xlclv.data.guard import encrypted
from xlclv.data.text_file import unique_headers
from xlclv.errors import FileError
from xlclv.parsing import is_blank, shown

#: Rows looked at for a header below title rows.
_SAMPLE_ROWS: Final = 60


@dataclass(frozen=True)
class SheetTable:
    """A worksheet as a table.

    Attributes
    ----------
    frame : DataFrame
        Cells as the workbook holds them, blank ones missing.
    sheet : str
        Its name.
    first_row : int
        The row of the sheet the first row of ``frame`` is.
    """

    frame: pd.DataFrame
    sheet: str
    first_row: int


def read_sheet(content: bytes, path: Path, sheet: str | None = None) -> SheetTable:
    """Return the table of one worksheet: the named one, or the first visible one whose header names an order log.

    Raises
    ------
    FileError
        If the workbook cannot be opened, has a password, no such sheet, or no table.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        with workbook:
            name, header_at = _find_table(workbook, sheet)
            cells = workbook.get_sheet_by_name(name)
            start = cells.start[0] if cells.start else 0
            rows: list[list[Any]] = cells.to_python(skip_empty_area=True)
    except PasswordError:
        raise encrypted(path) from None
    except CalamineError:
        raise FileError(
            "The workbook is damaged or of an unknown kind; save it again as .xlsx.",
            "工作簿已损坏或类型未知；请另存为 .xlsx。",
        ) from None
    body = rows[header_at + 1 :]
    while body and all(is_blank(cell) for cell in body[-1]):
        body.pop()
    if not body:
        raise FileError(
            f"The sheet {shown(name)} has no rows below its header; name another sheet.",
            f"工作表 {shown(name)} 的表头下没有数据；请指定其他工作表。",
        )
    headers = unique_headers([None if is_blank(cell) else cell for cell in rows[header_at]], len(rows[header_at]))
    columns = {
        header: pd.Series([None if cell == "" else cell for cell in column], dtype=object)
        for header, column in zip(headers, zip(*body, strict=True), strict=True)
    }
    return SheetTable(pd.DataFrame(columns), name, start + header_at + 2)


def _find_table(workbook: CalamineWorkbook, sheet: str | None) -> tuple[str, int]:
    """Return the sheet and the index of its header row within the filled area."""
    if sheet is not None:
        found = [name for name in workbook.sheet_names if name.strip().casefold() == sheet.strip().casefold()]
        if not found:
            raise FileError(
                f"There is no sheet {shown(sheet)}; the sheets are: {', '.join(workbook.sheet_names)}.",
                f"没有工作表 {shown(sheet)}；现有的工作表是：{'、'.join(workbook.sheet_names)}。",
            )
        names = found[:1]
    else:
        visible = [one.name for one in workbook.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
        names = [name for name in workbook.sheet_names if name in visible] or workbook.sheet_names
    fallback: tuple[str, int] | None = None
    for name in names:
        try:
            top = workbook.get_sheet_by_name(name).to_python(skip_empty_area=True, nrows=_SAMPLE_ROWS)
        except CalamineError:  # a chart sheet holds no cells
            continue
        for index, row in enumerate(top):
            if is_header(row):
                return name, index
        if fallback is None:
            # Without known words: the first row with as many texts as the widest row has cells.
            width = max((sum(not is_blank(cell) for cell in row) for row in top), default=0)
            full = (
                i for i, row in enumerate(top) if width and sum(isinstance(c, str) and c != "" for c in row) >= width
            )
            at = next(full, None)
            fallback = None if at is None else (name, at)
    if fallback is None:
        raise FileError(
            "No sheet of the workbook holds a table with a header row; add one or name the sheet.",
            "工作簿中没有带表头的表格；请添加表头或指定工作表。",
        )
    return fallback
