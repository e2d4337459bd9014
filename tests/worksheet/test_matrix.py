"""An argument of several columns: read with the vectors of its call, or mapped over row by row."""

from __future__ import annotations

from typing import Any

import pytest

from xlclv.errors import DomainError
from xlclv.text import Text
from xlclv.worksheet import Argument, CellError, Family, Function, Kind, Matrix, Type, evaluate

VALUE, NUM, NA, DIV0 = map(CellError, ("#VALUE!", "#NUM!", "#N/A", "#DIV/0!"))
HELP = Text("Numbers", "数值")
VALUES = Argument("values", Kind.VECTOR, Type.NUMBER, HELP)
FEATURES = Argument("features", Kind.MATRIX, Type.NUMBER, HELP)
AGE = Argument("age", Kind.ELEMENT, Type.NUMBER, HELP)


def function(*arguments: Argument, **more: Any) -> Function:
    """Return a function that keeps what it was given in ``seen``."""
    seen: list[Any] = []

    def compute(*values: Any) -> Any:
        seen[:] = values
        return more.pop("result", 0.0)

    return Function("TEST", Family.DATA, HELP, arguments, compute, (), sources=seen, **more)  # type: ignore[arg-type]


def seen(*cells: Any, arguments: tuple[Argument, ...] = (VALUES, FEATURES)) -> list[Any]:
    declared = function(*arguments)
    result = evaluate(declared, cells)
    assert result == 0.0, getattr(result, "message", result)
    return list(declared.sources)


def message(*cells: Any, arguments: tuple[Argument, ...] = (VALUES, FEATURES), language: str = "en") -> str:
    result = evaluate(function(*arguments), cells, language=language)
    assert isinstance(result, CellError)
    return result.message


class TestWithVectors:
    def test_rows_of_numbers_and_names(self) -> None:
        features = [["tenure", " seats "], [1.0, "2"], ["30%", True]]
        assert seen([["spend"], [10], [20]], features) == [
            [10.0, 20.0],
            Matrix(["tenure", "seats"], [[1.0, 2.0], [0.3, 1.0]]),
        ]

    def test_without_header_columns_have_no_names(self) -> None:
        assert seen([[10], [20]], [[1, 2], [3, 4]])[1] == Matrix(["", ""], [[1.0, 2.0], [3.0, 4.0]])

    def test_a_name_may_be_missing_and_a_number_as_header_is_text(self) -> None:
        assert seen([["y"], [1]], [["a", None], [2, 3]])[1].names == ["a", ""]

    def test_header_over_the_matrix_alone(self) -> None:
        assert seen([[None], [10]], [["a", "b"], [1, 2]]) == [[10.0], Matrix(["a", "b"], [[1.0, 2.0]])]

    def test_trimmed_together_with_the_vectors(self) -> None:
        empty = [None, ""]
        assert seen([[10], [20], *[[None]] * 9], [[1, 2], [3, 4], *[empty] * 500])[0] == [10.0, 20.0]
        assert len(seen([[10], [20], *[[None]] * 500], [[1, 2], [3, 4], *[empty] * 9])[1].rows) == 2

    def test_the_longest_column_counts(self) -> None:
        assert "values, features must have the same number of rows" in message([[10]], [[1, 2], [None, 4]])
        assert "values is empty in row 2" in message([[10], [None]], [[1, 2], [None, 4]])

    def test_rows_empty_throughout_are_left_out_of_all(self) -> None:
        values, features = seen([[10], [None], [20]], [[1, 2], [None, " "], [3, 4]])
        assert values == [10.0, 20.0]
        assert features.rows == [[1.0, 2.0], [3.0, 4.0]]

    def test_an_empty_cell_names_its_row_and_column(self) -> None:
        cells = [["y"], [10], [None], [20]], [["a", "b"], [1, 2], [None, None], [3, None]]
        assert message(*cells) == "features (b) is empty in row 4; fill it or leave the whole row empty."
        assert message(*cells, language="zh") == "features（b） 第 4 行为空；请填写，或将整行留空。"
        assert message([[1]], [[1, None]]).startswith("features (column 2) is empty in row 1")

    def test_an_empty_cell_may_have_a_meaning(self) -> None:
        arguments = VALUES, FEATURES._replace(blank=None)
        assert seen([[1], [2]], [[1, None], [3, 4]], arguments=arguments)[1].rows == [[1.0, None], [3.0, 4.0]]

    def test_text_among_numbers_names_its_row_and_column(self) -> None:
        assert message([["y"], [1], [2]], [["a", "b"], [1, 2], [3, "x"]]) == (
            'Row 3 of features (b): "x" is no number; give each text a column of TRUE and FALSE.'
        )
        assert message([[1], [2]], [[1, 2], [3, "x"]]).startswith("Row 2 of features (column 2): ")

    def test_text_beside_a_number_in_the_first_row_is_no_header(self) -> None:
        assert message([[1], [2]], [["a", 2], [3, 4]]).startswith("Row 1 of features (column 1): ")

    def test_cells_as_they_are(self) -> None:
        arguments = VALUES, FEATURES._replace(type=Type.CELL)
        assert seen([["y"], [1]], [["channel", "n"], ["web", 2]], arguments=arguments)[1] == Matrix(
            ["channel", "n"], [["web", 2]]
        )

    def test_the_first_error_cell_is_the_result(self) -> None:
        declared = function(VALUES, FEATURES)
        assert evaluate(declared, ([[1], [2]], [[1, 2], [3, DIV0]])) == DIV0
        assert evaluate(declared, ([[NA], [2]], [[1, 2], [3, DIV0]])) == NA

    def test_missing_may_be_told_by_an_error_cell(self) -> None:
        arguments = VALUES, FEATURES._replace(blank=None, errors="missing")
        assert seen([[1]], [[NA, 2]], arguments=arguments)[1].rows == [[None, 2.0]]
        assert evaluate(function(*arguments), ([[1]], [[DIV0, 2]])) == DIV0

    def test_lying_data(self) -> None:
        assert seen([[10, 20, 30]], [[1, 2, 3], [4, 5, 6]])[1].rows == [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]
        assert seen([["y", 20, 30]], [["a", 2, 3], ["b", 5, 6]])[1] == Matrix(["a", "b"], [[2.0, 5.0], [3.0, 6.0]])
        assert seen([[10, 20]], [[1, 2], [3, 4]])[1].rows == [[1.0, 2.0], [3.0, 4.0]]

    def test_single_cells(self) -> None:
        assert seen(10, 1) == [[10.0], Matrix([""], [[1.0]])]

    def test_left_out(self) -> None:
        arguments = VALUES, FEATURES._replace(default=None)
        assert seen([[1]], arguments=arguments) == [[1.0], None]
        assert seen([[1]], "", arguments=arguments) == [[1.0], None]
        assert message([[1]], None) == "features is empty; it must be given."

    def test_a_row_may_serve_all(self) -> None:
        arguments = VALUES, FEATURES._replace(serves_all=True)
        assert seen([[1], [2]], [[3, 4]], arguments=arguments)[1].rows == [[3.0, 4.0]]


def test_alone_it_is_read_as_vectors_are() -> None:
    assert seen([["a"], [1], [None], [2]], arguments=(FEATURES,)) == [Matrix(["a"], [[1.0], [2.0]])]


def test_a_row_for_each_row() -> None:
    declared = Function(
        "TEST", Family.DATA, HELP, (FEATURES,), lambda m: [["sum"], *([sum(row)] for row in m.rows)], (), table=True,
        per_row=True,
    )  # fmt: skip
    assert evaluate(declared, ([["a", "b"], [1, 2], [None, None], [3, 4], [None, None]],)) == [
        ["sum"], [3.0], [""], [7.0],
    ]  # fmt: skip
    assert evaluate(declared, ([[1, 2], [3, 4]],)) == [[3.0], [7.0]]
    assert evaluate(declared, ([[None, None]],)) == NA


def total(age: float, row: list[float] | None) -> float:
    if age < 0:
        raise DomainError("age must be 0 or more.", "age 不能小于 0。", argument="age")
    return age + sum(row or [])


def batch(ages: list[float], rows: list[list[float] | None]) -> list[float]:
    return [total(age, row) for age, row in zip(ages, rows, strict=True)]


OPTIONAL = FEATURES._replace(default=None)


@pytest.mark.parametrize(("compute", "in_batch"), [(total, False), (batch, True)])
class TestMapped:
    def mapped(self, compute: Any, in_batch: bool, *cells: Any) -> Any:
        return evaluate(Function("TEST", Family.DATA, HELP, (AGE, OPTIONAL), compute, (), batch=in_batch), cells)

    def test_row_by_row(self, compute: Any, in_batch: bool) -> None:
        ages, features = [[1], [2], [3]], [[10, 100], [20, 200], [30, 300]]
        assert self.mapped(compute, in_batch, ages, features) == [[111.0], [222.0], [333.0]]

    def test_one_row_serves_all_and_one_cell_is_one_row(self, compute: Any, in_batch: bool) -> None:
        assert self.mapped(compute, in_batch, [[1], [2]], [[10, 100]]) == [[111.0], [112.0]]
        assert self.mapped(compute, in_batch, 1, [[10, 100]]) == 111.0
        assert self.mapped(compute, in_batch, 1, 10) == 11.0
        assert self.mapped(compute, in_batch, 1, [[10]]) == 11.0

    def test_the_width_is_that_of_the_elements(self, compute: Any, in_batch: bool) -> None:
        assert self.mapped(compute, in_batch, [[1, 2]], [[10, 100], [20, 200]]) == [[111.0, 112.0], [221.0, 222.0]]

    def test_left_out(self, compute: Any, in_batch: bool) -> None:
        assert self.mapped(compute, in_batch, 1) == 1.0
        assert self.mapped(compute, in_batch, [[1], [2]], None) == [[1.0], [2.0]]

    def test_errors_stay_in_their_row(self, compute: Any, in_batch: bool) -> None:
        features = [[1, 2], [1, "x"], [DIV0, 2], [None, 2], [None, None], [5, 5]]
        result = self.mapped(compute, in_batch, [[1]] * 6, features)
        assert result == [[4.0], [VALUE], [DIV0], [VALUE], [1.0], [11.0]]
        assert result[1][0].message == 'features: "x" is no number; give each text a column of TRUE and FALSE.'
        assert result[3][0].message == "features (column 1) is empty; fill it or leave the whole row empty."

    def test_rows_empty_throughout_stay_empty(self, compute: Any, in_batch: bool) -> None:
        features = [[1, 2], [None, ""], [3, 4], [None, None]]
        assert self.mapped(compute, in_batch, [[1], [None], [2], [None]], features) == [[4.0], [""], [9.0]]

    def test_lengths_that_differ(self, compute: Any, in_batch: bool) -> None:
        result = self.mapped(compute, in_batch, [[1], [2]], [[1, 2, 9], [3, 4, 9], [5, 6, 9]])
        assert result == VALUE
        assert result.message.endswith("age 2 x 1, features 3 x 3.")


def test_a_required_matrix_is_asked_for() -> None:
    declared = Function("TEST", Family.DATA, HELP, (AGE, FEATURES), total, ())
    result = evaluate(declared, (1, None))
    assert isinstance(result, CellError)
    assert result.message == "features is empty; it must be given."
