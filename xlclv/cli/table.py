"""``xlclv table`` and ``xlclv demo``: customer values from an order log, as a workbook or a CSV file."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlclv.cli import FINDINGS, GOOD
from xlclv.cli.progress import stages
from xlclv.cli.target import check, write_csv
from xlclv.dates import date_of
from xlclv.errors import FileError, XlclvError
from xlclv.parsing import number_of
from xlclv.periods import Period, period_of
from xlclv.retention import rate_convert
from xlclv.text import Text, clause

if TYPE_CHECKING:
    import pandas as pd

    from xlclv.models import TotalInterval
    from xlclv.valuation import Valuation
    from xlclv.workbook.source import Source

READING = Text("Reading orders", "读取订单")
#: What the demo assumes: 30% margin, 15% a year, the next 52 weeks.
DEMO_MARGIN, DEMO_YEARLY_RATE, DEMO_PERIODS = 0.3, 0.15, 52.0
DEMO_NAME = Text("CDNOW music customers", "CDNOW 音乐客户")
DEMO_FILE = "CDNOW_master.txt"


def table(options: argparse.Namespace) -> int:
    """Value the customers of an order log."""
    lang = options.lang
    file, target = Path(options.file).expanduser(), Path(options.out).expanduser()
    check(target, force=options.force, source=file)
    period = _argument("--period", lambda: period_of(options.period))
    as_of = _argument("--as-of", lambda: date_of(options.as_of))
    periods = _number("--periods", options.periods)
    margin = _share("--margin", options.margin)
    rate = _argument("--rate", lambda: _rate(options.rate, period))
    with stages(lang) as step:
        step(READING, 0, 1)
        from xlclv.data.read import read_orders

        log = read_orders(
            file, options.customer, options.date, options.amount, date_order=options.date_order, sheet=options.sheet
        )
        valuation = _value(
            log.orders, step, as_of=as_of, period=period, periods=periods, margin=margin, discount_rate=rate,
            **({} if options.model is None else {"model": options.model}),
        )  # fmt: skip
        source = _source(
            options.title or file.stem, file.name, log.source.rows, log.orders,
            {entry.reason: entry.rows for entry in log.skipped}, tuple(log.notes),
        )  # fmt: skip
        marked = _write(valuation, source, target, options.title, options.currency, lang, step)
    skipped = [
        Text(
            f"Skipped {entry.rows:,} rows: {entry.reason.en} (first: row {entry.first_row}, {entry.example})",
            f"跳过 {entry.rows:,} 行：{entry.reason.zh}（首次出现：第 {entry.first_row} 行，{entry.example}）",
        )
        for entry in log.skipped
    ]
    return _report(valuation, source, target, lang, [*skipped, *marked])


def demo(options: argparse.Namespace) -> int:
    """Value the customers of the built-in CDNOW log and open the workbook."""
    lang, target = options.lang, Path(options.out).expanduser()
    check(target, force=options.force)
    with stages(lang) as step:
        step(READING, 0, 1)
        from xlclv.data.cdnow import cdnow_orders

        orders = cdnow_orders()
        rate = rate_convert(DEMO_YEARLY_RATE, "year", "week")
        valuation = _value(
            orders, step, as_of=None, period="week", periods=DEMO_PERIODS, margin=DEMO_MARGIN, discount_rate=rate
        )
        source = _source(DEMO_NAME, DEMO_FILE, len(orders), orders, {}, ())
        _write(valuation, source, target, None, "$", lang, step)
    code = _report(valuation, source, target, lang, [])
    if not options.no_open:
        open_file(target)
    return code


def _argument(name: str, read: Callable[[], Any]) -> Any:
    """Read an option; its complaint names the option."""
    try:
        return read()
    except XlclvError as error:
        raise FileError(f"{name}: {clause(error.text.en)}", f"{name}：{error.text.zh}") from None


def _number(name: str, text: str | None) -> float | None:
    """Return the number of an option; an option without a value, such as an empty variable of a script, is refused."""
    if text is None:
        return None
    number = _argument(name, lambda: number_of(text))
    if number is None:
        raise FileError(f"{name} is empty; give a number.", f"{name} 为空；请给出数值。")
    return float(number)


def _share(name: str, text: str) -> float:
    """Return a share such as 30%; 30 means a forgotten percent sign."""
    number = _number(name, text) or 0.0
    if not 0.0 <= number <= 1.0:
        raise FileError(
            f"{name} must lie between 0% and 100%; write 30% or 0.3, not {text}.",
            f"{name} 必须在 0% 和 100% 之间；请写 30% 或 0.3，而不是 {text}。",
        )
    return number


def _rate(text: str, period: Period) -> float:
    """Return a rate per period; ``10%/year`` is told in another one."""
    figure, slash, of = text.partition("/")
    rate = _share("--rate", figure)
    return rate_convert(rate, period_of(of), period) if slash else rate


def _value(orders: pd.DataFrame, step: Any, **settings: Any) -> Valuation:
    from xlclv.valuation import value_customers

    return value_customers(orders, progress=step, **settings)


def _source(
    name: str | Text, file: str, rows: int, orders: pd.DataFrame, skipped: dict[Text, int], notes: tuple[Text, ...]
) -> Source:
    from xlclv.workbook.source import Source

    return Source(name, file, rows, len(orders), int(orders["customer"].nunique()), skipped, notes)


def _write(
    valuation: Valuation, source: Source, target: Path, title: str | None, currency: str, lang: Any, step: Any
) -> list[Text]:
    """Write the workbook or the CSV file; return what a reader of the file should know."""
    if target.suffix.lower() == ".csv":
        customers, notes = _with_limits(valuation)
        marked = write_csv(customers, target, lang)
        if not marked:
            return notes
        return [
            *notes,
            Text(
                f"{marked:,} customers begin like a formula and got an apostrophe in front.",
                f"{marked:,} 位客户的编号像公式开头，已在前面加上单引号。",
            ),
        ]
    from xlclv.workbook.build import build_customer_value

    build_customer_value(valuation, source, target, lang=lang, title=title, currency=currency, progress=step)
    return []


def _with_limits(valuation: Valuation) -> tuple[pd.DataFrame, list[Text]]:
    """Return the customers with the ends of their values' intervals; empty, with the reason, where one has none."""
    from xlclv.customers import with_limits
    from xlclv.terms import Terms

    settings, customers = valuation.settings, valuation.customers
    terms = Terms(settings.period, settings.periods, settings.margin, settings.discount_rate)
    try:
        return with_limits(customers, valuation.model, valuation.spend, terms), []
    except XlclvError as error:
        return customers.assign(clv_lower=None, clv_upper=None), [
            Text(f"clv_lower and clv_upper are empty: {clause(error.text.en)}", f"价值下限与上限为空：{error.text.zh}")
        ]


def _report(valuation: Valuation, source: Source, target: Path, lang: str, details: list[Text]) -> int:
    """Print what was read, what was left out, the key figures and checks that failed; return the exit code."""
    from xlclv.workbook.checks import BORDER, failed_checks
    from xlclv.workbook.labels import horizon
    from xlclv.workbook.source import in_language

    settings, counts = valuation.settings, valuation.counts
    value = float(valuation.customers["clv"].sum())
    span = horizon(settings.periods, settings.period)
    lines = [
        Text(
            f"Read {source.rows:,} rows of {source.file}: {counts.orders:,} orders of {counts.customers:,} customers "
            f"up to {settings.as_of}.",
            f"从 {source.file} 读取 {source.rows:,} 行：截至 {settings.as_of}，{counts.customers:,} 位客户的 "
            f"{counts.orders:,} 笔订单。",
        ),
        *(Text(note, note) if isinstance(note, str) else note for note in source.notes),
        *details,
    ]
    if counts.refund_days or counts.without_order:
        lines.append(
            Text(
                f"{counts.refund_days:,} days sum to a refund and are no order; "
                f"{counts.without_order:,} customers have no order and no value.",
                f"{counts.refund_days:,} 天合计为退款，不算订单；"
                f"{counts.without_order:,} 位客户没有订单，因此没有价值。",
            )
        )
    statuses = [
        (settings.model, valuation.model.status),
        (valuation.spend.name, valuation.spend.status),
    ]
    lines += [Text(f"Model {name}: {status.en}", f"模型 {name}：{status.zh}") for name, status in statuses]
    lines.append(Text(f"Value of the {span.en}: {value:,.2f}", f"{span.zh}的价值：{value:,.2f}"))
    total = _total(valuation)
    if total is not None:
        lines.append(
            Text(
                f"It lies between {total.lower:,.2f} and {total.upper:,.2f} with a chance of {total.level:.0%}.",
                f"有 {total.level:.0%} 的把握在 {total.lower:,.2f} 与 {total.upper:,.2f} 之间。",
            )
        )
    # The status of a model at its border has been told above; it is no reason to stop a scheduled run.
    failed = [check for check in failed_checks(valuation, source) if check != BORDER]
    lines += [Text(f"Check failed: {check.en}", f"检查未通过：{check.zh}") for check in failed]
    lines.append(Text(f"Wrote {target}", f"已写入 {target}"))
    for line in lines:
        print(in_language(line, lang))
    return FINDINGS if failed else GOOD


def _total(valuation: Valuation) -> TotalInterval | None:
    """Return the interval of the value of all customers, or None where a model at its border has none."""
    from xlclv.models import total_value_interval
    from xlclv.terms import INTERVAL_LEVEL

    settings, customers = valuation.settings, valuation.customers
    x, t, age, m = (customers[name].to_numpy(float) for name in ("frequency", "recency", "age", "monetary"))
    try:
        return total_value_interval(
            valuation.model,
            valuation.spend,
            x,
            t,
            age,
            m,
            settings.periods,
            settings.margin,
            settings.discount_rate,
            INTERVAL_LEVEL,
        )
    except XlclvError:
        return None


def open_file(path: Path) -> None:
    """Open a file with the program the system has for it; do nothing where there is no screen or no program."""
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - opening the workbook is what was asked for
        return
    opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    screen = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if opener and screen:
        subprocess.Popen([opener, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
