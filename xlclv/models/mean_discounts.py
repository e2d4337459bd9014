"""Discounts of orders at random times, averaged over the orders with the shares they have in the value.

The value of y orders is their total, Gamma(p y) distributed in units of the customer's own scale, times the mean of
their discounts M weighted with the orders' shares. The shares are Dirichlet(p, ..., p) distributed and independent of
the total, so M is independent of it too. Its moments are polynomials in those of the single discounts, and a Gauss rule
for these moments stands for its distribution. Without discounting, M is 1 and nothing is approximated.
"""

from __future__ import annotations

import numpy as np

from xlclv.models.arrays import FloatArray
from xlclv.models.moment_rules import gauss, shifted

#: Most intervals of time that are told apart; periods, while there are no more of them.
_MOST_BINS = 48

#: Where the discounts differ by no more than this share of them, over the root of p, mean and variance of M say enough.
_CLOSE = 0.6
_TWO = 3

#: Gauss nodes for M elsewhere.
_NODES = 4

#: Discounts of one group of first orders differ by no more than this factor, those of the last group aside.
_APART = 6.0
_MOST_GROUPS = 20

#: Fewer groups serve large numbers of orders, the first of which comes early.
_GROUPED = 2**15

#: Groups with a chance below this are left out.
_UNLIKELY = 1e-9

#: Where discounts differ much, gamma variables of a mixture have this many times the shape that one alone would have.
_SHARPER = 1.6

#: Moments of a distribution with all its mass at 0.
_AT_ZERO = np.append(1.0, np.zeros(2 * _NODES - 1))


class Discounts:
    """Discounts at the end of each of the next periods, and moments of their means.

    Parameters
    ----------
    periods, rate : float
        Horizon, above 0 and finite; discount rate of a period, 0 or more. A fractional last period counts at its end.
    shape : float
        Shape p of the distribution of a customer's order values.

    Attributes
    ----------
    shape : float
        Shape p.
    edges : ndarray, shape (bins + 1,)
        Times from 0 to the horizon: ends of periods, or less if there are many.
    constant : bool
        Whether all discounts are one, so that all means are.
    low : float
        The discount at the horizon, the lowest.
    moments : int
        How many moments of M are taken, that of order 0 among them.

    Notes
    -----
    Where discounts differ much, the distribution of M is told apart by the first order's discount, in groups. Moments
    are of (M - low) / (high - low), between 0 and 1, times the indicator of the group; that of order 0 is the chance
    of the group.
    """

    def __init__(self, periods: float, rate: float, shape: float) -> None:
        self.shape, self._periods = shape, periods
        times = np.append(np.arange(1.0, np.ceil(periods)), periods)
        discounts = np.exp(-times * np.log1p(rate))
        self.low = float(discounts[-1])
        self._span = float(discounts[0]) - self.low
        self.constant = self._span <= 1e-12 * discounts[0]
        scaled = (discounts - self.low) / self._span if self._span > 0 else np.zeros_like(discounts)
        close = self._span * np.sqrt(max(shape, 1.0)) <= _CLOSE * discounts[0]
        self.moments = _TWO if close else 2 * _NODES
        self._times = np.append(0.0, times)
        steps = scaled ** np.arange(self.moments)[:, None] * np.diff(self._times)
        self._sums = np.concatenate([np.zeros((self.moments, 1)), np.cumsum(steps, axis=1)], axis=1)
        if len(times) <= _MOST_BINS:
            self.edges: FloatArray = self._times
        else:  # the near future counts most
            self.edges = periods * np.linspace(0.0, 1.0, _MOST_BINS + 1) ** 2
        self._middles: FloatArray = 0.5 * (self.edges[1:] + self.edges[:-1])
        groups = int(np.clip(np.ceil(np.log(discounts[0] / self.low) / np.log(_APART)), 1, _MOST_GROUPS))
        bounds = np.searchsorted(-discounts, -discounts[0] * _APART ** -np.arange(1.0, groups), side="left")
        self._bounds = np.append(0.0, self._times[bounds])
        self._random: dict[int, FloatArray] = {}
        self._ending: dict[int, FloatArray] = {}

    def at_random(self, size: int) -> FloatArray:
        """Return moments of M for y = 0..size-1 orders at random before the middle of each bin, and then the horizon.

        Returns
        -------
        ndarray, shape (bins + 1, size, groups, moments)
        """
        if size not in self._random:
            until = np.append(self._middles, self._periods)
            self._random[size] = self._grouped(self._after(until, self._first_bounds(size)), size)
        return self._random[size]

    def ending(self, size: int) -> FloatArray:
        """Return moments of M for y = 0..size-1 orders, the last within each bin, the others at random before it.

        Returns
        -------
        ndarray, shape (bins, size, groups, moments)
        """
        if size not in self._ending:
            bounds = self._first_bounds(size)
            last = self._by_bin()[:, None, :] * (self._middles[:, None] >= bounds)[..., None]
            self._ending[size] = self._grouped(self._after(self._middles, bounds), size, last)
        return self._ending[size]

    def scattered(self, shares: FloatArray, size: int) -> FloatArray:
        """Return moments of M for y = 0..size-1 orders, each in a bin of its own with chances ``shares``.

        Parameters
        ----------
        shares : ndarray, shape (n, bins)

        Returns
        -------
        ndarray, shape (n, size, groups, moments)
        """
        after = (self._middles[:, None] >= self._first_bounds(size)).astype(np.float64)
        return self._grouped(np.einsum("nb,bg,bk->ngk", shares, after, self._by_bin()), size)

    def _first_bounds(self, size: int) -> FloatArray:
        """Return the times at which the groups of the first order begin."""
        return self._bounds[: max(1, _GROUPED // size)]

    def _after(self, until: FloatArray, bounds: FloatArray) -> FloatArray:
        """Return moments of the discount at a random time before ``until``, after each bound, (n, groups, moments)."""
        within = np.minimum(bounds, until[:, None])
        past = self._integrals(within.reshape(-1)).reshape(*within.shape, -1)
        return (self._integrals(until)[:, None, :] - past) / until[:, None, None]

    def _by_bin(self) -> FloatArray:
        """Return moments of the discount at a time uniform in each bin, shape (bins, moments)."""
        return np.diff(self._integrals(self.edges), axis=0) / np.diff(self.edges)[:, None]

    def _grouped(self, moments: FloatArray, size: int, last: FloatArray | None = None) -> FloatArray:
        """Return moments of M by the group of the first order.

        Parameters
        ----------
        moments : ndarray, shape (n, groups, moments)
            Moments of the discount of an order, times the indicator that it comes after the bound of each group.
        size : int
            Numbers of orders.
        last : ndarray, shape (n, groups, moments), optional
            The same of the last order, if it differs.

        Returns
        -------
        ndarray, shape (n, size, groups, moments)

        Notes
        -----
        The transform of D g with g ~ Gamma(p) is the series of (p)_k E[D^k] / k!; the product over the orders is that
        of the sum of the D g, which is M times a Gamma(p y). Powers of a series by the recurrence of Euler. Moments of
        a group are those of all orders after its bound less those of all after the next one's.
        """
        p, k = self.shape, np.arange(1, self.moments)
        rising = np.append(1.0, np.cumprod((p + k - 1.0) / k))
        chance = moments[..., :1]
        series = (moments * rising / np.where(chance > 0, chance, 1.0))[:, None]
        y = np.arange(size, dtype=np.float64)[:, None]
        power = np.maximum(y - 1.0, 0.0) if last is not None else y
        total = np.zeros((len(moments), size, *moments.shape[1:]))
        total[..., 0] = 1.0
        for degree in k.tolist():
            for i in range(1, degree + 1):
                factor = (i * (power + 1.0) - degree) / degree
                total[..., degree] += factor * series[..., i] * total[..., degree - i]
        if last is not None:
            more = (last * rising)[:, None]
            for degree in range(self.moments - 1, -1, -1):
                total[..., degree] = (total[..., : degree + 1] * more[..., degree::-1]).sum(axis=-1)
        total *= chance[:, None] ** power[..., None]
        total[..., 1:] /= np.cumprod((p * np.maximum(y, 1.0)[..., None] + k - 1.0) / k, axis=2)
        total[:, :, :-1] -= total[:, :, 1:]
        return total

    def rule(self, moments: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return gamma variables that stand, in a mixture, for the value of the orders.

        Parameters
        ----------
        moments : ndarray, shape (n, size, groups, moments)
            Of M, for y = 0..size-1 orders.

        Returns
        -------
        weights, shapes, scales : ndarray, shape (n, size, groups * nodes)
            The weights have the sum of the moments of order 0.

        Notes
        -----
        The value is M times a Gamma(p y). Where discounts differ little, it is as good as gamma distributed itself,
        with its mean and variance. Elsewhere a Gauss rule for M gives several variables of shape p y. Where discounts
        differ much, the orders of the next few periods are all that counts: shapes are then nearer to the one that mean
        and variance give, so that the mixture has no gaps, and the rule is for the value over such a gamma variable.
        """
        chance = moments[..., :1]
        likely = chance > _UNLIKELY
        moments = np.where(likely, moments / np.where(likely, chance, 1.0), _AT_ZERO[: self.moments])
        k = np.arange(self.moments)
        y = np.maximum(np.arange(moments.shape[1], dtype=np.float64), 1.0)[:, None, None]
        shapes = np.broadcast_to(self.shape * y, chance.shape)
        mean = self.low + self._span * moments[..., 1:2]
        variance = self._span**2 * np.maximum(moments[..., 2:3] - moments[..., 1:2] ** 2, 0.0)
        matched = shapes / (1.0 + (shapes + 1.0) * variance / mean**2)
        if self.moments == _TWO:
            weights = np.where(likely, chance, 0.0)
            return weights[..., 0], matched[..., 0], (mean * shapes / matched)[..., 0]
        low, span = self.low, self._span
        if len(self._bounds) > 1:
            closer = np.minimum(shapes, _SHARPER * matched)
            moments = shifted(moments, low / span)
            rising = np.cumprod((shapes + k[:-1]) / (closer + k[:-1]), axis=-1)
            moments[..., 1:] *= rising
            shapes, low = closer, 0.0
        nodes, weights = gauss(moments)
        scales = np.maximum(low + span * nodes, self.low)  # rounding, or a bold shape, may leave a node below 0
        weights = weights * np.where(likely, chance, 0.0)
        result = np.broadcast_arrays(weights, shapes, scales)
        shape = (*moments.shape[:-2], -1)
        return result[0].reshape(shape), result[1].reshape(shape), result[2].reshape(shape)

    def _integrals(self, times: FloatArray) -> FloatArray:
        """Return the integrals of the powers of the discount from 0 to each of ``times``, shape (n, moments)."""
        return np.stack([np.interp(times, self._times, sums) for sums in self._sums], axis=1)
