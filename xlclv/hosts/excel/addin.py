"""The add-in of Excel, xlclv.xlam: the functions as VBA, a tab of the ribbon, and help in two languages."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import xlsxwriter

from xlclv.hosts.excel import marker
from xlclv.hosts.excel.commands import ribbon
from xlclv.hosts.excel.modules import BOOK, modules
from xlclv.hosts.excel.texts import help_rows, text_rows
from xlclv.vba import build_project
from xlclv.worksheet.catalogue import FUNCTIONS

#: A workbook of an older calculation number is computed anew when it is opened.
CALCULATION = 191_029
WORKBOOK = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
ADDIN = b"application/vnd.ms-excel.addin.macroEnabled.main+xml"
RIBBON_PART = "customUI/customUI.xml"
RIBBON_LINK = (
    '<Relationship Id="rIdRibbon" Type="http://schemas.microsoft.com/office/2006/relationships/ui/extensibility" '
    f'Target="{RIBBON_PART}"/></Relationships>'
).encode()
#: The same date in every build, which a second build repeats byte for byte.
MOMENT = dt.datetime(2024, 1, 1)


def build_addin() -> bytes:
    """Return xlclv.xlam; the same xlclv and xlwings give the same bytes.

    Raises
    ------
    FileError
        If the xlwings that is installed has no VBA module.
    """
    sheets = {
        "xlclv": text_rows(),
        "_IntelliSense_": help_rows(FUNCTIONS, "en"),
        "xlclv_en": help_rows(FUNCTIONS, "en"),
        "xlclv_zh": help_rows(FUNCTIONS, "zh"),
    }
    return as_addin(_workbook(sheets))


def _workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    """Return a macro workbook of sheets with texts, all but the first hidden."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, options)
    book.set_calc_mode("auto", CALCULATION)
    book.calc_on_load = False
    names = [f"Sheet{number}" for number in range(1, len(sheets) + 1)]
    book.add_vba_project(io.BytesIO(build_project(modules(names))), True)
    book.set_vba_name(BOOK)
    for place, (title, rows) in enumerate(sheets.items()):
        sheet = book.add_worksheet(title)
        sheet.set_vba_name(names[place])
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if place:
            sheet.very_hidden()
    book.set_properties({"title": "xlclv", "comments": "Customer lifetime value in cells", "created": MOMENT})
    for name, value in marker.properties().items():
        book.set_custom_property(name, value, "text")
    book.close()
    return stream.getvalue()


def as_addin(workbook: bytes) -> bytes:
    """Return a macro workbook as an add-in with the ribbon."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as given,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        parts = {name: given.read(name) for name in given.namelist()}
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(WORKBOOK, ADDIN)
        parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"</Relationships>", RIBBON_LINK)
        parts[RIBBON_PART] = ribbon().encode()
        for name, content in parts.items():
            part = zipfile.ZipInfo(name, MOMENT.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            part.create_system = 0
            written.writestr(part, content)
    return stream.getvalue()
