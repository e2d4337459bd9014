"""The add-in and xlwings' settings put in place, and taken away again: only what is ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PureWindowsPath

import xlclv
from xlclv.errors import FileError
from xlclv.hosts.excel.marker import NAME
from xlclv.hosts.excel.places import (
    excel_runs,
    expand,
    in_store,
    is_blocked,
    mark_at,
    settings_file,
    start_folder,
)
from xlclv.hosts.excel.settings import INTERPRETER, MODULE, Settings
from xlclv.hosts.excel.windows import System
from xlclv.text import Text


def built() -> bytes:
    """Return the add-in built now."""
    from xlclv.hosts.excel.addin import build_addin

    return build_addin()


def install(
    system: System, *, to: str | None = None, force: bool = False, build: Callable[[], bytes] = built
) -> list[Text]:
    """Copy the add-in into the user's start folder of Excel, write xlwings' settings, and tell what was done.

    Parameters
    ----------
    system : System
        The Windows to install in.
    to : str, optional
        Another folder than Excel's start folder.
    force : bool
        Replace a file of that name that is not ours, and the interpreter somebody else has set.
    build : callable
        Makes the add-in.

    Raises
    ------
    FileError
        If this Python is the Microsoft Store's, there is no start folder, the file or the interpreter is somebody
        else's, or Excel holds the file. Nothing has been changed then.
    """
    if in_store(system.interpreter):
        raise FileError(
            "Python from the Microsoft Store cannot install the add-in, because its files are hidden from Excel; "
            "install Python from python.org, then xlclv in it.",
            "Microsoft Store 版 Python 无法安装加载项，因为 Excel 看不到它的文件；请从 python.org 安装 Python，"
            "再在其中安装 xlclv。",
        )
    folder = chosen_folder(system, to)
    file, settings = read_settings(system)
    lines = _planned(system, settings, force)
    target = folder / NAME
    local = system.local(target)
    mark = mark_at(system, target)
    if local.exists() and mark is None and not force:
        raise FileError(
            f"{target} is no add-in of xlclv; rename it, or --force to replace it.",
            f"{target} 不是 xlclv 的加载项；请将其改名，或用 --force 替换。",
        )
    if to is None:
        local.parent.mkdir(parents=True, exist_ok=True)
    content = build()
    # A marked file is written again even when it is the same: the new one has no mark.
    if local.exists() and local.read_bytes() == content and not is_blocked(system, target):
        told = Text(f"{target} is up to date ({xlclv.__version__}).", f"{target} 已是最新（{xlclv.__version__}）。")
    else:
        _write(system, content, target)
        told = Text(f"Installed {target} ({xlclv.__version__}).", f"已安装 {target}（{xlclv.__version__}）。")
    system.local(file).parent.mkdir(parents=True, exist_ok=True)
    if not system.local(file).exists() or settings.content != system.local(file).read_bytes():
        _save(settings.content, system.local(file), ".conf")
    return [told, *lines, _next_step(system, target, to)]


def uninstall(system: System, *, to: str | None = None) -> list[Text]:
    """Remove the add-in and our rows of xlwings' settings, and tell what was done.

    Raises
    ------
    FileError
        If there is no start folder, or Excel holds the file.
    """
    target = chosen_folder(system, to) / NAME
    local = system.local(target)
    lines = []
    if not local.exists():
        lines.append(Text(f"There is no {target}.", f"{target} 不存在。"))
    elif mark_at(system, target) is None:
        lines.append(Text(f"Left {target}, which is no add-in of xlclv.", f"保留 {target}：它不是 xlclv 的加载项。"))
    else:
        try:
            local.unlink()
        except OSError as error:
            raise _held(system, target, error) from error
        lines.append(Text(f"Removed {target}.", f"已删除 {target}。"))
    file, settings = read_settings(system)
    dropped = settings.drop_ours()
    if not dropped:
        lines.append(Text(f"No settings of xlclv in {file}.", f"{file} 中没有 xlclv 的设置。"))
        return lines
    if settings.content:
        _save(settings.content, system.local(file), ".conf")
    else:
        system.local(file).unlink()
    names = ", ".join(dropped)
    return [*lines, Text(f"Removed the settings {names} from {file}.", f"已从 {file} 删除设置 {names}。")]


def chosen_folder(system: System, to: str | None) -> PureWindowsPath:
    """Return the folder of the add-in.

    Raises
    ------
    FileError
        If none is given and Excel's start folder cannot be found, or the one given is not there.
    """
    folder = start_folder(system) if to is None else system.absolute(to)
    if folder is None:
        raise FileError(
            "Excel's start folder XLSTART was not found; install Excel and open it once, or name a folder with --to.",
            "未找到 Excel 的启动文件夹 XLSTART；请安装并打开一次 Excel，或用 --to 指定文件夹。",
        )
    if to is not None and not system.local(folder).is_dir():
        raise FileError(
            f"There is no folder {folder}; make it first or choose another.",
            f"文件夹 {folder} 不存在；请先创建，或改用其他文件夹。",
        )
    return folder


def read_settings(system: System) -> tuple[PureWindowsPath, Settings]:
    """Return xlwings' settings file and its rows, none where it is not there.

    Raises
    ------
    FileError
        If the user has no folder, or the file cannot be read.
    """
    file = settings_file(system)
    if file is None:
        raise FileError(
            "The variable USERPROFILE is not set, so xlwings' settings file has no place; sign in as a user.",
            "环境变量 USERPROFILE 未设置，无法确定 xlwings 设置文件的位置；请以普通用户登录。",
        )
    try:
        content = system.local(file).read_bytes()
    except FileNotFoundError:
        content = b""
    except OSError as error:
        raise FileError(
            f"{file} cannot be read; close the program that holds it and try again.",
            f"无法读取 {file}；请关闭占用它的程序后重试。",
        ) from error
    return file, Settings(content, system.encoding)


def same_python(one: PureWindowsPath, other: PureWindowsPath) -> bool:
    """Tell whether two programs belong to one Python: python.exe and pythonw.exe do."""
    names = {PureWindowsPath(path.name) for path in (one, other)}
    return one.parent == other.parent and names <= {PureWindowsPath("python.exe"), PureWindowsPath("pythonw.exe")}


def _planned(system: System, settings: Settings, force: bool) -> list[Text]:
    """Put our rows among the settings and tell what they are; the file is not written yet."""
    python = system.interpreter
    named = settings.interpreter(lambda text: expand(system, text))
    told = settings.get(INTERPRETER) or settings.get("INTERPRETER")
    if settings.ours(INTERPRETER) or not (named or told):
        settings.put(INTERPRETER, str(python))
        lines = [Text(f"Excel uses the Python {python}.", f"Excel 使用的 Python：{python}。")]
    elif named is not None and (named == python or same_python(named, python)):
        lines = [
            Text(f"xlwings' settings name this Python already: {named}.", f"xlwings 的设置已指向此 Python：{named}。")
        ]
    elif force:
        settings.put(INTERPRETER, str(python))
        lines = [
            Text(
                f"Excel uses the Python {python}, in place of {named or told}; xlclv addin uninstall gives it back.",
                f"Excel 使用的 Python：{python}，替换了 {named or told}；xlclv addin uninstall 会恢复原设置。",
            )
        ]
    else:
        raise FileError(
            f"xlwings' settings name another Python, {named or told}; install xlclv there and run xlclv addin install "
            "with it, or --force to let all xlwings workbooks use this one.",
            f"xlwings 的设置指向另一个 Python：{named or told}；请在其中安装 xlclv 并运行 xlclv addin install，"
            "或用 --force 让所有 xlwings 工作簿改用当前的 Python。",
        )
    if not settings.has("PYTHONPATH"):
        settings.put("PYTHONPATH", "")
    # A default for every workbook of xlwings: not set where somebody else uses xlwings, as the add-in names the module.
    if settings.ours("UDF MODULES") or not (settings.has("UDF MODULES") or settings.others):
        settings.put("UDF MODULES", MODULE)
    return lines


def _write(system: System, content: bytes, target: PureWindowsPath) -> None:
    try:
        _save(content, system.local(target), ".xlam")
    except FileError as error:
        raise _held(system, target, error) from error


def _save(content: bytes, path: Path, ending: str) -> None:
    # Imported late: the doctor, which reads settings here, has to run where a package of the workbooks is broken.
    from xlclv.workbook.package import save

    save(content, path, (ending,))


def _held(system: System, target: PureWindowsPath, error: OSError | FileError) -> FileError:
    """Return the sentence for an add-in that cannot be replaced or removed: mostly because Excel has it open."""
    if excel_runs(system):
        return FileError(
            f"Excel is running and holds {target}; close Excel and try again.",
            f"Excel 正在运行并占用 {target}；请关闭 Excel 后重试。",
        )
    if isinstance(error, FileError):
        return error
    return FileError(
        f"{target} cannot be removed; it is protected, or open in another program.",
        f"无法删除 {target}；文件受保护，或正被其他程序打开。",
    )


def _next_step(system: System, target: PureWindowsPath, to: str | None) -> Text:
    if to is not None:
        return Text(
            f"In Excel, choose File, Options, Add-ins, Go, Browse and {target}; then type =CLV(100,2,36) in a cell: "
            "7200.",
            f"在 Excel 中依次选择“文件、选项、加载项、转到、浏览”并选中 {target}；"
            "然后在单元格输入 =CLV(100,2,36)，得到 7200。",
        )
    if excel_runs(system):
        return Text(
            "Close Excel and start it again, then type =CLV(100,2,36) in a cell: 7200.",
            "请关闭并重新启动 Excel，然后在单元格输入 =CLV(100,2,36)，得到 7200。",
        )
    return Text(
        "Start Excel and type =CLV(100,2,36) in a cell: 7200.", "启动 Excel，在单元格输入 =CLV(100,2,36)，得到 7200。"
    )
