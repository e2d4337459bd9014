"""LibreOffice opening a workbook with its macros on, as far as the tests of VBA need it."""

from __future__ import annotations

import csv
import html
import os
import subprocess
from pathlib import Path

from tests.workbook.office import soffice

#: Load a workbook with its macros, write the names of its modules below the data, compute, save the first sheet as text.
MACRO = """
Sub Main
  Dim load(1) As New com.sun.star.beans.PropertyValue
  load(0).Name = "Hidden"
  load(0).Value = True
  load(1).Name = "MacroExecutionMode"
  load(1).Value = com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN
  doc = StarDesktop.loadComponentFromURL(Environ("XLCLV_GIVEN"), "_blank", 0, load())
  sheet = doc.Sheets.getByIndex(0)
  names = doc.BasicLibraries.getByName(Environ("XLCLV_PROJECT")).ElementNames
  sheet.getCellByPosition(0, 9).String = Join(names, " ")
  doc.calculateAll()
  Dim save(0) As New com.sun.star.beans.PropertyValue
  save(0).Name = "FilterName"
  save(0).Value = "Text - txt - csv (StarCalc)"
  doc.storeToURL(Environ("XLCLV_WRITTEN"), save())
  doc.close(True)
  StarDesktop.terminate()
End Sub
"""
MODULE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">\n'
    '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" '
    f'script:language="StarBasic">{html.escape(MACRO)}</script:module>\n'
)


def computed(workbook: Path, project: str, folder: Path) -> tuple[list[list[str]], set[str]]:
    """Return the cells of a workbook's first sheet after its functions ran, and the names of its modules."""
    profile, written = folder / "profile", folder / "computed.csv"
    command = [soffice(), f"-env:UserInstallation={profile.resolve().as_uri()}", "--headless", "--norestore"]
    environment = os.environ | {
        "XLCLV_GIVEN": workbook.resolve().as_uri(),
        "XLCLV_PROJECT": project,
        "XLCLV_WRITTEN": written.resolve().as_uri(),
    }
    # The first start fills the profile; its empty Module1 is then ours.
    subprocess.run([*command, "--terminate_after_init"], capture_output=True, timeout=120, check=True)
    module = profile / "user" / "basic" / "Standard" / "Module1.xba"
    assert module.exists()
    module.write_text(MODULE, encoding="utf-8")
    command.append("macro:///Standard.Module1.Main")
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert written.exists(), f"LibreOffice did not open {workbook.name}: {done.stdout} {done.stderr}"
    with written.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    return rows[:9], set(rows[9][0].split())
