"""Customer lifetime value, retention and segmentation for spreadsheets.

The functions of the worksheet, with numbers, numpy arrays and pandas objects in and out:

>>> import xlclv
>>> xlclv.clv(100, 2, 36)
7200.0

Names are imported at first use: what needs no numpy or pandas costs neither.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlclv import models
    from xlclv.acquisition import cac_channels, cac_cost, cac_payback, cac_ratio
    from xlclv.alerts import clv_alert
    from xlclv.checks import data_check
    from xlclv.clusters import segment_cluster
    from xlclv.cohorts import retention_cohorts
    from xlclv.comparison import model_compare
    from xlclv.concentration import clv_shares
    from xlclv.customers import clv_table
    from xlclv.drivers import value_drivers
    from xlclv.feedback import nps_score
    from xlclv.forecast import value_forecast
    from xlclv.migration import clv_migration
    from xlclv.moves import segment_moves
    from xlclv.retention import churn_rate, rate_convert, retention_rate
    from xlclv.scores import clv_tier, rfm_score
    from xlclv.segments import rfm_segment, segment_stage
    from xlclv.summary import rfm_table
    from xlclv.survival import kaplan_meier
    from xlclv.validation import model_holdout, model_track
    from xlclv.value import clv, clv_churn, clv_curve, clv_equity, clv_retention

__version__ = "0.1.0"

_HOMES = {
    "acquisition": ("cac_channels", "cac_cost", "cac_payback", "cac_ratio"),
    "alerts": ("clv_alert",),
    "checks": ("data_check",),
    "clusters": ("segment_cluster",),
    "cohorts": ("retention_cohorts",),
    "comparison": ("model_compare",),
    "concentration": ("clv_shares",),
    "customers": ("clv_table",),
    "drivers": ("value_drivers",),
    "feedback": ("nps_score",),
    "forecast": ("value_forecast",),
    "migration": ("clv_migration",),
    "moves": ("segment_moves",),
    "retention": ("churn_rate", "rate_convert", "retention_rate"),
    "scores": ("clv_tier", "rfm_score"),
    "segments": ("rfm_segment", "segment_stage"),
    "summary": ("rfm_table",),
    "survival": ("kaplan_meier",),
    "validation": ("model_holdout", "model_track"),
    "value": ("clv", "clv_churn", "clv_curve", "clv_equity", "clv_retention"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "cac_channels",
    "cac_cost",
    "cac_payback",
    "cac_ratio",
    "churn_rate",
    "clv",
    "clv_alert",
    "clv_churn",
    "clv_curve",
    "clv_equity",
    "clv_migration",
    "clv_retention",
    "clv_shares",
    "clv_table",
    "clv_tier",
    "data_check",
    "kaplan_meier",
    "model_compare",
    "model_holdout",
    "model_track",
    "models",
    "nps_score",
    "rate_convert",
    "retention_cohorts",
    "retention_rate",
    "rfm_score",
    "rfm_segment",
    "rfm_table",
    "segment_cluster",
    "segment_moves",
    "segment_stage",
    "value_drivers",
    "value_forecast",
]


def __getattr__(name: str) -> object:
    if name == "models":
        return import_module("xlclv.models")
    if name in _HOME:
        return getattr(import_module(f"xlclv.{_HOME[name]}"), name)
    raise AttributeError(f"module 'xlclv' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
