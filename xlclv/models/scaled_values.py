"""The value of the orders ahead as a random variable, in units of margin x (v + x m).

Given y orders it is the mean of their discounts times a beta prime distributed variable with shapes p y and q + p x.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from xlclv.models.arrays import BoolArray, FloatArray
from xlclv.models.distributions import parts
from xlclv.models.future import Future
from xlclv.models.mean_discounts import Discounts

#: Chances below this are left out.
_NEGLIGIBLE: Final = 1e-6

#: Customers whose order times are worked out at once.
_ROWS = 1024

#: Newton's method stops after a step this small in the logarithm of the value, which leaves an error of its square, and
#: takes none above the other.
_LAST_STEP, _LONGEST_STEP = 1e-4, 3.0
_MOST_STEPS = 100

Rows = NDArray[np.intp]


class Terms(NamedTuple):
    """Terms of mixtures, those of one row after the other's.

    Attributes
    ----------
    starts : ndarray of int, shape (rows + 1,)
        Where the terms of each row begin.
    state : ndarray of int
        Which state of the customer a term belongs to.
    weight : ndarray
        Its chance, given the state.
    shape, scale : ndarray
        Of its gamma variable.
    """

    starts: Rows
    state: Rows
    weight: FloatArray
    shape: FloatArray
    scale: FloatArray

    def spread(self, rows: Rows) -> tuple[Rows, Rows]:
        """Return the places of the terms of some rows, and which of ``rows`` each is of."""
        lengths = np.diff(self.starts)[rows]
        owner = np.repeat(np.arange(len(rows)), lengths)
        before = np.cumsum(lengths) - lengths
        return np.arange(len(owner)) + (self.starts[rows] - before)[owner], owner


def terms(
    futures: Sequence[Future], discounts: Discounts, frequency: FloatArray, age: FloatArray
) -> Iterator[tuple[Rows, Terms | None]]:
    """Yield the terms of the value of customers who are alive, some rows at a time.

    None stands for more orders than are told apart.
    """
    horizon = np.full(len(frequency), discounts.edges[-1])
    for part in parts(futures, frequency, age, horizon):
        if part.chances is None:
            yield part.rows, None
            continue
        size = part.chances[0].shape[1]
        step = max(1, _ROWS * 16 // size)
        for start in range(0, len(part.rows), step):
            some = slice(start, start + step)
            rows = part.rows[some]
            chances = [each[some] for each in part.chances]
            yield rows, _terms(futures, discounts, frequency[rows], age[rows], chances)


def _terms(
    futures: Sequence[Future],
    discounts: Discounts,
    frequency: FloatArray,
    age: FloatArray,
    counts: Sequence[FloatArray],
) -> Terms:
    found = []
    for state, (future, chances) in enumerate(zip(futures, counts, strict=True)):
        size = chances.shape[1]
        if discounts.constant:
            weights = chances[..., None]
            shapes = np.broadcast_to(discounts.shape * np.arange(size)[:, None], weights.shape)
            scales = np.full(weights.shape, discounts.low)
        else:
            chances, moments = future.timing(frequency, age, discounts, size)
            weights, shapes, scales = discounts.rule(moments)
            weights *= chances[..., None]
        kept = weights > _NEGLIGIBLE
        kept[:, 0] = False
        row = np.nonzero(kept)[0]
        found.append((row, np.full(len(row), state), weights[kept], shapes[kept], scales[kept]))
    row, *columns = (np.concatenate(each) for each in zip(*found, strict=True))
    order = np.argsort(row, kind="stable")
    starts = np.searchsorted(row[order], np.arange(len(frequency) + 1))
    return Terms(starts, *(column[order] for column in columns))


class ScaledValues:
    """Mixtures of beta prime variables times constants, and nothing: the value of each of some customers.

    Parameters
    ----------
    owner : ndarray of int, shape (terms,)
        The customer of each term, in order.
    weight, shape, scale : ndarray, shape (terms,)
        Chance of each term, first shape and scale of its variable.
    tail : ndarray, shape (n,)
        Second shape, of each customer.
    """

    def __init__(self, owner: Rows, weight: FloatArray, shape: FloatArray, scale: FloatArray, tail: FloatArray) -> None:
        self._owner, self._weight, self._shape, self._scale = owner, weight, shape, scale
        self._tail = tail[owner]
        self._log_beta = special.betaln(shape, self._tail)
        self._count = len(tail)
        #: Chance that the value is not 0.
        self.some: FloatArray = self._sum(weight)
        some = np.maximum(self.some, 1e-300)
        logs = special.digamma(shape) - special.digamma(self._tail) + np.log(scale)
        self._middle = self._sum(weight * logs) / some
        spread = _trigamma(shape) + _trigamma(self._tail)
        spread += (logs - self._middle[owner]) ** 2
        self._deviation = np.sqrt(self._sum(weight * spread) / some)

    def above(self, chance: float) -> FloatArray:
        """Return the value above which the chance is ``chance``; 0 where the chance of any value is no larger."""
        return self._quantile(np.full(self._count, chance), upper=True)

    def below(self, chance: float) -> FloatArray:
        """Return the value up to which the chance, with that of no value, is ``chance``; 0 where that is as large."""
        return self._quantile(chance - (1.0 - self.some), upper=False)

    def chance_above(self, values: FloatArray) -> FloatArray:
        """Return the chances of more than ``values``, above 0, shape (n,)."""
        terms = np.arange(len(self._owner))
        with np.errstate(divide="ignore"):
            return self._sum(self._parts(np.log(values), terms, upper=True)[0])

    def _quantile(self, chance: FloatArray, *, upper: bool) -> FloatArray:
        """Return where the chance beyond, without that of nothing, is ``chance``, by Newton's method in logarithms."""
        wanted = (chance > 0.0) & (chance < self.some)
        result = np.zeros(self._count)
        if not wanted.any():
            return result
        share = np.where(wanted, chance / np.where(wanted, self.some, 1.0), 0.5)
        log = self._middle + self._deviation * special.ndtri(1.0 - share if upper else share)
        low, high = np.full(self._count, -np.inf), np.full(self._count, np.inf)
        terms = np.flatnonzero(wanted[self._owner])
        for _ in range(_MOST_STEPS):
            parts, slopes = self._parts(log, terms, upper=upper)
            owner = self._owner[terms]
            reached = np.bincount(owner, parts, minlength=self._count)
            slope = np.bincount(owner, slopes, minlength=self._count)
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                excess = np.log(reached / chance)
                step = excess * reached / slope
            step = np.where(np.isfinite(step), step, np.where(reached > chance, np.inf, -np.inf))
            if not upper:
                step = -step
            step = np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
            forward = step > 0
            low = np.where(wanted & forward, log, low)
            high = np.where(wanted & ~forward, log, high)
            new = log + step
            outside = (new < low) | (new > high)
            with np.errstate(invalid="ignore"):
                new = np.where(outside, 0.5 * (low + high), new)
            done: BoolArray = wanted & (np.abs(new - log) <= _LAST_STEP)
            log = np.where(wanted, new, log)
            result[done] = np.exp(log[done])
            wanted = wanted & ~done
            if not wanted.any():
                return result
            terms = terms[wanted[owner]]
        result[wanted] = np.exp(log[wanted])
        return result

    def _parts(self, log: FloatArray, terms: Rows, *, upper: bool) -> tuple[FloatArray, FloatArray]:
        """Return the chances beyond the values with logarithms ``log``, term by term, and their slopes in them."""
        ratio = log[self._owner[terms]] - np.log(self._scale[terms])
        below, above = special.expit(ratio), special.expit(-ratio)
        shape, tail, weight = self._shape[terms], self._tail[terms], self._weight[terms]
        beyond = special.betainc(tail, shape, above) if upper else special.betainc(shape, tail, below)
        slope = np.exp(shape * special.log_expit(ratio) + tail * special.log_expit(-ratio) - self._log_beta[terms])
        return weight * beyond, weight * slope

    def _sum(self, values: FloatArray) -> FloatArray:
        result: FloatArray = np.bincount(self._owner, values, minlength=self._count).astype(np.float64, copy=False)
        return result


def _trigamma(z: FloatArray) -> FloatArray:
    """Return the trigamma function well enough to start from."""
    return (1.0 + 0.5 / z) / z
