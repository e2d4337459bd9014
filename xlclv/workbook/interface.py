"""What a refresh needs of a workbook, whether it is open in a spreadsheet program or a file on the disk."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

import pandas as pd

from xlclv.text import Text

#: What a named cell holds; None where it is empty.
Value = str | float | bool | dt.date | None


class Workbook(Protocol):
    """A workbook with tables and named cells.

    Tables and names are those of `xlclv.workbook.contract`. Everything else in the workbook stays as it is.
    """

    def read_table(self, name: str) -> pd.DataFrame:
        """Return a table as it stands: columns by header, cells as object, an empty cell as None.

        A date comes as `datetime.datetime`, an error value as an object with its ``code``. A table without a row that
        holds something has no rows; rows that hold nothing among the others are there.

        Raises
        ------
        FileError
            If the workbook has no table of that name.
        """

    def first_row(self, name: str) -> int:
        """Return the number of the sheet's row on which the first row of a table stands, below its header.

        Raises
        ------
        FileError
            As `read_table`.
        """

    @property
    def date1904(self) -> bool:
        """Whether numbers that stand for dates count from 1904-01-01."""

    def check_table(self, name: str, frame: pd.DataFrame) -> None:
        """Raise what `write_table` would raise, and write nothing.

        Raises
        ------
        FileError
            As `write_table`.
        """

    def write_table(self, name: str, frame: pd.DataFrame) -> None:
        """Replace the rows of a table.

        The columns of ``frame`` are headers of the table. Columns the table has besides, such as those a user added,
        stay: formulas are filled down, and what was typed follows the row with the same first column. Text is written
        as text, also where it begins like a formula or looks like a number. A table without rows keeps an empty one.

        Raises
        ------
        FileError
            If the workbook has no such table or column, there is no room for the rows, or what a user typed beside
            a row would be lost because the row is gone.
        """

    def read_name(self, name: str) -> Value:
        """Return the value of a named cell; an error value comes as an object with its ``code``.

        Raises
        ------
        FileError
            If the workbook has no cell of that name.
        """

    def write_name(self, name: str, value: Value) -> None:
        """Write a named cell.

        Raises
        ------
        FileError
            As `read_name`.
        """

    def progress(self, stage: Text, done: int, total: int) -> None:
        """Show how far long work has come."""
