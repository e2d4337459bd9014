"""``xlclv call``: one worksheet function from the command line."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import sys
from pathlib import Path
from typing import Any

from xlclv.cli import FINDINGS, GOOD
from xlclv.cli.console import print_rows
from xlclv.errors import FileError
from xlclv.worksheet import CellError, call
from xlclv.worksheet.catalogue import FUNCTIONS
from xlclv.worksheet.convert import text_of

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
#: Error values as Excel writes them, also those it may learn.
_ERROR = re.compile(r"#(N/A|GETTING_DATA|[A-Z][A-Z/0]+[!?])")


def run(options: argparse.Namespace) -> int:
    """Print the cells; an error value is told on the standard error stream and gives exit code 1."""
    cells = [cell_from(word) for word in options.cells]
    cells = _in_language(options.name, cells, options.lang)
    result = call(options.name, *cells, date1904=options.date1904, language=options.lang)
    if options.json:
        print(json.dumps(_plain(result), ensure_ascii=False))
    elif isinstance(result, list):
        print_rows([[text_of(cell) for cell in row] for row in result])
    else:
        print(_number(result) if isinstance(result, float) else text_of(result))
    failed = _failure(result, options.name)
    if failed is None:
        return GOOD
    if not options.json and failed.message:
        print(f"xlclv: {failed.message}", file=sys.stderr)
    return FINDINGS


def _in_language(name: str, cells: list[Any], lang: str) -> list[Any]:
    """Return the cells with the language as the argument lang, where the function has one and it was not given."""
    function = FUNCTIONS.get(name.strip().upper())
    arguments = function.arguments if function is not None else ()
    place = next((i for i, argument in enumerate(arguments) if argument.name == "lang"), None)
    if place is None or any(argument.required for argument in arguments[len(cells) : place]):
        return cells
    given = [*cells, *[None] * (place + 1 - len(cells))]
    if given[place] is None:
        given[place] = lang
    return given


def _failure(result: Any, name: str) -> CellError | None:
    """Return the error a call gave: its result, or the first of a range it was mapped over.

    In a table an error value is part of the answer, such as a period not observed yet; but not a row of nothing else in
    a table that answers row by row.
    """
    if isinstance(result, CellError):
        return result
    function = FUNCTIONS.get(name.strip().upper())
    if not isinstance(result, list) or function is None or (function.table and not function.per_row):
        return None
    if function.table:
        result = [row for row in result if all(isinstance(cell, CellError) for cell in row)]
    return next((cell for row in result for cell in row if isinstance(cell, CellError)), None)


def cell_from(word: str) -> Any:
    """Return the cells one word of the command line stands for.

    Raises
    ------
    FileError
        If a JSON array or a file cannot be read.

    Examples
    --------
    >>> cell_from("30%"), cell_from("[[1],[2]]"), cell_from("2024-01-05"), cell_from("")
    (0.3, [[1.0], [2.0]], '2024-01-05', None)
    """
    text = word.strip()
    if not text:
        return None
    if text.startswith("@") and len(text) > 1:
        return _from_file(text[1:])
    if text.startswith(("[", '"')):
        return _from_json(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    if text.endswith("%") and _NUMBER.fullmatch(text[:-1]):
        return float(f"{float(text[:-1]) / 100:.15g}")
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    if _ERROR.fullmatch(text.upper()):
        return CellError(text.upper())
    return word


def _from_json(text: str) -> Any:
    try:
        value = json.loads(text, parse_int=float, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise FileError(
            f"{text[:60]} is no JSON array; write [1,2,3] for a row or [[1],[2],[3]] for a column.",
            f"{text[:60]} 不是 JSON 数组；行写作 [1,2,3]，列写作 [[1],[2],[3]]。",
        ) from None
    return _cells(value, 0)


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _cells(value: Any, depth: int) -> Any:
    if isinstance(value, list) and depth < 2:
        return [_cells(item, depth + 1) for item in value]
    if isinstance(value, dict) and isinstance(value.get("error"), str):
        return CellError(value["error"], str(value.get("message", "")))
    if isinstance(value, list | dict):
        raise FileError(
            "A JSON argument holds rows of cells, nothing deeper.", "JSON 参数只能是由单元格组成的行，不能再嵌套。"
        )
    return value


def _from_file(spec: str) -> Any:
    """Return the cells of ``file:column``, split at the last colon, or of a whole file."""
    from xlclv.data.table import read_cells

    name, colon, column = spec.rpartition(":")
    if not colon or (Path(spec).is_file() and not Path(name).is_file()):
        return read_cells(spec)
    return read_cells(name, column)


def _number(value: float) -> str:
    return f"{value:.15g}"


def _plain(value: Any) -> Any:
    """Return cells as JSON holds them."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, CellError):
        return {"error": value.code, "message": value.message}
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
