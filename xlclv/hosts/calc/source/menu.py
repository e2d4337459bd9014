"""The extension within LibreOffice: does what the entries of the menu CLV ask for.

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
from com.sun.star.awt.MessageBoxType import INFOBOX, WARNINGBOX
from com.sun.star.beans import PropertyValue
from com.sun.star.frame import DispatchResultEvent, FeatureStateEvent, XDispatchProvider, XNotifyingDispatch
from com.sun.star.frame.DispatchResultState import FAILURE, SUCCESS
from com.sun.star.lang import XInitialization, XServiceInfo
from com.sun.star.sheet.FillDirection import TO_BOTTOM, TO_TOP
from xlclv_calc.client import Client, WorkerError
from xlclv_calc.tables import Tables

SERVICE = "org.xlclv.Menu"
PROTOCOL = "org.xlclv.calc:"
FOLDER = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(xlclv_calc.__file__))))
LOG = os.path.join(FOLDER, "xlclv.log")
SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"
#: What the worker is asked for in a test, and what it must answer.
TEST, EXPECTED = ("CLV", (100.0, 2.0, 36.0)), 7200.0
#: Widths of the columns of the list of functions, in hundredths of a millimetre.
WIDTHS = (4500, 11000, 15000)


def _json(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return json.load(file)


def _log(text):
    try:
        with open(LOG, "a", encoding="utf-8") as file:
            file.write(time.strftime("%Y-%m-%d %H:%M:%S ") + text + "\n")
    except OSError:
        pass


def _value(name, content):
    made = PropertyValue()
    made.Name, made.Value = name, content
    return made


class Indicator:
    """The bar of progress in a window; one that is not there is no error."""

    def __init__(self, frame, text):
        self._bar = frame.createStatusIndicator() if frame is not None else None
        if self._bar is not None:
            self._bar.start(text, 100)

    def show(self, text, share):
        if self._bar is not None:
            self._bar.setText(text)
            self._bar.setValue(int(100 * share))

    def end(self):
        if self._bar is not None:
            self._bar.end()


class Menu(unohelper.Base, XDispatchProvider, XNotifyingDispatch, XInitialization, XServiceInfo):
    """Takes the addresses of the protocol; one command runs at a time."""

    _busy = False

    def __init__(self, context, *arguments):
        self._context = context
        self._frame = arguments[0] if arguments else None

    def initialize(self, arguments):
        if arguments:
            self._frame = arguments[0]

    def queryDispatch(self, url, target, flags):
        return self if url.Complete.startswith(PROTOCOL) else None

    def queryDispatches(self, requests):
        return tuple(self.queryDispatch(item.FeatureURL, item.FrameName, item.SearchFlags) for item in requests)

    def dispatch(self, url, arguments):
        self._run(url)

    def dispatchWithNotification(self, url, arguments, listener):
        done, sentence = self._run(url)
        if listener is not None:
            event = DispatchResultEvent()
            event.Source, event.State, event.Result = self, SUCCESS if done else FAILURE, sentence
            listener.dispatchFinished(event)

    def addStatusListener(self, listener, url):
        event = FeatureStateEvent()
        event.Source, event.FeatureURL, event.IsEnabled = self, url, True
        listener.statusChanged(event)

    def removeStatusListener(self, listener, url):
        pass

    def _run(self, url):
        """Do a command and tell what came of it: whether it was done, and a sentence."""
        try:
            self._told = _json("menu.json")
            self._language = self._office_language()
            if Menu._busy:  # the bar of progress lets LibreOffice take another click
                done, sentence = False, self._said("busy")
            else:
                Menu._busy = True
                try:
                    done, sentence = self._work(url.Complete[len(PROTOCOL) :])
                finally:
                    Menu._busy = False
        except Exception:
            _log(traceback.format_exc())
            done, sentence = False, self._said("failed")
        if sentence:
            self._show(done, sentence)
        return done, sentence

    def _work(self, command):
        if command in self._told["commands"]:
            return self._command(command)
        return {"help": self._help, "test": self._test}[command]()

    def _command(self, command):
        """Have a worker of its own do a command on the document: cells may call the other one meanwhile."""
        document = self._document()
        if document is None:
            return False, self._said("no_book")
        indicator = Indicator(self._frame, self._said("running"))
        title = "xlclv: " + self._of(self._told["commands"][command])
        tables = Tables(document, title, TO_TOP, TO_BOTTOM, indicator.show, _log)
        client = self._client()
        try:
            answer = client.converse({"command": command}, tables.answer)
        except WorkerError:
            return False, self._said("unreached")
        finally:
            tables.close()
            indicator.end()
            client.close()
        return answer["done"], answer[self._language]

    def _test(self):
        client = self._client()
        try:
            answer = client.call(*TEST)
        except WorkerError:
            return False, self._said("unreached")
        finally:
            client.close()
        rows = answer if isinstance(answer, list) else [[answer]]
        return (True, self._said("reached")) if rows[0][0] == EXPECTED else (False, self._said("refused"))

    def _help(self):
        """Open a new document that lists the functions."""
        rows = [tuple(map(self._said, ("function", "arguments", "what")))]
        rows += [(name, arguments, self._of(told)) for name, arguments, told in self._told["functions"]]
        desktop = self._service("com.sun.star.frame.Desktop")
        hidden = () if self._window() is not None or self._frame is None else (_value("Hidden", True),)
        document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, hidden)
        sheet = document.Sheets.getByIndex(0)
        cells = sheet.getCellRangeByPosition(0, 0, len(rows[0]) - 1, len(rows) - 1)
        cells.setDataArray(tuple(rows))
        sheet.getCellRangeByPosition(0, 0, len(rows[0]) - 1, 0).CharWeight = 150.0
        for place, width in enumerate(WIDTHS):
            column = sheet.Columns.getByIndex(place)
            column.Width, column.IsTextWrapped = width, True
        cells.Rows.OptimalHeight = True
        document.setModified(False)
        return True, ""

    def _client(self):
        settings = _json("settings.json")
        return Client([settings["python"], *settings["worker"]], settings["timeout"], LOG)

    def _document(self):
        """Return the spreadsheet of the window, or None."""
        controller = self._frame.getController() if self._frame is not None else None
        document = controller.getModel() if controller is not None else None
        return document if document is not None and document.supportsService(SPREADSHEET) else None

    def _window(self):
        """Return the window if there is one to be seen."""
        window = self._frame.getContainerWindow() if self._frame is not None else None
        return window if window is not None and window.isVisible() else None

    def _show(self, done, sentence):
        """Show a sentence in a box, where there is a window to be seen."""
        window = self._window()
        if window is not None:
            kind = INFOBOX if done else WARNINGBOX
            box = window.getToolkit().createMessageBox(window, kind, 1, "xlclv", sentence)
            box.execute()
            box.dispose()

    def _said(self, name):
        return self._of(self._told["said"][name])

    def _of(self, text):
        return text[1] if self._language == "zh" else text[0]

    def _office_language(self):
        """Return zh where LibreOffice shows its menus in Chinese, en elsewhere."""
        provider = self._service("com.sun.star.configuration.ConfigurationProvider")
        place = (_value("nodepath", "/org.openoffice.Setup/L10N"),)
        settings = provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", place)
        return "zh" if str(settings.getByName("ooLocale")).lower().startswith("zh") else "en"

    def _service(self, name):
        return self._context.ServiceManager.createInstanceWithContext(name, self._context)

    def getImplementationName(self):
        return SERVICE

    def supportsService(self, name):
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self):
        return (SERVICE, "com.sun.star.frame.ProtocolHandler")


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Menu, SERVICE, (SERVICE, "com.sun.star.frame.ProtocolHandler"))
