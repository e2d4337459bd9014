"""The function docs are what the declarations make, and their formulas give what they show."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs.formulas import evaluated
from tests.worksheet.compare import differs
from xlclv.worksheet import call
from xlclv.worksheet.catalogue import FUNCTIONS
from xlclv.worksheet.formula import formula

DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_functions", DOCS / "make_functions.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_are_up_to_date(maker: ModuleType) -> None:
    made = {str(path): text for path, text in maker.pages().items()}
    found = {
        str(file.relative_to(DOCS / "functions")): file.read_text(encoding="utf-8")
        for file in (DOCS / "functions").rglob("*.md")
    }
    assert found == made, "run: python docs/make_functions.py"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_function_has_its_chapter_in_both_languages(lang: str) -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in (DOCS / "functions" / lang).glob("*.md"))
    for function in FUNCTIONS.values():
        assert f"## {function.name}\n" in text
        assert function.signature in text
        for argument in function.arguments:
            assert argument.help.of(lang) in text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_formulas_give_the_results_shown(lang: str) -> None:
    checked = 0
    for file in (DOCS / "functions" / lang).glob("*.md"):
        for text, result in re.findall(r"^- `(=[^`]*)` → ([-\d.]+(?:e[-+]\d+)?)(?: |$)", file.read_text("utf-8"), re.M):
            value = evaluated(text) if "..." not in text else None
            if isinstance(value, float):
                assert f"{value:.7g}" == result, text
                checked += 1
    assert checked > 20


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_example_formulas_read_back_as_their_calls(name: str) -> None:
    for example in FUNCTIONS[name].examples:
        text = formula(name, example.cells)
        if "#" in text or not example.cells or len(example.cells) > len(FUNCTIONS[name].arguments):
            continue
        if not FUNCTIONS[name].volatile:
            assert not differs(evaluated(text), call(name, *example.cells)), text
