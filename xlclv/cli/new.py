"""``xlclv new``: a template workbook, empty or with example data."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Final

from xlclv.cli import GOOD
from xlclv.cli.console import print_rows
from xlclv.errors import FileError
from xlclv.text import LANGUAGES, Language, Text
from xlclv.workbook.package import check_target, save

if TYPE_CHECKING:
    from xlclv.workbook.customer_value.setting import Content, Kind

#: The templates there are, and what they are for.
TEMPLATES: Final = {
    "customer_value": Text("Customer value from an order log", "由订单记录估算客户价值"),
}
ENDINGS: Final = (".xlsm", ".xlsx")

#: What the example shows: the sample on which the models of this field are compared, half of it still ahead.
EXAMPLE_DAY: Final = dt.date(1997, 9, 30)
EXAMPLE_TITLE: Final = Text("Customer value, CDNOW sample", "客户价值：CDNOW 样本")
EXAMPLE_SOURCE: Final = Text(
    "Example: 6,919 orders of one in ten CDNOW customers, 1997 to 1998 (Fader and Hardie). Replace them with yours.",
    "示例：CDNOW 十分之一客户 1997 至 1998 年的 6,919 笔订单（Fader 与 Hardie）。请替换为您的订单。",
)


def run(options: argparse.Namespace) -> int:
    """Write a template, or list them all."""
    lang: Language = options.lang
    if options.list:
        head = [Text("name", "名称"), Text("what it is for", "用途"), Text("languages", "语言"), Text("files", "文件")]
        rows = [[name, text.of(lang), ", ".join(LANGUAGES), ", ".join(ENDINGS)] for name, text in TEMPLATES.items()]
        print_rows([[text.of(lang) for text in head], *rows], header=True)
        return GOOD
    if options.name not in TEMPLATES:
        known = ", ".join(TEMPLATES)
        raise FileError(
            f"There is no template {options.name}; choose one of {known}." if options.name
            else f"Give the name of a template: {known}.",
            f"没有名为 {options.name} 的模板；可用模板：{known}。" if options.name else f"请给出模板名称：{known}。",
        )  # fmt: skip
    target = check_target(Path(options.file or f"{options.name}.xlsm").expanduser(), ENDINGS)
    if target.exists() and not options.force:
        # It may hold the orders of the user, also where xlclv made it.
        raise FileError(
            f"{target.name} exists; choose another name, or --force to replace it and all that was filled in.",
            f"{target.name} 已存在；请改用其他文件名，或用 --force 替换（其中填写的内容会丢失）。",
        )
    kind: Kind = "xlsm" if target.suffix.lower() == ".xlsm" else "xlsx"
    save(built(kind, lang, example=options.example), target, ENDINGS)
    print(Text(f"Wrote {target}", f"已写入 {target}").of(lang))
    return GOOD


def built(kind: Kind, lang: Language, *, example: bool = False) -> bytes:
    """Return the customer value template, with its macros if it is of the kind that has them.

    Parameters
    ----------
    kind : {"xlsx", "xlsm"}
    lang : {"en", "zh"}
    example : bool, optional
        Whether it is filled with the CDNOW sample.

    Returns
    -------
    bytes

    Raises
    ------
    FileError
        If the example's data or the VBA module of xlwings is not installed.
    """
    from xlclv.workbook.customer_value.build import build_template
    from xlclv.workbook.customer_value.setting import CODE_NAMES

    content = example_content(lang) if example else None
    if kind == "xlsx":
        return build_template(kind, lang, content)
    from xlclv.hosts.excel.macros import template_macros

    return build_template(kind, lang, content, template_macros(CODE_NAMES, lang))


def example_content(lang: Language) -> Content:
    """Return what stands in the example."""
    from xlclv.data.cdnow import cdnow_sample
    from xlclv.workbook.customer_value.example import make_content

    return make_content(cdnow_sample(), EXAMPLE_DAY, EXAMPLE_TITLE, EXAMPLE_SOURCE, lang)
