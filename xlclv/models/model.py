"""The interface of a model of repeat orders, and the registry of those there are.

A model lives in one module of ``xlclv.models.families`` that defines ``MODEL``, an instance of its class. The registry
finds it there; fitting, scoring, blocks and errors need no line elsewhere.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cache
from typing import ClassVar, TypeAlias

import numpy as np

from xlclv.errors import InputError
from xlclv.models import families
from xlclv.models.arrays import FloatArray
from xlclv.models.counts import Counts
from xlclv.models.newton import Derivatives
from xlclv.text import Text

#: Values of a model's parameters, in the order of ``Model.parameters``.
Parameters: TypeAlias = Sequence[float]


class Model(ABC):
    """A model of repeat orders in which a customer is alive or has left for good.

    Attributes
    ----------
    name : str
        As printed and as understood, letter case and punctuation aside.
    parameters : tuple of str
        Names of the parameters, all positive.

    Notes
    -----
    Element-wise methods take flat float64 vectors of one length that were checked before; ``periods`` may also be
    zero-dimensional.
    """

    name: ClassVar[str]
    parameters: ClassVar[tuple[str, ...]]

    @abstractmethod
    def starts(self, counts: Counts) -> list[FloatArray]:
        """Return log parameters to start a fit from, the most promising first."""

    @abstractmethod
    def likelihood(self, theta: FloatArray, counts: Counts) -> Derivatives:
        """Return the log likelihood and its derivatives at log parameters ``theta``."""

    @abstractmethod
    def border(self, escape: FloatArray) -> Text:
        """Say what it means that the log parameters run away in the direction ``escape``."""

    @abstractmethod
    def time_scale(self, parameters: Parameters) -> float:
        """Return the time before which the age of a customer hardly matters to the future."""

    @abstractmethod
    def alive(self, parameters: Parameters, frequency: FloatArray, recency: FloatArray, age: FloatArray) -> FloatArray:
        """Return P(alive) at ``age``."""

    @abstractmethod
    def remaining(
        self, parameters: Parameters, frequency: FloatArray, age: FloatArray, periods: FloatArray
    ) -> FloatArray:
        """Return the expected orders in the next ``periods`` of a customer who is alive at ``age``.

        A customer alive is one who may still order; ``frequency`` and ``age`` 0 are a customer just acquired.
        """

    def discounted(
        self,
        parameters: Parameters,
        histories: FloatArray,
        ages: FloatArray,
        times: FloatArray,
        factors: FloatArray,
    ) -> FloatArray:
        """Return the sum over k of factors[k] x remaining orders within times[k], for every frequency and age.

        Parameters
        ----------
        parameters : sequence of float
            Parameters of the model.
        histories, ages : ndarray, shape (m,) and (n,)
            Frequencies and ages.
        times, factors : ndarray, shape (k,)
            Times ahead, above 0, and factors that may be negative.

        Returns
        -------
        ndarray, shape (m, n)
        """
        x, age = np.repeat(histories, len(ages)), np.tile(ages, len(histories))
        total = np.zeros(len(x))
        for time, factor in zip(times, factors, strict=True):
            total += factor * self.remaining(parameters, x, age, np.array(time))
        return total.reshape(len(histories), len(ages))

    @abstractmethod
    def active(self, parameters: Parameters, frequency: FloatArray, age: FloatArray, periods: FloatArray) -> FloatArray:
        """Return the chance that a customer who is alive at ``age`` orders in the next ``periods``."""


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
