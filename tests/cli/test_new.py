"""``xlclv new`` from the command line."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.workbook.samples import load
from xlclv.cli import main
from xlclv.cli.new import built
from xlclv.cli.options import parse

Capture = pytest.CaptureFixture[str]


def printed(capsys: Capture, *words: str) -> tuple[int, str, str]:
    code = main(words)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_list(capsys: Capture) -> None:
    code, out, err = printed(capsys, "new", "--list")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "name\twhat it is for\tlanguages\tfiles",
        "customer_value\tCustomer value from an order log\ten, zh\t.xlsm, .xlsx",
    ]
    assert (
        printed(capsys, "new", "--list", "--lang", "zh")[1].splitlines()[1].split("\t")[1] == "由订单记录估算客户价值"
    )


def test_default_is_a_workbook_with_buttons(tmp_path: Path, capsys: Capture) -> None:
    target = tmp_path / "customer_value.xlsm"
    assert printed(capsys, "new", "customer_value") == (0, f"Wrote {target}\n", "")
    assert target.read_bytes() == built("xlsm", "en")
    with zipfile.ZipFile(target) as package:
        assert "xl/vbaProject.bin" in package.namelist()
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize(
    "words",
    [
        ["customer_value", "a.xlsx", "--lang", "zh", "--force"],
        ["customer_value", "--lang", "zh", "a.xlsx", "--force"],
        ["--force", "customer_value", "--lang=zh", "a.xlsx"],
        ["--lang", "zh", "--force", "customer_value", "a.xlsx"],
    ],
)
def test_options_stand_anywhere(words: list[str]) -> None:
    options = parse(["new", *words])
    assert (options.name, options.file, options.lang, options.force) == ("customer_value", "a.xlsx", "zh", True)
    assert not options.example


def test_file_language_and_example(tmp_path: Path, capsys: Capture) -> None:
    code, out, _ = printed(capsys, "new", "customer_value", "价值.xlsx", "--lang", "zh", "--example")
    assert (code, out) == (0, f"已写入 {tmp_path / '价值.xlsx'}\n")
    book = load(tmp_path / "价值.xlsx", values=True)
    assert book.sheetnames[0] == "开始"
    assert len(list(book["订单"].iter_rows())) > 6919


@pytest.mark.parametrize("other", ["new", "mine"])
def test_a_file_that_exists_stays(tmp_path: Path, capsys: Capture, other: str) -> None:
    target = tmp_path / "a.xlsx"
    content = built("xlsx", "en") if other == "new" else b"mine"
    target.write_bytes(content)
    code, out, err = printed(capsys, "new", "customer_value", "a.xlsx", "--lang", "zh")
    # Also one that xlclv made: it may hold orders by now.
    assert (code, out, target.read_bytes()) == (2, "", content)
    assert err == "xlclv: a.xlsx 已存在；请改用其他文件名，或用 --force 替换（其中填写的内容会丢失）。\n"
    assert printed(capsys, "new", "customer_value", "a.xlsx", "--lang", "zh", "--force")[0] == 0
    assert target.read_bytes() == built("xlsx", "zh")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["new"], "Give the name of a template: customer_value."),
        (["new", "clv"], "There is no template clv; choose one of customer_value."),
        (["new", "customer_value", "a.xls"], "a.xls has the wrong ending; give a name that ends in .xlsm or .xlsx."),
        (["new", "customer_value", "none/a.xlsx"], "There is no folder"),
        (["new", "customer_value", "--lang", "de"], "--lang"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(tmp_path: Path, capsys: Capture, words: list[str], said: str) -> None:
    code, out, err = printed(capsys, *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert not list(tmp_path.iterdir())
