"""MBG/NBD: customers order at random at their own rate and may leave after each order, the first included.

Sources: Batislam, E. P., Denizel, M. and Filiztekin, A. (2007), Empirical validation and comparison of models for
customer base analysis, International Journal of Research in Marketing 24, 201-209; Hoppe, D. and Wagner, U. (2007),
Customer base analysis: the case for a central variant of the Betageometric/NBD model, Marketing: Journal of Research
and Management 3, 75-90.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from xlclv.models import leaving
from xlclv.models.arrays import FloatArray
from xlclv.models.counts import Counts
from xlclv.models.dropout import DropoutFuture
from xlclv.models.families.nbd import exposure_terms, gamma_terms
from xlclv.models.future import Future
from xlclv.models.model import Model, Parameters
from xlclv.models.newton import Derivatives
from xlclv.text import Text


class MBGNBD(Model):
    """Gamma(r, alpha) distributed Poisson rates; Beta(a, b) distributed chances to leave after each order."""

    name: ClassVar[str] = "MBG/NBD"
    parameters: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")

    def starts(self, counts: Counts) -> list[FloatArray]:
        """Return starts above the mean rate of the data, since some customers have left before their age."""
        return leaving.starts(counts)

    def likelihood(self, theta: FloatArray, counts: Counts) -> Derivatives:
        """Return the log likelihood with exact derivatives.

        It is that of A1 (B(a, b+x+1)/B(a, b) (alpha+T)^-(r+x) + B(a+1, b+x)/B(a, b) (alpha+t_x)^-(r+x)), where A1 is
        Gamma(r+x)/Gamma(r) alpha^r: one more occasion to leave than in BG/NBD, for one-time buyers too.
        """
        r, alpha, a, b = np.exp(theta)
        value, gradient, hessian = leaving.dropout_terms(a, b, np.append(counts.customers, counts.tail))
        for rate in (
            gamma_terms(r, alpha, counts.tail),
            exposure_terms(r, alpha, counts.by_recency.time, counts.by_recency.customers, counts.by_recency.orders),
        ):
            value += rate[0]
            gradient[:2] += rate[1]
            hessian[:2, :2] += rate[2]
        for histories in (leaving.repeaters(counts), leaving.one_timers(counts.one_time)):
            for part in leaving.alive_terms(r, alpha, a, b, histories, first_order=True):
                value += part[0]
                gradient += part[1]
                hessian += part[2]
        return Derivatives(value, gradient, hessian)

    def border(self, escape: FloatArray) -> Text:
        """Say which limit the parameters approach."""
        return leaving.border(escape, first_order=True)

    def states(
        self, parameters: Parameters, frequency: FloatArray, recency: FloatArray, age: FloatArray
    ) -> tuple[FloatArray, ...]:
        """Return P(alive): 1/(1 + a/(b+x) ((alpha+T)/(alpha+t_x))^(r+x)); b/(a+b) for a customer just acquired."""
        r, alpha, a, b = parameters
        odds = age - recency
        odds /= recency + alpha
        np.log1p(odds, out=odds)
        odds *= frequency + r
        # Beyond e^700 the chance is nil, and infinity must not come of it.
        np.minimum(odds, 700.0, out=odds)
        np.exp(odds, out=odds)
        with np.errstate(over="ignore"):
            odds *= a
            odds /= frequency + b
        odds += 1.0
        return (np.reciprocal(odds, out=odds),)

    def futures(self, parameters: Parameters) -> tuple[Future, ...]:
        """Return orders until one after which the customer leaves, with a Beta(a, b+x+1) distributed chance each."""
        r, alpha, a, b = parameters
        return (DropoutFuture(r, alpha, a, b + 1.0),)


MODEL = MBGNBD()
