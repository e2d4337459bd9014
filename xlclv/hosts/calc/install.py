"""The extension put into LibreOffice and taken out of it."""

from __future__ import annotations

import os
import sys
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from xlclv.errors import FileError
from xlclv.hosts.calc.extension import FILE_NAME, IDENTIFIER, TIMEOUT, build_extension
from xlclv.hosts.calc.office import Office, find_office, installed, is_open, office_python, profile_folder, run
from xlclv.text import Text


def install(*, profile: str | None = None, python: str | None = None, timeout: float = TIMEOUT) -> list[Text]:
    """Put the extension into LibreOffice; functions are computed by ``python``, this one if left out.

    Returns
    -------
    list of Text
        What was done, and what is left to do.

    Raises
    ------
    FileError
        If there is no LibreOffice, or it does not take the extension.
    """
    office, folder = _office(), profile_folder(profile)
    interpreter = python or sys.executable
    if office.boxed:
        raise FileError(
            f"{office.program} runs in a box that cannot start a Python; install LibreOffice from libreoffice.org or "
            "your distribution.",
            f"{office.program} 在沙盒中运行，无法启动 Python；请从 libreoffice.org 或发行版软件源安装 LibreOffice。",
        )
    if not Path(interpreter).is_file():
        raise FileError(
            f"There is no Python {interpreter}; give the path of one that has xlclv.",
            f"不存在 Python {interpreter}；请给出装有 xlclv 的 Python 的路径。",
        )
    was_open = is_open(folder)
    with tempfile.TemporaryDirectory() as place:
        package = Path(place) / FILE_NAME
        package.write_bytes(build_extension(str(Path(interpreter).absolute()), timeout))
        said = _change(office, folder, "add", str(package))
    found = installed(folder)
    if found is None or Path(found.python) != Path(interpreter).absolute():
        raise FileError(
            f"LibreOffice did not take the extension ({said}); close LibreOffice and try again.",
            f"LibreOffice 未接受扩展（{said}）；请关闭 LibreOffice 后重试。",
        )
    done = [
        Text(
            f"Installed xlclv {found.version} in LibreOffice {office.shown}; functions are computed by {found.python}.",
            f"已在 LibreOffice {office.shown} 中安装 xlclv {found.version}；函数由 {found.python} 计算。",
        ),
        Text("Try =CLV(100;2;36) in a cell: 7200.", "在单元格中试用 =CLV(100;2;36)，结果为 7200。"),
    ]
    return done + _restart(was_open)


def uninstall(*, profile: str | None = None) -> list[Text]:
    """Take the extension out of LibreOffice.

    Returns
    -------
    list of Text
        What was done.

    Raises
    ------
    FileError
        If there is no LibreOffice, or it keeps the extension.
    """
    office, folder = _office(), profile_folder(profile)
    if installed(folder) is None:
        return [Text("xlclv is not installed in LibreOffice.", "LibreOffice 中没有安装 xlclv。")]
    was_open = is_open(folder)
    said = _change(office, folder, "remove", IDENTIFIER)
    if installed(folder) is not None:
        raise FileError(
            f"LibreOffice keeps the extension ({said}); close LibreOffice and try again.",
            f"LibreOffice 未移除扩展（{said}）；请关闭 LibreOffice 后重试。",
        )
    return [Text("Removed xlclv from LibreOffice.", "已从 LibreOffice 中移除 xlclv。"), *_restart(was_open)]


def _office() -> Office:
    office = find_office()
    if office is None:
        raise FileError(
            "LibreOffice was not found; install it from libreoffice.org, or put soffice on the PATH.",
            "未找到 LibreOffice；请从 libreoffice.org 安装，或将 soffice 加入 PATH。",
        )
    return office


def _restart(was_open: bool) -> list[Text]:
    if not was_open:
        return []
    return [
        Text(
            "LibreOffice is open; close all its windows and start it again to see the change.",
            "LibreOffice 正在运行；请关闭其全部窗口并重新启动，更改才会生效。",
        )
    ]


def _change(office: Office, profile: Path, action: str, what: str) -> str:
    """Add or remove an extension; return what LibreOffice said."""
    if os.name == "posix" and os.geteuid() == 0:
        return _change_as_root(office, profile, action, what)
    tool = office.program.resolve().with_name("unopkg.com" if sys.platform == "win32" else "unopkg")
    words = ["add", "-f"] if action == "add" else ["remove"]
    return _short(run([str(tool), *words, f"-env:UserInstallation={profile.as_uri()}", what])[1])


def _change_as_root(office: Office, profile: Path, action: str, what: str) -> str:
    python = office_python(office)
    if python is None:
        raise FileError(
            "No Python with the module uno was found, which root needs to change extensions; install python3-uno, or "
            "run this as a user.",
            "未找到带 uno 模块的 Python，而 root 更改扩展时需要它；请安装 python3-uno，或以普通用户运行。",
        )
    with as_file(files("xlclv.hosts.calc") / "source" / "manager.py") as script:
        command = [python, str(script), str(office.program), str(profile), action, what]
        code, said = run(command)
        return _short(run(command)[1] if code else said)  # now and then LibreOffice fails at its first start


def _short(said: str) -> str:
    """Return the last line of what a program said, which tells most."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and "javaldx" not in line]
    return lines[-1][:200] if lines else "nothing said"
