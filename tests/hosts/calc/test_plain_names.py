"""Names of functions in workbooks of Excel."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from xlclv.hosts.calc.plain_names import finder, write_plain_names
from xlclv.worksheet.catalogue import FUNCTIONS

NAMES = list(FUNCTIONS)
found = finder(NAMES)


@pytest.mark.parametrize(
    ("formula", "new"),
    [
        ("=clv(100;2;36)", "=CLV(100;2;36)"),
        ("=[1]!CLV(100;2;36)", "=CLV(100;2;36)"),
        ("={1}+[12]!clv_tier(A1:A9)", "={1}+CLV_TIER(A1:A9)"),
        ('=IF(clv(1;1;1)>5;"clv(";rfm_segment(5;5;5))', '=IF(CLV(1;1;1)>5;"clv(";RFM_SEGMENT(5;5;5))'),
        ("='clv(1)'.A1+clv(1;1;1)", "='clv(1)'.A1+CLV(1;1;1)"),
        ("{=clv_shares(A1:A4)}", "{=CLV_SHARES(A1:A4)}"),
        ("-clv (1;1;1)", "-CLV (1;1;1)"),
        ("=XLCLV.CLV(1;1;1)", ""),
        ("=XLCLV.CLV(clv(1;1;1);1;1)", "=XLCLV.CLV(CLV(1;1;1);1;1)"),
        ("=my_clv(1)+clvx(1)+a.clv(1)", ""),
        ("=other!CLV(1)", ""),
        ('="CLV("&A1', ""),
        ('="a""clv(1)"&A1', ""),
        ("=clv", ""),
        ("clv(", "CLV("),
        ("text", ""),
        ("", ""),
    ],
)
def test_formulas_to_set_again(formula: str, new: str) -> None:
    assert found(formula) == new


def workbook(file: Path, formula: str, more: str = "") -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(
            "xl/workbook.xml", f'<definedNames><definedName name="XLCLV.CLV">{formula}</definedName></definedNames>'
        )
        package.writestr(
            "xl/worksheets/sheet1.xml", f'<c t="str"><f aca="false">{formula}</f><v>XLCLV.CLV(1)</v></c>{more}'
        )
        package.writestr("xl/media/XLCLV.CLV(.bin", b"\0XLCLV.CLV(\xff", zipfile.ZIP_STORED)
    return file


def part(file: Path, name: str = "xl/worksheets/sheet1.xml") -> str:
    with zipfile.ZipFile(file) as package:
        assert package.testzip() is None
        return package.read(name).decode()


def test_formulas_get_plain_names_and_nothing_else_changes(tmp_path: Path) -> None:
    rule = "<conditionalFormatting><cfRule><formula>XLCLV.CLV(A1,1,1)&gt;5</formula></cfRule></conditionalFormatting>"
    file = workbook(tmp_path / "a.xlsx", "XLCLV.CLV(100,2,36)&amp;&quot;XLCLV.CLV(&quot;", rule)
    assert write_plain_names(str(file), NAMES)
    assert part(file) == (
        '<c t="str"><f aca="false">CLV(100,2,36)&amp;"XLCLV.CLV("</f><v>XLCLV.CLV(1)</v></c>'
        + rule.replace("XLCLV.CLV", "CLV")
    )
    assert part(file, "xl/workbook.xml").startswith('<definedNames><definedName name="XLCLV.CLV">CLV(100,2,36)')
    with zipfile.ZipFile(file) as package:
        assert package.read("xl/media/XLCLV.CLV(.bin") == b"\0XLCLV.CLV(\xff"
        assert package.infolist()[-1].compress_type == zipfile.ZIP_STORED
    assert [item.name for item in tmp_path.iterdir()] == ["a.xlsx"]
    assert not write_plain_names(str(file), NAMES)


def test_the_file_keeps_time_and_rights(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", "XLCLV.CLV(1,1,1)")
    os.utime(file, ns=(1_700_000_000_123_456_789, 1_700_000_001_123_456_789))
    file.chmod(0o640)
    assert write_plain_names(str(file), NAMES)
    assert file.stat().st_mtime_ns == 1_700_000_001_123_456_789
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    file, link = workbook(tmp_path / "a.xlsx", "XLCLV.CLV(1,1,1)"), tmp_path / "link.xlsx"
    link.symlink_to(file)
    assert write_plain_names(str(link), NAMES)
    assert link.is_symlink()
    assert ">CLV(1,1,1)<" in part(file)


@pytest.mark.parametrize("formula", ["CLV(1,1,1)", "XLCLV.OTHER(1)", "AXLCLV.CLV(1)", "&quot;XLCLV.CLV(&quot;"])
def test_other_files_are_not_written(tmp_path: Path, formula: str) -> None:
    file = workbook(tmp_path / "a.xlsx", formula)
    before = file.read_bytes()
    assert not write_plain_names(str(file), NAMES)
    assert file.read_bytes() == before


def test_a_file_with_a_password_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1XLCLV.CLV(")
    assert not write_plain_names(str(file), NAMES)


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = workbook(tmp_path / "a.xlsx", "XLCLV.CLV(1,1,1)")
    before = file.read_bytes()

    def full(*given: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space"):
        write_plain_names(str(file), NAMES)
    assert [item.name for item in tmp_path.iterdir()] == ["a.xlsx"]
    assert file.read_bytes() == before
