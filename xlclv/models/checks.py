"""Checks: which rows of the input no model can use, and the sentence for each kind of fault."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from xlclv.errors import DomainError, InputError, XlclvError
from xlclv.models.arrays import BoolArray, FloatArray, numbers
from xlclv.text import Text

#: The longest horizon that is summed period by period.
MAX_PERIODS = 100_000.0

#: Rows screened at a time, so that the intermediate masks stay in the cache.
_SCREEN_ROWS = 16384


#: What is wrong with recency: beyond age, above 0 without repeat orders, 0 with some.
_OF_TIME = (
    Text(
        "recency is greater than age; count both from the first order, in one unit.",
        "recency 大于 age；两者都应从首单算起，并使用同一单位。",
    ),
    Text(
        "recency must be 0 where frequency is 0: the only order is the first.",
        "frequency 为 0 时 recency 必须为 0：只有首单。",
    ),
    Text(
        "recency must be above 0 where frequency is above 0; orders on one day are one order.",
        "frequency 大于 0 时 recency 必须大于 0；同一天的订单算一单。",
    ),
)
_OF_OPPORTUNITIES = (
    Text(
        "recency is greater than age; recency is the number of the last opportunity used, age how many there were.",
        "recency 大于 age；recency 是最后一次使用的购买机会的序号，age 是机会总数。",
    ),
    Text(
        "recency must be 0 where frequency is 0: it is the number of the last opportunity used.",
        "frequency 为 0 时 recency 必须为 0：它是最后一次使用的购买机会的序号。",
    ),
    Text(
        "recency must be 1 or more where frequency is above 0: it is the number of the last opportunity used.",
        "frequency 大于 0 时 recency 必须不小于 1：它是最后一次使用的购买机会的序号。",
    ),
)


class Problem(NamedTuple):
    """One kind of fault: the elements that have it and the error to show for them."""

    mask: BoolArray
    error: XlclvError


def problems(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, *, whole: bool = True, opportunities: bool = False
) -> list[Problem]:
    """List what is wrong with customer histories, element by element.

    Parameters
    ----------
    frequency, recency, age : array_like
        Repeat orders, time from first to last order, time from first order to today; any shapes that broadcast.
    whole : bool
        Whether frequency must be whole numbers.
    opportunities : bool
        Whether times are numbers of opportunities to order.

    Returns
    -------
    list of Problem
        Kinds of fault that occur, most basic first; an element with several faults belongs to the first.

    Examples
    --------
    >>> for mask, error in problems([2, 1, 0], [30, 40, 0], [39, 39, 39]):
    ...     print(mask, error.code, error)
    [False  True False] #NUM! recency is greater than age; count both from the first order, in one unit.
    """
    x, t, age_ = np.broadcast_arrays(numbers("frequency", frequency), numbers("recency", recency), numbers("age", age))
    if _histories_fine(x, t, age_, whole):
        return []
    found = _non_finite(frequency=x, recency=t, age=age_) + _negative(frequency=x, recency=t, age=age_)
    with np.errstate(invalid="ignore"):
        if whole:
            found.append(
                _domain(
                    x != np.floor(x),
                    "frequency must be a whole number: it counts repeat orders.",
                    "frequency 必须是整数：它是重复购买次数。",
                    "frequency",
                )
            )
        sentences = _OF_OPPORTUNITIES if opportunities else _OF_TIME
        masks = t > age_, (x == 0) & (t > 0), (x > 0) & (t == 0)
        found += [_domain(mask, *sentence, "recency") for mask, sentence in zip(masks, sentences, strict=True)]
    return _occurring(found)


def _histories_fine(x: FloatArray, t: FloatArray, age: FloatArray, whole: bool) -> bool:
    """Return whether every history is valid: the common case, in one pass over the data (NaN fails it)."""
    x, t, age = x.reshape(-1), t.reshape(-1), age.reshape(-1)
    for start in range(0, len(x), _SCREEN_ROWS):
        rows = slice(start, start + _SCREEN_ROWS)
        xs, ts, ages = x[rows], t[rows], age[rows]
        fine = (ts <= ages) & (ages < np.inf) & (ts >= 0) & (xs < np.inf) & (xs >= 0)
        fine &= (xs > 0) == (ts > 0)
        if whole:
            fine &= np.floor(xs) == xs
        if not fine.all():
            return False
    return True


def money_problems(frequency: ArrayLike, monetary: ArrayLike) -> list[Problem]:
    """List what is wrong with frequency and mean order value, element by element; see :func:`problems`."""
    x, m = np.broadcast_arrays(numbers("frequency", frequency), numbers("monetary", monetary))
    if _money_fine(x, m):
        return []
    with np.errstate(invalid="ignore"):
        fractional = x != np.floor(x)
    return _occurring(
        [
            *_non_finite(frequency=x, monetary=m),
            *_negative(frequency=x, monetary=m),
            _domain(
                fractional,
                "frequency must be a whole number: it counts repeat orders.",
                "frequency 必须是整数：它是重复购买次数。",
                "frequency",
            ),
        ]
    )


def _money_fine(x: FloatArray, m: FloatArray) -> bool:
    x, m = x.reshape(-1), m.reshape(-1)
    for start in range(0, len(x), _SCREEN_ROWS):
        xs, ms = x[start : start + _SCREEN_ROWS], m[start : start + _SCREEN_ROWS]
        if not ((xs >= 0) & (xs < np.inf) & (ms >= 0) & (ms < np.inf) & (np.floor(xs) == xs)).all():
            return False
    return True


def period_problems(periods: ArrayLike) -> list[Problem]:
    """List what is wrong with a time ahead, element by element; see :func:`problems`."""
    t = numbers("periods", periods)
    return _occurring(_non_finite(periods=t) + _negative(periods=t))


def horizon_problems(periods: ArrayLike) -> list[Problem]:
    """List what is wrong with a horizon that is summed period by period or infinite; see :func:`problems`."""
    t = numbers("periods", periods)
    with np.errstate(invalid="ignore"):
        long = (t > MAX_PERIODS) & (t < np.inf)
    finite = np.where(t == np.inf, 0.0, t)
    return _occurring(
        [
            *_non_finite(periods=finite),
            *_negative(periods=finite),
            _domain(
                long,
                f"periods must be at most {MAX_PERIODS:,.0f}; use a longer period.",
                f"periods 最多为 {MAX_PERIODS:,.0f}；请使用更长的周期。",
                "periods",
            ),
        ]
    )


def terms_problems(margin: ArrayLike = 1.0, discount_rate: ArrayLike = 0.0) -> list[Problem]:
    """List what is wrong with margin and discount rate, element by element; see :func:`problems`."""
    m, d = np.broadcast_arrays(numbers("margin", margin), numbers("discount_rate", discount_rate))
    return _occurring([*_non_finite(margin=m, discount_rate=d), *_negative(discount_rate=d)])


def diverging(mask: BoolArray, name: str) -> Problem:
    """Return the fault of residual orders that are not discounted and have no end."""
    return _domain(
        mask,
        f"The orders to come have no finite sum under {name} without discounting; give a discount_rate above 0.",
        f"在 {name} 下，不折现的未来订单之和不是有限值；请给出大于 0 的 discount_rate。",
        "discount_rate",
    )


def weight_problems(weights: ArrayLike) -> list[Problem]:
    """List what is wrong with weights, element by element; see :func:`problems`."""
    w = numbers("weights", weights)
    return _occurring(_non_finite(weights=w) + _negative(weights=w))


def raise_first(found: Sequence[Problem]) -> None:
    """Raise the error of the first element with a fault, naming its row (the first row is 1)."""
    if not found:
        return
    # Of several faults in one row the more basic, which stands first in the list, wins.
    row, kind = min((int(np.flatnonzero(problem.mask)[0]), kind) for kind, problem in enumerate(found))
    problem = found[kind]
    error = problem.error
    if problem.mask.size == 1:
        raise error
    raise error.at(row + 1)


def _occurring(found: list[Problem]) -> list[Problem]:
    """Keep the kinds of fault that occur, each element in its first kind only."""
    kept: list[Problem] = []
    taken: BoolArray | None = None
    for mask, error in found:
        new = mask if taken is None else mask & ~taken
        if new.any():
            kept.append(Problem(new, error))
            taken = mask if taken is None else mask | taken
    return kept


def _non_finite(**arrays: FloatArray) -> list[Problem]:
    return [
        Problem(
            ~np.isfinite(array),
            InputError(f"{name} must be a finite number.", f"{name} 必须是有限的数字。", argument=name),
        )
        for name, array in arrays.items()
    ]


def _negative(**arrays: FloatArray) -> list[Problem]:
    with np.errstate(invalid="ignore"):
        return [
            _domain(array < 0, f"{name} must be 0 or more.", f"{name} 必须不小于 0。", name)
            for name, array in arrays.items()
        ]


def _domain(mask: BoolArray, en: str, zh: str, argument: str) -> Problem:
    return Problem(mask, DomainError(en, zh, argument=argument))
