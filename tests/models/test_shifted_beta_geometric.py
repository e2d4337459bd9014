"""The shifted beta-geometric model of retention.

Published data: Fader, P. S. and Hardie, B. G. S. (2007), "How to project customer retention", Journal of Interactive
Marketing 21(1), table 1. Other numbers: mpmath in 30 digits, plain sums, scipy on the likelihood in its textbook form.
"""

from __future__ import annotations

import itertools

import mpmath
import numpy as np
import pandas as pd
import pytest
from scipy import optimize, special

from xlclv import models
from xlclv.errors import DataError, DomainError, InputError
from xlclv.models import FittedRetention, fit_retention
from xlclv.models.discounted_lifetime import discounted_lifetime
from xlclv.models.shifted_beta_geometric import Losses, likelihood, losses

REGULAR = [100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1]
HIGH_END = [100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1]
LATER = {"regular": [22.3, 20.7, 19.4, 18.3, 17.3], "high end": [46.8, 44.5, 42.7, 40.9, 39.4]}
THOUSAND = [1000, 631, 468, 382, 326]


def typed(alpha, beta):
    return FittedRetention(name="sBG", params={"alpha": alpha, "beta": beta})


def textbook(alpha, beta, survivors):
    """Sum over lifetimes: log P(T = t) of who left, log S of who is left, with mpmath's beta function."""
    churned = [mpmath.mpf(before) - mpmath.mpf(after) for before, after in itertools.pairwise(survivors)]
    total = survivors[-1] * mpmath.log(mpmath.beta(alpha, beta + len(churned)))
    total += mpmath.fsum(d * mpmath.log(mpmath.beta(alpha + 1, beta + t)) for t, d in enumerate(churned))
    return total - survivors[0] * mpmath.log(mpmath.beta(alpha, beta))


# --- fits -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta"),
    [
        (REGULAR, 0.704077, 1.182043),
        (HIGH_END, 0.668088, 3.806095),
        (THOUSAND, 0.763665, 1.295830),
    ],
)
def test_published_data(survivors, alpha, beta):
    fitted = fit_retention(survivors, period="year")
    assert list(fitted.params.values()) == pytest.approx([alpha, beta], abs=6e-7)
    assert (fitted.status.en, fitted.at_boundary, fitted.period) == ("OK", False, "year")
    assert fitted.customers == survivors[0]


def test_log_likelihood():
    fitted = fit_retention(THOUSAND)
    assert fitted.log_likelihood == pytest.approx(-1401.5594, abs=5e-5)
    assert (fitted.aic, fitted.bic) == (
        pytest.approx(2 * 1401.5594 + 4, abs=1e-3),
        pytest.approx(2 * 1401.5594 + 2 * np.log(1000), abs=1e-3),
    )


def test_projection_of_the_paper():
    """Seven years fitted, five more projected: .3 and at most 1.6 points from what happened."""
    cases = ((REGULAR, "regular", 0.17004, 0.32), (HIGH_END, "high end", 0.37800, 1.61))
    for survivors, name, last, off in cases:
        fitted = fit_retention(survivors)
        assert fitted.survival(12) == pytest.approx(last, abs=5e-6)
        assert fitted.survival(np.arange(8, 13)) * 100 == pytest.approx(LATER[name], abs=off)


@pytest.mark.parametrize("seed", range(4))
def test_jittered_data_reach_the_maximum_of_the_textbook_likelihood(seed):
    """An answer learnt by heart would not follow; found with mpmath until the gradient vanishes."""
    rng = np.random.default_rng(seed)
    start = [REGULAR, HIGH_END][seed % 2]
    rates = np.divide(start[1:], start[:-1]) * rng.uniform(0.93, 1.0, len(start) - 1)
    rates.sort()
    survivors = [float(v) for v in rng.integers(200, 9000) * np.concatenate(([1.0], np.cumprod(rates)))]
    fitted = fit_retention(survivors)
    with mpmath.workdps(30):

        def gradient(a, b):
            return [mpmath.diff(lambda x, y: textbook(x, y, survivors), (a, b), order) for order in ((1, 0), (0, 1))]

        found = mpmath.findroot(gradient, fitted.values, tol=1e-20)
        assert list(fitted.values) == pytest.approx([float(value) for value in found], rel=1e-10)
        assert fitted.log_likelihood == pytest.approx(float(textbook(*found, survivors)), rel=1e-12)
        hessian = mpmath.matrix(2, 2)
        for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
            order = ((i == 0) + (j == 0), (i == 1) + (j == 1))
            hessian[i, j] = -mpmath.diff(lambda x, y: textbook(x, y, survivors), tuple(found), order)
        inverse = hessian**-1
        errors = [float(mpmath.sqrt(inverse[i, i])) for i in (0, 1)]
    assert list(fitted.standard_errors.values()) == pytest.approx(errors, rel=1e-9)
    for (name, value), error in zip(fitted.params.items(), errors, strict=True):
        spread = 1.959963984540054 * error / value
        assert np.log(fitted.limits[name]) == pytest.approx([np.log(value) - spread, np.log(value) + spread], rel=1e-8)


@pytest.mark.parametrize("theta", [(-0.3, 0.2), (2.0, -3.0), (-5.0, 4.0), (9.0, 9.5), (14.0, 14.5)])
def test_derivatives(theta):
    data = losses(np.array([[500, 400], [350, 399], [300, 250], [290, np.nan]], dtype=float))
    assert data.at_risk.tolist() == [900, 749, 300]
    assert data.churned.tolist() == [151, 199, 10]
    here = likelihood(np.array(theta), data)
    with mpmath.workdps(40):

        def exact(log_a, log_b):
            a, b = mpmath.exp(log_a), mpmath.exp(log_b)
            rates = [a / (a + b + k) for k in range(3)]
            pairs = zip(rates, data.at_risk.tolist(), data.churned.tolist(), strict=True)
            return mpmath.fsum(d * mpmath.log(c) + (n - d) * mpmath.log(1 - c) for c, n, d in pairs)

        assert here.value == pytest.approx(float(exact(*theta)), rel=1e-13)
        for place, order in (((0,), (1, 0)), ((1,), (0, 1)), ((0, 0), (2, 0)), ((0, 1), (1, 1)), ((1, 1), (0, 2))):
            expected = float(mpmath.diff(exact, theta, order))
            got = (here.gradient if len(place) == 1 else here.hessian)[place]
            assert got == pytest.approx(expected, rel=1e-9, abs=1e-9), order
    assert here.hessian[0, 1] == here.hessian[1, 0]


def test_percentages_shares_and_counts_give_the_same_parameters_and_other_errors():
    count, percent, share = (fit_retention(np.array(REGULAR) * scale) for scale in (1000.0, 1.0, 0.01))
    for other, customers in ((percent, 1e5 / 100), (share, 1e5)):
        assert list(other.values) == pytest.approx(list(count.values), rel=1e-9)
        ratio = np.divide(list(other.standard_errors.values()), list(count.standard_errors.values()))
        assert ratio == pytest.approx([np.sqrt(customers)] * 2, rel=1e-6)
    assert percent.log_likelihood == pytest.approx(100 * share.log_likelihood, rel=1e-12)


def test_several_cohorts_are_one_likelihood():
    """Cohorts of different ages: the sum of their textbook likelihoods, maximised by another program."""
    table = pd.DataFrame({"2020": THOUSAND, "2021": [800, 540, 420, 350, None], "2022": [900, 570, None, None, None]})
    fitted = fit_retention(table)
    cohorts = [[float(v) for v in table[name].dropna()] for name in table]

    def loss(theta):
        a, b = np.exp(theta)
        total = 0.0
        for cohort in cohorts:
            t = np.arange(len(cohort) - 1)
            total += cohort[-1] * (special.betaln(a, b + len(t)) - special.betaln(a, b))
            total += -np.diff(cohort) @ (special.betaln(a + 1, b + t) - special.betaln(a, b))
        return -total

    found = optimize.minimize(loss, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-10})
    assert list(fitted.values) == pytest.approx(list(np.exp(found.x)), rel=1e-5)
    assert fitted.log_likelihood == pytest.approx(-found.fun, rel=1e-10)
    assert fitted.customers == 2700
    assert (
        fit_retention(table.to_numpy()).values == fit_retention(table.to_numpy(object).tolist()).values == fitted.values
    )


def test_rows_and_columns_without_a_value_do_not_count():
    table = [[100, None, 90], [70, None, 60], [60, None, 50], [None, None, None]]
    assert fit_retention(table).values == fit_retention([[100, 90], [70, 60], [60, 50]]).values
    assert fit_retention([[0, 100], [0, 60], [0, 50]]).values == fit_retention([100, 60, 50]).values


def test_two_periods_are_met_exactly():
    fitted = fit_retention([200, 140, 112])
    assert fitted.survival([0, 1, 2]) == pytest.approx([1, 0.7, 0.56], rel=1e-9)


def test_rounding_is_no_rise():
    kept = [100.0, 60.0, 50.0, 50.00000000001, 45.0]
    assert fit_retention(kept).values == pytest.approx(fit_retention([100, 60, 50, 50, 45]).values, rel=1e-6)


# --- at the border, and data that tell nothing ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "survivors", [[1000, 800, 640, 512], [1000, 900, 700], [100, 90, 0], [100, 100, 100, 90], [10, 8, 6.4, 5]]
)
def test_customers_alike(survivors):
    fitted = fit_retention(survivors)
    assert fitted.at_boundary
    assert fitted.status.en.startswith(
        "At the border: alpha and beta grow without limit: all customers churn with the same"
    )
    assert fitted.status.zh.startswith("位于边界：")
    assert fitted.standard_errors == fitted.limits == {}
    # One rate for all: the churned over those at risk.
    rate = (survivors[0] - survivors[-1]) / sum(survivors[:-1])
    alpha, beta = fitted.values
    assert alpha / (alpha + beta) == pytest.approx(rate, rel=0.01)
    flat = (survivors[0] - survivors[-1]) * np.log(rate) + sum(survivors[1:]) * np.log1p(-rate)
    assert fitted.log_likelihood == pytest.approx(flat, abs=1e-3)
    assert fitted.survival(20) == pytest.approx((1 - rate) ** 20, rel=0.1)


@pytest.mark.parametrize("survivors", [[1000, 600, 600], [100, 20, 20, 20, 20, 20]])
def test_at_once_or_never(survivors):
    fitted = fit_retention(survivors)
    assert fitted.at_boundary
    assert "in the first period or never" in fitted.status.en
    left = survivors[-1] / survivors[0]
    assert fitted.survival([1, 5, 50]) == pytest.approx([left] * 3, rel=1e-3)


BAD = [
    ([100, 100, 100], DataError, None, "Nobody churned"),
    ([100, 0], DataError, None, "in the first period"),
    ([100, 0, 0, 0], DataError, None, "in the first period"),
    ([100, 60], DataError, None, "Only one period"),
    ([[100, 90, 80], [60, 50, 40]], DataError, None, "Only one period"),
    ([100], DataError, None, "No period"),
    ([[100, 90]], DataError, None, "No period"),
    ([], DataError, None, "survivors is empty"),
    ([None, None], DataError, None, "survivors is empty"),
    ([0, 0, 0], DataError, None, "no customers"),
    ([100, 120, 60], DomainError, 2, "cohort 1 rise from 100 to 120"),
    ([[100, 90], [60, 50], [50, 51]], DomainError, 3, "cohort 2 rise from 50 to 51"),
    ([100, 60, -1], DomainError, 3, "0 or more"),
    ([100, None, 60], InputError, 3, "cohort 1 are missing before this row"),
    ([[100, None], [60, 50], [50, 40]], InputError, 2, "cohort 2 are missing"),
    ([100, float("inf"), 60], InputError, 2, "finite"),
    ([100, "many", 60], InputError, None, "numbers"),
    ([[100, 60], [50]], InputError, None, "table of numbers"),
    (np.ones((2, 2, 2)), InputError, None, "table of numbers"),
]


@pytest.mark.parametrize(("survivors", "error", "row", "sentence"), BAD, ids=[str(bad[0])[:30] for bad in BAD])
def test_bad_survivors(survivors, error, row, sentence):
    with pytest.raises(error, match=sentence) as caught:
        fit_retention(survivors)
    assert (caught.value.argument, caught.value.row) == ("survivors", row)
    assert any("一" <= letter <= "鿿" for letter in caught.value.text.zh)


def test_the_input_stays_as_it_was():
    table = np.array([100.0, 60.0, 50.0, 50.00000000001])
    fit_retention(table)
    assert table[3] == 50.00000000001


# --- curve ------------------------------------------------------------------------------------------------------------

SHAPES = [(0.001, 0.001), (0.001, 1e4), (0.704, 1.182), (1e4, 0.001), (1e4, 1e4), (3.0, 250.0), (1e8, 1e9)]


@pytest.mark.parametrize(("alpha", "beta"), SHAPES)
@pytest.mark.parametrize("period", [1, 12, 1000, 100_000])
def test_survival_is_the_ratio_of_beta_functions(alpha, beta, period):
    with mpmath.workdps(60):
        a, b = mpmath.mpf(alpha), mpmath.mpf(beta)
        log = (
            mpmath.loggamma(b + period) + mpmath.loggamma(a + b) - mpmath.loggamma(b) - mpmath.loggamma(a + b + period)
        )
        expected = float(mpmath.exp(log))
        rate = float((b + period - 1) / (a + b + period - 1))
    model = typed(alpha, beta)
    assert model.survival(period) == pytest.approx(expected, rel=1e-10, abs=1e-300)
    assert model.retention_rate(period) == pytest.approx(rate, rel=1e-14)


def test_forecast_is_survival_and_retention_rate():
    model = typed(0.7, 1.2)
    frame = model.forecast(30)
    assert frame["period"].tolist() == list(range(31))
    assert frame["survival"].tolist() == model.survival(np.arange(31)).tolist()
    assert np.isnan(frame["retention_rate"][0])
    assert frame["retention_rate"][1:].tolist() == model.retention_rate(np.arange(1, 31)).tolist()
    assert frame["retention_rate"][1:].to_numpy() == pytest.approx(
        (frame["survival"][1:].to_numpy() / frame["survival"][:-1].to_numpy()), rel=1e-13
    )
    assert model.forecast(0)["survival"].tolist() == [1.0]


def test_series_keep_their_index():
    periods = pd.Series([3.0, 0.0], index=["a", "b"])
    assert list(typed(0.7, 1.2).survival(periods).index) == ["a", "b"]
    assert typed(0.7, 1.2).survival(np.zeros((2, 3))).shape == (2, 3)
    assert typed(0.7, 1.2).survival([]).shape == (0,)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda model: model.survival(2.5), DomainError, "whole number"),
        (lambda model: model.survival(-1), DomainError, "0 or more"),
        (lambda model: model.survival(100_001), DomainError, "from 0 to 100,000"),
        (lambda model: model.survival([1, np.nan]), InputError, "Row 2: periods"),
        (lambda model: model.retention_rate(0), DomainError, "from 1 to 100,000"),
        (lambda model: model.forecast(1.5), DomainError, "whole number"),
        (lambda model: model.value(1, -0.1), DomainError, "discount_rate must be 0 or more"),
        (lambda model: model.value(np.inf, 0.1), InputError, "margin must be a finite"),
        (lambda model: model.value(1, 0.1, 0.5), DomainError, "renewals must be a whole number"),
        (lambda model: model.value(1, 0.1, -1), DomainError, "renewals must be a whole number"),
        (lambda model: model.value(1, 0.1, np.inf), DomainError, "renewals must be a whole number"),
        (lambda model: model.value([1, 1], [0.1, 0]), DomainError, "Row 2: undiscounted, the value is infinite"),
        (lambda model: model.value(1e308, 1e-6), DomainError, "beyond the largest number"),
    ],
)
def test_bad_arguments(call, error, sentence):
    with pytest.raises(error, match=sentence) as caught:
        call(typed(0.7, 1.2))
    assert any("一" <= letter <= "鿿" for letter in caught.value.text.zh)


# --- value ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("survivors", "values"),
    [(REGULAR, [3.694908, 4.730127, 6.694918]), (HIGH_END, [5.922253, 6.364889, 7.486965])],
)
def test_value_at_ten_percent(survivors, values):
    assert fit_retention(survivors).value(1, 0.1, [0, 1, 5]) == pytest.approx(values, abs=6e-7)


@pytest.mark.parametrize(("alpha", "beta"), [(0.7, 1.2), (3.5, 2.0), (12.0, 0.3), (0.05, 9.0)])
@pytest.mark.parametrize("renewals", [0, 1, 7])
@pytest.mark.parametrize("rate", [0.03, 0.1, 1.0])
def test_value_is_the_discounted_sum_of_survival(alpha, beta, renewals, rate):
    """The payment at hand is certain; the t-th after it comes if t more renewals are made."""
    model = typed(alpha, beta)
    survival = model.survival(np.arange(3000))
    terms = survival[renewals:] / survival[renewals] * np.exp(-np.log1p(rate) * np.arange(3000 - renewals))
    assert model.value(50, rate, renewals) == pytest.approx(50 * terms.sum(), rel=1e-10)


@pytest.mark.parametrize(("alpha", "beta", "renewals"), [(3.5, 2.0, 0), (2.2, 7.0, 3), (40.0, 0.5, 1), (1e4, 1e4, 0)])
def test_undiscounted_value(alpha, beta, renewals):
    model = typed(alpha, beta)
    value = model.value(1, 0, renewals)
    assert value == pytest.approx((alpha + beta + renewals - 1) / (alpha - 1), rel=1e-14)
    survival = model.survival(np.arange(100_000))
    brute = survival[renewals:].sum() / survival[renewals]
    # What lies beyond the last term of the sum, by the same formula.
    brute += survival[-1] / survival[renewals] * ((alpha + beta + 99_998) / (alpha - 1) - 1)
    assert value == pytest.approx(brute, rel=1e-9)
    assert model.value(1, 1e-9, renewals) == pytest.approx(value, rel=1e-4)
    assert model.value(1, 1e-9, renewals) < value


@pytest.mark.parametrize("alpha", [1e-3, 0.03, 0.704, 1.0, 1.5, 17.3, 1e3, 1e4])
@pytest.mark.parametrize("beta", [1e-3, 0.05, 1.182, 20.0, 333.0, 1e4])
def test_lifetime_is_the_hypergeometric_function(alpha, beta):
    rates = np.array([1e-9, 1e-6, 1e-3, 0.1, 50.0])
    with mpmath.workdps(30):
        z = [1 / (1 + mpmath.mpf(rate)) for rate in rates]
        expected = [float(mpmath.hyp2f1(1, beta, mpmath.mpf(alpha) + mpmath.mpf(beta), at)) for at in z]
    assert discounted_lifetime(alpha, beta, rates) == pytest.approx(expected, rel=1e-13)


def test_lifetime_of_extreme_shapes():
    """Customers alike, as at the border of a fit; certain churn; no churn."""
    assert discounted_lifetime(2e9, 8e9, np.array([0.1])) == pytest.approx([1.1 / 0.3], rel=1e-9)
    assert discounted_lifetime(2e13, 8e13, np.array([0.1])) == pytest.approx([1.1 / 0.3], rel=1e-12)
    assert discounted_lifetime(1e9, 1e-9, np.array([0.1])) == pytest.approx([1.0], rel=1e-12)
    assert discounted_lifetime(1e-9, 1e9, np.array([0.1])) == pytest.approx([11.0], rel=1e-6)


def test_values_of_a_grid():
    model = typed(0.7, 1.2)
    grid = model.value([[1.0], [-2.0]], [0.05, 0.1, 0.05], 2)
    assert grid.shape == (2, 3)
    assert grid[1].tolist() == (-2 * grid[0]).tolist()
    assert grid[0, 0] == grid[0, 2] == model.value(1, 0.05, 2)
    found = model.problems([1.0, np.nan, 1.0], [0.0, -1.0, 0.1], [0.5, 0.5, 0.5])
    assert sum(problem.mask.astype(int) for problem in found).tolist() == [1, 1, 1]


# --- blocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("survivors", [REGULAR, [1000, 800, 640, 512]])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_round_trip(survivors, lang):
    fitted = fit_retention(survivors, period="year")
    again = models.from_block(fitted.to_block(lang))
    assert type(again) is FittedRetention
    for field in (
        "name",
        "period",
        "params",
        "standard_errors",
        "limits",
        "log_likelihood",
        "customers",
        "at_boundary",
    ):
        assert getattr(again, field) == getattr(fitted, field)
    assert [row[0] for row in fitted.to_block()[1:]] == [
        "model", "period", "alpha", "beta", "customers", "log_likelihood", "status"]  # fmt: skip


@pytest.mark.parametrize("name", ["sBG", "SBG", "s-bg", "Shifted beta-geometric"])
def test_names(name):
    model = models.from_block([["model", name], ["beta", "1.2"], ["alpha", 0.7]])
    assert (type(model), model.values, model.name) == (FittedRetention, (0.7, 1.2), "sBG")


@pytest.mark.parametrize(
    ("cells", "error", "sentence"),
    [
        ([["model", "BG/NBD"], ["r", 1], ["alpha", 1], ["a", 1], ["b", 1]], InputError, "'BG/NBD'.*sBG"),
        ([["model", "sBG"], ["alpha", 1]], InputError, "row beta"),
        ([["model", "sBG"], ["alpha", 1], ["beta", 0]], DomainError, "beta of the sBG block must be above 0"),
        ([["alpha", 1], ["beta", 1]], InputError, "no model block"),
    ],
)
def test_bad_blocks(cells, error, sentence):
    with pytest.raises(error, match=sentence):
        FittedRetention.from_block(cells)


# --- simulated and real customers -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_estimates_of_simulated_customers_lie_within_their_errors():
    """Sixteen kinds of customers, so that the share within 1.96 errors is known to a percent."""
    distances = []
    for truth in itertools.product((0.5, 0.8, 1.5, 3.0), (0.8, 2.5, 6.0, 12.0)):
        for seed in range(1, 21):
            rng = np.random.default_rng(seed)
            lifetime = rng.geometric(np.maximum(rng.beta(*truth, 200_000), 1e-12))
            lost = np.bincount(np.minimum(lifetime, 9), minlength=10)[1:9]
            fitted = fit_retention(200_000 - np.concatenate(([0], np.cumsum(lost))))
            distances.append((np.array(fitted.values) - truth) / list(fitted.standard_errors.values()))
    apart = np.abs(np.concatenate(distances))
    assert len(apart) == 640
    assert apart.max() < 4.5
    assert 0.92 <= (apart < 1.959963984540054).mean() <= 0.98


def test_cohorts_of_pymc_marketing(real_data):
    """Customers drawn from the table of the paper: the same parameters within the rounding to whole customers."""
    rows = pd.read_csv(real_data / "pymc_marketing" / "sbg_cohorts.csv")
    for cohort, expected in (("regular", (0.704077, 1.182043)), ("highend", (0.668088, 3.806095))):
        lifetime = rows.loc[rows["cohort"] == cohort, "recency"]
        # Who has recency t = T = 8 was still there at the start of the last period.
        survivors = [len(lifetime), *((lifetime > t).sum() for t in range(1, 8))]
        assert survivors[0] == 1000
        fitted = fit_retention(survivors)
        assert list(fitted.values) == pytest.approx(expected, rel=2e-3)


def test_table_of_the_paper(real_data):
    table = pd.read_csv(real_data / "sbg" / "fader_hardie_2007_survival.csv")
    assert table["regular_pct"].tolist() == [*REGULAR, *LATER["regular"]]
    assert table["high_end_pct"].tolist() == [*HIGH_END, *LATER["high end"]]
    fitted = fit_retention(table[["regular_pct", "high_end_pct"]][:8])
    both = np.array([REGULAR, HIGH_END]).T
    assert fitted.values == fit_retention(both).values


def test_subscribers_observed_for_different_times(real_data):
    """A column for each age: those of that tenure, all still there until the last month, in which some churned."""
    rows = pd.read_csv(real_data / "ibm_telco" / "Telco-Customer-Churn.csv")
    rows = rows[rows["tenure"] > 0]
    longest = int(rows["tenure"].max())
    table = np.full((longest + 1, longest), np.nan)
    for age, group in rows.groupby("tenure"):
        table[:age, age - 1] = len(group)
        table[age, age - 1] = (group["Churn"] == "No").sum()
    fitted = fit_retention(table)
    assert fitted.customers == len(rows) == 7032
    assert not fitted.at_boundary
    t, gone = rows["tenure"].to_numpy(), (rows["Churn"] == "Yes").to_numpy()

    def loss(theta):
        a, b = np.exp(theta)
        log = np.where(gone, special.betaln(a + 1, b + t - 1), special.betaln(a, b + t)) - special.betaln(a, b)
        return -log.sum()

    found = optimize.minimize(loss, [0.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9})
    assert list(fitted.values) == pytest.approx(list(np.exp(found.x)), rel=1e-5)
    assert fitted.log_likelihood == pytest.approx(-found.fun, rel=1e-11)


def test_losses_scale():
    data = Losses(np.array([10.0, 5.0]), np.array([5.0, 1.0])).scaled(3.0)
    assert (data.at_risk.tolist(), data.churned.tolist()) == ([30, 15], [15, 3])
