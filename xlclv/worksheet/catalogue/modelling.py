"""Between model cells and the models; imported at the first call, for it needs numpy and scipy.

Each scoring function takes lists of equal length and returns as many results; an element outside the domain gets its
error, the others their score.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlclv import models
from xlclv.domain import whole
from xlclv.errors import InputError, XlclvError
from xlclv.models.block import Block
from xlclv.models.checks import Problem
from xlclv.models.features import listed, require_same_names
from xlclv.worksheet.catalogue import fit_cache
from xlclv.worksheet.cells import CellError
from xlclv.worksheet.convert import PropagatedError
from xlclv.worksheet.declaration import Matrix, NamedRows

Floats = NDArray[np.float64]


def fit_block(
    name: str,
    frequency: list[float],
    recency: list[float],
    age: list[float],
    weights: list[float] | None,
    features: Matrix | None,
    k: float | None,
    lang: str,
) -> list[list[Any]]:
    """MODEL_FIT."""
    regularity = None if k is None else whole(k, "k", low=1.0)
    return fit_cache.fit(name, frequency, recency, age, weights, features=features, k=regularity).to_block(lang)


def spend_block(
    frequency: list[float], monetary: list[float], weights: list[float] | None, lang: str
) -> list[list[Any]]:
    """SPEND_FIT."""
    return fit_cache.fit_spend(frequency, monetary, weights).to_block(lang)


def alive(
    block: Sequence[Sequence[Any]],
    frequency: list[float],
    recency: list[float],
    age: list[float],
    features: list[list[float] | None],
) -> list[Any]:
    """MODEL_ALIVE."""
    model = buying(block, "model")
    given = _Features(model, features)
    return _each(model.alive, (frequency, recency, age), model.model.problems, given)


def orders(
    block: Sequence[Sequence[Any]],
    frequency: list[float],
    recency: list[float],
    age: list[float],
    periods: list[float],
    features: list[list[float] | None],
) -> list[Any]:
    """MODEL_ORDERS."""
    model = buying(block, "model")
    given = _Features(model, features)
    return _each(model.orders, (frequency, recency, age, periods), _ahead(model), given)


def active(block: Sequence[Sequence[Any]], *values: list[float]) -> list[Any]:
    """MODEL_ACTIVE."""
    model = featureless(block)
    return _each(lambda x, t, age, periods: model.active(x, t, age, periods), values, _ahead(model))


def new(block: Sequence[Sequence[Any]], periods: list[float]) -> list[Any]:
    """MODEL_NEW."""
    model = featureless(block)
    return _each(lambda p: model.new(p), (periods,), model.model.period_problems)


def residual(
    block: Sequence[Sequence[Any]],
    frequency: list[float],
    recency: list[float],
    age: list[float],
    discount_rate: list[float],
    features: list[list[float] | None],
) -> list[Any]:
    """MODEL_RESIDUAL."""
    model = buying(block, "model")
    given = _Features(model, features)

    def screen(x: Floats, t: Floats, age: Floats, rate: Floats) -> list[Problem]:
        return [*model.model.problems(x, t, age), *model.residual_problems(rate, given.rows)]

    return _each(model.residual, (frequency, recency, age, discount_rate), screen, given)


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
    margin: list[float],
    discount_rate: list[float],
    features: list[list[float] | None],
) -> list[Any]:
    """CLV_PREDICT."""
    model, spend = buying(block, "model"), _spending(spend_block)
    horizon = [math.inf if value is None else value for value in periods]
    given = _Features(model, features)
    return _each(
        partial(models.predict_value, model, spend),
        (frequency, recency, age, monetary, horizon, margin, discount_rate),
        partial(_value_problems, model, spend, given),
        given,
    )


def _value_problems(
    model: models.FittedModel, spend: models.FittedSpend, features: _Features, *columns: Floats
) -> list[Problem]:
    x, t, age, monetary, periods, margin, rate = columns
    return models.value_problems(model, spend, x, t, age, monetary, periods, margin, rate, features.rows)


def _ahead(model: models.FittedModel) -> Callable[..., list[Problem]]:
    def screen(x: Floats, t: Floats, age: Floats, periods: Floats) -> list[Problem]:
        return [*model.model.problems(x, t, age), *model.model.period_problems(periods)]

    return screen


def buying(block: Sequence[Sequence[Any]], argument: str) -> models.FittedModel:
    """Return the model of repeat orders of a block; errors name the argument it came by."""
    try:
        return models.FittedModel.from_block(_readable(block))
    except XlclvError as error:
        raise error.of(argument) from None


def named(block: Sequence[Sequence[Any]]) -> str | None:
    """Return what a block says its model is, None if it is no block."""
    try:
        return Block(_readable(block)).model
    except XlclvError:
        return None


def featureless(block: Sequence[Sequence[Any]]) -> models.FittedModel:
    """Return the model of repeat orders of a block, for a function that takes no features."""
    model = buying(block, "model")
    if model.features:
        shown = listed(model.features)
        raise InputError(
            f"The model depends on features of the customer, {shown.en}, which only MODEL_ALIVE, MODEL_ORDERS, "
            "MODEL_RESIDUAL and CLV_PREDICT take; use one of these, or a model without features.",
            f"模型取决于客户特征（{shown.zh}），只有 MODEL_ALIVE、MODEL_ORDERS、MODEL_RESIDUAL 和 CLV_PREDICT 可以给出特征；"
            "请改用其中之一，或使用不含特征的模型。",
            argument="model",
        )
    return model


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


class _Features:
    """The features of the elements of a call.

    Parameters
    ----------
    model : FittedModel
    cells : list of list of float or None
        A row for each element; None where the row is empty, or nothing was given.

    Attributes
    ----------
    rows : ndarray, shape (n, q), or None
        None for a model without coefficients; empty rows hold 0.
    problems : list of Problem

    Raises
    ------
    InputError
        If features are given to a model that has none, or the other way round, or not as many as it has, or under
        other names.
    """

    def __init__(self, model: models.FittedModel, cells: list[list[float] | None]) -> None:
        self.rows: Floats | None = None
        self.problems: list[Problem] = []
        known = model.features
        given = [row for row in cells if row is not None]
        if not known and not given:
            return
        if not known or not given or len(given[0]) != len(known):
            # Raises the error of the models.
            model.covariates.elements(given[:1] or None)
        if isinstance(cells, NamedRows):
            require_same_names(known, cells.names)
        empty = np.array([row is None for row in cells])
        self.rows = np.array([row or [0.0] * len(known) for row in cells], dtype=float)
        if empty.any():
            self.problems.append(Problem(empty, _no_features()))
        self.problems.extend(model.covariates.problems(self.rows))

    def of(self, valid: NDArray[np.bool_] | slice) -> dict[str, Any]:
        """Return the argument that scores some elements."""
        return {} if self.rows is None else {"features": self.rows[valid]}


def _no_features() -> InputError:
    return InputError(
        "features is empty in this row; the model needs the features of each customer.",
        "features 在此行为空；模型需要每位客户的特征。",
        argument="features",
    )


def _each(
    score: Callable[..., Any],
    columns: Sequence[list[float]],
    problems: Callable[..., Sequence[Problem]],
    features: _Features | None = None,
) -> list[Any]:
    """Score the elements that are valid, give the others their error."""
    arrays = [np.asarray(column, dtype=float) for column in columns]
    with np.errstate(all="ignore"):  # what is beyond the largest number becomes an error value at the boundary
        return _each_array(score, arrays, problems, features)


def _each_array(
    score: Callable[..., Any],
    arrays: Sequence[Floats],
    problems: Callable[..., Sequence[Problem]],
    features: _Features | None,
) -> list[Any]:
    out: list[Any] = [None] * len(arrays[0])
    valid = np.ones(len(out), dtype=bool)
    for mask, error in [*problems(*arrays), *(features.problems if features else [])]:
        for i in np.flatnonzero(mask & valid):
            out[i] = error
        valid &= ~mask
    if valid.all():
        more = features.of(slice(None)) if features else {}
        return _listed(score(*(_constant(array) for array in arrays), **more), len(out))
    if valid.any():
        kept = [_constant(array[valid]) for array in arrays]
        more = features.of(valid) if features else {}
        for i, value in zip(np.flatnonzero(valid), _listed(score(*kept, **more), int(valid.sum())), strict=True):
            out[i] = value
    return out


def _constant(array: Floats) -> Any:
    """Return a column that holds one value as that value, the models' fast path."""
    return float(array[0]) if len(array) > 1 and (array == array[0]).all() else array


def _listed(scores: Any, count: int) -> list[float]:
    values: list[float] = np.broadcast_to(np.asarray(scores, dtype=float), (count,)).tolist()
    return values
