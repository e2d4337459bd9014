"""The extension within LibreOffice: the worksheet functions, each of which asks the worker.

Runs in LibreOffice's own Python, 3.8 or newer, with its standard library and uno only.
"""

from __future__ import annotations

import json
import os
import struct
import traceback

import uno
import unohelper
import xlclv_calc
from com.sun.star.lang import Locale, XLocalizable, XServiceInfo
from com.sun.star.sheet import ResultEvent, XVolatileResult
from org.xlclv import XXlclv
from xlclv_calc.client import Client, WorkerError

SERVICE = "XLCLV"
#: Where the extension was unpacked.
FOLDER = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(xlclv_calc.__file__))))
#: Error cells of a range, for queryFormulaCells.
ERRORS = 4


def _nan(code):
    """Return the number that stands for an error: a NaN with the error's own number in its low bits."""
    return struct.unpack("<d", struct.pack("<Q", 0x7FF8 << 48 | code))[0]


#: #VALUE!
VALUE_ERROR = _nan(519)


def _json(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return json.load(file)


def _log(text):
    with open(os.path.join(FOLDER, "xlclv.log"), "a", encoding="utf-8") as file:
        file.write(text)


class Link:
    """The worker, started with the first call."""

    _client = None

    @classmethod
    def client(cls):
        if cls._client is None:
            settings = _json("settings.json")
            log = os.path.join(FOLDER, "xlclv.log")
            cls._client = Client([settings["python"], *settings["worker"]], settings["timeout"], log)
        return cls._client


def _range(cells):
    """Return the cells of a range with its errors, of which the array of its data says nothing."""
    rows = cells.getDataArray()
    wrong = cells.queryFormulaCells(ERRORS)
    if not wrong.getCount():
        return rows
    place = cells.getRangeAddress()
    told = list(rows)
    for area in wrong.getRangeAddresses():
        for down in range(area.StartRow - place.StartRow, area.EndRow - place.StartRow + 1):
            row = list(told[down])
            for across in range(area.StartColumn - place.StartColumn, area.EndColumn - place.StartColumn + 1):
                row[across] = _nan(cells.getCellByPosition(across, down).getError())
            told[down] = tuple(row)
    return told


def _null_date(document):
    date = document.getPropertyValue("NullDate")
    return "%04d-%02d-%02d" % (date.Year, date.Month, date.Day)


def _cell(value):
    """Return an argument as the frames hold it: a range of one cell is that cell, as it is in Excel."""
    if value is None or isinstance(value, (float, str)):
        return value
    rows = value if isinstance(value, tuple) else _range(value)
    if len(rows) == 1 and len(rows[0]) == 1:
        cell = rows[0][0]
        return None if cell == "" else cell
    return rows


class Rows(unohelper.Base, XVolatileResult):
    """Rows of a function that is declared to return one cell, so that Calc finds its text.

    Python cannot return an array there, but it can put one into an event. Calc listens as soon as it has the result.
    """

    def __init__(self, rows):
        self._rows = rows

    def addResultListener(self, listener):
        event = ResultEvent()
        event.Value = uno.Any("[][]any", self._rows)
        listener.modified(event)

    def removeResultListener(self, listener):
        pass


def _method(name, single, document):
    """Return the method of a function; most are declared as arrays, even of one cell."""

    def method(self, *cells):
        try:
            given = list(cells)
            null_date = _null_date(given.pop()) if document else ""
            while given and given[-1] is None:
                given.pop()
            result = Link.client().call(name, list(map(_cell, given)), null_date)
        except WorkerError:
            result = VALUE_ERROR
        except Exception:
            _log(traceback.format_exc())
            result = VALUE_ERROR
        if isinstance(result, list):
            return Rows(tuple(result)) if single else tuple(result)
        return result if single else ((result,),)

    method.__name__ = name
    return method


class AddIn(unohelper.Base, XXlclv, XServiceInfo, XLocalizable):
    """The service whose methods are the worksheet functions."""

    def __init__(self, context, *arguments):
        self._locale = Locale("en", "US", "")

    def setLocale(self, locale):
        self._locale = locale

    def getLocale(self):
        return self._locale

    def getImplementationName(self):
        return SERVICE

    def supportsService(self, name):
        return name == SERVICE

    def getSupportedServiceNames(self):
        return (SERVICE,)


for _name, _known in _json("functions.json").items():
    setattr(AddIn, _name, _method(_name, **_known))

g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(AddIn, SERVICE, (SERVICE,))
