"""Quadrature rules from the moments of a distribution."""

from __future__ import annotations

import numpy as np

from xlclv.models.arrays import FloatArray


def gauss(moments: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of the Gauss rule with given moments about 0, of distributions on [0, 1].

    Parameters
    ----------
    moments : ndarray, shape (..., 2 n)
        The first is 1.

    Returns
    -------
    nodes, weights : ndarray, shape (..., n)
        Where fewer nodes have all the moments, the others have no weight.

    Notes
    -----
    Chebyshev's algorithm on the moments about the mean, and the eigenvalues of the matrix of its recurrence (Golub and
    Welsch, 1969).

    Examples
    --------
    >>> nodes, weights = gauss(1.0 / np.arange(1.0, 5.0))  # the uniform distribution
    >>> nodes.round(6), weights.round(6)
    (array([0.211325, 0.788675]), array([0.5, 0.5]))
    """
    count = moments.shape[-1] // 2
    flat = moments.reshape(-1, 2 * count)
    mean = flat[:, 1]
    scale = np.sqrt(np.maximum(flat[:, 2] - mean**2, 0.0))
    narrow = scale <= 1e-7
    scale[narrow] = 1.0
    sigma = _central(flat, mean) / scale[:, None] ** np.arange(2 * count)
    a, b = np.zeros((len(flat), count)), np.zeros((len(flat), count))
    before = np.zeros_like(sigma)
    a[:, 0] = sigma[:, 1]
    alive = ~narrow
    for k in range(1, count):
        after = np.zeros_like(sigma)
        places = np.arange(k, 2 * count - k)
        after[:, places] = (
            sigma[:, places + 1] - a[:, k - 1 : k] * sigma[:, places] - b[:, k - 1 : k] * before[:, places]
        )
        # A step that leaves nothing, but for rounding, ends the rule.
        alive = alive & (after[:, k] > 1e-9 * sigma[:, k - 1])
        ratio = np.where(alive, after[:, k] / np.where(alive, sigma[:, k - 1], 1.0), 0.0)
        b[:, k] = ratio
        fall = after[:, k + 1] / np.where(alive, after[:, k], 1.0)
        a[:, k] = np.where(alive, fall - sigma[:, k] / np.where(alive, sigma[:, k - 1], 1.0), 0.0)
        before, sigma = sigma, after
    matrix = np.zeros((len(flat), count, count))
    steps = np.arange(count)
    matrix[:, steps, steps] = a
    side = np.sqrt(b[:, 1:])
    matrix[:, steps[1:], steps[:-1]] = side
    matrix[:, steps[:-1], steps[1:]] = side
    nodes, vectors = np.linalg.eigh(matrix)
    nodes = mean[:, None] + scale[:, None] * nodes
    weights = vectors[:, 0, :] ** 2
    shape = (*moments.shape[:-1], count)
    return nodes.reshape(shape), weights.reshape(shape)


def shifted(moments: FloatArray, by: float) -> FloatArray:
    """Return the moments of a variable plus ``by``."""
    count = moments.shape[-1]
    result = moments.copy()
    for start in range(count - 1):
        for k in range(count - 1, start, -1):
            result[..., k] += by * result[..., k - 1]
    return result


def _central(moments: FloatArray, mean: FloatArray) -> FloatArray:
    """Return moments about the mean, shape (n, count)."""
    result = moments.copy()
    count = moments.shape[1]
    # Repeated synthetic division: E[(x - m) x^k] from E[x^(k+1)], and so on.
    for start in range(count - 1):
        for k in range(count - 1, start, -1):
            result[:, k] -= mean * result[:, k - 1]
    return result
