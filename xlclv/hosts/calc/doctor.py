"""Everything that can keep the functions from working in LibreOffice, checked one after the other."""

from __future__ import annotations

import tempfile
from pathlib import Path

from xlclv import __version__
from xlclv.hosts.calc.client import Client, WorkerError
from xlclv.hosts.calc.extension import WORKER
from xlclv.hosts.calc.office import Installed, Office, find_office, installed, is_open, profile_folder, run
from xlclv.hosts.excel.finding import Finding, Status, good, problem, warning

#: The oldest LibreOffice whose Python is new enough.
OLDEST = (7, 0)
EXPECTED = 7200.0
_TEST = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"
 office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body>
<office:spreadsheet><table:table table:name="t"><table:table-row>
<table:table-cell table:formula="of:=XLCLV.CLV(100;2;36)"/>
</table:table-row></table:table></office:spreadsheet></office:body></office:document>
"""


def examine(*, profile: str | None = None) -> list[Finding]:
    """Return what every check found, each with what to do; what cannot be checked because of another is left out."""
    findings = look(profile=profile)
    if failed(findings):
        return findings
    folder = profile_folder(profile)
    office, extension = find_office(), installed(folder)
    if office is None or extension is None:
        return findings
    checks = [_interpreter(extension)]
    if not failed(checks):
        checks.append(_worker(extension))
    if not failed(checks):
        checks.append(_cell(office, folder))
    return findings + checks


def look(*, profile: str | None = None) -> list[Finding]:
    """Return what is installed."""
    office, folder = find_office(), profile_folder(profile)
    found = _office(office)
    return [found] if found.status is Status.PROBLEM else [found, _extension(installed(folder))]


def failed(findings: list[Finding]) -> bool:
    """Return whether there is a problem among findings."""
    return any(finding.status is Status.PROBLEM for finding in findings)


def _office(office: Office | None) -> Finding:
    if office is None:
        return problem(
            "office",
            "LibreOffice was not found; install it from libreoffice.org, or put soffice on the PATH.",
            "未找到 LibreOffice；请从 libreoffice.org 安装，或将 soffice 加入 PATH。",
        )
    if office.version < OLDEST:
        return problem(
            "office",
            f"LibreOffice {office.shown} is too old; install 7.0 or newer.",
            f"LibreOffice {office.shown} 过旧；请安装 7.0 或更高版本。",
        )
    if office.boxed:
        return problem(
            "office",
            f"{office.program} runs in a box that cannot start a Python; install LibreOffice from libreoffice.org "
            "or your distribution.",
            f"{office.program} 在沙盒中运行，无法启动 Python；请从 libreoffice.org 或发行版软件源安装 LibreOffice。",
        )
    return good(
        "office", f"LibreOffice {office.shown}: {office.program}", f"LibreOffice {office.shown}：{office.program}"
    )


def _extension(found: Installed | None) -> Finding:
    if found is None:
        return problem(
            "extension",
            "The extension is not installed; run xlclv calc install.",
            "扩展尚未安装；请运行 xlclv calc install。",
        )
    if found.version != __version__:
        return problem(
            "extension",
            f"The extension is of xlclv {found.version} and this is xlclv {__version__}; run xlclv calc install.",
            f"扩展属于 xlclv {found.version}，而当前为 xlclv {__version__}；请运行 xlclv calc install。",
        )
    return good(
        "extension", f"The extension of xlclv {found.version} is installed.", f"已安装 xlclv {found.version} 的扩展。"
    )


def _interpreter(extension: Installed) -> Finding:
    if not Path(extension.python).is_file():
        return problem(
            "interpreter",
            f"The Python of the extension, {extension.python}, is gone; run xlclv calc install with the one to use.",
            f"扩展所用的 Python {extension.python} 已不存在；请用要使用的 Python 运行 xlclv calc install。",
        )
    code, said = run([extension.python, "-c", "import xlclv; print(xlclv.__version__)"], 60)
    version = said.strip().splitlines()[-1] if said.strip() else ""
    if code or version != __version__:
        return problem(
            "interpreter",
            f"{extension.python} has no xlclv {__version__} ({version[:120]}); install it there, or run xlclv calc "
            "install with another Python.",
            f"{extension.python} 中没有 xlclv {__version__}（{version[:120]}）；请在其中安装，或用其他 Python 运行 "
            "xlclv calc install。",
        )
    return good("interpreter", f"{extension.python} has xlclv {version}.", f"{extension.python} 装有 xlclv {version}。")


def _worker(extension: Installed) -> Finding:
    client = Client([extension.python, *WORKER], 60)
    try:
        value = client.call("CLV", [100.0, 2.0, 36.0])
    except WorkerError as error:
        return problem(
            "worker",
            f"The worker does not answer: {error}; look into {extension.folder / 'xlclv.log'}.",
            f"工作进程没有应答：{error}；请查看 {extension.folder / 'xlclv.log'}。",
        )
    finally:
        client.close()
    if value != EXPECTED:
        return problem(
            "worker",
            f"The worker gives {value} for CLV(100;2;36), not 7200; install xlclv again.",
            f"工作进程对 CLV(100;2;36) 给出 {value}，而不是 7200；请重新安装 xlclv。",
        )
    return good("worker", "The worker gives 7200 for CLV(100;2;36).", "工作进程对 CLV(100;2;36) 给出 7200。")


def _cell(office: Office, profile: Path) -> Finding:
    if is_open(profile):
        return warning(
            "cell",
            "LibreOffice is open, so no cell was tried; close it and run this again, or enter =CLV(100;2;36).",
            "LibreOffice 正在运行，未测试单元格；请关闭后再次运行 xlclv calc doctor，或直接输入 =CLV(100;2;36)。",
        )
    shown = cell_value(office, profile)
    if shown != "7200":
        return problem(
            "cell",
            f"A cell with =XLCLV.CLV(100;2;36) shows {shown[:80] or 'nothing'}; run xlclv calc install, then look into "
            "Tools, Extensions.",
            f"单元格 =XLCLV.CLV(100;2;36) 显示 {shown[:80] or '空'}；请运行 xlclv calc install，再查看“工具 - 扩展”。",
        )
    return good("cell", "A cell with =XLCLV.CLV(100;2;36) shows 7200.", "单元格 =XLCLV.CLV(100;2;36) 显示 7200。")


def cell_value(office: Office, profile: Path) -> str:
    """Return what a cell shows in a LibreOffice without windows."""
    with tempfile.TemporaryDirectory() as place:
        test = Path(place) / "test.fods"
        test.write_text(_TEST, encoding="utf-8")
        start = [str(office.program), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        code, said = run([*start, "--convert-to", "csv", "--outdir", place, str(test)])
        result = test.with_suffix(".csv")
        return result.read_text("utf-8").strip() if result.exists() else f"({code}) {said.strip()}"
