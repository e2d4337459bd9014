"""The template in all its forms, shared by the tests."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.workbook.samples import make_orders
from xlclv.cli.new import built, example_content
from xlclv.text import LANGUAGES, Language, Text
from xlclv.workbook.customer_value.build import KINDS
from xlclv.workbook.customer_value.example import make_content
from xlclv.workbook.customer_value.setting import Content, Kind


class Form(NamedTuple):
    """What a template is built as."""

    kind: Kind
    lang: Language
    example: bool


FORMS = [Form(kind, lang, example) for kind in KINDS for lang in LANGUAGES for example in (False, True)]
#: Those that differ in their sheets; macros add hidden ones only.
SHEETS = [form for form in FORMS if form.kind == "xlsx"]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[Form, Path]:
    folder = tmp_path_factory.mktemp("templates")
    paths = {}
    for form in FORMS:
        path = folder / f"{form.lang}_{'example' if form.example else 'empty'}.{form.kind}"
        path.write_bytes(built(form.kind, form.lang, example=form.example))
        paths[form] = path
    return paths


@pytest.fixture(scope="session")
def contents() -> dict[Language, Content]:
    return {lang: example_content(lang) for lang in LANGUAGES}


@pytest.fixture(scope="session")
def small() -> dict[Language, Content]:
    """The content of a smaller log, half a year of it after the as-of date."""
    orders, title = make_orders(), Text("Test data", "测试数据")
    as_of = orders["date"].sort_values().iloc[len(orders) * 2 // 3]
    return {lang: make_content(orders, as_of, title, title, lang) for lang in LANGUAGES}
