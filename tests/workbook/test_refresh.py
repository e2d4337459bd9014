"""Refresh and Check data on a workbook in memory: what they read, what they write, and what they refuse."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

import xlclv
from tests.workbook.book import TABLES, MemoryBook
from tests.workbook.order_samples import RATE, expected, only_status, sample, with_rows
from xlclv.checks import CHECKS as CHECKED
from xlclv.customers import with_limits
from xlclv.errors import DataError, DomainError, FileError, InputError, XlclvError
from xlclv.terms import terms_of
from xlclv.text import Text
from xlclv.valuation import value_customers
from xlclv.workbook import contract, limits
from xlclv.workbook.refresh import REFRESH_STAGES, UNFINISHED, refresh
from xlclv.worksheet.cells import CellError


def test_customers_are_those_of_the_valuation() -> None:
    book = MemoryBook(sample())
    said = refresh(book)
    table, valuation = book.tables[contract.VALUES], expected()
    assert list(table.columns) == [text.en for text in contract.VALUE_COLUMNS.values()]
    assert table["customer"].tolist() == [float(one) for one in valuation.customers["customer"]]
    for name in ("orders", "frequency", "recency", "age", "monetary", "p_alive", "expected_orders", "clv", "rank"):
        assert table[name].tolist() == valuation.customers[name].tolist()
    for name in ("first", "last", "tier", "stage", "segment"):
        assert table[name].tolist() == valuation.customers[name].tolist()
    ends = with_limits(valuation.customers, valuation.model, valuation.spend, terms_of("week", 52, 0.3, RATE))
    assert table["clv_lower"].tolist() == ends["clv_lower"].tolist()
    assert table["clv_upper"].tolist() == ends["clv_upper"].tolist()
    count, value = len(table), sum(table["clv"])
    assert said.en == f"{count:,} customers valued at {value:,.0f} for the next 52 weeks; no rows skipped."
    assert book.names["out_status"] == said.en


def test_models_are_those_blocks_show() -> None:
    book = MemoryBook(sample())
    refresh(book)
    for name, model in ((contract.ORDER_MODEL, expected().model), (contract.SPEND_MODEL, expected().spend)):
        rows = [[None if cell == "" else cell for cell in row] for row in model.to_block("en")[1:]]
        assert book.tables[name].to_numpy().tolist() == rows
        assert len(rows) <= contract.MOST_MODEL_ROWS


def test_results_account_for_every_row() -> None:
    orders = with_rows(
        (1.0, "soon", 5.0), (None, dt.datetime(1998, 1, 1), 5.0), (None, None, None), (2.0, "1998-07-30", 9.0)
    )  # fmt: skip
    book = MemoryBook(orders)
    book.names["in_as_of"] = dt.datetime(1998, 6, 30)
    refresh(book)
    found = {name: value for name, value in book.names.items() if name.startswith("out_")}
    counts = value_customers(
        orders.iloc[[*range(2000), 2003]].assign(date=lambda frame: pd.to_datetime(frame["date"])),
        as_of=dt.date(1998, 6, 30), margin=0.3,
    ).counts  # fmt: skip
    assert (found["out_rows"], found["out_used"], found["out_skipped"]) == (2003, 2001, 2)
    assert (found["out_later"], found["out_merged"]) == (1, counts.merged)
    assert (found["out_orders"], found["out_customers"]) == (counts.orders, counts.customers)
    assert (found["out_refund_days"], found["out_without"]) == (counts.refund_days, counts.without_order)
    assert found["out_used"] == sum(found[f"out_{name}"] for name in ("merged", "refund_days", "later", "orders"))
    assert found["out_filled"] == 2002
    assert found["out_sum"] == pytest.approx(sum(sample()["amount"]) + 19, abs=1e-9)
    days = [*sample()["date"], dt.datetime(1998, 1, 1)]
    assert found["out_days"] == sum((day - dt.datetime(1899, 12, 30)).days for day in days)
    assert found["out_as_of"] == dt.datetime(1998, 6, 30)
    assert (found["out_period"], found["out_periods"], found["out_model"]) == ("week", 52, "Pareto/NBD")
    assert (found["out_margin"], found["out_rate"], found["out_rate_period"]) == (0.3, 0.1, RATE)
    assert found["out_version"] == xlclv.__version__
    assert abs(dt.datetime.fromisoformat(found["out_time"] + "+00:00") - dt.datetime.now(dt.UTC)).seconds < 60
    assert found["out_lower"] < sum(book.tables[contract.VALUES]["clv"]) < found["out_upper"]


def test_rows_are_named_as_the_sheet_numbers_them() -> None:
    orders = pd.concat([pd.DataFrame([[None] * 3, [3.0, "x", 1.0]], columns=list(sample())), sample()])
    book = MemoryBook(orders)
    said = refresh(book)
    assert said.en.endswith("1 row skipped, see Checks.")
    checks = book.tables[contract.CHECKS].to_numpy().tolist()
    assert checks[contract.CHECK_ROWS :] == [["skipped: unreadable date (first: row 7)", 1, "Check"]]


def test_error_cells_are_skipped_wherever_they_stand() -> None:
    error, day = CellError("#N/A"), dt.datetime(1998, 1, 1)
    book = MemoryBook(with_rows((error, day, 1.0), (5.0, error, 1.0), (5.0, day, error)))
    assert "3 rows skipped" in refresh(book).en
    checks = book.tables[contract.CHECKS].set_index("check")["rows"]
    assert checks["error cells"] == 3
    assert checks["skipped: error value in a cell (first: row 2006)"] == 3
    assert "#N/A" not in book.tables[contract.VALUES]["customer"].tolist()


@pytest.mark.parametrize("cell", ["00123", "=A1", "+4", "-x", "@home", "1E5", 12345678901.0, 7.5, True])
def test_ids_stay_what_they_are(cell: Any) -> None:
    book = MemoryBook(with_rows((cell, dt.datetime(1998, 1, 1), 30.0), (cell, dt.datetime(1998, 3, 1), 30.0)))
    refresh(book)
    found = [one for one in book.tables[contract.VALUES]["customer"] if type(one) is type(cell) and one == cell]
    assert found == [cell]


def test_a_chinese_workbook_speaks_chinese() -> None:
    orders = sample().set_axis(["客户", "日期", "金额"], axis=1).astype(object)
    orders["日期"] = [f"{day.year}年{day.month}月{day.day}日" for day in orders["日期"]]
    orders["金额"] = [f"¥{amount:,.2f}" for amount in orders["金额"]]
    book = MemoryBook(orders, lang="zh")
    said = refresh(book)
    table, valuation = book.tables[contract.VALUES], expected()
    assert list(table.columns) == [text.zh for text in contract.VALUE_COLUMNS.values()]
    assert table["终身价值"].tolist() == valuation.customers["clv"].tolist()
    assert set(table["价值层级"]) == {"高", "中", "低"}
    assert set(table["生命周期阶段"]) <= {"新客户", "活跃客户", "忠诚客户", "流失客户"}
    assert "冠军客户" in set(table["客户分群"])
    assert book.names["out_status"] == said.zh
    assert said.zh.endswith("未来 52 周的价值为 {:,.0f}；没有跳过的行。".format(sum(table["终身价值"])))
    assert book.names["out_period"] == "周"
    checks = book.tables[contract.CHECKS]
    assert checks["检查项"].tolist() == [text.zh for text in CHECKED.values()]
    assert checks["状态"].tolist()[0] == "正常"


def test_headers_of_the_other_language_are_found() -> None:
    book = MemoryBook(sample())
    book.names[contract.LANGUAGE] = "zh"
    refresh(book)
    assert list(book.tables[contract.VALUES].columns) == [text.en for text in contract.VALUE_COLUMNS.values()]
    assert book.tables[contract.VALUES]["tier"].iloc[0] == "高"


def test_columns_are_found_by_their_headers() -> None:
    orders = sample().set_axis(["Client", "Order date", "Total"], axis=1)
    orders.insert(0, "Order", [f"A{row}" for row in range(len(orders))])
    book = MemoryBook(orders)
    refresh(book)
    assert book.tables[contract.VALUES]["clv"].tolist() == expected().customers["clv"].tolist()
    assert book.names["out_filled"] == len(orders)


def test_columns_of_the_template_come_first() -> None:
    orders = sample().assign(**{"customer id": "same", "order date": dt.datetime(2020, 1, 1)})
    book = MemoryBook(orders)
    refresh(book)
    assert book.tables[contract.VALUES]["clv"].tolist() == expected().customers["clv"].tolist()


def test_quantity_and_price_stand_in_for_the_amount() -> None:
    orders = sample().assign(quantity=2.0, price=[amount / 2 for amount in sample()["amount"]])
    book = MemoryBook(orders.drop(columns="amount"))
    refresh(book)
    assert book.tables[contract.VALUES]["clv"].tolist() == pytest.approx(expected().customers["clv"].tolist())


def test_serials_count_from_the_system_of_the_workbook() -> None:
    start = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}
    tables = []
    for system, zero in start.items():
        orders = sample().assign(date=[float((day - zero).days) for day in sample()["date"]])
        book = MemoryBook(orders.astype(object), date1904=system)
        book.names["in_as_of"] = float((dt.datetime(1998, 6, 30) - zero).days)
        refresh(book)
        assert book.names["out_as_of"] == dt.datetime(1998, 6, 30)
        tables.append(book.tables[contract.VALUES])
    assert tables[0].equals(tables[1])
    assert tables[0]["clv"].tolist() == expected().customers["clv"].tolist()


def test_a_second_refresh_gives_the_same_table() -> None:
    book = MemoryBook(sample())
    refresh(book)
    before = {name: table.copy() for name, table in book.tables.items()}
    refresh(book)
    for name in (contract.VALUES, contract.ORDER_MODEL, contract.SPEND_MODEL, contract.CHECKS, contract.ORDERS):
        assert book.tables[name].equals(before[name])
    log = book.tables[contract.LOG]
    assert len(log) == 2
    assert log.iloc[1].tolist() == before[contract.LOG].iloc[0].tolist()


def test_the_log_holds_the_latest_runs() -> None:
    book = MemoryBook(sample())
    old = [[f"t{row}", "0", None, 1.0, 1.0, "NBD", 1.0, 1.0] for row in range(contract.MOST_LOG_ROWS)]
    book.tables[contract.LOG] = pd.DataFrame(old, columns=book.tables[contract.LOG].columns, dtype=object)
    refresh(book)
    log = book.tables[contract.LOG]
    assert len(log) == contract.MOST_LOG_ROWS
    assert log["time (UTC)"].tolist()[1:] == [f"t{row}" for row in range(contract.MOST_LOG_ROWS - 1)]
    first = log.iloc[0]
    assert first["time (UTC)"] == book.names["out_time"]
    assert (first["xlclv"], first["as of"]) == (xlclv.__version__, book.names["out_as_of"])
    assert (first["rows"], first["customers"], first["model"]) == (
        2000,
        len(book.tables["CustomerValues"]),
        "Pareto/NBD",
    )
    assert first["value"] == pytest.approx(sum(book.tables["CustomerValues"]["clv"]))
    assert 0 < first["seconds"] < 60


DAY = dt.datetime(2024, 1, 1)


@pytest.mark.parametrize(
    ("orders", "kind", "says"),
    [
        (None, DataError, "The table Orders is empty; paste your orders into it"),
        (pd.DataFrame({"customer": [None, " "], "date": [None, None], "amount": [None, None]}), DataError, "is empty"),
        (
            pd.DataFrame({"customer": [1.0], "amount": [2.0]}),
            InputError,
            "The table Orders has no column for the date; name one date. Its columns are: customer, amount.",
        ),
        (
            pd.DataFrame({"a": ["x"], "b": ["y"], "c": ["z"]}),
            InputError,
            "The table Orders has no columns for the customer, the date and the amount; name them customer, date and "
            "amount. Its columns are: a, b, c.",
        ),
        (
            pd.DataFrame({"customer": [1.0], "date": ["soon"], "amount": [2.0]}),
            DataError,
            'No row of Orders can be used: unreadable date in row 6 ("soon")',
        ),
        (
            pd.DataFrame({"customer": [1.0, 2.0], "date": [DAY, "1/5/2024"], "amount": [2.0, 1.0]}),
            InputError,
            'Row 7 of Orders: the date "1/5/2024" can be read as 1 May or as January 5',
        ),
        (
            pd.DataFrame({"customer": [1.0, 2.0], "date": ["13/5/2024", "5/13/2024"], "amount": [2.0, 1.0]}),
            FileError,
            "Orders: the date column holds both",
        ),
        (
            pd.DataFrame({"customer": [float(n) for n in range(60)], "date": [DAY] * 60, "amount": [2.0] * 60}),
            DataError,
            "Orders: no customer has a repeat order",
        ),
        (pd.DataFrame({"customer": [1.0], "date": [DAY], "amount": [2.0]}), DataError, "Orders: customers to fit: 1"),
    ],
)
def test_orders_that_cannot_be_used_are_told(orders: pd.DataFrame | None, kind: type[XlclvError], says: str) -> None:
    book = MemoryBook(orders)
    with pytest.raises(kind) as caught:
        refresh(book)
    assert says in caught.value.text.en
    assert caught.value.text.zh.isascii() is False
    assert book.names["out_status"] == caught.value.text.en
    assert only_status(book)


@pytest.mark.parametrize("table", [name for name in TABLES if name != contract.ORDERS])
def test_nothing_is_written_where_one_table_has_no_room(table: str) -> None:
    book = MemoryBook(sample())
    book.full.add(table)
    with pytest.raises(FileError, match=f"no room for {table}"):
        refresh(book)
    assert only_status(book)


@pytest.mark.parametrize("name", ["out_lower", "in_rate", contract.CHECKS, contract.LOG, contract.ORDERS])
def test_nothing_is_written_where_something_is_missing(name: str) -> None:
    book = MemoryBook(sample())
    book.names.pop(name, None)
    book.tables.pop(name, None)
    with pytest.raises(FileError, match=name):
        refresh(book)
    assert only_status(book)


def test_without_a_cell_for_the_status_the_error_is_raised_all_the_same() -> None:
    book = MemoryBook(None)
    del book.names["out_status"]
    with pytest.raises(DataError, match="is empty"):
        refresh(book)
    assert book.written == []


def test_a_stop_while_writing_is_told_in_the_workbook() -> None:
    book = MemoryBook(sample())
    book.stop_at = contract.CHECKS
    with pytest.raises(KeyboardInterrupt):
        refresh(book)
    assert book.names["out_status"] == UNFINISHED.en
    book.stop_at = None
    refresh(book)
    assert book.names["out_status"] != UNFINISHED.en


def test_a_stop_before_writing_leaves_the_workbook_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    book = MemoryBook(sample())

    def stop(stage: Text, done: int, total: int) -> None:
        if stage == REFRESH_STAGES[3]:
            raise KeyboardInterrupt

    monkeypatch.setattr(book, "progress", stop)
    with pytest.raises(KeyboardInterrupt):
        refresh(book)
    assert book.written == []


def test_progress_goes_through_all_stages_once() -> None:
    book = MemoryBook(sample())
    refresh(book)
    assert [stage for stage, _, _ in book.stages] == [*REFRESH_STAGES, REFRESH_STAGES[-1]]
    assert [done for _, done, _ in book.stages] == list(range(len(REFRESH_STAGES) + 1))


def test_limits_stay_empty_where_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> Any:
        raise DomainError("too many", "过多")

    monkeypatch.setattr(limits, "with_limits", refuse)
    monkeypatch.setattr(limits, "total_value_interval", refuse)
    book = MemoryBook(sample())
    refresh(book)
    table = book.tables[contract.VALUES]
    assert set(table["clv_lower"]) == set(table["clv_upper"]) == {None}
    assert book.names["out_lower"] is book.names["out_upper"] is None
    assert table["clv"].tolist() == expected().customers["clv"].tolist()
