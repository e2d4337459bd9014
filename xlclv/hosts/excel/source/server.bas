Attribute VB_Name = "xlclv_server"
Option Explicit
Option Private Module
' The one object of xlwings' server, kept from call to call: asking for it anew loads xlwings' DLL and settings again.

Private Const HOST As String = "xlclv.hosts.excel.bridge"
' Days to wait after a start that failed, so that a sheet of formulas does not start Python once for each.
Private Const PAUSE As Double = 15# / 86400#

Private server As Object
Private failed_at As Double
Private refused As Boolean

Public Function xlclv_ask(ByVal called As String, ByVal from_1904 As Boolean, ByVal cells As Variant) As Variant
    Dim tried As Long, answer As Variant
    ' A server that died is replaced once.
    For tried = 1 To 2
        If Not started() Then Err.Raise 5
        If answered(Array(called, from_1904, cells), answer) Then
            xlclv_ask = answer
            Exit Function
        End If
    Next tried
    Err.Raise 5
End Function

Private Function started() As Boolean
    On Error GoTo failed
    If failed_at > 0 And Abs(CDbl(Now) - failed_at) < PAUSE Then Exit Function
    If server Is Nothing Then Set server = XLPy()
    failed_at = 0
    started = True
    Exit Function
failed:
    Set server = Nothing
    failed_at = CDbl(Now)
End Function

Private Function answered(ByVal given As Variant, ByRef answer As Variant) As Boolean
    On Error GoTo failed
    answer = server.CallUDF(HOST, "xlclv_call", given)
    refused = False
    answered = True
    Exit Function
failed:
    Set server = Nothing
    refused = True
End Function

' A command of Python on a workbook: whether it was done, and the sentence to show. It is not done twice, so a harmless
' call comes first, which replaces a server that died.
Public Function xlclv_order(ByVal id As String, ByVal language As String, ByVal book As Workbook) As Variant
    xlclv_ask "XLCLV_VERSION", False, Array()
    xlclv_order = server.CallUDF(HOST, "xlclv_command", Array(id, language), book)
End Function

' What to do where no call came through.
Public Function xlclv_trouble() As String
    xlclv_trouble = xlclv_text(IIf(refused And failed_at = 0, "refused", "unreached"))
End Function

' Try at once again, however short ago a start failed.
Public Sub xlclv_reset()
    Set server = Nothing
    failed_at = 0
End Sub
