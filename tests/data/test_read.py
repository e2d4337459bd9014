"""Files as people export them: encodings, separators, title rows, workbooks, and files that are none of it."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from xlclv.data.cdnow import cdnow_orders, cdnow_sample
from xlclv.data.read import OrderLog, read_orders
from xlclv.data.table import read_cells
from xlclv.data.text_file import decode, find_separator
from xlclv.errors import FileError, InputError
from xlclv.parsing import number_of
from xlclv.summary import rfm_table

ROWS = [
    ("C1", "2024-05-13", 1234.5),
    ("C2", "2024-05-02", -7.25),
    ("C1", "2024-06-30", 1000.0),
    ("C3", "2024-05-05", 0.0),
]


def orders(log: OrderLog) -> list[tuple[str, str, float]]:
    frame = log.orders
    days = frame["date"].dt.strftime("%Y-%m-%d")
    return list(zip(frame["customer"].tolist(), days.tolist(), frame["amount"].tolist(), strict=True))


def german(amount: float) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(".,", ",."))


FORMS: dict[str, tuple[list[str], str, Any]] = {
    "english": (["Order", "Customer ID", "Order Date", "Total"], ",",
                lambda n, c, d, a: [n, c, d.isoformat(), f'"{a:,.2f}"']),
    "chinese": (["金额（元）", "会员号", "订单号", "下单时间"], "\t",
                lambda n, c, d, a: [f"￥{a:.2f}", c, n, f"{d.year}年{d.month}月{d.day}日 10:30"]),
    "german": (["invoice date", "Client", "Müller", "amount"], ";",
               lambda n, c, d, a: [f"{d:%d.%m.%Y}", c, n, german(a)]),
    "american": (["User_ID", "Notes", "InvoiceDate", "Sales"], "|",
                 lambda n, c, d, a: [c, n, f"{d.month}/{d.day}/{d:%y} 8:26", f"(${-a})" if a < 0 else f"${a}"]),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "cp1252"])
@pytest.mark.parametrize("title", ["", "Export of May\n\n"])
def test_exports_of_all_kinds_give_the_same_orders(tmp_path: Path, form: str, encoding: str, title: str) -> None:
    header, separator, write = FORMS[form]
    if (form, encoding) in {("chinese", "cp1252"), ("german", "gb18030")}:
        return  # the first cannot be written, the second is not told apart from two letters of Latin-1
    lines = [separator.join(header)]
    for number, (customer, day, amount) in enumerate(ROWS):
        lines.append(separator.join(write(f"N{number}", customer, dt.date.fromisoformat(day), amount)))
    file = tmp_path / "orders.csv"
    file.write_bytes((title + "\n".join(lines) + "\n").encode(encoding))
    log = read_orders(file)
    assert orders(log) == ROWS
    assert log.skipped == []
    assert log.source.rows == 4
    assert log.source.separator == separator
    if form == "german":
        assert {"Dates are day first, as 13.05.2024 shows.", "Amounts have a decimal comma."} <= {
            n.en for n in log.notes
        }


def test_bad_rows_are_left_out_counted_and_shown(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        "customer,date,amount\n"
        "a,2024-05-01,5\n"
        ",2024-05-01,5\n"
        "b,,5\n"
        "b,soon,5\n"
        "b,2024-02-30,5\n"
        "c,2024-05-02,abc\n"
        "d,2024-05-02,\n"
        '=cmd|x,2024-05-03,"1,5"\n'
        "e,2024-05-03,6,extra\n"
    )
    log = read_orders(file)
    assert orders(log) == [("a", "2024-05-01", 5), ("d", "2024-05-02", 0), ("=cmd|x", "2024-05-03", 1.5)]
    assert [(one.reason.en, one.rows, one.first_row, one.example) for one in log.skipped] == [
        ("no customer", 1, 3, '""'),
        ("no date", 1, 4, '""'),
        ("unreadable date", 2, 5, '"soon"'),
        ("unreadable amount", 1, 7, '"abc"'),
        ("more cells than the header", 1, 10, '"e,2024-05-03,6,extra"'),
    ]
    assert len(log.orders) + sum(one.rows for one in log.skipped) == log.source.rows
    assert "1 rows without an amount count as 0." in {note.en for note in log.notes}


def test_text_that_looks_like_a_formula_is_data(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer,date,amount\n=1+1,2024-05-01,5\n@x,2024-05-01,+5\n-b,2024-05-01,-5\n")
    assert [row[0] for row in orders(read_orders(file))] == ["=1+1", "@x", "-b"]


def test_quoted_line_breaks_short_rows_and_trailing_separators(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text('customer,note,date,amount\na,"two\nlines, one cell",2024-05-01,5,\nb,x,2024-05-02,6,\n')
    assert orders(read_orders(file)) == [("a", "2024-05-01", 5), ("b", "2024-05-02", 6)]
    file.write_text("customer,date,amount,note\na,2024-05-01,5\n\nb,2024-05-02,6,x\n")
    assert len(read_orders(file).orders) == 2


def test_named_columns_win(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer_id,email,order_date,ship date,total,net\n1,a@x,2024-05-01,2024-05-09,10,8\n")
    log = read_orders(file, customer="EMAIL", date="ship_date", amount="net")
    assert orders(log) == [("a@x", "2024-05-09", 8)]
    assert log.columns == {"customer": "email", "date": "ship date", "amount": "net"}
    with pytest.raises(FileError, match=r'orders.csv: there is no column "gross"; the columns are: customer_id'):
        read_orders(file, amount="gross")


def test_quantity_times_unit_price(tmp_path: Path) -> None:
    file = tmp_path / "lines.csv"
    file.write_text(
        "InvoiceNo,Quantity,InvoiceDate,UnitPrice,CustomerID\n1,6,2024-05-01,2.5,17850.0\n2,-1,2024-05-02,3,\n"
    )
    log = read_orders(file)
    assert orders(log) == [("17850", "2024-05-01", 15)]
    assert any("times" in note.en for note in log.notes)


@pytest.mark.parametrize(
    ("dates", "order", "expected"),
    [
        (["1/5/2024", "13/5/2024"], None, "2024-05-01"), (["1/5/2024", "5/13/2024"], None, "2024-01-05"),
        (["1/5/2024", "2/6/2024"], "dmy", "2024-05-01"), (["1/5/24", "2/6/24"], "mdy", "2024-01-05"),
        (["45413", "45414.5"], None, "2024-05-01"), (["1714521600", "1714608000"], None, "2024-05-01"),
        (["1714521600000", "1714608000000"], None, "2024-05-01"),
    ],
)  # fmt: skip
def test_the_whole_date_column_decides(tmp_path: Path, dates: list[str], order: Any, expected: str) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer,date,amount\n" + "".join(f"a,{date},5\n" for date in dates))
    assert orders(read_orders(file, date_order=order))[0][1] == expected


def test_dates_in_doubt_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer,date,amount\na,1/5/2024,5\na,2/6/2024,5\n")
    with pytest.raises(FileError, match="--date-order dmy or mdy"):
        read_orders(file)
    file.write_text("customer,date,amount\na,13/5/2024,5\na,5/13/2024,5\n")
    with pytest.raises(FileError, match="different orders"):
        read_orders(file)
    with pytest.raises(FileError, match="date_order must be"):
        read_orders(file, date_order="ymd")  # type: ignore[arg-type]


def test_amounts_that_disagree_on_the_decimal_mark_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer;date;amount\na;2024-05-01;1,234\na;2024-05-02;5,678\na;2024-05-03;1,5\n")
    with pytest.raises(FileError, match="do not agree on the decimal mark"):
        read_orders(file)
    file.write_text("customer;date;amount\na;2024-05-01;1,234\na;2024-05-02;5,678\n")
    assert read_orders(file).orders["amount"].tolist() == [1234, 5678]
    file.write_text("customer;date;amount\na;2024-05-01;1.234,5\na;2024-05-02;5,6\na;2024-05-02;1.234\n")
    assert read_orders(file).orders["amount"].tolist() == [1234.5, 5.6, 1234]


def workbook(path: Path, sheets: dict[str, list[list[Any]]], hidden: str = "") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name == hidden:
            sheet.sheet_state = "hidden"
    book.save(path)
    return path


HEADER = ["客户编号", "下单日期", "消费金额"]


def test_workbooks(tmp_path: Path) -> None:
    stamp = dt.datetime(2024, 5, 1, 18, 30)
    sheets = {
        "说明": [["本表由系统导出"]],
        "旧": [HEADER, ["old", stamp, 1]],
        "订单": [
            ["2024 年订单"],
            [],
            HEADER,
            [17850, stamp, 12.5],
            ["A1", "2024年5月2日", "¥1,000"],
            [None, None, None],
        ],
    }
    file = workbook(tmp_path / "订单.xlsx", sheets, hidden="旧")
    log = read_orders(file)
    assert orders(log) == [("17850", "2024-05-01", 12.5), ("A1", "2024-05-02", 1000)]
    assert (log.source.sheet, log.source.rows, log.source.encoding) == ("订单", 2, None)
    assert orders(read_orders(file, sheet="旧")) == [("old", "2024-05-01", 1)]
    with pytest.raises(FileError, match="the sheets are: 说明, 旧, 订单"):
        read_orders(file, sheet="x")
    with pytest.raises(FileError, match=r"has no rows below its header"):
        read_orders(file, sheet="说明")


def test_rows_of_a_workbook_are_named_as_the_sheet_shows_them(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", {"x": [[], ["t"], HEADER, ["a", "2024-05-01", 1], ["b", "soon", 2]]})
    assert [(one.first_row, one.example) for one in read_orders(file).skipped] == [(5, '"soon"')]


def test_real_dates_beside_day_first_text_are_flagged(tmp_path: Path) -> None:
    rows = [HEADER, ["a", dt.datetime(2024, 5, 1), 1], ["b", "13/5/2024", 2]]
    notes = read_orders(workbook(tmp_path / "a.xlsx", {"x": rows})).notes
    assert any("mixes real dates and text" in note.en for note in notes)


def test_open_document(tmp_path: Path) -> None:
    cells = "".join(
        "<table:table-row>"
        + "".join(f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>' for c in row)
        + "</table:table-row>"
        for row in (HEADER, ["a", "2024-05-01", "5"])
    )
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="T">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><m:manifest xmlns:m="urn:x"/>')
    assert orders(read_orders(tmp_path / "a.ods")) == [("a", "2024-05-01", 5)]


def packed(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "xl__worksheets__sheet1_xml"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"  \n\n", "empty"),
        (b"customer,date,amount\n", "no rows below"),
        (b"\x00\x01\x02\x03" * 100, "no readable text"),
        (b"%PDF-1.7 ...", "no table"),
        (b"\x89PNG\r\n", "no table"),
        (b"<html><table><tr><td>x", "web page"),
        (b'<?xml version="1.0"?><!DOCTYPE x>', "web page or XML"),
        (b"\x1f\x8b\x08broken", "damaged"),
        (b"PK\x03\x04broken", "damaged"),
        (packed(word__document_xml=b"x"), "no table"),
        (packed(xl__workbook_xml=b"<x/>"), "damaged"),
        (packed(xl__workbook_xml=b"<x/>", big=b"\0" * (80 << 20)), "unpacks to far more"),
        (packed(xl__workbook_xml=b"<!DOCTYPE x [<!ENTITY a 'b'>]>"), "not opened"),
        (packed(**{"xl__workbook_xml": b"<x/>", SHEET: b'<row r="1048576"><c r="XFD1048576"/></row>'}), "reaches to"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "password"),
        (OLE + b"\0" * 600, "damaged"),
        (b"a,b\n1,2\n", "no column is recognised"),
        (b"customer,date,amount\nx,soon,1\n", "no column is recognised as the date"),
        (b'customer,date,amount\n"' + b"x" * 200_000, "cannot be cut into cells|no rows|no column"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_used_say_why(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "export.xlsx"
    file.write_bytes(content)
    with pytest.raises(FileError, match=sentence) as caught:
        read_orders(file)
    assert caught.value.text.en.startswith("export.xlsx: ")
    assert caught.value.text.zh.startswith("export.xlsx：")


def test_a_size_that_lies_is_found(tmp_path: Path) -> None:
    content = packed(xl__workbook_xml=b"<x/>" + b" " * 5000)
    size = (5004).to_bytes(4, "little")
    assert content.count(size) == 2
    (tmp_path / "a.xlsx").write_bytes(content.replace(size, (4).to_bytes(4, "little")))
    with pytest.raises(FileError, match="damaged"):
        read_orders(tmp_path / "a.xlsx")


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such file"):
        read_orders(tmp_path / "none.csv")
    with pytest.raises(FileError, match="folder"):
        read_orders(tmp_path)


def test_gzip(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"customer,date,amount\na,2024-05-01,5\n"))
    assert orders(read_orders(tmp_path / "a.csv.gz")) == [("a", "2024-05-01", 5)]
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"a,b\n" * (50 << 20)))
    with pytest.raises(FileError, match="unpacks to far more"):
        read_orders(tmp_path / "b.csv.gz")


def test_decoding_and_separators() -> None:
    assert decode("客户".encode("utf-16"))[1] == "utf-16"
    assert decode("naïve café, Zoë".encode("cp1252")) == ("naïve café, Zoë", "cp1252")
    assert decode("订单，¥5，客户编号".encode("gb18030"))[1] == "gb18030"
    assert decode(b"caf\xe9 \x81")[1] == "latin-1"
    text = "客户编号,下单日期,消费金额,订单号,国家\n" * 3
    broken = text.encode() + b"\xe5"
    assert decode(broken)[1] == "utf-8 (damaged)"
    broken = text.encode("gb18030") + b"\xff"
    assert decode(broken)[1] == "gb18030 (damaged)"
    assert find_separator(["a b,c d,e f", "1 2,3 4,5 6"]) == ","
    assert find_separator(["one column", "x"]) == ","


def test_many_rows_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "big.csv"
    file.write_text(
        "customer,date,amount\n" + "".join(f"C{i % 997},2024-05-{i % 28 + 1:02},{i % 50}.5\n" for i in range(100_000))
    )
    log = read_orders(file)
    assert len(log.orders) == 100_000
    assert log.orders["amount"].sum() == pytest.approx(100_000 * 25)


def test_cdnow_is_there_without_importing_lifetimes() -> None:
    assert (len(cdnow_orders()), len(cdnow_sample())) == (69_659, 6_919)
    assert cdnow_orders()["date"].max() == pd.Timestamp("1998-06-30")


FOLDER = Path(os.environ.get("XLCLV_DATA", "missing"))


@pytest.mark.skipif(not FOLDER.is_dir(), reason="XLCLV_DATA names no folder of example data")
@pytest.mark.parametrize(
    ("name", "rows", "orders_read", "customers", "total"),
    [
        ("cdnow/CDNOW_master.txt", 69_659, 69_659, 23_570, 2_500_315.63),
        ("uci/online_retail.csv.gz", 541_909, 406_829, 4_338, 8_300_065.81),
        ("uci/online_retail_orders.csv", 22_221, 22_221, 4_338, 8_300_065.81),
        ("chinese/orders_zh_utf8sig.csv", 7_699, 7_699, 600, 3_189_299.64),
        ("chinese/orders_zh_gb18030.csv", 7_699, 7_699, 600, 3_189_299.64),
        ("chinese/订单明细.xlsx", 3_000, 3_000, 600, 1_325_339.4),
        ("rfm_r/rfm_data_orders.csv", 4_906, 4_906, 995, 464_158),
        ("pymc_marketing/shopify_orders_schema.csv", 24, 24, 3, 3_143.18),
    ],
)
def test_real_exports(name: str, rows: int, orders_read: int, customers: int, total: float) -> None:
    log = read_orders(FOLDER / name)
    assert (log.source.rows, len(log.orders)) == (rows, orders_read)
    assert len(log.orders) + sum(one.rows for one in log.skipped) == rows
    assert len(rfm_table(log.orders)) == customers
    assert log.orders["amount"].sum() == pytest.approx(total)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("customer,date,amount\n\n\n\na,2024-05-01,5\nb,soon,5\n", 6),
        ("Title\n\ncustomer,date,amount\n\na,2024-05-01,5\n  \nb,soon,5\n\n\n", 7),
        ('customer,date,amount\n"a\n1",2024-05-01,5\n\nb,soon,5\n', 5),
        ("customer;date;amount\r\n\r\na;2024-05-01;5\r\nb;soon;5\r\n", 4),
        ("customer date amount\n\na 2024-05-01 5\n\nb soon 5\n", 5),
        ("customer,date,amount\n\na,2024-05-01,5,x\n\na,2024-05-01,5\nb,soon,5\n", 6),
        ("customer,date,amount\na,2024-05-01,5\nb,soon,5\n", 3),
        ("customer,date,amount\ra,2024-05-01,5\r\rb,soon,5\r", 4),
    ],
)
def test_rows_are_counted_as_the_lines_of_the_file(tmp_path: Path, text: str, row: int) -> None:
    (tmp_path / "a.csv").write_bytes(text.encode())
    found = {one.reason.en: one.first_row for one in read_orders(tmp_path / "a.csv").skipped}
    assert found["unreadable date"] == row
    if "x" in text:
        assert found["more cells than the header"] == 3


def test_a_missing_header_is_said_to_be_missing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" 00004  0001 19970101  1   29.33\n 00004  0001 19970118  1   29.73\n" * 3)
    with pytest.raises(FileError, match=r"a.txt: the first row must hold the names of the columns") as caught:
        read_orders(tmp_path / "a.txt")
    assert "第一行必须是列名" in caught.value.text.zh


def test_advice_holds_on_the_command_line_and_in_python(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("who,day,amount\nx,y,1\n")
    with pytest.raises(FileError) as caught:
        read_orders(tmp_path / "a.csv")
    for text in caught.value.text:
        assert "--customer NAME --date NAME" in text
        assert 'customer="NAME", date="NAME"' in text
    (tmp_path / "a.csv").write_text("customer,date,amount\na,1/5/2024,5\n")
    with pytest.raises(FileError) as caught:
        read_orders(tmp_path / "a.csv")
    for text in caught.value.text:
        assert "--date-order dmy" in text
        assert 'date_order="dmy"' in text


def test_a_text_file_has_no_sheets_and_no_path_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("customer,date,amount\na,2024-05-01,5\n")
    for read in (read_orders, read_cells):
        with pytest.raises(FileError, match=r"^a.csv: a text file has no sheets"):
            read(tmp_path / "a.csv", sheet="nope")
        with pytest.raises(FileError, match=r"^No file is named"):
            read("")


def test_notes_are_sentences(tmp_path: Path) -> None:
    for text in (
        "customer,date,amount\n7.0,45413,5\n8.0,45414,\n",
        "customer,date,金额（万元）\na,1714521600,$5\nb,1714608000,€6\n",
        "customer;date;quantity;unit price\na;13.5.2024;2;2,5\n",
        "customer,date,amount\na,5/13/2024,2\n",
    ):
        (tmp_path / "a.csv").write_text(text)
        notes = [note.en for note in read_orders(tmp_path / "a.csv").notes]
        assert len(notes) >= 4
        assert not [note for note in notes if note[0].islower() or note[-1] != "."]


def test_a_number_too_large_is_called_so() -> None:
    with pytest.raises(InputError, match=r"beyond 1\.79E\+308"):
        number_of(float("1e999"))
