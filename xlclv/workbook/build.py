"""Building the customer value workbook."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

from xlclv import __version__
from xlclv.errors import InputError
from xlclv.labels import STAGES, STANDARD, TIERS, VALUE8
from xlclv.text import LANGUAGES, Language, Text
from xlclv.workbook import cohorts_sheet, customers_sheet, labels, segments_sheet, summary_sheet
from xlclv.workbook.method_sheet import Method
from xlclv.workbook.package import check_target, save
from xlclv.workbook.page import Book
from xlclv.workbook.source import Source, in_language
from xlclv.workbook.theme import Styles

if TYPE_CHECKING:
    from xlclv.valuation import Valuation

#: What Excel 2019 and later write. An older number makes them compute everything again on opening.
CALCULATION = 191029

CHECKING = Text("Writing the workbook", "生成工作簿")
SAVING = Text("Saving", "保存")

#: Names of groups in both languages, by the English name the calculations give.
NAMES: dict[str, Text] = {text.en: text for text in (*STANDARD.values(), *VALUE8.values(), *TIERS, *STAGES.values())}

Progress = Callable[[Text, int, int], None]

#: A sign or a code such as US$ or CNY; number formats and columns have to hold it.
MOST_CURRENCY = 8

#: Rows of an Excel sheet that remain for customers below the heading.
MOST_CUSTOMERS = 1_048_576 - customers_sheet.HEAD_ROW - 1


def build_customer_value(
    valuation: Valuation,
    source: Source,
    path: str | os.PathLike[str],
    *,
    lang: Language = "en",
    title: str | None = None,
    currency: str = "$",
    progress: Progress | None = None,
) -> Path:
    """Write the customer value workbook: Summary, Customers, Segments, Cohorts and Method.

    The same arguments give the same bytes. The file at ``path`` is replaced at the end, in one step.

    Parameters
    ----------
    valuation : Valuation
        As `xlclv.valuation.value_customers` returns it.
    source : Source
        What the data is called, where it came from and which rows were left out.
    path : path-like
        The workbook to write; it must end in ``.xlsx``.
    lang : {"en", "zh"}, optional
        Language of sheets, headers and texts; names of tables are the same in both.
    title : str, optional
        Title of the Summary; ``Customer value`` and the name of the data when omitted.
    currency : str, optional
        Sign before amounts, of at most 8 characters; empty for none.
    progress : callable, optional
        Called with the stage, the steps done and their number.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    FileError
        If the file cannot be written; nothing is written then.
    InputError
        If the language is unknown, the currency too long or there are more customers than rows on a sheet.
    """
    if lang not in LANGUAGES:
        raise InputError(
            f"lang must be en or zh; {lang!r} is neither.", f"lang 只能是 en 或 zh，{lang!r} 不是。", argument="lang"
        )
    if len(currency) > MOST_CURRENCY:
        raise InputError(
            f"The currency has {len(currency)} characters; give a sign or a code of at most {MOST_CURRENCY}, "
            "such as $ or CNY.",
            f"货币符号有 {len(currency)} 个字符；请给出至多 {MOST_CURRENCY} 个字符的符号或代码，例如 ¥ 或 CNY。",
            argument="currency",
        )
    if len(valuation.customers) > MOST_CUSTOMERS:
        raise InputError(
            f"{len(valuation.customers):,} customers do not fit on a sheet of {MOST_CUSTOMERS:,} rows; "
            "write a csv file instead.",
            f"{len(valuation.customers):,} 位客户超过工作表的 {MOST_CUSTOMERS:,} 行；请改为输出 csv 文件。",
        )
    target = check_target(path)
    content = _content(valuation, source, lang, title, currency, progress)
    if progress is not None:
        progress(SAVING, len(labels.SHEETS), len(labels.SHEETS) + 1)
    save(content, target)
    if progress is not None:
        progress(SAVING, len(labels.SHEETS) + 1, len(labels.SHEETS) + 1)
    return target


def _content(
    valuation: Valuation, source: Source, lang: Language, title: str | None, currency: str, progress: Progress | None
) -> bytes:
    stream = BytesIO()
    workbook = Workbook(stream, {"in_memory": True, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"})
    workbook.set_calc_mode("auto", CALCULATION)
    # Values are written with every formula: opening the file must not touch them.
    workbook.calc_on_load = False
    name = in_language(source.name, lang)
    heading = title or in_language(Text(f"Customer value, {name}", f"客户价值：{name}"), lang)
    _properties(workbook, valuation, heading, lang)
    book = Book(workbook, lang, Styles(workbook, lang), valuation, source, currency, heading)

    done = 0

    def step() -> None:
        nonlocal done
        if progress is not None:
            progress(CHECKING, done, len(labels.SHEETS) + 1)
        done += 1

    step()
    summary = summary_sheet.create(book)
    customers = customers_sheet.write(book, NAMES)
    step()
    # Sheets stand in the order they are made; Method is written in two parts because others refer to its settings
    # and its checks refer to all others.
    segments_page, cohorts, method = segments_sheet.create(book), cohorts_sheet.create(book), Method(book)
    method.settings()
    segments = segments_sheet.write(segments_page, NAMES, method.cells["as_of"])
    step()
    cohorts_sheet.write(cohorts)
    step()
    model = method.models()
    step()
    written = summary_sheet.write(summary, segments, model, NAMES)
    method.data()
    checked = method.checks(written.counts)
    method.texts()
    marks = (
        (summary, summary_sheet.LAST - 1, summary_sheet.LAST),
        (customers, len(labels.COLUMNS) - 2, len(labels.COLUMNS)),
        (segments.page, segments_sheet.LAST_COLUMN - 2, segments_sheet.LAST_COLUMN),
        (cohorts, *cohorts_sheet.mark_columns(book)),
        (method.page, 6, 6),
    )
    for page, first, last in marks:
        page.check_mark(checked.cell, checked.count, checked.wrong, first, last)
    summary.sheet.activate()
    workbook.close()
    return stream.getvalue()


def _properties(workbook: Workbook, valuation: Valuation, title: str, lang: Language) -> None:
    as_of = valuation.settings.as_of
    workbook.set_properties(
        {
            "title": title,
            "subject": in_language(
                Text(f"Customer lifetime value as of {as_of.isoformat()}", f"截至 {as_of.isoformat()} 的客户终身价值"),
                lang,
            ),
            "author": f"xlclv {__version__}",
            "keywords": "customer lifetime value, CLV, RFM",
            "category": "Customer value",
            # The as-of date and not the clock: the same data gives the same file.
            "created": datetime(as_of.year, as_of.month, as_of.day),
        }
    )
