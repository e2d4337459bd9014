"""Customers who leave at random, each at a rate of its own: the future of Pareto/NBD."""

from __future__ import annotations

import numpy as np
from scipy import special

from xlclv.models.arrays import FloatArray
from xlclv.models.future import Future, laplace_rule
from xlclv.models.mean_discounts import Discounts
from xlclv.models.panels import Panels
from xlclv.models.pareto_counts import Rates, count_chances
from xlclv.models.rivals import Rivals
from xlclv.models.row_terms import differ

#: Times ahead summed at once.
_CHUNK = 4096


class ParetoFuture(Future):
    """Orders at Gamma(r+x, alpha+T) distributed rates until the customer leaves, at a Gamma(s, beta+T) distributed one.

    Parameters
    ----------
    r, alpha, s, beta : float
        Shape and scale of the order rates, and of the leaving rates; scales may be vectors, one element for each
        customer.
    """

    def __init__(self, r: float, alpha: float | FloatArray, s: float, beta: float | FloatArray) -> None:
        self._r, self._alpha, self._s, self._beta = r, alpha, s, beta
        self.own = differ((alpha, beta))

    @property
    def time_scale(self) -> float:
        """Return the smaller of alpha and beta."""
        return float(np.minimum(self._alpha, self._beta))

    def orders(self, frequency: FloatArray, age: FloatArray, periods: FloatArray) -> FloatArray:
        """Return the mean order rate times the mean time the customer stays within the periods.

        Schmittlein, Morrison and Colombo (1987), equation 22, without its singularity at s = 1.
        """
        scale = self._beta + age
        return (self._r + frequency) / (self._alpha + age) * (scale * mean_stay(self._s, periods / scale))

    def sums(self, histories: FloatArray, ages: FloatArray, times: FloatArray, factors: FloatArray) -> FloatArray:
        """Return sums over a horizon: in frequency they are linear."""
        scale = self._beta + ages
        stays = scale * (mean_stay(self._s, times / scale[:, None]) @ factors)
        return np.outer(self._r + histories, stays / (self._alpha + ages))

    def each(self, frequency: FloatArray, age: FloatArray, times: FloatArray, factors: FloatArray) -> FloatArray:
        """Return sums over a horizon: but for the mean order rate, they depend on beta + T alone."""
        scale = self._beta + age
        if len(scale) == 0:
            return np.empty(0)
        low, high = float(scale.min()), float(scale.max())
        if len(scale) <= Panels.cost(low, high):
            stays = self._stays(scale, times, factors)
        else:
            panels = Panels(low, high)
            table = panels.coefficients(self._stays(panels.nodes, times, factors)[None, :])
            stays = panels.evaluate(table, np.zeros(len(scale), dtype=np.intp), scale)
        return (self._r + frequency) / (self._alpha + age) * stays

    def _stays(self, scale: FloatArray, times: FloatArray, factors: FloatArray) -> FloatArray:
        """Return the sums over k of factors[k] x the mean stay within times[k]."""
        total = np.zeros(len(scale))
        for start in range(0, len(times), _CHUNK):
            part = slice(start, start + _CHUNK)
            total += mean_stay(self._s, times[part] / scale[:, None]) @ factors[part]
        return scale * total

    def lifetime(self, frequency: FloatArray, age: FloatArray) -> FloatArray:
        """Return the mean order rate times the mean time the customer stays, (beta+T)/(s-1)."""
        if self._s <= 1.0:
            return np.full_like(frequency, np.inf)
        return (self._r + frequency) / (self._alpha + age) * ((self._beta + age) / (self._s - 1.0))

    def some_order(self, frequency: FloatArray, age: FloatArray, periods: FloatArray) -> FloatArray:
        """Return the chance that an order comes before leaving, and within the periods."""
        rivals = Rivals(self._r, self._alpha, self._s, self._beta)
        periods = np.broadcast_to(periods, age.shape)
        later = np.exp(rivals.log_silence(frequency, age, periods) + rivals.log_order_first(frequency, age + periods))
        chance: FloatArray = np.maximum(np.exp(rivals.log_order_first(frequency, age)) - later, 0.0)
        return chance

    def counts(self, frequency: FloatArray, age: FloatArray, periods: FloatArray, size: int) -> FloatArray:
        """Return the chances of numbers of orders until the customer leaves or the periods end."""
        return count_chances(self._rates(frequency, age), np.broadcast_to(periods, frequency.shape), size)

    def timing(
        self, frequency: FloatArray, age: FloatArray, discounts: Discounts, size: int
    ) -> tuple[FloatArray, FloatArray]:
        """Return the chances of numbers of orders, and moments of their mean discount.

        Orders come at random times until the customer leaves or the periods end.
        """
        horizon = np.array(discounts.edges[-1])
        rates = self._rates(frequency, age)
        at_random = discounts.at_random(size)
        stays = rates.staying(horizon)[:, None] * rates.counts(np.full((len(age), 1), horizon), size)[:, 0]
        moments = stays[..., None, None] * at_random[-1]
        for start, end, random in zip(discounts.edges[:-1], discounts.edges[1:], at_random, strict=False):
            # Two Gauss nodes do: the moments hardly depend on how likely leaving early or late within a bin is.
            middle, half = 0.5 * (start + end), 0.5 * (end - start)
            times = np.broadcast_to(middle + half * np.array([-1.0, 1.0]) / np.sqrt(3.0), (len(age), 2))
            weights = half * rates.leaving(times)
            moments += np.einsum("nm,nmy->ny", weights, rates.counts(times, size))[..., None, None] * random
        total = moments[..., :1].sum(axis=2, keepdims=True)
        moments /= np.where(total > 0, total, 1.0)
        return self.counts(frequency, age, horizon, size), moments

    def _rates(self, frequency: FloatArray, age: FloatArray) -> Rates:
        return Rates(self._r + frequency, self._alpha + age, self._s, self._beta + age)

    def residual(self, histories: FloatArray, ages: FloatArray, rate: float) -> FloatArray:
        """Return the residual orders in closed form: (r+x)(beta+T)/(alpha+T) e^z E_s(z), z = log(1 + rate) (beta+T).

        E_s is the exponential integral, for Fader, Hardie and Lee (2005), equation A4, has the confluent hypergeometric
        function Psi(s, s; z) = e^z z^(1-s) E_s(z).
        """
        scale = self._beta + ages
        stays = scale * exponential_integral(self._s, np.log1p(rate) * scale)
        return np.outer(self._r + histories, stays / (self._alpha + ages))


def mean_stay(s: float, y: FloatArray) -> FloatArray:
    """Return the integral of (1 + u)^-s from 0 to y: the mean stay within y where the leaving rate is Gamma(s, 1)."""
    log = np.log1p(y)
    result: FloatArray = log * special.exprel((1.0 - s) * log)
    return result


def exponential_integral(s: float, z: FloatArray) -> FloatArray:
    """Return e^z E_s(z), the integral of e^(-z u) (1 + u)^-s over u > 0, accurate to some 1e-13.

    Examples
    --------
    >>> round(float(exponential_integral(1.0, np.array([1.0]))[0]), 12)
    0.596347362323
    """
    rule = laplace_rule()
    result: FloatArray = mean_stay(s, rule.nodes / z[:, None]) @ rule.weights
    return result
