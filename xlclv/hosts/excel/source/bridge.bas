Attribute VB_Name = "xlclv_bridge"
Option Explicit
Option Private Module
' Every worksheet function passes here: cells go out as plain values and come back with real error values.

' The character in front of an error value that travels as text.
Private Const MARK As Long = &H2063

Public Function xlclv_call(ByVal called As String, ByVal cells As Variant) As Variant
    Dim result As Variant
    On Error GoTo failed
    result = xlclv_ask(called, counts_from_1904(), cells)
    set_errors result
    xlclv_call = result
    Exit Function
failed:
    If called = "XLCLV_ERRORS" Then
        xlclv_call = xlclv_trouble()
    Else
        xlclv_call = CVErr(2015)
    End If
End Function

' An argument as plain values; one left out is empty. Left out in an Array it would be lost.
Public Function xlclv_in(Optional given As Variant) As Variant
    Dim area As Object
    If IsMissing(given) Then
        xlclv_in = Empty
    ElseIf IsObject(given) Then
        Set area = given
        If area.Areas.Count > 1 Then
            xlclv_in = CVErr(2015)
        Else
            xlclv_in = area.Value2
        End If
    Else
        xlclv_in = given
    End If
End Function

' Whether the workbook of the calling cell counts its dates from 1904.
Private Function counts_from_1904() As Boolean
    On Error GoTo other
    If TypeName(Application.Caller) = "Range" Then
        counts_from_1904 = Application.Caller.Worksheet.Parent.Date1904
    Else
        counts_from_1904 = ActiveWorkbook.Date1904
    End If
    Exit Function
other:
    counts_from_1904 = False
End Function

' A single cell comes as it is, a single row as an array of one dimension, and anything else as one of two.
Private Sub set_errors(ByRef result As Variant)
    Dim at_row As Long, place As Long
    If Not IsArray(result) Then
        result = with_error(result)
    ElseIf has_columns(result) Then
        For at_row = LBound(result, 1) To UBound(result, 1)
            For place = LBound(result, 2) To UBound(result, 2)
                If VarType(result(at_row, place)) = vbString Then
                    result(at_row, place) = with_error(result(at_row, place))
                End If
            Next place
        Next at_row
    Else
        For place = LBound(result) To UBound(result)
            result(place) = with_error(result(place))
        Next place
    End If
End Sub

Private Function has_columns(ByRef result As Variant) As Boolean
    Dim last As Long
    On Error GoTo none
    last = UBound(result, 2)
    has_columns = True
    Exit Function
none:
    has_columns = False
End Function

Private Function with_error(ByVal cell As Variant) As Variant
    with_error = cell
    If VarType(cell) <> vbString Then Exit Function
    If Len(cell) < 2 Then Exit Function
    If AscW(cell) <> MARK Then Exit Function
    Select Case Mid(cell, 2)
        Case "#NULL!": with_error = CVErr(2000)
        Case "#DIV/0!": with_error = CVErr(2007)
        Case "#VALUE!": with_error = CVErr(2015)
        Case "#REF!": with_error = CVErr(2023)
        Case "#NAME?": with_error = CVErr(2029)
        Case "#NUM!": with_error = CVErr(2036)
        Case "#N/A": with_error = CVErr(2042)
        Case "#GETTING_DATA": with_error = CVErr(2043)
        Case "#SPILL!": with_error = CVErr(2045)
        Case "#CONNECT!": with_error = CVErr(2046)
        Case "#BLOCKED!": with_error = CVErr(2047)
        Case "#UNKNOWN!": with_error = CVErr(2048)
        Case "#FIELD!": with_error = CVErr(2049)
        Case "#CALC!": with_error = CVErr(2050)
        Case "#EXTERNAL!": with_error = CVErr(2051)
        Case "#BUSY!": with_error = CVErr(2222)
        Case "#PYTHON!": with_error = CVErr(2223)
        Case Else: with_error = CVErr(2015)
    End Select
End Function
