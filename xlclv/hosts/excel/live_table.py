"""One table of an open workbook: read in one block, written in one block, with the columns a user added."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import pandas as pd

from xlclv.errors import FileError
from xlclv.hosts.excel.live_cells import cell_out, rows_in
from xlclv.hosts.notes import following, key_of, refuse_loss
from xlclv.hosts.runs import runs

LAST_ROW: Final = 1_048_576


class LiveTable:
    """A table of an open workbook.

    Parameters
    ----------
    table : xlwings Table
    """

    def __init__(self, table: Any) -> None:
        if not table.show_headers:
            raise FileError(
                f"The table {table.name} hides its header row; show it (Table Design, Header Row) and try again.",
                f"表 {table.name} 隐藏了标题行；请显示标题行（表设计 → 标题行）后重试。",
            )
        self._table = table
        self.sheet = table.parent
        head = table.header_row_range
        self.row, self.column, self.width = int(head.row), int(head.column), int(head.shape[1])

    @property
    def name(self) -> str:
        """Its name."""
        return str(self._table.name)

    def rows(self) -> int:
        """Return how many rows it has below its header, without that of totals."""
        body = self._table.data_body_range
        return 0 if body is None else int(body.shape[0])

    def headers(self) -> list[str]:
        """Return its headers."""
        return [str(cell) for cell in rows_in(self._block(0, 1))[0]]

    def read(self) -> pd.DataFrame:
        """Return its rows as they stand; none where no cell holds anything."""
        head, *rows = rows_in(self._block(0, self.rows() + 1))
        if all(cell is None for row in rows for cell in row):
            rows = []
        return pd.DataFrame(rows, columns=[str(cell) for cell in head], dtype=object)

    def check(self, frame: pd.DataFrame) -> None:
        """Raise FileError if the columns of a frame are not those of the table, or there is no room for its rows.

        What was typed into a column a user added is not dropped either: it is refused where its row would be gone.
        """
        headers, there, needed = self.headers(), self.rows(), max(len(frame), 1)
        missing = [str(header) for header in frame.columns if header not in headers]
        if missing:
            raise FileError(
                f"The table {self.name} has no column {', '.join(missing)}; its columns are: {', '.join(headers)}.",
                f"表 {self.name} 没有列 {'、'.join(missing)}；现有的列是：{'、'.join(headers)}。",
            )
        self._refuse_loss(frame, headers, there)
        totals = bool(self._table.show_totals)
        if self.row + needed + totals > LAST_ROW:
            raise FileError(
                f"The table {self.name} would end below the last row of its sheet; it needs {needed:,} rows.",
                f"表 {self.name} 需要 {needed:,} 行，会超出工作表的最后一行。",
            )
        below = 1 + there + totals
        if needed + totals < below:
            return
        # The row of totals moves down as far as the table grows.
        found = self._filled(below, 1 + needed + totals)
        if found is not None:
            raise FileError(
                f'Something is in the way below the table {self.name}: cell {found} of the sheet "{self.sheet.name}"; '
                "move or delete it and try again.",
                f"表 {self.name} 下方有内容：工作表“{self.sheet.name}”的单元格 {found}；请移走或删除后重试。",
            )

    def write(self, frame: pd.DataFrame) -> None:
        """Replace its rows; `check` has been called."""
        headers, there, needed = self.headers(), self.rows(), max(len(frame), 1)
        own = [place for place, header in enumerate(headers) if header not in list(frame.columns)]
        formulas, kept = self._own_cells(own, headers.index(str(frame.columns[0])), there) if there else ({}, {})
        with self._unfiltered(), self._without_totals():
            if needed < there:
                self._block(1 + needed, there - needed).clear_contents()
            if needed != there:
                self._table.resize(self._block(0, 1 + needed))
            if 0 < there < needed:
                self._format_rows(there, needed)
            columns: dict[int, Sequence[Any]] = {
                headers.index(str(header)): [cell_out(cell) for cell in frame[header]] or [None]
                for header in frame.columns
            }
            keys = list(map(key_of, frame.iloc[:, 0].tolist()))
            for place in own:
                if place not in formulas:
                    columns[place] = following(kept.get(place, {}), keys) or [None]
            for first, block in runs(columns):
                self._block(1, needed, first, len(block)).value = [list(row) for row in zip(*block, strict=True)]
            for place, (row, formula) in formulas.items():
                self._block(1, needed, place, 1).formula = _moved(formula, row)

    def _block(self, first: int, count: int, column: int = 0, width: int | None = None) -> Any:
        """Return rows of the table, the header being row 0."""
        top, left = self.row + first, self.column + column
        right = left + (self.width - column if width is None else width) - 1
        return self.sheet.range((top, left), (top + count - 1, right))

    def _filled(self, first: int, end: int) -> str | None:
        """Return the address of the first cell that holds something in rows of the table's columns."""
        if end <= first:
            return None
        for down, row in enumerate(rows_in(self._block(first, end - first))):
            for right, cell in enumerate(row):
                if cell is not None:
                    address = self._block(first + down, 1, right, 1).get_address(False, False)
                    return str(address)
        return None

    def _own_cells(
        self, own: list[int], key: int, there: int
    ) -> tuple[dict[int, tuple[int, str]], dict[int, dict[Any, deque[Any]]]]:
        """Return the formula of each column a user added with its row, and what was typed in the others by key."""
        formulas: dict[int, tuple[int, str]] = {}
        kept: dict[int, dict[Any, deque[Any]]] = {}
        if not own:
            return formulas, kept
        keys = [key_of(row[0]) for row in rows_in(self._block(1, there, key, 1))]
        for place in own:
            column = self._block(1, there, place, 1)
            texts, cells = _texts(column.formula), [row[0] for row in rows_in(column)]
            # Text that begins with = is its own formula, as Excel tells it.
            at = next((n for n, text in enumerate(texts) if text.startswith("=") and text != cells[n]), None)
            if at is not None:
                formulas[place] = (at, texts[at])
                continue
            typed: dict[Any, deque[Any]] = defaultdict(deque)
            for each, cell in zip(keys, cells, strict=True):
                typed[each].append(cell_out(cell))
            kept[place] = typed
        return formulas, kept

    def _refuse_loss(self, frame: pd.DataFrame, headers: list[str], there: int) -> None:
        own = [place for place, header in enumerate(headers) if header not in list(frame.columns)]
        if own and there:
            typed = self._own_cells(own, headers.index(str(frame.columns[0])), there)[1]
            notes = {headers[place]: cells for place, cells in typed.items()}
            refuse_loss(self.name, notes, list(map(key_of, frame.iloc[:, 0].tolist())))

    def _format_rows(self, there: int, needed: int) -> None:
        """Give the rows that were added the number formats of the first one."""
        for place in range(self.width):
            form = self._block(1, 1, place, 1).number_format
            if form and form != "General":
                self._block(1 + there, needed - there, place, 1).number_format = form

    @contextmanager
    def _without_totals(self) -> Iterator[None]:
        shown = bool(self._table.show_totals)
        if shown:
            self._table.show_totals = False
        try:
            yield
        finally:
            if shown:
                self._table.show_totals = True

    @contextmanager
    def _unfiltered(self) -> Iterator[None]:
        """Show all rows while they are written: cells that a filter hides would not take their values."""
        try:
            applied = [each for each in self._table.autofilter.criteria if each.type != "none"]
        except Exception:  # xlwings cannot tell every filter Excel knows, such as one of colours
            applied = []
            self._table.autofilter.clear()
        if applied:
            self._table.autofilter.clear()
        try:
            yield
        finally:
            for each in applied:
                # A filter that cannot be set again stays off: all rows are seen then.
                with suppress(Exception):
                    if each.type == "values":
                        self._table.autofilter.apply_values(each.field, each.values)
                    elif each.type == "comparison":
                        self._table.autofilter.apply_comparison(each.field, each.operator, each.value1, each.value2)


def _texts(formulas: Any) -> list[str]:
    """Return the formulas of a column as xlwings tells them: one, or rows of one."""
    rows = [formulas] if isinstance(formulas, str) else formulas
    return [str(row if isinstance(row, str) else row[0]) for row in rows]


def _moved(formula: str, down: int) -> str:
    """Return a formula that stands so many rows below the first as it reads in the first one."""
    if down == 0:
        return formula
    from openpyxl.formula.translate import Translator

    return str(Translator(formula, origin=f"A{down + 1}").translate_formula("A1"))
