"""Value of coming periods: a model of level, trend and season, and the interval it holds."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from xlclv.cohorts import calendar_index, calendar_start
from xlclv.domain import finite, whole
from xlclv.errors import DataError, DomainError
from xlclv.periods import Period, period_of
from xlclv.vectors import NO_DAY, Cells, FloatArray, amounts_of, dates_from, days_of, same_length

#: Periods of one season; years have none.
SEASONS: Final[dict[Period, int]] = {"day": 7, "week": 52, "month": 12, "quarter": 4, "year": 1}
#: Fewer periods tell no trend.
MIN_PERIODS: Final = 6
MAX_AHEAD: Final = 1_000
#: A longer series is a date that is wrong or a period chosen too short.
MAX_PERIODS: Final = 40_000
#: The model is fitted to as many of the latest periods; what was before says nothing of what comes.
MAX_FITTED: Final[dict[Period, int]] = {"day": 371, "week": 208, "month": 240, "quarter": 240, "year": 240}
#: A season of more periods is a sum of waves, for each period of its own would be told by a few values only.
_LONG: Final = 12
_WAVES: Final = 6
#: The trends tried, and what statsmodels calls them.
_TRENDS: Final = {
    "level": "local level",
    "level with drift": "local linear deterministic trend",
    "trend": "local linear trend",
}
#: Errors below this share of the largest value are rounding: the series follows its pattern exactly.
_EXACT: Final = 1e-9
#: A variance below this share of the largest is none.
_NONE: Final = 1e-8


class Shape(NamedTuple):
    """Which parts a model has."""

    trend: str
    #: Periods of a season; 1 for none.
    season: int = 1
    #: Whether the season changes from one to the next.
    evolving: bool = False

    @property
    def name(self) -> str:
        """The parts in words."""
        kind = "evolving" if self.evolving else "fixed"
        return self.trend if self.season == 1 else f"{self.trend}, {kind} season of {self.season}"

    @property
    def states(self) -> int:
        """How many states the values must tell before there is a forecast."""
        season = 2 * _WAVES if self.season > _LONG else self.season - 1
        return 1 + (self.trend != "level") + season


class Forecast(NamedTuple):
    """Means of coming periods and the limits of their interval."""

    shape: Shape
    mean: FloatArray
    lower: FloatArray
    upper: FloatArray


def value_forecast(
    dates: Cells,
    values: Cells,
    periods: float,
    period: str = "month",
    level: float = 0.9,
    *,
    date1904: bool = False,
    first_row: int = 1,
) -> pd.DataFrame:
    """Add up values by calendar period and forecast the next periods, with an interval.

    A period without rows counts as 0, the last one as complete: leave out the rows of a period that is not over yet.
    The model is structural: a level, with or without a trend, and a season where there are two whole ones (7 days, 52
    weeks, 12 months, 4 quarters; years have none); see `best_forecast`. It is fitted to the latest 371 days, 208 weeks
    or 240 of longer periods.

    Parameters
    ----------
    dates : cells, length n
        Date of each value; rows without one are left out.
    values : cells, length n
        Money; a blank counts as 0.
    periods : int
        How many periods to forecast, from 1 to 1000.
    period : str
        Calendar period: day, week (from Monday), month, quarter or year.
    level : float
        Chance that the value of a period lies within its interval, between 0 and 1.
    date1904 : bool
        Whether serials count from 1904-01-01.
    first_row : int
        The number the first row has in error sentences.

    Returns
    -------
    DataFrame
        A row for each period: ``period`` (its first day), ``actual`` of past ones, and of coming ones ``forecast``,
        ``lower`` and ``upper``. ``attrs["model"]`` tells the parts of the model.

    Raises
    ------
    InputError
        For different lengths, or a cell that cannot be read.
    DomainError
        If ``periods`` or ``level`` is outside its domain, or the dates span too many periods.
    DataError
        If the dates span less than six periods, or no model could be fitted.

    Examples
    --------
    >>> dates = [f"2024-{month:02}-15" for month in range(1, 9)]
    >>> value_forecast(dates, [10, 12, 14, 16, 18, 20, 22, 24], 2).tail(2)[["period", "forecast"]]
          period  forecast
    8 2024-09-01      26.0
    9 2024-10-01      28.0
    """
    unit = period_of(period)
    ahead = whole(periods, "periods", 1.0, MAX_AHEAD)
    if not 0.0 < finite(level, "level") < 1.0:
        raise DomainError(
            f"level must lie between 0 and 1, such as 0.9, not {level:.15g}.",
            f"level 必须在 0 和 1 之间，例如 0.9，而不是 {level:.15g}。",
            argument="level",
        )
    first, actual = _series(dates, values, unit, date1904, first_row)
    # The largest value is 1 within the model, whatever the money.
    size = float(np.abs(actual).max()) or 1.0
    coming = best_forecast(actual[-MAX_FITTED[unit] :] / size, ahead, level, SEASONS[unit])
    start = calendar_start(np.arange(len(actual) + ahead) + first, unit)
    past = np.full(len(actual), np.nan)
    with np.errstate(over="ignore"):
        mean, lower, upper = (np.concatenate([past, limit * size]) for limit in coming[1:])
    table = pd.DataFrame(
        {
            "period": dates_from(start),
            "actual": np.concatenate([actual, np.full(ahead, np.nan)]),
            "forecast": mean,
            "lower": lower,
            "upper": upper,
        }
    )
    table.attrs["model"] = coming.shape.name
    return table


def best_forecast(values: FloatArray, ahead: int, level: float = 0.9, season: int = 1) -> Forecast:
    """Forecast a series by the structural model that describes it best.

    Without a trend, with a fixed and with a changing one, and each with a fixed and a changing season too where there
    are two whole ones (nine quarters), the model with the least AICc counts. All are statsmodels'
    ``UnobservedComponents``, whose forecasts are those of exponential smoothing once the series is long; a season of
    more than 12 periods is a sum of six waves. The first states are diffuse, so the interval holds what is open of
    them; the variance of errors is estimated with the degrees of freedom that remain, and the limits are Student's.
    What is open of the other variances and of the choice is not in the interval: one of 90% holds about 85 of 100
    values of short series. A model whose fit does not converge is left out.

    Parameters
    ----------
    values : float array, length n
        One value for each period, none missing; largest size 1e-100 to 1e100.
    ahead : int
        How many periods to forecast.
    level : float, default 0.9
        Chance that a value lies within its interval.
    season : int, default 1
        Periods of a season; 1 for none.

    Returns
    -------
    Forecast

    Raises
    ------
    DataError
        If the series is too short for any model, or none could be fitted.

    References
    ----------
    Harvey, A. C. (1989), Forecasting, Structural Time Series Models and the Kalman Filter, chapters 2 and 4.
    Durbin, J. & Koopman, S. J. (2012), Time Series Analysis by State Space Methods, 2nd edition, chapters 3, 5 and 7.

    Examples
    --------
    >>> best_forecast(np.array([3.0, 5, 7, 9, 11, 13]), 2).mean.round(6).tolist()
    [15.0, 17.0]
    """
    from scipy.special import stdtrit

    seasons = [1] if season == 1 or len(values) < max(2 * season, season + 5) else [1, season]
    shapes = [
        Shape(trend, m, evolving) for m in seasons for evolving in (False, True)[: min(m, 2)] for trend in _TRENDS
    ]
    for shape in shapes:
        path, noise = _pattern(values, shape, ahead)
        if noise <= _EXACT * float(np.abs(values).max()):
            return Forecast(shape, *(path[len(values) :],) * 3)
    # A likelihood is comparable only over the same periods: those that every model can forecast.
    first = max(*(shape.states for shape in shapes), *seasons)
    fits = [fit for shape in shapes if (fit := _fit(values, shape, first, noise)) is not None]
    if not fits:
        raise DataError(
            f"No model could be fitted to these {len(values)} periods; give more, or choose a longer period.",
            f"无法对这 {len(values)} 期数据拟合任何模型；请提供更多数据，或选择更长的期。",
            argument="dates",
        )
    best = min(fits, key=lambda fit: fit.aicc)
    coming = best.results.get_forecast(ahead)
    mean = _pattern(values, best.shape, ahead)[0][len(values) :] + np.asarray(coming.predicted_mean) * noise
    half = float(stdtrit(best.free, 0.5 + level / 2)) * np.sqrt(best.size) * np.asarray(coming.se_mean) * noise
    return Forecast(best.shape, mean, mean - half, mean + half)


def _pattern(values: FloatArray, shape: Shape, ahead: int) -> tuple[FloatArray, float]:
    """Return the path of the states that fits best if they never change, also ahead, and the spread about it."""
    time = np.arange(len(values) + ahead)
    if shape.season > _LONG:
        angles = 2 * np.pi / shape.season * np.outer(time, np.arange(_WAVES + 1))
        columns = [np.cos(angles), np.sin(angles[:, 1:])]
    else:
        columns = [np.eye(shape.season)[time % shape.season]]
    if shape.trend != "level":
        columns.append(time[:, None] / len(values))
    design = np.column_stack(columns)
    path = design @ np.linalg.lstsq(design[: len(values)], values, rcond=None)[0]
    return path, float(np.sqrt(((values - path[: len(values)]) ** 2).mean()))


class _Fit(NamedTuple):
    """A fitted model."""

    shape: Shape
    results: Any
    aicc: float
    #: Degrees of freedom of the variance, and its size in units of that of the model.
    free: int
    size: float


def _fit(values: FloatArray, shape: Shape, first: int, noise: float) -> _Fit | None:
    """Fit one model, or return None where it does not converge or the series is too short to tell how well it fits."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    season: dict[str, Any] = {}
    if shape.season > _LONG:
        season = {"freq_seasonal": [{"period": shape.season, "harmonics": _WAVES}]}
        season["stochastic_freq_seasonal"] = [shape.evolving]
    elif shape.season > 1:
        season = {"seasonal": shape.season, "stochastic_seasonal": shape.evolving}
    # What the first states, which are diffuse, would take up is left out, for the search is safer near 0.
    rest = (values - _pattern(values, shape, 0)[0]) / noise
    # The first values tell long waves apart too badly for an exact start; a variance of a million errors is as good.
    model = UnobservedComponents(rest, _TRENDS[shape.trend], use_exact_diffuse=shape.season <= _LONG, **season)
    parameters = len(model.param_names)
    told = len(values) - first
    if told <= parameters + 1:
        return None
    found = model.fit(disp=False, maxiter=200, cov_type="none", warn_convergence=False)
    if not found.mle_retvals["converged"]:
        return None
    # The likelihood is flat at its top: two digits of the variances lose nothing, and are the same on every machine.
    variances = np.where(found.params > _NONE * found.params.max(), found.params, 0.0)
    results = model.filter([float(f"{variance:.1e}") for variance in variances], cov_type="none")
    errors, spread = results.forecasts_error[0], results.forecasts_error_cov[0, 0]
    known = slice(shape.states, None)
    free = len(values) - shape.states - parameters + 1
    size = float((errors[known] ** 2 / spread[known]).sum()) / free
    aicc = -2 * float(results.llf_obs[first:].sum()) + 2 * parameters * told / (told - parameters - 1)
    return _Fit(shape, results, aicc, free, size)


def _series(dates: Cells, values: Cells, unit: Period, date1904: bool, first_row: int) -> tuple[int, FloatArray]:
    """Return the number of the first calendar period and the sum of each from it to the last."""
    same_length(dates=dates, values=values)
    days = days_of(dates, date1904=date1904, first_row=first_row)
    money = amounts_of(values, first_row=first_row, argument="values")
    dated = days != NO_DAY
    number = calendar_index(days[dated], unit)
    first = int(number.min()) if len(number) else 0
    count = int(number.max()) - first + 1 if len(number) else 0
    if count < MIN_PERIODS:
        raise DataError(
            f"The dates span {count} periods; at least {MIN_PERIODS} are needed to forecast.",
            f"日期只跨越 {count} 期；预测至少需要 {MIN_PERIODS} 期。",
            argument="dates",
        )
    if count > MAX_PERIODS:
        raise DomainError(
            f"The dates span {count} periods, more than {MAX_PERIODS}; check the first and last date, or choose a "
            "longer period.",
            f"日期跨越 {count} 期，超过 {MAX_PERIODS} 期；请检查首末日期，或选择更长的期。",
            argument="period",
        )
    with np.errstate(over="ignore", invalid="ignore"):
        sums: FloatArray = np.bincount(number - first, weights=money[dated], minlength=count).astype(np.float64)
    if not np.isfinite(sums).all():
        raise DomainError(
            "The values of one period add up to more than the largest number there is.",
            "某一期的合计超出可表示的最大数值。",
            argument="values",
        )
    return first, sums
