"""The extension within LibreOffice: workbooks of Excel are read and written with the names that Excel has.

Runs in LibreOffice's own Python, 3.8 or newer, with its standard library and uno only.
"""

from __future__ import annotations

import json
import os
import time
import traceback

import uno
import unohelper
import xlclv_calc
from com.sun.star.document import XDocumentEventListener
from com.sun.star.lang import XServiceInfo
from com.sun.star.task import XJob
from xlclv_calc.plain_names import finder, write_plain_names

SERVICE = "org.xlclv.Documents"
FOLDER = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(xlclv_calc.__file__))))
SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"
#: Cells with any kind of formula result, for queryFormulaCells.
FORMULAS = 7
#: Events after which the file of a document is new. Of a copy, LibreOffice does not tell the place.
SAVED = ("OnSaveDone", "OnSaveAsDone")

with open(os.path.join(FOLDER, "functions.json"), encoding="utf-8") as _file:
    NAMES = list(json.load(_file))


def _log(text):
    try:
        with open(os.path.join(FOLDER, "xlclv.log"), "a", encoding="utf-8") as file:
            file.write(time.strftime("%Y-%m-%d %H:%M:%S ") + text + "\n")
    except OSError:
        pass


def _filter(document):
    for argument in document.getArgs():
        if argument.Name == "FilterName":
            return argument.Value or ""
    return ""


def resolve(document):
    """Set the formulas again whose functions LibreOffice did not know by their plain names."""
    found = finder(NAMES)
    changes = []
    sheets = document.Sheets
    for index in range(sheets.getCount()):
        sheet = sheets.getByIndex(index)
        for area in sheet.queryFormulaCells(FORMULAS).getRangeAddresses():
            block = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
            for down, row in enumerate(block.getFormulaArray()):
                for across, formula in enumerate(row):
                    new = found(formula)
                    if new:
                        changes.append((block.getCellByPosition(across, down), formula, new))
    named = document.NamedRanges
    contents = [(named.getByName(name), found(named.getByName(name).getContent())) for name in named.getElementNames()]
    if not changes and not any(new for _, new in contents):
        return
    modified = document.isModified()
    undo = document.getUndoManager()
    undo.lock()
    document.lockControllers()
    try:
        for expression, new in contents:
            if new:
                expression.setContent(new)
        arrays = set()
        for cell, formula, new in changes:
            if not formula.startswith("{"):
                cell.setFormula(new)
                continue
            cursor = cell.getSpreadsheet().createCursorByRange(cell)
            cursor.collapseToCurrentArray()
            if cursor.AbsoluteName not in arrays:
                arrays.add(cursor.AbsoluteName)
                cursor.setArrayFormula(new[1:-1])
    finally:
        document.unlockControllers()
        undo.unlock()
        document.setModified(modified)


class Documents(unohelper.Base, XJob, XDocumentEventListener, XServiceInfo):
    """Hears of every document that is loaded or saved, from the first one on."""

    _hears = False

    def __init__(self, context, *arguments):
        self._context = context

    def execute(self, arguments):
        """Look at the first document of a session, and hear of the others."""
        try:
            if not Documents._hears:
                Documents._hears = True
                broadcaster = self._context.getByName("/singletons/com.sun.star.frame.theGlobalEventBroadcaster")
                broadcaster.addDocumentEventListener(self)
                for argument in arguments:
                    if argument.Name == "Environment":
                        given = {item.Name: item.Value for item in argument.Value}
                        self._loaded(given.get("Model"))
        except Exception:
            _log(traceback.format_exc())

    def documentEventOccured(self, event):
        try:
            if event.EventName == "OnLoadFinished":
                self._loaded(event.Source)
            elif event.EventName in SAVED:
                self._saved(event.Source)
        except Exception:
            _log(traceback.format_exc())

    def _loaded(self, document):
        if document is not None and document.supportsService(SPREADSHEET) and "Excel" in _filter(document):
            resolve(document)

    def _saved(self, document):
        if document is None or not document.supportsService(SPREADSHEET):
            return
        url = document.getURL()
        if url.startswith("file:") and url.lower().endswith((".xlsx", ".xlsm", ".xltx", ".xltm")):
            write_plain_names(uno.fileUrlToSystemPath(url), NAMES)

    def disposing(self, event):
        pass

    def getImplementationName(self):
        return SERVICE

    def supportsService(self, name):
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self):
        return (SERVICE, "com.sun.star.task.Job")


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Documents, SERVICE, (SERVICE, "com.sun.star.task.Job"))
