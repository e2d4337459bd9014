"""Survivors: how many customers of each cohort are left, read and checked for the retention models."""

from __future__ import annotations

import sys
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from xlclv.errors import DataError, DomainError, InputError
from xlclv.models.arrays import FloatArray, numbers
from xlclv.models.shifted_beta_geometric import Losses

#: A rise by less than this share of the cohort is rounding, not a customer who came back.
_ROUNDING: Final = 1e-9


def survivor_table(survivors: ArrayLike) -> FloatArray:
    """Return survivors as columns of cohorts, those with no value left out.

    Parameters
    ----------
    survivors : array_like or DataFrame
        As `xlclv.models.fit_retention` takes them.

    Returns
    -------
    ndarray, shape (n + 1, cohorts)
        Never rising; NaN after the last value of a cohort.

    Raises
    ------
    InputError
        If a value is no number, or stands after a missing one.
    DomainError
        If survivors are negative or rise.
    DataError
        If there are none.

    Examples
    --------
    >>> survivor_table([[100, 80], [63, 60], [47, None]]).tolist()
    [[100.0, 80.0], [63.0, 60.0], [47.0, nan]]
    """
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(survivors, (pandas.DataFrame, pandas.Series)):
        survivors = survivors.to_numpy(dtype=object, na_value=None)
    try:
        table = numbers("survivors", np.asarray(survivors))
    except ValueError as error:
        raise error if isinstance(error, InputError) else _not_a_table() from None
    if table.ndim == 1:
        table = table[:, None]
    if table.ndim != 2:
        raise _not_a_table()
    table = table[:, ~np.isnan(table).all(axis=0)]
    if not table.size:
        raise DataError(
            "survivors is empty; give the size of each cohort and the customers left after each period.",
            "survivors 为空；请给出每个同期群的人数以及各期后仍留存的客户数。",
            argument="survivors",
        )
    _check(table)
    return table


def _not_a_table() -> InputError:
    return InputError(
        "survivors must be a table of numbers with one column for each cohort, its size first.",
        "survivors 必须是数字表格，每列一个同期群，首行为人数。",
        argument="survivors",
    )


def _check(table: FloatArray) -> None:
    """Raise the error of the first row with a fault."""
    missing = np.isnan(table)
    with np.errstate(invalid="ignore"):
        infinite, negative = np.isinf(table), table < 0
        rises = np.zeros_like(missing)
        rises[1:] = table[1:] > table[:-1] + _ROUNDING * table[0]
    returns = np.zeros_like(missing)
    returns[1:] = missing[:-1] & ~missing[1:]
    wrong = infinite | negative | rises | returns
    if not wrong.any():
        # What is left is rounding.
        np.minimum.accumulate(table, axis=0, out=table)
        return
    row, cohort = (int(place) for place in np.argwhere(wrong)[0])
    if infinite[row, cohort]:
        raise InputError(
            "survivors must be finite numbers.", "survivors 必须是有限的数字。", argument="survivors", row=row + 1
        )
    if negative[row, cohort]:
        raise DomainError("survivors must be 0 or more.", "survivors 必须不小于 0。", argument="survivors", row=row + 1)
    if returns[row, cohort]:
        raise InputError(
            f"survivors of cohort {cohort + 1} are missing before this row; only the last periods may be missing.",
            f"同期群 {cohort + 1} 在此行之前有缺失值；只有最后几期可以缺失。",
            argument="survivors",
            row=row + 1,
        )
    before, after = float(table[row - 1, cohort]), float(table[row, cohort])
    raise DomainError(
        f"survivors of cohort {cohort + 1} rise from {before:.15g} to {after:.15g}; who churned does not come back.",
        f"同期群 {cohort + 1} 的留存客户从 {before:.15g} 升到 {after:.15g}；流失的客户不会再计入。",
        argument="survivors",
        row=row + 1,
    )


def require_two_rates(data: Losses, customers: float) -> None:
    """Refuse data that cannot tell two parameters.

    Parameters
    ----------
    data : Losses
        Customers at risk and lost.
    customers : float
        How many there are.

    Raises
    ------
    DataError
        If there are no customers, nobody churned, or customers were at risk in one period only.
    """
    if customers == 0:
        en, zh = "The cohorts have no customers; the first row holds their sizes.", "同期群没有客户；首行应为其人数。"
    elif len(data.at_risk) == 0 or data.at_risk[0] == 0:
        en = "No period is observed; give below the size of each cohort the customers left after each period."
        zh = "没有观察到任何一期；请在人数下方给出各期后仍留存的客户数。"
    elif data.churned.sum() == 0:
        en, zh = (
            "Nobody churned yet, so there is no rate to fit; observe longer.",
            "尚无客户流失，无法拟合；请延长观察期。",
        )
    elif np.count_nonzero(data.at_risk) > 1:
        return
    elif data.churned[0] == data.at_risk[0]:
        en = "All customers churned in the first period, which cannot tell two parameters; shorten the period."
        zh = "所有客户在第一期就流失，无法确定两个参数；请缩短周期。"
    else:
        en = "Only one period is observed, which cannot tell two parameters; give two periods or more."
        zh = "只观察到一期，无法确定两个参数；请给出两期或更多。"
    raise DataError(en, zh, argument="survivors")
