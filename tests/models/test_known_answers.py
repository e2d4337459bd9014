"""Published and independently found numbers.

Fits: Fader, Hardie and Lee (2005), "Counting your customers the easy way", on the CDNOW sample (data of R's BTYD), with
the maxima found again with mpmath until the gradient vanished; Gamma-Gamma: Fader and Hardie (2013), note 025.
Predictions are at the parameters printed in these papers.
"""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from tests.models.independent import check_maximum
from tests.models.simulate import simulate
from xlclv import models

BG = [["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]]
GG = [["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]]

FITS = {
    "BG/NBD": ((0.242595, 4.413602, 0.792922, 2.425907), -9582.4292, 19172.86, 19195.92),
    "NBD": ((0.384766, 12.07202), -9763.6576, 19531.32, 19542.85),
}


def test_the_data_are_those_of_the_paper(cdnow):
    assert (len(cdnow.frequency), cdnow.frequency.sum()) == (2357, 2457)


@pytest.mark.parametrize("name", FITS)
@pytest.mark.parametrize("engine", ["xlclv", "lifetimes"])
def test_fit(cdnow, name, engine):
    if (name, engine) == ("NBD", "lifetimes"):
        pytest.skip("lifetimes has no NBD")
    params, log_likelihood, aic, bic = FITS[name]
    fitted = models.fit(name, cdnow.frequency, cdnow.recency, cdnow.age, engine=engine, period="week")
    assert list(fitted.params.values()) == pytest.approx(params, rel=1e-5)
    assert fitted.log_likelihood == pytest.approx(log_likelihood, abs=1e-4)
    assert (fitted.aic, fitted.bic) == (pytest.approx(aic, abs=0.01), pytest.approx(bic, abs=0.01))
    assert (fitted.customers, fitted.status.en, fitted.at_boundary, fitted.period) == (2357, "OK", False, "week")


def test_standard_errors_and_limits(cdnow):
    fitted = models.fit("BG/NBD", cdnow.frequency, cdnow.recency, cdnow.age)
    rounded = [round(error, 4) for error in fitted.standard_errors.values()]
    assert rounded == [0.0126, 0.3782, 0.1857, 0.7054]
    for name, value in fitted.params.items():
        lower, upper = fitted.limits[name]
        spread = 1.959963984540054 * fitted.standard_errors[name] / value
        assert np.log([value / lower, upper / value]) == pytest.approx([spread, spread])


@pytest.mark.parametrize("engine", ["xlclv", "lifetimes"])
def test_spend_fit(cdnow, engine):
    fitted = models.fit_spend(cdnow.frequency, cdnow.monetary, engine=engine)
    assert list(fitted.params.values()) == pytest.approx([6.249572, 3.744225, 15.443521], rel=1e-5)
    assert fitted.log_likelihood == pytest.approx(-4055.9177, abs=1e-4)
    assert (fitted.customers, fitted.left_out) == (946, 1411)
    used = cdnow.frequency > 0
    assert fitted.correlation == pytest.approx(np.corrcoef(cdnow.frequency[used], cdnow.monetary[used])[0, 1])


def test_summary_rounded_to_hundredths(cdnow_summary):
    c = cdnow_summary
    fitted = models.fit("BG/NBD", c.frequency, c.recency, c.age)
    assert list(fitted.params.values()) == pytest.approx([0.242593, 4.413532, 0.792886, 2.425753], rel=1e-5)
    assert fitted.log_likelihood == pytest.approx(-9582.4256, abs=1e-4)
    spend = models.fit_spend(c.frequency, c.monetary)
    assert list(spend.params.values()) == pytest.approx([6.248802, 3.744588, 15.447748], rel=1e-5)


def test_other_data_agree_with_lifetimes(cdnow):
    # Beside the published data, the same moved a little: an answer learnt by heart would not follow.
    rng = np.random.default_rng(8)
    age = cdnow.age + rng.uniform(0, 9, len(cdnow.age))
    recency = cdnow.recency * rng.uniform(0.8, 1, len(age))
    ours = models.fit("BG/NBD", cdnow.frequency, recency, age)
    theirs = models.fit("BG/NBD", cdnow.frequency, recency, age, engine="lifetimes")
    assert list(ours.params.values()) == pytest.approx(list(theirs.params.values()), rel=1e-5)
    assert list(ours.standard_errors.values()) == pytest.approx(list(theirs.standard_errors.values()), rel=1e-5)
    assert ours.log_likelihood == pytest.approx(theirs.log_likelihood, rel=1e-9)


def test_single_customers():
    model, spend = models.from_block(BG), models.from_block(GG)
    assert model.alive(2, 30.43, 38.86) == pytest.approx(0.726579, abs=1e-6)
    assert model.orders(2, 30.43, 38.86, 39) == pytest.approx(1.226028, abs=1e-6)
    assert model.active(2, 30.43, 38.86, 39) == pytest.approx(0.554627, abs=1e-6)
    assert model.alive([0, 7], [0, 29.43], 38.86) == pytest.approx([1, 0.641756], abs=1e-6)
    assert model.orders([0, 7], [0, 29.43], 38.86, 39) == pytest.approx([0.195098, 3.337053], abs=1e-6)
    assert model.new([1, 39, 52, 78]) == pytest.approx([0.053268, 1.196723, 1.446051, 1.860519], abs=1e-6)
    assert spend.expected([1, 2, 7, 0], [100, 100, 100, 0]) == pytest.approx(
        [80.2558, 88.3530, 96.1820, 35.2190], abs=1e-4
    )


def test_value():
    model, spend = models.from_block(BG), models.from_block(GG)
    value = models.predict_value(model, spend, 2, 30.43, 38.86, 22.35, 39, 0.3, 1.15 ** (1 / 52) - 1)
    assert value == pytest.approx(8.626361, abs=1e-6)


def test_nbd_predictions():
    r, alpha, x, age, t = 0.3848, 12.072, 3, 20.0, 13.0
    model = models.from_block([["model", "NBD"], ["r", r], ["alpha", alpha]])
    assert model.alive(x, 12, age) == 1
    assert model.orders(x, 12, age, t) == pytest.approx((r + x) * t / (alpha + age))
    none = mpmath.quad(
        lambda rate: mpmath.exp(-rate * t) * rate ** (r + x - 1) * mpmath.exp(-(alpha + age) * rate),
        [0, 0.1, 1, mpmath.inf],
    ) / (mpmath.gamma(r + x) / (alpha + age) ** (r + x))
    assert model.active(x, 12, age, t) == pytest.approx(1 - float(none), rel=1e-9)


def rows(*columns):
    return [tuple(map(mpmath.mpf, row)) for row in zip(*(column.tolist() for column in columns), strict=True)]


def nbd(r, alpha, x, age):
    return mpmath.log(mpmath.rf(r, x) * alpha**r) - (r + x) * mpmath.log(alpha + age)


def bg_nbd(r, alpha, a, b, x, t, age):
    """Equation 6 of Fader, Hardie and Lee (2005)."""
    stays = mpmath.beta(a, b + x) / (alpha + age) ** (r + x)
    leaves = mpmath.beta(a + 1, b + x - 1) / (alpha + t) ** (r + x) if x > 0 else 0
    return mpmath.log((stays + leaves) / mpmath.beta(a, b) * mpmath.rf(r, x) * alpha**r)


def gamma_gamma(p, q, v, x, m):
    """Equation 1a of Fader and Hardie (2013)."""
    ratio = x * m / (x * m + v)
    return mpmath.log(ratio ** (p * x) * (v / (x * m + v)) ** q / (m * mpmath.beta(p * x, q)))


def test_other_customers_agree_with_mpmath():
    """Simulated customers no two of whom are alike: likelihood, a slope that vanishes, and standard errors."""
    c = simulate("BG/NBD", 12, 300)
    history = rows(*c.history)
    check_maximum(
        models.fit("BG/NBD", *c.history),
        ("r", "alpha", "a", "b"),
        lambda *params: mpmath.fsum(bg_nbd(*params, *row) for row in history),
    )
    c = simulate("NBD", 12, 300)
    history = rows(c.frequency, c.age)
    check_maximum(
        models.fit("NBD", *c.history),
        ("r", "alpha"),
        lambda *params: mpmath.fsum(nbd(*params, *row) for row in history),
    )
    rng = np.random.default_rng(12)
    x = rng.integers(1, 9, 300).astype(float)
    m = rng.gamma(6 * x) / x / rng.gamma(4, 0.05, 300)
    money = rows(x, m)
    check_maximum(
        models.fit_spend(x, m),
        ("p", "q", "v"),
        lambda *params: mpmath.fsum(gamma_gamma(*params, *row) for row in money),
    )
