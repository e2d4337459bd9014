"""``xlclv functions``: what the worksheet functions are."""

from __future__ import annotations

import argparse
import json
from typing import Any

from xlclv.cli import GOOD
from xlclv.cli.console import print_rows
from xlclv.errors import FileError
from xlclv.text import Text
from xlclv.worksheet import Argument, Function, call
from xlclv.worksheet.catalogue import FUNCTIONS
from xlclv.worksheet.convert import text_of
from xlclv.worksheet.formula import formula


def run(options: argparse.Namespace) -> int:
    """List the functions, or describe one."""
    if options.name is not None and options.name.upper() not in FUNCTIONS:
        raise FileError(
            f"There is no function {options.name[:40]}; xlclv functions lists all.",
            f"没有函数 {options.name[:40]}；xlclv functions 列出全部函数。",
        )
    chosen = [FUNCTIONS[options.name.upper()]] if options.name is not None else list(FUNCTIONS.values())
    if options.json:
        print(json.dumps([described(function, options.lang) for function in chosen], ensure_ascii=False, indent=2))
        return GOOD
    if options.name is not None:
        rows = call("XLCLV_HELP", options.name, options.lang)
        if isinstance(rows, list):
            print(chosen[0].signature)
            print_rows([[text_of(cell) for cell in row] for row in rows], header=True)
        return GOOD
    header = [Text("function", "函数").of(options.lang), Text("help", "说明").of(options.lang)]
    print_rows([header, *([f.signature, f.help.of(options.lang)] for f in chosen)], header=True)
    return GOOD


def described(function: Function, lang: str) -> dict[str, Any]:
    """Return a declaration as JSON holds it."""
    return {
        "name": function.name,
        "family": function.family.value.of(lang),
        "help": function.help.of(lang),
        "signature": function.signature,
        "table": function.table,
        "arguments": [_argument(argument, lang) for argument in function.arguments],
        "examples": [formula(function.name, example.cells) for example in function.examples],
    }


def _argument(argument: Argument, lang: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": argument.name,
        "kind": argument.kind.value,
        "type": argument.type.value,
        "required": argument.required,
        "help": argument.help.of(lang),
    }
    if not argument.required:
        described["default"] = argument.default
    if argument.choices:
        described["choices"] = [choice.value for choice in argument.choices]
    return described
