"""Arrays in and out: what callers pass becomes float64, and results return in the shape and index that came."""

from __future__ import annotations

import sys
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xlclv.errors import InputError

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]

#: What element-wise methods return: a float for scalars, else an array or a Series.
Result: TypeAlias = Any


def numbers(name: str, value: ArrayLike) -> FloatArray:
    """Return ``value`` as a float64 array, without a copy where it is one already.

    Raises
    ------
    InputError
        If it holds anything but numbers.
    """
    try:
        # Complex numbers would lose their imaginary part with no more than a warning.
        array = np.asarray(value)
        if array.dtype.kind not in "biufO":
            raise TypeError
        return np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(
            f"{name} must hold numbers only; replace texts and empty cells.",
            f"{name} 只能包含数字；请替换文本和空单元格。",
            argument=name,
        ) from None


def vector(name: str, value: ArrayLike) -> FloatArray:
    """Return ``value`` as a float64 vector: one number for each customer.

    Raises
    ------
    InputError
        If it holds anything but numbers, or has more than one dimension.
    """
    array = numbers(name, value)
    if array.ndim != 1:
        raise InputError(
            f"{name} must be one column or one row of numbers.",
            f"{name} 必须是一列或一行数字。",
            argument=name,
        )
    return array


def same_length(**vectors: FloatArray) -> None:
    """Raise InputError if the vectors differ in length; the message names the first that does."""
    (first, expected), *others = ((name, len(array)) for name, array in vectors.items())
    for name, length in others:
        if length != expected:
            raise InputError(
                f"{first} has {expected} rows but {name} has {length}; give ranges of equal length.",
                f"{first} 有 {expected} 行，而 {name} 有 {length} 行；请使用长度相同的区域。",
                argument=name,
            )


def inner(one: NDArray[np.floating[Any]], other: NDArray[np.floating[Any]]) -> float:
    """Return the inner product of two vectors of any length, without the threads of BLAS."""
    return float(np.einsum("i,i->", one, other))


class Elements:
    """Element-wise arguments, broadcast together, and the way back for their result.

    Parameters
    ----------
    **arguments : float, array_like or pandas.Series
        By name. Any shapes that numpy broadcasts; Series must share one index.

    Attributes
    ----------
    values : dict of str to ndarray
        The arguments as flat float64 vectors; those named in ``keep_scalar`` stay zero-dimensional if they are.
    """

    def __init__(self, *, keep_scalar: tuple[str, ...] = (), **arguments: ArrayLike) -> None:
        self._index: Any = None
        for name, value in arguments.items():
            self._note_index(name, value)
        arrays = {name: numbers(name, value) for name, value in arguments.items()}
        try:
            self.shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
        except ValueError:
            sizes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items() if array.ndim)
            raise InputError(
                f"The ranges do not fit together: {sizes}; use equal sizes, or one row against one column.",
                f"各区域大小不匹配：{sizes}；请使用相同大小，或一行对一列。",
            ) from None
        self.values: dict[str, FloatArray] = {
            name: array
            if name in keep_scalar and array.ndim == 0
            else (array if array.shape == self.shape else np.broadcast_to(array, self.shape)).reshape(-1)
            for name, array in arrays.items()
        }

    def _note_index(self, name: str, value: object) -> None:
        pandas = sys.modules.get("pandas")  # a Series cannot arrive before pandas was imported
        if pandas is None or not isinstance(value, pandas.Series):
            return
        if self._index is None:
            self._index = value.index
        elif not (self._index is value.index or self._index.equals(value.index)):
            raise InputError(
                f"The index of {name} differs from that of the other Series; align them first.",
                f"{name} 的索引与其他 Series 不同；请先对齐。",
                argument=name,
            )

    def result(self, flat: FloatArray) -> Result:
        """Return a flat result in the shape of the arguments: a float, an array or a Series."""
        if self._index is not None and self.shape == (len(self._index),):
            return sys.modules["pandas"].Series(flat, index=self._index)
        if not self.shape:
            return float(flat[0])
        return flat.reshape(self.shape)
