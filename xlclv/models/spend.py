"""Fitting the Gamma-Gamma model of order values, and what the fitted model says about a customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from xlclv.errors import DataError, DomainError, InputError
from xlclv.models import block, gamma_gamma
from xlclv.models.arrays import Elements, FloatArray, Result, same_length, vector
from xlclv.models.checks import Problem, money_problems, raise_first, weight_problems
from xlclv.models.counts import MAX_FREQUENCY, require_customers
from xlclv.models.estimate import OK, Estimate, border_status, counted, uncertainty
from xlclv.models.newton import maximise_from_sample
from xlclv.models.parallel import map_blocks
from xlclv.text import Text

_WARM_ROWS = 20_000

#: The model takes order values and frequency for independent; a correlation beyond this is worth a word.
_NOTABLE_CORRELATION: Final = 0.3


@dataclass(frozen=True, kw_only=True)
class FittedSpend(Estimate):
    """A fitted Gamma-Gamma model.

    Attributes
    ----------
    left_out : float or None
        Customers without a repeat order or without spend, not fitted to; None for a model typed by hand.
    correlation : float or None
        Of frequency and mean order value among the customers fitted to; None where either is constant.

    Examples
    --------
    >>> spend = FittedSpend.from_block([["model", "Gamma-Gamma"], ["p", 6.25], ["q", 3.74], ["v", 15.44]])
    >>> round(spend.expected(2, 100), 4), round(spend.expected(0, 0), 4)
    (88.353, 35.219)
    """

    left_out: float | None = None
    correlation: float | None = None

    def expected(self, frequency: ArrayLike, monetary: ArrayLike) -> Result:
        """Return the expected value of an order of each customer.

        Parameters
        ----------
        frequency, monetary : float, array_like or Series
            Repeat orders and their mean value; the value does not matter where there are none.

        Returns
        -------
        float, ndarray or Series

        Raises
        ------
        InputError, DomainError
            For the first row with a fault, also where the expectation does not exist.

        Notes
        -----
        Equation 5 of Fader and Hardie (2013).
        """
        elements = Elements(frequency=frequency, monetary=monetary)
        raise_first(self.problems(**elements.values))
        return elements.result(gamma_gamma.expected_value(self.values, **elements.values))

    def problems(self, frequency: ArrayLike, monetary: ArrayLike) -> list[Problem]:
        """List for which elements there is no expected value, and why."""
        found = money_problems(frequency, monetary)
        p, q, _ = self.values
        if q <= 1.0:
            none = np.broadcast_arrays(p * np.asarray(frequency, dtype=np.float64) + q <= 1.0, monetary)[0]
            taken = np.logical_or.reduce([problem.mask for problem in found]) if found else np.zeros_like(none)
            if (none & ~taken).any():
                found.append(
                    Problem(
                        none & ~taken,
                        DomainError(
                            f"The mean order value is infinite at q = {q:.4g}; give customers with repeat orders.",
                            f"q = {q:.4g} 时平均订单金额为无穷大；请使用有重复购买的客户。",
                            argument="frequency",
                        ),
                    )
                )
        return found

    def to_block(self, lang: str = "en") -> list[list[block.Cell]]:
        """Return the model block: rows of five cells, header first; ``lang`` is en or zh."""
        return block.write(self, lang, {"correlation": self.correlation, "left_out": self.left_out})

    @classmethod
    def from_block(cls, cells: block.Rows) -> FittedSpend:
        """Return the model a block describes.

        Raises
        ------
        InputError
            If it is no Gamma-Gamma block, or a parameter is missing.
        DomainError
            If a parameter is not above 0.
        """
        read = block.Block(cells)
        if not is_spend(read.model):
            raise _not_spend()
        arguments = read.estimate(gamma_gamma.NAME, gamma_gamma.PARAMETERS)
        return cls(**arguments, left_out=read.number("left_out"), correlation=read.number("correlation"))


def is_spend(name: str) -> bool:
    """Return whether ``name`` is the Gamma-Gamma model; letter case and punctuation do not matter."""
    return "".join(filter(str.isalnum, name)).lower() == "gammagamma"


def require_spend(model: object) -> FittedSpend:
    """Return ``model`` if it is a fitted model of order values.

    Raises
    ------
    InputError
        If it is anything else.
    """
    if isinstance(model, FittedSpend):
        return model
    raise _not_spend()


def _not_spend() -> InputError:
    return InputError(
        "spend_model must be a Gamma-Gamma model, fitted to order values.",
        "spend_model 必须是用订单金额拟合的 Gamma-Gamma 模型。",
        argument="spend_model",
    )


def fit_spend(
    frequency: ArrayLike, monetary: ArrayLike, weights: ArrayLike | None = None, engine: str = "xlclv"
) -> FittedSpend:
    """Fit the Gamma-Gamma model of order values by maximum likelihood.

    Parameters
    ----------
    frequency, monetary : array_like, shape (n,)
        Of each customer: repeat orders, and their mean value. Customers without either are left out and counted.
    weights : array_like, shape (n,), optional
        Customers each row stands for, whole or fractional.
    engine : str
        ``xlclv``, or ``lifetimes`` for a second opinion by an independent program.

    Returns
    -------
    FittedSpend

    Raises
    ------
    InputError
        If the columns differ in length or hold anything but numbers.
    DomainError
        If a number is negative, a frequency is not whole, or the fit does not converge.
    DataError
        If fewer than 30 customers have a repeat order of some value.

    Notes
    -----
    The log likelihood is the density of the customers' mean order values, equation 1a of Fader and Hardie (2013).

    Examples
    --------
    >>> fitted = fit_spend([1, 2, 3, 5] * 10, [20, 35, 30, 22, 90, 15, 31, 44, 12, 27] * 4)
    >>> fitted.customers, fitted.status.en
    (40, 'OK')
    """
    if engine not in ("xlclv", "lifetimes"):
        raise InputError(
            f"engine must be xlclv or lifetimes, not {engine!r}.",
            f"engine 只能是 xlclv 或 lifetimes，{engine!r} 不是。",
            argument="engine",
        )
    x, m = vector("frequency", frequency), vector("monetary", monetary)
    same_length(frequency=x, monetary=m)
    raise_first(money_problems(x, m))
    w: FloatArray | None = None
    if weights is not None:
        w = vector("weights", weights)
        same_length(frequency=x, weights=w)
        raise_first(weight_problems(w))
    everyone = float(len(x)) if w is None else float(w.sum())
    used = (x > 0) & (m > 0)
    if w is not None:
        used &= w > 0
    if not used.all():
        x, m, w = x[used], m[used], None if w is None else w[used]
    customers = float(len(x)) if w is None else float(w.sum())
    _require_repeat_customers(customers, x, m)
    correlation = _correlation(x, m, w)
    if engine == "lifetimes":
        from xlclv.models import engine_lifetimes

        fitted = engine_lifetimes.fit_spend(x, m, np.ones(len(x)) if w is None else w)
        return _described(fitted, everyone - customers, correlation)
    data = gamma_gamma.spend(x, m, w)
    sample = data.sample(_WARM_ROWS) if len(x) > 2 * _WARM_ROWS else data
    maximum = maximise_from_sample(gamma_gamma.likelihood, gamma_gamma.starts(data), sample, data, customers)
    errors, limits = uncertainty(gamma_gamma.PARAMETERS, maximum.theta, maximum.covariance)
    fitted = FittedSpend(
        name=gamma_gamma.NAME,
        params=dict(zip(gamma_gamma.PARAMETERS, np.exp(maximum.theta).tolist(), strict=True)),
        standard_errors=errors,
        limits=limits,
        covariance=maximum.covariance,
        log_likelihood=maximum.value,
        customers=counted(customers),
        status=OK if maximum.escape is None else border_status(maximum, gamma_gamma.border(maximum.escape)),
        at_boundary=maximum.escape is not None,
        iterations=maximum.iterations,
    )
    return _described(fitted, everyone - customers, correlation)


def _require_repeat_customers(customers: float, frequency: FloatArray, monetary: FloatArray) -> None:
    if customers == 0:
        raise DataError(
            "No customer has a repeat order of some value, so no model can be fitted; give a longer history.",
            "没有客户有金额大于 0 的重复购买，无法拟合模型；请提供更长的历史数据。",
            argument="frequency",
        )
    require_customers(customers)
    if float(frequency.max()) > MAX_FREQUENCY:
        raise DomainError(
            f"frequency must be at most {MAX_FREQUENCY:,}; check the column.",
            f"frequency 最多为 {MAX_FREQUENCY:,}；请检查该列。",
            argument="frequency",
        )
    if float(monetary.min()) == float(monetary.max()):
        raise DomainError(
            "All order values are equal, so there is no spread to fit; use the value itself.",
            "所有订单金额都相同，没有可拟合的差异；请直接使用该金额。",
            argument="monetary",
        )


def _described(fitted: FittedSpend, left_out: float, correlation: float | None) -> FittedSpend:
    """Add what was left out, the correlation and, to the status, what to be careful of."""
    en, zh = [], []
    if fitted.status != OK:
        en.append(fitted.status.en)
        zh.append(fitted.status.zh)
    if fitted.params["q"] <= 1.0:
        en.append("q is at most 1: the mean order value of a new customer is infinite.")
        zh.append("q 不大于 1：新客户的平均订单金额为无穷大。")
    if correlation is not None and abs(correlation) > _NOTABLE_CORRELATION:
        en.append(f"Frequency and order value correlate ({correlation:.2f}); the model takes them for independent.")
        zh.append(f"购买次数与订单金额相关（{correlation:.2f}）；模型假设两者独立。")
    status = Text(" ".join(en), "".join(zh)) if en else OK
    fields = {**vars(fitted), "status": status, "left_out": counted(left_out), "correlation": correlation}
    return FittedSpend(**fields)


def _correlation(x: FloatArray, m: FloatArray, w: FloatArray | None) -> float | None:
    """Return the weighted correlation, or None if either is constant."""
    x_mean, m_mean = float(np.average(x, weights=w)), float(np.average(m, weights=w))

    def work(rows: slice) -> FloatArray:
        dx, dm = x[rows] - x_mean, m[rows] - m_mean
        wdx = dx if w is None else dx * w[rows]
        wdm = dm if w is None else dm * w[rows]
        return np.array([wdx @ dx, wdm @ dm, wdx @ dm])

    xx, mm, xm = np.sum(map_blocks(work, len(x)), axis=0).tolist()
    # A constant column leaves rounding errors only.
    if xx <= 1e-24 * x_mean**2 * len(x) or mm <= 1e-24 * m_mean**2 * len(m):
        return None
    return float(np.clip(xm / np.sqrt(xx * mm), -1.0, 1.0))
