"""Questions of planned care: what clears the list, what more of it earns, what beds are worth.

Each is worked out by changing settings and looking at what that moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.data import Inputs
from nelfin.errors import InputError
from nelfin.models.activity.demand import WEEKS
from nelfin.models.activity.waiting import STANDARD_WEEKS, weeks_to_clear
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.system.activity import activity_of

Array = npt.NDArray[np.float64]

SECTION = "activity."


@dataclass(frozen=True)
class Clearing:
    """When nobody waits over 18 weeks any more.

    Parameters
    ----------
    way
        How it is counted, in words.
    weeks
        From the day of the list; infinite for never.
    on
        That day, and None where it is never or the day of the list is not known.
    """

    way: str
    weeks: float
    on: date | None


def at_the_plans_rate(scenario: Scenario) -> list[Clearing]:
    """Return when the rate that the system's own plan tells of clears the list over 18 weeks.

    Parameters
    ----------
    scenario
        With `waiting_list, break_even_per_week` and `cleared_per_week`; none else.

    Returns
    -------
    list of Clearing
        As the plan counts, and with those who join in 18 weeks growing with demand.
    """
    section = scenario.activity
    waiting, week, cleared = (
        section.waiting_list, section.break_even_per_week, section.cleared_per_week,
    )  # fmt: skip
    if waiting is None or week is None or cleared is None:
        return []
    start = date.fromisoformat(section.waiting_list_on) if section.waiting_list_on else None
    ways = {
        "as the plan counts: those over 18 weeks at the start, as many fewer each week": 0.0,
        "with those who join in 18 weeks growing with demand": (
            scenario.recovery.demand_planned_pct / 100
        ),
    }
    found = []
    for way, growth in ways.items():
        weeks = weeks_to_clear(waiting, week, cleared, growth)
        on = None if start is None or not np.isfinite(weeks) else start + timedelta(weeks=weeks)
        found.append(Clearing(way, weeks, on))
    return found


def to_clear_by(found: xr.Dataset, year: str) -> float:
    """Return the activity above the funded level that leaves nobody over 18 weeks by a year's end.

    Parameters
    ----------
    found
        From `nelfin.system.activity.activity_of`.
    year
        The last year, of the plan and not before the first that activity changes.

    Returns
    -------
    float
        % of the funded level, the same in every year from the first that activity changes, in place
        of `activity.extra_pct`; negative where less than the funded level would do.

    Raises
    ------
    InputError
        If the system has no waiting list, or the year is not one that activity changes.
    """
    years = [str(label) for label in found["year"].values]
    first = str(found.attrs["activity_from"])
    if np.isnan(found["activity_list"].to_numpy()).any():
        raise InputError.one(
            f"--clear-by {year}",
            "cannot be worked out: the system's waiting list is not given.",
            "Give activity.waiting_list and activity.break_even_per_week.",
        )
    if year not in years or not first or year < first:
        last = f"{first} to {years[-1]}" if first else "none: every year is known"
        raise InputError.one(
            f"--clear-by {year}",
            f"is no year to ask for: activity changes in the years {last}.",
            "Give one of them.",
        )
    end = years.index(year)
    acts = slice(years.index(first), end + 1)
    other = (found["activity_funded"] + found["activity_filled"]).sum("organisation").to_numpy()
    still = found["activity_break_even_week"].to_numpy() * WEEKS
    # the list without anything above the funded level, whoever is left to treat
    start = float(found["activity_list_start"][acts.start])
    left = start + float((still - other)[acts].sum())
    funded = found["activity_funded"].sum("organisation").to_numpy()
    over = left - STANDARD_WEEKS * float(still[end]) / WEEKS
    return 100 * over / float(funded[acts].sum())


def worth_of(
    scenario: Scenario,
    inputs: Inputs,
    budgets: xr.Dataset,
    prevention: xr.Dataset,
    settings: Mapping[str, Any],
) -> tuple[xr.Dataset, pd.DataFrame]:
    """Return activity with some settings changed, and what that moves.

    Parameters
    ----------
    scenario, inputs, budgets, prevention
        As for `nelfin.system.activity.activity_of`.
    settings
        Of the section `activity`, by name.

    Returns
    -------
    found : xarray.Dataset
        Of the changed scenario.
    moved : pandas.DataFrame
        `organisation, year, planned_and_urgent, beds, primary_care, total`: what it betters
        positions by, £m.
    """
    case = changed(scenario, {f"{SECTION}{name}": value for name, value in settings.items()})
    before = activity_of(scenario, inputs, budgets, prevention)
    found = activity_of(case, inputs, budgets, prevention)
    moved = pd.DataFrame(
        {
            name: sign * (found[level] - before[level]).to_series()
            for name, level, sign in (
                ("planned_and_urgent", "activity_margin", 1),
                ("beds", "beds_cash", 1),
                ("primary_care", "primary_care_cost", -1),
            )
        }
    )
    return found, moved.assign(total=moved.sum(axis=1)).reset_index()


def worth_of_a_percent(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset, prevention: xr.Dataset
) -> pd.DataFrame:
    """Return what 1 % of the funded level more of planned activity earns or loses.

    Parameters
    ----------
    scenario, inputs, budgets, prevention
        As for `nelfin.system.activity.activity_of`.

    Returns
    -------
    pandas.DataFrame
        `organisation, year, total`, £m, on top of what the scenario does already.
    """
    more = {"extra_pct": scenario.activity.extra_pct + 1}
    _, moved = worth_of(scenario, inputs, budgets, prevention, more)
    return moved[["organisation", "year", "total"]]


def worth_of_stays(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset, prevention: xr.Dataset
) -> pd.DataFrame:
    """Return what planned stays as short as another area's median are worth, closed and filled.

    Parameters
    ----------
    scenario, inputs, budgets, prevention
        As for `nelfin.system.activity.activity_of`.

    Returns
    -------
    pandas.DataFrame
        `area, saved_pct, use, year, beds_freed, beds_used, cost_of_beds_gbp_m, unpaid_gbp_m,
        trusts_gbp_m, system_gbp_m`:
        the beds, those of them that are closed or filled, what all of them cost, the worth of what
        passes the payment limit, and what trusts and the system gain, £m a year. Shorter stays by
        themselves: no other bed is freed.
    """
    rows = []
    trusts = set(inputs.organisations.loc[inputs.organisations["kind"] == "trust", "organisation"])
    for area, saved in scenario.activity.stay_medians_pct.items():
        for use, shares in (("closed", (100.0, 0.0)), ("filled", (0.0, 100.0))):
            alone = {
                "beds_closed_pct": shares[0], "beds_filled_pct": shares[1],
                "stay_saved_pct": 0.0, "fit_to_leave_freed_pct": 0.0, "avoided_bed_share_pct": 0.0,
            }  # fmt: skip
            without = changed(
                scenario, {f"{SECTION}{name}": value for name, value in alone.items()}
            )
            found, moved = worth_of(
                without, inputs, budgets, prevention, {"stay_saved_pct": float(saved)}
            )
            of_lever = found["beds_use"].isel(lever=0).sum("organisation")
            own = moved[moved["organisation"].isin(trusts)].groupby("year")["total"].sum()
            every = moved.groupby("year")["total"].sum()
            cost, unpaid = (
                found[name].sum("organisation") for name in ("beds_cost", "activity_unpaid")
            )
            rows += [
                {
                    "area": area,
                    "saved_pct": float(saved),
                    "use": use,
                    "year": year,
                    "beds_freed": float(of_lever.sel(year=year).sum()),
                    "beds_used": float(of_lever.sel(year=year, use=use)),
                    "cost_of_beds_gbp_m": float(cost.sel(year=year)),
                    "unpaid_gbp_m": float(unpaid.sel(year=year)),
                    "trusts_gbp_m": float(own[year]),
                    "system_gbp_m": float(every[year]),
                }
                for year in map(str, found["year"].values)
            ]
    return pd.DataFrame(rows)
