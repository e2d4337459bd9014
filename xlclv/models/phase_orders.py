"""Expected orders of a customer who orders after every k phases and leaves with a beta distributed chance after each.

Such a customer, alive and j phases past the last order, with phases ending at a Gamma(c, beta) rate and dropout chance
p ~ Beta(a, B), sees M phases end in the next t, negative binomial with y = t/beta, and makes

    h = sum over n >= 1 of E[(1-p)^(n-1)] P(M >= kn - j)

orders. Where few phases matter that sum is taken as it stands: its terms are positive, and small h keep their digits.
Else h is an integral over p. With phi = (1-p)^(1/k), (1-p)^((M+j) div k) is phi^(M+j) times a function of (M+j) mod k,
and that function is a sum of powers of the k-th roots of unity w; the generating function of M gives the rest:

    h = E[-expm1(-c log(1 + y (1-phi))) (1/k) sum over m < k of phi^(j-m) / p
          + sum over roots w^l other than 1 of phi^(j+1-k)/k w^(lj)/(phi - w^-l) expm1(-c log(1 + y (1 - phi w^l)))].
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from xlclv.models.arrays import FloatArray
from xlclv.models.beta_geometric import Means
from xlclv.models.beta_quadrature import DropoutRule
from xlclv.models.dropout import stay_chances
from xlclv.models.panels import WIDTH
from xlclv.models.steady import order_counts, some_order

#: Phases up to which the sum is taken as it stands, and for each phase of an order.
_FEW: Final = 400.0
_FEW_EACH: Final = 40.0

#: Numbers of phases whose chances are summed one by one, unless the rest is below this part of what some have.
_SUMMED: Final = 16.0
_SMALL: Final = 1e-3

#: Elements of a matrix worked on at once.
_CHUNK: Final = 1 << 18

#: Chances to stay below which the integrand is a short power series.
_HARDLY_STAYS: Final = 1e-4
_POWERS: Final = 5


def at_least(c: FloatArray, y: FloatArray, phases: float) -> FloatArray:
    """Return the chance that at least so many phases end within y at Gamma(c, 1) rates."""
    some = some_order(c, y)
    if phases == 1.0:
        return some
    result = np.zeros_like(c)
    if phases <= _SUMMED:
        result += some
        result -= order_counts(c, y, int(phases))[:, 1:].sum(axis=1)
    # The difference loses the digits of a small chance, which the incomplete beta function has.
    small = result <= _SMALL * some
    near = small & (y <= 1.0)
    result[near] = special.betainc(phases, c[near], y[near] / (1.0 + y[near]))
    far = small & (y > 1.0)
    result[far] = special.betaincc(c[far], phases, 1.0 / (1.0 + y[far]))
    return result


class PhaseOrders(Means):
    """Expected orders after every k phases: h as above with c = r + kx + j and B = b + x.

    Parameters
    ----------
    r, a, b : float
        Shape of the rates of phases, shapes of the dropout chance, before any order.
    k, phase : int
        Phases of an order; those passed since the last one, j.
    """

    def __init__(self, r: float, a: float, b: float, k: int, phase: int) -> None:
        self._r, self._a, self._b, self._k, self._phase = r, a, b, k, phase
        # Regular orders make steps of h, the steeper the larger k is.
        self.width = min(WIDTH, 3.0 / k)

    def up_to(self, history: float, y: float) -> Callable[[float, FloatArray], FloatArray]:
        """Return a function that returns h for one frequency and times."""
        rule = DropoutRule(self._r + self._phase, self._a, self._b, history, y)

        def orders(x: float, times: FloatArray) -> FloatArray:
            c = self._r + self._k * x + self._phase
            mean = c * times
            phases = mean + 10.0 * np.sqrt(mean * (1.0 + times)) + 45.0 * (1.0 + times) + self._k
            few = phases <= _FEW + _FEW_EACH * self._k
            result = np.empty_like(times)
            rows = np.flatnonzero(few)
            if len(rows):
                size = int(phases[rows].max())
                for part in _chunks(rows, size):
                    result[part] = self._sum(c, x, times[part], size)
            rows = np.flatnonzero(~few)
            if len(rows):
                p, weights = rule.of(x)
                for part in _chunks(rows, len(p)):
                    result[part] = self._integrate(c, p, weights, times[part])
            return result

        return orders

    def _sum(self, c: float, x: float, times: FloatArray, size: int) -> FloatArray:
        """Return h as the sum over n, for as many as ``size`` phases."""
        ended = order_counts(np.full_like(times, c), times, size)
        # Chances of at least so many phases, summed from the small ones.
        ended = np.cumsum(ended[:, ::-1], axis=1)[:, ::-1]
        ended = ended[:, self._k - self._phase :: self._k]
        stayed = stay_chances(self._a, np.array([self._b + x]), ended.shape[1])[0]
        result: FloatArray = np.einsum("ij,j->i", ended, stayed)
        return result

    def _integrate(self, c: float, p: FloatArray, weights: FloatArray, times: FloatArray) -> FloatArray:
        """Return h as the integral over p, given nodes and weights."""
        k, j = self._k, self._phase
        stay = 1.0 - p
        hardly = stay < _HARDLY_STAYS
        result = np.zeros_like(times)
        if hardly.any():
            for power in range(_POWERS):
                share = float(weights[hardly] @ stay[hardly] ** power)
                result += share * at_least(np.full_like(times, c), times, float(k * (power + 1) - j))
        p, weights = p[~hardly], weights[~hardly]
        log_phi = np.log1p(-p) / k
        phi, gap = np.exp(log_phi), -np.expm1(log_phi)
        mean = np.exp(j * log_phi) * np.expm1(-k * log_phi) / (k * np.expm1(-log_phi))
        chances = np.expm1(-c * np.log1p(np.outer(times, gap)))
        result -= np.einsum("ij,j->i", chances, weights * mean / p)
        scale = weights * np.exp((j + 1 - k) * log_phi) / k
        for root in range(1, k // 2 + 1):
            angle = 2.0 * math.pi * root / k
            # 1 + y (1 - phi w^l) = exp(size + i turn); 1 - phi cos is written without cancellation.
            real = np.outer(times, gap + phi * 2.0 * math.sin(angle / 2.0) ** 2)
            imaginary = np.outer(times, -phi * math.sin(angle))
            turn = -c * np.arctan2(imaginary, 1.0 + real)
            with np.errstate(over="ignore"):
                log_size = 0.5 * np.log1p(real * (2.0 + real) + imaginary * imaginary)
            log_size *= -c
            # expm1(z) = expm1(Re z) cos(Im z) - 2 sin^2(Im z / 2) + i exp(Re z) sin(Im z).
            real = np.expm1(log_size) * np.cos(turn) - 2.0 * np.sin(turn / 2.0) ** 2
            imaginary = np.exp(log_size) * np.sin(turn)
            factor = np.exp(1j * angle * j) / (phi - np.exp(-1j * angle))
            # Conjugate roots give conjugate terms; -1 is its own.
            factor *= scale * (1.0 if 2 * root == k else 2.0)
            result += np.einsum("ij,j->i", real, factor.real) - np.einsum("ij,j->i", imaginary, factor.imag)
        return result


def _chunks(rows: NDArray[np.intp], width: int) -> list[NDArray[np.intp]]:
    """Cut rows so that a matrix of them is not too large."""
    step = max(1, _CHUNK // max(width, 1))
    return [rows[start : start + step] for start in range(0, len(rows), step)]
