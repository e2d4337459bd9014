"""Compound files against another reader, which takes any oddity for an error."""

from __future__ import annotations

import struct
from typing import Any

import olefile
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.vba.readers import opened
from xlclv.errors import InputError
from xlclv.vba.compound import Storage, write_compound

ALLOWED = "".join(chr(code) for code in range(32, 127) if chr(code) not in "/\\:!")
NAMES = st.text(ALLOWED, min_size=1, max_size=31)
#: Lengths around the borders of mini sectors, sectors and the mini stream.
LENGTHS = st.sampled_from([0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 9000]) | st.integers(0, 6000)
STREAMS = st.builds(lambda length, byte: bytes([byte]) * length, LENGTHS, st.integers(1, 255))


def storages(content: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(st.tuples(NAMES, content), max_size=8, unique_by=lambda item: item[0].upper()).map(dict)


TREES = storages(st.recursive(STREAMS, storages, max_leaves=10))


def read(file: olefile.OleFileIO, entry: Any) -> dict[str, Any]:
    """Return the tree below a directory entry, and check the directory on the way."""
    found = {}
    for child in entry.kids:
        assert not child.createTime
        assert not child.modifyTime
        assert not child.clsid
        if child.entry_type == olefile.STGTY_STORAGE:
            found[child.name] = read(file, child)
        else:
            found[child.name] = file._open(child.isectStart, child.size).read()
    assert list(ordered(file, entry.sid_child)) == [
        child.name for child in sorted(entry.kids, key=lambda kid: (len(kid.name), kid.name.upper()))
    ]
    blacks(file, entry.sid_child, True)
    return found


def ordered(file: olefile.OleFileIO, number: int) -> Any:
    """Yield the names of siblings from the left to the right."""
    if number != olefile.NOSTREAM:
        entry = file.direntries[number]
        yield from ordered(file, entry.sid_left)
        yield entry.name
        yield from ordered(file, entry.sid_right)


def blacks(file: olefile.OleFileIO, number: int, red_above: bool) -> int:
    """Return how many black entries every way down passes; fail where the tree is no red-black tree."""
    if number == olefile.NOSTREAM:
        return 1
    entry = file.direntries[number]
    red = entry.color == 0
    assert not (red and red_above)
    left, right = blacks(file, entry.sid_left, red), blacks(file, entry.sid_right, red)
    assert left == right
    return left + (not red)


def chains(content: bytes, file: olefile.OleFileIO) -> None:
    """Check that every sector is there, belongs to one chain, and that the table marks what is its own."""
    sectors = len(content) // 512 - 1
    assert len(content) % 512 == 0
    fat = list(file.fat)
    assert all(number == olefile.FREESECT for number in fat[sectors:])
    starts = set(range(sectors)) - {number for number in fat if number < sectors}
    starts -= {sector for sector in starts if fat[sector] in (olefile.FATSECT, olefile.DIFSECT)}
    seen: set[int] = set()
    for sector in starts:
        while sector != olefile.ENDOFCHAIN:
            assert sector not in seen
            seen.add(sector)
            sector = fat[sector]
    own = {sector for sector in range(sectors) if fat[sector] in (olefile.FATSECT, olefile.DIFSECT)}
    assert len(seen) + len(own) == sectors
    (counted,) = struct.unpack_from("<I", content, 44)
    assert sum(fat[sector] == olefile.FATSECT for sector in own) == counted


def check(tree: Storage) -> None:
    content = write_compound(tree)
    with opened(content) as file:
        assert not file.parsing_issues
        assert read(file, file.root) == tree
        chains(content, file)
    assert write_compound(tree) == content


@settings(max_examples=100)
@given(TREES)
@example({})
@example({"empty": b"", "storage": {}})
@example({f"s{number}": {f"t{number}": b"x" * 4096} for number in range(60)})
def test_random_trees(tree: Storage) -> None:
    check(tree)


@pytest.mark.slow
@settings(max_examples=1000)
@given(TREES)
def test_many_random_trees(tree: Storage) -> None:
    check(tree)


@pytest.mark.parametrize("count", range(40))
def test_trees_of_every_size_are_balanced(count: int) -> None:
    check({f"Module{number * 7919 % 41}": bytes([number]) for number in range(count)})


def test_shorter_names_come_first_and_case_does_not_matter() -> None:
    with opened(write_compound(dict.fromkeys(("b", "A", "aa", "C", "_a", "B1", "Z"), b"x"))) as file:
        assert list(ordered(file, file.root.sid_child)) == ["A", "b", "C", "Z", "aa", "B1", "_a"]


@pytest.mark.parametrize("mebibytes", [6, 8, 17])
def test_files_larger_than_the_header_can_name(mebibytes: int) -> None:
    """From 109 sectors of the table on there are sectors that name sectors: none, one and two of them."""
    big = bytes(range(256)) * 4096 * mebibytes
    content = write_compound({"big": big, "small": b"x"})
    (more,) = struct.unpack_from("<I", content, 72)
    assert more == {6: 0, 8: 1, 17: 2}[mebibytes]
    with opened(content) as file:
        assert file.openstream("big").read() == big
        assert file.openstream("small").read() == b"x"
        chains(content, file)


@pytest.mark.parametrize("sectors", [125, 126, 127, 13_841, 13_842, 13_843, 13_967, 13_968, 13_969, 30_000])
def test_tables_that_are_just_full(sectors: int) -> None:
    """The table counts its own sectors, and those that name them: 110 and 1 of 13,969, 237 and 2 of 30,000."""
    big = bytes(512 * sectors)
    content = write_compound({"big": big})
    with opened(content) as file:
        assert file.openstream("big").read() == big
        chains(content, file)


def test_the_header_is_that_of_version_3() -> None:
    header = write_compound({"a": b"x"})[:76]
    assert (
        header.hex()
        == (
            "d0cf11e0a1b11ae1" + "00" * 16 + "3e000300feff09000600" + "00" * 6 + "00000000"  # no count of the directory
            "01000000" + "02000000" + "00000000" + "00100000" + "01000000" + "01000000" + "feffffff" + "00000000"
        )
    )


def test_unused_entries_of_the_directory_point_nowhere() -> None:
    content = write_compound({"a": b"x"})
    (place,) = struct.unpack_from("<I", content, 48)
    unused = bytes(68) + b"\xff" * 12 + bytes(48)
    assert content[(place + 1) * 512 + 2 * 128 :][: 2 * 128] == unused * 2


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        ({"": b""}, '"" cannot name a stream'),
        ({"a" * 32: b""}, "cannot name a stream"),
        ({"a/b": b""}, '"a/b" cannot name a stream'),
        ({"客户": b""}, "cannot name a stream"),
        ({"a\n": b""}, "cannot name a stream"),
        ({"VBA": {"!": b""}}, '"!" cannot name a stream'),
        ({"dir": b"", "DIR": b""}, '"DIR" stands twice in one storage'),
    ],
)
def test_names_that_cannot_stand_are_refused(tree: Storage, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        write_compound(tree)
    assert caught.value.text.zh.startswith('"')


def test_the_same_name_may_stand_in_two_storages() -> None:
    check({"a": {"x": b"1"}, "b": {"x": b"2", "a": b"3"}})
