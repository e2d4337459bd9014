"""Groups of customers alike: k-means on standardised features."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlclv.domain import whole
from xlclv.errors import DataError, DomainError, InputError
from xlclv.vectors import FloatArray, IntArray

#: Rows of customers, a column for each feature.
Features: TypeAlias = "pd.DataFrame | npt.ArrayLike"

#: How often the search starts anew; the best result counts.
_STARTS: Final = 20
#: Steps of one search; few need as many.
_STEPS: Final = 300
#: With more rows than this the starts are tried on as many drawn among them, and the best goes on with all rows for
#: as many steps as change anything a reader would see.
_SAMPLE: Final = 10_000
_STEPS_OF_ALL: Final = 30
#: Largest seed scikit-learn takes.
_SEEDS: Final = 2.0**32 - 1
#: Customers that differ by less than this many decimals of a standard deviation are alike.
_DECIMALS: Final = 6
#: A column whose values differ by less than this, relative to the largest, is constant but for rounding.
_CONSTANT: Final = 1e-12


class Clusters(NamedTuple):
    """Customers in clusters, numbered from 1 by the mean of the first feature."""

    #: The cluster of each row.
    labels: IntArray
    #: A row for each cluster: ``size``, ``share`` of all rows, and the mean of each feature in its own unit.
    profiles: pd.DataFrame
    #: Sum of squared distances to the means of the clusters, in standard deviations.
    inertia: float


def segment_cluster(features: Features, clusters: float, seed: float = 0) -> Clusters:
    """Sort customers into clusters by k-means on standardised features.

    Each feature is centred and divided by its standard deviation, so that none counts more for its unit; one that is
    the same for all does not count. The search is scikit-learn's ``KMeans``: Lloyd's from the starts of k-means++,
    repeated from 20 starts, and the result with the least sum of squares is taken. It runs in one thread on sorted
    rows: the same data give the same clusters on every machine and in any order. With more than 10,000 rows the starts
    are tried on as many drawn among them.

    Parameters
    ----------
    features : DataFrame or array, shape (n, p)
        Numbers, none missing.
    clusters : int
        How many clusters, from 1 to the number of different rows.
    seed : int, default 0
        Start of the random numbers, from 0 to 4294967295; another seed may find another result where clusters are not
        distinct.

    Returns
    -------
    Clusters

    Raises
    ------
    InputError
        If a feature is missing or infinite.
    DomainError
        If ``clusters`` is no whole number from 1 on or more than there are different rows (that differ by a millionth
        of a standard deviation or more), or ``seed`` no whole number from 0 to 4294967295.
    DataError
        If there are no rows.

    References
    ----------
    Arthur, D. & Vassilvitskii, S. (2007), k-means++: the advantages of careful seeding, Proceedings of SODA 18.
    Pedregosa, F. et al. (2011), Scikit-learn: machine learning in Python, Journal of Machine Learning Research 12.

    Examples
    --------
    >>> found = segment_cluster([[90, 2], [10, 30], [80, 1], [12, 28]], 2)
    >>> found.labels.tolist(), found.profiles["size"].tolist(), found.profiles[1].tolist()
    ([2, 1, 2, 1], [2, 2], [29.0, 1.5])
    """
    names: list[Any] = list(features.columns) if isinstance(features, pd.DataFrame) else []
    table = np.array(features, dtype=np.float64, ndmin=2)
    if not table.size:
        raise DataError("There are no customers to sort.", "没有可供聚类的客户。", argument="features")
    if not np.isfinite(table).all():
        raise InputError(
            "A feature is missing or infinite; fill it or leave the customer out.",
            "特征有缺失或无穷大；请填写或剔除该客户。",
            argument="features",
            row=1 + int(np.argmin(np.isfinite(table).all(axis=1))),
        )
    count = whole(clusters, "clusters", 1.0)
    start = whole(seed, "seed", 0.0, _SEEDS)
    # Sorted, for the starts are drawn by place.
    order = np.lexsort(table.T[::-1])
    table = table[order]
    points = standardised(table)
    distinct = len(np.unique(points.round(_DECIMALS), axis=0))
    if count > distinct:
        raise DomainError(
            f"There are {count} clusters but only {distinct} different customers; ask for fewer clusters.",
            f"要求 {count} 个聚类，但只有 {distinct} 种不同的客户；请减少聚类数。",
            argument="clusters",
        )
    labels, inertia = _best(points, count, start)
    means = np.array([table[labels == k].mean(axis=0) for k in range(count)])
    place = np.lexsort(means.T[::-1])
    rank = np.empty(count, dtype=np.int64)
    rank[place] = np.arange(1, count + 1)
    sizes = np.bincount(labels, minlength=count)[place]
    profiles = pd.DataFrame({"size": sizes, "share": sizes / len(table)}, index=pd.RangeIndex(1, count + 1))
    columns = pd.DataFrame(means[place], index=profiles.index, columns=names or range(table.shape[1]))
    numbers = np.empty(len(table), dtype=np.int64)
    numbers[order] = rank[labels]
    return Clusters(numbers, pd.concat([profiles, columns], axis=1), inertia)


def standardised(table: FloatArray) -> FloatArray:
    """Return columns with mean 0 and standard deviation 1; constant ones become 0.

    Parameters
    ----------
    table : float array, shape (n, p)
        Finite numbers of any size.

    Returns
    -------
    float array, shape (n, p)

    Examples
    --------
    >>> standardised(np.array([[1.0, 7.0], [3.0, 7.0]])).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    # Halved, for the sum of two of the largest numbers is none.
    low, high = table.min(axis=0) / 2, table.max(axis=0) / 2
    spread, size = high - low, np.maximum(np.abs(low), np.abs(high))
    varies = spread > _CONSTANT * size
    unit = (table / 2 - low) / np.where(varies, spread, 1.0)
    centred = np.where(varies, unit - unit.mean(axis=0), 0.0)
    deviation = np.sqrt((centred**2).mean(axis=0))
    scaled: FloatArray = centred / np.where(varies, deviation, 1.0)
    return scaled


def _best(points: FloatArray, count: int, seed: int) -> tuple[IntArray, float]:
    """Return the labels of the best of many searches, and its sum of squares."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    sample = points
    if len(points) > _SAMPLE:
        drawn = np.random.default_rng(seed).choice(len(points), _SAMPLE, replace=False)
        if len(np.unique(points[drawn].round(_DECIMALS), axis=0)) >= count:
            sample = points[np.sort(drawn)]
    # One thread, for sums differ by rounding with the number of threads.
    with threadpool_limits(1):
        found = KMeans(count, n_init=_STARTS, max_iter=_STEPS, tol=0.0, random_state=seed).fit(sample)
        if sample is not points:
            means = found.cluster_centers_
            found = KMeans(count, init=means, n_init=1, max_iter=_STEPS_OF_ALL, tol=0.0).fit(points)
    return found.labels_.astype(np.int64), float(found.inertia_)
