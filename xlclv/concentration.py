"""Concentration of value: how much of it the best customers hold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from xlclv.domain import finite
from xlclv.errors import DataError, DivisionError, DomainError

if TYPE_CHECKING:
    from xlclv.elementwise import Numbers

#: Shares of customers, best first, for which the share of value is told.
TOP: tuple[float, ...] = (0.01, 0.05, 0.10, 0.20, 0.50)


class Concentration(NamedTuple):
    """Share of value held by the best customers, and the Gini coefficient."""

    top: dict[float, float]
    gini: float


def clv_shares(values: Numbers) -> Concentration:
    """Share of value of the best 1, 5, 10, 20 and 50% of customers, and the Gini coefficient.

    The share of a fraction of customers is read from the Lorenz curve, which is straight between two customers: the
    best 1% of 250 customers are the first two and half of the third.

    Parameters
    ----------
    values : sequence of float
        Value of each customer, in money; negative values count as they are.

    Returns
    -------
    Concentration
        ``top`` (share of customers to share of value) and ``gini``: 0 when all are worth the same, close to 1 when
        one has all.

    Raises
    ------
    DataError
        If there are no values.
    DivisionError
        If the values sum to 0.
    DomainError
        If they sum to less than 0.

    References
    ----------
    Gini: sum of (2 i - n - 1) x_i / (n sum x), x ascending (Sen 1973, On Economic Inequality, section 2.2).

    Examples
    --------
    >>> shares = clv_shares([0, 0, 0, 10])
    >>> shares.top[0.2], shares.gini
    (0.8, 0.75)
    """
    ordered = sorted((finite(float(value), "values") for value in values), reverse=True)
    n = len(ordered)
    if n == 0:
        raise DataError(
            "values is empty; give the value of each customer.",
            "values 为空；请给出每位客户的价值。",
            argument="values",
        )
    total = math.fsum(ordered)
    # 0.1 + 0.2 - 0.3 is 0 to anybody but a computer.
    if abs(total) <= 1e-12 * math.fsum(map(abs, ordered)):
        raise DivisionError(
            "The values sum to 0, so no share can be told.", "价值合计为 0，无法计算份额。", argument="values"
        )
    if total < 0.0:
        raise DomainError(
            "The values sum to less than 0, so a share has no meaning.",
            "价值合计小于 0，份额没有意义。",
            argument="values",
        )
    top = {}
    for fraction in TOP:
        count = fraction * n
        full = int(count)
        held = sum(ordered[:full])
        if full < n:
            held += (count - full) * ordered[full]
        top[fraction] = held / total
    # ordered is descending: the i-th from the end has ascending rank i.
    gini = sum((n - 1 - 2 * i) * value for i, value in enumerate(ordered)) / (n * total)
    return Concentration(top, gini)
