"""Parameters of customers that depend on features of theirs, at fitted coefficients."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xlclv.errors import DomainError, InputError
from xlclv.models.arrays import BoolArray, Elements, FloatArray
from xlclv.models.checks import Problem
from xlclv.models.distributions import Distinct
from xlclv.models.estimate import Estimate
from xlclv.models.features import feature_of, listed, parameter_of, read_features
from xlclv.models.model import Model, Parameters

#: Features row by row, or None for a model without coefficients.
FeatureRows: TypeAlias = FloatArray | None

#: Customers are scored in groups of equal features where a group has this many of them on average, else all at once.
_GROUP = 500

#: Customers with parameters of their own scored at once.
_BLOCK = 65_536

#: Logarithms beyond this are no parameters.
_LARGEST = 690.0


class Part(NamedTuple):
    """Some customers and the parameters they have: numbers, or vectors with an element for each."""

    rows: slice | NDArray[np.intp]
    parameters: Parameters


class Covariates:
    """How the parameters of a fitted model depend on features.

    Parameters
    ----------
    model : Model
    estimate : Estimate
        Of parameters where all features are 0, and coefficients.
    """

    def __init__(self, model: Model, estimate: Estimate) -> None:
        self._model, self._estimate = model, estimate

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the features, "" where they have none."""
        return tuple(dict(map(feature_of, self._estimate.coefficients)).values())

    @cached_property
    def _matrix(self) -> FloatArray:
        """The changes of the log parameters by feature, shape (q, parameters)."""
        matrix = np.zeros((len(self.names), len(self._estimate.params)))
        places = list(self._estimate.params)
        for name, value in self._estimate.coefficients.items():
            parameter = parameter_of(name)
            matrix[feature_of(name)[0] - 1, places.index(parameter)] = self._model.links[parameter] * value
        return matrix

    def elements(
        self, features: ArrayLike | None, keep_scalar: tuple[str, ...] = (), **arguments: ArrayLike
    ) -> tuple[Elements, FeatureRows]:
        """Return element-wise arguments broadcast with the rows of the features, and the features of each element.

        Raises
        ------
        InputError
            If there are features and no coefficients, or the other way round, or they do not fit together.
        """
        if features is None:
            if self.names:
                raise self.missing()
            return Elements(keep_scalar=keep_scalar, **arguments), None
        if not self.names:
            raise InputError(
                "The model has no coefficients of features; leave features out, or fit the model with features.",
                "模型没有特征系数；请不填 features，或用特征拟合模型。",
                argument="features",
            )
        read = read_features(features, self.names)
        numbers: Any = np.arange(float(len(read.values))) if len(read.values) != 1 else 0.0
        if read.index is not None and len(read.values) != 1:
            numbers = sys.modules["pandas"].Series(numbers, index=read.index)
        elements = Elements(keep_scalar=keep_scalar, **arguments, features=numbers)
        return elements, read.values[elements.values.pop("features").astype(np.intp)]

    def missing(self) -> InputError:
        """Return the error for customers without the features the model has coefficients of."""
        shown = listed(self.names)
        return InputError(
            f"The model depends on features of the customer, {shown.en}; give features.",
            f"模型取决于客户特征（{shown.zh}）；请给出 features。",
            argument="features",
        )

    def parts(self, features: FeatureRows, grouped: bool = False) -> Iterator[Part]:
        """Yield all customers with their parameters, group by group or many at once.

        Parameters
        ----------
        features : ndarray, shape (n, q), or None
        grouped : bool
            Whether all parameters have to be numbers.
        """
        parameters = tuple(self._estimate.params.values())
        if features is None:
            yield Part(slice(None), parameters)
            return
        count = len(features)
        if count == 0:
            return
        distinct = Distinct(*features.T)
        if grouped or len(distinct.first) * _GROUP <= count or len(distinct.first) == 1:
            numbers = np.arange(len(distinct.first))
            for number, row in zip(numbers, self.at(features[distinct.first]), strict=True):
                yield Part(distinct.rows(numbers[number : number + 1])[0], tuple(row.tolist()))
            return
        for start in range(0, count, _BLOCK):
            rows = slice(start, min(start + _BLOCK, count))
            own = self.at(features[rows])
            yield Part(
                rows,
                tuple(
                    own[:, place] if name in self._model.links else value
                    for place, (name, value) in enumerate(zip(self._estimate.params, parameters, strict=True))
                ),
            )

    def at(self, features: FloatArray) -> FloatArray:
        """Return the parameters of customers with features of shape (n, q), shape (n, parameters)."""
        return np.exp(np.clip(self._logs(features), -_LARGEST, _LARGEST))

    def problems(self, features: FeatureRows) -> list[Problem]:
        """List which features are so far from the others that there are no parameters, and why."""
        if features is None:
            return []
        far: BoolArray = np.any(np.abs(self._logs(features)) > _LARGEST, axis=1)
        if not far.any():
            return []
        return [
            Problem(
                far,
                DomainError(
                    "The features are so far from those the model was fitted to that it has no parameters there; check "
                    "their units.",
                    "特征与拟合模型时的取值相差太远，模型在该处没有参数；请检查单位。",
                    argument="features",
                ),
            )
        ]

    def _logs(self, features: FloatArray) -> FloatArray:
        logs = np.log(np.array(list(self._estimate.params.values())))
        with np.errstate(over="ignore", invalid="ignore"):
            # Row by row the same bits, whatever rows there are: no matrix product.
            result = logs + np.einsum("nq,qp->np", features, self._matrix)
        return np.where(np.isfinite(result), result, np.inf)
