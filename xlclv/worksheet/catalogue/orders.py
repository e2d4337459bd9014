"""Between the order log of a worksheet and the calculations on it; imported at the first call, for it needs pandas."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from xlclv.checks import data_check
from xlclv.cohorts import retention_cohorts
from xlclv.errors import InputError
from xlclv.labels import CUSTOMER_COLUMNS
from xlclv.parsing import is_blank, number_of
from xlclv.summary import RFM_COLUMNS
from xlclv.summary import rfm_rows as summary_rows
from xlclv.text import Text
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.convert import PropagatedError
from xlclv.worksheet.declaration import Context

NOT_OBSERVED = Text("The period was not complete at as_of.", "截至 as_of 该时期尚未结束。")


def rows_from(frame: pd.DataFrame, headers: Mapping[str, Text], lang: str) -> list[list[Any]]:
    """Return a table as rows with a header; missing values become empty cells."""
    columns = [_column(frame[name]) for name in headers]
    return [[header.of(lang) for header in headers.values()], *map(list, zip(*columns, strict=True))]


def _column(series: pd.Series[Any]) -> list[Any]:
    if pd.api.types.is_datetime64_any_dtype(series):
        return [None if value is pd.NaT else value.date() for value in series]
    return list(series.tolist())


def rfm_rows(
    ids: list[Any], dates: list[Any], amounts: list[Any], as_of: dt.date, period: str, lang: str, context: Context
) -> list[list[Any]]:
    """RFM_TABLE."""
    frame = summary_rows(ids, dates, amounts, as_of, period, date1904=context.date1904, first_row=context.first_row)
    return rows_from(frame, {name: CUSTOMER_COLUMNS[name] for name in RFM_COLUMNS}, lang)


def cohort_rows(
    ids: list[Any],
    dates: list[Any],
    amounts: list[Any] | None,
    period: str,
    measure: str,
    as_of: dt.date | None,
    lang: str,
    context: Context,
) -> list[list[Any]]:
    """RETENTION_COHORTS."""
    frame = retention_cohorts(
        ids, dates, amounts, period=period, measure=measure, as_of=as_of,
        date1904=context.date1904, first_row=context.first_row,
    )  # fmt: skip
    missing = CellError("#N/A", NOT_OBSERVED.of(lang))
    columns = [
        [missing if isinstance(value, float) and math.isnan(value) else value for value in _column(frame[name])]
        for name in frame.columns
    ]
    header = [Text("cohort", "同期群").of(lang), Text("size", "人数").of(lang), *frame.columns[2:]]
    return [header, *map(list, zip(*columns, strict=True))]


def check_rows(
    ids: list[Any], dates: list[Any], amounts: list[Any], as_of: dt.date | None, lang: str, context: Context
) -> list[list[Any]]:
    """DATA_CHECK."""
    frame = data_check(ids, dates, amounts, as_of, lang, date1904=context.date1904)
    headers = {"check": Text("check", "检查"), "rows": Text("rows", "行数"), "status": Text("status", "状态")}
    return rows_from(frame, headers, lang)


def limits_of(cells: Sequence[Sequence[Any]]) -> tuple[float, ...]:
    """Return the limits of CLV_TIER from their cells."""
    limits = []
    for cell in (cell for row in cells for cell in row):
        if isinstance(cell, CellError):
            raise PropagatedError(cell)
        if not is_blank(cell):
            try:
                limits.append(float(number_of(cell) or 0.0))
            except InputError as error:
                raise InputError(error.text.en, error.text.zh, argument="shares") from None
    return tuple(limits)
