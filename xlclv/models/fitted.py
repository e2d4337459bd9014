"""A fitted model of repeat orders: what it says about a customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xlclv.errors import DomainError, InputError
from xlclv.models import block, intervals
from xlclv.models.arrays import FloatArray, Result
from xlclv.models.checks import Problem, raise_first
from xlclv.models.distributions import too_many
from xlclv.models.expectations import Expectations
from xlclv.models.model import model_named, models


@dataclass(frozen=True, kw_only=True)
class FittedModel(Expectations):
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

    def at(self, features: ArrayLike) -> FittedModel:
        """Return the model of customers with given features, which has no coefficients.

        Parameters
        ----------
        features : array_like, shape (q,) or (1, q)

        Raises
        ------
        InputError, DomainError
            If the features are not those of the model, or too far from what it was fitted to.

        Examples
        --------
        >>> cells = [["model", "Pareto/NBD"], ["r", 0.5], ["alpha", 10], ["s", 0.6], ["beta", 12]]
        >>> model = FittedModel.from_block([*cells, ["alpha:1 store", 0.7], ["beta:1 store", 0]])
        >>> round(model.at([1]).params["alpha"], 4)  # 10 / exp(0.7)
        4.9659
        """
        elements, rows = self.covariates.elements(features)
        if elements.shape:
            raise InputError(
                "features must be one row; the model has other parameters for each.",
                "features 必须是一行；每一行对应不同的参数。",
                argument="features",
            )
        raise_first(self.covariates.problems(rows))
        ((_, parameters),) = self.covariates.parts(rows)
        return FittedModel(
            name=self.name,
            period=self.period,
            params=dict(zip(self.params, parameters, strict=True)),
            status=self.status,
            at_boundary=self.at_boundary,
        )

    def distribution(
        self,
        frequency: ArrayLike,
        recency: ArrayLike,
        age: ArrayLike,
        periods: ArrayLike,
        size: int,
        *,
        features: ArrayLike | None = None,
    ) -> FloatArray:
        """Return the chances of 0, 1, ... size - 1 orders in the next ``periods``.

        Parameters
        ----------
        frequency, recency, age, periods : float or array_like
            As in :meth:`orders`.
        size : int
            How many chances to return, 1 or more.
        features : array_like or DataFrame, optional
            As in :meth:`alive`.

        Returns
        -------
        ndarray, shape (..., size)
            One row for each customer. What a row falls short of 1 is the chance of ``size`` orders or more.

        Raises
        ------
        InputError, DomainError
            For the first row that is no customer history or no time ahead, or if ``size`` is below 1.

        Examples
        --------
        >>> cells = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
        >>> FittedModel.from_block(cells).distribution(2, 30.43, 38.86, 39, size=4).round(4)
        array([0.4454, 0.2393, 0.1442, 0.0809])
        """
        if size < 1:
            raise DomainError("size must be 1 or more.", "size 必须不小于 1。", argument="size")
        elements, z = self.covariates.elements(features, frequency=frequency, recency=recency, age=age, periods=periods)
        x, t, age_, ahead = elements.values.values()
        raise_first([*self.interval_problems(x, t, age_, ahead), *self.covariates.problems(z)])
        result = np.empty((len(x), size))
        for rows, parameters in self.covariates.parts(z, grouped=True):
            futures = self.model.futures(parameters)
            chances = [future.counts(x[rows], age_[rows], ahead[rows], size) for future in futures]
            states = self.model.all_states(parameters, x[rows], t[rows], age_[rows])
            result[rows] = intervals.mixture(states, chances)
        return result.reshape(*elements.shape, size)

    def interval(
        self,
        frequency: ArrayLike,
        recency: ArrayLike,
        age: ArrayLike,
        periods: ArrayLike,
        level: float = 0.9,
        *,
        features: ArrayLike | None = None,
    ) -> tuple[Result, Result]:
        """Return the smallest range of orders in the next ``periods`` that holds at least ``level`` of the chance.

        Parameters
        ----------
        frequency, recency, age, periods : float, array_like or Series
            As in :meth:`orders`.
        level : float
            Between 0 and 1. Numbers of orders being whole, the range mostly holds more.
        features : array_like or DataFrame, optional
            As in :meth:`alive`.

        Returns
        -------
        lower, upper : float, ndarray or Series
            Of equally small ranges the one with the larger chance, then the lower.

        Raises
        ------
        InputError, DomainError
            For the first row that is no customer history or no time ahead, or has too many orders ahead to tell them
            apart (65,536); if ``level`` is not between 0 and 1.

        Notes
        -----
        From the exact distribution at the parameters, in which the chance of having left is part of that of no order.

        Examples
        --------
        >>> cells = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
        >>> FittedModel.from_block(cells).interval(2, 30.43, 38.86, 39)
        (0.0, 3.0)
        """
        level = intervals.level_of(level)
        elements, z = self.covariates.elements(features, frequency=frequency, recency=recency, age=age, periods=periods)
        raise_first([*self.interval_problems(**elements.values), *self.covariates.problems(z)])
        columns = tuple(elements.values.values())
        lower, upper = np.zeros(len(columns[0])), np.zeros(len(columns[0]))
        failed = np.zeros(len(lower), dtype=bool)
        for rows, parameters in self.covariates.parts(z, grouped=True):
            x, t, age_, ahead = (column[rows] for column in columns)
            lower[rows], upper[rows], found = intervals.order_interval(
                self.model, parameters, x, t, age_, ahead, level=level
            )
            for mask, _ in found:
                failed[rows] = mask
        if failed.any():
            raise_first([too_many(failed)])
        return elements.result(lower), elements.result(upper)

    def interval_problems(
        self, frequency: FloatArray, recency: FloatArray, age: FloatArray, periods: FloatArray
    ) -> list[Problem]:
        """List which elements have no interval, and why, as far as the arguments tell."""
        return [*self.model.problems(frequency, recency, age), *self.model.period_problems(periods)]

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
        linked = {parameter for each in models().values() for parameter in each.links}
        estimate = read.estimate(model.name, (*model.parameters, *model.constants), model.links, linked)
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
