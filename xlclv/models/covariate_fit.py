"""Fitting a model of repeat orders whose parameters depend on features of the customers.

Source: Fader, P. S. and Hardie, B. G. S. (2007), "Incorporating time-invariant covariates into the Pareto/NBD and
BG/NBD models", note 019: for features z, alpha = alpha0 exp(-g1'z) and beta = beta0 exp(-g2'z), or a = a0 exp(g2'z) and
b = b0 exp(g3'z). The log parameters of a customer are linear in the log parameters at z = 0 and the coefficients g.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from xlclv.errors import DomainError, InputError
from xlclv.models.arrays import FloatArray
from xlclv.models.counts import Counts
from xlclv.models.estimate import OK, border_status, counted, uncertainty, wald_limits
from xlclv.models.families.nbd import gamma_terms
from xlclv.models.features import Features, coefficient, column_of, require_identified
from xlclv.models.fitted import FittedModel
from xlclv.models.model import Model
from xlclv.models.newton import Derivatives, Maximum, maximise_from_sample
from xlclv.models.row_terms import HistoryColumns, RowTerms
from xlclv.text import Text

#: Histories worked on at once.
_BLOCK = 100_000

#: A fit to many distinct histories starts from the fit to about this many of them.
_WARM_ROWS = 20_000

#: A coefficient is named in the status at the border if it moves by this share of what moves the most.
_MOVES = 0.1

#: Logarithms beyond this are no parameters.
_LARGEST = 690.0

#: The search keeps the log parameters of all customers within this, so that their squares are numbers.
_FARTHEST = 200.0

#: Coefficients a status lists.
_LISTED = 8

#: Customers with repeat orders needed for each coefficient.
_FEWEST = 10


class Rows(NamedTuple):
    """Distinct histories and features, sorted by frequency, and the customers who have them.

    Attributes
    ----------
    histories : HistoryColumns
    features : ndarray, shape (n, q)
    weight : ndarray, shape (n,)
    tail : ndarray
        ``tail[j]`` is the number of customers with more than j repeat orders.
    """

    histories: HistoryColumns
    features: FloatArray
    weight: FloatArray
    tail: FloatArray

    def sample(self, rows: int) -> Rows:
        """Return every k-th row, about ``rows`` of them, reweighted to the same number of customers."""
        stride = max(1, len(self.weight) // rows)
        chosen = slice(stride // 2, None, stride)
        weight = self.weight[chosen]
        weight = weight * (self.weight.sum() / weight.sum())
        histories = HistoryColumns(*(column[chosen] for column in self.histories))
        return Rows(histories, self.features[chosen], weight, _tail(histories.frequency, weight))


def _tail(frequency: FloatArray, weight: FloatArray) -> FloatArray:
    by_frequency = np.bincount(frequency.astype(np.intp), weight)
    return np.ascontiguousarray(np.cumsum(by_frequency[:0:-1], dtype=np.float64)[::-1])


def distinct_rows(
    frequency: FloatArray, recency: FloatArray, age: FloatArray, features: FloatArray, weights: FloatArray | None
) -> Rows:
    """Return the distinct rows of histories and features; rows of weight 0 are dropped."""
    columns = [frequency, recency, age, *features.T]
    weight = np.ones(len(frequency)) if weights is None else weights
    order = np.lexsort(columns[::-1])
    order = order[weight[order] > 0]
    columns = [column[order] for column in columns]
    changed = np.zeros(len(order), dtype=bool)
    changed[:1] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    first = np.flatnonzero(changed)
    weight = np.add.reduceat(weight[order], first)
    histories = HistoryColumns(*(column[first] for column in columns[:3]))
    return Rows(histories, np.stack([c[first] for c in columns[3:]], axis=1), weight, _tail(columns[0][first], weight))


class Linked:
    """The log likelihood in the log parameters at the middle of the features and scaled coefficients.

    Parameters
    ----------
    kind : Model
        A model with links.
    rows : Rows
        The data.

    Notes
    -----
    A feature enters the search as its distance from the mean in units of the largest distance, so that a step of 1 in
    a coefficient moves no customer's log parameter by more, whatever the unit of the feature and however rare a flag.
    """

    def __init__(self, kind: Model, rows: Rows) -> None:
        self._kind = kind
        share = rows.weight / rows.weight.sum()
        self.middle: FloatArray = share @ rows.features
        self.scale: FloatArray = np.abs(rows.features - self.middle).max(axis=0)
        self.rows = rows._replace(features=(rows.features - self.middle) / self.scale)
        self._places = [kind.parameters.index(name) for name in kind.links]
        self._links = list(kind.links.values())

    @property
    def size(self) -> int:
        """How many numbers are estimated."""
        return len(self._kind.parameters) + len(self._places) * len(self.scale)

    @cached_property
    def _own(self) -> list[list[int]]:
        """For each parameter, the places of what it depends on: itself and its coefficients."""
        count, q = len(self._kind.parameters), len(self.scale)
        own = [[place] for place in range(count)]
        for number, place in enumerate(self._places):
            own[place].extend(range(count + number * q, count + (number + 1) * q))
        return own

    def likelihood(self, theta: FloatArray, rows: Rows) -> Derivatives:
        """Return the log likelihood with exact derivatives; minus infinity, where no search goes, far from the data."""
        if self._far(theta, rows):
            return Derivatives(-np.inf, np.zeros(self.size), np.zeros((self.size, self.size)))
        gamma = gamma_terms(float(np.exp(theta[0])), 1.0, rows.tail)
        value, gradient, hessian = gamma[0], np.zeros(self.size), np.zeros((self.size, self.size))
        gradient[0], hessian[0, 0] = gamma[1][0], gamma[2][0, 0]
        for start in range(0, len(rows.weight), _BLOCK):
            part = slice(start, start + _BLOCK)
            value += self._add(theta, rows, part, gradient, hessian)
        return Derivatives(value, gradient, hessian)

    def _far(self, theta: FloatArray, rows: Rows) -> bool:
        """Return whether a customer has a log parameter that is out of bounds, or next to it."""
        count, q = len(self._kind.parameters), len(self.scale)
        if not np.abs(theta[:count]).max() <= _FARTHEST:
            return True
        for number, place in enumerate(self._places):
            moved = rows.features @ theta[count + number * q : count + (number + 1) * q]
            if not float(np.abs(moved).max()) + abs(float(theta[place])) <= _FARTHEST:
                return True
        return False

    def _add(self, theta: FloatArray, rows: Rows, part: slice, gradient: FloatArray, hessian: FloatArray) -> float:
        """Add the derivatives of some rows, and return their log likelihood."""
        z, weight = rows.features[part], rows.weight[part]
        parameters: list[Any] = np.exp(theta[: len(self._kind.parameters)]).tolist()
        designs = [np.ones((len(z), 1)) for _ in parameters]
        for place, link in zip(self._places, self._links, strict=True):
            designs[place] = np.column_stack([designs[place], link * z])
            parameters[place] = np.exp(designs[place] @ theta[self._own[place]])
        terms = self._kind.row_terms(tuple(parameters), HistoryColumns(*(column[part] for column in rows.histories)))
        for place, (own, design) in enumerate(zip(self._own, designs, strict=True)):
            gradient[own] += np.einsum("n,nj->j", weight * terms.gradient[place], design)
        for (i, j), second in zip(RowTerms.pairs(len(parameters)), terms.hessian, strict=True):
            curved = np.einsum("ni,nj->ij", designs[i] * (weight * second)[:, None], designs[j])
            hessian[np.ix_(self._own[i], self._own[j])] += curved
            if i != j:
                hessian[np.ix_(self._own[j], self._own[i])] += curved.T
        return float(np.einsum("n,n->", weight, terms.value))

    def unscaled(self) -> FloatArray:
        """Return the matrix from what the search works in to log parameters at z = 0 and coefficients."""
        count, q = len(self._kind.parameters), len(self.scale)
        matrix = np.eye(self.size)
        for number, (place, link) in enumerate(zip(self._places, self._links, strict=True)):
            for feature in range(q):
                at = count + number * q + feature
                matrix[at, at] = 1.0 / self.scale[feature]
                matrix[place, at] = -link * self.middle[feature] / self.scale[feature]
        return matrix


def fit_linked(
    kind: Model, counts: Counts, plain: FloatArray | None, rows: Rows, names: tuple[str, ...]
) -> FittedModel:
    """Fit a model with links to customers with features.

    Parameters
    ----------
    kind : Model
    counts : Counts
        The same customers without features.
    plain : ndarray or None
        Log parameters of the fit without features, if it has a maximum.
    rows : Rows
    names : tuple of str
        Of the features.

    Returns
    -------
    FittedModel

    Raises
    ------
    InputError
        If the data say nothing of a coefficient.
    DomainError
        If there are too few customers with repeat orders for the coefficients, the fit does not converge, or its
        parameters at z = 0 are beyond all numbers.
    """
    _require_enough(kind, rows)
    features = Features(names, rows.features)
    require_identified(features, rows.weight)
    if kind.unlinked_by_newcomers:
        require_identified(features, rows.weight, rows.histories.frequency > 0)
    linked = Linked(kind, rows)
    data = linked.rows
    sample = data.sample(_WARM_ROWS) if len(data.weight) > 2 * _WARM_ROWS else data
    if sample is not data and not _determined(kind, sample):
        sample = data
    none = np.zeros(linked.size - len(kind.parameters))
    starts = [np.concatenate([start, none]) for start in [*([] if plain is None else [plain]), *kind.starts(counts)]]
    maximum = maximise_from_sample(linked.likelihood, starts, sample, data, counts.customers)
    return _estimate(kind, counts, linked, maximum, names)


def _require_enough(kind: Model, rows: Rows) -> None:
    """Raise DomainError if there are too many features for the customers with repeat orders."""
    repeat = float(rows.tail[0]) if len(rows.tail) else 0.0
    q = rows.features.shape[1]
    coefficients = q * len(kind.links)
    if repeat < _FEWEST * coefficients:
        raise DomainError(
            f"The coefficients of features in {kind.name} number {coefficients}, but customers with repeat orders "
            f"{repeat:g}; give fewer features, so that there are {_FEWEST} such customers for each coefficient.",
            f"{kind.name} 中 {q} 个特征有 {coefficients} 个系数，但只有 {repeat:g} 位客户重复购买；"
            f"请减少特征，使每个系数至少有 {_FEWEST} 位这样的客户。",
            argument="features",
        )


def _determined(kind: Model, sample: Rows) -> bool:
    """Return whether a sample determines all coefficients: a rare flag may be missing there."""
    try:
        features = Features(("",) * sample.features.shape[1], sample.features)
        require_identified(features, sample.weight)
        if kind.unlinked_by_newcomers:
            require_identified(features, sample.weight, sample.histories.frequency > 0)
    except InputError:
        return False
    return True


def _estimate(kind: Model, counts: Counts, linked: Linked, maximum: Maximum, names: tuple[str, ...]) -> FittedModel:
    matrix = linked.unscaled()
    count = len(kind.parameters)
    theta = matrix @ maximum.theta
    if float(np.abs(theta[:count]).max()) > _LARGEST:
        raise _too_far(linked, names)
    covariance = None if maximum.covariance is None else matrix @ maximum.covariance @ matrix.T
    errors, limits = uncertainty(
        kind.parameters, theta[:count], None if covariance is None else covariance[:count, :count]
    )
    called = [coefficient(link, number, name) for link in kind.links for number, name in enumerate(names, 1)]
    coefficients = dict(zip(called, theta[count:].tolist(), strict=True))
    if covariance is not None:
        for name, error in zip(called, np.sqrt(np.diag(covariance)[count:]).tolist(), strict=True):
            errors[name], limits[name] = error, wald_limits(coefficients[name], error)
    status = OK
    if maximum.escape is not None:
        moving = [name for name, move in zip(called, maximum.escape[count:], strict=True) if abs(move) > _MOVES]
        status = border_status(maximum, _runaway(moving) if moving else kind.border(maximum.escape[:count]))
    return FittedModel(
        name=kind.name,
        params=dict(zip(kind.parameters, np.exp(theta[:count]).tolist(), strict=True)),
        coefficients=coefficients,
        standard_errors=errors,
        limits=limits,
        covariance=covariance,
        log_likelihood=maximum.value,
        customers=counted(counts.customers),
        status=status,
        at_boundary=maximum.escape is not None,
        iterations=maximum.iterations,
    )


def _runaway(coefficients: list[str]) -> Text:
    if len(coefficients) > _LISTED:
        coefficients = [*coefficients[: _LISTED - 1], "..."]
    return Text(
        f"no end to {', '.join(coefficients)}, so for some values of the features only a limit of the model fits",
        f"{'、'.join(coefficients)} 没有极限，对某些特征取值只有模型的极限能拟合",
    )


def _too_far(linked: Linked, names: tuple[str, ...]) -> DomainError:
    """Return the error for features so far from 0 that there are no parameters at 0."""
    farthest = int(np.argmax(np.abs(linked.middle) / linked.scale))
    shown = column_of(names, farthest)
    return DomainError(
        f"The feature in {shown.en} is so far from 0 that the parameters at 0 are no numbers; subtract "
        f"{linked.middle[farthest]:.6g} from it.",
        f"{shown.zh}的特征离 0 太远，取值为 0 时的参数超出数值范围；请从中减去 {linked.middle[farthest]:.6g}。",
        argument="features",
    )
