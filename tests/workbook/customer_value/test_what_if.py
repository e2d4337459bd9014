"""The sheet What-if: live functions over a chosen customer."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest

from tests.workbook import office
from tests.workbook.customer_value.live import Scenario, built, content, evaluated, frozen, live_cells, settled
from tests.workbook.samples import load
from tests.workbook.test_office import differences
from xlclv.text import LANGUAGES, Language
from xlclv.workbook.customer_value import setting, what_if_sheet
from xlclv.workbook.customer_value.what_if_case import YEARS
from xlclv.worksheet import call

FUNCTIONS = {
    "MODEL_ALIVE": 2, "MODEL_ORDERS": 2, "MODEL_INTERVAL": 4, "SPEND_EXPECTED": 2, "CLV_PREDICT": 2 + 2 * len(YEARS),
}  # fmt: skip
CHOSEN, BAND, SENTENCE = "C5", "I5", "D5"
CHANGE = {"periods": "L9", "margin": "L10", "rate": "L11", "more": "L12", "change": "L13", "cost": "L14"}


def text_of(book: Any, lang: Language = "en") -> dict[str, Any]:
    """Return the values of What-if by address."""
    return {cell.coordinate: cell.value for row in book[setting.WHAT_IF.of(lang)] for cell in row}


def beside(cells: dict[str, Any], label: str, columns: int) -> Any:
    """Return the value some columns to the right of a label."""
    (place,) = [address for address, value in cells.items() if value == label]
    column, row = place.rstrip("0123456789"), place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return cells[chr(ord(column) + columns) + row]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("what_if"), content())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_live_cell_shows_what_its_function_gives(tmp_path: Path, lang: Language) -> None:
    filled = content(lang)
    path = built(tmp_path, filled, lang)
    sheet = load(path, values=True)[setting.WHAT_IF.of(lang)]
    formulas = live_cells(path, lang)
    counts = {name: sum(f"{name}(" in formula for formula in formulas.values()) for name in FUNCTIONS}
    assert counts == FUNCTIONS
    for address, formula in formulas.items():
        assert sheet[address].value == pytest.approx(evaluated(formula, sheet, filled), rel=1e-12), formula


def test_the_figures_are_those_of_the_best_customer(path: Path) -> None:
    cells = text_of(load(path, values=True))
    best = content().valuation.customers.iloc[0]
    assert cells[CHOSEN] == best["customer"]
    assert beside(cells, "Orders, lower 90%", 2) <= best["expected_orders"] <= beside(cells, "Orders, upper 90%", 2)
    assert beside(cells, "Repeat orders", 2) == best["frequency"]
    assert beside(cells, "Tier", 2) == best["tier"]
    (row,) = [address for address, value in cells.items() if value == "Agreement"]
    first = int(row[1:]) + 1
    for place, name in enumerate(("p_alive", "expected_orders", "expected_value", "clv")):
        assert cells[f"D{first + place}"] == pytest.approx(best[name], rel=1e-9)
        assert cells[f"F{first + place}"] == pytest.approx(best[name], rel=1e-12)
        assert cells[f"G{first + place}"] == "OK"
    # The value of a year stands in the table of horizons, too.
    (head,) = [address for address, value in cells.items() if value == "Years ahead"]
    year = int(head[1:]) + 1 + YEARS.index(1.0)
    assert cells[f"C{year}"] == 52
    assert cells[f"D{year}"] == pytest.approx(best["clv"], rel=1e-9)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_template_says_what_will_be_here(tmp_path: Path, lang: Language) -> None:
    path = built(tmp_path, None, lang)
    cells, formulas = text_of(load(path, values=True), lang), load(path)[setting.WHAT_IF.of(lang)]
    assert cells["B3"] == what_if_sheet.WAITING.of(lang)
    assert len(live_cells(path, lang)) == sum(FUNCTIONS.values())
    for address in live_cells(path, lang):
        assert cells[address] in (None, "")
        assert formulas[address].value.startswith(f"=IF({setting.READY},")
    assert not [cell for cell in cells.values() if str(cell).startswith("#")]


def test_the_list_of_customers_follows_the_table(path: Path) -> None:
    book = load(path)
    assert book.defined_names["customer_list"].attr_text == "CustomerValues[customer]"
    rules = {str(rule.sqref): rule for rule in book["What-if"].data_validations.dataValidation}
    assert rules[CHOSEN].formula1 == "customer_list"
    assert rules[CHANGE["margin"]].formula2 == "1"
    assert book["What-if"][CHOSEN].number_format == "@"
    # The table may have been sorted by another column.
    best = "MATCH(MIN(CustomerValues[rank]),CustomerValues[rank],0)"
    assert f"INDEX(CustomerValues[customer],{best})" in book["What-if"][CHOSEN].value


@pytest.mark.parametrize("nothing", [None, math.nan])
def test_a_customer_without_limits_has_none(tmp_path: Path, nothing: float | None) -> None:
    filled = content()
    frame = filled.valuation.customers.assign(clv_lower=nothing, clv_upper=nothing)
    valuation = dataclasses.replace(filled.valuation, customers=frame)
    cells = text_of(load(built(tmp_path, dataclasses.replace(filled, valuation=valuation)), values=True))
    assert beside(cells, "Value, lower 90% ($)", 2) == beside(cells, "Value, upper 90% ($)", 2) == "–"


def test_models_of_any_kind_are_read_as_the_table_holds_them(path: Path) -> None:
    filled = content()
    head = ["parameter", "value", "standard error", "lower 95%", "upper 95%"]
    block = [head, *filled.tables["OrderModel"], *[[None] * 5] * 3]
    expected = call("MODEL_ALIVE", filled.valuation.model.to_block()[1:], 2, 10, 20)
    assert call("MODEL_ALIVE", block, 2, 10, 20) == expected
    assert 0 < expected < 1


@pytest.mark.libreoffice
@pytest.mark.parametrize("lang", LANGUAGES)
def test_libreoffice_computes_the_rest(tmp_path: Path, lang: Language) -> None:
    path = frozen(built(tmp_path, content(lang), lang), tmp_path / "frozen", {})
    assert not live_cells(path, lang)
    count, found = differences(path, office.recalculated(path, tmp_path))
    assert count > 300
    assert not found


OTHER, MORE = 7, 20
UNKNOWN = {"star": "C*", "number": 17}
ODD: list[Any] = ["00123", "a~b*?", "=x", "A~B*?"]
IDS = {"id text": ("17852", 2), "id number": (17852, 2), "id zeros": ("00123", 3), "id marks": ("a~b*?", 4),
       "id sign": ("=x", 5), "id case": ("A~B*?", 6), "id none": (None, 0)}  # fmt: skip


@pytest.fixture(scope="module")
def shown(path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What-if after changes, by what was changed: all in few runs of LibreOffice."""
    filled = content()
    frame = filled.valuation.customers
    ids: list[Any] = [17850.0 + place for place in range(len(frame))]
    ids[3 : 3 + len(ODD)] = ODD
    numbered = dataclasses.replace(
        filled, valuation=dataclasses.replace(filled.valuation, customers=frame.assign(customer=ids))
    )
    folder = tmp_path_factory.mktemp("shown")
    other = built(folder / "ids", numbered)
    terms = {
        CHOSEN: frame["customer"].iloc[OTHER], CHANGE["periods"]: 26, CHANGE["margin"]: 0.5, CHANGE["rate"]: 0.25,
        CHANGE["more"]: None, CHANGE["change"]: 0.1, CHANGE["cost"]: 1000,
    }  # fmt: skip
    more = {CHOSEN: frame["customer"].iloc[MORE], CHANGE["more"]: 1, CHANGE["cost"]: 0.5}
    scenarios = {
        "terms": Scenario(path, filled, terms),
        "more": Scenario(path, filled, more),
        "none": Scenario(path, filled, {CHANGE["more"]: None, CHANGE["cost"]: None}),
        "worse": Scenario(path, filled, {CHANGE["more"]: None, CHANGE["cost"]: None, CHANGE["margin"]: 0.1}),
        **{name: Scenario(path, filled, {CHOSEN: asked}) for name, asked in UNKNOWN.items()},
        **{name: Scenario(other, numbered, {CHOSEN: asked}) for name, (asked, _place) in IDS.items()},
    }
    return {name: text_of(book) for name, book in settled(scenarios, folder).items()}


@pytest.mark.libreoffice
def test_another_customer_and_other_terms(shown: dict[str, dict[str, Any]]) -> None:
    filled, cells = content(), shown["terms"]
    row = filled.valuation.customers.iloc[OTHER]
    model, spend = filled.valuation.model.to_block(), filled.valuation.spend.to_block()
    history = [float(row[name]) for name in ("frequency", "recency", "age", "monetary")]
    value = call("CLV_PREDICT", model, spend, *history, 26, 0.5, call("RATE_CONVERT", 0.25, "year", "week"))
    assert isinstance(value, float)
    (place,) = [address for address, cell in cells.items() if cell == "Value ($)" and address.startswith("I")]
    assert cells[f"K{place[1:]}"] == pytest.approx(row["clv"], rel=1e-9)
    assert cells[f"M{place[1:]}"] == pytest.approx(1.1 * value, rel=1e-9)
    gain = 1.1 * value - row["clv"]
    more = "more" if gain > 0 else "less"
    assert cells[BAND] == f"✗ Does not pay: ${abs(gain):.2f} {more} value for $1,000.00 of cost"
    assert "The action does not pay back within 104 weeks" in cells.values()
    assert "failed" not in cells.values()


@pytest.mark.libreoffice
def test_one_more_order_and_its_cost(shown: dict[str, dict[str, Any]]) -> None:
    filled, cells = content(), shown["more"]
    row, settings = filled.valuation.customers.iloc[MORE], filled.valuation.settings
    model, spend = filled.valuation.model.to_block(), filled.valuation.spend.to_block()
    x, age, paid = (float(row[name]) for name in ("frequency", "age", "monetary"))
    amount = call("SPEND_EXPECTED", spend, x, paid)
    assert isinstance(amount, float)
    terms = (settings.periods, settings.margin, settings.discount_rate)
    then = call("CLV_PREDICT", model, spend, x + 1, age, age, (x * paid + amount) / (x + 1), *terms)
    assert isinstance(then, float)
    gain = then - row["clv"] + amount * settings.margin
    assert beside(cells, "Gain after cost ($)", 5) == pytest.approx(gain - 0.5, rel=1e-9)
    assert cells[BAND] == f"✓ Pays: ${gain:.2f} more value for $0.50 of cost"
    assert "The action pays back within 13 weeks" in cells.values()


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", UNKNOWN)
def test_a_customer_in_no_row_is_told_and_nothing_else_is(
    shown: dict[str, dict[str, Any]], path: Path, name: str
) -> None:
    cells = shown[name]
    assert cells[SENTENCE] == f"{UNKNOWN[name]} is no customer of the table: choose from the list."
    assert cells[BAND] in (None, "")
    for address in live_cells(path):
        assert cells[address] in (None, "")
    assert not [address for address, value in cells.items() if str(value).startswith(("#", "Err:"))]


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", IDS)
def test_ids_are_found_as_number_and_as_text(shown: dict[str, dict[str, Any]], name: str) -> None:
    place = IDS[name][1]
    assert beside(shown[name], "row of the customer", 1) == place + 1
    assert beside(shown[name], "Repeat orders", 2) == content().valuation.customers["frequency"].iloc[place]


@pytest.mark.libreoffice
def test_no_change_and_a_worse_one_say_so(shown: dict[str, dict[str, Any]]) -> None:
    assert shown["none"][BAND] == "Nothing changes yet: fill a yellow cell below."
    assert "Now = What if" in shown["none"].values()
    (title,) = [value for value in shown["none"].values() if str(value).startswith("The customer brings $")]
    assert title.endswith("within 104 weeks")
    lost = content().valuation.customers["clv"].iloc[0] * 2 / 3
    assert shown["worse"][BAND] == f"✗ Does not pay: ${lost:.2f} less value"
    (title,) = [value for value in shown["worse"].values() if str(value).startswith("What if brings $")]
    assert title.endswith("less within 104 weeks")
