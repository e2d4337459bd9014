"""The Kaplan-Meier curve.

Published data: the remission times of Freireich et al. (1963), the 6-MP group of 21 patients, as worked through in
Kalbfleisch and Prentice (2002) and most textbooks. Second opinion: statsmodels.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from xlclv import kaplan_meier
from xlclv.errors import DataError, DomainError, InputError

REMISSION = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]

Z95 = 1.959963984540054


def test_remission_times() -> None:
    frame = kaplan_meier(REMISSION, RELAPSED)
    assert frame.columns.tolist() == ["time", "at_risk", "churned", "survival", "lower", "upper"]
    events = frame[frame["churned"] > 0]
    assert events["time"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert events["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert events["churned"].tolist() == [3, 1, 1, 1, 1, 1, 1]
    assert events["survival"].tolist() == pytest.approx(
        [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5
    )
    # Log-log limits as R's survfit(conf.type = "log-log") gives them.
    assert events["lower"].tolist() == pytest.approx([0.6197, 0.5631, 0.5032, 0.4316, 0.3675, 0.2678, 0.1881], abs=6e-5)
    assert events["upper"].tolist() == pytest.approx([0.9516, 0.9228, 0.8894, 0.8491, 0.8049, 0.7468, 0.6801], abs=6e-5)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_other_data_agree_with_statsmodels(seed: int, level: float) -> None:
    """Ties, times of no churn, times in fractions; survival and Greenwood's errors."""
    rng = np.random.default_rng(seed)
    times = rng.integers(1, 30, 400) / (1 if seed % 2 else 7)
    churned = rng.random(400) < 0.3
    frame = kaplan_meier(times, churned, level)
    assert frame["time"].tolist() == [0, *np.unique(times)]
    assert frame["at_risk"].tolist() == [400, *((times >= time).sum() for time in np.unique(times))]
    theirs = SurvfuncRight(times, churned)
    ours = frame[frame["churned"] > 0]
    assert ours["time"].tolist() == theirs.surv_times.tolist()
    assert ours["at_risk"].tolist() == theirs.n_risk.tolist()
    assert ours["survival"].to_numpy() == pytest.approx(theirs.surv_prob, rel=1e-13)
    inside = (theirs.surv_prob > 0) & (theirs.surv_prob < 1)
    survival, error = theirs.surv_prob[inside], theirs.surv_prob_se[inside]
    z = {0.5: 0.6744897501960817, 0.95: Z95, 0.999: 3.2905267314919255}[level]
    width = z * error / (survival * np.log(survival))
    assert ours["lower"].to_numpy()[inside] == pytest.approx(survival ** np.exp(-width), rel=1e-12)
    assert ours["upper"].to_numpy()[inside] == pytest.approx(survival ** np.exp(width), rel=1e-12)


def test_subscribers_agree_with_statsmodels(real_data: Path) -> None:
    rows = pd.read_csv(real_data / "ibm_telco" / "Telco-Customer-Churn.csv")
    churned = rows["Churn"] == "Yes"
    frame = kaplan_meier(rows["tenure"], churned)
    assert (frame["at_risk"].iloc[0], frame["churned"].sum()) == (7043, churned.sum())
    theirs = SurvfuncRight(rows["tenure"], churned)
    ours = frame[frame["churned"] > 0]
    assert ours["survival"].to_numpy() == pytest.approx(theirs.surv_prob, rel=1e-12)
    assert len(frame) == 73


def test_there_are_no_limits_where_nobody_or_everybody_has_churned() -> None:
    frame = kaplan_meier([1, 2, 2], [False, True, True])
    assert frame["survival"].tolist() == [1, 1, 0]
    assert frame[["lower", "upper"]].isna().all(axis=None)
    assert kaplan_meier([3, 4], [0, 0])["survival"].tolist() == [1, 1, 1]


def test_who_is_censored_when_others_churn_is_at_risk() -> None:
    assert kaplan_meier([5, 5], [True, False])["survival"].tolist() == [1, 0.5]


def test_churn_at_time_zero() -> None:
    frame = kaplan_meier([0, 0, 2], [True, False, True])
    assert frame["time"].tolist() == [0, 2]
    assert frame["survival"].tolist() == pytest.approx([2 / 3, 0])


def test_without_censoring_survival_is_the_share_left() -> None:
    times = np.random.default_rng(3).integers(1, 40, 1000)
    frame = kaplan_meier(times, np.ones(1000, dtype=bool))
    assert frame["survival"].tolist() == pytest.approx([(times > t).mean() for t in frame["time"]], abs=1e-14)


@given(
    st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=60),
    st.floats(0.0, 1.0, exclude_min=True, exclude_max=True),
)
def test_limits_enclose_a_curve_that_never_rises(customers: list[tuple[int, bool]], level: float) -> None:
    frame = kaplan_meier([time for time, _ in customers], [gone for _, gone in customers], level)
    survival = frame["survival"].to_numpy()
    assert (np.diff(survival) <= 0).all()
    known = frame.dropna()
    assert (known["lower"] >= 0).all()
    assert (known["upper"] <= 1).all()
    assert (known["lower"] <= known["survival"] * (1 + 1e-12)).all()
    assert (known["survival"] <= known["upper"] * (1 + 1e-12)).all()
    assert len(known) == ((survival > 0) & (survival < 1)).sum()


def test_kinds_of_truth() -> None:
    expected = kaplan_meier([1, 2, 3], [True, False, True])
    for churned in ([1, 0, 1], [1.0, 0.0, 1.0], np.array([1, 0, 1]), pd.Series([True, False, True], dtype=object)):
        pd.testing.assert_frame_equal(kaplan_meier(pd.Series([1, 2, 3]), churned), expected)


BAD = [
    (([1, -2], [1, 1]), DomainError, "durations", 2, "0 or more"),
    (([1, np.nan], [1, 1]), InputError, "durations", 2, "finite"),
    (([1, np.inf], [1, 1]), InputError, "durations", 2, "finite"),
    (([1, "x"], [1, 1]), InputError, "durations", None, "numbers"),
    (([[1, 2]], [1, 1]), InputError, "durations", None, "one column"),
    (([1, 2], [1, 2]), InputError, "churned", 2, "TRUE or 1"),
    (([1, 2], [1, np.nan]), InputError, "churned", 2, "TRUE or 1"),
    (([1, 2], [1, None]), InputError, "churned", 2, "TRUE or 1"),
    (([1, 2], [1, "Yes"]), InputError, "churned", 1, "TRUE or 1"),
    (([1, 2], np.array([1, "Yes"], dtype=object)), InputError, "churned", 2, "TRUE or 1"),
    (([1, 2], [[1, 0]]), InputError, "churned", None, "one column"),
    (([1, 2], [1]), InputError, "churned", None, "durations has 2 rows but churned has 1"),
    (([1, 2], [1, 0], 0), DomainError, "level", None, "between 0 and 1"),
    (([1, 2], [1, 0], 1), DomainError, "level", None, "between 0 and 1"),
    (([1, 2], [1, 0], 95), DomainError, "level", None, "between 0 and 1"),
    (([1, 2], [1, 0], np.nan), InputError, "level", None, "finite"),
    (([], []), DataError, "durations", None, "no customers"),
]


@pytest.mark.parametrize(("arguments", "error", "argument", "row", "sentence"), BAD)
def test_bad_input(arguments: tuple, error: type[Exception], argument: str, row: int | None, sentence: str) -> None:
    with pytest.raises(error, match=sentence) as caught:
        kaplan_meier(*arguments)
    assert (caught.value.argument, caught.value.row) == (argument, row)
    assert any("一" <= letter <= "鿿" for letter in caught.value.text.zh)
