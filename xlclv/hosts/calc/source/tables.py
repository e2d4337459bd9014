"""Tables and named cells of a document, for a command that a worker does: reads, checks and writes what it asks for.

A table is a database range, as LibreOffice makes one of each table of a workbook from Excel; a named cell is a named
range. Rows and columns are counted from 0. Part of the extension: standard library, Python 3.8 and newer.
"""

from __future__ import annotations

import traceback

from .table import DATE, Table, address_of, cells_of, comments_of, rows_of

#: Numbers, dates, texts and formulas of cells, for clearContents: comments and looks stay.
CONTENTS = 1 | 2 | 4 | 16
#: Cells with any kind of formula result, for queryFormulaCells.
FORMULAS = 7


class Refusal(Exception):  # noqa: N818
    """Why something cannot be done; the worker has the words."""

    def __init__(self, problem, **told):
        super().__init__(problem)
        self.told = dict(told, problem=problem)


class Tables:
    """Answers the requests of a worker about one document.

    Nothing is changed before the first request that writes. `close` puts back all that was changed meanwhile: the
    protection of sheets, calculation and drawing. What was written is one step of undo.

    ``up`` and ``down`` are the directions of a fill, which only LibreOffice's Python has.
    """

    def __init__(self, document, title, up, down, progress=None, log=None):
        self._document = document
        self._up, self._down = up, down
        self._title = title
        self._progress = progress
        self._log = log
        self._undo = []
        self._lifted = False

    def answer(self, request, values):
        """Return header and values of the answer to a request; it never raises."""
        try:
            work = getattr(self, "do_" + request["ask"])
            given = {name: value for name, value in request.items() if name != "ask"}
            return work(values, **given) or ({}, [])
        except Refusal as refusal:
            return refusal.told, []
        except Exception as error:
            if self._log:
                self._log(traceback.format_exc())
            return {"problem": "refused", "why": type(error).__name__}, []

    def close(self):
        """Put everything back; what LibreOffice refuses does not keep the rest from it."""
        while self._undo:
            work = self._undo.pop()
            try:
                work()
            except Exception:
                if self._log:
                    self._log(traceback.format_exc())

    def do_document(self, values):
        """Tell from which day dates count."""
        day = self._document.NullDate
        return {"null_date": [day.Year, day.Month, day.Day]}, []

    def do_progress(self, values, text, share):
        """Show how far the command has come."""
        if self._progress:
            self._progress(text, share)

    def do_read_table(self, values, name, grow):
        """Return the cells of a table, its header first."""
        table = self._table(name, grow)
        told, cells = cells_of(table.block(0, 1 + table.rows), self._document)
        return told, [cells]

    def do_first_row(self, values, name):
        """Return on which row of the sheet the first row of a table stands."""
        return {"row": self._table(name, False).top + 1}, []

    def do_read_name(self, values, name):
        """Return a named cell."""
        told, cells = cells_of(self._cell(name), self._document)
        return told, [cells]

    def do_check_table(self, values, name, headers, rows):
        """Refuse what `do_write_table` would refuse."""
        self._check(self._table(name, False), headers, rows)

    def do_lift(self, values, tables, names):
        """Make the sheets of tables and cells ready to be written to, once."""
        if self._lifted:
            return
        if self._document.isReadonly():
            raise Refusal("read_only")
        self._lifted = True
        try:
            self._begin()
            for sheet in self._sheets(tables, names):
                self._unprotect(sheet)
        except Refusal:
            self.close()
            self._lifted = False
            raise

    def do_grow(self, values, name):
        """Have a table hold the rows that were put below it."""
        table, grown = self._table(name, False), self._table(name, True)
        if grown.rows > table.rows:
            table.resize(grown.rows)

    def do_own_columns(self, values, name, headers):
        """Return where the columns that a table has besides hold formulas, and what was typed in the others.

        The first block of values is the column by which rows are found again.
        """
        table = self._table(name, False)
        there = table.headers()
        formulas, typed, blocks = [], [], [rows_of(table.block(1, table.rows, there.index(headers[0]), 1))]
        for place, header in enumerate(there):
            if header in headers:
                continue
            column = table.block(1, table.rows, place, 1)
            found = column.queryFormulaCells(FORMULAS).getRangeAddresses()
            if found:
                formulas.append([place, min(area.StartRow for area in found) - table.top - 1])
            else:
                typed.append(place)
                blocks.append(rows_of(column))
        return {"headers": there, "formulas": formulas, "typed": typed}, blocks

    def do_write_table(self, values, name, headers, rows, places, dates, formulas):
        """Replace the rows of a table by blocks of columns that begin at places; fill formulas down."""
        table = self._table(name, False)
        self._check(table, headers, rows)
        needed, there = max(rows, 1), table.rows
        filters = table.filters()
        for place, row in formulas:
            if row:
                table.block(1, 1 + row, place, 1).fillAuto(self._up, 1)
        if needed < there:
            table.block(1 + needed, there - needed).clearContents(CONTENTS)
        if needed != there:
            table.resize(needed)
        for first, block in zip(places, values):  # noqa: B905  # Python 3.8
            self._put(table.block(1, needed, first, len(block[0])), block)
        if needed > there:
            table.format_rows(max(there, 1), needed)
        for place in dates:
            self._show_dates(table.block(1, needed, place, 1))
        for place, _ in formulas:
            if needed > 1:
                table.block(1, needed, place, 1).fillAuto(self._down, 1)
        if filters:
            table.filter_again()

    def do_write_name(self, values, name, date):
        """Write a named cell."""
        cell = self._cell(name)
        self._put(cell, values[0])
        if date:
            self._show_dates(cell)

    def _begin(self):
        document = self._document
        undo = document.getUndoManager()
        undo.enterUndoContext(self._title)
        self._undo.append(undo.leaveUndoContext)
        document.lockControllers()
        self._undo.append(document.unlockControllers)
        document.addActionLock()
        self._undo.append(document.removeActionLock)
        automatic = document.isAutomaticCalculationEnabled()
        document.enableAutomaticCalculation(False)
        self._undo.append(lambda: document.enableAutomaticCalculation(automatic))

    def _sheets(self, tables, names):
        """Return the sheets of those tables and cells that are there, each once."""
        found = {}
        for name in tables:
            try:
                sheet = self._table(name, False).sheet
                found[sheet.getName()] = sheet
            except Refusal:
                pass
        for name in names:
            try:
                sheet = self._cell(name).getSpreadsheet()
                found[sheet.getName()] = sheet
            except Refusal:
                pass
        return found.values()

    def _unprotect(self, sheet):
        if not sheet.isProtected():
            return
        try:
            sheet.unprotect("")
        except Exception:  # a wrong password
            pass
        if sheet.isProtected():
            raise Refusal("locked", sheet=sheet.getName())
        self._undo.append(lambda: sheet.protect(""))

    def _table(self, name, grow):
        ranges = self._document.DatabaseRanges
        if not ranges.hasByName(name):
            raise Refusal("no_table")
        found = ranges.getByName(name)
        if not found.ContainsHeader:
            raise Refusal("no_header")
        table = Table(self._document, found)
        if grow and not table.totals:
            table.rows = max(table.rows, table.filled_rows())
        return table

    def _cell(self, name):
        named = self._document.NamedRanges
        cells = named.getByName(name).getReferredCells() if named.hasByName(name) else None
        if cells is None:
            raise Refusal("no_name")
        return cells.getCellRangeByPosition(0, 0, 0, 0)

    def _check(self, table, headers, rows):
        there = table.headers()
        missing = [header for header in headers if header not in there]
        if missing:
            raise Refusal("no_column", missing=missing, headers=there)
        needed = max(rows, 1)
        if table.top + needed + table.totals >= table.sheet.getRows().getCount():
            raise Refusal("no_room", rows=needed)
        below = 1 + table.rows + table.totals
        if needed + 1 + table.totals > below:
            cells = table.block(below, needed + 1 + table.totals - below)
            for down, row in enumerate(cells.getDataArray()):
                for across, cell in enumerate(row):
                    if cell != "":
                        place = cells.getCellByPosition(across, down)
                        raise Refusal("in_the_way", cell=address_of(place), sheet=table.sheet.getName())

    def _put(self, cells, rows):
        """Write rows into a range."""
        # Undoing setDataArray leaves what it wrote into cells that were empty; undoing a fill, or one number, does not.
        sheet = cells.getSpreadsheet()
        for area in cells.queryEmptyCells().getRangeAddresses():
            empty = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
            for column in range(area.EndColumn - area.StartColumn + 1):
                empty.getCellByPosition(column, 0).setValue(0.0)
            if area.EndRow > area.StartRow:
                empty.fillAuto(self._down, 1)
        comments = comments_of(cells)
        cells.setDataArray(tuple(map(tuple, rows)))
        empty = cells.queryEmptyCells()  # redoing does not empty cells
        if empty.getCount():
            empty.clearContents(CONTENTS)
        for place, text in comments:
            sheet.getAnnotations().insertNew(place, text)

    def _show_dates(self, cells):
        """Give cells a format of dates, where the first one has none."""
        formats = self._document.NumberFormats
        if not formats.getByKey(cells.getCellByPosition(0, 0).NumberFormat).Type & DATE:
            cells.NumberFormat = formats.getStandardFormat(DATE, self._document.CharLocale)
