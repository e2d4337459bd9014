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
        """Return the text in ``language``; anything but ``zh`` reads English.

        Parameters
        ----------
        language : str
            en or zh.

        Returns
        -------
        str
        """
        return self.zh if language == "zh" else self.en


def clause(sentence: str) -> str:
    """Return an English sentence as it stands after a colon: what is a capital only for the start is none there.

    Parameters
    ----------
    sentence : str
        The sentence.

    Returns
    -------
    str

    Examples
    --------
    >>> clause("The file is empty."), clause("DATA_CHECK found nothing."), clause('"x" is no date.')
    ('the file is empty.', 'DATA_CHECK found nothing.', '"x" is no date.')
    """
    plain = sentence[:1].isupper() and (sentence[1:2].islower() or sentence[1:2] == " ")
    return sentence[0].lower() + sentence[1:] if plain else sentence
