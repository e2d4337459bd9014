"""Drivers of value: the regression and the importance of its features."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import fdtrc
from statsmodels.regression.linear_model import OLS

from xlclv import value_drivers
from xlclv.errors import DataError, DivisionError, DomainError, InputError
from xlclv.worksheet import CellError, call

# Longley (1967), Journal of the American Statistical Association 62, as in NIST's Statistical Reference Datasets:
# employment; GNP deflator, GNP, unemployed, armed forces, population, year.
LONGLEY = np.array([
    [60323, 83.0, 234289, 2356, 1590, 107608, 1947], [61122, 88.5, 259426, 2325, 1456, 108632, 1948],
    [60171, 88.2, 258054, 3682, 1616, 109773, 1949], [61187, 89.5, 284599, 3351, 1650, 110929, 1950],
    [63221, 96.2, 328975, 2099, 3099, 112075, 1951], [63639, 98.1, 346999, 1932, 3594, 113270, 1952],
    [64989, 99.0, 365385, 1870, 3547, 115094, 1953], [63761, 100.0, 363112, 3578, 3350, 116219, 1954],
    [66019, 101.2, 397469, 2904, 3048, 117388, 1955], [67857, 104.6, 419180, 2822, 2857, 118734, 1956],
    [68169, 108.4, 442769, 2936, 2798, 120445, 1957], [66513, 110.8, 444546, 4681, 2637, 121950, 1958],
    [68655, 112.6, 482704, 3813, 2552, 123366, 1959], [69564, 114.2, 502601, 3931, 2514, 125368, 1960],
    [69331, 115.7, 518173, 4806, 2572, 127852, 1961], [70551, 116.9, 554894, 4007, 2827, 130081, 1962],
])  # fmt: skip
NAMES = ["deflator", "gnp", "unemployed", "armed", "population", "year"]
#: Certified coefficients and standard errors, the intercept last.
CERTIFIED = [
    (15.0618722713733, 84.9149257747669),
    (-0.358191792925910e-01, 0.334910077722432e-01),
    (-2.02022980381683, 0.488399681651699),
    (-1.03322686717359, 0.214274163161675),
    (-0.511041056535807e-01, 0.226073200069370),
    (1829.15146461355, 455.478499142212),
    (-3482258.63459582, 890420.383607373),
]


def frame(table: Any, names: Any = NAMES) -> pd.DataFrame:
    return pd.DataFrame(np.asarray(table), columns=list(names))


def exact_regression(values: Any, table: Any) -> tuple[list[Any], list[Any], Any]:
    """Coefficients, intercept last, standard errors and R squared by the normal equations in 60 digits."""
    with mpmath.workdps(60):
        x = mpmath.matrix([[*map(mpmath.mpf, row), mpmath.mpf(1)] for row in np.asarray(table).tolist()])
        y = mpmath.matrix([mpmath.mpf(value) for value in values])
        inverse = (x.T * x) ** -1
        b = inverse * (x.T * y)
        residual = y - x * b
        left = sum(r**2 for r in residual)
        middle = sum(y) / len(y)
        noise = left / (x.rows - x.cols)
        errors = [mpmath.sqrt(noise * inverse[i, i]) for i in range(x.cols)]
        return list(b), errors, 1 - left / sum((v - middle) ** 2 for v in y)


class TestLongley:
    FOUND = value_drivers(LONGLEY[:, 0], frame(LONGLEY[:, 1:]))

    def test_certified_values(self) -> None:
        for (_, row), (coefficient, error) in zip(self.FOUND.table.iterrows(), CERTIFIED, strict=True):
            assert row["coefficient"] == pytest.approx(coefficient, rel=1e-9)
            assert row["standard_error"] == pytest.approx(error, rel=1e-9)
        assert self.FOUND.r_squared == pytest.approx(0.995479004577296, rel=1e-12)
        assert self.FOUND.adjusted_r_squared == pytest.approx(1 - (1 - 0.995479004577296) * 15 / 9, rel=1e-12)
        assert self.FOUND.customers == 16

    def test_t_and_p(self) -> None:
        """Student's t with 9 degrees of freedom, by the regularised incomplete beta function."""
        for _, row in self.FOUND.table.iterrows():
            t = row["coefficient"] / row["standard_error"]
            assert row["t"] == pytest.approx(t, rel=1e-12)
            assert row["p"] == pytest.approx(
                float(mpmath.betainc(4.5, 0.5, 0, 9 / (9 + t**2), regularized=True)), rel=1e-9
            )

    def test_importance_is_the_mean_rise_over_all_orders(self) -> None:
        """By its definition: 720 orders of adding six features."""
        known: dict[frozenset[int], float] = {frozenset(): 0.0}

        def explained(chosen: frozenset[int]) -> float:
            if chosen not in known:
                x = np.column_stack([LONGLEY[:, 1:][:, sorted(chosen)], np.ones(16)])
                x = x / np.abs(x).max(axis=0)
                residual = LONGLEY[:, 0] - x @ np.linalg.lstsq(x, LONGLEY[:, 0], rcond=None)[0]
                known[chosen] = 1 - residual.var() / LONGLEY[:, 0].var()
            return known[chosen]

        rises = np.zeros(6)
        for order in permutations(range(6)):
            for place, new in enumerate(order):
                before = frozenset(order[:place])
                rises[new] += explained(before | {new}) - explained(before)
        assert self.FOUND.table["importance"].tolist()[:6] == pytest.approx(rises / rises.sum(), abs=1e-9)
        assert np.isnan(self.FOUND.table["importance"].tolist()[6])

    def test_it_is_the_regression_in_plain_units(self) -> None:
        x = np.column_stack([LONGLEY[:, 1:], np.ones(16)])
        theirs = OLS(LONGLEY[:, 0], x).fit()
        assert self.FOUND.table["p"].tolist() == pytest.approx(theirs.pvalues.tolist(), rel=1e-6)


@given(seed=st.integers(0, 10_000), rows=st.integers(6, 30), scale=st.sampled_from([1e-200, 1e-3, 1.0, 1e6, 1e150]))
def test_jittered_data_against_exact_arithmetic(seed: int, rows: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    table = rng.normal([100, 0, -3], [5, 1, 0.1], size=(rows, 3))
    values = rng.normal(size=rows) + table @ [1, 2, 3]
    b, errors, explained = exact_regression(values, table)
    found = value_drivers(values * scale, frame(table * [1, scale, 1], "abc"))
    units = np.array([scale, 1, scale, scale])
    assert (found.table["coefficient"].to_numpy() / units).tolist() == pytest.approx(list(map(float, b)), rel=1e-8)
    assert (found.table["standard_error"].to_numpy() / units).tolist() == pytest.approx(
        list(map(float, errors)), rel=1e-8
    )
    assert found.r_squared == pytest.approx(float(explained), rel=1e-9)
    assert found.table["importance"].sum() == pytest.approx(1.0)
    assert (found.table["importance"][:3] >= 0).all()


class TestCategories:
    CHANNELS = ("web", "shop", " web", "app", "shop", "app", "web", "shop", "app")
    TENURE = (1, 2, 3, 5, 4, 7, 6, 9, 8)
    VALUES = (3.0, 8, 5, 2, 9, 4, 6, 12, 5)
    FOUND = value_drivers(VALUES, pd.DataFrame({"channel": CHANNELS, "tenure": TENURE}))

    def test_the_first_in_the_alphabet_is_the_base(self) -> None:
        assert list(self.FOUND.table.index) == [
            "channel (app = 0)",
            "channel: shop",
            "channel: web",
            "tenure",
            "intercept",
        ]
        channels = np.array([channel.strip() for channel in self.CHANNELS])
        dummies = np.column_stack([channels == "shop", channels == "web", self.TENURE]).astype(float)
        b, errors, _ = exact_regression(self.VALUES, dummies)
        assert self.FOUND.table["coefficient"].tolist()[1:] == pytest.approx(list(map(float, b)), rel=1e-10)
        assert self.FOUND.table["standard_error"].tolist()[1:] == pytest.approx(list(map(float, errors)), rel=1e-10)

    def test_all_categories_together(self) -> None:
        """The F test against the regression without them."""
        without = value_drivers(self.VALUES, pd.DataFrame({"tenure": self.TENURE}))
        f = (self.FOUND.r_squared - without.r_squared) / 2 / ((1 - self.FOUND.r_squared) / 5)
        row = self.FOUND.table.iloc[0]
        assert row["p"] == pytest.approx(fdtrc(2, 5, f), rel=1e-9)
        # Two features: half the rise as the first and half the rise as the last.
        alone = value_drivers(self.VALUES, pd.DataFrame({"channel": self.CHANNELS})).r_squared
        part = (alone + self.FOUND.r_squared - without.r_squared) / 2 / self.FOUND.r_squared
        assert row["importance"] == pytest.approx(part, rel=1e-9)
        assert row[["coefficient", "standard_error", "t"]].isna().all()
        assert self.FOUND.table["importance"].iloc[1:3].isna().all()

    def test_numbers_stored_as_text_are_numbers(self) -> None:
        found = value_drivers(self.VALUES, pd.DataFrame({"tenure": [str(t) for t in self.TENURE]}))
        assert list(found.table.index) == ["tenure", "intercept"]

    def test_too_many(self) -> None:
        with pytest.raises(InputError, match="customer holds 51 different texts; at most 50 categories"):
            value_drivers(range(60), pd.DataFrame({"customer": [f"id{i % 51}" for i in range(60)]}))  # type: ignore[arg-type]


def test_relative_weights_of_many_features() -> None:
    """Johnson (2000): with uncorrelated features they are the squared correlations, as LMG is."""
    rng = np.random.default_rng(0)
    table = np.linalg.qr(np.column_stack([np.ones(60), rng.normal(size=(60, 14))]))[0][:, 1:]
    values = table @ np.arange(14.0) + rng.normal(size=60) * 0.1
    found = value_drivers(values, frame(table, (f"f{i}" for i in range(14))))
    squares = [np.corrcoef(column, values)[0, 1] ** 2 for column in table.T]
    assert found.table["importance"].tolist()[:14] == pytest.approx(np.array(squares) / sum(squares), rel=1e-9)
    # Two of them correlated, and twelve besides that hardly matter: close to the mean over both orders.
    mixed = table.copy()
    mixed[:, 13] = 0.6 * table[:, 13] + 0.8 * table[:, 12]
    values = 3 * mixed[:, 12] + 2 * mixed[:, 13] + rng.normal(size=60) * 0.01
    both = value_drivers(values, frame(mixed[:, 12:], "ab")).table["importance"]
    many = value_drivers(values, frame(mixed, (f"f{i}" for i in range(14)))).table["importance"]
    assert many.tolist()[12:14] == pytest.approx(both.tolist()[:2], abs=0.02)


def test_an_exact_relation_has_no_error() -> None:
    found = value_drivers([5, 8, 11, 14], pd.DataFrame({"x": [1, 2, 3, 4]}))
    assert found.r_squared == found.adjusted_r_squared == 1.0
    assert found.table["coefficient"].tolist() == pytest.approx([3.0, 2.0], rel=1e-12)
    assert found.table["standard_error"].tolist() == found.table["p"].tolist() == [0.0, 0.0]
    assert found.table["t"].isna().all()


X = [1.0, 2, 3, 4, 6]


@pytest.mark.parametrize(
    ("values", "features", "error", "name", "english", "chinese"),
    [
        (X, {"a": X, "b": [2] * 5}, DomainError, "features", "b is the same for all customers", "b 对所有客户都相同"),
        (X, {"a": ["x"] * 5}, DomainError, "features", "a is the same for all customers", "都相同"),
        (X, {"a": X, "b": [1, 0, 1, 0, 1], "c": [3, 4, 7, 8, 13]}, DomainError, "features",
         "c can be computed from the features before it (a, b)", "c 可由它之前的特征（a, b）算出"),
        (X, {"a": ["u", "v", "u", "v", "u"], "b": [1, 0, 1, 0, 1]}, DomainError, "features",
         "b can be computed from the features before it (a)", "算出"),
        ([3] * 5, {"a": X}, DivisionError, "values", "All values are equal", "都相同"),
        (X[:2], {"a": X[:2]}, DataError, "values", "2 customers are too few for 1 coefficients", "至少需要 3 位"),
        (X, {"a": X[:4]}, InputError, "features", "the same number of rows (5 and 4)", "行数必须相同"),
        ([1, None, 3, 4, 5], {"a": X}, InputError, "values", "Row 2: values is missing", "第 2 行"),
        (X, {"a": [1, 2, None, 4, 5]}, InputError, "features", "Row 3: features is missing", "第 3 行"),
        (X, {"a": [1, 2, 3, "n/a", 5]}, InputError, "features", "Row 4: a holds numbers and text", "数字与文本混用"),
        (X, {}, InputError, "features", "There are no features.", "没有特征"),
    ],
)  # fmt: skip
def test_bad_input(values: Any, features: Any, error: Any, name: str, english: str, chinese: str) -> None:
    with pytest.raises(error) as caught:
        value_drivers(values, pd.DataFrame(features, index=range(len(next(iter(features.values()), X)))))
    assert caught.value.argument == name
    assert english in caught.value.text.en
    assert chinese in caught.value.text.zh


class TestInCells:
    VALUES = ([12], [14], [25], [28], [20], [31])
    FEATURES = ([1, "web"], [2, "web"], [3, "shop"], [4, "shop"], [5, "web"], [6, "shop"])

    def test_layout(self) -> None:
        result = call("VALUE_DRIVERS", [["spend"], *self.VALUES], [["tenure", None], *self.FEATURES])
        assert isinstance(result, list)
        assert [row[0] for row in result] == [
            "driver", "tenure", "feature 2 (shop = 0)", "feature 2: web", "intercept", "R squared",
            "adjusted R squared", "customers",
        ]  # fmt: skip
        assert {len(row) for row in result} == {6}
        assert result[2][1:4] == ["", "", ""]
        assert result[-1] == ["customers", 6.0, "", "", "", ""]
        assert result[1][5] + result[2][5] == pytest.approx(1.0)

    def test_in_chinese_with_whole_columns_and_an_empty_row(self) -> None:
        values = [["x"], *self.VALUES[:3], [None], *self.VALUES[3:], *[[None]] * 99]
        features = [["t", "c"], *self.FEATURES[:3], [None, None], *self.FEATURES[3:], *[["", None]] * 9]
        result, plain = call("VALUE_DRIVERS", values, features, "zh"), call("VALUE_DRIVERS", values[:8], features[:8])
        assert isinstance(result, list)
        assert isinstance(plain, list)
        assert result[0] == ["驱动因素", "系数", "标准误", "t 值", "p 值", "重要性"]
        assert [row[0] for row in result[4:]] == ["截距", "R²", "调整后 R²", "客户数"]
        assert [row[1:] for row in result[1:]] == [row[1:] for row in plain[1:]]

    def test_truth_and_dates_are_numbers(self) -> None:
        result = call("VALUE_DRIVERS", self.VALUES, [[i % 2 == 0] for i in range(6)])
        assert result == call("VALUE_DRIVERS", self.VALUES, [[float(i % 2 == 0)] for i in range(6)])

    @pytest.mark.parametrize(
        ("cells", "code", "sentence"),
        [
            ((VALUES, [*FEATURES[:5], [7, None]]), "#VALUE!", "features (column 2) is empty in row 6"),
            (([["y"], *VALUES[:5], [None]], [["t", "c"], *FEATURES]), "#VALUE!", "values is empty in row 7"),
            (([["y"], [None], *VALUES], [["t", "c"], [None, None], *FEATURES[:5], ["x", "web"]]), "#VALUE!",
             "Row 8: t holds numbers and text"),
            ((VALUES, FEATURES[:5]), "#VALUE!", "values, features must have the same number of rows"),
            ((VALUES, [[2 * v[0], 1] for v in VALUES]), "#NUM!", "feature 2 is the same for all customers"),
            ((VALUES[:3], FEATURES[:3]), "#N/A", "3 customers are too few for 2 coefficients"),
            (([[1]] * 6, FEATURES), "#DIV/0!", "All values are equal"),
            ((VALUES, [[CellError("#REF!")]] * 6), "#REF!", ""),
        ],
    )  # fmt: skip
    def test_errors(self, cells: Any, code: str, sentence: str) -> None:
        result = call("VALUE_DRIVERS", *([list(row) for row in cell] for cell in cells))
        assert isinstance(result, CellError)
        assert result.code == code
        assert sentence in result.message


def test_what_drives_the_charges_of_a_telephone_company(real_data: Path) -> None:
    table = pd.read_csv(real_data / "ibm_telco" / "Telco-Customer-Churn.csv")
    features = table[["tenure", "SeniorCitizen", "InternetService", "Contract", "Partner"]]
    found = value_drivers(table["MonthlyCharges"], features)
    dummies = pd.get_dummies(features, drop_first=True, dtype=float)
    order = ["tenure", "SeniorCitizen", *(c for c in dummies if "_" in c)]
    theirs = OLS(table["MonthlyCharges"], dummies[order].assign(one=1.0)).fit()
    rows = found.table["coefficient"].dropna()
    assert rows.tolist() == pytest.approx(theirs.params.tolist(), rel=1e-8)
    assert found.table.loc[rows.index, "t"].tolist() == pytest.approx(theirs.tvalues.tolist(), rel=1e-8)
    assert found.r_squared == pytest.approx(theirs.rsquared, rel=1e-10)
    assert found.table["importance"].idxmax() == "InternetService (DSL = 0)"
    with pytest.raises(DomainError, match="StreamingTV: No internet service can be computed"):
        value_drivers(table["MonthlyCharges"], table[["InternetService", "StreamingTV"]])
