"""Survival of customers observed for different times: the Kaplan-Meier curve."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlclv.domain import finite
from xlclv.errors import DataError, DomainError, InputError


def kaplan_meier(durations: npt.ArrayLike, churned: npt.ArrayLike, level: float = 0.95) -> pd.DataFrame:
    """Estimate the survival curve of customers of whom some are still there.

    Parameters
    ----------
    durations : array_like or Series, shape (n,)
        Time each customer has been observed: to the churn, or to today. 0 or more.
    churned : array_like or Series, shape (n,)
        Whether the customer churned then: True or 1. Who did not (False or 0) is at risk up to and including that time.
    level : float
        Confidence level of the limits, between 0 and 1, such as .95.

    Returns
    -------
    DataFrame
        A row for time 0 and each distinct duration: time, at_risk (customers whose duration is not below it), churned
        (at that time), survival (share still there after it), lower and upper. The limits are missing where the
        survival is 1 or 0.

    Raises
    ------
    InputError
        If the lengths differ, a value is no number, or churned is neither true nor false.
    DomainError
        If a duration is negative, or the level does not lie between 0 and 1.
    DataError
        If there are no customers.

    Notes
    -----
    Survival is the product over times of 1 - churned / at_risk. The limits are those of log(-log survival), with
    Greenwood's variance: they stay within 0 and 1 and hold their level in small samples. At 1 and 0 that scale is
    infinite and the variance says nothing, so there are none, as in R's survfit with conf.type "log-log".

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958), "Nonparametric estimation from incomplete observations", Journal of the American
    Statistical Association 53(282). Kalbfleisch, J. D. and Prentice, R. L. (2002), The Statistical Analysis of Failure
    Time Data, section 1.4.

    Examples
    --------
    >>> kaplan_meier([3, 5, 5, 8], [True, True, False, False]).round(4)
       time  at_risk  churned  survival   lower   upper
    0   0.0        4        0      1.00     NaN     NaN
    1   3.0        4        1      0.75  0.1279  0.9605
    2   5.0        3        1      0.50  0.0578  0.8449
    3   8.0        1        0      0.50  0.0578  0.8449
    """
    times, events = _durations(durations), _churned(churned)
    if len(times) != len(events):
        raise InputError(
            f"durations has {len(times)} rows but churned has {len(events)}; give one of each for every customer.",
            f"durations 有 {len(times)} 行，而 churned 有 {len(events)} 行；每位客户各需一个。",
            argument="churned",
        )
    if not 0.0 < finite(level, "level") < 1.0:
        raise DomainError(
            f"level must lie between 0 and 1, such as 0.95, not {level:.15g}.",
            f"level 必须在 0 和 1 之间，如 0.95，现在是 {level:.15g}。",
            argument="level",
        )
    if not len(times):
        raise DataError(
            "There are no customers; give how long each was observed and whether it churned.",
            "没有客户；请给出每位客户的观察时长以及是否流失。",
            argument="durations",
        )
    distinct, place, ended = np.unique(times, return_inverse=True, return_counts=True)
    lost = np.bincount(place, events, minlength=len(distinct)).astype(np.int64)
    if distinct[0] > 0.0:
        distinct, ended, lost = (np.concatenate(([0], column)) for column in (distinct, ended, lost))
    at_risk = np.cumsum(ended[::-1])[::-1]
    survival = np.asarray(np.cumprod((at_risk - lost) / at_risk), dtype=np.float64)
    lower, upper = _limits(at_risk, lost, survival, level)
    return pd.DataFrame(
        {
            "time": distinct.astype(np.float64),
            "at_risk": at_risk,
            "churned": lost,
            "survival": survival,
            "lower": lower,
            "upper": upper,
        }
    )


def _limits(
    at_risk: npt.NDArray[np.int64], lost: npt.NDArray[np.int64], survival: npt.NDArray[np.float64], level: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the log-log limits, NaN where there are none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(lost / (at_risk * (at_risk - lost).astype(np.float64)))
        log = np.log(survival)
        # The upper tail, from the side on which a level near 1 keeps its digits.
        spread = -NormalDist().inv_cdf((1.0 - level) / 2.0) * np.sqrt(variance) / log
        lower, upper = np.exp(log * np.exp(-spread)), np.exp(log * np.exp(spread))
    none = (survival == 1.0) | (survival == 0.0)
    return np.where(none, np.nan, lower), np.where(none, np.nan, upper)


def _durations(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    try:
        times = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(
            "durations must be numbers of periods; replace texts and empty cells.",
            "durations 必须是期数（数字）；请替换文本和空单元格。",
            argument="durations",
        ) from None
    _one_column(times, "durations")
    wrong = ~(np.isfinite(times) & (times >= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        if np.isfinite(times[row]):
            raise DomainError(
                "durations must be 0 or more.", "durations 必须不小于 0。", argument="durations", row=row + 1
            )
        raise InputError(
            "durations must be finite numbers.", "durations 必须是有限的数字。", argument="durations", row=row + 1
        )
    return times


def _churned(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    array = np.asarray(values)
    _one_column(array, "churned")
    try:
        events = array.astype(np.float64) if array.dtype.kind in "biufO" else np.full(len(array), np.nan)
    except (TypeError, ValueError):
        events = np.array([float(value) if value in (0, 1) else np.nan for value in array])
    wrong = ~((events == 0.0) | (events == 1.0))
    if wrong.any():
        raise InputError(
            "churned must be TRUE or 1 for who churned, FALSE or 0 for who is still there.",
            "churned：已流失填 TRUE 或 1，仍留存填 FALSE 或 0。",
            argument="churned",
            row=int(np.argmax(wrong)) + 1,
        )
    return events


def _one_column(array: npt.NDArray[np.generic], name: str) -> None:
    if array.ndim != 1:
        raise InputError(
            f"{name} must be one column, with a value for each customer.",
            f"{name} 必须是一列，每位客户一个值。",
            argument=name,
        )
