"""What makes one scenario differ from another, cause by cause, adding up exactly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from nelfin.data import Inputs, load_inputs
from nelfin.errors import InputError, nearest
from nelfin.models.capital import CapitalPlan
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed, differences
from nelfin.system.capital import solve_capital
from nelfin.system.joint import join

MANY = 12
"""Changed settings above which they are told section by section."""

CAPITAL = ("capital.", "years.", "data.projects", "data.capital_", "data.asset_types",
           "data.deprivation")  # fmt: skip
"""Settings that the capital plan rests on."""


def explain(
    scenario: Scenario, baseline: Scenario, measure: str = "system_reported"
) -> pd.DataFrame:
    """Split the difference between two scenarios by what causes it.

    Each changed setting is put into the baseline by itself; what it does is its part. What the
    changes do together beyond the sum of their parts is the interaction. So baseline, parts and
    interaction add up to the scenario exactly.

    Parameters
    ----------
    scenario, baseline
        Two scenarios over the same years.
    measure
        A measure of the joint run with one value a year, such as `system_reported`.

    Returns
    -------
    pandas.DataFrame
        Tidy: `year, cause, value, unit`. The causes are `baseline`, the changed settings (the
        sections, if there are more than twelve), `interaction` and `scenario`.

    Raises
    ------
    InputError
        If the years differ, or the measure is not known.
    """
    if scenario.years != baseline.years:
        raise InputError.one(
            "baseline", "covers other years than the scenario.", "Compare the same years."
        )
    changes = differences(scenario, baseline)
    causes = _causes(changes)
    inputs = load_inputs(baseline)
    plan = None if baseline.capital.feedback else solve_capital(baseline, inputs)
    start = _measured(baseline, inputs, plan, measure)
    parts: dict[str, pd.Series] = {}
    for name, settings in causes.items():
        one = changed(baseline, settings)
        parts[name] = _alone(one, settings, inputs, plan, measure) - start
    end = _alone(scenario, changes, inputs, plan, measure)
    rest = end - start - sum(parts.values())
    found = {"baseline": start, **parts}
    if len(causes) > 1 or bool((rest != 0).any()):
        found["interaction"] = rest
    found["scenario"] = end
    frame = pd.concat(
        [series.rename("value").rename_axis("year").reset_index().assign(cause=name)
         for name, series in found.items()],
        ignore_index=True,
    )  # fmt: skip
    return frame.assign(unit="£m")[["year", "cause", "value", "unit"]]


def _causes(changes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    if len(changes) <= MANY:
        return {key: {key: value} for key, value in changes.items()}
    sections: dict[str, dict[str, Any]] = {}
    for key, value in changes.items():
        sections.setdefault(key.partition(".")[0], {})[key] = value
    return sections


def _alone(
    scenario: Scenario,
    settings: Mapping[str, Any],
    inputs: Inputs,
    plan: CapitalPlan | None,
    measure: str,
) -> pd.Series:
    """Return the measure of a scenario, with the tables and the plan of the baseline if it may."""
    mine = load_inputs(scenario) if any(key.startswith("data.") for key in settings) else inputs
    touched = any(key.startswith(CAPITAL) for key in settings)
    kept = None if touched or scenario.capital.feedback else plan
    return _measured(scenario, mine, kept, measure)


def _measured(
    scenario: Scenario, inputs: Inputs, plan: CapitalPlan | None, measure: str
) -> pd.Series:
    measures = join(scenario, inputs, plan).measures()
    if measure not in measures:
        raise InputError.one("measure", f'"{measure}" is not known.', nearest(measure, measures))
    return measures[measure].to_series()
