"""Fits are kept by content: the same cells and the same failures, without the work."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from xlclv import models
from xlclv.errors import DomainError
from xlclv.worksheet import CellError, call, log
from xlclv.worksheet.catalogue import fit_cache
from xlclv.worksheet.catalogue.example_data import LOG_AMOUNTS, LOG_DATES, LOG_IDS
from xlclv.worksheet.catalogue.fit_cache import MOST, Outcomes


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    fit_cache.OUTCOMES.clear()
    yield
    fit_cache.OUTCOMES.clear()


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was fitted, in order."""
    asked: list[tuple[Any, ...]] = []

    def counted(name: str, fit: Any) -> Any:
        def call(*columns: Any, **options: Any) -> Any:
            asked.append((name, *(c for c in columns if isinstance(c, str)), *options.values()))
            return fit(*columns, **options)

        return call

    monkeypatch.setattr(models, "fit", counted("fit", models.fit))
    monkeypatch.setattr(models, "fit_spend", counted("fit_spend", models.fit_spend))
    return asked


X = [[float(n % 4)] for n in range(60)]
T = [[float(n % 4 * 7)] for n in range(60)]
AGE = [[39.0 - n % 5] for n in range(60)]
M = [[float(10 + n * 7 % 31)] if n % 4 else [0.0] for n in range(60)]


def test_a_fit_is_computed_once(fits: list[Any]) -> None:
    first = call("MODEL_FIT", "NBD", X, T, AGE)
    assert isinstance(first, list)
    assert call("MODEL_FIT", "NBD", X, T, AGE) == first
    assert fits == [("fit", "NBD", None)]
    assert call("MODEL_FIT", "NBD", X, T, AGE, None, None, None, "zh")[0] != first[0]  # type: ignore[index]
    assert len(fits) == 1


def test_what_is_compared_is_content_and_nothing_else(fits: list[Any]) -> None:
    call("MODEL_FIT", "NBD", X, T, AGE)
    call("MODEL_FIT", "nbd", [["x"], *X], [["t"], *T], [["age"], *AGE], [["n"], *[[None]] * 60])
    call("MODEL_FIT", "NBD", [[str(x[0])] for x in X], T, [*AGE, [None]])
    call("MODEL_FIT", "NBD", [[x[0] for x in X]], [[t[0] for t in T]], [[a[0] for a in AGE]])
    assert len(fits) == 1
    nudged = [*AGE[:-1], [np.nextafter(AGE[-1][0], 99)]]
    call("MODEL_FIT", "NBD", X, T, nudged)
    assert len(fits) == 2
    call("MODEL_FIT", "NBD", X, T, AGE, [[1.0]] * 60)
    assert len(fits) == 3
    call("MODEL_FIT", "BG/NBD", X, T, AGE)
    assert len(fits) == 4


def test_functions_share_their_fits(fits: list[Any]) -> None:
    call("MODEL_FIT", "NBD", X, T, AGE)
    call("MODEL_FIT", "BG/NBD", X, T, AGE)
    call("MODEL_COMPARE", X, T, AGE)
    assert [fit[1] for fit in fits] == ["NBD", "BG/NBD", "MBG/NBD", "Pareto/NBD"]
    fits.clear()
    cells = (LOG_IDS, LOG_DATES, "2024-08-31", "2024-12-31", "BG/NBD")
    for name in ("MODEL_HOLDOUT", "MODEL_TRACK", "MODEL_HOLDOUT"):
        assert isinstance(call(name, *cells), list)
    assert len(fits) == 1
    fits.clear()
    table = call("RFM_TABLE", LOG_IDS, LOG_DATES, LOG_AMOUNTS, "2024-12-31")
    assert isinstance(table, list)
    x, t, age, m = ([[row[place]] for row in table[1:]] for place in (2, 3, 4, 5))
    call("MODEL_FIT", "Pareto/NBD", x, t, age)
    call("SPEND_FIT", x, m)
    assert len(fits) == 2
    assert isinstance(call("CLV_TABLE", LOG_IDS, LOG_DATES, LOG_AMOUNTS, "2024-12-31"), list)
    assert len(fits) == 2


def test_spend(fits: list[Any]) -> None:
    first = call("SPEND_FIT", X, M)
    assert isinstance(first, list)
    assert call("SPEND_FIT", X, M) == first
    assert fits == [("fit_spend",)]
    call("SPEND_FIT", X, M, [[2.0]] * 60)
    assert len(fits) == 2


def test_retention(monkeypatch: pytest.MonkeyPatch) -> None:
    from xlclv.worksheet.catalogue import retention_cells

    asked = []
    fit = retention_cells.fit_retention
    monkeypatch.setattr(retention_cells, "fit_retention", lambda table: asked.append(1) or fit(table))
    survivors = [[1000], [631], [468], [382], [326]]
    blocks = [call("RETENTION_FIT", survivors) for _ in range(3)]
    assert blocks[0] == blocks[1] == blocks[2]
    assert len(asked) == 1
    assert call("RETENTION_FIT", [*survivors[:-1], [325]]) != blocks[0]


def test_a_failure_is_kept_and_told_again(fits: list[Any]) -> None:
    few = (X[:12], T[:12], AGE[:12])
    errors = []
    for _ in range(2):
        log.clear()
        errors.append(call("MODEL_FIT", "NBD", *few))
        rows = call("XLCLV_ERRORS")
        assert isinstance(rows, list)
        errors.append(rows[1:])  # type: ignore[arg-type]
    assert errors[0] == errors[2] == CellError("#N/A")
    assert errors[0].message == errors[2].message  # type: ignore[union-attr]
    assert errors[1] == errors[3]
    assert len(fits) == 1
    zh = call("MODEL_FIT", "NBD", *few, language="zh")
    assert isinstance(zh, CellError)
    assert "客户" in zh.message
    assert len(fits) == 1


def test_a_kept_failure_names_the_row_of_each_range(fits: list[Any]) -> None:
    """The row is that among the numbers; which row of the range it is depends on header and empty rows."""
    bad = [*AGE[:4], [1.0], *AGE[5:]]
    plain = call("MODEL_FIT", "NBD", [*X[:4], [1.0], *X[5:]], [*T[:4], [7.0], *T[5:]], bad)
    headed = call("MODEL_FIT", "NBD", [["x"], *X[:4], [1.0], *X[5:]], [["t"], *T[:4], [7.0], *T[5:]], [["a"], *bad])
    assert isinstance(plain, CellError)
    assert isinstance(headed, CellError)
    assert plain.message.startswith("Row 5: ")
    assert headed.message.startswith("Row 6: ")
    assert len(fits) == 1


def test_memory_is_bounded_and_what_is_used_stays() -> None:
    outcomes, computed = Outcomes(3), []

    def of(key: int) -> int:
        def compute() -> int:
            computed.append(key)
            return key

        return outcomes.of(key, compute)

    for key in (1, 2, 3, 1, 4, 1, 2):
        assert of(key) == key
    assert computed == [1, 2, 3, 4, 2]
    assert len(outcomes) == 3
    for n in range(MOST + 20):
        fit_cache.by_content(("test", n), [np.arange(3.0)], lambda: None)
    assert len(fit_cache.OUTCOMES) == MOST


def test_shape_and_order_of_columns_matter() -> None:
    a, b = np.arange(3.0), np.arange(2.0)
    results = [
        fit_cache.by_content(("test",), columns, object)
        for columns in ([a, b], [b, a], [a, None], [None, a], [np.append(a, b)], [a], [np.float32([0, 1, 2])])
    ]
    assert len(set(map(id, results))) == 6
    assert results[5] is results[6]


def test_threads_wait_for_the_first() -> None:
    outcomes, computed, results = Outcomes(8), [], []

    def slow() -> str:
        computed.append(threading.get_ident())
        time.sleep(0.1)
        return "fitted"

    threads = [threading.Thread(target=lambda: results.append(outcomes.of("key", slow))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["fitted"] * 6
    assert len(computed) == 1


def test_an_interruption_is_no_outcome() -> None:
    outcomes = Outcomes(8)

    def interrupted() -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outcomes.of("key", interrupted)
    assert len(outcomes) == 0
    assert outcomes.of("key", lambda: 5) == 5


def test_a_waiting_thread_computes_itself_when_the_first_was_interrupted() -> None:
    outcomes, results, started = Outcomes(8), [], threading.Event()

    def interrupted() -> int:
        started.set()
        time.sleep(0.1)
        raise KeyboardInterrupt

    def ends_quietly() -> None:
        with pytest.raises(KeyboardInterrupt):
            outcomes.of("key", interrupted)

    first = threading.Thread(target=ends_quietly)
    first.start()
    started.wait()
    results.append(outcomes.of("key", lambda: 5))
    first.join()
    assert results == [5]


def test_a_kept_error_holds_no_data() -> None:
    outcomes = Outcomes(8)

    def fails() -> int:
        data = np.zeros(10)
        raise DomainError(f"No fit of {len(data)}.", "无法拟合。", argument="age", row=3)

    raised = []
    for _ in range(2):
        with pytest.raises(DomainError) as caught:
            outcomes.of("key", fails)
        raised.append(caught.value)
    assert raised[0] is not raised[1]
    assert str(raised[0]) == str(raised[1]) == "Row 3: no fit of 10."
    assert (raised[1].argument, raised[1].row) == ("age", 3)
    kept = outcomes._kept["key"].result()
    assert kept.__traceback__ is None
    assert kept.__context__ is None


def test_the_python_api_keeps_nothing() -> None:
    columns = [np.array([cell[0] for cell in column]) for column in (X, T, AGE)]
    assert models.fit("NBD", *columns) is not models.fit("NBD", *columns)
    assert len(fit_cache.OUTCOMES) == 0
