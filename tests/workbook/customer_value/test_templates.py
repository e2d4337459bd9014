"""The built templates in workbook_templates are those the code builds, and the manifest tells what is in them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
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


def test_the_folder_holds_what_the_script_builds(script: ModuleType) -> None:
    made = script.files()
    there = {path.name for path in FOLDER.iterdir() if path.suffix in (".xlsx", ".xlsm", ".json")}
    assert there == set(made)
    stale = [name for name, content in made.items() if (FOLDER / name).read_bytes() != content]
    assert not stale, "run python workbook_templates/build.py"


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
