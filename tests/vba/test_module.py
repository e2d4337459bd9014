"""Sources as the editor takes them, and what is refused before anybody opens a workbook."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vba.readers import ADD_IN, BY_EXCEL, XLWINGS, project_of, sources
from xlclv.errors import InputError
from xlclv.vba import Kind, Module, build_project
from xlclv.vba.module import RESERVED

BOOK = Module("ThisWorkbook", "", "workbook")
SHEET = Module("Sheet1", "", "worksheet")


def refusal(*modules: Module, name: str = "xlclv") -> InputError:
    with pytest.raises(InputError) as caught:
        build_project([BOOK, SHEET, *modules], name)
    return caught.value


def code(source: str, kind: Kind = "standard") -> str:
    return Module("Code", source, kind).text()


def test_documents_begin_as_excel_lets_them_begin() -> None:
    by_excel = sources(project_of(BY_EXCEL))
    assert Module("ThisWorkbook", "", "workbook").text() == by_excel["ThisWorkbook"]
    assert Module("Sheet1", "", "worksheet").text() == by_excel["Sheet1"]


def test_classes_begin_as_excel_lets_them_begin() -> None:
    by_excel = sources(project_of(ADD_IN))["IWebAuthenticator"].splitlines()[:8]
    ours = Module("IWebAuthenticator", "Attribute VB_Exposed = True", "class").text().splitlines()
    assert ours == by_excel
    assert Module("IWebAuthenticator", "", "class").text().splitlines() == [
        line.replace("Exposed = True", "Exposed = False") for line in by_excel
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_vba_wants_them(end: str) -> None:
    expected = 'Attribute VB_Name = "Code"\r\nSub A()\r\n\r\nEnd Sub\r\n'
    assert code(end.join(["Sub A()", "", "End Sub"])) == expected
    assert code(end.join(["Sub A()", "", "End Sub", ""])) == expected


def test_an_empty_module_has_its_name() -> None:
    assert code("") == 'Attribute VB_Name = "Code"\r\n'


def test_an_exported_module_is_itself() -> None:
    exported = (XLWINGS / "xlwings.bas").read_text(encoding="ascii")
    assert exported.startswith('Attribute VB_Name = "xlwings"\n')
    assert Module("xlwings", exported).text() == exported.replace("\n", "\r\n")


def test_an_exported_class_loses_its_header_and_keeps_its_attributes() -> None:
    exported = (
        "VERSION 1.0 CLASS\nBEGIN\n  MultiUse = -1  'True\nEND\n"
        'Attribute VB_Name = "Code"\nAttribute VB_GlobalNameSpace = False\nAttribute VB_Creatable = False\n'
        "Attribute VB_PredeclaredId = True\nAttribute VB_Exposed = True\n"
        'Attribute VB_Description = "Counts"\nOption Explicit\nPrivate total\n'
    )
    assert code(exported, "class").split("\r\n") == [
        'Attribute VB_Name = "Code"',
        'Attribute VB_Base = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"',
        "Attribute VB_GlobalNameSpace = False",
        "Attribute VB_Creatable = False",
        "Attribute VB_PredeclaredId = True",
        "Attribute VB_Exposed = True",
        "Attribute VB_TemplateDerived = False",
        "Attribute VB_Customizable = False",
        'Attribute VB_Description = "Counts"',
        "Option Explicit",
        "Private total",
        "",
    ]


def test_an_attribute_of_a_procedure_stays_where_it_is() -> None:
    source = 'Sub A()\nAttribute A.VB_Description = "x"\nEnd Sub'
    assert code(source).endswith('Sub A()\r\nAttribute A.VB_Description = "x"\r\nEnd Sub\r\n')


@given(
    st.sampled_from(["standard", "class", "workbook", "worksheet"]),
    st.text([chr(code) for code in range(32, 127)] + ["\t", "\n"], max_size=300),
)
def test_a_text_is_its_own_text(kind: Kind, source: str) -> None:
    once = Module("Code", source, kind).text()
    assert Module("Code", once, kind).text() == once


@pytest.mark.parametrize(
    ("source", "line", "sentence"),
    [
        ("Sub A()\n    ' Größe\nEnd Sub", 2, "U+00F6 is no character VBA source can hold everywhere"),
        ('x = 1\ny = 2\nMsgBox "客户"', 3, "U+5BA2 is no character"),
        ("a\x00b", 1, "U+0000 is no character"),
        ("a\n\x0cb", 2, "U+000C is no character"),
        ("a\x7f", 1, "U+007F is no character"),
        ("a\u2028b", 1, "U+2028 is no character"),
        ("a\n" + "'" + "x" * 1023, 2, "A line has at most 1023 characters and this one 1024"),
        ("x = 1 _\n" + "+ 1 _\n" * 24 + "+ 1", 25, "A line is continued at most 24 times"),
        ("x = 1 _  \n" + "\t_\n" * 24 + "+ 1", 25, "A line is continued at most 24 times"),
        ('Attribute VB_Name = "Other"', 1, 'VB_Name is "Other", but a standard module Code has "Code"'),
        ("VERSION 1.0 CLASS\nBEGIN\nx", 1, "no line END closes it"),
        ('\nAttribute VB_Name = "Code"', 2, "An attribute of the module stands after its code"),
        ('Attribute VB_Name = "Code"\nAttribute VB_Base = "0{0}"', 2, 'VB_Base is "0{0}", but a standard module'),
        ("\n" * 70_000, 65_535, "A module has at most 65,534 lines and this one 70,000"),
    ],
)
def test_sources_that_vba_cannot_take_are_refused(source: str, line: int, sentence: str) -> None:
    error = refusal(Module("Code", source))
    assert str(error).startswith(f"Module Code, line {line}: ")
    assert sentence in str(error)
    assert error.text.zh.startswith(f"模块 Code 第 {line} 行：")
    assert error.argument == "modules"


def test_limits_can_be_reached() -> None:
    assert code("'" + "x" * 1022)
    assert code("x = 1 _\n" + "+ 1 _\n" * 23 + "+ 1\n" + "y = 1 _\n" + "+ 1 _\n" * 23 + "+ 1")
    assert code("x_\n" * 100)  # a name that ends in _, no continuation
    assert code("\n" * 65_534)


def test_a_class_is_no_worksheet() -> None:
    sheet = SHEET.text()
    error = refusal(Module("Sheet1x", sheet.replace('"Sheet1"', '"Sheet1x"'), "class"))
    assert "line 2: VB_Base is" in str(error)
    assert "but a class module Sheet1x has" in str(error)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", '"" cannot name a module'),
        ("1st", '"1st" cannot name a module'),
        ("_a", '"_a" cannot name a module'),
        ("My Code", '"My Code" cannot name a module'),
        ("Größe", '"Größe" cannot name a module'),
        ("Code\n", "cannot name a module"),
        ("a" * 32, "has 32 characters; the name of a module has at most 31"),
        ("Sub", '"Sub" means something else in every VBA project'),
        ("string", '"string" means something else'),
        ("Dir", '"Dir" means something else'),
        ("EXCEL", '"EXCEL" means something else'),
        ("sheet1", "The name sheet1 is given twice"),
        ("XLCLV", "The name XLCLV is given twice"),
    ],
)
def test_names_that_vba_cannot_take_are_refused(name: str, sentence: str) -> None:
    error = refusal(Module(name, ""))
    assert sentence in str(error)
    assert error.argument == "modules"
    assert error.text.zh != error.text.en


@pytest.mark.parametrize("name", ["", "my project", "Function", "VBA", "b" * 32])
def test_names_of_projects_follow_the_same_rules(name: str) -> None:
    error = refusal(name=name)
    assert "project" in str(error)
    assert error.argument == "name"


def test_names_at_their_limits() -> None:
    assert build_project([BOOK, SHEET, Module("a" * 31, ""), Module("Z_9", "")], "b" * 31)


@pytest.mark.parametrize("modules", [[], [SHEET], [BOOK, Module("Book2", "", "workbook")]])
def test_one_module_is_the_workbooks(modules: list[Module]) -> None:
    with pytest.raises(InputError, match=rf"of the kind workbook and {0 if len(modules) < 2 else 2} are"):
        build_project(modules)


def test_words_of_the_language_are_told_once() -> None:
    words = RESERVED.split()
    assert words == sorted(set(words))
    assert all(word.isalpha() and word.islower() for word in words)
