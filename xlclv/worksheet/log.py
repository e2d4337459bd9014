"""The latest failures, for XLCLV_ERRORS."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import NamedTuple

from xlclv.text import Text

#: How many failures are kept.
KEPT = 100


class Failure(NamedTuple):
    """Why a call of a worksheet function gave an error value; without a code, what to be careful of in its result."""

    function: str
    argument: str
    code: str
    sentence: Text


_failures: deque[Failure] = deque(maxlen=KEPT)
_lock = Lock()  # a host may calculate on several threads


def record(failure: Failure) -> None:
    """Keep a failure as the latest; one that is there already moves to the front."""
    with _lock:
        if failure in _failures:
            _failures.remove(failure)
        _failures.append(failure)


def latest() -> list[Failure]:
    """Return the failures kept, the latest first."""
    with _lock:
        return list(reversed(_failures))


def clear() -> None:
    """Forget all failures."""
    with _lock:
        _failures.clear()
