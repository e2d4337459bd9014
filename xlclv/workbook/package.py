"""The file on the disk: refused before anything is written, never half written."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import time
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from xlclv.errors import FileError
from xlclv.text import Text

#: What a system says when the disk or the user's part of it is full.
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
#: Seconds after which a part is left over for certain, where nobody can tell whether its process lives.
STALE = 3600.0


def without_times(content: bytes) -> bytes:
    """Return a zip package whose parts carry no time of writing, so that a second build gives the same bytes."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as given, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
        for entry in given.infolist():
            part = zipfile.ZipInfo(entry.filename)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = entry.external_attr
            part.create_system = 0
            written.writestr(part, given.read(entry))
    return stream.getvalue()


def lock_files(path: Path) -> tuple[Path, Path]:
    """Return the files Excel and LibreOffice keep beside a workbook while it is open."""
    return path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")


def check_target(path: str | os.PathLike[str], endings: tuple[str, ...] = (".xlsx",)) -> Path:
    """Return the absolute path a workbook, or a file of other ``endings``, can be written to.

    Nothing is written by this check, so a command can make it before a long computation.

    Raises
    ------
    FileError
        If the target is a directory, has another ending or too long a name, lies in a folder that is not there,
        cannot be written, or is open in Excel or LibreOffice.
    """
    given = os.fspath(path)
    try:
        return _checked(given, endings)
    except OSError as error:  # the disk refuses even to look: the sentences of _checked are no OSError
        raise _refused(given, error) from error


def _checked(given: str, endings: tuple[str, ...]) -> Path:
    target = Path(given).expanduser().resolve()
    allowed = Text(" or ".join(endings), " 或 ".join(endings))
    if target.is_dir():
        raise FileError(
            f"{given} is a folder; give the name of a file that ends in {allowed.en}.",
            f"{given} 是一个文件夹；请给出以 {allowed.zh} 结尾的文件名。",
        )
    if target.suffix.lower() not in endings:
        raise FileError(
            f"{given} has the wrong ending; give a name that ends in {allowed.en}.",
            f"{given} 的扩展名不对；请给出以 {allowed.zh} 结尾的文件名。",
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
    with suppress(FileNotFoundError):
        _beside(target).lstat()  # the longest name that will be needed
    return target


def save(content: bytes, path: str | os.PathLike[str], endings: tuple[str, ...] = (".xlsx",)) -> Path:
    """Write ``content`` to ``path`` so that either the old or the new file is there, whole, at every moment.

    A file that is replaced keeps its permissions. Of two runs that write the same file the last one wins.

    Raises
    ------
    FileError
        As `check_target`, or when the disk refuses.
    """
    target = check_target(path, endings)
    _sweep(target)
    beside = _beside(target)
    try:
        with beside.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(OSError):  # no file yet, or a disk without permissions
            beside.chmod(stat.S_IMODE(target.stat().st_mode))
        beside.replace(target)
    except OSError as error:
        raise _refused(os.fspath(path), error) from error
    finally:
        with suppress(OSError):
            beside.unlink()
    _sync_folder(target.parent)
    return target


def _beside(target: Path) -> Path:
    """Return a name of its own for the part that is written beside the target."""
    return target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(3)}.part")


def _refused(given: str, error: OSError) -> FileError:
    """Return what a reader needs to know of an error of the disk."""
    if isinstance(error, PermissionError):
        return _not_writable(given)
    if error.errno == errno.ENAMETOOLONG:
        length = len(Path(given).name)
        return FileError(
            f"The name of the file to write is too long ({length} characters); choose a shorter one.",
            f"要写入的文件名过长（{length} 个字符）；请改用较短的名称。",
        )
    reason = (error.strerror or str(error)).rstrip(".")
    advice = Text("", "")
    if error.errno in FULL:
        advice = Text(" Free some space or choose another folder.", "请释放磁盘空间或改用其他文件夹。")
    return FileError(f"{given} could not be written: {reason}.{advice.en}", f"无法写入 {given}：{reason}。{advice.zh}")


def _not_writable(given: str) -> FileError:
    return FileError(
        f"{given} cannot be written; it is protected, or open in another program.",
        f"无法写入 {given}；文件受保护，或正被其他程序打开。",
    )


def _sweep(target: Path) -> None:
    """Remove what an earlier run that was killed while writing this file left beside it."""
    part = re.compile(rf"\.{re.escape(target.name)}\.(\d+)(?:-[0-9a-f]+)?\.part", re.ASCII)
    with suppress(OSError):
        for left in target.parent.iterdir():
            match = part.fullmatch(left.name)
            with suppress(OSError):
                if match and _abandoned(left, int(match[1])):
                    left.unlink()


def _abandoned(left: Path, process: int) -> bool:
    """Tell whether nobody writes a part any more: its process is dead, or nobody can tell and it is old."""
    # A part of our own number may be another thread's, or left by a process that had the number before.
    if os.name == "posix" and process != os.getpid():
        try:
            os.kill(process, 0)  # asks whether it is there; sends nothing
        except ProcessLookupError:
            return True
        except (OSError, OverflowError):
            pass  # another user's, or no number of a process
        else:
            return False
    return time.time() - left.stat().st_mtime > STALE


def _sync_folder(folder: Path) -> None:
    """Make the renaming last through a power cut, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
