"""The template as it is built, opened in the engine in memory and refreshed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import xlwings

from tests.hosts.excel.engine import Range
from tests.hosts.excel.engine_files import load_book
from tests.hosts.excel.sheets import changes, column, expected, fill, named, run, sample, table_of, table_rows
from xlclv.cli.new import example_content
from xlclv.text import LANGUAGES, Language
from xlclv.workbook import contract
from xlclv.workbook.customer_value.build import build_template


def opened(path: Path, lang: Language, **content: Any) -> xlwings.Book:
    path.write_bytes(build_template("xlsx", lang, **content))
    return load_book(path)


def paste(book: xlwings.Book, rows: tuple[tuple[Any, ...], ...]) -> None:
    """Paste orders into the table, which Excel lets grow."""
    table = table_of(book, contract.ORDERS)
    area = table.area
    fill(table.parent, area.row + 1, area.column, rows)
    table.area = Range(table.parent, area.row, area.column, area.row + len(rows), area.right)


def outside(book: xlwings.Book) -> dict[str, dict[Any, Any]]:
    """Return the cells and formulas of each sheet but for those of tables and results."""
    taken = {
        (table.parent.name, *place)
        for sheet in book.impl.sheets
        for table in sheet.tables
        for place in table.area.places()
    }
    for output in contract.OUTPUTS:
        area = book.impl.names.ranges[output.name]
        taken.add((area.sheet.name, area.row, area.column))
    return {
        sheet.name: {
            place: (cell, sheet.formulas.get(place))
            for place, cell in sheet.cells.items()
            if (sheet.name, *place) not in taken
        }
        for sheet in book.impl.sheets
    }


def alike(found: Any, written: Any) -> bool:
    """Return whether two cells are the same but for the last digits, which a file does not hold."""
    if type(found) is float and type(written) is float:
        return math.isclose(found, written, rel_tol=1e-12)
    return bool((None if found == "" else found) == (None if written == "" else written))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_template_is_filled(lang: Language, tmp_path: Path) -> None:
    book = opened(tmp_path / "template.xlsx", lang)
    protected = {sheet.name: vars(sheet.api.Protection) for sheet in book.impl.sheets if sheet.api.ProtectContents}
    paste(book, sample())
    before = outside(book)
    run(book)
    assert column(book, contract.VALUE_COLUMNS["clv"].of(lang)) == expected()["clv"].tolist()
    assert named(book, "out_customers") == len(expected())
    assert outside(book) == before
    assert protected == {
        sheet.name: vars(sheet.api.Protection) for sheet in book.impl.sheets if sheet.api.ProtectContents
    }
    first = {name: table_rows(book, name) for name in (contract.VALUES, contract.ORDER_MODEL, contract.CHECKS)}
    run(book)
    assert {name: table_rows(book, name) for name in first} == first


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_example_is_what_a_refresh_makes_of_its_orders(lang: Language, tmp_path: Path) -> None:
    book = opened(tmp_path / "example.xlsx", lang, content=example_content(lang))
    filled = (contract.VALUES, contract.CHECKS, contract.ORDER_MODEL, contract.SPEND_MODEL)
    tables = {name: table_rows(book, name) for name in filled}
    names = {each.name: named(book, each.name) for each in contract.OUTPUTS}
    run(book)
    for name, rows in tables.items():
        for found, written in zip(table_rows(book, name), rows, strict=True):
            assert all(map(alike, found, written)), (found, written)
    for name in names.keys() - {"out_status", "out_time"}:
        assert alike(named(book, name), names[name]), name
    assert len([place for kind, place in changes(book) if kind == "write" and f"{contract.VALUES}!" in place]) <= 5
