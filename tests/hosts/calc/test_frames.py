"""What goes through the pipes."""

from __future__ import annotations

import io
import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlclv.hosts.calc import frames
from xlclv.hosts.calc.cells import ERRORS, cells_in, cells_out, error_of, nan_of
from xlclv.worksheet import CellError

CELLS = st.one_of(st.floats(allow_nan=False), st.text(st.characters(codec="utf-8")))
ROWS = st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[CELLS] * width), min_size=1, max_size=6))
VALUES = st.lists(st.one_of(st.none(), CELLS, ROWS), max_size=4)


def through(header: Any, values: list[Any]) -> tuple[Any, list[Any]]:
    stream = io.BytesIO()
    frames.write_frame(stream, frames.pack(header, values))
    stream.seek(0)
    frame = frames.read_frame(stream)
    assert frame is not None
    assert stream.read() == b""
    return frames.unpack(frame)


@given(VALUES)
def test_values_come_back(values: list[Any]) -> None:
    assert through(["CLV", ""], values) == (["CLV", ""], values)


def test_errors_keep_their_number_in_ranges_and_alone() -> None:
    given = [nan_of("#N/A"), [(nan_of("#NUM!"), 1.0), (nan_of("#REF!"), "甲")]]
    _, (alone, rows) = through([], given)
    assert error_of(alone) == CellError("#N/A")
    assert cells_in(rows) == [[CellError("#NUM!"), 1.0], [CellError("#REF!"), "甲"]]


@pytest.mark.parametrize("code", ERRORS)
def test_error_numbers_are_those_of_libreoffice(code: str) -> None:
    number = nan_of(code)
    assert math.isnan(number)
    assert struct.unpack("<Q", struct.pack("<d", number))[0] & 0xFFFFFFFF == ERRORS[code]
    assert cells_in(number) == CellError(code)


def test_newer_errors_are_value_errors() -> None:
    assert error_of(cells_out(CellError("#SPILL!"), False)) == CellError("#VALUE!")
    assert error_of(float("nan")) == CellError("#VALUE!")


def test_a_whole_column_is_as_long_as_what_it_holds() -> None:
    rows = (("a",), (1.0,), *(("",),) * 1_048_574)
    parts = frames.pack([], [rows])
    assert sum(map(len, parts)) < 200
    _, (read,) = frames.unpack(memoryview(b"".join(parts)))
    assert len(read) == 1_048_576
    assert (read[0], read[1], read[-1]) == (("a",), (1.0,), ("",))
    assert cells_in(read)[-1] == [None]


def test_numbers_are_not_copied_one_by_one() -> None:
    rows = [(1.0, 2.0)] * 5
    assert cells_in(rows) is rows


class TestBroken:
    def test_the_end_of_a_stream_is_none(self) -> None:
        assert frames.read_frame(io.BytesIO()) is None

    @pytest.mark.parametrize("cut", [1, 7, 9, 20])
    def test_an_end_within_a_frame(self, cut: int) -> None:
        stream = io.BytesIO()
        frames.write_frame(stream, frames.pack(["CLV", ""], [1.0, "x"]))
        with pytest.raises(frames.FrameError, match="ends within"):
            frames.read_frame(io.BytesIO(stream.getvalue()[:cut]))

    def test_what_is_no_length(self) -> None:
        with pytest.raises(frames.FrameError, match="no frame"):
            frames.read_frame(io.BytesIO(b"Traceback (most recent call last)"))

    @given(st.binary(max_size=60))
    def test_garbage_is_refused_or_read(self, body: bytes) -> None:
        try:
            frames.unpack(memoryview(body))
        except frames.FrameError:
            return

    def test_rows_of_unequal_length(self) -> None:
        with pytest.raises(frames.FrameError, match="unequal"):
            frames.pack([], [[(1.0,), (1.0, 2.0)]])

    def test_bytes_after_the_values(self) -> None:
        with pytest.raises(frames.FrameError, match="longer"):
            frames.unpack(memoryview(b"".join(frames.pack([], [1.0])) + b"x"))
