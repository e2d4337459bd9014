"""The extension, xlclv.oxt: a package of what LibreOffice needs to have the worksheet functions."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from importlib.resources import files

from xlclv import __version__
from xlclv.hosts.calc.menu import addons_xcu, handler_xcu, menu_json, tips_xcu
from xlclv.hosts.calc.registry import functions_xcu, jobs_xcu
from xlclv.hosts.calc.types import gives_text, interface, needs_document
from xlclv.worksheet.catalogue import FUNCTIONS

IDENTIFIER = "org.xlclv.calc"
FILE_NAME = "xlclv.oxt"
#: The name under which the modules of this package are known in LibreOffice's Python.
MODULES = "xlclv_calc"
#: These run within LibreOffice too.
SHARED = ("client.py", "frames.py", "plain_names.py")
#: What starts the worker, after its interpreter; files in the folder it starts in are no modules of it.
WORKER = ("-P", "-m", "xlclv.hosts.calc.worker")
#: How long a call may take, in seconds.
TIMEOUT = 300.0
#: The same date in every build, which a second build repeats byte for byte.
_MOMENT = (2024, 1, 1, 0, 0, 0)

_KINDS = {
    "types.idl": "application/vnd.sun.star.uno-typelibrary;type=RDB",
    "CalcAddIn.xcu": "application/vnd.sun.star.configuration-data",
    "Jobs.xcu": "application/vnd.sun.star.configuration-data",
    "Addons.xcu": "application/vnd.sun.star.configuration-data",
    "CalcCommands.xcu": "application/vnd.sun.star.configuration-data",
    "ProtocolHandler.xcu": "application/vnd.sun.star.configuration-data",
    "component.py": "application/vnd.sun.star.uno-component;type=Python",
    "documents.py": "application/vnd.sun.star.uno-component;type=Python",
    "menu.py": "application/vnd.sun.star.uno-component;type=Python",
}


def build_extension(python: str | None = None, timeout: float = TIMEOUT) -> bytes:
    """Return xlclv.oxt; the same arguments give the same bytes.

    Parameters
    ----------
    python : str, optional
        The interpreter that has xlclv and computes the functions; this one if left out.
    timeout : float, default 300
        Seconds that a call may take.
    """
    parts = {
        "META-INF/manifest.xml": _manifest(),
        "description.xml": _description(),
        "types.idl": interface(FUNCTIONS),
        "CalcAddIn.xcu": functions_xcu(FUNCTIONS),
        "Jobs.xcu": jobs_xcu(),
        "Addons.xcu": addons_xcu(),
        "CalcCommands.xcu": tips_xcu(),
        "ProtocolHandler.xcu": handler_xcu(),
        "component.py": _source("source/component.py"),
        "documents.py": _source("source/documents.py"),
        "menu.py": _source("source/menu.py"),
        "menu.json": menu_json(FUNCTIONS),
        "functions.json": _functions(),
        "settings.json": json.dumps(_settings(python or sys.executable, timeout), indent=1),
        f"pythonpath/{MODULES}/__init__.py": "",
        f"pythonpath/{MODULES}/table.py": _source("source/table.py"),
        f"pythonpath/{MODULES}/tables.py": _source("source/tables.py"),
        **{f"pythonpath/{MODULES}/{name}": _source(name) for name in SHARED},
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            package.writestr(entry, text.encode("utf-8"))
    return stream.getvalue()


def _source(name: str) -> str:
    return (files("xlclv.hosts.calc") / name).read_text("utf-8")


def _settings(python: str, timeout: float) -> dict[str, object]:
    return {"xlclv": __version__, "python": python, "worker": list(WORKER), "timeout": timeout}


def _functions() -> str:
    """Return what the component knows of each function."""
    told = {
        name: {"single": gives_text(function), "document": needs_document(function)}
        for name, function in FUNCTIONS.items()
    }
    return json.dumps(told, indent=1)


def _manifest() -> str:
    entries = "".join(
        f' <manifest:file-entry manifest:media-type="{kind}" manifest:full-path="{name}"/>\n'
        for name, kind in _KINDS.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n{entries}</manifest:manifest>\n'
    )


def _description() -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<description xmlns="http://openoffice.org/extensions/description/2006"
 xmlns:l="http://libreoffice.org/extensions/description/2011">
 <identifier value="{IDENTIFIER}"/>
 <version value="{__version__}"/>
 <display-name>
  <name lang="en">xlclv: customer lifetime value</name>
  <name lang="zh-CN">xlclv 客户终身价值</name>
 </display-name>
 <dependencies><l:LibreOffice-minimal-version value="7.0" l:name="LibreOffice 7.0"/></dependencies>
</description>
"""
