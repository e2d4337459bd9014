"""Any file as cells: a whole table, or one column of it."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from xlclv.data.guard import load
from xlclv.data.sheet_file import read_sheet
from xlclv.data.text_file import read_text
from xlclv.errors import FileError
from xlclv.parsing import shown
from xlclv.text import clause


def read_cells(path: str | PathLike[str], column: str | None = None, sheet: str | None = None) -> list[list[Any]]:
    """Return the cells of a text file or workbook: the table with its header, or one column without it.

    Parameters
    ----------
    path : path
        The file, as `xlclv.data.read.read_orders` reads it.
    column : str, optional
        Header of the one column wanted, in any case.
    sheet : str, optional
        Worksheet of a workbook.

    Raises
    ------
    FileError
        If the file cannot be read or has no such column.
    """
    file = Path(path)
    kind, content = load(file)
    try:
        table: pd.DataFrame = (
            read_text(content, sheet).frame if kind == "text" else read_sheet(content, file, sheet).frame
        )
    except FileError as error:
        raise FileError(f"{file.name}: {clause(error.text.en)}", f"{file.name}：{error.text.zh}") from None
    headers = [str(header) for header in table.columns]
    cells = table.astype(object).where(table.notna(), None)
    if column is None:
        return [list(headers), *cells.to_numpy().tolist()]
    wanted = column.strip().casefold()
    for position, header in enumerate(headers):
        if header.strip().casefold() == wanted:
            return [[value] for value in cells.iloc[:, position]]
    raise FileError(
        f"{file.name}: there is no column {shown(column)}; the columns are: {', '.join(headers)}.",
        f"{file.name}：没有列 {shown(column)}；现有的列是：{'、'.join(headers)}。",
    )
