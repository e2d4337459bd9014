"""``xlclv addin``: the add-in of Excel built, installed, removed and looked at."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from xlclv.cli import FINDINGS, GOOD
from xlclv.errors import FileError
from xlclv.hosts.excel.addin_install import built, install, uninstall
from xlclv.hosts.excel.doctor import failed, installed
from xlclv.hosts.excel.marker import mark_of
from xlclv.hosts.excel.windows import System, this_system
from xlclv.text import Text


def build(options: argparse.Namespace) -> int:
    """Write the add-in to a file; this works on every system."""
    from xlclv.workbook.package import check_target, save

    target = check_target(Path(options.out).expanduser(), (".xlam",))
    if target.exists() and not options.force and mark_of(target.read_bytes()) is None:
        raise FileError(
            f"{target.name} exists and is no add-in of xlclv; choose another name, or --force to replace it.",
            f"{target.name} 已存在且不是 xlclv 的加载项；请改用其他文件名，或用 --force 替换。",
        )
    save(built(), target, (".xlam",))
    print(Text(f"Wrote {target}", f"已写入 {target}").of(options.lang))
    return GOOD


def put(options: argparse.Namespace) -> int:
    """Install the add-in for this user."""
    return _told(install(_windows(), to=options.to, force=options.force, build=built), options.lang)


def remove(options: argparse.Namespace) -> int:
    """Remove the add-in and the settings of xlclv."""
    return _told(uninstall(_windows(), to=options.to), options.lang)


def status(options: argparse.Namespace) -> int:
    """Tell what is installed; exit code 1 when something is missing."""
    findings = installed(_windows(), to=options.to)
    _told([finding.text for finding in findings], options.lang)
    return FINDINGS if failed(findings) else GOOD


def _told(lines: list[Text], lang: str) -> int:
    for line in lines:
        print(line.of(lang))
    return GOOD


def _windows() -> System:
    """Return this Windows.

    Raises
    ------
    FileError
        On another system.
    """
    system = this_system()
    if system is None:
        raise FileError(
            f"The add-in runs in Excel on Windows, and this is {sys.platform}; xlclv addin build writes the file to "
            "take there.",
            f"加载项只能在 Windows 版 Excel 中运行，而当前系统是 {sys.platform}；可用 xlclv addin build 生成文件后带到 "
            "Windows 使用。",
        )
    return system
