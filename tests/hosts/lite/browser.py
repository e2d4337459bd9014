"""CPython with the limits of a browser. Reads calls as JSON lines on standard input, answers each with a JSON line.

No thread starts, no socket opens, and what the package asks for outside the browser only cannot be imported. Names given
as arguments cannot be imported either.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from typing import Any, NoReturn

from tests.hosts.lite.requirements import left_out


class Absent:
    """Finds no module of the names it was given."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def refuse_threads(*args: object, **kwargs: object) -> NoReturn:
    raise RuntimeError("can't start new thread")


def refuse_sockets(*args: object, **kwargs: object) -> NoReturn:
    raise OSError("no sockets in a browser")


def main() -> None:
    sys.meta_path.insert(0, Absent({*left_out(), *sys.argv[1:]}))  # type: ignore[arg-type]
    # Only now: xlwings imports numpy and pandas where they are.
    from tests.hosts.lite import runtime

    runtime.install()
    threading.Thread.start = refuse_threads  # type: ignore[method-assign]
    socket.socket.connect = socket.socket.bind = refuse_sockets  # type: ignore[method-assign,assignment]
    module = runtime.run_main("from xlclv.hosts.lite import *")
    for line in sys.stdin:
        name, *rest = json.loads(line)
        answer: Any = runtime.registered(module) if name == "?" else json.loads(runtime.answered(module, name, *rest))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
