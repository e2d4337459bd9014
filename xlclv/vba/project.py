"""A VBA project as Excel reads it: the streams of vbaProject.bin, with source and without compiled code."""

from __future__ import annotations

import hashlib
import struct
import uuid
from collections.abc import Iterable

from xlclv.vba.compound import write_compound
from xlclv.vba.compression import CHUNK, compress, decompress
from xlclv.vba.module import Kind, Module, check_names

#: The stream _VBA_PROJECT of a project that holds no compiled code: 2.3.4.1.
NO_COMPILED_CODE = bytes.fromhex("cc61ffff000000")

CODE_PAGE = 1252
LOCALE = 0x409
WINDOWS_64 = 3
#: Version of the project; Excel counts it up at every change.
VERSION = (1, 0)
#: What the specification asks writers for where Excel keeps a number of its own.
COOKIE = b"\xff\xff"

#: Libraries a project refers to beside VBA and Excel, which every project in a workbook has without saying so.
REFERENCES = (
    ("stdole", r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"),
    (
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#"
        r"C:\Program Files\Common Files\Microsoft Shared\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)

#: How the stream PROJECT announces a module of each kind: 2.3.1.3 to 2.3.1.6.
ANNOUNCED: dict[Kind, str] = {
    "standard": "Module={}",
    "class": "Class={}",
    "workbook": "Document={}/&H00000000",
    "worksheet": "Document={}/&H00000000",
}


def build_project(modules: Iterable[Module], name: str = "xlclv") -> bytes:
    r"""Return a vbaProject.bin of modules given as source.

    It holds no compiled code, so Excel compiles the source when it loads the workbook. The same modules give the same
    bytes.

    Parameters
    ----------
    modules : iterable of Module
        One of them of the kind workbook, and one of the kind worksheet for each sheet, named as the workbook's parts
        name them (codeName).
    name : str
        Name of the project, as the editor shows it and other projects refer to it.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        If a name or a source is not what VBA takes; the sentence says which module and line.

    References
    ----------
    [MS-OVBA] 2.2 (the storages) and 2.3 (the streams).

    Examples
    --------
    >>> book, sheet = Module("ThisWorkbook", "", "workbook"), Module("Sheet1", "", "worksheet")
    >>> code = Module("Sums", "Function Twice(x)\n    Twice = 2 * x\nEnd Function\n", "standard")
    >>> content = build_project([book, sheet, code])
    >>> content == build_project([book, sheet, code])
    True
    """
    modules = list(modules)
    check_names(name, modules)
    sources = {module.name: module.text().encode("ascii") for module in modules}
    directory = _dir(name, modules)
    digest = hashlib.sha256(directory + b"\0".join(sources.values())).digest()
    vba = {module: _compressed(source) for module, source in sources.items()}
    vba |= {"dir": compress(directory), "_VBA_PROJECT": NO_COMPILED_CODE}
    return write_compound({"VBA": vba, "PROJECT": _project(name, modules, digest), "PROJECTwm": _names(modules)})


def _compressed(source: bytes) -> bytes:
    """Return source compressed so that it can be had back exactly, or with blank lines at its end."""
    container = compress(source)
    rest = -len(source) % CHUNK
    if len(decompress(container)) == len(source):
        return container
    # Stored plain, the last chunk would be filled with zeros, which are no source.
    return compress(source + b" " * (rest % 2) + b"\r\n" * (rest // 2))


def _record(number: int, content: bytes = b"") -> bytes:
    return struct.pack("<HI", number, len(content)) + content


def _number(value: int) -> bytes:
    return struct.pack("<I", value)


def _twice(number: int, text: str, wide: int) -> bytes:
    """Return a text as two records: in the code page, and in UTF-16."""
    return _record(number, text.encode("ascii")) + _record(wide, text.encode("utf-16-le"))


def _dir(name: str, modules: list[Module]) -> bytes:
    """Return the stream dir before compression: 2.3.4.2."""
    records = [
        _record(0x01, _number(WINDOWS_64)),
        _record(0x02, _number(LOCALE)),
        _record(0x14, _number(LOCALE)),
        _record(0x03, struct.pack("<H", CODE_PAGE)),
        _record(0x04, name.encode("ascii")),
        _twice(0x05, "", 0x40),  # description
        _record(0x06) + _record(0x3D),  # help file
        _record(0x07, _number(0)),  # help context
        _record(0x08, _number(0)),  # flags
        struct.pack("<HIIH", 0x09, 4, *VERSION),  # says 4 and has 6 bytes
        _twice(0x0C, "", 0x3C),  # constants of conditional compilation
    ]
    for library, identifier in REFERENCES:
        registered = _number(len(identifier)) + identifier.encode("ascii") + bytes(6)
        records += [_twice(0x16, library, 0x3E), _record(0x0D, registered)]
    records += [_record(0x0F, struct.pack("<H", len(modules))), _record(0x13, COOKIE)]
    for module in modules:
        records += [
            _twice(0x19, module.name, 0x47),
            _twice(0x1A, module.name, 0x32),  # its stream has its name
            _twice(0x1C, "", 0x48),  # description
            _record(0x31, _number(0)),  # the source begins at byte 0: nothing compiled stands before it
            _record(0x1E, _number(0)),  # help context
            _record(0x2C, COOKIE),
            _record(0x21 if module.kind == "standard" else 0x22),
            _record(0x2B),
        ]
    return b"".join([*records, _record(0x10)])


def _project(name: str, modules: list[Module], digest: bytes) -> bytes:
    """Return the stream PROJECT: 2.3.1."""
    identifier = f"{{{uuid.UUID(bytes=digest[:16], version=4)}}}".upper()
    state = _hidden(identifier, bytes(4), digest[16:20])  # nothing is protected
    password = _hidden(identifier, bytes(1), digest[20:24])  # there is none
    visible = _hidden(identifier, b"\xff", digest[24:28])
    lines = [
        f'ID="{identifier}"',
        *(ANNOUNCED[module.kind].format(module.name) for module in modules),
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{state}"',
        f'DPB="{password}"',
        f'GC="{visible}"',
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _hidden(identifier: str, data: bytes, noise: bytes) -> str:
    """Return data in the disguise of 2.4.3.2; ``noise`` takes the part of its four random bytes."""
    seed = noise[0]
    key = sum(identifier.encode("ascii")) & 0xFF
    written = [seed, seed ^ 2, seed ^ key]
    last = key
    for byte in noise[1 : 1 + (seed & 6) // 2] + _number(len(data)) + data:
        written.append(byte ^ (written[-2] + last & 0xFF))
        last = byte
    return bytes(written).hex().upper()


def _names(modules: list[Module]) -> bytes:
    """Return the stream PROJECTwm, names in both encodings: 2.3.3."""
    both = (module.name.encode("ascii") + b"\0" + f"{module.name}\0".encode("utf-16-le") for module in modules)
    return b"".join(both) + b"\0\0"
