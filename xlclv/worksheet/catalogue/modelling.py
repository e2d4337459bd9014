"""Between model cells and the models; imported at the first call, for it needs numpy and scipy.

Each scoring function takes lists of equal length and returns as many results; an element outside the domain gets its
error, the others their score.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlclv import models
from xlclv.errors import XlclvError
from xlclv.models.checks import Problem
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.convert import PropagatedError

Floats = NDArray[np.float64]


def fit_block(
    name: str, frequency: list[float], recency: list[float], age: list[float], weights: list[float] | None, lang: str
) -> list[list[Any]]:
    """MODEL_FIT."""
    return models.fit(name, frequency, recency, age, weights).to_block(lang)


def spend_block(
    frequency: list[float], monetary: list[float], weights: list[float] | None, lang: str
) -> list[list[Any]]:
    """SPEND_FIT."""
    return models.fit_spend(frequency, monetary, weights).to_block(lang)


def alive(block: Sequence[Sequence[Any]], *customer: list[float]) -> list[Any]:
    """MODEL_ALIVE."""
    model = _buying(block, "model")
    return _each(lambda x, t, age: model.alive(x, t, age), customer, model.model.problems)


def orders(block: Sequence[Sequence[Any]], *values: list[float]) -> list[Any]:
    """MODEL_ORDERS."""
    model = _buying(block, "model")
    return _each(lambda x, t, age, periods: model.orders(x, t, age, periods), values, _ahead(model))


def active(block: Sequence[Sequence[Any]], *values: list[float]) -> list[Any]:
    """MODEL_ACTIVE."""
    model = _buying(block, "model")
    return _each(lambda x, t, age, periods: model.active(x, t, age, periods), values, _ahead(model))


def new(block: Sequence[Sequence[Any]], periods: list[float]) -> list[Any]:
    """MODEL_NEW."""
    model = _buying(block, "model")
    return _each(lambda p: model.new(p), (periods,), model.model.period_problems)


def residual(block: Sequence[Sequence[Any]], *values: list[float]) -> list[Any]:
    """MODEL_RESIDUAL."""
    model = _buying(block, "model")

    def screen(x: Floats, t: Floats, age: Floats, rate: Floats) -> list[Problem]:
        return [*model.model.problems(x, t, age), *model.residual_problems(rate)]

    return _each(lambda x, t, age, rate: model.residual(x, t, age, rate), values, screen)


def spend_expected(block: Sequence[Sequence[Any]], frequency: list[float], monetary: list[float]) -> list[Any]:
    """SPEND_EXPECTED."""
    spend = _spending(block)
    return _each(lambda x, m: spend.expected(x, m), (frequency, monetary), lambda x, m: spend.problems(x, m))


def clv_predict(
    block: Sequence[Sequence[Any]],
    spend_block: Sequence[Sequence[Any]],
    frequency: list[float],
    recency: list[float],
    age: list[float],
    monetary: list[float],
    periods: list[float | None],
    *terms: list[float],
) -> list[Any]:
    """CLV_PREDICT."""
    model, spend = _buying(block, "model"), _spending(spend_block)
    horizon = [math.inf if value is None else value for value in periods]
    return _each(
        lambda *v: models.predict_value(model, spend, *v),
        (frequency, recency, age, monetary, horizon, *terms),
        lambda *v: models.value_problems(model, spend, *v),
    )


def _ahead(model: models.FittedModel) -> Callable[..., list[Problem]]:
    def screen(x: Floats, t: Floats, age: Floats, periods: Floats) -> list[Problem]:
        return [*model.model.problems(x, t, age), *model.model.period_problems(periods)]

    return screen


def _buying(block: Sequence[Sequence[Any]], argument: str) -> models.FittedModel:
    try:
        return models.FittedModel.from_block(_readable(block))
    except XlclvError as error:
        raise error.of(argument) from None


def _spending(block: Sequence[Sequence[Any]]) -> models.FittedSpend:
    try:
        return models.FittedSpend.from_block(_readable(block))
    except XlclvError as error:
        raise error.of("spend_model") from None


def _readable(block: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """Refuse a block with an error value in the two columns that are read."""
    for row in block:
        for cell in row[:2]:
            if isinstance(cell, CellError):
                raise PropagatedError(cell)
    return block


def _each(
    score: Callable[..., Any], columns: Sequence[list[float]], problems: Callable[..., Sequence[Problem]]
) -> list[Any]:
    """Score the elements that are valid, give the others their error."""
    arrays = [np.asarray(column, dtype=float) for column in columns]
    with np.errstate(all="ignore"):  # what is beyond the largest number becomes an error value at the boundary
        return _each_array(score, arrays, problems)


def _each_array(
    score: Callable[..., Any], arrays: Sequence[Floats], problems: Callable[..., Sequence[Problem]]
) -> list[Any]:
    out: list[Any] = [None] * len(arrays[0])
    valid = np.ones(len(out), dtype=bool)
    for mask, error in problems(*arrays):
        for i in np.flatnonzero(mask & valid):
            out[i] = error
        valid &= ~mask
    if valid.all():
        return _listed(score(*(_constant(array) for array in arrays)), len(out))
    if valid.any():
        kept = [_constant(array[valid]) for array in arrays]
        for i, value in zip(np.flatnonzero(valid), _listed(score(*kept), int(valid.sum())), strict=True):
            out[i] = value
    return out


def _constant(array: Floats) -> Any:
    """Return a column that holds one value as that value, the models' fast path."""
    return float(array[0]) if len(array) > 1 and (array == array[0]).all() else array


def _listed(scores: Any, count: int) -> list[float]:
    values: list[float] = np.broadcast_to(np.asarray(scores, dtype=float), (count,)).tolist()
    return values
