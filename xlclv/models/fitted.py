"""A fitted model of repeat orders: what it says about a customer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xlclv.errors import InputError
from xlclv.models import block
from xlclv.models.arrays import Elements, FloatArray, Result
from xlclv.models.checks import period_problems, problems, raise_first
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
        x, t, age_ = elements.values.values()
        raise_first(problems(x, t, age_))
        return elements.result(self._by_blocks(self.model.alive, x, t, age_))

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
        elements, alive = self._with_periods(frequency, recency, age, periods)
        x, age_, t = (elements.values[name] for name in ("frequency", "age", "periods"))
        return elements.result(alive * self.model.remaining(self.values, x, age_, t))

    def active(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, periods: ArrayLike) -> Result:
        """Return the chance of at least one order in the next ``periods``; parameters as in :meth:`orders`."""
        elements, alive = self._with_periods(frequency, recency, age, periods)
        x, age_, t = (elements.values[name] for name in ("frequency", "age", "periods"))
        return elements.result(alive * self.model.active(self.values, x, age_, t))

    def new(self, periods: ArrayLike) -> Result:
        """Return the expected repeat orders of a customer just acquired in the next ``periods``.

        Examples
        --------
        >>> cells = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
        >>> round(FittedModel.from_block(cells).new(52), 6)
        1.446051
        """
        elements = Elements(periods=periods)
        raise_first(period_problems(**elements.values))
        zero = np.zeros_like(elements.values["periods"])
        return elements.result(self.model.remaining(self.values, zero, zero, elements.values["periods"]))

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
        return cls(**read.estimate(model.name, model.parameters))

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

    def _with_periods(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, periods: ArrayLike
    ) -> tuple[Elements, FloatArray]:
        elements = Elements(frequency=frequency, recency=recency, age=age, periods=periods)
        x, t, age_, ahead = elements.values.values()
        raise_first([*problems(x, t, age_), *period_problems(ahead)])
        return elements, self._by_blocks(self.model.alive, x, t, age_)

    def _by_blocks(self, method: Callable[..., FloatArray], *columns: FloatArray) -> FloatArray:
        result = np.empty(len(columns[0]))

        def work(rows: slice) -> None:
            result[rows] = method(self.values, *(column[rows] for column in columns))

        map_blocks(work, len(result))
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
