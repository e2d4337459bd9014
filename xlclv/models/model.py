"""The interface of a model of repeat orders, and the registry of those there are.

A model lives in one module of ``xlclv.models.families`` that defines ``MODEL``, an instance of its class. The registry
finds it there; fitting, scoring, blocks and errors need no line elsewhere.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from xlclv.errors import InputError
from xlclv.models import families
from xlclv.models.arrays import FloatArray
from xlclv.models.checks import Problem, period_problems, problems
from xlclv.models.counts import Counts
from xlclv.models.future import Future
from xlclv.models.newton import Derivatives
from xlclv.models.parallel import map_blocks
from xlclv.models.row_terms import HistoryColumns, RowTerms, of_rows
from xlclv.text import Text

#: Values of a model's parameters, in the order of ``Model.parameters``: numbers, or of a model with links some vectors,
#: one element for each customer.
Parameters: TypeAlias = Sequence[Any]


class Model(ABC):
    """A model of repeat orders in which a customer is alive or has left for good.

    Attributes
    ----------
    name : str
        As printed and as understood, letter case and punctuation aside.
    parameters : tuple of str
        Names of the parameters that are estimated, all positive.
    constants : tuple of str
        Names of whole numbers that are part of the model and follow the parameters in blocks and in `Parameters`.
    links : mapping of str to float
        Parameters that may depend on features z of the customer, as p exp(link x coefficients' z), and for each the
        link, 1 or -1. A model that has them has :meth:`row_terms`, and takes vectors as parameters in scoring.
    unlinked_by_newcomers : tuple of str
        Those of them that the histories of one-time buyers say nothing of.

    Notes
    -----
    Element-wise methods take flat float64 vectors of one length that were checked before.
    """

    name: ClassVar[str]
    parameters: ClassVar[tuple[str, ...]]
    constants: ClassVar[tuple[str, ...]] = ()
    links: ClassVar[Mapping[str, float]] = {}
    unlinked_by_newcomers: ClassVar[tuple[str, ...]] = ()

    @property
    def bound(self) -> tuple[float, ...]:
        """Values of the constants of this variant of the model."""
        return ()

    def variants(self, k: int | None) -> Iterator[Model]:
        """Yield the variants a fit chooses from by likelihood, until it falls.

        Parameters
        ----------
        k : int or None
            The constant k where it is given.

        Raises
        ------
        InputError
            If the model has no k and one is given.
        """
        if k is not None:
            raise InputError(
                f"{self.name} has no k; leave it empty, or choose BG/CNBD-k or MBG/CNBD-k.",
                f"{self.name} 没有 k；请留空，或选择 BG/CNBD-k、MBG/CNBD-k。",
                argument="k",
            )
        yield self

    @property
    def all_tried(self) -> Text | None:
        """What to say of a fit that chose the last of all variants, if there may be better ones beyond."""
        return None

    def check(self, params: Mapping[str, float]) -> None:  # noqa: B027 - most models have nothing to add
        """Raise DomainError for parameters, each above 0, that the model cannot have."""

    def problems(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> list[Problem]:
        """List which histories the model cannot be given, and why."""
        return problems(frequency, recency, age)

    def period_problems(self, periods: ArrayLike) -> list[Problem]:
        """List which horizons the model cannot be given, and why."""
        return period_problems(periods)

    @abstractmethod
    def starts(self, counts: Counts) -> list[FloatArray]:
        """Return log parameters to start a fit from, the most promising first."""

    @abstractmethod
    def likelihood(self, theta: FloatArray, counts: Counts) -> Derivatives:
        """Return the log likelihood and its derivatives at log parameters ``theta``."""

    def row_terms(self, parameters: Parameters, histories: HistoryColumns) -> RowTerms:
        """Return the log likelihood of each history but for Gamma(r+x)/Gamma(r), with exact derivatives.

        Parameters
        ----------
        parameters : tuple
            Those of ``links`` are vectors of the length of the histories.
        histories : HistoryColumns
        """
        raise NotImplementedError

    @abstractmethod
    def border(self, escape: FloatArray) -> Text:
        """Say what it means that the log parameters run away in the direction ``escape``."""

    @abstractmethod
    def states(
        self, parameters: Parameters, frequency: FloatArray, recency: FloatArray, age: FloatArray
    ) -> tuple[FloatArray, ...]:
        """Return the chances of each state a customer who is alive at ``age`` may be in; their sum is P(alive).

        Most models have one. A customer alive is one who may still order; all 0 is a customer just acquired.
        """

    def alive(self, parameters: Parameters, frequency: FloatArray, recency: FloatArray, age: FloatArray) -> FloatArray:
        """Return the chances of being alive at ``age``, the sum of the states."""
        chances: FloatArray = np.sum(self.all_states(parameters, frequency, recency, age), axis=0)
        return np.minimum(chances, 1.0)  # rounding may leave a sum of shares above 1

    def all_states(
        self, parameters: Parameters, frequency: FloatArray, recency: FloatArray, age: FloatArray
    ) -> FloatArray:
        """Return :meth:`states` of any number of customers, shape (states, n)."""
        result = np.empty((len(self.futures(parameters)), len(frequency)))

        def work(rows: slice) -> None:
            own = of_rows(parameters, rows)
            for row, state in zip(result, self.states(own, frequency[rows], recency[rows], age[rows]), strict=True):
                row[rows] = state

        map_blocks(work, len(frequency))
        return result

    @abstractmethod
    def futures(self, parameters: Parameters) -> tuple[Future, ...]:
        """Return what a customer in each of the states will do."""


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@cache
def models() -> dict[str, Model]:
    """Return the models of repeat orders there are, by name."""
    found: list[Model] = [
        importlib.import_module(f"{families.__name__}.{module.name}").MODEL
        for module in pkgutil.iter_modules(families.__path__)
    ]
    return {model.name: model for model in sorted(found, key=lambda model: model.name)}


def model_named(name: str) -> Model:
    """Return the model called ``name``; letter case, spaces and punctuation do not matter.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> model_named("bgnbd").parameters
    ('r', 'alpha', 'a', 'b')
    """
    for model in models().values():
        if _key(model.name) == _key(str(name)):
            return model
    known = ", ".join(models())
    raise InputError(
        f"{str(name)[:40]!r} is not a model of repeat orders; choose one of {known}.",
        f"{str(name)[:40]!r} 不是重复购买模型；请选择 {known} 之一。",
        argument="model",
    )
