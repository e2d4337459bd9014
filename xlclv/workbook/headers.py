"""The language of a workbook, and the headers its tables have."""

from __future__ import annotations

from collections.abc import Mapping

from xlclv.errors import FileError
from xlclv.text import Language, Text
from xlclv.workbook.contract import LANGUAGE
from xlclv.workbook.interface import Workbook


def language_of(book: Workbook) -> Language:
    """Return the language a workbook speaks: English where it does not say.

    Parameters
    ----------
    book : Workbook

    Returns
    -------
    {"en", "zh"}
    """
    try:
        value = book.read_name(LANGUAGE)
    except FileError:
        return "en"
    return "zh" if isinstance(value, str) and value.strip().lower() == "zh" else "en"


def headers_of(book: Workbook, table: str, columns: Mapping[str, Text]) -> list[str]:
    """Return the headers a table has for columns: those of the workbook's language, or of the other one.

    Parameters
    ----------
    book : Workbook
    table : str
        Name of the table.
    columns : mapping of str to Text
        As the contract has them.

    Returns
    -------
    list of str
        One for each column; where the table has none, the one it should have.

    Raises
    ------
    FileError
        If the workbook has no such table.
    """
    lang = language_of(book)
    there = {str(header).strip().casefold(): str(header) for header in book.read_table(table).columns}
    found = []
    for text in columns.values():
        names = [text.of(lang), *text]
        found.append(next((there[name.casefold()] for name in names if name.casefold() in there), names[0]))
    return found
