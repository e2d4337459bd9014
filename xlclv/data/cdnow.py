"""The CDNOW order log of Fader & Hardie, as the lifetimes package carries it.

69,659 orders of 23,570 customers who first bought in the first quarter of 1997, followed to June 1998; and the sample
of one in ten on which the models of this field are compared.
"""

from __future__ import annotations

import importlib.util
import io
from importlib import resources
from typing import Final

import pandas as pd

from xlclv.errors import FileError

_MASTER_COLUMNS: Final = ("customer", "date", "cds", "amount")
_SAMPLE_COLUMNS: Final = ("master_customer", *_MASTER_COLUMNS)


def _package_text(name: str) -> str:
    # Importing lifetimes takes over a second and warns on current pandas; its files can be had without.
    spec = importlib.util.find_spec("lifetimes")
    if spec is None:
        raise FileError(
            "The CDNOW data is part of the package lifetimes, which is not installed; run pip install lifetimes.",
            "CDNOW 数据随 lifetimes 包提供，但该包未安装；请运行 pip install lifetimes。",
        )
    package = importlib.util.module_from_spec(spec)
    return (resources.files(package) / "datasets" / name).read_text(encoding="utf-8")


def _orders(name: str, columns: tuple[str, ...], header_lines: int) -> pd.DataFrame:
    log = pd.read_csv(
        io.StringIO(_package_text(name)),
        sep=r"\s+",
        header=None,
        names=list(columns),
        skiprows=header_lines,
        dtype={"date": str},
    )
    log["date"] = pd.to_datetime(log["date"], format="%Y%m%d").astype("datetime64[s]")
    return log


def cdnow_orders() -> pd.DataFrame:
    """Return all orders of CDNOW.

    Returns
    -------
    DataFrame
        ``customer``, ``date``, ``cds`` (number of CDs), ``amount`` (dollars).

    Raises
    ------
    FileError
        If the lifetimes package is not installed.

    Examples
    --------
    >>> log = cdnow_orders()
    >>> len(log), log["customer"].nunique(), round(log["amount"].sum(), 2)
    (69659, 23570, np.float64(2500315.63))
    """
    return _orders("CDNOW_master.txt", _MASTER_COLUMNS, 1)


def cdnow_sample() -> pd.DataFrame:
    """Return the orders of the one-in-ten sample of CDNOW.

    Returns
    -------
    DataFrame
        ``master_customer`` (number in the whole log), ``customer`` (1 to 2357), ``date``, ``cds``, ``amount``.

    Raises
    ------
    FileError
        If the lifetimes package is not installed.

    Examples
    --------
    >>> log = cdnow_sample()
    >>> len(log), log["customer"].nunique()
    (6919, 2357)
    """
    return _orders("CDNOW_sample.txt", _SAMPLE_COLUMNS, 0)
