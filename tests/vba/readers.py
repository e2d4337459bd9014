"""Independent readers of what xlclv.vba writes, and the projects that xlwings ships."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from pathlib import Path
from typing import NamedTuple

import olefile
import xlwings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it calls a parsing library by names that are going away
    from oletools import olevba

XLWINGS = Path(xlwings.__file__).parent
#: Written by Excel itself, with its compiled code.
BY_EXCEL = XLWINGS / "quickstart.xlsm"
#: Source without compiled code, as Excel has loaded it for every user of the add-in.
ADD_IN = XLWINGS / "addin" / "xlwings.xlam"


class Record(NamedTuple):
    number: int
    content: bytes


def project_of(workbook: Path) -> bytes:
    """Return the VBA project of a workbook."""
    with zipfile.ZipFile(workbook) as package:
        return package.read("xl/vbaProject.bin")


def opened(content: bytes) -> olefile.OleFileIO:
    """Open a compound file; whatever the reader finds odd about it is an error."""
    return olefile.OleFileIO(io.BytesIO(content), raise_defects=olefile.DEFECT_UNSURE)


def stream(content: bytes, path: str) -> bytes:
    with opened(content) as file:
        found: bytes = file.openstream(path).read()
    return found


def decompressed(container: bytes) -> bytes:
    """Decompress with olevba."""
    return bytes(olevba.decompress_stream(bytearray(container)))


def sources(content: bytes) -> dict[str, str]:
    """Return the source of every module as olevba extracts it."""
    parser = olevba.VBA_Parser("vbaProject.bin", data=content)
    try:
        return {path.rpartition("/")[2]: source for _, path, _, source in parser.extract_macros()}
    finally:
        parser.close()


def records(content: bytes) -> list[Record]:
    """Return the records of the stream dir."""
    plain = decompressed(stream(content, "VBA/dir"))
    found, at = [], 0
    while at < len(plain):
        number, length = struct.unpack_from("<HI", plain, at)
        if number == 0x09:  # the version: says 4 and has 6 bytes
            length = 6
        found.append(Record(number, plain[at + 6 : at + 6 + length]))
        assert len(found[-1].content) == length
        at += 6 + length
    return found


def lines(content: bytes) -> list[str]:
    """Return the lines of the stream PROJECT."""
    text = stream(content, "PROJECT").decode("cp1252")
    assert text.endswith("\r\n")
    return text.removesuffix("\r\n").split("\r\n")


def value(content: bytes, key: str) -> str:
    """Return what the stream PROJECT says of a key."""
    (found,) = [line.partition("=")[2].strip('"') for line in lines(content) if line.startswith(f"{key}=")]
    return found


def revealed(identifier: str, hidden: str) -> bytes:
    """Return the data behind CMG, DPB or GC: [MS-OVBA] 2.4.3.3."""
    given = bytes.fromhex(hidden)
    seed, version, key = given[0], given[0] ^ given[1], given[0] ^ given[2]
    assert version == 2
    assert key == sum(identifier.encode()) % 256
    plain, last = [], key
    for at in range(3, len(given)):
        last = given[at] ^ (given[at - 2] + last) % 256
        plain.append(last)
    ignored = (seed & 6) // 2
    (length,) = struct.unpack_from("<I", bytes(plain), ignored)
    data = bytes(plain[ignored + 4 :])
    assert len(data) == length
    return data
