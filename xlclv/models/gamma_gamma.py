"""Gamma-Gamma: order values that vary around each customer's own mean.

Source: Fader, P. S. and Hardie, B. G. S. (2013), "The Gamma-Gamma model of monetary value",
http://brucehardie.com/notes/025/; equation numbers below are of that note.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from xlclv.models.arrays import FloatArray, inner
from xlclv.models.newton import Derivatives
from xlclv.models.parallel import map_blocks
from xlclv.text import Text

NAME: Final = "Gamma-Gamma"
PARAMETERS: Final = ("p", "q", "v")

#: While v is at most this many mean order values, log(1 + s/v) is taken from log(1 + v/s) and log s.
_CLOSE = 50.0

#: From here the asymptotic series of the digamma function serve.
_LARGE = 20.0


@dataclass(frozen=True)
class Spend:
    """Customers with repeat orders: how many, of what total value.

    Attributes
    ----------
    frequency, total : ndarray, shape (n,)
        Repeat orders x and their total value x m.
    weight : ndarray, shape (n,), or None
        Customers the row stands for; None for 1 each.
    frequencies, customers : ndarray
        Distinct frequencies and the number of customers of each.
    mean : float
        Mean of the customers' mean order values.
    log_mean, log_total : float
        Sums over customers of log m and of log (x m).
    """

    frequency: FloatArray
    total: FloatArray
    weight: FloatArray | None
    frequencies: FloatArray
    customers: FloatArray
    mean: float
    log_mean: float
    log_total: float

    def sample(self, rows: int) -> Spend:
        """Return every k-th row, about ``rows`` of them."""
        chosen = slice(None, None, max(1, len(self.total) // rows))
        weight = None if self.weight is None else self.weight[chosen]
        return spend(self.frequency[chosen], self.total[chosen] / self.frequency[chosen], weight)


def spend(frequency: FloatArray, monetary: FloatArray, weight: FloatArray | None) -> Spend:
    """Return the sums the likelihood needs; all values are above 0."""
    total = np.empty_like(monetary)

    def work(rows: slice) -> FloatArray:
        x, m = frequency[rows], monetary[rows]
        np.multiply(x, m, out=total[rows])
        w = np.ones_like(m) if weight is None else weight[rows]
        return np.array([w.sum(), w @ m, w @ np.log(m)])

    customers, value, log_mean = np.sum(map_blocks(work, len(monetary)), axis=0).tolist()
    by_frequency = np.bincount(frequency.astype(np.intp), weight)
    present = np.flatnonzero(by_frequency)
    return Spend(
        frequency,
        total,
        weight,
        present.astype(np.float64),
        by_frequency[present].astype(np.float64),
        value / customers,
        log_mean,
        log_mean + float(by_frequency[present] @ np.log(present)),
    )


def starts(data: Spend) -> list[FloatArray]:
    """Return log parameters to start a fit from: at the mean of the data, p v / (q - 1)."""
    return [np.log([p, q, data.mean * (q - 1.0) / p]) for p, q in ((2.0, 3.0), (20.0, 3.0), (2.0, 30.0))]


def likelihood(theta: FloatArray, data: Spend) -> Derivatives:
    """Return the log likelihood of the mean order values (equation 1a) with exact derivatives.

    Written with s = x m: log f = -log B(px, q) + px log(s/(s+v)) + q log(v/(s+v)) - log m, in which nothing cancels
    when p or q is huge.
    """
    p, q, v = np.exp(theta)
    x, n = data.frequencies, data.customers
    px = p * x
    by_p = digamma_step(px, q) * x
    by_q = digamma_step(np.array(q), px)
    customers = float(n.sum())
    close = bool(v <= _CLOSE * data.mean)
    sums = np.sum(map_blocks(lambda rows: _value_sums(v, data, rows, close), len(data.total)), axis=0)
    log_orders, log_customers, k_orders, k_customers, kk_orders, kk_customers = sums
    if close:
        log_customers += data.log_total - customers * np.log(v)
    value = -inner(n, special.betaln(px, q)) - p * log_orders - q * log_customers - data.log_mean
    g_p = p * (inner(n, by_p) - log_orders)
    g_q = q * (inner(n, by_q) - log_customers)
    g_v = q * (customers - k_customers) - p * k_orders
    h_pp = g_p + p * p * inner(n * x * x, trigamma_step(px, q))
    h_pq = p * q * inner(n * x, special.polygamma(1, px + q))
    h_qq = g_q + q * q * inner(n, trigamma_step(np.array(q), px))
    h_vv = -p * (k_orders - kk_orders) - q * (k_customers - kk_customers)
    h_pv, h_qv = -p * k_orders, q * (customers - k_customers)
    hessian = np.array([[h_pp, h_pq, h_pv], [h_pq, h_qq, h_qv], [h_pv, h_qv, h_vv]])
    return Derivatives(float(value), np.array([g_p, g_q, g_v]), hessian)


def _value_sums(v: float, data: Spend, rows: slice, close: bool) -> FloatArray:
    """Return the sums over orders of log(1+v/s), over customers of log(1+s/v), and over both of k = v/(s+v) and k^2.

    Where v is ``close`` to the order values the second is log(1+v/s) too, without the log(s/v) that makes it whole.
    """
    s, x = data.total[rows], data.frequency[rows]
    ratio = v / s
    log_ratio = np.log1p(ratio)
    # When v is large, log(1 + s/v) from the other logarithm would lose digits.
    log_inverse = log_ratio if close else np.log1p(np.reciprocal(ratio))
    k = 1.0 + ratio
    np.divide(ratio, k, out=k)
    kk = np.multiply(k, k, out=ratio)
    if data.weight is None:
        return np.array([x @ log_ratio, log_inverse.sum(), x @ k, k.sum(), x @ kk, kk.sum()])
    w = data.weight[rows]
    wx = w * x
    return np.array([wx @ log_ratio, w @ log_inverse, wx @ k, w @ k, wx @ kk, w @ kk])


def border(escape: FloatArray) -> Text:
    """Say which limit the parameters approach."""
    p, q, _ = escape
    if abs(p) > abs(q):
        return Text(
            "p grows without limit: the orders of one customer are all of one value",
            "p 无限增大：同一客户的订单金额都相同",
        )
    return Text(
        "q grows without limit: customers do not differ in their mean order value",
        "q 无限增大：客户之间的平均订单金额没有差异",
    )


def digamma_step(base: FloatArray, step: FloatArray | float) -> FloatArray:
    """Return digamma(base + step) - digamma(base) without cancellation for a large base."""
    end = base + step
    direct = special.digamma(end) - special.digamma(base)
    if not np.any(base >= _LARGE):
        return np.asarray(direct)

    def series(z: FloatArray) -> FloatArray:
        i = 1.0 / z**2
        return 0.5 / z + i * (1 / 12 - i * (1 / 120 - i * (1 / 252 - i * (1 / 240 - i / 132))))

    return np.where(base >= _LARGE, np.log1p(step / base) - (series(end) - series(base)), direct)


def trigamma_step(base: FloatArray, step: FloatArray | float) -> FloatArray:
    """Return trigamma(base + step) - trigamma(base) without cancellation for a large base."""
    end = base + step
    direct = special.polygamma(1, end) - special.polygamma(1, base)
    if not np.any(base >= _LARGE):
        return np.asarray(direct)

    def series(z: FloatArray) -> FloatArray:
        i = 1.0 / z**2
        return i * (0.5 + (1 / 6 - i * (1 / 30 - i * (1 / 42 - i * (1 / 30 - i * 5 / 66)))) / z)

    return np.where(base >= _LARGE, -step / (base * end) + (series(end) - series(base)), direct)


def expected_value(parameters: tuple[float, ...], frequency: FloatArray, monetary: FloatArray) -> FloatArray:
    """Return the expected value of an order (equation 5): p (v + x m) / (p x + q - 1)."""
    p, q, v = parameters
    return (frequency * monetary + v) * (p / (p * frequency + (q - 1.0)))
