"""Fitting a model of repeat orders."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from xlclv.errors import DomainError, InputError
from xlclv.models.arrays import FloatArray, same_length, vector
from xlclv.models.checks import raise_first, weight_problems
from xlclv.models.counts import Counts, compress
from xlclv.models.estimate import OK, border_status, counted, uncertainty
from xlclv.models.features import Features, read_features
from xlclv.models.fitted import FittedModel
from xlclv.models.model import Model, model_named, models
from xlclv.models.newton import maximise_from_sample
from xlclv.periods import period_of
from xlclv.text import Text

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
    features: ArrayLike | None = None,
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
    features : array_like, shape (n, q), or DataFrame, optional
        For BG/NBD and Pareto/NBD: what is known of each customer and does not change with time, in numbers or TRUE and
        FALSE; the columns of a DataFrame have names. See below.
    k : int, optional
        Regularity of BG/CNBD-k and MBG/CNBD-k, 1 for orders at random; the likeliest up to 100 when omitted,
        which takes a fit for each k up to the first that is less likely.
    period : str
        Unit of the times (day, week, month, quarter, year), kept in the model block.

    Returns
    -------
    FittedModel
        A model at the border of its parameters says so in ``status``.

    Raises
    ------
    InputError
        If the columns differ in length or hold anything but numbers, the model is unknown or takes no features, or a
        feature is constant or follows from others.
    DomainError
        If a row is no customer history, there are fewer than 10 customers with repeat orders for each coefficient of
        a feature, or the fit does not converge.
    DataError
        If there are fewer than 30 customers, or no repeat orders.

    Notes
    -----
    Newton's method in log parameters with the exact Hessian, on the distinct histories; standard errors are those of
    the observed Hessian at the maximum. Nothing is cached, and nothing is random.

    Features z act on log parameters (Fader and Hardie, 2007, "Incorporating time-invariant covariates into the
    Pareto/NBD and BG/NBD models"); the parameters of the fit are those at z = 0. A coefficient g of ``alpha``
    multiplies the order rate by exp(g z). One of ``beta`` of Pareto/NBD multiplies the rate of leaving by exp(g z).
    Those of ``a`` and ``b`` of BG/NBD multiply a and b by exp(g z); the mean chance to leave after an order is a/(a+b).

    Examples
    --------
    >>> import numpy as np
    >>> frequency = np.array([0, 1, 2, 0, 5, 1, 0, 3, 0, 0] * 5)
    >>> recency = np.array([0, 12, 20, 0, 37, 3, 0, 9, 0, 0] * 5)
    >>> fitted = fit("NBD", frequency, recency, np.full(50, 39), period="week")
    >>> fitted.status.en, round(fitted.params["r"] / fitted.params["alpha"], 6)  # mean orders a week
    ('OK', 0.030769)

    Customers of one of two channels order more often:

    >>> rng = np.random.default_rng(1)
    >>> store = rng.integers(0, 2, 2000)
    >>> rate, stay = rng.gamma(1, np.where(store, 0.2, 0.1)), rng.exponential(1 / rng.gamma(2, 0.01, 2000))
    >>> orders = rng.poisson(rate * np.minimum(stay, 52))
    >>> last = np.where(orders, rng.beta(np.maximum(orders, 1), 1) * np.minimum(stay, 52), 0)
    >>> fitted = fit("Pareto/NBD", orders, last, np.full(2000, 52), features=store)
    >>> round(fitted.coefficients["alpha:1"], 2), np.round(fitted.limits["alpha:1"], 2)  # log 2 is .69
    (0.73, array([0.63, 0.84]))
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
    read: Features | None = None
    if features is not None:
        read = _features(kind, features, engine)
        same_length(frequency=x, features=read.values)
    if weights is not None:
        w = vector("weights", weights)
        same_length(frequency=x, weights=w)
        raise_first(weight_problems(w))
    counts = compress(x, t, age_, w)
    if engine == "lifetimes":
        from xlclv.models import engine_lifetimes

        return engine_lifetimes.fit(kind, x, t, age_, w, unit)
    if read is not None:
        from xlclv.models.covariate_fit import distinct_rows, fit_linked

        rows = distinct_rows(x, t, age_, read.values, w)
        return replace(fit_linked(kind, counts, _start(kind, counts), rows, read.names), period=unit)
    best: FittedModel | None = None
    for variant in kind.variants(k):
        fitted = _fit(variant, counts, unit)
        if best is not None and float(best.log_likelihood or 0.0) >= float(fitted.log_likelihood or 0.0):
            break
        best = fitted
    else:
        if best is not None and k is None and kind.all_tried is not None:
            best = replace(best, status=_joined(best.status, kind.all_tried))
    assert best is not None  # noqa: S101 - there is at least one variant
    return best


def _joined(status: Text, more: Text) -> Text:
    return more if status == OK else Text(f"{status.en} {more.en}", f"{status.zh}{more.zh}")


def _features(kind: Model, features: ArrayLike, engine: str) -> Features:
    """Return the features of a fit that can have some."""
    if not kind.links:
        allowed = [name for name, model in models().items() if model.links]
        raise InputError(
            f"{kind.name} takes no features; leave them out, or choose {' or '.join(allowed)}.",
            f"{kind.name} 不能使用 features；请不填，或改用 {' 或 '.join(allowed)}。",
            argument="features",
        )
    if engine != "xlclv":
        raise InputError(
            f"The engine {engine} takes no features; leave them out, or use the engine xlclv.",
            f"引擎 {engine} 不能使用 features；请不填，或改用引擎 xlclv。",
            argument="features",
        )
    read = read_features(features)
    if not read.names:
        raise InputError(
            "features has no columns; give one for each feature, or leave it out.",
            "features 没有列；请为每个特征给出一列，或不填。",
            argument="features",
        )
    return read


def _start(kind: Model, counts: Counts) -> FloatArray | None:
    """Return about the log parameters of the fit without features, if it has a maximum."""
    sample = _sample(counts)
    try:
        found = maximise_from_sample(kind.likelihood, kind.starts(counts), sample, sample, counts.customers)
    except DomainError:
        return None
    return found.theta if found.escape is None else None


def _sample(counts: Counts) -> Counts:
    return counts.sample(_WARM_ROWS) if len(counts.frequency) > 2 * _WARM_ROWS else counts


def _fit(kind: Model, counts: Counts, period: str) -> FittedModel:
    sample = _sample(counts)
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
