"""A program that calls one function through a running xlwings server and prints the answer as one line of JSON.

``python -m xlclv.hosts.excel.probe NUMBER PROCESS SECONDS QUESTION``: the server's class number, its process, how long
to wait for it, and the call as JSON (module, function, arguments). The line holds whether the server was reached, the
value, and what went wrong.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from typing import Any


def main(words: list[str]) -> None:
    """Wait for the server, call, print."""
    number, process, seconds, question = words
    try:
        com: Any = importlib.import_module("pythoncom")
        client: Any = importlib.import_module("win32com.client")
        com.CoInitialize()
        server = reached(com, number, int(process), float(seconds))
    except Exception as error:
        _print(False, None, f"{type(error).__name__}: {error}")
        return
    try:
        module, function, arguments = json.loads(question)
        _print(True, client.Dispatch(server).CallUDF(module, function, arguments, None, None), "")
    except Exception as error:
        _print(True, None, f"{type(error).__name__}: {error}")


def reached(com: Any, number: str, process: int, seconds: float) -> Any:
    """Return the server's object as soon as it has registered itself.

    Raises
    ------
    Exception
        What COM says when the server is not there in time.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return com.CoCreateInstance(com.MakeIID(number), None, com.CLSCTX_LOCAL_SERVER, com.IID_IDispatch)
        except com.com_error:
            if time.monotonic() > end or not _alive(process):
                raise
        time.sleep(0.2)


def _alive(process: int) -> bool:
    """Tell whether the process still runs; where nobody can tell, it does."""
    try:
        api: Any = importlib.import_module("win32api")
        code = importlib.import_module("win32process").GetExitCodeProcess(api.OpenProcess(0x1000, False, process))
    except Exception:
        return True
    return bool(code == 259)  # STILL_ACTIVE


def _print(started: bool, value: Any, trouble: str) -> None:
    print(json.dumps([started, value, trouble]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
