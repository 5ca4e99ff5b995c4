"""Positions that are known: reported by body and year, and what of them is one-off.

A year is known where an outturn of the whole system stands (of the system, of every body, or of
the trusts and the ICB), else a forecast, else, up to the year that the scenario names, a plan.
Within a year all bodies stand on one basis: an outturn of one body does not mix with the plans of
the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data import lines_of
from nelfin.data.inputs import ANY_TRUST, SYSTEM
from nelfin.errors import InputError

Array = npt.NDArray[np.float64]

BASES = ("outturn", "forecast", "plan")
"""Measures that a reported position may stand on, the firmest first."""

ROUNDING = 0.1
"""£m by which published positions of bodies may miss that of the system."""


@dataclass(frozen=True)
class Known:
    """What is known of positions, by organisation and year.

    Parameters
    ----------
    reported
        Reported positions, £m, NaN in a year that is open; shape (organisation, year).
    shared
        Whether a position is a share of a total that is known for several bodies together.
        Same shape.
    basis
        By year: `outturn`, `forecast`, `plan`, or "" in a year that is open.
    one_off, support
        Named one-offs and deficit support inside the reported positions, £m. Same shape.
    """

    reported: Array
    shared: npt.NDArray[np.bool_]
    basis: list[str]
    one_off: Array
    support: Array


def known_positions(
    positions: pd.DataFrame,
    organisations: pd.DataFrame,
    years: list[str],
    weights: Array,
    planned_to: str = "",
    called: str = "positions",
) -> Known:
    """Return the positions that are known, body by body.

    Parameters
    ----------
    positions
        The table `positions`: rows of the whole year (month 0) count.
    organisations
        The table `organisations`, with `organisation` and `kind`.
    years
        Years of the plan.
    weights
        Income of the bodies, £m; shape (organisation, year). What is only known for several
        bodies together is shared by it.
    planned_to
        Last year that counts as known by its plan; "" for none.
    called
        What to call the table in errors.

    Raises
    ------
    InputError
        If the positions of a year do not add up.
    """
    names = [str(name) for name in organisations["organisation"]]
    trusts = (organisations["kind"] == "trust").to_numpy()
    by_year: dict[tuple[str, str], dict[str, float]] = {}
    for name, year, month, measure, item, value in lines_of(
        positions, "organisation", "year", "month", "measure", "item", "value_gbp_m"
    ):
        if month == 0 and item == "":
            by_year.setdefault((year, measure), {})[name] = float(value)
    size = (len(names), len(years))
    reported, shared = np.full(size, np.nan), np.zeros(size, dtype=bool)
    basis = []
    for t, year in enumerate(years):
        found = ""
        for measure in BASES:
            if measure == "plan" and not year <= planned_to:
                continue
            given = by_year.get((year, measure), {})
            told = {*given, *(np.array(names)[trusts] if ANY_TRUST in given else ())}
            if SYSTEM in given or set(names) <= told:
                found = measure
                where = f"{called}, {measure} of {year}"
                reported[:, t], shared[:, t] = _by_body(given, names, trusts, weights[:, t], where)
                break
        basis.append(found)
    one_off = _summed(positions, "one_off", names, trusts, years, weights)
    support = _summed(positions, "deficit_support", names, trusts, years, weights)
    return Known(reported, shared, basis, one_off, support)


def system_plans(positions: pd.DataFrame, years: list[str]) -> Array:
    """Return what the system planned to report in each year, £m; NaN where no plan is given.

    Parameters
    ----------
    positions
        The table `positions`.
    years
        Years of the plan.
    """
    rows = positions[(positions["month"] == 0) & (positions["item"] == "")]
    rows = rows[(rows["measure"] == "plan") & (rows["organisation"] == SYSTEM)]
    planned = dict(zip(rows["year"], rows["value_gbp_m"].astype(float), strict=True))
    return np.array([planned.get(year, np.nan) for year in years])


def _by_body(
    given: dict[str, float],
    names: list[str],
    trusts: npt.NDArray[np.bool_],
    weights: Array,
    where: str,
) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Return the position of each body, and whether it is a share of what several have."""
    found = np.array([given.get(name, np.nan) for name in names])
    missing = np.isnan(found)
    if ANY_TRUST in given and (missing & trusts).any():
        _share(found, missing & trusts, given[ANY_TRUST] - np.nansum(found[trusts]), weights)
    if SYSTEM in given and np.isnan(found).any():
        _share(found, np.isnan(found), given[SYSTEM] - np.nansum(found), weights)
    for group, holds in ((SYSTEM, np.ones_like(trusts)), (ANY_TRUST, trusts)):
        total = float(found[holds].sum())
        if group in given and abs(total - given[group]) > ROUNDING:
            raise InputError.one(
                where,
                f"gives the bodies {total:,.1f} together, but {group} {given[group]:,.1f}.",
                "Correct one of them: they must add up to £0.1m.",
            )
    return found, missing


def _share(found: Array, holds: npt.NDArray[np.bool_], total: float, weights: Array) -> None:
    found[holds] = total * weights[holds] / weights[holds].sum()


def _summed(
    positions: pd.DataFrame,
    measure: str,
    names: list[str],
    trusts: npt.NDArray[np.bool_],
    years: list[str],
    weights: Array,
) -> Array:
    """Return the sum of the rows of a measure by body and year; those of groups are shared."""
    total = np.zeros((len(names), len(years)))
    for name, year, month, of, value in lines_of(
        positions, "organisation", "year", "month", "measure", "value_gbp_m"
    ):
        if of == measure and month == 0 and year in years:
            t = years.index(year)
            total[:, t] += float(value) * split(str(name), names, trusts, weights[:, t])
    return total


def split(name: str, names: list[str], trusts: npt.NDArray[np.bool_], weights: Array) -> Array:
    """Return each body's share of what one body, all trusts or the system have.

    Parameters
    ----------
    name
        An organisation, `trusts` or `system`.
    names, trusts, weights
        Of the bodies: names, whether each is a trust, and what to share by; shape (organisation,).
    """
    if name == SYSTEM:
        return np.asarray(weights / weights.sum())
    if name == ANY_TRUST:
        return np.asarray(np.where(trusts, weights, 0.0) / weights[trusts].sum())
    return np.array([float(name == other) for other in names])
