"""What the doctor checks of Python: the interpreter, its packages, xlwings' DLL and its server."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import PureWindowsPath

import xlclv
from xlclv.hosts.excel.addin_install import read_settings
from xlclv.hosts.excel.finding import Finding, good, problem, warning
from xlclv.hosts.excel.marker import Mark
from xlclv.hosts.excel.places import bits_of, expand, in_store, is_there
from xlclv.hosts.excel.settings import MODULE
from xlclv.hosts.excel.windows import Hive, Question, System
from xlclv.text import Text

#: Seconds for the interpreter to say what it holds, and for the server to answer.
VERSIONS_TIME, SERVER_TIME = 60.0, 60.0
#: Prints what an interpreter holds, as JSON.
PROGRAM = """\
import importlib.metadata, json, struct
def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
names = ("xlclv", "xlwings", "pywin32")
print(json.dumps({"bits": 8 * struct.calcsize("P"), **{name: version(name) for name in names}}))
"""
TEST = Question(MODULE, "CLV", (100.0, 2.0, 36.0))
EXPECTED = 7200.0


@dataclass(frozen=True)
class Python:
    """The interpreter Excel uses, and what it holds."""

    program: PureWindowsPath
    bits: int
    xlwings: str


def interpreter(system: System) -> tuple[PureWindowsPath | None, list[Finding]]:
    """Find the interpreter of xlwings' settings; None when it cannot be used."""
    file, settings = read_settings(system)
    named = settings.interpreter(lambda text: expand(system, text))
    if named is None:
        return None, [
            problem(
                "interpreter",
                f"{file} names no Python for Excel to use; run xlclv addin install.",
                f"{file} 没有指定供 Excel 使用的 Python；请运行 xlclv addin install。",
            )
        ]
    if in_store(named):
        return None, [
            problem(
                "interpreter",
                "Excel is to use the Microsoft Store's Python, whose server it cannot reach; install Python from "
                "python.org and xlclv in it, then run xlclv addin install.",
                "Excel 被设为使用 Microsoft Store 版 Python，而它无法连接其服务；请从 python.org 安装 Python，"
                "在其中安装 xlclv，然后运行 xlclv addin install。",
            )
        ]
    if not is_there(system, named):
        return None, [
            problem(
                "interpreter",
                f"The Python that Excel is to use is gone: {named}; run xlclv addin install from the Python that has "
                "xlclv now.",
                f"Excel 要使用的 Python 已不存在：{named}；请用现在装有 xlclv 的 Python 运行 xlclv addin install。",
            )
        ]
    return named, [good("interpreter", f"Excel uses the Python {named}.", f"Excel 使用的 Python：{named}。")]


def packages(system: System, program: PureWindowsPath) -> tuple[Python | None, list[Finding]]:
    """Ask the interpreter what it holds; None when it cannot run the functions."""
    ended = system.run([str(program), "-c", PROGRAM], VERSIONS_TIME)
    try:
        held = json.loads(ended.output.splitlines()[-1]) if ended.code == 0 else None
    except (ValueError, IndexError):
        held = None
    if held is None:
        said = last_line(ended.output)
        return None, [
            problem(
                "packages",
                f"The Python {program} does not run{said.en}; install Python again, then xlclv, and run xlclv addin "
                "install.",
                f"Python {program} 无法运行{said.zh}；请重新安装 Python 和 xlclv，并运行 xlclv addin install。",
            )
        ]
    missing = [name for name in ("xlclv", "xlwings", "pywin32") if held[name] is None]
    if missing:
        names = " ".join(missing)
        return None, [
            problem(
                "packages",
                f"The Python that Excel uses lacks {', '.join(missing)}; run {program} -m pip install {names}.",
                f"Excel 使用的 Python 缺少 {'、'.join(missing)}；请运行 {program} -m pip install {names}。",
            )
        ]
    python = Python(program, held["bits"], held["xlwings"])
    if held["xlclv"] != xlclv.__version__:
        return python, [
            warning(
                "packages",
                f"The Python that Excel uses has xlclv {held['xlclv']}, this command is {xlclv.__version__}; run "
                f"{program} -m pip install xlclv=={xlclv.__version__}.",
                f"Excel 使用的 Python 中 xlclv 为 {held['xlclv']}，而此命令为 {xlclv.__version__}；请运行 "
                f"{program} -m pip install xlclv=={xlclv.__version__}。",
            )
        ]
    told = f"xlclv {held['xlclv']}, xlwings {held['xlwings']}, pywin32 {held['pywin32']}"
    return python, [good("packages", f"{told}.", f"{told}。")]


def dll(system: System, python: Python, bits: int, mark: Mark | None) -> list[Finding]:
    """Check the DLL that Excel loads: it must have Excel's bitness and the version of the add-in's xlwings."""
    wanted = mark.xlwings if mark else python.xlwings
    if wanted != python.xlwings:
        return [
            problem(
                "dll",
                f"The add-in was built for xlwings {wanted}, but {python.xlwings} is installed; close Excel and run "
                "xlclv addin install.",
                f"加载项按 xlwings {wanted} 生成，而已安装的是 {python.xlwings}；请关闭 Excel 并运行 "
                "xlclv addin install。",
            )
        ]
    name = f"xlwings{bits}-{wanted}.dll"
    # Where xlwings looks: beside the interpreter, and above it for a virtual environment.
    folders = [python.program.parent, python.program.parent.parent]
    there = [folder / name for folder in folders if is_there(system, folder / name)]
    again = f"{python.program} -m pip install --force-reinstall --no-deps xlwings=={wanted}"
    usable = [path for path in there if bits_of(system, path) in (bits, None)]
    if usable:
        return [good("dll", f"The DLL of xlwings: {usable[0]}.", f"xlwings 的 DLL：{usable[0]}。")]
    other = f"xlwings{96 - bits}-{wanted}.dll"
    if there or any(is_there(system, folder / other) for folder in folders):
        return [
            problem(
                "dll",
                f"Excel is {bits}-bit, but the DLL of xlwings beside Python is {96 - bits}-bit; close Excel and run "
                f"{again}.",
                f"Excel 是 {bits} 位，而 Python 旁的 xlwings DLL 是 {96 - bits} 位；请关闭 Excel 并运行 {again}。",
            )
        ]
    personal = PureWindowsPath(system.variable("APPDATA"), "Python", name)
    if is_there(system, personal):
        return [
            problem(
                "dll",
                f"xlwings was installed for this user only, so Excel does not find {name}; install xlclv in a virtual "
                "environment and run xlclv addin install from it.",
                f"xlwings 仅为当前用户安装，Excel 找不到 {name}；请把 xlclv 装入虚拟环境，"
                "并从中运行 xlclv addin install。",
            )
        ]
    return [
        problem(
            "dll",
            f"{name} is neither in {folders[0]} nor in {folders[1]}; close Excel and run {again}.",
            f"{folders[0]} 和 {folders[1]} 中都没有 {name}；请关闭 Excel 并运行 {again}。",
        )
    ]


def bitness(python: Python, bits: int) -> list[Finding]:
    """Tell of a Python of another bitness: it works, as both are programs of their own, but 32 bits hold little."""
    if python.bits == 32:
        return [
            warning(
                "bitness",
                f"Python is 32-bit and Excel {bits}-bit; this works, but a 64-bit Python holds larger tables.",
                f"Python 是 32 位，Excel 是 {bits} 位；可以工作，但 64 位 Python 能处理更大的表格。",
            )
        ]
    return [
        good(
            "bitness",
            f"Python is {python.bits}-bit, Excel {bits}-bit; they need not agree.",
            f"Python 是 {python.bits} 位，Excel 是 {bits} 位；二者无须一致。",
        )
    ]


def server(system: System, python: Python, addin: PureWindowsPath | None) -> list[Finding]:
    """Start the server as Excel does and call a function through it."""
    policy = system.values(Hive.USER, r"SOFTWARE\Policies\Microsoft\Windows\System")
    if policy.get("DisableCMD"):
        return [
            problem(
                "server",
                "Your organisation has disabled the command prompt, through which Excel starts Python; ask its "
                "administrators to allow it.",
                "贵组织禁用了命令提示符，而 Excel 需要通过它启动 Python；请联系管理员开启。",
            )
        ]
    _, settings = read_settings(system)
    folders = ";".join(["true", str(addin or ""), str(addin or ""), "", "", "", settings.get("PYTHONPATH")])
    answer = system.ask(python.program, folders, TEST, SERVER_TIME)
    if not answer.started:
        said = last_line(answer.trouble)
        again = f"{python.program} -m pip install --force-reinstall xlwings pywin32"
        return [
            problem(
                "server",
                f"The server of xlwings did not start{said.en}; close Excel, run {again}, then xlclv doctor again.",
                f"xlwings 的服务没有启动{said.zh}；请关闭 Excel，运行 {again}，再运行 xlclv doctor。",
            )
        ]
    started = good("server", "The server of xlwings starts.", "xlwings 的服务可以启动。")
    if answer.value == EXPECTED:
        return [started, good("call", "=CLV(100,2,36) gives 7200.", "=CLV(100,2,36) 得到 7200。")]
    said = last_line(answer.trouble or f"it gave {answer.value!r}")
    return [
        started,
        problem(
            "call",
            f"=CLV(100,2,36) did not give 7200{said.en}; run {python.program} -m pip install --force-reinstall xlclv.",
            f"=CLV(100,2,36) 没有得到 7200{said.zh}；请运行 {python.program} -m pip install --force-reinstall xlclv。",
        ),
    ]


def last_line(output: str) -> Text:
    """Return what a program said last, in brackets, or nothing."""
    lines = [" ".join(line.split()) for line in re.split(r"[\r\n]+", output) if line.strip()]
    return Text(f" ({lines[-1][:160]})", f"（{lines[-1][:160]}）") if lines else Text("", "")
