"""``xlclv table`` and ``xlclv demo``: the main job, on logs of every make."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import random
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from xlclv.cli import main
from xlclv.errors import DomainError
from xlclv.worksheet import call

Capture = pytest.CaptureFixture[str]
Log = list[tuple[str, dt.date, float]]

FIRST, LAST = dt.date(2023, 1, 1), dt.date(2024, 6, 30)
COLUMNS = [
    "customer",
    "orders",
    "first",
    "last",
    "frequency",
    "recency",
    "age",
    "monetary",
    "p_alive",
    "expected_orders",
    "expected_value",
    "clv",
    "tier",
    "stage",
    "segment",
    "rank",
    "clv_lower",
    "clv_upper",
]


@pytest.fixture(scope="module")
def log() -> Log:
    """Orders of 150 customers who buy at rates of their own and drop out by chance."""
    rng = random.Random(20240630)
    orders: Log = []
    for number in range(150):
        day, rate, spend = FIRST + dt.timedelta(rng.randrange(300)), rng.gammavariate(0.9, 1 / 40), rng.uniform(20, 90)
        while day <= LAST:
            orders.append((f"C{number:03d}", day, round(max(0.5, rng.gauss(spend, 8)), 2)))
            if rng.random() < 0.12:
                break
            day += dt.timedelta(1 + int(rng.expovariate(rate)))
    orders.append(("C000", LAST, 10.0))
    return orders


def comma(amount: float) -> str:
    return f"{amount:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def plain(log: Log, folder: Path) -> Path:
    file = folder / "plain.csv"
    rows = [f"{customer},{day.isoformat()},{amount}" for customer, day, amount in log]
    file.write_text("\n".join(["customer_id,date,amount", *rows]) + "\n", encoding="utf-8")
    return file


def chinese(log: Log, folder: Path) -> Path:
    """GB18030, Chinese headers and dates, currency signs, shuffled rows, other columns in front."""
    rows = [f'零售,{customer},{d.year}年{d.month}月{d.day}日,"¥{amount:,.2f}"' for customer, d, amount in log]
    random.Random(1).shuffle(rows)
    file = folder / "订单明细.csv"
    file.write_bytes("\r\n".join(["渠道,客户编号,下单日期,消费金额", *rows]).encode("gb18030"))
    return file


def european(log: Log, folder: Path) -> Path:
    """UTF-16 with semicolons, day first, decimal commas, newest first."""
    rows = [f"{d:%d/%m/%Y};{comma(amount)};{customer}" for customer, d, amount in reversed(log)]
    file = folder / "export.txt"
    file.write_bytes("\n".join(["Order Date;Total;Client", *rows]).encode("utf-16"))
    return file


def workbook(log: Log, folder: Path) -> Path:
    """A workbook: title rows above the header, a first sheet that is none, real dates with times."""
    book = openpyxl.Workbook()
    book.active.title = "Read me"  # type: ignore[union-attr]
    book.active.append(["This workbook holds orders"])  # type: ignore[union-attr]
    sheet = book.create_sheet("Orders")
    sheet.append(["Orders of the web shop"])
    sheet.append([])
    sheet.append(["Invoice", "Customer", "Invoice date", "Revenue"])
    for number, (customer, day, amount) in enumerate(log):
        sheet.append([f"I{number}", customer, dt.datetime(day.year, day.month, day.day, 13, 30), amount])
    file = folder / "orders.xlsx"
    book.save(file)
    return file


def values(path: Path) -> dict[str, dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    return {row["customer"]: row for row in rows}


def run(file: Path, out: Path, *more: str) -> int:
    return main(["table", str(file), "--out", str(out), "--margin", "30%", "--rate", "15%/year", *more])


@pytest.mark.parametrize("make", [chinese, european, workbook])
def test_other_headers_orders_encodings_and_dates_give_the_same_values(
    make: Callable[[Log, Path], Path], log: Log, tmp_path: Path, capsys: Capture
) -> None:
    assert run(plain(log, tmp_path), tmp_path / "plain-values.csv") == 0
    assert run(make(log, tmp_path), tmp_path / "values.csv") == 0
    expected, result = values(tmp_path / "plain-values.csv"), values(tmp_path / "values.csv")
    assert list(next(iter(expected.values()))) == COLUMNS
    assert len(expected) == 150
    assert set(result) == set(expected)
    for customer, row in expected.items():
        for column, text in row.items():
            try:
                assert float(result[customer][column]) == pytest.approx(float(text), rel=1e-6), (customer, column)
            except ValueError:
                assert result[customer][column] == text


def test_values_are_those_of_the_worksheet_functions(log: Log, tmp_path: Path, capsys: Capture) -> None:
    assert run(plain(log, tmp_path), tmp_path / "v.csv", "--periods", "39", "--as-of", "2024-06-30") == 0
    ids, dates, amounts = ([[row[i]] for row in log] for i in range(3))
    table = call("RFM_TABLE", ids, dates, amounts, "2024-06-30")
    assert isinstance(table, list)
    column = {str(name): [[row[i]] for row in table[1:]] for i, name in enumerate(table[0])}
    customer = [column[name] for name in ("frequency", "recency", "age")]
    model = call("MODEL_FIT", "Pareto/NBD", *customer)
    spend = call("SPEND_FIT", column["frequency"], column["monetary"])
    clv = call("CLV_PREDICT", model, spend, *customer, column["monetary"], 39, 0.3, 1.15 ** (7 / 365.25) - 1)
    assert isinstance(clv, list)
    written = values(tmp_path / "v.csv")
    for (name,), (value,) in zip(column["customer"], clv, strict=True):
        assert float(written[str(name)]["clv"]) == pytest.approx(value, rel=1e-9)
    whole = call("CLV_TABLE", ids, dates, amounts, "2024-06-30", 39, 0.3, 1.15 ** (7 / 365.25) - 1)
    assert isinstance(whole, list)
    for row in whole[1:]:
        limits = [float(written[str(row[0])][name]) for name in ("clv_lower", "clv_upper")]
        assert limits == pytest.approx(row[-2:], rel=1e-6)


def test_limits_stay_empty_where_there_are_none(
    log: Log, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*args: object) -> None:
        raise DomainError("Too many orders ahead.", "未来订单过多。")

    monkeypatch.setattr("xlclv.customers.with_limits", refused)
    assert run(plain(log, tmp_path), tmp_path / "v.csv") == 0
    assert "clv_lower and clv_upper are empty: too many orders ahead." in capsys.readouterr().out
    for row in values(tmp_path / "v.csv").values():
        assert row["clv_lower"] == row["clv_upper"] == ""
        assert float(row["clv"]) >= 0


def test_another_model(log: Log, tmp_path: Path, capsys: Capture) -> None:
    for name in ("Pareto/NBD", "bgnbd", "NBD"):
        assert run(plain(log, tmp_path), tmp_path / "v.csv", "--model", name) == 0
        alive = {float(row["p_alive"]) for row in values(tmp_path / "v.csv").values() if row["orders"] == "1"}
        assert (alive == {1.0}) is (name != "Pareto/NBD")
    assert run(plain(log, tmp_path), tmp_path / "w.csv", "--model", "BG/BB", "--lang", "zh") == 2
    assert "BG/BB 需要购买机会的次数" in capsys.readouterr().err


def test_report_names_columns_and_counts_skipped_rows(log: Log, tmp_path: Path, capsys: Capture) -> None:
    file = plain(log, tmp_path)
    with file.open("a", encoding="utf-8") as stream:
        stream.write(",2024-01-01,5\nC001,,5\nC001,soon,5\nC001,2024-01-01,many\n")
    assert run(file, tmp_path / "v.csv") == 0
    out = capsys.readouterr().out
    assert f"Read {len(log) + 4:,} rows of plain.csv" in out
    assert out.count("Skipped 1 rows:") == 4
    for header in ("customer_id", "date", "amount"):
        assert header in out


def test_chinese_csv(log: Log, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "v.csv"
    assert run(plain(log, tmp_path), out, "--lang", "zh") == 0
    rows = list(csv.DictReader(io.StringIO(out.read_bytes().decode("utf-8-sig"))))
    assert list(rows[0])[:3] == ["客户", "订单数", "首单"]
    assert {row["价值层级"] for row in rows} <= {"高", "中", "低"}
    assert "未来 52 周的价值" in capsys.readouterr().out
    assert run(plain(log, tmp_path), out, "--lang", "zh") == 0  # it is known as ours


def test_refunds_are_told(log: Log, tmp_path: Path, capsys: Capture) -> None:
    file = plain([*log, ("R1", LAST, -5.0), ("R2", LAST, -5.0)], tmp_path)
    assert run(file, tmp_path / "v.csv") == 0
    assert "2 days sum to a refund and are no order; 2 customers have no order" in capsys.readouterr().out


def test_workbook_and_chinese(log: Log, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "values.xlsx"
    assert run(plain(log, tmp_path), out, "--lang", "zh", "--title", "测试") == 0
    with zipfile.ZipFile(out) as package:
        tables = [package.read(name) for name in package.namelist() if name.startswith("xl/tables/")]
        sheets = package.read("xl/workbook.xml").decode()
    assert sum(b'name="CustomerValues"' in table for table in tables) == 1
    assert sheets.count("<sheet ") == 5
    assert "客户" in sheets
    assert "已写入" in capsys.readouterr().out


class TestRefusals:
    def refused(self, words: list[str], capsys: Capture) -> str:
        assert main(words) == 2
        err = capsys.readouterr().err
        assert err.startswith("xlclv: ")
        assert err.count("\n") == 1
        return err

    def test_missing_file(self, tmp_path: Path, capsys: Capture) -> None:
        self.refused(["table", str(tmp_path / "no.csv"), "--out", str(tmp_path / "v.csv")], capsys)
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("out", ["v.pdf", "v", ".", "no/v.xlsx"])
    def test_target_of_another_kind(self, out: str, log: Log, tmp_path: Path, capsys: Capture) -> None:
        self.refused(["table", str(plain(log, tmp_path)), "--out", str(tmp_path / out)], capsys)

    def test_the_log_itself_is_never_replaced(self, log: Log, tmp_path: Path, capsys: Capture) -> None:
        file = plain(log, tmp_path)
        before = file.read_bytes()
        self.refused(["table", str(file), "--out", str(file), "--force"], capsys)
        assert file.read_bytes() == before

    def test_a_file_of_somebody_else_is_not_replaced(self, log: Log, tmp_path: Path, capsys: Capture) -> None:
        other = workbook(log, tmp_path)
        before = other.read_bytes()
        words = ["table", str(plain(log, tmp_path)), "--out", str(other)]
        assert "--force" in self.refused(words, capsys)
        assert other.read_bytes() == before
        assert main([*words, "--force"]) == 0
        assert main(words) == 0  # now it is ours

    def test_a_workbook_open_elsewhere(self, log: Log, tmp_path: Path, capsys: Capture) -> None:
        (tmp_path / "~$v.xlsx").touch()
        assert "open" in self.refused(["table", str(plain(log, tmp_path)), "--out", str(tmp_path / "v.xlsx")], capsys)
        assert not (tmp_path / "v.xlsx").exists()

    @pytest.mark.parametrize(
        "words",
        [("--margin", "lots"), ("--margin", "30"), ("--margin", "-5%"), ("--margin", ""), ("--rate", ""), ("--rate", "5"),
         ("--rate", "5%/moon"), ("--rate", "-5%"), ("--periods", "-3"), ("--as-of", "1/5/2024"),
         ("--as-of", "2020-01-01"), ("--period", "moon"), ("--model", "XYZ"), ("--customer", "nobody")],
    )  # fmt: skip
    def test_options(self, words: tuple[str, str], log: Log, tmp_path: Path, capsys: Capture) -> None:
        self.refused(["table", str(plain(log, tmp_path)), "--out", str(tmp_path / "v.csv"), *words], capsys)
        assert not (tmp_path / "v.csv").exists()

    def test_too_few_customers_and_only_one_time_buyers(self, log: Log, tmp_path: Path, capsys: Capture) -> None:
        few = plain([row for row in log if row[0] < "C010"], tmp_path)
        assert "30" in self.refused(["table", str(few), "--out", str(tmp_path / "v.csv")], capsys)
        once = plain([(f"X{i}", day, amount) for i, (_, day, amount) in enumerate(log)], tmp_path)
        self.refused(["table", str(once), "--out", str(tmp_path / "v.csv")], capsys)


def test_text_that_looks_like_a_formula_is_data(log: Log, tmp_path: Path, capsys: Capture) -> None:
    names = {"C000": "=1+1", "C001": "+cmd", "C002": "@sum", "C003": "-2"}
    file = plain([(names.get(customer, customer), day, amount) for customer, day, amount in log], tmp_path)
    assert run(file, tmp_path / "v.csv") == 0
    assert run(file, tmp_path / "v.xlsx") == 0
    assert {"'=1+1", "'+cmd", "'@sum", "'-2"} <= set(values(tmp_path / "v.csv"))
    with zipfile.ZipFile(tmp_path / "v.xlsx") as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/"):
                assert b"<f>1+1" not in package.read(name)


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_killed_in_the_middle_leaves_the_old_file(log: Log, tmp_path: Path) -> None:
    out = tmp_path / "values.xlsx"
    command = [sys.executable, "-m", "xlclv", "table", str(plain(log, tmp_path)), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    before = out.read_bytes()
    for delay in (0.3, 0.9, 1.5):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
        assert out.read_bytes() == before  # same input, same bytes: whichever run wrote it, it is whole


def test_demo(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "demo.xlsx"
    assert main(["demo", "--no-open", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "69,659 rows" in told
    value, lower, upper = (
        float(number.replace(",", ""))
        for number in re.findall(r"(?:weeks: |between |and )([\d,]+\.\d\d)(?=\n| and| with a chance of 90%)", told)
    )
    assert 0.9 * value < lower < value < upper < 1.1 * value
    book = openpyxl.load_workbook(out, read_only=True, data_only=True)
    assert book.sheetnames == ["Summary", "Customers", "Segments", "Cohorts", "Method"]
