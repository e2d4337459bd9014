"""Build the template workbooks in this folder and their manifest: ``python workbook_templates/build.py``.

The files are those of ``xlclv new``, empty. The same xlclv and xlwings give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import xlclv
from xlclv.cli.new import TEMPLATES, built
from xlclv.text import LANGUAGES, Text
from xlclv.workbook import contract
from xlclv.workbook.customer_value.build import KINDS
from xlclv.workbook.customer_value.setting import SHEETS
from xlclv.workbook.package import save

FOLDER = Path(__file__).parent
MANIFEST = "manifest.json"
TABLES: dict[str, dict[str, Text]] = {
    contract.ORDERS: contract.ORDER_COLUMNS,
    contract.VALUES: contract.VALUE_COLUMNS,
    contract.ORDER_MODEL: contract.MODEL_COLUMNS,
    contract.SPEND_MODEL: contract.MODEL_COLUMNS,
    contract.CHECKS: contract.CHECK_COLUMNS,
    contract.LOG: contract.LOG_COLUMNS,
}


#: What decides on the bytes besides xlclv: the writer of the files, and the VBA module in those with macros.
LIBRARIES = ("XlsxWriter", "xlwings")


def files() -> dict[str, bytes]:
    """Return the workbooks by file name, and the manifest last."""
    made = {
        f"{contract.CUSTOMER_VALUE}_{lang}.{kind}": built(kind, lang) for kind in reversed(KINDS) for lang in LANGUAGES
    }
    text = json.dumps(manifest(made), ensure_ascii=False, indent=2)
    return {**made, MANIFEST: f"{text}\n".encode()}


def manifest(made: dict[str, bytes]) -> dict[str, Any]:
    """Return what a program needs to know of the templates without opening them."""
    names = {"template": contract.TEMPLATE, "language": contract.LANGUAGE, "version": contract.VERSION}
    return {
        "version": xlclv.__version__,
        "built_with": {library: version(library) for library in LIBRARIES},
        "templates": [
            {
                "name": contract.CUSTOMER_VALUE,
                "title": _both(TEMPLATES[contract.CUSTOMER_VALUE]),
                "files": [
                    {
                        "file": name,
                        "language": name.partition(".")[0].rpartition("_")[2],
                        "macros": name.endswith(".xlsm"),
                        "sha256": hashlib.sha256(content).hexdigest(),
                    }
                    for name, content in made.items()
                ],
                "sheets": [_both(sheet) for sheet in SHEETS],
                "tables": {
                    name: {key: _both(text) for key, text in columns.items()} for name, columns in TABLES.items()
                },
                "cells": names,
                "inputs": [
                    {
                        "name": item.name,
                        "label": _both(item.label),
                        "kind": item.kind,
                        "default": item.default,
                        "choices": [_both(choice) for choice in item.choices],
                    }
                    for item in contract.INPUTS
                ],
                "outputs": [
                    {"name": item.name, "label": _both(item.label), "kind": item.kind} for item in contract.OUTPUTS
                ],
            }
        ],
    }


def _both(text: Text) -> dict[str, str]:
    return {lang: text.of(lang) for lang in LANGUAGES}


def main() -> None:
    """Write the files."""
    for name, content in files().items():
        target = save(content, FOLDER / name, (Path(name).suffix,))
        print(f"{target}  {len(content) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
