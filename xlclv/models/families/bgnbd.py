"""BG/NBD: customers order at random at their own rate and may leave after each repeat order.

Source: Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005), "Counting your customers" the easy way: an alternative to
the Pareto/NBD model, Marketing Science 24, 275-284; equation numbers below are of that paper.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from xlclv.models.arrays import FloatArray, inner
from xlclv.models.counts import Counts
from xlclv.models.dropout import DropoutFuture
from xlclv.models.families.nbd import SAME_RATE, exposure_terms, gamma_terms
from xlclv.models.future import Future
from xlclv.models.model import Model, Parameters
from xlclv.models.newton import Derivatives
from xlclv.models.parallel import map_blocks
from xlclv.text import Text

NOBODY_LEAVES = Text("a/(a+b) goes to 0: nobody leaves, so NBD says it all", "a/(a+b) 趋于 0：无人流失，用 NBD 即可")
ALL_LEAVE = Text(
    "a/(a+b) goes to 1: everybody leaves after the first repeat order", "a/(a+b) 趋于 1：所有客户在首次复购后流失"
)
SAME_CHANCE = Text(
    "a and b grow without limit: all customers leave with the same chance, a/(a+b)",
    "a 和 b 无限增大：所有客户的流失概率相同，即 a/(a+b)",
)
LEAVE_OR_STAY = Text(
    "a and b go to 0: customers leave after the first repeat order or never",
    "a 和 b 趋于 0：客户要么在首次复购后流失，要么永不流失",
)

_Terms = tuple[float, FloatArray, FloatArray]


class BGNBD(Model):
    """Gamma(r, alpha) distributed Poisson rates; Beta(a, b) distributed chances to leave after each repeat order."""

    name: ClassVar[str] = "BG/NBD"
    parameters: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")

    def starts(self, counts: Counts) -> list[FloatArray]:
        """Return starts above the mean rate of the data, since some customers have left before their age."""
        time_per_order = counts.customers * counts.mean_age / counts.orders
        return [
            np.log([r, r * time_per_order / 2, a, b])
            for r, a, b in ((0.5, 1.0, 3.0), (5.0, 0.1, 3.0), (1.0, 10.0, 40.0))
        ]

    def likelihood(self, theta: FloatArray, counts: Counts) -> Derivatives:
        """Return the log likelihood (equation 6) with exact derivatives.

        It is written as the likelihood of having left at the last order, which falls into sums over one variable, times
        1 + the odds of being alive: log(1 + odds) is all that needs a pass over the histories.
        """
        r, alpha, a, b = np.exp(theta)
        value, gradient, hessian = _dropout_terms(a, b, counts.tail)
        for rate in (
            gamma_terms(r, alpha, counts.tail),
            exposure_terms(r, alpha, counts.by_recency.time, counts.by_recency.customers, counts.by_recency.orders),
            exposure_terms(r, alpha, counts.one_time.time, counts.one_time.customers, counts.one_time.orders),
        ):
            value += rate[0]
            gradient[:2] += rate[1]
            hessian[:2, :2] += rate[2]
        log_odds = np.log((b + np.arange(len(counts.tail))) / a)
        for part in map_blocks(lambda rows: _alive_terms(r, alpha, b, log_odds, counts, rows), len(counts.frequency)):
            value += part[0]
            gradient += part[1]
            hessian += part[2]
        return Derivatives(value, gradient, hessian)

    def border(self, escape: FloatArray) -> Text:
        """Say which limit the parameters approach."""
        r, alpha, a, b = escape
        limits = [SAME_RATE] if max(abs(r), abs(alpha)) > 0.1 else []
        if a - b < -0.1:
            limits.append(NOBODY_LEAVES)
        elif a - b > 0.1:
            limits.append(ALL_LEAVE)
        elif max(a, b) > 0.1:
            limits.append(SAME_CHANCE)
        elif min(a, b) < -0.1:
            limits.append(LEAVE_OR_STAY)
        return Text("; ".join(limit.en for limit in limits), "；".join(limit.zh for limit in limits))

    def states(
        self, parameters: Parameters, frequency: FloatArray, recency: FloatArray, age: FloatArray
    ) -> tuple[FloatArray, ...]:
        """Return P(alive): 1/(1 + a/(b+x-1) ((alpha+T)/(alpha+t_x))^(r+x)), and 1 without repeat orders.

        Source: Fader, Hardie and Lee (2008), "Computing P(alive) using the BG/NBD model", equation 3.
        """
        r, alpha, a, b = parameters
        odds = age - recency
        odds /= recency + alpha
        np.log1p(odds, out=odds)
        odds *= frequency + r
        # Beyond e^700 the chance is nil, and infinity times 0 must not happen below.
        np.minimum(odds, 700.0, out=odds)
        np.exp(odds, out=odds)
        with np.errstate(over="ignore"):
            odds *= a * (frequency > 0)
            odds /= np.maximum(frequency - 1.0, 0.0) + b
        odds += 1.0
        return (np.reciprocal(odds, out=odds),)

    def futures(self, parameters: Parameters) -> tuple[Future, ...]:
        """Return orders until one after which the customer leaves, with a Beta(a, b+x) distributed chance each."""
        r, alpha, a, b = parameters
        return (DropoutFuture(r, alpha, a, b),)


def _dropout_terms(a: float, b: float, tail: FloatArray) -> _Terms:
    """Return the sum over repeat customers of log(B(a+1, b+x-1)/B(a, b)): staying x-1 times, then leaving.

    That is a/(a+b+x-1) times the product of (b+j)/(a+b+j) over j < x-1.
    """
    stayed = np.append(tail[1:], 0.0)  # customers with more than j+1 orders stayed after order j+1
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


def _alive_terms(r: float, alpha: float, b: float, log_odds: FloatArray, counts: Counts, rows: slice) -> _Terms:
    """Return the sum over some histories of log(1 + odds of being alive), with derivatives in log parameters.

    The log odds are z = log((b+x-1)/a) - (r+x) log((alpha+T)/(alpha+t_x)).
    """
    x, w, gap = counts.frequency[rows], counts.weight[rows], counts.gap[rows]
    # Histories are sorted by frequency: what depends on it alone is constant in runs, and summed run by run.
    first, last = np.searchsorted(counts.run, (rows.start, rows.stop))
    runs = np.unique(np.append(counts.run[first:last] - rows.start, 0))
    before = x[runs] - 1.0
    at_last = counts.recency[rows] + alpha
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
    # The slopes of z in the log parameters are -r silence, alpha shift, -1, b/(b+x-1); constants enter at the end.
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


MODEL = BGNBD()
