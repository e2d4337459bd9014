"""Standard errors against a parametric bootstrap: how much estimates of bases drawn from the fitted model scatter."""

from __future__ import annotations

import numpy as np
import pytest

from tests.models.simulate import MODELS, gamma_gamma, simulate
from xlclv import models

#: The scatter of as many estimates is itself known to one part in the square root of twice their number, 5%.
BASES = 200
CUSTOMERS = 10_000


def compare(fitted, again):
    """Compare in logarithms, in which the estimates are nearest to normal."""
    names = list(fitted.standard_errors)
    scatter = np.std([[np.log(each.params[name]) for name in names] for each in again], axis=0, ddof=1)
    told = [fitted.standard_errors[name] / fitted.params[name] for name in names]
    assert scatter == pytest.approx(told, rel=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_repeat_orders(name):
    k = MODELS[name][1].get("k")
    fitted = models.fit(name, *simulate(name, 500, CUSTOMERS).history, k=k)
    drawn = (simulate(name, [501, base], CUSTOMERS, fitted.params | ({"k": k} if k else {})) for base in range(BASES))
    compare(fitted, [models.fit(name, *c.history, k=k) for c in drawn])


@pytest.mark.slow
def test_order_values():
    def values(seed, params):
        rng = np.random.default_rng(seed)
        frequency = rng.poisson(rng.gamma(0.8, 2.5, CUSTOMERS)).astype(float)
        return frequency, gamma_gamma(rng, frequency, **params)

    fitted = models.fit_spend(*values(500, {"p": 6.25, "q": 3.74, "v": 15.44}))
    compare(fitted, [models.fit_spend(*values([501, base], fitted.params)) for base in range(BASES)])
