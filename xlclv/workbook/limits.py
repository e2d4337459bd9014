"""Intervals of what customers are worth: of each, and of all together; empty where there are none."""

from __future__ import annotations

import pandas as pd

from xlclv.customers import histories, with_limits
from xlclv.errors import XlclvError
from xlclv.models import total_value_interval
from xlclv.terms import INTERVAL_LEVEL, Terms
from xlclv.valuation import Valuation


def customer_limits(valuation: Valuation) -> pd.DataFrame:
    """Return the customers of a valuation with columns clv_lower and clv_upper, empty where one has none.

    Parameters
    ----------
    valuation : Valuation

    Returns
    -------
    DataFrame
    """
    settings, customers = valuation.settings, valuation.customers
    terms = Terms(settings.period, settings.periods, settings.margin, settings.discount_rate)
    try:
        return with_limits(customers, valuation.model, valuation.spend, terms)
    except XlclvError:
        return customers.assign(clv_lower=None, clv_upper=None)


def total_limits(valuation: Valuation) -> tuple[float | None, float | None]:
    """Return the ends of the interval of the value of all customers together, None where a model has none.

    Parameters
    ----------
    valuation : Valuation

    Returns
    -------
    lower, upper : float or None
    """
    settings = valuation.settings
    try:
        total = total_value_interval(
            valuation.model,
            valuation.spend,
            *histories(valuation.customers),
            settings.periods,
            settings.margin,
            settings.discount_rate,
            INTERVAL_LEVEL,
        )
    except XlclvError:
        return None, None
    return total.lower, total.upper
