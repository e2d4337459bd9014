"""One sheet being written: cells with their cached values, headings, the master check, the print set-up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Generic, TypeVar

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname, xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from xlclv.text import Language, Text
from xlclv.workbook import labels, theme
from xlclv.workbook.source import Source, in_language

if TYPE_CHECKING:
    from xlclv.valuation import Valuation

#: Name of the table of customers; the same in every language.
TABLE = "CustomerValues"

#: Excel takes columns up to 255 characters wide, the margin of the cells included.
MOST_WIDE = 254.0


@dataclass(frozen=True)
class Setting:
    """What every sheet of any workbook needs to know: the file being written, its language and its look."""

    workbook: Workbook
    language: Language
    styles: theme.Styles

    def say(self, text: Text | str) -> str:
        """Return a text in the workbook's language."""
        return in_language(text, self.language)

    def cached(self, formula: str, value: float | str) -> tuple[str, float | str]:
        """Return a formula and the value it has, as they are written; a kind of workbook may guard its formulas."""
        return formula, value


@dataclass(frozen=True)
class Book(Setting):
    """What the sheets of the customer value report need to know of it."""

    valuation: Valuation
    source: Source
    currency: str
    title: str

    def column(self, name: str) -> str:
        """Return the structured reference to a column of the customer table."""
        return f"{TABLE}[{self.say(labels.COLUMNS[name])}]"

    def group(self, stored: str, names: Mapping[str, Text]) -> str:
        """Return the name of a group in the workbook's language."""
        return self.say(names[stored]) if stored in names else stored


B = TypeVar("B", bound=Setting)


class Page(Generic[B]):
    """A worksheet with the habits of this workbook.

    Rows and columns count from 0.
    """

    def __init__(self, book: B, name: Text, widths: Sequence[float]) -> None:
        self.book = book
        self.name = book.say(name)
        self.sheet: Worksheet = book.workbook.add_worksheet(self.name)
        self.sheet.hide_gridlines(2)
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, min(width, MOST_WIDE), book.styles.get())
        self.styles = book.styles

    def ref(self, row: int, column: int, *, outside: bool = False) -> str:
        """Return the absolute address of a cell, with the sheet when it is used ``outside`` of it."""
        cell = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
        return f"{quote_sheetname(self.name)}!{cell}" if outside else cell

    def area(self, row: int, column: int, last_row: int, last_column: int, *, outside: bool = False) -> str:
        """Return the absolute address of a range."""
        cells = xl_range_abs(row, column, last_row, last_column)
        return f"{quote_sheetname(self.name)}!{cells}" if outside else cells

    def text(self, row: int, column: int, text: Text | str, style: Format | None = None) -> None:
        """Write a text, never read as a formula, a number or a link."""
        self.sheet.write_string(row, column, self.book.say(text), style or self.styles.get())

    def number(self, row: int, column: int, value: float, style: Format) -> None:
        """Write a number."""
        self.sheet.write_number(row, column, value, style)

    def date(self, row: int, column: int, day: dt.date, style: Format) -> None:
        """Write a date."""
        self.sheet.write_datetime(row, column, day, style)

    def formula(
        self, row: int, column: int, formula: str, value: float | str, style: Format, *, guarded: bool = True
    ) -> None:
        """Write a formula with the value it has, so that a viewer that does not calculate shows it.

        A kind of workbook that guards its formulas guards it too, unless it is not to be ``guarded``.
        """
        if guarded:
            formula, value = self.book.cached(formula, value)
        self.sheet.write_formula(row, column, "=" + formula, style, value)

    def define(self, name: str, row: int, column: int) -> None:
        """Give a cell a name that the whole workbook knows."""
        self.book.workbook.define_name(name, "=" + self.ref(row, column, outside=True))

    def fill(self, row: int, first: int, last: int, style: Format) -> None:
        """Give empty cells a format."""
        for column in range(first, last + 1):
            self.sheet.write_blank(row, column, None, style)

    def heading(self, title: str, subtitle: str) -> None:
        """Write the title and the grey line below it."""
        self.sheet.set_row_pixels(0, 12)
        self.sheet.set_row_pixels(1, 40)
        self.text(1, 1, title, self.styles.title())
        self.sheet.set_row_pixels(2, 22)
        self.text(2, 1, subtitle, self.styles.subtitle())

    def section(self, row: int, title: Text | str) -> None:
        """Write a section's title."""
        self.sheet.set_row_pixels(row, 28)
        self.text(row, 1, title, self.styles.section())

    def head(self, row: int, column: int, names: Sequence[Text | str], texts: int = 1, height: int = 26) -> None:
        """Write a header row: the first ``texts`` left, the rest right above their numbers."""
        self.sheet.set_row_pixels(row, height)
        for offset, name in enumerate(names):
            self.text(row, column + offset, name, self.styles.head("left" if offset < texts else "right"))

    def bars(self, row: int, column: int, last_row: int, *, color: str = theme.AMBER, share: bool = True) -> None:
        """Draw data bars behind shares (0 to 100%), or behind amounts (0 to the largest)."""
        options: dict[str, object] = {
            "type": "data_bar",
            "bar_solid": True,
            "bar_color": color,
            "bar_negative_color": theme.RED,
            "data_bar_2010": True,
            "min_type": "num",
            "min_value": 0,
        }
        if share:
            options |= {"max_type": "num", "max_value": 1}
        self.sheet.conditional_format(row, column, last_row, column, options)

    def sized(self, row: int, column: int, formats: Sequence[tuple[float, str]], by: str = "") -> None:
        """Let the size of a number choose its format: the first of ``formats`` whose size it reaches.

        The number is the cell's, or that of the cell ``by``, so that the numbers of a column look alike.
        """
        cell = by or self.ref(row, column)
        for size, number_format in formats:
            self.sheet.conditional_format(
                row,
                column,
                row,
                column,
                {
                    "type": "formula",
                    "criteria": f"=ABS({cell})>={size:.15g}",
                    "format": self.book.workbook.add_format({"num_format": number_format}),
                    "stop_if_true": True,
                },
            )

    def check_mark(self, failed: str, count: int, wrong: int, first: int, last: int, row: int = 1) -> None:
        """Show the master check: words, and a colour behind them.

        Parameters
        ----------
        failed : str
            Reference to the cell that counts the failed checks.
        count, wrong : int
            Number of checks, and of those that fail now.
        first, last : int
            The columns it fills.
        """
        say = self.book.say
        good = say(Text(f"✓ Checks: all {count} passed", f"✓ 检查：{count} 项全部通过"))
        start = say(Text("✗ Checks: ", "✗ 检查：未通过 "))
        end = say(Text(f" of {count} failed", f" 项，共 {count} 项"))
        formula = f"IF({failed}=0,{theme.quoted(good)},{theme.quoted(start)}&{failed}&{theme.quoted(end)})"
        value = good if wrong == 0 else f"{start}{wrong}{end}"
        base = {"bold": True, "font_color": theme.WHITE, "bg_color": theme.RED if wrong else theme.GREEN}
        style = self.styles.get(align="left", indent=1, **base)
        self.formula(row, first, formula, value, style)
        self.fill(row, first + 1, last, self.styles.get(**base))
        workbook = self.book.workbook
        for test, color in (("=0", theme.GREEN), ("<>0", theme.RED)):
            self.sheet.conditional_format(
                row,
                first,
                row,
                last,
                {
                    "type": "formula",
                    "criteria": f"={failed}{test}",
                    "format": workbook.add_format({"bg_color": color, "font_color": theme.WHITE}),
                },
            )

    def printing(
        self,
        last_row: int,
        last_column: int,
        *,
        repeat: tuple[int, int] | None = None,
        tall: int = 0,
        as_of: dt.date | None = None,
    ) -> None:
        """Set the page up: A4 landscape, one page wide, header with file, sheet, page and, if given, as-of date."""
        sheet, say = self.sheet, self.book.say
        until = f"{say(Text('As of', '截至'))} {as_of.isoformat()} · " if as_of is not None else ""
        style = f'&"{self.styles.font},Regular"&K{theme.GREY[1:]}&8'
        page = say(Text("page &P of &N", "第 &P 页，共 &N 页"))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.65, bottom=0.45)
        sheet.set_header(f"&L{style} &F · &A&R{style} {until}{page}", {"margin": 0.3})
        sheet.fit_to_pages(1, tall)
        sheet.print_area(0, 0, last_row, last_column)
        if repeat is not None:
            sheet.repeat_rows(*repeat)
        sheet.center_horizontally()


def fixed(value: float, decimals: int) -> str:
    """Return what ``FIXED(value, decimals)`` shows: thousands separators, halves away from zero.

    Examples
    --------
    >>> fixed(1234.565, 2), fixed(0.5, 0)
    ('1,234.57', '1')
    """
    step = Decimal(1).scaleb(-decimals)
    return f"{Decimal(f'{value:.15g}').quantize(step, ROUND_HALF_UP):,}"


def whole_percent(share: float) -> str:
    """Return what ``ROUND(100*share,0)&"%"`` shows.

    Examples
    --------
    >>> whole_percent(0.125)
    '13%'
    """
    return f"{Decimal(f'{100 * share:.15g}').quantize(Decimal(1), ROUND_HALF_UP)}%"
