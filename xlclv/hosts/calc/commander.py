"""A command in the worker: it asks the extension for what the document holds and has it write, through the pipes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from xlclv.hosts.calc import frames
from xlclv.hosts.commands import perform


def do_command(id: str, into: BinaryIO, out: BinaryIO) -> dict[str, Any]:
    """Do a command on the document at the other end and return the header of the last frame.

    Parameters
    ----------
    id : str
        Of the command.
    into, out : file
        The pipes. While the command runs they carry its requests, each a frame whose header has ``ask``, and answers.

    Returns
    -------
    dict
        ``done``, and the sentence to show in ``en`` and ``zh``.
    """
    from xlclv.hosts.calc.remote import RemoteBook

    def ask(request: dict[str, Any], values: Sequence[Any] = ()) -> tuple[dict[str, Any], list[Any]]:
        frames.write_frame(out, frames.pack(request, values))
        frame = frames.read_frame(into)
        if frame is None:
            raise ConnectionError("LibreOffice has ended")
        return frames.unpack(frame)

    answer = perform(id, RemoteBook(ask))
    return {"done": answer.done, "en": answer.sentence.en, "zh": answer.sentence.zh}
