"""What may stand on the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NoReturn

import xlclv
from xlclv.errors import FileError

EPILOG = """\
examples:
  xlclv demo                                   a customer value workbook from the built-in CDNOW log
  xlclv table orders.csv --out values.xlsx     the same from your own orders
  xlclv call CLV 100 2 36 30%                  one worksheet function
  xlclv functions                              all worksheet functions
  xlclv new customer_value --example           a workbook to fill in, with example data
  xlclv addin install                          the functions in Excel on Windows
  xlclv calc install                           the functions in LibreOffice Calc
  xlclv doctor                                 what keeps them from working there
  xlclv lite                                   what to paste into xlwings Lite

exit codes: 0 good, 1 an error value or findings, 2 wrong input, 130 interrupted
"""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one sentence."""

    #: Whether options may stand between words of which the last may be left out.
    mixed = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Return the options and what is left over."""
        if not self.mixed:
            return super().parse_known_args(args, namespace)
        self.mixed = False  # what follows comes back here
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self.mixed = True

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage and leaving."""
        command = f"{self.prog} --help"
        raise FileError(
            f"{message[0].upper()}{message[1:]}; see {command}.", f"命令行有误（{message}）；请看 {command}。"
        )


def language_of(arguments: Sequence[str]) -> str:
    """Return the language asked for, also where the rest cannot be understood."""
    chinese = "--lang=zh" in arguments or ("--lang", "zh") in pairwise(arguments)
    return "zh" if chinese else "en"


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of one command; ``run`` is the function that carries it out.

    Raises
    ------
    FileError
        If they cannot be understood.
    """
    parser = Parser(
        prog="xlclv",
        description="Customer lifetime value, retention and segmentation for spreadsheets.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"xlclv {xlclv.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", parser_class=Parser)
    _table(commands)
    _demo(commands)
    _new(commands)
    _call(commands)
    _functions(commands)
    _lite(commands)
    _addin(commands)
    _calc(commands)
    _doctor(commands)
    given, cells = _split_cells(arguments)
    options = parser.parse_args(given)
    if options.command is None:
        parser.print_help()
        options.run = lambda _: 0
    if options.command == "call":
        options.cells = cells
    return options


def _split_cells(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Set the arguments of ``call`` apart: -5% and =text are cells there, not options."""
    given = list(arguments)
    if not given or given[0] != "call":
        return given, []
    known, cells, rest = ["call"], [], given[1:]
    while rest:
        word = rest.pop(0)
        if word == "--":
            cells += rest
            break
        if word in ("--lang",) and rest:
            known += [word, rest.pop(0)]
        elif word in ("--json", "--date1904", "-h", "--help", "--lang") or word.startswith("--lang="):
            known.append(word)
        else:
            cells.append(word)
    return [*known, *cells[:1]], cells[1:]


def _language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language of texts (default en)")


def _late(module: str, function: str) -> Any:
    """Return a command that imports its module when it runs, so that help is instant."""

    def run(options: argparse.Namespace) -> int:
        __import__(module)
        code: int = getattr(sys.modules[module], function)(options)
        return code

    return run


def _table(commands: Any) -> None:
    table = commands.add_parser(
        "table",
        help="customer values from an order log",
        description="Read an order log (CSV or Excel), value every customer, write a workbook or a CSV file.",
        allow_abbrev=False,
    )
    table.add_argument("file", metavar="FILE", help="order log: .csv, .txt, .xlsx, .xls or .ods")
    table.add_argument("--customer", metavar="COL", help="header of the customer column (default: guessed)")
    table.add_argument("--date", metavar="COL", help="header of the date column (default: guessed)")
    table.add_argument("--amount", metavar="COL", help="header of the amount column (default: guessed)")
    table.add_argument("--date-order", choices=("dmy", "mdy"), help="day and month order of dates such as 1/5/2024")
    table.add_argument("--sheet", metavar="NAME", help="sheet of a workbook (default: the first that fits)")
    table.add_argument("--as-of", metavar="DATE", help="last day observed (default: the latest order)")
    table.add_argument("--period", default="week", help="day, week, month, quarter or year (default week)")
    table.add_argument("--periods", metavar="N", help="periods ahead (default: one year)")
    table.add_argument("--margin", default="100%", help="share of revenue that is margin, such as 30%% (default 100%%)")
    table.add_argument("--rate", default="0", help="discount rate per period, or such as 10%%/year (default 0)")
    table.add_argument("--model", help="Pareto/NBD (default), BG/NBD, MBG/NBD, BG/CNBD-k, MBG/CNBD-k or NBD")
    table.add_argument("--title", help="title of the workbook")
    table.add_argument("--currency", default="", help="currency sign of the workbook, such as $ or ¥")
    _language(table)
    table.add_argument("--out", metavar="FILE", required=True, help="values.xlsx or values.csv")
    table.add_argument("--force", action="store_true", help="replace a file that was not written by xlclv")
    table.set_defaults(run=_late("xlclv.cli.table", "table"))


def _demo(commands: Any) -> None:
    demo = commands.add_parser(
        "demo",
        help="customer value workbook from the built-in CDNOW log",
        description="Build a customer value workbook from 69,659 real orders of 23,570 CDNOW customers and open it.",
        allow_abbrev=False,
    )
    demo.add_argument("--out", metavar="FILE", default="customer-value-cdnow.xlsx", help="default %(default)s")
    _language(demo)
    demo.add_argument("--no-open", action="store_true", help="do not open the workbook")
    demo.add_argument("--force", action="store_true", help="replace a file that was not written by xlclv")
    demo.set_defaults(run=_late("xlclv.cli.table", "demo"))


def _new(commands: Any) -> None:
    new = commands.add_parser(
        "new",
        help="a workbook to fill in, from a template",
        usage="xlclv new NAME [FILE] [--lang {en,zh}] [--example] [--force] | xlclv new --list",
        description="Write a template: a workbook with inputs, a table for orders, results and checks. "
        "xlclv new --list names the templates.",
        allow_abbrev=False,
    )
    new.mixed = True
    new.add_argument("name", metavar="NAME", nargs="?", help="name of the template, such as customer_value")
    new.add_argument("file", metavar="FILE", nargs="?", help="file.xlsm with buttons (default NAME.xlsm), or file.xlsx")
    new.add_argument("--list", action="store_true", help="list the templates")
    new.add_argument("--example", action="store_true", help="filled with the orders of the CDNOW sample")
    _language(new)
    new.add_argument("--force", action="store_true", help="replace a file that exists")
    new.set_defaults(run=_late("xlclv.cli.new", "run"))


def _call(commands: Any) -> None:
    call = commands.add_parser(
        "call",
        help="one worksheet function",
        usage="xlclv call NAME [ARG ...] [--json] [--lang {en,zh}] [--date1904]",
        description="Call a worksheet function and print its cells. An argument is a number, 30%, text, a JSON array "
        "([1,2,3] or [[1],[2]]), @file.csv for a range, @file.csv:column for one column, or '' for an omitted one.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    call.add_argument("name", metavar="NAME", help="name of the function; xlclv functions lists all")
    call.add_argument("--json", action="store_true", help="print JSON")
    call.add_argument("--date1904", action="store_true", help="serial dates count from 1904")
    _language(call)
    call.set_defaults(run=_late("xlclv.cli.call", "run"))


def _functions(commands: Any) -> None:
    functions = commands.add_parser(
        "functions",
        help="list the worksheet functions",
        description="List the worksheet functions.",
        allow_abbrev=False,
    )
    functions.add_argument("name", metavar="NAME", nargs="?", help="one function, with its arguments and examples")
    functions.add_argument("--json", action="store_true", help="print JSON")
    _language(functions)
    functions.set_defaults(run=_late("xlclv.cli.functions", "run"))


def _lite(commands: Any) -> None:
    lite = commands.add_parser(
        "lite",
        help="what to paste into xlwings Lite",
        description="Print main.py and requirements.txt, which bring every worksheet function to Excel through the "
        "add-in xlwings Lite, or write them into a folder.",
        allow_abbrev=False,
    )
    lite.add_argument("--out", metavar="DIR", help="write the two files into this folder")
    lite.add_argument("--wheel", metavar="URL", help="https address of a wheel of xlclv (default: the package index)")
    _language(lite)
    lite.add_argument("--force", action="store_true", help="replace files that hold something else")
    lite.set_defaults(run=_late("xlclv.cli.lite", "run"))


def _addin(commands: Any) -> None:
    addin = commands.add_parser(
        "addin",
        help="the functions in Excel on Windows",
        description="Install the add-in that brings the worksheet functions to Excel on Windows.",
        allow_abbrev=False,
    )
    actions = addin.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True, parser_class=Parser)
    for name, function, text in (
        ("install", "put", "copy the add-in into Excel's start folder and let Excel use this Python"),
        ("uninstall", "remove", "remove the add-in and the settings install wrote"),
        ("status", "status", "what is installed"),
        ("build", "build", "write the add-in to a file, on any system"),
    ):
        action = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.", allow_abbrev=False)
        if name == "build":
            action.add_argument("--out", metavar="FILE", default="xlclv.xlam", help="default %(default)s")
        else:
            action.add_argument("--to", metavar="FOLDER", help="another folder than Excel's start folder")
        if name in ("install", "build"):
            action.add_argument("--force", action="store_true", help="replace what was not written by xlclv")
        _language(action)
        action.set_defaults(run=_late("xlclv.cli.addin", function))


def _calc(commands: Any) -> None:
    calc = commands.add_parser(
        "calc",
        help="the functions in LibreOffice Calc",
        description="Install the extension that brings the worksheet functions to LibreOffice Calc.",
        allow_abbrev=False,
    )
    actions = calc.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True, parser_class=Parser)
    for name, function, text in (
        ("install", "put", "put the extension into LibreOffice, with this Python to compute"),
        ("uninstall", "remove", "take the extension out of LibreOffice"),
        ("status", "status", "what is installed"),
        ("build", "build", "write the extension to a file"),
        ("doctor", "doctor", "what keeps the functions from working in LibreOffice"),
    ):
        action = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.", allow_abbrev=False)
        if name in ("install", "build"):
            action.add_argument("--python", metavar="FILE", help="the Python that computes (default: this one)")
            action.add_argument("--timeout", metavar="S", type=float, default=300.0, help="limit of a call (300)")
        if name == "build":
            action.add_argument("--out", metavar="FILE", default="xlclv.oxt", help="default %(default)s")
            action.add_argument("--force", action="store_true", help="replace what was not written by xlclv")
        else:
            action.add_argument("--profile", metavar="FOLDER", help="another profile than LibreOffice's own")
        if name == "doctor":
            action.add_argument("--json", action="store_true", help="print JSON, for support")
        _language(action)
        action.set_defaults(run=_late("xlclv.cli.calc", function))


def _doctor(commands: Any) -> None:
    doctor = commands.add_parser(
        "doctor",
        help="what keeps the functions from working in Excel",
        description="Check Excel, the add-in, Python and xlwings; each finding says what to do.",
        allow_abbrev=False,
    )
    doctor.add_argument("workbook", metavar="FILE", nargs="?", help="a workbook to check too")
    doctor.add_argument("--to", metavar="FOLDER", help="the folder given to xlclv addin install")
    doctor.add_argument("--json", action="store_true", help="print JSON, for support")
    _language(doctor)
    doctor.set_defaults(run=_late("xlclv.cli.doctor", "run"))
