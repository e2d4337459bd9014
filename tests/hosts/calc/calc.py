"""A LibreOffice without windows, with the extension in a profile of its own."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any

from tests.workbook.office import missing, soffice
from xlclv.hosts.calc.install import install
from xlclv.hosts.calc.office import Installed, environment, find_office, installed, office_python

DRIVER = Path(__file__).with_name("driver.py")
PATIENCE = 240


class Calc:
    """Hands requests to the driver; see there what can be asked."""

    driver = DRIVER

    def __init__(self, profile: Path, **settings: Any) -> None:
        soffice()
        office = find_office()
        python = office_python(office) if office else None
        if office is None or python is None:
            missing("a Python with the module uno")
        install(profile=str(profile), **settings)
        self.profile = profile
        self._process = subprocess.Popen(
            [python, str(self.driver), str(office.program), str(profile)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=environment(),
        )
        assert self._answer() == "ready"

    def __call__(self, request: str, **given: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([request, given]) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        assert "failed" not in answer, answer
        return answer["answer"]

    @property
    def extension(self) -> Installed:
        found = installed(self.profile)
        assert found is not None
        return found

    @property
    def log(self) -> str:
        file = self.extension.folder / "xlclv.log"
        return file.read_text("utf-8") if file.exists() else ""

    def end(self) -> None:
        self("end")
        self._process.wait(60)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        watch = threading.Timer(PATIENCE, self._process.kill)
        watch.start()
        try:
            return json.loads(self._process.stdout.readline() or '{"failed": "LibreOffice does not answer"}')
        finally:
            watch.cancel()
