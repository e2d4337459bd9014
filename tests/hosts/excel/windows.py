"""xlwings' own Windows call path on any system: pywin32 is stood in for, the rest is xlwings' code.

Run as a program: reads calls as JSON lines on standard input and answers each with a JSON line.
The path is com_server.XLPython.CallUDF -> udfs.call_udf -> conversion -> the decorated function.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import json
import sys
import types
from typing import Any

MODULES = [
    "pythoncom",
    "pywintypes",
    "win32api",
    "win32event",
    "win32gui",
    "win32process",
    "win32con",
    "winerror",
    "win32timezone",
    "win32com",
    "win32com.client",
    "win32com.client.dynamic",
    "win32com.client.gencache",
    "win32com.server",
    "win32com.server.dispatcher",
    "win32com.server.policy",
    "win32com.server.util",
    "win32com.server.exception",
]


class StandIn(types.ModuleType):
    """A module in which every name is a class of its own."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (Exception,), {})
        setattr(self, name, made)
        return made


class Anything:
    """Stands for a Windows library: every attribute and every call is harmless."""

    argtypes = restype = None

    def __getattr__(self, name: str) -> Anything:
        return Anything()

    def __call__(self, *args: object, **kwargs: object) -> int:
        return 0


class ComTime(dt.datetime):
    """pywintypes' time, a kind of datetime."""


def install() -> None:
    for name in MODULES:
        module = StandIn(name)
        module.__path__ = []  # type: ignore[attr-defined]
        sys.modules[name] = module
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
    com = sys.modules["pythoncom"]
    com.CoInitialize = lambda *args: None  # type: ignore[attr-defined]
    com.TypeIIDs = {com.IID_IDispatch: type("PyIDispatch", (), {})}  # type: ignore[attr-defined]
    com.Empty = com.Missing = None  # type: ignore[attr-defined]
    com.__file__ = "pythoncom"
    sys.modules["pywintypes"].TimeType = ComTime  # type: ignore[attr-defined]
    client = sys.modules["win32com.client"]
    client.Dispatch = lambda value, **kwargs: value  # type: ignore[attr-defined]
    for name in ("CDispatch", "CoClassBaseClass", "DispatchBaseClass"):
        setattr(client, name, type(name, (), {}))

    def unwrap(value: object) -> object:
        raise TypeError

    sys.modules["win32com.server.util"].unwrap = unwrap  # type: ignore[attr-defined]
    zones = {"utc": staticmethod(lambda: dt.UTC), "local": staticmethod(lambda: dt.UTC)}
    sys.modules["win32timezone"].TimeZoneInfo = type("TimeZoneInfo", (), zones)  # type: ignore[attr-defined]
    ctypes.windll = ctypes.oledll = Anything()  # type: ignore[attr-defined]
    ctypes.WinDLL = ctypes.OleDLL = ctypes.PyDLL = lambda *args, **kwargs: Anything()  # type: ignore[attr-defined,assignment,misc]
    ctypes.WINFUNCTYPE = ctypes.CFUNCTYPE  # type: ignore[attr-defined]
    ctypes.HRESULT = ctypes.c_long  # type: ignore[attr-defined,misc]

    import xlwings
    from xlwings import _xlwindows

    xlwings._xlwindows = _xlwindows
    xlwings.engines.add(xlwings.Engine(impl=_xlwindows.engine))
    xlwings.engines.active = xlwings.engines["excel"]
    from xlwings import udfs

    udfs.has_dynamic_array = lambda pid: True
    xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
    xlwings.script = xlwings.sub = udfs.xlsub


def decoded(value: Any) -> Any:
    """JSON to what COM hands over: lists are tuples, {"date": ...} is a COM time."""
    if isinstance(value, list):
        return tuple(decoded(item) for item in value)
    if isinstance(value, dict):
        return ComTime.fromisoformat(value["date"])
    return value


def encoded(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [encoded(item) for item in value]
    if type(value) not in (float, int, str, bool, type(None)):
        raise TypeError(f"COM cannot carry {type(value)}")
    return value


def main() -> None:
    install()
    from xlwings.com_server import XLPython

    server = XLPython()
    for line in sys.stdin:
        name, arguments = json.loads(line)
        if name == "?":
            from xlclv.hosts.excel import udfs as module

            described = getattr(module, arguments).__xlfunc__
            answer = {
                "name": described["name"],
                "category": described["category"],
                "args": [[arg["name"], arg["doc"], "optional" in arg] for arg in described["args"]],
                "doc": described["ret"]["doc"],
                "volatile": described["volatile"],
            }
        else:
            module_name = "bridge" if name == "xlclv_call" else "udfs"
            answer = encoded(server.CallUDF(f"xlclv.hosts.excel.{module_name}", name, decoded(arguments), None, None))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
