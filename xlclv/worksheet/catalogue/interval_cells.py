"""Between cells and intervals; imported at the first call, for it needs numpy and scipy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xlclv.models.intervals import level_of, order_interval
from xlclv.text import Text
from xlclv.worksheet.catalogue.modelling import featureless

#: Headers of the columns.
HEADERS = (Text("lower", "下限"), Text("upper", "上限"))


def interval_rows(
    block: Sequence[Sequence[Any]],
    frequency: list[float],
    recency: list[float],
    age: list[float],
    periods: list[float],
    level: float,
    lang: str,
) -> list[list[Any]]:
    """MODEL_INTERVAL: the header, and a row for each customer; one without an interval has its error in both cells."""
    model = featureless(block)
    chance = level_of(level)
    columns = [np.asarray(column, dtype=float) for column in (frequency, recency, age, periods)]
    x, t, age_, ahead = (np.array(column) for column in np.broadcast_arrays(*columns))
    cells: list[list[Any]] = [[None, None] for _ in range(len(x))]
    valid = np.ones(len(x), dtype=bool)

    def note(rows: Any, error: Any) -> None:
        for row in rows:
            cells[row] = [error, error]

    for mask, error in model.interval_problems(x, t, age_, ahead):
        note(np.flatnonzero(mask & valid), error)
        valid &= ~mask
    kept = np.flatnonzero(valid)
    lower, upper, found = order_interval(model.model, model.values, x[kept], t[kept], age_[kept], ahead[kept], chance)
    for row, low, high in zip(kept.tolist(), lower.tolist(), upper.tolist(), strict=True):
        cells[row] = [low, high]
    for mask, error in found:
        note(kept[mask], error)
    return [[header.of(lang) for header in HEADERS], *cells]
