"""The worker: ``python -m xlclv.hosts.calc.worker`` answers the calls of the extension until its input ends."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any, BinaryIO

from xlclv import __version__
from xlclv.hosts.calc import frames
from xlclv.hosts.calc.cells import cells_in, cells_out
from xlclv.worksheet import CellError, call

#: The day 0 of the two date systems that Excel has too. Dates of the third one, of 1900-01-01, would be two days off.
DATE_1900, DATE_1904 = "1899-12-30", "1904-01-01"


def answer(header: Any, values: list[Any]) -> Any:
    """Return what Calc shows for one call."""
    name, null_date = header
    if null_date not in ("", DATE_1900, DATE_1904):
        return cells_out(CellError("#VALUE!"), False)
    result = call(name, *map(cells_in, values), date1904=null_date == DATE_1904)
    return cells_out(result, null_date == DATE_1904)


def serve(into: BinaryIO, out: BinaryIO) -> None:
    """Answer every frame of a stream."""
    frames.write_frame(out, frames.pack({"xlclv": __version__, "frames": frames.VERSION}, []))
    while (frame := frames.read_frame(into)) is not None:
        gc.disable()  # a million rows are no garbage
        header, values = frames.unpack(frame)
        gc.enable()
        if isinstance(header, dict):
            from xlclv.hosts.calc.commander import do_command

            frames.write_frame(out, frames.pack(do_command(header["command"], into, out), []))
            continue
        frames.write_frame(out, frames.pack([], [answer(header, values)]))


def main() -> None:
    """Serve on the standard streams; what calculations print goes to the log."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    serve(sys.stdin.buffer, out)


if __name__ == "__main__":
    main()
