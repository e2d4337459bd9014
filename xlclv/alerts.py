"""An alert when a customer's value has changed beyond a limit. Standard library only."""

from __future__ import annotations

from xlclv.domain import at_least, finite, share
from xlclv.errors import DivisionError
from xlclv.labels import ALERTS

#: A change this close to a limit, relative to the previous value, has reached it: 110 is 10% above 100 to the last bit.
_TIE = 1e-12


def clv_alert(current: float, previous: float, drop: float = 0.1, rise: float | None = None, lang: str = "en") -> str:
    """Return whether a value has dropped or risen by a limit or more, or neither.

    Drop where ``current <= previous * (1 - drop)``, Rise where ``current >= previous * (1 + rise)``, else OK: a change
    that just reaches its limit counts, and no change at all is OK whatever the limits. Values that agree to 12 digits
    of the previous one are equal.

    Parameters
    ----------
    current, previous : float
        Value now and before, in money; the previous one above 0.
    drop : float
        Share of the previous value, within 0 and 1.
    rise : float, optional
        Share of the previous value, 0 or more; as ``drop`` when left out.
    lang : str
        en or zh.

    Returns
    -------
    str
        One of `xlclv.labels.ALERTS` in that language.

    Raises
    ------
    DivisionError
        If the previous value is 0 or less, so that no share of it can be told.
    DomainError
        If a limit is outside its domain.
    InputError
        If a number is not finite.

    Examples
    --------
    >>> clv_alert(90, 100), clv_alert(110, 100), clv_alert(110, 100, 0.1, 0.25), clv_alert(60, 100, lang="zh")
    ('Drop', 'Rise', 'OK', '下降')
    """
    finite(current, "current")
    share(drop, "drop")
    rise = drop if rise is None else at_least(rise, 0.0, "rise")
    if finite(previous, "previous") <= 0.0:
        raise DivisionError(
            f"previous is {previous:.15g}; a change is a share of a value above 0.",
            f"previous 为 {previous:.15g}；只有大于 0 的值才能计算变化比例。",
            argument="previous",
        )
    tie = _TIE * previous
    if current <= previous * (1.0 - drop) + tie and current < previous - tie:
        return ALERTS["drop"].of(lang)
    if current >= previous * (1.0 + rise) - tie and current > previous + tie:
        return ALERTS["rise"].of(lang)
    return ALERTS["ok"].of(lang)
