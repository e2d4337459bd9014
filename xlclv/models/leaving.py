"""Likelihoods of models in which customers may leave after each order, as sums over histories.

The likelihood of a history is that of having left at the last order, which falls into sums over one variable, times
1 + the odds of being alive: log(1 + odds) is all that needs a pass over the histories.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xlclv.models.arrays import FloatArray, inner
from xlclv.models.counts import Counts, TimeSums
from xlclv.models.families.nbd import SAME_RATE
from xlclv.models.parallel import map_blocks
from xlclv.text import Text

#: A value with its gradient and Hessian.
Terms: TypeAlias = tuple[float, FloatArray, FloatArray]

NOBODY_LEAVES = Text("a/(a+b) goes to 0: nobody leaves, so NBD says it all", "a/(a+b) 趋于 0：无人流失，用 NBD 即可")
_SAME_CHANCE = Text(
    "a and b grow without limit: all customers leave with the same chance, a/(a+b)",
    "a 和 b 无限增大：所有客户的流失概率相同，即 a/(a+b)",
)
_REPEAT_ORDER = Text("first repeat order", "首次复购")
_FIRST_ORDER = Text("first order", "首单")


class Histories(NamedTuple):
    """Distinct histories sorted by frequency: the columns of Counts that go through them one by one."""

    frequency: FloatArray
    recency: FloatArray
    gap: FloatArray
    weight: FloatArray
    run: NDArray[np.intp]


def repeaters(counts: Counts) -> Histories:
    """Return the histories of repeat customers."""
    return Histories(counts.frequency, counts.recency, counts.gap, counts.weight, counts.run)


def one_timers(sums: TimeSums) -> Histories:
    """Return the histories of one-time buyers, who have been silent since age 0."""
    none = np.zeros_like(sums.time)
    return Histories(none, none, sums.time, sums.customers, np.zeros(1, dtype=np.intp))


def dropout_terms(a: float, b: float, tail: FloatArray) -> Terms:
    """Return the sum over customers of log(B(a+1, b+n-1)/B(a, b)): staying n-1 times, then leaving.

    That is a/(a+b+n-1) times the product of (b+j)/(a+b+j) over j < n-1, with derivatives in log parameters.

    Parameters
    ----------
    a, b : float
        The chance to leave is Beta(a, b) distributed.
    tail : ndarray
        ``tail[j]`` is the number of customers with more than j occasions to leave; n is the number of them.
    """
    stayed = np.append(tail[1:], 0.0)  # customers with more than j+1 occasions stayed at the first j+1
    j = np.arange(len(tail))
    by_a = a / (a + b + j)
    by_b = b / (a + b + j)
    keep = b / (b + j)
    value = inner(tail - stayed, np.log(by_a)) - inner(stayed, np.log1p(a / (b + j)))
    gradient = np.array([0.0, 0.0, tail[0] - inner(tail, by_a), inner(stayed, keep) - inner(tail, by_b)])
    hessian = np.zeros((4, 4))
    hessian[2, 2] = -inner(tail, by_a * (1 - by_a))
    hessian[2, 3] = hessian[3, 2] = inner(tail, by_a * by_b)
    hessian[3, 3] = inner(stayed, keep * (1 - keep)) - inner(tail, by_b * (1 - by_b))
    return value, gradient, hessian


def alive_terms(r: float, alpha: float, a: float, b: float, histories: Histories, first_order: bool) -> list[Terms]:
    """Return the sums over blocks of histories of log(1 + odds of being alive), with derivatives in log parameters.

    The log odds are z = log((b+n-1)/a) - (r+x) log((alpha+T)/(alpha+t_x)), where n, the occasions to leave there were,
    is x+1 if customers may leave after the first order already, else x.
    """
    if len(histories.frequency) == 0:
        return []
    always = 0.0 if first_order else 1.0
    log_odds = np.log((b + np.arange(histories.frequency[-1] + 1.0 - always)) / a)
    return map_blocks(
        lambda rows: _alive_block(r, alpha, b, log_odds, histories, always, rows), len(histories.frequency)
    )


def _alive_block(
    r: float, alpha: float, b: float, log_odds: FloatArray, histories: Histories, always: float, rows: slice
) -> Terms:
    """Return the sum over one block; log((b+n-1)/a) is number n-1 = x - always of ``log_odds``."""
    x, w, gap = histories.frequency[rows], histories.weight[rows], histories.gap[rows]
    # Histories are sorted by frequency: what depends on it alone is constant in runs, and summed run by run.
    first, last = np.searchsorted(histories.run, (rows.start, rows.stop))
    runs = np.unique(np.append(histories.run[first:last] - rows.start, 0))
    before = x[runs] - always
    at_last = histories.recency[rows] + alpha
    u = np.reciprocal(at_last)
    at_last += gap
    v = np.reciprocal(at_last, out=at_last)
    silence = gap * u
    np.log1p(silence, out=silence)
    c = x + r
    z = np.repeat(log_odds[before.astype(np.intp)], np.diff(runs, append=len(x)))
    z -= c * silence
    # odds/(1 + odds) of the larger side, 1/(1 + e^-|z|), gives both log(1 + odds) and P(alive).
    larger = np.abs(z)
    np.negative(larger, out=larger)
    np.exp(larger, out=larger)
    larger += 1.0
    np.reciprocal(larger, out=larger)
    value = float(w @ np.maximum(z, 0.0) - w @ np.log(larger))
    larger -= 0.5
    p = np.copysign(larger, z, out=z)
    p += 0.5
    wp = np.multiply(w, p, out=larger)
    curved = np.multiply(wp, p, out=p)
    np.subtract(wp, curved, out=curved)
    # The slopes of z in the log parameters are -r silence, alpha shift, -1, b/(b+n-1); constants enter at the end.
    fall = u - v
    shift = np.multiply(c, fall, out=c)
    by_silence = curved * silence
    by_shift = curved * shift
    sum_p, sum_curved, sum_silence, sum_shift = (
        np.add.reduceat(column, runs) for column in (wp, curved, by_silence, by_shift)
    )
    keep = b / (b + before)
    gradient = np.array([-r * (silence @ wp), alpha * (shift @ wp), -sum_p.sum(), keep @ sum_p])
    h_rr, h_aa = r * r * (by_silence @ silence), sum_curved.sum()
    h_rt, h_tt = -r * alpha * (by_silence @ shift), alpha * alpha * (by_shift @ shift)
    h_ra, h_ta = r * sum_silence.sum(), -alpha * sum_shift.sum()
    h_rb, h_tb = -r * (keep @ sum_silence), alpha * (keep @ sum_shift)
    h_ab, h_bb = -(keep @ sum_curved), (keep * keep) @ sum_curved
    # Second derivatives of z itself.
    h_rr += gradient[0]
    h_rt += r * alpha * (fall @ wp)
    u += v
    shift *= wp
    h_tt += gradient[1] - alpha * alpha * (shift @ u)
    h_bb += (keep * (1.0 - keep)) @ sum_p
    hessian = np.array(
        [[h_rr, h_rt, h_ra, h_rb], [h_rt, h_tt, h_ta, h_tb], [h_ra, h_ta, h_aa, h_ab], [h_rb, h_tb, h_ab, h_bb]]
    )
    return value, gradient, hessian


def starts(counts: Counts) -> list[FloatArray]:
    """Return starts above the mean rate of the data, since some customers have left before their age."""
    time_per_order = counts.customers * counts.mean_age / counts.orders
    return [
        np.log([r, r * time_per_order / 2, a, b]) for r, a, b in ((0.5, 1.0, 3.0), (5.0, 0.1, 3.0), (1.0, 10.0, 40.0))
    ]


def border(escape: FloatArray, first_order: bool, nobody_leaves: Text = NOBODY_LEAVES) -> Text:
    """Say which limit the log parameters r, alpha, a, b approach."""
    r, alpha, a, b = escape
    order = _FIRST_ORDER if first_order else _REPEAT_ORDER
    limits = [SAME_RATE] if max(abs(r), abs(alpha)) > 0.1 else []
    if a - b < -0.1:
        limits.append(nobody_leaves)
    elif a - b > 0.1:
        limits.append(
            Text(
                f"a/(a+b) goes to 1: everybody leaves after the {order.en}",
                f"a/(a+b) 趋于 1：所有客户在{order.zh}后流失",
            )
        )
    elif max(a, b) > 0.1:
        limits.append(_SAME_CHANCE)
    elif min(a, b) < -0.1:
        limits.append(
            Text(
                f"a and b go to 0: customers leave after the {order.en} or never",
                f"a 和 b 趋于 0：客户要么在{order.zh}后流失，要么永不流失",
            )
        )
    return Text("; ".join(limit.en for limit in limits), "；".join(limit.zh for limit in limits))
