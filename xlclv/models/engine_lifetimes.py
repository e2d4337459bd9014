"""lifetimes as a second engine: an independent fit, and its fitters for its plots.

The one module that imports lifetimes. It takes more than a second to import and warns on current pandas, so it is
imported when it is asked for, with its warnings silenced: they are about lifetimes' own code.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from xlclv.errors import DomainError, InputError
from xlclv.models import gamma_gamma
from xlclv.models.arrays import FloatArray, vector
from xlclv.models.estimate import counted, uncertainty
from xlclv.models.fitted import FittedModel
from xlclv.models.model import Model
from xlclv.models.spend import FittedSpend
from xlclv.periods import period_of

#: lifetimes starts badly at its default .1 on some data; from here it converges on all we have seen. The starts are of
#: log parameters.
_STARTS: Final[tuple[float | None, ...]] = (None, 0.0, 1.0)


class _Kind(NamedTuple):
    """How lifetimes fits a model, whose parameters have the same names there.

    Attributes
    ----------
    fitter, simulator : str
        Class of the fitter; function that generates data.
    starts : tuple of float or None
        Values of all parameters to start from, as the fitter takes them; None for its own.
    options : dict
        Further arguments to fit.
    age : str
        Column of its data that holds the age.
    """

    fitter: str
    simulator: str
    starts: tuple[float | None, ...] = _STARTS
    options: Mapping[str, Any] = {}
    age: str = "T"


_KINDS: Final = {
    "BG/NBD": _Kind("BetaGeoFitter", "beta_geometric_nbd_model"),
    "MBG/NBD": _Kind("ModifiedBetaGeoFitter", "modified_beta_geometric_nbd_model"),
    # Its own start is random, and it needs many steps.
    "Pareto/NBD": _Kind("ParetoNBDFitter", "pareto_nbd_model", starts=(1.0, 0.3), options={"maxiter": 20_000}),
    "BG/BB": _Kind("BetaGeoBetaBinomFitter", "beta_geometric_beta_binom_model", age="n_periods"),
}

#: Some searches cannot tell steps of the finer tolerance from rounding, and say that they failed.
_TOLERANCES: Final = (1e-9, 1e-7)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Silence warnings, and the optimiser's report that lifetimes prints when it fails."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def _fitter(name: str) -> Any:
    with _quiet():
        import lifetimes
    return getattr(lifetimes, name)()


def _kind_of(model: str) -> _Kind:
    if model not in _KINDS:
        known = ", ".join(_KINDS)
        raise InputError(
            f"lifetimes does not have the {model} model; use engine xlclv, or one of {known}.",
            f"lifetimes 没有 {model} 模型；请使用 engine xlclv，或选择 {known}。",
            argument="engine",
        )
    return _KINDS[model]


def _fit(
    fitter: Any,
    parameters: int,
    columns: Sequence[FloatArray],
    starts: Sequence[float | None] = _STARTS,
    options: Mapping[str, Any] = {},
) -> Any:
    """Fit, from the next start or to a coarser tolerance if lifetimes gives up."""
    with _quiet():
        for tolerance, start in itertools.product(_TOLERANCES, starts):
            initial = None if start is None else np.full(parameters, start)
            with contextlib.suppress(Exception):
                fitter.fit(*columns, initial_params=initial, tol=tolerance, **options)
                if np.isfinite(fitter.params_).all():
                    return fitter
    raise DomainError(
        "lifetimes did not converge on these data; use engine xlclv.",
        "lifetimes 未收敛；请使用 engine xlclv。",
        argument="engine",
    )


def fit(
    model: Model, frequency: FloatArray, recency: FloatArray, age: FloatArray, weights: FloatArray | None, period: str
) -> FittedModel:
    """Fit a model of repeat orders with lifetimes to checked columns."""
    kind = _kind_of(model.name)
    fitter = _fitter(kind.fitter)
    w = np.ones(len(frequency)) if weights is None else weights
    _fit(fitter, len(model.parameters), (frequency, recency, age, w), kind.starts, kind.options)
    return from_fitter(fitter, period)


def fit_spend(frequency: FloatArray, monetary: FloatArray, weights: FloatArray) -> FittedSpend:
    """Fit the Gamma-Gamma model with lifetimes to customers with repeat orders of some value."""
    fitter = _fit(_fitter("GammaGammaFitter"), len(gamma_gamma.PARAMETERS), (frequency, monetary, weights))
    return FittedSpend(
        name=gamma_gamma.NAME, **_estimate(fitter, gamma_gamma.PARAMETERS, -fitter._negative_log_likelihood_)
    )


def from_fitter(fitter: Any, period: str = "") -> FittedModel:
    """Return the model that a fitter of lifetimes holds."""
    names = {kind.fitter: name for name, kind in _KINDS.items()}
    name = names.get(type(fitter).__name__)
    if name is None or not hasattr(fitter, "params_"):
        raise InputError(
            f"from_lifetimes needs a fitted {' or '.join(names)}.",
            f"from_lifetimes 需要已拟合的 {' 或 '.join(names)}。",
        )
    model = FittedModel(name=name, period=period_of(period) if period else "", params={})
    parameters = model.model.parameters
    per_customer = None
    if hasattr(fitter, "_negative_log_likelihood_") and hasattr(fitter, "data"):
        w = fitter.data["weights"]
        # lifetimes minimises the mean over customers, of Pareto/NBD the sum over rows by mean weight.
        rows = len(w) if name == "Pareto/NBD" else 1
        per_customer = -fitter._negative_log_likelihood_ / rows
        if hasattr(fitter, "_scale"):
            # Its times are in units of the oldest age, and each repeat order is a density in time.
            orders = float((w * fitter.data["frequency"]).sum()) / float(w.sum())
            per_customer += orders * float(np.log(fitter._scale))
    return FittedModel(name=name, period=model.period, **_estimate(fitter, parameters, per_customer))


def _estimate(fitter: Any, parameters: tuple[str, ...], per_customer: float | None) -> dict[str, Any]:
    params = {name: float(fitter.params_[name]) for name in parameters}
    if per_customer is None:
        return {"params": params}
    customers = float(fitter.data["weights"].sum())
    covariance: FloatArray | None = None
    if fitter._hessian_ is not None:  # as of Pareto/NBD
        with contextlib.suppress(np.linalg.LinAlgError):
            # Its Hessian is in log parameters, in which a change of the unit of time is a shift.
            covariance = np.linalg.inv(np.asarray(fitter._hessian_, dtype=np.float64)) / customers
    if covariance is not None and not bool((np.diag(covariance) > 0).all()):
        covariance = None
    errors, limits = uncertainty(parameters, np.log(list(params.values())), covariance)
    return {
        "params": params,
        "standard_errors": errors,
        "limits": limits,
        "log_likelihood": float(per_customer) * customers,
        "customers": counted(customers),
    }


def to_fitter(
    fitted: FittedModel,
    frequency: ArrayLike | None,
    recency: ArrayLike | None,
    age: ArrayLike | None,
    weights: ArrayLike | None,
) -> Any:
    """Return a fitter of lifetimes with the parameters of ``fitted`` and, if given, the data its plots show."""
    kind = _kind_of(fitted.name)
    fitter = _fitter(kind.fitter)
    import pandas as pd

    fitter.params_ = pd.Series(fitted.params)
    fitter.predict = fitter.conditional_expected_number_of_purchases_up_to_time
    if frequency is None or recency is None or age is None:
        return fitter
    columns = {
        name: vector(name, column) for name, column in (("frequency", frequency), ("recency", recency), ("age", age))
    }
    w = np.ones(len(columns["frequency"])) if weights is None else vector("weights", weights)
    fitter.data = pd.DataFrame(
        {
            "frequency": columns["frequency"].astype(int),
            "recency": columns["recency"],
            kind.age: columns["age"],
            "weights": w,
        }
    )

    def generate_new_data(size: int = 1) -> Any:
        from lifetimes import generate_data

        with _quiet():
            return getattr(generate_data, kind.simulator)(columns["age"], *fitted.values, size=size)

    fitter.generate_new_data = generate_new_data
    return fitter
