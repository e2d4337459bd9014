"""Errors of the calculations: one type for each error value a worksheet can show.

A calculation raises; the worksheet boundary turns the error into the error value of its ``code``; the command line
prints its sentence. Every sentence says what was wrong and what to do, in both languages.
"""

from __future__ import annotations

from typing import ClassVar, Self

from xlclv.text import Text, clause


class XlclvError(ValueError):
    """Base of all errors xlclv raises on purpose.

    Parameters
    ----------
    en, zh : str
        The sentence, in English and Chinese: what was wrong and what to do.
    argument : str, optional
        Name of the argument at fault, as the worksheet function declares it.
    row : int, optional
        Row at fault, the first being 1; `text` and the message then begin with it.

    Examples
    --------
    >>> error = DomainError("lifetime must be 0 or more.", "lifetime 必须不小于 0。", argument="lifetime")
    >>> error.code, str(error), error.text.zh
    ('#NUM!', 'lifetime must be 0 or more.', 'lifetime 必须不小于 0。')
    >>> str(error.at(7))
    'Row 7: lifetime must be 0 or more.'
    """

    code: ClassVar[str] = "#VALUE!"

    def __init__(self, en: str, zh: str, *, argument: str | None = None, row: int | None = None) -> None:
        self._sentence = Text(en, zh)
        self.text = Text(en, zh) if row is None else Text(f"Row {row}: {clause(en)}", f"第 {row} 行：{zh}")
        self.argument = argument
        self.row = row
        super().__init__(self.text.en)

    def at(self, row: int) -> Self:
        """Return the same error in a row."""
        return type(self)(*self._sentence, argument=self.argument, row=row)

    def of(self, argument: str) -> Self:
        """Return the same error of an argument; its name is put in front unless the sentence begins with it."""
        en, zh = self._sentence
        if en.startswith(f"{argument} "):
            return type(self)(en, zh, argument=argument, row=self.row)
        return type(self)(f"{argument}: {clause(en)}", f"{argument}：{zh}", argument=argument, row=self.row)

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return _remade, (type(self), *self._sentence, self.argument, self.row)


def _remade(kind: type[XlclvError], en: str, zh: str, argument: str | None, row: int | None) -> XlclvError:
    """Return the error that `copy` and processes take for the same one."""
    return kind(en, zh, argument=argument, row=row)


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
