"""What drives value: linear regression on features, and how much each of them explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import factorial
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from xlclv.errors import DataError, DivisionError, DomainError, InputError
from xlclv.vectors import Cells, FloatArray, numbers_array

#: A column of which no more than this is left when those before it are taken out is a combination of them.
_COLLINEAR: Final = 1e-8
#: A column that differs by no more than this, relative to its largest value, is constant but for rounding.
_CONSTANT: Final = 1e-12
#: With residuals below this share of the spread of the values, the regression is exact but for rounding.
_EXACT: Final = 1e-12
#: Features whose every subset is tried to tell their importance; with more it is told by relative weights.
MAX_SUBSETS: Final = 12
#: More categories than a reader tells apart, such as customer numbers.
MAX_CATEGORIES: Final = 50

COLUMNS: Final = ("coefficient", "standard_error", "t", "p", "importance")


class Drivers(NamedTuple):
    """A linear regression of value on features."""

    #: A row for each number, each category but the base and, above these, each feature of categories, then for the
    #: intercept; see `value_drivers`.
    table: pd.DataFrame
    r_squared: float
    adjusted_r_squared: float
    customers: int


class _Feature(NamedTuple):
    """One feature as columns of numbers: its own, or one for each category but the base."""

    name: str
    columns: list[FloatArray]
    labels: list[str]


def value_drivers(values: Cells, features: pd.DataFrame) -> Drivers:
    """Regress value on features by least squares with an intercept (statsmodels' ``OLS``).

    A column of text is a feature of categories: each category but the first in alphabetical order, the base, gets a
    coefficient, the difference from the base.

    Parameters
    ----------
    values : array_like, length n
        Value of each customer.
    features : DataFrame, length n
        A column for each feature, numbers or texts, none missing.

    Returns
    -------
    Drivers
        The table has the columns ``coefficient``, ``standard_error``, ``t``, ``p`` (two-sided, of no influence) and
        ``importance``, a feature's part of what all explain, all parts adding up to 1: the rise of R squared when the
        feature is added, averaged over all orders of adding (LMG, the Shapley value); with more than 12 features
        Johnson's relative weights, which come close to it. A feature of categories has a row of its own with the p
        value of all its categories together (F test) and its importance; rows of its categories have none.

    Raises
    ------
    InputError
        If the lengths differ, a cell is missing or no number among numbers, or there are too many categories.
    DomainError
        If a feature is the same for all, or a combination of those before it.
    DataError
        If there are no more customers than coefficients.
    DivisionError
        If all values are equal.

    References
    ----------
    Lindeman, R. H., Merenda, P. F. & Gold, R. Z. (1980), Introduction to Bivariate and Multivariate Analysis.
    Groemping, U. (2007), Estimators of relative importance in linear regression, The American Statistician 61(2).
    Johnson, J. W. (2000), A heuristic method for estimating the relative weight of predictor variables,
    Multivariate Behavioral Research 35(1).

    Examples
    --------
    >>> table = pd.DataFrame({"tenure": [1, 2, 3, 4, 5, 6], "channel": ["web", "web", "shop", "shop", "web", "shop"]})
    >>> found = value_drivers([12, 14, 25, 28, 20, 31], table)
    >>> found.table["coefficient"].round(3).tolist(), round(found.r_squared, 4)
    ([1.975, nan, -9.375, 19.442], 0.9978)
    """
    target = _finite(numbers_array(values), "values")
    if len(target) != len(features):
        raise InputError(
            f"values and features must have the same number of rows ({len(target)} and {len(features)}).",
            f"values 和 features 的行数必须相同（{len(target)} 和 {len(features)}）。",
            argument="features",
        )
    if not len(features.columns):
        raise InputError("There are no features.", "没有特征。", argument="features")
    groups = [_feature(str(name), features.iloc[:, place].tolist()) for place, name in enumerate(features.columns)]
    columns = [column for group in groups for column in group.columns]
    needed = len(columns) + 2
    if len(target) < needed:
        raise DataError(
            f"{len(target)} customers are too few for {len(columns)} coefficients and an intercept; give at least "
            f"{needed}.",
            f"{len(target)} 位客户不足以估计 {len(columns)} 个系数和截距；至少需要 {needed} 位。",
            argument="values",
        )
    return _regression(target, groups)


def _finite(numbers: FloatArray, argument: str) -> FloatArray:
    bad = ~np.isfinite(numbers)
    if bad.any():
        raise InputError(
            f"{argument} is missing or infinite; fill it or leave the customer out.",
            f"{argument} 缺失或无穷大；请填写或剔除该客户。",
            argument=argument,
            row=1 + int(np.argmax(bad)),
        )
    return numbers


def _feature(name: str, cells: list[Any]) -> _Feature:
    texts = [isinstance(cell, str) for cell in cells]
    if not all(texts):
        try:
            numbers = numbers_array(cells, argument="features")
        except InputError as error:
            raise InputError(
                f"{name} holds numbers and text; a feature is one of numbers or one of categories, all text.",
                f"{name} 中数字与文本混用；一个特征要么全是数字，要么全是文本类别。",
                argument="features",
                row=error.row,
            ) from None
        return _Feature(name, [_finite(numbers, "features")], [name])
    try:
        return _Feature(name, [numbers_array(cells)], [name])  # numbers stored as text
    except InputError:
        pass
    names = np.array([cell.strip() for cell in cells], dtype=object)
    categories = sorted(set(names))
    if len(categories) > MAX_CATEGORIES:
        raise InputError(
            f"{name} holds {len(categories)} different texts; at most {MAX_CATEGORIES} categories are taken. Leave it "
            "out or group them.",
            f"{name} 有 {len(categories)} 种不同的文本；最多 {MAX_CATEGORIES} 个类别。请去掉该列或合并类别。",
            argument="features",
        )
    if len(categories) == 1:
        raise _constant(name)
    base, *others = categories
    labels = [f"{name} ({base} = 0)", *(f"{name}: {category}" for category in others)]
    return _Feature(name, [(names == category).astype(float) for category in others], labels)


class _Unit(NamedTuple):
    """A column as ``scale * (mean + length * unit)``, where ``unit`` has mean 0 and length 1."""

    unit: FloatArray
    scale: float
    mean: float
    length: float


def _unit(column: FloatArray) -> _Unit | None:
    """Return a column in units of its own, or None if it is constant."""
    scale = float(np.abs(column).max())
    if scale == 0.0:
        return None
    scaled = column / scale
    mean = float(scaled.mean())
    centred = scaled - mean
    centred -= centred.mean()  # what rounding of the mean left
    length = float(np.sqrt((centred**2).sum()))
    return _Unit(centred / length, scale, mean, length) if length > _CONSTANT * np.sqrt(len(column)) else None


def _constant(name: str) -> DomainError:
    return DomainError(
        f"{name} is the same for all customers and explains nothing; leave it out.",
        f"{name} 对所有客户都相同，没有解释作用；请去掉该列。",
        argument="features",
    )


def _regression(values: FloatArray, groups: Sequence[_Feature]) -> Drivers:
    from statsmodels.regression.linear_model import OLS

    target = _unit(values)
    if target is None:
        raise DivisionError(
            "All values are equal, so there is nothing to explain.",
            "所有 values 都相同，没有可解释的差异。",
            argument="values",
        )
    units, owners = _units(groups)
    matrix = np.column_stack([unit.unit for unit in units])
    _refuse_collinear(np.abs(np.diag(np.linalg.qr(matrix, mode="r"))), groups, owners)
    count, width = len(values), len(units)
    # In units of their own, for columns may be of any size.
    found = OLS(target.unit, np.column_stack([matrix, np.ones(count)]), hasconst=True).fit(method="qr")
    exact = float(found.ssr) < _EXACT**2
    # From units to columns: a row for the coefficient of each, the last for the intercept, which is where all are 0.
    back = np.diag([*(1.0 / unit.length for unit in units), 1.0])
    back[width, :width] = [-unit.mean / unit.length for unit in units]
    shift = np.array([*[0.0] * width, target.mean / target.length])
    size = target.scale * target.length
    factors = np.array([*(size / unit.scale for unit in units), size])
    slopes = back @ found.params + shift
    if exact:  # no error, hence no t
        columns = [slopes * factors, np.zeros(width + 1), np.full(width + 1, np.nan), (slopes == 0.0).astype(float)]
    else:
        told = found.t_test((back, -shift))
        columns = [slopes * factors, told.sd * factors, told.tvalue, told.pvalue]
    each = np.column_stack(columns).tolist()
    parts = _importance(matrix.T @ matrix, matrix.T @ target.unit, owners, len(groups))
    rows: list[list[float]] = []
    for number, group in enumerate(groups):
        own = np.flatnonzero(owners == number)
        together = len(group.labels) > len(own)  # categories below a row for all of them
        if together:
            joint = 0.0 if exact else float(found.f_test(np.eye(width + 1)[own]).pvalue)
            rows.append([np.nan, np.nan, np.nan, joint, parts[number]])
        rows += [[*each[place], np.nan if together else parts[number]] for place in own]
    rows.append([*each[width], np.nan])
    names = [label for group in groups for label in group.labels]
    table = pd.DataFrame(rows, index=[*names, "intercept"], columns=list(COLUMNS))
    if exact:
        return Drivers(table, 1.0, 1.0, count)
    return Drivers(table, float(found.rsquared), float(found.rsquared_adj), count)


def _units(groups: Sequence[_Feature]) -> tuple[list[_Unit], np.ndarray[Any, np.dtype[np.int64]]]:
    """Return all columns in units of their own, and the number of the feature each belongs to."""
    units: list[_Unit] = []
    owners: list[int] = []
    for number, group in enumerate(groups):
        for column in group.columns:
            unit = _unit(column)
            if unit is None:
                raise _constant(group.name)
            units.append(unit)
            owners.append(number)
    return units, np.array(owners, dtype=np.int64)


def _refuse_collinear(own: FloatArray, groups: Sequence[_Feature], owners: Any) -> None:
    """Raise if little but rounding is left of a column when those before it are taken out."""
    if (own > _COLLINEAR).all():
        return
    place = int(np.argmax(own <= _COLLINEAR))
    name = [label for group in groups for label in group.labels[-len(group.columns) :]][place]
    others = ", ".join(group.name for group in groups[: int(owners[place])])
    raise DomainError(
        f"{name} can be computed from the features before it ({others}), so that their parts cannot be told apart; "
        "leave one out.",
        f"{name} 可由它之前的特征（{others}）算出，无法区分各自的作用；请去掉其中一个。",
        argument="features",
    )


def _importance(alike: FloatArray, related: FloatArray, owners: Any, groups: int) -> FloatArray:
    """Return each feature's part of what all explain, from the correlations of the columns and those with the value."""
    if groups <= MAX_SUBSETS:
        parts = _shapley(alike, related, owners, groups)
    else:
        roots, axes = np.linalg.eigh(alike)
        root = axes * np.sqrt(np.maximum(roots, 0.0)) @ axes.T
        weights = root**2 @ np.linalg.solve(root, related) ** 2
        parts = np.array([weights[owners == number].sum() for number in range(groups)])
    whole = float(parts.sum())
    return parts / whole if whole > 0.0 else np.full(groups, np.nan)


def _shapley(alike: FloatArray, related: FloatArray, owners: Any, groups: int) -> FloatArray:
    """Return the rise of R squared by each feature, averaged over all orders of adding."""
    explained = {}
    for chosen in _subsets(groups):
        places = np.flatnonzero(np.isin(owners, chosen))
        inside = related[places]
        explained[chosen] = float(inside @ np.linalg.solve(alike[np.ix_(places, places)], inside)) if chosen else 0.0
    parts = np.zeros(groups)
    for chosen, before in explained.items():
        others = set(range(groups)) - set(chosen)
        weight = factorial(len(chosen)) * factorial(max(len(others) - 1, 0)) / factorial(groups)
        for new in others:
            parts[new] += weight * max(explained[tuple(sorted((*chosen, new)))] - before, 0.0)
    return parts


def _subsets(count: int) -> Iterator[tuple[int, ...]]:
    for size in range(count + 1):
        yield from combinations(range(count), size)
