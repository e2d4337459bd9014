"""xlwings' call path behind a socket of this machine, and LibreOffice that opens workbooks with their macros on.

The modules of the add-in run as they are. Only xlwings' own module is another one: its ``XLPy`` gives an object whose
``CallUDF`` asks over loopback, where xlwings' COM server would be asked.
"""

from __future__ import annotations

import html
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.hosts.excel.test_call_path import Server
from tests.workbook.office import soffice
from xlclv.hosts.excel.modules import BOOK, modules
from xlclv.vba import Module

#: What LibreOffice lacks, as the names of Excel in one module and what stands for each.
REPLACED = {
    # Its Basic takes this name for the word of the statement Open.
    "xlclv_functions": {"Optional output As": "Optional output_ As", "xlclv_in(output)": "xlclv_in(output_)"},
    "xlclv_bridge": {
        # LibreOffice knows values by the older name alone, which gives dates as such and errors as 0.
        "area.Value2": "calc_values(area)",
        # It shows an error value that Basic returns as a text; its own are numbers that are none, of many kinds.
        "CVErr(": "calc_error(",
        # It knows neither the calling cell nor how Excel's workbook says this.
        "ActiveWorkbook.Date1904": "calc_from_1904()",
    },
    # A test that waits for the end of the pause waits less.
    "xlclv_server": {"15# / 86400#": "PAUSE# / 86400#"},
}
#: Modules that work in LibreOffice; the others are of Excel's application, its ribbon and its links.
KEPT = ("xlclv_functions", "xlclv_bridge", "xlclv_server", "xlclv_texts")

XLWINGS = """Option Explicit
' Error values by the numbers of Excel and of LibreOffice.
Private Const KINDS As String = "2000:521 2007:532 2015:519 2023:524 2029:525 2036:503 2042:32767 2015:502 2015:504"

Public Function XLPy() As Object
    Dim made As New loopback
    made.Begin
    Set XLPy = made
End Function

Public Function calc_from_1904() As Boolean
    calc_from_1904 = (ThisComponent.NullDate.Year = 1904)
End Function

Public Function calc_error(ByVal number As Long) As Variant
    Dim pipe As Object, out As Object, back As Object
    Set pipe = CreateUnoService("com.sun.star.io.Pipe")
    Set out = CreateUnoService("com.sun.star.io.DataOutputStream")
    Set back = CreateUnoService("com.sun.star.io.DataInputStream")
    out.setOutputStream(pipe)
    back.setInputStream(pipe)
    out.writeLong(&H7FF80000)
    out.writeLong(CLng(other_number(number, 0)))
    out.closeOutput()
    calc_error = back.readDouble()
End Function

Private Function other_number(ByVal number As Long, ByVal side As Long) As Long
    Dim kinds_both As Variant, both As Variant, i As Long
    kinds_both = Split(KINDS, " ")
    other_number = IIf(side = 0, 519, 2015)
    For i = 0 To UBound(kinds_both)
        both = Split(kinds_both(i), ":")
        If CLng(both(side)) = number Then
            other_number = CLng(both(1 - side))
            Exit Function
        End If
    Next i
End Function

Public Function calc_values(ByVal given As Object) As Variant
    Dim values As Variant, r As Long, c As Long, cells As Object
    values = given.Value
    Set cells = given.CellRange
    If IsArray(values) Then
        For r = LBound(values, 1) To UBound(values, 1)
            For c = LBound(values, 2) To UBound(values, 2)
                values(r, c) = plain(values(r, c), cells, r - LBound(values, 1), c - LBound(values, 2))
            Next c
        Next r
    Else
        values = plain(values, cells, 0, 0)
    End If
    calc_values = values
End Function

Private Function plain(ByVal value As Variant, ByVal cells As Object, ByVal r As Long, ByVal c As Long) As Variant
    Dim number As Long
    plain = value
    If VarType(value) = 7 Then plain = CDbl(value)
    If VarType(value) <> 5 Then Exit Function
    If value <> 0 Then Exit Function
    number = cells.getCellByPosition(c, r).getError()
    If number <> 0 Then plain = CVErr(other_number(number, 1))
End Function
"""

#: Values go as letters and numbers, a text as four hexadecimal digits for each of its characters.
CLASS = """Option Explicit
Private start As String

Public Sub Begin()
    start = asked("start")
End Sub

Public Function CallUDF(ByVal host As String, ByVal name As String, ByVal given As Variant) As Variant
    Dim sent As String, i As Long
    sent = "call;" & start & ";" & host & ";" & name & ";" & given(0) & ";" & written(given(1))
    For i = LBound(given(2)) To UBound(given(2))
        sent = sent & ";" & written(given(2)(i))
    Next i
    CallUDF = read_answer(asked(sent))
End Function

Private Function asked(ByVal text As String) As String
    Dim way As Object, bytes() As Integer, given() As Integer, i As Long, count As Long, answer As String
    ReDim bytes(0 To Len(text))
    For i = 1 To Len(text)
        bytes(i - 1) = Asc(Mid(text, i, 1))
    Next i
    bytes(Len(text)) = 10
    Set way = CreateUnoService("com.sun.star.connection.Connector").connect("socket,host=127.0.0.1,port=PORT")
    way.write(bytes)
    Do
        count = way.read(given, 8192)
        For i = 0 To count - 1
            answer = answer & Chr(given(i))
        Next i
    Loop While count = 8192
    way.close()
    ' As COM tells of a server that is gone.
    If Left(answer, 1) = "!" Then Err.Raise 462
    asked = answer
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
                found = found & ChrW(CLng("&H" & Mid(text, r, 4)))
            Next r
            read_cell = found
        Case Else: read_cell = Empty
    End Select
End Function

' A single row has one dimension, as pywin32 hands it over.
Private Function read_answer(ByVal answer As String) As Variant
    Dim parts As Variant, size As Variant, rows() As Variant, i As Long, j As Long, last As Long
    If Left(answer, 1) <> "a" Then
        read_answer = read_cell(answer)
        Exit Function
    End If
    parts = Split(answer, ",")
    size = Split(Mid(parts(0), 2), " ")
    last = CLng(size(1)) - 1
    If CLng(size(0)) = 1 Then
        ReDim rows(0 To last)
        For j = 0 To last
            rows(j) = read_cell(parts(1 + j))
        Next j
    Else
        ReDim rows(0 To CLng(size(0)) - 1, 0 To last)
        For i = 0 To CLng(size(0)) - 1
            For j = 0 To last
                rows(i, j) = read_cell(parts(1 + i * (last + 1) + j))
            Next j
        Next i
    End If
    read_answer = rows
End Function
"""

#: Each line of XLCLV_JOBS says which workbook to compute, how long to wait then, and where its copy goes.
MACRO = """
Sub Main
  Dim load(1) As New com.sun.star.beans.PropertyValue
  Dim save(0) As New com.sun.star.beans.PropertyValue
  load(0).Name = "Hidden"
  load(0).Value = True
  load(1).Name = "MacroExecutionMode"
  load(1).Value = com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN
  save(0).Name = "FilterName"
  save(0).Value = "Calc MS Excel 2007 XML"
  For Each job In Split(Environ("XLCLV_JOBS"), "|")
    parts = Split(job, " ")
    doc = StarDesktop.loadComponentFromURL(parts(0), "_blank", 0, load())
    For i = 1 To UBound(parts) Step 2
      Wait CLng(parts(i))
      doc.calculateAll()
      doc.storeToURL(parts(i + 1), save())
    Next i
    doc.close(True)
  Next job
  StarDesktop.terminate()
End Sub
"""
MODULE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">\n'
    '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" '
    f'script:language="StarBasic">{html.escape(MACRO)}</script:module>\n'
)


def project(sheets: Sequence[str], port: int, extra: str = "", pause: int = 15) -> list[Module]:
    """The VBA project of a workbook in LibreOffice; ``extra`` is the source of one module more."""
    made = [
        Module(BOOK, "", "workbook"),
        Module("xlwings", XLWINGS),
        Module("loopback", CLASS.replace("PORT", str(port)), "class"),
        *([Module("extra", extra)] if extra else []),
    ]
    for module in modules(sheets):
        if module.kind == "worksheet" or module.name in KEPT:
            text = module.source
            for excel, calc in REPLACED.get(module.name, {}).items():
                assert excel in text, (module.name, excel)
                text = text.replace(excel, calc.replace("PAUSE", str(pause)))
            made.append(Module(module.name, text, module.kind))
    return made


class Loopback:
    """Starts servers and asks them; ``dies`` is the call at which one dies, ``starts_from`` the first start that works."""

    def __init__(self, dies: int = 0, starts_from: int = 1) -> None:
        self.dies, self.starts_from = dies, starts_from
        self.path: Server | None = None
        self.starts: list[float] = []
        self.asked: list[str] = []
        self.failure: Exception | None = None
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.socket.close()
        if self.path is not None:
            self.path.close()
            self.path = None

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                try:
                    answer = self._answer(*stream.readline().decode("ascii").strip().split(";"))
                except Exception as error:
                    self.failure, answer = error, "!"
                connection.sendall(answer.encode("ascii"))

    def _answer(self, kind: str, *rest: str) -> str:
        if kind == "start":
            self.starts.append(time.monotonic())
            if len(self.starts) < self.starts_from:
                return "!"
            self.path = self.path or Server()  # one that runs is given again
            return str(len(self.starts))
        start, host, name, called, date1904, *cells = rest
        assert (host, name) == ("xlclv.hosts.excel.bridge", "xlclv_call")
        if self.path is None or int(start) != len(self.starts):
            return "!"
        self.asked.append(called)
        if len(self.asked) == self.dies:
            self.path.process.kill()
            self.path.process.communicate()
            self.path = None
            return "!"
        return sent(self.path.ask(name, [called, given(date1904), [given(cell) for cell in cells]]))


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


LOG = "soffice.log"


class Job(NamedTuple):
    """A workbook to compute: a copy is saved after each time of waiting, in seconds."""

    path: Path
    waits: tuple[float, ...] = (0.0,)

    def copies(self) -> list[Path]:
        return [self.path.with_name(f"{self.path.stem}_{number}.xlsx") for number in range(len(self.waits))]

    def line(self) -> str:
        parts = [self.path.resolve().as_uri()]
        for wait, copy in zip(self.waits, self.copies(), strict=True):
            parts += [str(round(1000 * wait)), copy.resolve().as_uri()]
        return " ".join(parts)


class HungError(AssertionError):
    """LibreOffice did not come to an end, as it does at an error in Basic that no procedure handles."""


def compute(jobs: Sequence[Job], folder: Path, timeout: float) -> None:
    """Open workbooks one after the other in one LibreOffice, in which the functions in their cells run."""
    profile = folder / "profile"
    command = [soffice(), f"-env:UserInstallation={profile.resolve().as_uri()}", "--headless", "--norestore"]
    # The first start fills the profile; its empty Module1 is then ours.
    run([*command, "--terminate_after_init"], folder, timeout, {})
    module = profile / "user" / "basic" / "Standard" / "Module1.xba"
    module.write_text(MODULE, encoding="utf-8")
    given = {"XLCLV_JOBS": "|".join(job.line() for job in jobs)}
    try:
        run([*command, "macro:///Standard.Module1.Main"], folder, timeout, given)
    except subprocess.TimeoutExpired:
        stopped = next((job for job in jobs if not job.copies()[-1].exists()), jobs[-1])
        raise HungError(stopped.path.name) from None
    for job in jobs:
        for copy in job.copies():
            assert copy.exists(), f"LibreOffice did not compute {job.path.name}: {(folder / LOG).read_text()}"


def run(command: Sequence[str], folder: Path, timeout: float, given: dict[str, str]) -> None:
    """Run a program to its end, or kill it with all that it started."""
    with (folder / LOG).open("w") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | given, start_new_session=True)
        try:
            running.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            raise
