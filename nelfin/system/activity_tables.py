"""Activity as tables, and the answers to what is asked of it first, gathered."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import xarray as xr

from nelfin.data import Inputs
from nelfin.errors import NoAnswerError
from nelfin.models.activity.demand import WEEKS
from nelfin.models.activity.primary import OTHERS_TOGETHER
from nelfin.scenario import Scenario
from nelfin.scenario.change import field_of
from nelfin.store.tidy import tidy_tables
from nelfin.system.activity_answers import (
    Clearing,
    at_the_plans_rate,
    to_clear_by,
    worth_of,
    worth_of_a_percent,
    worth_of_stays,
)

EXTRA = "extra_pct"


@dataclass(frozen=True)
class ClearBy:
    """What it takes that nobody waits over 18 weeks at the end of a year.

    Parameters
    ----------
    year
        The year.
    extra_pct
        Activity above the funded level in every year that activity changes, %.
    found
        Activity with so much of it.
    moved
        What that betters positions by: `organisation, kind, year, total`, £m.
    """

    year: str
    extra_pct: float
    found: xr.Dataset
    moved: pd.DataFrame


@dataclass(frozen=True)
class Answers:
    """What is asked of activity first.

    Parameters
    ----------
    cleared_week
        Activity a week above break-even that the system's own plan tells of; None if it tells none.
    clearing
        When that clears the list over 18 weeks.
    clear_by
        What clears it by a year; None if no year is asked for.
    one_percent
        What 1 % of the funded level more betters positions by: `organisation, kind, year, total`,
        £m; no row where its money is not known.
    stays
        What shorter stays are worth, from `worth_of_stays`; no row where beds have no money.
    """

    cleared_week: float | None
    clearing: list[Clearing]
    clear_by: ClearBy | None
    one_percent: pd.DataFrame
    stays: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the answers as tables by name."""
        found = {
            "clearing": pd.DataFrame(
                [[each.way, each.weeks, "" if each.on is None else each.on.isoformat()]
                 for each in self.clearing],
                columns=["way", "weeks", "on"],
            ),
            "one_percent": _tidy(self.one_percent, "1 % more planned care"),
            "shorter_stays": self.stays,
        }  # fmt: skip
        if self.clear_by is not None:
            words = f"{self.clear_by.extra_pct:.6g} % more planned care"
            found["clear_by"] = _tidy(self.clear_by.moved, words)
        return {name: table for name, table in found.items() if len(table)}


def answers_of(
    scenario: Scenario,
    inputs: Inputs,
    budgets: xr.Dataset,
    prevention: xr.Dataset,
    found: xr.Dataset,
    clear_by: str | None = None,
) -> Answers:
    """Answer what is asked of activity first.

    Parameters
    ----------
    scenario, inputs, budgets, prevention
        As for `nelfin.system.activity.activity_of`.
    found
        What that returns.
    clear_by
        Year at whose end nobody is to wait over 18 weeks; None if it is not asked.

    Raises
    ------
    InputError
        If `clear_by` is no year that activity changes, or the system has no waiting list.
    NoAnswerError
        If that year is too soon for any activity that can be worked out.
    """
    section, of = scenario.activity, (scenario, inputs, budgets, prevention)
    cleared = None if clear_by is None else _clear_by(*of, found, clear_by)
    acts = bool(found.attrs["activity_from"])
    paid = section.break_even_per_week is not None and section.price_gbp is not None
    none = pd.DataFrame(columns=["organisation", "kind", "year", "total"])
    beds = section.bed_day_gbp is not None and section.stay_medians_pct and len(inputs.beds)
    return Answers(
        section.cleared_per_week,
        at_the_plans_rate(scenario),
        cleared,
        _with_kind(worth_of_a_percent(*of), inputs) if acts and paid else none,
        worth_of_stays(*of) if acts and beds else pd.DataFrame(),
    )


def _clear_by(
    scenario: Scenario,
    inputs: Inputs,
    budgets: xr.Dataset,
    prevention: xr.Dataset,
    found: xr.Dataset,
    year: str,
) -> ClearBy:
    extra, setting = to_clear_by(found, year), field_of(scenario, f"activity.{EXTRA}")
    if not setting.least <= extra <= setting.most:
        raise NoAnswerError(
            f"Nobody over 18 weeks by the end of {year} takes activity {extra:,.0f} % above the "
            f"funded level in every year from {found.attrs['activity_from']}; what can be worked "
            f"out ends at {setting.most:g} %. Ask for a later year."
            if extra > 0
            else f"By the end of {year} nobody waits over 18 weeks even without planned care."
        )
    case, moved = worth_of(scenario, inputs, budgets, prevention, {EXTRA: extra})
    return ClearBy(year, extra, case, _with_kind(moved, inputs))


def _with_kind(moved: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    kinds = inputs.organisations.set_index("organisation")["kind"]
    frame = moved.assign(kind=moved["organisation"].map(kinds))
    return frame[["organisation", "kind", "year", "total"]]


def _tidy(moved: pd.DataFrame, words: str) -> pd.DataFrame:
    frame = moved.rename(columns={"total": "value"}).drop(columns="kind")
    frame.insert(2, "measure", f"what {words} betters the position by")
    return frame.assign(unit="£m")


def activity_tables(activity: xr.Dataset) -> dict[str, pd.DataFrame]:
    """Return activity as tidy tables by name: one value a row, with its unit.

    Parameters
    ----------
    activity
        From `nelfin.system.activity.activity_of`.
    """
    return tidy_tables(activity) | {"primary_care": primary_care_table(activity)}


def primary_care_table(activity: xr.Dataset) -> pd.DataFrame:
    """Return appointments, gaps and their costs by place: one value a row, with its unit.

    Parameters
    ----------
    activity
        From `nelfin.system.activity.activity_of`.

    Returns
    -------
    pandas.DataFrame
        `place, year, measure, value, unit`; the year is blank of what is the same in every year.
        Measures: `primary_care_appointments` and `primary_care_gap`, a week for 1,000 weighted
        people; `primary_care_gap_cost`, what closing the gap would cost; `primary_care_cost`, what
        is spent on it, of the system, with a blank place. A place without a figure of its own is
        among the others together.
    """
    rows: list[list[object]] = []
    for name in ("primary_care_appointments", "primary_care_gap", "primary_care_gap_cost"):
        own, others = activity[name], activity[f"{name}_others"]
        parts = {str(place): own.sel(place=place) for place in own["place"].to_numpy()}
        for place, array in (parts | {OTHERS_TOGETHER: others}).items():
            rows += _rows(place, name, array, own.attrs["units"])
    spent = activity["primary_care_cost"]
    rows += _rows("", str(spent.name), spent.sum("organisation"), spent.attrs["units"])
    frame = pd.DataFrame(rows, columns=["place", "year", "measure", "value", "unit"])
    return frame.dropna(subset="value").reset_index(drop=True)


def _rows(place: str, measure: str, array: xr.DataArray, unit: str) -> list[list[object]]:
    if array.ndim == 0:
        return [[place, "", measure, float(array), unit]]
    values = zip(array["year"].to_numpy(), array.to_numpy().tolist(), strict=True)
    return [[place, str(year), measure, value, unit] for year, value in values]


def week_of(people: pd.Series) -> pd.Series:
    """Return people a week of people a year.

    Parameters
    ----------
    people
        By year.
    """
    return people / WEEKS
