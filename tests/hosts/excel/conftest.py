"""What the tests of a workbook open in Excel share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import xlwings

from tests.hosts.excel.sheets import book_of, sample


@pytest.fixture
def book() -> Iterator[xlwings.Book]:
    """Return a workbook with orders; Excel is as it was once the test is over."""
    found = book_of(sample())
    yield found
    assert found.app.impl.state == {
        "screen_updating": True, "enable_events": True, "calculation": "semiautomatic", "status_bar": False
    }  # fmt: skip
