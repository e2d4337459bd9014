"""The functions as LibreOffice sees them: an interface with a method for each."""

from __future__ import annotations

from collections.abc import Mapping

from xlclv.worksheet import Argument, Function, Type

#: A function is stored in a document as service, dot, name: ``XLCLV.CLV``.
SERVICE = "XLCLV"
#: The parameter that Calc itself fills in, with the document of the cell.
DOCUMENT = "callingDocument"

_ANY = "any"
_RANGE = "com::sun::star::table::XCellRange"
_TABLE = "sequence< sequence< any > >"
_DOCUMENT = "com::sun::star::beans::XPropertySet"


def takes_range(argument: Argument) -> bool:
    """Return whether an argument takes cells only: Calc then lets a call with error cells through."""
    return argument.errors == "keep" and argument.required


def needs_document(function: Function) -> bool:
    """Return whether a function reads dates, whose numbers mean what the document's date system says."""
    return any(argument.type is Type.DATE for argument in function.arguments)


def gives_text(function: Function) -> bool:
    """Return whether a function gives single texts.

    LibreOffice does not find the texts of an array again, neither by ``=`` nor by MATCH or COUNTIF, even of an array of
    one cell; so such a function returns a single value.
    """
    return not function.table and any(isinstance(example.result, str) for example in function.examples)


def parameter(argument: Argument) -> str:
    """Return the name of a parameter: the interface language has no underscores there."""
    first, *rest = argument.name.split("_")
    return first + "".join(map(str.capitalize, rest))


def interface(functions: Mapping[str, Function]) -> str:
    """Return the interface as UNO's interface language, in which LibreOffice reads it.

    >>> from xlclv.worksheet.catalogue import FUNCTIONS
    >>> print(interface({"CAC_COST": FUNCTIONS["CAC_COST"]}))
    module org { module xlclv {
    interface XXlclv {
      sequence< sequence< any > > CAC_COST([in] any spend, [in] any customers);
    };
    }; };
    <BLANKLINE>
    """
    methods = "".join(
        f"  {_returned(function)} {function.name}({_parameters(function)});\n" for function in functions.values()
    )
    return f"module org {{ module xlclv {{\ninterface XXlclv {{\n{methods}}};\n}}; }};\n"


def _returned(function: Function) -> str:
    return _ANY if gives_text(function) else _TABLE


def _parameters(function: Function) -> str:
    given = [
        f"[in] {_RANGE if takes_range(argument) else _ANY} {parameter(argument)}" for argument in function.arguments
    ]
    if needs_document(function):
        given.append(f"[in] {_DOCUMENT} {DOCUMENT}")
    return ", ".join(given)
