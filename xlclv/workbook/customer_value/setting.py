"""What every sheet of the customer value template needs to know, and how its formulas stay quiet while it is empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from xlclv.text import Text
from xlclv.workbook import contract
from xlclv.workbook.interface import Value
from xlclv.workbook.page import Setting

if TYPE_CHECKING:
    import pandas as pd

    from xlclv.valuation import Valuation

Kind = Literal["xlsx", "xlsm"]

START: Final = Text("Start", "开始")
INPUTS: Final = Text("Inputs", "输入")
ORDERS: Final = Text("Orders", "订单")
VALUES: Final = Text("CustomerValues", "客户价值")
SUMMARY: Final = Text("Summary", "概览")
WHAT_IF: Final = Text("What-if", "情景分析")
CHECKS: Final = Text("Checks", "检查")
SHEETS: Final = (START, INPUTS, ORDERS, VALUES, SUMMARY, WHAT_IF, CHECKS)
#: What a VBA project calls them, in the same order and in every language.
CODE_NAMES: Final = (
    "sheet_start", "sheet_inputs", "sheet_orders", "sheet_values", "sheet_summary", "sheet_what_if", "sheet_checks",
)  # fmt: skip

#: Named cells of the workbook's own state: TRUE once a customer has a value; how many checks fail; how many inputs
#: and tables have changed since Refresh; the words of the master check.
READY: Final = "xlclv_ready"
FAILED: Final = "xlclv_failed"
CHANGED: Final = "xlclv_changed"
MASTER: Final = "xlclv_check"

_NAMES: Final = {item.name for item in (*contract.INPUTS, *contract.OUTPUTS)}


@dataclass(frozen=True)
class Content:
    """What stands in a template that is built filled: orders, and all that a Refresh makes of them.

    Parameters
    ----------
    orders : DataFrame
        ``customer``, ``date``, ``amount`` as the user would paste them.
    valuation : Valuation
        Of these orders; its customers have ``clv_lower`` and ``clv_upper`` too.
    values : mapping of str to value
        What each named input and each named result holds.
    tables : mapping of str to rows
        Rows of the tables OrderModel, SpendModel, Checks and Log, without headers.
    source : Text
        One sentence that says where the orders are from.
    """

    orders: pd.DataFrame
    valuation: Valuation
    values: Mapping[str, Value]
    tables: Mapping[str, list[list[Value]]]
    source: Text


@dataclass(frozen=True)
class Template(Setting):
    """The template being written."""

    kind: Kind
    content: Content | None

    @property
    def example(self) -> Valuation | None:
        """The valuation whose figures stand in the cells; None in an empty template."""
        return None if self.content is None else self.content.valuation

    def column(self, name: str, table: str = contract.VALUES) -> str:
        """Return the structured reference to a column of CustomerValues, or of another table of the contract."""
        columns = {
            contract.VALUES: contract.VALUE_COLUMNS,
            contract.ORDERS: contract.ORDER_COLUMNS,
            contract.ORDER_MODEL: contract.MODEL_COLUMNS,
            contract.SPEND_MODEL: contract.MODEL_COLUMNS,
            contract.CHECKS: contract.CHECK_COLUMNS,
            contract.LOG: contract.LOG_COLUMNS,
        }
        return f"{table}[{self.say(columns[table][name])}]"

    def input(self, name: str) -> str:
        """Return the defined name of an input, for a formula."""
        return _known(name)

    def output(self, name: str) -> str:
        """Return the defined name of a result of Refresh, for a formula."""
        return _known(name)

    def value(self, name: str) -> Value:
        """Return what a named cell holds in the file: the example's value, or an input's default; else None."""
        known = _known(name)
        if self.content is not None:
            return self.content.values.get(known)
        default = next((item.default for item in contract.INPUTS if item.name == known), None)
        return self.in_words(known, default)

    def in_words(self, name: str, value: Value) -> Value:
        """Return an input's value as its cell shows it: a choice in the workbook's language."""
        choices = next((item.choices for item in contract.INPUTS if item.name == name), ())
        return next((self.say(choice) for choice in choices if value in choice), value)

    def cached(self, formula: str, value: float | str) -> tuple[str, float | str]:
        """Return a formula that is an empty text while no customer has a value, and what it shows now."""
        return f'IF({READY},{formula},"")', value if self.content is not None else ""


def _known(name: str) -> str:
    if name not in _NAMES:
        raise KeyError(name)
    return name
