"""Text files as tables: the encoding, the separator and the header row are found, not asked for."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from xlclv.columns import is_header
from xlclv.errors import FileError

_SEPARATORS: Final = (",", ";", "\t", "|")
_SPACES: Final = r"\s+"
_Rows = tuple[pd.DataFrame, Callable[[int], int], list[tuple[int, str]]]
#: Lines looked at for the separator, and for a header below title rows.
_SAMPLE_LINES: Final = 60
_HIGH_BYTES: Final = re.compile(rb"[\x80-\xff]+")
#: The four-byte characters of GB18030, among them the yen sign: their bytes alternate with digits.
_FOUR_BYTES: Final = re.compile(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]")


@dataclass(frozen=True)
class TextTable:
    """A text file as a table of texts.

    Attributes
    ----------
    frame : DataFrame
        Cells as text, blank ones missing or empty.
    encoding : str
        As Python names it.
    separator : str
        The character between cells; ``\\\\s+`` for blanks.
    row_of : callable
        The line of the file a row of ``frame`` starts in, for its position.
    bad_rows : list of (line, text)
        Lines with more cells than the header.
    """

    frame: pd.DataFrame
    encoding: str
    separator: str
    row_of: Callable[[int], int]
    bad_rows: list[tuple[int, str]]


def decode(content: bytes) -> tuple[str, str]:
    """Return the text of a file and its encoding.

    UTF-8 proves itself. What is not UTF-8 is GB18030 where bytes beyond ASCII come in pairs, as in Chinese text, and
    Windows-1252 where they stand alone, as in European text. A few broken characters do not make it another encoding:
    they are replaced, and the encoding is called damaged.

    Raises
    ------
    FileError
        If it is no text.

    Examples
    --------
    >>> decode("客户".encode("gb18030")), decode("Müller".encode("latin-1"))
    (('客户', 'gb18030'), ('Müller', 'cp1252'))
    """
    marked = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    for mark, encoding in marked.items():
        if content.startswith(mark):
            candidates = [encoding]
            break
    else:
        nulls = content[:4096].count(b"\0")
        if nulls:
            # UTF-16 without a mark: every second byte of plain text is 0.
            odd = content[1:4096:2].count(b"\0")
            candidates = ["utf-16-le" if odd * 2 > nulls else "utf-16-be"] if nulls > len(content[:4096]) // 5 else []
        else:
            runs = Counter(len(run) % 2 for run in _HIGH_BYTES.findall(_FOUR_BYTES.sub(b"", content[: 1 << 22])))
            chinese = runs[1] <= runs[0] // 2
            likely = ["utf-8", *(["gb18030"] if chinese else [])]
            candidates = [*(form for name in likely for form in (name, f"{name} (damaged)")), "cp1252", "latin-1"]
    for encoding in candidates:
        try:
            text = content.decode(*_damaged(encoding))
        except UnicodeDecodeError:
            continue
        if text.count("\ufffd") * 20 > len(text) - len(text.encode("ascii", "ignore")):
            continue
        # Pairs of any bytes decode as UTF-16: without a mark, it is text only if it has lines.
        if "\0" not in text and (not encoding.startswith("utf-16-") or "\n" in text):
            return text, encoding
    raise FileError(
        "The file is no readable text; save it as CSV UTF-8 or as .xlsx.",
        "文件不是可读的文本；请另存为 CSV UTF-8 或 .xlsx。",
    )


def _damaged(encoding: str) -> tuple[str, str]:
    name = encoding.removesuffix(" (damaged)")
    return name, "strict" if name == encoding else "replace"


def _split(lines: Sequence[str], separator: str) -> list[list[str]]:
    if separator == _SPACES:
        return [line.split() for line in lines]
    try:
        return list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        return []


def find_separator(lines: Sequence[str]) -> str:
    """Return what separates the cells of lines: the character that cuts most of them into equally many.

    Examples
    --------
    >>> find_separator(["a;b;c", "1,5;2;3"]), find_separator([" a  b c", " 1 2  3"])
    (';', '\\\\s+')
    """
    best, best_score = ",", 0.0
    for separator in (*_SEPARATORS, _SPACES):
        widths = Counter(len(row) for row in _split(lines, separator) if row)
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        # Blanks also stand inside cells: they separate only where nothing else does.
        if width < (3 if separator == _SPACES else 2):
            continue
        score = count / widths.total() * (0.5 if separator == _SPACES else 1.0) + width / 10_000
        if score > best_score:
            best, best_score = separator, score
    return best


def _header_line(lines: Sequence[str], separator: str) -> int:
    """Return the index of the header: the first line that names columns, else the first of the common width."""
    rows = [_split([line], separator) for line in lines]
    cells = [row[0] if row else [] for row in rows]
    for index, row in enumerate(cells):
        if is_header(row):
            return index
    common = Counter(len(row) for row in cells if row).most_common(1)
    width = common[0][0] if common else 0
    return next((index for index, row in enumerate(cells) if len(row) == width), 0)


def unique_headers(cells: Sequence[object], width: int) -> list[str]:
    """Return headers without blanks around them; a blank or repeated one gets a number.

    Examples
    --------
    >>> unique_headers(["a", " a ", None], 4)
    ['a', 'a.2', 'column 3', 'column 4']
    """
    headers: list[str] = []
    for index in range(max(width, len(cells))):
        cell = cells[index] if index < len(cells) else None
        name = (str(cell).strip("\ufeff \t\u3000\u00a0") if cell is not None else "") or f"column {index + 1}"
        plain, number = name, 2
        while name in headers:
            name, number = f"{plain}.{number}", number + 1
        headers.append(name)
    return headers


def read_text(content: bytes, sheet: str | None = None) -> TextTable:
    """Return a text file as a table of texts; to name a sheet of it is an error.

    Raises
    ------
    FileError
        If it is no text, has a header and nothing below, or a sheet is named.

    Examples
    --------
    >>> read_text(b"Orders of May\\n\\nclient;date;total\\nx;2024-05-01;1,5\\n").frame.values.tolist()
    [['x', '2024-05-01', '1,5']]
    """
    if sheet is not None:
        raise FileError("A text file has no sheets; leave the sheet out.", "文本文件没有工作表；请不要指定工作表。")
    text, encoding = decode(content)
    lines = io.StringIO(text, newline=None).read(1 << 18).split("\n")[:_SAMPLE_LINES]
    filled = [line for line in lines if line.strip()]
    separator = find_separator(filled)
    if lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:  # Excel's own hint
        separator = lines[0].strip()[4]
        lines[0] = ""
    header_at = _header_line(lines, separator)
    header = _split([lines[header_at]], separator)
    widths = [len(row) for row in _split([line for line in lines[header_at + 1 :] if line.strip()], separator)]
    width = max(Counter(widths).most_common(1)[0][0] if widths else 0, len(header[0]) if header else 0)
    headers = unique_headers(header[0] if header else [], width)
    frame, row_of, bad_rows = _rows(text, separator, headers, header_at)
    if not len(frame):
        raise FileError(
            "The file has a header and no rows below it; export it again.", "文件只有表头，没有数据行；请重新导出。"
        )
    return TextTable(frame, encoding, separator, row_of, bad_rows)


def _rows(text: str, separator: str, headers: list[str], header_at: int) -> _Rows:
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=separator,
            names=headers,
            header=None,
            skiprows=header_at + 1,
            index_col=False,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=True,
            on_bad_lines="error",
        )
    except (pd.errors.ParserError, pd.errors.ParserWarning, pd.errors.EmptyDataError, ValueError):
        return _rows_one_by_one(text, separator, headers, header_at)
    rows = len(frame)
    return frame, lambda index: _line_of(text, separator, header_at, rows, index), []


def _line_of(text: str, separator: str, header_at: int, rows: int, index: int) -> int:
    """Return the line that row ``index`` starts in: blank lines hold no row, and a quoted cell can take several."""
    below = header_at + 1
    if text.rstrip("\r\n").count("\n") + 1 != below + rows:
        places = (number for number, row in _numbered(text, separator, below) if row)
        with contextlib.suppress(csv.Error, StopIteration):
            return next(itertools.islice(places, index, None))
    return below + 1 + index


def _numbered(text: str, separator: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows below ``skipped`` lines with the line each starts in; that of a blank line is empty."""
    lines = io.StringIO(text, newline=None)
    for _ in range(skipped):
        lines.readline()
    if separator == _SPACES:
        yield from enumerate((line.split() for line in lines), start=skipped + 1)
        return
    source, number = csv.reader(lines, delimiter=separator), skipped + 1
    for row in source:
        yield number, [] if len(row) == 1 and not row[0].strip() else row
        number = skipped + 1 + source.line_num


def _rows_one_by_one(text: str, separator: str, headers: list[str], header_at: int) -> _Rows:
    """Read a file whose rows differ in length, so that the bad ones can be left out and named."""
    rows: list[list[str]] = []
    bad: list[tuple[int, str]] = []
    numbers: list[int] = []
    width = len(headers)
    try:
        for number, row in _numbered(text, separator, header_at + 1):
            while len(row) > width and not row[-1].strip():
                row.pop()
            if len(row) > width:
                bad.append((number, separator.join(row) if separator != _SPACES else " ".join(row)))
            elif row:
                rows.append(row + [""] * (width - len(row)))
                numbers.append(number)
    except csv.Error as error:
        raise FileError(
            f"The file cannot be cut into cells ({error}); export it again with quotes around texts.",
            f"无法把文件拆分成单元格（{error}）；请重新导出，文本加引号。",
        ) from None
    return pd.DataFrame(rows, columns=headers, dtype=str), numbers.__getitem__, bad
