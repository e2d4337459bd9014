"""What the last command did, or why it did nothing: one sentence in a named cell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from xlclv.errors import FileError, XlclvError
from xlclv.text import Text
from xlclv.workbook.headers import language_of
from xlclv.workbook.interface import Workbook

STATUS: Final = "out_status"


class Status:
    """The named cell of a workbook that tells of the last command."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._language = language_of(book)

    def check(self) -> None:
        """Raise FileError if the workbook has no such cell."""
        self._book.read_name(STATUS)

    def write(self, sentence: Text) -> None:
        """Write a sentence in the language of the workbook."""
        self._book.write_name(STATUS, sentence.of(self._language))


@contextmanager
def reported(book: Workbook) -> Iterator[Status]:
    """Give the status of a workbook; an error xlclv raises on purpose leaves its sentence there.

    Parameters
    ----------
    book : Workbook
    """
    status = Status(book)
    try:
        yield status
    except XlclvError as error:
        # Where the sentence cannot be written, the caller still gets it.
        with suppress(FileError):
            status.write(error.text)
        raise
