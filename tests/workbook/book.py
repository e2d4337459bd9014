"""A workbook as plain Python: tables and named cells in memory, and a record of what was done to them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from xlclv.errors import FileError
from xlclv.text import Text
from xlclv.workbook import contract
from xlclv.workbook.interface import Value

TABLES = {
    contract.ORDERS: contract.ORDER_COLUMNS,
    contract.VALUES: contract.VALUE_COLUMNS,
    contract.ORDER_MODEL: contract.MODEL_COLUMNS,
    contract.SPEND_MODEL: contract.MODEL_COLUMNS,
    contract.CHECKS: contract.CHECK_COLUMNS,
    contract.LOG: contract.LOG_COLUMNS,
}


class MemoryBook:
    """A customer value workbook; what is written is read back as a spreadsheet would hold it."""

    def __init__(self, orders: pd.DataFrame | None = None, lang: str = "en", date1904: bool = False) -> None:
        self.tables = {
            name: pd.DataFrame(columns=[text.of(lang) for text in columns.values()], dtype=object)
            for name, columns in TABLES.items()
        }
        if orders is not None:
            self.tables[contract.ORDERS] = orders.astype(object).reset_index(drop=True)
        self.names: dict[str, Any] = {each.name: each.default for each in contract.INPUTS}
        self.names |= {each.name: None for each in contract.OUTPUTS}
        self.names |= {contract.LANGUAGE: lang, contract.TEMPLATE: contract.CUSTOMER_VALUE}
        self.stages: list[tuple[Text, int, int]] = []
        self.written: list[str] = []
        self.full: set[str] = set()
        self.stop_at: str | None = None
        self._date1904 = date1904

    @property
    def date1904(self) -> bool:
        return self._date1904

    def _table(self, name: str) -> pd.DataFrame:
        if name not in self.tables:
            raise FileError(f"There is no table {name}.", f"没有表 {name}。")
        return self.tables[name]

    def read_table(self, name: str) -> pd.DataFrame:
        return self._table(name).copy()

    def first_row(self, name: str) -> int:
        self._table(name)
        return 6

    def check_table(self, name: str, frame: pd.DataFrame) -> None:
        there = self._table(name)
        missing = [header for header in frame.columns if header not in there.columns]
        if missing or name in self.full:
            raise FileError(f"There is no room for {name}.", f"{name} 没有空间。")

    def write_table(self, name: str, frame: pd.DataFrame) -> None:
        self.check_table(name, frame)
        if self.stop_at == name:
            raise KeyboardInterrupt
        self.written.append(name)
        cells = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
        self.tables[name] = pd.DataFrame(cells, columns=list(frame.columns), dtype=object)

    def read_name(self, name: str) -> Value:
        if name not in self.names:
            raise FileError(f"There is no cell {name}.", f"没有单元格 {name}。")
        value: Value = self.names[name]
        return value

    def write_name(self, name: str, value: Value) -> None:
        self.read_name(name)
        self.written.append(name)
        self.names[name] = _cell(value)

    def progress(self, stage: Text, done: int, total: int) -> None:
        self.stages.append((stage, done, total))


def _cell(value: Any) -> Any:
    if value is None or value != value:
        return None
    if isinstance(value, str | bool | dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    return float(value)
