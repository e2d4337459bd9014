"""What a fitted model of repeat orders expects of a customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from xlclv.models.arrays import BoolArray, FloatArray, Result
from xlclv.models.checks import Problem, diverging, horizon_problems, raise_first, terms_problems
from xlclv.models.covariates import Covariates, FeatureRows
from xlclv.models.discounting import DiscountedOrders, groups
from xlclv.models.estimate import Estimate
from xlclv.models.model import Model, model_named
from xlclv.models.row_terms import of_rows


@dataclass(frozen=True, kw_only=True)
class Expectations(Estimate):
    """Expectations of customers by a fitted model of repeat orders.

    Element-wise methods take numbers, arrays or Series that broadcast, and return a float, an array or a Series with
    the same index. Times are in the unit of the data the model was fitted to.
    """

    @property
    def model(self) -> Model:
        """The model of which these are the parameters."""
        return model_named(self.name)

    @property
    def values(self) -> tuple[float, ...]:
        """The parameters in the order of the model.

        Raises
        ------
        InputError
            If they depend on features of the customer; see :meth:`at`.
        """
        if self.coefficients:
            raise self.covariates.missing()
        return tuple(self.params.values())

    @property
    def covariates(self) -> Covariates:
        """How the parameters depend on features of the customers."""
        return Covariates(self.model, self)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features there are coefficients of, in their order; "" of those without a name."""
        return self.covariates.names

    def alive(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, *, features: ArrayLike | None = None
    ) -> Result:
        """Return the chance that a customer will order again, P(alive).

        Parameters
        ----------
        frequency, recency, age : float, array_like or Series
            Repeat orders; time from the first order to the last; time from the first order to now.
        features : array_like, shape (n, q), or DataFrame, optional
            Of a model with coefficients: the features of each customer, in the order of :attr:`features` or in columns
            of these names. Rows broadcast with the other arguments; one row serves all.

        Returns
        -------
        float, ndarray or Series
            Between 0 and 1.

        Raises
        ------
        InputError, DomainError
            For the first row that is no customer history.
        """
        elements, z = self.covariates.elements(features, frequency=frequency, recency=recency, age=age)
        x, t, age_ = elements.values.values()
        raise_first([*self.model.problems(x, t, age_), *self.covariates.problems(z)])
        result = np.empty(len(x))
        for rows, parameters in self.covariates.parts(z):
            result[rows] = self.model.alive(parameters, x[rows], t[rows], age_[rows])
        return elements.result(result)

    def orders(
        self,
        frequency: ArrayLike,
        recency: ArrayLike,
        age: ArrayLike,
        periods: ArrayLike,
        *,
        features: ArrayLike | None = None,
    ) -> Result:
        """Return the expected orders in the next ``periods``.

        Parameters
        ----------
        frequency, recency, age : float, array_like or Series
            As in :meth:`alive`.
        periods : float or array_like
            Time ahead, 0 or more.
        features : array_like or DataFrame, optional
            As in :meth:`alive`.

        Raises
        ------
        InputError, DomainError
            For the first row that is no customer history or no time ahead.
        """
        return self._ahead("orders", features, frequency, recency, age, periods)

    def active(
        self,
        frequency: ArrayLike,
        recency: ArrayLike,
        age: ArrayLike,
        periods: ArrayLike,
        *,
        features: ArrayLike | None = None,
    ) -> Result:
        """Return the chance of at least one order in the next ``periods``; parameters as in :meth:`orders`."""
        return self._ahead("some_order", features, frequency, recency, age, periods)

    def new(self, periods: ArrayLike, *, features: ArrayLike | None = None) -> Result:
        """Return the expected repeat orders of a customer just acquired in the next ``periods``.

        Examples
        --------
        >>> from xlclv.models import FittedModel
        >>> cells = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
        >>> round(FittedModel.from_block(cells).new(52), 6)
        1.446051
        """
        return self._ahead("orders", features, 0.0, 0.0, 0.0, periods)

    def residual(
        self,
        frequency: ArrayLike,
        recency: ArrayLike,
        age: ArrayLike,
        discount_rate: ArrayLike = 0.0,
        *,
        features: ArrayLike | None = None,
    ) -> Result:
        """Return the discounted expected residual orders: all orders to come, at today's worth (DERT).

        Parameters
        ----------
        frequency, recency, age : float, array_like or Series
            As in :meth:`alive`.
        discount_rate : float or array_like
            Effective rate of one period, 0 or more; discounting is continuous, of BG/BB at the end of each opportunity.
        features : array_like or DataFrame, optional
            As in :meth:`alive`.

        Raises
        ------
        InputError, DomainError
            For the first row that is no customer history, or whose orders without discounting have no finite sum.

        Notes
        -----
        Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005), "RFM and CLV: using iso-value curves for customer base
        analysis", Journal of Marketing Research 42, 415-430, for Pareto/NBD; the other models by the same definition.
        Accurate to some 1e-12.

        Examples
        --------
        >>> from xlclv.models import FittedModel
        >>> cells = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
        >>> round(FittedModel.from_block(cells).residual(2, 30.43, 38.86, 1.15 ** (1 / 52) - 1), 6)
        5.169554
        """
        elements, z = self.covariates.elements(
            features, frequency=frequency, recency=recency, age=age, discount_rate=discount_rate
        )
        x, t, age_, rate = elements.values.values()
        raise_first([*self.model.problems(x, t, age_), *self.residual_problems(rate, z)])
        result = np.zeros(len(x))
        for part, parameters in self.covariates.parts(z):
            states = self.model.all_states(parameters, x[part], t[part], age_[part])
            some = np.zeros(states.shape[1])
            distinct, group = np.unique(rate[part], return_inverse=True)
            for rows, rate_ in zip(groups(group.reshape(-1), len(distinct)), distinct.tolist(), strict=True):
                for state, future in zip(states, self.model.futures(of_rows(parameters, rows)), strict=True):
                    ahead = DiscountedOrders(future, x[part][rows], age_[part][rows], np.inf, rate_)
                    some[rows] += state[rows] * ahead.of(slice(None))
            result[part] = some
        return elements.result(result)

    def residual_problems(self, discount_rate: FloatArray, features: FeatureRows = None) -> list[Problem]:
        """List for which discount rates there are no residual orders, and why."""
        forever = np.full_like(discount_rate, np.inf)
        found = self.horizon_problems(forever, discount_rate, features)
        return [*terms_problems(discount_rate=discount_rate), *found]

    def horizon_problems(
        self, periods: FloatArray, discount_rate: FloatArray, features: FeatureRows = None
    ) -> list[Problem]:
        """List which horizons the model has no value for, and which features no parameters; infinite is for ever."""
        t, rate = np.broadcast_arrays(periods, discount_rate)
        found = horizon_problems(t)
        found += self.model.period_problems(np.where(np.isfinite(t) & (t >= 0), t, 0.0))
        found += self.covariates.problems(features)
        endless = (t == np.inf) & (rate == 0.0)
        if endless.any():
            endless = endless & self._endless(features)
            if endless.any():
                found.append(diverging(endless, self.name))
        return found

    def _endless(self, features: FeatureRows) -> BoolArray:
        """Return whether the orders to come have no bound, of all customers or of each."""
        endless = np.zeros(1 if features is None else len(features), dtype=bool)
        for rows, parameters in self.covariates.parts(features):
            one = np.ones(len(endless[rows]))
            for future in self.model.futures(parameters):
                endless[rows] |= ~np.isfinite(future.lifetime(one, one))
        return endless[0] if features is None else endless

    def _ahead(
        self,
        method: str,
        features: ArrayLike | None,
        frequency: ArrayLike,
        recency: ArrayLike,
        age: ArrayLike,
        periods: ArrayLike,
    ) -> Result:
        """Return what a method of the futures says, weighted with the chances of their states."""
        elements, z = self.covariates.elements(features, frequency=frequency, recency=recency, age=age, periods=periods)
        x, t, age_, ahead = elements.values.values()
        raise_first(
            [*self.model.problems(x, t, age_), *self.model.period_problems(ahead), *self.covariates.problems(z)]
        )
        result = np.zeros(len(x))
        for rows, parameters in self.covariates.parts(z):
            states = self.model.all_states(parameters, x[rows], t[rows], age_[rows])
            for state, future in zip(states, self.model.futures(parameters), strict=True):
                result[rows] += state * getattr(future, method)(x[rows], age_[rows], ahead[rows])
        return elements.result(result)
