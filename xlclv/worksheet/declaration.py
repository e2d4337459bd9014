"""How a worksheet function is declared: once, with all that hosts, help, docs and tests need."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Final, NamedTuple

from xlclv.text import Text
from xlclv.worksheet.cells import Cells


class Kind(Enum):
    """How an argument meets a range."""

    ELEMENT = "element"  #: the function maps over it
    VECTOR = "vector"  #: a row or column read whole
    MATRIX = "matrix"  #: a column or several side by side, whose rows are those of the other data; see `Matrix`
    BLOCK = "block"  #: a rectangle read whole, such as a model block
    OPTION = "option"  #: a single cell


class Matrix(NamedTuple):
    """The columns of an argument of kind `Kind.MATRIX`, as a calculation takes them.

    Where a function has vectors, or a matrix alone, the matrix is read with them: trimmed together, one header row
    over all, wholly empty rows left out of all, every cell converted to the argument's type, an empty one by its
    ``blank``. Vectors that lie in rows go with a matrix whose rows are the columns.

    Where a function has element arguments, it maps over the rows of the matrix as over a column: what the calculation
    gets of each is the list of its cells, or the argument's default where the row is empty or the matrix left out;
    a header is not expected, an error stays in its row, and a matrix of one row serves all.
    """

    #: Names of the columns by the header; "" where there is none.
    names: list[str]
    #: The converted cells, row by row.
    rows: list[list[Any]]


class Type(Enum):
    """What an argument's cells hold."""

    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    CHOICE = "choice"
    CELL = "cell"  #: handed on as it is


class Family(Enum):
    """The chapter of the catalogue a function stands in."""

    VALUE = Text("Value", "价值")
    ACQUISITION = Text("Acquisition and feedback", "获客与反馈")
    RETENTION = Text("Retention", "留存")
    SEGMENTS = Text("RFM and segments", "RFM 与分群")
    PREDICTION = Text("Prediction", "预测")
    DATA = Text("Data, monitoring and help", "数据、监控与帮助")


class Choice(NamedTuple):
    """One value of an argument that takes a few texts; all of ``names`` mean it, in any case."""

    value: str
    names: tuple[str, ...] = ()


class Example(NamedTuple):
    """A call and the cells it gives; it is a test."""

    cells: tuple[Cells, ...]
    result: Cells
    note: Text | None = None


#: Default of an argument that must be given.
REQUIRED: Final = object()


class Argument(NamedTuple):
    """One argument of a worksheet function.

    ``blank`` says what an empty cell within a vector or matrix becomes (``REQUIRED``: an error naming the row); for a
    single required cell it is REQUIRED except where emptiness has a meaning of its own.
    """

    name: str
    kind: Kind
    type: Type
    help: Text
    default: Any = REQUIRED
    choices: tuple[Choice, ...] = ()
    blank: Any = REQUIRED
    #: Vectors only: handed on unparsed, for calculations that report or skip rows themselves.
    raw: bool = False
    #: Vectors and matrices: error cells are handed on ("keep") or ``#N/A`` counts as an empty cell ("missing").
    errors: str = "raise"
    #: Vectors and matrices: a single row serves all.
    serves_all: bool = False
    #: Blocks: a single cell, such as the name of a model, is taken as well, as a range of one.
    single: bool = False

    @property
    def required(self) -> bool:
        """Whether the argument must be given."""
        return self.default is REQUIRED

    @property
    def shown(self) -> str:
        """The argument as a signature shows it: ``[margin]=1``."""
        if self.required:
            return self.name
        if self.default is None:
            return f"[{self.name}]"
        value = self.default
        text = f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else f'"{value}"'
        if isinstance(value, tuple):
            text = "{" + ",".join(f"{item:g}" for item in value) + "}"
        return f"[{self.name}]={text}"


class Context(NamedTuple):
    """What a calculation may need to know of the call besides its arguments."""

    date1904: bool
    #: Number within the range of the first row handed over: 2 where the range had a header.
    first_row: int


class Whole(NamedTuple):
    """What a calculation with a row for each row returns where a choice asks for a table of its own instead."""

    rows: list[list[Any]]


class NamedRows(list[Any]):
    """The rows of a matrix that is mapped over, and the names above its columns, none where it has no header."""

    def __init__(self, rows: list[Any], names: list[str]) -> None:
        super().__init__(rows)
        self.names = names


class Function(NamedTuple):
    """One worksheet function.

    ``compute`` takes the converted arguments in order. It returns a cell, or rows when ``table``. With ``batch`` the
    element arguments come as lists of equal length and it returns as many cells. With ``per_row`` it returns one row
    for each row of its vectors, and the boundary adds a row of ``header`` texts if the input had a header, unless it is
    `Whole`. With
    ``context`` it takes a `Context` as the keyword ``context``. ``positional``: the place of a row has a meaning, such
    as its period, so that empty rows between filled ones are not left out.
    """

    name: str
    family: Family
    help: Text
    arguments: tuple[Argument, ...]
    compute: Callable[..., Any]
    examples: tuple[Example, ...]
    notes: Text | None = None
    sources: tuple[str, ...] = ()
    table: bool = False
    batch: bool = False
    per_row: bool = False
    context: bool = False
    volatile: bool = False
    positional: bool = False

    @property
    def signature(self) -> str:
        """``CLV(order_value, frequency, lifetime, [margin]=1, ...)``."""
        return f"{self.name}({', '.join(argument.shown for argument in self.arguments)})"
