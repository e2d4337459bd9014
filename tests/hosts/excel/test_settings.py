"""xlwings' settings file: our rows come and go, all others stay byte by byte."""

from __future__ import annotations

import random
from pathlib import PureWindowsPath

import pytest

from xlclv.errors import FileError
from xlclv.hosts.excel.settings import Settings

OTHERS = '"LICENSE_KEY","a,b"\r\n"SHOW CONSOLE","True"\r\nLOOSE,value\r\n"名","值"\r\n'.encode("gbk")


def test_rows_of_others_stay() -> None:
    settings = Settings(OTHERS, "gbk")
    settings.put("INTERPRETER_WIN", "C:\\工具\\python.exe")
    settings.put("PYTHONPATH", "")
    assert settings.content.startswith(OTHERS)
    again = Settings(settings.content, "gbk")
    assert again.get("interpreter_win") == "C:\\工具\\python.exe"
    assert again.ours("Interpreter_Win")
    assert again.drop_ours() == ["INTERPRETER_WIN", "PYTHONPATH"]
    assert again.content == OTHERS


def test_values_are_read_as_vba_reads_them() -> None:
    settings = Settings(OTHERS, "gbk")
    assert settings.get("license_key") == "a,b"
    assert settings.get("LOOSE") == "value"
    assert settings.get("名") == "值"
    assert settings.get("nothing") == ""
    assert Settings(b'"A","1"\n"a","2"\n\n', "cp1252").get("a") == "1"
    assert Settings(b"A\r\n,\r\n", "cp1252").get("A") == ""


def test_what_was_there_before_comes_back() -> None:
    settings = Settings(b'"INTERPRETER_WIN","C:\\old.exe"\r\n', "cp1252")
    settings.put("INTERPRETER_WIN", "C:\\new.exe")
    settings.put("INTERPRETER_WIN", "C:\\newer.exe")
    assert settings.get("INTERPRETER_WIN") == "C:\\newer.exe"
    assert settings.drop_ours() == ["INTERPRETER_WIN"]
    assert settings.content == b'"INTERPRETER_WIN","C:\\old.exe"\r\n'


def test_a_row_that_somebody_changed_is_theirs() -> None:
    settings = Settings(b"", "cp1252")
    settings.put("INTERPRETER_WIN", "C:\\ours.exe")
    changed = Settings(
        settings.content.replace(b'"INTERPRETER_WIN","C:\\ours', b'"INTERPRETER_WIN","C:\\theirs', 1), "cp1252"
    )
    assert not changed.ours("INTERPRETER_WIN")
    assert changed.others
    assert changed.drop_ours() == []
    assert changed.content == b'"INTERPRETER_WIN","C:\\theirs.exe"\r\n'


def test_letters_the_file_cannot_hold() -> None:
    with pytest.raises(FileError, match="cannot hold the letters of C:\\\\工具"):
        Settings(b"", "cp1252").put("INTERPRETER_WIN", "C:\\工具\\python.exe")


@pytest.mark.parametrize(
    ("rows", "python"),
    [
        ('"INTERPRETER_WIN","C:\\p\\python.exe"', "C:\\p\\python.exe"),
        ('"INTERPRETER","C:\\p\\python.exe"', "C:\\p\\python.exe"),
        ('"INTERPRETER_WIN","python"', None),
        ('"CONDA PATH","C:\\conda"\n"CONDA ENV","base"', "C:\\conda\\python.exe"),
        ('"CONDA PATH","C:\\conda"\n"CONDA ENV","work"', "C:\\conda\\envs\\work\\python.exe"),
        ('"CONDA PATH","C:\\conda"\n"CONDA ENV","D:\\work"', "D:\\work\\python.exe"),
        ('"CONDA PATH","C:\\conda"', None),
        ('"CONDA PATH","C:\\conda"\n"CONDA ENV","base"\n"INTERPRETER_WIN","C:\\q.exe"', "C:\\q.exe"),
    ],
)
def test_interpreter_is_the_one_xlwings_takes(rows: str, python: str | None) -> None:
    found = Settings(rows.encode(), "cp1252").interpreter(str)
    assert found == (None if python is None else PureWindowsPath(python))


def test_any_file_comes_back_whole() -> None:
    """Random rows of random bytes: after putting and dropping ours, nothing but line ends has changed."""
    luck = random.Random(7)
    for _ in range(300):
        rows = [bytes(luck.choices(range(1, 256), k=luck.randrange(1, 30))) for _ in range(luck.randrange(6))]
        rows = [row.replace(b"\n", b"n").replace(b"\r", b"r") for row in rows]
        content = b"".join(row + b"\r\n" for row in rows if row.strip())
        settings = Settings(content, luck.choice(["cp1252", "gbk", "cp932", "utf-8"]))
        settings.put("UDF MODULES", "a")
        settings.put("PYTHONPATH", "")
        assert settings.drop_ours() == ["UDF MODULES", "PYTHONPATH"]
        assert settings.content == content
