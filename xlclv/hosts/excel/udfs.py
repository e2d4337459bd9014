"""The worksheet functions as xlwings user-defined functions, made from the declarations.

xlwings' server imports this module and calls the functions by their names. Values come and go raw: the worksheet
boundary does all conversion, so that a cell in Excel shows what `xlclv.worksheet.call` returns.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import xlwings

from xlclv.hosts.excel.cells import cells_in, cells_out
from xlclv.worksheet import Function, evaluate
from xlclv.worksheet.catalogue import FUNCTIONS

CATEGORY = "xlclv"


def user_defined(function: Function) -> Callable[..., list[list[Any]]]:
    """Return one declared function as xlwings calls it, with its name, arguments and help."""

    def call(*cells: Any) -> list[list[Any]]:
        return cells_out(evaluate(function, [cells_in(cell) for cell in cells]))

    call.__name__ = call.__qualname__ = function.name
    call.__doc__ = function.help.en
    call.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                argument.name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=inspect.Parameter.empty if argument.required else None,
            )
            for argument in function.arguments
        ]
    )
    decorated: Callable[..., list[list[Any]]] = xlwings.ret("raw")(call)
    for argument in function.arguments:
        decorated = xlwings.arg(argument.name, "raw", doc=argument.help.en)(decorated)
    # Last, as the outermost decorator: the others reset what it says.
    return xlwings.func(category=CATEGORY, volatile=function.volatile)(decorated)


for _function in FUNCTIONS.values():
    globals()[_function.name] = user_defined(_function)

__all__ = list(FUNCTIONS)
