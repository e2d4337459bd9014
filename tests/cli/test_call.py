"""``xlclv call`` and ``xlclv functions``, and what every command has in common."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from xlclv.cli import main
from xlclv.cli.call import cell_from
from xlclv.errors import FileError
from xlclv.worksheet import CellError
from xlclv.worksheet.catalogue import FUNCTIONS

Capture = pytest.CaptureFixture[str]


def printed(capsys: Capture, *words: str) -> tuple[int, str, str]:
    code = main(words)
    out, err = capsys.readouterr()
    return code, out, err


class TestWords:
    @pytest.mark.parametrize(
        ("word", "cell"),
        [
            ("36", 36.0),
            ("-1e-3", -0.001),
            (".5", 0.5),
            ("30%", 0.3),
            ("-7%", -0.07),
            ("", None),
            (" ", None),
            ("true", True),
            ("#N/A", CellError("#N/A")),
            ("2024-01-05", "2024-01-05"),
            ("=1+1", "=1+1"),
            ('"36"', "36"),
            ("[1,2]", [1.0, 2.0]),
            ('[[1],["a"],[null],[true]]', [[1.0], ["a"], [None], [True]]),
            ('[[{"error":"#N/A"}]]', [[CellError("#N/A")]]),
            ("nan", "nan"),
            ("１２", 12.0),
        ],
    )
    def test_cell(self, word: str, cell: Any) -> None:
        assert cell_from(word) == cell

    @pytest.mark.parametrize("word", ["[1,", "[NaN]", "[[[1]]]", '[{"a":1}]', "[" * 5000])
    def test_json_that_is_no_range(self, word: str) -> None:
        with pytest.raises(FileError):
            cell_from(word)


class TestFiles:
    @pytest.fixture
    def values(self, tmp_path: Path) -> Path:
        file = tmp_path / "a:b.csv"
        file.write_text("客户,Value\nx,100\ny,50\n", encoding="utf-8")
        return file

    def test_column_split_at_the_last_colon(self, values: Path) -> None:
        assert cell_from(f"@{values}:value") == [["100"], ["50"]]

    def test_whole_file(self, values: Path) -> None:
        assert cell_from(f"@{values}") == [["客户", "Value"], ["x", "100"], ["y", "50"]]

    def test_used_in_a_call(self, values: Path, capsys: Capture) -> None:
        assert printed(capsys, "call", "CLV", f"@{values}:Value", "2", "36")[:2] == (0, "7200\n3600\n")

    @pytest.mark.parametrize("spec", ["@nothing.csv:a", "@nothing.csv", "@.:a"])
    def test_missing(self, spec: str, capsys: Capture) -> None:
        code, out, err = printed(capsys, "call", "CLV", spec, "2", "36")
        assert (code, out) == (2, "")
        assert err.count("\n") == 1

    def test_missing_column_lists_those_there_are(self, values: Path, capsys: Capture) -> None:
        code, _, err = printed(capsys, "call", "CLV", f"@{values}:price", "2", "36")
        assert code == 2
        assert "客户, Value" in err


class TestCall:
    def test_number(self, capsys: Capture) -> None:
        assert printed(capsys, "call", "CLV", "100", "2", "36", "30%") == (0, "2160\n", "")

    def test_error_value(self, capsys: Capture) -> None:
        code, out, err = printed(capsys, "call", "CLV", "100", "2", "-36")
        assert (code, out, err) == (1, "#NUM!\n", "xlclv: lifetime must be 0 or more, not -36.\n")

    def test_error_value_as_json_in_chinese(self, capsys: Capture) -> None:
        code, out, err = printed(capsys, "call", "CLV", "100", "2", "-36", "--json", "--lang", "zh")
        assert (code, err) == (1, "")
        assert json.loads(out) == {"error": "#NUM!", "message": "lifetime 不能小于 0，现在是 -36。"}

    def test_error_within_a_range_is_a_failure_but_not_within_a_table(self, capsys: Capture) -> None:
        code, out, err = printed(capsys, "call", "CLV", '[1,"x"]', "2", "36")
        assert (code, out.split("\t")[1]) == (1, "#VALUE!\n")
        assert err.startswith("xlclv: order_value")
        assert printed(capsys, "call", "CLV", "#N/A", "2", "36") == (1, "#N/A\n", "")

    def test_unknown_function(self, capsys: Capture) -> None:
        code, out, _ = printed(capsys, "call", "CLVX", "1", "--json")
        assert code == 1
        assert json.loads(out)["error"] == "#NAME?"

    def test_table_as_json_has_iso_dates_and_errors(self, capsys: Capture) -> None:
        code, out, _ = printed(
            capsys, "call", "RETENTION_COHORTS", '["a","b","a"]', '["2024-01-05","2024-01-20","2024-02-03"]',
            "", "", "", "2024-02-15", "--json",
        )  # fmt: skip
        rows = json.loads(out)
        assert code == 0
        assert rows[1][:3] == ["2024-01-01", 2.0, 1.0]
        assert rows[1][3]["error"] == "#N/A"

    def test_a_row_of_errors_is_a_failure_where_rows_are_answered(self, capsys: Capture) -> None:
        block = '[["model","BG/NBD"],["r",0.243],["alpha",4.414],["a",0.793],["b",2.426]]'
        words = ("call", "MODEL_INTERVAL", block, "[[2],[2]]", "[[30.43],[40]]", "38.86", "39")
        code, out, err = printed(capsys, *words)
        assert (code, out) == (1, "0\t3\n#NUM!\t#NUM!\n")
        assert err.startswith("xlclv: ")
        assert "recency" in err
        assert printed(capsys, *words[:3], "2", "30.43", "38.86", "39") == (0, "0\t3\n", "")

    def test_headers_are_in_the_language_asked_for(self, capsys: Capture) -> None:
        words = ("call", "RFM_TABLE", '[["a"],["a"]]', '[["2024-01-01"],["2024-01-08"]]', "[[5],[9]]", "2024-01-15")
        assert printed(capsys, *words)[1].startswith("customer\t")
        assert printed(capsys, *words, "--lang", "zh")[1].startswith("客户\t")
        # The function's own argument counts more, and what is missing stays missing.
        assert printed(capsys, *words, "", "en", "--lang", "zh")[1].startswith("customer\t")
        assert printed(capsys, *words, "", "", "--lang", "zh")[1].startswith("客户\t")
        code, _, err = printed(capsys, "call", "RFM_TABLE", "a", "--lang", "zh")
        assert code == 1
        assert "缺少 dates" in err

    def test_omitted_argument(self, capsys: Capture) -> None:
        assert printed(capsys, "call", "CLV_RETENTION", "1", ".8", "12%", "", "8%")[1].startswith("3.125")

    def test_words_after_the_name_are_cells(self, capsys: Capture) -> None:
        assert printed(capsys, "call", "CLV", "-5%", "2", "10")[:2] == (0, "-1\n")
        assert printed(capsys, "call", "--json", "--", "XLCLV_HELP", "--x")[0] == 1

    def test_1904(self, capsys: Capture) -> None:
        words = ("call", "SEGMENT_STAGE", "43834", "43834", "1", "2024-01-06")
        assert printed(capsys, *words, "--date1904")[1] == "New\n"


class TestFunctions:
    def test_json_lists_every_declaration(self, capsys: Capture) -> None:
        code, out, _ = printed(capsys, "functions", "--json")
        listed = json.loads(out)
        assert code == 0
        assert [entry["name"] for entry in listed] == list(FUNCTIONS)
        for entry in listed:
            assert set(entry) >= {"name", "family", "help", "arguments"}
            assert [a["name"] for a in entry["arguments"]] == [a.name for a in FUNCTIONS[entry["name"]].arguments]

    def test_chinese(self, capsys: Capture) -> None:
        _, out, _ = printed(capsys, "functions", "--json", "--lang", "zh")
        assert json.loads(out)[0]["family"] == "价值"

    def test_one(self, capsys: Capture) -> None:
        code, out, _ = printed(capsys, "functions", "cac_cost")
        assert code == 0
        assert out.startswith("CAC_COST(spend, customers)\n")
        assert printed(capsys, "functions", "nothing")[0] == 2


class TestLanguages:
    def test_complaints_about_options_are_in_the_language_asked_for(self, capsys: Capture) -> None:
        assert "命令行有误" in printed(capsys, "table", "x.csv", "--lang", "zh")[2]
        assert "命令行有误" in printed(capsys, "table", "--lang=zh")[2]

    @pytest.mark.parametrize("encoding", ["cp1252", "ascii", None])
    def test_any_letter_goes_into_any_stream(self, encoding: str | None, tmp_path: Path) -> None:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHONIO", "LC_", "LANG"))
        }
        environment |= {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        if encoding:
            environment["PYTHONIOENCODING"] = encoding
        command = [sys.executable, "-m", "xlclv", "functions", "--lang", "zh"]
        run = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert run.returncode == 0, run.stderr
        assert (b"\\u51fd\\u6570" if encoding else "函数".encode()) in run.stdout


class TestEveryCommand:
    @pytest.mark.parametrize(
        "words",
        [("nothing",), ("call",), ("table",), ("functions", "--lang", "fr"), ("demo", "--margin", "3"), ("--x",)],
    )
    def test_wrong_input_is_one_sentence(self, words: tuple[str, ...], capsys: Capture) -> None:
        code, out, err = printed(capsys, *words)
        assert (code, out) == (2, "")
        assert err.startswith("xlclv: ")
        assert err.count("\n") == 1

    @pytest.mark.parametrize("words", [("--help",), ("call", "--help"), ("table", "-h"), ("--version",)])
    def test_help(self, words: tuple[str, ...], capsys: Capture) -> None:
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 0
        assert "xlclv" in capsys.readouterr().out

    def test_no_command_shows_help(self, capsys: Capture) -> None:
        code, out, _ = printed(capsys)
        assert code == 0
        assert "exit codes" in out
        assert "alerts" not in out

    def test_help_imports_nothing_heavy(self) -> None:
        program = (
            "import sys, xlclv.cli\n"
            "try: xlclv.cli.main(['--help'])\n"
            "except SystemExit: pass\n"
            "xlclv.cli.main(['call', 'CLV', '100', '2', '36'])\n"
            "bad = {'numpy', 'pandas', 'scipy', 'xlwings', 'rich'} & set(sys.modules)\n"
            "sys.exit(str(bad) if bad else 0)"
        )
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr

    def test_a_reader_that_goes_away_is_no_error(self) -> None:
        program = "from xlclv.cli import main; import sys; sys.exit(main(['functions', '--json']))"
        with subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as process:  # fmt: skip
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.read(10)
            process.stdout.close()
            assert process.stderr.read() == ""

    def test_the_unforeseen_is_one_sentence_too(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*args: object, **kwargs: object) -> None:
            raise TypeError("no\ntrace")

        monkeypatch.setattr("xlclv.cli.call.call", broken)
        code, _, err = printed(capsys, "call", "CLV", "1", "2", "3")
        assert code == 2
        assert err.startswith("xlclv: Unexpected TypeError: no trace.")

    def test_interrupted(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupted(*args: object, **kwargs: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("xlclv.cli.call.call", interrupted)
        assert printed(capsys, "call", "CLV", "1", "2", "3")[0] == 130
