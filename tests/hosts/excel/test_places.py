"""Where Windows keeps Excel, its start folder, and the add-ins it opens."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest

from tests.hosts.excel.simulated import (
    ADDIN,
    EXCEL,
    HOME,
    ROOT16,
    START,
    XLWINGS,
    Simulated,
    addin_file,
    healthy,
    installed,
    program,
)  # fmt: skip
from xlclv.hosts.excel.marker import Mark, mark_of, properties
from xlclv.hosts.excel.places import (
    APP_PATH,
    CLICK_TO_RUN,
    OFFICE,
    Excel,
    addins,
    bits_of,
    excel_runs,
    excels,
    expand,
    in_one_drive,
    in_store,
    is_blocked,
    start_folder,
)  # fmt: skip
from xlclv.hosts.excel.windows import Ended, Hive


@pytest.fixture
def system(tmp_path: Path) -> Simulated:
    return healthy(tmp_path)


class TestExcels:
    def test_click_to_run_is_found_once(self, system: Simulated) -> None:
        assert excels(system) == [Excel("16.0", EXCEL, 64)]

    def test_32_bit_on_64_bit_windows(self, system: Simulated) -> None:
        folder = PureWindowsPath(r"C:\Program Files (x86)\Microsoft Office\Office15")
        system.put(folder / "EXCEL.EXE", program(32))
        system.write(Hive.MACHINE, rf"{OFFICE}\15.0\Excel\InstallRoot", {"Path": str(folder)}, 32)
        assert excels(system) == [Excel("16.0", EXCEL, 64), Excel("15.0", folder / "EXCEL.EXE", 32)]

    @pytest.mark.parametrize(("platform", "bits"), [("x86", 32), ("x64", 64), ("", 64)])
    def test_bits_from_the_registry_where_the_program_cannot_be_read(
        self, system: Simulated, platform: str, bits: int
    ) -> None:
        system.put(EXCEL, b"not a program")
        system.registry[Hive.MACHINE, CLICK_TO_RUN.upper(), 64] = {"Platform": platform}
        assert excels(system)[0].bits == bits

    def test_the_program_is_believed_more_than_the_registry(self, system: Simulated) -> None:
        system.put(EXCEL, program(32))
        assert excels(system)[0].bits == 32

    def test_what_an_uninstaller_left_behind_is_none(self, system: Simulated) -> None:
        system.local(EXCEL).unlink()
        assert excels(system) == []

    def test_app_path_alone_and_store(self, system: Simulated) -> None:
        store = PureWindowsPath(r"C:\Program Files\WindowsApps\Microsoft.Office.Desktop.Excel_16051\Office16\EXCEL.EXE")
        system.registry.clear()
        system.variables["PROGRAMFILES"] = r"C:\Program Files"
        system.write(
            Hive.USER, APP_PATH, {"": f'"{str(store).replace(system.variable("ProgramFiles"), "%ProgramFiles%")}"'}
        )
        system.put(store, program(64))
        assert excels(system) == [Excel("16.0", store, 64)]
        assert excels(system)[0].store


class TestStartFolder:
    def test_excel_makes_it(self, system: Simulated) -> None:
        assert start_folder(system) == START

    def test_none_without_excel(self, system: Simulated) -> None:
        system.registry.clear()
        assert start_folder(system) is None
        system.local(START).mkdir(parents=True)
        assert start_folder(system) == START

    @pytest.mark.parametrize("data", ["", r"Z:\gone"])
    def test_none_without_the_users_folder(self, system: Simulated, data: str) -> None:
        system.variables["APPDATA"] = data
        assert start_folder(system) is None


class TestAddins:
    def test_every_place_is_searched(self, tmp_path: Path) -> None:
        system = installed(tmp_path)
        elsewhere = PureWindowsPath(r"D:\start")
        system.put(START / "old xlclv.xlam", addin_file("0.0.1"))
        system.put(START / "other.xlam", b"PK")
        system.put(START / "xlclv.xlsx", addin_file())
        system.put(ROOT16 / "XLSTART/xlclv.xlam", addin_file())
        system.put(elsewhere / "xlclv.xlam", addin_file())
        system.put(HOME / "tools/xlclv.xlam", addin_file())
        system.put(HOME / "AppData/Roaming/Microsoft/AddIns/xlclv.xlam", addin_file())
        options = {
            "AltStartup": str(elsewhere), "OPEN": f'/R "{HOME / "tools/xlclv.xlam"}"', "OPEN1": "xlclv.xlam",
            "OPEN2": '/R "C:\\gone.xlam"', "Font": "xlclv.xlam",
        }  # fmt: skip
        system.write(Hive.USER, rf"{OFFICE}\16.0\Excel\Options", options)
        found = addins(system, excels(system))
        assert set(found) == {
            ADDIN, START / "old xlclv.xlam", ROOT16 / "XLSTART/xlclv.xlam", elsewhere / "xlclv.xlam",
            HOME / "tools/xlclv.xlam", HOME / "AppData/Roaming/Microsoft/AddIns/xlclv.xlam",
        }  # fmt: skip
        assert found[START / "old xlclv.xlam"] == Mark("0.0.1", XLWINGS)

    def test_marks(self) -> None:
        assert mark_of(addin_file("1.2<&\"'", "3")) == Mark("1.2<&\"'", "3")
        assert mark_of(b"") is None
        assert mark_of(addin_file()[:-30]) is None
        assert set(properties()) == {"xlclv", "xlwings"}

    def test_an_xlsx_without_properties_is_none(self, tmp_path: Path) -> None:
        import xlsxwriter

        with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
            book.add_worksheet()
        assert mark_of((tmp_path / "book.xlsx").read_bytes()) is None


def test_variables(system: Simulated) -> None:
    assert expand(system, r"%UserProfile%\x %NOTHING% 100%") == rf"{HOME}\x %NOTHING% 100%"


def test_bits(system: Simulated) -> None:
    for content, bits in [(program(32), 32), (program(64), 64), (b"", None), (b"MZ" * 99, None)]:
        assert bits_of(system, PureWindowsPath(system.put(HOME / "a.dll", content) and HOME / "a.dll")) == bits
    assert bits_of(system, HOME / "none.dll") is None


def test_whether_excel_runs(system: Simulated, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not excel_runs(system)
    system.excel_runs = True
    assert excel_runs(system)
    timed_out = Ended(None, "Command tasklist /FI IMAGENAME eq EXCEL.EXE timed out")
    monkeypatch.setattr(system, "run", lambda command, seconds: timed_out)
    assert not excel_runs(system)


def test_stores_and_clouds(system: Simulated) -> None:
    assert in_store(HOME / r"AppData\Local\Microsoft\windowsapps\python.exe")
    assert not in_store(PureWindowsPath(r"C:\Python\python.exe"))
    assert in_one_drive(system, PureWindowsPath(r"c:\users\ANN\OneDrive\book.xlsx"))
    assert not in_one_drive(system, PureWindowsPath(r"C:\Users\ann\OneDrive2\book.xlsx"))


@pytest.mark.parametrize(
    ("stream", "blocked"),
    [
        (b"[ZoneTransfer]\r\nZoneId=3\r\n", True),
        (b"[ZoneTransfer]\r\nZoneId=4", True),
        (b"ZoneId=1", False),
        (b"", False),
    ],
)
def test_mark_of_the_web(system: Simulated, stream: bytes, blocked: bool) -> None:
    system.streams[ADDIN] = stream
    assert is_blocked(system, ADDIN) == blocked
    assert not is_blocked(system, EXCEL)
