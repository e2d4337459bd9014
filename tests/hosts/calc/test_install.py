"""Finding LibreOffice, and the extension put in and taken out, with LibreOffice imitated."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from xlclv import __version__
from xlclv.cli import main
from xlclv.errors import FileError
from xlclv.hosts.calc import doctor, install, office
from xlclv.hosts.calc.extension import FILE_NAME
from xlclv.hosts.calc.office import Office

Capture = pytest.CaptureFixture[str]
HERE = Office(Path("/opt/office/program/soffice"), (7, 4, 7))


def registered(profile: Path, python: str = sys.executable, version: str = __version__) -> Path:
    """Make a profile as it is with the extension."""
    cache = profile / "user" / "uno_packages" / "cache"
    folder = cache / "uno_packages" / "lu1.tmp_" / FILE_NAME
    folder.mkdir(parents=True)
    (cache / "uno_packages.pmap").write_bytes(b"Pmp1\0org.xlclv.calc\0\xfflu1.tmp\0\xffxlclv.oxt")
    settings = {"xlclv": version, "python": python, "timeout": 5.0, "worker": []}
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    return folder


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "profile"


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch, profile: Path) -> list[str]:
    """A LibreOffice that takes and gives back the extension; returns what was asked of it."""
    asked: list[str] = []

    def change(found: Office, place: Path, action: str, what: str) -> str:
        asked.append(f"{action} {Path(what).name}")
        if action == "add":
            registered(place)
        else:
            (place / "user" / "uno_packages" / "cache" / "uno_packages.pmap").write_bytes(b"Pmp1")
        return "done"

    for module in (install, doctor):
        monkeypatch.setattr(module, "find_office", lambda: HERE)
    monkeypatch.setattr(install, "_change", change)
    return asked


def run(capsys: Capture, *words: str) -> tuple[int, str, str]:
    code = main(["calc", *words])
    return code, *capsys.readouterr()


class TestInstall:
    def test_in_and_out(self, there: list[str], profile: Path, capsys: Capture) -> None:
        place = ("--profile", str(profile))
        assert run(capsys, "status", *place)[0] == 1
        code, out, err = run(capsys, "install", *place)
        assert (code, err) == (0, "")
        assert f"Installed xlclv {__version__} in LibreOffice 7.4.7" in out
        assert "=CLV(100;2;36)" in out
        assert run(capsys, "status", *place)[0] == 0
        assert run(capsys, "uninstall", *place) == (0, "Removed xlclv from LibreOffice.\n", "")
        assert run(capsys, "uninstall", *place)[1] == "xlclv is not installed in LibreOffice.\n"
        assert there == ["add xlclv.oxt", "remove org.xlclv.calc"]

    def test_an_open_libreoffice_has_to_be_started_again(
        self, there: list[str], profile: Path, capsys: Capture
    ) -> None:
        profile.mkdir()
        (profile / ".lock").touch()
        out = run(capsys, "install", "--profile", str(profile), "--lang", "zh")[1]
        assert "重新启动" in out

    def test_without_libreoffice(self, monkeypatch: pytest.MonkeyPatch, profile: Path, capsys: Capture) -> None:
        for module in (install, doctor):
            monkeypatch.setattr(module, "find_office", lambda: None)
        for action, wrong in (("install", 2), ("uninstall", 2), ("status", 1), ("doctor", 1)):
            code, out, err = run(capsys, action, "--profile", str(profile))
            assert code == wrong
            assert "LibreOffice was not found; install it from libreoffice.org" in out + err

    def test_a_box_is_refused(self, monkeypatch: pytest.MonkeyPatch, profile: Path) -> None:
        boxed = Office(Path("/snap/bin/libreoffice"), (24, 8))
        monkeypatch.setattr(install, "find_office", lambda: boxed)
        with pytest.raises(FileError, match="cannot start a Python"):
            install.install(profile=str(profile))

    def test_a_python_that_is_not_there(self, there: list[str], profile: Path) -> None:
        with pytest.raises(FileError, match="There is no Python"):
            install.install(profile=str(profile), python=str(profile / "python"))
        assert there == []

    def test_one_that_was_not_taken(self, there: list[str], monkeypatch: pytest.MonkeyPatch, profile: Path) -> None:
        monkeypatch.setattr(install, "_change", lambda *given: "ERROR: no")
        with pytest.raises(FileError, match=r"did not take the extension \(ERROR: no\); close LibreOffice"):
            install.install(profile=str(profile))

    @pytest.mark.skipif(os.name != "posix", reason="root is of Unix")
    def test_as_root_and_as_a_user(self, monkeypatch: pytest.MonkeyPatch, profile: Path) -> None:
        asked: list[list[str]] = []

        def noted(command: list[str], *_: object) -> tuple[int, str]:
            asked.append(command)
            return 0, "said\n"

        monkeypatch.setattr(install, "run", noted)
        monkeypatch.setattr(install, "office_python", lambda found: "/usr/bin/python3")
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        assert install._change(HERE, profile, "add", "x.oxt") == "said"
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        install._change(HERE, profile, "add", "x.oxt")
        install._change(HERE, profile, "remove", "org.xlclv.calc")
        place = f"-env:UserInstallation={profile.as_uri()}"
        assert asked[0][0] == "/usr/bin/python3"
        assert asked[0][1].endswith("manager.py")
        assert asked[1][1:] == ["add", "-f", place, "x.oxt"]
        assert asked[2][1:] == ["remove", place, "org.xlclv.calc"]
        assert asked[1][0].endswith("unopkg")

    def test_root_without_uno(self, monkeypatch: pytest.MonkeyPatch, profile: Path) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
        monkeypatch.setattr(install, "office_python", lambda found: None)
        with pytest.raises(FileError, match="install python3-uno"):
            install._change_as_root(HERE, profile, "add", "x.oxt")


class TestDoctor:
    @pytest.fixture(autouse=True)
    def closed(self, there: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(doctor, "cell_value", lambda found, place: "7200")

    def found(self, profile: Path) -> list[tuple[str, str]]:
        return [(finding.check, finding.status.value) for finding in doctor.examine(profile=str(profile))]

    def test_all_is_well(self, profile: Path, capsys: Capture) -> None:
        registered(profile)
        checks = ["office", "extension", "interpreter", "worker", "cell"]
        assert self.found(profile) == [(check, "good") for check in checks]
        code, out, _ = run(capsys, "doctor", "--json", "--lang", "zh", "--profile", str(profile))
        assert code == 0
        assert [item["check"] for item in json.loads(out)["findings"]] == checks

    def test_not_installed(self, profile: Path) -> None:
        assert self.found(profile) == [("office", "good"), ("extension", "problem")]

    def test_of_another_version(self, profile: Path) -> None:
        registered(profile, version="0.0.1")
        assert self.found(profile)[-1] == ("extension", "problem")

    def test_the_interpreter_is_gone(self, profile: Path) -> None:
        registered(profile, python=str(profile / "python"))
        assert self.found(profile)[-1] == ("interpreter", "problem")

    @pytest.mark.skipif(os.name != "posix", reason="a script stands for Python")
    def test_the_interpreter_has_no_xlclv(self, profile: Path, tmp_path: Path) -> None:
        python = tmp_path / "python"
        python.write_text("#!/bin/sh\necho \"No module named 'xlclv'\"; exit 1\n")
        python.chmod(0o755)
        registered(profile, python=str(python))
        findings = doctor.examine(profile=str(profile))
        assert findings[-1].check == "interpreter"
        assert "No module named" in findings[-1].text.en

    @pytest.mark.skipif(os.name != "posix", reason="a script stands for Python")
    def test_the_worker_does_not_start(self, profile: Path, tmp_path: Path) -> None:
        python = tmp_path / "python"
        python.write_text(f'#!/bin/sh\n[ "$1" = -c ] && echo {__version__}\n')
        python.chmod(0o755)
        registered(profile, python=str(python))
        assert self.found(profile)[-1] == ("worker", "problem")

    def test_the_cell_shows_something_else(self, profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        registered(profile)
        monkeypatch.setattr(doctor, "cell_value", lambda found, place: "#NAME?")
        finding = doctor.examine(profile=str(profile))[-1]
        assert (finding.check, finding.status.value) == ("cell", "problem")
        assert "#NAME?" in finding.text.en

    def test_an_open_libreoffice_is_left_alone(self, profile: Path) -> None:
        registered(profile)
        (profile / ".lock").touch()
        assert self.found(profile)[-1] == ("cell", "warning")

    @pytest.mark.parametrize(("version", "status"), [((6, 4), "problem"), ((7, 0), "good"), ((25, 2), "good")])
    def test_old_versions(self, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], status: str) -> None:
        monkeypatch.setattr(doctor, "find_office", lambda: Office(HERE.program, version))
        assert doctor.look()[0].status.value == status


class TestPlaces:
    @pytest.mark.skipif(os.name != "posix", reason="a script stands for LibreOffice")
    def test_libreoffice_on_the_path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        program = tmp_path / "soffice"
        program.write_text("#!/bin/sh\necho 'LibreOffice 24.8.4.2 480(Build:2)'\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        assert office.find_office() == Office(program, (24, 8, 4))

    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere LibreOffice brings its Python")
    def test_libreoffice_does_not_take_a_virtual_environment_for_its_python(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setenv("PYTHONPATH", "x")
        seen = office.environment()
        assert seen["PATH"].split(os.pathsep) == ["/usr/bin", str(tmp_path)]
        assert "PYTHONPATH" not in seen

    def test_none_at_all(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(office, "_usual", list)
        assert office.find_office() is None

    @pytest.mark.parametrize(("system", "part"), [("linux", ".config"), ("darwin", "Application Support")])
    def test_the_profile(self, monkeypatch: pytest.MonkeyPatch, system: str, part: str) -> None:
        monkeypatch.setattr(sys, "platform", system)
        assert part in str(office.profile_folder())

    def test_one_that_was_removed_is_not_there(self, profile: Path) -> None:
        folder = registered(profile)
        assert office.installed(profile) is not None
        (folder.parents[1].parent / "uno_packages.pmap").write_bytes(b"Pmp1")
        assert office.installed(profile) is None

    def test_broken_settings_are_none(self, profile: Path) -> None:
        (registered(profile) / "settings.json").write_text("{")
        assert office.installed(profile) is None


class TestBuild:
    def test_a_file(self, tmp_path: Path, capsys: Capture) -> None:
        target = tmp_path / "a.oxt"
        assert run(capsys, "build", "--out", str(target), "--python", "/python") == (0, f"Wrote {target}\n", "")
        assert run(capsys, "build", "--out", str(target))[0] == 0
        target.write_bytes(b"mine")
        code, _, err = run(capsys, "build", "--out", str(target))
        assert (code, target.read_bytes()) == (2, b"mine")
        assert "--force" in err
        assert run(capsys, "build", "--out", str(target), "--force")[0] == 0
