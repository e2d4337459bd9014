"""Columns of a file as clean orders: what a whole column says settles how its cells are read.

In a worksheet an unreadable cell is an error the user sees at once; a file of a million rows always has some. Here bad
rows are left out, counted by reason and shown with an example.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlclv.dates import DayOrder, date_of
from xlclv.errors import FileError, InputError
from xlclv.parsing import BLANKS, Decimals, currency_of, id_of, is_blank, number_of, shown
from xlclv.text import Text
from xlclv.vectors import NO_DAY, FloatArray, IntArray, dates_from

REASONS: Final[dict[str, Text]] = {
    "no_customer": Text("no customer", "没有客户编号"),
    "no_date": Text("no date", "没有日期"),
    "bad_date": Text("unreadable date", "日期无法识别"),
    "bad_amount": Text("unreadable amount", "金额无法识别"),
    "bad_row": Text("more cells than the header", "单元格多于表头"),
}

_SLASHED: Final = re.compile(r"\s*(\d\d?)[-/.](\d\d?)[-/.](\d{4}|\d\d)\b", re.ASCII)
_SERIAL: Final = re.compile(r"[1-9]\d{4}(?:\.\d+)?", re.ASCII)
_UNIX: Final = re.compile(r"1\d{9}(?:\d{3})?", re.ASCII)
_EPOCH: Final = 719_163  # ordinal of 1970-01-01
#: A column is one of serials, Unix times or numbers with .0 when nearly all its cells are.
_NEARLY_ALL: Final = 0.95


@dataclass(frozen=True)
class Skipped:
    """Rows left out for one reason.

    Attributes
    ----------
    reason : Text
        Why, in both languages.
    rows : int
        How many.
    first_row : int
        The row of the file where it first happened.
    example : str
        What stood there.
    """

    reason: Text
    rows: int
    first_row: int
    example: str


def orders_from(
    frame: pd.DataFrame,
    customer: str,
    date: str,
    amount: str | tuple[str, str],
    *,
    date_order: DayOrder | None = None,
    row_of: Callable[[int], int] = (2).__add__,
) -> tuple[pd.DataFrame, list[Skipped], list[Text]]:
    """Return the readable rows of a table as orders, and what was left out.

    Parameters
    ----------
    frame : DataFrame
        Cells as they stand in the file, texts or values.
    customer, date : str
        Headers.
    amount : str or two
        Header; two are quantity and unit price, to be multiplied.
    date_order : {"dmy", "mdy"}, optional
        Order of day and month in texts like 1/5/2024; by default the column must prove it.
    row_of : callable
        The row of the file for the position of a row of ``frame``, for messages; by default the header is row 1.

    Returns
    -------
    orders : DataFrame
        ``customer`` (text), ``date`` (datetime64, no time of day), ``amount`` (float; a blank one is 0).
    skipped : list of Skipped
        One for each reason that occurred.
    notes : list of Text
        What was decided about whole columns.

    Raises
    ------
    FileError
        If nothing in the date column says whether the day or the month comes first.

    Examples
    --------
    >>> frame = pd.DataFrame({"who": ["a", "", "b"], "when": ["13/5/2024", "1/5/2024", "x"], "sum": ["1,5", "2", "3"]})
    >>> orders, skipped, notes = orders_from(frame, "who", "when", "sum")
    >>> orders.values.tolist(), [(one.reason.en, one.rows, one.first_row) for one in skipped]
    ([['a', Timestamp('2024-05-13 00:00:00'), 1.5]], [('no customer', 1, 3), ('unreadable date', 1, 4)])
    """
    notes: list[Text] = []
    ids = _ids(frame[customer], notes)
    days, bad_dates = _days(frame[date], date_order, notes)
    money, bad_amounts = _money(frame, amount, notes)
    no_customer = np.array([one is None for one in ids], dtype=bool)
    amounts_shown = frame[amount] if isinstance(amount, str) else frame[amount[0]]
    left_out = {
        "no_customer": (no_customer, frame[customer]),
        "no_date": ((days == NO_DAY) & ~bad_dates, frame[date]),
        "bad_date": (bad_dates, frame[date]),
        "bad_amount": (bad_amounts, amounts_shown),
    }
    kept = np.ones(len(frame), dtype=bool)
    skipped = []
    for name, (rows, cells) in left_out.items():
        new = rows & kept
        if new.any():
            at = int(np.argmax(new))
            skipped.append(Skipped(REASONS[name], int(new.sum()), row_of(at), shown(cells.iloc[at])))
        kept &= ~rows
    orders = pd.DataFrame({"customer": ids[kept], "date": dates_from(days[kept]), "amount": money[kept]})
    return orders, skipped, notes


def _distinct(column: pd.Series[Any]) -> tuple[npt.NDArray[np.intp], list[Any]]:
    """Return the distinct cells of a column and which of them each row holds, -1 for missing."""
    objects = column.astype(object).where(column.notna(), None).to_numpy()
    if pd.api.types.infer_dtype(objects, skipna=True) in ("string", "empty"):
        codes, cells = pd.factorize(objects)
        return codes, cells.tolist()
    # Equal cells of different types, such as 1 and TRUE, must stay apart.
    known: dict[tuple[type, Any], int] = {}
    codes = np.array(
        [-1 if cell is None else known.setdefault((type(cell), cell), len(known)) for cell in objects], dtype=np.intp
    )
    return codes, [cell for _, cell in known]


def _spread(values: Sequence[Any], missing: Any, codes: npt.NDArray[np.intp], dtype: Any) -> npt.NDArray[Any]:
    table = np.array([*values, missing], dtype=dtype)
    return table[codes]


def _ids(column: pd.Series[Any], notes: list[Text]) -> npt.NDArray[Any]:
    codes, cells = _distinct(column)
    ids = [id_of(cell) for cell in cells]
    filled = [one for one in ids if one is not None]
    pointed = sum(bool(re.fullmatch(r"\d+\.0", one)) for one in filled)
    if filled and pointed >= _NEARLY_ALL * len(filled):
        # What is left of whole numbers when a program saved a column with gaps.
        ids = [None if one is None else re.sub(r"^(\d+)\.0$", r"\1", one) for one in ids]
        notes.append(Text("Customer numbers ending in .0 are read without it.", "客户编号末尾的 .0 已去掉。"))
    return _spread(ids, None, codes, object)


def _days(column: pd.Series[Any], order: DayOrder | None, notes: list[Text]) -> tuple[IntArray, npt.NDArray[np.bool_]]:
    codes, cells = _distinct(column)
    texts = [cell.strip(BLANKS) for cell in cells if isinstance(cell, str) and not is_blank(cell)]
    read_as = _number_dates(texts, notes)
    if order is None:
        order = _day_order(texts, notes)
        if order is not None and len(texts) < sum(not is_blank(cell) for cell in cells):
            notes.append(
                Text(
                    "The date column mixes real dates and text: a spreadsheet may have swapped day and month in the "
                    "real ones; check some.",
                    "日期列同时有真正的日期和文本：电子表格可能已把部分日期的日和月对调，请抽查。",
                )
            )
    dates: dict[Any, int | None] = {}
    times: dict[str, bool] = {}

    def day(cell: Any) -> int | None:
        """Return the day number of a cell, `NO_DAY` for a blank one, None for one that cannot be read."""
        try:
            found = date_of(read_as(cell), order=order)
        except InputError:
            return None
        return NO_DAY if found is None else found.toordinal() - _EPOCH

    def day_of_stamp(text: str) -> int | None:
        """The same for ISO date and time: a log has few days and times of day, but a million moments."""
        date, time = text[:10], text[10:]
        if date not in dates:
            dates[date] = day(date)
        if time not in times:
            times[time] = day("2000-01-01" + time) is not None
        return dates[date] if times[time] else None

    read = [
        day_of_stamp(cell) if isinstance(cell, str) and cell[4:5] == "-" == cell[7:8] and len(cell) > 10 else day(cell)
        for cell in cells
    ]
    days = [NO_DAY if found is None else found for found in read]
    bad = [found is None for found in read]
    return _spread(days, NO_DAY, codes, np.int64), _spread(bad, False, codes, bool)


def _number_dates(texts: Sequence[str], notes: list[Text]) -> Any:
    """Return how to turn a cell into what `date_of` reads, where a column of texts holds serials or Unix times."""

    def share(pattern: re.Pattern[str]) -> float:
        return sum(bool(pattern.fullmatch(text)) for text in texts) / len(texts)

    if texts and _SERIAL.fullmatch(texts[0]) and share(_SERIAL) >= _NEARLY_ALL:
        notes.append(Text("Dates are read as spreadsheet serials.", "日期按电子表格序列值读取。"))
        return lambda cell: float(cell) if isinstance(cell, str) and _SERIAL.fullmatch(cell.strip()) else cell
    if texts and _UNIX.fullmatch(texts[0]) and share(_UNIX) >= _NEARLY_ALL:
        notes.append(Text("Dates are read as Unix times, in UTC.", "日期按 Unix 时间戳（UTC）读取。"))

        def from_unix(cell: Any) -> Any:
            if not (isinstance(cell, str) and _UNIX.fullmatch(cell.strip())):
                return cell
            return np.datetime64(int(cell.strip()[:10]), "s").item()

        return from_unix
    return lambda cell: cell


def _day_order(texts: Sequence[str], notes: list[Text]) -> DayOrder | None:
    """Return the order of day and month that a column of texts proves."""
    day_first, month_first, doubtful = None, None, None
    for text in texts:
        if match := _SLASHED.match(text):
            one, two = int(match[1]), int(match[2])
            if one > 12 >= two and one <= 31:
                day_first = day_first or text
            elif two > 12 >= one and two <= 31:
                month_first = month_first or text
            elif one != two or len(match[3]) == 2:
                doubtful = doubtful or text
    if day_first and month_first:
        raise FileError(
            f"The date column holds both {shown(day_first)} and {shown(month_first)}: day and month come in different "
            "orders; write dates as 2024-05-01 and export the file again.",
            f"日期列同时有 {shown(day_first)} 和 {shown(month_first)}，日和月的顺序不一致；"
            "请把日期写成 2024-05-01 的形式后重新导出。",
        )
    if doubtful and not (day_first or month_first):
        raise FileError(
            f"Nothing in the date column says whether {shown(doubtful)} starts with the day or the month; say which "
            '(--date-order dmy or mdy on the command line, date_order="dmy" or "mdy" in Python), or write dates as '
            "2024-05-01.",
            f"日期列无法判断 {shown(doubtful)} 是日在前还是月在前；请指定顺序"
            '（命令行用 --date-order dmy 或 mdy，Python 用 date_order="dmy" 或 "mdy"），'
            "或把日期写成 2024-05-01 的形式。",
            argument="date_order",
        )
    if day_first:
        notes.append(Text(f"Dates are day first, as {day_first} shows.", f"日期为日在前，{day_first} 可证。"))
        return "dmy"
    if month_first:
        notes.append(Text(f"Dates are month first, as {month_first} shows.", f"日期为月在前，{month_first} 可证。"))
        return "mdy"
    return None


def _money(
    frame: pd.DataFrame, amount: str | tuple[str, str], notes: list[Text]
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    if isinstance(amount, str):
        money, bad = _numbers(frame[amount], notes)
        if "万" in amount:
            notes.append(
                Text(f'The header "{amount}" names a unit; amounts are kept as they stand.',
                     f"表头“{amount}”带有单位；金额按原样保留。")
            )  # fmt: skip
    else:
        (quantity, bad_quantity), (price, bad_price) = (_numbers(frame[header], notes) for header in amount)
        money, bad = quantity * price, bad_quantity | bad_price
    blank = np.isnan(money) & ~bad
    if blank.any():
        count = int(blank.sum())
        notes.append(Text(f"{count} rows without an amount count as 0.", f"{count} 行没有金额，按 0 计。"))
    return np.where(np.isnan(money), 0.0, money), bad


def _numbers(column: pd.Series[Any], notes: list[Text]) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    codes, cells = _distinct(column)
    point, bad_point = _read_numbers(cells, ".")
    values, bad = point, bad_point
    if any(bad_point):
        comma, bad_comma = _read_numbers(cells, ",")
        if sum(bad_comma) < sum(bad_point):
            _refuse_two_readings(cells, point, comma, bad_point, bad_comma)
            values, bad = comma, bad_comma
            notes.append(Text("Amounts have a decimal comma.", "金额以逗号作小数点。"))
    currencies = Counter(name for cell in cells if (name := currency_of(cell)) is not None)
    if len(currencies) > 1:
        listed = ", ".join(sorted(currencies))
        notes.append(
            Text(f"Amounts carry several currencies ({listed}); they are added up as they stand.",
                 f"金额有多种货币（{listed}）；按原样相加。")
        )  # fmt: skip
    return _spread(values, np.nan, codes, np.float64), _spread(bad, False, codes, bool)


def _refuse_two_readings(
    cells: Sequence[Any], point: list[float], comma: list[float], bad_point: list[bool], bad_comma: list[bool]
) -> None:
    """Refuse a column in which few cells prove a decimal comma and many would change a thousandfold by it."""
    proofs = [cell for cell, no_point, no_comma in zip(cells, bad_point, bad_comma, strict=True) if no_point > no_comma]
    # A blank is missing in both readings, and missing is not equal to itself.
    doubtful = [
        cell
        for cell, one, other in zip(cells, point, comma, strict=True)
        if one != other and not (np.isnan(one) or np.isnan(other))
    ]
    if len(doubtful) > len(proofs):
        raise FileError(
            f"The amounts {shown(proofs[0])} and {shown(doubtful[0])} do not agree on the decimal mark; write amounts "
            "as 1234.50 and export the file again.",
            f"金额 {shown(proofs[0])} 与 {shown(doubtful[0])} 的小数点写法不一致；"
            "请把金额写成 1234.50 的形式后重新导出。",
        )


def _read_numbers(cells: Sequence[Any], decimal: Decimals) -> tuple[list[float], list[bool]]:
    values: list[float] = []
    bad: list[bool] = []
    for cell in cells:
        try:
            found = number_of(cell, decimal=decimal)
            values.append(np.nan if found is None else found)
            bad.append(False)
        except InputError:
            values.append(np.nan)
            bad.append(True)
    return values, bad
