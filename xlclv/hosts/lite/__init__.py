"""The worksheet functions as custom functions of xlwings Lite: Excel on Windows, Mac and the web, with Python inside.

The whole main.py of a workbook is ``from xlclv.hosts.lite import *``. xlwings Lite finds the decorated functions there
and calls them with the cells as they are; the worksheet boundary does all conversion.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import xlwings

from xlclv.hosts.lite.cells import cells_in, cells_out
from xlclv.text import Language
from xlclv.worksheet import Function, evaluate
from xlclv.worksheet.catalogue import FUNCTIONS


def browser_language() -> Language:
    """Return zh where the browser that Lite runs in is Chinese, else en."""
    try:
        from js import navigator
    except ImportError:
        return "en"
    return "zh" if str(navigator.language).lower().startswith("zh") else "en"


def custom_function(function: Function, language: Language) -> Callable[..., list[list[Any]]]:
    """Return one declared function as Lite registers and calls it, with its name, arguments and help."""

    def call(*cells):  # type: ignore[no-untyped-def]  # Lite would take annotations for conversions
        return cells_out(evaluate(function, [cells_in(cell) for cell in cells]))

    call.__name__ = call.__qualname__ = function.name
    call.__doc__ = function.help.of(language)
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
    decorated: Callable[..., list[list[Any]]] = call
    for argument in function.arguments:
        decorated = xlwings.arg(argument.name, "raw", doc=argument.help.of(language))(decorated)
    # Last, as the outermost decorator: the others reset what it says.
    return xlwings.func(volatile=function.volatile)(decorated)


_language = browser_language()
for _function in FUNCTIONS.values():
    globals()[_function.name] = custom_function(_function, _language)

__all__ = list(FUNCTIONS)
