"""Installing on a simulated Windows: what is put where, what is refused, what is taken away again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PureWindowsPath

import pytest

from tests.hosts.excel.simulated import ADDIN, HOME, PYTHON, SETTINGS, START, Simulated, addin_file, healthy
from xlclv.errors import FileError
from xlclv.hosts.excel.addin_install import install, uninstall
from xlclv.hosts.excel.settings import MODULE, Settings

CONTENT = addin_file()


@pytest.fixture
def system(tmp_path: Path) -> Simulated:
    return healthy(tmp_path)


def put(system: Simulated, to: str | None = None, force: bool = False, content: bytes = CONTENT) -> list[str]:
    return [line.en for line in install(system, to=to, force=force, build=lambda: content)]


def taken(system: Simulated, to: str | None = None) -> list[str]:
    return [line.en for line in uninstall(system, to=to)]


def settings(system: Simulated) -> Settings:
    return Settings(system.local(SETTINGS).read_bytes(), system.encoding)


def tree(system: Simulated) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in system.root.rglob("*") if file.is_file()}


class TestInstall:
    def test_add_in_and_settings(self, system: Simulated) -> None:
        lines = put(system)
        assert lines[0] == f"Installed {ADDIN} (0.1.0)."
        assert lines[-1] == "Start Excel and type =CLV(100,2,36) in a cell: 7200."
        assert system.local(ADDIN).read_bytes() == CONTENT
        written = settings(system)
        assert written.get("INTERPRETER_WIN") == str(PYTHON)
        assert written.has("PYTHONPATH")
        assert written.get("PYTHONPATH") == ""
        assert written.get("UDF MODULES") == MODULE

    def test_twice_changes_nothing(self, system: Simulated) -> None:
        put(system)
        before = tree(system)
        assert put(system)[0] == f"{ADDIN} is up to date (0.1.0)."
        assert tree(system) == before

    def test_a_newer_one_replaces_the_older(self, system: Simulated) -> None:
        put(system, content=addin_file("0.0.1"))
        assert put(system)[0].startswith("Installed")
        assert system.local(ADDIN).read_bytes() == CONTENT

    def test_a_blocked_file_is_written_afresh(self, system: Simulated) -> None:
        put(system)
        system.streams[ADDIN] = b"ZoneId=3"
        old = system.local(ADDIN).stat().st_ino
        assert put(system)[0].startswith("Installed")
        assert system.local(ADDIN).stat().st_ino != old

    def test_another_python_of_ours_takes_over(self, system: Simulated) -> None:
        put(system)
        system.interpreter = PureWindowsPath(r"D:\new\python.exe")
        put(system)
        assert settings(system).get("INTERPRETER_WIN") == r"D:\new\python.exe"

    def test_a_given_folder(self, system: Simulated) -> None:
        system.registry.clear()
        system.local(HOME / "tools").mkdir()
        lines = put(system, to="tools")
        assert system.local(HOME / "tools/xlclv.xlam").exists()
        assert "Browse" in lines[-1]
        assert not system.local(START).exists()

    def test_excel_has_to_start_again(self, system: Simulated) -> None:
        system.excel_runs = True
        assert put(system)[-1].startswith("Close Excel and start it again")

    def test_where_xlwings_is_used_otherwise_its_settings_stay(self, system: Simulated) -> None:
        others = f'"INTERPRETER_WIN","{PYTHON.with_name("pythonw.exe")}"\r\n"LICENSE_KEY","x"\r\n'.encode()
        system.put(SETTINGS, others)
        assert "already" in put(system)[1]
        assert settings(system).content.startswith(others)
        assert not settings(system).has("UDF MODULES")
        taken(system)
        assert system.local(SETTINGS).read_bytes() == others

    def test_conda_that_is_this_python(self, system: Simulated) -> None:
        system.interpreter = PureWindowsPath(r"C:\conda\envs\work\python.exe")
        system.put(SETTINGS, b'"CONDA PATH","C:\\conda"\n"CONDA ENV","work"\n')
        assert "already" in put(system)[1]
        assert not settings(system).has("INTERPRETER_WIN")


class TestRefusals:
    """Each is one sentence, and nothing has been changed."""

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (
                lambda s: setattr(s, "interpreter", HOME / r"AppData\Local\Microsoft\WindowsApps\python.exe"),
                "python.org",
            ),
            (lambda s: s.registry.clear(), "--to"),
            (lambda s: s.variables.pop("USERPROFILE"), "USERPROFILE"),
            (lambda s: s.put(ADDIN, b"something else"), "--force"),
            (lambda s: s.put(SETTINGS, b'"INTERPRETER_WIN","D:\\python.exe"'), "another Python, D:\\python.exe;"),
            (lambda s: s.put(SETTINGS, b'"INTERPRETER_WIN","python"'), "another Python, python;"),
            (lambda s: s.put(SETTINGS, b'"CONDA PATH","C:\\conda"\n"CONDA ENV","x"'), "C:\\conda\\envs\\x\\python.exe"),
            (lambda s: setattr(s, "interpreter", PureWindowsPath("C:\\工具\\python.exe")), "plain letters"),
            (lambda s: s.put(ADDIN.with_name("~$xlclv.xlam"), b""), "open in another program"),
            (lambda s: s.local(SETTINGS).mkdir(parents=True), "cannot be read"),
        ],
    )
    def test_sentence(self, system: Simulated, change: Callable[[Simulated], object], words: str) -> None:
        change(system)
        before = tree(system)
        with pytest.raises(FileError) as refused:
            put(system)
        assert words in refused.value.text.en
        assert refused.value.text.en.endswith(".")
        assert refused.value.text.zh.endswith("。")
        assert tree(system) == before

    def test_no_such_folder(self, system: Simulated) -> None:
        with pytest.raises(FileError, match=r"no folder C:\\Users\\ann\\nowhere;"):
            put(system, to="nowhere")

    def test_excel_holds_the_file(self, system: Simulated) -> None:
        system.excel_runs = True
        system.put(ADDIN.with_name("~$xlclv.xlam"), b"")
        with pytest.raises(FileError, match=r"Excel is running and holds .* close Excel and try again"):
            put(system)
        assert not system.local(SETTINGS).exists()

    def test_force_replaces_and_uninstall_gives_back(self, system: Simulated) -> None:
        system.put(ADDIN, b"something else")
        system.put(SETTINGS, b'"INTERPRETER_WIN","D:\\python.exe"\r\n')
        assert "in place of D:\\python.exe" in put(system, force=True)[1]
        assert settings(system).get("INTERPRETER_WIN") == str(PYTHON)
        put(system)
        taken(system)
        assert system.local(SETTINGS).read_bytes() == b'"INTERPRETER_WIN","D:\\python.exe"\r\n'


class TestUninstall:
    def test_nothing_of_ours_is_left(self, system: Simulated) -> None:
        before = tree(system)
        put(system)
        lines = taken(system)
        assert lines[0] == f"Removed {ADDIN}."
        assert "INTERPRETER_WIN, PYTHONPATH, UDF MODULES" in lines[1]
        assert tree(system) == before
        assert taken(system) == [f"There is no {ADDIN}.", f"No settings of xlclv in {SETTINGS}."]

    def test_from_another_python(self, system: Simulated) -> None:
        put(system)
        system.interpreter = PureWindowsPath(r"D:\python.exe")
        taken(system)
        assert not system.local(SETTINGS).exists()

    def test_what_is_not_ours_stays(self, system: Simulated) -> None:
        system.put(ADDIN, b"something else")
        system.put(START / "mine.xlam", addin_file())
        system.put(SETTINGS, f'"INTERPRETER_WIN","{PYTHON}"\r\n"UDF MODULES","{MODULE}"\r\n'.encode())
        before = tree(system)
        assert taken(system)[0] == f"Left {ADDIN}, which is no add-in of xlclv."
        assert tree(system) == before

    @pytest.mark.parametrize(("runs", "words"), [(True, "close Excel and try again"), (False, "cannot be removed")])
    def test_excel_holds_the_file(
        self, system: Simulated, monkeypatch: pytest.MonkeyPatch, runs: bool, words: str
    ) -> None:
        put(system)
        system.excel_runs = runs

        def held(path: Path) -> None:
            raise PermissionError(13, "in use", str(path))

        monkeypatch.setattr(Path, "unlink", held)
        with pytest.raises(FileError, match=words):
            taken(system)
        assert settings(system).get("INTERPRETER_WIN") == str(PYTHON)
