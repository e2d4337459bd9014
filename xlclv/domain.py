"""Checks of one number against its domain, with the sentence a user needs when it fails."""

from __future__ import annotations

import math

from xlclv.errors import DomainError, InputError


def finite(value: float, argument: str) -> float:
    """Return ``value`` if it is a finite number, else raise `InputError`.

    Parameters
    ----------
    value : float
        The number.
    argument : str
        Its name in the error.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If it is infinite or NaN.

    Examples
    --------
    >>> finite(2.5, "margin")
    2.5
    """
    if not math.isfinite(value):
        raise InputError(
            f"{argument} must be a finite number, not {value}.",
            f"{argument} 必须是有限的数值，而不是 {value}。",
            argument=argument,
        )
    return value


def at_least(value: float, low: float, argument: str) -> float:
    """Return ``value`` if it is finite and not below ``low``, else raise `DomainError`.

    Parameters
    ----------
    value : float
        The number.
    low : float
        The least it may be.
    argument : str
        Its name in the error.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If it is not finite.
    DomainError
        If it is below ``low``.

    Examples
    --------
    >>> at_least(2.5, 0.0, "lifetime")
    2.5
    """
    if finite(value, argument) < low:
        raise DomainError(
            f"{argument} must be {low:.15g} or more, not {value:.15g}.",
            f"{argument} 不能小于 {low:.15g}，现在是 {value:.15g}。",
            argument=argument,
        )
    return value


def share(value: float, argument: str) -> float:
    """Return ``value`` if it lies within 0 and 1, else raise `DomainError`.

    Parameters
    ----------
    value : float
        The number.
    argument : str
        Its name in the error.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If it is not finite.
    DomainError
        If it lies outside.

    Examples
    --------
    >>> share(0.3, "churn")
    0.3
    """
    if not 0.0 <= finite(value, argument) <= 1.0:
        raise DomainError(
            f"{argument} must lie between 0 and 1 (0% and 100%), not {value:.15g}.",
            f"{argument} 必须在 0 和 1（0% 和 100%）之间，现在是 {value:.15g}。",
            argument=argument,
        )
    return value


def whole(value: float, argument: str, low: float = 0.0, high: float = math.inf) -> int:
    """Return ``value`` as an integer if it is a whole number within ``low`` and ``high``, else raise `DomainError`.

    Parameters
    ----------
    value : float
        The number.
    argument : str
        Its name in the error.
    low, high : float
        The least and the most it may be.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If it is not finite.
    DomainError
        If it is not whole or lies outside.

    Examples
    --------
    >>> whole(3.0, "periods")
    3
    """
    if finite(value, argument) != math.floor(value) or not low <= value <= high:
        limit_en = f"of {low:.15g} or more" if high == math.inf else f"from {low:.15g} to {high:.15g}"
        limit_zh = f"不小于 {low:.15g} 的整数" if high == math.inf else f"{low:.15g} 到 {high:.15g} 的整数"
        raise DomainError(
            f"{argument} must be a whole number {limit_en}, not {value:.15g}.",
            f"{argument} 必须是 {limit_zh}，现在是 {value:.15g}。",
            argument=argument,
        )
    return int(value)


def timing_of(value: float) -> int:
    """Return 0 (amounts at the end of a period) or 1 (at its start), as in Excel's PV.

    Parameters
    ----------
    value : float
        The argument as given.

    Returns
    -------
    int

    Raises
    ------
    DomainError
        If it is neither.

    Examples
    --------
    >>> timing_of(1.0)
    1
    """
    if value not in (0, 1):
        raise DomainError(
            f"timing must be 0 (end of period) or 1 (start of period), not {value:.15g}.",
            f"timing 只能是 0（期末）或 1（期初），现在是 {value:.15g}。",
            argument="timing",
        )
    return int(value)
