"""BG/CNBD-k: customers order more regularly than at random and may leave after each repeat order.

Sources: see :mod:`xlclv.models.regular`. With k = 1 it is BG/NBD.
"""

from __future__ import annotations

from typing import ClassVar

from xlclv.models.regular import RegularModel


class BGCNBD(RegularModel):
    """Erlang-k distributed times between orders; Beta(a, b) distributed chances to leave after each repeat order."""

    name: ClassVar[str] = "BG/CNBD-k"

    @property
    def first_order(self) -> bool:
        """Return that customers may not leave after the first order."""
        return False


MODEL = BGCNBD()
