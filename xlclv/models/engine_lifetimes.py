"""lifetimes as a second engine: an independent fit, and its fitters for its plots.

The one module that imports lifetimes. It takes more than a second to import and warns on current pandas, so it is
imported when it is asked for, with its warnings silenced: they are about lifetimes' own code.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import Any, Final

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

#: Class of lifetimes for each model, whose parameters have the same names.
_FITTERS: Final = {"BG/NBD": "BetaGeoFitter"}

#: lifetimes starts badly at its default .1 on some data; from here it converges on all we have seen.
_STARTS: Final = (None, 0.0, 1.0)

_TOLERANCE: Final = 1e-9


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


def _fitter_of(model: str) -> Any:
    if model not in _FITTERS:
        raise InputError(
            f"lifetimes does not have the {model} model; use engine xlclv, or one of {', '.join(_FITTERS)}.",
            f"lifetimes 没有 {model} 模型；请使用 engine xlclv，或选择 {', '.join(_FITTERS)}。",
            argument="engine",
        )
    return _fitter(_FITTERS[model])


def _fit(fitter: Any, parameters: int, *columns: FloatArray) -> Any:
    """Fit, from the next start if lifetimes gives up."""
    with _quiet():
        for start in _STARTS:
            initial = None if start is None else np.full(parameters, start)
            with contextlib.suppress(Exception):
                fitter.fit(*columns, initial_params=initial, tol=_TOLERANCE)
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
    fitter = _fitter_of(model.name)
    w = np.ones(len(frequency)) if weights is None else weights
    _fit(fitter, len(model.parameters), frequency, recency, age, w)
    return from_fitter(fitter, period)


def fit_spend(frequency: FloatArray, monetary: FloatArray, weights: FloatArray) -> FittedSpend:
    """Fit the Gamma-Gamma model with lifetimes to customers with repeat orders of some value."""
    fitter = _fit(_fitter("GammaGammaFitter"), len(gamma_gamma.PARAMETERS), frequency, monetary, weights)
    return FittedSpend(
        name=gamma_gamma.NAME, **_estimate(fitter, gamma_gamma.PARAMETERS, -fitter._negative_log_likelihood_)
    )


def from_fitter(fitter: Any, period: str = "") -> FittedModel:
    """Return the model that a fitter of lifetimes holds."""
    names = {kind: name for name, kind in _FITTERS.items()}
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
        # lifetimes minimises the mean over customers, in units of the oldest age: each repeat order is a density in
        # time and changes with its unit.
        w = fitter.data["weights"]
        orders = float((w * fitter.data["frequency"]).sum()) / float(w.sum())
        per_customer = -fitter._negative_log_likelihood_ + orders * float(np.log(fitter._scale))
    return FittedModel(name=name, period=model.period, **_estimate(fitter, parameters, per_customer))


def _estimate(fitter: Any, parameters: tuple[str, ...], per_customer: float | None) -> dict[str, Any]:
    params = {name: float(fitter.params_[name]) for name in parameters}
    if per_customer is None:
        return {"params": params}
    customers = float(fitter.data["weights"].sum())
    covariance: FloatArray | None
    try:
        # Its Hessian is in log parameters, in which a change of the unit of time is a shift.
        covariance = np.linalg.inv(np.asarray(fitter._hessian_, dtype=np.float64)) / customers
    except np.linalg.LinAlgError:
        covariance = None
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
    fitter = _fitter_of(fitted.name)
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
            "T": columns["age"],
            "weights": w,
        }
    )

    def generate_new_data(size: int = 1) -> Any:
        from lifetimes import generate_data

        with _quiet():
            return generate_data.beta_geometric_nbd_model(columns["age"], *fitted.values, size=size)

    fitter.generate_new_data = generate_new_data
    return fitter
