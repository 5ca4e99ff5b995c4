"""The year in months: plan and actual of each organisation, and where the year is heading."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data import Inputs
from nelfin.data.inputs import ANY_TRUST, SYSTEM
from nelfin.models.efficiency import efficiency
from nelfin.models.months import MONTHS, YearEnd, savings_phase, year_end
from nelfin.models.positions import split
from nelfin.models.ranges import own_shares
from nelfin.models.recovery import IN_BALANCE, cost_base
from nelfin.scenario import Scenario
from nelfin.system.drivers import RECOVERY, income_by_body
from nelfin.system.joint import Joint, handed_on
from nelfin.system.spreads import spreads

Array = npt.NDArray[np.float64]

COLUMNS = ["year", "organisation", "month", "note", "source", "measure", "value", "unit"]

DELIVERY = f"{RECOVERY}efficiency_delivery_pct"

TOLD = {"outturn": "actual", "plan": "plan"}
"""Measures of the table `positions` by month, and what they are called here."""

OWN = "worked out from the rows above"


@dataclass(frozen=True)
class Savings:
    """Savings of each body in a year, £m; shape (organisation,).

    Parameters
    ----------
    asked, expected
        What is asked, and what of it is expected to be delivered.
    """

    asked: Array
    expected: Array


def months_table(
    scenario: Scenario, inputs: Inputs, joint: Joint, draws: int = 0, seed: int = 0
) -> pd.DataFrame:
    """Return the months of each year that has some, and where a year without an outturn heads.

    A year ends at: actual so far + the rest of the plan - savings of the rest of the year that
    are not expected to be delivered.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    joint
        The joint run of them.
    draws, seed
        Draws of the delivery of savings, for the odds; 0 for none.

    Returns
    -------
    pandas.DataFrame
        `year, organisation, month, note, source, measure, value, unit`. Measures by month, £m, to
        the end of the month: `plan`, `actual`. Of month 12: `year plan`, `forecast`,
        `undelivered` (savings), `straight line` (the whole year as the months so far), and with
        draws `forecast_p10`, `forecast_p90`, `odds_of_plan` and `odds_of_balance`. `note` tells
        the paper where two differ.
    """
    rows = inputs.positions
    whole = rows[(rows["month"] == 0) & (rows["item"] == "")]
    by_month = rows[(rows["month"] > 0) & rows["measure"].isin(list(TOLD))]
    found = [
        [row["year"], row["organisation"], int(row["month"]), row["item"], row["source"],
         TOLD[row["measure"]], float(row["value_gbp_m"]), "£m"]
        for row in by_month.sort_values(["year", "organisation", "month"], kind="stable").to_dict(
            "records"
        )
    ]  # fmt: skip
    outturns = whole[(whole["measure"] == "outturn") & (whole["organisation"] == SYSTEM)]
    closed = set(outturns["year"])
    years = [year for year in scenario.years.labels() if year in set(by_month["year"]) - closed]
    spread = spreads(scenario, inputs).get(DELIVERY) if draws else None
    drawn = None
    if spread is not None:
        shares = spread.at(own_shares(DELIVERY, draws, seed))
        drawn = shares - scenario.recovery.efficiency_delivery_pct
    for year in years:
        found += _year_ends(scenario, inputs, joint, year, drawn)
    return pd.DataFrame(found, columns=COLUMNS)


def _year_ends(
    scenario: Scenario, inputs: Inputs, joint: Joint, year: str, drawn: Array | None
) -> list[list[object]]:
    names = [str(name) for name in inputs.organisations["organisation"]]
    trusts = (inputs.organisations["kind"] == "trust").to_numpy()
    rows = inputs.positions[inputs.positions["year"] == year]
    savings = savings_of(scenario, inputs, joint, year)
    phase = savings_phase(scenario.recovery.savings_by_month_5_pct)
    found: list[list[object]] = []
    for name in [*names, ANY_TRUST, SYSTEM]:
        mine = rows[(rows["organisation"] == name) & (rows["item"] == "")]
        plan = mine.loc[(mine["month"] == 0) & (mine["measure"] == "plan"), "value_gbp_m"]
        if plan.empty:
            continue
        # a group holds its bodies whole; `split` gives a body, or the bodies of a group, shares
        holds = split(name, names, trusts, np.ones(len(names))) > 0
        asked, expected = (float(part[holds].sum()) for part in (savings.asked, savings.expected))
        delivery = expected / asked if asked > 0 else 1.0
        end = year_end(mine, float(plan.iloc[0]), asked, delivery, phase)
        if end is not None:
            found += [
                [year, name, MONTHS, note, OWN, measure, value, unit]
                for measure, value, unit, note in [
                    ("year plan", end.plan, "£m", ""),
                    ("undelivered", end.undelivered, "£m", ""),
                    ("straight line", end.actual * MONTHS / end.month, "£m", ""),
                    ("forecast", end.forecast, "£m", f"from month {end.month}"),
                    *_odds(end, asked * (1 - float(phase[end.month - 1])), drawn),
                ]
            ]
    return found


def _odds(end: YearEnd, left: float, drawn: Array | None) -> list[tuple[str, float, str, str]]:
    """Return what draws of the delivery of savings make of a year's end.

    `left` is what is asked of the rest of the year, £m; `drawn` by how many points of it each draw
    departs from what is expected.
    """
    if drawn is None:
        return []
    # at best all that is still asked is delivered
    ends = end.forecast + np.minimum(left * drawn / 100, end.undelivered)
    low, high = np.quantile(ends, [0.1, 0.9])
    return [
        ("forecast_p10", float(low), "£m", ""),
        ("forecast_p90", float(high), "£m", ""),
        ("odds_of_plan", float((ends >= end.plan + IN_BALANCE).mean()), "share", ""),
        ("odds_of_balance", float((ends >= IN_BALANCE).mean()), "share", ""),
    ]


def savings_of(scenario: Scenario, inputs: Inputs, joint: Joint, year: str) -> Savings:
    """Return the savings that each organisation is asked for in a year, and what is expected.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    joint
        The joint run of them.
    year
        A year of the plan.
    """
    section, years = scenario.recovery, scenario.years.labels()
    t = years.index(year)
    income = income_by_body(scenario, inputs)
    schemes = efficiency(inputs, section, years, income.total)
    opening = joint.recovery["recovery_bridge"].sel(year=year, step="opening underlying")
    apart = handed_on(joint.activity).apart()
    before = apart[:, t - 1] if t else np.zeros(len(apart))
    cost = cost_base(income.total_before[:, t], opening.to_numpy(), before)
    named = schemes.named[:, t]
    rest = np.maximum(cost * section.efficiency_pct / 100 - named, 0.0)
    rest = np.where(schemes.whole_ask[:, t], 0.0, rest)
    delivered = schemes.recurrent[:, t] + schemes.one_off[:, t]
    return Savings(named + rest, delivered + rest * section.efficiency_delivery_pct / 100)
