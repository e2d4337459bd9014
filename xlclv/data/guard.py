"""What a file is, told from its first bytes, and whether it is safe to open."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import Path
from typing import Final, Literal
from xml.parsers.expat import ExpatError

from xlclv.data.reach import CHUNK, MAX_CELLS, DeclarationError, open_document_reach, sheet_reach
from xlclv.errors import FileError

Kind = Literal["text", "sheets"]

MAX_BYTES: Final = 2 * 1024**3
#: A workbook may unpack to this much, and to this many times its size once that is more than a little.
MAX_UNPACKED: Final = 4 * 1024**3
MAX_RATIO: Final = 200
_LITTLE: Final = 64 * 1024**2
MAX_PARTS: Final = 10_000


def _error(path: Path, en: str, zh: str) -> FileError:
    return FileError(f"{path.name}: {en}", f"{path.name}：{zh}")


def load(path: Path) -> tuple[Kind, bytes]:
    """Return whether a file holds text or worksheets, and its bytes, unpacked if gzipped.

    Raises
    ------
    FileError
        If it is missing, empty, a folder, too large, no table, or built to exhaust the reader.

    Examples
    --------
    >>> load(Path("no such file.csv"))
    Traceback (most recent call last):
    xlclv.errors.FileError: no such file.csv: there is no such file; check the name and the folder.
    """
    if not path.name:
        raise FileError("No file is named; give the path of one.", "没有指定文件；请给出文件路径。")
    if path.is_dir():
        raise _error(path, "this is a folder; name a file in it.", "这是文件夹；请指定其中的文件。")
    if not path.exists():
        raise _error(
            path, "there is no such file; check the name and the folder.", "文件不存在；请检查文件名和文件夹。"
        )
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_large(path)
        content = path.read_bytes()
    except OSError as error:
        raise _error(
            path,
            f"the file cannot be read ({error.strerror}); close it elsewhere or check your rights.",
            f"无法读取文件（{error.strerror}）；请先在其他程序中关闭，或检查权限。",
        ) from None
    if content.startswith(b"\x1f\x8b"):
        content = _gunzip(path, content)
    return _kind(path, content), content


def _too_large(path: Path) -> FileError:
    return _error(
        path,
        f"the file is larger than {MAX_BYTES // 1024**3} GB; split it or read it through a database.",
        f"文件超过 {MAX_BYTES // 1024**3} GB；请拆分，或通过数据库读取。",
    )


def _gunzip(path: Path, content: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            unpacked = stream.read(min(MAX_BYTES, max(_LITTLE, MAX_RATIO * len(content))) + 1)
    except (OSError, EOFError, zlib.error):
        raise _damaged(path) from None
    if len(unpacked) > min(MAX_BYTES, max(_LITTLE, MAX_RATIO * len(content))):
        raise _bomb(path)
    return unpacked


def _damaged(path: Path) -> FileError:
    return _error(path, "the file is damaged or incomplete; export it again.", "文件已损坏或不完整；请重新导出。")


def _bomb(path: Path) -> FileError:
    return _error(
        path,
        "the file unpacks to far more than a table needs; it is not opened. Save it again from the program it is of.",
        "文件解压后远大于正常表格，为安全起见不打开；请在原程序中重新保存。",
    )


def _kind(path: Path, content: bytes) -> Kind:
    if not content.strip():
        raise _error(path, "the file is empty; export it again.", "文件是空的；请重新导出。")
    if content.startswith(b"PK\x03\x04"):
        _check_zip(path, content)
        return "sheets"
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise encrypted(path)
        return "sheets"
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise _error(
            path,
            "this is a web page or XML, whatever its name says; open it in a spreadsheet and save it as .xlsx.",
            "文件内容是网页或 XML，与扩展名无关；请用电子表格打开后另存为 .xlsx。",
        )
    if start.startswith(
        (b"%pdf", b"\x89png", b"\xff\xd8\xff", b"{\\rtf", b"sqlite format", b"par1", b"7z\xbc\xaf", b"rar!")
    ):
        raise _not_a_table(path)
    return "text"


def _not_a_table(path: Path) -> FileError:
    return _error(
        path,
        "this is no table; give a file of .csv, .xlsx, .xlsm, .xls or .ods.",
        "这不是表格文件；请提供 .csv、.xlsx、.xlsm、.xls 或 .ods 文件。",
    )


def encrypted(path: Path) -> FileError:
    """Return the error of a workbook with a password.

    Examples
    --------
    >>> str(encrypted(Path("a.xlsx")))
    'a.xlsx: the workbook is protected by a password; save it without one.'
    """
    return _error(
        path, "the workbook is protected by a password; save it without one.", "工作簿设有密码；请另存为无密码的文件。"
    )


def _check_zip(path: Path, content: bytes) -> None:
    """Refuse a workbook built, or grown, to exhaust the reader.

    Every part is unpacked once, piece by piece: sizes in the directory of the file are only what it claims.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            if any(name.endswith(".bin") and name.startswith(("xl/workbook", "xl/worksheets/")) for name in names):
                # How far its cells reach stands in binary records, where nothing checks it before they are read.
                raise _error(
                    path,
                    "a binary workbook (.xlsb) is not read; save it as .xlsx.",
                    "不读取二进制工作簿（.xlsb）；请另存为 .xlsx。",
                )
            if not names & {"xl/workbook.xml", "content.xml"}:
                raise _not_a_table(path)
            allowed = min(MAX_UNPACKED, max(_LITTLE, MAX_RATIO * len(content)))
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > allowed:
                raise _bomb(path)
            for part in parts:
                if part.flag_bits & 1:
                    raise encrypted(path)
                _check_part(path, package, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise _damaged(path) from None


def _check_part(path: Path, package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Read one part through: its checksum proves its size; its XML may not declare entities or reach too far."""
    name, tail = part.filename, b""
    sheet, markup = name.startswith("xl/worksheets/") and name.endswith(".xml"), name.endswith((".xml", ".rels"))
    with package.open(part) as stream:
        while not sheet and (chunk := stream.read(CHUNK)):
            text = tail + chunk
            if markup and b"<!DOCTYPE" in text:
                raise _bomb(path)
            # A workbook may keep its sheets under any name.
            sheet = b"sheetData" in text or name == "content.xml"
            tail = chunk[-16:]
    if not sheet:
        return
    try:
        with package.open(part) as stream:
            rows, columns = open_document_reach(stream) if name == "content.xml" else sheet_reach(stream)
    except DeclarationError:
        raise _bomb(path) from None
    except (ExpatError, ValueError):
        raise _damaged(path) from None
    if rows * columns > MAX_CELLS:
        raise _error(
            path,
            f"a sheet reaches to row {rows:,}, column {columns:,}; delete the empty rows and columns around the table.",
            f"某工作表延伸到第 {rows:,} 行、第 {columns:,} 列；请删除表格外的空行空列。",
        )
