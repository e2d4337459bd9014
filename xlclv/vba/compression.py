"""The compression of VBA source and project streams: [MS-OVBA] 2.4.1."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice

from xlclv.errors import InputError

#: Bytes of plain data in a chunk; only the last chunk of a container may hold fewer.
CHUNK = 4096
#: The first byte of a container.
SIGNATURE = b"\x01"
#: Bytes of the shortest run a copy token stands for.
SHORTEST = 3
#: Bits of a chunk's header: its signature, and whether tokens follow or the plain bytes.
HEADER_SIGNATURE, HEADER_MASK, HEADER_TOKENS = 0x3000, 0x7000, 0x8000


def compress(data: bytes) -> bytes:
    r"""Return ``data`` as a compressed container, byte for byte as the algorithm of the specification makes it.

    The format has no exact form for a last chunk of 3,641 to 4,095 bytes that tokens cannot shorten: it is stored
    plain and filled up with zeros, which `decompress` then returns too.

    Parameters
    ----------
    data : bytes
        Plain bytes, any number of them.

    Returns
    -------
    bytes

    References
    ----------
    [MS-OVBA] 2.4.1.3.6 to 2.4.1.3.10.

    Examples
    --------
    >>> compress(b"a" * 73)
    b'\x01\x03\xb0\x02aE\x00'
    >>> decompress(_)
    b'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
    """
    return SIGNATURE + b"".join(_packed(data[at : at + CHUNK]) for at in range(0, len(data), CHUNK))


def decompress(container: bytes) -> bytes:
    r"""Return the plain bytes of a compressed container.

    Parameters
    ----------
    container : bytes
        As `compress` returns it, or as found in a VBA project: a module's stream from its offset on, or ``dir``.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        If the bytes are no whole compressed container.

    References
    ----------
    [MS-OVBA] 2.4.1.3.1 to 2.4.1.3.5.

    Examples
    --------
    >>> decompress(b"\x01\x03\xb0\x02aE\x00") == b"a" * 73
    True
    """
    if container[:1] != SIGNATURE:
        raise _damaged("it does not begin with the byte 1", "开头不是字节 1")
    return b"".join(_plain(header, body) for header, body in _chunks(container))


def _packed(chunk: bytes) -> bytes:
    body = bytearray()
    tokens = _tokens(chunk)
    while group := list(islice(tokens, 8)):
        body.append(sum(1 << bit for bit, token in enumerate(group) if len(token) == 2))
        body += b"".join(group)
    if len(body) > CHUNK:
        return struct.pack("<H", HEADER_SIGNATURE | CHUNK - 1) + chunk.ljust(CHUNK, b"\0")
    return struct.pack("<H", HEADER_TOKENS | HEADER_SIGNATURE | len(body) - 1) + body


def _tokens(chunk: bytes) -> Iterator[bytes]:
    """Yield the tokens of a chunk: one byte that stands for itself, or two that say what to copy from where."""
    at = 0
    while at < len(chunk):
        length, offset = _longest_match(chunk, at)
        if length:
            bits = _offset_bits(at)
            length = min(length, (0xFFFF >> bits) + SHORTEST)
            yield struct.pack("<H", offset - 1 << 16 - bits | length - SHORTEST)
        else:
            length = 1
            yield chunk[at : at + 1]
        at += length


def _offset_bits(at: int) -> int:
    """Return how many bits of a copy token at a position hold the offset: enough to reach the chunk's start."""
    return max((at - 1).bit_length(), 4)


def _longest_match(chunk: bytes, at: int) -> tuple[int, int]:
    """Return length and distance of the longest earlier run that equals the bytes at a position, the nearest of equals.

    The run may reach into the position itself. As in 2.4.1.3.19.4 the length is not cut at what a token can say, so
    that a farther run wins by bytes the token will not copy.
    """
    best = found = 0
    start = at
    while start > 0:
        wanted = max(best + 1, SHORTEST)
        if at + wanted > len(chunk):
            break
        start = chunk.rfind(chunk[at : at + wanted], 0, start - 1 + wanted)
        if start < 0:
            break
        best, found = _common(chunk, start, at, wanted), start
    return best, at - found


def _common(chunk: bytes, first: int, second: int, known: int) -> int:
    """Return how many bytes are the same from two positions on, where ``known`` of them are."""
    same, rest = known, len(chunk) - second
    while same < rest and chunk[first + same] == chunk[second + same]:
        same += 1
    return same


def _chunks(container: bytes) -> Iterator[tuple[int, bytes]]:
    at = len(SIGNATURE)
    while at < len(container):
        if at + 2 > len(container):
            raise _damaged("the header of its last chunk is cut off", "最后一个数据块的头部被截断")
        (header,) = struct.unpack_from("<H", container, at)
        if header & HEADER_MASK != HEADER_SIGNATURE:
            raise _damaged(f"no chunk begins at byte {at}", f"字节 {at} 处不是数据块的开头")
        body = container[at + 2 : at + 3 + (header & 0x0FFF)]
        if len(body) <= header & 0x0FFF:
            raise _damaged("its last chunk is cut off", "最后一个数据块被截断")
        yield header, body
        at += 2 + len(body)


def _plain(header: int, body: bytes) -> bytes:
    if not header & HEADER_TOKENS:
        if len(body) != CHUNK:
            raise _damaged(f"a plain chunk has {len(body)} bytes", f"未压缩的数据块有 {len(body)} 个字节")
        return body
    plain = bytearray()
    at = 0
    while at < len(body):
        flags, at = body[at], at + 1
        for bit in range(8):
            if at >= len(body):
                break
            if flags >> bit & 1:
                _copy(plain, body[at : at + 2])
                at += 2
            else:
                plain.append(body[at])
                at += 1
    if len(plain) > CHUNK:
        raise _damaged("a chunk holds more than 4096 bytes", "某个数据块超过 4096 字节")
    return bytes(plain)


def _copy(plain: bytearray, token: bytes) -> None:
    if len(token) < 2 or not plain:
        raise _damaged("a copy token has nothing to copy", "某个复制标记没有可复制的内容")
    bits = _offset_bits(len(plain))
    value = token[0] | token[1] << 8
    offset, length = (value >> 16 - bits) + 1, (value & 0xFFFF >> bits) + SHORTEST
    if offset > len(plain):
        raise _damaged("a copy token points before its chunk", "某个复制标记指向数据块之前")
    run = plain[-offset:]
    plain += (run * (length // offset + 1))[:length]


def _damaged(en: str, zh: str) -> InputError:
    return InputError(
        f"These bytes are no compressed VBA: {en}; take them from an intact VBA project.",
        f"这些字节不是压缩的 VBA：{zh}；请从完好的 VBA 工程中读取。",
        argument="container",
    )
