"""Values on their way between Excel's cells and Python, as xlwings hands them over."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any, Final

from xlclv.hosts.excel.cells import ERRORS
from xlclv.hosts.excel.native import raw_rows
from xlclv.worksheet.cells import CellError

#: Words that are truth values where they are typed, in the languages Excel is sold in most.
_TRUTHS: Final = frozenset((
    "true", "false", "wahr", "falsch", "vrai", "faux", "verdadero", "verdadeiro", "falso", "vero", "waar", "onwaar",
    "sant", "falskt", "sand", "falsk", "prawda", "fałsz", "pravda", "nepravda", "doğru", "yanlış", "tosi", "epätosi",
    "истина", "ложь",
))  # fmt: skip
#: Text that Excel takes for nothing but text: it begins with a letter and holds no digit.
_PLAIN: Final = re.compile(r"[^\W\d_]\D*")


def rows_in(block: Any) -> list[list[Any]]:
    """Return the cells of a range of xlwings as rows: errors as `CellError`, dates without a time zone.

    Parameters
    ----------
    block : xlwings Range

    Returns
    -------
    list of list
    """
    return [
        [cell if type(cell) is float or type(cell) is str else cell_in(cell) for cell in row] for row in raw_rows(block)
    ]


def cell_in(value: Any) -> Any:
    """Return one value that Excel delivers as a cell.

    Examples
    --------
    >>> cell_in(-2146826246), cell_in(7), cell_in(None)
    (CellError('#N/A'), 7.0, None)
    """
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        # Cells hold floats; whole numbers are the numbers of errors.
        return CellError(ERRORS[value]) if value in ERRORS else float(value)
    if isinstance(value, dt.datetime):
        return dt.datetime(*value.timetuple()[:6], value.microsecond)
    return value


def cell_out(value: Any) -> Any:
    """Return a value as it is handed to Excel: text such that it stays text, nothing that is no cell.

    Examples
    --------
    >>> [cell_out(value) for value in ("Anna", "=A1", "00123", "May 5", "TRUE", CellError("#N/A"), float("nan"), 3)]
    ['Anna', "'=A1", "'00123", "'May 5", "'TRUE", '#N/A', None, 3.0]
    """
    kind = type(value)
    if kind is float:
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return text_out(value)
    if value is None or kind is bool:
        return value
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, dt.datetime):
        return None if value != value else dt.datetime(*value.timetuple()[:6], value.microsecond)
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    if hasattr(value, "item"):  # a numpy scalar
        return cell_out(value.item())
    if value != value:
        return None
    return cell_out(float(value))


def text_out(text: str) -> str:
    """Return a text with an apostrophe in front where Excel could take it for a formula, a number, a date or a truth.

    Excel drops the apostrophe: the value of the cell is the text.

    Examples
    --------
    >>> text_out("-5"), text_out("@home"), text_out("'quoted"), text_out("New customers"), text_out("")
    ("'-5", "'@home", "''quoted", 'New customers', '')
    """
    if not text or (_PLAIN.fullmatch(text) and text.strip().casefold() not in _TRUTHS):
        return text
    return "'" + text
