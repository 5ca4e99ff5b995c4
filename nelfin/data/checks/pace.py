"""Checks of pace of change: rules, and least and most growth."""

from __future__ import annotations

import pandas as pd

from nelfin.data.checks.fit import Fit
from nelfin.data.specs import RULE_NEEDS


def pace_rules(fit: Fit) -> None:
    """Find pace rules without their parameters, without one answer, or twice.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    seen: dict[tuple[str, str], object] = {}
    for row, line in fit.inputs.pace_rules.iterrows():
        form = line["form"]
        if not RULE_NEEDS[form]:
            continue
        for column in RULE_NEEDS[form]:
            if pd.isna(line[column]):
                fit.problems.add(
                    fit.at("pace_rules", row, column),
                    f"is empty, but a rule of the form {form} needs it.",
                    "Fill it in.",
                )
        cap = max(line["over_cap_pct"], line["under_cap_pct"])
        if form == "clipped" and line["under_slope"] + 2 * cap / 100 >= 1:
            fit.problems.add(
                fit.at("pace_rules", row, "under_slope"),
                f"is {line['under_slope']:g} beside a cap of {cap:g} %: such a rule need not "
                "have one growth at which budgets add up.",
                "Keep the slope and twice the cap together below 1.",
            )
        if form == "floors" and line["none_from_dft_pct"] <= line["full_to_dft_pct"]:
            fit.problems.add(
                fit.at("pace_rules", row, "none_from_dft_pct"),
                f"is {line['none_from_dft_pct']:g}, not above full_to_dft_pct, "
                f"{line['full_to_dft_pct']:g}.",
                "Give a higher one: least growth tapers between them.",
            )
        key = (str(line["stream"]), str(line["year"]))
        if line["stream"] and line["year"] and key in seen:
            fit.problems.add(
                fit.at("pace_rules", row, "year"),
                f"{key[0]} in {key[1]} has a rule in row {seen[key]} already.",
                "Keep one rule for a stream and year, or leave the year out.",
            )
        seen.setdefault(key, row)


def growth_bounds(fit: Fit) -> None:
    """Find bounds of places and streams that are not there, and bounds upside down.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every problem found.
    """
    fit.unknown("growth_bounds", "place", fit.inputs.places(), set())
    fit.unknown("growth_bounds", "stream", list(fit.scenario.allocation.streams), set())
    for row, line in fit.inputs.growth_bounds.iterrows():
        if line["min_growth_pct"] > line["max_growth_pct"]:
            fit.problems.add(
                fit.at("growth_bounds", row, "min_growth_pct"),
                f"is {line['min_growth_pct']:g}, above max_growth_pct, {line['max_growth_pct']:g}.",
                "Lower it, or raise max_growth_pct.",
            )
