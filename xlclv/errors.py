"""Errors of the calculations: one type for each error value a worksheet can show.

A calculation raises; the worksheet boundary turns the error into the error value of its ``code``; the command line
prints its sentence. Every sentence says what was wrong and what to do, in both languages.
"""

from __future__ import annotations

from typing import ClassVar

from xlclv.text import Text


class XlclvError(ValueError):
    """Base of all errors xlclv raises on purpose.

    Parameters
    ----------
    en, zh : str
        The sentence, in English and Chinese: what was wrong and what to do.
    argument : str, optional
        Name of the argument at fault, as the worksheet function declares it.

    Examples
    --------
    >>> error = DomainError("lifetime must be 0 or more.", "lifetime 必须不小于 0。", argument="lifetime")
    >>> error.code, str(error), error.text.zh
    ('#NUM!', 'lifetime must be 0 or more.', 'lifetime 必须不小于 0。')
    """

    code: ClassVar[str] = "#VALUE!"

    def __init__(self, en: str, zh: str, *, argument: str | None = None) -> None:
        super().__init__(en)
        self.text = Text(en, zh)
        self.argument = argument

    def __reduce__(self) -> tuple[type[XlclvError], tuple[str, str], dict[str, str | None]]:
        return type(self), (self.text.en, self.text.zh), {"argument": self.argument}


class InputError(XlclvError):
    """Wrong type, date, choice or shape: ``#VALUE!``."""

    code = "#VALUE!"


class DomainError(XlclvError):
    """A number outside its domain, or a computation that does not converge: ``#NUM!``."""

    code = "#NUM!"


class DivisionError(XlclvError):
    """A zero denominator: ``#DIV/0!``."""

    code = "#DIV/0!"


class DataError(XlclvError):
    """Too little data, or a value not observed yet: ``#N/A``."""

    code = "#N/A"


class UnknownNameError(XlclvError):
    """No function of that name: ``#NAME?``."""

    code = "#NAME?"


class FileError(XlclvError):
    """A file or a command line option that cannot be used; its sentence names it."""

    code = "#VALUE!"
