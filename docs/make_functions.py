"""Write docs/functions, in English and Chinese, from the declarations: ``python docs/make_functions.py``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from xlclv.text import LANGUAGES, Language, Text
from xlclv.worksheet import Argument, CellError, Example, Family, Function, call
from xlclv.worksheet.catalogue import FUNCTIONS
from xlclv.worksheet.catalogue.data import taken
from xlclv.worksheet.convert import text_of
from xlclv.worksheet.formula import formula

FOLDER = Path(__file__).parent / "functions"
#: Longer array constants are cut in the middle.
MAX_FORMULA, MAX_ROWS = 160, 12

TITLE = Text("Worksheet functions", "工作表函数")
INTRO = Text(
    "Data first, options last; arguments in [brackets] may be left out. Arguments that take one value also take a range, "
    "and the function maps over it. Errors are real error values; `XLCLV_ERRORS()` says what to do. Rates are decimals per "
    "period, and all time arguments of one call share one unit, the period.",
    "数据参数在前，选项在后；[方括号]中的参数可以省略。取单个值的参数也可以给区域，函数会逐个计算。错误是真正的错误值，"
    "`XLCLV_ERRORS()` 会说明如何处理。比率是每期的小数，同一次调用中的所有时间参数使用同一单位（期）。",
)
GENERATED = "<!-- Made by docs/make_functions.py from the declarations; edit those. -->"
HEADS = {
    "argument": Text("argument", "参数"),
    "takes": Text("takes", "取值"),
    "help": Text("meaning", "含义"),
    "function": Text("function", "函数"),
    "examples": Text("Examples", "示例"),
    "choices": Text("Choices", "可选值"),
    "source": Text("Source", "来源"),
    "table": Text("Returns a table with a header row.", "返回带表头的表格。"),
    "per_row": Text(
        "Returns one row for each input row, with a header row if the input has one.",
        "每个输入行返回一行；输入有表头时结果也有表头。",
    ),
}


def pages() -> dict[Path, str]:
    """Return every page by its path below docs/functions."""
    result: dict[Path, str] = {}
    for lang in LANGUAGES:
        result[Path(lang) / "README.md"] = _index(lang)
        for family in Family:
            result[Path(lang) / f"{family.name.lower()}.md"] = _family(family, lang)
    return result


def _index(lang: Language) -> str:
    lines = [GENERATED, "", f"# {TITLE.of(lang)}", "", INTRO.of(lang)]
    for family in Family:
        page = f"{family.name.lower()}.md"
        lines += ["", f"## [{family.value.of(lang)}]({page})", ""]
        lines += [f"| {HEADS['function'].of(lang)} | {HEADS['help'].of(lang)} |", "|-|-|"]
        lines += [
            f"| [{function.name}]({page}#{function.name.lower()}) | {function.help.of(lang)} |"
            for function in FUNCTIONS.values()
            if function.family is family
        ]
    return "\n".join(lines) + "\n"


def _family(family: Family, lang: Language) -> str:
    lines = [GENERATED, "", f"# {family.value.of(lang)}"]
    for function in FUNCTIONS.values():
        if function.family is family:
            lines += ["", *_function(function, lang)]
    return "\n".join(lines) + "\n"


def _function(function: Function, lang: Language) -> list[str]:
    lines = [f"## {function.name}", "", function.help.of(lang), "", f"`{function.signature}`", ""]
    if function.arguments:
        lines += [f"| {HEADS['argument'].of(lang)} | {HEADS['takes'].of(lang)} | {HEADS['help'].of(lang)} |", "|-|-|-|"]
        lines += [_argument(argument, lang) for argument in function.arguments]
        lines.append("")
    if function.per_row:
        lines += [HEADS["per_row"].of(lang), ""]
    elif function.table:
        lines += [HEADS["table"].of(lang), ""]
    if function.notes is not None:
        lines += [function.notes.of(lang), ""]
    lines += [f"{HEADS['examples'].of(lang)}:", ""]
    for example in function.examples:
        lines += _example(function, example, lang)
    if function.sources:
        lines += [f"{HEADS['source'].of(lang)}: {'; '.join(function.sources)}.", ""]
    return lines[:-1]


def _argument(argument: Argument, lang: Language) -> str:
    choices = ""
    if argument.choices:
        listed = ", ".join(f"`{choice.value}`" for choice in argument.choices)
        choices = f" {HEADS['choices'].of(lang)}: {listed}."
    return f"| `{argument.shown}` | {taken(argument).of(lang)} | {argument.help.of(lang)}.{choices} |"


def _example(function: Function, example: Example, lang: Language) -> list[str]:
    text = formula(function.name, example.cells)
    if len(text) > MAX_FORMULA:
        text = f"{text[: MAX_FORMULA // 2]} ... {text[-MAX_FORMULA // 4 :]}"
    note = f" ({example.note.of(lang)})" if example.note is not None else ""
    if example.result is None:
        return [f"- `{text}`{note}", ""]
    result = call(function.name, *example.cells, language=lang)
    if isinstance(result, CellError):
        return [f"- `{text}` → `{result.code}`{note}: {result.message}", ""]
    if not isinstance(result, list):
        return [f"- `{text}` → {_shown(result)}{note}", ""]
    return [f"- `{text}`{note}", "", *_table(result), ""]


def _table(rows: list[list[Any]]) -> list[str]:
    head, *body = rows
    cut = [["..."] * len(head)] if len(body) > MAX_ROWS else []
    lines = [[_shown(cell) for cell in row] for row in [head, *body[:MAX_ROWS]]] + cut
    return [
        "  | " + " | ".join(lines[0]) + " |",
        "  |" + "-|" * len(head),
        *("  | " + " | ".join(line) + " |" for line in lines[1:]),
    ]


def _shown(cell: Any) -> str:
    if isinstance(cell, float) and not cell.is_integer():
        return f"{cell:.7g}"
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, CellError):
        return f"`{cell.code}`"
    return text_of(cell).replace("|", "\\|")


def main() -> None:
    """Write the pages and remove those no longer made."""
    made = pages()
    for path, text in made.items():
        file = FOLDER / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for file in FOLDER.rglob("*.md"):
        if file.relative_to(FOLDER) not in made:
            file.unlink()


if __name__ == "__main__":
    main()
