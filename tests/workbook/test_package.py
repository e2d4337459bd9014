"""The file on the disk: refused early, never half written."""

from __future__ import annotations

import os
import signal
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
    time.sleep(0)
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
