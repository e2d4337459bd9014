"""A table of a document, and the cells of a range, as they stand now.

Part of the extension: standard library, Python 3.8 and newer.
"""

from __future__ import annotations

import struct

#: Kinds of number formats.
DATE, LOGICAL = 2, 1024


class Table:
    """A database range as it stands now."""

    def __init__(self, document, found):
        self._document = document
        self._found = found
        area = found.getDataArea()
        self.sheet = document.Sheets.getByIndex(area.Sheet)
        self.top, self.left = area.StartRow, area.StartColumn
        self.width = area.EndColumn - area.StartColumn + 1
        self.totals = int(bool(found.TotalsRow))
        self.rows = area.EndRow - area.StartRow - self.totals

    def block(self, first, count, column=0, width=None):
        """Return rows of the table, the header being row 0; at least one."""
        left, top = self.left + column, self.top + first
        right = left + (self.width - column if width is None else width) - 1
        return self.sheet.getCellRangeByPosition(left, top, right, top + max(count, 1) - 1)

    def headers(self):
        """Return its headers as texts."""
        return [_shown(cell) for cell in self.block(0, 1).getDataArray()[0]]

    def filled_rows(self):
        """Return how many rows it has with those that were put below it: LibreOffice does not make it grow."""
        cursor = self.sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        last = cursor.getRangeAddress().EndRow
        for name in self._document.DatabaseRanges.getElementNames():
            other = self._document.DatabaseRanges.getByName(name).getDataArea()
            own = self._found.getDataArea()
            beside = other.EndColumn < own.StartColumn or other.StartColumn > own.EndColumn
            if other.Sheet == own.Sheet and not beside and other.StartRow > own.EndRow:
                last = min(last, other.StartRow - 1)
        first = 1 + self.rows
        if self.top + first > last:
            return self.rows
        below = self.block(first, last - self.top - first + 1).getDataArray()
        count = len(below)
        while count and all(cell == "" for cell in below[count - 1]):
            count -= 1
        return self.rows + count

    def resize(self, rows):
        """Have it hold so many rows; a row of totals moves with its end."""
        area = self._found.getDataArea()
        if self.totals:
            source = self.block(1 + self.rows, 1).getRangeAddress()
            self.sheet.moveRange(self.block(1 + rows, 1).getCellByPosition(0, 0).getCellAddress(), source)
            area = self._found.getDataArea()
            area.StartRow, area.StartColumn = self.top, self.left
            area.EndColumn = self.left + self.width - 1
        area.EndRow = self.top + rows + self.totals
        self._found.setDataArea(area)
        self.rows = rows

    def format_rows(self, there, needed):
        """Give the rows that were added the number formats of the first one."""
        for place in range(self.width):
            kind = self.block(1, 1, place, 1).NumberFormat
            if kind:
                self.block(1 + there, needed - there, place, 1).NumberFormat = kind

    def filters(self):
        """Return whether a filter hides rows of it."""
        return bool(self._found.getFilterDescriptor().getFilterFields())

    def filter_again(self):
        """Have its filter look at the new rows."""
        self._found.refresh()


def comments_of(cells):
    """Return place and text of each comment in a range: setDataArray takes them away."""
    place, notes = cells.getRangeAddress(), cells.getSpreadsheet().getAnnotations()
    found = []
    for number in range(notes.getCount()):
        note = notes.getByIndex(number)
        at = note.getPosition()
        if place.StartRow <= at.Row <= place.EndRow and place.StartColumn <= at.Column <= place.EndColumn:
            found.append((at, note.getString()))
    return found


def address_of(cell):
    """Return the address of a cell as a person reads it."""
    return cell.AbsoluteName.rpartition(".")[2].replace("$", "")


def _shown(cell):
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else "%g" % cell


def rows_of(cells):
    """Return the cells of a range as rows, an error as the number that stands for it."""
    rows = cells.getDataArray()
    if not any(None in row for row in rows):
        return rows
    copied = [list(row) for row in rows]
    for down, row in enumerate(copied):
        for across, cell in enumerate(row):
            if cell is None:
                row[across] = _error(cells.getCellByPosition(across, down))
    return copied


def _error(cell):
    return struct.unpack("<d", struct.pack("<Q", 0x7FF8 << 48 | cell.getError()))[0]


def cells_of(cells, document):
    """Return the rows of a range, and where in it numbers are shown as dates or truth values."""
    place, formats = cells.getRangeAddress(), document.NumberFormats
    told = {"dates": [], "truths": []}
    groups = cells.getUniqueCellFormatRanges()
    for number in range(groups.getCount()):
        group = groups.getByIndex(number)
        kind = formats.getByKey(group.NumberFormat).Type
        if kind & DATE or kind & LOGICAL:
            told["dates" if kind & DATE else "truths"] += [
                [area.StartColumn - place.StartColumn, area.StartRow - place.StartRow]
                + [area.EndColumn - place.StartColumn, area.EndRow - place.StartRow]
                for area in group.getRangeAddresses()
            ]
    return told, rows_of(cells)
