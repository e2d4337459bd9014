"""The one call path: cell values in, a calculation, cell values out. Bad input gives error values, never exceptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from xlclv.errors import DataError, InputError, UnknownNameError, XlclvError
from xlclv.parsing import is_blank
from xlclv.worksheet import log
from xlclv.worksheet.cells import CellError, Rows, Scalar, rows_of
from xlclv.worksheet.convert import TOO_LARGE, PropagatedError, cell_of, cells_of, value_of
from xlclv.worksheet.declaration import Argument, Context, Function, Kind, Whole
from xlclv.worksheet.mapping import ARITHMETIC, Mapping
from xlclv.worksheet.ranges import Range, Vectors, read_block, read_vectors


def call(name: str, *cells: Any, date1904: bool = False, language: str = "en") -> Scalar | Rows:
    """Return what a worksheet function shows for given cells.

    Parameters
    ----------
    name : str
        Name of the function, in any case.
    *cells : cell, or list of rows of cells
        Its arguments as a spreadsheet holds them: float, str, bool, None (an empty cell or an omitted argument),
        date, datetime or serial number, `CellError`, or a range as a list of rows of these.
    date1904 : bool, default False
        Whether serial numbers count from 1904-01-01.
    language : {"en", "zh"}
        Language of error messages.

    Returns
    -------
    cell, or list of rows of cells
        Float, str, bool, date or `CellError`; an empty cell is ``""``. Never NaN, infinity or a numpy type.

    Examples
    --------
    >>> call("CLV", 100, 2, 36)
    7200.0
    >>> call("CLV", 100, [[1.0], [2.0]], 36)
    [[3600.0], [7200.0]]
    >>> call("CLV", 100, 2, -1)
    CellError('#NUM!', 'lifetime must be 0 or more, not -1.')
    """
    from xlclv.worksheet.catalogue import FUNCTIONS

    function = FUNCTIONS.get(name.strip().upper()) if isinstance(name, str) else None
    if function is None:
        unknown = UnknownNameError(
            f"There is no function {str(name)[:40]}; XLCLV_HELP() lists all.",
            f"没有函数 {str(name)[:40]}；XLCLV_HELP() 列出全部函数。",
        )
        return CellError(unknown.code, unknown.text.of(language))
    return evaluate(function, cells, date1904, language)


def evaluate(function: Function, cells: Sequence[Any], date1904: bool = False, language: str = "en") -> Scalar | Rows:
    """Return what `call` returns, for a function already found."""
    try:
        return _evaluate(function, _complete(function, cells), date1904, language)
    except PropagatedError as propagated:
        return propagated.error
    except XlclvError as error:
        return _failed(function, error, language)
    except ARITHMETIC:
        return _failed(function, TOO_LARGE, language)
    except Exception as error:
        return _failed(function, unexpected(error), language)


def unexpected(error: Exception) -> InputError:
    """Return the error shown for a failure nobody foresaw; it says what to report."""
    kind = type(error).__name__
    return InputError(
        f"Unexpected {kind}: {str(error)[:120]}. Please report it with the arguments used.",
        f"意外错误 {kind}：{str(error)[:120]}。请连同所用参数一起反馈。",
    )


def _failed(function: Function, error: XlclvError, language: str) -> CellError:
    if not function.volatile:
        log.record(log.Failure(function.name, error.argument or "", error.code, error.text))
    return CellError(error.code, error.text.of(language))


def _complete(function: Function, cells: Sequence[Any]) -> list[Any]:
    """Return a cell for each argument; those left out at the end are empty."""
    arguments = function.arguments
    if len(cells) > len(arguments):
        raise InputError(
            f"{function.name} takes at most {len(arguments)} arguments, not {len(cells)}: {function.signature}",
            f"{function.name} 最多接受 {len(arguments)} 个参数，而不是 {len(cells)} 个：{function.signature}",
        )
    for argument in arguments[len(cells) :]:
        if argument.required:
            raise InputError(
                f"{argument.name} is missing: {function.signature}",
                f"缺少 {argument.name}：{function.signature}",
                argument=argument.name,
            )
    return [*cells, *[None] * (len(arguments) - len(cells))]


def _evaluate(function: Function, cells: list[Any], date1904: bool, language: str) -> Scalar | Rows:
    ranges = [rows_of(cell) for cell in cells]
    elements = _elements(function, cells, ranges)
    values, vectors = _read_whole(function, cells, ranges, date1904, elements)
    context: dict[str, Context] = {}
    if function.context:
        context["context"] = Context(date1904, 2 if vectors is not None and vectors.header else 1)
    compute = _numbering(function, vectors)
    if any(ranges[i] is not None for i in elements):
        mapping = Mapping(function, elements, cells, ranges, date1904, language)
        result = mapping.run(compute, values, context)
        if mapping.failure is not None:
            _failed(function, mapping.failure, language)
        return result
    for i in elements:
        value = value_of(cells[i], function.arguments[i], date1904)
        values[i] = [value] if function.batch else value
    if vectors is not None and function.per_row and not vectors.rows:
        raise DataError("The ranges are empty; there is nothing to tell yet.", "区域为空，还没有可计算的内容。")
    computed = compute(*values, **context)
    if isinstance(computed, Whole):
        return cells_of(computed.rows, language)
    if vectors is not None and function.per_row:
        failure = next(
            (cell for row in computed for cell in row if type(cell) is not float and isinstance(cell, XlclvError)), None
        )
        if failure is not None:
            _failed(function, failure, language)
        return _per_row(cells_of(computed, language), vectors)
    if function.table:
        return cells_of(computed, language)
    return _single(computed[0] if function.batch else computed, language)


def _elements(function: Function, cells: list[Any], ranges: list[Range | None]) -> list[int]:
    """Return the places of the arguments that are mapped over; a matrix among them is a range even as a single cell."""
    kinds = [argument.kind for argument in function.arguments]
    if Kind.ELEMENT not in kinds:
        return []
    for i, kind in enumerate(kinds):
        if kind is Kind.MATRIX and ranges[i] is None and not is_blank(cells[i]):
            ranges[i] = [[cells[i]]]
    return [i for i, kind in enumerate(kinds) if kind in (Kind.ELEMENT, Kind.MATRIX)]


def _numbering(function: Function, vectors: Vectors | None) -> Callable[..., Any]:
    """Return the calculation, its errors naming rows as they are counted in the range and not among those handed on."""
    if vectors is None or function.context:
        return function.compute
    read = vectors

    def compute(*values: Any) -> Any:
        try:
            return function.compute(*values)
        except XlclvError as error:
            if error.row is None:
                raise
            raise error.at(read.number(error.row)) from None

    return compute


def _single(value: Any, language: str) -> Scalar:
    if isinstance(value, XlclvError):
        raise value
    cell = cell_of(value, language)
    if isinstance(cell, CellError) and not isinstance(value, CellError):
        raise TOO_LARGE
    return cell


def _read_whole(
    function: Function, cells: list[Any], ranges: list[Range | None], date1904: bool, elements: list[int]
) -> tuple[list[Any], Vectors | None]:
    """Convert the arguments that are read whole; those of elements stay open."""
    values: list[Any] = [None] * len(cells)
    places: list[int] = []
    for i, argument in enumerate(function.arguments):
        if i in elements:
            continue
        if argument.kind is Kind.OPTION:
            values[i] = value_of(_one_cell(cells[i], ranges[i], argument), argument, date1904)
        elif ranges[i] is None and is_blank(cells[i]):
            values[i] = value_of(None, argument, date1904)
        elif argument.kind is Kind.BLOCK:
            values[i] = read_block(cells[i], ranges[i], argument)
        else:
            places.append(i)
    kinds = [argument.kind for i, argument in enumerate(function.arguments) if i not in elements]
    if Kind.VECTOR not in kinds and Kind.MATRIX not in kinds:
        return values, None
    columns: list[Range] = [rows if (rows := ranges[i]) is not None else [[cells[i]]] for i in places]
    vectors = read_vectors([function.arguments[i] for i in places], columns, date1904, function.positional)
    for i, converted in zip(places, vectors.values, strict=True):
        values[i] = converted
    return values, vectors


def _one_cell(cell: Any, rows: Range | None, argument: Argument) -> Any:
    if rows is None:
        return cell
    if len(rows) == len(rows[0]) == 1:
        return rows[0][0]
    raise InputError(
        f"{argument.name} must be a single cell, not a range.",
        f"{argument.name} 必须是单个单元格，而不是区域。",
        argument=argument.name,
    )


def _per_row(computed: Rows, vectors: Vectors) -> Rows:
    """Lay out one row for each row of the range, with empty cells where it was empty."""
    header, *out = computed
    if len(vectors.rows) < vectors.length:
        rows, out = out, [[""] * len(header) for _ in range(vectors.length)]
        for position, row in zip(vectors.rows, rows, strict=True):
            out[position] = row
    return [header, *out] if vectors.header else out
