Attribute VB_Name = "xlclv_messages"
Option Explicit
Option Private Module
' What the user is told. VBA's own MsgBox shows only the characters of Windows' code page; Windows' shows all.

#If VBA7 Then
Private Declare PtrSafe Function MessageBoxW Lib "user32" (ByVal owner As LongPtr, ByVal shown As LongPtr, _
    ByVal title As LongPtr, ByVal style As Long) As Long
#Else
Private Declare Function MessageBoxW Lib "user32" (ByVal owner As Long, ByVal shown As Long, _
    ByVal title As Long, ByVal style As Long) As Long
#End If

Private Const LONGEST As Long = 250
Private told As Boolean

' A box; style is vbInformation or vbExclamation.
Public Sub xlclv_say(ByVal sentence As String, ByVal style As Long)
    Dim title As String, pressed As Long
    title = "xlclv"
    On Error Resume Next
    pressed = MessageBoxW(Application.Hwnd, StrPtr(sentence), StrPtr(title), style)
    If pressed = 0 Then MsgBox sentence, style, title
End Sub

' A sentence in the status bar, which stays until another cell is selected.
Public Sub xlclv_tell(ByVal sentence As String)
    On Error Resume Next
    ' Excel takes no longer text there.
    Application.StatusBar = Left(sentence, LONGEST)
    told = True
End Sub

Public Sub xlclv_quiet()
    If Not told Then Exit Sub
    On Error Resume Next
    told = False
    Application.StatusBar = False
End Sub
