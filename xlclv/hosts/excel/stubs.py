"""The worksheet functions as VBA: one thin function each, which hands its arguments to the bridge."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from xlclv.vba import Module
from xlclv.worksheet import Function

MODULE = "xlclv_functions"
_WIDTH = 110


def stubs(functions: Mapping[str, Function]) -> Module:
    """Return the module of the worksheet functions.

    >>> from xlclv.worksheet.catalogue import FUNCTIONS
    >>> print(stubs({"CAC_COST": FUNCTIONS["CAC_COST"]}).source)
    Option Explicit
    ' The worksheet functions, made from their declarations.
    <BLANKLINE>
    Public Function CAC_COST(spend As Variant, customers As Variant) As Variant
        CAC_COST = xlclv_call("CAC_COST", Array(xlclv_in(spend), xlclv_in(customers)))
    End Function
    <BLANKLINE>
    """
    taken = {name.lower() for name in functions}
    written = "\n".join(stub(function, taken) for function in functions.values())
    return Module(MODULE, f"Option Explicit\n' The worksheet functions, made from their declarations.\n\n{written}")


def stub(function: Function, taken: set[str]) -> str:
    """Return one function as VBA; names of ``taken``, in lower case, are not for arguments.

    VBA knows one spelling of a name in a project, so an argument named as a function would rename the function.
    """
    names = [name + "_" * (name.lower() in taken) for name in (argument.name for argument in function.arguments)]
    declared = ", ".join(
        f"{'' if argument.required else 'Optional '}{name} As Variant"
        for name, argument in zip(names, function.arguments, strict=True)
    )
    passed = ", ".join(f"xlclv_in({name})" for name in names)
    volatile = "    Application.Volatile\n" if function.volatile else ""
    head = f"Public Function {function.name}({declared}) As Variant"
    body = f'{function.name} = xlclv_call("{function.name}", Array({passed}))'
    return f"{_broken(head)}\n{volatile}    {_broken(body)}\nEnd Function\n"


def _broken(statement: str) -> str:
    """Return a statement with continuations where it is long; it breaks after commas."""
    glued = statement.replace(", ", ",\0").replace(" ", "\1").replace("\0", " ")
    lines = textwrap.wrap(glued, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return " _\n        ".join(lines).replace("\1", " ")
