"""Features of customers that do not change with time: reading them, and the coefficients with which they act.

A coefficient is called after the parameter it acts on, the number of its feature and, where it has one, the feature's
name: ``alpha:1 income``. So its place is clear whatever stands beside it, and in any order of the rows of a block.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from xlclv.errors import DomainError, InputError
from xlclv.models.arrays import BoolArray, FloatArray, numbers
from xlclv.text import Text

_COEFFICIENT: Final = re.compile(r"(\w+)\s*:\s*(.*)", re.DOTALL)
_NUMBERED: Final = re.compile(r"([1-9][0-9]{0,3})(?:\s+(.*))?", re.DOTALL)

#: Features differ by less than this share of the largest where they are constant, and this share of their variance
#: where others leave nothing of them.
_CONSTANT: Final = 1e-12
_COLLINEAR: Final = 1e-10

#: Squares of larger features are beyond all numbers.
_LARGEST: Final = 1e100


class Features(NamedTuple):
    """Features of customers.

    Attributes
    ----------
    names : tuple of str
        Of the columns, "" where they have none.
    values : ndarray, shape (n, q)
    index : pandas.Index or None
        That of the DataFrame they came in.
    """

    names: tuple[str, ...]
    values: FloatArray
    index: Any = None


def tidy(name: object) -> str:
    """Return the name of a feature with single spaces."""
    return " ".join(str(name).split())


def coefficient(parameter: str, number: int, feature: str) -> str:
    """Return the name of a coefficient.

    Examples
    --------
    >>> coefficient("alpha", 1, "income"), coefficient("beta", 2, "")
    ('alpha:1 income', 'beta:2')
    """
    return f"{parameter}:{number} {feature}".rstrip()


def parameter_of(coefficient: str) -> str:
    """Return the parameter a coefficient acts on."""
    return coefficient.partition(":")[0]


def feature_of(coefficient: str) -> tuple[int, str]:
    """Return the number and the name of the feature a coefficient belongs to."""
    number, _, name = coefficient.partition(":")[2].partition(" ")
    return int(number), name


def read_features(features: ArrayLike, known: Sequence[str] | None = None) -> Features:
    """Return features as numbers.

    Parameters
    ----------
    features : array_like, shape (n, q), or DataFrame
        One row for each customer; numbers, TRUE and FALSE. One dimension is one feature, or one row where ``known`` are
        several.
    known : sequence of str, optional
        Names of the features of a model. A DataFrame with columns of these names is read by name.

    Raises
    ------
    InputError
        If they are no finite numbers, or not as many as those known.
    DomainError
        If one is beyond 1e100.
    """
    pandas = sys.modules.get("pandas")  # a frame cannot arrive before pandas was imported
    if pandas is not None and isinstance(features, pandas.Series):
        features = features.to_frame(name="" if features.name is None else features.name)
    if pandas is not None and isinstance(features, pandas.DataFrame):
        read = _of_frame(features, known)
    else:
        try:
            array = numbers("features", features)
        except InputError:
            raise InputError(
                "features must hold numbers only; give each text a column of TRUE and FALSE.",
                "features 只能包含数字；文本请改为每种取值一列 TRUE/FALSE。",
                argument="features",
            ) from None
        if array.ndim == 1:
            array = array[None, :] if known is not None and len(known) > 1 else array[:, None]
        if array.ndim != 2:
            raise InputError(
                "features must be a table: one row for each customer, one column for each feature.",
                "features 必须是一张表：每位客户一行，每个特征一列。",
                argument="features",
            )
        read = Features(("",) * array.shape[1], array)
    if known is not None and len(read.names) != len(known):
        raise wrong_number(known, len(read.names))
    _require_finite(read)
    return read


def wrong_number(known: Sequence[str], given: int) -> InputError:
    """Return the error for another number of features than the model has."""
    shown = listed(known)
    return InputError(
        f"The model has {_several(len(known), 'feature')}, {shown.en}, but features has {_several(given, 'column')}; "
        "give one column for each, in this order.",
        f"模型有 {len(known)} 个特征（{shown.zh}），而 features 有 {given} 列；请按此顺序每个特征给出一列。",
        argument="features",
    )


def require_same_names(known: Sequence[str], given: Sequence[str]) -> None:
    """Raise InputError if the names above columns are not those of the features of a model, in its order.

    Parameters
    ----------
    known, given : sequence of str
        Of the features of the model, and of the columns; "" where there is none.
    """
    if len(known) != len(given):
        return  # said by the number of columns
    for number, (name, header) in enumerate(zip(known, given, strict=True), 1):
        if name and tidy(header) and name.casefold() != tidy(header).casefold():
            order = listed(known)
            raise InputError(
                f'Column {number} of features is called "{tidy(header)[:40]}", but feature {number} of the model is '
                f'"{name}"; give the columns in the order {order.en}.',
                f"features 第 {number} 列名为“{tidy(header)[:40]}”，而模型的第 {number} 个特征是“{name}”；"
                f"请按此顺序给出各列：{order.zh}。",
                argument="features",
            )


def _several(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def listed(names: Sequence[str]) -> Text:
    """Return features as a sentence lists them."""
    en = [f'"{name}"' if name else f"number {number}" for number, name in enumerate(names, 1)]
    zh = [f"“{name}”" if name else f"第 {number} 个" for number, name in enumerate(names, 1)]
    return Text(", ".join(en), "、".join(zh))


def column_of(names: Sequence[str], number: int) -> Text:
    """Return how sentences call the column of a feature, counted from 0."""
    name = names[number]
    return Text(f'"{name}"', f"“{name}”") if name else Text(f"column {number + 1}", f"第 {number + 1} 列")


def require_identified(features: Features, weight: FloatArray, repeat: BoolArray | None = None) -> None:
    """Raise InputError for the first feature whose coefficients the data say nothing of.

    Parameters
    ----------
    features : Features
    weight : ndarray, shape (n,)
        Customers of each row, above 0.
    repeat : ndarray of bool, shape (n,), optional
        The customers with repeat orders, where a coefficient is about them alone.
    """
    values = features.values if repeat is None else features.values[repeat]
    weight = weight if repeat is None else weight[repeat]
    among = Text("", "") if repeat is None else Text(" of the customers with repeat orders", "（有重复购买的客户）")
    share = weight / weight.sum()
    base = np.empty((0, len(values)))
    for number, column in enumerate(values.T):
        shown = column_of(features.names, number)
        size = float(np.abs(column).max())
        centred = column - float(share @ column)
        if float(np.abs(centred).max()) <= _CONSTANT * size:
            raise InputError(
                f"The feature in {shown.en} is the same for all rows{among.en}, so its coefficient is not determined; "
                "leave the column out.",
                f"{shown.zh}的特征在所有行中{among.zh}都相同，其系数无法确定；请去掉该列。",
                argument="features",
            )
        centred /= float(np.abs(centred).max())
        centred *= np.sqrt(share) / float(np.sqrt(share @ centred**2))
        rest = centred
        for _ in range(2):  # twice is enough
            rest = rest - (base @ rest) @ base
        length = float(rest @ rest)
        if length <= _COLLINEAR:
            raise InputError(
                f"The feature in {shown.en} follows from the columns before it{among.en}, so its coefficient is not "
                "determined; leave one of them out.",
                f"{shown.zh}的特征可由前面各列推出{among.zh}，其系数无法确定；请去掉其中一列。",
                argument="features",
            )
        base = np.vstack([base, rest / np.sqrt(length)])


def read_coefficients(
    rows: Mapping[str, float | None], model: str, links: Collection[str], linked: Collection[str]
) -> tuple[dict[str, float], dict[str, str]]:
    """Return the coefficients among the rows of a block, in order, and for each the name of its row.

    Parameters
    ----------
    rows : mapping of str to float or None
        What stands beside each name.
    model : str
        Name of the model.
    links : collection of str
        The parameters that features act on in this model.
    linked : collection of str
        Those of any model.

    Raises
    ------
    InputError
        If a name has no number of a feature, a coefficient is missing or no number, or the model has none.
    """
    found: dict[tuple[str, int], tuple[str, str]] = {}
    names: dict[int, str] = {}
    for row in rows:
        match = _COEFFICIENT.fullmatch(row)
        if match is None or match[1].lower() not in linked:
            continue
        parameter, numbered = match[1].lower(), _NUMBERED.fullmatch(match[2].strip())
        if parameter not in links:
            raise _no_coefficient(row, model, links)
        if numbered is None:
            raise InputError(
                f'The row "{row}" of the block must give the number of the feature after the colon: {parameter}:1.',
                f"模型区域中“{row}”一行须在冒号后写明特征的序号，如 {parameter}:1。",
                argument="model",
            )
        number, name = int(numbered[1]), tidy(numbered[2] or "")
        known = names.get(number) or name
        if (parameter, number) in found or (name and name.lower() != known.lower()):
            raise InputError(
                f'The row "{row}" of the block contradicts another about feature {number}; keep one name and one row.',
                f"模型区域中“{row}”一行与其他关于第 {number} 个特征的行矛盾；请只保留一个名称和一行。",
                argument="model",
            )
        names[number] = known
        found[parameter, number] = row, name
    coefficients, row_of = {}, {}
    for parameter in links if names else ():
        for number in range(1, max(names) + 1):
            row, _ = found.get((parameter, number), ("", ""))
            value = rows.get(row)
            if value is None:
                raise InputError(
                    f"The {model} block needs a row {parameter}:{number} with a number beside it.",
                    f"{model} 模型区域需要名为 {parameter}:{number} 的一行，旁边是数字。",
                    argument="model",
                )
            called = coefficient(parameter, number, names[number])
            coefficients[called], row_of[called] = value, row
    return coefficients, row_of


def _no_coefficient(row: str, model: str, links: Collection[str]) -> InputError:
    allowed = " or ".join(links)
    acts_on = f"只作用于 {'、'.join(links)}" if links else "不起作用"
    return InputError(
        f'The row "{row}" is a coefficient of a feature, but in {model} features act on {allowed or "nothing"}; '
        "remove the row or choose another model.",
        f"“{row}”一行是特征的系数，但 {model} 中特征{acts_on}；请删除该行或更换模型。",
        argument="model",
    )


def _of_frame(frame: Any, known: Sequence[str] | None) -> Features:
    columns = list(frame.columns)
    unnamed = columns == list(range(len(columns)))
    names = tuple("" if unnamed else tidy(column) for column in columns)
    if known is None:
        lower = [name.lower() for name in names if name]
        for name in names:
            if name and lower.count(name.lower()) > 1:
                raise InputError(
                    f'Two features are called "{name}"; give each a name of its own.',
                    f"有两个特征都叫“{name}”；请分别命名。",
                    argument="features",
                )
    elif all(known) and not unnamed:
        places = {name.lower(): place for place, name in enumerate(names)}
        for name in known:
            if name.lower() not in places:
                raise InputError(
                    f'features has no column "{name}", which the model has; its columns are {", ".join(names)[:120]}.',
                    f"features 中没有模型所需的“{name}”列；现有列：{'、'.join(names)[:120]}。",
                    argument="features",
                )
        chosen = [places[name.lower()] for name in known]
        names, frame = tuple(known), frame.iloc[:, chosen]
    values = np.empty(frame.shape)
    for place in range(frame.shape[1]):
        try:
            values[:, place] = numbers("features", frame.iloc[:, place])
        except InputError:
            shown = column_of(names, place)
            raise InputError(
                f"The feature in {shown.en} must hold numbers only; give each text a column of TRUE and FALSE.",
                f"{shown.zh}的特征只能包含数字；文本请改为每种取值一列 TRUE/FALSE。",
                argument="features",
            ) from None
    return Features(names, values, frame.index)


def _require_finite(features: Features) -> None:
    with np.errstate(invalid="ignore"):
        fine = np.abs(features.values) <= _LARGEST
    if fine.all():
        return
    row, column = (int(place) for place in np.argwhere(~fine)[0])
    shown = column_of(features.names, column)
    if np.isfinite(features.values[row, column]):
        raise DomainError(
            f"The feature in {shown.en} is too large; give it in another unit, at most 1e100 in size.",
            f"{shown.zh}的特征数值过大；请更换单位，绝对值不超过 1e100。",
            argument="features",
        ).at(row + 1)
    raise InputError(
        f"The feature in {shown.en} must be a finite number.",
        f"{shown.zh}的特征必须是有限的数字。",
        argument="features",
    ).at(row + 1)
