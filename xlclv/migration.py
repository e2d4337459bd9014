"""Customer value in a Markov chain of states (Pfeifer & Carraway 2000). Only the standard library is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xlclv.domain import at_least, finite, share, whole
from xlclv.errors import DataError, DomainError, InputError

if TYPE_CHECKING:
    from xlclv.elementwise import Numbers

Matrix = list[list[float]]

#: More states than anybody names; keeps the elimination, which is cubic, short.
MAX_STATES = 100
MAX_PERIODS = 1_000_000


def clv_migration(
    transitions: Sequence[Sequence[float | None]],
    margins: Numbers,
    discount_rate: float = 0.0,
    periods: float | None = None,
) -> list[float]:
    """Value of a customer in each state of a Markov chain, rewards at t = 0 .. periods, the first undiscounted.

    V = sum over t of (P / (1 + d))^t R; forever V = (I - P / (1 + d))^-1 R.

    Parameters
    ----------
    transitions : sequence of rows
        Row i holds the chances to move from state i to each state in one period; a row sums to 1. A missing or empty
        row is an absorbing state.
    margins : sequence of float
        Reward of one period spent in each state, in money.
    discount_rate : float, default 0
        Effective discount rate of one period, 0 or more.
    periods : float, optional
        Last period counted, a whole number; forever when left out.

    Returns
    -------
    list of float
        Money, one value for each state.

    Raises
    ------
    InputError
        If the matrix is not square or the margins are not as many as the states.
    DomainError
        If a chance is outside 0..1, a row does not sum to 1, or the value forever is infinite.

    References
    ----------
    Pfeifer, P. E. & Carraway, R. L. (2000), Modeling customer relationships as Markov chains, Journal of Interactive
    Marketing 14(2), equations 2 and 3.

    Examples
    --------
    >>> chain = [[0.3, 0.7, 0, 0, 0], [0.2, 0, 0.8, 0, 0], [0.15, 0, 0, 0.85, 0], [0.05, 0, 0, 0, 0.95], []]
    >>> [round(value, 3) for value in clv_migration(chain, [36, -4, -4, -4, 0], 0.2, 4)]
    [50.115, 4.22, 0.592, -1.98, 0.0]
    """
    chain = _chain(transitions, len(margins))
    rewards = [float(finite(margin, "margins")) for margin in margins]
    at_least(discount_rate, 0.0, "discount_rate")
    if periods is not None:
        step = [[chance / (1.0 + discount_rate) for chance in row] for row in chain]
        return _sum_of_powers(step, rewards, whole(periods, "periods", high=MAX_PERIODS) + 1)
    return _discounted(chain, rewards, discount_rate) if discount_rate > 0.0 else _undiscounted(chain, rewards)


def _chain(transitions: Sequence[Sequence[float | None]], states: int) -> Matrix:
    """Check the matrix and make empty rows absorbing."""
    if not states or not len(transitions):
        raise DataError(
            "There are no states; give a square matrix of chances and a margin for each state.",
            "没有状态；请给出转移概率方阵和每个状态的毛利。",
            argument="transitions",
        )
    if states > MAX_STATES:
        raise DomainError(
            f"There are {states} states; at most {MAX_STATES} are taken.",
            f"有 {states} 个状态；最多 {MAX_STATES} 个。",
            argument="transitions",
        )
    if len(transitions) > states or any(len(row) not in (0, states) for row in transitions):
        raise InputError(
            f"transitions must have a row and a column for each of the {states} margins.",
            f"transitions 的行数和列数必须与 {states} 个 margins 相同。",
            argument="transitions",
        )
    chain: Matrix = []
    for i in range(states):
        given = transitions[i] if i < len(transitions) else []
        if all(chance is None for chance in given):
            chain.append([float(i == j) for j in range(states)])
            continue
        row = [float(share(chance or 0.0, "transitions")) for chance in given]
        total = sum(row)
        # Chances typed as rounded percentages miss 1 by a little; more than that is a mistake.
        if abs(total - 1.0) > 1e-3:
            raise DomainError(
                f"The chances of state {i + 1} sum to {total:.6g}; each row of transitions must sum to 1.",
                f"第 {i + 1} 个状态的概率合计为 {total:.6g}；transitions 每一行之和必须为 1。",
                argument="transitions",
            )
        chain.append([chance / total for chance in row])
    return chain


def _multiply(a: Matrix, b: Matrix) -> Matrix:
    columns = list(zip(*b, strict=True))
    return [[sum(map(float.__mul__, row, column)) for column in columns] for row in a]


def _apply(a: Matrix, v: list[float]) -> list[float]:
    return [sum(map(float.__mul__, row, v)) for row in a]


def _sum_of_powers(step: Matrix, rewards: list[float], terms: int) -> list[float]:
    """Sum of step^t rewards for t < terms, by doubling: S(2n) = S(n) + step^n S(n)."""
    total = [0.0] * len(rewards)
    block, power = [float(reward) for reward in rewards], step
    while True:
        if terms & 1:
            total = [b + t for b, t in zip(block, _apply(power, total), strict=True)]
        terms >>= 1
        if not terms:
            return total
        block = [b + s for b, s in zip(block, _apply(power, block), strict=True)]
        power = _multiply(power, power)


def _discounted(chain: Matrix, rewards: list[float], rate: float) -> list[float]:
    """Value forever at a rate above 0: (1 + d) V = (1 + d) R + P V."""
    return _solve([row[:] for row in chain], [rate] * len(chain), [(1.0 + rate) * reward for reward in rewards])


def _undiscounted(chain: Matrix, rewards: list[float]) -> list[float]:
    """Value forever at rate 0: finite only if every customer ends in states that earn nothing."""
    n = len(chain)
    reach = [{j for j in range(n) if chain[i][j] > 0.0} | {i} for i in range(n)]
    for k in range(n):
        for i in range(n):
            if k in reach[i]:
                reach[i] |= reach[k]
    recurrent = [all(i in reach[j] for j in reach[i]) for i in range(n)]
    for i in range(n):
        if recurrent[i] and rewards[i] != 0.0:
            raise DomainError(
                f"At discount_rate 0 the value forever is infinite, because state {i + 1} earns a margin and is never "
                "left for good; give a discount rate or a number of periods.",
                f"折现率为 0 时永续价值无穷大：状态 {i + 1} 有毛利且不会永久离开；请给出折现率或 periods。",
                argument="discount_rate",
            )
    transient = [i for i in range(n) if not recurrent[i]]
    moves = [[chain[i][j] for j in transient] for i in transient]
    leaving = [sum(chain[i][j] for j in range(n) if recurrent[j]) for i in transient]
    values = [0.0] * n
    for i, value in zip(transient, _solve(moves, leaving, [rewards[i] for i in transient]), strict=True):
        values[i] = value
    return values


def _solve(moves: Matrix, leaving: list[float], right: list[float]) -> list[float]:
    """Solve (leaving_i + sum of moves_ij) v_i = right_i + sum of moves_ij v_j, sums over j other than i.

    Elimination state by state that only adds and divides what is not negative, so that nothing cancels however rarely
    the chain is left (Grassmann, Taksar & Heyman 1985, Operations Research 33(5)). Changes its arguments.
    """
    n = len(right)
    scales = leaving[:]
    for k in range(n - 1, -1, -1):
        scale = scales[k] = leaving[k] + sum(moves[k][:k])
        if scale == 0.0:
            raise DomainError(
                "The value forever cannot be computed: a state is practically never left; give a discount rate or a "
                "number of periods.",
                "无法计算永续价值：有的状态几乎不会离开；请给出折现率或 periods。",
                argument="transitions",
            )
        for i in range(k):
            share_of = moves[i][k] / scale
            if share_of:
                for j in range(k):
                    moves[i][j] += share_of * moves[k][j]
                leaving[i] += share_of * leaving[k]
                right[i] += share_of * right[k]
    values = [0.0] * n
    for k in range(n):
        values[k] = (right[k] + sum(moves[k][j] * values[j] for j in range(k))) / scales[k]
    return values
