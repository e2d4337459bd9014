"""What Excel's compiler would refuse, as far as it can be seen in the source: names nobody declared, blocks left open.

Nobody compiles this VBA before a user's Excel does, so every name is looked up here.
"""

from __future__ import annotations

import re

import pytest

from xlclv.hosts.excel.modules import modules, template_modules
from xlclv.vba import Module
from xlclv.vba.module import LONGEST_LINE, MOST_CONTINUATIONS, RESERVED

PROJECTS = {"addin": modules(["Sheet1"]), "template": template_modules(["Sheet1"])}
OURS = [
    pytest.param(project, module, id=f"{project}-{module.name}")
    for project, found in PROJECTS.items()
    for module in found
    if module.name != "xlwings" and module.kind != "worksheet"
]
#: Names of VBA, of Excel and of Windows that our modules use; lower case.
NAMES = """
    array ascw cdbl cverr getsetting iif instr instrrev isarray iserror ismissing isobject lbound lcase left len mid
    msgbox now replace savesetting strptr typename ubound vartype vbexclamation vbinformation vbstring
    error explicit module err collection object
    activecell activeworkbook application iribboncontrol iribbonui protection range thisworkbook union window workbook
    workbooks worksheet xlcalculationmanual xldefault xldialogfunctionwizard xlexcellinks xllinktypeexcellinks xlwait
    xlwbatworksheet vba7
    """
GIVEN = set(NAMES.split()) | set(RESERVED.split())
PROCEDURE = re.compile(
    r"^(?:(?:Public|Private) )?(?:Declare (?:PtrSafe )?)?(Function|Sub) (\w+)(?: Lib \"\w*\")? ?\((.*)\)", re.MULTILINE
)


def lines_of(module: Module) -> list[str]:
    """Return the statements of a module without comments, the insides of texts, and continuations."""
    text = module.text().replace(" _\r\n", " ")
    lines = [re.sub(r'"[^"]*"', '""', line) for line in text.split("\r\n")]
    return [line.split("'")[0].rstrip() for line in lines if not line.startswith("Attribute ")]


def parameters(text: str) -> set[str]:
    found = set()
    for part in text.split(","):
        match = re.search(r"(?:ByVal |ByRef |Optional )*(\w+)(?: As \w+)?\s*$", part.split("=")[0].strip())
        if match:
            found.add(match[1].lower())
    return found


def declared(line: str) -> set[str]:
    """Return the names a statement declares."""
    match = re.match(r"\s*(?:Dim|Private WithEvents|Private Const|Public Const|Private|Public|Static) (.*)", line)
    if not match or re.match(r"\s*(?:Public|Private) (?:Declare|Function|Sub)\b", line):
        return set()
    return {
        found[1].lower()
        for part in re.sub(r"\([^)]*\)", "", match[1]).split(",")
        if (found := re.match(r"\s*(\w+)", part))
    }


def public_names(found: list[Module]) -> set[str]:
    """Return the procedures and modules that every module of a project sees."""
    names = {module.name.lower() for module in found}
    for module in found:
        if module.kind == "standard":
            for line in lines_of(module):
                match = PROCEDURE.match(line)
                if match and not line.startswith("Private"):
                    names.add(match[2].lower())
    return names


def used(line: str) -> list[str]:
    """Return the names in a statement that stand for themselves: no members, and no names of arguments."""
    names = re.findall(r"(?<![\w.#&])([A-Za-z]\w*)(?!\w*\s*:=)(?![\w])", line)
    return [name.lower() for name in names]


@pytest.mark.parametrize(("project", "module"), OURS)
def test_every_name_is_declared(project: str, module: Module) -> None:
    everywhere = GIVEN | public_names(PROJECTS[project])
    lines = lines_of(module)
    own: set[str] = set()
    depth = 0
    for line in lines:
        match = PROCEDURE.match(line)
        if match:
            own.add(match[2].lower())
            depth += not re.search(r"\bDeclare\b", line)
        elif line in ("End Sub", "End Function"):
            depth -= 1
        elif depth == 0:
            own |= declared(line)
    unknown = []
    for line in lines:
        match = PROCEDURE.match(line)
        if match:
            unknown += [name for name in re.findall(r" As (\w+)", line) if name.lower() not in everywhere]
            start = lines.index(line)
            end = next((n for n in range(start, len(lines)) if lines[n] in ("End Sub", "End Function")), len(lines))
            body = [] if "Declare" in line else lines[start + 1 : end]
            local = parameters(match[3]).union(*map(declared, body))
            local |= {found[1].lower() for each in body if (found := re.fullmatch(r"(\w+):", each))}
            for each in body:
                unknown += [(match[2], name) for name in used(each) if name not in local | own | everywhere]
    assert not unknown


@pytest.mark.parametrize(("project", "module"), OURS)
def test_blocks_are_closed(project: str, module: Module) -> None:
    lines = [line.strip() for line in lines_of(module)]
    opened: list[str] = []
    for line in lines:
        if re.match(r"(?:(?:Public|Private) )?(Sub|Function) ", line):
            opened.append(re.search(r"(Sub|Function)", line)[1])  # type: ignore[index]
        elif re.fullmatch(r"If .* Then", line):
            opened.append("If")
        elif re.match(r"(Select) Case|(With) ", line):
            opened.append(line.split(" ")[0])
        elif re.match(r"Do\b", line):
            opened.append("Do")
        elif re.match(r"For (Each )?", line):
            opened.append("For")
        elif line.startswith("End "):
            assert opened.pop() == line[4:], line
        elif re.match(r"Loop\b", line):
            assert opened.pop() == "Do", line
        elif re.match(r"Next\b", line):
            assert opened.pop() == "For", line
        elif re.match(r"ElseIf .* Then$|Else$", line):
            assert opened[-1] == "If", line
    assert opened == []


@pytest.mark.parametrize(("project", "module"), OURS)
def test_limits_of_the_editor(project: str, module: Module) -> None:
    text = module.text()
    assert text.isascii()
    lines = text.split("\r\n")
    assert max(map(len, lines)) <= LONGEST_LINE
    longest = continued = 0
    for line in lines:
        continued = continued + 1 if line.endswith(" _") else 0
        longest = max(longest, continued)
    assert longest <= MOST_CONTINUATIONS


def test_a_name_nobody_declared_is_found() -> None:
    module = Module("one", "Option Explicit\nPublic Sub first()\n    Dim a As Long\n    a = undeclared(1)\nEnd Sub\n")
    PROJECTS["broken"] = [module]
    try:
        with pytest.raises(AssertionError, match="undeclared"):
            test_every_name_is_declared("broken", module)
    finally:
        del PROJECTS["broken"]
