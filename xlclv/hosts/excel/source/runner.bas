Attribute VB_Name = "xlclv_runner"
Option Explicit
Option Private Module
' Commands that Python does on a workbook.

Private alerts As Boolean
Private calculation As Long

Public Sub xlclv_run(ByVal id As String, ByVal book As Workbook)
    Dim answer As Variant, done As Boolean, sentence As String
    If book Is Nothing Then
        xlclv_say xlclv_text("no_book"), vbExclamation
        Exit Sub
    End If
    xlclv_tell xlclv_text("running")
    start_waiting
    On Error GoTo failed
    answer = xlclv_order(id, xlclv_language(), book)
    done = answer(LBound(answer))
    sentence = answer(UBound(answer))
    On Error GoTo 0
    stop_waiting
    If done Then
        xlclv_tell sentence
    Else
        xlclv_quiet
        xlclv_say sentence, vbExclamation
    End If
    Exit Sub
failed:
    stop_waiting
    xlclv_quiet
    xlclv_say xlclv_trouble(), vbExclamation
End Sub

' Without alerts Excel does not ask, after some seconds, whether to wait for the other program. Formulas are calculated
' when Python is done: while it works on the workbook it should not be asked for their values too.
Private Sub start_waiting()
    alerts = True
    calculation = 0
    On Error Resume Next
    alerts = Application.DisplayAlerts
    calculation = Application.Calculation
    Application.DisplayAlerts = False
    Application.Calculation = xlCalculationManual
    Application.Cursor = xlWait
End Sub

Private Sub stop_waiting()
    On Error Resume Next
    Application.Cursor = xlDefault
    Application.DisplayAlerts = alerts
    If calculation <> 0 Then Application.Calculation = calculation
End Sub
