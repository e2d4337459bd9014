"""A document of LibreOffice behind the interface of commands, over frames, without LibreOffice."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
import pytest

from tests.hosts.calc.document import DATE, LOGICAL, Cells, Document, Formula
from tests.hosts.calc.stand_in import Office
from xlclv.errors import FileError
from xlclv.worksheet import CellError

NA = Formula("=NA()", error=0x7FFF)


@pytest.fixture
def office() -> Iterator[Office]:
    document = Document("Sheet", "Other")
    document.table("Checks", "Sheet", 4, 1, [["check", "rows", "mine"], ["a", 1.0, ""], ["b", 2.0, ""]])
    document.name("out_status", "Other", 0, 0, "before")
    office = Office(document)
    with office.book:
        yield office
    office.tables.close()
    assert document.changing == 0
    assert document.automatic
    assert not office.failures, office.failures


@pytest.fixture
def noted(office: Office) -> Office:
    """The same with something typed beside the rows, in a column that is the user's own."""
    office.document.list[0].put(5, 3, "note a")
    office.document.list[0].put(6, 3, "note b")
    return office


def frame(*rows: Sequence[Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["check", "rows"], dtype=object)


def refusal(office: Office, name: str, given: pd.DataFrame) -> FileError:
    """Return why a table is not written; nothing was."""
    with pytest.raises(FileError) as caught:
        office.book.check_table(name, given)
    assert not office.document.changed
    return caught.value


class TestReading:
    def test_cells_come_as_what_they_show(self) -> None:
        document = Document("s")
        document.table("t", "s", 2, 0, [["when", "yes", "n"], [44927.5, 1.0, 3.0], ["", 0.0, NA], ["text", "", "x"]])
        for row in (3, 4, 5):
            document.list[0].formats |= {(row, 0): DATE, (row, 1): LOGICAL}
        with Office(document).book as book:
            found = book.read_table("T")
            assert book.first_row("t") == 4
        assert list(found) == ["when", "yes", "n"]
        assert found.dtypes.tolist() == [object] * 3
        assert found["when"].tolist() == [dt.datetime(2023, 1, 1, 12), None, "text"]
        assert found["yes"].tolist() == [True, False, None]
        assert found["n"].tolist() == [3.0, CellError("#N/A"), "x"]

    def test_headers_are_texts_of_which_no_two_are_alike(self) -> None:
        document = Document("s")
        document.table("t", "s", 0, 0, [["a", "a", "", 2024.0], ["x", "y", "z", 1.0]])
        with Office(document).book as book:
            assert list(book.read_table("t")) == ["a", "a2", "Column3", "2024.0"]

    def test_a_table_in_which_nothing_stands_has_no_rows(self) -> None:
        document = Document("s")
        document.table("t", "s", 0, 0, [["a", "b"], ["", ""]])
        with Office(document).book as book:
            assert book.read_table("t").shape == (0, 2)

    @pytest.mark.parametrize(("date1904", "day"), [(False, dt.datetime(2023, 1, 1)), (True, dt.datetime(2027, 1, 2))])
    def test_dates_count_from_the_day_of_the_document(self, date1904: bool, day: dt.datetime) -> None:
        document = Document("s", date1904=date1904)
        document.name("in_as_of", "s", 0, 0, 44927.0)
        document.list[0].formats[0, 0] = DATE
        with Office(document).book as book:
            assert book.date1904 is date1904
            assert book.read_name("IN_AS_OF") == day
            book.write_name("in_as_of", day + dt.timedelta(days=1, hours=6))
        assert document.cell("in_as_of") == 44928.25

    def test_a_serial_beyond_the_calendar_stays_a_number(self) -> None:
        document = Document("s")
        document.name("n", "s", 0, 0, 1e9)
        document.list[0].formats[0, 0] = DATE
        with Office(document).book as book:
            assert book.read_name("n") == 1e9

    def test_orders_put_below_the_table_are_rows_of_it(self) -> None:
        document = Document("s")
        document.table("Orders", "s", 0, 0, [["customer", "date"], ["A", 1.0]])
        document.list[0].fill(2, 0, [["B", 2.0], ["", ""], ["C", 3.0]])
        document.list[0].put(9, 5, "beside")
        document.name("out_status", "s", 20, 9)
        office = Office(document)
        with office.book as book:
            assert book.read_table("Orders")["customer"].tolist() == ["A", "B", None, "C"]
            assert document.DatabaseRanges["Orders"].area.EndRow == 1
            book.write_name("out_status", "done")
        assert document.DatabaseRanges["Orders"].area.EndRow == 4

    def test_orders_end_where_another_table_begins(self) -> None:
        document = Document("s")
        document.table("Orders", "s", 0, 0, [["customer", "date"], ["A", 1.0]])
        document.table("Below", "s", 3, 1, [["x", "y"], ["z", 1.0]])
        document.list[0].put(2, 0, "B")
        with Office(document).book as book:
            assert book.read_table("Orders")["customer"].tolist() == ["A", "B"]
            assert book.read_table("Below")["x"].tolist() == ["z"]

    def test_what_is_not_there(self, office: Office) -> None:
        with pytest.raises(FileError, match=r"The document has no table Orders; open .* \(Data, Define Range\)\."):
            office.book.read_table("Orders")
        with pytest.raises(FileError, match=r"no cell named in_margin"):
            office.book.read_name("in_margin")
        with pytest.raises(FileError, match=r"no cell named in_margin"):
            office.book.write_name("in_margin", 1.0)
        office.document.DatabaseRanges["Checks"].ContainsHeader = False
        assert refusal(office, "Checks", frame(["a", 1])).text.zh.startswith("表 Checks 没有标题行")
        assert office.document.log == []


class TestWriting:
    def test_the_table_has_the_rows_and_each_note_follows_its_row(self, noted: Office) -> None:
        noted.book.write_table("Checks", frame(["b", 5], ["new", None], ["a", math.nan], ["b", 6.5]))
        assert noted.document.rows("Checks") == [
            ["check", "rows", "mine"], ["b", 5.0, "note b"], ["new", "", ""], ["a", "", "note a"], ["b", 6.5, ""],
        ]  # fmt: skip

    def test_a_shorter_table_leaves_nothing_behind(self, office: Office) -> None:
        office.document.list[0].put(6, 3, "note b")
        office.book.write_table("Checks", frame(["b", 5]))
        assert office.document.rows("Checks")[1:] == [["b", 5.0, "note b"]]
        assert (6, 1) not in office.document.list[0].cells
        office.document.list[0].put(5, 3, "")
        office.book.write_table("Checks", frame())
        assert office.document.rows("Checks")[1:] == [["", "", ""]]

    def test_formulas_of_the_user_are_filled_down(self, office: Office) -> None:
        sheet = office.document.list[0]
        sheet.put(5, 3, "typed")
        sheet.put(6, 3, Formula("=RC[-1]*2"))
        for count in (7, 1, 3):
            office.book.write_table("Checks", frame(*[[str(n), n] for n in range(count)]))
            assert [row[2] for row in office.document.rows("Checks")[1:]] == [Formula("=RC[-1]*2")] * count

    def test_text_stays_text_and_values_are_cells(self, office: Office) -> None:
        cells: list[Any] = ["=A1", "00123", True, pd.Timestamp(2024, 1, 1, 12), dt.date(2024, 1, 1)]
        cells += [CellError("#N/A"), pd.NaT, -math.inf]
        office.book.write_table("Checks", frame(*[[cell, 1] for cell in cells]))
        found = [row[0] for row in office.document.rows("Checks")[1:]]
        assert found == ["=A1", "00123", 1.0, 45292.5, 45292.0, "#N/A", "", ""]

    def test_dates_get_a_format_of_dates_where_there_is_none(self, office: Office) -> None:
        formats = office.document.list[0].formats
        office.book.write_table("Checks", frame(["a", dt.datetime(2024, 1, 1)], ["b", dt.datetime(2024, 1, 2)]))
        office.book.write_name("out_status", dt.date(2024, 1, 1))
        assert [formats.get((row, 2)) for row in (5, 6)] == [DATE, DATE]
        assert (5, 1) not in formats
        assert office.document.list[1].formats == {(0, 0): DATE}

    def test_added_rows_look_like_the_first(self, office: Office) -> None:
        office.document.list[0].formats[5, 2] = LOGICAL
        office.book.write_table("Checks", frame(*[[str(n), n] for n in range(4)]))
        formats = office.document.list[0].formats
        assert [formats.get((row, 2)) for row in range(5, 10)] == [LOGICAL, None, LOGICAL, LOGICAL, None]

    def test_a_row_of_totals_moves_with_the_end(self, office: Office) -> None:
        document = office.document
        table = document.table("Checks", "Sheet", 4, 1, [["check", "rows"], ["a", 1.0], ["Total", Formula("=SUM")]])
        table.TotalsRow = True
        for count in (3, 1, 2):
            office.book.write_table("Checks", frame(*[[str(n), n] for n in range(count)]))
            assert document.rows("Checks")[1:] == [
                *[[str(n), float(n)] for n in range(count)], ["Total", Formula("=SUM")],
            ]  # fmt: skip
            assert max(row for row, _ in document.list[0].cells) == 4 + count + 1

    def test_comments_stay(self, office: Office) -> None:
        comments = office.document.list[0].comments
        comments |= {(5, 1): "a comment", (20, 1): "elsewhere"}
        office.book.write_table("Checks", frame(["a", 1]))
        assert comments == {(5, 1): "a comment", (20, 1): "elsewhere"}

    def test_a_filter_looks_again(self, office: Office) -> None:
        table = office.document.DatabaseRanges["Checks"]
        office.book.write_table("Checks", frame(["a", 1]))
        assert table.refreshed == 0
        table.filtered.append("rows")
        office.book.write_table("Checks", frame(["a", 1]))
        assert table.refreshed == 1

    def test_everything_is_put_back(self, office: Office) -> None:
        document = office.document
        for sheet in document.list:
            sheet.password = ""
        document.automatic = True
        office.book.check_table("Checks", frame(["a", 1]))
        assert [sheet.isProtected() for sheet in document.list] == [False, False]
        assert not document.automatic
        office.book.write_table("Checks", frame(["a", 1]))
        office.book.write_name("out_status", "after")
        office.tables.close()
        office.tables.close()
        assert document.automatic
        assert document.log == [
            "begin title", "lock", "unprotect Sheet", "unprotect Other", "protect Other", "protect Sheet", "unlock", "end",
        ]  # fmt: skip

    def test_calculation_by_hand_stays_by_hand(self) -> None:
        document = Document("s")
        document.name("out_status", "s", 0, 0)
        document.automatic = False
        office = Office(document)
        with office.book as book:
            book.write_name("out_status", "x")
        office.tables.close()
        assert not document.automatic


class TestRefusing:
    def test_a_column_that_is_not_there(self, office: Office) -> None:
        found = refusal(office, "Checks", pd.DataFrame({"check": ["a"], "state": ["x"]}))
        assert found.text.en == "The table Checks has no column state; its columns are: check, rows, mine."

    def test_a_note_whose_row_would_be_gone(self, noted: Office) -> None:
        found = refusal(noted, "Checks", frame(["b", 5], ["c", 1]))
        assert found.text.en.startswith('The column "mine" of the table Checks holds a note on "a" that would be lost')
        assert found.text.zh.startswith('表 Checks 的“mine”列中有关于"a"的内容会丢失')
        noted.book.check_table("Checks", frame(["b", 5], ["a", 1]))

    def test_no_room_on_the_sheet(self, office: Office) -> None:
        rows = pd.DataFrame({"check": pd.RangeIndex(1_048_572).astype(object), "rows": 1.0})
        assert "it needs 1,048,572 rows" in refusal(office, "Checks", rows).text.en
        office.book.check_table("Checks", rows.iloc[1:])

    def test_something_in_the_way(self, office: Office) -> None:
        office.document.list[0].put(8, 2, 0.0)
        office.book.check_table("Checks", frame(*[["a", 1]] * 3))
        found = refusal(office, "Checks", frame(*[["a", 1]] * 4))
        assert 'below the table Checks: cell C9 of the sheet "Sheet"; move' in found.text.en
        assert "工作表“Sheet”的单元格 C9" in found.text.zh

    def test_a_password(self, office: Office) -> None:
        office.document.list[0].password, office.document.list[1].password = "", "secret"
        found = refusal(office, "Checks", frame(["a", 1]))
        assert found.text.en.startswith('The sheet "Other" is protected with a password; unprotect it')
        assert [sheet.password for sheet in office.document.list] == ["", "secret"]
        assert office.document.automatic

    def test_a_document_for_reading_only(self, office: Office) -> None:
        office.document.read_only = True
        assert "for reading only" in refusal(office, "Checks", frame(["a", 1])).text.en
        assert office.document.log == []

    def test_what_libreoffice_refuses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        document = Document("s")
        document.name("out_status", "s", 0, 0)
        office = Office(document)
        monkeypatch.setattr(Cells, "setDataArray", lambda self, rows: 1 / 0)
        with office.book as book, pytest.raises(FileError, match=r"did not allow a change \(ZeroDivisionError\)"):
            book.write_name("out_status", "x")
        assert "ZeroDivisionError" in office.failures[0]
