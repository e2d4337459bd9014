"""The names and the help of the functions as LibreOffice's configuration reads them."""

from __future__ import annotations

from collections.abc import Mapping

from xlclv.hosts.calc.configuration import component, localized, node, prop
from xlclv.hosts.calc.types import SERVICE, parameter
from xlclv.worksheet import Function

#: The service that hears of documents.
DOCUMENTS = "org.xlclv.Documents"
_EVENTS = ("OnLoadFinished", "OnNew")


def functions_xcu(functions: Mapping[str, Function]) -> str:
    """Return the configuration of the functions: names, help and the plain names that Excel uses."""
    nodes = "".join(map(_function, functions.values()))
    return component("CalcAddIns", node("AddInInfo", node(SERVICE, node("AddInFunctions", nodes), "replace")))


def jobs_xcu() -> str:
    """Return the configuration of what runs when documents are loaded."""
    job = node("Jobs", node(DOCUMENTS, prop("Service", [(None, DOCUMENTS)]), "replace"))
    listed = node("JobList", node(DOCUMENTS, "", "replace"))
    return component("Jobs", job + node("Events", "".join(node(event, listed, "fuse") for event in _EVENTS)))


def _function(function: Function) -> str:
    shown = (
        prop("DisplayName", [("en", function.name)])
        + prop("Description", localized(function.help))
        + prop("Category", [(None, "Add-In")])
        + prop("CompatibilityName", [("en-US", function.name)])
    )
    parameters = "".join(
        node(
            parameter(argument),
            prop("DisplayName", [("en", argument.name)]) + prop("Description", localized(argument.help)),
            "replace",
        )
        for argument in function.arguments
    )
    return node(function.name, shown + node("Parameters", parameters), "replace")
