"""The sheet What-if: one customer, as things are and as they might be, by live functions."""

from __future__ import annotations

from typing import Any, Final

from xlclv.text import Text
from xlclv.workbook import labels, theme
from xlclv.workbook import summary_sheet as report
from xlclv.workbook.customer_value import setting, what_if_customer, what_if_horizon, words
from xlclv.workbook.customer_value.setting import READY, Template
from xlclv.workbook.customer_value.what_if_case import ASSUMPTIONS, FIELDS, ORDERING, RESULTS, SPENDING, Case, History
from xlclv.workbook.customer_value.what_if_customer import input_style, timed
from xlclv.workbook.page import Page, fixed

MARK: Final = (report.LAST - 1, report.LAST)
LEFT, RIGHT, LAST = report.LEFT, report.RIGHT, report.LAST
#: Columns of the table of both sides.
NOW, CHANGE, THEN, DIFFERENCE = RIGHT + 2, RIGHT + 3, RIGHT + 4, RIGHT + 5

CHOOSE_ROW: Final = 4
TABLE_ROW: Final = 6
RESULT_ROW: Final = TABLE_ROW + 2 + len(ASSUMPTIONS)
AGREE_ROW: Final = TABLE_ROW + 2 + len(FIELDS) // 2 + 1
HORIZON_ROW: Final = RESULT_ROW + len(RESULTS) + 2
NOTE_ROW: Final = HORIZON_ROW + what_if_horizon.ROWS + 1
DATA_ROW: Final = NOTE_ROW + 4

#: How far apart two figures that agree may be, relative to the larger.
TOLERANCE: Final = 1e-9

SHARE: Final = '0.0%_);(0.0%);"–"_)'
WAITING: Final = Text(
    "Nothing to ask yet: paste orders into the sheet Orders and press Refresh; then choose a customer here.",
    "暂无内容：请在“订单”表中粘贴订单并点击“刷新”，然后在此选择客户。",
)
SUBTITLE: Final = Text(
    "One customer as things are and as they might be. Fill the yellow cells; live functions of xlclv do the rest.",
    "一位客户的现状与设想。填写黄色单元格，其余由 xlclv 函数实时计算。",
)
NOTE: Final = Text(
    "P(alive), orders, order value and value are functions of xlclv: they need the add-in or the macros of this "
    "workbook. Without them the last values stay; do not recalculate then.",
    "存活概率、订单数、单笔金额与价值为 xlclv 函数，需要加载项或本工作簿的宏。没有时保留上次的数值，请勿重新计算。",
)


def write(book: Template) -> Page[Template]:
    """Write the sheet."""
    page: Page[Template] = Page(book, setting.WHAT_IF, report.WIDTHS)
    case = Case(book)
    _heading(page)
    page.section(DATA_ROW, Text("Figures behind the sheet", "本表背后的数字"))
    page.text(DATA_ROW + 1, LEFT, Text("Not printed.", "不打印。"), page.styles.subtitle())
    what_if_customer.find(page, case, page.ref(CHOOSE_ROW, LEFT + 1), DATA_ROW + 2)
    what_if_customer.choose(page, case, CHOOSE_ROW)
    what_if_customer.write(page, case, TABLE_ROW)
    _assumptions(page, case)
    _histories(page, case)
    _results(page, case)
    _agreement(page, case)
    _verdict(page, case)
    what_if_horizon.write(page, case, HORIZON_ROW, DATA_ROW)
    page.text(NOTE_ROW, LEFT, NOTE, page.styles.note())
    page.printing(NOTE_ROW, LAST + 1, tall=1)
    page.sheet.set_selection(CHOOSE_ROW, LEFT + 1, CHOOSE_ROW, LEFT + 1)
    return page


def _heading(page: Page[Template]) -> None:
    book = page.book
    page.heading(book.say(Text("What if", "情景分析")), "")
    formula = f"IF({READY},{theme.quoted(book.say(SUBTITLE))},{theme.quoted(book.say(WAITING))})"
    says = SUBTITLE if book.content is not None else WAITING
    page.formula(2, LEFT, formula, book.say(says), page.styles.subtitle(), guarded=False)


def _assumptions(page: Page[Template], case: Case) -> None:
    """Write what may be changed: as it is now, the change, and what follows."""
    book, styles, values = page.book, page.styles, case.values
    page.text(TABLE_ROW, RIGHT, Text("Now and what if", "现状与设想"), styles.section())
    heads = (
        ("Assumption", "假设", ""),
        ("", "", ""),
        ("Now", "现在", ""),
        ("Your change", "您的更改", ""),
        ("What if", "设想", ""),
    )
    page.head(TABLE_ROW + 1, RIGHT, [Text(en, zh) for en, zh, _ in heads] + [""], texts=2, height=24)
    rules = _rules(book)
    for row, name in enumerate(ASSUMPTIONS, TABLE_ROW + 2):
        page.sheet.set_row_pixels(row, 22)
        label, number_format = _ASSUMED[name]
        _assumption_label(page, row, label, name, case)
        now, change, then = (page.ref(row, column) for column in (NOW, CHANGE, THEN))
        case.cells |= {f"{name} now": now, f"{name} change": change, f"{name} then": then}
        style = styles.cell(number_format)
        if name in ("periods", "margin", "rate"):
            result = f"out_{name}"
            page.formula(row, NOW, result, values[f"{name} now"], style)
            page.formula(row, THEN, f'IF({change}="",{now},{change})', values[f"{name} then"], style)
        else:
            page.text(row, NOW, "–", styles.text(align="right", indent=1))
            # Who ordered first on the as-of date has no time since in which to order again.
            able = f"IF({case['age']}>0,{change}*1,0)" if name == "more" else f"{change}*1"
            page.formula(row, THEN, case.when(able), values[f"{name} then"], style)
        page.fill(row, DIFFERENCE, DIFFERENCE, styles.cell())
        filled = book.content is not None and values.get(name)
        look = input_style(page, number_format)
        if filled:
            page.number(row, CHANGE, values[name], look)
        else:
            page.sheet.write_blank(row, CHANGE, None, look)
        page.sheet.data_validation(row, CHANGE, row, CHANGE, rules[name])


_ASSUMED: Final[dict[str, tuple[Text, str]]] = {
    "periods": (Text("Horizon", "预测期"), "General_)"),
    "margin": (Text("Margin", "利润率"), SHARE),
    "rate": (Text("Discount rate a year", "年折现率"), SHARE),
    "more": (Text("One more order today (0 or 1)", "今天再下一单（0 或 1）"), theme.INTEGER),
    "change": (Text("Change of order value", "单笔金额变化"), SHARE),
    "cost": (Text("Cost of the action", "行动成本"), theme.DECIMAL_2),
}


def _assumption_label(page: Page[Template], row: int, label: Text, name: str, case: Case) -> None:
    style = page.styles.text()
    if name == "periods":
        timed(page, row, RIGHT, label, case, style)
    elif name == "cost":
        page.formula(row, RIGHT, *words.labelled(page.book, label), style, guarded=False)
    else:
        page.text(row, RIGHT, label, style)
    page.fill(row, RIGHT + 1, RIGHT + 1, style)


def _rules(book: Template) -> dict[str, dict[str, Any]]:
    """Return what may be typed into each change."""
    says = {
        "periods": Text("A number above 0; blank means as now.", "大于 0 的数；留空表示不变。"),
        "margin": Text("A share from 0% to 100%; blank means as now.", "0% 到 100%；留空表示不变。"),
        "rate": Text("A yearly rate from 0% to 100%; blank means as now.", "年利率 0% 到 100%；留空表示不变。"),
        "more": Text("1 for one more order today, else 0.", "今天再下一单填 1，否则填 0。"),
        "change": Text("From -100% to 1000%, such as 10%.", "-100% 到 1000%，例如 10%。"),
        "cost": Text("What the action costs for this customer, 0 or more.", "针对该客户的行动成本，不小于 0。"),
    }
    limits = {"periods": (0.01, 10_000), "margin": (0, 1), "rate": (0, 1), "change": (-1, 10)}
    rules: dict[str, dict[str, Any]] = {
        name: {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
        for name, (low, high) in limits.items()
    }
    rules["more"] = {"validate": "list", "source": [0, 1]}
    rules["cost"] = {"validate": "decimal", "criteria": ">=", "value": 0}
    for name, rule in rules.items():
        label, said = book.say(_ASSUMED[name][0]), book.say(says[name])
        title = book.say(Text("Not possible", "无法使用"))
        rule |= {"input_title": label[:32], "input_message": said, "error_title": title, "error_message": said}
    return rules


def _histories(page: Page[Template], case: Case) -> None:
    """Write what the models would know of the customer, below the printed page."""
    row, styles, values = DATA_ROW + 3, page.styles, case.values
    x, t, age, spent = case.now
    case.cells |= {"amount now": page.ref(RESULT_ROW + 1 + RESULTS.index("amount"), NOW)}
    more, amount = case["more then"], case["amount now"]
    formulas = {
        "frequency": (Text("repeat orders then", "设想的重复次数"), f"{x}+{more}"),
        "recency": (Text("first to last order then", "设想的首末单间隔"), f"IF({more}>0,{age},{t})"),
        "age": (Text("first order to now then", "设想的首单至今"), age),
        "monetary": (
            Text("mean repeat order then", "设想的均值"),
            f"IF({x}+{more}=0,0,({x}*{spent}+{more}*{amount})/({x}+{more}))",
        ),
    }
    for place, (name, (label, formula)) in enumerate(formulas.items()):
        page.text(row + place, LEFT, label, styles.text())
        page.formula(row + place, LEFT + 1, case.when(formula), values[f"{name} then"], styles.cell())
        case.cells[f"{name} then"] = page.ref(row + place, LEFT + 1)
    row += len(formulas)
    change = case["rate change"]
    for place, (name, formula) in enumerate((
        ("now", "out_rate_period"),
        ("then", f'IF({change}="",out_rate_period,{case.rate_of_period(change)})'),
    )):  # fmt: skip
        label = Text(f"discount rate a period, {name}", f"每期折现率（{'现在' if name == 'now' else '设想'}）")
        page.text(row + place, LEFT, label, styles.text())
        page.formula(row + place, LEFT + 1, formula, values[f"step {name}"], styles.cell("0.0000%"))
        case.cells[f"step {name}"] = page.ref(row + place, LEFT + 1)


def _calls(case: Case, side: str, history: History) -> dict[str, str]:
    """Return the functions of one side by result."""
    times = ",".join(str(cell) for cell in history[:3])
    periods, margin, step = (case[f"{name} {side}"] for name in ("periods", "margin", "step"))
    interval = f"MODEL_INTERVAL({ORDERING},{times},{periods})"
    larger = f"*(1+{case['change then']})" if side == "then" else ""
    return {
        "alive": f"MODEL_ALIVE({ORDERING},{times})",
        "orders": f"MODEL_ORDERS({ORDERING},{times},{periods})",
        "lower": f"INDEX({interval},1,1)",
        "upper": f"INDEX({interval},1,2)",
        "amount": f"SPEND_EXPECTED({SPENDING},{history.frequency},{history.monetary}){larger}",
        "value": f"CLV_PREDICT({ORDERING},{SPENDING},{times},{history.monetary},{periods},{margin},{step}){larger}",
    }


_TOLD: Final[dict[str, tuple[Text, str, bool]]] = {
    "alive": (Text("P(alive)", "存活概率"), SHARE, False),
    "orders": (Text("Expected orders", "预期订单数"), theme.DECIMAL_2, False),
    "lower": (Text("Orders, lower 90%", "订单数下限 90%"), theme.INTEGER, False),
    "upper": (Text("Orders, upper 90%", "订单数上限 90%"), theme.INTEGER, False),
    "amount": (Text("Expected order value", "预期单笔金额"), theme.DECIMAL_2, True),
    "value": (Text("Value", "价值"), theme.DECIMAL_2, True),
    "earned": (Text("Earned by today's order", "今日订单的利润"), theme.DECIMAL_2, True),
    "gain": (Text("Gain after cost", "扣除成本后的收益"), theme.DECIMAL_2, True),
}


def _results(page: Page[Template], case: Case) -> None:
    """Write what follows from both sides, by live functions."""
    book, styles, values = page.book, page.styles, case.values
    heads: list[Text | str] = [
        Text("Result", "结果"),
        "",
        Text("Now", "现在"),
        "",
        Text("What if", "设想"),
        Text("Difference", "差额"),
    ]
    page.head(RESULT_ROW, RIGHT, heads, texts=2, height=24)
    now, then = _calls(case, "now", case.now), _calls(case, "then", case.then)
    for row, name in enumerate(RESULTS, RESULT_ROW + 1):
        page.sheet.set_row_pixels(row, 22)
        label, number_format, amount = _TOLD[name]
        strong = {"bold": True} if name in ("value", "gain") else {}
        style, text = styles.cell(number_format, shrink=True, **strong), styles.text(**strong)
        if amount:
            page.formula(row, RIGHT, *words.labelled(book, label), text, guarded=False)
        else:
            page.text(row, RIGHT, label, text)
        page.fill(row, RIGHT + 1, RIGHT + 1, text)
        page.fill(row, CHANGE, CHANGE, style)
        cells = [page.ref(row, column) for column in (NOW, THEN, DIFFERENCE)]
        case.cells |= {f"{name} now": cells[0], f"{name} then": cells[1], f"{name} difference": cells[2]}
        if name in now:
            page.formula(row, NOW, case.when(now[name]), values[f"{name} now"], style)
            page.formula(row, THEN, case.when(then[name]), values[f"{name} then"], style)
            difference = values[f"{name} then"] - values[f"{name} now"]
            page.formula(row, DIFFERENCE, case.when(f"{cells[1]}-{cells[0]}"), difference, style)
        else:
            page.fill(row, NOW, NOW, style)
            page.fill(row, THEN, THEN, style)
    earned = f"{case['more then']}*{case['amount now']}*(1+{case['change then']})*{case['margin then']}"
    row = RESULT_ROW + 1 + RESULTS.index("earned")
    page.formula(row, DIFFERENCE, case.when(earned), values["earned then"], styles.cell(theme.DECIMAL_2, shrink=True))
    gain = f"{case['value difference']}+{case['earned difference']}-{case['cost then']}"
    strong_style = styles.cell(theme.DECIMAL_2, shrink=True, bold=True)
    page.formula(row + 1, DIFFERENCE, case.when(gain), values["net"], strong_style)


def _agreement(page: Page[Template], case: Case) -> None:
    """Hold the live figures of now against those Refresh wrote into the table."""
    book, styles, values = page.book, page.styles, case.values
    heads: list[Text | str] = [
        Text("Agreement", "核对"), "", Text("Live", "实时"), "", Text("In the table", "表中"), "",
    ]  # fmt: skip
    page.head(AGREE_ROW, LEFT, heads, texts=2, height=24)
    pairs = (("alive", "p_alive"), ("orders", "expected_orders"), ("amount", "expected_value"), ("value", "clv"))
    for row, (name, column) in enumerate(pairs, AGREE_ROW + 1):
        label, number_format, _amount = _TOLD[name]
        page.text(row, LEFT, label, styles.text())
        for empty in (LEFT + 1, LEFT + 3):
            page.fill(row, empty, empty, styles.cell())
        style = styles.cell(number_format, shrink=True)
        live, there = page.ref(row, LEFT + 2), page.ref(row, LEFT + 4)
        page.formula(row, LEFT + 2, case[f"{name} now"], values[f"{name} now"], style)
        cell = f"INDEX({book.column(column)},{case['position']})"
        page.formula(row, LEFT + 4, case.when(cell), values[column], style)
        good, bad = (theme.quoted(book.say(text)) for text in (labels.OK, labels.FAILED))
        close = f"ABS({live}-{there})<={page.ref(DATA_ROW + 9, LEFT + 1)}*MAX(1,ABS({there}))"
        formula = case.when(f"IF({close},{good},{bad})")
        page.formula(row, LEFT + 5, formula, book.say(labels.OK), styles.text(align="right", font_color=theme.GREEN))
        red = book.workbook.add_format({"font_color": theme.RED, "bold": True})
        page.sheet.conditional_format(
            row, LEFT + 5, row, LEFT + 5, {"type": "cell", "criteria": "==", "value": bad, "format": red}
        )
    page.text(DATA_ROW + 9, LEFT, Text("may differ by", "允许误差"), styles.text())
    page.number(DATA_ROW + 9, LEFT + 1, TOLERANCE, styles.cell("0E+00"))


def _verdict(page: Page[Template], case: Case) -> None:
    """Say in words whether the action pays, on a band whose colour says it too."""
    book, values = page.book, case.values
    gain = f"({case['value difference']}+{case['earned difference']})"
    net, cost = case["gain difference"], case["cost then"]
    words_of = {
        "pays": Text("✓ Pays: ", "✓ 值得："),
        "not": Text("✗ Does not pay: ", "✗ 不值得："),
        "up": Text("", "价值增加 "),
        "down": Text("", "价值减少 "),
        "more": Text(" more value", ""),
        "less": Text(" less value", ""),
        "for": Text(" for ", "，成本 "),
        "of": Text(" of cost", ""),
        "none": Text("Nothing changes yet: fill a yellow cell below.", "尚无变化：请填写下方的黄色单元格。"),
    }
    say = {name: book.say(text) for name, text in words_of.items()}
    quoted = {name: theme.quoted(text) or '""' for name, text in say.items()}
    told = (
        f"IF({net}>0,{quoted['pays']},{quoted['not']})&IF({gain}<0,{quoted['down']},{quoted['up']})"
        f"&in_currency&FIXED(ABS({gain}),2)&IF({gain}<0,{quoted['less']},{quoted['more']})"
        f'&IF({cost}>0,{quoted["for"]}&in_currency&FIXED({cost},2)&{quoted["of"]},"")'
    )
    formula = case.when(f"IF(AND({gain}=0,{cost}=0),{quoted['none']},{told})")
    sign, less = words.currency(book), values["gain"] < 0
    shown = (say["pays"] if values["net"] > 0 else say["not"]) + (say["down"] if less else say["up"])
    shown += f"{sign}{fixed(abs(values['gain']), 2)}" + (say["less"] if less else say["more"])
    shown += f"{say['for']}{sign}{fixed(values['cost then'], 2)}{say['of']}" if values["cost then"] > 0 else ""
    if values["gain"] == 0 and values["cost then"] == 0:
        shown = say["none"]
    style = page.styles.get(bold=True, font_size=12, bg_color=theme.LIGHT, font_color=theme.NAVY, indent=1)
    page.formula(CHOOSE_ROW, RIGHT, formula, shown, style)
    page.fill(CHOOSE_ROW, RIGHT + 1, LAST, page.styles.get(bg_color=theme.LIGHT))
    none = f"AND({gain}=0,{cost}=0)"
    for test, color in ((f"IF({case['position']}=0,FALSE,NOT({none})*({net}>0))", theme.GREEN),
                        (f"IF({case['position']}=0,FALSE,NOT({none})*({net}<=0))", theme.RED)):  # fmt: skip
        look = book.workbook.add_format({"bg_color": color, "font_color": theme.WHITE})
        page.sheet.conditional_format(
            CHOOSE_ROW, RIGHT, CHOOSE_ROW, LAST,
            {"type": "formula", "criteria": f"=IF({READY},{test},FALSE)", "format": look},
        )  # fmt: skip
