"""What users typed beside the rows of a table: it follows its row, and a row that would be gone is told beforehand."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from typing import Any

from xlclv.errors import FileError
from xlclv.parsing import id_of, shown

#: What was typed in one column, by the key of its row, in order where a key stands more than once.
Notes = Mapping[Any, deque[Any]]


def key_of(cell: Any) -> Any:
    """Return by what a row is found again: an id as number and as text is one, as it is in the orders.

    Examples
    --------
    >>> key_of(7.0), key_of("7"), key_of(" ann ")
    ('7', '7', 'ann')
    """
    return id_of(cell) if isinstance(cell, str | int | float) else cell


def following(notes: Notes, keys: Sequence[Any], empty: Any = None) -> list[Any]:
    """Return the notes for the rows with these keys; ``empty`` where there is none.

    Examples
    --------
    >>> following({"a": deque(["x"])}, ["b", "a", "a"])
    [None, 'x', None]
    """
    left = {key: deque(cells) for key, cells in notes.items()}
    return [left[key].popleft() if left.get(key) else empty for key in keys]


def refuse_loss(table: str, columns: Mapping[str, Notes], keys: Sequence[Any]) -> None:
    """Raise FileError if a note stands on a row that is not among those with these keys.

    Parameters
    ----------
    table : str
        Its name.
    columns : mapping of str to Notes
        The notes by header.
    keys : sequence
        Of the rows there will be.
    """
    left = Counter(keys)
    gone: dict[Any, str] = {}
    for header, notes in columns.items():
        for key, cells in notes.items():
            if any(cell is not None and cell != "" for cell in list(cells)[left[key] :]):
                gone.setdefault(key, header)
    if not gone:
        return
    key, header = next(iter(gone.items()))
    who = "" if key is None else shown(key)
    rows = "1 row" if len(gone) == 1 else f"{len(gone):,} rows"
    raise FileError(
        f'The column "{header}" of the table {table} holds a note on {who or "an empty row"} that would be lost, as '
        f"{rows} with notes would go; move them elsewhere or clear them, and try again.",
        f"表 {table} 的“{header}”列中有关于{who or '空行'}的内容会丢失：有内容的 {len(gone):,} 行将不在新表中；"
        "请移到别处或清除后重试。",
    )
