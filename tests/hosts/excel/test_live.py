"""A workbook open in Excel, played by an engine in memory under xlwings' own objects: what Refresh does to it."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
import xlwings

from tests.hosts.excel.engine import Range
from tests.hosts.excel.sheets import (
    LEFT,
    TOP,
    add_column,
    book_of,
    changes,
    column,
    expected,
    fill,
    named,
    run,
    sample,
    set_input,
    table_of,
    table_rows,
)
from xlclv.errors import DomainError, FileError
from xlclv.hosts.excel.live import LiveBook
from xlclv.workbook import contract
from xlclv.workbook.check_data import check_data
from xlclv.worksheet.cells import CellError

VALUES = contract.VALUES
DAY = dt.datetime(1998, 1, 1)


@pytest.mark.parametrize("rows", [1500, pytest.param(100_000, marks=pytest.mark.slow)])
def test_cdnow_through_xlwings_is_the_valuation(rows: int) -> None:
    book = book_of(sample(rows))
    said = run(book)
    frame = expected(rows)
    assert column(book, "customer") == [float(one) for one in frame["customer"]]
    for name in ("orders", "recency", "age", "monetary", "p_alive", "expected_orders", "clv", "rank"):
        assert column(book, name) == frame[name].tolist()
    for name in ("first", "last", "tier", "stage", "segment"):
        assert column(book, name) == frame[name].tolist()
    assert named(book, "out_status") == said.en
    assert named(book, "out_customers") == len(frame)
    assert named(book, "out_as_of") == dt.datetime.combine(frame["last"].max().date(), dt.time())


def test_everything_is_read_before_the_first_cell_is_written(book: xlwings.Book) -> None:
    run(book)
    kinds = [kind for kind, _ in book.app.impl.log]
    first = kinds.index("write")
    assert book.app.impl.log[first] == ("write", "Results!B1")
    assert ("read", f"Orders!B{TOP}:D{TOP + 1500}") in book.app.impl.log[:first]
    assert "resize" not in kinds[:first]
    # What is read later is only what the tables hold.
    assert not [place for kind, place in book.app.impl.log[first:] if kind == "read" and place.startswith("Orders")]


def test_a_table_takes_one_block(book: xlwings.Book) -> None:
    run(book)
    rows = len(expected())
    assert [place for kind, place in changes(book) if kind == "write" and place.startswith(f"{VALUES}!")] == [
        f"{VALUES}!B{TOP + 1}:S{TOP + rows}"
    ]


def test_a_second_refresh_gives_the_same_table(book: xlwings.Book) -> None:
    run(book)
    before = {name: table_rows(book, name) for name in (VALUES, contract.ORDER_MODEL, contract.CHECKS, contract.ORDERS)}
    run(book)
    assert {name: table_rows(book, name) for name in before} == before
    assert len(table_rows(book, contract.LOG)) == 2


def test_messy_chinese_orders() -> None:
    clean = [(f"客户{int(who)}", f"{day:%Y年%m月%d日}", f"¥{amount:,.2f}") for who, day, amount in sample()]
    messy = [
        ("客户1", "1998年1月5日", "¥1,234.50"), ("客户1", "1998年1月5日", "¥1,234.50"), ("客户2", DAY, -500.0),
        (None, None, None), ("#N/A", DAY, 5.0), ("客户3", "#VALUE!", 5.0), ("客户4", DAY, "#DIV/0!"),
        ("客户5", "以后", 5.0), ("客户6", DAY, "很多"), ("", DAY, 5.0), ("客户7", 35796.0, 10.0),
    ]  # fmt: skip
    book = book_of([*clean, *messy], ["客户", "日期", "金额"], lang="zh")
    said = run(book)
    assert said.zh.endswith("跳过 6 行，见“检查”表。")
    found = {check: rows for check, rows, _ in table_rows(book, contract.CHECKS)}
    assert found["错误值单元格"] == 3
    assert found[f"跳过：单元格为错误值（首次：第 {TOP + 1505} 行）"] == 3
    assert found[f"跳过：日期无法识别（首次：第 {TOP + 1508} 行）"] == 1
    assert found[f"跳过：金额无法识别（首次：第 {TOP + 1509} 行）"] == 1
    assert found[f"跳过：没有客户编号（首次：第 {TOP + 1510} 行）"] == 1
    assert named(book, "out_rows") == 1510
    assert named(book, "out_filled") == 1509
    assert named(book, "out_refund_days") == 1
    assert named(book, "out_period") == "周"
    assert set(column(book, "价值层级")) == {"高", "中", "低"}
    assert len(column(book, "客户")) == len(expected())


@pytest.mark.parametrize(
    "who", ["=1+1", "=HYPERLINK(\"http://x\",\"y\")", "+49", "-5", "@SUM(A1)", "00123", "2024-01-05", "May 5", "TRUE",
            "'quoted", "12345678901234567890", "#N/A in text"],
)  # fmt: skip
def test_ids_that_look_like_something_else_stay_text(who: str) -> None:
    book = book_of([*sample(), (who, DAY, 30.0), (who, dt.datetime(1998, 3, 1), 40.0)])
    run(book)
    assert [one for one in column(book, "customer") if isinstance(one, str)] == [who]
    assert not table_of(book, VALUES).parent.formulas
    run(book)
    assert [one for one in column(book, "customer") if isinstance(one, str)] == [who]


def test_amounts_with_the_format_of_a_currency_keep_their_digits() -> None:
    book = book_of([(who, day, amount + 0.000012) for who, day, amount in sample()])
    sheet = book.impl.sheets(contract.ORDERS)
    sheet.formats |= {(row, LEFT + 2): "$#,##0.00" for row in range(TOP + 1, TOP + 1501)}
    run(book)
    assert named(book, "out_sum") == pytest.approx(sum(amount + 0.000012 for _, _, amount in sample()), abs=1e-9)


@pytest.mark.parametrize("date1904", [False, True])
def test_both_date_systems(date1904: bool) -> None:
    zero = dt.datetime(1904, 1, 1) if date1904 else dt.datetime(1899, 12, 30)
    rows = [
        (who, day if row % 2 else float((day - zero).days), amount) for row, (who, day, amount) in enumerate(sample())
    ]
    book = book_of(rows, date1904=date1904)
    run(book)
    assert column(book, "clv") == expected()["clv"].tolist()
    assert column(book, "last") == expected()["last"].tolist()


def test_columns_a_user_added_follow(book: xlwings.Book) -> None:
    run(book)
    sheet = table_of(book, VALUES).parent
    twice, note = add_column(book, VALUES, "twice"), add_column(book, VALUES, "note")
    sheet.range((TOP + 1, twice)).formula = f"=M{TOP + 1}*2"
    best, second = sheet.cells[TOP + 1, LEFT], sheet.cells[TOP + 2, LEFT]
    fill(sheet, TOP + 1, note, [["call"], [DAY], ["=not a formula"]])
    third = sheet.cells[TOP + 3, LEFT]
    # The best customer gets a twin above, so that all rows move.
    orders = table_of(book, contract.ORDERS).area
    fill(orders.sheet, orders.bottom + 1, LEFT, [["new", DAY, 900.0], ["new", dt.datetime(1998, 6, 1), 9000.0]] * 3)
    table_of(book, contract.ORDERS).area = Range(orders.sheet, TOP, LEFT, orders.bottom + 6, LEFT + 2)
    run(book)
    rows = table_rows(book, VALUES)
    notes = {row[0]: row[-1] for row in rows if row[-1] is not None}
    assert rows[0][0] == "new"
    assert notes == {best: "call", second: DAY, third: "=not a formula"}
    assert sheet.formulas == {(row, twice): f"=M{row}*2" for row in range(TOP + 1, TOP + 1 + len(rows))}


def test_a_note_on_a_customer_who_goes_is_not_lost(book: xlwings.Book) -> None:
    run(book)
    note = add_column(book, VALUES, "note")
    sheet, rows = table_of(book, VALUES).parent, table_rows(book, VALUES)
    day = dt.datetime(1997, 1, 20)
    first = 2  # of the columns
    there = next(number for number, row in enumerate(rows) if row[first] <= day)
    gone = [number for number, row in enumerate(rows) if row[first] > day][:2]
    for number in (there, *gone):
        fill(sheet, TOP + 1 + number, note, [["call"]])
    before = table_rows(book, VALUES)
    set_input(book, "in_as_of", day + dt.timedelta(days=1))
    with pytest.raises(FileError, match='column "note" of the table CustomerValues') as refused:
        run(book)
    assert f'a note on "{int(rows[gone[0]][0])}" that' in refused.value.text.en
    assert "as 2 rows with notes would go; move them" in refused.value.text.en
    assert table_rows(book, VALUES) == before
    for number in gone:
        del sheet.cells[TOP + 1 + number, note]
    run(book)
    assert {row[0]: row[-1] for row in table_rows(book, VALUES) if row[-1] is not None} == {rows[there][0]: "call"}


def test_a_note_follows_an_id_that_becomes_text(book: xlwings.Book) -> None:
    run(book)
    note = add_column(book, VALUES, "note")
    best = table_rows(book, VALUES)[0][0]
    fill(table_of(book, VALUES).parent, TOP + 1, note, [["call"]])
    orders = table_of(book, contract.ORDERS)
    for row in range(TOP + 1, orders.area.bottom + 1):
        orders.parent.cells[row, LEFT] = str(int(orders.parent.cells[row, LEFT]))
    run(book)
    first, *others = table_rows(book, VALUES)
    assert (first[0], first[-1]) == (str(int(best)), "call")
    assert {row[-1] for row in others} == {None}


def test_a_note_beside_an_empty_row_is_told(book: xlwings.Book) -> None:
    note = add_column(book, VALUES, "note")
    fill(table_of(book, VALUES).parent, TOP + 1, note, [["early"]])
    with pytest.raises(FileError, match="a note on an empty row that would be lost, as 1 row with notes would go"):
        run(book)


def test_a_column_between_stays_between() -> None:
    book = book_of(sample())
    log = table_of(book, contract.LOG)
    sheet = log.parent
    fill(
        sheet,
        TOP,
        LEFT,
        [["time (UTC)", "who ran it", "xlclv", "as of", "rows", "customers", "model", "value", "seconds"]],
    )
    log.area = Range(sheet, TOP, LEFT, TOP + 1, LEFT + 8)
    run(book)
    sheet.cells[TOP + 1, LEFT + 1] = "Ann"
    run(book)
    assert [row[1] for row in table_rows(book, contract.LOG)] in ([None, "Ann"], ["Ann", None])
    assert [row[6] for row in table_rows(book, contract.LOG)] == ["Pareto/NBD"] * 2


def test_a_column_in_front_follows_too() -> None:
    book = book_of(sample())
    one = table_of(book, VALUES)
    heads = ["mine", *(text.en for text in contract.VALUE_COLUMNS.values())]
    fill(one.parent, TOP, LEFT, [heads])
    one.area = Range(one.parent, TOP, LEFT, TOP + 1, LEFT + len(heads) - 1)
    run(book)
    last = one.area.bottom
    who = one.parent.cells[last, LEFT + 1]
    one.parent.cells[last, LEFT] = "least"
    set_input(book, "in_as_of", dt.datetime(1997, 9, 1))
    run(book)
    assert {row[1]: row[0] for row in table_rows(book, VALUES) if row[0] is not None} == {who: "least"}
    assert sorted(column(book, "rank")) == column(book, "rank")


def test_a_table_shrinks_and_leaves_nothing_behind(book: xlwings.Book) -> None:
    run(book)
    one = table_of(book, VALUES)
    sheet, end = one.parent, one.area.bottom
    own = add_column(book, VALUES, "own")
    sheet.range((TOP + 1, own), (end, own)).formula = f"=B{TOP + 1}"
    fill(sheet, end + 3, LEFT, [["my own line"]])
    set_input(book, "in_as_of", dt.datetime(1997, 3, 1))
    run(book)
    assert one.area.bottom < end
    left = {place: cell for place, cell in sheet.cells.items() if place[0] > one.area.bottom}
    assert left == {(end + 3, LEFT): "my own line"}
    assert max(row for row, _ in sheet.formulas) == one.area.bottom


def test_rows_added_take_the_formats_of_the_first(book: xlwings.Book) -> None:
    sheet = table_of(book, VALUES).parent
    sheet.formats[TOP + 1, LEFT + 2] = "yyyy-mm-dd"
    run(book)
    assert {sheet.formats.get((row, LEFT + 2)) for row in range(TOP + 1, TOP + 1 + len(expected()))} == {"yyyy-mm-dd"}


@pytest.mark.parametrize("table", [VALUES, contract.CHECKS, contract.ORDER_MODEL])
def test_something_below_a_table_is_never_overwritten(book: xlwings.Book, table: str) -> None:
    sheet = table_of(book, table).parent
    sheet.cells[TOP + 5, LEFT + 1] = "mine"
    with pytest.raises(FileError) as caught:
        run(book)
    assert f'below the table {table}: cell C{TOP + 5} of the sheet "{table}"; move or delete it' in caught.value.text.en
    assert [entry for entry in changes(book) if entry != ("write", "Results!B1")] == []
    assert named(book, "out_status") == caught.value.text.en


def test_a_row_of_totals_stays_at_the_end(book: xlwings.Book) -> None:
    one = table_of(book, VALUES)
    one._totals = True
    fill(one.parent, TOP + 2, LEFT, [["Total"] * 18])
    run(book)
    bottom = one.area.bottom
    assert one.show_totals
    assert bottom == TOP + len(expected())
    assert [one.parent.cells[bottom + 1, place] for place in (LEFT, LEFT + 17)] == ["Total", "Total"]
    assert column(book, "clv") == expected()["clv"].tolist()


def test_a_filter_is_lifted_and_set_again(book: xlwings.Book) -> None:
    run(book)
    clean = table_rows(book, VALUES)
    one = table_of(book, VALUES)
    tier = LEFT + list(contract.VALUE_COLUMNS).index("tier")
    one.autofilter.apply_values(tier - LEFT + 1, ["High"])
    one.parent.cells.update({(row, LEFT + 11): -1.0 for row in range(TOP + 1, one.area.bottom + 1)})
    run(book)
    assert table_rows(book, VALUES) == clean
    assert one.autofilter.values == {tier - LEFT + 1: {"type": "values", "values": ["High"]}}
    assert one.parent.hidden == {TOP + 1 + place for place, row in enumerate(clean) if row[tier - LEFT] != "High"}


def test_a_table_without_a_body_takes_its_first_rows(book: xlwings.Book) -> None:
    for name in (VALUES, contract.CHECKS, contract.LOG):
        table_of(book, name).empty = True
    run(book)
    assert column(book, "clv") == expected()["clv"].tolist()


def test_a_wrong_input_changes_one_cell(book: xlwings.Book) -> None:
    set_input(book, "in_margin", 30.0)
    with pytest.raises(DomainError, match=r"Margin \(in_margin\) must lie between 0% and 100%"):
        run(book)
    assert changes(book) == [("write", "Results!B1")]
    set_input(book, "in_margin", "#REF!")
    with LiveBook(book) as live:
        assert live.read_name("in_margin") == CellError("#REF!")


def test_no_orders_are_told() -> None:
    book = book_of([])
    table_of(book, contract.ORDERS).empty = True
    with pytest.raises(Exception, match="The table Orders is empty"):
        run(book)
    with LiveBook(book) as live:
        assert live.read_table(contract.ORDERS).shape == (0, 3)


def test_check_data_writes_its_table_alone(book: xlwings.Book) -> None:
    with LiveBook(book) as live:
        said = check_data(live)
    assert said.en == "One thing to look at: 1 duplicate."
    assert {place.partition("!")[0] for kind, place in changes(book)} == {contract.CHECKS, "Results"}


def test_a_table_or_name_that_is_missing_is_named(book: xlwings.Book) -> None:
    book.impl.names.ranges["in_rate"] = None
    with LiveBook(book) as live:
        with pytest.raises(FileError, match="no table Customers"):
            live.read_table("Customers")
        with pytest.raises(FileError, match="no cell named in_costs"):
            live.read_name("in_costs")
        with pytest.raises(FileError, match="no cell named in_rate"):  # it names no cell
            live.read_name("in_rate")
        with pytest.raises(FileError, match="The table Log has no column price"):
            live.check_table(contract.LOG, pd.DataFrame({"price": [1]}))
        table_of(book, contract.CHECKS).show_headers = False
        with pytest.raises(FileError, match="The table Checks hides its header row"):
            live.read_table(contract.CHECKS)


def test_an_empty_frame_leaves_an_empty_row(book: xlwings.Book) -> None:
    run(book)
    with LiveBook(book) as live:
        live.write_table(contract.CHECKS, pd.DataFrame({"check": [], "rows": [], "status": []}))
        assert live.read_table(contract.CHECKS).empty
    assert table_rows(book, contract.CHECKS) == [[None] * 3]


def test_a_table_that_would_leave_the_sheet_is_refused(book: xlwings.Book) -> None:
    one = table_of(book, contract.CHECKS)
    one.area = Range(one.parent, 1_048_570, LEFT, 1_048_571, LEFT + 2)
    fill(one.parent, 1_048_570, LEFT, [["check", "rows", "status"]])
    with pytest.raises(FileError, match="Checks would end below the last row"):
        run(book)
