"""What customers say: the Net Promoter Score. Standard library only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlclv.errors import DataError, DomainError

if TYPE_CHECKING:
    from xlclv.elementwise import Numbers


def nps_score(scores: Numbers) -> float:
    """Net Promoter Score: percentage of promoters (9 and 10) minus percentage of detractors (0 to 6).

    Parameters
    ----------
    scores : sequence of float
        Answers to "how likely are you to recommend us", each within 0 and 10.

    Returns
    -------
    float
        From -100 to 100.

    Raises
    ------
    DomainError
        If a score is outside 0..10.
    DataError
        If there are no scores.

    References
    ----------
    Reichheld, F. F. (2003), The one number you need to grow, Harvard Business Review 81(12).

    Examples
    --------
    >>> nps_score([10, 9, 8, 3])
    25.0
    """
    if not len(scores):
        raise DataError("There are no scores yet.", "还没有评分。", argument="scores")
    for row, score in enumerate(scores, start=1):
        if not 0.0 <= score <= 10.0:
            raise DomainError(
                f"scores must lie between 0 and 10, not {score:g}.",
                f"评分必须在 0 到 10 之间，现在是 {score:g}。",
                argument="scores",
                row=row,
            )
    promoters = sum(score >= 9.0 for score in scores)
    detractors = sum(score <= 6.0 for score in scores)
    return 100.0 * float(promoters - detractors) / len(scores)
