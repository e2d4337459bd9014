"""Cells as people type them: dates, numbers, ids."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlclv.dates import date_of
from xlclv.errors import InputError
from xlclv.parsing import BLANKS, currency_of, id_of, ids_of, is_blank, number_of

JAN_5 = dt.date(2024, 1, 5)


@pytest.mark.parametrize(
    ("serial", "date"),
    [
        (1, dt.date(1900, 1, 1)),
        (59, dt.date(1900, 2, 28)),
        (61, dt.date(1900, 3, 1)),
        (45296, JAN_5),
        (45296.999, JAN_5),
        (2_958_465, dt.date(9999, 12, 31)),
        (20240105, JAN_5),
        (20240105.0, JAN_5),
        (np.int64(45296), JAN_5),
        (np.float64(45296), JAN_5),
    ],
)
def test_serials_are_read_as_excel_shows_them(serial: float, date: dt.date) -> None:
    assert date_of(serial) == date


def test_serials_of_the_1904_system() -> None:
    assert date_of(0, date1904=True) == dt.date(1904, 1, 1)
    assert date_of(45296 - 1462, date1904=True) == JAN_5
    assert date_of(2_957_003, date1904=True) == dt.date(9999, 12, 31)


@pytest.mark.parametrize(
    "bad", [0, 0.5, 60, -1, 2_958_466, 20241301, 20240105.5, 1e300, 10**400, math.nan, math.inf, True, object(), b"x"]
)
def test_numbers_that_are_no_dates(bad: object) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        date_of(bad)


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-05", " 2024-01-05\u3000", "2024-1-5", "2024/1/5", "2024.1.5", "2024. 1. 5.", "20240105",
        "2024年1月5日", "2024 年 01 月 05 日", "2024年1月5号", "2024年1月5日星期五", "2024/01/05 (周五)",
        "２０２４－０１－０５", "２０２４年１月５日", "2024-01-05T10:30", "2024-01-05T23:59:59.999Z",
        "2024-01-05 23:30:00+08:00", "2024-01-05T00:30:00-1100", "2024-01-05 10:30 PM", "2024年1月5日 下午3:20",
        "2024年1月5日 15时20分30秒", "20240105 10:30", "20240105T103000Z", "5 Jan 2024", "05-Jan-2024", "5-Jan-24",
        "5. January 2024", "Jan 5, 2024", "January 5th, 2024", "Jan-5-2024", "Fri, 05 Jan 2024 10:00:00 GMT",
        "2024-Jan-05", "5th jan 2024",
    ],
)  # fmt: skip
def test_dates_as_text(text: str) -> None:
    assert date_of(text) == JAN_5


def test_the_date_is_the_one_written_whatever_the_offset() -> None:
    zone = dt.timezone(dt.timedelta(hours=8))
    assert date_of(dt.datetime(2024, 1, 5, 0, 30, tzinfo=zone)) == JAN_5
    assert date_of("2024-01-05T00:30:00+08:00") == JAN_5


def test_objects_with_dates() -> None:
    assert date_of(JAN_5) == JAN_5
    assert date_of(pd.Timestamp("2024-01-05 10:00")) == JAN_5
    assert date_of(np.datetime64("2024-01-05T10:00:00")) == JAN_5
    assert date_of(pd.NaT) is None
    assert date_of(np.datetime64("NaT", "D")) is None


def test_one_reading_is_read_two_are_refused() -> None:
    assert date_of("13/5/2024") == date_of("5/13/2024") == dt.date(2024, 5, 13)
    assert date_of("5.5.2024") == dt.date(2024, 5, 5)
    for doubtful in ("1/5/2024", "01-05-2024", "1.5.2024 10:30", "１/５/２０２４"):
        with pytest.raises(InputError) as caught:
            date_of(doubtful)
        assert "write it as 2024-05-01" in caught.value.text.en
        assert "2024-05-01" in caught.value.text.zh
    assert date_of("1/5/2024", order="dmy") == dt.date(2024, 5, 1)
    assert date_of("1/5/2024", order="mdy") == JAN_5


def test_years_of_two_digits_need_an_order() -> None:
    with pytest.raises(InputError, match="two digits"):
        date_of("13/5/24")
    assert date_of("13/5/24", order="dmy") == dt.date(2024, 5, 13)
    assert date_of("12/31/99", order="mdy") == dt.date(1999, 12, 31)


@pytest.mark.parametrize(
    "bad",
    ["abc", "2024", "2024-01", "5/2024", "2024-02-30", "2023-02-29", "2024-13-01", "32/1/2024", "13/13/2024",
     "2024-01-05x", "2024-01-05 25:00", "2024-01-05 10:61", "20240132",
     "202401051", "٢٠٢٤-٠١-٠٥", "0000-01-01", "-", "45296", "today"],
)  # fmt: skip
def test_texts_that_are_no_dates(bad: str) -> None:
    with pytest.raises(InputError):
        date_of(bad)


@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000", "\ufeff", "\u00a0\t\r\n", "\u200b"])
def test_blank_stays_missing(blank: object) -> None:
    assert is_blank(blank)
    assert date_of(blank) is None
    assert number_of(blank) is None
    assert id_of(blank) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234.5", 1234.5), ("-12", -12), ("+5", 5), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("1E-2", 0.01),
        ("1,234", 1234), ("1,234,567.89", 1234567.89), ("1 234.5", 1234.5), ("1\u00a0234", 1234), ("1'234.5", 1234.5),
        ("30%", 0.3), ("３０％", 0.3), ("110%", 1.1), ("-5%", -0.05), ("1,200 %", 12),
        ("¥1,234.50", 1234.5), ("￥12", 12), ("$5", 5), ("€ 5", 5), ("£5", 5), ("5€", 5), ("CNY 5", 5), ("5 USD", 5),
        ("RMB5.5", 5.5), ("US$5", 5), ("5元", 5), ("￥5元", 5), ("-¥5", -5), ("¥-5", -5),
        ("1.1万", 11000), ("3.3万元", 33000), ("¥1,000万", 1e7), ("1.2亿", 1.2e8), ("1.2亿元", 1.2e8),
        ("(1,234.50)", -1234.5), ("（5）", -5), ("($5)", -5), ("5-", -5), ("−5", -5), ("１，２３４．５", 1234.5),
        (" 7\u3000", 7),
    ],
)  # fmt: skip
def test_numbers_as_text(text: str, number: float) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize(
    "bad",
    ["abc", "1,23", "12,34,567", "1,2345", "1.234,50", "1.234.567", "--5", "(-5)", "(5", "5)", "5-5", "nan", "inf",
     "-Infinity", "1e400", "1_000", "0x10", "٣", "½", "5²", "$", "%", "-", "()", "$5€", "1万e3", "5%%", "1 23",
     "1,234'567", "2024-01-05", "5 apples", "TRUE"],
)  # fmt: skip
def test_texts_that_are_no_numbers(bad: str) -> None:
    with pytest.raises(InputError) as caught:
        number_of(bad)
    assert caught.value.text.zh.startswith("无法识别数字")


def test_values_that_are_numbers() -> None:
    assert [number_of(value) for value in (True, False, 3, Decimal("1.5"), np.int64(4), np.bool_(True))] == [
        1, 0, 3, 1.5, 4, 1,
    ]  # fmt: skip
    for bad in (math.nan, math.inf, 10**400, 10**5000, JAN_5, object(), 1j):
        with pytest.raises(InputError):
            number_of(bad)


def test_decimal_comma() -> None:
    assert number_of("1.234,50", decimal=",") == 1234.5
    assert number_of("1,5", decimal=",") == 1.5
    with pytest.raises(InputError):
        number_of("1,234.50", decimal=",")


def test_ids_match_by_text() -> None:
    alike = [17850, 17850.0, "17850", " 17850 ", "17850\u3000", np.int64(17850), np.float64(17850)]
    assert {id_of(value) for value in alike} == {"17850"}
    assert len({id_of(value) for value in ("00123", 123, "123.0", 1.5, True, 1)}) == 6
    assert id_of(True) == "TRUE"
    assert id_of(-0.0) == "0"
    assert id_of("a\0b\x1f") == "a\0b\x1f"
    assert id_of(dt.datetime(2024, 1, 5)) == id_of(JAN_5) == "2024-01-05"
    assert id_of(dt.datetime(2024, 1, 5, 10, 30)) == "2024-01-05 10:30:00"
    assert id_of(math.nan) is None
    assert id_of(pd.NaT) is None
    assert id_of("=1+1") == "=1+1"


def test_currencies() -> None:
    assert [currency_of(text) for text in ("￥5", "5元", "US$5", "$5", "5 EUR", "5", 5)] == [
        "CNY", "CNY", "USD", "USD", "EUR", None, None,
    ]  # fmt: skip


def test_a_sentence_never_quotes_pages() -> None:
    with pytest.raises(InputError) as caught:
        date_of("x" * 100_000)
    assert len(str(caught.value)) < 200


@given(st.dates(min_value=dt.date(1900, 3, 1)))
@settings(deadline=None)
def test_every_date_survives_every_way_of_writing_it(date: dt.date) -> None:
    serial = date.toordinal() - dt.date(1899, 12, 30).toordinal()
    written = (
        serial, serial + 0.999, str(date), f"{date:%Y/%m/%d}", f"{date.year:04}年{date.month}月{date.day}日",
        f"{date.year:04}{date:%m%d}", int(f"{date.year:04}{date:%m%d}"),
        dt.datetime(date.year, date.month, date.day, 23),
        f"{date.day} {date:%b} {date.year:04}", f"{date:%B} {date.day}, {date.year:04}",
    )  # fmt: skip
    assert {date_of(value) for value in written} == {date}


@given(st.floats(-1e12, 1e12).map(lambda value: round(value, 2)))
@settings(deadline=None)
def test_every_amount_survives_every_way_of_writing_it(amount: float) -> None:
    paper = f"({-amount:,.2f})" if amount < 0 else f"{amount:,.2f}"
    german = f"{amount:,.2f}".translate(str.maketrans(".,", ",."))
    assert {number_of(text) for text in (repr(amount), f"{amount:,.2f}", f"¥{amount:.2f}", paper)} == {amount}
    assert number_of(german, decimal=",") == amount


CELLS: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.dates(), st.datetimes(),
    st.from_regex(r"[-+(¥$]?[0-9,. ]{1,12}[)%万元-]?", fullmatch=True),
    st.from_regex(r"[0-9]{1,4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,4}"),
)  # fmt: skip


@given(CELLS)
@settings(deadline=None, max_examples=500)
def test_any_cell_gives_a_value_or_the_typed_error(cell: Any) -> None:
    for read, kind in ((date_of, dt.date), (number_of, float), (id_of, str)):
        try:
            value = read(cell)
        except InputError as error:
            assert error.text.en  # noqa: PT017 - either outcome is right, each is checked
            assert error.text.zh  # noqa: PT017
        else:
            assert value is None or isinstance(value, kind)
            assert not isinstance(value, float) or math.isfinite(value)
            assert not isinstance(value, str) or (value and value == value.strip(BLANKS))


@given(st.lists(CELLS, max_size=20))
@settings(deadline=None)
def test_columns_of_ids_agree_with_single_ids(cells: list[Any]) -> None:
    assert ids_of(cells) == [id_of(cell) for cell in cells]
