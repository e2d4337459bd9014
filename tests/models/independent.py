"""Checks of a fit against a likelihood written with mpmath from the paper."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

STEP = mpmath.mpf(10) ** -6


@mpmath.workdps(30)
def check_maximum(fitted, names, log_likelihood):
    """The likelihood agrees, its slope vanishes at the estimates, and its curvature gives their standard errors."""
    theta = [mpmath.log(fitted.params[name]) for name in names]

    def at(*moves):
        moved = list(theta)
        for index, sign in moves:
            moved[index] += sign * STEP
        return log_likelihood(*(mpmath.exp(value) for value in moved))

    size = len(names)
    here = at()
    assert fitted.log_likelihood == pytest.approx(float(here), rel=1e-11)
    up, down = [at((i, 1)) for i in range(size)], [at((i, -1)) for i in range(size)]
    slopes = np.array([float((u - d) / (2 * STEP)) for u, d in zip(up, down, strict=True)])
    hessian = np.zeros((size, size))
    for i in range(size):
        hessian[i, i] = float((up[i] - 2 * here + down[i]) / STEP**2)
        for j in range(i):
            mixed = at((i, 1), (j, 1)) - at((i, 1), (j, -1)) - at((i, -1), (j, 1)) + at((i, -1), (j, -1))
            hessian[i, j] = hessian[j, i] = float(mixed / (4 * STEP**2))
    covariance = np.linalg.inv(-hessian)
    # The distance to the maximum, in standard errors.
    assert slopes @ covariance @ slopes < 1e-10
    errors = np.sqrt(np.diag(covariance)) * [fitted.params[name] for name in names]
    assert [fitted.standard_errors[name] for name in names] == pytest.approx(errors.tolist(), rel=1e-4)
