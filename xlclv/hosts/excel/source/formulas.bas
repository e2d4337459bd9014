Attribute VB_Name = "xlclv_formulas"
Option Explicit
Option Private Module
' Formulas of a workbook that was not written by Excel name our functions, but are tied to nobody's: they are entered
' again when the workbook opens. Once Excel has saved it, they are tied to the add-in by a link.

Private Const TEMPLATE As String = "xlclv_template"

Private known As Collection

Public Sub xlclv_enter_formulas(ByVal book As Workbook)
    Dim sheet As Worksheet, unchanged As Boolean, events As Boolean, updating As Boolean
    If book Is Nothing Then Exit Sub
    If book Is ThisWorkbook Then Exit Sub
    If Not is_template(book) Then Exit Sub
    events = Application.EnableEvents
    updating = Application.ScreenUpdating
    On Error GoTo done
    unchanged = book.Saved
    Application.EnableEvents = False
    Application.ScreenUpdating = False
    For Each sheet In book.Worksheets
        enter_sheet sheet
    Next sheet
    ' Nobody is asked to save what only this add-in did.
    If unchanged Then book.Saved = True
done:
    Application.ScreenUpdating = updating
    Application.EnableEvents = events
End Sub

' One of our templates that has no functions of its own.
Private Function is_template(ByVal book As Workbook) As Boolean
    Dim found As Object
    On Error GoTo none
    If book.HasVBProject Then Exit Function
    If xlclv_is_tied(book) Then Exit Function
    Set found = book.Names(TEMPLATE)
    is_template = Not found Is Nothing
none:
End Function

Private Sub enter_sheet(ByVal sheet As Worksheet)
    Dim ours As Range
    On Error GoTo done
    add_ours sheet.UsedRange, ours
    If ours Is Nothing Then Exit Sub
    If sheet.ProtectContents Then
        enter_protected sheet, ours
    Else
        enter_cells ours
    End If
done:
End Sub

' The sheet's protection is put back as it was; one with a password stays, and so do its formulas.
Private Sub enter_protected(ByVal sheet As Worksheet, ByVal ours As Range)
    Dim may As Protection, drawings As Boolean, scenes As Boolean, allowed(1 To 11) As Boolean
    On Error GoTo done
    Set may = sheet.Protection
    drawings = sheet.ProtectDrawingObjects
    scenes = sheet.ProtectScenarios
    allowed(1) = may.AllowFormattingCells
    allowed(2) = may.AllowFormattingColumns
    allowed(3) = may.AllowFormattingRows
    allowed(4) = may.AllowInsertingColumns
    allowed(5) = may.AllowInsertingRows
    allowed(6) = may.AllowInsertingHyperlinks
    allowed(7) = may.AllowDeletingColumns
    allowed(8) = may.AllowDeletingRows
    allowed(9) = may.AllowSorting
    allowed(10) = may.AllowFiltering
    allowed(11) = may.AllowUsingPivotTables
    sheet.Unprotect ""
    If sheet.ProtectContents Then Exit Sub
    enter_cells ours
    sheet.Protect Password:="", DrawingObjects:=drawings, Contents:=True, Scenarios:=scenes, _
        AllowFormattingCells:=allowed(1), AllowFormattingColumns:=allowed(2), AllowFormattingRows:=allowed(3), _
        AllowInsertingColumns:=allowed(4), AllowInsertingRows:=allowed(5), AllowInsertingHyperlinks:=allowed(6), _
        AllowDeletingColumns:=allowed(7), AllowDeletingRows:=allowed(8), AllowSorting:=allowed(9), _
        AllowFiltering:=allowed(10), AllowUsingPivotTables:=allowed(11)
done:
End Sub

' Add to ours the cells of part whose formulas call one of our functions.
Private Sub add_ours(ByVal part As Range, ByRef ours As Range)
    Dim texts As Variant, at_row As Long, place As Long
    texts = part.Formula
    If Not IsArray(texts) Then
        If calls_ours(texts) Then add_cell part, ours
        Exit Sub
    End If
    For at_row = LBound(texts, 1) To UBound(texts, 1)
        For place = LBound(texts, 2) To UBound(texts, 2)
            If calls_ours(texts(at_row, place)) Then
                add_cell part.Cells(at_row - LBound(texts, 1) + 1, place - LBound(texts, 2) + 1), ours
            End If
        Next place
    Next at_row
End Sub

Private Sub add_cell(ByVal cell As Range, ByRef ours As Range)
    If ours Is Nothing Then
        Set ours = cell
    Else
        Set ours = Union(ours, cell)
    End If
End Sub

' Whether a name before one of the formula's brackets is that of one of our functions.
Private Function calls_ours(ByVal text As String) As Boolean
    Dim bracket As Long, start As Long
    If Left(text, 1) <> "=" Then Exit Function
    bracket = InStr(text, "(")
    Do While bracket > 0
        start = bracket
        Do While start > 1
            If Not (Mid(text, start - 1, 1) Like "[A-Za-z0-9_.]") Then Exit Do
            start = start - 1
        Loop
        If start < bracket Then
            If is_ours(Mid(text, start, bracket - start)) Then
                calls_ours = True
                Exit Function
            End If
        End If
        bracket = InStr(bracket + 1, text, "(")
    Loop
End Function

Private Function is_ours(ByVal called As String) As Boolean
    Dim found As String
    On Error GoTo none
    If known Is Nothing Then read_names
    found = known.Item(LCase(called))
    is_ours = True
none:
End Function

' The names of our functions, from the sheet with their help.
Private Sub read_names()
    Dim help As Worksheet, at_row As Long, called As String
    Set known = New Collection
    Set help = ThisWorkbook.Worksheets("xlclv_en")
    at_row = 2
    Do While help.Cells(at_row, 1).Value <> ""
        called = help.Cells(at_row, 1).Value
        known.Add called, LCase(called)
        at_row = at_row + 1
    Loop
End Sub

' Cells are late bound here: Excel before dynamic arrays does not know all that is asked of them.
Private Sub enter_cells(ByVal ours As Range)
    Dim cell As Object
    For Each cell In ours.Cells
        enter_cell cell
    Next cell
End Sub

' A formula that Excel does not take again stays as it is, and the others are entered.
Private Sub enter_cell(ByVal cell As Object)
    Dim whole As Object, first As Object, spills As Boolean
    On Error Resume Next
    spills = cell.HasSpill
    If spills Then
        Set first = cell.SpillParent
        If first.Address = cell.Address Then cell.Formula2 = cell.Formula2
        Exit Sub
    End If
    If cell.HasArray Then
        Set whole = cell.CurrentArray
        Set first = whole.Cells(1, 1)
        If first.Address = cell.Address Then whole.FormulaArray = first.FormulaArray
        Exit Sub
    End If
    Err.Clear
    cell.Formula2 = cell.Formula2
    If Err.Number <> 0 Then cell.Formula = cell.Formula
End Sub
