"""Moves between segments."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlclv import clv_migration, segment_moves
from xlclv.errors import DataError, DomainError, InputError
from xlclv.labels import STAGES, STANDARD
from xlclv.moves import move_shares
from xlclv.worksheet import CellError, call


def column(*cells: Any) -> list[list[Any]]:
    return [[cell] for cell in cells]


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["a", "b", "c", "d", None]), st.sampled_from(["a", "b", "c", None])), min_size=1
    ).filter(lambda rows: any(before for before, _ in rows))
)
def test_the_shares_are_those_of_a_crosstab(rows: list[tuple[str | None, str | None]]) -> None:
    before, after = [row[0] for row in rows], [row[1] for row in rows]
    moves = segment_moves(before, after)
    known = pd.DataFrame(rows, columns=["before", "after"]).dropna(subset="before").fillna("Gone")
    expected = pd.crosstab(known["before"], known["after"], normalize="index")
    assert list(moves.index) == list(moves.columns)
    assert set(moves.index) == set(expected.index) | set(expected.columns)
    for label in moves.index:
        if label in expected.index:
            assert moves.loc[label].sum() == pytest.approx(1.0, abs=1e-12)
            for other in moves.columns:
                share = expected.loc[label].get(other, 0.0)
                assert moves.loc[label, other] == pytest.approx(share, abs=1e-15)
        else:
            assert moves.loc[label].isna().all()


class TestOrder:
    def order(self, *labels: object) -> list[Any]:
        return move_shares(labels, labels).labels

    def test_known_names_stand_in_their_order(self) -> None:
        for names in ([label.en for label in STANDARD.values()], [label.zh for label in STAGES.values()]):
            mixed = random.Random(1).sample(names, len(names))
            assert self.order(*mixed) == names
        assert self.order("Low", "High", "Medium") == ["High", "Medium", "Low"]
        assert self.order("一般挽留客户", "重要价值客户") == ["重要价值客户", "一般挽留客户"]

    def test_numbers_rise(self) -> None:
        assert self.order(10, 9.0, "2", 1) == [1.0, 2.0, 9.0, 10.0]

    def test_other_names_stand_as_they_appear_after_the_known(self) -> None:
        assert self.order("gold", "silver", "1") == ["gold", "silver", "1"]
        assert self.order("VIP", "Churned", "test", "New") == ["New", "Churned", "VIP", "test"]
        assert move_shares(["b", "c"], ["a", "b"]).labels == ["b", "c", "a"]

    def test_who_is_gone_stands_last(self) -> None:
        assert move_shares([1, "x", 2], [None, "", 1]).labels == ["1", "x", "2", "Gone"]
        assert move_shares([1, 2], [None, 1], "zh").labels == [1.0, 2.0, "已离开"]

    def test_names_that_differ_by_case_or_language_are_one(self) -> None:
        assert move_shares(["loyal", " 忠诚客户", "New"], ["Loyal", "LOYAL", "新客户"]) == (
            ["New", "loyal"],
            [[1.0, 0.0], [0.0, 1.0]],
        )
        assert move_shares(["gone", "a"], ["gone", None]).labels == ["a", "gone"]


class TestFeedsMigration:
    SPLIT = (["a"] * 4 + ["b"] * 2 + ["c"], ["a", "a", "b", "c", "a", None, None])

    def test_the_value_of_each_segment(self) -> None:
        """By hand at 10% forever: c and Gone earn nothing, V = (1.1 I - P)^-1 1.1 R over a and b."""
        shares = move_shares(*self.SPLIT)
        assert shares.labels == ["a", "b", "c", "Gone"]
        value = clv_migration(shares.shares, [100.0, 20.0, 0.0, 0.0], 0.1)
        # 1.1 Va = 110 + .5 Va + .25 Vb; 1.1 Vb = 22 + .5 Va
        vb = (22 + 0.5 * 110 / 0.6) / (1.1 - 0.5 * 0.25 / 0.6)
        assert value == pytest.approx([(110 + 0.25 * vb) / 0.6, vb, 0.0, 0.0], rel=1e-12)

    def test_from_cell_to_cell(self) -> None:
        moves = call("SEGMENT_MOVES", *(column(*cells) for cells in self.SPLIT))
        for margins in (column(100, 20, 0, 0), column(100, 20, 0)):  # what a missing margin is, CLV_MIGRATION says
            value = call("CLV_MIGRATION", moves, margins, 0.1)
            assert isinstance(value, list)
            assert [row[0] for row in value] == ["state", "a", "b", "c", "Gone"]
            assert value[1][1] == pytest.approx(236.448598, abs=1e-6)
            assert value[4][1] == 0.0

    def test_clusters_by_number(self) -> None:
        moves = call("SEGMENT_MOVES", column(1, 1, 2, 2), column(1, 2, 2, 2))
        assert moves == [["", 1.0, 2.0], [1.0, 0.5, 0.5], [2.0, 0.0, 1.0]]
        assert call("CLV_MIGRATION", moves, column(10, 20), 0.1, 0) == [["state", "value"], [1.0, 10.0], [2.0, 20.0]]


class TestInCells:
    def test_a_header_is_left_out(self) -> None:
        before, after = column("New", "New"), column("New", "Loyal")
        plain = call("SEGMENT_MOVES", before, after)
        for one, other in [("stage", "stage"), ("客户分群", "tier"), ("last month", "this month"), (None, "now")]:
            assert call("SEGMENT_MOVES", [[one], *before], [[other], *after]) == plain, one
        assert call("SEGMENT_MOVES", column("group", 1, 2), column("next", 2, 2)) == [
            ["", 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 0.0, 1.0],
        ]  # fmt: skip

    def test_own_names_are_no_header(self) -> None:
        result = call("SEGMENT_MOVES", column("gold", "blue"), column("blue", "gold"))
        assert result == [["", "gold", "blue"], ["gold", 0.0, 1.0], ["blue", 1.0, 0.0]]

    def test_whole_columns_and_empty_rows(self) -> None:
        before, after = column("a", None, "b", None, *[None] * 999), column("b", None, "b", "a", *[""] * 99)
        assert call("SEGMENT_MOVES", before, after) == [["", "a", "b"], ["a", 0.0, 1.0], ["b", 0.0, 1.0]]

    def test_errors(self) -> None:
        assert call("SEGMENT_MOVES", column("a", CellError("#REF!")), column("a", "b")) == CellError("#REF!")
        for cells, code, sentence in [
            ((column("a", "b"), column("a")), "#VALUE!", "before, after must have the same number of rows"),
            ((column(None), column("a")), "#N/A", "No customer is in a segment before"),
            ((column(*range(101)), column(*range(101))), "#NUM!", "There are 101 different segments; at most 100"),
        ]:
            result = call("SEGMENT_MOVES", *cells)
            assert isinstance(result, CellError)
            assert result.code == code
            assert sentence in result.message


def test_arrays_and_series() -> None:
    before = pd.Series(["High", None, "Low"], index=[7, 8, 9])
    moves = segment_moves(before, np.array(["High", "Low", "High"], dtype=object))
    assert moves.loc["Low", "High"] == 1.0
    assert move_shares([1.0, float("nan")], [1.0, 1.0]) == ([1.0], [[1.0]])


def test_bad_input() -> None:
    with pytest.raises(InputError, match=r"same number of rows \(1 and 2\)"):
        segment_moves(["a"], ["a", "b"])
    with pytest.raises(DataError) as caught:
        segment_moves([None], ["a"])
    assert caught.value.argument == "before"
    assert "较早日期" in caught.value.text.zh
    with pytest.raises(DomainError, match="hold segments and not customers"):
        segment_moves(range(101), range(101))  # type: ignore[arg-type]
