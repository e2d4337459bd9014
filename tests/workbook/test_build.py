"""What a built workbook holds, read without a spreadsheet program."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.workbook.samples import load, make_orders, source_of
from xlclv.errors import InputError
from xlclv.text import LANGUAGES, Language, Text
from xlclv.valuation import COLUMNS, Valuation, value_customers
from xlclv.workbook import Source, build_customer_value, failed_checks, labels
from xlclv.workbook.build import MOST_CURRENCY
from xlclv.workbook.method_sheet import Method

#: The only numbers a formula may hold: counting, rounding and percent.
WHITELIST = {"0", "1", "2", "100"}


def revalued(valuation: Valuation, clv: np.ndarray) -> Valuation:
    """Return the valuation with other values, its groups summed up again."""
    from xlclv.valuation import _shares, group_by

    frame = valuation.customers.assign(clv=clv)
    frame["rank"] = frame["clv"].rank(ascending=False, method="min").astype("int64")
    frame = frame.sort_values(["rank", "customer"], ignore_index=True)
    days = (pd.Timestamp(valuation.settings.as_of) - frame["last"]).dt.days
    segments, tiers, stages = (group_by(frame.assign(days_since=days), name) for name in ("segment", "tier", "stage"))
    return dataclasses.replace(
        valuation, customers=frame, shares=_shares(frame["clv"].tolist()), segments=segments, tiers=tiers, stages=stages
    )


def everything(path: Path) -> dict[str, Any]:
    """Return the values of all cells by sheet and address."""
    book = load(path, values=True)
    return {f"{sheet.title}!{cell.coordinate}": cell.value for sheet in book for row in sheet for cell in row}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sheets_and_tables(built: dict[Language, Path], valuation: Valuation, lang: Language) -> None:
    book = load(built[lang])
    assert book.sheetnames == [name.of(lang) for name in labels.SHEETS]
    tables = {name: sheet.title for sheet in book for name in sheet.tables}
    assert set(tables) == {"CustomerValues", "Segments", "Tiers", "Stages", "Cohorts"}
    customers = book[labels.CUSTOMERS.of(lang)]
    cells = list(customers[customers.tables["CustomerValues"].ref])
    assert [cell.value for cell in cells[0]] == [labels.COLUMNS[name].of(lang) for name in COLUMNS]
    assert len(cells) == len(valuation.customers) + 1
    assert [row[0].value for row in cells[1:]] == valuation.customers["customer"].tolist()
    clv = [row[COLUMNS.index("clv")].value for row in cells[1:]]
    assert clv == pytest.approx(valuation.customers["clv"].tolist(), rel=1e-14)
    assert all(not sheet.merged_cells.ranges for sheet in book)


def test_english_headers_are_the_column_names() -> None:
    assert tuple(labels.COLUMNS) == COLUMNS
    assert tuple(text.en for text in labels.COLUMNS.values()) == COLUMNS


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_formula_has_a_value_and_none_is_an_error(built: dict[Language, Path], lang: Language) -> None:
    formulas, values = load(built[lang]), load(built[lang], values=True)
    count = 0
    for sheet in formulas:
        for row in sheet:
            for cell in row:
                value = values[sheet.title][cell.coordinate].value
                assert not (isinstance(value, str) and value.startswith("#")), cell.coordinate
                if cell.data_type == "f":
                    count += 1
                    # An average over no cohort is an empty text, which openpyxl reads as nothing.
                    assert value is not None or "IF(COUNT(" in cell.value, (sheet.title, cell.coordinate, cell.value)
    assert count > 200


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_number_is_hidden_in_a_formula(built: dict[Language, Path], lang: Language) -> None:
    for sheet in load(built[lang]):
        for row in sheet:
            for cell in row:
                if cell.data_type != "f":
                    continue
                bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\$?[A-Z]{1,3}\$?\d+', "", cell.value)
                numbers = set(re.findall(r"(?<![A-Za-z])\d+(?:\.\d+)?", bare))
                assert numbers <= WHITELIST, (sheet.title, cell.coordinate, cell.value)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_checks_pass_and_every_sheet_says_so(built: dict[Language, Path], lang: Language) -> None:
    values = load(built[lang], values=True)
    mark = re.compile(r"^✓ (Checks: all \d+ passed|检查：\d+ 项全部通过)$")
    for sheet in values:
        assert [cell.value for cell in sheet[2] if isinstance(cell.value, str) and mark.match(cell.value)], sheet.title


def test_a_failed_check_is_told_in_words(valuation: Valuation, tmp_path: Path) -> None:
    wrong = dataclasses.replace(source_of(valuation), rows=1)
    path = build_customer_value(valuation, wrong, tmp_path / "wrong.xlsx")
    cells = everything(path)
    assert any(str(value).startswith("✗ Checks: 1 of ") for value in cells.values())
    assert "failed" in cells.values()


def failed_in_file(path: Path) -> list[str]:
    """Return the names of the checks that the stored values of a workbook show as failed."""
    sheet = load(path, values=True)["Method"]
    return [row[1].value for row in sheet.iter_rows() if row[5].value == "failed"]


def test_failed_checks_are_those_of_the_file(valuation: Valuation, tmp_path: Path) -> None:
    source = source_of(valuation)
    assert failed_checks(valuation, source) == []
    frame = valuation.customers
    more = frame["orders"] + (frame["rank"] == 1)
    cases = {
        "rows": (valuation, dataclasses.replace(source, rows=1)),
        "orders": (dataclasses.replace(valuation, customers=frame.assign(orders=more)), source),
        "alive": (dataclasses.replace(valuation, customers=frame.assign(p_alive=1.5)), source),
        "cohorts": (dataclasses.replace(valuation, cohorts=valuation.cohorts.iloc[1:]), source),
    }
    told = {}
    for name, (wrong, of) in cases.items():
        path = build_customer_value(wrong, of, tmp_path / f"{name}.xlsx")
        told[name] = [text.en for text in failed_checks(wrong, of)]
        assert failed_in_file(path) == told[name]
        assert any(str(value).startswith(f"✗ Checks: {len(told[name])} of ") for value in everything(path).values())
    assert told["rows"] == ["Rows read are used or skipped"]
    assert told["alive"] == ["No p_alive outside 0 to 1"]
    assert told["cohorts"] == ["Cohort sizes hold every customer"]
    # Rows are compared with the orders of the table: one order too many there shows in both.
    assert told["orders"][:2] == [
        "Rows used are orders, or left out for a reason",
        "Orders in the table are those counted in the log",
    ]


def test_a_log_with_rounding_and_refunds_passes_its_checks(tmp_path: Path) -> None:
    orders = make_orders(60)
    day = orders["date"].min()
    odd = [("dust", day, amount) for amount in (0.3, -0.1, -0.2)]
    odd += [(f"refund only {number}", day, -8.0) for number in range(10)]
    valuation = value_customers(pd.concat([orders, pd.DataFrame(odd, columns=orders.columns)]))
    assert failed_checks(valuation, source_of(valuation)) == []
    path = build_customer_value(valuation, source_of(valuation), tmp_path / "odd.xlsx")
    assert failed_in_file(path) == []
    assert "Cohort sizes hold every customer" in everything(path).values()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_new_setting_breaks_no_formula(
    valuation: Valuation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: Language
) -> None:
    settings = Method.settings

    def lower(method: Method) -> None:
        method.row += 2
        settings(method)

    monkeypatch.setattr(Method, "settings", lower)
    path = build_customer_value(valuation, source_of(valuation), tmp_path / "lower.xlsx", lang=lang)
    name = labels.METHOD.of(lang)
    found = {
        cell
        for row in load(path)[labels.SEGMENTS.of(lang)].iter_rows(values_only=True)
        for value in row
        if isinstance(value, str) and "SUMIFS" in value
        for cell in re.findall(rf"'?{name}'?!(\$[A-Z]+\$\d+)", value)
    }
    assert found == {"$C$9"}
    assert load(path, values=True)[name]["C9"].value.date() == valuation.settings.as_of


def test_dates_are_written_without_a_deprecated_call(
    valuation: Valuation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_dates: object) -> None:
        raise AssertionError("pandas 2.2 warns of Series.dt.to_pydatetime")

    monkeypatch.setattr(type(valuation.customers["first"].dt), "to_pydatetime", refuse)
    path = build_customer_value(valuation, source_of(valuation), tmp_path / "dates.xlsx")
    first = load(path, values=True)["Customers"].cell(6, 2 + COLUMNS.index("first")).value
    assert first == valuation.customers["first"].iloc[0].to_pydatetime()


def test_figures_are_the_valuations(built: dict[Language, Path], valuation: Valuation) -> None:
    cells = everything(built["en"])
    assert cells["Summary!B6"] == pytest.approx(valuation.customers["clv"].sum(), rel=1e-12)
    assert cells["Summary!D6"] == len(valuation.customers)
    assert valuation.shares is not None
    assert cells["Summary!I6"] == pytest.approx(valuation.shares.top[0.2], rel=1e-12)
    assert cells["Method!C7"].date() == valuation.settings.as_of


@pytest.mark.parametrize("lang", LANGUAGES)
def test_package(built: dict[Language, Path], lang: Language) -> None:
    with zipfile.ZipFile(built[lang]) as package:
        workbook = package.read("xl/workbook.xml").decode()
        charts = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/charts/chart")]
        drawings = [
            package.read(name).decode() for name in package.namelist() if name.startswith("xl/drawings/drawing")
        ]
        properties = package.read("docProps/core.xml").decode()
    assert 'calcId="191029"' in workbook
    assert "fullCalcOnLoad" not in workbook
    assert len(charts) == 4
    for chart in charts:
        assert "<c:title>" in chart
        assert "3D" not in chart
    # Every picture of a chart has a text for who cannot see it.
    assert sum(len(re.findall(r'<xdr:cNvPr id="\d+" name="[^"]+" descr="[^"]+', text)) for text in drawings) == 4
    assert "<dc:title>" in properties
    assert "xlclv" in properties


def test_same_input_same_bytes(built: dict[Language, Path], valuation: Valuation, tmp_path: Path) -> None:
    again = build_customer_value(valuation, source_of(valuation), tmp_path / "value_en.xlsx")
    assert again.read_bytes() == built["en"].read_bytes()


def test_page_setup(built: dict[Language, Path]) -> None:
    for sheet in load(built["zh"]):
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert int(sheet.page_setup.fitToWidth or 1) == 1
        assert "&F" in sheet.oddHeader.left.text
        assert "2" in sheet.oddHeader.right.text
        assert not sheet.sheet_view.showGridLines
    book = load(built["en"])
    assert book["Customers"].print_title_rows == "$4:$5"
    assert book["Customers"].freeze_panes == "C6"


def test_chinese_is_complete(built: dict[Language, Path], valuation: Valuation) -> None:
    known = {"customer", "orders.csv", "CustomerValues", valuation.settings.model, valuation.spend.name}
    for sheet in load(built["zh"]):
        for row in sheet:
            for cell in row:
                if cell.data_type != "s" or cell.value in known:
                    continue
                # English sentences: three words of letters in a row, where they are no paper.
                assert not re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", cell.value) or "(20" in cell.value, cell.value


def test_texts_that_look_like_something_else_stay_texts(tmp_path: Path) -> None:
    orders = make_orders(60)
    names = sorted(orders["customer"].unique())
    odd = ["=1+1", "+7", "-5", "@SUM(A1)", "00123", "http://example.com", "1e5", "{=1}", "TRUE", "#N/A", "客户 & <甲>"]
    valuation = value_customers(orders.assign(customer=orders["customer"].replace(dict(zip(names, odd, strict=False)))))
    book = load(build_customer_value(valuation, source_of(valuation), tmp_path / "odd.xlsx"))
    column = {cell.value: cell.data_type for cell in book["Customers"]["B"]}
    for name in odd:
        assert column[name] in ("s", "inlineStr"), name
    assert not book["Customers"]._hyperlinks


@pytest.mark.parametrize("factor", [1e-6, 1e9, 0.0, -1.0])
def test_values_of_any_size(valuation: Valuation, tmp_path: Path, factor: float) -> None:
    extreme = revalued(valuation, valuation.customers["clv"].to_numpy(float) * factor)
    cells = everything(build_customer_value(extreme, source_of(valuation), tmp_path / "size.xlsx"))
    assert cells["Summary!B6"] == pytest.approx(extreme.customers["clv"].sum())
    assert not [value for value in cells.values() if str(value) in ("nan", "inf", "-inf")]
    # Without value there are no news: the titles fall back to plain descriptions.
    if factor <= 0:
        assert "Share of value held by the best customers" in cells.values()


def test_small_log_with_one_cohort(tmp_path: Path) -> None:
    orders = make_orders(400, days=28, seed=3)
    valuation = value_customers(orders.assign(date=date(2024, 3, 1) + (orders["date"] - orders["date"].min())))
    path = build_customer_value(valuation, source_of(valuation), tmp_path / "small.xlsx", lang="zh")
    assert any("同期群" in str(value) for value in everything(path).values())


def test_no_cohort_observed_says_what_will_be_there(valuation: Valuation, tmp_path: Path) -> None:
    cohorts = valuation.cohorts.copy()
    cohorts.iloc[:, 2:] = np.nan
    early = dataclasses.replace(valuation, cohorts=cohorts)
    path = build_customer_value(early, source_of(valuation), tmp_path / "early.xlsx")
    assert any("heat map appears here" in str(value) for value in everything(path).values())
    assert "Cohorts" not in load(path)["Cohorts"].tables
    # There is no table to add up, so there is no check of it.
    assert "Cohort sizes hold every customer" not in everything(path).values()
    assert failed_in_file(path) == []


def test_ages_nobody_reached_are_left_out(valuation: Valuation, tmp_path: Path) -> None:
    cohorts = valuation.cohorts.assign(unreached=np.nan)
    path = build_customer_value(
        dataclasses.replace(valuation, cohorts=cohorts), source_of(valuation), tmp_path / "ages.xlsx"
    )
    sheet = load(path)["Cohorts"]
    heads = [cell.value for cell in sheet[sheet.tables["Cohorts"].ref][0]]
    assert heads == ["cohort", "size", *(str(age) for age in range(len(heads) - 2))]
    values = load(path, values=True)["Cohorts"]
    last = [row[-1].value for row in values[sheet.tables["Cohorts"].ref]][1:]
    assert any(value is not None for value in last)


def test_no_currency_and_own_title(valuation: Valuation, tmp_path: Path) -> None:
    path = build_customer_value(
        valuation, source_of(valuation), tmp_path / "own.xlsx", title="Our customers", currency=""
    )
    assert everything(path)["Summary!B2"] == "Our customers"
    assert not [
        cell.number_format for sheet in load(path) for row in sheet for cell in row if "$" in cell.number_format
    ]


def test_long_currency_is_refused_and_no_column_is_too_wide(valuation: Valuation, tmp_path: Path) -> None:
    for currency in ("x" * (MOST_CURRENCY + 1), "x" * 300):
        with pytest.raises(InputError, match="at most 8") as caught:
            build_customer_value(valuation, source_of(valuation), tmp_path / "long.xlsx", currency=currency)
        assert caught.value.argument == "currency"
        assert str(len(currency)) in caught.value.text.zh
    assert not list(tmp_path.iterdir())
    large = revalued(valuation, valuation.customers["clv"].to_numpy(float) * 1e18)
    path = build_customer_value(large, source_of(large), tmp_path / "wide.xlsx", currency="x" * MOST_CURRENCY)
    assert max(column.width for column in load(path)["Customers"].column_dimensions.values()) < 41


def test_page_caps_its_widths() -> None:
    from xlsxwriter import Workbook

    from xlclv.workbook import theme
    from xlclv.workbook.page import Page, Setting

    stream = io.BytesIO()
    workbook = Workbook(stream)
    Page(Setting(workbook, "en", theme.Styles(workbook, "en")), labels.SUMMARY, [2.0, 900.0])
    workbook.close()
    with zipfile.ZipFile(stream) as package:
        widths = re.findall(r'<col [^>]*width="([\d.]+)"', package.read("xl/worksheets/sheet1.xml").decode())
    assert len(widths) == 2
    assert max(float(width) for width in widths) <= 255


def test_source_may_be_plain_text(valuation: Valuation, tmp_path: Path) -> None:
    counts = valuation.counts
    source = Source("Shop", "shop.xlsx", counts.rows, counts.rows, counts.customers, notes=("A note.",))
    cells = everything(build_customer_value(valuation, source, tmp_path / "plain.xlsx"))
    assert cells["Summary!B2"] == "Customer value, Shop"
    assert "A note." in cells.values()


def test_unknown_language(valuation: Valuation, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="en or zh"):
        build_customer_value(valuation, source_of(valuation), tmp_path / "x.xlsx", lang="fr")  # type: ignore[arg-type]


def test_progress(valuation: Valuation, tmp_path: Path) -> None:
    told: list[tuple[Text, int, int]] = []
    build_customer_value(valuation, source_of(valuation), tmp_path / "p.xlsx", progress=lambda *step: told.append(step))
    assert [step[1] for step in told] == sorted(step[1] for step in told)
    assert told[-1][1] == told[-1][2]
