"""``xlclv calc``: the extension of LibreOffice built, installed, removed and looked at."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import xlclv
from xlclv.cli import FINDINGS, GOOD
from xlclv.cli.console import print_rows
from xlclv.errors import FileError
from xlclv.hosts.calc.doctor import examine, failed, look
from xlclv.hosts.calc.extension import IDENTIFIER, build_extension
from xlclv.hosts.calc.install import install, uninstall
from xlclv.hosts.excel.finding import Finding
from xlclv.text import Text


def build(options: argparse.Namespace) -> int:
    """Write the extension to a file."""
    from xlclv.workbook.package import check_target, save

    target = check_target(Path(options.out).expanduser(), (".oxt",))
    if target.exists() and not options.force and IDENTIFIER.encode() not in _description(target):
        raise FileError(
            f"{target.name} exists and is no extension of xlclv; choose another name, or --force to replace it.",
            f"{target.name} 已存在且不是 xlclv 的扩展；请改用其他文件名，或用 --force 替换。",
        )
    save(build_extension(options.python, options.timeout), target, (".oxt",))
    print(Text(f"Wrote {target}", f"已写入 {target}").of(options.lang))
    return GOOD


def _description(target: Path) -> bytes:
    import zipfile

    try:
        with zipfile.ZipFile(target) as package:
            return package.read("description.xml")
    except (OSError, KeyError, zipfile.BadZipFile):
        return b""


def put(options: argparse.Namespace) -> int:
    """Install the extension for this user."""
    return _told(install(profile=options.profile, python=options.python, timeout=options.timeout), options.lang)


def remove(options: argparse.Namespace) -> int:
    """Remove the extension."""
    return _told(uninstall(profile=options.profile), options.lang)


def status(options: argparse.Namespace) -> int:
    """Tell what is installed; exit code 1 when something is missing."""
    findings = look(profile=options.profile)
    _told([finding.text for finding in findings], options.lang)
    return FINDINGS if failed(findings) else GOOD


def doctor(options: argparse.Namespace) -> int:
    """Print what every check found; exit code 1 when there is a problem."""
    findings = examine(profile=options.profile)
    if options.json:
        print(_json(findings, options.lang))
    else:
        header = [Text("status", "状态").of(options.lang), Text("finding", "结果").of(options.lang)]
        rows = [[finding.status.label.of(options.lang), finding.text.of(options.lang)] for finding in findings]
        print_rows([header, *rows], header=True)
    return FINDINGS if failed(findings) else GOOD


def _json(findings: list[Finding], lang: str) -> str:
    told = [
        {"check": finding.check, "status": finding.status.value, "text": finding.text.of(lang)} for finding in findings
    ]
    answer = {"xlclv": xlclv.__version__, "system": sys.platform, "findings": told}
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _told(lines: list[Text], lang: str) -> int:
    for line in lines:
        print(line.of(lang))
    return GOOD
