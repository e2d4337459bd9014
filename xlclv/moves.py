"""Where customers of each segment went: the transition matrix between two dates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from xlclv.errors import DataError, DomainError, InputError
from xlclv.labels import GONE, STAGES, STANDARD, TIERS, VALUE8
from xlclv.migration import MAX_STATES
from xlclv.parsing import id_of, ids_of

if TYPE_CHECKING:
    import pandas as pd

    from xlclv.vectors import Cells

#: Places in the lists of names whose order is known, by name in either language, in the order they are tried.
_ORDERS: Final = tuple(
    {name.casefold(): place for place, label in enumerate(labels) for name in label}
    for labels in (STANDARD.values(), VALUE8.values(), TIERS, STAGES.values())
)
_GONE: Final = GONE.en
_GONE_NAMES: Final = {name.casefold() for name in GONE}


class Moves(NamedTuple):
    """The segments, and for each row the share of its customers that went to each; None where it had no customer."""

    labels: list[str | float]
    shares: list[list[float | None]]


def move_shares(before: Sequence[object], after: Sequence[object], lang: str = "en") -> Moves:
    """Return the shares of `segment_moves` as plain lists.

    Parameters
    ----------
    before, after, lang
        As in `segment_moves`.

    Returns
    -------
    Moves

    Raises
    ------
    InputError, DomainError, DataError
        As `segment_moves`.

    Examples
    --------
    >>> move_shares(["Low", "Low", "High"], ["High", "Low", "High"])
    Moves(labels=['High', 'Low'], shares=[[1.0, 0.0], [0.5, 0.5]])
    """
    if len(before) != len(after):
        raise InputError(
            f"before and after must have the same number of rows ({len(before)} and {len(after)}).",
            f"before 和 after 的行数必须相同（{len(before)} 和 {len(after)}）。",
            argument="after",
        )
    origins, targets = ids_of(before), ids_of(after)
    moves = Counter(
        (origin, GONE.of(lang) if target is None else target)
        for origin, target in zip(origins, targets, strict=True)
        if origin is not None
    )
    if not moves:
        raise DataError(
            "No customer is in a segment before; give the segment of each at the earlier date.",
            "before 中没有客户属于任何分群；请给出每位客户在较早日期的分群。",
            argument="before",
        )
    states, names = _states([*(origin for origin, _ in moves), *(target for _, target in moves)])
    count = len(names)
    if count > MAX_STATES:
        raise DomainError(
            f"There are {count} different segments; at most {MAX_STATES} are taken. Check that before and after hold "
            "segments and not customers.",
            f"共有 {count} 种不同的分群；最多 {MAX_STATES} 种。请确认 before 和 after 是分群，而不是客户。",
            argument="before",
        )
    table = [[0] * count for _ in range(count)]
    for (origin, target), customers in moves.items():
        table[states[origin]][states[target]] += customers
    return Moves(names, [[c / total if (total := sum(row)) else None for c in row] for row in table])


def _states(texts: Sequence[str]) -> tuple[dict[str, int], list[str | float]]:
    """Number the segments in order; texts that differ by case or language alone are one, named as it came first.

    Numbers rise; names of a known list come in its order and others after them as they appear; who is gone comes last.
    """
    distinct = dict.fromkeys(texts)
    order = max(_ORDERS, key=lambda known: sum(text.casefold() in known for text in distinct))
    keys = {
        text: _GONE if text.casefold() in _GONE_NAMES else order.get(text.casefold(), text.casefold())
        for text in distinct
    }
    first: dict[str | int, str] = {}
    for text, key in keys.items():
        first.setdefault(key, text)
    there = [key for key in first if key != _GONE]
    numbers = {key: number for key in there if (number := _number(first[key])) is not None}
    if len(numbers) == len(there):
        there.sort(key=numbers.__getitem__)
    else:
        there.sort(key=lambda key: key if isinstance(key, int) else len(order))
        numbers = {}
    places = {key: place for place, key in enumerate([*there, *({_GONE} & first.keys())])}
    return {text: places[key] for text, key in keys.items()}, [numbers.get(key, first[key]) for key in places]


def _number(text: str) -> float | None:
    """Return the number a segment is called by, such as that of a cluster."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if id_of(number) == text else None


def segment_moves(before: Cells, after: Cells, lang: str = "en") -> pd.DataFrame:
    """Return the transition matrix of segments: which share of each segment's customers went to which.

    A customer without a segment before was not there yet and is left out. One without a segment after is no longer
    there and counts as a move to the segment Gone, the last of the matrix: left out, the others would seem to stay
    more often than they do. Nobody has left Gone, so `xlclv.clv_migration` takes it for the end.

    Parameters
    ----------
    before, after : cells, length n
        Segment of each customer at the earlier and the later date; the same row is the same customer. Names that
        differ by case, or by language as the names of `xlclv.labels` do, are one.
    lang : str
        en or zh, the language of the name of Gone.

    Returns
    -------
    DataFrame
        Square, with the same segments as index and columns: numbers rising, names of segments, tiers and stages in
        their natural order, others as they first appear in ``before`` and then in ``after``. Each row sums to 1; that
        of a segment nobody was in before is missing throughout.

    Raises
    ------
    InputError
        If the lengths differ.
    DomainError
        If there are more than 100 segments.
    DataError
        If no customer has a segment before.

    Examples
    --------
    >>> segment_moves(["New", "New", "Active", "Loyal"], ["Active", "Churned", "Loyal", "Loyal"])
             New  Active  Loyal  Churned
    New      0.0     0.5    0.0      0.5
    Active   0.0     0.0    1.0      0.0
    Loyal    0.0     0.0    1.0      0.0
    Churned  NaN     NaN    NaN      NaN
    """
    import pandas as pd

    from xlclv.vectors import cells_of

    labels, shares = move_shares(list(cells_of(before)), list(cells_of(after)), lang)
    return pd.DataFrame(shares, index=labels, columns=labels, dtype=float)
