Attribute VB_Name = "xlclv_commands"
Option Explicit
' What the buttons of the ribbon do, and their texts in the user's language. One button of Excel's own is one procedure
' named after it; all commands of Python are done by one.

Private ribbon As IRibbonUI

Public Sub xlclv_loaded(given As IRibbonUI)
    Set ribbon = given
    xlclv_register_waiting
End Sub

Public Sub xlclv_label(control As IRibbonControl, ByRef label)
    label = xlclv_text(control.ID)
End Sub

Public Sub xlclv_tip(control As IRibbonControl, ByRef tip)
    tip = xlclv_text(control.ID & "_tip")
End Sub

Public Sub xlclv_do_command(control As IRibbonControl)
    xlclv_run control.ID, ActiveWorkbook
End Sub

Public Sub xlclv_do_insert(control As IRibbonControl)
    On Error GoTo failed
    If ActiveCell Is Nothing Then Workbooks.Add
    Application.Dialogs(xlDialogFunctionWizard).Show
    Exit Sub
failed:
    xlclv_say xlclv_text("no_cell"), vbInformation
End Sub

' A new workbook with all functions, their arguments and help.
Public Sub xlclv_do_help(control As IRibbonControl)
    Dim help As Worksheet, shown As Worksheet, at_row As Long, place As Long, arguments As String
    On Error GoTo failed
    Set help = ThisWorkbook.Worksheets("xlclv_" & xlclv_language())
    Set shown = Workbooks.Add(xlWBATWorksheet).Worksheets(1)
    shown.Range("A1").Value = xlclv_text("function")
    shown.Range("B1").Value = xlclv_text("arguments")
    shown.Range("C1").Value = xlclv_text("what")
    shown.Range("A1:C1").Font.Bold = True
    at_row = 2
    Do While help.Cells(at_row, 1).Value <> ""
        arguments = ""
        place = 4
        Do While help.Cells(at_row, place).Value <> ""
            If place > 4 Then arguments = arguments & ", "
            arguments = arguments & help.Cells(at_row, place).Value
            place = place + 2
        Loop
        shown.Cells(at_row, 1).Value = help.Cells(at_row, 1).Value
        shown.Cells(at_row, 2).Value = arguments
        shown.Cells(at_row, 3).Value = help.Cells(at_row, 2).Value
        at_row = at_row + 1
    Loop
    shown.Columns(1).ColumnWidth = 22
    shown.Columns(2).ColumnWidth = 60
    shown.Columns(3).ColumnWidth = 80
    shown.Range("B:C").WrapText = True
    shown.Parent.Saved = True
    Exit Sub
failed:
    xlclv_say xlclv_text("failed"), vbInformation
End Sub

Public Sub xlclv_do_test(control As IRibbonControl)
    Dim answer As Variant
    xlclv_reset
    answer = xlclv_call("CLV", Array(100#, 2#, 36#))
    If IsError(answer) Then
        xlclv_say xlclv_trouble(), vbExclamation
    ElseIf answer = 7200 Then
        xlclv_say xlclv_text("reached"), vbInformation
    Else
        xlclv_say xlclv_text("refused"), vbExclamation
    End If
End Sub

Public Sub xlclv_do_language(control As IRibbonControl)
    On Error GoTo failed
    SaveSetting "xlclv", "Excel", "Language", IIf(xlclv_language() = "zh", "en", "zh")
    xlclv_register
    If Not ribbon Is Nothing Then ribbon.Invalidate
    Exit Sub
failed:
    xlclv_say xlclv_text("failed"), vbInformation
End Sub
