"""The house rules that a program can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import xlclv

ROOT = Path(__file__).parent.parent
SOURCES = sorted([*ROOT.glob("xlclv/**/*.py"), *ROOT.glob("docs/*.py"), *ROOT.glob("benchmarks/*.py")])


def test_arrows() -> None:
    """The contracts of pyproject.toml hold."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"[1-9]\d* kept, 0 broken", run.stdout)


def test_an_arrow_that_points_up_is_found(tmp_path: Path) -> None:
    """The check above can fail."""
    package = tmp_path / "xlclv"
    for folder in ("", "worksheet", "hosts", "cli", "workbook", "data"):
        (package / folder).mkdir(parents=True, exist_ok=True)
        (package / folder / "__init__.py").touch()
    (package / "valuation.py").touch()
    (package / "worksheet" / "__init__.py").write_text("import xlclv.hosts\n")
    contract = '[tool.importlinter]\nroot_package = "xlclv"\n' + "\n".join(
        f"[[tool.importlinter.contracts]]\nname = {c['name']!r}\ntype = 'layers'\nlayers = {c['layers']!r}"
        for c in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
        if c["type"] == "layers"
    )
    (tmp_path / "pyproject.toml").write_text(contract)
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "1 broken" in run.stdout


def test_public_names_exist_and_have_examples() -> None:
    for name in xlclv.__all__:
        member = getattr(xlclv, name)
        assert member.__doc__, name
        if name != "models":
            assert ">>>" in member.__doc__, name
            assert "Returns" in member.__doc__, name


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", [p for p in SOURCES if "xlclv" in p.parts], ids=lambda p: str(p.relative_to(ROOT)))
def test_no_evaluation_of_data(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])(eval|exec|pickle)\b\s*[.(]", text)


def test_sentences_of_errors_start_with_a_capital() -> None:
    """But for those that start with the name of an argument or what a user wrote."""
    trees = {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in SOURCES
        if path.is_relative_to(ROOT / "xlclv") and not {"cli", "hosts", "workbook"} & set(path.parts)
    }
    nodes = [(path, node) for path, tree in trees.items() for node in ast.walk(tree)]
    names = {node.arg for _, node in nodes if isinstance(node, ast.arg)} | {"lifetimes"}
    for path, node in nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error") and len(node.args) >= 2:
            first = node.args[0].values[0] if isinstance(node.args[0], ast.JoinedStr) else node.args[0]
            sentence = first.value if isinstance(first, ast.Constant) else None
            if isinstance(sentence, str) and not sentence.startswith(("#", '"')):
                word = re.split(r"\W", sentence)[0]
                assert word[:1].isupper() or "_" in word or word in names, f"{path.name}: {sentence}"


def test_version_is_told_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" in project["dynamic"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {xlclv.__version__}" in changelog
