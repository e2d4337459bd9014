"""What a cell sees: the declared functions, and the one call path from cell values to cell values.

>>> from xlclv.worksheet import call
>>> call("CLV", 100, 2, 36)
7200.0
"""

from xlclv.worksheet.boundary import call, evaluate
from xlclv.worksheet.cells import CellError, Cells, Rows, Scalar
from xlclv.worksheet.declaration import Argument, Example, Family, Function, Kind, Matrix, Type

__all__ = [
    "Argument",
    "CellError",
    "Cells",
    "Example",
    "Family",
    "Function",
    "Kind",
    "Matrix",
    "Rows",
    "Scalar",
    "Type",
    "call",
    "evaluate",
]
