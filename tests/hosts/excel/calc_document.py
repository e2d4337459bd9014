"""A document that is open in LibreOffice, worked on from here while its macro waits for the answer of a call.

The macro asks over a socket of this machine, as it would ask xlwings' COM server. What Python wants of the document in
the meantime, as it would want it of Excel over COM, goes back over the same socket, and Basic does it.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from typing import IO, Any

from tests.hosts.excel.loopback import CLASS, REPLACED, XLWINGS, given, sent
from tests.hosts.excel.test_call_path import Server
from xlclv.hosts.excel.modules import BOOK, MESSAGES
from xlclv.vba import Module

#: In the place of boxes and the status bar, which nobody sees here.
MESSAGES_NOTED = """Option Explicit
Public Sub xlclv_say(ByVal sentence As String, ByVal style As Long)
    calc_note "say", sentence
End Sub

Public Sub xlclv_tell(ByVal sentence As String)
    calc_note "tell", sentence
End Sub

Public Sub xlclv_quiet()
    calc_note "quiet", ""
End Sub
"""

CONVERSATION = """Option Explicit
Private way As Object

Private Function calc_written(ByVal cell As Variant) As String
    Dim r As Long, text As String
    Select Case VarType(cell)
        Case 8
            text = "s"
            For r = 1 To Len(cell)
                text = text & Right("000" & Hex(AscW(Mid(cell, r, 1))), 4)
            Next r
        Case 11: text = IIf(cell, "b1", "b0")
        Case 2, 3, 4, 5, 6, 7, 20: text = "n" & Trim(Str(cell))
        Case Else: text = "m"
    End Select
    calc_written = text
End Function

Private Function calc_read_cell(ByVal text As String) As Variant
    Dim r As Long, found As String
    Select Case Left(text, 1)
        Case "n": calc_read_cell = Val(Mid(text, 2))
        Case "b": calc_read_cell = (text = "b1")
        Case "s"
            For r = 2 To Len(text) Step 4
                found = found & ChrW(CLng("&H" & Mid(text, r, 4)))
            Next r
            calc_read_cell = found
        Case Else: calc_read_cell = ""
    End Select
End Function

Private Sub calc_send(ByVal sent As String)
    Dim bytes() As Integer, i As Long
    sent = sent & Chr(10)
    ReDim bytes(0 To Len(sent) - 1)
    For i = 1 To Len(sent)
        bytes(i - 1) = Asc(Mid(sent, i, 1))
    Next i
    way.write(bytes)
End Sub

Private Function calc_receive() As String
    Dim given() As Integer, i As Long, count As Long, text As String, size As Long
    ' Eight figures say how many follow.
    count = way.read(given, 8)
    For i = 0 To count - 1
        text = text & Chr(given(i))
    Next i
    size = CLng(text)
    text = ""
    Do While Len(text) < size
        count = way.read(given, size - Len(text))
        For i = 0 To count - 1
            text = text & Chr(given(i))
        Next i
    Loop
    calc_receive = text
End Function

Private Sub calc_connect()
    way = CreateUnoService("com.sun.star.connection.Connector").connect("socket,host=127.0.0.1,port=PORT")
End Sub

Public Sub calc_note(ByVal kind As String, ByVal sentence As String)
    calc_connect
    calc_send "note;" & kind & ";" & calc_written(sentence)
    calc_receive
    way.close()
End Sub

Public Function calc_call(ByVal host As String, ByVal called As String, given As Variant) As Variant
    Dim i As Long, text As String, parts As Variant, found As Variant
    text = "order;" & host & ";" & called
    For i = LBound(given) To UBound(given)
        text = text & ";" & calc_written(given(i))
    Next i
    calc_connect
    calc_send text
    Do
        parts = Split(calc_receive(), ";")
        If parts(0) = "answer" Then Exit Do
        calc_send calc_done(parts)
    Loop
    way.close()
    ReDim found(0 To UBound(parts) - 1)
    For i = 1 To UBound(parts)
        found(i - 1) = calc_read_cell(parts(i))
    Next i
    calc_call = found
End Function

Private Function calc_cells(parts As Variant) As Object
    calc_cells = ThisComponent.Sheets.getByIndex(CLng(parts(1))).getCellRangeByPosition( _
        CLng(parts(2)), CLng(parts(3)), CLng(parts(4)), CLng(parts(5)))
End Function

Private Function calc_rows_of(found As Variant) As String
    Dim r As Long, c As Long, text As String, line As Variant, whole() As String
    ReDim whole(0 To UBound(found))
    For r = 0 To UBound(found)
        line = found(r)
        text = ""
        For c = 0 To UBound(line)
            text = text & "," & calc_written(line(c))
        Next c
        whole(r) = Mid(text, 2)
    Next r
    calc_rows_of = Join(whole, ";")
End Function

Private Function calc_given_rows(parts As Variant, ByVal first As Long) As Variant
    Dim r As Long, whole As Variant
    ReDim whole(0 To UBound(parts) - first)
    For r = first To UBound(parts)
        whole(r - first) = calc_given_row(parts(r))
    Next r
    calc_given_rows = whole
End Function

Private Function calc_given_row(ByVal text As String) As Variant
    Dim c As Long, texts As Variant, line() As Variant
    texts = Split(text, ",")
    ReDim line(0 To UBound(texts))
    For c = 0 To UBound(texts)
        line(c) = calc_read_cell(texts(c))
    Next c
    calc_given_row = line
End Function

Private Function calc_placed(ByVal name As String, address As Object) As String
    calc_placed = calc_written(name) & "," & address.Sheet & "," & address.StartColumn & "," & address.StartRow & "," & _
        address.EndColumn & "," & address.EndRow
End Function

Private Function calc_formats_of(range As Object) As String
    Dim c As Long, cell As Object, kind As Long, text As String
    For c = 0 To range.Columns.Count - 1
        cell = range.getCellByPosition(c, 0)
        kind = ThisComponent.NumberFormats.getByKey(cell.NumberFormat).Type
        text = text & "," & kind
    Next c
    calc_formats_of = Mid(text, 2)
End Function

Private Function calc_done(parts As Variant) As String
    Dim name As Variant, found As String, range As Object, address As Object, cell As Object
    Dim target As New com.sun.star.table.CellRangeAddress
    On Error GoTo failed
    Select Case parts(0)
        Case "sheets"
            For Each name In ThisComponent.Sheets.ElementNames
                found = found & ";" & calc_written(name)
            Next name
            found = Mid(found, 2)
        Case "tables"
            For Each name In ThisComponent.DatabaseRanges.ElementNames
                range = ThisComponent.DatabaseRanges.getByName(name)
                found = found & ";" & calc_placed(name, range.DataArea)
            Next name
            found = Mid(found, 2)
        Case "names"
            For Each name In ThisComponent.NamedRanges.ElementNames
                range = ThisComponent.NamedRanges.getByName(name)
                If Not IsNull(range.ReferredCells) Then
                    found = found & ";" & calc_placed(name, range.ReferredCells.RangeAddress)
                End If
            Next name
            found = Mid(found, 2)
        Case "used"
            cell = ThisComponent.Sheets.getByIndex(CLng(parts(1))).createCursor()
            cell.gotoEndOfUsedArea(False)
            found = cell.RangeAddress.EndColumn & "," & cell.RangeAddress.EndRow
        Case "read"
            found = calc_rows_of(calc_cells(parts).getDataArray())
        Case "formulas"
            found = calc_rows_of(calc_cells(parts).getFormulaArray())
        Case "formats"
            found = calc_formats_of(calc_cells(parts))
        Case "write"
            calc_cells(parts).setDataArray(calc_given_rows(parts, 6))
        Case "enter"
            calc_cells(parts).setFormulaArray(calc_given_rows(parts, 6))
        Case "key"
            found = calc_cells(parts).getCellByPosition(0, 0).NumberFormat
        Case "format"
            calc_cells(parts).NumberFormat = CLng(parts(6))
        Case "resize"
            range = ThisComponent.DatabaseRanges.getByName(calc_read_cell(parts(1)))
            target.Sheet = CLng(parts(2))
            target.StartColumn = CLng(parts(3))
            target.StartRow = CLng(parts(4))
            target.EndColumn = CLng(parts(5))
            target.EndRow = CLng(parts(6))
            range.setDataArea(target)
        Case "protected"
            found = IIf(ThisComponent.Sheets.getByIndex(CLng(parts(1))).isProtected(), "1", "0")
        Case "unprotect"
            ThisComponent.Sheets.getByIndex(CLng(parts(1))).unprotect("")
        Case "protect"
            ThisComponent.Sheets.getByIndex(CLng(parts(1))).protect("")
        Case "calculate"
            ThisComponent.calculateAll()
        Case Else
            found = "!" & parts(0)
    End Select
    calc_done = found
    Exit Function
failed:
    calc_done = "!" & calc_written(Error$)
End Function
"""

#: Presses a button as a user would: runs what is bound to the control of that label, then saves the document.
MACRO = """
Sub Main
  Dim load(1) As New com.sun.star.beans.PropertyValue
  load(0).Name = "Hidden"
  load(0).Value = True
  load(1).Name = "MacroExecutionMode"
  load(1).Value = com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN
  doc = StarDesktop.loadComponentFromURL(Environ("XLCLV_GIVEN"), "_blank", 0, load())
  For Each label In Split(Environ("XLCLV_PRESSED"), ";")
    press(doc, label)
  Next label
  doc.calculateAll()
  Dim save(0) As New com.sun.star.beans.PropertyValue
  save(0).Name = "FilterName"
  save(0).Value = "Calc MS Excel 2007 XML"
  doc.storeToURL(Environ("XLCLV_WRITTEN"), save())
  doc.close(True)
  StarDesktop.terminate()
End Sub

Sub press(doc, label)
  For s = 0 To doc.Sheets.Count - 1
    forms = doc.Sheets.getByIndex(s).DrawPage.Forms
    For f = 0 To forms.Count - 1
      form = forms.getByIndex(f)
      For c = 0 To form.Count - 1
        If form.getByIndex(c).Label = label Then
          events = form.getScriptEvents(c)
          script = doc.getScriptProvider().getScript(events(0).ScriptCode)
          script.invoke(Array(), Array(), Array())
        End If
      Next c
    Next f
  Next s
End Sub
"""


def project(modules: Iterable[Module], port: int) -> list[Module]:
    """Return modules of Excel as they run in LibreOffice."""
    head = "ByVal given As Variant) As Variant\n    Dim sent As String, i As Long\n"
    assert head in CLASS
    object_ = CLASS.replace(
        head,
        "ByVal given As Variant, Optional book As Variant) As Variant\n    Dim sent As String, i As Long\n"
        '    If name = "xlclv_command" Then\n        CallUDF = calc_call(host, name, given)\n        Exit Function\n'
        "    End If\n",
    )
    made = [
        Module("loopback", object_.replace("PORT", str(port)), "class"),
        Module("calc_conversation", CONVERSATION.replace("PORT", str(port))),
    ]
    instead = {"xlwings": XLWINGS, MESSAGES: MESSAGES_NOTED, BOOK: ""}
    for module in modules:
        text = instead.get(module.name, module.source)
        for excel, calc in REPLACED.get(module.name, {}).items():
            text = text.replace(excel, calc.replace("PAUSE", "15"))
        made.append(Module(module.name, text, module.kind))
    return made


class Document:
    """The document at the other end, while one of its macros waits."""

    def __init__(self, connection: socket.socket, lines: IO[bytes]) -> None:
        self.connection, self.lines = connection, lines

    def ask(self, *parts: object) -> list[list[Any]]:
        """Have Basic do something; return rows of cells."""
        self.say(";".join(map(str, parts)))
        answer = self.lines.readline().decode("ascii").rstrip("\n")
        if answer.startswith("!"):
            raise RuntimeError(f"{parts[0]}: {cell_in(answer[1:]) or answer}")
        return [[cell_in(cell) for cell in row.split(",")] for row in answer.split(";")] if answer else []

    def say(self, text: str) -> None:
        content = text.encode("ascii")
        self.connection.sendall(b"%08d" % len(content) + content)


def cell_in(text: str) -> Any:
    """Return a value that Basic wrote; a plain number is one."""
    kind, rest = text[:1], text[1:]
    if kind == "n":
        return float(rest)
    if kind == "s":
        return bytes.fromhex(rest).decode("utf-16-be")
    if kind == "b":
        return rest == "1"
    return None if kind in ("m", "") else int(text)


def cell_out(value: Any) -> str:
    """Write a value for Basic."""
    if isinstance(value, bool):
        return f"b{int(value)}"
    if isinstance(value, int | float):
        return f"n{float(value)!r}"
    return "m" if value is None else "s" + str(value).encode("utf-16-be").hex()


class Listener:
    """Answers the calls of a document's macros with ``work(document, name of the function, arguments)``.

    ``starts`` says whether there is a Python to start.
    """

    def __init__(self, work: Callable[[Document, str, list[Any]], list[Any]], starts: bool = True) -> None:
        self.work, self.starts = work, starts
        self.notes: list[tuple[str, str]] = []
        self.orders: list[tuple[Any, ...]] = []
        self.asked: list[str] = []
        self.path: Server | None = None
        self.failures: list[BaseException] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.socket.close()
        if self.path is not None:
            self.path.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                self._answer(Document(connection, lines))

    def _answer(self, document: Document) -> None:
        kind, *parts = document.lines.readline().decode("ascii").rstrip("\n").split(";")
        if kind == "start":
            if self.starts:
                self.path = self.path or Server()
            document.connection.sendall(b"1" if self.starts else b"!")
        elif kind == "call":
            _, _, name, called, date1904, *cells = parts
            assert self.path is not None
            self.asked.append(called)
            answer = self.path.ask(name, [called, given(date1904), [given(cell) for cell in cells]])
            document.connection.sendall(sent(answer).encode("ascii"))
        elif kind == "note":
            self.notes.append((parts[0], cell_in(parts[1])))
            document.say("noted")
        else:
            host, name, *cells = parts
            arguments = [cell_in(cell) for cell in cells]
            self.orders.append((host, name, *arguments))
            document.say(";".join(["answer", *map(cell_out, self._worked(document, name, arguments))]))

    def _worked(self, document: Document, name: str, arguments: list[Any]) -> list[Any]:
        try:
            return self.work(document, name, arguments)
        except BaseException as error:
            self.failures.append(error)
            return [False, repr(error)]
