"""The file a command writes: checked before the work, written whole."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from xlclv.errors import FileError
from xlclv.labels import CUSTOMER_COLUMNS, label_of
from xlclv.text import LANGUAGES
from xlclv.workbook.package import check_target, save

if TYPE_CHECKING:
    import pandas as pd

#: What a spreadsheet takes for the start of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: How a file written by `write_csv` begins, in either language.
_CSV_HEADS = tuple(
    ",".join(CUSTOMER_COLUMNS[name].of(lang) for name in ("customer", "orders", "first", "last")).encode()
    for lang in LANGUAGES
)


def check(target: Path, *, force: bool, source: Path | None = None) -> None:
    """Refuse, before any work, a file that cannot or should not be written.

    Raises
    ------
    FileError
        If it is the source, of another kind than .xlsx or .csv, open elsewhere, protected, or a file that xlclv did
        not write and ``force`` is not given.
    """
    check_target(target, (".xlsx", ".csv"))
    if not target.exists():
        return
    if source is not None and source.exists() and target.samefile(source):
        raise FileError(
            f"{target.name} is the order log itself; give another name to --out.",
            f"{target.name} 就是订单文件本身；请用 --out 指定其他文件名。",
        )
    if not force and not _is_ours(target):
        raise FileError(
            f"{target.name} exists and was not written by xlclv; choose another name, or --force to replace it.",
            f"{target.name} 已存在且不是由 xlclv 生成；请改用其他文件名，或用 --force 替换。",
        )


def _is_ours(target: Path) -> bool:
    try:
        if target.suffix.lower() == ".csv":
            with target.open("rb") as stream:
                return stream.read(64).removeprefix(b"\xef\xbb\xbf").startswith(_CSV_HEADS)
        with zipfile.ZipFile(target) as package:
            return b"xlclv" in package.read("docProps/app.xml") + package.read("docProps/core.xml")
    except (OSError, KeyError, zipfile.BadZipFile):
        return False


def write_csv(customers: pd.DataFrame, target: Path, lang: str) -> int:
    """Write customer values as UTF-8 text that Excel opens.

    Text that looks like a formula gets an apostrophe; returned is how many customers did.
    """
    frame = customers.copy()
    names = frame["customer"].astype(str)
    formulas = names.str.startswith(_FORMULA)
    frame["customer"] = names.mask(formulas, "'" + names)
    for column in ("first", "last"):
        frame[column] = [day.date().isoformat() for day in frame[column]]
    for column in ("tier", "stage", "segment"):
        frame[column] = [label_of(label).of(lang) for label in frame[column]]
    frame.columns = [CUSTOMER_COLUMNS[column].of(lang) for column in frame.columns]
    save(b"\xef\xbb\xbf" + frame.to_csv(index=False, lineterminator="\r\n").encode(), target, (".csv",))
    return int(formulas.sum())
