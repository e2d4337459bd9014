"""What the package asks for, inside a browser and outside."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent.parent
#: What markers see in Pyodide, but for the version of Python.
BROWSER = {"sys_platform": "emscripten", "platform_system": "Emscripten", "os_name": "posix", "extra": ""}
#: Modules whose name is not that of the package, hyphens aside.
MODULES = {"scikit-learn": "sklearn"}


def project() -> dict[str, Any]:
    """Return the table ``project`` of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def asked(python: str = "3.13") -> list[Requirement]:
    """Return what is installed with the package in a browser."""
    environment = {**BROWSER, "python_version": ".".join(python.split(".")[:2]), "python_full_version": python}
    return [
        r for r in map(Requirement, project()["dependencies"]) if r.marker is None or r.marker.evaluate(environment)
    ]


def left_out() -> set[str]:
    """Return the modules that are asked for outside the browser only, and those of the extras."""
    inside = {canonicalize_name(requirement.name) for requirement in asked()}
    extras = [text for texts in project()["optional-dependencies"].values() for text in texts]
    names = {canonicalize_name(Requirement(text).name) for text in [*project()["dependencies"], *extras]} - inside
    return {MODULES.get(name, name.replace("-", "_")) for name in names}
