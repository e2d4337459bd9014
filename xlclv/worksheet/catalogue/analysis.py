"""Between cells and the analyses of many columns; imported at the first call, for they need numpy and pandas."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pandas as pd

from xlclv.clusters import segment_cluster
from xlclv.drivers import value_drivers
from xlclv.errors import XlclvError
from xlclv.forecast import value_forecast
from xlclv.labels import CUSTOMER_COLUMNS, label_of
from xlclv.moves import move_shares
from xlclv.parsing import id_of, number_of
from xlclv.text import Text
from xlclv.worksheet.catalogue.orders import rows_from
from xlclv.worksheet.convert import serial_of
from xlclv.worksheet.declaration import Context, Matrix, Whole

#: Headers the functions that give segments write above them.
_HEADERS = {name.casefold() for key in ("segment", "tier", "stage", "cluster") for name in CUSTOMER_COLUMNS[key]}
#: Headers people write above two columns of segments.
_HEADERS |= {"before", "after", "之前", "之后"}

_FORECAST = {
    "period": Text("period", "时期"),
    "actual": Text("actual", "实际值"),
    "forecast": Text("forecast", "预测值"),
    "lower": Text("lower", "下限"),
    "upper": Text("upper", "上限"),
}
_DRIVERS = (
    Text("driver", "驱动因素"),
    Text("coefficient", "系数"),
    Text("standard error", "标准误"),
    Text("t", "t 值"),
    Text("p", "p 值"),
    Text("importance", "重要性"),
)
_INTERCEPT = Text("intercept", "截距")
_SUMMARY = (Text("R squared", "R²"), Text("adjusted R squared", "调整后 R²"), Text("customers", "客户数"))


def moves_rows(before: list[Any], after: list[Any], lang: str) -> list[list[Any]]:
    """SEGMENT_MOVES."""
    if len(before) > 1 and _is_header(before) and _is_header(after):
        before, after = before[1:], after[1:]
    labels, shares = move_shares(before, after, lang)
    return [["", *labels], *([label, *row] for label, row in zip(labels, shares, strict=True))]


def _is_header(segments: list[Any]) -> bool:
    """Return whether the first cell is a name above segments: one of theirs, or text above known names or numbers."""
    first = id_of(segments[0])
    if first is None or first.casefold() in _HEADERS:
        return True
    rest = {text for cell in segments[1:] if (text := id_of(cell)) is not None}
    return bool(rest) and not _is_known(first) and (all(map(_is_number, rest)) or all(map(_is_known, rest)))


def _is_number(text: str) -> bool:
    try:
        return number_of(text) is not None
    except XlclvError:
        return False


def _is_known(text: str) -> bool:
    try:
        return bool(label_of(text))
    except XlclvError:
        return _is_number(text)


def _names(features: Matrix, lang: str) -> list[str]:
    return [name or f"{Text('feature', '特征').of(lang)} {place}" for place, name in enumerate(features.names, 1)]


def cluster_rows(features: Matrix, clusters: float, seed: float, output: str, lang: str) -> list[list[Any]] | Whole:
    """SEGMENT_CLUSTER."""
    found = segment_cluster(features.rows, clusters, seed)
    cluster = CUSTOMER_COLUMNS["cluster"].of(lang)
    if output == "rows":
        return [[cluster], *([label] for label in found.labels.tolist())]
    header = [cluster, Text("size", "人数").of(lang), Text("share", "占比").of(lang), *_names(features, lang)]
    rows = found.profiles.to_numpy(float).tolist()
    return Whole([header, *([place, *row] for place, row in enumerate(rows, 1))])


def driver_rows(values: list[float], features: Matrix, lang: str) -> list[list[Any]]:
    """VALUE_DRIVERS."""
    cells = [[serial_of(cell, False) if isinstance(cell, dt.date) else cell for cell in row] for row in features.rows]
    frame = pd.DataFrame(cells, columns=_names(features, lang), dtype=object)
    table, *summary = value_drivers(values, frame)
    names = [*table.index[:-1], _INTERCEPT.of(lang)]
    rows = [[name, *map(_filled, row)] for name, row in zip(names, table.to_numpy(float).tolist(), strict=True)]
    tail = [[name.of(lang), value, "", "", "", ""] for name, value in zip(_SUMMARY, summary, strict=True)]
    return [[header.of(lang) for header in _DRIVERS], *rows, *tail]


def forecast_rows(
    dates: list[Any], values: list[Any], periods: float, period: str, level: float, lang: str, context: Context
) -> list[list[Any]]:
    """VALUE_FORECAST."""
    table = value_forecast(
        dates, values, periods, period, level, date1904=context.date1904, first_row=context.first_row
    )
    header, *rows = rows_from(table, _FORECAST, lang)
    return [header, *(list(map(_filled, row)) for row in rows)]


def _filled(value: Any) -> Any:
    """Return a value, empty where it is missing."""
    return None if isinstance(value, float) and math.isnan(value) else value
