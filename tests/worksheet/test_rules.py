"""The rules every declaration keeps: names, arguments, texts, order, examples.

Each rule is itself tested by a declaration that breaks it and no other rule.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from xlclv.errors import XlclvError
from xlclv.text import Text
from xlclv.worksheet import Argument, CellError, Example, Family, Function, Kind, Type
from xlclv.worksheet.catalogue import FUNCTIONS
from xlclv.worksheet.convert import PropagatedError, value_of
from xlclv.worksheet.declaration import REQUIRED, Choice

NAMES = Path(__file__).parent / "names"

#: What Excel takes: characters of a function's name, of a help text, of all argument names of one function.
MAX_NAME, MAX_HELP, MAX_ARGUMENT_NAMES = 31, 255, 255
LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
MIN_EXAMPLES = 3

#: Tables without ``lang``, and why.
TABLES_WITHOUT_LANG = {"RFM_SCORE": "its headers R, F, M are the same in both languages"}
#: Functions with an option before their data, and why.
OPTIONS_FIRST = {"MODEL_FIT": "the model's name comes first, as a formula reads"}


def listed(file: str) -> frozenset[str]:
    """Return the names of a list, upper case, without its comments."""
    lines = (NAMES / file).read_text("utf-8").splitlines()
    return frozenset(line.strip().upper() for line in lines if line.strip() and not line.startswith("#"))


EXCEL_FUNCTIONS = listed("excel_functions.txt")
VBA_RESERVED = listed("vba_reserved.txt")


def is_cell_address(name: str) -> bool:
    """Return whether Excel reads a name as a cell, in A1 or R1C1 form."""
    if match := re.fullmatch(r"([A-Z]{1,3})0*([1-9][0-9]{0,6})", name):
        column = 0
        for letter in match[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        if column <= LAST_COLUMN and int(match[2]) <= LAST_ROW:
            return True
    if match := re.fullmatch(r"(R([0-9]*))?(C([0-9]*))?", name):
        row, column = int(match[2] or 1), int(match[4] or 1)
        return bool(name) and 1 <= row <= LAST_ROW and 1 <= column <= LAST_COLUMN
    return False


def has_chinese(text: str) -> bool:
    return re.search(r"[\u4e00-\u9fff]", text) is not None


def texts_of(function: Function) -> Iterator[Text]:
    yield function.help
    yield from (argument.help for argument in function.arguments)
    if function.notes is not None:
        yield function.notes
    yield from (example.note for example in function.examples if example.note is not None)


# --- the rules: each returns what breaks it ---------------------------------------------------------------------------


def name_words(function: Function) -> list[str]:
    """Upper-case ASCII words joined by _."""
    return [] if re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", function.name) else [function.name]


def name_end(function: Function) -> list[str]:
    """No digit at the end."""
    return [function.name] if function.name[-1:].isdigit() else []


def name_length(function: Function) -> list[str]:
    """At most 31 characters."""
    return [function.name] if len(function.name) > MAX_NAME else []


def name_built_in(function: Function) -> list[str]:
    """No function of Excel's own."""
    return [function.name] if function.name.upper() in EXCEL_FUNCTIONS else []


def name_address(function: Function) -> list[str]:
    """No cell address."""
    return [function.name] if is_cell_address(function.name.upper()) else []


def name_reserved(function: Function) -> list[str]:
    """No reserved word of VBA, in which the function is a stub."""
    return [function.name] if function.name.upper() in VBA_RESERVED else []


def argument_identifier(function: Function) -> list[str]:
    """Lower-case ASCII words joined by _, no digit at the end, no word of Python."""
    good = re.compile(r"[a-z]([a-z0-9]*[a-z])?(_([a-z0-9]*[a-z]))*")
    return [a.name for a in function.arguments if not good.fullmatch(a.name) or keyword.iskeyword(a.name)]


def argument_unique(function: Function) -> list[str]:
    """No name twice."""
    names = [argument.name.lower() for argument in function.arguments]
    return sorted({name for name in names if names.count(name) > 1})


def argument_reserved(function: Function) -> list[str]:
    """No reserved word of VBA."""
    return [argument.name for argument in function.arguments if argument.name.upper() in VBA_RESERVED]


def argument_total(function: Function) -> list[str]:
    """All names, joined by commas, below 255 characters."""
    joined = ",".join(argument.name for argument in function.arguments)
    return [joined] if len(joined) >= MAX_ARGUMENT_NAMES else []


def help_length(function: Function) -> list[str]:
    """Help of functions and arguments within 255 characters in both languages."""
    helps = [function.help, *(argument.help for argument in function.arguments)]
    return [text for both in helps for text in both if len(text) > MAX_HELP]


def both_languages(function: Function) -> list[str]:
    """English in ASCII, for VBA source, and Chinese in Chinese characters."""
    return [
        repr(text)
        for text in texts_of(function)
        if not (text.en.strip() and text.en.isascii() and has_chinese(text.zh))
    ]


def family_known(function: Function) -> list[str]:
    """A chapter of the catalogue."""
    return [] if isinstance(function.family, Family) else [repr(function.family)]


def required_first(function: Function) -> list[str]:
    """No required argument after an optional one."""
    return [after.name for before, after in pairwise(function.arguments) if after.required and not before.required]


def data_first(function: Function) -> list[str]:
    """No range read whole after an option, but for a block that may be a single cell as well."""
    if function.name in OPTIONS_FIRST:
        return []
    kinds = [argument.kind for argument in function.arguments]
    start = kinds.index(Kind.OPTION) if Kind.OPTION in kinds else len(kinds)
    whole = (Kind.VECTOR, Kind.MATRIX, Kind.BLOCK)
    return [a.name for a in function.arguments[start:] if a.kind in whole and not a.single]


def lang_last(function: Function) -> list[str]:
    """``lang`` last, an option that takes en and zh, default en."""
    places = [i for i, argument in enumerate(function.arguments) if argument.name == "lang"]
    if not places:
        return []
    lang = function.arguments[places[0]]
    good = (lang.kind, lang.type, lang.default) == (Kind.OPTION, Type.CHOICE, "en")
    good = good and [choice.value for choice in lang.choices] == ["en", "zh"]
    return [] if good and places[0] == len(function.arguments) - 1 else ["lang"]


def lang_of_tables(function: Function) -> list[str]:
    """Every table takes ``lang``, for its headers."""
    has_lang = any(argument.name == "lang" for argument in function.arguments)
    return [function.name] if function.table and not has_lang and function.name not in TABLES_WITHOUT_LANG else []


def defaults_convert(function: Function) -> list[str]:
    """A default, and what an empty cell means, are values of the argument's own type."""
    wrong = []
    for argument in function.arguments:
        for value in (argument.default, argument.blank):
            if value is REQUIRED or value is None:
                continue
            try:
                same = bool(value_of(value, argument, date1904=False) == value)
            except (XlclvError, PropagatedError):
                same = False
            if not same:
                wrong.append(argument.name)
    return wrong


def choices_unique(function: Function) -> list[str]:
    """No text means two choices; none is written twice."""
    wrong = []
    for argument in function.arguments:
        words = [word.strip().casefold() for choice in argument.choices for word in (choice.value, *choice.names)]
        if len(set(words)) < len(words) or not all(words):
            wrong.append(argument.name)
    return wrong


def choices_given(function: Function) -> list[str]:
    """An argument has choices exactly if its type is choice."""
    return [a.name for a in function.arguments if (a.type is Type.CHOICE) is not bool(a.choices)]


def is_error(result: Any) -> bool:
    """Return whether a result is, or holds, an error value."""
    if isinstance(result, list | tuple):
        return any(map(is_error, result))
    return isinstance(result, CellError)


def examples_enough(function: Function) -> list[str]:
    """At least three examples."""
    return [] if len(function.examples) >= MIN_EXAMPLES else [f"{len(function.examples)} examples"]


def examples_error(function: Function) -> list[str]:
    """At least one example of an error, where there are examples."""
    return [] if not function.examples or any(is_error(e.result) for e in function.examples) else ["no error"]


def examples_fit(function: Function) -> list[str]:
    """An example that gives no error value has a cell for each required argument and no more than there are."""
    required = sum(argument.required for argument in function.arguments)
    counts = [len(example.cells) for example in function.examples if not isinstance(example.result, CellError)]
    return [f"{count} cells" for count in counts if not required <= count <= len(function.arguments)]


RULES: tuple[Callable[[Function], list[str]], ...] = (
    name_words,
    name_end,
    name_length,
    name_built_in,
    name_address,
    name_reserved,
    argument_identifier,
    argument_unique,
    argument_reserved,
    argument_total,
    help_length,
    both_languages,
    family_known,
    required_first,
    data_first,
    lang_last,
    lang_of_tables,
    defaults_convert,
    choices_unique,
    choices_given,
    examples_enough,
    examples_error,
    examples_fit,
)


def broken(function: Function) -> set[str]:
    """Return the names of the rules a declaration breaks."""
    return {rule.__name__ for rule in RULES if rule(function)}


@pytest.mark.parametrize("rule", RULES, ids=[rule.__name__ for rule in RULES])
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=list(FUNCTIONS))
def test_every_declaration_keeps_every_rule(function: Function, rule: Callable[[Function], list[str]]) -> None:
    assert rule(function) == [], rule.__doc__


def test_functions_are_listed_by_their_names() -> None:
    assert FUNCTIONS
    for name, function in FUNCTIONS.items():
        assert name == function.name


# --- each rule is broken by a declaration that breaks nothing else ----------------------------------------------------


def argument(name: str = "value", kind: Kind = Kind.ELEMENT, type_: Type = Type.NUMBER, **more: Any) -> Argument:
    return Argument(name, kind, type_, more.pop("help", Text("A number", "数值")), **more)


LANG = argument("lang", Kind.OPTION, Type.CHOICE, default="en", choices=(Choice("en"), Choice("zh")))
GOOD = Function(
    "GOOD_NAME",
    Family.VALUE,
    Text("A function that keeps all rules.", "遵守全部规则的函数。"),
    (argument("margins", Kind.VECTOR), argument("growth", default=0.0), LANG),
    lambda *_: 0.0,
    (Example(([[1]],), 1.0), Example(([[2]], 0.1), 2.0, Text("growth", "增长")), Example((), CellError("#VALUE!"))),
    notes=Text("Nothing to note.", "无需说明。"),
    table=True,
)
OPTION = argument("level", Kind.OPTION, default=0.9)


def with_arguments(*arguments: Argument) -> Function:
    """Return the good declaration with other arguments, and examples that fit them."""
    cells = (1,) * sum(argument.required for argument in arguments)
    examples = (Example(cells, 1.0), Example(cells, 2.0), Example(cells, CellError("#NUM!")))
    return GOOD._replace(arguments=arguments, examples=examples, table=False)


def with_name(name: str) -> Function:
    return GOOD._replace(name=name)


BROKEN: list[tuple[str, Function]] = [
    ("name_words", with_name("Good_Name")),
    ("name_words", with_name("GOOD__NAME")),
    ("name_words", with_name("_GOOD")),
    ("name_words", with_name("GOOD_")),
    ("name_words", with_name("GOOD.NAME")),
    ("name_words", with_name("GÖÖD")),
    ("name_words", with_name("")),
    ("name_end", with_name("GOOD_NAME_2")),
    ("name_length", with_name("GOOD_NAME_" + "A" * 22)),
    ("name_built_in", with_name("XLOOKUP")),
    ("name_built_in", with_name("NPV")),
    ("name_address", with_name("R")),
    ("name_address", with_name("RC")),
    ("name_address", with_name("R1C")),
    ("name_reserved", with_name("RESUME")),
    ("argument_identifier", with_arguments(argument("Margin"))),
    ("argument_identifier", with_arguments(argument("margin_"))),
    ("argument_identifier", with_arguments(argument("_margin"))),
    ("argument_identifier", with_arguments(argument("margin__now"))),
    ("argument_identifier", with_arguments(argument("margin1"))),
    ("argument_identifier", with_arguments(argument("毛利"))),
    ("argument_identifier", with_arguments(argument("lambda"))),
    ("argument_unique", with_arguments(argument("margin"), argument("margin"))),
    ("argument_reserved", with_arguments(argument("date"))),
    ("argument_reserved", with_arguments(argument("type"))),
    ("argument_total", with_arguments(argument("a" * 127), argument("b" * 127))),
    ("help_length", GOOD._replace(help=Text("x" * 256, "中"))),
    ("help_length", GOOD._replace(help=Text("x", "中" * 256))),
    ("help_length", with_arguments(argument(help=Text("x" * 256, "中")))),
    ("help_length", with_arguments(argument(help=Text("x", "中" * 256)))),
    ("both_languages", GOOD._replace(help=Text("", "函数"))),
    ("both_languages", GOOD._replace(help=Text("A function", ""))),
    ("both_languages", GOOD._replace(help=Text("A function", "A function"))),
    ("both_languages", GOOD._replace(help=Text("函数", "函数"))),
    ("both_languages", with_arguments(argument(help=Text("Margin ≥ 0", "毛利不小于 0")))),
    ("both_languages", GOOD._replace(notes=Text("A note", "A note"))),
    ("both_languages", GOOD._replace(examples=(*GOOD.examples, Example(([[1]],), 1.0, Text("a note", "note"))))),
    ("family_known", GOOD._replace(family=Text("Value", "价值"))),  # type: ignore[arg-type]
    ("required_first", with_arguments(argument("growth", default=0.0), argument("margin"))),
    ("data_first", with_arguments(OPTION._replace(default=REQUIRED), argument("margins", Kind.VECTOR))),
    ("data_first", with_arguments(OPTION, argument("features", Kind.MATRIX, default=None))),
    ("data_first", with_arguments(OPTION, argument("model", Kind.BLOCK, Type.CELL, default=None))),
    ("data_first", with_arguments(OPTION, argument("margins", Kind.VECTOR, default=None))),
    ("lang_last", with_arguments(LANG, OPTION)),
    ("lang_last", with_arguments(LANG._replace(default="zh"))),
    ("lang_last", with_arguments(LANG._replace(kind=Kind.ELEMENT))),
    ("lang_last", with_arguments(LANG._replace(choices=(Choice("en"),)))),
    ("lang_of_tables", with_arguments(argument())._replace(table=True)),
    ("defaults_convert", with_arguments(argument(default="many"))),
    ("defaults_convert", with_arguments(argument(default="5"))),
    ("defaults_convert", with_arguments(argument(type_=Type.CHOICE, choices=(Choice("a"),), default="b"))),
    ("defaults_convert", with_arguments(argument("margins", Kind.VECTOR, blank="none"))),
    ("choices_unique", with_arguments(argument(type_=Type.CHOICE, choices=(Choice("a"), Choice("a"))))),
    ("choices_unique", with_arguments(argument(type_=Type.CHOICE, choices=(Choice("a"), Choice("b", ("A",)))))),
    ("choices_unique", with_arguments(argument(type_=Type.CHOICE, choices=(Choice("a", ("c",)), Choice("b", ("c",)))))),
    ("choices_given", with_arguments(argument(type_=Type.CHOICE))),
    ("choices_given", with_arguments(argument(choices=(Choice("a"),)))),
    ("examples_enough", GOOD._replace(examples=GOOD.examples[1:])),
    ("examples_enough", GOOD._replace(examples=())),
    ("examples_error", GOOD._replace(examples=GOOD.examples[:1] * 3)),
    ("examples_fit", GOOD._replace(examples=(*GOOD.examples, Example((), 1.0)))),
    ("examples_fit", GOOD._replace(examples=(*GOOD.examples, Example(([[1]], 0, "en", 1), 1.0)))),
]


def test_the_good_declaration_keeps_all_rules() -> None:
    assert broken(GOOD) == set()
    assert broken(with_arguments(argument(), argument("growth", default=0.5))) == set()
    assert broken(with_name("G" * MAX_NAME)) == set()
    assert broken(with_arguments(argument("a" * 126), argument("b" * 127))) == set()
    assert broken(GOOD._replace(help=Text("x" * MAX_HELP, "中" * MAX_HELP))) == set()


@pytest.mark.parametrize(("rule", "function"), BROKEN, ids=[f"{rule}-{i}" for i, (rule, _) in enumerate(BROKEN)])
def test_a_broken_declaration_breaks_its_rule_alone(rule: str, function: Function) -> None:
    assert broken(function) == {rule}


def test_every_rule_is_broken_once() -> None:
    assert {rule for rule, _ in BROKEN} == {rule.__name__ for rule in RULES}


def test_an_address_with_a_row_also_ends_in_a_digit() -> None:
    assert broken(with_name("CLV2024")) == {"name_end", "name_address"}
    assert broken(with_name("LOG10")) == {"name_end", "name_built_in", "name_address"}


@pytest.mark.parametrize(
    "name", ["A1", "XFD1", "XFD1048576", "CLV36", "A01", "R1C1", "R", "C", "RC", "R12", "C7", "R1C", "RC9"]
)
def test_cell_addresses_are_known(name: str) -> None:
    assert is_cell_address(name)


@pytest.mark.parametrize(
    "name",
    ["", "A", "CLV", "A0", "XFE1", "A1048577", "AAAA1", "CLV_A1", "A1B", "R1048577", "C1048577", "R0C1", "RCX", "CR"],
)
def test_other_names_are_no_cell_addresses(name: str) -> None:
    assert not is_cell_address(name)


def test_exceptions_are_needed() -> None:
    for name in TABLES_WITHOUT_LANG:
        assert FUNCTIONS[name].table
        assert all(argument.name != "lang" for argument in FUNCTIONS[name].arguments)
    for name in OPTIONS_FIRST:
        assert FUNCTIONS[name].arguments[0].kind is Kind.OPTION


# --- the lists --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["excel_functions.txt", "vba_reserved.txt"])
def test_a_list_names_its_source_and_holds_each_name_once(file: str) -> None:
    lines = (NAMES / file).read_text("ascii").splitlines()
    assert any(line.startswith("# Source: Microsoft") for line in lines[:3])
    names = [line.upper() for line in lines if not line.startswith("#")]
    assert len(names) == len(set(names)) == len(listed(file))
    assert all(re.fullmatch(r"[A-Z][A-Z0-9._]*", name) for name in names)


def test_the_list_of_excel_covers_what_two_packages_know() -> None:
    import inspect

    from openpyxl.utils import FORMULAE
    from xlsxwriter.worksheet import Worksheet

    source = inspect.getsource(Worksheet._prepare_formula)
    future = set(re.findall(r"_xlfn\.(?:_xlws\.)?([A-Z0-9.]+)\(", source))
    assert len(future) > 100
    assert {name.strip().upper() for name in FORMULAE} | future <= EXCEL_FUNCTIONS
    newest = {"GROUPBY", "PIVOTBY", "PERCENTOF", "TRIMRANGE", "REGEXTEST", "TRANSLATE", "DETECTLANGUAGE", "COPILOT"}
    assert newest <= EXCEL_FUNCTIONS
    assert len(EXCEL_FUNCTIONS) > 500


def test_the_list_of_vba_holds_words_of_every_group() -> None:
    groups = {"REDIM", "REM", "PARAMARRAY", "XOR", "DOEVENTS", "UBOUND", "VARIANT", "NOTHING", "VB_NAME", "DECIMAL"}
    assert groups <= VBA_RESERVED
    assert not {"MARGIN", "RATE", "PERIOD", "LANG"} & VBA_RESERVED
