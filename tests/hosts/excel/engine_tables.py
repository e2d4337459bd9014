"""Tables of the engine in memory: as Excel has them, with a row of totals and filters that hide rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlwings import base_classes


class Tables(base_classes.Tables):
    def __init__(self, sheet: Any) -> None:
        self.sheet, self.list = sheet, []

    def add(self, name: str, range: Any, totals: bool = False) -> Table:
        self.list.append(Table(self.sheet, name, range, totals))
        return self.list[-1]

    def __iter__(self) -> Iterator[Table]:
        return iter(self.list)

    def __len__(self) -> int:
        return len(self.list)

    def __call__(self, key: int | str) -> Table:
        return self.list[key - 1] if isinstance(key, int) else next(one for one in self.list if one.name == key)


class Table(base_classes.Table):
    """A table over a range with its header; ``empty`` means that Excel has no body for it."""

    parent = name = display_name = show_headers = autofilter = None

    def __init__(self, sheet: Any, name: str, range: Any, totals: bool) -> None:
        self.parent, self.name, self.display_name, self.area = sheet, name, name, range
        self._totals, self.show_headers, self.empty = totals, True, False
        self.autofilter = AutoFilter(self)

    @property
    def header_row_range(self) -> Any:
        area = self.area
        return self.parent.range((area.row, area.column), (area.row, area.right))

    @property
    def data_body_range(self) -> Any:
        area = self.area
        return None if self.empty else self.parent.range((area.row + 1, area.column), (area.bottom, area.right))

    @property
    def range(self) -> Any:
        return self.area

    @property
    def show_totals(self) -> bool:
        return self._totals

    @show_totals.setter
    def show_totals(self, value: bool) -> None:
        self.parent.change("totals", self.name)
        below = self.area.bottom + 1
        for column in range(self.area.column, self.area.right + 1):
            if value:
                assert (below, column) not in self.parent.cells
                self.parent.cells[below, column] = "Total"
            else:
                self.parent.cells.pop((below, column), None)
        self._totals = value

    def resize(self, range: Any) -> None:
        new = range.impl
        assert (new.row, new.column, new.right) == (self.area.row, self.area.column, self.area.right)
        assert new.bottom > new.row
        assert not self._totals
        self.parent.change("resize", f"{self.name} {new.address}")
        self.area, self.empty = new, False


class AutoFilter(base_classes.AutoFilter):
    def __init__(self, table: Table) -> None:
        self.table, self.values = table, {}

    @property
    def criteria(self) -> list[dict[str, Any]]:
        return [
            {**base_classes.empty_autofilter_criteria(field), **self.values.get(field, {})}
            for field in range(1, self.table.area.shape[1] + 1)
        ]

    def _hide(self) -> None:
        sheet, area = self.table.parent, self.table.area
        sheet.hidden = {
            row
            for row in range(area.row + 1, area.bottom + 1)
            for field, each in self.values.items()
            if shown(sheet.cells.get((row, area.column + field - 1))) not in each["values"]
        }

    def apply_values(self, field: int, values: list[str]) -> None:
        self.table.parent.change("filter", self.table.name)
        self.values[field] = {"type": "values", "values": values}
        self._hide()

    def clear(self, field: int | None) -> None:
        self.table.parent.change("unfilter", self.table.name)
        self.values.clear()
        self._hide()


def shown(value: Any) -> str:
    return "" if value is None else str(value)
