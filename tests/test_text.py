"""Text in two languages."""

from __future__ import annotations

import pytest

from xlclv.text import Text, clause


def test_a_language_that_is_not_there_reads_english() -> None:
    assert [Text("High", "高").of(language) for language in ("en", "zh", "fr")] == ["High", "高", "High"]


@pytest.mark.parametrize(
    ("sentence", "after_colon"),
    [
        ("The file is empty.", "the file is empty."), ("A sheet is wide.", "a sheet is wide."),
        ("NPS_SCORE takes one.", "NPS_SCORE takes one."), ("margin must be a number.", "margin must be a number."),
        ('"X" is no date.', '"X" is no date.'), ("", ""),
    ],
)  # fmt: skip
def test_a_sentence_after_a_colon(sentence: str, after_colon: str) -> None:
    assert clause(sentence) == after_colon
