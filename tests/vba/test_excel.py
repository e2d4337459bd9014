"""Our projects beside projects that Excel wrote: the same records in the same order, and the same fields."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vba.readers import ADD_IN, BY_EXCEL, Record, lines, project_of, records, revealed, sources, stream, value
from xlclv.vba import Kind, Module, build_project
from xlclv.vba.module import BASES

#: Records that may be left out, or that name other libraries than ours.
COMPATIBLE_VERSION = 0x4A
REFERENCES = {0x16, 0x3E, 0x0D, 0x0E, 0x2F, 0x30, 0x33}
#: What Excel counts or measures: the version, where compiled code ends, and cookies. 0x01 says 32 or 64 bits.
OWN = {0x09, 0x31, 0x13, 0x2C}
DESCRIPTION = {0x1C, 0x48}
WORKBOOKS = [BY_EXCEL, ADD_IN]


def modules_of(content: bytes) -> list[Module]:
    """Return the modules of a project in its own order."""
    extracted = sources(content)
    modules = []
    for line in lines(content):
        key, _, name = line.partition("=")
        if key in ("Module", "Class", "Document"):
            name = name.partition("/")[0]
            kind: Kind = "standard" if key == "Module" else "class"
            if key == "Document":
                kind = "workbook" if BASES["workbook"] in extracted[name] else "worksheet"
            modules.append(Module(name, extracted[name], kind))
    assert len(modules) == len(extracted) > 3
    return modules


@pytest.fixture(params=WORKBOOKS, ids=lambda path: path.name)
def pair(request: pytest.FixtureRequest) -> tuple[bytes, bytes]:
    """A project of Excel's, and one of ours with its modules."""
    theirs = project_of(request.param)
    return theirs, build_project(modules_of(theirs), value(theirs, "Name"))


def test_sources_are_the_same(pair: tuple[bytes, bytes]) -> None:
    theirs, ours = pair
    assert sources(ours) == sources(theirs)


def test_records_are_the_same(pair: tuple[bytes, bytes]) -> None:
    theirs, ours = (
        [record for record in records(content) if record.number not in REFERENCES | {COMPATIBLE_VERSION}]
        for content in pair
    )
    assert [record.number for record in ours] == [record.number for record in theirs]
    differ = {mine.number for mine, other in zip(ours, theirs, strict=True) if mine != other}
    assert differ <= OWN | DESCRIPTION
    assert {mine.number for mine in ours} >= {0x01, 0x02, 0x03, 0x04, 0x0F, 0x19, 0x47, 0x1A, 0x32, 0x21, 0x22, 0x10}


def test_only_described_classes_differ_in_their_description(pair: tuple[bytes, bytes]) -> None:
    theirs, _ours = pair
    described = [module.name for module in modules_of(theirs) if "\nAttribute VB_Description" in module.source]
    texts = [record.content for record in records(theirs) if record.number == 0x1C]
    names = [record.content.decode() for record in records(theirs) if record.number == 0x19]
    assert [name for name, text in zip(names, texts, strict=True) if text] == described


def references(content: bytes) -> dict[str, list[Record]]:
    """Return the records of every library a project refers to, by its name."""
    found: dict[str, list[Record]] = {}
    for record in records(content):
        if record.number == 0x16:
            name = record.content.decode()
        if record.number in REFERENCES:
            found.setdefault(name, []).append(record)
    return found


def test_references_are_the_same() -> None:
    theirs, ours = references(project_of(ADD_IN)), references(build_project([Module("ThisWorkbook", "", "workbook")]))
    assert list(ours) == ["stdole", "Office"]
    assert ours == theirs
    assert ours["Office"] == references(project_of(BY_EXCEL))["Office"]


def test_project_streams_are_the_same(pair: tuple[bytes, bytes]) -> None:
    theirs, ours = (lines(content) for content in pair)
    while not theirs[-1]:
        theirs.pop()
    own = ("ID=", "CMG=", "DPB=", "GC=")
    places = theirs.index("[Workspace]")
    assert len(ours) == len(theirs)
    for mine, other in zip(ours[:places], theirs[:places], strict=True):
        if mine.startswith(own):
            assert mine.partition("=")[0] == other.partition("=")[0]
        else:
            assert mine == other
    windows = [[line.partition("=")[0] for line in stream[places:]] for stream in (ours, theirs)]
    assert windows[0] == windows[1]


def test_names_are_the_same(pair: tuple[bytes, bytes]) -> None:
    theirs, ours = pair
    assert stream(ours, "PROJECTwm") == stream(theirs, "PROJECTwm")


def test_protection_is_the_same() -> None:
    """Reading what Excel hid, and then what we hid, gives the same three values."""
    theirs = project_of(BY_EXCEL)
    ours = build_project([Module("ThisWorkbook", "", "workbook")])
    for key in ("CMG", "DPB", "GC"):
        values = [revealed(value(content, "ID"), value(content, key)) for content in (theirs, ours)]
        assert values[0] == values[1], key


@pytest.mark.parametrize("workbook", WORKBOOKS, ids=lambda path: path.name)
def test_the_version_of_the_compiled_code(workbook: Path) -> None:
    """Excel's own project has compiled code of some version; the add-in has none, as ours."""
    head = stream(project_of(workbook), "VBA/_VBA_PROJECT")
    ours = stream(build_project([Module("ThisWorkbook", "", "workbook")]), "VBA/_VBA_PROJECT")
    assert head[:2] == ours[:2]
    assert (len(head) == len(ours) and head[:5] == ours[:5]) == (workbook == ADD_IN)
