"""Names and headers in two languages."""

from __future__ import annotations

import pytest

from xlclv.customers import CLV_COLUMNS
from xlclv.errors import InputError
from xlclv.labels import CUSTOMER_COLUMNS, STAGES, STANDARD, TIERS, VALUE8, label_of
from xlclv.summary import RFM_COLUMNS
from xlclv.text import LANGUAGES
from xlclv.valuation import COLUMNS


def test_labels_are_understood_back_and_distinct() -> None:
    for labels in (list(STANDARD.values()), list(VALUE8.values()), list(TIERS), list(STAGES.values())):
        for lang in ("en", "zh"):
            names = [label.of(lang) for label in labels]
            assert len(set(names)) == len(names)
            assert [label_of(name.upper()).of(lang) for name in names] == names
    with pytest.raises(InputError, match="no name of a segment"):
        label_of("nobody")


def test_every_column_of_customers_has_a_header() -> None:
    assert set(CUSTOMER_COLUMNS) == {*RFM_COLUMNS, *COLUMNS, *CLV_COLUMNS, "cluster"}
    assert [header.en for header in CUSTOMER_COLUMNS.values()] == list(CUSTOMER_COLUMNS)
    for language in LANGUAGES:
        assert len({header.of(language) for header in CUSTOMER_COLUMNS.values()}) == len(CUSTOMER_COLUMNS)
