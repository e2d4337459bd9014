"""One customer as things are and as they might be: where the figures stand on the sheet What-if, and what they are."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from typing import Any, Final, NamedTuple

from xlclv.labels import label_of
from xlclv.periods import DAYS, PER_YEAR
from xlclv.workbook.contract import MODEL_COLUMNS, ORDER_MODEL, SPEND_MODEL
from xlclv.workbook.customer_value.setting import Template
from xlclv.workbook.customer_value.words import Words
from xlclv.worksheet import CellError, call

#: What is told of the customer: columns of CustomerValues.
FIELDS: Final = (
    "orders", "first", "last", "frequency", "recency", "age", "monetary",
    "rank", "tier", "stage", "segment", "clv", "clv_lower", "clv_upper",
)  # fmt: skip
#: What may be changed, and what follows from it.
ASSUMPTIONS: Final = ("periods", "margin", "rate", "more", "change", "cost")
RESULTS: Final = ("alive", "orders", "lower", "upper", "amount", "value", "earned", "gain")
#: Years ahead at which the value is shown.
YEARS: Final = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)

NOTHING: Final = "–"
#: The whole tables of the models; LibreOffice 7.4 does not read the form with one bracket.
ORDERING: Final = f"{ORDER_MODEL}[[#All]]"
SPENDING: Final = f"{SPEND_MODEL}[[#All]]"


class History(NamedTuple):
    """What the models know of a customer, as cells or as values."""

    frequency: Any
    recency: Any
    age: Any
    monetary: Any


class Case:
    """The figures of the sheet by name: the cell of each, and its value in the file.

    Parameters
    ----------
    book : Template
    """

    def __init__(self, book: Template) -> None:
        self.book = book
        self.words = Words(book)
        self.cells: dict[str, str] = {}
        self.values: dict[str, Any] = defaultdict(float)
        if book.content is not None:
            self._compute()

    def when(self, formula: str) -> str:
        """Return a formula that is an empty text while the customer asked for is in no row."""
        return f'IF({self.cells["position"]}=0,"",{formula})'

    @property
    def now(self) -> History:
        """The cells of what the customer did."""
        return History(*(self.cells[name] for name in History._fields))

    @property
    def then(self) -> History:
        """The cells of what the customer would have done."""
        return History(*(self.cells[f"{name} then"] for name in History._fields))

    def __getitem__(self, name: str) -> str:
        return self.cells[name]

    def _compute(self) -> None:
        """Compute what the cells show for the best customer and one more order."""
        book, values = self.book, self.values
        example = book.example
        assert example is not None  # noqa: S101 - there is content
        assert book.content is not None  # noqa: S101
        row = example.customers.iloc[0]
        for name in FIELDS:
            cell = row[name]
            if name in ("tier", "stage", "segment"):
                values[name] = book.say(label_of(str(cell)))
            elif name in ("first", "last"):
                values[name] = float((cell.date() - dt.date(1899, 12, 30)).days)
            else:
                # Where a customer has no limits the table leaves them blank.
                values[name] = NOTHING if cell is None or math.isnan(cell) else float(cell)
        for name in ("p_alive", "expected_orders", "expected_value"):
            values[name] = float(row[name])
        values["customer"] = row["customer"]
        values["position"] = 1
        head = [book.say(text) for text in MODEL_COLUMNS.values()]
        self._ordering = [head, *book.content.tables[ORDER_MODEL]]
        self._spending = [head, *book.content.tables[SPEND_MODEL]]
        for name, result in (("periods", "out_periods"), ("margin", "out_margin"), ("rate", "out_rate")):
            values[f"{name} now"] = values[f"{name} then"] = number(book, result)
        values["step now"] = values["step then"] = number(book, "out_rate_period")
        now = History(*(values[name] for name in History._fields))
        self._results("now", now, 0.0)
        values["more"] = 1.0
        values["cost"] = _nice(values["amount now"] * values["margin now"] / 2)
        values["more then"] = 1.0 if now.age > 0 else 0.0
        values["cost then"] = values["cost"]
        then = self._history_then(now)
        for name, value in zip(History._fields, then, strict=True):
            values[f"{name} then"] = value
        self._results("then", then, values["change then"])
        values["earned then"] = (
            values["more then"] * values["amount now"] * (1 + values["change then"]) * values["margin then"]
        )
        values["difference"] = values["value then"] - values["value now"]
        values["gain"] = values["difference"] + values["earned then"]
        values["net"] = values["gain"] - values["cost then"]

    def _history_then(self, now: History) -> History:
        more, amount = self.values["more then"], self.values["amount now"]
        frequency = now.frequency + more
        monetary = (now.frequency * now.monetary + more * amount) / frequency if frequency else 0.0
        return History(frequency, now.age if more > 0 else now.recency, now.age, monetary)

    def _results(self, side: str, history: History, change: float) -> None:
        """Call the functions as the cells of one side do."""
        values = self.values
        terms = values[f"periods {side}"], values[f"margin {side}"], values[f"step {side}"]
        times = history[:3]
        values[f"alive {side}"] = value_of(call("MODEL_ALIVE", self._ordering, *times))
        values[f"orders {side}"] = value_of(call("MODEL_ORDERS", self._ordering, *times, terms[0]))
        interval = call("MODEL_INTERVAL", self._ordering, *times, terms[0])
        ends = interval[0] if isinstance(interval, list) else [interval, interval]
        values[f"lower {side}"], values[f"upper {side}"] = (value_of(end) for end in ends)
        amount = value_of(call("SPEND_EXPECTED", self._spending, history.frequency, history.monetary))
        values[f"amount {side}"] = amount * (1 + change)
        values[f"value {side}"] = self.value_at(history, *terms) * (1 + change)

    def value_at(self, history: History, periods: float, margin: float, rate: float) -> float:
        """Return the value of a customer over a horizon now."""
        return value_of(call("CLV_PREDICT", self._ordering, self._spending, *history, periods, margin, rate))

    def value_over(self, periods: float, side: str) -> float:
        """Return the value of one side over another horizon now; 0 in an empty workbook."""
        if self.book.content is None:
            return 0.0
        values, suffix = self.values, "" if side == "now" else " then"
        history = History(*(values[f"{name}{suffix}"] for name in History._fields))
        change = values["change then"] if side == "then" else 0.0
        return self.value_at(history, periods, values[f"margin {side}"], values[f"step {side}"]) * (1 + change)

    @property
    def a_year(self) -> int:
        """The number of the workbook's periods in a year now."""
        return PER_YEAR[self.words.period]

    def rate_of_period(self, rate: str) -> str:
        """Return the formula of a yearly rate for one of the workbook's periods."""
        from xlclv.workbook.customer_value import words

        year = self.words.at(words.ROW + 1 + list(DAYS).index("year"), words.COLUMN + 5)
        return f"(1+{rate})^({self.words.of_period(5)}/{year})-1"


def number(book: Template, name: str) -> float:
    """Return the number in a named cell, 0 where there is none."""
    value = book.value(name)
    return float(value) if isinstance(value, int | float) else 0.0


def value_of(cell: Any) -> float:
    """Return the number a function shows.

    Raises
    ------
    ValueError
        If it shows an error: an example is no place for one.
    """
    if isinstance(cell, CellError) or not isinstance(cell, int | float):
        raise ValueError(f"the example shows {cell!r}")
    return float(cell)


def _nice(number: float) -> float:
    """Return 1, 2 or 5 times a power of ten, at most ``number``."""
    if number <= 0:
        return 0.0
    unit = 10.0 ** math.floor(math.log10(number))
    return max(digit for digit in (1.0, 2.0, 5.0) if digit * unit <= number or digit == 1.0) * unit
