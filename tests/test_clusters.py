"""Clusters of customers."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from xlclv import segment_cluster
from xlclv.clusters import standardised
from xlclv.errors import DataError, DomainError, InputError
from xlclv.worksheet import CellError, call

BLOBS = np.concatenate(
    [np.random.default_rng(3).normal(centre, 1.0, size=(40, 2)) for centre in ([0, 0], [30, 5], [60, -20])]
)


def sum_of_squares(points: Any, labels: Any) -> float:
    return sum(float(((points[labels == k] - points[labels == k].mean(axis=0)) ** 2).sum()) for k in set(labels))


@pytest.mark.parametrize("count", [2, 3])
def test_few_ways_to_sort_few_customers_are_better(count: int) -> None:
    """All ways to sort eight customers: a search that moves all of them at once misses the best one now and then."""
    worse = []
    for seed in range(12):
        table = np.random.default_rng(seed).normal(size=(8, 2)) * [1, 1000]
        points = (table - table.mean(axis=0)) / table.std(axis=0)
        ways = (np.array(way) for way in product(range(count), repeat=8))
        least = min(sum_of_squares(points, way) for way in ways if len(set(way)) == count)
        found = segment_cluster(table, count)
        assert found.inertia == pytest.approx(sum_of_squares(points, found.labels), rel=1e-12)
        worse.append(found.inertia / least - 1)
    assert sorted(worse)[-2] < 1e-12
    assert max(worse) < 0.02


@pytest.mark.parametrize("count", [1, 2, 4, 7])
def test_more_starts_find_nothing_better(count: int) -> None:
    table = np.random.default_rng(5).gamma(2.0, size=(400, 3))
    scaled = (table - table.mean(axis=0)) / table.std(axis=0)
    with threadpool_limits(1):
        most = KMeans(count, n_init=200, random_state=1, tol=0).fit(scaled).inertia_
    assert segment_cluster(table, count).inertia <= most * 1.005


def test_neither_the_order_of_the_rows_nor_the_seed_matters_where_clusters_are_distinct() -> None:
    table = np.random.default_rng(5).gamma(2.0, size=(200, 3))
    plain = segment_cluster(table, 6)
    order = np.random.default_rng(6).permutation(200)
    shuffled = segment_cluster(table[order], 6)
    assert shuffled.labels.tolist() == plain.labels[order].tolist()
    assert shuffled.inertia == plain.inertia
    pd.testing.assert_frame_equal(shuffled.profiles, plain.profiles)
    assert len({tuple(segment_cluster(BLOBS, 3, seed).labels.tolist()) for seed in (0, 1, 2.0**32 - 1)}) == 1


def test_customers_that_differ_by_rounding_are_no_more_clusters() -> None:
    with pytest.raises(DomainError, match="3 clusters but only 2 different customers"):
        segment_cluster([[0.0], [1e-9], [1.0], [1.0 + 1e-12]], 3)


def test_distinct_groups_are_found_and_numbered_by_the_first_feature() -> None:
    order = np.random.default_rng(0).permutation(120)
    found = segment_cluster(BLOBS[order], 3)
    assert (found.labels == order // 40 + 1).all()
    assert found.profiles["size"].tolist() == [40, 40, 40]
    for k in range(3):
        expected = BLOBS[40 * k : 40 * k + 40].mean(axis=0)
        assert found.profiles.loc[k + 1, [0, 1]].to_numpy(float) == pytest.approx(expected, rel=1e-12)


@given(seed=st.integers(0, 10_000), rows=st.integers(1, 40), count=st.integers(1, 5))
def test_what_holds_of_all_clusters(seed: int, rows: int, count: int) -> None:
    table = np.random.default_rng(seed).integers(0, 6, size=(rows, 2)).astype(float)
    if count > len(np.unique(table, axis=0)):
        with pytest.raises(DomainError):
            segment_cluster(table, count)
        return
    found = segment_cluster(table, count, seed=seed)
    assert sorted(set(found.labels.tolist())) == list(range(1, count + 1))
    assert found.profiles["size"].sum() == rows
    assert found.profiles["share"].sum() == pytest.approx(1.0)
    means = found.profiles[0].to_numpy(float)
    assert (np.diff(means) >= 0).all()
    again = segment_cluster(table, count, seed=seed)
    assert again.labels.tolist() == found.labels.tolist()
    # Nobody stands nearer to the mean of another cluster than to that of the own.
    points = standardised(table)
    centres = np.array([points[found.labels == k].mean(axis=0) for k in range(1, count + 1)])
    squares = ((points[:, None] - centres) ** 2).sum(axis=2)
    assert (squares[np.arange(rows), found.labels - 1] <= squares.min(axis=1) + 1e-9).all()


def test_the_unit_of_a_feature_and_a_constant_one_do_not_matter() -> None:
    plain = segment_cluster(BLOBS, 3).labels.tolist()
    assert segment_cluster(BLOBS * [1e-9, 1e6] + [5, -7], 3).labels.tolist() == plain
    wide = np.column_stack([np.full(120, 0.1), BLOBS, np.full(120, 1e300)])
    assert (segment_cluster(wide, 3).labels > 0).all()
    assert segment_cluster(wide, 3).inertia == pytest.approx(segment_cluster(BLOBS, 3).inertia, rel=1e-12)


def test_a_column_that_differs_by_rounding_alone_is_constant() -> None:
    column = np.array([0.3, 0.1 + 0.2, 0.3, 0.3])
    assert (standardised(column[:, None]) == 0).all()
    assert standardised(np.array([[-1.7e308], [1.7e308]])).tolist() == [[-1.0], [1.0]]


def test_means_that_tie_are_told_apart_by_the_next_feature() -> None:
    found = segment_cluster([[5, 9], [5, 1], [5, 9.1], [5, 1.1]], 2)
    assert found.labels.tolist() == [2, 1, 2, 1]


def test_many_rows_are_sorted_by_a_sample() -> None:
    order = np.random.default_rng(0).permutation(30_000)
    table = np.tile(BLOBS, (250, 1))[order] + np.random.default_rng(1).normal(0, 0.1, size=(30_000, 2))
    found = segment_cluster(table, 3)
    assert (found.labels == order % 120 // 40 + 1).all()


def test_the_same_bits_whatever_the_number_of_threads() -> None:
    code = (
        "import numpy as np; from xlclv import segment_cluster as s;"
        "f = s(np.random.default_rng(0).normal(size=(3000, 4)), 6);"
        "print(f.inertia.hex(), f.labels.tolist(), f.profiles.to_numpy().tobytes().hex())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
        ).stdout
        for threads in ("1", "2")
    ]  # fmt: skip
    assert runs[0] == runs[1] != ""


def test_names_of_a_frame_stay() -> None:
    found = segment_cluster(pd.DataFrame({"spend": [1, 9], "days": [2, 3]}), 2)
    assert list(found.profiles.columns) == ["size", "share", "spend", "days"]


@pytest.mark.parametrize(
    ("table", "count", "seed", "error", "name", "english", "chinese"),
    [
        ([[1], [1], [2]], 3, 0, DomainError, "clusters",
         "There are 3 clusters but only 2 different customers; ask for fewer clusters.", "只有 2 种不同的客户"),
        ([[1], [2]], 0, 0, DomainError, "clusters", "clusters must be a whole number of 1 or more, not 0.", "整数"),
        ([[1], [2]], 1.5, 0, DomainError, "clusters", "not 1.5", "1.5"),
        ([[1], [2]], 1, -1, DomainError, "seed", "seed must be a whole number from 0", "seed 必须是"),
        ([[1], [2]], 1, 2.0**32, DomainError, "seed", "seed must be a whole number from 0 to 4294967295", "seed 必须是"),
        ([[1], [None]], 1, 0, InputError, "features", "Row 2: a feature is missing or infinite", "第 2 行"),
        ([], 1, 0, DataError, "features", "There are no customers to sort.", "没有可供聚类的客户"),
    ],
)  # fmt: skip
def test_bad_input(table: Any, count: float, seed: float, error: Any, name: str, english: str, chinese: str) -> None:
    with pytest.raises(error) as caught:
        segment_cluster(table, count, seed)
    assert caught.value.argument == name
    assert english in caught.value.text.en
    assert chinese in caught.value.text.zh


ROWS: list[list[Any]] = [["spend", "days"], [90, 2], [None, None], [10, 30], [80, 1], [12, 28]]


class TestInCells:
    def test_a_row_for_each_row(self) -> None:
        assert call("SEGMENT_CLUSTER", ROWS, 2) == [["cluster"], [2.0], [""], [1.0], [2.0], [1.0]]
        assert call("SEGMENT_CLUSTER", ROWS[1:], 2) == [[2.0], [""], [1.0], [2.0], [1.0]]
        assert call("SEGMENT_CLUSTER", ROWS + [[None, None]] * 999, 2, None, "逐行", "zh")[0] == ["聚类"]  # type: ignore[index]

    def test_profiles(self) -> None:
        rows = [["spend", None], *ROWS[1:]]
        assert call("SEGMENT_CLUSTER", rows, 2, 7, "Profiles") == [
            ["cluster", "size", "share", "spend", "feature 2"], [1.0, 2.0, 0.5, 11.0, 29.0], [2.0, 2.0, 0.5, 85.0, 1.5],
        ]  # fmt: skip
        assert call("SEGMENT_CLUSTER", ROWS[1:], 1, 0, "概况", "zh") == [
            ["聚类", "人数", "占比", "特征 1", "特征 2"], [1.0, 4.0, 1.0, 48.0, 15.25],
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("cells", "code", "sentence"),
        [
            (
                ([*ROWS[:3], [1, "x"]], 2),
                "#VALUE!",
                'Row 4 of features (days): "x" is no number; give each text a column of TRUE and FALSE',
            ),
            (([*ROWS[:3], [1, None]], 2), "#VALUE!", "features (days) is empty in row 4"),
            (([[1], [1]], 2), "#NUM!", "only 1 different customers"),
            ((ROWS, 2, 0, "columns"), "#VALUE!", "output must be one of rows, profiles"),
            (([[None]], 2), "#N/A", "The ranges are empty"),
            ((ROWS,), "#VALUE!", "clusters is missing"),
        ],
    )
    def test_errors(self, cells: Any, code: str, sentence: str) -> None:
        result = call("SEGMENT_CLUSTER", *cells)
        assert isinstance(result, CellError)
        assert result.code == code
        assert sentence in result.message


def test_real_customers(real_data: Path) -> None:
    """Tenure and charges of a telephone company fall into groups that differ in what they were made from."""
    table = pd.read_csv(real_data / "ibm_telco" / "Telco-Customer-Churn.csv")[["tenure", "MonthlyCharges"]]
    found = segment_cluster(table, 4)
    with threadpool_limits(1):
        theirs = KMeans(4, n_init=10, random_state=0).fit(standardised(table.to_numpy(float))).inertia_
    assert found.inertia <= theirs * (1 + 1e-6)
    assert found.profiles["size"].sum() == 7043
