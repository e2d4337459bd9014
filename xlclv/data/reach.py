"""How far the cells of a worksheet reach, found without holding them: readers hold the full rectangle.

Worksheets are scanned as the programs that write them do it: fast, by pattern. What is written in any other way goes
through an XML parser, so that no spelling hides a far cell. What a sheet says of its own size is only a claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Final
from xml.parsers import expat

#: A sheet is held as a full rectangle while it is read: one filled cell far out would claim all memory.
MAX_CELLS: Final = 60_000_000
CHUNK: Final = 1 << 20

#: The last row a plainly written sheet may name; Excel has 1,048,576.
_LAST_ROW: Final = 1_049_999
#: Cell and row elements that are not written as programs write them: the place first, other attributes quoted.
_UNUSUAL: Final = (
    re.compile(rb'<c(?![A-Za-z]| r="[A-Z]{0,3}+(?:\d{1,6}|10[0-4]\d{4})"(?: (?!r=)[\w:]++="[^"<>]*+")*+ ?/?>)'),
    re.compile(rb'<row(?![A-Za-z]| r="(?:\d{1,6}|10[0-4]\d{4})"(?: (?!r=)[\w:]++="[^"<>]*+")*+ ?/?>)'),
    re.compile(rb":(?:c|row)[\s/>]"),
)
_WIDE: Final = re.compile(rb'<c r="([A-Z]{2,3})\d')
_ROW: Final = re.compile(rb'<(?:c|row) r="[A-Z]{0,3}(\d+)"')
_PLACE: Final = re.compile(r"([A-Za-z]*)0*(\d*)")


class DeclarationError(ValueError):
    """The XML declares a document type, and with it entities that could grow."""


def sheet_reach(stream: IO[bytes]) -> tuple[int, int]:
    """Return the last row and column an Excel worksheet in XML names, or bounds on them within the limit.

    Raises
    ------
    xml.parsers.expat.ExpatError
        If it is no XML.
    DeclarationError
        If it declares a document type.

    Examples
    --------
    >>> import io
    >>> sheet_reach(io.BytesIO(b"<sheetData><x:row><x:c s='1' r='AB7'/></x:row></sheetData>"))
    (7, 28)
    """
    reach = _plain_reach(stream, exact=False)
    if reach and reach[0] * reach[1] > MAX_CELLS:
        stream.seek(0)
        reach = _plain_reach(stream, exact=True)
    if reach is None:
        stream.seek(0)
        reach = _parsed(stream, _Sheet())
    return reach


def _whole_tags(stream: IO[bytes]) -> Iterator[bytes]:
    tail = b""
    while chunk := stream.read(CHUNK):
        text = tail + chunk
        cut = max(text.rfind(b"<"), 0)
        tail = text[cut:]
        if len(tail) > CHUNK:
            yield b":c "  # longer than any element a program writes: let the parser see to it
            return
        yield text[:cut]
    yield tail


def _plain_reach(stream: IO[bytes], *, exact: bool) -> tuple[int, int] | None:
    """Return the reach of a plainly written sheet, with a bound on the rows unless ``exact``; None if it is not one."""
    rows, columns = 0 if exact else _LAST_ROW, 26
    for text in _whole_tags(stream):
        if b"<!DOCTYPE" in text or any(pattern.search(text) for pattern in _UNUSUAL):
            return None
        columns = max([columns, *(_column_number(letters.decode()) for letters in set(_WIDE.findall(text)))])
        if exact:
            rows = max([rows, *map(int, set(_ROW.findall(text)))])
        if rows * columns > MAX_CELLS:
            break
    return rows, columns


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters[:7].upper():
        number = number * 26 + ord(letter) - 64
    return number


class _Sheet:
    """Places as the reader finds them: cells and rows that name none follow the one before."""

    def __init__(self) -> None:
        self.rows = self.columns = self._row = self._column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.partition(":")[2] or name
        if kind == "row":
            if "r" in attributes:
                self._row = self._place(attributes["r"])[1] - 1
            self.rows = max(self.rows, self._row + 1)
        elif kind == "c":
            column, row = self._place(attributes["r"]) if "r" in attributes else (self._column + 1, self._row + 1)
            self._column = column
            self.rows, self.columns = max(self.rows, row), max(self.columns, column)

    def end(self, name: str) -> None:
        if (name.partition(":")[2] or name) == "row":
            self._row, self._column = self._row + 1, 0

    @staticmethod
    def _place(text: str) -> tuple[int, int]:
        match = _PLACE.match(text)
        letters, digits = match.groups() if match else ("", "")
        return _column_number(letters), int(digits[:12] or 0)


class _OpenDocument:
    """The largest table of an OpenDocument sheet, with its repeated cells; what is empty at the ends does not count."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._rows = self._columns = self._row = self._column = self._width = 0
        self._repeat = 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("table:table-cell", "table:covered-table-cell"):
            self._column += _count(attributes.get("table:number-columns-repeated"))
            if "table:formula" in attributes or any(one.startswith("office:") for one in attributes):
                self._width = self._column
        elif name == "table:table-row":
            self._column = self._width = 0
            self._repeat = _count(attributes.get("table:number-rows-repeated"))
        elif name == "table:table":
            self._rows = self._columns = self._row = 0
        elif name == "text:s" and _count(attributes.get("text:c")) > MAX_CELLS // 10:
            self.rows = self.columns = _count(attributes["text:c"])

    def end(self, name: str) -> None:
        if name == "table:table-row":
            self._row += self._repeat
            if self._width:
                self._rows, self._columns = self._row, max(self._columns, self._width)
        elif name == "table:table" and self._rows * self._columns > self.rows * self.columns:
            self.rows, self.columns = self._rows, self._columns


def _count(text: str | None) -> int:
    return int(text[:12]) if text and text[:12].isdecimal() else 1


def open_document_reach(stream: IO[bytes]) -> tuple[int, int]:
    """Return the last row and column of the largest table in the content of an .ods; errors as `sheet_reach`.

    Examples
    --------
    >>> import io
    >>> cell = b"<table:table-cell office:value='1' table:number-columns-repeated='9'/>"
    >>> open_document_reach(io.BytesIO(b"<table:table><table:table-row>" + cell + b"</table:table-row></table:table>"))
    (1, 9)
    """
    return _parsed(stream, _OpenDocument())


def _parsed(stream: IO[bytes], sheet: _Sheet | _OpenDocument) -> tuple[int, int]:
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise DeclarationError

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = sheet.start
    parser.EndElementHandler = sheet.end
    while (chunk := stream.read(CHUNK)) and sheet.rows * sheet.columns <= MAX_CELLS:
        parser.Parse(chunk, False)
    if not chunk:
        parser.Parse(b"", True)
    return sheet.rows, sheet.columns
