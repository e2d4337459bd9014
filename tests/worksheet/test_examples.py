"""Every example of every declaration is what the call path gives."""

from __future__ import annotations

import pytest

from tests.worksheet.compare import differs
from xlclv.worksheet import CellError, Example, Function, call
from xlclv.worksheet.catalogue import FUNCTIONS
from xlclv.worksheet.formula import formula

EXAMPLES = [(function, example) for function in FUNCTIONS.values() for example in function.examples]


@pytest.mark.parametrize(
    ("function", "example"),
    EXAMPLES,
    ids=[formula(function.name, example.cells)[:80] for function, example in EXAMPLES],
)
def test_example(function: Function, example: Example) -> None:
    result = call(function.name, *example.cells)
    if example.result is None:  # the list of failures depends on what failed before
        assert function.volatile
        assert isinstance(result, list)
        return
    assert not differs(result, example.result), (result, example.result)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=list(FUNCTIONS))
def test_every_function_has_three_examples_one_of_them_an_error(function: Function) -> None:
    assert len(function.examples) >= 3
    assert any(isinstance(example.result, CellError) for example in function.examples)


@pytest.mark.parametrize(
    ("function", "example"),
    [(function, example) for function, example in EXAMPLES if isinstance(example.result, CellError)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_every_error_says_what_to_do_in_both_languages(function: Function, example: Example) -> None:
    english, chinese = (call(function.name, *example.cells, language=language) for language in ("en", "zh"))
    assert isinstance(english, CellError)
    assert isinstance(chinese, CellError)
    assert len(english.message) > 15
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.message)
    assert "Unexpected" not in english.message
