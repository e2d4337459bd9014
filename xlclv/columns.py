"""The columns of an order log: which header means customer, date or amount, in English and Chinese.

A guess looks at the headers and at what stands below them. It knows nothing of files or frames: it takes headers and
samples of cells, and gives back a header for each role with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from xlclv.dates import date_of
from xlclv.errors import InputError
from xlclv.parsing import is_blank, number_of, shown
from xlclv.text import Text

Role = Literal["customer", "date", "amount", "quantity", "unit_price"]
#: The roles every order log needs; quantity and unit_price can stand in for the amount.
NEEDED: Final[tuple[Role, ...]] = ("customer", "date", "amount")

ROLE_NAMES: Final[dict[Role, Text]] = {
    "customer": Text("customer", "客户"),
    "date": Text("date", "日期"),
    "amount": Text("amount", "金额"),
    "quantity": Text("quantity", "数量"),
    "unit_price": Text("unit price", "单价"),
}


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: Headers of each role without blanks and marks, lower case, best first: where a log has several, the earlier wins.
VOCABULARY: Final[dict[Role, tuple[str, ...]]] = {
    "customer": _words("""
        customerid custid customerno customernumber customercode customerkey clientid clientno clientnumber
        clientcode memberid memberno membernumber shopperid consumerid buyerid userid uid accountid accountno
        accountnumber contactid openid unionid cardno cardid customer client member buyer shopper consumer user
        account cust customername clientname username customeremail useremail email emailaddress phone mobile id
        客户编号 客户id 客户号 客户代码 客户编码 会员编号 会员id 会员号 会员卡号 用户id 用户编号 用户编码
        顾客编号 顾客id 买家id 买家编号 消费者id 客户 会员 用户 顾客 买家 消费者 客户名称 客户姓名 会员名
        会员名称 用户名 买家会员名 买家昵称 账号 账户 手机号 手机号码 手机 电话 邮箱 电子邮箱"""),
    "date": _words("""
        orderdate purchasedate invoicedate transactiondate transdate txndate tradedate saledate salesdate
        orderedat purchasedat orderdatetime ordertime ordertimestamp purchasetime transactiontime
        invoicedatetime createdat createddate createdtimestamp createtime creationdate processedat
        processedtimestamp paidat paymentdate paymenttime paytime date datetime timestamp day time 下单日期
        订单日期 购买日期 消费日期 交易日期 成交日期 销售日期 下单时间 订单时间 购买时间 消费时间 交易时间
        成交时间 销售时间 订单创建时间 创建日期 创建时间 付款日期 付款时间 支付日期 支付时间 订单付款时间
        开票日期 日期 时间"""),
    "amount": _words("""
        amount orderamount orderamt amt ordervalue ordertotal revenue netrevenue netsales netamount netvalue
        salesamount saleamount totalamount totalprice totalsales totalvalue totalrevenue grandtotal
        transactionamount txnamount transamount invoiceamount invoicetotal purchaseamount purchasevalue
        paidamount amountpaid paymentamount payment dollarvalue linetotal lineamount sales sale total value
        spend spending spent turnover gmv monetary monetaryvalue subtotalprice subtotal price 消费金额 订单金额
        实付金额 实际支付金额 买家实际支付金额 支付金额 付款金额 成交金额 交易金额 购买金额 销售金额 实收金额
        金额 总金额 订单总额 总额 销售额 消费额 交易额 成交额 应付金额 订单总价 总价 合计 收入 营业额 价格"""),
    "quantity": _words("quantity qty orderquantity units unitssold pieces 数量 购买数量 商品数量 销售数量 件数"),
    "unit_price": _words("""
        unitprice itemprice priceperunit priceeach sellingprice price 单价 商品单价 销售单价 价格"""),
}  # fmt: skip

_RANK: Final = {role: {word: rank for rank, word in enumerate(words)} for role, words in VOCABULARY.items()}
#: A known word inside a longer header counts where it is long enough to mean something: "客户编号（CRM）".
_INSIDE: Final = 4
_INSIDE_ZH: Final = 2
#: A column with fewer readable cells than this is no date or amount column, whatever its header says.
_READABLE: Final = 0.5
_SAMPLE: Final = 200


@dataclass(frozen=True)
class Columns:
    """Which header plays which role, and why.

    Attributes
    ----------
    headers : dict
        Role to header. ``amount`` is absent where ``quantity`` and ``unit_price`` stand in for it.
    reasons : dict
        Role to the sentence that says why.
    """

    headers: dict[Role, str]
    reasons: dict[Role, Text] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[Role, ...]:
        """The needed roles no header was found for.

        Examples
        --------
        >>> Columns({"customer": "who", "quantity": "n", "unit_price": "price"}).missing
        ('date',)
        """
        product = "quantity" in self.headers and "unit_price" in self.headers
        return tuple(role for role in NEEDED if role not in self.headers and not (role == "amount" and product))


def plain_header(header: object) -> str:
    """Return a header as it is compared: lower case, without blanks, marks and what stands in parentheses.

    Examples
    --------
    >>> plain_header("Customer_ID"), plain_header(" 消费金额（元）")
    ('customerid', '消费金额')
    """
    text = str(header).lower().replace("（", "(").replace("）", ")")
    bare = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", text)
    return re.sub(r"[\W_]+", "", bare) or re.sub(r"[\W_]+", "", text)


def find_header(wanted: str, headers: Sequence[str]) -> str:
    """Return the one of ``headers`` that ``wanted`` names: exactly, or but for case, blanks and marks.

    Parameters
    ----------
    wanted : str
        The header as a person writes it.
    headers : sequence of str
        The headers there are.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If none or several do.

    Examples
    --------
    >>> find_header("customer id", ["Customer_ID", "Date"])
    'Customer_ID'
    """
    if headers.count(wanted) == 1:
        return wanted
    alike = [header for header in headers if header == wanted or plain_header(header) == plain_header(wanted)]
    if len(alike) == 1:
        return alike[0]
    seen = ", ".join(headers[:12])
    if alike:
        raise InputError(
            f"The column {shown(wanted)} is there {len(alike)} times; rename one of them.",
            f"列 {shown(wanted)} 出现了 {len(alike)} 次；请改名使其唯一。",
        )
    raise InputError(
        f"There is no column {shown(wanted)}; the columns are: {seen}.",
        f"没有名为 {shown(wanted)} 的列；现有的列是：{seen}。",
    )


def is_header(cells: Sequence[object]) -> bool:
    """Return whether a row of cells names the columns of an order log: a customer, and a date or an amount.

    Examples
    --------
    >>> is_header(["客户编号", "下单日期", "金额"]), is_header(["Orders of 2024", None, None])
    (True, False)
    """
    if len(cells) < 2 or not all(isinstance(cell, str) or is_blank(cell) for cell in cells):
        return False
    roles = {role for role in NEEDED for cell in cells if not is_blank(cell) and _header_score(role, str(cell)) > 0}
    return len(roles) >= 2


def guess_columns(headers: Sequence[str], samples: Sequence[Sequence[object]]) -> Columns:
    """Return which header is the customer, the date and the amount, judged by the words and by the cells below.

    Parameters
    ----------
    headers : sequence of str, length n
        The header row.
    samples : sequence of n sequences
        Some cells of each column; the first 200 filled ones are looked at.

    Returns
    -------
    Columns
        What was found; ``missing`` lists what was not.

    Examples
    --------
    >>> guess_columns(["Order", "Client", "Order date", "Total"], [["A1"], ["x"], ["2024-01-05"], ["9.50"]]).headers
    {'customer': 'Client', 'date': 'Order date', 'amount': 'Total'}
    """
    filled = [[cell for cell in column if not is_blank(cell)][:_SAMPLE] for column in samples]
    taken: dict[Role, str] = {}
    reasons: dict[Role, Text] = {}
    for role in ("date", "amount", "customer", "quantity", "unit_price"):
        scores = {
            header: _header_score(role, header) * _content_score(role, cells)
            for header, cells in zip(headers, filled, strict=True)
            if header not in taken.values()
        }
        best = max(scores, key=lambda header: scores[header], default=None)
        if best is not None and scores[best] > 0:
            taken[role] = best
            others = [header for header, score in scores.items() if score > 0 and header != best]
            reasons[role] = _reason(role, best, others)
    _prefer_amount_or_product(taken, reasons)
    order: tuple[Role, ...] = (*NEEDED, "quantity", "unit_price")
    return Columns({role: taken[role] for role in order if role in taken}, reasons)


def _prefer_amount_or_product(taken: dict[Role, str], reasons: dict[Role, Text]) -> None:
    """Keep either the amount or quantity and unit price: a bare price beside a quantity is the price of one."""
    amount, quantity = taken.get("amount"), taken.get("quantity")
    if amount and quantity and "unit_price" not in taken and plain_header(amount) in _RANK["unit_price"]:
        taken["unit_price"] = taken.pop("amount")
        amount = None
    if amount is None and quantity and "unit_price" in taken:
        price = taken["unit_price"]
        reasons["amount"] = Text(
            f'No amount column: the amount is "{quantity}" times "{price}".',
            f"没有金额列：金额按“{quantity}”乘以“{price}”计算。",
        )
    else:
        taken.pop("quantity", None)
        taken.pop("unit_price", None)
    for role in [role for role in reasons if role not in taken and role != "amount"]:
        del reasons[role]


def _reason(role: Role, header: str, others: Sequence[str]) -> Text:
    name = ROLE_NAMES[role]
    en, zh = f'"{header}" is read as the {name.en}', f"“{header}”作为{name.zh}"
    if not others:
        return Text(en + ".", zh + "。")
    return Text(f"{en}; also possible: {', '.join(others[:5])}.", f"{zh}；也可以是：{'、'.join(others[:5])}。")


def _header_score(role: Role, header: str) -> float:
    """Return 1 to 2 for a known header (earlier words more), below 1 for one that contains a known word, else 0."""
    plain, ranks = plain_header(header), _RANK[role]
    if plain in ranks:
        return 2.0 - ranks[plain] / len(ranks)
    inside = [
        len(word)
        for word in ranks
        if len(word) >= (_INSIDE if word.isascii() else _INSIDE_ZH) and (plain.startswith(word) or plain.endswith(word))
    ]
    return 0.5 * max(inside) / len(plain) if inside else 0.0


def _content_score(role: Role, cells: Sequence[object]) -> float:
    """Return how well cells fit a role: 0 when they contradict it, .25 when there are none to judge by."""
    if not cells:
        return 0.25
    if role == "date":
        share = sum(map(_reads_as_date, cells)) / len(cells)
        return share if share >= _READABLE else 0.0
    if role == "customer":
        # An id of many orders repeats, and is neither a date nor money with cents.
        marked = [cell for cell in cells if isinstance(cell, str) and not re.fullmatch(r"\d+(\.\d+)?", cell.strip())]
        dates = sum(map(_reads_as_date, marked))
        cents = sum(isinstance(cell, float) and not cell.is_integer() for cell in cells)
        return 0.0 if dates + cents > len(cells) * (1 - _READABLE) else 1.0
    share = sum(map(_reads_as_number, cells)) / len(cells)
    return share if share >= _READABLE else 0.0


def _reads_as_date(cell: object) -> bool:
    # A column of serials or Unix times as text is judged with the whole column in hand, not here.
    for order in ("dmy", "mdy"):
        try:
            return date_of(cell, order=order) is not None
        except InputError:
            continue
    return isinstance(cell, str) and bool(re.fullmatch(r"[1-9]\d{4}(\.\d+)?|1\d{9}(\d{3})?", cell.strip()))


def _reads_as_number(cell: object) -> bool:
    for decimal in (".", ","):
        try:
            return number_of(cell, decimal=decimal) is not None
        except InputError:
            continue
    return False


def named_columns(wanted: Mapping[Role, str | None], headers: Sequence[str], guess: Columns) -> Columns:
    """Return ``guess`` with the roles a caller has named replaced.

    Parameters
    ----------
    wanted : dict of role to str or None
        The header a caller has named for a role; None leaves it to the guess.
    headers : sequence of str
        The headers there are.
    guess : Columns
        As `guess_columns` returns it.

    Returns
    -------
    Columns

    Raises
    ------
    InputError
        If a named column is not there, or a needed role stays without one.

    Examples
    --------
    >>> guess = guess_columns(["who", "date", "sum"], [["a"], ["2024-01-05"], ["1"]])
    >>> named_columns({"customer": "who", "amount": "sum"}, ["who", "date", "sum"], guess).headers
    {'customer': 'who', 'date': 'date', 'amount': 'sum'}
    """
    chosen, reasons = dict(guess.headers), dict(guess.reasons)
    for role, name in wanted.items():
        if name is not None:
            chosen[role] = find_header(name, headers)
            reasons[role] = Text(f'"{chosen[role]}" was named.', f"“{chosen[role]}”由用户指定。")
    if wanted.get("amount") is not None:
        chosen.pop("quantity", None)
        chosen.pop("unit_price", None)
    order: tuple[Role, ...] = (*NEEDED, "quantity", "unit_price")
    columns = Columns({role: chosen[role] for role in order if role in chosen}, reasons)
    if columns.missing:
        raise missing_columns(columns.missing, headers)
    return columns


def missing_columns(roles: Sequence[Role], headers: Sequence[str]) -> InputError:
    """Return the error that says which columns were not found, and which there are.

    Examples
    --------
    >>> str(missing_columns(["amount"], ["who", "when"]))
    'No column is recognised as the amount; name the column (--amount NAME on the command line, amount="NAME" in Python); the columns are: who, when.'
    >>> str(missing_columns(["customer", "date", "amount"], ["00004", "19970101", "29.33"]))
    'The first row must hold the names of the columns, and it holds data: 00004, 19970101, 29.33.'
    """  # noqa: E501
    if not any(letter.isalpha() for header in headers for letter in re.sub(r"^column \d+$", "", header)):
        return InputError(
            f"The first row must hold the names of the columns, and it holds data: {_listed(headers)}.",
            f"第一行必须是列名，但现在是数据：{_listed(headers)}。",
        )
    names_en = " and ".join(f"the {ROLE_NAMES[role].en}" for role in roles)
    names_zh = "、".join(ROLE_NAMES[role].zh for role in roles)
    words = " ".join(f"--{role.replace('_', '-')} NAME" for role in roles)
    arguments = ", ".join(f'{role}="NAME"' for role in roles)
    return InputError(
        f"No column is recognised as {names_en}; name the column ({words} on the command line, {arguments} in "
        f"Python); the columns are: {_listed(headers)}.",
        f"没有识别出{names_zh}列；请指明列名（命令行用 {words}，Python 用 {arguments}）；"
        f"现有的列是：{_listed(headers)}。",
    )


def _listed(headers: Sequence[str]) -> str:
    return ", ".join(headers[:12]) + (", …" if len(headers) > 12 else "")
