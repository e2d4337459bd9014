"""The boundary between cells and calculations, rule by rule."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from xlclv.worksheet import CellError, call
from xlclv.worksheet.cells import rows_of
from xlclv.worksheet.convert import cell_of, serial_of

VALUE, NUM, NA, DIV0, NAME, REF = map(CellError, ("#VALUE!", "#NUM!", "#N/A", "#DIV/0!", "#NAME?", "#REF!"))


class TestArguments:
    def test_name_in_any_case(self) -> None:
        assert call(" clv ", 100, 2, 36) == 7200.0

    def test_unknown_name(self) -> None:
        assert call("CLVV", 1) == NAME

    @pytest.mark.parametrize("cells", [(), (100,), (100, 2), (1, 2, 3, 4, 5, 6, 7)])
    def test_too_few_or_too_many(self, cells: tuple[float, ...]) -> None:
        assert call("CLV", *cells) == VALUE

    @pytest.mark.parametrize("empty", [None, "", " ", "\u3000"])
    def test_empty_required_is_an_error_and_empty_optional_the_default(self, empty: object) -> None:
        assert call("CLV", 100, empty, 36) == VALUE
        assert call("CLV", 100, 2, 36, empty, empty) == 7200.0

    @pytest.mark.parametrize("number", ["36", " 36 ", "3.6e1", "３６", "3,6", True, "abc", b"x"])
    def test_text_numbers(self, number: object) -> None:
        expected = {"3,6": VALUE, "abc": VALUE, b"x": VALUE, True: 200.0}.get(number, 7200.0)  # type: ignore[call-overload]
        assert call("CLV", 100, 2, number) == expected

    def test_percent_text(self) -> None:
        assert call("CLV", 100, 2, 36, "30%") == 2160.0

    @pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 10**400])
    def test_no_number_a_cell_can_hold(self, number: float) -> None:
        assert isinstance(call("CLV", 100, 2, number), CellError)

    def test_error_propagates_as_itself(self) -> None:
        assert call("CLV", 100, REF, 36) == REF
        assert call("CLV", 100, CellError("#SPILL!"), 36) == CellError("#SPILL!")

    def test_choices_in_any_case_and_both_languages(self) -> None:
        assert call("RATE_CONVERT", 0.8, "YEAR", "月", "Retention") == pytest.approx(0.981577, abs=5e-7)
        assert call("RATE_CONVERT", 0.8, "year", "fortnight") == VALUE

    def test_option_takes_one_cell(self) -> None:
        assert call("RFM_SEGMENT", 5, 5, 5, [["standard"]]) == "Champions"
        assert call("RFM_SEGMENT", 5, 5, 5, [["standard"], ["value8"]]) == VALUE


class TestMapping:
    def test_column(self) -> None:
        assert call("CLV", [[100.0], [50.0]], 2, 36) == [[7200.0], [3600.0]]

    def test_grid(self) -> None:
        assert call("CLV", [[1.0], [2.0]], 1, [[1.0, 2.0, 3.0]]) == [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]

    def test_one_cell_range_is_a_constant(self) -> None:
        assert call("CLV", [[100.0]], [[2.0], [None], [1.0]], [[36.0]]) == [[7200.0], [""], [3600.0]]

    def test_flat_list_is_a_row(self) -> None:
        assert call("CLV", [1.0, 2.0], 1, 1) == [[1.0, 2.0]]

    def test_error_in_one_element_stays_there(self) -> None:
        assert call("CLV", [[1.0], [NA], ["x"], [2.0]], 1, 1) == [[1.0], [NA], [VALUE], [2.0]]

    def test_element_whose_cells_are_all_empty(self) -> None:
        assert call("CLV", [[1.0], [None], [3.0]], [[1.0], [""], [1.0]], 1) == [[1.0], [""], [3.0]]
        assert call("CLV", [[1.0], [None], [3.0]], [[1.0], [2.0], [1.0]], 1) == [[1.0], [VALUE], [3.0]]

    def test_whole_column_is_cut_after_the_last_filled_row(self) -> None:
        column = [[2.0], [None], [3.0]] + [[None]] * 1_048_573
        assert call("CLV", column, 1, 1) == [[2.0], [""], [3.0]]
        assert call("CLV", [[1.0], [2.0], [3.0], [4.0]], column, 1) == [[2.0], [VALUE], [9.0], [VALUE]]

    def test_shapes_that_do_not_fit(self) -> None:
        assert call("CLV", [[1.0], [2.0]], [[1.0], [2.0], [3.0]], 1) == VALUE

    def test_result_beyond_the_largest_number(self) -> None:
        assert call("CLV", 1e308, 1e308, 1) == NUM
        assert call("CLV", [[1e308], [1.0]], 1e10, 1) == [[NUM], [1e10]]

    def test_failure_of_a_batch_function_stays_in_its_element(self) -> None:
        block = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
        alive = call("MODEL_ALIVE", block, [[2.0], [-1.0], [None], [0.0]], [[30.43], [1.0], [None], [0.0]], 38.86)
        assert isinstance(alive, list)
        assert alive[1:] == [[NUM], [""], [1.0]]
        assert alive[0][0] == pytest.approx(0.726579, abs=5e-7)


class TestVectors:
    def test_trimmed_together_and_header_dropped(self) -> None:
        margins = [["margin"], [50], [40], *[[None]] * 100]
        survivals = [["alive"], [1], [0.5], *[[""]] * 50]
        assert call("CLV_CURVE", margins, survivals) == 70.0

    def test_lengths_that_differ(self) -> None:
        assert call("CLV_CURVE", [[1], [2], [3]], [[1], [0.5]]) == VALUE

    def test_row_or_column_but_no_rectangle(self) -> None:
        assert call("NPS_SCORE", [[10, 9]]) == 100.0
        assert call("NPS_SCORE", [[10, 9], [8, 7]]) == VALUE

    def test_first_error_is_the_result(self) -> None:
        assert call("CLV_CURVE", [[1], [DIV0]], [[NA], [1]]) == DIV0

    def test_unreadable_cell_names_its_row(self) -> None:
        result = call("NPS_SCORE", [["Score"], [10], ["ten"]])
        assert isinstance(result, CellError)
        assert "Row 3 of scores" in result.message

    def test_empty_rows_are_left_out_of_row_functions_and_stay_empty(self) -> None:
        assert call("CLV_TIER", [[60], [None], [0]]) == [["High"], [""], ["Low"]]

    def test_header_in_header_out(self) -> None:
        assert call("CLV_TIER", [["value"], [60]]) == [["tier"], ["High"]]


class TestHeaders:
    def test_a_single_text_is_a_wrong_value_and_no_header(self) -> None:
        for name, cells in {
            "NPS_SCORE": ("abc",),
            "CLV_SHARES": ("abc",),
            "CLV_CURVE": (100, "abc"),
            "CLV_EQUITY": (1000, "abc", 50),
            "CLV_TIER": ("abc",),
            "RFM_SCORE": ("a", "b", "c"),
            "SPEND_FIT": ("a", "b"),
        }.items():
            assert call(name, *cells) == VALUE, name
            assert call(name, *[[[cell]] for cell in cells]) == VALUE, name

    def test_text_beside_numbers_or_dates_is_unreadable_and_no_header(self) -> None:
        ids, dates = [[17850.0], [17850.0], [13047.0]], [[45296.0], [45300.0], [45301.0]]
        result = call("RFM_TABLE", ids, dates, [["pending"], [20.0], [30.0]], 45310.0, "day")
        assert isinstance(result, CellError)
        assert result.message.startswith("Row 1: ")
        result = call("CLV_CURVE", [["TBD"], [90], [80]], [[1], [0.7], [0.5]], 0.1)
        assert isinstance(result, CellError)
        assert result.message.startswith("Row 1 of margins: ")

    def test_header_over_one_range_and_none_over_an_empty_cell(self) -> None:
        assert call("CLV_CURVE", [[None], [50], [40]], [["alive"], [1], [0.5]]) == 70.0
        assert call("CLV_CURVE", [["margin"], [50], [40]], [["alive"], [1], [0.5]]) == 70.0


class TestRows:
    def test_errors_name_the_row_of_the_range_whatever_was_left_out_before(self) -> None:
        cases = {
            3: call("SPEND_FIT", [["f"], [1], [-1]], [["m"], [5], [5]]),
            4: call("MODEL_FIT", "BG/NBD", [["f"], [1.0], [None], [2.5]], [["r"], [1.0], [None], [2.0]],
                    [["a"], [2.0], [None], [3.0]]),
            5: call("NPS_SCORE", [["score"], [None], [9], [8], [11]]),
            2: call("CLV_CURVE", 100, [[0.5], [0.6]]),
            6: call("CAC_CHANNELS", [["c"]] * 6, [[1]] * 5 + [[-1]], [[1]] * 6, [[1]] * 6),
        }  # fmt: skip
        for row, result in cases.items():
            assert isinstance(result, CellError)
            assert f"Row {row}: " in result.message, (row, result.message)

    def test_the_first_bad_row_is_named_whichever_range_it_is_in(self) -> None:
        dates, amounts = [[45296.0], [45297.0], [45298.0], ["soon"]], [[1.0], [2.0], ["many"], [4.0]]
        result = call("RFM_TABLE", [["a"]] * 4, dates, amounts, 45310.0)
        assert isinstance(result, CellError)
        assert result.message.startswith("Row 3: ")

    def test_an_empty_period_is_told_not_skipped(self) -> None:
        assert call("CLV_EQUITY", 1000, [[10], [None], [10]], [[5], [None], [5]], 0.1) == VALUE
        assert call("CLV_CURVE", [[100], [None], [100]], [[1], [None], [0.5]], 0.1, 1) == VALUE

    def test_row_functions_over_nothing(self) -> None:
        assert call("CLV_TIER", [[None], [None]]) == NA
        assert call("RFM_SCORE", [[None], [None]], [[None], [None]], [[None], [None]]) == NA

    def test_a_faulty_spend_model_is_named(self) -> None:
        model = [["model", "NBD"], ["r", 0.385], ["alpha", 12.07]]
        call("CLV_PREDICT", model, [["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74]], 2, 3, 4, 5, 6)
        rows = call("XLCLV_ERRORS")
        assert isinstance(rows, list)
        assert rows[1][:2] == ["CLV_PREDICT", "spend_model"]

    def test_refunds_only(self) -> None:
        result = call("RFM_TABLE", [["a"], ["b"]], [[45296.0], [45297.0]], [[-1.0], [-2.0]], 45310.0)
        assert result == NA
        assert isinstance(result, CellError)
        assert "signs" in result.message

    def test_choices_are_listed_in_chinese_too(self) -> None:
        result = call("RATE_CONVERT", 0.1, "年", "旬", language="zh")
        assert isinstance(result, CellError)
        assert "month（月）" in result.message


class TestDates:
    JANUARY_5 = (45296.0, 45296.9, dt.date(2024, 1, 5), dt.datetime(2024, 1, 5, 23, 59), "2024-01-05", "2024年1月5日",
                 "20240105", 20240105.0, "2024/1/5")  # fmt: skip

    @pytest.mark.parametrize("date", JANUARY_5)
    def test_every_kind(self, date: object) -> None:
        assert call("SEGMENT_STAGE", date, date, 1, "2024-01-06") == "New"
        assert call("SEGMENT_STAGE", "2024-01-05", "2024-01-05", 1, date) == "New"
        assert call("SEGMENT_STAGE", date, date, 1, "2024-01-04") == NUM

    def test_serials_of_1904(self) -> None:
        assert call("SEGMENT_STAGE", 45296 - 1462, 45296 - 1462, 1, "2024-01-06", date1904=True) == "New"
        assert call("SEGMENT_STAGE", 45296, 45296, 1, "2024-01-06", date1904=True) == NUM

    def test_day_and_month_in_doubt(self) -> None:
        assert call("SEGMENT_STAGE", "1/5/2024", "2024-06-01", 1, "2024-07-01") == VALUE

    def test_blank_date_is_missing_never_today(self) -> None:
        assert call("SEGMENT_STAGE", None, None, 0, "2024-01-06") == "Prospect"
        assert call("SEGMENT_STAGE", "2024-01-05", "2024-01-05", 1, None) == VALUE

    def test_serial_of_is_the_inverse(self) -> None:
        for serial in (1, 59, 61, 45296, 2958465):
            assert serial_of(dt.date(1899, 12, 30) + dt.timedelta(serial + (serial < 61)), False) == serial
        assert serial_of(dt.datetime(2024, 1, 5, 12), False) == 45296.5
        assert serial_of(dt.date(1904, 1, 2), True) == 1.0


class TestOut:
    @pytest.mark.parametrize(
        ("value", "cell"),
        [
            (np.float64(1.5), 1.5),
            (np.int64(3), 3.0),
            (np.bool_(True), True),
            (np.str_("a"), "a"),
            (7, 7.0),
            (None, ""),
            (math.nan, NUM),
            (math.inf, NUM),
            (dt.datetime(2024, 1, 5, 6), dt.date(2024, 1, 5)),
            ("x" * 40_000, "x" * 32_767),
        ],
    )
    def test_plain_cells(self, value: object, cell: object) -> None:
        result = cell_of(value, "en")
        assert result == cell
        assert type(result) is type(cell)

    def test_no_negative_zero(self) -> None:
        assert math.copysign(1.0, cell_of(-0.0, "en")) == 1.0  # type: ignore[arg-type]

    def test_rows_are_made_rectangular(self) -> None:
        assert rows_of([[1], [2, 3], 4]) == [[1, None], [2, 3], [4, None]]
        assert rows_of([]) == [[None]]
        assert rows_of(5) is None


class TestErrors:
    def test_latest_failures_are_listed(self) -> None:
        call("CLV", 100, 2, -1)
        rows = call("XLCLV_ERRORS")
        assert isinstance(rows, list)
        assert rows[0] == ["function", "argument", "error", "what to do"]
        assert rows[1] == ["CLV", "lifetime", "#NUM!", "lifetime must be 0 or more, not -1."]

    def test_in_chinese(self) -> None:
        call("CLV", 100, 2, -1)
        rows = call("XLCLV_ERRORS", None, "zh")
        assert isinstance(rows, list)
        assert rows[1] == ["CLV", "lifetime", "#NUM!", "lifetime 不能小于 0，现在是 -1。"]

    def test_message_in_the_language_of_the_call(self) -> None:
        error = call("CLV", 100, 2, -1, language="zh")
        assert isinstance(error, CellError)
        assert error.message == "lifetime 不能小于 0，现在是 -1。"

    def test_first_failure_of_a_range_is_listed_once(self) -> None:
        call("CLV", [[1.0], [2.0]], 1, -7)
        rows = call("XLCLV_ERRORS")
        assert isinstance(rows, list)
        assert [row[3] for row in rows].count("lifetime must be 0 or more, not -7.") == 1
