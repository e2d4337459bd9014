"""The menu CLV as the extension declares it: its entries are those of the table of commands."""

from __future__ import annotations

import xml.etree.ElementTree as ET
import zipfile
from io import BytesIO
from pathlib import Path

from xlclv.hosts.calc.extension import build_extension
from xlclv.hosts.calc.menu import addons_xcu, address, commands, tips_xcu
from xlclv.hosts.commands import COMMANDS, present


def entries(xcu: str, below: str) -> dict[str, dict[str, dict[str | None, str]]]:
    """Return the properties of the nodes right below one, by language."""
    name, language = "{http://openoffice.org/2001/registry}name", "{http://www.w3.org/XML/1998/namespace}lang"
    (parent,) = [node for node in ET.fromstring(xcu).iter("node") if node.get(name) == below]
    return {
        str(node.get(name)): {
            str(prop.get(name)): {value.get(language): value.text or "" for value in prop.findall("value")}
            for prop in node.findall("prop")
        }
        for node in parent.findall("node")
    }


class TestConfiguration:
    def test_entries_are_the_commands_in_their_order(self) -> None:
        found = entries(addons_xcu(), "Submenu")
        assert list(found) == sorted(found), "LibreOffice shows entries in the order of their names"
        told = [(node["URL"][None], node["Title"]["en"], node["Title"]["zh-CN"]) for node in found.values()]
        assert told == [(address(command), *command.label) for command in commands()]
        assert {node["Context"][None] for node in found.values()} == {"com.sun.star.sheet.SpreadsheetDocument"}

    def test_all_commands_but_that_of_the_language(self) -> None:
        assert [command.id for command in commands()] == ["refresh", "check_data", "insert", "help", "test"]
        assert {command.id for command in COMMANDS} - {command.id for command in commands()} == {"language"}
        assert [command.id for command in present()] == [command.id for command in COMMANDS]

    def test_the_manual_lists_them(self) -> None:
        page = (Path(__file__).parents[3] / "docs" / "calc.md").read_text("utf-8")
        rows = page.split("## The menu CLV")[1].split("|-|-|\n")[1].split("\n\n")[0].splitlines()
        assert [row.split(" | ")[0].strip("| ") for row in rows] == [command.label.en for command in commands()]

    def test_tips(self) -> None:
        found = entries(tips_xcu(), "Commands")
        assert {name: (node["TooltipLabel"]["en"], node["TooltipLabel"]["zh-CN"]) for name, node in found.items()} == {
            address(command): command.tip for command in commands() if command.id != "insert"
        }

    def test_the_extension_declares_all_its_parts(self) -> None:
        with zipfile.ZipFile(BytesIO(build_extension())) as package:
            manifest = package.read("META-INF/manifest.xml").decode()
            for name in ("Addons.xcu", "CalcCommands.xcu", "ProtocolHandler.xcu", "menu.py"):
                assert f'"{name}"' in manifest
                assert package.read(name)
            for name in ("menu.py", "pythonpath/xlclv_calc/tables.py", "pythonpath/xlclv_calc/table.py"):
                compile(package.read(name), name, "exec", dont_inherit=True)
