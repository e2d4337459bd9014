"""The file on the disk: refused early, never half written."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.workbook.samples import source_of
from xlclv.errors import FileError
from xlclv.valuation import Valuation
from xlclv.workbook import build_customer_value, check_target
from xlclv.workbook.package import lock_files, save


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("place", [0, 1])
def test_open_workbook_is_refused_and_untouched(valuation: Valuation, tmp_path: Path, place: int) -> None:
    path = tmp_path / "open.xlsx"
    path.write_bytes(b"old")
    lock = lock_files(path)[place]
    lock.write_bytes(b"somebody")
    with pytest.raises(FileError, match="is open in another program") as caught:
        build_customer_value(valuation, source_of(valuation), path)
    assert lock.name in caught.value.text.zh
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == sorted(["open.xlsx", lock.name])


def test_lock_names() -> None:
    assert [lock.name for lock in lock_files(Path("a/b.xlsx"))] == ["~$b.xlsx", ".~lock.b.xlsx#"]


def test_refusals_write_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    before = names(tmp_path)
    for target, reason in (
        (tmp_path / "folder.xlsx", "is a folder"),
        (tmp_path / "value.csv", "ends in .xlsx"),
        (tmp_path / "absent" / "value.xlsx", "There is no folder"),
    ):
        with pytest.raises(FileError, match=reason) as caught:
            save(b"new", target)
        assert caught.value.text.zh.endswith("。")
    assert names(tmp_path) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may write everywhere")
def test_protected_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "value.xlsx"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(FileError, match="cannot be written"):
        check_target(path)


def test_no_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_args: False)
    with pytest.raises(FileError, match="protected, or open"):
        check_target(tmp_path / "value.xlsx")


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(28, "No space left on device")])
def test_a_disk_that_refuses_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    path = tmp_path / "value.xlsx"
    path.write_bytes(b"old")

    def refuse(_descriptor: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(FileError):
        save(b"new", path)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["value.xlsx"]


def test_interrupted_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "value.xlsx"
    path.write_bytes(b"old")

    def interrupt(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save(b"new", path)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["value.xlsx"]


@pytest.mark.skipif(os.name == "nt", reason="kills with a signal")
def test_killed_leaves_the_old_file_and_the_next_run_sweeps(tmp_path: Path) -> None:
    path = tmp_path / "va[l]ue.xlsx"
    path.write_bytes(b"old")
    program = (
        "import os, sys, time\n"
        "from xlclv.workbook.package import save\n"
        "def wait(descriptor):\n"
        "    print('writing', flush=True)\n"
        "    time.sleep(60)\n"
        "os.fsync = wait\n"
        "save(b'new', sys.argv[1])\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"writing"
        process.send_signal(signal.SIGKILL)
    assert path.read_bytes() == b"old"
    assert len(names(tmp_path)) == 2
    save(b"new", path)
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == [path.name]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.xlsx", tmp_path / "link.xlsx"
    real.write_bytes(b"old")
    try:
        link.symlink_to(real)
    except OSError:
        pytest.skip("no links here")
    save(b"new", link)
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


#: Saves while it waits for a line on its input in the middle of writing.
SLOW = (
    "import os, sys\n"
    "from xlclv.workbook.package import save\n"
    "def wait(descriptor):\n"
    "    os.fsync = lambda descriptor: None\n"
    "    print('writing', flush=True)\n"
    "    sys.stdin.readline()\n"
    "os.fsync = wait\n"
    "save(b'slow', sys.argv[1])\n"
)


def test_two_runs_on_one_target_both_end_well(tmp_path: Path) -> None:
    path = tmp_path / "value.xlsx"
    path.write_bytes(b"old")
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"writing"
        save(b"fast", path)
        assert path.read_bytes() == b"fast"
        process.communicate(b"go on\n", timeout=60)
    assert process.returncode == 0
    assert path.read_bytes() == b"slow"
    assert names(tmp_path) == ["value.xlsx"]


def test_only_abandoned_parts_are_swept(tmp_path: Path) -> None:
    path = tmp_path / "value.xlsx"
    with subprocess.Popen([sys.executable, "-c", "pass"]) as dead:
        pass
    ours, recent, other = (
        tmp_path / f".value.xlsx.{middle}.part"
        for middle in (f"{os.getpid()}-0a", f"{os.getpid()}-0b", f"b.xlsx.{dead.pid}")
    )
    left = [tmp_path / f".value.xlsx.{dead.pid}{token}.part" for token in ("", "-12ab")]
    for part in (ours, recent, other, *left):
        part.write_bytes(b"part")
    hours_ago = time.time() - 7200
    for part in (ours, *left):  # old, so that they go where a process cannot be asked for, too
        os.utime(part, (hours_ago, hours_ago))
    save(b"new", path)
    assert names(tmp_path) == sorted([path.name, recent.name, other.name])


@pytest.mark.skipif(os.name == "nt", reason="asks for a process")
def test_a_part_of_a_dead_process_goes_at_once_and_that_of_a_live_one_never(tmp_path: Path) -> None:
    path = tmp_path / "value.xlsx"
    with subprocess.Popen([sys.executable, "-c", "pass"]) as dead:
        pass
    gone, kept = (tmp_path / f".value.xlsx.{number}-0a.part" for number in (dead.pid, os.getppid()))
    gone.write_bytes(b"part")
    kept.write_bytes(b"part")
    save(b"new", path)
    assert names(tmp_path) == sorted([path.name, kept.name])


@pytest.mark.parametrize(
    ("number", "advice"), [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EIO, False), (errno.EROFS, False)]
)
def test_only_a_full_disk_needs_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, advice: bool
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(FileError) as caught:
        save(b"new", tmp_path / "value.xlsx")
    text = caught.value.text
    assert os.strerror(number) in text.en
    assert os.strerror(number) in text.zh
    assert ("Free some space" in text.en) is ("释放磁盘空间" in text.zh) is advice
    assert text.en.endswith(".")
    assert text.zh.endswith("。")


@pytest.mark.parametrize("length", [245, 260, 5000])
def test_a_name_that_is_too_long_is_told(tmp_path: Path, length: int) -> None:
    path = tmp_path / ("n" * (length - 5) + ".xlsx")
    for attempt in (lambda: check_target(path), lambda: save(b"new", path)):
        with pytest.raises(FileError, match=f"too long \\({length} characters\\); choose a shorter one") as caught:
            attempt()
        assert f"过长（{length} 个字符）" in caught.value.text.zh
    assert not names(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
def test_the_mode_of_a_file_is_kept_and_that_of_a_new_one_is_the_users(tmp_path: Path) -> None:
    path, new = tmp_path / "value.xlsx", tmp_path / "new.xlsx"
    path.write_bytes(b"old")
    path.chmod(0o606)
    before = os.umask(0o027)
    try:
        save(b"new", path)
        save(b"new", new)
    finally:
        os.umask(before)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o606
    assert stat.S_IMODE(new.stat().st_mode) == 0o640


def test_endings_are_joined_in_the_readers_language(tmp_path: Path) -> None:
    for path in (tmp_path / "value.txt", tmp_path):
        with pytest.raises(FileError, match=r"ends in \.xlsx or \.csv") as caught:
            check_target(path, (".xlsx", ".csv"))
        assert "以 .xlsx 或 .csv 结尾" in caught.value.text.zh
