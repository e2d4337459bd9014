"""The built workbook in a real spreadsheet program, and before Microsoft's own validator."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path

import pytest

from tests.workbook import office
from tests.workbook.samples import load
from xlclv.text import LANGUAGES, Language

pytestmark = pytest.mark.libreoffice


def differences(original: Path, recalculated: Path) -> tuple[int, list[str]]:
    """Compare every formula's stored value with the recalculated one; return how many there are and which differ."""
    formulas, stored, fresh = load(original), load(original, values=True), load(recalculated, values=True)
    count, found = 0, []
    for sheet in formulas:
        for row in sheet:
            for cell in row:
                if cell.data_type != "f":
                    continue
                count += 1
                ours = stored[sheet.title][cell.coordinate].value
                theirs = fresh[sheet.title][cell.coordinate].value
                if not same(ours, theirs):
                    found.append(f"{sheet.title}!{cell.coordinate} {cell.value}: stored {ours!r}, computed {theirs!r}")
    return count, found


def same(ours: object, theirs: object) -> bool:
    if isinstance(ours, (int, float)) and isinstance(theirs, (int, float)):
        return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)
    return (ours or "") == (theirs or "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_libreoffice_computes_what_is_stored(built: dict[Language, Path], lang: Language, tmp_path: Path) -> None:
    count, found = differences(built[lang], office.recalculated(built[lang], tmp_path))
    assert count > 200
    assert not found


def test_the_comparison_would_notice(built: dict[Language, Path], tmp_path: Path) -> None:
    spoiled = tmp_path / "spoiled.xlsx"
    with zipfile.ZipFile(built["en"]) as package, zipfile.ZipFile(spoiled, "w") as out:
        for name in package.namelist():
            content = package.read(name)
            if name == "xl/worksheets/sheet1.xml":
                start = content.index(b"<f>SUM(CustomerValues[clv])</f><v>") + len(
                    b"<f>SUM(CustomerValues[clv])</f><v>"
                )
                content = content[:start] + b"1" + content[start:]
            out.writestr(name, content)
    _count, found = differences(spoiled, office.recalculated(spoiled, tmp_path))
    assert len(found) == 1
    assert "SUM(CustomerValues[clv])" in found[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_open_xml_sdk_finds_no_fault(built: dict[Language, Path], lang: Language) -> None:
    assert office.validate(built[lang]) == []
