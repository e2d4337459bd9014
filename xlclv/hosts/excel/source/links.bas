Attribute VB_Name = "xlclv_links"
Option Explicit
Option Private Module
' Saved formulas carry the path of the add-in of whoever saved them: they are moved to the one that is loaded.

Private Const OUR_FILE As String = "xlclv.xlam"

Public Sub xlclv_own_links(ByVal book As Workbook)
    Dim links As Variant, place As Long, alerts As Boolean, unchanged As Boolean
    If book Is Nothing Then Exit Sub
    If book Is ThisWorkbook Then Exit Sub
    alerts = Application.DisplayAlerts
    On Error GoTo done
    unchanged = book.Saved
    links = book.LinkSources(xlExcelLinks)
    If Not IsArray(links) Then Exit Sub
    Application.DisplayAlerts = False
    For place = LBound(links) To UBound(links)
        If is_other(CStr(links(place))) Then move_link book, CStr(links(place))
    Next place
    ' Nobody is asked to save what only this add-in did.
    If unchanged Then book.Saved = True
done:
    Application.DisplayAlerts = alerts
End Sub

' Whether formulas of a workbook are tied to an add-in of ours, wherever it lies.
Public Function xlclv_is_tied(ByVal book As Workbook) As Boolean
    Dim links As Variant, place As Long
    On Error GoTo none
    links = book.LinkSources(xlExcelLinks)
    If Not IsArray(links) Then Exit Function
    For place = LBound(links) To UBound(links)
        If is_ours(CStr(links(place))) Then xlclv_is_tied = True
    Next place
none:
End Function

Private Function is_ours(ByVal link As String) As Boolean
    is_ours = LCase(Mid(link, InStrRev(Replace(link, "/", "\"), "\") + 1)) = OUR_FILE
End Function

Private Function is_other(ByVal link As String) As Boolean
    is_other = is_ours(link) And LCase(link) <> LCase(ThisWorkbook.FullName)
End Function

' A link that Excel does not move, such as one in a protected sheet, stays and the others are moved.
Private Sub move_link(ByVal book As Workbook, ByVal link As String)
    On Error Resume Next
    book.ChangeLink link, ThisWorkbook.FullName, xlLinkTypeExcelLinks
End Sub
