"""Where the orders came from: what the workbook tells of its data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xlclv.text import Text


@dataclass(frozen=True)
class Source:
    """The data a workbook was built from, as its Method sheet states it.

    Parameters
    ----------
    name : str or Text
        Name of the data for the title, such as ``CDNOW music customers``.
    file : str
        File name or place the rows were read from.
    rows : int
        Rows read.
    orders : int
        Rows used: rows read less rows skipped.
    customers : int
        Customers with at least one row used.
    skipped : mapping of Text to int, optional
        Rows left out, by reason.
    notes : tuple of str or Text, optional
        Sentences about the data that a reader should know.
    """

    name: str | Text
    file: str
    rows: int
    orders: int
    customers: int
    skipped: Mapping[Text, int] = field(default_factory=dict)
    notes: tuple[str | Text, ...] = ()


def in_language(text: str | Text, language: str) -> str:
    """Return a text that may or may not be in two languages in the one asked for."""
    return text.of(language) if isinstance(text, Text) else text
