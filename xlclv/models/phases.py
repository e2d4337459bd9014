"""Orders at the end of every k-th phase: what a history says of the phase a customer is in, in the CNBD-k models.

Phases end at random at the customer's rate, Gamma(r, alpha) distributed, so the times between orders are Erlang-k
distributed: the larger k is, the more regular they are. A customer of x orders, the last at t, who has been silent
since is in phase j = 0, ..., k-1 of the next order; given an order at t, those phases have the chances

    s_j (1-q)^c,   s_j = (c)_j / j! q^j,   q = (T-t)/(alpha+T),   c = r + k x.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xlclv.models.arrays import FloatArray
from xlclv.models.leaving import Histories, Terms
from xlclv.models.parallel import map_blocks


class Silence(NamedTuple):
    """The chance of no order since the last, and the shares of the phases in it.

    Attributes
    ----------
    log : ndarray, shape (n,)
        Logarithm of the chance.
    shares : ndarray, shape (k, n)
        Sum to 1.
    """

    log: FloatArray
    shares: FloatArray


def rising(c: FloatArray, k: int) -> FloatArray:
    """Return the logarithms of (c)_j / j! for j < k, shape (k, n)."""
    j = np.arange(k - 1.0)[:, None]
    logs = np.zeros((k, len(c)))
    np.cumsum(np.log((c + j) / (j + 1.0)), axis=0, out=logs[1:])
    return logs


def silence(alpha: float, c: FloatArray, coefficients: FloatArray, recency: FloatArray, gap: FloatArray) -> Silence:
    """Return the chance of no order in the gap.

    Parameters
    ----------
    alpha : float
        Scale of the rates before any order.
    c : ndarray, shape (n,)
        r + k x.
    coefficients : ndarray, shape (k, n)
        :func:`rising` of it.
    recency, gap : ndarray, shape (n,)
        t and T - t.
    """
    at_last = recency + alpha
    with np.errstate(divide="ignore"):
        log_q = np.log(gap / (at_last + gap))
    shares = coefficients.copy()
    if len(shares) > 1:
        shares[1:] += np.arange(1.0, len(shares))[:, None] * log_q
    largest = shares.max(axis=0)
    shares -= largest
    np.exp(shares, out=shares)
    total = shares.sum(axis=0)
    shares /= total
    largest += np.log(total)
    largest -= c * np.log1p(gap / at_last)
    # A chance is at most 1, though rounding may say otherwise.
    return Silence(np.minimum(largest, 0.0, out=largest), shares)


def silence_terms(
    r: float, alpha: float, a: float, b: float, k: int, histories: Histories, first_order: bool
) -> list[Terms]:
    """Return the sums over blocks of histories of log(1 + odds of being alive), with derivatives in log parameters.

    The log odds are log((b+n-1)/a) + log of the chance of silence, where n is the occasions to leave there were: x+1 if
    customers may leave after the first order already, else x. One-time buyers, if they may not, are certainly alive,
    and the sums are those of the log of the chance of silence.
    """
    if len(histories.frequency) == 0:
        return []
    return map_blocks(lambda rows: _block(r, alpha, a, b, k, histories, first_order, rows), len(histories.frequency))


def _block(
    r: float, alpha: float, a: float, b: float, k: int, histories: Histories, first_order: bool, rows: slice
) -> Terms:
    x, w = histories.frequency[rows], histories.weight[rows]
    recency, gap = histories.recency[rows], histories.gap[rows]
    # Histories are sorted by frequency: what depends on it alone is worked out once for each.
    first, last = np.searchsorted(histories.run, (rows.start, rows.stop))
    runs = np.unique(np.append(histories.run[first:last] - rows.start, 0))
    lengths = np.diff(runs, append=len(x))
    at_runs = r + k * x[runs]
    phase = np.arange(k - 1.0)[:, None]
    passed, passed_2 = np.zeros((k, len(runs))), np.zeros((k, len(runs)))
    np.cumsum(1.0 / (at_runs + phase), axis=0, out=passed[1:])
    np.cumsum(-1.0 / (at_runs + phase) ** 2, axis=0, out=passed_2[1:])
    coefficients, passed, passed_2 = (
        np.repeat(table, lengths, axis=1) for table in (rising(at_runs, k), passed, passed_2)
    )
    c = r + k * x
    log, shares = silence(alpha, c, coefficients, recency, gap)
    u = 1.0 / (recency + alpha)
    v = 1.0 / (recency + alpha + gap)
    j = np.arange(float(k))[:, None]
    mean_j, mean_h = (shares * j).sum(axis=0), (shares * passed).sum(axis=0)
    from_j, from_h = j - mean_j, passed - mean_h
    by_j, by_h = shares * from_j, shares * from_h
    # Derivatives of the log of the chance of silence in log r and log alpha.
    fall = gap * u * v
    slope_r = r * (mean_h - np.log1p(gap * u))
    slope_t = alpha * (c * fall - v * mean_j)
    curve_rr = slope_r + r * r * ((by_h * from_h).sum(axis=0) + (shares * passed_2).sum(axis=0))
    curve_rt = r * alpha * (fall - v * (by_h * from_j).sum(axis=0))
    curve_tt = slope_t + alpha * alpha * (v * v * ((by_j * from_j).sum(axis=0) + mean_j) - c * fall * (u + v))
    if not first_order and histories.frequency[0] == 0:
        gradient = np.array([w @ slope_r, w @ slope_t, 0.0, 0.0])
        hessian = np.zeros((4, 4))
        hessian[:2, :2] = [[w @ curve_rr, w @ curve_rt], [w @ curve_rt, w @ curve_tt]]
        return float(w @ log), gradient, hessian
    before = x if first_order else x - 1.0
    z = np.log((b + before) / a) + log
    p = 1.0 / (1.0 + np.exp(-np.abs(z)))
    value = float(w @ (np.maximum(z, 0.0) - np.log(p)))
    p = np.where(z < 0, 1.0 - p, p)
    keep = b / (b + before)
    slopes = np.stack([slope_r, slope_t, np.full_like(x, -1.0), keep])
    wp = w * p
    hessian = np.einsum("ik,jk,k->ij", slopes, slopes, wp * (1.0 - p))
    rt = wp @ curve_rt
    hessian[:2, :2] += [[wp @ curve_rr, rt], [rt, wp @ curve_tt]]
    hessian[3, 3] += wp @ (keep * (1.0 - keep))
    return value, slopes @ wp, hessian
