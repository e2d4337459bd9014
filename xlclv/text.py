"""Text in the two languages every reader of xlclv may have: English and Chinese."""

from __future__ import annotations

from typing import Literal, NamedTuple

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Text(NamedTuple):
    """One text in both languages.

    Examples
    --------
    >>> Text("High", "高").of("zh")
    '高'
    """

    en: str
    zh: str

    def of(self, language: str) -> str:
        """Return the text in ``language``; anything but ``zh`` reads English."""
        return self.zh if language == "zh" else self.en
