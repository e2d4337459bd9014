"""BG/NBD: customers order at random at their own rate and may leave after each repeat order.

Source: Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005), "Counting your customers" the easy way: an alternative to
the Pareto/NBD model, Marketing Science 24, 275-284; equation numbers below are of that paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from xlclv.models import leaving, leaving_rows
from xlclv.models.arrays import FloatArray
from xlclv.models.counts import Counts
from xlclv.models.dropout import DropoutFuture
from xlclv.models.families.nbd import exposure_terms, gamma_terms
from xlclv.models.future import Future
from xlclv.models.model import Model, Parameters
from xlclv.models.newton import Derivatives
from xlclv.models.own_dropout import OwnDropoutFuture
from xlclv.models.row_terms import HistoryColumns, RowTerms, differ
from xlclv.text import Text


class BGNBD(Model):
    """Gamma(r, alpha) distributed Poisson rates; Beta(a, b) distributed chances to leave after each repeat order."""

    name: ClassVar[str] = "BG/NBD"
    parameters: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    links: ClassVar[Mapping[str, float]] = {"alpha": -1.0, "a": 1.0, "b": 1.0}
    unlinked_by_newcomers: ClassVar[tuple[str, ...]] = ("a", "b")

    def starts(self, counts: Counts) -> list[FloatArray]:
        """Return starts above the mean rate of the data, since some customers have left before their age."""
        return leaving.starts(counts)

    def likelihood(self, theta: FloatArray, counts: Counts) -> Derivatives:
        """Return the log likelihood (equation 6) with exact derivatives."""
        r, alpha, a, b = np.exp(theta)
        value, gradient, hessian = leaving.dropout_terms(a, b, counts.tail)
        for rate in (
            gamma_terms(r, alpha, counts.tail),
            exposure_terms(r, alpha, counts.by_recency.time, counts.by_recency.customers, counts.by_recency.orders),
            exposure_terms(r, alpha, counts.one_time.time, counts.one_time.customers, counts.one_time.orders),
        ):
            value += rate[0]
            gradient[:2] += rate[1]
            hessian[:2, :2] += rate[2]
        for part in leaving.alive_terms(r, alpha, a, b, leaving.repeaters(counts), first_order=False):
            value += part[0]
            gradient += part[1]
            hessian += part[2]
        return Derivatives(value, gradient, hessian)

    def row_terms(self, parameters: Parameters, histories: HistoryColumns) -> RowTerms:
        """Return the log likelihood of each history but for Gamma(r+x)/Gamma(r), with exact derivatives."""
        return leaving_rows.row_terms(parameters, histories)

    def border(self, escape: FloatArray) -> Text:
        """Say which limit the parameters approach."""
        return leaving.border(escape, first_order=False)

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
        if differ(parameters):
            return (OwnDropoutFuture(*parameters),)
        return (DropoutFuture(*parameters),)


MODEL = BGNBD()
