"""Everything that can keep the functions from working in Excel, checked one after the other."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import PureWindowsPath

import xlclv
from xlclv.errors import FileError
from xlclv.hosts.excel import doctor_excel, doctor_python
from xlclv.hosts.excel.addin_install import chosen_folder
from xlclv.hosts.excel.doctor_python import EXPECTED, TEST
from xlclv.hosts.excel.finding import Finding, Status, good, problem
from xlclv.hosts.excel.places import addins, excels, is_there
from xlclv.hosts.excel.windows import System
from xlclv.worksheet import call

#: What the calculations need, wherever they run.
_NEEDED = ("numpy", "pandas", "scipy", "lifetimes", "openpyxl", "XlsxWriter", "python-calamine", "xlwings")


def examine(system: System | None, *, to: str | None = None, workbook: str | None = None) -> list[Finding]:
    """Return what every check found, each with what to do.

    A cause is told once: what cannot be checked because of it is left out.

    Parameters
    ----------
    system : System or None
        The Windows to check, or None on another system.
    to : str, optional
        The folder the add-in was installed to, when it is not Excel's start folder.
    workbook : str, optional
        A workbook whose place and marks are checked too.

    Raises
    ------
    FileError
        If ``to`` is no folder, or ``workbook`` no file.
    """
    findings = [*_here()]
    if system is None:
        return [*findings, _elsewhere()]
    found = excels(system)
    marks = addins(system, found, chosen_folder(system, to) if to else None)
    book = system.absolute(workbook) if workbook else None
    if book is not None and not is_there(system, book):
        raise FileError(
            f"There is no file {book}; give the path of a workbook on this computer.",
            f"文件 {book} 不存在；请给出本机上工作簿的路径。",
        )
    findings += doctor_excel.edition(found)
    findings += doctor_excel.addin(marks)
    findings += doctor_excel.blocked(system, marks, book)
    if found:
        findings += doctor_excel.disabled(system, found)
        findings += doctor_excel.macros(system, found, marks)
        findings += doctor_excel.internet(system, found)
    program, told = doctor_python.interpreter(system)
    findings += told
    findings += doctor_excel.one_drive(system, [path for path in (program, *marks, book) if path is not None])
    if program is not None:
        findings += _python(system, program, found[0].bits if found else None, marks)
    return findings


def installed(system: System, *, to: str | None = None) -> list[Finding]:
    """Return what is installed where: the add-in, and the interpreter of the settings."""
    marks = addins(system, excels(system), chosen_folder(system, to) if to else None)
    return [*doctor_excel.addin(marks), *doctor_python.interpreter(system)[1]]


def failed(findings: list[Finding]) -> bool:
    """Tell whether a finding keeps functions from working."""
    return any(finding.status is Status.PROBLEM for finding in findings)


def _python(system: System, program: PureWindowsPath, bits: int | None, marks: doctor_excel.Marks) -> list[Finding]:
    python, findings = doctor_python.packages(system, program)
    if python is None:
        return findings
    addin, mark = next(iter(marks.items()), (None, None))
    if bits is not None:
        findings += doctor_python.dll(system, python, bits, mark)
        findings += doctor_python.bitness(python, bits)
    return [*findings, *doctor_python.server(system, python, addin)]


def _here() -> list[Finding]:
    """Check this Python itself: its packages, and a function."""
    told = f"xlclv {xlclv.__version__}, Python {platform.python_version()}, {platform.system()}"
    missing = [name for name in _NEEDED if _version(name) is None]
    names = " ".join(missing)
    here = (
        problem(
            "here",
            f"This Python lacks {', '.join(missing)}; run python -m pip install {names}.",
            f"当前 Python 缺少 {'、'.join(missing)}；请运行 python -m pip install {names}。",
        )
        if missing
        else good("here", f"{told}; all packages are there.", f"{told}；所需的包齐全。")
    )
    value = call(TEST.function, *TEST.arguments)
    result = (
        good("function", "CLV(100,2,36) gives 7200 in this Python.", "CLV(100,2,36) 在当前 Python 中得到 7200。")
        if value == EXPECTED
        else problem(
            "function",
            f"CLV(100,2,36) gives {value}, not 7200; run python -m pip install --force-reinstall xlclv.",
            f"CLV(100,2,36) 得到 {value}，而不是 7200；请运行 python -m pip install --force-reinstall xlclv。",
        )
    )
    return [here, result]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _elsewhere() -> Finding:
    return good(
        "excel",
        "This is not Windows, so there is no Excel to check: the add-in runs in Excel on Windows only.",
        "当前系统不是 Windows，没有可检查的 Excel：加载项只能在 Windows 版 Excel 中运行。",
    )
