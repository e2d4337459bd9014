"""Customers who may leave after each order, with chances of their own: the future of BG/NBD with features.

Where only frequency and age differ, integrals over the dropout chance are tabulated (`xlclv.models.beta_geometric`);
where its distribution differs by customer, each customer gets a quadrature rule of its own, and what is tabulated is
the integrand.
"""

from __future__ import annotations

import numpy as np

from xlclv.models.arrays import BoolArray, FloatArray
from xlclv.models.discounting import groups
from xlclv.models.dropout import DropoutFuture
from xlclv.models.frequencies import Frequencies
from xlclv.models.panels import Panels
from xlclv.models.parallel import map_blocks

#: Step of the trapezoidal rule, and steps to a standard deviation of a narrow distribution.
_STEP = 0.25
_STEPS_PER_DEVIATION = 1.8

#: Customers get numbers of nodes that are multiples of this.
_ROUND = 8

#: Natural logarithm of what is left out at either end.
_DIGITS = 42.0

#: How far from what the integrand changes over its ends are stretched.
_MARGIN = 2.0

#: Elements of a matrix of customers by nodes worked on at once.
_ELEMENTS = 65_536

#: Times ahead summed at once.
_CHUNK = 1024


class OwnDropoutFuture(DropoutFuture):
    """Orders at Gamma(r+x, alpha+T) distributed rates until one after which the customer leaves.

    Parameters
    ----------
    r : float
        Shape of the order rates before any order.
    alpha, a, b : float or ndarray
        Scale of the order rates; the chance to leave is Beta(a, b+x) distributed. Vectors have one element for each of
        the customers of every call.
    """

    own = True

    def __init__(self, r: float, alpha: FloatArray, a: FloatArray, b: FloatArray) -> None:
        super().__init__(r, alpha, a, b)  # type: ignore[arg-type]

    def orders(self, frequency: FloatArray, age: FloatArray, periods: FloatArray) -> FloatArray:
        """Return the expected orders, customer by customer."""
        one = np.ones(1)
        periods = np.broadcast_to(periods, frequency.shape)
        result = np.zeros(len(frequency))
        some = np.flatnonzero(periods > 0)
        if len(some):
            # In units of the horizon of each, all horizons are 1.
            scale = (self._alpha + age)[some] / periods[some]
            result[some] = self._summed(some, frequency[some], scale, one, one)
        return result

    def each(self, frequency: FloatArray, age: FloatArray, times: FloatArray, factors: FloatArray) -> FloatArray:
        """Return sums over a horizon: one integral for each customer, whatever the number of times."""
        if len(frequency) == 0 or len(times) == 0:
            return np.zeros(len(frequency))
        return self._summed(np.arange(len(frequency)), frequency, self._alpha + age, times, factors)

    def lifetime(self, frequency: FloatArray, age: FloatArray) -> FloatArray:
        """Return the mean of 1/p, (a+b+x-1)/(a-1), where there is one."""
        a, b, _ = np.broadcast_arrays(self._a, self._b, age)
        finite = a > 1.0
        return np.where(finite, (a + b + frequency - 1.0) / np.where(finite, a - 1.0, 1.0), np.inf)

    def _summed(
        self, rows: np.ndarray, frequency: FloatArray, scale: FloatArray, times: FloatArray, factors: FloatArray
    ) -> FloatArray:
        """Return the sums over k of factors[k] E[(1 - (1 + p times[k] / scale)^-c) / p], p ~ Beta(a, b + x)."""
        a, b = (np.broadcast_to(shape, np.shape(self._alpha))[rows] for shape in (self._a, self._b))
        c, longest = self._r + frequency, float(times[-1])
        rule = _Rule(a, b + frequency, (c + 1.0) * (longest / scale))
        ahead = _Ahead(self._r, frequency, scale, times, factors, int(rule.counts.sum()))
        result = np.empty(len(frequency))
        for some in groups(rule.counts // _ROUND, int(rule.counts.max()) // _ROUND + 1):
            count = int(rule.counts[some[0]]) if len(some) else 1
            step = max(1, _ELEMENTS // count)

            def work(block: slice, some: np.ndarray = some, count: int = count, step: int = step) -> None:
                for start in range(block.start, block.stop, step):
                    chosen = some[start : min(start + step, block.stop)]
                    p, weights = rule.nodes(chosen, count)
                    p /= scale[chosen, None]
                    means = np.einsum("nk,nk->n", weights, ahead.per_rate(chosen, p))
                    result[chosen] = means / weights.sum(axis=1) / scale[chosen]

            map_blocks(work, len(some))
        return result


class _Ahead:
    """The integrand: discounted orders of a customer of order rates Gamma(c, scale) who leaves with chance p.

    In w = p / scale it is 1 / (scale w) times the sum over k of factors[k] (1 - (1 + w times[k])^-c), a function of c
    and w alone: for many customers it is tabulated for each c.
    """

    def __init__(
        self, r: float, frequency: FloatArray, scale: FloatArray, times: FloatArray, factors: FloatArray, size: int
    ) -> None:
        self._c = r + frequency
        self._times, self._factors = times, factors
        self._frequencies = Frequencies(frequency)
        histories = self._frequencies.distinct
        # Below this w it is its value at 0, and above the largest nobody asks.
        self._low = 1e-17 / ((r + float(histories[-1]) + 1.0) * float(times[-1]))
        high = max(1.0 / float(scale.min()), 2.0 * self._low)
        self._panels: Panels | None = None
        if len(times) > 1 and size > len(histories) * Panels.cost(self._low, high):
            self._panels = Panels(self._low, high)
            nodes = self._panels.nodes
            values = np.stack([self._direct(np.full((1, 1), r + x), nodes[None, :])[0] for x in histories.tolist()])
            self._table = self._panels.coefficients(values)
            self._numbers = self._frequencies.numbers(slice(None))

    def per_rate(self, rows: np.ndarray, w: FloatArray) -> FloatArray:
        """Return scale times the integrand for some customers, at ``w`` of shape (n, nodes)."""
        if self._panels is None:
            return self._direct(self._c[rows, None], w)
        numbers = np.repeat(self._numbers[rows], w.shape[1])
        values = self._panels.evaluate(self._table, numbers, np.maximum(w, self._low).reshape(-1))
        return values.reshape(w.shape)

    def _direct(self, c: FloatArray, w: FloatArray) -> FloatArray:
        total = np.zeros(w.shape)
        for time, factor in zip(self._times.tolist(), self._factors.tolist(), strict=True):
            chance = np.log1p(w * time)
            chance *= -c
            np.expm1(chance, out=chance)
            chance *= -factor
            total += chance
        total /= w
        return total


class _Rule:
    """Quadrature rules for Beta(a, b) distributed chances p, one for each customer.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        Shapes.
    slope : ndarray, shape (n,)
        The function to integrate falls with p from about 1/slope on, and no faster than 1/p.

    Attributes
    ----------
    counts : ndarray of int, shape (n,)
        Numbers of nodes.

    Notes
    -----
    The trapezoidal rule in s, where log(p/(1-p)) = u = s - exp(left - s) + exp(s - right): between left and right,
    where the integrand changes, about u itself, beyond them stretched so that tails of small a or b, long in u, end
    soon, as in the double exponential rules of Takahasi and Mori (1974). Weights are relative to the mode and divided
    by their sum, so no beta function enters.
    """

    def __init__(self, a: FloatArray, b: FloatArray, slope: FloatArray) -> None:
        self._a, self._b = a, b
        self._mode = np.log(a / b)
        mean = a / (a + b)
        low = self._mode - _reach(a, b, _DIGITS + np.log1p(slope * mean))
        high = self._mode + _reach(b, a, np.full_like(a, _DIGITS))
        self._left = -np.log1p(b + slope) - _MARGIN
        self._right = np.log1p(a) + _MARGIN
        self._start = self._unstretched(low)
        self._length = self._unstretched(high) - self._start
        deviation = np.sqrt((a + b) / a / b)
        steps = self._length / np.minimum(_STEP, deviation / _STEPS_PER_DEVIATION)
        self.counts = (_ROUND * np.ceil((steps + 1.0) / _ROUND)).astype(np.intp)

    def nodes(self, rows: np.ndarray, count: int) -> tuple[FloatArray, FloatArray]:
        """Return nodes and weights of some customers who have ``count`` of them, shape (n, count)."""
        s = self._start[rows, None] + self._length[rows, None] * (np.arange(count) / (count - 1.0))
        before, after = np.exp(self._left[rows, None] - s), np.exp(s - self._right[rows, None])
        u = s - before
        u += after
        a, b = self._a[rows, None], self._b[rows, None]
        # The log density in u relative to the mode, a d - (a+b) log(1 + a/(a+b) (e^d - 1)) with d = u - mode, seen from
        # the side of the smaller shape: there it cancels nothing.
        less = np.minimum(a, b)
        off = u - self._mode[rows, None]
        np.negative(off, out=off, where=a > b)
        weights = less * off
        weights -= (a + b) * (
            np.log1p(less / (a + b) * np.expm1(np.minimum(off, 600.0))) + np.maximum(off - 600.0, 0.0)
        )
        np.exp(weights, out=weights)
        before += after
        before += 1.0
        weights *= before
        return 1.0 / (1.0 + np.exp(-np.maximum(u, -600.0))), weights

    def _unstretched(self, u: FloatArray) -> FloatArray:
        """Return the s of u."""
        below, above = self._left - u, u - self._right
        s = np.where(below > 0, self._left - np.log1p(np.maximum(below, 0.0)), u)
        s = np.where(above > 0, self._right + np.log1p(np.maximum(above, 0.0)), s)
        for _ in range(8):  # Newton's method, which starts within 1
            before, after = np.exp(self._left - s), np.exp(s - self._right)
            s -= (s - before + after - u) / (1.0 + before + after)
        return s


def _reach(a: FloatArray, b: FloatArray, digits: FloatArray) -> FloatArray:
    """Return how far left of its mode the density of log(p/(1-p)) has fallen by e^-digits, or a little farther."""
    sum_ = a + b
    distance = (digits + sum_ * np.log1p(a / b)) / a
    for _ in range(60):
        # Convex and increasing in the distance: Newton's method comes from the right.
        near = np.exp(-distance)
        fallen = a * distance + sum_ * (np.logaddexp(np.log(b), np.log(a) - distance) - np.log(sum_))
        ahead: BoolArray = fallen > digits + 1.0
        if not ahead.any():
            break
        slope = a * b * -np.expm1(-distance) / (b + a * near)
        distance = np.where(ahead, distance - (fallen - digits) / slope, distance)
    return distance
