"""Fitting a model of repeat orders."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from xlclv.errors import InputError
from xlclv.models.arrays import FloatArray, same_length, vector
from xlclv.models.checks import raise_first, weight_problems
from xlclv.models.counts import Counts, compress
from xlclv.models.estimate import OK, border_status, counted, uncertainty
from xlclv.models.fitted import FittedModel
from xlclv.models.model import Model, model_named
from xlclv.models.newton import maximise_from_sample
from xlclv.periods import period_of

#: Engines that fit.
ENGINES: Final = ("xlclv", "lifetimes")

#: A fit to many distinct histories starts from the fit to about this many of them.
_WARM_ROWS = 20_000


def fit(
    model: str,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    weights: ArrayLike | None = None,
    engine: str = "xlclv",
    *,
    k: int | None = None,
    period: str = "",
) -> FittedModel:
    """Fit a model of repeat orders by maximum likelihood.

    Parameters
    ----------
    model : str
        ``NBD``, ``BG/NBD``, ``MBG/NBD``, ``Pareto/NBD``, ``BG/BB``, ``BG/CNBD-k`` or ``MBG/CNBD-k``; letter case and
        punctuation do not matter. For BG/BB times are opportunities, and whole numbers.
    frequency, recency, age : array_like, shape (n,)
        Of each customer: repeat orders; time from the first order to the last; time from the first order to now. Times
        in one unit, which is the unit of the parameters.
    weights : array_like, shape (n,), optional
        Customers each row stands for, whole or fractional; rows of weight 0 are ignored.
    engine : str
        ``xlclv``, or ``lifetimes`` for a second opinion by an independent program.
    k : int, optional
        Regularity of BG/CNBD-k and MBG/CNBD-k, 1 for orders at random; chosen by likelihood when omitted.
    period : str
        Unit of the times (day, week, month, quarter, year), kept in the model block.

    Returns
    -------
    FittedModel
        A model at the border of its parameters says so in ``status``.

    Raises
    ------
    InputError
        If the columns differ in length or hold anything but numbers, or the model is unknown.
    DomainError
        If a row is no customer history, or the fit does not converge.
    DataError
        If there are fewer than 30 customers, or no repeat orders.

    Notes
    -----
    Newton's method in log parameters with the exact Hessian, on the distinct histories; standard errors are those of
    the observed Hessian at the maximum. Nothing is cached, and nothing is random.

    Examples
    --------
    >>> import numpy as np
    >>> frequency = np.array([0, 1, 2, 0, 5, 1, 0, 3, 0, 0] * 5)
    >>> recency = np.array([0, 12, 20, 0, 37, 3, 0, 9, 0, 0] * 5)
    >>> fitted = fit("NBD", frequency, recency, np.full(50, 39), period="week")
    >>> fitted.status.en, round(fitted.params["r"] / fitted.params["alpha"], 6)  # mean orders a week
    ('OK', 0.030769)
    """
    kind = model_named(model)
    unit = period_of(period) if period else ""
    if engine not in ENGINES:
        raise InputError(
            f"engine must be xlclv or lifetimes, not {engine!r}.",
            f"engine 只能是 xlclv 或 lifetimes，{engine!r} 不是。",
            argument="engine",
        )
    x, t, age_ = vector("frequency", frequency), vector("recency", recency), vector("age", age)
    same_length(frequency=x, recency=t, age=age_)
    raise_first(kind.problems(x, t, age_))
    w: FloatArray | None = None
    if weights is not None:
        w = vector("weights", weights)
        same_length(frequency=x, weights=w)
        raise_first(weight_problems(w))
    counts = compress(x, t, age_, w)
    if engine == "lifetimes":
        from xlclv.models import engine_lifetimes

        return engine_lifetimes.fit(kind, x, t, age_, w, unit)
    best: FittedModel | None = None
    for variant in kind.variants(k):
        fitted = _fit(variant, counts, unit)
        if best is not None and float(best.log_likelihood or 0.0) >= float(fitted.log_likelihood or 0.0):
            break
        best = fitted
    assert best is not None  # noqa: S101 - there is at least one variant
    return best


def _fit(kind: Model, counts: Counts, period: str) -> FittedModel:
    sample = counts.sample(_WARM_ROWS) if len(counts.frequency) > 2 * _WARM_ROWS else counts
    maximum = maximise_from_sample(kind.likelihood, kind.starts(counts), sample, counts, counts.customers)
    errors, limits = uncertainty(kind.parameters, maximum.theta, maximum.covariance)
    values = (*np.exp(maximum.theta).tolist(), *kind.bound)
    return FittedModel(
        name=kind.name,
        period=period,
        params=dict(zip((*kind.parameters, *kind.constants), values, strict=True)),
        standard_errors=errors,
        limits=limits,
        covariance=maximum.covariance,
        log_likelihood=maximum.value,
        customers=counted(counts.customers),
        status=OK if maximum.escape is None else border_status(maximum, kind.border(maximum.escape)),
        at_boundary=maximum.escape is not None,
        iterations=maximum.iterations,
    )
