"""Columns of a table that are written together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def runs(columns: Mapping[int, Sequence[Any]]) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    """Yield the columns that stand side by side as blocks, with the place of the first.

    Examples
    --------
    >>> list(runs({1: ["b"], 0: ["a"], 3: ["d"]}))
    [(0, [['a'], ['b']]), (3, [['d']])]
    """
    places = sorted(columns)
    while places:
        count = next((i for i, place in enumerate(places) if place != places[0] + i), len(places))
        yield places[0], [columns[place] for place in places[:count]]
        places = places[count:]
