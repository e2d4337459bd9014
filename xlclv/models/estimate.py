"""Estimates: what a fit found, for any model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from xlclv.models.arrays import FloatArray
from xlclv.models.newton import Maximum
from xlclv.text import Text

OK: Final = Text("OK", "OK")

#: How the status of a fit at the border of its parameters begins.
AT_BORDER: Final = Text("At the border: ", "位于边界：")

#: 97.5% point of the normal distribution.
_NORMAL = 1.959963984540054


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Parameters of a model and how well they are known.

    Attributes
    ----------
    name : str
        Name of the model.
    period : str
        Period in which its times are counted, or "" if nobody said.
    params : dict of str to float
        Parameters.
    coefficients : dict of str to float
        Coefficients of features of the customers, by parameter and feature; empty where the model has none.
    standard_errors : dict of str to float
        From the observed Hessian at the maximum; empty at the border and for a model typed by hand.
    limits : dict of str to (float, float)
        95% confidence limits: Wald on the log parameters, hence positive, and on the coefficients themselves.
    covariance : ndarray or None
        Of the log parameters and then the coefficients, in their order; None at the border and for a model typed by
        hand or read from a block.
    log_likelihood : float or None
        At the maximum, times in the unit of the data; None for a model typed by hand.
    customers : float or None
        Customers fitted to, the sum of the weights.
    status : Text
        ``OK`` or a sentence that says what to be careful of.
    at_boundary : bool
        Whether a parameter runs away, so that only a limit of the model fits.
    iterations : int
        Evaluations of the likelihood of all customers; 0 if not fitted here.
    """

    name: str
    period: str = ""
    params: dict[str, float]
    coefficients: dict[str, float] = field(default_factory=dict)
    standard_errors: dict[str, float] = field(default_factory=dict)
    limits: dict[str, tuple[float, float]] = field(default_factory=dict)
    covariance: FloatArray | None = field(default=None, repr=False, compare=False)
    log_likelihood: float | None = None
    customers: float | None = None
    status: Text = OK
    at_boundary: bool = False
    iterations: int = 0

    @property
    def aic(self) -> float | None:
        """Akaike's information criterion, or None without a log likelihood."""
        return None if self.log_likelihood is None else 2.0 * self._count - 2.0 * self.log_likelihood

    @property
    def bic(self) -> float | None:
        """Bayesian information criterion, or None without a log likelihood."""
        if self.log_likelihood is None or not self.customers:
            return None
        return self._count * math.log(self.customers) - 2.0 * self.log_likelihood

    @property
    def _count(self) -> int:
        """How many numbers were estimated."""
        return len(self.params) + len(self.coefficients)

    @property
    def values(self) -> tuple[float, ...]:
        """The parameters in the order of the model."""
        return tuple(self.params.values())


def uncertainty(
    names: Sequence[str], theta: FloatArray, covariance: FloatArray | None
) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """Return standard errors and 95% limits of parameters from the covariance of their logarithms.

    At a maximum the gradient vanishes, so the Hessians in a parameter and in its logarithm differ by a factor only, and
    the standard error of the parameter is itself times that of its logarithm, exactly.
    """
    if covariance is None:
        return {}, {}
    errors = np.sqrt(np.diag(covariance))
    # A log parameter with a standard error in the hundreds would overflow; 1e300 says as much.
    low, high = np.exp(np.clip([theta - _NORMAL * errors, theta + _NORMAL * errors], -690.0, 690.0))
    parameters = np.exp(theta)
    return (
        {name: float(value * error) for name, value, error in zip(names, parameters, errors, strict=True)},
        {name: (float(lower), float(upper)) for name, lower, upper in zip(names, low, high, strict=True)},
    )


def wald_limits(value: float, error: float) -> tuple[float, float]:
    """Return the 95% limits of an estimate that may be negative."""
    return value - _NORMAL * error, value + _NORMAL * error


def border_status(maximum: Maximum, meaning: Text) -> Text:
    """Return the status of a fit at the border."""
    assert maximum.escape is not None  # noqa: S101 - callers ask only at the border
    return Text(f"{AT_BORDER.en}{meaning.en}.", f"{AT_BORDER.zh}{meaning.zh}。")


def counted(customers: float) -> float:
    """Return a number of customers as an int where it is whole."""
    return int(customers) if customers == int(customers) else customers
