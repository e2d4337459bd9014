"""Blocks of rows, worked through by a small pool of threads.

Blocks of 8,192 rows keep every intermediate array in the second-level cache, which is worth more than threads. The
partial results are returned in the order of the blocks, so a sum over them has the same bits for any number of threads.
Beyond 10,000 elements OpenBLAS shares out a dot product to threads of its own, which cost more than they bring and make
the sum depend on their number: vectors longer than a block are multiplied with :func:`xlclv.models.arrays.inner`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from xlclv.errors import InputError

Partial = TypeVar("Partial")

BLOCK_ROWS = 8192

#: Below this many blocks handing work to threads costs more than it saves.
_BLOCKS_WORTH_THREADS = 8

_threads = min(2, os.cpu_count() or 1)


def threads() -> int:
    """Return how many threads fitting and scoring use."""
    return _threads


def set_threads(count: int) -> None:
    """Set how many threads fitting and scoring use; results do not depend on it.

    Raises
    ------
    InputError
        If ``count`` is below 1.
    """
    global _threads
    if count < 1:
        raise InputError("The number of threads must be 1 or more.", "线程数必须不小于 1。", argument="count")
    _threads = int(count)


@lru_cache(maxsize=1)
def _pool(count: int) -> ThreadPoolExecutor:
    """Return the pool, which lives as long as the number of threads stays the same."""
    return ThreadPoolExecutor(count, thread_name_prefix="xlclv")


def map_blocks(work: Callable[[slice], Partial], rows: int) -> list[Partial]:
    """Call ``work`` with each block of ``rows`` rows and return what it returned, in order."""
    blocks = [slice(start, min(start + BLOCK_ROWS, rows)) for start in range(0, rows, BLOCK_ROWS)]
    if _threads == 1 or len(blocks) < _BLOCKS_WORTH_THREADS:
        return [work(block) for block in blocks]

    def run(part: list[slice]) -> list[Partial]:
        return [work(block) for block in part]

    size = -(-len(blocks) // _threads)
    parts = [blocks[start : start + size] for start in range(0, len(blocks), size)]
    try:
        return [partial for partials in _pool(_threads).map(run, parts) for partial in partials]
    except RuntimeError as error:
        # WebAssembly cannot start threads.
        if "start new thread" not in str(error):
            raise
        return run(blocks)
