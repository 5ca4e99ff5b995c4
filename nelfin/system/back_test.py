"""From what was known at the start of a year: what the model would have said, and what came."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from nelfin.data import Inputs
from nelfin.data.inputs import SYSTEM
from nelfin.models.positions import BASES
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed
from nelfin.system.draws import reported_of_draws
from nelfin.system.joint import Joint
from nelfin.years import label_of, start_of

COLUMNS = ["year", "note", "measure", "value", "unit"]

DRAWS = 500
PRESSURES = "recovery.pressures_pct"


def back_test(
    scenario: Scenario, inputs: Inputs, joint: Joint, months: pd.DataFrame
) -> pd.DataFrame:
    """Return what the model would have said of each year at its start, beside what came.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    joint
        The joint run of them: its place budgets and capital charges stand.
    months
        From `months_table`.

    Returns
    -------
    pandas.DataFrame
        `year, note, measure, value, unit`. Measures, £m: `predicted`, `predicted_p10`,
        `predicted_p90` (of 500 draws), `came`, `error` (what came less what was predicted) and
        `plan`. `note` tells what it is that came: an outturn, a forecast, or the forecast by
        months, where a year still runs or no outturn was found.

    Notes
    -----
    Known at the start of a year are the positions of the years before, support and savings as
    planned for it, published allocations and cost uplift. Pressures are the mean of what the years
    before show; savings are delivered as the scenario assumes.
    """
    years = scenario.years.labels()
    found: list[list[object]] = []
    for t, year in enumerate(years[1:], start=1):
        came, what = _what_came(inputs, months, year)
        if np.isnan(came):
            continue
        then, known = _at_start(scenario, inputs, joint, years, t)
        drawn = reported_of_draws(then, known, joint, DRAWS)[:, t]
        low, middle, high = np.quantile(drawn, [0.1, 0.5, 0.9])
        values = {
            "predicted": (float(middle), "the middle of 500 draws"),
            "predicted_p10": (float(low), ""),
            "predicted_p90": (float(high), ""),
            "came": (came, what),
            "error": (came - float(middle), ""),
            "plan": (_of_system(inputs, "plan", year), ""),
        }
        found += [
            [year, note, measure, value, "£m"]
            for measure, (value, note) in values.items()
            if not np.isnan(value)
        ]
    return pd.DataFrame(found, columns=COLUMNS)


def _of_system(inputs: Inputs, measure: str, year: str) -> float:
    rows = inputs.positions
    holds = (rows["month"] == 0) & (rows["item"] == "") & (rows["organisation"] == SYSTEM)
    values = rows.loc[holds & (rows["measure"] == measure) & (rows["year"] == year), "value_gbp_m"]
    return float(values.iloc[0]) if len(values) else float("nan")


def _what_came(inputs: Inputs, months: pd.DataFrame, year: str) -> tuple[float, str]:
    """Return the position of the system as it came, £m, and what the figure is."""
    ends = months[
        (months["year"] == year)
        & (months["organisation"] == SYSTEM)
        & (months["measure"] == "forecast")
    ]
    by_months = float(ends["value"].iloc[0]) if len(ends) else float("nan")
    for measure in BASES[:2]:
        value = _of_system(inputs, measure, year)
        if not np.isnan(value):
            return value, measure
    why = "the year still runs" if year == months["year"].max() else "no outturn was found"
    return by_months, f"{why}: the forecast {ends['note'].iloc[0]}" if len(ends) else ""


def _at_start(
    scenario: Scenario, inputs: Inputs, joint: Joint, years: list[str], t: int
) -> tuple[Scenario, Inputs]:
    """Return the scenario and its tables as they stood at the start of a year."""
    year, section = years[t], scenario.recovery
    positions = inputs.positions
    ahead = positions["measure"].isin(["deficit_support", "savings_plan"]) & (
        positions["year"] == year
    )
    schemes = inputs.efficiency_schemes[inputs.efficiency_schemes["year"] <= year]
    later = schemes["year"] == year
    known = replace(
        inputs,
        positions=positions[(positions["year"] < year) | ahead].reset_index(drop=True),
        efficiency_schemes=schemes.assign(
            delivery_pct=schemes["delivery_pct"].mask(later, section.efficiency_delivery_pct)
        ),
        pressures=inputs.pressures[inputs.pressures["year"] < year].reset_index(drop=True),
    )
    record = float(joint.recovery["pressures_pct"].sel(year=years[:t]).mean())
    return changed(scenario, {PRESSURES: record} | _activity(scenario, joint)), known


def _activity(scenario: Scenario, joint: Joint) -> dict[str, str]:
    """Return the years in which activity changes, as the run has them: not one more is open."""
    first = str(joint.activity.attrs["activity_from"])
    by = scenario.activity.by_year
    if not first:
        first = label_of(start_of(scenario.years.last) + 1)
    return {"activity.from_year": first, "activity.by_year": max(by, first) if by else ""}
