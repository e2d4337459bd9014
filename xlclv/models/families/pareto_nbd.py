"""Pareto/NBD: customers order at random at their own rate and leave at random at their own rate.

Source: Schmittlein, D. C., Morrison, D. G. and Colombo, R. (1987), "Counting your customers: who are they and what will
they do next?", Management Science 33, 1-24; likelihood after Fader, P. S. and Hardie, B. G. S. (2005), "A note on
deriving the Pareto/NBD model and related expressions".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

import numpy as np

from xlclv.models.arrays import FloatArray
from xlclv.models.counts import Counts
from xlclv.models.families.nbd import SAME_RATE, gamma_terms
from xlclv.models.future import Future
from xlclv.models.model import Model, Parameters
from xlclv.models.newton import Derivatives
from xlclv.models.parallel import map_blocks
from xlclv.models.pareto_future import ParetoFuture
from xlclv.models.race import DERIVATIVES, complement
from xlclv.models.rivals import Rivals
from xlclv.models.row_terms import HistoryColumns, RowTerms
from xlclv.models.sides import Sides
from xlclv.models.slower import excess, log_chance_derivatives, tabulated
from xlclv.text import Text

NOBODY_LEAVES = Text("s/beta goes to 0: nobody leaves, so NBD says it all", "s/beta 趋于 0：无人流失，用 NBD 即可")
SAME_LEAVING = Text(
    "s and beta grow without limit: all customers leave at the same rate, s/beta",
    "s 和 beta 无限增大：所有客户的流失率相同，即 s/beta",
)
LEAVE_OR_STAY = Text(
    "s and beta go to 0: customers leave at once or never", "s 和 beta 趋于 0：客户要么立即流失，要么永不流失"
)
ALL_LEAVE = Text("beta goes to 0: everybody leaves at once", "beta 趋于 0：所有客户立即流失")


class ParetoNBD(Model):
    """Gamma(r, alpha) distributed Poisson rates; Gamma(s, beta) distributed rates of leaving.

    Notes
    -----
    By parts, the integral over the time of leaving falls into two positive terms: the likelihood is

        Gamma(r+x)/Gamma(r) alpha^r beta^s (g(t_x) a(t_x) + g(T) b(T)),   g(z) = (alpha+z)^-(r+x) (beta+z)^-s,

    with a(z) and b(z) the chances that of a customer alive at z leaving and the next order come first
    (`xlclv.models.race`). Each term depends on frequency and one time only.
    """

    name: ClassVar[str] = "Pareto/NBD"
    parameters: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    links: ClassVar[Mapping[str, float]] = {"alpha": -1.0, "beta": -1.0}

    def starts(self, counts: Counts) -> list[FloatArray]:
        """Return starts above the mean rate of the data, since some customers have left before their age."""
        age = counts.mean_age
        time_per_order = counts.customers * age / counts.orders
        return [
            np.log([r, r * time_per_order / 2, s, s * stay * age])
            for r, s, stay in ((0.5, 0.5, 1.0), (2.0, 5.0, 2.0), (0.5, 0.1, 0.05))
        ]

    def likelihood(self, theta: FloatArray, counts: Counts) -> Derivatives:
        """Return the log likelihood with exact derivatives."""
        r, alpha, _, _ = np.exp(theta)
        value, gradient, hessian = 0.0, np.zeros(4), np.zeros((4, 4))
        value, gradient[:2], hessian[:2, :2] = gamma_terms(r, alpha, counts.tail)
        sides = counts.sides
        left, alive = _terms(theta, sides)
        weight = sides.weight
        has_left = np.empty_like(weight)

        def work(rows: slice) -> tuple[float, FloatArray]:
            i, j, w = sides.recency.number[rows], sides.age.number[rows], weight[rows]
            z = left.value.take(i)
            other = alive.value.take(j)
            z -= other
            # e^z/(1 + e^z) of the larger side gives both log(1 + e^z) and the chance of having left.
            larger = 1.0 / (1.0 + np.exp(-np.abs(z)))
            total = float(w @ other + w @ np.maximum(z, 0.0) - w @ np.log(larger))
            p = np.where(z > 0, larger, 1.0 - larger)
            wp = np.multiply(w, p, out=has_left[rows])
            differences = left.gradient.take(i, axis=1)
            differences -= alive.gradient.take(j, axis=1)
            return total, np.einsum("in,jn->ij", differences, differences * (wp * (1.0 - p)))

        for part, curved in map_blocks(work, len(weight)):
            value += part
            hessian += curved
        for terms, side, weights in ((left, sides.recency, has_left), (alive, sides.age, weight - has_left)):
            by_pair = np.bincount(side.number, weights, minlength=len(terms.value))
            more = terms.summed(by_pair.astype(np.float64, copy=False))
            gradient += more[0]
            hessian += more[1]
        return Derivatives(value, gradient, hessian)

    def row_terms(self, parameters: Parameters, histories: HistoryColumns) -> RowTerms:
        """Return the log likelihood of each history but for Gamma(r+x)/Gamma(r), with exact derivatives."""
        r, alpha, s, beta = parameters
        x, recency, age = histories.frequency, histories.recency, histories.age
        left, alive = np.empty((DERIVATIVES, len(x))), np.empty((DERIVATIVES, len(x)))
        for leaving, rows in ((True, beta >= alpha), (False, beta < alpha)):
            if not rows.any():
                continue
            ends = excess(alpha[rows], beta[rows], recency[rows]), excess(alpha[rows], beta[rows], age[rows])
            chances = partial(log_chance_derivatives, r, s, leaving)
            chance = tabulated(chances, np.tile(x[rows], 2), np.concatenate(ends))
            at_recency, at_age = np.split(chance, 2, axis=1)
            left[:, rows] = at_recency if leaving else complement(at_recency)
            alive[:, rows] = complement(at_age) if leaving else at_age
        result = RowTerms.empty(len(x), 4)

        def work(rows: slice) -> None:
            own = r, alpha[rows], s, beta[rows]
            gone = _Terms(own, x[rows], recency[rows], left[:, rows])
            here = _Terms(own, x[rows], age[rows], alive[:, rows])
            z = gone.value - here.value
            p = 1.0 / (1.0 + np.exp(-np.clip(z, -700.0, 700.0)))
            result.value[rows] = here.value + np.logaddexp(0.0, z) - x[rows] * np.log(alpha[rows])
            differences = gone.gradient - here.gradient
            result.gradient[:, rows] = here.gradient + p * differences
            result.gradient[1, rows] -= x[rows]
            for row, pair, one, other in zip(
                result.hessian, RowTerms.pairs(4), gone.curvatures(), here.curvatures(), strict=True
            ):
                i, j = pair
                row[rows] = other + p * (one - other) + p * (1.0 - p) * differences[i] * differences[j]

        map_blocks(work, len(x))
        return result

    def border(self, escape: FloatArray) -> Text:
        """Say which limit the parameters approach."""
        r, alpha, s, beta = escape
        limits = [SAME_RATE] if max(abs(r), abs(alpha)) > 0.1 else []
        if s - beta < -0.1:
            limits.append(NOBODY_LEAVES)
        elif s - beta > 0.1:
            limits.append(ALL_LEAVE)
        elif max(s, beta) > 0.1:
            limits.append(SAME_LEAVING)
        elif min(s, beta) < -0.1:
            limits.append(LEAVE_OR_STAY)
        return Text("; ".join(limit.en for limit in limits), "；".join(limit.zh for limit in limits))

    def states(
        self, parameters: Parameters, frequency: FloatArray, recency: FloatArray, age: FloatArray
    ) -> tuple[FloatArray, ...]:
        """Return P(alive), g(T) over the sum of both terms of the likelihood; 1 where recency is age."""
        return (self.all_states(parameters, frequency, recency, age)[0],)

    def all_states(
        self, parameters: Parameters, frequency: FloatArray, recency: FloatArray, age: FloatArray
    ) -> FloatArray:
        """Return P(alive) of any number of customers, with one table of chances for all."""
        rivals = Rivals(*parameters)
        leaves = rivals.log_leave_first(frequency, recency)
        orders = rivals.log_order_first(frequency, age)

        def work(rows: slice) -> None:
            silence = rivals.rows(rows).log_silence(frequency[rows], recency[rows], age[rows] - recency[rows])
            left = leaves[rows]
            left -= silence
            # Beyond e^700 the chance is nil.
            np.minimum(left, 700.0, out=left)
            np.exp(left, out=left)
            left += np.exp(orders[rows])
            np.reciprocal(left, out=left)
            np.minimum(left, 1.0, out=left)

        map_blocks(work, len(leaves))
        return leaves[None, :]

    def futures(self, parameters: Parameters) -> tuple[Future, ...]:
        """Return orders at random until the customer leaves."""
        return (ParetoFuture(*parameters),)


def _terms(theta: FloatArray, sides: Sides) -> tuple[_Terms, _Terms]:
    """Return the terms of having left after the last order and of being there for the next."""
    r, alpha, s, beta = np.exp(theta)
    frequency, time = (np.concatenate(column) for column in zip(sides.recency[:2], sides.age[:2], strict=True))
    leaving = bool(beta >= alpha)
    chance = tabulated(partial(log_chance_derivatives, r, s, leaving), frequency, excess(alpha, beta, time))
    recency, age = np.split(chance, [len(sides.recency.time)], axis=1)
    left, alive = (recency, complement(age)) if leaving else (complement(recency), age)
    parameters = r, alpha, s, beta
    return _Terms(parameters, *sides.recency[:2], left), _Terms(parameters, *sides.age[:2], alive)


class _Terms:
    """One term of the likelihood, log(g a) or log(g b) of Gamma and power terms aside.

    Parameters
    ----------
    parameters : tuple
        r, alpha, s, beta; alpha and beta may be vectors.
    frequency, time : ndarray, shape (n,)
        Pairs of a side, or histories.
    chance : ndarray, shape (10, n)
        Log of a or b at each pair, with derivatives in c, s and log rho.

    Attributes
    ----------
    value : ndarray, shape (n,)
        At each pair, with (1 + z/alpha)^-(r+x) (1 + z/beta)^-s for g.
    gradient : ndarray, shape (4, n)
        In the log parameters.
    """

    def __init__(self, parameters: Parameters, frequency: FloatArray, time: FloatArray, chance: FloatArray) -> None:
        self._chance = chance
        r, alpha, s, beta = parameters
        self._shapes = r, s
        self._logs = np.log1p(time / alpha), np.log1p(time / beta)
        self._shares = share, leaving_share = time / (alpha + time), time / (beta + time)
        self._c = c = r + frequency
        self.value = chance[0] - c * self._logs[0] - s * self._logs[1]
        # log rho = log((beta+z)/(alpha+z)) falls with log alpha by 1 - share and rises with log beta likewise.
        self.gradient = np.stack(
            [
                r * (chance[1] - self._logs[0]),
                c * share - (1.0 - share) * chance[3],
                s * (chance[2] - self._logs[1]),
                s * leaving_share + (1.0 - leaving_share) * chance[3],
            ]
        )

    def curvatures(self) -> tuple[FloatArray, ...]:
        """Return the second derivatives at each pair, in the order of `RowTerms.pairs`."""
        r, s = self._shapes
        c = self._c
        share, leaving_share = self._shares
        to_alpha, to_beta = share - 1.0, 1.0 - leaving_share
        _, by_c, by_s, by_rho, cc, cs, c_rho, ss, s_rho, rho_rho = self._chance
        return (
            r * (by_c - self._logs[0]) + r * r * cc,
            r * (share + c_rho * to_alpha),
            r * s * cs,
            r * c_rho * to_beta,
            share * to_alpha * c + rho_rho * to_alpha**2 + by_rho * share * to_alpha,
            s * s_rho * to_alpha,
            rho_rho * to_alpha * to_beta,
            s * (by_s - self._logs[1]) + s * s * ss,
            s * (leaving_share + s_rho * to_beta),
            -s * leaving_share * to_beta + rho_rho * to_beta**2 + by_rho * leaving_share * to_beta,
        )

    def summed(self, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the weighted sums of the gradient and of the second derivatives."""
        hessian = np.empty((4, 4))
        for (i, j), terms in zip(RowTerms.pairs(4), self.curvatures(), strict=True):
            hessian[i, j] = hessian[j, i] = np.einsum("i,i->", terms, weight)
        return np.einsum("ij,j->i", self.gradient, weight), hessian


MODEL = ParetoNBD()
