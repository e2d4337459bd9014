"""A fitted model of repeat orders: what it says about a customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xlclv.errors import InputError
from xlclv.models import block
from xlclv.models.arrays import Elements, FloatArray, Result
from xlclv.models.checks import Problem, diverging, horizon_problems, raise_first, terms_problems
from xlclv.models.discounting import DiscountedOrders, groups
from xlclv.models.estimate import Estimate
from xlclv.models.model import Model, model_named
from xlclv.models.parallel import map_blocks


@dataclass(frozen=True, kw_only=True)
class FittedModel(Estimate):
    """A fitted model of repeat orders.

    Element-wise methods take numbers, arrays or Series that broadcast, and return a float, an array or a Series with
    the same index. Times are in the unit of the data the model was fitted to.

    Examples
    --------
    >>> cells = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
    >>> model = FittedModel.from_block(cells)
    >>> round(model.alive(2, 30.43, 38.86), 6)
    0.726579
    >>> round(model.orders(2, 30.43, 38.86, periods=39), 6)
    1.226028
    """

    @property
    def model(self) -> Model:
        """The model of which these are the parameters."""
        return model_named(self.name)

    def alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Result:
        """Return the chance that a customer will order again, P(alive).

        Parameters
        ----------
        frequency, recency, age : float, array_like or Series
            Repeat orders; time from the first order to the last; time from the first order to now.

        Returns
        -------
        float, ndarray or Series
            Between 0 and 1.

        Raises
        ------
        InputError, DomainError
            For the first row that is no customer history.
        """
        elements = Elements(frequency=frequency, recency=recency, age=age)
        raise_first(self.model.problems(**elements.values))
        return elements.result(np.sum(self._states(**elements.values), axis=0))

    def orders(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, periods: ArrayLike) -> Result:
        """Return the expected orders in the next ``periods``.

        Parameters
        ----------
        frequency, recency, age : float, array_like or Series
            As in :meth:`alive`.
        periods : float or array_like
            Time ahead, 0 or more.

        Raises
        ------
        InputError, DomainError
            For the first row that is no customer history or no time ahead.
        """
        return self._ahead("orders", frequency, recency, age, periods)

    def active(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, periods: ArrayLike) -> Result:
        """Return the chance of at least one order in the next ``periods``; parameters as in :meth:`orders`."""
        return self._ahead("some_order", frequency, recency, age, periods)

    def new(self, periods: ArrayLike) -> Result:
        """Return the expected repeat orders of a customer just acquired in the next ``periods``.

        Examples
        --------
        >>> cells = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
        >>> round(FittedModel.from_block(cells).new(52), 6)
        1.446051
        """
        return self._ahead("orders", 0.0, 0.0, 0.0, periods)

    def residual(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, discount_rate: ArrayLike = 0.0
    ) -> Result:
        """Return the discounted expected residual orders: all orders to come, at today's worth (DERT).

        Parameters
        ----------
        frequency, recency, age : float, array_like or Series
            As in :meth:`alive`.
        discount_rate : float or array_like
            Effective rate of one period, 0 or more; discounting is continuous, of BG/BB at the end of each opportunity.

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
        >>> cells = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
        >>> round(FittedModel.from_block(cells).residual(2, 30.43, 38.86, 1.15 ** (1 / 52) - 1), 6)
        5.169554
        """
        elements = Elements(frequency=frequency, recency=recency, age=age, discount_rate=discount_rate)
        x, t, age_, rate = elements.values.values()
        raise_first([*self.model.problems(x, t, age_), *self.residual_problems(rate)])
        states = self._states(x, t, age_)
        result = np.zeros(len(x))
        distinct, group = np.unique(rate, return_inverse=True)
        for rows, rate_ in zip(groups(group.reshape(-1), len(distinct)), distinct.tolist(), strict=True):
            for state, future in zip(states, self.model.futures(self.values), strict=True):
                ahead = DiscountedOrders(future, x[rows], age_[rows], np.inf, rate_)
                result[rows] += state[rows] * ahead.of(slice(None))
        return elements.result(result)

    def residual_problems(self, discount_rate: FloatArray) -> list[Problem]:
        """List for which discount rates there are no residual orders, and why."""
        forever = np.full_like(discount_rate, np.inf)
        return [*terms_problems(discount_rate=discount_rate), *self.horizon_problems(forever, discount_rate)]

    def horizon_problems(self, periods: FloatArray, discount_rate: FloatArray) -> list[Problem]:
        """List which horizons the model has no value for, and why; infinite is for ever."""
        t, rate = np.broadcast_arrays(periods, discount_rate)
        found = horizon_problems(t)
        found += self.model.period_problems(np.where(np.isfinite(t) & (t >= 0), t, 0.0))
        futures = self.model.futures(self.values)
        one = np.ones(1)
        if not np.isfinite([future.lifetime(one, one) for future in futures]).all():
            endless = (t == np.inf) & (rate == 0.0)
            if endless.any():
                found.append(diverging(endless, self.name))
        return found

    def to_block(self, lang: str = "en") -> list[list[block.Cell]]:
        """Return the model block: rows of five cells, header first; ``lang`` is en or zh."""
        return block.write(self, lang)

    @classmethod
    def from_block(cls, cells: block.Rows) -> FittedModel:
        """Return the model a block describes.

        Raises
        ------
        InputError
            If it is no block of a model of repeat orders, or a parameter is missing.
        DomainError
            If a parameter is not above 0.
        """
        read = block.Block(cells)
        model = model_named(read.model)
        estimate = read.estimate(model.name, (*model.parameters, *model.constants))
        model.check(estimate["params"])
        return cls(**estimate)

    def to_lifetimes(
        self,
        frequency: ArrayLike | None = None,
        recency: ArrayLike | None = None,
        age: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Any:
        """Return a fitter of lifetimes with these parameters, for its plots.

        Parameters
        ----------
        frequency, recency, age, weights : array_like, optional
            The data fitted to, which a model block does not hold; most plots need it.

        Raises
        ------
        InputError
            If lifetimes does not have the model.
        """
        from xlclv.models import engine_lifetimes

        return engine_lifetimes.to_fitter(self, frequency, recency, age, weights)

    @classmethod
    def from_lifetimes(cls, fitter: Any, *, period: str = "") -> FittedModel:
        """Return the model that a fitter of lifetimes holds, with its own log likelihood and standard errors.

        Raises
        ------
        InputError
            If it is not fitted, or of a kind there is no model for.
        """
        from xlclv.models import engine_lifetimes

        return engine_lifetimes.from_fitter(fitter, period)

    def _ahead(
        self, method: str, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, periods: ArrayLike
    ) -> Result:
        """Return what a method of the futures says, weighted with the chances of their states."""
        elements = Elements(frequency=frequency, recency=recency, age=age, periods=periods)
        x, t, age_, ahead = elements.values.values()
        raise_first([*self.model.problems(x, t, age_), *self.model.period_problems(ahead)])
        result = np.zeros(len(x))
        for state, future in zip(self._states(x, t, age_), self.model.futures(self.values), strict=True):
            result += state * getattr(future, method)(x, age_, ahead)
        return elements.result(result)

    def _states(self, frequency: FloatArray, recency: FloatArray, age: FloatArray) -> FloatArray:
        """Return the chances of the states of the living, shape (states, n)."""
        model, values = self.model, self.values
        result = np.empty((len(model.futures(values)), len(frequency)))

        def work(rows: slice) -> None:
            for row, state in zip(result, model.states(values, frequency[rows], recency[rows], age[rows]), strict=True):
                row[rows] = state

        map_blocks(work, len(frequency))
        return result


def require_model(model: object) -> FittedModel:
    """Return ``model`` if it is a fitted model of repeat orders.

    Raises
    ------
    InputError
        If it is anything else.
    """
    if isinstance(model, FittedModel):
        return model
    raise InputError(
        "model must be a model of repeat orders such as BG/NBD, not a model of order values.",
        "model 必须是重复购买模型（如 BG/NBD），不能是订单金额模型。",
        argument="model",
    )
