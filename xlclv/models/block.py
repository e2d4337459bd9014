"""Model blocks: a fitted model as rows of cells, which can be read, audited, saved and shared.

A block has five columns: parameter, value, standard error, lower and upper limit. Readers use the first two in any
order of rows, and the others where they hold numbers; rows they do not know are ignored. Rows such as
``alpha:1 income`` hold coefficients of features: the parameter they act on, the number of the feature and its name.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from xlclv.errors import DomainError, InputError
from xlclv.models.estimate import AT_BORDER, OK, Estimate
from xlclv.models.features import read_coefficients
from xlclv.parsing import number_of
from xlclv.periods import period_of
from xlclv.text import LANGUAGES, Text

Cell = float | str | bool | None
Rows = Sequence[Sequence[Any]]

HEADER: Final = (
    Text("parameter", "参数"),
    Text("value", "值"),
    Text("standard error", "标准误"),
    Text("lower 95%", "95% 下限"),
    Text("upper 95%", "95% 上限"),
)


def write(estimate: Estimate, lang: str = "en", extra: Mapping[str, float | None] | None = None) -> list[list[Cell]]:
    """Return the block of an estimate.

    Parameters
    ----------
    estimate : Estimate
        What to write.
    lang : str
        ``en`` or ``zh``: language of the header and the status.
    extra : mapping of str to float, optional
        Further rows before ``customers``.

    Raises
    ------
    InputError
        If ``lang`` is no language.
    """
    if lang not in LANGUAGES:
        raise InputError(
            f"lang must be en or zh, not {lang!r}.", f"lang 只能是 en 或 zh，{lang!r} 不是。", argument="lang"
        )
    rows: list[list[Cell]] = [[title.of(lang) for title in HEADER]]
    rows.append(["model", estimate.name, "", "", ""])
    rows.append(["period", estimate.period, "", "", ""])
    for name, value in {**estimate.params, **estimate.coefficients}.items():
        lower, upper = estimate.limits.get(name, ("", ""))
        rows.append([name, value, estimate.standard_errors.get(name, ""), lower, upper])
    facts = {**(extra or {}), "customers": estimate.customers, "log_likelihood": estimate.log_likelihood}
    rows.extend([name, "" if fact is None else float(fact), "", "", ""] for name, fact in facts.items())
    rows.append(["status", estimate.status.of(lang), "", "", ""])
    return rows


class Block:
    """A block as it was read: rows by lower-case name.

    Parameters
    ----------
    cells : list of list
        Rows of at least two cells. A name may stand twice only with the same value.

    Raises
    ------
    InputError
        If the cells are not rows, no row names a model, or the names stand in a row.
    """

    def __init__(self, cells: Rows) -> None:
        self._rows: dict[str, list[list[Any]]] = {}
        self._names: dict[str, str] = {}
        try:
            for row in cells:
                if isinstance(row, str):
                    raise TypeError
                name, *rest = row
                if isinstance(name, str) and rest:
                    self._rows.setdefault(name.strip().lower(), []).append(rest)
                    self._names.setdefault(name.strip().lower(), name.strip())
        except (TypeError, ValueError):
            raise _not_a_block() from None
        model, *others = self._row("model")
        if others and isinstance(others[0], str) and others[0].strip():
            raise InputError(
                "The names of the block stand in a row; turn it (TRANSPOSE) so that they stand in the first column.",
                "模型区域的名称排成了一行；请转置（TRANSPOSE），使名称位于第一列。",
                argument="model",
            )
        if not isinstance(model, str) or not model.strip():
            raise _not_a_block()
        #: What the row ``model`` says.
        self.model = model.strip()

    def _row(self, name: str) -> list[Any]:
        """Return what stands beside a name; twice is once too often unless the values agree."""
        first, *others = self._rows.get(name.lower(), [[None]])
        if any(other[0] != first[0] for other in others):
            raise InputError(
                f"The block has {name} twice with different values; keep one row of it.",
                f"模型区域中 {name} 出现两次且取值不同；请只保留一行。",
                argument="model",
            )
        return first

    def number(self, name: str, column: int = 0) -> float | None:
        """Return the number in a row, or None if there is none."""
        row = self._row(name)
        value = row[column] if column < len(row) else None
        # numpy's and pandas' numbers are no subclasses of float or int, but behave as such.
        if value is None or isinstance(value, bool):
            return None
        try:
            number = number_of(value) if isinstance(value, str) else float(value)
        except (TypeError, ValueError):
            return None
        return number if number is not None and math.isfinite(number) else None

    def estimate(
        self, name: str, parameters: Sequence[str], links: Collection[str] = (), linked: Collection[str] = ()
    ) -> dict[str, Any]:
        """Return the arguments of an Estimate for the model ``name`` with these parameters.

        Parameters
        ----------
        name : str
        parameters : sequence of str
        links, linked : collection of str, optional
            Parameters that features act on, in this model and in any.

        Raises
        ------
        InputError
            If a parameter or a coefficient of a feature is missing or not a number.
        DomainError
            If a parameter is not above 0.
        """
        params = {parameter: self._parameter(name, parameter) for parameter in parameters}
        named = {row: self.number(row) for row in self._names.values() if ":" in row} if linked else {}
        coefficients, rows = read_coefficients(named, name, links, linked)
        rows.update({parameter: parameter for parameter in parameters})
        errors = {shown: self.number(row, 1) for shown, row in rows.items()}
        limits = {shown: (self.number(row, 2), self.number(row, 3)) for shown, row in rows.items()}
        status = self._text("status") or OK.en
        return {
            "name": name,
            "period": period_of(period) if (period := self._text("period")) else "",
            "params": params,
            "coefficients": coefficients,
            "standard_errors": {key: error for key, error in errors.items() if error is not None},
            "limits": {key: limit for key, limit in limits.items() if None not in limit},
            "log_likelihood": self.number("log_likelihood"),
            "customers": self.number("customers"),
            "status": Text(status, status),
            "at_boundary": status.startswith((AT_BORDER.en, AT_BORDER.zh)),
        }

    def _text(self, name: str) -> str:
        value = self._row(name)[0]
        return value.strip() if isinstance(value, str) else ""

    def _parameter(self, model: str, parameter: str) -> float:
        value = self.number(parameter)
        if value is None:
            raise InputError(
                f"The {model} block needs a row {parameter} with a number beside it.",
                f"{model} 模型区域需要名为 {parameter} 的一行，旁边是数字。",
                argument="model",
            )
        if value <= 0:
            raise DomainError(
                f"{parameter} of the {model} block must be above 0.",
                f"{model} 模型区域的 {parameter} 必须大于 0。",
                argument="model",
            )
        return value


def _not_a_block() -> InputError:
    return InputError(
        "This is no model block: it needs two columns, with a row model that holds the name of a model.",
        "这不是模型区域：需要两列，并有一行 model 写明模型名称。",
        argument="model",
    )
