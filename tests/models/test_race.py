"""The chance to leave before the next order, against Gauss's hypergeometric function and an integral."""

from __future__ import annotations

import itertools

import mpmath
import numpy as np
import pytest

from xlclv.models.race import SECOND, complement, log_slower, log_slower_derivatives, swapped

SHAPES = list(itertools.product((0.0123, 0.513, 2.53, 50.2, 2000.7), (0.0112, 0.634, 5.31, 500.3)))
RATIOS = (1.0, 1.1, 20.0, 64.0, 66.0, 1e3, 1e6, 1e12)


def exact(c, s, log_rho):
    """log(s/(c+s) F(1, c; c+s+1; 1-rho)): the race as a hypergeometric function."""
    return mpmath.log(s / (c + s) * mpmath.hyp2f1(1, c, c + s + 1, 1 - mpmath.exp(log_rho)))


def test_the_hypergeometric_function_is_the_race():
    c, s, rho = mpmath.mpf("2.5"), mpmath.mpf("0.6"), mpmath.mpf(7)
    leaving = mpmath.quad(lambda y: s / (rho + y) * (1 + y) ** -c * (1 + y / rho) ** -s, [0, 1, 10, mpmath.inf])
    assert float(exact(c, s, mpmath.log(rho))) == pytest.approx(float(mpmath.log(leaving)), rel=1e-12)


@pytest.mark.parametrize("rho", RATIOS)
def test_value(rho):
    c, s = np.array(SHAPES).T
    with mpmath.workdps(60):
        wanted = [float(exact(*map(mpmath.mpf, shapes), mpmath.log(rho))) for shapes in SHAPES]
    assert log_slower(c, s, np.full(len(c), rho - 1.0)) == pytest.approx(wanted, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("rho", [1.0, 1.3, 40.0, 1e3])
@mpmath.workdps(60)
def test_derivatives(rho):
    h = mpmath.mpf(10) ** -14
    for c, s in SHAPES[1::3]:
        found = log_slower_derivatives(np.array([c]), np.array([s]), np.array([rho - 1.0]))[:, 0]
        point = [mpmath.mpf(c), mpmath.mpf(s), mpmath.log(rho)]
        steps = [h * c, h * s, h]

        def at(*moves, point=point, steps=steps):
            moved = list(point)
            for variable, sign in moves:
                moved[variable] += sign * steps[variable]
            return exact(*moved)

        wanted = [at()]
        wanted += [(at((i, 1)) - at((i, -1))) / (2 * steps[i]) for i in range(3)]
        wanted += [
            (at((i, 1), (j, 1)) - at((i, 1), (j, -1)) - at((i, -1), (j, 1)) + at((i, -1), (j, -1)))
            / (4 * steps[i] * steps[j])
            for i, j in SECOND
        ]
        # In logarithms of c and s, so that sizes compare.
        scale = np.array([1, c, s, 1, c * c, c * s, c, s * s, s, 1])
        assert found * scale == pytest.approx(np.array(wanted, dtype=float) * scale, rel=1e-9, abs=1e-11)


def test_complement_and_swap():
    c, s, excess = np.array([2.3, 0.7]), np.array([0.6, 5.0]), np.array([0.8, 30.0])
    leave = log_slower_derivatives(c, s, excess)
    stay = complement(leave)
    assert np.exp(leave[0]) + np.exp(stay[0]) == pytest.approx(1.0, abs=1e-15)
    assert complement(leave[0]) == pytest.approx(stay[0], rel=1e-15)
    assert complement(stay) == pytest.approx(leave, rel=1e-12, abs=1e-13)
    # Of two rivals with equal scales either may be called the slower one.
    one = log_slower_derivatives(c, s, np.zeros(2))
    other = complement(swapped(log_slower_derivatives(s, c, np.zeros(2))))
    assert other == pytest.approx(one, rel=1e-12, abs=1e-13)


def test_near_and_far_meet():
    c, s = (np.tile(column, 2) for column in np.array(SHAPES).T)
    edge = np.repeat([64.0 * (1 - 1e-12), 64.0 * (1 + 1e-12)], len(SHAPES))
    near, far = np.split(log_slower_derivatives(c, s, edge), 2, axis=1)
    scale = np.maximum(np.abs(near), 1e-3)
    assert np.abs(near - far) / scale == pytest.approx(0, abs=1e-9)
