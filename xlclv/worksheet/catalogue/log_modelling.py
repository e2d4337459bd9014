"""Between the order log of a worksheet and the models fitted to it; imported at the first call, for it needs pandas."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from xlclv import models
from xlclv.comparison import COMPARED, comparison
from xlclv.customers import CLV_COLUMNS, histories, interval_rows, of_log, value_rows
from xlclv.errors import XlclvError
from xlclv.labels import CUSTOMER_COLUMNS
from xlclv.models import FittedModel
from xlclv.models.estimate import OK
from xlclv.parsing import is_blank
from xlclv.split import Split, split_log
from xlclv.summary import rfm_rows
from xlclv.terms import DEFAULT_MODEL, given_model, log_model, terms_of
from xlclv.text import Text
from xlclv.validation import holdout_measures, tracked
from xlclv.worksheet import log
from xlclv.worksheet.catalogue import fit_cache, modelling
from xlclv.worksheet.catalogue.orders import rows_from
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.convert import PropagatedError, text_of
from xlclv.worksheet.declaration import Context

#: Headers of MODEL_COMPARE; parameters keep their names.
COMPARE_HEADERS: Final = {
    "model": Text("model", "模型"),
    "log_likelihood": Text("log_likelihood", "对数似然"),
    "parameters": Text("parameters", "参数个数"),
    "AIC": Text("AIC", "AIC"),
    "BIC": Text("BIC", "BIC"),
    "rank": Text("rank", "排名"),
    **{name: Text(name, name) for name in ("r", "alpha", "a", "b", "s", "beta")},
    "status": Text("status", "状态"),
}

#: Headers of MODEL_TRACK.
TRACK_HEADERS: Final = {
    "period": Text("period", "期"),
    "start": Text("start", "开始"),
    "end": Text("end", "结束"),
    "phase": Text("phase", "阶段"),
    "actual": Text("actual", "实际"),
    "expected": Text("expected", "预期"),
    "actual_cumulative": Text("actual_cumulative", "累计实际"),
    "expected_cumulative": Text("expected_cumulative", "累计预期"),
}

#: Names of the rows of MODEL_HOLDOUT.
MEASURES: Final = {
    "model": Text("model", "模型"),
    "customers": Text("customers", "客户数"),
    "periods": Text("holdout periods", "留出期期数"),
    "actual": Text("actual orders", "实际订单数"),
    "predicted": Text("predicted orders", "预测订单数"),
    "error": Text("predicted / actual - 1", "预测 / 实际 − 1"),
    "MAE": Text("MAE", "平均绝对误差"),
    "RMSE": Text("RMSE", "均方根误差"),
    "bias": Text("bias", "偏差"),
    "coverage": Text("share in 90% interval", "落在 90% 区间内的比例"),
    "width": Text("mean width of interval", "区间平均宽度"),
    "status": Text("status", "状态"),
}


def clv_rows(
    ids: list[Any],
    dates: list[Any],
    amounts: list[Any],
    as_of: dt.date,
    periods: float | None,
    margin: float,
    discount_rate: float,
    period: str,
    model: Sequence[Sequence[Any]] | str,
    lang: str,
    context: Context,
) -> list[list[Any]]:
    """CLV_TABLE."""
    terms = terms_of(period, periods, margin, discount_rate)
    given = _model_of(model)
    given = log_model(given) if isinstance(given, str) else given_model(given, terms.period)
    summary = rfm_rows(ids, dates, amounts, as_of, terms.period, date1904=context.date1904, first_row=context.first_row)
    past = histories(summary)
    try:
        if isinstance(given, str):
            given = fit_cache.fit(given, past.frequency, past.recency, past.age, period=terms.period)
            _note("CLV_TABLE", "model", given)
        spend = fit_cache.fit_spend(past.frequency, past.monetary)
    except XlclvError as error:
        raise of_log(error) from None
    _note("CLV_TABLE", "amounts", spend)
    table = interval_rows(value_rows(summary, given, spend, terms, lang), given, spend, terms)
    return rows_from(table, {name: CUSTOMER_COLUMNS[name] for name in CLV_COLUMNS}, lang)


def compare_rows(
    frequency: list[float], recency: list[float], age: list[float], weights: list[float] | None, lang: str
) -> list[list[Any]]:
    """MODEL_COMPARE."""
    outcomes: dict[str, FittedModel | XlclvError] = {}
    for name in COMPARED:
        try:
            outcomes[name] = fit_cache.fit(name, frequency, recency, age, weights)
        except XlclvError as error:
            outcomes[name] = error
    return rows_from(_without_nan(comparison(outcomes, lang)), COMPARE_HEADERS, lang)


def holdout_rows(
    ids: list[Any],
    dates: list[Any],
    split_date: dt.date,
    end_date: dt.date,
    model_name: str,
    period: str,
    lang: str,
    context: Context,
) -> list[list[Any]]:
    """MODEL_HOLDOUT."""
    name = log_model(model_name, "model_name")
    split = split_log(ids, dates, split_date, end_date, period, date1904=context.date1904, first_row=context.first_row)
    model = _calibrated(split, name)
    measured = holdout_measures(split, model)
    status = [each.of(lang) for each in (model.status, split.unknown) if each is not None]
    if len(status) > 1 and model.status == OK:
        del status[0]
    values: dict[str, Any] = {"model": model.name, "status": ("" if lang == "zh" else " ").join(status)}
    values.update((str(name), value) for name, value in measured.items())
    rows = [[label.of(lang), _blank_for_nan(values[key])] for key, label in MEASURES.items()]
    return [[Text("measure", "指标").of(lang), Text("value", "值").of(lang)], *rows]


def track_rows(
    ids: list[Any],
    dates: list[Any],
    split_date: dt.date,
    end_date: dt.date,
    model_name: str,
    period: str,
    lang: str,
    context: Context,
) -> list[list[Any]]:
    """MODEL_TRACK."""
    name = log_model(model_name, "model_name")
    split = split_log(ids, dates, split_date, end_date, period, date1904=context.date1904, first_row=context.first_row)
    model = _calibrated(split, name)
    _note("MODEL_TRACK", "model_name", model)
    if split.unknown is not None:
        log.record(log.Failure("MODEL_TRACK", "end_date", "", split.unknown))
    return rows_from(tracked(split, model, lang), TRACK_HEADERS, lang)


def _calibrated(split: Split, name: str) -> FittedModel:
    try:
        return fit_cache.fit(name, split.frequency, split.recency, split.age, period=split.period)
    except XlclvError as error:
        raise of_log(error, amounts=False) from None


def _model_of(cells: Sequence[Sequence[Any]] | str) -> FittedModel | str:
    """Return the name in a single cell, or the model of a block."""
    if isinstance(cells, str):
        return cells
    if len(cells) == len(cells[0]) == 1:
        cell = cells[0][0]
        if isinstance(cell, CellError):
            raise PropagatedError(cell)
        return DEFAULT_MODEL if is_blank(cell) else text_of(cell)
    named = modelling.named(cells)
    if named is not None:
        log_model(named)
    return modelling.buying(cells, "model")


def _note(function: str, argument: str, fitted: models.FittedModel | models.FittedSpend) -> None:
    """List what to be careful of where the table has no cell to say it: XLCLV_ERRORS shows it without an error."""
    if fitted.status != OK:
        text = Text(f"{fitted.name}: {fitted.status.en}", f"{fitted.name}：{fitted.status.zh}")
        log.record(log.Failure(function, argument, "", text))


def _blank_for_nan(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def _without_nan(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(object).where(frame.notna(), None)
