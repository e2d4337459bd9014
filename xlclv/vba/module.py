"""One module of a VBA project: its source as the editor takes it, checked before anybody has to open a workbook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from xlclv.errors import InputError

#: A standard module, a class, the workbook's own module, or a worksheet's.
Kind = Literal["standard", "class", "workbook", "worksheet"]

#: Classes that modules with objects derive from; a standard module has none.
BASES: dict[Kind, str] = {
    "class": "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}",
    "workbook": "0{00020819-0000-0000-C000-000000000046}",
    "worksheet": "0{00020820-0000-0000-C000-000000000046}",
}

LONGEST_NAME = 31
LONGEST_LINE = 1023
MOST_CONTINUATIONS = 24
MOST_LINES = 65_534

#: Names that stand for something else in every project: other streams, and libraries it refers to.
TAKEN = frozenset({"dir", "vba", "excel", "office", "stdole"})

#: Words of the language, which cannot be names: [MS-VBAL] 3.3.5.2.
RESERVED = """
    abs addressof and any array as attribute boolean byref byte byval call case cbool cbyte ccur cdate cdbl cdec cdecl
    cint circle clng clnglng clngptr close const csng cstr currency cvar cverr date debug decimal declare defbool
    defbyte defcur defdate defdbl defdec defint deflng deflnglng deflngptr defobj defsng defstr defvar dim do doevents
    double each else elseif empty end endif enum eqv erase event exit false fix for friend function get global gosub
    goto if imp implements in input inputb int integer is lbound len lenb let like linput lock long longlong longptr
    loop lset me mod new next not nothing null on open option optional or paramarray preserve print private pset public
    put raiseevent redim rem resume return rset scale seek select set sgn shared single spc static stop string sub tab
    then to true type typeof ubound unlock until variant wend while with withevents write xor
    """

_ATTRIBUTE = re.compile(r"Attribute (VB_\w+) = (.*)")
_CONTINUED = re.compile(r"(?:^|[ \t])_[ \t]*$")
_NEW_LINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Module:
    r"""One module of a VBA project.

    Parameters
    ----------
    name : str
        Name of the module: a VBA identifier of at most 31 characters. For a workbook or a worksheet it is the code
        name that the workbook's own parts give.
    source : str
        The code, in ASCII. Attributes at its start are kept, what the editor also wants there is added, and the first
        lines of an exported class (VERSION to END) are left out.
    kind : {"standard", "class", "workbook", "worksheet"}

    Examples
    --------
    >>> Module("Sums", "Function Twice(x)\n    Twice = 2 * x\nEnd Function", "standard").text()
    'Attribute VB_Name = "Sums"\r\nFunction Twice(x)\r\n    Twice = 2 * x\r\nEnd Function\r\n'
    """

    name: str
    source: str
    kind: Kind = "standard"

    def text(self) -> str:
        """Return the source as a project stores it: attributes first, every line ended by CR and LF.

        Returns
        -------
        str

        Raises
        ------
        InputError
            If the source holds what VBA cannot: characters outside ASCII, lines of more than 1023 characters, more
            than 24 continuations of a line, or attributes of another module.
        """
        lines = _NEW_LINE.split(self.source)
        if not lines[-1]:
            lines.pop()
        self._check_lines(lines)
        start = self._after_export_header(lines)
        end = start
        given: dict[str, str] = {}
        more = []
        expected = self._attributes()
        while end < len(lines) and (match := _ATTRIBUTE.fullmatch(lines[end])):
            name, value = match.groups()
            if name in ("VB_Name", "VB_Base") and value != expected.get(name):
                raise self._refused(
                    end,
                    f"{name} is {value}, but a {self.kind} module {self.name} has {expected.get(name, 'none')}; "
                    "correct the line or leave it out.",
                    f"{name} 为 {value}，但 {self.kind} 模块 {self.name} 应为 {expected.get(name, '无')}；"
                    "请更正或删去该行。",
                )
            if name in expected:
                given[name] = value
            else:
                more.append(lines[end])
            end += 1
        for number in range(end, len(lines)):
            if _ATTRIBUTE.fullmatch(lines[number]):
                raise self._refused(
                    number,
                    "An attribute of the module stands after its code; attributes come first.",
                    "模块的属性出现在代码之后；属性应放在最前面。",
                )
        attributes = [f"Attribute {name} = {value}" for name, value in (expected | given).items()]
        return "".join(f"{line}\r\n" for line in (*attributes, *more, *lines[end:]))

    def _attributes(self) -> dict[str, str]:
        """Return the attributes the editor writes at the start of such a module, in its order."""
        name = {"VB_Name": f'"{self.name}"'}
        if self.kind == "standard":
            return name
        document = str(self.kind != "class")
        return name | {
            "VB_Base": f'"{BASES[self.kind]}"',
            "VB_GlobalNameSpace": "False",
            "VB_Creatable": "False",
            "VB_PredeclaredId": document,
            "VB_Exposed": document,
            "VB_TemplateDerived": "False",
            "VB_Customizable": document,
        }

    def _after_export_header(self, lines: list[str]) -> int:
        """Return where the source begins after the lines that the editor adds to a class it exports."""
        if not (lines and lines[0].startswith("VERSION ")):
            return 0
        for number, line in enumerate(lines[:20]):
            if line.strip().upper() == "END":
                return number + 1
        raise self._refused(
            0,
            "VERSION begins the header of an exported class, but no line END closes it.",
            "VERSION 是导出类的头部，但没有 END 行结束它。",
        )

    def _check_lines(self, lines: list[str]) -> None:
        if len(lines) > MOST_LINES:
            raise self._refused(
                MOST_LINES,
                f"A module has at most {MOST_LINES:,} lines and this one {len(lines):,}; split it.",
                f"一个模块最多 {MOST_LINES:,} 行，此模块有 {len(lines):,} 行；请拆分。",
            )
        continuations = 0
        for number, line in enumerate(lines):
            for character in line:
                if not (" " <= character <= "~" or character == "\t"):
                    raise self._refused(
                        number,
                        f"U+{ord(character):04X} is no character VBA source can hold everywhere; use ASCII, and ChrW "
                        "for other text.",
                        f"字符 U+{ord(character):04X} 不能用于 VBA 源代码；请只用 ASCII，其他文字用 ChrW 表示。",
                    )
            if len(line) > LONGEST_LINE:
                raise self._refused(
                    number,
                    f"A line has at most {LONGEST_LINE} characters and this one {len(line)}; break it with _.",
                    f"一行最多 {LONGEST_LINE} 个字符，此行有 {len(line)} 个；请用 _ 换行。",
                )
            continuations = continuations + 1 if _CONTINUED.search(line) else 0
            if continuations > MOST_CONTINUATIONS:
                raise self._refused(
                    number,
                    f"A line is continued at most {MOST_CONTINUATIONS} times; split the statement.",
                    f"一行最多续行 {MOST_CONTINUATIONS} 次；请拆分语句。",
                )

    def _refused(self, number: int, en: str, zh: str) -> InputError:
        """Return the error of a line, the first being 0 here and 1 for the reader."""
        return InputError(
            f"Module {self.name}, line {number + 1}: {en}",
            f"模块 {self.name} 第 {number + 1} 行：{zh}",
            argument="modules",
        )


def check_names(project: str, modules: list[Module]) -> None:
    """Refuse names that VBA would refuse, and modules that do not make a project.

    Parameters
    ----------
    project : str
        Name of the project.
    modules : list of Module

    Raises
    ------
    InputError
        If a name is no VBA identifier, is taken twice or by a library, or if not exactly one module is the workbook's.
    """
    _check_name("project", "工程", project, "name")
    taken = {project.lower()}
    for module in modules:
        _check_name("module", "模块", module.name, "modules")
        if module.name.lower() in taken:
            raise InputError(
                f"The name {module.name} is given twice; names of the project and its modules must differ in more "
                "than case.",
                f"名称 {module.name} 重复；工程和模块的名称不能只有大小写不同。",
                argument="modules",
            )
        taken.add(module.name.lower())
    workbooks = sum(module.kind == "workbook" for module in modules)
    if workbooks != 1:
        raise InputError(
            f"One module must be of the kind workbook and {workbooks} are; Excel calls it ThisWorkbook.",
            f"必须恰好有一个 workbook 类型的模块，现有 {workbooks} 个；Excel 中称为 ThisWorkbook。",
            argument="modules",
        )


def _check_name(en: str, zh: str, name: str, argument: str) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise InputError(
            f'"{name}" cannot name a {en}; use a letter, then letters, digits and _, all of ASCII.',
            f'"{name}" 不能作为{zh}名称；请以字母开头，只用 ASCII 字母、数字和 _。',
            argument=argument,
        )
    if len(name) > LONGEST_NAME:
        raise InputError(
            f'"{name}" has {len(name)} characters; the name of a {en} has at most {LONGEST_NAME}.',
            f'"{name}" 有 {len(name)} 个字符；{zh}名称最多 {LONGEST_NAME} 个字符。',
            argument=argument,
        )
    if name.lower() in TAKEN or name.lower() in RESERVED.split():
        raise InputError(
            f'"{name}" means something else in every VBA project; choose another name for the {en}.',
            f'"{name}" 在 VBA 工程中另有含义；请为{zh}另选名称。',
            argument=argument,
        )
