"""Gauss quadrature for beta distributions, exact for polynomials and accurate for extreme shapes."""

from __future__ import annotations

import math

import numpy as np

from xlclv.models.arrays import FloatArray

#: From this a on Beta(a, b + x) is narrow enough to integrate in one piece.
_NARROW = 100.0
_NARROW_NODES = 32

_NODES = 16


def gauss_beta(a: FloatArray, b: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of the Gauss rule for the Beta(a, b) distribution.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        Shapes, positive.
    count : int
        Number of nodes.

    Returns
    -------
    nodes, weights : ndarray, shape (n, count)
        Weights sum to 1.

    Notes
    -----
    Golub and Welsch (1969), "Calculation of Gauss quadrature rules", Mathematics of Computation 23, 221-230. The
    recurrence of the Jacobi polynomials on [0, 1] is taken in its birth-and-death form, in which the entries of the
    matrix are sums and products of positive numbers: no digits are lost however large or small the shapes are.

    Examples
    --------
    >>> nodes, weights = gauss_beta(np.array([2.0]), np.array([3.0]), 4)
    >>> round(float((nodes * weights).sum()), 12)  # the mean, a / (a + b)
    0.4
    """
    a, b = a[:, None], b[:, None]
    n = np.arange(count)
    # The first steps divide by a + b - 1 + n and must not at n = 0, where it may vanish.
    up = np.where(n == 0, a / (a + b), 0.0)
    later = n[1:]
    up[:, 1:] = (later + a + b - 1) * (later + a) / ((2 * later + a + b - 1) * (2 * later + a + b))
    down = np.zeros_like(up)
    down[:, 1:] = later * (later + b - 1) / ((2 * later + a + b - 2) * (2 * later + a + b - 1))
    # At n = 1 the factors later + b - 1 and 2 later + a + b - 2 are b and a + b.
    if count > 1:
        down[:, 1] = (b / ((a + b) * (1 + a + b)))[:, 0]
        up[:, 1] = ((a + b) * (1 + a) / ((1 + a + b) * (2 + a + b)))[:, 0]
    matrix = np.zeros((len(a), count, count))
    matrix[:, n, n] = up + down
    side = np.sqrt(up[:, :-1] * down[:, 1:])
    matrix[:, n[:-1], n[1:]] = side
    matrix[:, n[1:], n[:-1]] = side
    nodes, vectors = np.linalg.eigh(matrix)
    return np.clip(nodes, 0.0, 1.0), vectors[:, 0, :] ** 2


class DropoutRule:
    """A quadrature rule for dropout chances p ~ Beta(a, b + x) after x orders, for smooth functions of p y.

    Parameters
    ----------
    r, a, b : float
        Shape of the order rates, shapes of the dropout chance, before any order.
    largest_history : float
        Largest x.
    largest_y : float
        Largest y.

    Attributes
    ----------
    nodes : ndarray or None
        The nodes, if they are the same for all x.

    Notes
    -----
    The interval is cut at p0, where the integrand starts to feel x or y, and near 1. Left of p0 serves Gauss's rule for
    p^(a-1), near 1 that for (1-p)^(b-1), between them Legendre's on panels of log p that span a factor of 4, less if a
    is large. The density is normalised by the same rule, so neither a beta function nor its rounding enters.
    """

    def __init__(self, r: float, a: float, b: float, largest_history: float, largest_y: float) -> None:
        self._a, self._b = a, b
        self.nodes: FloatArray | None = None
        if a >= _NARROW:
            return
        rest = min(0.5, 4.0 / a)
        end = 1.0 - rest
        p0 = 1.0 / (2.0 + b + largest_history + max(r + largest_history, 1.0) * largest_y)
        p0 = min(max(p0, a / (a + b + largest_history) * math.exp(-90.0 / a)), 0.9 * end)
        count = max(1, math.ceil(math.log(end / p0) / min(math.log(4.0), 3.0 / math.sqrt(a))))
        step = math.log(end / p0) / count

        u, left = (part[0] for part in gauss_beta(np.array([a]), np.ones(1), _NODES))
        p_left = p0 * np.maximum(u, 1e-30)
        t, legendre = np.polynomial.legendre.leggauss(_NODES)
        log_p = (math.log(p0) + step * (np.arange(count)[:, None] + (1.0 + t) / 2.0)).reshape(-1)
        p_middle = np.exp(log_p)
        # 1 - p = rest u with u ~ Beta(b, 1).
        v, right = (part[0] for part in gauss_beta(np.ones(1), np.array([b]), _NODES))
        stay = rest * np.maximum(1.0 - v, 1e-290)
        p_right = 1.0 - stay

        self.nodes = np.concatenate([p_left, p_middle, p_right])
        self._log_stay = np.concatenate([np.log1p(-p_left), np.log1p(-p_middle), np.log(stay)])
        self._weights = np.concatenate([left / a, np.tile(step / 2.0 * legendre, count), right / (b * p_right)])
        #: Logarithm of the density with respect to these weights at x = 0.
        self._log_density = np.concatenate(
            [
                a * math.log(p0) + (b - 1.0) * np.log1p(-p_left),
                a * log_p + (b - 1.0) * np.log1p(-p_middle),
                a * np.log(p_right) + b * math.log(rest),
            ]
        )

    def of(self, x: float) -> tuple[FloatArray, FloatArray]:
        """Return nodes and weights for Beta(a, b + x); the weights sum to 1."""
        if self.nodes is None:
            nodes, weights = gauss_beta(np.array([self._a]), np.array([self._b + x]), _NARROW_NODES)
            return nodes[0], weights[0]
        density = self._log_density + x * self._log_stay
        density -= density.max()
        weights = self._weights * np.exp(density)
        return self.nodes, weights / weights.sum()
