"""How well a model of repeat orders foresees: against a holdout, and over time.

The measures are those of Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2):
fit to a calibration period, and compare the orders of the period after it with what the model expected.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from xlclv.customers import of_log
from xlclv.errors import DomainError, XlclvError
from xlclv.models import FittedModel, fit
from xlclv.split import Split, split_log
from xlclv.terms import DEFAULT_MODEL, INTERVAL_LEVEL, log_model
from xlclv.text import Text
from xlclv.vectors import Cells, FloatArray, IntArray, dates_from

#: Columns of `model_track`.
TRACK_COLUMNS: Final = (
    "period", "start", "end", "phase", "actual", "expected", "actual_cumulative", "expected_cumulative",
)  # fmt: skip

#: The phases of `model_track`.
CALIBRATION: Final = Text("calibration", "校准期")
HOLDOUT: Final = Text("holdout", "留出期")

#: More periods than this are no table anybody reads.
MAX_TRACKED: Final = 20_000


def calibrated(split: Split, model_name: str) -> FittedModel:
    """Fit a model to the calibration part of a log.

    Parameters
    ----------
    split : Split
        The log.
    model_name : str
        Name of a model of repeat orders that an order log can be fitted with.

    Returns
    -------
    FittedModel

    Raises
    ------
    DataError, DomainError
        If there are too few customers or repeat orders, or the fit does not converge.

    Examples
    --------
    >>> from xlclv.data.cdnow import cdnow_sample
    >>> log = cdnow_sample()
    >>> split = split_log(log["customer"], log["date"], "1997-09-30", "1998-06-30")
    >>> round(calibrated(split, "NBD").params["r"], 4)
    0.3848
    """
    try:
        return fit(model_name, split.frequency, split.recency, split.age, period=split.period)
    except XlclvError as error:
        raise of_log(error, amounts=False) from None


def model_holdout(
    ids: Cells,
    dates: Cells,
    split_date: object,
    end_date: object,
    model_name: str = DEFAULT_MODEL,
    period: str = "week",
) -> pd.Series[float]:
    """Fit a model to the orders up to a day and compare the orders after it with what the model expected.

    Parameters
    ----------
    ids, dates : array_like, length n
        Customer and date of each row of an order log; all rows of a customer on one day are one order. Leave out rows
        of refunds: without amounts they count as orders.
    split_date, end_date : date
        Last day of calibration, and last day of the holdout, which is (split_date, end_date]. Days after the last of
        the log count as days without orders.
    model_name : str
        Name of a model of repeat orders; not BG/BB.
    period : str
        Unit of the model's times: day, week, month, quarter or year.

    Returns
    -------
    Series
        customers (acquired up to the split), periods (of the holdout), actual and predicted orders, error (predicted /
        actual - 1, missing without actual orders); of the customers' orders predicted less actual: MAE, RMSE and bias
        (mean); coverage (share of the customers whose orders lie in their 90% interval) and width (mean, of these).

    Raises
    ------
    InputError, DomainError
        If an argument is of the wrong kind or out of its domain, or the fit does not converge.
    DataError
        If there is no order before or after the split, or too few customers or repeat buyers.

    Examples
    --------
    >>> from xlclv.data.cdnow import cdnow_sample
    >>> log = cdnow_sample()
    >>> measured = model_holdout(log["customer"], log["date"], "1997-09-30", "1998-06-30", "BG/NBD")
    >>> measured[["actual", "predicted", "MAE"]].round(2).to_dict()
    {'actual': 1882.0, 'predicted': 1653.41, 'MAE': 0.79}
    """
    name = log_model(model_name, "model_name")
    split = split_log(ids, dates, split_date, end_date, period)
    return holdout_measures(split, calibrated(split, name))


def holdout_measures(split: Split, model: FittedModel) -> pd.Series[float]:
    """Return the measures of `model_holdout` under a fitted model.

    Parameters
    ----------
    split : Split
        The log.
    model : FittedModel
        Fitted to its calibration part.

    Returns
    -------
    Series

    Examples
    --------
    >>> split = split_log(["a", "a", "b"], ["2024-01-01", "2024-01-10", "2024-01-02"], "2024-01-08", "2024-01-22")
    >>> model = FittedModel.from_block([["model", "NBD"], ["r", 0.4], ["alpha", 12]])
    >>> holdout_measures(split, model)[["customers", "actual", "predicted"]].round(4).tolist()
    [2.0, 1.0, 0.1238]
    """
    history = split.frequency, split.recency, split.age
    predicted: FloatArray = model.orders(*history, split.periods)
    lower, upper = model.interval(*history, split.periods, INTERVAL_LEVEL)
    errors = predicted - split.holdout
    actual, expected = float(split.holdout.sum()), float(predicted.sum())
    return pd.Series(
        {
            "customers": float(len(errors)),
            "periods": split.periods,
            "actual": actual,
            "predicted": expected,
            "error": expected / actual - 1.0 if actual else np.nan,
            "MAE": float(np.abs(errors).mean()),
            "RMSE": float(np.sqrt((errors**2).mean())),
            "bias": float(errors.mean()),
            "coverage": float(((lower <= split.holdout) & (split.holdout <= upper)).mean()),
            "width": float((upper - lower).mean()),
        }
    )


def model_track(
    ids: Cells,
    dates: Cells,
    split_date: object,
    end_date: object,
    model_name: str = DEFAULT_MODEL,
    period: str = "week",
) -> pd.DataFrame:
    """Follow actual and expected repeat orders period by period, the model fitted to the orders up to a day.

    Parameters
    ----------
    ids, dates, split_date, end_date, model_name, period
        As in `model_holdout`. Customers acquired after the split are left out.

    Returns
    -------
    DataFrame
        One row per period from that of the first order on: period (number), start and end (first and last day), phase
        (calibration or holdout), actual and expected repeat orders, and both cumulated. Periods are counted from the
        split back and forth, so that none holds days of both phases; the last one ends with the holdout.

    Raises
    ------
    InputError, DomainError, DataError
        As `model_holdout`, and for more than 20,000 periods.

    Notes
    -----
    Expected is the sum over customers of E[X(t - t0)], where t0 is the day of a customer's first order and X the
    number of repeat orders of a customer just acquired.

    Examples
    --------
    >>> from xlclv.data.cdnow import cdnow_sample
    >>> log = cdnow_sample()
    >>> track = model_track(log["customer"], log["date"], "1997-09-30", "1998-06-30", "BG/NBD")
    >>> track[["period", "actual_cumulative", "expected_cumulative"]].iloc[-1].round(1).tolist()
    [78.0, 4339.0, 4160.6]
    """
    name = log_model(model_name, "model_name")
    split = split_log(ids, dates, split_date, end_date, period)
    return tracked(split, calibrated(split, name))


def tracked(split: Split, model: FittedModel, lang: str = "en") -> pd.DataFrame:
    """Return the table of `model_track` under a fitted model.

    Parameters
    ----------
    split : Split
        The log.
    model : FittedModel
        Fitted to its calibration part.
    lang : str
        en or zh: language of the phase.

    Returns
    -------
    DataFrame
        Columns `TRACK_COLUMNS`.

    Raises
    ------
    DomainError
        If there are more than 20,000 periods.

    Examples
    --------
    >>> split = split_log(["a", "a", "b"], ["2024-01-01", "2024-01-10", "2024-01-02"], "2024-01-08", "2024-01-22")
    >>> model = FittedModel.from_block([["model", "NBD"], ["r", 0.4], ["alpha", 12]])
    >>> tracked(split, model)[["phase", "actual", "expected"]].round(4).values.tolist()[1:3]
    [['calibration', 0.0, 0.0619], ['holdout', 1.0, 0.0667]]
    """
    starts, ends = _windows(split)
    actual = np.searchsorted(np.sort(split.repeats), ends, side="right").astype(np.float64)
    days, customers = np.unique(split.first, return_counts=True)
    # The expected orders of a customer depend on the days since the first order alone: each number of days once.
    since = ends[:, None] - days
    wanted, place = np.unique(np.maximum(since, 0), return_inverse=True)
    expected = model.new(wanted / split.days)[place.reshape(since.shape)] @ customers.astype(np.float64)
    return pd.DataFrame(
        {
            "period": np.arange(1, len(ends) + 1),
            "start": dates_from(starts),
            "end": dates_from(ends),
            "phase": [(CALIBRATION if end <= split.split else HOLDOUT).of(lang) for end in ends],
            "actual": np.diff(actual, prepend=0.0),
            "expected": np.diff(expected, prepend=0.0),
            "actual_cumulative": actual,
            "expected_cumulative": expected,
        }
    )


def _windows(split: Split) -> tuple[IntArray, IntArray]:
    """Return first and last days of the periods, counted from the split back to the first order and on to the end."""
    back = int(np.ceil((split.split - int(split.first.min()) + 1) / split.days))
    ahead = int(np.ceil(split.periods))
    if back + ahead > MAX_TRACKED:
        raise DomainError(
            f"The log has {back + ahead:,} periods of a {split.period}; choose a longer period.",
            f"数据共有 {back + ahead:,} 个周期（{split.period}）；请选择更长的周期。",
            argument="period",
        )
    edges = split.split + np.floor(np.arange(-back, ahead + 1) * split.days).astype(np.int64)
    ends = np.minimum(edges[1:], split.end)
    return edges[:-1] + 1, ends
