"""Names of segments, tiers and stages and headers of customer tables, in English and Chinese."""

from __future__ import annotations

from typing import Final, Literal

from xlclv.errors import InputError
from xlclv.parsing import shown
from xlclv.text import Text

#: Segments of the standard scheme, best first.
STANDARD: Final[dict[str, Text]] = {
    "champions": Text("Champions", "冠军客户"),
    "loyal": Text("Loyal", "忠诚客户"),
    "potential": Text("Potential loyalist", "潜在忠诚客户"),
    "new": Text("New customers", "新客户"),
    "promising": Text("Promising", "有希望的客户"),
    "attention": Text("Need attention", "需要关注的客户"),
    "sleepy": Text("About to sleep", "即将沉睡的客户"),
    "cannot_lose": Text("Cannot lose them", "不能失去的客户"),
    "at_risk": Text("At risk", "有流失风险的客户"),
    "hibernating": Text("Hibernating", "沉睡客户"),
    "lost": Text("Lost", "已流失客户"),
}

#: Segments of the value8 scheme by high recency, frequency and monetary score.
VALUE8: Final[dict[tuple[bool, bool, bool], Text]] = {
    (True, True, True): Text("High value", "重要价值客户"),
    (True, False, True): Text("High value, develop", "重要发展客户"),
    (False, True, True): Text("High value, keep", "重要保持客户"),
    (False, False, True): Text("High value, win back", "重要挽留客户"),
    (True, True, False): Text("Normal value", "一般价值客户"),
    (True, False, False): Text("Normal value, develop", "一般发展客户"),
    (False, True, False): Text("Normal value, keep", "一般保持客户"),
    (False, False, False): Text("Normal value, win back", "一般挽留客户"),
}

TIERS: Final = (Text("High", "高"), Text("Medium", "中"), Text("Low", "低"))

STAGES: Final[dict[str, Text]] = {
    "prospect": Text("Prospect", "潜在客户"),
    "new": Text("New", "新客户"),
    "active": Text("Active", "活跃客户"),
    "loyal": Text("Loyal", "忠诚客户"),
    "churned": Text("Churned", "流失客户"),
}

#: What a change of value beyond its limits is called, and one within them.
ALERTS: Final[dict[str, Text]] = {
    "drop": Text("Drop", "下降"),
    "rise": Text("Rise", "上升"),
    "ok": Text("OK", "正常"),
}

#: The state of customers who were in a segment before and are in none after.
GONE: Final = Text("Gone", "已离开")

#: Headers of tables with a row per customer; the English ones are the names of the columns of the Python API.
CUSTOMER_COLUMNS: Final[dict[str, Text]] = {
    "customer": Text("customer", "客户"),
    "orders": Text("orders", "订单数"),
    "first": Text("first", "首单"),
    "last": Text("last", "末单"),
    "frequency": Text("frequency", "频次"),
    "recency": Text("recency", "最近购买"),
    "age": Text("age", "客龄"),
    "monetary": Text("monetary", "重复购买均值"),
    "total": Text("total", "总金额"),
    "days_since": Text("days_since", "距今天数"),
    "p_alive": Text("p_alive", "存活概率"),
    "expected_orders": Text("expected_orders", "预期订单数"),
    "expected_value": Text("expected_value", "预期单笔金额"),
    "clv": Text("clv", "终身价值"),
    "tier": Text("tier", "价值层级"),
    "stage": Text("stage", "生命周期阶段"),
    "segment": Text("segment", "客户分群"),
    "cluster": Text("cluster", "聚类"),
    "rank": Text("rank", "排名"),
    "clv_lower": Text("clv_lower", "价值下限"),
    "clv_upper": Text("clv_upper", "价值上限"),
}

_LABELS: Final = (*STANDARD.values(), *VALUE8.values(), *TIERS, *STAGES.values())
_BY_NAME: Final = {name.casefold(): label for label in reversed(_LABELS) for name in label}


def label_of(text: str) -> Text:
    """Return the label a text names, in either language: what comes back from cells is understood again.

    A name that two lists share, such as Loyal, gives the first of segments, tiers, stages.

    Parameters
    ----------
    text : str
        The name, in any case.

    Returns
    -------
    Text
        The name in both languages.

    Raises
    ------
    InputError
        If the text is no label of a segment, tier or stage.

    Examples
    --------
    >>> label_of("重要价值客户").en, label_of("at RISK").zh
    ('High value', '有流失风险的客户')
    """
    label = _BY_NAME.get(text.strip().casefold())
    if label is None:
        raise InputError(
            f"{shown(text)} is no name of a segment, tier or stage; choose one of the names these functions return.",
            f"{shown(text)} 不是细分、等级或阶段的名称；请使用这些函数返回的名称。",
        )
    return label


Measure = Literal["rate", "customers", "revenue", "revenue_per_customer", "cumulative_per_customer"]

#: What a cohort table can tell, the default first.
MEASURES: Final[dict[Measure, Text]] = {
    "rate": Text("rate", "留存率"),
    "customers": Text("customers", "客户数"),
    "revenue": Text("revenue", "收入"),
    "revenue_per_customer": Text("revenue_per_customer", "人均收入"),
    "cumulative_per_customer": Text("cumulative_per_customer", "累计人均收入"),
}
