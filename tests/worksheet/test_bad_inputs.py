"""Columns no model can be fitted to, and columns only a limit of it fits: the error or status of each, in words."""

from __future__ import annotations

import datetime as dt
import random
import re
from typing import Any

import numpy as np
import pytest

from xlclv.errors import DomainError
from xlclv.worksheet import CellError, call
from xlclv.worksheet.catalogue import FUNCTIONS, fit_cache
from xlclv.worksheet.catalogue.prediction import LOG_MODELS, MODELS

NAMES = [choice.value for choice in MODELS]
SIZE = 200

VALUE, NUM, NA = "#VALUE!", "#NUM!", "#N/A"


def columns() -> dict[str, list[float]]:
    """Whole numbers, so that they are histories of BG/BB too."""
    rng = random.Random(3)
    x = [float(rng.randrange(5)) for _ in range(SIZE)]
    age = [float(rng.randrange(20, 40)) for _ in range(SIZE)]
    recency = [float(rng.randrange(int(a), int(b))) if a else 0.0 for a, b in zip(x, age, strict=True)]
    return {"frequency": x, "recency": recency, "age": age}


def fit(name: str, language: str = "en", **changed: Any) -> Any:
    given = {**columns(), **changed}
    cells = [[[value] for value in column] for column in given.values()]
    return call("MODEL_FIT", name, *cells, *([None, None, None, "zh"] if language == "zh" else []), language=language)


def put(name: str, row: int, value: float) -> dict[str, list[float]]:
    column = columns()[name]
    column[row - 1] = value
    return {name: column}


def status(block: Any) -> str:
    assert isinstance(block, list), getattr(block, "message", block)
    return str(next(row[1] for row in block if row[0] == "status"))


def told(result: Any, code: str, words: str) -> None:
    assert isinstance(result, CellError), result
    assert result.code == code
    assert words in result.message, result.message


BAD_ROWS: list[tuple[dict[str, list[float]], str, str]] = [
    (put("recency", 5, 99.0), "Row 5: recency is greater than age", "第 5 行：recency 大于 age"),
    (put("frequency", 7, -1.0), "Row 7: frequency must be 0 or more.", "第 7 行：frequency 必须不小于 0。"),
    (put("age", 3, -2.0), "Row 3: age must be 0 or more.", "第 3 行：age 必须不小于 0。"),
    (put("frequency", 9, 1.5), "Row 9: frequency must be a whole number", "第 9 行：frequency 必须是整数"),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("changed", "en", "zh"), BAD_ROWS, ids=["recency", "frequency", "age", "fraction"])
def test_rows_that_are_no_history(name: str, changed: dict[str, list[float]], en: str, zh: str) -> None:
    told(fit(name, **changed), NUM, en)
    told(fit(name, "zh", **changed), NUM, zh)


@pytest.mark.parametrize("name", NAMES)
def test_one_customer(name: str) -> None:
    told(call("MODEL_FIT", name, 2.0, 20.0, 40.0), NA, "at least 30")
    told(call("MODEL_FIT", name, [[2.0]], [[20.0]], [[40.0]], language="zh"), NA, "至少需要 30 个")


@pytest.mark.parametrize("name", NAMES)
def test_nobody_bought_again(name: str) -> None:
    told(fit(name, frequency=[0.0] * SIZE, recency=[0.0] * SIZE), NA, "No customer has a repeat order")


CONSTANT = {
    "frequency": {"frequency": [2.0] * SIZE, "recency": [max(t, 2.0) for t in columns()["recency"]]},
    "age": {"age": [40.0] * SIZE},
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("constant", CONSTANT)
def test_constant_columns_are_at_the_border_and_say_so(name: str, constant: str) -> None:
    """Histories that spread no more than chance: a model without spread fits, which is a limit of each."""
    english, chinese = (fit(name, language, **CONSTANT[constant]) for language in ("en", "zh"))
    assert status(english).startswith("At the border: ")
    assert status(chinese).startswith("位于边界：")
    if constant == "frequency":
        assert "all customers order" in status(english)
        assert "所有客户" in status(chinese)
    assert all(row[2:] == ["", "", ""] for row in english[1:])  # no standard errors where there is no maximum


@pytest.mark.parametrize("name", NAMES)
def test_a_million_identical_rows(name: str) -> None:
    size = 1_000_000
    frequency, recency, age = np.full(size, 2.0), np.full(size, 20.0), np.full(size, 40.0)
    with pytest.raises(DomainError, match="same history") as failure:
        fit_cache.fit(name, frequency, recency, age)
    assert "历史都相同" in failure.value.text.zh


def test_a_million_identical_rows_of_cells() -> None:
    cells = [[[value]] * 1_000_000 for value in (2.0, 20.0, 40.0)]
    told(call("MODEL_FIT", "Pareto/NBD", *cells), NUM, "All customers have the same history")
    told(call("SPEND_FIT", cells[0], cells[1]), NUM, "All order values are equal")


# --- order values -----------------------------------------------------------------------------------------------------


def spend(monetary: list[float], frequency: list[float] | None = None, language: str = "en") -> Any:
    x = columns()["frequency"] if frequency is None else frequency
    lang = [None, "zh"] if language == "zh" else []
    return call("SPEND_FIT", [[v] for v in x], [[v] for v in monetary], *lang, language=language)


VARIED = [10.0 + i % 7 for i in range(SIZE)]


def test_spend_without_spread() -> None:
    told(spend([10.0] * SIZE), NUM, "All order values are equal")
    told(spend([10.0] * SIZE, language="zh"), NUM, "所有订单金额都相同")


def test_spend_of_nothing() -> None:
    told(spend([0.0] * SIZE), NA, "No customer has a repeat order of some value")
    told(spend([0.0] * SIZE, language="zh"), NA, "没有客户有金额大于 0 的重复购买")


def test_negative_spend() -> None:
    told(spend([*VARIED[:4], -1.0, *VARIED[5:]]), NUM, "Row 5: monetary must be 0 or more.")
    told(spend([*VARIED[:4], -1.0, *VARIED[5:]], language="zh"), NUM, "第 5 行：monetary 必须不小于 0。")


def test_spend_of_wrong_frequencies() -> None:
    x = columns()["frequency"]
    told(spend(VARIED, [*x[:2], -1.0, *x[3:]]), NUM, "Row 3: frequency must be 0 or more.")
    told(spend(VARIED, [*x[:2], 0.5, *x[3:]]), NUM, "Row 3: frequency must be a whole number")


def test_spend_of_one_customer() -> None:
    told(call("SPEND_FIT", 2.0, 30.0), NA, "at least 30")


def test_spend_of_one_frequency() -> None:
    assert status(spend(VARIED, [2.0] * SIZE)).startswith("At the border: ")


# --- what to be careful of, wherever a fit is used -------------------------------------------------------------------


def test_statuses_of_spend_in_both_languages() -> None:
    rng = np.random.default_rng(8)
    x = rng.integers(1, 8, 400).astype(float)
    noise = rng.gamma(6 * x) / (6 * x)
    linked, uneven = ((20 * x + 20) * noise).tolist(), (20 / rng.gamma(0.6, size=400) * noise).tolist()
    assert "Frequency and order value correlate (0." in status(spend(linked, x.tolist()))
    assert "购买次数与订单金额相关（0." in status(spend(linked, x.tolist(), "zh"))
    assert "q is at most 1" in status(spend(uneven, x.tolist()))
    assert "q 不大于 1" in status(spend(uneven, x.tolist(), "zh"))


def log_of(kind: str) -> tuple[list[list[Any]], ...]:
    """An order log of 150 customers whose fits are good, or of a kind to be careful of."""
    rng = np.random.default_rng(6)
    ids, dates, amounts = [], [], []
    for number in range(150):
        days = [int(rng.integers(0, 120))]
        rate, leaving = rng.gamma(0.8) / 40 + 1e-9, rng.gamma(0.6) / 60 + 1e-9
        end = min(365.0, days[0] + rng.exponential(1 / leaving))
        while days[-1] + (gap := rng.exponential(1 / rate)) < end:
            days.append(int(days[-1] + gap) + 1)
        if kind == "alike":
            days = list(range(days[0], 365, 30))
        if kind == "uneven":
            days = sorted({*days, days[0] + 9, days[0] + 40})
        level = 20 * np.exp(0.4 * rng.normal()) if kind != "uneven" else 20 / rng.gamma(0.6)
        level += 30 * len(days) if kind == "linked" else 0
        for day in days:
            ids.append([f"c{number}"])
            dates.append([dt.date(2023, 1, 1) + dt.timedelta(day)])
            amounts.append([float(level * rng.gamma(6.0) / 6)])
    return ids, dates, amounts


def notes(function: str, lang: str) -> list[str]:
    rows = call("XLCLV_ERRORS", None, lang)
    assert isinstance(rows, list)
    return [str(row[3]) for row in rows if row[0] == function and row[2] == ""]


@pytest.mark.parametrize(
    ("kind", "en", "zh"),
    [
        ("linked", "Gamma-Gamma: Frequency and order value correlate (0.", "Gamma-Gamma：购买次数与订单金额相关（0."),
        ("alike", "NBD: At the border: ", "NBD：位于边界："),
        ("uneven", "Gamma-Gamma: q is at most 1", "Gamma-Gamma：q 不大于 1"),
    ],
)
def test_statuses_of_a_table_are_listed_as_notes(kind: str, en: str, zh: str) -> None:
    from xlclv.worksheet import log

    for _ in range(2):  # the second time from the fits that were kept
        log.clear()
        cells = (*log_of(kind), "2023-12-31", None, 0.3, None, None, "NBD" if kind == "alike" else "Pareto/NBD")
        assert isinstance(call("CLV_TABLE", *cells), list)
        assert any(note.startswith(en) for note in notes("CLV_TABLE", "en")), notes("CLV_TABLE", "en")
        assert any(note.startswith(zh) for note in notes("CLV_TABLE", "zh"))


def test_a_status_of_a_track_is_listed_as_a_note() -> None:
    from xlclv.worksheet import log

    ids, dates, _ = log_of("alike")
    log.clear()
    assert isinstance(call("MODEL_TRACK", ids, dates, "2023-08-31", "2023-12-31", "NBD"), list)
    assert any("At the border" in note for note in notes("MODEL_TRACK", "en"))


def test_an_error_of_a_row_is_listed() -> None:
    from xlclv.worksheet import log

    log.clear()
    cells = call("MODEL_INTERVAL", BGNBD, [[2], [2]], [[30.43], [40]], 38.86, 39)
    assert isinstance(cells, list)
    (failure,) = log.latest()
    assert (failure.function, failure.argument, failure.code) == ("MODEL_INTERVAL", "recency", NUM)
    assert failure.sentence.en == cells[1][0].message  # type: ignore[union-attr]
    log.clear()
    call("MODEL_INTERVAL", BGNBD, 2, 30.43, 38.86, 39)
    assert log.latest() == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_log_that_ends_before_the_holdout(lang: str) -> None:
    from xlclv.worksheet import log
    from xlclv.worksheet.catalogue.example_data import LOG_DATES, LOG_IDS

    sentences = {"en": "The log ends on 2024-12-", "zh": "数据止于 2024-12-"}
    for end, told_ in (("2024-12-31", False), ("2025-06-30", True)):
        cells = (LOG_IDS, LOG_DATES, "2024-08-31", end, "Pareto/NBD", "month", lang)
        log.clear()
        measured = call("MODEL_HOLDOUT", *cells)
        assert isinstance(measured, list)
        assert str(measured[-1][1]).startswith(sentences[lang]) is told_
        assert (measured[-1][1] == "OK") is not told_
        assert isinstance(call("MODEL_TRACK", *cells), list)
        assert any(note.startswith(sentences[lang]) for note in notes("MODEL_TRACK", lang)) is told_
    # Beside the status of the fit.
    ids, dates, _ = log_of("alike")
    measured = call("MODEL_HOLDOUT", ids, dates, "2023-08-31", "2025-12-31", "NBD", None, lang)
    assert isinstance(measured, list)
    assert str(measured[-1][1]).startswith({"en": "At the border: ", "zh": "位于边界："}[lang])
    assert sentences[lang][:8] in str(measured[-1][1])


@pytest.mark.parametrize("name", ["MODEL_FIT", "CLV_TABLE", "MODEL_HOLDOUT", "MODEL_TRACK"])
def test_help_lists_the_models(name: str) -> None:
    argument = next(each for each in FUNCTIONS[name].arguments if each.name in ("model_name", "model"))
    names = [choice.value for choice in (MODELS if name == "MODEL_FIT" else LOG_MODELS)]
    for text in argument.help:
        listed = [word.strip("，、 .") for word in re.split(r"[\s,:;()：、（）]+", text)]
        assert set(names) <= set(listed)
        assert len(text) <= 255
    assert "BG/CNBD-k" in str(call("XLCLV_HELP", name))


def test_a_fit_without_reserve_leaves_no_note() -> None:
    from xlclv.worksheet import log
    from xlclv.worksheet.catalogue.example_data import LOG_AMOUNTS, LOG_DATES, LOG_IDS

    log.clear()
    assert isinstance(call("CLV_TABLE", LOG_IDS, LOG_DATES, LOG_AMOUNTS, "2024-12-31"), list)
    assert log.latest() == []


def test_statuses_of_comparison_and_holdout_stand_in_the_table() -> None:
    cells = [[[value] for value in column] for column in {**columns(), **CONSTANT["frequency"]}.values()]
    for lang, words in (("en", "At the border: "), ("zh", "位于边界：")):
        table = call("MODEL_COMPARE", *cells, None, lang)
        assert isinstance(table, list)
        assert all(str(row[-1]).startswith(words) for row in table[1:])
        ids, dates, _ = log_of("alike")
        measured = call("MODEL_HOLDOUT", ids, dates, "2023-08-31", "2023-12-31", "NBD", None, lang)
        assert isinstance(measured, list)
        assert str(measured[-1][1]).startswith(words)


# --- the arguments of the new functions -------------------------------------------------------------------------------

BGNBD = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
LOG = log_of("plain")
TABLE = (*LOG, "2023-12-31")
USABLE = "choose one of BG/CNBD-k, BG/NBD, MBG/CNBD-k, MBG/NBD, NBD, Pareto/NBD."


@pytest.mark.parametrize(
    ("cells", "code", "words"),
    [
        ((*TABLE, 0), NUM, "periods must be more than 0"),
        ((*TABLE, -5), NUM, "periods must be more than 0"),
        ((*TABLE, 200_000), NUM, "at most 100,000"),
        ((*TABLE, None, None, -0.1), NUM, "discount_rate must be 0 or more"),
        ((*TABLE, None, None, None, "moon"), VALUE, "moon"),
        ((*TABLE, None, None, None, None, "crystal ball"), VALUE, USABLE),
        ((*TABLE, None, None, None, None, 7), VALUE, "'7' is not a model"),
        ((*TABLE, None, None, None, None, "BG/BB"), VALUE, USABLE),
        ((*TABLE, None, None, None, None, BGNBD[1:]), VALUE, "no model block"),
        ((*TABLE, None, None, None, None, [["model", "Gamma-Gamma"], ["p", 6]]), VALUE, USABLE),
        ((*TABLE, None, None, None, None, [["model", "sBG"], ["gamma", 1], ["delta", 2]]), VALUE, USABLE),
        ((*TABLE, None, None, None, None, [["model", "BG/BB"], ["alpha", 1]]), VALUE, USABLE),
        (
            (*TABLE, None, None, None, None, [["model", "r", "alpha"], ["NBD", 0.4, 12]]),
            VALUE,
            "stand in a row; turn it",
        ),
        (
            (LOG[0], LOG[1], [[-5.0] for _ in LOG[2]], "2023-12-31"),
            NA,
            "no order up to 2023-12-31; choose a later as-of date. Days that sum",
        ),
        ((*TABLE, None, None, None, None, [*BGNBD, ["period", "month"]]), VALUE, "period month and the table in week"),
        ((*TABLE, None, None, None, None, [*BGNBD[:4], ["b", -1]]), NUM, "b of the BG/NBD block must be above 0"),
        ((*LOG, None), VALUE, "as_of is empty"),
        ((*LOG, "2022-01-01"), NA, "no order up to 2022-01-01"),
        ((LOG[0], LOG[1], LOG[2][1:], "2023-12-31"), VALUE, "same number of rows"),
        (
            (LOG[0], [["soon"] if i == 6 else day for i, day in enumerate(LOG[1])], LOG[2], "2023-12-31"),
            VALUE,
            "Row 7: ",
        ),
        (
            (LOG[0][:40], LOG[1][:40], LOG[2][:40], "2023-12-31"),
            NA,
            "needs at least 30. Days that sum below 0 are no orders.",
        ),
    ],
)
def test_refusals_of_clv_table(cells: tuple[Any, ...], code: str, words: str) -> None:
    told(call("CLV_TABLE", *cells), code, words)
    chinese = call("CLV_TABLE", *cells, language="zh")
    assert isinstance(chinese, CellError)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.message)


def test_only_functions_of_a_log_speak_of_days() -> None:
    cells = [[[value] for value in column[:8]] for column in columns().values()]
    result = call("MODEL_FIT", "NBD", *cells)
    told(result, NA, "Customers to fit: 8; a model needs at least 30.")
    assert "Days" not in result.message  # type: ignore[union-attr]


def test_a_block_of_the_wrong_kind_for_the_order_values() -> None:
    for spend in (BGNBD, [["model", "Gamma-Gamma", "x"], ["p", 6, 1]]):
        result = call("CLV_PREDICT", BGNBD, spend, 2, 30, 39, 22, 39)
        assert isinstance(result, CellError)
        if spend is BGNBD:
            assert result.message == "spend_model must be a Gamma-Gamma model, fitted to order values."
        else:
            told(result, VALUE, "spend_model: the names of the block stand in a row; turn it (TRANSPOSE)")


def test_histories_of_opportunities_speak_of_opportunities() -> None:
    bgbb = [["model", "BG/BB"], ["alpha", 1.2], ["beta", 0.75], ["gamma", 0.66], ["delta", 2.78]]
    told(
        call("MODEL_ALIVE", bgbb, 1, 0, 6),
        NUM,
        "recency must be 1 or more where frequency is above 0: it is the number",
    )
    told(
        call("MODEL_ALIVE", bgbb, 0, 1, 6), NUM, "recency must be 0 where frequency is 0: it is the number of the last"
    )


def test_an_error_cell_for_the_model_is_the_result() -> None:
    for cell in (CellError("#REF!"), [[CellError("#REF!")]], [*BGNBD[:3], ["a", CellError("#REF!")], BGNBD[4]]):
        assert call("CLV_TABLE", *TABLE, None, None, None, None, cell) == CellError("#REF!")


@pytest.mark.parametrize("name", [choice.value for choice in LOG_MODELS])
def test_every_model_of_a_log_serves_table_holdout_and_track(name: str) -> None:
    table = call("CLV_TABLE", *TABLE, 26, 0.3, 0.002, "week", name)
    assert isinstance(table, list), table
    for row in table[1:]:
        assert 0 <= row[7] <= 1  # type: ignore[operator]
        assert 0 <= row[14] <= row[15]  # type: ignore[operator]
    for function in ("MODEL_HOLDOUT", "MODEL_TRACK"):
        result = call(function, *LOG[:2], "2023-08-31", "2023-12-31", name)
        assert isinstance(result, list), result
    assert call("MODEL_HOLDOUT", *LOG[:2], "2023-08-31", "2023-12-31", "BG/BB") == CellError("#VALUE!")


def test_a_model_by_name_in_a_cell_or_a_block() -> None:
    options = (39, 0.3, 0.001, "week")
    default = call("CLV_TABLE", *TABLE, *options)
    for cell in ("Pareto/NBD", "pareto-nbd", [["Pareto/NBD"]], [[None]], None, ""):
        assert call("CLV_TABLE", *TABLE, *options, cell) == default
    named = call("CLV_TABLE", *TABLE, *options, "bg/nbd")
    assert named != default
    table = call("RFM_TABLE", *TABLE)
    assert isinstance(table, list)
    block = call("MODEL_FIT", "BG/NBD", *([[row[place]] for row in table] for place in (2, 3, 4)))
    given = call("CLV_TABLE", *TABLE, *options, block)
    assert isinstance(given, list)
    assert isinstance(named, list)
    for one, two in zip(given[1:], named[1:], strict=True):
        assert one[9] == pytest.approx(two[9], rel=1e-9)


def test_help_says_that_the_model_may_be_a_name_or_a_block() -> None:
    rows = call("XLCLV_HELP", "CLV_TABLE")
    assert isinstance(rows, list)
    assert ['[model]="Pareto/NBD"', "one value, or a range read whole"] in [row[:2] for row in rows]
    told(call("MODEL_ALIVE", "Pareto/NBD", 2, 3, 4), VALUE, "must be a range of cells")


def test_a_table_stands_beside_its_summary() -> None:
    table, summary = call("CLV_TABLE", *TABLE), call("RFM_TABLE", *TABLE)
    assert isinstance(table, list)
    assert isinstance(summary, list)
    assert [row[0] for row in table] == [row[0] for row in summary]
    assert [row[1:6] for row in table] == [row[1:6] for row in summary]


def test_a_table_in_chinese() -> None:
    table = call("CLV_TABLE", *TABLE, None, None, None, None, None, "zh")
    assert isinstance(table, list)
    assert table[0] == ["客户", "订单数", "频次", "最近购买", "客龄", "重复购买均值", "末单", "存活概率", "预期订单数", "预期单笔金额",
                        "终身价值", "价值层级", "生命周期阶段", "排名", "价值下限", "价值上限"]  # fmt: skip
    assert {row[11] for row in table[1:]} == {"高", "中", "低"}
    assert {row[12] for row in table[1:]} <= {"新客户", "活跃客户", "忠诚客户", "流失客户"}


@pytest.mark.parametrize("k", [0, -1, 1.5, "many"])
def test_k_is_a_whole_number(k: Any) -> None:
    cells = [[[value] for value in column] for column in columns().values()]
    result = call("MODEL_FIT", "BG/CNBD-k", *cells, None, None, k)
    told(result, VALUE if k == "many" else NUM, "k")


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("CNBD-k")])
def test_k_of_a_model_without(name: str) -> None:
    cells = [[[value] for value in column] for column in columns().values()]
    told(call("MODEL_FIT", name, *cells, None, None, 2), VALUE, f"{name} has no k")


def test_k_is_part_of_the_block() -> None:
    cells = [[[value] for value in column] for column in columns().values()]
    block = call("MODEL_FIT", "BG/CNBD-k", *cells, None, None, 2)
    assert isinstance(block, list)
    assert ["k", 2.0] in [row[:2] for row in block]
    assert isinstance(call("MODEL_ORDERS", block, 2, 20, 40, 10), float)


def test_every_alias_names_its_model() -> None:
    cells = [[[value] for value in column] for column in columns().values()]
    for choice in MODELS:
        for name in choice.names:
            block = call("MODEL_FIT", name, *cells)
            assert isinstance(block, list)
            assert block[1][1] == choice.value
    assert isinstance(call("MODEL_FIT", "XYZ", *cells), CellError)


def test_residual_needs_a_rate() -> None:
    told(call("MODEL_RESIDUAL", BGNBD, 2, 30.43, 38.86, None), VALUE, "discount_rate is empty")
    told(call("MODEL_RESIDUAL", BGNBD, 2, 30.43, 38.86, -0.1), NUM, "discount_rate must be 0 or more")
    told(call("MODEL_RESIDUAL", [["model", "NBD"], ["r", 1], ["alpha", 2]], 2, 3, 4, 0), NUM, "no finite sum")


def test_periods_left_empty_are_for_ever_element_by_element() -> None:
    spent = [["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]]
    rate = 1.15 ** (1 / 52) - 1
    pareto = [["model", "Pareto/NBD"], ["r", 0.553], ["alpha", 10.578], ["s", 0.606], ["beta", 11.669]]
    customers = [[[value]] * 4 for value in (2, 30.43, 38.86, 22.35)]
    values = call("CLV_PREDICT", pareto, spent, *customers, [[39], [None], [""], [-1]], 0.3, rate)
    assert isinstance(values, list)
    assert values[1] == values[2]
    assert values[1][0] == pytest.approx(48.107047, abs=5e-7)
    assert 0 < values[0][0] < 48.1  # type: ignore[operator]
    assert values[3] == [CellError("#NUM!")]
    residual = call("MODEL_RESIDUAL", pareto, 2, 30.43, 38.86, rate)
    expected = call("SPEND_EXPECTED", spent, 2, 22.35)
    assert values[1][0] == pytest.approx(residual * expected * 0.3, rel=1e-12)  # type: ignore[operator]
