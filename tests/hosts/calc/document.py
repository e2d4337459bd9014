"""A document as plain Python: what the extension asks of LibreOffice's tables, names, cells and sheets."""

# ruff: noqa: N802, N815  # names are those of LibreOffice

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

ROWS = 1_048_576
NUMBER, DATE, LOGICAL = 0, 36, 99
TYPES = {NUMBER: 16, DATE: 2, LOGICAL: 1024}


class Formula(NamedTuple):
    """A formula, written relative to its cell, with what it shows; an error has a number."""

    text: str
    value: float = 0.0
    error: int = 0


class Cells:
    """A range of cells."""

    def __init__(self, sheet: Sheet, left: int, top: int, right: int, bottom: int) -> None:
        assert 0 <= left <= right, (left, right)
        assert 0 <= top <= bottom < ROWS, (top, bottom)
        self.sheet, self.left, self.top, self.right, self.bottom = sheet, left, top, right, bottom

    def places(self) -> list[tuple[int, int]]:
        return [
            (row, column) for row in range(self.top, self.bottom + 1) for column in range(self.left, self.right + 1)
        ]

    def getDataArray(self) -> tuple[tuple[Any, ...], ...]:
        return tuple(
            tuple(self._shown(self.sheet.cells.get((row, column), "")) for column in range(self.left, self.right + 1))
            for row in range(self.top, self.bottom + 1)
        )

    @staticmethod
    def _shown(cell: Any) -> Any:
        if isinstance(cell, Formula):
            return None if cell.error else cell.value
        return cell

    def setDataArray(self, rows: Sequence[Sequence[Any]]) -> None:
        self.sheet.change()
        assert len(rows) == self.bottom - self.top + 1
        assert {len(row) for row in rows} == {self.right - self.left + 1}
        for place in self.places():
            self.sheet.comments.pop(place, None)
        for down, row in enumerate(rows):
            for across, cell in enumerate(row):
                assert type(cell) in (float, str), cell
                self.sheet.put(self.top + down, self.left + across, cell)

    def clearContents(self, flags: int) -> None:
        assert flags == 23
        self.sheet.change()
        for place in self.places():
            self.sheet.cells.pop(place, None)

    def queryEmptyCells(self) -> Any:
        empty = [Cells(self.sheet, c, r, c, r) for r, c in self.places() if (r, c) not in self.sheet.cells]
        return SimpleNamespace(
            getRangeAddresses=lambda: tuple(cell.address() for cell in empty),
            getCount=lambda: len(empty),
            clearContents=lambda flags: [cell.clearContents(flags) for cell in empty],
        )

    def setValue(self, value: float) -> None:
        self.sheet.change()
        self.sheet.put(self.top, self.left, value)

    def fillAuto(self, direction: str, count: int) -> None:
        self.sheet.change()
        assert count == 1
        assert self.left == self.right
        source = self.sheet.cells[self.top if direction == "down" else self.bottom, self.left]
        for place in self.places():
            self.sheet.put(*place, source)

    def queryFormulaCells(self, flags: int) -> Any:
        assert flags == 7
        found = [place for place in self.places() if isinstance(self.sheet.cells.get(place), Formula)]
        return SimpleNamespace(
            getRangeAddresses=lambda: tuple(Cells(self.sheet, c, r, c, r).address() for r, c in found)
        )

    def getUniqueCellFormatRanges(self) -> Any:
        kinds: dict[int, list[tuple[int, int]]] = {}
        for place in self.places():
            kinds.setdefault(self.sheet.formats.get(place, NUMBER), []).append(place)
        groups = [
            SimpleNamespace(
                NumberFormat=kind,
                getRangeAddresses=lambda found=found: tuple(Cells(self.sheet, c, r, c, r).address() for r, c in found),
            )
            for kind, found in kinds.items()
        ]
        return SimpleNamespace(getCount=lambda: len(groups), getByIndex=lambda number: groups[number])

    def address(self) -> Any:
        return SimpleNamespace(
            Sheet=self.sheet.place, StartColumn=self.left, StartRow=self.top, EndColumn=self.right, EndRow=self.bottom
        )

    getRangeAddress = address

    def getCellAddress(self) -> Any:
        return SimpleNamespace(Sheet=self.sheet.place, Column=self.left, Row=self.top)

    def getCellRangeByPosition(self, left: int, top: int, right: int, bottom: int) -> Cells:
        return Cells(self.sheet, self.left + left, self.top + top, self.left + right, self.top + bottom)

    def getCellByPosition(self, column: int, row: int) -> Cells:
        return self.getCellRangeByPosition(column, row, column, row)

    def getSpreadsheet(self) -> Sheet:
        return self.sheet

    def getError(self) -> int:
        error: int = self.sheet.cells[self.top, self.left].error
        return error

    @property
    def AbsoluteName(self) -> str:
        return f"$'{self.sheet.name}'.${chr(65 + self.left)}${self.top + 1}"

    @property
    def NumberFormat(self) -> int:
        return self.sheet.formats.get((self.top, self.left), NUMBER)

    @NumberFormat.setter
    def NumberFormat(self, kind: int) -> None:
        self.sheet.change()
        self.sheet.formats.update(dict.fromkeys(self.places(), kind))


class Sheet:
    """A sheet; what is protected takes no change."""

    def __init__(self, document: Document, name: str, place: int) -> None:
        self.document, self.name, self.place = document, name, place
        self.cells: dict[tuple[int, int], Any] = {}
        self.formats: dict[tuple[int, int], int] = {}
        self.comments: dict[tuple[int, int], str] = {}
        self.password: str | None = None

    def change(self) -> None:
        assert self.password is None, "a protected sheet takes no change"
        assert self.document.changing, "actions are not locked"
        self.document.changed = True

    def put(self, row: int, column: int, cell: Any) -> None:
        self.cells.pop((row, column), None)
        if cell != "":
            self.cells[row, column] = cell

    def fill(self, row: int, column: int, rows: Sequence[Sequence[Any]]) -> None:
        """Put rows of cells there, as a user does."""
        for down, cells in enumerate(rows):
            for across, cell in enumerate(cells):
                self.put(row + down, column + across, cell)

    def getName(self) -> str:
        return self.name

    def getAnnotations(self) -> Any:
        found = [
            SimpleNamespace(
                getPosition=lambda row=row, column=column: SimpleNamespace(Row=row, Column=column),
                getString=lambda text=text: text,
            )
            for (row, column), text in self.comments.items()
        ]
        return SimpleNamespace(
            getCount=lambda: len(found), getByIndex=lambda number: found[number], insertNew=self.comment
        )

    def comment(self, place: Any, text: str) -> None:
        self.change()
        self.comments[place.Row, place.Column] = text

    def getRows(self) -> Any:
        return SimpleNamespace(getCount=lambda: ROWS)

    def getCellRangeByPosition(self, left: int, top: int, right: int, bottom: int) -> Cells:
        return Cells(self, left, top, right, bottom)

    def createCursor(self) -> Any:
        last = max((row for row, _ in self.cells), default=0)
        return SimpleNamespace(
            gotoEndOfUsedArea=lambda expand: None, getRangeAddress=lambda: SimpleNamespace(EndRow=last)
        )

    def isProtected(self) -> bool:
        return self.password is not None

    def protect(self, password: str) -> None:
        self.document.log.append(f"protect {self.name}")
        self.password = password

    def unprotect(self, password: str) -> None:
        self.document.log.append(f"unprotect {self.name}")
        if password == self.password:
            self.password = None

    def moveRange(self, target: Any, source: Any) -> None:
        cells = Cells(self, source.StartColumn, source.StartRow, source.EndColumn, source.EndRow)
        taken = {place: self.cells.pop(place) for place in cells.places() if place in self.cells}
        self.change()
        for (row, column), cell in taken.items():
            self.put(target.Row + row - source.StartRow, target.Column + column - source.StartColumn, cell)


class Range:
    """A database range: a table."""

    ContainsHeader = True
    TotalsRow = False

    def __init__(self, document: Document, cells: Cells) -> None:
        self.document, self.area = document, cells.address()
        self.filtered: list[str] = []
        self.refreshed = 0

    def getDataArea(self) -> Any:
        return SimpleNamespace(**vars(self.area))

    def setDataArea(self, area: Any) -> None:
        self.document.Sheets.getByIndex(area.Sheet).change()
        self.area = area

    def getFilterDescriptor(self) -> Any:
        return SimpleNamespace(getFilterFields=lambda: tuple(self.filtered))

    def refresh(self) -> None:
        self.refreshed += 1


class Names(dict[str, Any]):
    """Things by name, whatever its case."""

    def _key(self, name: str) -> str | None:
        return next((key for key in self if key.casefold() == name.casefold()), None)

    def hasByName(self, name: str) -> bool:
        return self._key(name) is not None

    def getByName(self, name: str) -> Any:
        return self[self._key(name) or name]

    def getElementNames(self) -> tuple[str, ...]:
        return tuple(self)


class Document:
    """A spreadsheet of some sheets; ``log`` tells what was done to it besides writing cells."""

    def __init__(self, *sheets: str, date1904: bool = False) -> None:
        self.list = [Sheet(self, name, place) for place, name in enumerate(sheets)]
        self.Sheets = SimpleNamespace(getByIndex=lambda place: self.list[place])
        self.DatabaseRanges, self.NamedRanges = Names(), Names()
        year, month, day = (1904, 1, 1) if date1904 else (1899, 12, 30)
        self.NullDate = SimpleNamespace(Year=year, Month=month, Day=day)
        self.NumberFormats = SimpleNamespace(
            getByKey=lambda kind: SimpleNamespace(Type=TYPES[kind]),
            getStandardFormat=lambda type_, locale: {2: DATE}[type_],
        )
        self.CharLocale = SimpleNamespace()
        self.read_only = False
        self.automatic = True
        self.changing = 0
        self.changed = False
        self.log: list[str] = []

    def sheet(self, name: str) -> Sheet:
        return next(sheet for sheet in self.list if sheet.name == name)

    def table(self, name: str, sheet: str, row: int, column: int, rows: Sequence[Sequence[Any]]) -> Range:
        """Put a table there, its header first."""
        self.sheet(sheet).fill(row, column, rows)
        cells = Cells(self.sheet(sheet), column, row, column + len(rows[0]) - 1, row + len(rows) - 1)
        self.DatabaseRanges[name] = Range(self, cells)
        found: Range = self.DatabaseRanges[name]
        return found

    def name(self, name: str, sheet: str, row: int, column: int, cell: Any = "") -> None:
        """Name a cell."""
        self.sheet(sheet).put(row, column, cell)
        cells = Cells(self.sheet(sheet), column, row, column, row)
        self.NamedRanges[name] = SimpleNamespace(getReferredCells=lambda: cells)

    def rows(self, name: str) -> list[list[Any]]:
        """Return the cells of a table, formulas as they are."""
        area = self.DatabaseRanges[name].area
        sheet = self.list[area.Sheet]
        return [
            [sheet.cells.get((row, column), "") for column in range(area.StartColumn, area.EndColumn + 1)]
            for row in range(area.StartRow, area.EndRow + 1)
        ]

    def cell(self, name: str) -> Any:
        """Return what a named cell holds."""
        return self.NamedRanges[name].getReferredCells().getDataArray()[0][0]

    def isReadonly(self) -> bool:
        return self.read_only

    def getUndoManager(self) -> Any:
        return SimpleNamespace(
            enterUndoContext=lambda title: self.log.append(f"begin {title}"),
            leaveUndoContext=lambda: self.log.append("end"),
        )

    def lockControllers(self) -> None:
        self.log.append("lock")

    def unlockControllers(self) -> None:
        self.log.append("unlock")

    def addActionLock(self) -> None:
        self.changing += 1

    def removeActionLock(self) -> None:
        self.changing -= 1

    def isAutomaticCalculationEnabled(self) -> bool:
        return self.automatic

    def enableAutomaticCalculation(self, on: bool) -> None:
        self.automatic = on
