"""A compound file, the container of a VBA project: a writer of [MS-CFB] version 3."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from xlclv.errors import InputError

#: What a storage holds: streams (bytes) and further storages, by name.
Storage: TypeAlias = Mapping[str, "bytes | Storage"]

SECTOR = 512
MINI_SECTOR = 64
#: Streams shorter than this live in the mini stream.
CUTOFF = 4096
#: Sector numbers in a sector of the allocation table.
NUMBERS = SECTOR // 4
#: Sectors of the allocation table that the header can name; further ones are named in sectors of their own.
NAMED_IN_HEADER = 109

# Sector numbers with a meaning of their own (2.1), and "no entry" in the directory (2.6.1).
DIFAT, FAT, END, FREE = 0xFFFFFFFC, 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF
NO_ENTRY = 0xFFFFFFFF

# Kinds and colours of directory entries.
STORAGE, STREAM, ROOT = 1, 2, 5
RED, BLACK = 0, 1

ENTRY_FORMAT = struct.Struct("<64sHBB3I16sIQQIQ")
HEADER_FORMAT = struct.Struct("<8s16s5H6s9I")
UNUSED_ENTRY = ENTRY_FORMAT.pack(b"", 0, 0, 0, NO_ENTRY, NO_ENTRY, NO_ENTRY, b"", 0, 0, 0, 0, 0)


@dataclass
class _Entry:
    """One entry of the directory; ``number`` is its place there."""

    name: str
    kind: int
    number: int
    data: bytes = b""
    color: int = BLACK
    left: int = NO_ENTRY
    right: int = NO_ENTRY
    child: int = NO_ENTRY
    start: int = 0
    size: int = 0

    def packed(self) -> bytes:
        name = f"{self.name}\0".encode("utf-16-le")
        links = (self.color, self.left, self.right, self.child)
        # No class, no flags, no times: a second build is the same file.
        return ENTRY_FORMAT.pack(name, len(name), self.kind, *links, b"", 0, 0, 0, self.start, self.size)


@dataclass
class _Sectors:
    """Sectors of one size and the table that chains them."""

    size: int
    content: bytearray = field(default_factory=bytearray)
    table: list[int] = field(default_factory=list)

    def put(self, data: bytes) -> int:
        """Store data in sectors that follow each other and return the first; nothing needs no sector."""
        if not data:
            return END
        start, count = len(self.table), -(-len(data) // self.size)
        self.content += data.ljust(count * self.size, b"\0")
        self.table += [*range(start + 1, start + count), END]
        return start


def write_compound(tree: Storage) -> bytes:
    """Return a compound file of streams and storages.

    The same tree gives the same bytes: no clock and no machine leave a trace.

    Parameters
    ----------
    tree : mapping of str to bytes or mapping
        The root storage: bytes make a stream, a mapping makes a storage. Names have 1 to 31 printable ASCII
        characters without / \\ : and !, and no two in a storage differ only in case.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        If a name cannot stand in a compound file.

    References
    ----------
    [MS-CFB], version 3 with sectors of 512 bytes.

    Examples
    --------
    >>> file = write_compound({"VBA": {"dir": b"..."}, "PROJECT": b"ID"})
    >>> file[:8].hex(), len(file)
    ('d0cf11e0a1b11ae1', 2560)
    """
    entries = _directory(tree)
    root = entries[0]
    sectors, mini = _Sectors(SECTOR), _Sectors(MINI_SECTOR)
    for entry in entries:
        if entry.kind == STREAM:
            entry.size = len(entry.data)
            entry.start = (mini if entry.size < CUTOFF else sectors).put(entry.data)
    root.start, root.size = sectors.put(bytes(mini.content)), len(mini.content)
    mini_table = _numbers(mini.table)
    mini_start = sectors.put(mini_table)
    listed = b"".join(entry.packed() for entry in entries)
    directory = sectors.put(listed + UNUSED_ENTRY * (-len(entries) % (SECTOR // ENTRY_FORMAT.size)))
    fat, difat = _allocate(sectors)
    header = HEADER_FORMAT.pack(
        bytes.fromhex("d0cf11e0a1b11ae1"),
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        b"",
        0,  # version 3 does not count the sectors of the directory
        len(fat),
        directory,
        0,
        CUTOFF,
        mini_start,
        len(mini_table) // SECTOR,
        difat[0] if difat else END,
        len(difat),
    )
    return header + struct.pack(f"<{NAMED_IN_HEADER}I", *_filled(fat, NAMED_IN_HEADER)) + sectors.content


def _directory(tree: Storage) -> list[_Entry]:
    """Return the entries of the root and all below it, siblings linked as a red-black tree."""
    entries = [_Entry("Root Entry", ROOT, 0)]
    waiting: list[tuple[_Entry, Storage]] = [(entries[0], tree)]
    for parent, storage in waiting:  # grows while it is walked
        children = []
        for name in _ordered(storage):
            content = storage[name]
            child = _Entry(name, STREAM if isinstance(content, bytes) else STORAGE, len(entries))
            if isinstance(content, bytes):
                child.data = content
            else:
                waiting.append((child, content))
            entries.append(child)
            children.append(child)
        parent.child = _linked(children, full_levels=(len(children) + 1).bit_length() - 1)
    return entries


def _ordered(storage: Storage) -> list[str]:
    """Return the names of a storage in the order of its tree: shorter ones first, then by upper-case letters."""
    seen: set[str] = set()
    for name in storage:
        plain = name.isascii() and name.isprintable() and not set(name) & set("/\\:!")
        if not plain or not 1 <= len(name) <= 31:
            raise InputError(
                f'"{name}" cannot name a stream; give 1 to 31 ASCII characters without / \\ : and !.',
                f'"{name}" 不能作为流的名称；请使用 1 到 31 个 ASCII 字符，且不含 / \\ : !。',
                argument="tree",
            )
        if name.upper() in seen:
            raise InputError(
                f'"{name}" stands twice in one storage; names must differ in more than case.',
                f'"{name}" 在同一存储中出现两次；名称不能只有大小写不同。',
                argument="tree",
            )
        seen.add(name.upper())
    return sorted(storage, key=lambda name: (len(name), name.upper()))


def _linked(siblings: list[_Entry], full_levels: int) -> int:
    """Link ordered siblings as a balanced tree and return the number of its top.

    Splitting in the middle fills every level but the last. Entries below the full levels are red, so every way down
    passes as many black ones.
    """
    if not siblings:
        return NO_ENTRY
    middle = len(siblings) // 2
    top = siblings[middle]
    top.color = BLACK if full_levels > 0 else RED
    top.left = _linked(siblings[:middle], full_levels - 1)
    top.right = _linked(siblings[middle + 1 :], full_levels - 1)
    return top.number


def _allocate(sectors: _Sectors) -> tuple[list[int], list[int]]:
    """Append the allocation table, and the sectors that say where it is if the header cannot; return the places."""
    used = len(sectors.table)
    fats = difats = 0
    while fats * NUMBERS < used + fats + difats:
        fats += 1
        difats = -(-max(fats - NAMED_IN_HEADER, 0) // (NUMBERS - 1))
    fat = list(range(used, used + fats))
    difat = list(range(used + fats, used + fats + difats))
    sectors.table += [FAT] * fats + [DIFAT] * difats
    sectors.content += _numbers(sectors.table)
    for place in range(difats):
        first = NAMED_IN_HEADER + place * (NUMBERS - 1)
        named = _filled(fat[first : first + NUMBERS - 1], NUMBERS - 1)
        sectors.content += _numbers([*named, difat[place + 1] if place + 1 < difats else END])
    return fat, difat


def _numbers(numbers: Iterable[int]) -> bytes:
    """Return sector numbers as whole sectors, the rest marked as free."""
    packed = b"".join(struct.pack("<I", number) for number in numbers)
    return packed + b"\xff" * (-len(packed) % SECTOR)


def _filled(numbers: list[int], count: int) -> list[int]:
    """Return the first ``count`` numbers, free ones where there are fewer."""
    return (numbers + [FREE] * count)[:count]
