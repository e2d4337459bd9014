"""One valuation and its workbook in both languages, shared by the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workbook.samples import make_orders, source_of
from xlclv.text import Language
from xlclv.valuation import Valuation, value_customers
from xlclv.workbook import build_customer_value


@pytest.fixture(scope="session")
def valuation() -> Valuation:
    return value_customers(make_orders(), margin=0.3, discount_rate=0.002)


@pytest.fixture(scope="session")
def built(valuation: Valuation, tmp_path_factory: pytest.TempPathFactory) -> dict[Language, Path]:
    """The workbook of the same valuation in both languages."""
    folder = tmp_path_factory.mktemp("built")
    languages: tuple[Language, ...] = ("en", "zh")
    return {
        lang: build_customer_value(valuation, source_of(valuation), folder / f"value_{lang}.xlsx", lang=lang)
        for lang in languages
    }
