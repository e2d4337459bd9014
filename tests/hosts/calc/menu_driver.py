"""Works LibreOffice for the tests of the menu: the requests of the driver, and what the menu needs besides."""

from __future__ import annotations

import driver
import uno
from driver import Driver, value


class MenuDriver(Driver):
    def dispatch(self, document, command):
        """Do an entry of the menu on a document; return whether it was done, and the sentence."""
        helper = self.service("com.sun.star.frame.DispatchHelper")
        frame = self.documents[document].getCurrentController().getFrame()
        event = helper.executeDispatch(frame, command, "", 0, ())
        return [event.State, event.Result]

    def show(self, document, path):
        """Open a document in a window that is seen, as far as there is one without a screen."""
        self.documents[document] = self.desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, ())
        return self.documents[document].getCurrentController().getFrame().getContainerWindow().isVisible()

    def comments(self, document, sheet):
        return [note.getString() for note in self.sheet(document, sheet).Annotations]

    def comment(self, document, sheet, place, text):
        page = self.sheet(document, sheet)
        page.Annotations.insertNew(page.getCellRangeByName(place).getCellAddress(), text)

    def looks(self, document):
        """Return how many conditional formats each sheet has."""
        return [sheet.ConditionalFormats.getLength() for sheet in self.documents[document].Sheets]

    def dispatchable(self, document, command):
        """Return whether the window of a document takes a command."""
        url = uno.createUnoStruct("com.sun.star.util.URL")
        url.Complete = command
        _, url = self.service("com.sun.star.util.URLTransformer").parseStrict(url)
        frame = self.documents[document].getCurrentController().getFrame()
        return frame.queryDispatch(url, "_self", 0) is not None

    def table(self, document, name):
        """Return the cells of a table."""
        book = self.documents[document]
        place = book.DatabaseRanges.getByName(name).getDataArea()
        sheet = book.Sheets.getByIndex(place.Sheet)
        return self._cells(
            sheet.getCellRangeByPosition(place.StartColumn, place.StartRow, place.EndColumn, place.EndRow)
        )

    def table_place(self, document, name):
        """Return sheet, first and last column and first and last row of a table, from 0."""
        book = self.documents[document]
        place = book.DatabaseRanges.getByName(name).getDataArea()
        sheet = book.Sheets.getByIndex(place.Sheet).Name
        return [sheet, place.StartColumn, place.EndColumn, place.StartRow, place.EndRow]

    def widen(self, document, name, columns):
        """Let a table hold so many columns more."""
        found = self.documents[document].DatabaseRanges.getByName(name)
        area = found.getDataArea()
        area.EndColumn += columns
        found.setDataArea(area)

    def filter(self, document, name, column, text):
        """Have a table show the rows with a text only."""
        found = self.documents[document].DatabaseRanges.getByName(name)
        field = uno.createUnoStruct("com.sun.star.sheet.TableFilterField")
        field.Field, field.StringValue = column, text
        field.Operator = uno.Enum("com.sun.star.sheet.FilterOperator", "EQUAL")
        found.getFilterDescriptor().setFilterFields((field,))
        found.refresh()

    def visible(self, document, sheet, first, last):
        """Return which of some rows are to be seen."""
        rows = self.sheet(document, sheet).Rows
        return [rows.getByIndex(number).IsVisible for number in range(first, last + 1)]

    def name(self, document, name):
        """Return what a named cell holds."""
        return self._cells(self._named(document, name))[0][0]

    def set_name(self, document, name, cell):
        """Put something into a named cell, on a protected sheet too."""
        cells = self._named(document, name)
        sheet = cells.getSpreadsheet()
        locked = sheet.isProtected()
        sheet.unprotect("")
        cells.setDataArray(((cell,),))
        if locked:
            sheet.protect("")

    def _named(self, document, name):
        return self.documents[document].NamedRanges.getByName(name).getReferredCells()

    def protected(self, document):
        return [sheet.isProtected() for sheet in self.documents[document].Sheets]

    def protect(self, document, sheet, password):
        page = self.sheet(document, sheet)
        page.unprotect("")
        page.protect(password)

    def contents(self, document):
        """Return the formulas and values of all sheets."""
        told = {}
        for sheet in self.documents[document].Sheets:
            cursor = sheet.createCursor()
            cursor.gotoEndOfUsedArea(False)
            place = cursor.getRangeAddress()
            cells = sheet.getCellRangeByPosition(0, 0, place.EndColumn, place.EndRow)
            rows = [list(row) for row in cells.getFormulaArray()]
            while rows and not any(rows[-1]):
                rows.pop()
            told[sheet.Name] = rows
        return told

    def undo(self, document):
        """Undo one step; return the titles of those left."""
        manager = self.documents[document].getUndoManager()
        manager.undo()
        return list(manager.getAllUndoActionTitles())

    def newest(self):
        """Return the cells of the document that was opened last by others than the driver, and close it."""
        known = list(self.documents.values())
        components = self.desktop.getComponents().createEnumeration()
        while components.hasMoreElements():
            found = components.nextElement()
            if found not in known:
                sheet = found.Sheets.getByIndex(0)
                cursor = sheet.createCursor()
                cursor.gotoEndOfUsedArea(False)
                place = cursor.getRangeAddress()
                rows = sheet.getCellRangeByPosition(0, 0, place.EndColumn, place.EndRow).getDataArray()
                told = {"rows": [list(row) for row in rows], "modified": found.isModified()}
                found.close(True)
                return told
        return None

    def redo(self, document):
        self.documents[document].getUndoManager().redo()

    def settings(self, path, locale):
        """Return a node of the configuration in a language, nodes in it included."""
        provider = self.service("com.sun.star.configuration.ConfigurationProvider")
        arguments = (value("nodepath", path), value("locale", locale))
        return self._node(
            provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", arguments)
        )

    def _node(self, found):
        if not hasattr(found, "getElementNames"):
            return list(found) if isinstance(found, tuple) else found
        return {name: self._node(found.getByName(name)) for name in found.getElementNames()}


if __name__ == "__main__":
    driver.Driver = MenuDriver
    driver.main()
