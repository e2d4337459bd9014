"""Newton's method for likelihoods in log parameters, safeguarded.

Log likelihoods here are sums over customers. The Newton decrement g' H^-1 g is then the squared distance to the maximum
in standard errors, whatever the units of time and money and the number of customers, so one number serves to stop by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np

from xlclv.errors import DomainError
from xlclv.models.arrays import FloatArray

#: Squared distance to the maximum, in standard errors, from which one more Newton step ends the search: that step
#: leaves about the square of it.
TOLERANCE = 1e-8

#: The same for each customer: relative to the parameters the Hessian then is within a millionth of its place.
TOLERANCE_PER_CUSTOMER = 1e-12

#: A search is at the border when the gain left is below this while a log parameter would still move by _RUNAWAY:
#: the log parameter then has a standard error above 30.
_BORDER_GAIN = 1e-4
_RUNAWAY = 0.3

#: A log parameter this far from its start has run away, whatever the gain: no data tell e^30 from e^31.
_FAR = 30.0

#: How near to its maximum the search on a sample goes, in squared standard errors of the sample.
_WARM_TOLERANCE = 1e-2

_LONGEST_STEP = 2.0
_MAX_EVALUATIONS = 100


@dataclass(frozen=True)
class Derivatives:
    """A log likelihood with its gradient and Hessian in log parameters."""

    value: float
    gradient: FloatArray
    hessian: FloatArray


Data = TypeVar("Data")
Likelihood: TypeAlias = Callable[[FloatArray], Derivatives]


@dataclass(frozen=True)
class Maximum:
    """Where a search ended.

    Attributes
    ----------
    theta : ndarray
        Log parameters.
    value : float
        Log likelihood there.
    covariance : ndarray or None
        Inverse of the negative Hessian in log parameters; None at the border.
    escape : ndarray or None
        At the border, the direction in which the log parameters run away, largest element 1 in absolute value.
    iterations : int
        Evaluations of the likelihood.
    """

    theta: FloatArray
    value: float
    covariance: FloatArray | None
    escape: FloatArray | None
    iterations: int


def maximise_from_sample(
    likelihood: Callable[[FloatArray, Data], Derivatives],
    starts: Sequence[FloatArray],
    sample: Data,
    data: Data,
    customers: float,
) -> Maximum:
    """Find the maximum for ``data``, first on a sample of them; further starts are tried where one ends at the border.

    Parameters
    ----------
    likelihood : callable
        Returns the Derivatives at log parameters for data.
    starts : sequence of ndarray
        Log parameters to start from, the most promising first.
    sample, data : object
        Data; a sample that is the same object is no sample.
    customers : float
        Number of customers in ``data``.

    Raises
    ------
    DomainError
        If the search does not converge.
    """
    tolerance = min(TOLERANCE, TOLERANCE_PER_CUSTOMER * customers)
    warm = tolerance if sample is data else _WARM_TOLERANCE
    best: Maximum | None = None
    failure: DomainError | None = None
    for start in starts:
        try:
            found = maximise(lambda theta: likelihood(theta, sample), start, warm)
        except DomainError as error:  # stuck at a saddle point; another start passes it by
            failure = error
            continue
        if best is None or found.value > best.value:
            best = found
        if best.escape is None:
            break
    if best is None:
        raise failure or ValueError("no start")
    return best if sample is data else maximise(lambda theta: likelihood(theta, data), best.theta, tolerance)


def maximise(likelihood: Likelihood, start: FloatArray, tolerance: float = TOLERANCE) -> Maximum:
    """Find the maximum of a log likelihood.

    Parameters
    ----------
    likelihood : callable
        Returns the Derivatives at log parameters.
    start : ndarray
        Log parameters to start from.
    tolerance : float
        Newton decrement to stop at.

    Raises
    ------
    DomainError
        If the search does not converge.
    """
    theta = start
    here = likelihood(theta)
    damping = 0.0
    for evaluations in range(1, _MAX_EVALUATIONS):
        curvatures, directions = np.linalg.eigh(-here.hessian)
        slopes = directions.T @ here.gradient
        concave = bool(curvatures[0] > 0)
        # Where the surface is not concave, Newton's step would climb down: use the size of the curvature. On a ridge
        # to the border the curvature ends in rounding errors of either sign.
        sizes = np.maximum(np.abs(curvatures), 1e-15 * float(np.abs(curvatures).max()))
        step = directions @ (slopes / sizes)
        decrement = float(slopes @ (slopes / sizes))
        longest = float(np.abs(step).max())
        far = longest > _RUNAWAY and float(np.abs(theta - start).max()) > _FAR
        if far or (decrement < _BORDER_GAIN and longest > _RUNAWAY):
            return Maximum(theta, here.value, None, step / longest, evaluations)
        if concave and decrement < tolerance:
            covariance = (directions / curvatures) @ directions.T
            return Maximum(theta + step, here.value + decrement / 2, covariance, None, evaluations)
        if damping > 0.0:
            step = directions @ (slopes / (sizes + damping))
            longest = float(np.abs(step).max())
        if longest > _LONGEST_STEP:
            step *= _LONGEST_STEP / longest
        expected = float(here.gradient @ step)
        there = likelihood(theta + step)
        rounding = 1e-14 * abs(here.value)
        if there.value >= here.value + 1e-4 * expected - rounding:
            theta, here = theta + step, there
            damping = damping / 8 if damping > 1e-3 * float(np.abs(curvatures).max()) else 0.0
        else:
            damping = max(8 * damping, float(np.abs(curvatures).max()) * 1e-2)
    raise DomainError(
        "The fit did not converge; check the columns for extreme values.",
        "拟合未收敛；请检查各列中是否有极端值。",
    )
