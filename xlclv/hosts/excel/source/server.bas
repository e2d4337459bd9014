Attribute VB_Name = "xlclv_server"
Option Explicit
Option Private Module
' The one object of xlwings' server, kept from call to call: asking for it anew loads xlwings' DLL and settings again.

Private Const HOST As String = "xlclv.hosts.excel.bridge"
' Days to wait after a start that failed, so that a sheet of formulas does not start Python once for each.
Private Const PAUSE As Double = 15# / 86400#

Private server As Object
Private failed_at As Double
Private unreached As Boolean

Public Function xlclv_ask(ByVal called As String, ByVal from_1904 As Boolean, ByVal cells As Variant) As Variant
    Dim tried As Long
    If failed_at > 0 And Abs(CDbl(Now) - failed_at) < PAUSE Then Err.Raise 5
    On Error GoTo failed
again:
    If server Is Nothing Then Set server = XLPy()
    failed_at = 0
    xlclv_ask = server.CallUDF(HOST, "xlclv_call", Array(called, from_1904, cells))
    unreached = False
    Exit Function
failed:
    ' A server that died is replaced once.
    If server Is Nothing Then failed_at = CDbl(Now)
    Set server = Nothing
    tried = tried + 1
    If tried < 2 Then Resume again
    unreached = True
    On Error GoTo 0
    Err.Raise 5
End Function

' What to do where no call came through.
Public Function xlclv_trouble() As String
    xlclv_trouble = xlclv_text(IIf(unreached Or failed_at > 0, "unreached", "refused"))
End Function

' Try at once again, however short ago a start failed.
Public Sub xlclv_reset()
    Set server = Nothing
    failed_at = 0
End Sub
