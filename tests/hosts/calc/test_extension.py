"""What the extension is made of."""

from __future__ import annotations

import ast
import io
import json
import re
import sys
import xml.etree.ElementTree as ET
import zipfile
from importlib.resources import files

import pytest

from xlclv import __version__
from xlclv.hosts.calc.extension import SHARED, build_extension
from xlclv.hosts.calc.types import gives_text, interface, needs_document, parameter, takes_range
from xlclv.worksheet.catalogue import FUNCTIONS

NAME = "{http://openoffice.org/2001/registry}name"
#: Words of the interface language, which name no parameter.
RESERVED = set(
    re.findall(
        r"\w+",
        """any attribute boolean bound byte char const constants constrained default double enum exception FALSE float get
        getRaises hyper in inout interface long maybeambiguous maybedefault maybevoid module needs observes oneway
        optional out property published raises readonly removable sequence service set setRaises short singleton string
        struct transient TRUE type typedef union unsigned void""",
    )
)


@pytest.fixture(scope="module")
def package() -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(build_extension("/python", 9.5)))


def test_two_builds_are_equal() -> None:
    assert build_extension("/python") == build_extension("/python")


def test_it_is_computed_by_this_python_unless_another_is_named(package: zipfile.ZipFile) -> None:
    settings = json.loads(package.read("settings.json"))
    assert (settings["python"], settings["timeout"], settings["xlclv"]) == ("/python", 9.5, __version__)
    own = zipfile.ZipFile(io.BytesIO(build_extension()))
    assert json.loads(own.read("settings.json"))["python"] == sys.executable


def test_every_part_is_listed_once_and_parses(package: zipfile.ZipFile) -> None:
    listed = re.findall(r'full-path="([^"]+)"', package.read("META-INF/manifest.xml").decode())
    assert len(set(listed)) == len(listed)
    assert set(listed) <= set(package.namelist())
    for name in package.namelist():
        if name.endswith((".xml", ".xcu")):
            ET.fromstring(package.read(name))


def test_its_python_runs_on_3_8(package: zipfile.ZipFile) -> None:
    sources = [name for name in package.namelist() if name.endswith(".py")]
    assert {f"pythonpath/xlclv_calc/{name}" for name in SHARED} < set(sources)
    for name in sources:
        ast.parse(package.read(name), name, feature_version=(3, 8))
    ast.parse((files("xlclv.hosts.calc") / "source" / "manager.py").read_text("utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("source", [*SHARED, "source/component.py", "source/documents.py", "source/manager.py"])
def test_it_needs_the_standard_library_and_uno_only(source: str) -> None:
    tree = ast.parse((files("xlclv.hosts.calc") / source).read_text("utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
    assert found <= sys.stdlib_module_names | {"uno", "unohelper", "com", "org", "xlclv_calc"}


class TestInterface:
    def test_every_function_once_with_its_arguments_in_order(self) -> None:
        text = interface(FUNCTIONS)
        for function in FUNCTIONS.values():
            found = re.findall(rf" {function.name}\((.*)\);", text)
            assert len(found) == 1
            given = [part.split()[-1] for part in found[0].split(", ")] if found[0] else []
            assert given == [parameter(a) for a in function.arguments] + ["callingDocument"] * needs_document(function)

    def test_names_of_parameters_are_allowed(self) -> None:
        for function in FUNCTIONS.values():
            names = [parameter(argument) for argument in function.arguments]
            assert len(set(names)) == len(names)
            for name in names:
                assert re.fullmatch("[a-z][A-Za-z0-9]*", name)
                assert name not in RESERVED

    def test_no_two_closing_brackets_touch(self) -> None:
        assert ">>" not in interface(FUNCTIONS)

    def test_texts_come_alone_and_tables_as_arrays(self) -> None:
        assert {name for name, function in FUNCTIONS.items() if gives_text(function)} == {
            "RFM_SEGMENT", "SEGMENT_STAGE", "CLV_ALERT", "XLCLV_VERSION",
        }  # fmt: skip
        assert " any RFM_SEGMENT(" in interface(FUNCTIONS)
        assert "sequence< sequence< any > > CLV(" in interface(FUNCTIONS)

    def test_cells_only_where_errors_are_counted(self) -> None:
        taken = {(f.name, a.name) for f in FUNCTIONS.values() for a in f.arguments if takes_range(a)}
        assert taken == {("DATA_CHECK", "ids"), ("DATA_CHECK", "dates"), ("DATA_CHECK", "amounts")}


def test_every_function_has_a_plain_name_for_excel(package: zipfile.ZipFile) -> None:
    root = ET.fromstring(package.read("CalcAddIn.xcu"))
    compatible = {
        node.get(NAME): value.text
        for node in root.iter("node")
        for prop in node.findall("prop")
        if prop.get(NAME) == "CompatibilityName"
        for value in prop
    }
    assert compatible == {name: name for name in FUNCTIONS}
