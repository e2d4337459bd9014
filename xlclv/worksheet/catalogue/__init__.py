"""All worksheet functions, each declared once; hosts, help, docs and the command line are generated from here."""

from __future__ import annotations

from xlclv.worksheet.catalogue import acquisition, data, prediction, retention, segments, value
from xlclv.worksheet.declaration import Function

#: Every worksheet function by name, in the order of the catalogue.
FUNCTIONS: dict[str, Function] = {
    function.name: function
    for family in (value, acquisition, retention, segments, prediction, data)
    for function in family.FUNCTIONS
}
