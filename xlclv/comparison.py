"""Models of repeat orders fitted to the same customers, and ranked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd
from numpy.typing import ArrayLike

from xlclv.errors import XlclvError
from xlclv.models import FittedModel, fit

#: The models that are compared; BG/BB is of other data.
COMPARED: Final = ("NBD", "BG/NBD", "MBG/NBD", "Pareto/NBD")

#: Columns of `model_compare`: how well, then the parameters any of the models has, then what to be careful of.
_PARAMETERS: Final = ("r", "alpha", "a", "b", "s", "beta")
COMPARE_COLUMNS: Final = ("model", "log_likelihood", "parameters", "AIC", "BIC", "rank", *_PARAMETERS, "status")


def model_compare(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weights: ArrayLike | None = None
) -> pd.DataFrame:
    """Fit NBD, BG/NBD, MBG/NBD and Pareto/NBD to the same customers and rank them by AIC.

    Parameters
    ----------
    frequency, recency, age : array_like, shape (n,)
        Of each customer: repeat orders; time from the first order to the last; time from the first order to now.
    weights : array_like, shape (n,), optional
        Customers each row stands for.

    Returns
    -------
    DataFrame
        One row per model, best first: model, log_likelihood, parameters (their number), AIC, BIC, rank, the parameters
        r, alpha, a, b, s, beta where the model has them, and status. Of a model that does not converge there are the
        name and, as its status, the reason.

    Raises
    ------
    InputError, DomainError, DataError
        If no model can be fitted; see `xlclv.models.fit`.

    Notes
    -----
    AIC is 2 k - 2 LL and BIC is k log(customers) - 2 LL for k parameters; a difference below 2 decides nothing.

    Examples
    --------
    >>> frequency = [0, 1, 2, 0, 5, 1, 0, 3, 0, 0] * 5
    >>> recency = [0, 12, 20, 0, 37, 3, 0, 9, 0, 0] * 5
    >>> model_compare(frequency, recency, [39] * 50)[["rank", "model"]].values.tolist()[0]
    [1.0, 'MBG/NBD']
    """
    outcomes: dict[str, FittedModel | XlclvError] = {}
    for name in COMPARED:
        try:
            outcomes[name] = fit(name, frequency, recency, age, weights)
        except XlclvError as error:
            outcomes[name] = error
    return comparison(outcomes)


def comparison(outcomes: Mapping[str, FittedModel | XlclvError], lang: str = "en") -> pd.DataFrame:
    """Return the table of `model_compare` from the fits, or from the reasons why there are none.

    Parameters
    ----------
    outcomes : mapping
        Model name to fitted model, or to the error of its fit.
    lang : str
        en or zh: language of the status.

    Returns
    -------
    DataFrame
        Columns `COMPARE_COLUMNS`.

    Raises
    ------
    XlclvError
        The first of the errors if no model was fitted.

    Examples
    --------
    >>> from xlclv.errors import DomainError
    >>> failed = DomainError("The fit did not converge.", "拟合未收敛。")
    >>> fitted = fit("NBD", [0, 1, 2, 0, 5, 1, 0, 3, 0, 0] * 5, [0, 12, 20, 0, 37, 3, 0, 9, 0, 0] * 5, [39] * 50)
    >>> comparison({"BG/NBD": failed, "NBD": fitted})[["model", "parameters", "status"]].values.tolist()
    [['NBD', 2.0, 'OK'], ['BG/NBD', nan, 'The fit did not converge.']]
    """
    fitted = {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, FittedModel)}
    if not fitted:
        raise next(outcome for outcome in outcomes.values() if isinstance(outcome, XlclvError))
    by_aic = sorted(fitted.values(), key=lambda model: model.aic or 0.0)
    rows = [
        {
            "model": model.name,
            "log_likelihood": model.log_likelihood,
            "parameters": float(len(model.params)),
            "AIC": model.aic,
            "BIC": model.bic,
            "rank": 1.0 + sum((other.aic or 0.0) < (model.aic or 0.0) for other in by_aic),
            **model.params,
            "status": model.status.of(lang),
        }
        for model in by_aic
    ]
    failures = {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, XlclvError)}
    rows += [{"model": name, "status": error.text.of(lang)} for name, error in failures.items()]
    return pd.DataFrame(rows, columns=list(COMPARE_COLUMNS))
