"""Templates with other orders, and what their live cells show: LibreOffice computes all formulas but xlclv's."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import re
import subprocess
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from tests.workbook import office
from tests.workbook.samples import load, make_orders
from xlclv.models import fit
from xlclv.text import Language, Text
from xlclv.valuation import Valuation, group_by
from xlclv.workbook.contract import ORDER_MODEL
from xlclv.workbook.customer_value import setting
from xlclv.workbook.customer_value.build import build_template
from xlclv.workbook.customer_value.example import make_content
from xlclv.workbook.customer_value.setting import Content
from xlclv.workbook.customer_value.what_if_case import ORDERING, SPENDING
from xlclv.worksheet import CellError, call

#: Functions on the sheet What-if that LibreOffice does not have here, with their arguments.
CALL = re.compile(r"(MODEL_[A-Z]+|SPEND_EXPECTED|CLV_PREDICT)\(([^()]*)\)")
CELL = re.compile(r'<c r="([A-Z]+\d+)"([^>]*?)(?:/>|>(.*?)</c>)')


@lru_cache
def content(lang: Language = "en", customers: int = 60, scale: float = 30.0) -> Content:
    """Return a filled template's content, of made orders."""
    orders = make_orders(customers, scale=scale)
    orders["date"] = pd.to_datetime(orders["date"])
    day = orders["date"].max().date()
    return make_content(orders, day, Text("Test shop", "测试商店"), Text("Made for tests.", "为测试而造。"), lang)


def revalued(content: Content, values: np.ndarray) -> Content:
    """Return the content with other values of the customers, their tiers summed up again."""
    valuation = content.valuation
    frame = valuation.customers.assign(clv=values, clv_lower=values, clv_upper=values)
    frame["rank"] = frame["clv"].rank(ascending=False, method="min").astype("int64")
    frame = frame.sort_values(["rank", "customer"], kind="stable", ignore_index=True)
    days = (pd.Timestamp(valuation.settings.as_of) - frame["last"]).dt.days
    tiers = group_by(frame.assign(days_since=days), "tier", ["High", "Medium", "Low"])
    changed = Valuation(**{**vars(valuation), "customers": frame, "tiers": tiers})
    return dataclasses.replace(content, valuation=changed)


def remodelled(content: Content, name: str) -> Content:
    """Return the content with another model of ordering in its tables; the values stay those of the first."""
    customers = content.valuation.customers
    past = [customers[field].to_numpy(float) for field in ("frequency", "recency", "age")]
    model = fit(name, *past, period="week")
    valuation = dataclasses.replace(content.valuation, model=model)
    tables = {**content.tables, ORDER_MODEL: model.to_block()[1:]}
    return dataclasses.replace(
        content, valuation=valuation, tables=tables, values={**content.values, "out_model": model.name}
    )


def built(folder: Path, content: Content | None, lang: Language = "en") -> Path:
    """Write a template."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "template.xlsx"
    path.write_bytes(build_template("xlsx", lang, content))
    return path


def frozen(path: Path, folder: Path, cells: Mapping[str, Any], *, name: str = "", sheet: int = 6) -> Path:
    """Return a copy in which cells of a sheet are constants: those given, and the live ones as stored or given."""
    part_of_sheet = f"xl/worksheets/sheet{sheet}.xml"

    def constant(match: re.Match[str]) -> str:
        address, look, inside = match[1], re.sub(r' t="\w+"', "", match[2]), match[3] or ""
        if address in cells:
            return _constant(address, look, cells[address])
        return _constant(address, look, _stored(match[2], inside)) if CALL.search(inside) else match[0]

    folder.mkdir(parents=True, exist_ok=True)
    result = folder / (name or path.name)
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as out:
        for part in package.namelist():
            data = package.read(part)
            if part == part_of_sheet:
                data = CELL.sub(constant, data.decode()).encode()
            out.writestr(part, data)
    return result


def _stored(look: str, inside: str) -> Any:
    found = re.search(r"<v>(.*?)</v>", inside)
    text = found[1] if found else ""
    return float(text) if text and 't="str"' not in look else text


def _constant(address: str, look: str, value: Any) -> str:
    if value is None or value == "":
        return f'<c r="{address}"{look}/>'
    if isinstance(value, str):
        return f'<c r="{address}"{look} t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{address}"{look}><v>{value!r}</v></c>'


def live_cells(path: Path, lang: Language = "en") -> dict[str, str]:
    """Return the formulas that call xlclv, by address on the sheet What-if."""
    sheet = load(path)[setting.WHAT_IF.of(lang)]
    return {
        cell.coordinate: cell.value
        for row in sheet
        for cell in row
        if cell.data_type == "f" and CALL.search(str(cell.value))
    }


def evaluated(formula: str, sheet: Any, content: Content) -> Any:
    """Return what a live formula shows over the values of a sheet."""
    guard = re.search(r"IF\((\$[A-Z]+\$\d+)=0,", formula)
    assert guard is not None
    if sheet[guard[1].replace("$", "")].value in (0, None, ""):
        return ""
    (name, inside), *others = CALL.findall(formula)
    assert not others
    result = call(name, *(_argument(text, sheet, content) for text in inside.split(",")))
    place = re.search(r"\),1,(\d)\)", formula)
    if place is not None and isinstance(result, list):
        result = result[0][int(place[1]) - 1]
    larger = re.search(r"\)\*\(1\+(\$[A-Z]+\$\d+)\)", formula)
    if larger is not None and isinstance(result, float):
        result *= 1 + float(sheet[larger[1].replace("$", "")].value or 0)
    return result.code if isinstance(result, CellError) else result


def _argument(text: str, sheet: Any, content: Content) -> Any:
    if text in (ORDERING, SPENDING):
        return [["parameter", "value", "", "", ""], *content.tables[text.split("[")[0]], [None] * 5]
    value = sheet[text.replace("$", "")].value
    assert not isinstance(value, dt.date)
    return value


@dataclasses.dataclass(frozen=True)
class Scenario:
    """A template with cells of What-if changed."""

    path: Path
    content: Content
    changes: Mapping[str, Any]


def settled(scenarios: Mapping[str, Scenario], folder: Path) -> dict[str, Any]:
    """Change cells and recalculate, xlclv's functions included, until nothing moves; return the workbooks."""
    formulas = {name: live_cells(each.path) for name, each in scenarios.items()}
    known: dict[str, dict[str, Any]] = {name: {} for name in scenarios}
    done: dict[str, Any] = {}
    for _turn in range(6):
        copies = {
            name: frozen(each.path, folder / "frozen", {**known[name], **each.changes}, name=f"{name}.xlsx")
            for name, each in scenarios.items()
            if name not in done
        }
        for name, path in recalculated_all(copies, folder).items():
            book = load(path, values=True)
            sheet = book[setting.WHAT_IF.en]
            content = scenarios[name].content
            found = {address: evaluated(formula, sheet, content) for address, formula in formulas[name].items()}
            if all(_same(sheet[address].value, value) for address, value in found.items()):
                done[name] = book
            known[name] = found
        if len(done) == len(scenarios):
            return done
    raise AssertionError(f"live cells do not settle: {set(scenarios) - set(done)}")


def recalculated_all(paths: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Return copies that LibreOffice computed from scratch, of many workbooks of different names in one go."""
    profile, out = folder / "profile", folder / "recalculated"
    if not profile.exists():
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(office.REGISTRY, encoding="utf-8")
    program = [office.soffice(), f"-env:UserInstallation={profile.resolve().as_uri()}", "--headless", "--norestore"]
    kind = ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out)]
    done = subprocess.run(
        [*program, *kind, *map(str, paths.values())], capture_output=True, text=True, timeout=300, check=False
    )
    result = {name: out / path.name for name, path in paths.items()}
    assert all(path.exists() for path in result.values()), f"{done.stdout} {done.stderr}"
    return result


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-300)
    return (one or "") == (other or "")
