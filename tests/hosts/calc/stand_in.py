"""A document without LibreOffice, the extension's side of it and the worker's, over frames."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from tests.hosts.calc.document import Document
from xlclv.hosts.calc import frames
from xlclv.hosts.calc.remote import RemoteBook
from xlclv.hosts.calc.source.tables import Tables


def carried(header: Any, values: Sequence[Any]) -> tuple[Any, list[Any]]:
    """Return what comes out of a pipe."""
    stream = io.BytesIO()
    frames.write_frame(stream, frames.pack(header, values))
    stream.seek(0)
    frame = frames.read_frame(stream)
    assert frame is not None
    return frames.unpack(frame)


class Office:
    """A document, the extension's side of it and the worker's."""

    def __init__(self, document: Document) -> None:
        self.document, self.failures, self.shown, self.asked = document, [], [], []
        self.tables = Tables(document, "title", "up", "down", self.show, self.failures.append)
        self.book = RemoteBook(self.ask)

    def show(self, text: str, share: float) -> None:
        self.shown.append((text, share))

    def ask(self, request: dict[str, Any], values: Sequence[Any] = ()) -> tuple[dict[str, Any], list[Any]]:
        self.asked.append(request["ask"])
        return carried(*self.tables.answer(*carried(request, values)))
