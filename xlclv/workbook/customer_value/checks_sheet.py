"""The sheet Checks: whether the figures agree, what Refresh read, its models, the data check and the log."""

from __future__ import annotations

from typing import Final

from xlsxwriter.format import Format

from xlclv.checks import STATUS
from xlclv.text import Text
from xlclv.workbook import contract, labels, theme
from xlclv.workbook.customer_value import agreement, cells, setting
from xlclv.workbook.customer_value.agreement import Pair
from xlclv.workbook.customer_value.cells import RESULT
from xlclv.workbook.customer_value.setting import CHANGED, FAILED, MASTER, READY, Template
from xlclv.workbook.page import Page

#: Checks and findings to the left, what Refresh read and its models in the middle, the log to the right.
WIDTHS: Final = (
    2.0, 46.0, 15.0, 15.0, 13.0, 15.0, 2.0, 18.0, 14.0, 14.0, 14.0, 15.0, 2.0,
    20.0, 10.0, 12.0, 10.0, 12.0, 14.0, 15.0, 10.0, 2.0,
)  # fmt: skip
LEFT, MIDDLE, LOG = 1, 7, 13
TOP: Final = 4
MARK: Final = (MIDDLE + 2, MIDDLE + 4)
#: Rows a table may need below its first one that get their look in advance.
FINDINGS_ROOM: Final = 200

#: What Refresh read and found, in the order of its block.
READ: Final = (
    "out_rows", "out_used", "out_skipped", "out_merged", "out_refund_days", "out_later", "out_orders", "out_customers",
    "out_without", "out_border", "out_lower", "out_upper", "out_filled", "out_sum", "out_days",
)  # fmt: skip

PRESS: Final = Text("press Refresh", "请刷新")


class Checks:
    """The sheet, and the words of its master check once it is written."""

    def __init__(self, book: Template, marks: str, changed: str) -> None:
        self.book = book
        self.page: Page[Template] = Page(book, setting.CHECKS, WIDTHS)
        self.master = ""
        self.row = TOP
        say = book.say
        self.page.heading(
            say(Text("Checks", "检查")),
            say(
                Text(
                    "Whether the figures agree and are up to date, what is wrong in the orders, how each Refresh went",
                    "数字是否一致、是否最新，订单中有何问题，以及每次刷新的情况",
                )
            ),
        )
        self._agreement(agreement.figures(book), agreement.freshness(book, marks, changed))
        findings = self.row
        self._read()
        self._table(contract.CHECKS, findings, LEFT, Text("Data check", "数据检查"), FINDINGS_ROOM)
        models = TOP + len(READ) + 3
        room = contract.MOST_MODEL_ROWS
        self._table(contract.ORDER_MODEL, models, MIDDLE, Text("Model of ordering", "下单模型"), room)
        self._table(contract.SPEND_MODEL, models + room + 3, MIDDLE, Text("Model of order value", "订单金额模型"), room)
        self._table(contract.LOG, TOP, LOG, Text("Log of refreshes", "刷新记录"), contract.MOST_LOG_ROWS)
        self.page.sheet.freeze_panes(TOP - 1, 0)
        self.page.printing(max(findings + 40, models + 2 * room + 6), MIDDLE + 4, tall=1)

    def _agreement(self, figures: list[Pair], fresh: list[Pair]) -> None:
        """Write the checks, and below them what the master check is made of."""
        page, styles, say = self.page, self.page.styles, self.book.say
        good, bad, press = say(labels.OK), say(labels.FAILED), say(PRESS)
        # Below the section's title, two heads and all checks.
        below = TOP + len(figures) + len(fresh) + 3
        tolerance = page.ref(below, LEFT + 1)
        heads = (Text("Expected", "应为"), Text("Found", "实为"), Text("Difference", "差异"), Text("Result", "结果"))
        page.section(self.row, Text("Do the figures agree?", "数字是否一致？"))
        page.head(self.row + 1, LEFT, (Text("Check", "检查项"), *heads))
        self.row += 2
        agreed = self._pairs(figures, tolerance, good, bad)
        page.head(self.row, LEFT, (Text("Unchanged since Refresh?", "刷新后有无变化？"), *heads))
        self.row += 1
        unchanged = self._pairs(fresh, tolerance, good, press)
        for word, color in ((good, theme.GREEN), (bad, theme.RED), (press, theme.RED)):
            look = self.book.workbook.add_format({"font_color": color, "bold": True})
            page.sheet.conditional_format(
                TOP + 2, LEFT + 4, self.row - 1, LEFT + 4,
                {"type": "cell", "criteria": "==", "value": theme.quoted(word), "format": look},
            )  # fmt: skip
        self._label(Text("Tolerance, relative to the expected figure", "容差（相对于应有数值）"))
        page.number(
            self.row, LEFT + 1, agreement.TOLERANCE,
            styles.cell("0E+00", font_color=theme.INPUT_TEXT, bg_color=theme.INPUT_FILL, locked=False),
        )  # fmt: skip
        page.sheet.data_validation(
            self.row, LEFT + 1, self.row, LEFT + 1,
            {
                "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 0.01,
                "input_title": say(Text("Tolerance", "容差")),
                "input_message": say(Text("How far apart figures that agree may be.", "一致的数字允许相差多少。")),
                "error_title": say(Text("Tolerance: not possible", "容差：无法使用")),
                "error_message": say(Text("Give a number from 0 to 0.01.", "请填写 0 到 0.01 的数。")),
            },
        )  # fmt: skip
        self.row += 1
        self._state(len(figures), agreed, unchanged, good)
        self.row += 1

    def _state(self, count: int, agreed: str, unchanged: str, good: str) -> None:
        """Write the cells other sheets refer to."""
        page, say, word = self.page, self.book.say, theme.quoted(good)
        filled = self.book.content is not None
        number = page.styles.cell()
        clv = self.book.column("clv")
        # An error is not OK either. An empty workbook has nothing that could fail.
        failed = f"IF({READY},ROWS({agreed})-COUNTIF({agreed},{word}),0)"
        changed = f"IF({READY},ROWS({unchanged})-COUNTIF({unchanged},{word}),0)"
        all_good = say(Text(f"✓ Checks: all {count} passed", f"✓ 检查：{count} 项全部通过"))
        start, end = say(Text("✗ Checks: ", "✗ 检查：未通过 ")), say(Text(f" of {count} failed", f" 项，共 {count} 项"))
        again = say(Text("✗ Inputs or orders changed: Refresh", "✗ 输入或订单已更改：请刷新"))
        self.master = all_good if filled else say(cells.NOT_YET)
        quote = theme.quoted
        self._label(Text("Customers have a value", "客户已有价值"))
        page.formula(self.row, LEFT + 1, f"COUNT({clv})>0", filled, number, guarded=False)
        page.define(READY, self.row, LEFT + 1)
        self.row += 1
        self._label(Text("Checks that failed", "未通过的检查数"))
        page.formula(self.row, LEFT + 1, failed, 0, number, guarded=False)
        page.define(FAILED, self.row, LEFT + 1)
        self.row += 1
        self._label(Text("Changes since Refresh", "刷新后的变化"))
        page.formula(self.row, LEFT + 1, changed, 0, number, guarded=False)
        page.define(CHANGED, self.row, LEFT + 1)
        self.row += 1
        self._label(Text("What the checks say", "检查结论"))
        says = f"IF({FAILED}=0,{quote(all_good)},{quote(start)}&{FAILED}&{quote(end)})"
        page.formula(self.row, LEFT + 1, says, all_good, page.styles.text(indent=0))
        verdict = page.ref(self.row, LEFT + 1)
        self.row += 1
        self._label(Text("… or that Refresh is due", "……或提示需要刷新"))
        due = f"IF(AND({FAILED}=0,{CHANGED}>0),{quote(again)},{verdict})"
        page.formula(self.row, LEFT + 1, due, all_good, page.styles.text(indent=0))
        verdict = page.ref(self.row, LEFT + 1)
        self.row += 1
        self._label(Text("What every sheet shows", "各表显示的内容"))
        master = f"IF({READY},{verdict},{quote(say(cells.NOT_YET))})"
        page.formula(self.row, LEFT + 1, master, self.master, page.styles.text(indent=0, bold=True), guarded=False)
        page.define(MASTER, self.row, LEFT + 1)
        self.row += 1

    def _pairs(self, pairs: list[Pair], tolerance: str, good: str, bad: str) -> str:
        """Write a row for each pair of figures; return the range of results."""
        page, styles, first = self.page, self.page.styles, self.row
        for pair in pairs:
            page.text(self.row, LEFT, pair.text, styles.text())
            whole = pair.value % 1 == 0
            number = styles.cell(theme.INTEGER if whole else theme.DECIMAL_2)
            for column, formula in ((LEFT + 1, pair.expected), (LEFT + 2, pair.found)):
                if formula == "0":
                    page.number(self.row, column, 0, number)
                else:
                    page.formula(self.row, column, formula, pair.value, number)
            expected, found, gap = (page.ref(self.row, LEFT + place) for place in (1, 2, 3))
            page.formula(self.row, LEFT + 3, f"{found}-{expected}", 0, number)
            same = f"ABS({gap})<={tolerance}*MAX(1,ABS({expected}))"
            result = f"IF({same},{theme.quoted(good)},{theme.quoted(bad)})"
            page.formula(self.row, LEFT + 4, result, good, styles.text(align="right", indent=0))
            self.row += 1
        return page.area(first, LEFT + 4, self.row - 1, LEFT + 4)

    def _label(self, name: Text) -> None:
        self.page.text(self.row, LEFT, name, self.page.styles.text())
        self.page.fill(self.row, LEFT + 1, LEFT + 4, self.page.styles.text())

    def _read(self) -> None:
        """Write what became of the rows at the last Refresh."""
        page, row = self.page, TOP
        page.text(row, MIDDLE, Text("What the last Refresh read", "上次刷新读取的内容"), page.styles.section())
        row += 1
        page.fill(row, MIDDLE, MIDDLE + 4, page.styles.head())
        page.text(row, MIDDLE, Text("Item", "项目"), page.styles.head())
        page.text(row, MIDDLE + 4, Text("Number", "数量"), page.styles.head("right"))
        for name in READ:
            row += 1
            page.text(row, MIDDLE, cells.output_label(name), page.styles.text())
            page.fill(row, MIDDLE + 1, MIDDLE + 3, page.styles.text())
            look = {"num_format": theme.DECIMAL_2} if name in ("out_lower", "out_upper", "out_sum") else {}
            cells.write_output(page, name, row, MIDDLE + 4, **{"num_format": theme.INTEGER, **look})

    def _table(self, name: str, row: int, column: int, title: Text, room: int) -> None:
        """Write a table that Refresh or Check data fills, with room below it."""
        page, book = self.page, self.book
        columns = {
            contract.CHECKS: contract.CHECK_COLUMNS,
            contract.LOG: contract.LOG_COLUMNS,
        }.get(name, contract.MODEL_COLUMNS)
        page.text(row, column, title, page.styles.section())
        filler = Text("Filled by Refresh and Check data.", "由“刷新”与“检查数据”填写。")
        if name != contract.CHECKS:
            filler = Text("Filled by Refresh.", "由“刷新”填写。")
        page.text(row, column + (1 if name == contract.CHECKS else 2), filler, page.styles.note())
        lefts = {"check", "status", "parameter", "time", "version", "model"}
        heads = [
            {"header": book.say(text), "header_format": page.styles.head("left" if key in lefts else "right")}
            for key, text in columns.items()
        ]
        rows = [] if book.content is None else book.content.tables[name]
        last = row + 1 + max(len(rows), 1)
        page.sheet.add_table(
            row + 1, column, last, column + len(heads) - 1,
            {"name": name, "columns": heads, "style": None, "autofilter": False},
        )  # fmt: skip
        looks = [self._look(name, key, key in lefts) for key in columns]
        for offset in range(max(len(rows), 1)):
            values = rows[offset] if rows else [None] * len(heads)
            for place, (value, look) in enumerate(zip(values, looks, strict=True)):
                cells.write_value(page, row + 2 + offset, column + place, value, look)
        # Rows that come later find their look there.
        for below in range(last + 1, row + 2 + room):
            for place, look in enumerate(looks):
                page.sheet.write_blank(below, column + place, None, look)
        if name == contract.CHECKS:
            look = book.workbook.add_format({"bold": True, "font_color": theme.RED, **cells.LINE})
            page.sheet.conditional_format(
                row + 2, column + 2, row + 1 + room, column + 2,
                {"type": "cell", "criteria": "==", "value": theme.quoted(book.say(STATUS["check"])), "format": look},
            )  # fmt: skip
        apart = (column + 2,) if name == contract.CHECKS else ()
        cells.lines(page, row + 2, column, row + 1 + room, column + len(heads) - 1, apart)

    def _look(self, table: str, key: str, left: bool) -> Format:
        formats = {
            "rows": theme.INTEGER, "customers": theme.INTEGER, "as_of": theme.DATE, "value": theme.DECIMAL_2,
            "seconds": theme.DECIMAL_1,
        }  # fmt: skip
        if left:
            return self.page.styles.get(align="left", indent=1, **RESULT)
        parameters = table in (contract.ORDER_MODEL, contract.SPEND_MODEL)
        number = "#,##0.0#####" if parameters else formats[key]
        return self.page.styles.get(align="right", font_name=theme.NUMBER_FONT, num_format=number, **RESULT)
