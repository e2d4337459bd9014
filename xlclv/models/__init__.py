"""Probability models of repeat orders and order values: fitting them and what they predict.

>>> from xlclv import models
>>> model = models.from_block([["model", "BG/NBD"], ["r", 0.243], ["alpha", 4.414], ["a", 0.793], ["b", 2.426]])
>>> round(model.alive(frequency=2, recency=30.43, age=38.86), 4)
0.7266
"""

from __future__ import annotations

from xlclv.models.block import Block, Rows
from xlclv.models.checks import Problem, horizon_problems, money_problems, period_problems, problems, weight_problems
from xlclv.models.fitted import FittedModel
from xlclv.models.fitting import fit
from xlclv.models.parallel import set_threads, threads
from xlclv.models.prediction import predict_value, value_problems
from xlclv.models.retention_fit import FittedRetention, fit_retention, is_retention
from xlclv.models.spend import FittedSpend, fit_spend, is_spend
from xlclv.models.total_interval import TotalInterval, total_value_interval
from xlclv.models.value_intervals import predict_value_interval, value_interval_problems

__all__ = [
    "FittedModel",
    "FittedRetention",
    "FittedSpend",
    "Problem",
    "TotalInterval",
    "fit",
    "fit_retention",
    "fit_spend",
    "from_block",
    "horizon_problems",
    "money_problems",
    "period_problems",
    "predict_value",
    "predict_value_interval",
    "problems",
    "set_threads",
    "threads",
    "total_value_interval",
    "value_interval_problems",
    "value_problems",
    "weight_problems",
]


def from_block(cells: Rows) -> FittedModel | FittedSpend | FittedRetention:
    """Return the model a block describes, of repeat orders, order values or retention.

    Parameters
    ----------
    cells : list of list
        Rows of cells; see :mod:`xlclv.models.block`.

    Raises
    ------
    InputError
        If no row names a known model, or a parameter is missing.
    DomainError
        If a parameter is not above 0.
    """
    name = Block(cells).model
    if is_spend(name):
        return FittedSpend.from_block(cells)
    if is_retention(name):
        return FittedRetention.from_block(cells)
    return FittedModel.from_block(cells)
