"""Commands on a document of LibreOffice, without LibreOffice: what the worker and the extension say to each other."""

from __future__ import annotations

import datetime as dt
import io
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.hosts.calc.document import DATE, Document
from tests.hosts.calc.stand_in import Office
from tests.workbook.order_samples import expected, sample
from xlclv.hosts.calc import frames
from xlclv.hosts.calc.client import Client, WorkerError
from xlclv.hosts.calc.commander import do_command
from xlclv.workbook import contract

EPOCH = dt.datetime(1899, 12, 30)


def template() -> Document:
    """Return a document with the tables and names of the customer value workbook, and orders."""
    document = Document("Data", "Orders", "Values")
    orders = sample()
    days = [(day - EPOCH) / dt.timedelta(days=1) for day in orders["date"]]
    rows = list(map(list, zip(orders["customer"], days, orders["amount"], strict=True)))
    document.table("Orders", "Orders", 4, 1, [list(orders), *rows])
    for row in range(len(rows)):
        document.sheet("Orders").formats[5 + row, 2] = DATE
    tables = {
        contract.ORDER_MODEL: contract.MODEL_COLUMNS, contract.SPEND_MODEL: contract.MODEL_COLUMNS,
        contract.CHECKS: contract.CHECK_COLUMNS, contract.LOG: contract.LOG_COLUMNS,
    }  # fmt: skip
    left = 0
    for name, columns in tables.items():
        document.table(name, "Data", 0, left, [[text.en for text in columns.values()], [""] * len(columns)])
        left += len(columns) + 1
    document.table(contract.VALUES, "Values", 0, 0, [[text.en for text in contract.VALUE_COLUMNS.values()], [""] * 18])
    named = {each.name: each.default for each in contract.INPUTS} | {each.name: None for each in contract.OUTPUTS}
    for place, (name, value) in enumerate(named.items()):
        document.name(name, "Data", place, 30, "" if value is None else value)
    for sheet in document.list:
        sheet.password = ""
    return document


class TestCommands:
    def do(self, id: str, document: Document) -> tuple[dict[str, Any], Office]:
        """Do a command as the worker does; pipes are lists of frames here."""
        office = Office(document)

        class Pipe(io.BytesIO):
            def flush(self) -> None:
                """Answer the frame that was written."""
                self.seek(0)
                written = frames.read_frame(self)
                assert written is not None
                self.seek(0)
                self.truncate()
                back.seek(0)
                back.truncate()
                frames.write_frame(back, frames.pack(*office.tables.answer(*frames.unpack(written))))
                back.seek(0)

        back = io.BytesIO()
        answer = do_command(id, back, Pipe())
        office.tables.close()
        return answer, office

    def test_refresh(self) -> None:
        document = template()
        answer, office = self.do("refresh", document)
        assert answer["done"], answer
        assert answer["en"] == document.cell("out_status")
        head, *rows = document.rows(contract.VALUES)
        valued = expected().customers
        assert [row[0] for row in rows] == [float(one) for one in valued["customer"]]
        for name in ("clv", "p_alive", "recency", "expected_orders"):
            place = head.index(contract.VALUE_COLUMNS[name].en)
            assert [row[place] for row in rows] == pytest.approx(valued[name].tolist(), rel=1e-12)
        assert [sheet.password for sheet in document.list] == ["", "", ""]
        assert office.shown[0] == ("xlclv: Reading the orders", 0.0)
        assert office.shown[-1][1] == 1.0
        assert not office.failures

    def test_a_wrong_input_changes_nothing_but_the_sentence(self) -> None:
        document = template()
        place = document.NamedRanges["in_margin"].getReferredCells()
        document.list[0].put(place.top, place.left, 30.0)
        before = {sheet.name: dict(sheet.cells) for sheet in document.list}
        answer, _ = self.do("refresh", document)
        assert answer["done"] is False
        assert answer["en"].startswith("Margin (in_margin) must lie between 0% and 100%")
        assert answer["zh"].startswith("利润率（in_margin）")
        cell = document.NamedRanges["out_status"].getReferredCells()
        before["Data"][cell.top, cell.left] = answer["en"]
        assert {sheet.name: sheet.cells for sheet in document.list} == before

    def test_an_empty_document(self) -> None:
        answer, office = self.do("check_data", Document("s"))
        assert answer["done"] is False
        assert "no table Orders" in answer["en"]
        assert not office.document.log

    def test_an_unknown_command(self) -> None:
        answer, _ = self.do("fly", Document("s"))
        assert answer == {"done": False, "en": answer["en"], "zh": answer["zh"]}
        assert "no command fly" in answer["en"]


WORKER = """
import os, sys
from xlclv.hosts.calc import frames
out = sys.stdout.buffer
frames.write_frame(out, frames.pack({"frames": frames.VERSION}, []))
header, _ = frames.unpack(frames.read_frame(sys.stdin.buffer))
if header["command"] == "die":
    os._exit(3)
found = []
for number in range(3):
    frames.write_frame(out, frames.pack({"ask": "double", "number": number}, [[(1.0, "x")]]))
    found.append(frames.unpack(frames.read_frame(sys.stdin.buffer)))
frames.write_frame(out, frames.pack({"found": found}, []))
sys.stdin.buffer.read()
"""


class TestConversation:
    @pytest.fixture
    def client(self) -> Iterator[Client]:
        client = Client([sys.executable, "-c", WORKER], 20.0)
        yield client
        client.close()

    def test_the_worker_asks_until_it_is_done(self, client: Client) -> None:
        def answer(request: Any, values: list[Any]) -> tuple[Any, Sequence[Any]]:
            return {"twice": 2 * request["number"]}, values

        found = client.converse({"command": "count"}, answer)["found"]
        assert found == [[{"twice": 2 * n}, [[[1.0, "x"]]]] for n in range(3)]

    def test_a_worker_that_dies_is_told_and_not_asked_again(self, client: Client) -> None:
        with pytest.raises(WorkerError, match="ended during"):
            client.converse({"command": "die"}, lambda request, values: ({}, []))
        assert client.pid is None
