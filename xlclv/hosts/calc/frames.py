"""What goes through the pipes between LibreOffice and the worker.

A frame is its length in 8 bytes and that many bytes. Values are what Calc holds: a number, a text, None (an argument
left out) or a range of rows of numbers and texts, in which "" is an empty cell. An error value is a NaN whose low 32
bits are LibreOffice's number of the error. The numbers of a range travel as one array, its texts as one JSON list.

This module and `client` are part of the extension as well: standard library, Python 3.8 and newer.
"""

from __future__ import annotations

import json
import struct
from array import array
from itertools import chain, repeat
from typing import Any, BinaryIO, Sequence  # noqa: UP035  # Python 3.8

#: Frames of another version are not understood: the extension and the package belong together.
VERSION = 1
#: The longest frame that is read: a larger number is no length.
LONGEST = 1 << 33

_LENGTH = struct.Struct("<Q")
_SIZES = struct.Struct("<3Q")
_NUMBER = struct.Struct("<d")
_NONE, _FLOAT, _TEXT, _NUMBERS, _MIXED = b"0", b"f", b"t", b"n", b"m"


class FrameError(Exception):
    """The bytes are no frame, or end within one."""


def write_frame(stream: BinaryIO, parts: Sequence[bytes]) -> None:
    """Write a frame that is made of parts."""
    stream.write(_LENGTH.pack(sum(map(len, parts))))
    for part in parts:
        stream.write(part)
    stream.flush()


def read_frame(stream: BinaryIO) -> memoryview | None:
    """Read a frame; None at the end of the stream.

    Raises
    ------
    FrameError
        If the stream ends within a frame or holds something else.
    """
    head = stream.read(_LENGTH.size)
    if not head:
        return None
    if len(head) < _LENGTH.size:
        raise FrameError("the stream ends within the length of a frame")
    length = _LENGTH.unpack(head)[0]
    if length > LONGEST:
        raise FrameError("no frame begins here")
    body = stream.read(length)
    if len(body) < length:
        raise FrameError("the stream ends within a frame")
    return memoryview(body)


def pack(header: Any, values: Sequence[Any]) -> list[bytes]:
    """Return a frame of a header, which is JSON, and values."""
    parts = [_text(json.dumps(header)), struct.pack("<I", len(values))]
    for value in values:
        _pack_value(value, parts)
    return parts


def unpack(frame: memoryview) -> tuple[Any, list[Any]]:
    """Return header and values of a frame; ranges are lists of rows.

    Raises
    ------
    FrameError
        If it is no frame of `pack`.
    """
    try:
        reader = _Reader(frame)
        header = json.loads(reader.text())
        values = [reader.value() for _ in range(struct.unpack("<I", reader.take(4))[0])]
    except (ValueError, struct.error, IndexError, MemoryError, OverflowError) as error:
        raise FrameError(str(error)) from error
    if reader.place != len(frame):
        raise FrameError("the frame is longer than its values")
    return header, values


def _text(text: str) -> bytes:
    coded = text.encode("utf-8", "surrogatepass")
    return _LENGTH.pack(len(coded)) + coded


def _pack_value(value: Any, parts: list[bytes]) -> None:
    if value is None:
        parts.append(_NONE)
    elif isinstance(value, str):
        parts += [_TEXT, _text(value)]
    elif isinstance(value, (tuple, list)):
        _pack_rows(value, parts)
    else:
        parts += [_FLOAT, _NUMBER.pack(value)]


def _pack_rows(rows: Sequence[Sequence[Any]], parts: list[bytes]) -> None:
    """Append a range; empty rows at its end are only counted, as whole columns are handed over."""
    total, width = len(rows), len(rows[0]) if rows else 0
    used = total
    empty = ("",) * width
    while used and rows[used - 1] == empty:
        used -= 1
    cells = list(chain.from_iterable(rows[:used] if used < total else rows))
    if len(cells) != used * width:
        raise FrameError("rows of unequal length")
    sizes = _SIZES.pack(total, used, width)
    try:
        parts += [_NUMBERS, sizes, array("d", cells).tobytes()]
    except TypeError:  # there are texts
        texts = [cell for cell in cells if isinstance(cell, str)]
        kinds = bytes([isinstance(cell, str) for cell in cells])
        numbers = array("d", [cell for cell in cells if not isinstance(cell, str)])
        parts += [_MIXED, sizes, kinds, numbers.tobytes(), _text(json.dumps(texts))]


class _Reader:
    """Takes one thing after the other from a frame."""

    def __init__(self, frame: memoryview) -> None:
        self._frame = frame
        self.place = 0

    def take(self, length: int) -> memoryview:
        """Return the next bytes."""
        part = self._frame[self.place : self.place + length]
        if len(part) < length:
            raise FrameError("the frame is shorter than its values")
        self.place += length
        return part

    def text(self) -> str:
        """Return the next text."""
        return str(self.take(_LENGTH.unpack(self.take(8))[0]), "utf-8", "surrogatepass")

    def numbers(self, count: int) -> list[float]:
        """Return the next numbers."""
        found = array("d")
        found.frombytes(self.take(8 * count))
        return found.tolist()

    def value(self) -> Any:
        """Return the next value."""
        tag = bytes(self.take(1))
        if tag == _NONE:
            return None
        if tag == _FLOAT:
            return _NUMBER.unpack(self.take(8))[0]
        if tag == _TEXT:
            return self.text()
        if tag not in (_NUMBERS, _MIXED):
            raise FrameError("unknown kind of value")
        total, used, width = _SIZES.unpack(self.take(_SIZES.size))
        cells: list[Any]
        if tag == _NUMBERS:
            cells = self.numbers(used * width)
        else:
            kinds = bytes(self.take(used * width))
            numbers = iter(self.numbers(kinds.count(0)))
            texts = iter(json.loads(self.text()))
            cells = [next(texts) if is_text else next(numbers) for is_text in kinds]
        rows: list[Any] = list(zip(*[iter(cells)] * width)) if width else [()] * used
        rows.extend(repeat(("",) * width, total - used))
        return rows
