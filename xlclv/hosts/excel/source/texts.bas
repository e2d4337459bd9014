Attribute VB_Name = "xlclv_texts"
Option Explicit
Option Private Module
' Texts in the user's language, read from sheets of the add-in, and the help of the function wizard.

Private Const CHINESE As Long = 4
Private waiting As Boolean
Private revealed As Boolean

' The language chosen with the button, else the one of Excel.
Public Function xlclv_language() As String
    On Error GoTo unknown
    xlclv_language = GetSetting("xlclv", "Excel", "Language", "")
    If xlclv_language = "en" Or xlclv_language = "zh" Then Exit Function
    ' 2 is the language of the user interface; the lower ten bits are the language without its country.
    If (Application.LanguageSettings.LanguageID(2) And &H3FF) = CHINESE Then
        xlclv_language = "zh"
    Else
        xlclv_language = "en"
    End If
    Exit Function
unknown:
    xlclv_language = "en"
End Function

Public Function xlclv_text(ByVal id As String) As String
    Dim texts As Worksheet, at_row As Long
    On Error GoTo none
    Set texts = ThisWorkbook.Worksheets("xlclv")
    at_row = 1
    Do While texts.Cells(at_row, 1).Value <> ""
        If texts.Cells(at_row, 1).Value = id Then
            xlclv_text = texts.Cells(at_row, IIf(xlclv_language() = "zh", 3, 2)).Value
            Exit Function
        End If
        at_row = at_row + 1
    Loop
none:
    If xlclv_text = "" Then xlclv_text = id
End Function

' Give the function wizard, and in-grid help, the texts of every function. Excel takes none before a workbook is open.
Public Sub xlclv_register()
    Dim unchanged As Boolean
    waiting = True
    If ActiveWorkbook Is Nothing Then Exit Sub
    unchanged = ThisWorkbook.Saved
    If described() Then
        waiting = False
    ElseIf ThisWorkbook.IsAddin And Not revealed Then
        revealed = True
        waiting = Not described_in_sight()
    End If
    ' Nobody is asked to save the help; what the user changed before is still to be saved.
    If unchanged Then ThisWorkbook.Saved = True
End Sub

Private Function described() As Boolean
    Dim help As Worksheet, at_row As Long, place As Long, texts() As String
    On Error GoTo failed
    Set help = ThisWorkbook.Worksheets("xlclv_" & xlclv_language())
    ThisWorkbook.Worksheets("_IntelliSense_").Range(help.UsedRange.Address).Value = help.UsedRange.Value
    at_row = 2
    Do While help.Cells(at_row, 1).Value <> ""
        place = 0
        ReDim texts(0 To 0)
        Do While help.Cells(at_row, 5 + 2 * place).Value <> ""
            ReDim Preserve texts(0 To place)
            texts(place) = help.Cells(at_row, 5 + 2 * place).Value
            place = place + 1
        Loop
        If place = 0 Then
            Application.MacroOptions Macro:=help.Cells(at_row, 1).Value, _
                Description:=help.Cells(at_row, 2).Value, Category:="xlclv"
        Else
            Application.MacroOptions Macro:=help.Cells(at_row, 1).Value, _
                Description:=help.Cells(at_row, 2).Value, Category:="xlclv", ArgumentDescriptions:=texts
        End If
        at_row = at_row + 1
    Loop
    described = True
failed:
End Function

' Excel may refuse to describe functions of a workbook nobody sees: for that moment, once, the add-in is a plain one.
Private Function described_in_sight() As Boolean
    Dim events As Boolean, updating As Boolean
    events = Application.EnableEvents
    updating = Application.ScreenUpdating
    On Error GoTo failed
    Application.EnableEvents = False
    Application.ScreenUpdating = False
    ThisWorkbook.IsAddin = False
    described_in_sight = described()
restore:
    On Error Resume Next
    ThisWorkbook.IsAddin = True
    Application.ScreenUpdating = updating
    Application.EnableEvents = events
    Exit Function
failed:
    Resume restore
End Function

Public Sub xlclv_register_waiting()
    If waiting Then xlclv_register
End Sub
