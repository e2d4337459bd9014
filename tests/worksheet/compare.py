"""Cells compared the way an example states them."""

from __future__ import annotations

from typing import Any

from xlclv.worksheet import CellError


def differs(result: Any, expected: Any) -> bool:
    """Return whether cells differ from what is expected.

    A number stated with four decimals or more is met within half a unit of its last decimal, another one to 1e-9.
    """
    if isinstance(expected, list):
        return (
            not isinstance(result, list)
            or len(result) != len(expected)
            or any(differs(r, e) for r, e in zip(result, expected, strict=True))
        )
    if isinstance(expected, float) and isinstance(result, float):
        return abs(result - expected) > _tolerance(expected)
    if isinstance(expected, CellError):
        return result != expected
    return type(result) is not type(expected) or bool(result != expected)


def _tolerance(expected: float) -> float:
    text = repr(expected)
    decimals = len(text.partition(".")[2]) if "e" not in text else 0
    slack = 1e-9 * max(1.0, abs(expected))
    return 0.5 * 10.0**-decimals + slack if decimals >= 4 else slack
