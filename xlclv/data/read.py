"""An order log from a file: read, recognised, cleaned, and accounted for row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from xlclv.columns import Columns, Role, guess_columns, named_columns
from xlclv.data.clean import REASONS, Skipped, orders_from
from xlclv.data.guard import load
from xlclv.data.sheet_file import read_sheet
from xlclv.data.text_file import read_text
from xlclv.dates import DayOrder
from xlclv.errors import FileError, InputError
from xlclv.parsing import shown
from xlclv.text import Text, clause


@dataclass(frozen=True)
class Source:
    """Where an order log came from.

    Attributes
    ----------
    name : str
        The file's name.
    rows : int
        Rows below the header, good and bad.
    encoding, separator : str, optional
        Of a text file.
    sheet : str, optional
        Of a workbook.
    """

    name: str
    rows: int
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class OrderLog:
    """A clean order log and the account of how it was read.

    Attributes
    ----------
    orders : DataFrame
        ``customer`` (text), ``date`` (datetime64), ``amount`` (float).
    source : Source
        The file.
    columns : dict
        Role to header.
    skipped : list of Skipped
        Rows left out, by reason; with ``orders`` they add up to ``source.rows``.
    notes : list of Text
        What was decided on the way.
    """

    orders: pd.DataFrame
    source: Source
    columns: dict[Role, str]
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)


def read_orders(
    path: str | PathLike[str],
    customer: str | None = None,
    date: str | None = None,
    amount: str | None = None,
    date_order: DayOrder | None = None,
    sheet: str | None = None,
) -> OrderLog:
    """Read an order log from a text file (also gzipped) or a workbook (.xlsx, .xlsm, .xls, .ods).

    Parameters
    ----------
    path : path
        The file.
    customer, date, amount : str, optional
        Headers; by default they are recognised in English or Chinese, by their words and what stands below.
    date_order : {"dmy", "mdy"}, optional
        Order of day and month in texts like 1/5/2024; by default the column must prove it.
    sheet : str, optional
        Worksheet; by default the first one with an order log.

    Returns
    -------
    OrderLog
        The orders, and what was left out and why.

    Raises
    ------
    FileError
        If the file cannot be used; the sentence names it and says what to do.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "orders.csv"
    >>> _ = file.write_text("客户编号,下单日期,消费金额\\n会员7,2024年1月5日,\\"¥1,234.50\\"\\n", encoding="gb18030")
    >>> log = read_orders(file)
    >>> log.orders.values.tolist(), log.source.encoding
    ([['会员7', Timestamp('2024-01-05 00:00:00'), 1234.5]], 'gb18030')
    """
    file = Path(path)
    if date_order not in (None, "dmy", "mdy"):
        raise FileError(
            f"date_order must be dmy or mdy, not {shown(date_order)}.",
            f"date_order 只能是 dmy 或 mdy，不能是 {shown(date_order)}。",
        )
    kind, content = load(file)
    try:
        if kind == "text":
            text = read_text(content, sheet)
            table, row_of, bad_rows = text.frame, text.row_of, text.bad_rows
            source = Source(file.name, len(table) + len(bad_rows), text.encoding, text.separator)
        else:
            cells = read_sheet(content, file, sheet)
            table, row_of, bad_rows = cells.frame, cells.first_row.__add__, []
            source = Source(file.name, len(table), sheet=cells.sheet)
        columns = _columns(table, {"customer": customer, "date": date, "amount": amount})
        headers = columns.headers
        money: Any = headers.get("amount") or (headers["quantity"], headers["unit_price"])
        orders, skipped, notes = orders_from(
            table, headers["customer"], headers["date"], money, date_order=date_order, row_of=row_of
        )
    except (FileError, InputError) as error:
        if str(error).startswith(f"{file.name}:"):
            raise
        raise FileError(f"{file.name}: {clause(error.text.en)}", f"{file.name}：{error.text.zh}") from None
    if bad_rows:
        line, example = bad_rows[0]
        skipped.append(Skipped(REASONS["bad_row"], len(bad_rows), line, shown(example)))
    if not len(orders):
        reasons = skipped[0].reason if skipped else Text("no rows", "没有数据行")
        raise FileError(
            f"{file.name}: no row can be used ({reasons.en}, for instance); check the columns.",
            f"{file.name}：没有可用的行（例如{reasons.zh}）；请检查各列。",
        )
    return OrderLog(orders, source, headers, skipped, [*columns.reasons.values(), *notes])


def _columns(table: pd.DataFrame, wanted: dict[Role, str | None]) -> Columns:
    headers = [str(header) for header in table.columns]
    samples = [table[header].iloc[:1000].dropna().tolist() for header in headers]
    return named_columns(wanted, headers, guess_columns(headers, samples))
