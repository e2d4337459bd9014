"""The worker called over its pipes, without LibreOffice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xlclv.hosts.calc import client as client_module
from xlclv.hosts.calc import frames
from xlclv.hosts.calc.cells import ERRORS, cells_out, nan_of
from xlclv.hosts.calc.client import Client, WorkerError
from xlclv.hosts.calc.extension import WORKER
from xlclv.worksheet import CellError, call
from xlclv.worksheet.catalogue import FUNCTIONS
from xlclv.worksheet.cells import rows_of
from xlclv.worksheet.convert import serial_of

COMMAND = [sys.executable, *WORKER]
EXAMPLES = [
    (function.name, example.cells)
    for function in FUNCTIONS.values()
    for example in function.examples
    if example.result is not None
]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    made = Client(COMMAND, 60)
    yield made
    made.close()


def bits(result: Any) -> Any:
    """Return cells such that equal ones compare equal, NaN among them."""
    rows = rows_of(result)
    if rows is not None:
        return [list(map(bits, row)) for row in rows]
    return result.hex() if isinstance(result, float) else result


def sent(cell: Any) -> Any:
    """Return cells as LibreOffice hands them over."""
    rows = rows_of(cell)
    if rows is not None:
        return [tuple("" if inner is None else sent(inner) for inner in row) for row in rows]
    if isinstance(cell, CellError):
        return nan_of(cell.code)
    if cell is None or isinstance(cell, str):
        return cell
    return serial_of(cell, False) if hasattr(cell, "year") else float(cell)


@pytest.mark.parametrize(("name", "cells"), EXAMPLES, ids=[f"{name}-{i}" for i, (name, _) in enumerate(EXAMPLES)])
def test_every_example_is_what_the_call_path_gives(client: Client, name: str, cells: tuple[Any, ...]) -> None:
    assert bits(client.call(name, list(map(sent, cells)))) == bits(cells_out(call(name, *cells), False))


def test_dates_count_from_1904_in_such_a_document(client: Client) -> None:
    given = [[("a",), ("b",)], [("2024-01-05",), ("2024-02-07",)], [(1.0,), (2.0,)], "2024-03-01"]
    early, late = (client.call("RFM_TABLE", given, null) for null in ("1899-12-30", "1904-01-01"))
    assert early[1][7] - late[1][7] == 1462.0
    assert bits(client.call("RFM_TABLE", given, "1900-01-01")) == bits(nan_of("#VALUE!"))


def test_an_unknown_function(client: Client) -> None:
    assert bits(client.call("NO_SUCH", [1.0])) == bits(nan_of("#NAME?"))


class TestProcess:
    @pytest.fixture
    def own(self) -> Iterator[Client]:
        made = Client(COMMAND, 60)
        yield made
        made.close()

    def test_starts_with_the_first_call_and_stays(self, own: Client) -> None:
        assert own.pid is None
        assert own.call("CLV", [100.0, 2.0, 36.0]) == 7200.0
        first = own.pid
        assert own.call("CLV", [1.0, 2.0, 36.0]) == 72.0
        assert own.pid == first

    def test_starts_again_when_it_was_killed(self, own: Client) -> None:
        own.call("CLV", [1.0, 1.0, 1.0])
        first = own.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        time.sleep(0.2)
        assert own.call("CLV", [100.0, 2.0, 36.0]) == 7200.0
        assert own.pid != first

    def test_does_not_import_what_the_closed_forms_do_not_need(self) -> None:
        program = "import sys, xlclv.hosts.calc.worker as w; w.answer(['CLV', ''], [1.0, 1.0, 1.0]); print('numpy' in sys.modules)"
        said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        assert said == "False\n"

    def test_ends_with_its_input(self) -> None:
        process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with process:
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(20) == 0

    def test_ends_on_garbage_and_says_nothing_on_the_pipe(self) -> None:
        done = subprocess.run(COMMAND, input=b"garbage garbage garbage", capture_output=True, timeout=30, check=False)
        assert done.returncode != 0
        hello = memoryview(done.stdout)[8:]
        assert frames.unpack(hello)[0]["frames"] == frames.VERSION

    def test_its_environment_is_the_users(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        for name in ("PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "PYTHONSTARTUP"):
            monkeypatch.setenv(name, str(tmp_path))
        monkeypatch.setenv("XLCLV_KEPT", "yes")
        seen = tmp_path / "seen"
        program = f"import os; open({str(seen)!r}, 'w').write(repr(sorted(os.environ)))"
        own = Client([sys.executable, "-c", program])
        with pytest.raises(WorkerError):
            own.call("CLV", [])
        names = seen.read_text()
        assert "XLCLV_KEPT" in names
        assert not {"PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "PYTHONSTARTUP"} & set(eval(names))


def imitation(program: str) -> list[str]:
    """Return a worker that says hello and then does something else."""
    hello = (
        "import sys, time; from xlclv.hosts.calc import frames; out = sys.stdout.buffer; "
        "frames.write_frame(out, frames.pack({'frames': frames.VERSION}, [])); "
    )
    return [sys.executable, "-c", hello + program]


class TestFailures:
    def test_a_call_that_takes_too_long_is_ended(self, tmp_path: Path) -> None:
        log = tmp_path / "log"
        own = Client(imitation("time.sleep(60)"), 0.5, str(log))
        begun = time.monotonic()
        with pytest.raises(WorkerError, match=r"CLV took longer than 0\.5 seconds"):
            own.call("CLV", [1.0])
        assert time.monotonic() - begun < 10
        assert own.pid is None
        assert "CLV took longer" in log.read_text()

    def test_one_that_always_dies_is_started_twice(self, tmp_path: Path) -> None:
        starts = tmp_path / "starts"
        own = Client(imitation(f"open({str(starts)!r}, 'a').write('x'); frames.read_frame(sys.stdin.buffer)"))
        with pytest.raises(WorkerError, match="ended twice during CLV"):
            own.call("CLV", [1.0])
        assert starts.read_text() == "xx"

    def test_garbage_instead_of_an_answer(self) -> None:
        own = Client(
            imitation("frames.read_frame(sys.stdin.buffer); out.write(b'x' * 99); out.flush(); time.sleep(60)")
        )
        with pytest.raises(WorkerError, match="no frame"):
            own.call("CLV", [1.0])

    def test_no_interpreter_is_not_looked_for_at_every_cell(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = Client([str(tmp_path / "python")])
        tried = []
        start = client_module._start
        monkeypatch.setattr(client_module, "_start", lambda *given: tried.append(1) or start(*given))
        for _ in range(5):
            with pytest.raises(WorkerError, match="xlclv calc doctor"):
                own.call("CLV", [1.0])
        assert tried == [1]
        monkeypatch.setattr(client_module, "PAUSE", 0.0)
        own._not_before = 0.0
        with pytest.raises(WorkerError):
            own.call("CLV", [1.0])
        assert tried == [1, 1]

    def test_a_python_without_xlclv(self, tmp_path: Path) -> None:
        log = tmp_path / "log"
        own = Client([sys.executable, "-I", "-S", *WORKER], 10, str(log))
        with pytest.raises(WorkerError, match="does not start the worker"):
            own.call("CLV", [1.0])
        assert "xlclv" in log.read_text()

    def test_a_worker_of_another_version(self) -> None:
        program = "import sys; from xlclv.hosts.calc import frames; frames.write_frame(sys.stdout.buffer, frames.pack({'frames': 0, 'xlclv': '9'}, []))"
        with pytest.raises(WorkerError, match="xlclv 9, of another version"):
            Client([sys.executable, "-c", program]).call("CLV", [1.0])


def test_errors_have_a_number_each() -> None:
    assert len(set(ERRORS.values())) == len(ERRORS)
