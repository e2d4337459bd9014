"""Features of customers in cells: from the fit to the scores."""

from __future__ import annotations

import pytest

from tests.models.test_covariates import Base
from xlclv import models
from xlclv.worksheet import CellError, call

VALUE, NUM, DIV0 = map(CellError, ("#VALUE!", "#NUM!", "#DIV/0!"))
PARETO = [["model", "Pareto/NBD"], ["r", 0.553], ["alpha", 10.578], ["s", 0.606], ["beta", 11.669]]
STORE = [*PARETO, ["alpha:1 store", 0.5], ["beta:1 store", -0.4]]
SPEND = [["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]]
CUSTOMER = 2, 30.43, 38.86


def column(values, header=None):
    return [*([[header]] if header else []), *([float(value)] for value in values)]


@pytest.fixture(scope="module")
def base() -> Base:
    return Base("Pareto/NBD", 5, 600)


def test_from_fit_to_score(base):
    names = "frequency", "recency", "age"
    customers = [column(values, name) for values, name in zip(base.columns, names, strict=True)]
    features = [["store", "income"], *([bool(row[0]), float(row[1])] for row in base.z)]
    block = call("MODEL_FIT", "Pareto/NBD", *customers, None, features)
    fitted = base.fit("Pareto/NBD")
    rows = {row[0]: row[1:] for row in block}
    names = ["alpha:1 store", "alpha:2 income", "beta:1 store", "beta:2 income"]
    assert list(rows)[7:11] == names
    for name in names:
        plain = name.rsplit(" ")[0]
        expected = fitted.coefficients[plain], fitted.standard_errors[plain], *fitted.limits[plain]
        assert rows[name] == pytest.approx(list(expected))
    x, t, age = (column(values[:5]) for values in base.columns)
    z = [[bool(row[0]), float(row[1])] for row in base.z[:5]]
    alive = call("MODEL_ALIVE", block, x, t, age, z)
    history = [values[:5] for values in base.columns]
    assert [row[0] for row in alive] == pytest.approx(list(fitted.alive(*history, features=base.z[:5])))
    assert call("MODEL_FIT", "Pareto/NBD", *customers, None, features, None, "zh")[0][0] == "参数"


@pytest.mark.parametrize(
    ("name", "before", "after", "method"),
    [
        ("MODEL_ALIVE", (STORE,), (), "alive"),
        ("MODEL_ORDERS", (STORE,), (39,), "orders"),
        ("MODEL_RESIDUAL", (STORE,), (0.002,), "residual"),
    ],
)
def test_scores(name, before, after, method):
    own = models.from_block(STORE)
    one, two = (getattr(own.at([value]), method)(*CUSTOMER, *after) for value in (0, 1))
    x, t, age = ([[value], [value]] for value in CUSTOMER)
    assert call(name, *before, x, t, age, *after, [[0], [1]]) == [[pytest.approx(one)], [pytest.approx(two)]]
    assert call(name, *before, *CUSTOMER, *after, 1) == pytest.approx(two)
    assert call(name, *before, *CUSTOMER, *after, [[True]]) == pytest.approx(two)
    assert call(name, *before, x, t, age, *after, [[1]]) == [[pytest.approx(two)], [pytest.approx(two)]]


def test_value():
    own, spend = models.from_block(STORE), models.from_block(SPEND)
    got = call("CLV_PREDICT", STORE, SPEND, [[2], [2]], 30.43, 38.86, 22.35, 39, 0.3, 0.002, [[0], [1]])
    for row, value in zip(got, (0, 1), strict=True):
        assert row[0] == pytest.approx(models.predict_value(own.at([value]), spend, *CUSTOMER, 22.35, 39, 0.3, 0.002))


def test_errors_stay_in_their_row():
    x = [[2], [2], [2], [None], [2], [2], [-1]]
    result = call("MODEL_ALIVE", STORE, x, 30.43, 38.86, [[1], ["x"], [DIV0], [None], [None], [1e6], [1]])
    assert result[1:] == [[VALUE], [DIV0], [""], [VALUE], [NUM], [NUM]]
    assert result[0][0] == pytest.approx(0.880028, abs=1e-6)
    assert result[1][0].message == 'features: "x" is no number; give each text a column of TRUE and FALSE.'
    assert result[4][0].message == "features is empty in this row; the model needs the features of each customer."
    assert result[5][0].message.startswith("The features are so far from those the model was fitted to")
    assert result[6][0].message == "frequency must be 0 or more."


@pytest.mark.parametrize(
    ("model", "features", "sentence"),
    [
        (STORE, None, 'The model depends on features of the customer, "store"; give features'),
        (STORE, [[1, 2], [1, 2]], 'The model has 1 feature, "store", but features has 2 columns'),
        (STORE, [[1], [1], [0]], "The ranges do not fit each other"),
        (PARETO, [[1], [0]], "The model has no coefficients of features"),
        ([*PARETO, ["alpha:1", 1]], [[1], [0]], "needs a row beta:1 with a number beside it"),
    ],
)
def test_errors_of_the_call(model, features, sentence):
    result = call("MODEL_ALIVE", model, [[2], [1]], [[30], [3]], 38.86, features)
    assert result == VALUE
    assert sentence in result.message


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("MODEL_ACTIVE", (*CUSTOMER, 39)), ("MODEL_NEW", (39,)), ("MODEL_INTERVAL", (*CUSTOMER, 39))],
)
def test_functions_without_features_say_so(name, arguments):
    result = call(name, STORE, *arguments)
    assert result == VALUE
    assert (
        'depends on features of the customer, "store", which only MODEL_ALIVE, MODEL_ORDERS, MODEL_' in result.message
    )


@pytest.mark.parametrize(
    ("name", "spoil", "code", "sentence"),
    [
        ("NBD", lambda z: z, VALUE, "NBD takes no features; leave them out, or choose BG/NBD or Pareto/NBD."),
        ("Pareto/NBD", lambda z: [[1.0] for _ in z], VALUE, "The feature in column 1 is the same for all rows"),
        ("Pareto/NBD", lambda z: z[:-1], VALUE, "must have the same number of rows"),
        (
            "Pareto/NBD",
            lambda z: [z[0], ["y"], *z[2:]],
            VALUE,
            '(column 1): "y" is no number; give each text a column of',
        ),
        ("Pareto/NBD", lambda z: [z[0], [1e300], *z[2:]], NUM, "Row 2: the feature in column 1 is too large"),
        ("Pareto/NBD", lambda z: [z[0], [None], *z[2:]], VALUE, "features (column 1) is empty in row 2"),
        ("Pareto/NBD", lambda z: [z[0], [DIV0], *z[2:]], DIV0, ""),
    ],
)
def test_bad_features_of_a_fit(base, name, spoil, code, sentence):
    features = spoil([[float(row[1])] for row in base.z])
    result = call("MODEL_FIT", name, *(column(values) for values in base.columns), None, features)
    assert result == code
    assert sentence in (result.message or "")


TWO = [*PARETO, ["alpha:1 store", 0.5], ["alpha:2 income", 0.1], ["beta:1 store", -0.4], ["beta:2 income", 0.2]]


def test_names_above_features_are_those_of_the_block():
    bare = call("MODEL_ALIVE", TWO, [[2], [2]], 30.43, 38.86, [[0, 3], [1, 2]])
    x = [["frequency"], [2], [2]]
    for names in (["store", "income"], ["Store ", None]):
        headed = call("MODEL_ALIVE", TWO, x, 30.43, 38.86, [names, [0, 3], [1, 2]])
        assert headed[1:] == bare
    swapped = call("MODEL_ALIVE", TWO, x, 30.43, 38.86, [["income", "store"], [3, 0], [2, 1]])
    assert swapped == VALUE
    assert swapped.message == (
        'Column 1 of features is called "income", but feature 1 of the model is "store"; '
        'give the columns in the order "store", "income".'
    )
    other = call("CLV_PREDICT", TWO, SPEND, x, 30.43, 38.86, 22.35, 39, 0.3, 0, [["store", "wage"], [0, 3], [1, 2]])
    assert other == VALUE
    assert "Column 2 of features" in other.message
    unnamed = [[name.rsplit(" ")[0], value] for name, value in TWO]
    assert call("MODEL_ALIVE", unnamed, x, 30.43, 38.86, [["income", "store"], [0, 3], [1, 2]])[1:] == bare
    # Texts beside numbers are no header but wrong cells of one row.
    assert call("MODEL_ALIVE", TWO, [[2], [2]], 30.43, 38.86, [["income", "store"], [1, 2]]) == [[VALUE], bare[1]]
