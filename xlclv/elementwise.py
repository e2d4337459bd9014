"""One scalar formula, also for numpy arrays and pandas Series, without importing either for numbers."""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeAlias, cast, overload

from xlclv.errors import DomainError, InputError, XlclvError
from xlclv.text import clause

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    #: Several numbers: a list, an array or a Series.
    Numbers: TypeAlias = Sequence[float] | NDArray[np.floating[Any] | np.integer[Any]] | pd.Series[Any]

P = ParamSpec("P")


class Elementwise(Protocol[P]):
    """A formula that takes numbers, or arrays and Series that are broadcast against each other."""

    __name__: str
    __wrapped__: Callable[P, float]

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> float: ...
    @overload
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...


def elementwise(formula: Callable[P, float]) -> Elementwise[P]:
    """Let ``formula``, written for numbers, also take numpy arrays and pandas Series.

    Arrays are broadcast by numpy's rules. Series must have one index and give a Series with it. A missing value
    (NaN) in any argument gives a missing value there. Plain numbers cost one type check and import nothing.

    Parameters
    ----------
    formula : callable
        Numbers in, a number out.

    Returns
    -------
    callable
        Takes what the formula takes, or arrays and Series in any place.

    Examples
    --------
    >>> import numpy as np
    >>> @elementwise
    ... def double(x: float) -> float:
    ...     return 2 * x
    >>> double(21)
    42
    >>> double(np.array([1.0, np.nan, 3.0])).tolist()
    [2.0, nan, 6.0]
    """

    @functools.wraps(formula)
    def call(*args: Any, **kwargs: Any) -> Any:
        for value in (*args, *kwargs.values()):
            if type(value) not in _SCALARS and (isinstance(value, (list, tuple)) or hasattr(value, "__array__")):
                return _map(formula, args, kwargs)
        return _finite(formula, args, kwargs)

    return cast("Elementwise[P]", call)


def _finite(formula: Callable[..., float], args: Sequence[Any], kwargs: dict[str, Any]) -> float:
    """Return the result for numbers, refusing one beyond the largest number there is."""
    try:
        result = formula(*args, **kwargs)
    except OverflowError:
        result = math.inf
    except TypeError as error:
        raise InputError(
            f"{formula.__name__} takes numbers, arrays of numbers or Series; {error}.",
            f"{formula.__name__} 只接受数值、数值数组或 Series；{error}。",
        ) from None
    if not math.isfinite(result):
        raise DomainError(
            "The result is beyond the largest number there is; check the size of the arguments.",
            "结果超出可表示的最大数值；请检查参数的大小。",
        )
    return result


_SCALARS = frozenset({float, int, bool, str, type(None)})


def _is_missing(value: Any) -> bool:
    # pandas' own missing value is known by name: pandas need not be imported for it.
    return value != value if isinstance(value, float) else type(value).__name__ == "NAType"


def _map(formula: Callable[..., float], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    import numpy as np

    names = list(kwargs)
    inputs = [*args, *kwargs.values()]
    arrays = np.broadcast_arrays(*(np.asarray(value, dtype=object) for value in inputs))
    flat = [array.ravel() for array in arrays]
    result = np.empty(arrays[0].size)
    for i, values in enumerate(zip(*flat, strict=True)):
        if any(map(_is_missing, values)):
            result[i] = np.nan
            continue
        positional = values[: len(args)]
        keyword = dict(zip(names, values[len(args) :], strict=True))
        try:
            result[i] = _finite(formula, positional, keyword)
        except XlclvError as error:
            where = (f"Element {i + 1}: {clause(error.text.en)}", f"第 {i + 1} 个：{error.text.zh}")
            raise type(error)(*where, argument=error.argument) from None
    shaped = result.reshape(arrays[0].shape)
    pandas = sys.modules.get("pandas")
    series = [] if pandas is None else [value for value in inputs if isinstance(value, pandas.Series)]
    if series and not all(one.index.equals(series[0].index) for one in series):
        raise InputError(
            "The Series have different indexes; align them first, with reindex or join.",
            "各 Series 的索引不同；请先用 reindex 或 join 对齐。",
        )
    if pandas is not None and series and series[0].shape == shaped.shape:
        return pandas.Series(shaped, index=series[0].index)
    return shaped if shaped.ndim else float(shaped)
