"""xlwings' call path behind a socket of this machine, and LibreOffice that opens a workbook with its macros on."""

from __future__ import annotations

import html
import os
import socket
import subprocess
import threading
from pathlib import Path
from typing import Any

from tests.hosts.excel.test_call_path import Server
from tests.workbook.office import soffice

#: Values go as letters and numbers, a text as four hexadecimal digits for each of its characters.
LOOPBACK = """Option Explicit
Private Function number_of(ByVal hexadecimal As String) As Long
    number_of = CLng("&H" & hexadecimal)
End Function

Private Function written(ByVal cell As Variant) As String
    Dim r As Long, c As Long, text As String
    If IsArray(cell) Then
        text = "a" & (UBound(cell, 1) - LBound(cell, 1) + 1) & " " & (UBound(cell, 2) - LBound(cell, 2) + 1)
        For r = LBound(cell, 1) To UBound(cell, 1)
            For c = LBound(cell, 2) To UBound(cell, 2)
                text = text & "," & written(cell(r, c))
            Next c
        Next r
    ElseIf IsEmpty(cell) Then
        text = "m"
    ElseIf IsError(cell) Then
        text = "e" & CLng(cell)
    ElseIf VarType(cell) = 11 Then
        text = IIf(cell, "b1", "b0")
    ElseIf VarType(cell) = 8 Then
        text = "s"
        For r = 1 To Len(cell)
            text = text & Right("000" & Hex(AscW(Mid(cell, r, 1))), 4)
        Next r
    Else
        text = "n" & Trim(Str(cell))
    End If
    written = text
End Function

Private Function read_cell(ByVal text As String) As Variant
    Dim r As Long, found As String
    Select Case Left(text, 1)
        Case "n": read_cell = Val(Mid(text, 2))
        Case "b": read_cell = (text = "b1")
        Case "s"
            For r = 2 To Len(text) Step 4
                found = found & ChrW(number_of(Mid(text, r, 4)))
            Next r
            read_cell = found
        Case Else: read_cell = Empty
    End Select
End Function

Public Function xlclv_ask(ByVal called As String, ByVal from_1904 As Boolean, ByVal cells As Variant) As Variant
    Dim way As Object, sent As String, bytes() As Integer, given() As Integer, i As Long, j As Long, count As Long
    Dim answer As String, parts As Variant, size As Variant, rows() As Variant
    sent = called & ";" & IIf(from_1904, "1", "0")
    For i = LBound(cells) To UBound(cells)
        sent = sent & ";" & written(cells(i))
    Next i
    sent = sent & Chr(10)
    ReDim bytes(0 To Len(sent) - 1)
    For i = 1 To Len(sent)
        bytes(i - 1) = Asc(Mid(sent, i, 1))
    Next i
    way = CreateUnoService("com.sun.star.connection.Connector").connect("socket,host=127.0.0.1,port=PORT")
    way.write(bytes)
    Do
        count = way.read(given, 8192)
        For i = 0 To count - 1
            answer = answer & Chr(given(i))
        Next i
    Loop While count = 8192
    way.close()
    If Left(answer, 1) = "!" Then Err.Raise 5
    parts = Split(answer, ",")
    If Left(answer, 1) <> "a" Then
        xlclv_ask = read_cell(answer)
        Exit Function
    End If
    size = Split(Mid(parts(0), 2), " ")
    If CLng(size(0)) = 1 Then
        ReDim rows(0 To CLng(size(1)) - 1)
        For j = 0 To CLng(size(1)) - 1
            rows(j) = read_cell(parts(1 + j))
        Next j
    Else
        ReDim rows(0 To CLng(size(0)) - 1, 0 To CLng(size(1)) - 1)
        For i = 0 To CLng(size(0)) - 1
            For j = 0 To CLng(size(1)) - 1
                rows(i, j) = read_cell(parts(1 + i * CLng(size(1)) + j))
            Next j
        Next i
    End If
    xlclv_ask = rows
End Function

Public Function xlclv_trouble() As String
    xlclv_trouble = xlclv_text("unreached")
End Function

Public Sub xlclv_reset()
End Sub
"""

MACRO = """
Sub Main
  Dim load(1) As New com.sun.star.beans.PropertyValue
  load(0).Name = "Hidden"
  load(0).Value = True
  load(1).Name = "MacroExecutionMode"
  load(1).Value = com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN
  doc = StarDesktop.loadComponentFromURL(Environ("XLCLV_GIVEN"), "_blank", 0, load())
  doc.calculateAll()
  Dim save(0) As New com.sun.star.beans.PropertyValue
  save(0).Name = "FilterName"
  save(0).Value = "Calc MS Excel 2007 XML"
  doc.storeToURL(Environ("XLCLV_WRITTEN"), save())
  doc.close(True)
  StarDesktop.terminate()
End Sub
"""
MODULE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">\n'
    '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" '
    f'script:language="StarBasic">{html.escape(MACRO)}</script:module>\n'
)


class Loopback:
    """Answers each connection with one call."""

    def __init__(self) -> None:
        self.path = Server()
        self.asked: list[str] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.socket.close()
        self.path.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                name, date1904, *cells = stream.readline().decode("ascii").strip().split(";")
                self.asked.append(name)
                answer = self.path.ask("xlclv_call", [name, date1904 == "1", [given(cell) for cell in cells]])
                connection.sendall(sent(answer).encode("ascii"))


def given(text: str) -> Any:
    """A value as LibreOffice sends it, as COM carries it."""
    kind, rest = text[0], text[1:]
    if kind == "a":
        size, *cells = rest.split(",")
        columns = int(size.split()[1])
        values = [given(cell) for cell in cells]
        return [values[place : place + columns] for place in range(0, len(values), columns)]
    if kind == "n":
        return float(rest)
    if kind == "s":
        return bytes.fromhex(rest).decode("utf-16-be")
    if kind == "b":
        return rest == "1"
    if kind == "e":
        return -2_146_828_288 + int(rest)
    return None


def sent(answer: Any) -> str:
    """What CallUDF returns, for LibreOffice."""
    if isinstance(answer, list):
        rows = answer if isinstance(answer[0], list) else [answer]
        return f"a{len(rows)} {len(rows[0])}," + ",".join(sent(cell) for row in rows for cell in row)
    if isinstance(answer, bool):
        return f"b{int(answer)}"
    if isinstance(answer, str):
        return "s" + answer.encode("utf-16-be").hex()
    return "z" if answer is None else f"n{answer!r}"


def opened(workbook: Path, folder: Path) -> Path:
    """Return a copy of a workbook after LibreOffice ran the functions in its cells."""
    profile, written = folder / "profile", folder / "computed.xlsx"
    command = [soffice(), f"-env:UserInstallation={profile.resolve().as_uri()}", "--headless", "--norestore"]
    environment = os.environ | {
        "XLCLV_GIVEN": workbook.resolve().as_uri(),
        "XLCLV_WRITTEN": written.resolve().as_uri(),
    }
    # The first start fills the profile; its empty Module1 is then ours.
    subprocess.run([*command, "--terminate_after_init"], capture_output=True, timeout=120, check=True)
    module = profile / "user" / "basic" / "Standard" / "Module1.xba"
    module.write_text(MODULE, encoding="utf-8")
    command.append("macro:///Standard.Module1.Main")
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=environment)
    assert written.exists(), f"LibreOffice did not open {workbook.name}: {done.stdout} {done.stderr}"
    return written
