"""MBG/CNBD-k: customers order more regularly than at random and may leave after each order, the first included.

Sources: see :mod:`xlclv.models.regular`. With k = 1 it is MBG/NBD.
"""

from __future__ import annotations

from typing import ClassVar

from xlclv.models.regular import RegularModel


class MBGCNBD(RegularModel):
    """Erlang-k distributed times between orders; Beta(a, b) distributed chances to leave after each order."""

    name: ClassVar[str] = "MBG/CNBD-k"

    @property
    def first_order(self) -> bool:
        """Return that customers may leave after the first order already."""
        return True


MODEL = MBGCNBD()
