"""Compression against the specification's examples, its own words, and another reader."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.vba.readers import ADD_IN, BY_EXCEL, decompressed, project_of, stream
from xlclv.errors import InputError
from xlclv.vba.compression import CHUNK, compress, decompress

#: [MS-OVBA] 3.2.1, 3.2.2 and 3.2.3.
NO_COMPRESSION = b"abcdefghijklmnopqrstuv."
NO_COMPRESSION_PACKED = bytes.fromhex("0119b000616263646566676800696a6b6c6d6e6f70007172737475762e")
NORMAL = b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"
NORMAL_PACKED = bytes.fromhex(
    "012fb000236161616263646582660070616768696a013808616b6c00206d6e6f700671027004007273747576107778797a002c"
)
#: As older editions print it, where three tokens copy from farther away than the algorithm of 2.4.1.3.19.4 finds.
NORMAL_PACKED_OLD = bytes.fromhex(
    "012fb000236161616263646582660070616768696a013808616b6c00306d6e6f700671027004107273747576107778797a003c"
)
MAXIMUM = b"a" * 73
MAXIMUM_PACKED = bytes.fromhex("0103b002614500")


@pytest.mark.parametrize(
    ("plain", "packed"),
    [(NO_COMPRESSION, NO_COMPRESSION_PACKED), (NORMAL, NORMAL_PACKED), (MAXIMUM, MAXIMUM_PACKED)],
)
def test_examples_of_the_specification(plain: bytes, packed: bytes) -> None:
    assert compress(plain) == packed
    assert decompress(packed) == plain


def test_the_older_edition_reads_the_same() -> None:
    assert decompress(NORMAL_PACKED_OLD) == decompressed(NORMAL_PACKED_OLD) == NORMAL


class Pseudocode:
    """The algorithm as [MS-OVBA] 2.4.1.3.6 to 2.4.1.3.19.4 spells it, in its own variables."""

    def __init__(self, data: bytes) -> None:
        self.data, self.out = data, bytearray(b"\x01")
        self.current = 0
        while self.current < len(data):
            self.chunk()

    def chunk(self) -> None:
        self.start, self.chunk_start = self.current, len(self.out)
        self.compressed_end = self.chunk_start + 4098
        self.end = min(self.start + 4096, len(self.data))
        self.out += b"\0\0"
        while self.current < self.end and len(self.out) < self.compressed_end and not self.full():
            self.sequence()
        flag = 1
        if self.current < self.end:
            del self.out[self.chunk_start + 2 :]
            self.out += self.data[self.start : self.end].ljust(4096, b"\0")
            self.current = self.end
            flag = 0
        size = len(self.out) - self.chunk_start
        struct.pack_into("<H", self.out, self.chunk_start, flag << 15 | 0b011 << 12 | size - 3)

    def full(self) -> bool:
        return getattr(self, "stopped", None) == self.chunk_start

    def sequence(self) -> None:
        place, flags = len(self.out), 0
        self.out.append(0)
        for index in range(8):
            if self.current < self.end and len(self.out) < self.compressed_end and not self.full():
                flags |= self.token() << index
        self.out[place] = flags

    def token(self) -> int:
        offset, length = self.matching()
        if offset:
            if len(self.out) + 1 < self.compressed_end:
                bits = self.bit_count()
                self.out += struct.pack("<H", offset - 1 << 16 - bits | length - 3)
                self.current += length
                return 1
            self.stopped = self.chunk_start
        else:
            self.out.append(self.data[self.current])
            self.current += 1
        return 0

    def bit_count(self) -> int:
        bits = 4
        while 1 << bits < self.current - self.start:
            bits += 1
        return bits

    def matching(self) -> tuple[int, int]:
        best, best_candidate = 0, 0
        for candidate in range(self.current - 1, self.start - 1, -1):
            length = 0
            while (
                self.current + length < self.end and self.data[candidate + length] == self.data[self.current + length]
            ):
                length += 1
            if length > best:
                best, best_candidate = length, candidate
        if best < 3:
            return 0, 0
        return self.current - best_candidate, min(best, (0xFFFF >> self.bit_count()) + 3)


def noise(count: int, letters: int, seed: int = 1) -> bytes:
    """Return bytes of that many different letters, hard to compress when there are many."""
    return bytes(random.Random(seed).choices(range(33, 33 + letters), k=count))


@given(st.binary(max_size=300) | st.text("ab", max_size=600).map(str.encode))
@example(b"")
@example(b"a")
@example(b"ab" * 40 + b"b" + b"ab" * 50)  # the longest run is longer than a token can say, and farther away
def test_same_bytes_as_the_pseudocode(data: bytes) -> None:
    assert compress(data) == bytes(Pseudocode(data).out)


@pytest.mark.parametrize("letters", [2, 200])
@pytest.mark.parametrize("count", [3641, 4097])
def test_same_bytes_at_the_edges(count: int, letters: int) -> None:
    data = noise(count, letters)
    assert compress(data) == bytes(Pseudocode(data).out)


#: No three bytes in a row occur twice.
DISTINCT = bytes(byte for first in range(60) for second in range(100, 200) for byte in (first, second))


@pytest.mark.parametrize(
    ("literals", "copied", "size"),
    [(3639, 0, 4094), (3640, 0, 4095), (3641, 0, None), (3639, 3, 4096), (3640, 3, None)],
)
def test_a_chunk_is_stored_plain_when_tokens_need_more_than_it(literals: int, copied: int, size: int | None) -> None:
    data = DISTINCT[:literals] + DISTINCT[500 : 500 + copied]
    packed = compress(data)
    assert packed == bytes(Pseudocode(data).out)
    if size is None:
        assert packed[1:3] == b"\xff\x3f"
        assert packed[3:] == data.ljust(CHUNK, b"\0")
    else:
        assert len(packed) == 3 + size
        assert decompress(packed) == data


def without_filling(plain: bytes, data: bytes) -> bytes:
    """Return what was decompressed without the zeros that fill a last chunk stored plain."""
    filling = plain[len(data) :]
    if filling:
        assert not any(filling)
        assert len(plain) % CHUNK == 0
        assert len(data) % CHUNK > 3640
    return plain[: len(data)]


@settings(max_examples=100)
@given(
    st.integers(0, 3 * CHUNK),
    st.sampled_from([1, 2, 5, 30, 95, 200]),
    st.integers(0, 10_000),
)
def test_round_trips(count: int, letters: int, seed: int) -> None:
    data = noise(count, letters, seed)
    packed = compress(data)
    assert without_filling(decompress(packed), data) == data
    assert decompressed(packed) == decompress(packed)


@given(st.binary(max_size=1000))
def test_round_trips_of_any_bytes(data: bytes) -> None:
    packed = compress(data)
    assert decompress(packed) == data
    assert decompressed(packed) == data


@pytest.mark.slow
@settings(max_examples=3000)
@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=8), st.lists(st.integers(0, 7), max_size=900))
def test_round_trips_of_repeated_pieces(pieces: list[bytes], order: list[int]) -> None:
    data = b"".join(pieces[number % len(pieces)] for number in order)
    packed = compress(data)
    assert without_filling(decompress(packed), data) == data
    assert decompressed(packed) == decompress(packed)


@pytest.mark.parametrize("workbook", [BY_EXCEL, ADD_IN], ids=lambda path: path.name)
def test_reads_what_others_compressed(workbook: object) -> None:
    container = stream(project_of(workbook), "VBA/dir")  # type: ignore[arg-type]
    plain = decompress(container)
    assert plain == decompressed(container)
    assert len(plain) > 1000
    assert decompress(compress(plain)) == plain


def test_compression_pays() -> None:
    source = b"Public Function CLV(margin, retention)\r\n    CLV = Call(margin, retention)\r\nEnd Function\r\n" * 100
    assert len(compress(source)) < len(source) / 5


@pytest.mark.parametrize(
    ("container", "sentence"),
    [
        (b"", "does not begin with the byte 1"),
        (b"\x02\x03\xb0\x02aE\x00", "does not begin with the byte 1"),
        (b"\x01\x03", "header of its last chunk is cut off"),
        (b"\x01\x03\xa0\x02aE\x00", "no chunk begins at byte 1"),
        (b"\x01\x03\xb0\x02aE", "last chunk is cut off"),
        (b"\x01\x02\x30abc", "plain chunk has 3 bytes"),
        (b"\x01\x02\xb0\x02a\x00", "copy token has nothing to copy"),
        (b"\x01\x02\xb0\x01\x00\x00", "copy token has nothing to copy"),
        (b"\x01\x03\xb0\x02a\x00\x10", "points before its chunk"),
        (b"\x01\x05\xb0\x06a\xff\x0f\xff\x0f", "more than 4096 bytes"),
    ],
)
def test_damaged_containers_are_refused(container: bytes, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        decompress(container)
    assert str(caught.value).endswith("take them from an intact VBA project.")
    assert caught.value.text.zh.startswith("这些字节不是压缩的 VBA：")
