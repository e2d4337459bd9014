"""The sheet Summary: formulas that follow any customers."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.workbook.customer_value.live import built, content, frozen, recalculated_all, remodelled, revalued
from tests.workbook.samples import load
from tests.workbook.test_office import differences
from xlclv.text import LANGUAGES, Language
from xlclv.workbook import distribution
from xlclv.workbook.customer_value import setting, summary_data, words
from xlclv.workbook.customer_value.setting import Content
from xlclv.workbook.distribution import LIMITS, nice_limits

Values = Callable[[int], np.ndarray]

#: Customers unlike each other, by what is odd about them.
ODD: dict[str, Values] = {
    "millions": lambda n: np.random.default_rng(1).lognormal(15.0, 1.5, n),
    "alike": lambda n: np.full(n, 104.0),
    "nearly alike": lambda n: np.random.default_rng(2).normal(1000.0, 20.0, n),
    "a factor of thirty": lambda n: np.geomspace(10.0, 300.0, n),
    "some negative": lambda n: np.random.default_rng(3).normal(20.0, 30.0, n),
    "all negative": lambda n: -np.random.default_rng(4).lognormal(2.0, 1.0, n),
    "nothing": np.zeros,
    "tiny": lambda n: np.random.default_rng(5).lognormal(-9.0, 1.0, n),
    "seven decades": lambda n: np.geomspace(1e-4, 1e3, n),
}


def cells_of(path: Path, lang: Language = "en") -> dict[str, Any]:
    """Return the values of Summary by address."""
    return {
        cell.coordinate: cell.value for row in load(path, values=True)[setting.SUMMARY.of(lang)] for cell in row
    }  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("summary"), content())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_figures_are_the_valuations(tmp_path: Path, lang: Language) -> None:
    filled = content(lang, 240)
    cells = cells_of(built(tmp_path, filled, lang), lang)
    valuation = filled.valuation
    frame = valuation.customers
    assert valuation.shares is not None
    expected = {
        "B6": frame["clv"].sum(), "D6": 240, "F6": frame["clv"].mean(), "I6": valuation.shares.top[0.2],
        "K6": frame["expected_orders"].sum(), "M6": (frame["orders"] == 1).mean(),
    }  # fmt: skip
    for address, value in expected.items():
        assert cells[address] == pytest.approx(value, rel=1e-12), address
    assert cells["B2"] == {"en": "Test shop", "zh": "测试商店"}[lang]
    assert "Pareto/NBD" in cells["B3"]
    assert "Gamma-Gamma" in cells["B3"]
    assert cells["B7"].startswith("90%")


def test_words_follow_the_settings(path: Path) -> None:
    cells, values = cells_of(path), content().values
    day = values["out_as_of"]
    assert str(cells["B3"]).startswith(f"As of {day.day} {day:%B} {day.year} · ")  # type: ignore[union-attr]
    assert str(cells["B3"]).endswith(
        " · next 52 weeks · margin 30% · discount 10% a year · Pareto/NBD with Gamma-Gamma"
    )
    lower, upper = float(str(values["out_lower"])), float(str(values["out_upper"]))
    assert cells["B7"] == f"90%: {_short(lower)} to {_short(upper)} · next 52 weeks"
    assert "Value in the next 52 weeks ($)" in cells.values()


def _short(value: float) -> str:
    scaled, letter = (value / 1000, "k") if value >= 10_000 else (value, "")
    digits = max(0, 2 - math.floor(math.log10(max(1.0, scaled))))
    return f"{scaled:,.{digits}f}{letter}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_template_says_what_will_be_here(tmp_path: Path, lang: Language) -> None:
    cells = cells_of(built(tmp_path, None, lang), lang)
    assert cells["B2"] == words.TITLE.of(lang)
    assert cells["B3"] == words.WAITING.of(lang)
    assert {waiting.of(lang) for waiting in summary_data.WAITING.values()} <= set(cells.values())
    for address in ("B6", "D6", "F6", "I6", "K6", "M6", "B7", "D7"):
        assert cells[address] in (None, "")
    assert not [value for value in cells.values() if str(value).startswith("#")]


def test_no_formula_holds_what_a_refresh_may_change(path: Path) -> None:
    filled = content()
    told = [str(filled.valuation.settings.model), "weeks", "Gamma-Gamma", str(len(filled.valuation.customers))]
    sheet = load(path)[setting.SUMMARY.en]
    for row in sheet:
        for cell in row:
            if cell.data_type == "f":
                assert not [word for word in told if f'"{word}' in cell.value or f'{word}"' in cell.value], cell.value
                assert "$ " not in cell.value


@pytest.mark.parametrize("name", ODD)
def test_limits_suit_any_values(name: str) -> None:
    values = ODD[name](60)
    found = nice_limits(values)
    limits = found.values
    assert len(limits) == LIMITS
    assert limits == sorted(set(limits))
    for limit in limits:
        # Few digits are enough for any of them: what a person would have chosen.
        assert limit == 0 or float(f"{limit:.3e}") == pytest.approx(limit, rel=1e-12)
    counts = np.diff([0, *((values < limit).sum() for limit in limits), len(values)])
    assert counts.sum() == len(values)
    if np.ptp(values) > 0:
        assert (counts > 0).sum() >= 4
        assert limits[-1] <= np.quantile(values, distribution.HIGH) or found.kind == 1


def test_a_ladder_reaches_down_from_the_nice_number_below_the_largest_values() -> None:
    assert nice_limits(np.geomspace(1, 5000, 400)).values == [10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0]
    fine = nice_limits(np.geomspace(10, 300, 60))
    assert fine.kind == 2
    assert fine.values == [15.0, 20.0, 30.0, 50.0, 70.0, 100.0, 150.0, 200.0]


@pytest.mark.libreoffice
def test_libreoffice_computes_what_is_stored_whatever_the_customers(tmp_path: Path) -> None:
    filled = content()
    cases: dict[str, tuple[Content | None, Language]] = {
        name: (revalued(filled, values(len(filled.valuation.customers))), "en") for name, values in ODD.items()
    }
    cases |= {
        "as it is": (filled, "en"), "NBD": (remodelled(filled, "NBD"), "en"),
        "BG_CNBD": (remodelled(filled, "BG/CNBD-k"), "en"), "zh": (content("zh"), "zh"), "larger": (content("zh", 240, 3e6), "zh"),
        "empty": (None, "en"), "empty zh": (None, "zh"),
    }  # fmt: skip
    copies = {}
    for name, (case, lang) in cases.items():
        copies[name] = frozen(built(tmp_path / name, case, lang), tmp_path / "frozen", {}, name=f"{name}.xlsx")
    for name, fresh in recalculated_all(copies, tmp_path).items():
        count, found = differences(copies[name], fresh)
        # That the values are no longer those of the models is what the master check tells.
        mine = [line for line in found if line.split("!")[0] in setting.SUMMARY and f"={setting.MASTER}:" not in line]
        assert count > 250, name
        assert not mine, name


@pytest.mark.parametrize(("name", "parameters"), [("NBD", 2), ("BG/CNBD-k", 5)])
def test_as_many_parameters_as_the_model_has(tmp_path: Path, name: str, parameters: int) -> None:
    filled = remodelled(content(), name)
    cells = cells_of(built(tmp_path, filled))
    (place,) = [address for address, value in cells.items() if value == "Parameter"][:1]
    first = int(place[1:]) + 1
    rows = [[cells[f"{column}{first + number}"] for column in "IJKLMN"] for number in range(6)]
    model = filled.valuation.model
    assert [row[0] for row in rows[:parameters]] == list(model.params)
    assert [row[2] for row in rows[:parameters]] == pytest.approx(list(model.params.values()), rel=1e-12)
    assert all(row[1] for row in rows[:parameters])
    assert all(cell in (None, "") for row in rows[parameters:] for cell in row)
    assert f"Model: {name}" in cells.values()


@pytest.mark.libreoffice
def test_another_currency_period_and_horizon(path: Path, tmp_path: Path) -> None:
    book = load(path)
    cases: dict[str, dict[str, Any]] = {
        "month": {"in_currency": "CHF", "out_period": "月", "out_periods": 1, "out_rate": 0, "in_title": None},
        "plain": {"in_currency": None, "out_lower": None, "out_upper": None, "out_period": "quarter"},
    }
    copies = {}
    for case, changes in cases.items():
        copies[case] = frozen(path, tmp_path / "live", {}, name=f"{case}.xlsx")
        for name, value in changes.items():
            ((sheet, address),) = book.defined_names[name].destinations
            number, cells = book.sheetnames.index(sheet) + 1, {address.replace("$", ""): value}
            copies[case] = frozen(copies[case], tmp_path / name, cells, sheet=number)
    found = {case: cells_of(fresh) for case, fresh in recalculated_all(copies, tmp_path).items()}
    month, plain = found["month"], found["plain"]
    assert month["B2"] == "Customer value"
    assert month["B3"].endswith(" · next month · margin 30% · Pareto/NBD with Gamma-Gamma")
    assert month["B5"] == "Value of the base (CHF)"
    assert "Value in the next month (CHF)" in month.values()
    assert any("worth less than CHF" in str(value) for value in month.values())
    assert plain["B5"] == "Value of the base"
    assert plain["B7"] == "next 52 quarters"
    assert "Value in the next 52 quarters" in plain.values()
    assert plain["F7"] == month["F7"].replace("CHF", "")
    assert not [value for value in plain.values() if "$" in str(value) or "CHF" in str(value)]
