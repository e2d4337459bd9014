"""Refresh of the customer value workbook: orders and inputs are read, customers valued, tables and results written."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

import xlclv
from xlclv.data.clean import Skipped
from xlclv.errors import XlclvError
from xlclv.labels import STAGES as STAGE_WORDS
from xlclv.labels import STANDARD, TIERS
from xlclv.periods import LABELS as PERIODS
from xlclv.retention import rate_convert
from xlclv.text import Language, Text, clause
from xlclv.valuation import STAGES, Valuation, value_customers
from xlclv.workbook import contract
from xlclv.workbook.check_data import checks_frame, count_findings
from xlclv.workbook.headers import headers_of, language_of
from xlclv.workbook.inputs import BEHIND, Inputs, about, read_inputs
from xlclv.workbook.interface import Value, Workbook
from xlclv.workbook.labels import horizon
from xlclv.workbook.limits import customer_limits, total_limits
from xlclv.workbook.order_table import OrderTable, no_rows_left, read_order_table
from xlclv.workbook.status import STATUS, reported

READ = Text("Reading the orders", "读取订单")
LIMITS = Text("Working out intervals", "计算区间")
WRITE = Text("Writing the tables", "写入表格")
#: All stages of a refresh, in order.
REFRESH_STAGES: Final = (READ, *STAGES, LIMITS, WRITE)

UNFINISHED = Text("Refresh was stopped while it wrote its results; run it again.", "刷新在写入结果时中断；请重新运行。")

_WORDS: Final[dict[str, dict[str, Text]]] = {
    "tier": {text.en: text for text in TIERS},
    "stage": {text.en: text for text in STAGE_WORDS.values()},
    "segment": {text.en: text for text in STANDARD.values()},
}


@dataclass(frozen=True)
class _Result:
    """All that a refresh has worked out, before anything is written."""

    inputs: Inputs
    orders: OrderTable
    used: int
    skipped: list[Skipped]
    checks: dict[str, int | None]
    valuation: Valuation
    customers: pd.DataFrame
    lower: float | None
    upper: float | None


def refresh(book: Workbook) -> Text:
    """Value the customers of a workbook's orders and fill its tables and results.

    Everything is read and worked out before the first cell is written.

    Parameters
    ----------
    book : Workbook
        With the tables and named cells of `xlclv.workbook.contract`.

    Returns
    -------
    Text
        The sentence that stands in the cell of the last command.

    Raises
    ------
    XlclvError
        If an input or the orders cannot be used, or the workbook has no place for the result: nothing but the cell of
        the last command is written then.
    """
    started, clock = dt.datetime.now(dt.UTC), time.monotonic()
    with reported(book) as status:
        result = _worked_out(book)
        tables = _tables(book, result, started, clock)
        names = _results(result, started, language_of(book))
        for name, frame in tables.items():
            book.check_table(name, frame)
        for name in (STATUS, *names):
            book.read_name(name)
        sentence = _sentence(result)
        _tell(book, WRITE)
        status.write(UNFINISHED)
        for name, frame in tables.items():
            book.write_table(name, frame)
        for name, value in names.items():
            book.write_name(name, value)
        status.write(sentence)
        book.progress(WRITE, len(REFRESH_STAGES), len(REFRESH_STAGES))
    return sentence


def _tell(book: Workbook, stage: Text) -> None:
    book.progress(stage, REFRESH_STAGES.index(stage), len(REFRESH_STAGES))


def _worked_out(book: Workbook) -> _Result:
    _tell(book, READ)
    inputs = read_inputs(book)
    orders = read_order_table(book)
    log, skipped, _ = orders.clean()
    if log.empty:
        raise no_rows_left(skipped)
    checks = count_findings(orders, inputs.as_of)
    try:
        valuation = value_customers(
            log,
            as_of=inputs.as_of,
            period=inputs.period,
            periods=inputs.periods,
            margin=inputs.margin,
            discount_rate=rate_convert(inputs.rate, "year", inputs.period),
            model=inputs.model,
            progress=lambda stage, done, total: _tell(book, stage) if done < total else None,
        )
    except XlclvError as error:
        raise _of_workbook(error) from None
    _tell(book, LIMITS)
    lower, upper = total_limits(valuation)
    return _Result(
        inputs, orders, len(log), skipped, checks, valuation, customer_limits(valuation), lower, upper
    )  # fmt: skip


def _of_workbook(error: XlclvError) -> XlclvError:
    """Return an error of the valuation as one of the workbook: of the input at fault, or of Orders."""
    if error.argument in BEHIND:
        return about(BEHIND[error.argument], error)
    return type(error)(f"Orders: {clause(error.text.en)}", f"Orders：{error.text.zh}")


def _tables(book: Workbook, result: _Result, started: dt.datetime, clock: float) -> dict[str, pd.DataFrame]:
    lang, valuation = language_of(book), result.valuation
    frames = {
        contract.VALUES: _values(result, lang),
        contract.ORDER_MODEL: _block(valuation.model.to_block(lang)),
        contract.SPEND_MODEL: _block(valuation.spend.to_block(lang)),
        contract.CHECKS: checks_frame(result.checks, result.skipped, lang),
    }
    columns = {
        contract.VALUES: contract.VALUE_COLUMNS,
        contract.ORDER_MODEL: contract.MODEL_COLUMNS,
        contract.SPEND_MODEL: contract.MODEL_COLUMNS,
        contract.CHECKS: contract.CHECK_COLUMNS,
    }
    for name, frame in frames.items():
        frame.columns = headers_of(book, name, columns[name])
    frames[contract.LOG] = _log(book, result, started, clock)
    return frames


def _values(result: _Result, lang: Language) -> pd.DataFrame:
    """Return the rows of CustomerValues: ids as the orders hold them, groups in the language."""
    frame, known = result.customers.loc[:, list(contract.VALUE_COLUMNS)].copy(), result.orders.original_ids()
    frame["customer"] = pd.Series([known.get(one, one) for one in frame["customer"]], frame.index, dtype=object)
    for name, words in _WORDS.items():
        frame[name] = [words[word].of(lang) for word in frame[name]]
    return frame


def _block(rows: list[list[Any]]) -> pd.DataFrame:
    cells = [[None if cell == "" else cell for cell in row] for row in rows[1:]]
    return pd.DataFrame(cells, columns=list(contract.MODEL_COLUMNS), dtype=object)


def _log(book: Workbook, result: _Result, started: dt.datetime, clock: float) -> pd.DataFrame:
    """Return the rows of Log with one of this refresh in front."""
    valuation = result.valuation
    row = {
        "time": _stamp(started),
        "version": xlclv.__version__,
        "as_of": valuation.settings.as_of,
        "rows": len(result.orders.cells),
        "customers": valuation.counts.customers,
        "model": valuation.settings.model,
        "value": _value(valuation),
        "seconds": round(time.monotonic() - clock, 1),
    }
    headers = headers_of(book, contract.LOG, contract.LOG_COLUMNS)
    before = book.read_table(contract.LOG)
    latest = pd.DataFrame([list(row.values())], columns=headers, dtype=object)
    kept = before.reindex(columns=headers).iloc[: contract.MOST_LOG_ROWS - 1].astype(object)
    return pd.concat([latest, kept], ignore_index=True) if len(kept) else latest


def _results(result: _Result, started: dt.datetime, lang: Language) -> dict[str, Value]:
    """Return what the named cells hold, but for that of the last command."""
    inputs, valuation = result.inputs, result.valuation
    settings, counts = valuation.settings, valuation.counts
    rows = len(result.orders.cells)
    return {
        "out_time": _stamp(started),
        "out_version": xlclv.__version__,
        "out_as_of": settings.as_of,
        "out_period": PERIODS[settings.period].of(lang),
        "out_periods": settings.periods,
        "out_margin": settings.margin,
        "out_rate": inputs.rate,
        "out_rate_period": settings.discount_rate,
        "out_model": settings.model,
        "out_filled": result.orders.filled,
        "out_sum": result.orders.total,
        "out_days": result.orders.days,
        "out_rows": rows,
        "out_used": result.used,
        "out_skipped": sum(each.rows for each in result.skipped),
        "out_merged": counts.merged,
        "out_refund_days": counts.refund_days,
        "out_later": counts.later,
        "out_orders": counts.orders,
        "out_customers": counts.customers,
        "out_without": counts.without_order,
        "out_border": int(valuation.model.at_boundary) + int(valuation.spend.at_boundary),
        "out_lower": result.lower,
        "out_upper": result.upper,
    }


def _stamp(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _value(valuation: Valuation) -> float:
    return float(valuation.customers["clv"].sum())


def _sentence(result: _Result) -> Text:
    valuation = result.valuation
    customers, value = valuation.counts.customers, _value(valuation)
    ahead = horizon(valuation.settings.periods, valuation.settings.period)
    people = "customer" if customers == 1 else "customers"
    en = f"{customers:,} {people} valued at {value:,.0f} for the {ahead.en}"
    zh = f"{customers:,} 位客户，{ahead.zh}的价值为 {value:,.0f}"
    skipped = sum(each.rows for each in result.skipped)
    if not skipped:
        return Text(f"{en}; no rows skipped.", f"{zh}；没有跳过的行。")
    rows = "row" if skipped == 1 else "rows"
    return Text(f"{en}; {skipped:,} {rows} skipped, see Checks.", f"{zh}；跳过 {skipped:,} 行，见“检查”表。")
