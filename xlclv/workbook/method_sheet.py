"""The Method sheet: settings, model, data, checks, the meaning of each figure, limits and sources."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from xlclv import __version__
from xlclv.text import Text
from xlclv.workbook import labels, theme
from xlclv.workbook.checks import TOLERANCE, Check, Places, all_checks
from xlclv.workbook.method_text import BY_MODEL, GENERAL, MEANINGS, SOURCES
from xlclv.workbook.page import Book, Page

WIDTHS = (2.0, 46.0, 17.0, 17.0, 17.0, 17.0, 48.0)
LAST = 6

#: The parameters of a model: name to (reference, value) of estimate, standard error, lower and upper limit.
Cells = dict[str, list[tuple[str, float | str]]]


@dataclass(frozen=True)
class Model:
    """Where the parameters of the two models stand."""

    orders: Cells = field(default_factory=dict)
    spend: Cells = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """Where the number of failed checks is, and what it is."""

    cell: str
    count: int
    wrong: int


class Method:
    """The sheet, written from the top: first what others refer to, last what refers to them."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.page = Page(book, labels.METHOD, WIDTHS)
        self.row = 4
        self.cells: dict[str, str] = {}
        self.page.heading(
            book.say(Text("Method, data and checks", "方法、数据与检查")),
            book.say(
                Text(
                    f"How the figures were computed, from what, and whether they agree · xlclv {__version__}",
                    f"数字如何计算、依据什么数据、是否一致 · xlclv {__version__}",
                )
            ),
        )

    def settings(self) -> None:
        """Write what was asked for."""
        book, styles = self.book, self.page.styles
        settings = book.valuation.settings
        unit = labels.UNITS[settings.period]
        self._section(Text("Settings", "设置"))
        self.page.head(self.row, 1, (Text("Setting", "项目"), Text("Value", "取值"), Text("Meaning", "说明")), texts=3)
        self.page.fill(self.row, 4, LAST, styles.head())
        self.page.text(self.row, 2, Text("Value", "取值"), styles.head("right"))
        rows: list[tuple[str, Text, Any, str, Text]] = [
            ("as_of", Text("As-of date", "截止日期"), settings.as_of, theme.DATE,
             Text("The day the valuation is made for; later rows are ignored.", "估值所针对的日期；之后的行不计入。")),
            ("period", Text("Period", "期"), book.say(labels.UNIT[settings.period]), "",
             Text("Unit of recency, age, horizon and discount rate.", "最近购买、客龄、预测期与折现率的时间单位。")),
            ("periods", Text("Horizon", "预测期"), settings.periods, "General",
             Text(f"{unit.en.capitalize()} ahead that are valued.", "所估值的未来期数。")),
            ("margin", Text("Margin", "利润率"), settings.margin, "0.0##%",
             Text("Share of an order's value that is earned.", "订单金额中属于利润的比例。")),
            ("rate", Text("Discount rate per period", "每期折现率"), settings.discount_rate, "0.0###%",
             Text("Effective rate; each period is discounted at its end.", "每期有效利率；每期在期末折现。")),
            ("model", Text("Model of ordering", "下单模型"), settings.model, "",
             Text("How often customers order and when they leave.", "客户多久下单一次、何时流失。")),
            ("spend", Text("Model of order value", "单笔金额模型"), book.valuation.spend.name, "",
             Text("What an order is worth.", "单笔订单的金额。")),
        ]  # fmt: skip
        for key, name, value, number_format, meaning in rows:
            self.row += 1
            self._label(name)
            self.cells[key] = self.page.ref(self.row, 2, outside=True)
            if isinstance(value, str):
                self.page.text(self.row, 2, value, styles.text(align="right", indent=0))
            elif key == "as_of":
                self.page.date(self.row, 2, value, styles.cell(number_format))
            else:
                self.page.number(self.row, 2, value, styles.cell(number_format))
            self._overflow(3, meaning)
        self.row += 2

    def models(self) -> Model:
        """Write the parameters with their standard errors; return where they stand."""
        styles = self.page.styles
        self._section(Text("Model parameters", "模型参数"))
        heads = (labels.PARAMETER, labels.ESTIMATE, labels.STANDARD_ERROR, labels.LOWER, labels.UPPER)
        self.page.head(self.row, 1, heads)
        self.page.text(self.row, LAST, labels.GOVERNS_HEAD, styles.head())
        places = Model()
        for kind, fitted, into in (
            ("orders", self.book.valuation.model, places.orders),
            ("spend", self.book.valuation.spend, places.spend),
        ):
            for name, estimate in fitted.params.items():
                self.row += 1
                self._label(f"{fitted.name}: {name}")
                low, high = fitted.limits.get(name, (math.nan, math.nan))
                numbers = (float(estimate), fitted.standard_errors.get(name, math.nan), float(low), float(high))
                into[name] = []
                for column, number in enumerate(numbers, 2):
                    style = styles.cell("#,##0.000000")
                    if math.isfinite(number):
                        self.page.number(self.row, column, number, style)
                        into[name].append((self.page.ref(self.row, column, outside=True), number))
                    else:
                        # A limit at infinity or an error that could not be told: words, never a number.
                        self.page.text(self.row, column, "–", styles.text(align="right"))
                        into[name].append((self.page.ref(self.row, column, outside=True), "–"))
                self.page.text(self.row, LAST, labels.GOVERNS.get((kind, name), ""), styles.text())
        for fitted in (self.book.valuation.model, self.book.valuation.spend):
            self.row += 1
            self._label(Text(f"{fitted.name}: log likelihood", f"{fitted.name}：对数似然"))
            self.page.number(self.row, 2, fitted.log_likelihood or 0.0, styles.cell("#,##0.0000"))
            number, said = int(fitted.customers or 0), self.book.say(fitted.status)
            self._overflow(3, Text(f"{number:,} customers · {said}", f"{number:,} 位客户 · {said}"))
        self.row += 1
        self._label(Text("Models at the border of their parameters", "处于参数边界的模型数"))
        border = int(self.book.valuation.model.at_boundary) + int(self.book.valuation.spend.at_boundary)
        self.page.number(self.row, 2, border, styles.cell(theme.INTEGER))
        self.cells["border"] = self.page.ref(self.row, 2)
        self._overflow(
            3,
            Text(
                "Their parameters say little one by one; read the status above.", "单个参数意义有限；请看上面的状态。"
            ),
        )
        self.row += 2
        return places

    def data(self) -> None:
        """Write where the rows went."""
        book = self.book
        source, counts = book.source, book.valuation.counts
        self._section(Text("Data used", "所用数据"))
        self.page.head(self.row, 1, (Text("Rows and orders", "行与订单"), Text("Number", "数量")))
        self.page.fill(self.row, 3, LAST, self.page.styles.head())
        without = Text("Every customer in the log has one.", "记录中的每位客户都有订单。")
        if counts.without_order:
            some = f"{counts.without_order:,}"
            without = Text(f"{some} more have rows but no order.", f"另有 {some} 位客户有记录但没有订单。")
        lines: list[tuple[str, Text | str, int, Text]] = [
            ("rows", Text("Rows read", "读取的行"), source.rows, Text(source.file, source.file)),
            ("used", Text("Rows used", "采用的行"), source.orders,
             Text("With a customer, a date and an amount.", "客户、日期、金额齐全。")),
            ("merged", Text("… folded into another row of the same day", "……并入同一天的另一行"), counts.merged,
             Text("One customer, one day: one order.", "同一客户同一天为一笔订单。")),
            ("refund_days", Text("… on a day that sums below zero", "……当天合计小于零"), counts.refund_days,
             Text("A refund, not an order.", "退款，不是订单。")),
            ("later", Text("… dated after the as-of date", "……晚于截止日期"), counts.later,
             Text("Ignored.", "不计入。")),
            ("orders", Text("Orders", "订单"), counts.orders,
             Text("Days on which a customer bought.", "客户有购买的天数。")),
            ("customers", Text("Customers with an order", "有订单的客户"), counts.customers,
             without),
        ]  # fmt: skip
        for key, name, number, note in lines:
            self._count(key, name, number, note)
        first = self.row + 1
        reasons = {reason: number for reason, number in source.skipped.items() if number}
        for reason, number in reasons.items():
            name = Text(f"Skipped: {reason.en}", f"跳过：{reason.zh}")
            self._count("", name, number, Text("Rows left out.", "未采用的行。"))
        self.row += 1
        self._label(Text("Rows skipped", "跳过的行"))
        skipped = sum(source.skipped.values())
        style = self.page.styles.cell(theme.INTEGER, bold=True)
        if reasons:
            formula = f"SUM({self.page.area(first, 2, self.row - 1, 2)})"
            self.page.formula(self.row, 2, formula, skipped, style)
        else:
            self.page.number(self.row, 2, 0, style)
        self.cells["skipped"] = self.page.ref(self.row, 2)
        self._overflow(
            3,
            Text(
                "All reasons together." if skipped else "No row was skipped.",
                "各原因合计。" if skipped else "没有跳过任何行。",
            ),
        )
        for sentence in source.notes:
            self.row += 1
            self.page.text(self.row, 1, sentence, self.page.styles.note(indent=1))
        self.row += 2

    def checks(self, chart_counts: str) -> Checked:
        """Write the checks; return where the number of failed ones is."""
        styles, say = self.page.styles, self.book.say
        self._section(Text("Checks", "检查"))
        heads = (
            Text("Check", "检查项"), Text("Expected", "应为"), Text("Found", "实为"), Text("Difference", "差异"),
            Text("Result", "结果"),
        )  # fmt: skip
        self.page.head(self.row, 1, heads)
        self.page.fill(self.row, LAST, LAST, styles.head())
        found = all_checks(self.book.valuation, self.book.source)
        places = self._places(chart_counts)
        good, bad = say(labels.OK), say(labels.FAILED)
        first, last = self.row + 1, self.row + len(found)
        tolerance = self.page.ref(last + 1, 2)
        for check in found:
            self.row += 1
            self._check(check, places, tolerance, good, bad)
        results = self.page.area(first, 5, last, 5)
        for word, color in ((good, theme.GREEN), (bad, theme.RED)):
            self.page.sheet.conditional_format(
                first, 5, last, 5,
                {"type": "cell", "criteria": "==", "value": f'"{word}"',
                 "format": self.book.workbook.add_format({"font_color": color, "bold": True})},
            )  # fmt: skip
        self.row += 1
        self._label(Text("Tolerance, relative to the expected figure", "容差（相对于应有数值）"))
        self.page.number(
            self.row, 2, TOLERANCE, styles.cell("0E+00", font_color=theme.INPUT_TEXT, bg_color=theme.INPUT_FILL)
        )
        self._overflow(3, Text("May be changed.", "可以修改。"))
        self.row += 1
        wrong = sum(not check.passes() for check in found)
        self._label(Text("Checks that failed", "未通过的检查数"), bold=True)
        # Whatever is not OK counts as failed, an error too.
        formula = f"ROWS({results})-COUNTIF({results},{theme.quoted(good)})"
        self.page.formula(self.row, 2, formula, wrong, styles.cell("0", bold=True))
        self._overflow(3, "")
        cell = self.page.ref(self.row, 2, outside=True)
        self.row += 2
        return Checked(cell, len(found), wrong)

    def texts(self) -> None:
        """Write the meaning of each column, the limits and the sources."""
        book = self.book
        self._section(Text("What each column of the table CustomerValues means", "表 CustomerValues 各列的含义"))
        self.page.head(self.row, 1, (Text("Column", "列"), Text("Meaning", "含义")), texts=2)
        self.page.fill(self.row, 3, LAST, self.page.styles.head())
        for name, meaning in MEANINGS.items():
            self.row += 1
            self._label(labels.COLUMNS[name])
            self._overflow(2, meaning)
        self.row += 2
        model = book.valuation.settings.model
        self._list(Text("What these figures cannot say", "这些数字的局限"), (*BY_MODEL.get(model, ()), *GENERAL))
        papers = [SOURCES[name] for name in (model, book.valuation.spend.name) if name in SOURCES]
        self._list(Text("Sources", "文献"), papers)
        self.page.printing(self.row - 1, LAST, as_of=self.book.valuation.settings.as_of)

    def _list(self, title: Text, lines: Sequence[Text | str]) -> None:
        self._section(title)
        for line in lines:
            self.page.text(self.row, 1, line, self.page.styles.get(indent=1))
            self.row += 1
        self.row += 1

    def _section(self, title: Text) -> None:
        self.page.section(self.row, title)
        self.row += 1

    def _label(self, name: Text | str, *, bold: bool = False) -> None:
        self.page.text(self.row, 1, name, self.page.styles.text(bold=bold))

    def _overflow(self, column: int, text: Text | str) -> None:
        """Write a text that runs over the empty cells to its right, with the row's line below all of them."""
        style = self.page.styles.text(font_color=theme.GREY if column > 2 else theme.INK)
        self.page.text(self.row, column, text, style)
        self.page.fill(self.row, column + 1, LAST, self.page.styles.text())

    def _count(self, key: str, name: Text | str, number: int, note: Text) -> None:
        self.row += 1
        self._label(name)
        self.page.number(self.row, 2, number, self.page.styles.cell(theme.INTEGER))
        self._overflow(3, note)
        if key:
            self.cells[key] = self.page.ref(self.row, 2)

    def _places(self, chart_counts: str) -> Places:
        say, columns = self.book.say, labels.COLUMNS
        head = {name: say(labels.GROUP_COLUMNS[key]) for name, key in (("customers", "customers"), ("value", "clv"))}
        head["size"] = say(labels.SIZE)
        return Places(self.cells, {name: self.book.column(name) for name in columns}, head, chart_counts)

    def _check(self, check: Check, places: Places, tolerance: str, good: str, bad: str) -> None:
        page, styles = self.page, self.page.styles
        self._label(check.text)
        number = styles.cell("#,##0.00_);(#,##0.00)" if check.expected[1] % 1 else theme.INTEGER)
        values = check.expected[1], check.found[1]
        for column, formula, value in zip((2, 3), check.formulas(places), values, strict=True):
            if formula == "0":
                page.number(self.row, column, 0, number)
            else:
                page.formula(self.row, column, formula, value, number)
        expected, found = page.ref(self.row, 2), page.ref(self.row, 3)
        gap = page.ref(self.row, 4)
        page.formula(self.row, 4, f"{found}-{expected}", values[1] - values[0], number)
        result = f"IF(ABS({gap})<={tolerance}*MAX(1,ABS({expected})),{theme.quoted(good)},{theme.quoted(bad)})"
        word = good if check.passes() else bad
        page.formula(self.row, 5, result, word, styles.text(align="right", indent=0))
        page.fill(self.row, LAST, LAST, styles.text())
