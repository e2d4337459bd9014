"""Errors survive a copy and the way to another process."""

from __future__ import annotations

import copy
import pickle

import pytest

from xlclv.errors import DataError, DomainError, FileError, InputError, XlclvError


@pytest.mark.parametrize("kind", [DataError, DomainError, FileError, InputError])
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_a_copy_says_the_same(kind: type[XlclvError], again: object) -> None:
    for row in (None, 7):
        error = kind("The age is negative.", "客龄为负。", argument="age", row=row)
        other = again(error)  # type: ignore[operator]
        assert type(other) is kind
        assert other.text == error.text
        assert (str(other), other.argument, other.row) == (str(error), "age", row)
        assert other.at(9).text.zh == "第 9 行：客龄为负。"
