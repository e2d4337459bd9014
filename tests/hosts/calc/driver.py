"""Works LibreOffice for the tests: a request per line of JSON on the standard input, an answer per line.

driver.py PROGRAM PROFILE, with a Python that has uno.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import uno
from com.sun.star.beans import PropertyValue

FILTERS = {".ods": "calc8", ".xlsx": "Calc MS Excel 2007 XML"}


def value(name, content):
    made = PropertyValue()
    made.Name, made.Value = name, content
    return made


class Driver:
    def __init__(self, program, profile):
        pipe = "test%d" % os.getpid()
        place = "-env:UserInstallation=" + uno.systemPathToFileUrl(profile)
        command = [program, place, "--headless", "--norestore", "--accept=pipe,name=%s;urp;" % pipe]
        nowhere = subprocess.DEVNULL
        told = open(profile + ".log", "ab")  # noqa: SIM115
        self.process = subprocess.Popen(command, stdin=nowhere, stdout=told, stderr=told, start_new_session=True)
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        for _ in range(600):
            try:
                self.context = resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
                break
            except Exception:
                time.sleep(0.1)
        self.desktop = self.service("com.sun.star.frame.Desktop")
        self.documents = {}

    def service(self, name, *arguments):
        manager = self.context.ServiceManager
        if arguments:
            return manager.createInstanceWithArgumentsAndContext(name, arguments, self.context)
        return manager.createInstanceWithContext(name, self.context)

    def open(self, document, path=None):
        url = uno.systemPathToFileUrl(path) if path else "private:factory/scalc"
        self.documents[document] = self.desktop.loadComponentFromURL(url, "_blank", 0, (value("Hidden", True),))
        return [sheet.Name for sheet in self.documents[document].Sheets]

    def close(self, document):
        self.documents.pop(document).close(True)

    def sheet(self, document, name):
        sheets = self.documents[document].Sheets
        if not sheets.hasByName(name):
            sheets.insertNewByName(name, sheets.getCount())
        return sheets.getByName(name)

    def fill(self, document, sheet, data=(), formulas=(), arrays=()):
        """Write rows at a place, formulas into cells and array formulas over ranges; return how long it took."""
        page = self.sheet(document, sheet)
        begun = time.perf_counter()
        for place, rows in data:
            page.getCellRangeByName(place).setDataArray(tuple(map(tuple, rows)))
        for place, formula in formulas:
            page.getCellRangeByName(place).setFormula(formula)
        for place, formula in arrays:
            page.getCellRangeByName(place).setArrayFormula(formula)
        for place, _ in (*formulas, *arrays):  # computed when somebody looks
            page.getCellRangeByName(place).getCellByPosition(0, 0).getError()
        return time.perf_counter() - begun

    def series(self, document, sheet, column, count, cycle):
        """Write a column of numbers that repeat."""
        page = self.sheet(document, sheet)
        rows = tuple((float(1 + i % cycle),) for i in range(count))
        page.getCellRangeByName("%s1:%s%d" % (column, column, count)).setDataArray(rows)

    def pattern(self, document, sheet, column, count, formula):
        """Write a formula in which # is the row into every row of a column; return how long it took."""
        page = self.sheet(document, sheet)
        rows = tuple((formula.replace("#", str(i + 1)),) for i in range(count))
        begun = time.perf_counter()
        page.getCellRangeByName("%s1:%s%d" % (column, column, count)).setFormulaArray(rows)
        page.getCellRangeByName("%s1:%s%d" % (column, column, count)).getDataArray()
        return time.perf_counter() - begun

    def clear(self, document, sheet, place):
        self.sheet(document, sheet).getCellRangeByName(place).clearContents(1023)

    def read(self, document, sheet, places):
        """Return the cells of ranges: number, text, or {"error": code}."""
        page = self.sheet(document, sheet)
        return [self._cells(page.getCellRangeByName(place)) for place in places]

    @staticmethod
    def _cells(cells):
        rows = [list(row) for row in cells.getDataArray()]
        for down, row in enumerate(rows):
            for across, cell in enumerate(row):
                if cell is None:
                    row[across] = {"error": cells.getCellByPosition(across, down).getError()}
        return rows

    def formulas(self, document, sheet, place):
        return [list(row) for row in self.sheet(document, sheet).getCellRangeByName(place).getFormulaArray()]

    def calculate(self, document):
        """Compute everything again; return how long it took."""
        begun = time.perf_counter()
        self.documents[document].calculateAll()
        return time.perf_counter() - begun

    def store(self, document, path):
        kind = value("FilterName", FILTERS[os.path.splitext(path)[1]])
        self.documents[document].storeAsURL(uno.systemPathToFileUrl(path), (kind,))

    def copy(self, document, path):
        kind = value("FilterName", FILTERS[os.path.splitext(path)[1]])
        self.documents[document].storeToURL(uno.systemPathToFileUrl(path), (kind,))

    def save(self, document):
        self.documents[document].store()

    def modified(self, document):
        return self.documents[document].isModified()

    def null_date(self, document, year, month, day):
        date = self.documents[document].NullDate
        date.Year, date.Month, date.Day = year, month, day
        self.documents[document].NullDate = date

    def name_content(self, document, name):
        return self.documents[document].NamedRanges.getByName(name).getContent()

    def help(self, locale):
        """Return what the configuration says of each function and its arguments in a language."""
        provider = self.service("com.sun.star.configuration.ConfigurationProvider")
        arguments = (
            value("nodepath", "/org.openoffice.Office.CalcAddIns/AddInInfo/XLCLV/AddInFunctions"),
            value("locale", locale),
        )
        access = "com.sun.star.configuration.ConfigurationAccess"
        functions = provider.createInstanceWithArguments(access, arguments)
        told = {}
        for name in functions.getElementNames():
            function = functions.getByName(name)
            parameters = function.getByName("Parameters")
            told[name] = {
                "help": function.getByName("Description"),
                "arguments": {
                    parameters.getByName(key).getByName("DisplayName"): parameters.getByName(key).getByName(
                        "Description"
                    )
                    for key in parameters.getElementNames()
                },
            }
        return told

    def wizard(self):
        """Return the arguments in their order as the function wizard shows them."""
        described = self.service("com.sun.star.sheet.FunctionDescriptions")
        told = {}
        for number in range(described.getCount()):
            given = {item.Name: item.Value for item in described.getByIndex(number)}
            told[given["Name"]] = [
                given["Description"],
                [(a.Name, a.Description, a.IsOptional) for a in given["Arguments"] or ()],
            ]
        return told

    def end(self):
        try:
            self.desktop.terminate()
        except Exception:
            pass
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)


def main():
    driver = Driver(*sys.argv[1:])
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        name, given = json.loads(line)
        try:
            answer = {"answer": getattr(driver, name)(**given)}
        except Exception as error:
            answer = {"failed": "%s: %s" % (type(error).__name__, error)}
        print(json.dumps(answer), flush=True)
        if name == "end":
            return
    driver.end()


if __name__ == "__main__":
    main()
