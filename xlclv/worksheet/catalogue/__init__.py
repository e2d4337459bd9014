"""All worksheet functions, each declared once; hosts, help, docs and the command line are generated from here."""

from __future__ import annotations

from xlclv.worksheet.catalogue import (
    acquisition,
    customer_values,
    data,
    drivers,
    intervals,
    prediction,
    retention,
    retention_models,
    scores,
    segments,
    validation,
    value,
)
from xlclv.worksheet.declaration import Function

#: Every worksheet function by name, in the order of the catalogue.
FUNCTIONS: dict[str, Function] = {
    function.name: function
    for family in (
        value, acquisition, retention, retention_models, segments, prediction, scores, intervals, customer_values,
        validation, drivers, data,
    )
    for function in family.FUNCTIONS
}  # fmt: skip
