"""What a check found: a status and a sentence that says what to do."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from xlclv.text import Text


class Status(StrEnum):
    """How bad it is."""

    GOOD = "good"
    WARNING = "warning"
    PROBLEM = "problem"

    @property
    def label(self) -> Text:
        """What a reader sees."""
        return _LABELS[self]


_LABELS = {
    Status.GOOD: Text("good", "正常"),
    Status.WARNING: Text("warning", "注意"),
    Status.PROBLEM: Text("problem", "问题"),
}


class Finding(NamedTuple):
    """The result of one check; ``check`` is its name for programs."""

    check: str
    status: Status
    text: Text


def good(check: str, en: str, zh: str) -> Finding:
    """Return a finding that needs nothing done."""
    return Finding(check, Status.GOOD, Text(en, zh))


def warning(check: str, en: str, zh: str) -> Finding:
    """Return a finding that may hurt."""
    return Finding(check, Status.WARNING, Text(en, zh))


def problem(check: str, en: str, zh: str) -> Finding:
    """Return a finding that keeps functions from working."""
    return Finding(check, Status.PROBLEM, Text(en, zh))
