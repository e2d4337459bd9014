"""The built templates in workbook_templates are those the code builds, and the manifest tells what is in them."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from tests.workbook.samples import load
from xlclv.workbook.customer_value.setting import SHEETS

FOLDER = Path(__file__).parents[3] / "workbook_templates"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("workbook_templates_build", FOLDER / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def parts(content: bytes) -> dict[str, bytes]:
    """The parts of a workbook: how they are packed differs between systems."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_the_folder_holds_what_the_script_builds(script: ModuleType) -> None:
    made = script.files()
    there = {path.name for path in FOLDER.iterdir() if path.suffix in (".xlsx", ".xlsm", ".json")}
    assert there == set(made)
    known, now = (json.loads(text) for text in ((FOLDER / "manifest.json").read_text("utf-8"), made["manifest.json"]))
    built_with = [each.pop("built_with") for each in (known, now)]
    for each in (known, now):
        for entry in each["templates"][0]["files"]:
            del entry["sha256"]
    assert known == now, "run python workbook_templates/build.py"
    if built_with[0]["XlsxWriter"] != built_with[1]["XlsxWriter"]:
        pytest.skip("the files were built by another XlsxWriter, whose XML may differ")
    other = {"xl/vbaProject.bin"} if built_with[0]["xlwings"] != built_with[1]["xlwings"] else set()
    stale = []
    for name in there - {"manifest.json"}:
        old, new = parts((FOLDER / name).read_bytes()), parts(made[name])
        stale += [
            f"{name}: {part}"
            for part in old.keys() | new.keys()
            if part not in other and old.get(part) != new.get(part)
        ]
    assert not stale, f"run python workbook_templates/build.py: {stale}"


def test_the_manifest_tells_what_is_in_the_files() -> None:
    manifest = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    (template,) = manifest["templates"]
    for entry in template["files"]:
        path = FOLDER / entry["file"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
        book = load(path)
        lang = entry["language"]
        assert book.sheetnames[: len(SHEETS)] == [sheet[lang] for sheet in template["sheets"]]
        tables = {name: sheet[sheet.tables[name].ref][0] for sheet in book for name in sheet.tables}
        assert {name: [cell.value for cell in cells] for name, cells in tables.items()} == {
            name: [text[lang] for text in columns.values()] for name, columns in template["tables"].items()
        }
        names = {item["name"] for item in template["inputs"] + template["outputs"]} | set(template["cells"].values())
        assert names <= set(book.defined_names)
        assert entry["macros"] == entry["file"].endswith(".xlsm")
