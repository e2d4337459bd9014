"""Customers who may order at opportunities: what a history says, and what is ahead, in the BG/BB model.

At each opportunity a customer who is still there orders with a Beta(alpha, beta) distributed chance; before each the
customer leaves with a Beta(gamma, delta) distributed chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xlclv.models.arrays import FloatArray
from xlclv.models.beta_quadrature import DropoutRule
from xlclv.models.frequencies import Frequencies, Numbers
from xlclv.models.future import Future

_Terms: TypeAlias = tuple[FloatArray, FloatArray, FloatArray]

#: A sum stops when what is left of it is below this part of it.
_NIL = 1e-18


class Walk:
    """The terms of the likelihoods of histories, from having left never back to having left long ago.

    Histories of one frequency and age differ in how far back the sum goes: their last opportunity used.

    Parameters
    ----------
    parameters : ndarray, shape (4,)
        alpha, beta, gamma, delta.
    frequency, age, gap : ndarray, shape (n,)
        Whole numbers; gap is age less recency.
    """

    def __init__(self, parameters: FloatArray, frequency: FloatArray, age: FloatArray, gap: FloatArray) -> None:
        width = int(frequency.max(initial=0.0)) + 1
        keys, pair = np.unique(age.astype(np.int64) * width + frequency.astype(np.int64), return_inverse=True)
        longest = np.zeros(len(keys))
        np.maximum.at(longest, pair, gap)
        # Pairs whose sums go far come first, so that those still going are a slice.
        order = np.argsort(-longest, kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        self._x, self._age = (keys % width)[order], (keys // width)[order]
        steps = np.arange(int(gap.max(initial=0.0)) + 1)
        self._going = np.searchsorted(-longest[order], -steps, side="right")
        rows = np.argsort(gap, kind="stable")
        ends = np.searchsorted(gap[rows], steps, side="right")
        self._rows = np.split(rows, ends[:-1])
        self._pairs = np.split(rank[pair.reshape(-1)[rows]], ends[:-1])
        alpha, beta, gamma, delta = parameters.tolist()
        size = int(self._age.max(initial=0)) + 2
        self._buy, self._leave = _Chance(alpha, beta, size), _Chance(gamma, delta, size)

    def log_odds(self) -> Iterator[tuple[Numbers, Numbers, FloatArray]]:
        """Yield histories, their places in an array, and that array: log odds of having left."""
        log_odds = np.full(len(self._x), -np.inf)
        alive = self._buy.log(self._x, self._age - self._x) + self._leave.log(0, self._age)
        for step, going in enumerate(self._going.tolist()):
            if step:
                x, until = self._x[:going], self._age[:going] - step
                term = self._buy.log(x, until - x) + self._leave.log(1, until) - alive[:going]
                np.logaddexp(log_odds[:going], term, out=log_odds[:going])
            yield self._rows[step], self._pairs[step], log_odds

    def derivatives(self) -> Iterator[tuple[Numbers, Numbers, _Terms]]:
        """Yield histories, their places in arrays, and these: log likelihoods, gradients, Hessians in log parameters.

        The gradients have shape (4, places), the Hessians (4, 4, places).
        """
        value, gradient, hessian = self._terms(len(self._x), 0)
        for step, going in enumerate(self._going.tolist()):
            if step:
                term, slope, curve = self._terms(going, step)
                f, g, h = value[:going], gradient[:, :going], hessian[:, :, :going]
                total = np.logaddexp(f, term)
                share = np.exp(term - total)
                slope -= g
                # The mixture of two terms: means of gradient and Hessian, and the variance of the gradient.
                curve -= h
                curve += (1.0 - share) * slope[:, None] * slope[None, :]
                curve *= share
                h += curve
                slope *= share
                g += slope
                f[:] = total
            yield self._rows[step], self._pairs[step], (value, gradient, hessian)

    def _terms(self, going: int, step: int) -> _Terms:
        """Return the terms of customers who left ``step`` opportunities before now, or of those who did not."""
        x, until = self._x[:going], self._age[:going] - step
        gradient, hessian = np.empty((4, going)), np.zeros((4, 4, going))
        left = 1 if step else 0
        value = self._buy.log(x, until - x) + self._leave.log(left, until)
        self._buy.derivatives(x, until - x, gradient[:2], hessian[:2, :2])
        self._leave.derivatives(left, until, gradient[2:], hessian[2:, 2:])
        return value, gradient, hessian


class _Chance:
    """The logarithm of B(p+k, q+m)/B(p, q) for whole k and m, and its derivatives in log p and log q.

    It is a product of ratios, so no digit is lost where p and q are huge.
    """

    def __init__(self, p: float, q: float, size: int) -> None:
        j = np.arange(size)
        whole = p + q
        by_whole = 1.0 / (whole + j)
        shares = p / (p + j), q / (q + j), by_whole, by_whole**2
        logs = np.log((p + j) / whole), np.log((q + j) / whole), np.log1p(j / whole)
        self._p, self._q = p, q
        self._log_p, self._log_q, self._log_whole = (_sums(column) for column in logs)
        self._by_p, self._by_q, self._by_whole, self._by_square = (_sums(column) for column in shares)
        self._curve_p, self._curve_q = (_sums(share * (1.0 - share)) for share in shares[:2])

    def log(self, k: Numbers | int, m: Numbers) -> FloatArray:
        return self._log_p[k] + self._log_q[m] - self._log_whole[k + m]

    def derivatives(self, k: Numbers | int, m: Numbers, gradient: FloatArray, hessian: FloatArray) -> None:
        p, q, n = self._p, self._q, k + m
        by_whole, by_square = self._by_whole[n], self._by_square[n]
        gradient[0] = self._by_p[k] - p * by_whole
        gradient[1] = self._by_q[m] - q * by_whole
        hessian[0, 0] = self._curve_p[k] - p * (by_whole - p * by_square)
        hessian[1, 1] = self._curve_q[m] - q * (by_whole - q * by_square)
        hessian[0, 1] = hessian[1, 0] = p * q * by_square


def _sums(column: NDArray[np.floating[Any]]) -> FloatArray:
    """Return the sums of the first 0, 1, 2, ... elements."""
    return np.append(0.0, np.cumsum(column, dtype=np.float64))


class OpportunityFuture(Future):
    """Orders at whole opportunities ahead; frequency and age may be any numbers.

    Parameters
    ----------
    alpha, beta : float
        The chance to order at an opportunity is Beta(alpha+x, beta+n-x) distributed.
    gamma, delta : float
        The chance to leave before an opportunity is Beta(gamma, delta+n) distributed.
    """

    def __init__(self, alpha: float, beta: float, gamma: float, delta: float) -> None:
        self._alpha, self._beta, self._gamma, self._delta = alpha, beta, gamma, delta

    @property
    def time_scale(self) -> float:
        """Return delta or alpha+beta, whichever is smaller."""
        return min(self._delta, self._alpha + self._beta)

    def orders(self, frequency: FloatArray, age: FloatArray, periods: FloatArray) -> FloatArray:
        """Return the mean chance to order times the expected opportunities (equation 13, given alive)."""
        ages, n = _numbered(age)
        times, t = _numbered(np.broadcast_to(periods, age.shape))
        keys, pair = _numbered((n * len(times) + t).astype(np.float64))
        n, t = np.divmod(keys.astype(np.intp), max(len(times), 1))
        values = np.zeros(len(keys))
        if len(keys) and times[-1] > 0:
            rule = self._rule(ages, float(times[-1]))
            ends = np.searchsorted(n, np.arange(len(ages)), side="right")
            for number, (start, end) in enumerate(zip(np.append(0, ends[:-1]), ends, strict=True)):
                p, weights = rule.of(float(ages[number]))
                values[start:end] = _opportunities(p, times[t[start:end]]) @ weights
        return self._next(frequency, age) * values[pair]

    def sums(self, histories: FloatArray, ages: FloatArray, times: FloatArray, factors: FloatArray) -> FloatArray:
        """Return sums over a horizon for every frequency and age: an integral for each age."""
        rule = self._rule(ages, float(times.max()))
        means = np.empty(len(ages))
        shared = factors @ _opportunities(rule.nodes, times) if rule.nodes is not None else None
        for number, age in enumerate(ages.tolist()):
            p, weights = rule.of(age)
            means[number] = weights @ (factors @ _opportunities(p, times) if shared is None else shared)
        return self._next(histories[:, None], ages[None, :]) * means

    def lifetime(self, frequency: FloatArray, age: FloatArray) -> FloatArray:
        """Return the mean chance to order times the mean opportunities, (delta+n)/(gamma-1)."""
        if self._gamma <= 1.0:
            return np.full_like(frequency, np.inf)
        chance = (self._alpha + frequency) / (self._alpha + self._beta + age)
        return chance * ((self._delta + age) / (self._gamma - 1.0))

    def residual(self, histories: FloatArray, ages: FloatArray, rate: float) -> FloatArray:
        """Return the orders discounted at the end of their opportunity (equation 14, given alive): E[1/(rate + p)]."""
        rule = self._rule(ages, 1.0 / rate)
        means = np.empty(len(ages))
        for number, age in enumerate(ages.tolist()):
            p, weights = rule.of(age)
            means[number] = weights @ (1.0 / (rate + p))
        return self._next(histories[:, None], ages[None, :]) * means

    def some_order(self, frequency: FloatArray, age: FloatArray, periods: FloatArray) -> FloatArray:
        """Return the sum over the opportunities ahead of the chances that the first order is there."""
        (x, n, t), group = _distinct(frequency, age, periods)
        total = np.zeros(len(x))
        none = np.ones(len(x))  # chance of still being there without an order
        for step in range(int(t.max(initial=0.0))):
            going = int(np.searchsorted(-t, -step, side="left"))
            at = n[:going] + step
            none[:going] *= (self._delta + at) / (self._gamma + self._delta + at)
            both = self._alpha + self._beta + at
            total[:going] += none[:going] * ((self._alpha + x[:going]) / both)
            none[:going] *= (self._beta + (at - x[:going])) / both
            if bool((none[:going] <= _NIL * total[:going]).all()):
                break
        return total[group]

    def counts(self, frequency: FloatArray, age: FloatArray, periods: FloatArray, size: int) -> FloatArray:
        """Return the chances of numbers of orders: beta-binomial for each number of opportunities before leaving."""
        (x, n, t), group = _distinct(frequency, age, periods)
        x, n = x[:, None], n[:, None]
        total = np.zeros((len(x), size))
        orders = np.zeros((len(x), size))  # chances of orders so far and of still being there
        orders[:, 0] = 1.0
        y = np.arange(size)
        for step in range(int(t.max(initial=0.0))):
            going = int(np.searchsorted(-t, -step, side="left"))
            at, so_far = n[:going] + step, orders[:going]
            stays = (self._delta + at) / (self._gamma + self._delta + at)
            total[:going] += so_far * (self._gamma / (self._gamma + self._delta + at))
            both = self._alpha + self._beta + at
            so_far *= stays
            one_more = so_far * ((self._alpha + x[:going] + y) / both)
            so_far *= np.maximum(self._beta + (at - x[:going]) - y, 0.0) / both
            so_far[:, 1:] += one_more[:, :-1]
            if float(so_far.max()) <= _NIL:
                break
        total += orders
        return total[group]

    def _next(self, frequency: FloatArray, age: FloatArray) -> FloatArray:
        """Return the chance of an order at the next opportunity."""
        chance = (self._alpha + frequency) / (self._alpha + self._beta + age)
        stays: FloatArray = (self._delta + age) / (self._gamma + self._delta + age)
        return chance * stays

    def _rule(self, ages: FloatArray, scale: float) -> DropoutRule:
        """Return the rule for Beta(gamma, delta+n+1): the chance to leave, given a stay at one opportunity more."""
        return DropoutRule(1.0, self._gamma, self._delta + 1.0, float(ages.max()), scale)


def _opportunities(p: FloatArray, times: FloatArray) -> FloatArray:
    """Return the expected opportunities before leaving, (1 - (1-p)^t)/p, shape (times, p)."""
    with np.errstate(divide="ignore"):
        log_stay = np.maximum(np.log1p(-p), -1e4)
    result: FloatArray = -np.expm1(np.outer(times, log_stay)) / p
    return result


def _distinct(
    frequency: FloatArray, age: FloatArray, periods: FloatArray
) -> tuple[tuple[FloatArray, FloatArray, FloatArray], Numbers]:
    """Return the distinct triples of frequency, age and periods, longest first, and the number of each row's triple."""
    xs, x = _numbered(frequency)
    ages, n = _numbered(age)
    times, t = _numbered(np.broadcast_to(periods, age.shape))
    keys = (len(times) - 1 - t) * len(ages)
    keys += n
    keys *= len(xs)
    keys += x
    distinct, group = _numbered(keys.astype(np.float64))
    rest, x = np.divmod(distinct.astype(np.intp), max(len(xs), 1))
    t, n = np.divmod(rest, max(len(ages), 1))
    return (xs[x], ages[n], times[len(times) - 1 - t]), group


def _numbered(column: FloatArray) -> tuple[FloatArray, Numbers]:
    """Return the distinct values of a column, sorted, and the number of each element's value."""
    if np.array_equal(column, np.rint(column)):
        whole = Frequencies(column)
        return whole.distinct, whole.numbers(slice(None))
    distinct, number = np.unique(column, return_inverse=True)
    return distinct, number.reshape(-1)
