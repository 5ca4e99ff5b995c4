"""The spend of capital schemes: the numbered columns of the project table, read by their number."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd


def spend_columns(projects: pd.DataFrame) -> list[str]:
    """Return the spend columns of a project table by their number, in whatever order they stand.

    Parameters
    ----------
    projects
        A project table: a row a scheme or an option of one.

    Returns
    -------
    list of str
        Such as `spend_1, spend_2, spend_3`.

    Examples
    --------
    >>> spend_columns(pd.DataFrame(columns=["spend_10", "spend_gbp_m", "spend_9"]))
    ['spend_9', 'spend_10']
    """
    return numbered(projects.columns, "spend_")


def numbered(headings: Iterable[object], beginning: str) -> list[str]:
    """Return the columns of a family by their number, in whatever order they stand.

    Parameters
    ----------
    headings
        Of a table.
    beginning
        How the columns begin; a number ends them.

    Examples
    --------
    >>> numbered(["cost_10", "cost_gbp_m", "cost_9"], "cost_")
    ['cost_9', 'cost_10']
    """
    family = re.compile(re.escape(beginning) + r"[1-9]\d?", re.ASCII)
    names = [str(name) for name in headings if family.fullmatch(str(name))]
    return sorted(names, key=lambda name: int(name.removeprefix(beginning)))


def spend_profile(projects: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return what each scheme spends, year by year after its start.

    Parameters
    ----------
    projects
        A project table; the spend columns may stand in any order.

    Returns
    -------
    numpy.ndarray
        £m, base-year prices; shape (scheme, year after the start), in the order of the rows. A
        blank is 0.
    """
    columns = [projects[name].to_numpy(dtype=float) for name in spend_columns(projects)]
    spend = np.array(columns).reshape(len(columns), len(projects)).T
    return np.where(np.isnan(spend), 0.0, spend)


def use_columns(headings: Iterable[object], beginning: str = "use_") -> dict[str, dict[int, str]]:
    """Return the columns of what schemes use of other resources.

    Parameters
    ----------
    headings
        Of a project table.
    beginning
        How the columns begin; the resource and a number follow.

    Returns
    -------
    dict
        By resource, then by year of use: 0 is the year of the start.

    Examples
    --------
    >>> use_columns(["name", "use_staff_2", "use_staff_1", "use_site_rent_1"])
    {'staff': {1: 'use_staff_2', 0: 'use_staff_1'}, 'site_rent': {0: 'use_site_rent_1'}}
    """
    family = re.compile(re.escape(beginning) + r".+_[1-9]\d?")
    found: dict[str, dict[int, str]] = {}
    for name in map(str, headings):
        if family.fullmatch(name):
            resource, _, number = name.removeprefix(beginning).rpartition("_")
            found.setdefault(resource, {})[int(number) - 1] = name
    return found
