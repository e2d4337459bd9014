"""The longer texts of the Method sheet: what each figure means, what the method cannot say, where it comes from."""

from __future__ import annotations

from typing import Final

from xlclv.text import Text

#: What each column of the customer table means.
MEANINGS: Final[dict[str, Text]] = {
    "customer": Text("Identifier of the customer, as text.", "客户标识，按文本保存。"),
    "orders": Text(
        "Orders: days with a purchase; all rows of one customer on one day are one order.",
        "订单数：有购买的天数；同一客户同一天的所有行合为一笔订单。",
    ),
    "first": Text("Date of the first order.", "第一笔订单的日期。"),
    "last": Text("Date of the latest order.", "最近一笔订单的日期。"),
    "frequency": Text("Repeat orders: orders less the first one.", "重复购买次数：订单数减去首单。"),
    "recency": Text(
        "Time from the first to the latest order, in periods (not the time since the latest order).",
        "首单到最近一单的时长，以期为单位（不是距最近一单的时长）。",
    ),
    "age": Text("Time from the first order to the as-of date, in periods.", "首单到截止日期的时长，以期为单位。"),
    "monetary": Text(
        "Mean value of the repeat orders; a dash when there is none.",
        "重复购买订单的平均金额；没有重复购买时显示短横线。",
    ),
    "p_alive": Text(
        "Chance that the customer has not left for good, given the orders so far.",
        "根据已有订单推断客户尚未永久流失的概率。",
    ),
    "expected_orders": Text(
        "Orders expected in the horizon: a mean over all customers with the same history.",
        "预测期内的预期订单数：同样历史的客户的平均值。",
    ),
    "expected_value": Text(
        "Expected value of one order: the customer's own mean, drawn towards the mean of all.",
        "单笔订单的预期金额：客户自身均值向总体均值收缩。",
    ),
    "clv": Text(
        "Value in the horizon: expected orders x expected value x margin, each period discounted at its end.",
        "预测期内的价值：预期订单数 × 预期单笔金额 × 利润率，每期在期末折现。",
    ),
    "tier": Text(
        "High: the best customers who together hold 80% of the value; Medium: up to 95%; Low: the rest.",
        "高：合计占 80% 价值的最好客户；中：累计到 95%；低：其余客户。",
    ),
    "stage": Text(
        "Churned: no order for more than 365 days; New: first order at most 90 days ago; Loyal: 3 orders or more; "
        "else Active.",
        "流失：超过 365 天未下单；新：首单在 90 天以内；忠诚：至少 3 笔订单；其余为活跃。",
    ),
    "segment": Text(
        "RFM segment: from the scores 1 to 5 of days since the last order, orders and total spend.",
        "RFM 分群：由距末单天数、订单数与消费总额的 1 至 5 分得出。",
    ),
    "rank": Text("1 is the highest value; equal values share a rank.", "1 为价值最高；价值相同者名次相同。"),
}

GENERAL: Final = (
    Text(
        "The values are means over customers with the same history, not promises about one customer; they add up well, "
        "they rank well, one alone is uncertain.",
        "这些价值是相同历史客户的平均值，不是对单个客户的承诺；汇总与排序可靠，单个数值不确定。",
    ),
    Text(
        "The model assumes steady buying habits until a customer leaves: it knows no season, no promotion "
        "and no change in price or range.",
        "模型假设客户在离开之前购买习惯稳定：不考虑季节、促销、价格或商品变化。",
    ),
    Text(
        "Order values are taken as independent of how often a customer orders; the sheet cannot show "
        "whether that holds for each customer.",
        "假设单笔金额与购买频率相互独立；本表无法证明这对每位客户都成立。",
    ),
    Text(
        "Future customers and the cost of winning them are not in these figures.",
        "数字不包含未来的新客户，也不包含获客成本。",
    ),
    Text(
        "The customer values were computed by xlclv and are stored as numbers: changing a setting here "
        "recomputes nothing; build the workbook again.",
        "客户价值由 xlclv 计算并以数值保存：修改此处设置不会重新计算，请重新生成工作簿。",
    ),
)

#: What a model cannot say, and why another one is the default.
BY_MODEL: Final[dict[str, tuple[Text, ...]]] = {
    "Pareto/NBD": (
        Text(
            "Pareto/NBD lets customers leave at any time, also those who bought only once. When one left is never "
            "seen: p_alive is inferred from the silence since the latest order, by the customer's own rhythm.",
            "Pareto/NBD 允许客户随时流失，包括只买过一次的客户。流失的时刻无法观察：存活概率由最近一单以来的沉默时间"
            "按客户自己的节奏推断。",
        ),
        Text(
            "Pareto/NBD is the default because BG/NBD, which fits as well on many logs, counts every one-time buyer as "
            "alive with certainty.",
            "默认采用 Pareto/NBD，因为在许多数据上拟合同样好的 BG/NBD 会把所有一次性客户视为必然存活。",
        ),
    ),
    "BG/NBD": (
        Text(
            "BG/NBD lets customers leave only right after an order that repeats: every one-time buyer counts as "
            "alive with certainty (p_alive 100%), however long ago. Read p_alive of repeat buyers only.",
            "BG/NBD 只允许客户在重复购买之后流失：所有一次性客户无论多久未购都视为仍存活（存活概率 100%）。"
            "请只参考复购客户的存活概率。",
        ),
    ),
    "MBG/NBD": (
        Text(
            "MBG/NBD lets customers leave only right after an order, the first included, and never between two orders.",
            "MBG/NBD 只允许客户在下单（含首单）之后立即流失，不会在两次订单之间流失。",
        ),
    ),
    "BG/CNBD-k": (
        Text(
            "BG/CNBD-k is BG/NBD for orders that come more regularly than at random; it too counts every one-time "
            "buyer as alive with certainty.",
            "BG/CNBD-k 是针对比随机更有规律的购买的 BG/NBD；它同样把所有一次性客户视为必然存活。",
        ),
    ),
    "MBG/CNBD-k": (
        Text(
            "MBG/CNBD-k is MBG/NBD for orders that come more regularly than at random; customers leave only right "
            "after an order.",
            "MBG/CNBD-k 是针对比随机更有规律的购买的 MBG/NBD；客户只会在下单之后立即流失。",
        ),
    ),
    "NBD": (
        Text(
            "NBD lets nobody leave: p_alive is 100% throughout, and the expected orders of customers long silent are "
            "too many. It is of use for comparison.",
            "NBD 假设无人流失：存活概率始终为 100%，对长期沉默的客户预期订单偏多。适合用作比较。",
        ),
    ),
}

_REGULAR: Final = (
    "Platzer, Reutterer (2016): Ticking Away the Moments: Timing Regularity Helps to Better Predict Customer Activity. "
    "Marketing Science 35(5), 779–799."
)

SOURCES: Final[dict[str, str]] = {
    "BG/NBD": "Fader, Hardie, Lee (2005): “Counting Your Customers” the Easy Way: An Alternative to the Pareto/NBD "
    "Model. Marketing Science 24(2), 275–284.",
    "MBG/NBD": "Batislam, Denizel, Filiztekin (2007): Empirical validation and comparison of models for customer base "
    "analysis. International Journal of Research in Marketing 24(3), 201–209.",
    "BG/CNBD-k": _REGULAR,
    "MBG/CNBD-k": _REGULAR,
    "Pareto/NBD": "Schmittlein, Morrison, Colombo (1987): Counting Your Customers: Who Are They and What Will They Do "
    "Next? Management Science 33(1), 1–24.",
    "NBD": "Ehrenberg (1959): The Pattern of Consumer Purchases. Applied Statistics 8(1), 26–41.",
    "Gamma-Gamma": "Fader, Hardie, Lee (2005): RFM and CLV: Using Iso-Value Curves for Customer Base Analysis. Journal "
    "of Marketing Research 42(4), 415–430.",
}
