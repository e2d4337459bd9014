"""Fitting the shifted beta-geometric model to cohorts, and what the fitted model says of their future."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike

from xlclv.domain import whole
from xlclv.errors import DomainError, InputError
from xlclv.models import block, shifted_beta_geometric
from xlclv.models.arrays import BoolArray, Elements, FloatArray, Result, numbers
from xlclv.models.checks import MAX_PERIODS, Problem, period_problems, raise_first, terms_problems
from xlclv.models.discounted_lifetime import discounted_lifetime
from xlclv.models.estimate import OK, Estimate, border_status, counted, uncertainty
from xlclv.models.newton import Maximum, maximise, maximise_from_sample
from xlclv.models.survivors import require_two_rates, survivor_table
from xlclv.periods import period_of

if TYPE_CHECKING:
    import pandas as pd

#: Fewer customers than this are searched as if they were as many: shares, percentages and counts of the same cohort
#: then end at the same parameters, though one search stops by standard errors.
_REFERENCE: Final = 1000.0

#: Discount rates below are 0: smaller numbers have no reciprocal.
_SMALLEST_RATE: Final = 1e-290


@dataclass(frozen=True, kw_only=True)
class FittedRetention(Estimate):
    """A fitted shifted beta-geometric (sBG) model of customers under contract.

    Examples
    --------
    >>> model = FittedRetention.from_block([["model", "sBG"], ["alpha", 0.704077], ["beta", 1.182043]])
    >>> round(model.survival(12), 5)
    0.17004
    >>> round(model.value(1, 0.1), 6), round(model.value(1, 0.1, renewals=5), 6)
    (3.69491, 6.694919)
    """

    def survival(self, periods: ArrayLike) -> Result:
        """Return the share of customers left after so many renewals.

        Parameters
        ----------
        periods : float, array_like or Series
            Number of periods since the customers were won, whole, from 0 to 100,000.

        Returns
        -------
        float, ndarray or Series
            Within 0 and 1.

        Raises
        ------
        InputError, DomainError
            For the first element that is no such number.

        Notes
        -----
        S(t) = B(alpha, beta + t) / B(alpha, beta): Fader and Hardie (2007), the survivor function of the sBG.
        """
        elements = Elements(periods=periods)
        t = elements.values["periods"]
        raise_first(_whole_problems(t, "periods", MAX_PERIODS))
        curve = shifted_beta_geometric.survival_curve(self.values, int(t.max(initial=0.0)))
        return elements.result(curve[t.astype(np.intp)])

    def retention_rate(self, periods: ArrayLike) -> Result:
        """Return the share of the customers of the period before who renew in a period.

        Parameters
        ----------
        periods : float, array_like or Series
            The period, whole; 1 is that of the first renewal.

        Returns
        -------
        float, ndarray or Series
            Within 0 and 1, rising with the period.

        Raises
        ------
        InputError, DomainError
            For the first element that is no such number.

        Notes
        -----
        r(t) = (beta + t - 1) / (alpha + beta + t - 1): Fader and Hardie (2007), the retention rate of the sBG.
        """
        elements = Elements(periods=periods)
        t = elements.values["periods"]
        raise_first(_whole_problems(t, "periods", MAX_PERIODS, lowest=1.0))
        return elements.result(shifted_beta_geometric.retention_rate(self.values, t))

    def forecast(self, periods: int) -> pd.DataFrame:
        """Return the curve from period 0 on.

        Parameters
        ----------
        periods : int
            The last period, at most 100,000.

        Returns
        -------
        DataFrame
            Columns period, survival, retention_rate; no rate (NaN) in period 0.

        Raises
        ------
        InputError, DomainError
            If ``periods`` is no such number.
        """
        import pandas as pd

        last = whole(periods, "periods", high=MAX_PERIODS)
        period = np.arange(last + 1)
        rates = np.full(last + 1, np.nan)
        rates[1:] = shifted_beta_geometric.retention_rate(self.values, period[1:].astype(np.float64))
        survival = shifted_beta_geometric.survival_curve(self.values, last)
        return pd.DataFrame({"period": period, "survival": survival, "retention_rate": rates})

    def value(self, margin: ArrayLike, discount_rate: ArrayLike, renewals: ArrayLike = 0.0) -> Result:
        """Return what a customer is worth who is about to make a payment, that payment included.

        Parameters
        ----------
        margin : float, array_like or Series
            Margin of each payment, in money.
        discount_rate : float, array_like or Series
            Effective discount rate of one period, 0 or more. At 0 the value is finite only if alpha is above 1.
        renewals : float, array_like or Series
            Renewals the customer has made, whole; the payment at hand is number ``renewals`` + 1.

        Returns
        -------
        float, ndarray or Series
            Money.

        Raises
        ------
        InputError, DomainError
            For the first element outside the domain, or whose value is infinite.

        Notes
        -----
        The sum over t of margin S(renewals + t) / S(renewals) / (1 + d)^t from t = 0 on:
        margin 2F1(1, beta + renewals; alpha + beta + renewals; 1 / (1 + d)), which at d = 0 is
        margin (alpha + beta + renewals - 1) / (alpha - 1). Fader, P. S. and Hardie, B. G. S. (2010), "Customer-base
        valuation in a contractual setting: the perils of ignoring heterogeneity", Marketing Science 29(1); their
        discounted expected residual lifetime is this value just before the decision to renew, hence times the chance
        of it.
        """
        elements = Elements(margin=margin, discount_rate=discount_rate, renewals=renewals)
        raise_first(self.problems(**elements.values))
        lifetimes = self._lifetimes(elements.values["discount_rate"], elements.values["renewals"])
        with np.errstate(over="ignore"):
            worth = elements.values["margin"] * lifetimes
        infinite = ~np.isfinite(worth)
        if infinite.any():
            raise_first([Problem(infinite, _too_large())])
        return elements.result(worth)

    def problems(self, margin: ArrayLike, discount_rate: ArrayLike, renewals: ArrayLike = 0.0) -> list[Problem]:
        """List for which elements there is no value, and why."""
        arrays = np.broadcast_arrays(
            numbers("margin", margin), numbers("discount_rate", discount_rate), numbers("renewals", renewals)
        )
        found = [*terms_problems(arrays[0], arrays[1]), *_whole_problems(arrays[2], "renewals", np.inf)]
        alpha, _ = self.values
        if alpha <= 1.0:
            found.append(
                Problem(
                    arrays[1] < _SMALLEST_RATE,
                    DomainError(
                        f"Undiscounted, the value is infinite at alpha = {alpha:.4g}; give a discount_rate above 0.",
                        f"alpha = {alpha:.4g} 时，不折现的价值为无穷大；请给出大于 0 的 discount_rate。",
                        argument="discount_rate",
                    ),
                )
            )
        taken: BoolArray = np.zeros(arrays[0].shape, dtype=bool)
        disjoint = []
        for mask, error in found:
            if (mask & ~taken).any():
                disjoint.append(Problem(mask & ~taken, error))
                taken = taken | mask
        return disjoint

    def _lifetimes(self, rate: FloatArray, renewals: FloatArray) -> FloatArray:
        """Return the discounted number of payments, computed once for each pair of rate and renewals."""
        alpha, beta = self.values
        out = np.empty(len(rate))
        for made in np.unique(renewals):
            rows = np.flatnonzero(renewals == made)
            rates, places = np.unique(rate[rows], return_inverse=True)
            lifetimes = np.empty(len(rates))
            undiscounted = rates < _SMALLEST_RATE
            # (alpha + beta + made - 1) / (alpha - 1), from which 1 is taken out before digits cancel.
            lifetimes[undiscounted] = 1.0 + (beta + made) / (alpha - 1.0) if alpha > 1.0 else np.inf
            if not undiscounted.all():
                with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                    lifetimes[~undiscounted] = discounted_lifetime(alpha, beta + float(made), rates[~undiscounted])
            out[rows] = lifetimes[places]
        return out

    def to_block(self, lang: str = "en") -> list[list[block.Cell]]:
        """Return the model block: rows of five cells, header first; ``lang`` is en or zh."""
        return block.write(self, lang)

    @classmethod
    def from_block(cls, cells: block.Rows) -> FittedRetention:
        """Return the model a block describes.

        Raises
        ------
        InputError
            If it is no sBG block, or a parameter is missing.
        DomainError
            If a parameter is not above 0.
        """
        read = block.Block(cells)
        if not is_retention(read.model):
            raise InputError(
                f"The block is of {read.model[:40]!r}; a retention model is needed: sBG, as RETENTION_FIT gives it.",
                f"该区域的模型是 {read.model[:40]!r}；需要留存模型 sBG，即 RETENTION_FIT 的结果。",
                argument="model",
            )
        return cls(**read.estimate(shifted_beta_geometric.NAME, shifted_beta_geometric.PARAMETERS))


def is_retention(name: str) -> bool:
    """Return whether ``name`` is the shifted beta-geometric model; letter case and punctuation do not matter."""
    return "".join(filter(str.isalnum, name)).lower() in ("sbg", "shiftedbetageometric")


def fit_retention(survivors: ArrayLike, period: str = "") -> FittedRetention:
    """Fit the shifted beta-geometric (sBG) model of contractual retention by maximum likelihood.

    Parameters
    ----------
    survivors : array_like or DataFrame, shape (n + 1,) or (n + 1, cohorts)
        Customers of each cohort who are left: its size, then those left after 1, 2, ... renewals. A cohort may end
        early: missing values (NaN, None) are not observed yet. Counts may be fractional; sizes of 100 or 1, with
        percentages or shares, give the same parameters, but standard errors as of so few customers.
    period : str
        Time between renewals, such as year, kept with the model.

    Returns
    -------
    FittedRetention

    Raises
    ------
    InputError
        If a value is no number, or stands after a missing one.
    DomainError
        If survivors are negative or rise.
    DataError
        If nobody churned, nobody was left after the first period, or only one period is observed: one rate cannot
        tell two parameters.

    Notes
    -----
    The log likelihood is that of Fader and Hardie (2007), summed over cohorts. No number of customers is too
    small: it may be a percentage, and the standard errors tell.

    Examples
    --------
    >>> model = fit_retention([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> {name: round(value, 6) for name, value in model.params.items()}
    {'alpha': 0.668088, 'beta': 3.806095}
    """
    table = survivor_table(survivors)
    customers = float(np.nansum(table[0]))
    data = shifted_beta_geometric.losses(table)
    require_two_rates(data, customers)
    factor = max(1.0, _REFERENCE / customers)
    scaled = data.scaled(factor)
    starts = shifted_beta_geometric.starts(scaled)
    found = maximise_from_sample(shifted_beta_geometric.likelihood, starts, scaled, scaled, customers * factor)
    if found.escape is None:
        # Standard errors of the place itself, not of the one a step before it: the data are a few rows.
        found = maximise(lambda theta: shifted_beta_geometric.likelihood(theta, scaled), found.theta)
    covariance = None if found.covariance is None else found.covariance * factor
    maximum = Maximum(found.theta, found.value / factor, covariance, found.escape, found.iterations)
    errors, limits = uncertainty(shifted_beta_geometric.PARAMETERS, maximum.theta, maximum.covariance)
    return FittedRetention(
        name=shifted_beta_geometric.NAME,
        period=period_of(period) if period else "",
        params=dict(zip(shifted_beta_geometric.PARAMETERS, np.exp(maximum.theta).tolist(), strict=True)),
        standard_errors=errors,
        limits=limits,
        log_likelihood=maximum.value,
        customers=counted(customers),
        status=OK if maximum.escape is None else border_status(maximum, shifted_beta_geometric.border(maximum.escape)),
        at_boundary=maximum.escape is not None,
        iterations=maximum.iterations,
    )


def _whole_problems(values: FloatArray, name: str, highest: float, lowest: float = 0.0) -> list[Problem]:
    """List the elements that are no whole number from ``lowest`` to ``highest``."""
    if name == "periods" and (found := period_problems(values)):
        return found
    with np.errstate(invalid="ignore"):
        wrong = ~((values == np.floor(values)) & (values >= lowest) & (values <= highest) & np.isfinite(values))
    if not wrong.any():
        return []
    limit = f"{lowest:g} or more" if highest == np.inf else f"from {lowest:g} to {highest:,.0f}"
    limit_zh = f"不小于 {lowest:g} 的整数" if highest == np.inf else f"{lowest:g} 到 {highest:,.0f} 的整数"
    error = DomainError(f"{name} must be a whole number, {limit}.", f"{name} 必须是{limit_zh}。", argument=name)
    return [Problem(wrong, error)]


def _too_large() -> DomainError:
    return DomainError(
        "The value is beyond the largest number there is; check margin and parameters.",
        "价值超出可表示的最大数值；请检查 margin 和参数。",
        argument="margin",
    )
