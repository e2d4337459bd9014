"""The file on the disk: refused before anything is written, never half written."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from xlclv.errors import FileError


def lock_files(path: Path) -> tuple[Path, Path]:
    """Return the files Excel and LibreOffice keep beside a workbook while it is open."""
    return path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")


def check_target(path: str | os.PathLike[str], endings: tuple[str, ...] = (".xlsx",)) -> Path:
    """Return the absolute path a workbook, or a file of other ``endings``, can be written to.

    Nothing is written by this check, so a command can make it before a long computation.

    Raises
    ------
    FileError
        If the target is a directory, has another ending, lies in a folder that is not there, cannot be
        written, or is open in Excel or LibreOffice.
    """
    given = os.fspath(path)
    target = Path(given).expanduser().resolve()
    allowed = " or ".join(endings)
    if target.is_dir():
        raise FileError(
            f"{given} is a folder; give the name of a file that ends in {allowed}.",
            f"{given} 是一个文件夹；请给出以 {allowed} 结尾的文件名。",
        )
    if target.suffix.lower() not in endings:
        raise FileError(
            f"{given} has the wrong ending; give a name that ends in {allowed}.",
            f"{given} 的扩展名不对；请给出以 {allowed} 结尾的文件名。",
        )
    folder = target.parent
    if not folder.is_dir():
        raise FileError(
            f"There is no folder {folder}; make it first or choose another.",
            f"文件夹 {folder} 不存在；请先创建，或改用其他文件夹。",
        )
    for lock in lock_files(target):
        if lock.exists():
            raise FileError(
                f"{given} is open in another program (its lock file {lock.name} is there); close it and try again.",
                f"{given} 正被其他程序打开（存在锁定文件 {lock.name}）；请关闭后重试。",
            )
    if not os.access(folder, os.W_OK) or (target.exists() and not os.access(target, os.W_OK)):
        raise _not_writable(given)
    return target


def save(content: bytes, path: str | os.PathLike[str], endings: tuple[str, ...] = (".xlsx",)) -> Path:
    """Write ``content`` to ``path`` so that either the old or the new file is there, whole, at every moment.

    Raises
    ------
    FileError
        As `check_target`, or when the disk refuses.
    """
    target = check_target(path, endings)
    _sweep(target)
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with beside.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(target)
    except PermissionError as error:
        raise _not_writable(os.fspath(path)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(
            f"{os.fspath(path)} could not be written: {reason}. Free some space or choose another folder.",
            f"无法写入 {os.fspath(path)}：{reason}。请释放磁盘空间或改用其他文件夹。",
        ) from error
    finally:
        beside.unlink(missing_ok=True)
    _sync_folder(target.parent)
    return target


def _not_writable(given: str) -> FileError:
    return FileError(
        f"{given} cannot be written; it is protected, or open in another program.",
        f"无法写入 {given}；文件受保护，或正被其他程序打开。",
    )


def _sweep(target: Path) -> None:
    """Remove what an earlier run that was killed while writing this file left beside it."""
    for left in target.parent.glob(f".{_escaped(target.name)}.*.part"):
        with suppress(OSError):
            left.unlink()


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _sync_folder(folder: Path) -> None:
    """Make the renaming last through a power cut, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
