"""Formulas of the docs, evaluated through the one call path: numbers, text, array constants, nested calls, + - * /."""

from __future__ import annotations

import re
from typing import Any

from xlclv.worksheet import call

TOKEN = re.compile(r'\s*("(?:[^"]|"")*"|[A-Z][A-Z_]*(?=\()|TRUE|FALSE|[\d.]+%?|[{}(),;*/+-])')


def evaluated(formula: str) -> Any:
    """Return what a cell with this formula shows."""
    tokens = TOKEN.findall(formula.removeprefix("="))
    assert "".join(tokens) == re.sub(r"\s(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", "", formula.removeprefix("=")), formula
    value, rest = _sum(tokens)
    assert not rest, rest
    return value


def _sum(tokens: list[str]) -> tuple[Any, list[str]]:
    value, rest = _product(tokens)
    while rest and rest[0] in "+-":
        sign = 1 if rest[0] == "+" else -1
        term, rest = _product(rest[1:])
        value += sign * term
    return value, rest


def _product(tokens: list[str]) -> tuple[Any, list[str]]:
    value, rest = _atom(tokens)
    while rest and rest[0] in "*/":
        operator = rest[0]
        factor, rest = _atom(rest[1:])
        value = value * factor if operator == "*" else value / factor
    return value, rest


def _atom(tokens: list[str]) -> tuple[Any, list[str]]:
    token, rest = tokens[0], tokens[1:]
    if token == "-":
        value, rest = _atom(rest)
        return -value, rest
    if token == "(":
        value, rest = _sum(rest)
        return value, rest[1:]
    if token == "{":
        return _array(rest)
    if token.startswith('"'):
        return token[1:-1].replace('""', '"'), rest
    if token in ("TRUE", "FALSE"):
        return token == "TRUE", rest
    if token[0].isalpha():
        arguments, rest = _arguments(rest[1:])
        return call(token, *arguments), rest
    return (float(token[:-1]) / 100 if token.endswith("%") else float(token)), rest


def _arguments(tokens: list[str]) -> tuple[list[Any], list[str]]:
    arguments: list[Any] = []
    rest = tokens
    while True:
        if rest[0] in ",)":
            arguments.append(None)
        else:
            value, rest = _sum(rest)
            arguments.append(value)
        if rest[0] == ")":
            return ([] if arguments == [None] else arguments), rest[1:]
        rest = rest[1:]


def _array(tokens: list[str]) -> tuple[list[list[Any]], list[str]]:
    rows: list[list[Any]] = [[]]
    rest = tokens
    while True:
        value, rest = _atom(rest)
        rows[-1].append(value)
        mark, rest = rest[0], rest[1:]
        if mark == "}":
            return rows, rest
        if mark == ";":
            rows.append([])
