"""The side of the pipes that LibreOffice is on: starts the worker, calls it, starts it again when it died.

Part of the extension: standard library, Python 3.8 and newer.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from typing import Any, BinaryIO, Callable, Sequence  # noqa: UP035  # Python 3.8

from . import frames

#: After a worker could not be started, how long cells show the error without another attempt.
PAUSE = 15.0
#: How long a worker may take to say that it is there.
START = 60.0
_TICK = 0.25


class WorkerError(Exception):
    """The worker gave no answer; the text says why and what to do."""


class Client:
    """Calls functions in a worker.

    Parameters
    ----------
    command : list of str
        What starts the worker: an interpreter and its arguments.
    timeout : float
        Seconds a call may take.
    log : str, optional
        File for what the worker and this client have to say.
    """

    def __init__(self, command: Sequence[str], timeout: float = 300.0, log: str | None = None) -> None:
        self._command = list(command)
        self._timeout = timeout
        self._log = log
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: _Watch | None = None
        self._refused = ""
        self._not_before = 0.0

    @property
    def pid(self) -> int | None:
        """The number of the worker's process while there is one."""
        return self._process.pid if self._process is not None else None

    def call(self, name: str, cells: Sequence[Any], null_date: str = "") -> Any:
        """Return what a worksheet function shows: a number, a text, or a list of rows.

        Raises
        ------
        WorkerError
            If there is no answer in time, or no worker.
        """
        parts = frames.pack([name, null_date], cells)
        with self._lock:
            for attempt in (1, 2):
                process, watch = self._started()
                try:
                    return _ask(process, watch, parts, self._timeout)[1][0]
                except (OSError, frames.FrameError) as error:
                    late = watch.late
                    self._end()
                    if late:
                        raise self._told(f"{name} took longer than {self._timeout:g} seconds and was ended") from None
                    if attempt == 2:
                        raise self._told(f"the worker ended twice during {name}: {error}") from None
        raise AssertionError

    def converse(self, header: Any, answer: Callable[[Any, list[Any]], tuple[Any, Sequence[Any]]]) -> Any:
        """Have the worker do a command and return the header of its last frame.

        Until then the worker asks: each frame whose header has ``ask`` is handed to ``answer``, which returns header
        and values to send back. Functions are called through another client meanwhile.

        Raises
        ------
        WorkerError
            If there is no answer in time, or no worker; a command is not begun twice.
        """
        with self._lock:
            process, watch = self._started()
            try:
                told, values = _ask(process, watch, frames.pack(header, []), self._timeout)
                while "ask" in told:
                    told, values = _ask(process, watch, frames.pack(*answer(told, values)), self._timeout)
                return told
            except (OSError, frames.FrameError) as error:
                self._end()
                raise self._told(f"the worker ended during {header}: {error}") from None

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            self._end()

    def _started(self) -> tuple[subprocess.Popen[bytes], _Watch]:
        if self._process is not None and self._watch is not None and self._process.poll() is None:
            return self._process, self._watch
        self._end()
        if time.monotonic() < self._not_before:
            raise WorkerError(self._refused)
        try:
            process = _start(self._command, self._log)
        except OSError as error:
            raise self._unstarted(str(error)) from None
        self._process, self._watch = process, _Watch(process)
        try:
            said = _ask(process, self._watch, None, START)[0]
        except (OSError, frames.FrameError) as error:
            self._end()
            raise self._unstarted(str(error)) from None
        if said.get("frames") != frames.VERSION:
            self._end()
            raise self._unstarted(f"it is xlclv {said.get('xlclv')}, of another version than the extension")
        return process, self._watch

    def _unstarted(self, why: str) -> WorkerError:
        self._not_before = time.monotonic() + PAUSE
        return self._told(f"{self._command[0]} does not start the worker ({why}); run xlclv calc doctor in a terminal")

    def _told(self, why: str) -> WorkerError:
        self._refused = why
        if self._log:
            try:
                with open(self._log, "a", encoding="utf-8") as log:
                    log.write(time.strftime("%Y-%m-%d %H:%M:%S ") + why + "\n")
            except OSError:
                pass
        return WorkerError(why)

    def _end(self) -> None:
        process, watch, self._process, self._watch = self._process, self._watch, None, None
        if process is None:
            return
        if watch is not None:
            watch.stop()
        for stream in (process.stdin, process.stdout):
            try:
                if stream is not None:
                    stream.close()
            except OSError:
                pass
        try:
            process.wait(0.5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _Watch:
    """Kills a process that does not answer in time: a pipe cannot be read with a limit on every system."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.late = False
        self._process = process
        self._deadline = 0.0
        self._busy = threading.Event()
        self._stopped = False
        threading.Thread(target=self._run, daemon=True).start()

    def begin(self, seconds: float) -> None:
        """Say that an answer is due."""
        self._deadline = time.monotonic() + seconds
        if not self._busy.is_set():
            self._busy.set()

    def done(self) -> None:
        """Say that it is there."""
        self._deadline = 0.0

    def stop(self) -> None:
        """End the watch."""
        self._stopped = True
        self._busy.set()

    def _run(self) -> None:
        while not self._stopped:
            self._busy.wait()
            due = self._deadline
            if not due:
                self._busy.clear()
                if self._deadline:  # a call began in between
                    self._busy.set()
            elif time.monotonic() > due and due == self._deadline:
                self.late = True
                self._process.kill()
                return
            time.sleep(min(_TICK, max(0.001, due - time.monotonic())) if due else 0)


def _start(command: list[str], log: str | None) -> subprocess.Popen[bytes]:
    """Start a worker with the environment of the user, not of LibreOffice and its Python."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTHON")
        and name not in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "UNO_PATH", "URE_BOOTSTRAP")
    }
    errors: Any = subprocess.DEVNULL
    try:
        if log:
            errors = open(log, "ab")  # noqa: SIM115  # closed below
    except OSError:
        pass
    try:
        return subprocess.Popen(  # noqa: S603  # the interpreter that the user chose
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            cwd=os.path.expanduser("~"),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows only
        )
    finally:
        if errors is not subprocess.DEVNULL:
            errors.close()


def _ask(
    process: subprocess.Popen[bytes], watch: _Watch, parts: Sequence[bytes] | None, seconds: float
) -> tuple[Any, list[Any]]:
    """Send a frame and return what comes back; without one, what the worker says first."""
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
    into: BinaryIO = process.stdin  # type: ignore[assignment]
    out: BinaryIO = process.stdout  # type: ignore[assignment]
    watch.begin(seconds)
    try:
        if parts is not None:
            frames.write_frame(into, parts)
        frame = frames.read_frame(out)
        if frame is None:
            raise frames.FrameError("the worker ended")
        return frames.unpack(frame)
    finally:
        watch.done()
