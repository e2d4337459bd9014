"""What the doctor checks of Excel: its edition, the add-in, and what may keep macros from running."""

from __future__ import annotations

from pathlib import PureWindowsPath
from typing import Any

import xlclv
from xlclv.hosts.excel.finding import Finding, good, problem, warning
from xlclv.hosts.excel.marker import Mark
from xlclv.hosts.excel.places import CURRENT, OFFICE, Excel, in_one_drive, is_blocked, start_folder
from xlclv.hosts.excel.windows import Hive, System

Marks = dict[PureWindowsPath, Mark]


def edition(found: list[Excel]) -> list[Finding]:
    """Check that there is an Excel that can load the add-in."""
    if not found:
        return [
            problem(
                "excel",
                "No Excel was found on this computer; install Excel 2016 or newer for Windows.",
                "未在本机找到 Excel；请安装 Windows 版 Excel 2016 或更高版本。",
            )
        ]
    excel = found[0]
    if excel.store:
        return [
            problem(
                "excel",
                "Excel is the Microsoft Store edition, which cannot reach Python; remove it and install Office from "
                "office.com.",
                "Excel 是 Microsoft Store 版，无法连接 Python；请卸载后从 office.com 安装 Office。",
            )
        ]
    if float(excel.version) < float(CURRENT):
        return [
            problem(
                "excel",
                f"Excel {excel.version} is too old; install Excel 2016 or newer.",
                f"Excel {excel.version} 版本过旧；请安装 Excel 2016 或更高版本。",
            )
        ]
    return [
        good(
            "excel",
            f"Excel {excel.version}, {excel.bits}-bit: {excel.program}.",
            f"Excel {excel.version}，{excel.bits} 位：{excel.program}。",
        )
    ]


def addin(marks: Marks) -> list[Finding]:
    """Check that Excel opens one add-in of ours, and of this version."""
    if not marks:
        return [
            problem(
                "addin",
                "The add-in is not installed; run xlclv addin install.",
                "加载项尚未安装；请运行 xlclv addin install。",
            )
        ]
    if len(marks) > 1:
        paths = [f"{path} ({mark.version})" for path, mark in marks.items()]
        return [
            problem(
                "addin",
                f"Excel opens more than one add-in of xlclv: {', '.join(paths)}; delete all but the first.",
                f"Excel 会打开多个 xlclv 加载项：{'、'.join(paths)}；请只保留第一个，删除其余。",
            )
        ]
    path, mark = next(iter(marks.items()))
    if mark.version != xlclv.__version__:
        return [
            problem(
                "addin",
                f"The add-in {path} is of version {mark.version}, xlclv of {xlclv.__version__}; close Excel and run "
                "xlclv addin install.",
                f"加载项 {path} 的版本是 {mark.version}，而 xlclv 是 {xlclv.__version__}；请关闭 Excel 并运行 "
                "xlclv addin install。",
            )
        ]
    return [good("addin", f"The add-in {mark.version}: {path}.", f"加载项 {mark.version}：{path}。")]


def blocked(system: System, marks: Marks, workbook: PureWindowsPath | None) -> list[Finding]:
    """Check that Windows has not marked the add-in or the workbook as coming from the internet."""
    marked = [path for path in [*marks, *([workbook] if workbook else [])] if is_blocked(system, path)]
    return [
        problem(
            "blocked",
            f"Windows blocks {path} because it came from the internet; close Excel, right-click the file, choose "
            "Properties and tick Unblock.",
            f"Windows 因 {path} 来自互联网而将其锁定；请关闭 Excel，右键单击该文件，选择“属性”并勾选“解除锁定”。",
        )
        for path in marked
    ] or [good("blocked", "No file is blocked.", "没有文件被锁定。")]


def disabled(system: System, found: list[Excel]) -> list[Finding]:
    """Check that Excel has not put the add-in on its list of files that made it fail."""
    word = "xlclv".encode("utf-16-le")
    for excel in found:
        listed = system.values(Hive.USER, rf"{OFFICE}\{excel.version}\Excel\Resiliency\DisabledItems")
        if any(isinstance(value, bytes) and word in value.lower() for value in listed.values()):
            return [
                problem(
                    "disabled",
                    "Excel has disabled xlclv after a failure; in Excel choose File, Options, Add-ins, Manage: "
                    "Disabled Items, Go, then xlclv and Enable.",
                    "Excel 在一次故障后禁用了 xlclv；请在 Excel 中选择“文件、选项、加载项、管理：禁用项目、转到”，"
                    "选中 xlclv 并启用。",
                )
            ]
    return [good("disabled", "Excel has not disabled the add-in.", "Excel 没有禁用加载项。")]


def macros(system: System, found: list[Excel], marks: Marks) -> list[Finding]:
    """Check that Excel's Trust Center lets the add-in run."""
    version = found[0].version
    if _policy(system, rf"{version}\Common", "VbaOff") == 1:
        return [
            problem(
                "macros",
                "Your organisation has switched VBA off in Office; ask its administrators to allow it.",
                "贵组织已在 Office 中关闭 VBA；请联系管理员开启。",
            )
        ]
    if _setting(system, rf"{version}\Excel\Security", "DisableAllAddins") == 1:
        return [
            problem(
                "macros",
                "Excel disables all add-ins; in Excel choose File, Options, Trust Center, Add-ins and clear Disable "
                "all Application Add-ins.",
                "Excel 禁用了所有加载项；请在 Excel 中选择“文件、选项、信任中心、加载项”，"
                "取消“禁用所有应用程序加载项”。",
            )
        ]
    if _setting(system, rf"{version}\Excel\Security", "RequireAddinSig") == 1:
        return [
            problem(
                "macros",
                "Excel wants signed add-ins, and xlclv's is not signed; in Excel choose File, Options, Trust Center, "
                "Add-ins and clear Require Application Add-ins to be signed.",
                "Excel 要求加载项带签名，而 xlclv 的加载项没有签名；请在“文件、选项、信任中心、加载项”中取消该要求。",
            )
        ]
    start = start_folder(system)
    untrusted = _setting(system, rf"{version}\Excel\Security\Trusted Locations", "AllLocationsDisabled") == 1
    outside = untrusted or any(path.parent != start for path in marks)
    if _setting(system, rf"{version}\Excel\Security", "VBAWarnings") not in (3, 4):
        return [good("macros", "Excel lets macros run or asks.", "Excel 允许运行宏，或会先询问。")]
    if outside:
        return [
            problem(
                "macros",
                "Excel disables macros, and the add-in is in no trusted location; in Excel choose File, Options, Trust "
                "Center, Macro Settings and Disable VBA macros with notification.",
                "Excel 禁用了宏，且加载项不在受信任位置；请在“文件、选项、信任中心、宏设置”中"
                "选择“通过通知禁用 VBA 宏”。",
            )
        ]
    return [
        warning(
            "macros",
            "Excel disables macros outside trusted locations: the functions work, but the buttons of a workbook do not "
            "until its folder is a trusted location (File, Options, Trust Center).",
            "Excel 禁用受信任位置以外的宏：函数可用，但工作簿中的按钮须先把所在文件夹设为受信任位置"
            "（“文件、选项、信任中心”）才能使用。",
        )
    ]


def internet(system: System, found: list[Excel]) -> list[Finding]:
    """Tell of a policy that blocks macros in every file from the internet."""
    if _policy(system, rf"{found[0].version}\Excel\Security", "blockcontentexecutionfrominternet") != 1:
        return []
    return [
        warning(
            "internet",
            "Your organisation blocks macros in files from the internet; unblock a downloaded workbook (right-click, "
            "Properties, Unblock) before opening it.",
            "贵组织会阻止来自互联网的文件运行宏；打开下载的工作簿前，请先解除锁定（右键、属性、解除锁定）。",
        )
    ]


def one_drive(system: System, paths: list[PureWindowsPath]) -> list[Finding]:
    """Check that nothing xlwings has to find lies in OneDrive, where Excel tells web addresses in place of paths."""
    return [
        warning(
            "one_drive",
            f"{path} lies in OneDrive, where Excel and Python may not find it; move it to a folder such as C:\\xlclv.",
            f"{path} 位于 OneDrive 中，Excel 和 Python 可能找不到它；请移到 C:\\xlclv 之类的本地文件夹。",
        )
        for path in paths
        if in_one_drive(system, path)
    ] or [good("one_drive", "Nothing needed lies in OneDrive.", "所需文件都不在 OneDrive 中。")]


def _policy(system: System, key: str, name: str) -> Any:
    """Return what an administrator has set, on the computer or from the cloud; names have no capitals."""
    for place in (r"SOFTWARE\Policies\Microsoft\Office", r"SOFTWARE\Policies\Microsoft\Cloud\Office"):
        value = _value(system, rf"{place}\{key}", name)
        if value is not None:
            return value
    return None


def _setting(system: System, key: str, name: str) -> Any:
    """Return what is set, by an administrator or else by the user."""
    set_for_all = _policy(system, key, name)
    return _value(system, rf"{OFFICE}\{key}", name) if set_for_all is None else set_for_all


def _value(system: System, key: str, name: str) -> Any:
    values = system.values(Hive.USER, key)
    return next((value for told, value in values.items() if told.lower() == name.lower()), None)
