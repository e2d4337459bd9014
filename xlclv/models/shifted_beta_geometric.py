"""Shifted beta-geometric: customers who churn with a chance of their own at each renewal.

Source: Fader, P. S. and Hardie, B. G. S. (2007), "How to project customer retention", Journal of Interactive Marketing
21(1), 76-90.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy import special

from xlclv.models.arrays import FloatArray, inner
from xlclv.models.newton import Derivatives
from xlclv.text import Text

NAME: Final = "sBG"
PARAMETERS: Final = ("alpha", "beta")

#: Sums alpha + beta to start a search from.
_STARTS: Final = (2.0, 20.0, 0.2)


class Losses(NamedTuple):
    """Customers at risk and lost, cohorts taken together: all the likelihood needs.

    Attributes
    ----------
    at_risk, churned : ndarray, shape (n,)
        Customers up for their k-th renewal whose decision is known, and those of them who left; k = 1, 2, ...
    """

    at_risk: FloatArray
    churned: FloatArray

    def scaled(self, factor: float) -> Losses:
        """Return ``factor`` times as many customers."""
        return Losses(self.at_risk * factor, self.churned * factor)


def losses(survivors: FloatArray) -> Losses:
    """Return the losses of cohorts.

    Parameters
    ----------
    survivors : ndarray, shape (n + 1, cohorts)
        Customers left, the first row being all; NaN after the last one observed.
    """
    known = ~np.isnan(survivors[1:])
    at_risk = np.where(known, survivors[:-1], 0.0)
    return Losses(at_risk.sum(axis=1), np.where(known, survivors[:-1] - survivors[1:], 0.0).sum(axis=1))


def starts(data: Losses) -> list[FloatArray]:
    """Return log parameters to start a fit from: at the share of customers lost in the first period."""
    first = data.churned[0] / data.at_risk[0] if data.churned[0] > 0 else data.churned.sum() / data.at_risk.sum()
    share = float(np.clip(first, 1e-6, 1.0 - 1e-6))
    return [np.log([share * total, (1.0 - share) * total]) for total in _STARTS]


def likelihood(theta: FloatArray, data: Losses) -> Derivatives:
    """Return the log likelihood of the losses with exact derivatives.

    Written by the chances of the decisions and not of the lifetimes: of those at risk at renewal k + 1 each leaves with
    chance c = alpha / (alpha + beta + k), the logistic function of log(alpha / (beta + k)). The same
    function, but nothing in it cancels, however large the parameters.
    """
    beta = np.exp(theta[1])
    renewal = np.arange(len(data.at_risk), dtype=np.float64)
    odds = theta[0] - np.log(beta + renewal)
    stayed = data.at_risk - data.churned
    value = -inner(data.churned, np.logaddexp(0.0, -odds)) - inner(stayed, np.logaddexp(0.0, odds))
    chance = special.expit(odds)
    excess = data.churned - data.at_risk * chance
    spread = data.at_risk * chance * special.expit(-odds)
    near, far = beta / (beta + renewal), renewal / (beta + renewal)
    gradient = np.array([excess.sum(), -inner(near, excess)])
    h_ab = inner(near, spread)
    h_bb = -inner(near * near, spread) - inner(near * far, excess)
    return Derivatives(value, gradient, np.array([[-float(spread.sum()), h_ab], [h_ab, h_bb]]))


def border(escape: FloatArray) -> Text:
    """Say which limit the parameters approach."""
    if escape.sum() > 0:
        return Text(
            "alpha and beta grow without limit: all customers churn with the same chance, at a constant rate",
            "alpha 和 beta 无限增大：所有客户的流失概率相同，流失率恒定",
        )
    return Text(
        "alpha and beta fall to 0: customers churn in the first period or never",
        "alpha 和 beta 趋于 0：客户要么在第一期流失，要么永不流失",
    )


def retention_rate(parameters: tuple[float, ...], period: FloatArray) -> FloatArray:
    """Return the share of the customers left after ``period`` - 1 renewals who make the next one."""
    alpha, beta = parameters
    with np.errstate(over="ignore"):  # a ratio beyond the largest number leaves nobody, as it should
        return 1.0 / (1.0 + alpha / (beta + (period - 1.0)))


def survival_curve(parameters: tuple[float, ...], periods: int) -> FloatArray:
    """Return the share of customers left after 0, 1, ..., ``periods`` renewals, each from the one before."""
    alpha, beta = parameters
    with np.errstate(over="ignore"):
        steps = np.log1p(alpha / (beta + np.arange(periods)))
    return np.exp(-np.concatenate(([0.0], np.cumsum(steps))))
