"""What a workbook open in Excel and Excel itself are after a command: protected, calculating and quiet as before."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import xlwings

from tests.hosts.excel.engine import ALLOWED, com_error
from tests.hosts.excel.sheets import (
    book_of,
    changes,
    column,
    expected,
    named,
    protect,
    run,
    sample,
    table_of,
)
from xlclv.errors import FileError
from xlclv.workbook import contract

VALUES = contract.VALUES
DAY = dt.datetime(1998, 1, 1)


def test_protection_is_lifted_and_comes_back_as_it_was(book: xlwings.Book) -> None:
    api, other = protect(book, VALUES), protect(book, contract.ORDERS, "secret")
    run(book)
    assert column(book, "clv") == expected()["clv"].tolist()
    assert (api.ProtectContents, api.ProtectScenarios, api.ProtectDrawingObjects) == (True, True, False)
    assert api.EnableSelection == 1
    assert {name for name in ALLOWED if getattr(api.Protection, name)} == {"AllowFiltering", "AllowSorting"}
    assert other.ProtectContents
    assert [entry for entry in changes(book) if "protect" in entry[0]] == [
        ("unprotect", f"{VALUES}!"), ("protect", f"{VALUES}!")
    ]  # fmt: skip


@pytest.mark.parametrize("sheet", [contract.LOG, "Results"])
def test_a_password_is_told_before_anything_is_written(book: xlwings.Book, sheet: str) -> None:
    first, last = protect(book, VALUES), protect(book, sheet, "secret")
    with pytest.raises(FileError, match=f'The sheet "{sheet}" is protected with a password; unprotect it'):
        run(book)
    assert first.ProtectContents
    assert last.ProtectContents
    assert [kind for kind, _ in changes(book) if kind in ("write", "resize", "clear", "formula")] == []


@pytest.mark.parametrize("stop", [KeyboardInterrupt, com_error, MemoryError])
def test_a_stop_in_the_middle_leaves_excel_as_it_was(
    book: xlwings.Book, stop: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    api = protect(book, VALUES)

    def refuse(*args: Any) -> None:
        raise stop

    monkeypatch.setattr(table_of(book, contract.CHECKS), "resize", refuse)
    with pytest.raises(stop):
        run(book)
    assert api.ProtectContents
    assert "stopped while it wrote" in named(book, "out_status")
    monkeypatch.undo()
    run(book)
    assert "customers valued" in named(book, "out_status")


def test_what_excel_refuses_to_put_back_keeps_nothing_else_from_it(book: xlwings.Book) -> None:
    api = protect(book, VALUES)
    book.app.impl.refuse = {("calculation", "semiautomatic")}
    run(book)
    assert api.ProtectContents
    assert book.app.impl.state["enable_events"] is book.app.impl.state["screen_updating"] is True
    book.app.impl.state["calculation"] = "semiautomatic"


def test_a_start_that_fails_is_undone(book: xlwings.Book) -> None:
    book.app.impl.refuse = {("calculation", "manual")}
    with pytest.raises(com_error):
        run(book)


def test_the_status_bar_tells_how_far_it_is() -> None:
    book = book_of(sample(), ["客户", "日期", "金额"], lang="zh")
    run(book)
    said = [text for kind, text in book.app.impl.log if kind == "status_bar"]
    assert said[0] == "xlclv: 读取订单 0%"
    assert "xlclv: 拟合模型 25%" in said
    assert said[-2:] == ["xlclv: 写入表格 100%", False]
