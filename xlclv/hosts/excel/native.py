"""What xlwings' own objects do not tell, asked of Excel itself: protection, the date system, exact amounts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from xlclv.errors import FileError

#: What protection may allow all the same, as Excel names it.
_ALLOWED: Final = (
    "AllowFormattingCells", "AllowFormattingColumns", "AllowFormattingRows", "AllowInsertingColumns",
    "AllowInsertingRows", "AllowInsertingHyperlinks", "AllowDeletingColumns", "AllowDeletingRows", "AllowSorting",
    "AllowFiltering", "AllowUsingPivotTables",
)  # fmt: skip


@dataclass(frozen=True)
class Protection:
    """How a sheet was protected.

    Attributes
    ----------
    options : dict
        The arguments of Excel's Protect.
    selection : int
        Which cells can be selected.
    """

    options: dict[str, bool]
    selection: int


def date1904(book: Any) -> bool:
    """Return whether the numbers of dates in a book of xlwings count from 1904."""
    return bool(getattr(book.api, "Date1904", False))


def raw_rows(block: Any) -> list[list[Any]]:
    """Return what the cells of a range of xlwings hold, as rows.

    Excel hands over cells with the format of a currency with four decimals only; those are asked for a second time.
    """
    rows = _rows(block.raw_value)
    if any(type(cell) is Decimal for row in rows for cell in row):
        exact = _rows(block.api.Value2)
        for row, numbers in zip(rows, exact, strict=True):
            row[:] = [number if type(cell) is Decimal else cell for cell, number in zip(row, numbers, strict=True)]
    return rows


def _rows(raw: Any) -> list[list[Any]]:
    if not isinstance(raw, list | tuple):
        return [[raw]]
    return [list(row) for row in raw] if raw and isinstance(raw[0], list | tuple) else [list(raw)]


def unprotect(sheet: Any) -> Protection | None:
    """Lift the protection of a sheet of xlwings and return how it was; None where there is none.

    Raises
    ------
    FileError
        If a password is needed.
    """
    api = sheet.api
    if not bool(getattr(api, "ProtectContents", False)):
        return None
    allowed = api.Protection
    protection = Protection(
        {
            "DrawingObjects": bool(api.ProtectDrawingObjects),
            "Contents": True,
            "Scenarios": bool(api.ProtectScenarios),
            "UserInterfaceOnly": bool(api.ProtectionMode),
            **{name: bool(getattr(allowed, name)) for name in _ALLOWED},
        },
        int(api.EnableSelection),
    )
    try:
        # Without a password Excel would ask the user for one.
        api.Unprotect("")
    except Exception:
        _refuse(sheet.name)
    if bool(api.ProtectContents):
        _refuse(sheet.name)
    return protection


def protect(sheet: Any, protection: Protection) -> None:
    """Protect a sheet of xlwings as it was."""
    sheet.api.Protect(**protection.options)
    sheet.api.EnableSelection = protection.selection


def _refuse(name: str) -> None:
    raise FileError(
        f'The sheet "{name}" is protected with a password; unprotect it (Review, Unprotect Sheet) and try again.',
        f"工作表“{name}”有密码保护；请先撤销保护（审阅 → 撤销工作表保护）后重试。",
    ) from None
