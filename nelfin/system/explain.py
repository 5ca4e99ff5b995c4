"""What makes one scenario differ from another, cause by cause, adding up exactly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from nelfin.data import Inputs, load_inputs
from nelfin.errors import InputError
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed, differences
from nelfin.scenario.keys import split_key
from nelfin.scenario.paths import is_opening_file, names_file
from nelfin.system.recompute import Outcome, outcome_of, recompute

MANY = 12
"""Changed settings above which they are put together by section."""


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
        Tidy: `year, cause, measure, value, unit`, with the measure's name in words. The causes are
        `baseline`, the changed settings (the sections, if there are more than twelve),
        `interaction` and `scenario`.

    Raises
    ------
    InputError
        If the years differ, or the measure is not known.
    """
    if scenario.years.labels() != baseline.years.labels():
        raise InputError.one(
            "baseline", "covers other years than the scenario.", "Compare the same years."
        )
    base = outcome_of(baseline)
    causes = _causes(_in_content(differences(scenario, baseline), scenario, base))
    array = base.measure(measure)
    start = array.to_series()

    def measured(other: Scenario) -> pd.Series:
        return recompute(base, other).measure(measure).to_series()

    parts = {
        name: measured(changed(baseline, settings)) - start for name, settings in causes.items()
    }
    end = measured(scenario)
    interaction = end - start - sum(parts.values())
    by_cause = {"baseline": start, **parts}
    if len(causes) > 1 or bool((interaction != 0).any()):
        by_cause["interaction"] = interaction
    by_cause["scenario"] = end
    frame = pd.concat(
        [series.rename("value").rename_axis("year").reset_index().assign(cause=name)
         for name, series in by_cause.items()],
        ignore_index=True,
    )  # fmt: skip
    frame = frame.assign(measure=array.attrs["long_name"], unit=array.attrs["units"])
    return frame[["year", "cause", "measure", "value", "unit"]]


def _in_content(changes: Mapping[str, Any], scenario: Scenario, base: Outcome) -> dict[str, Any]:
    """Leave out the files that hold the same under another name, such as a run's own copies."""
    theirs, ours = base.inputs, load_inputs(scenario)
    pairs = {name: (table, theirs.tables()[name]) for name, table in ours.tables().items()}
    one, other = pairs["openings"]
    pairs["openings"] = (_named(one), _named(other))
    alike = {f"data.{name}" for name, (one, other) in pairs.items() if one.equals(other)}
    for key in changes:
        parts = split_key(key)
        if names_file(changes[key], key) and parts[0] == "allocation":
            rows = [_opening_rows(of, tables, parts[2])
                    for of, tables in ((scenario, ours), (base.scenario, theirs))]  # fmt: skip
            if rows[0].equals(rows[1]):
                alike.add(key)
    return {key: value for key, value in changes.items() if key not in alike}


def _named(openings: pd.DataFrame) -> pd.DataFrame:
    """Return the openings of the table itself, without those of files of streams' own."""
    own = openings["opening"].map(is_opening_file).astype(bool)
    return openings[~own].reset_index(drop=True)


def _opening_rows(scenario: Scenario, inputs: Inputs, stream: str) -> pd.DataFrame:
    """Return what a stream opens from, whatever it is called; without rows if there is none."""
    streams = scenario.allocation.streams
    opening = streams[stream].opening if stream in streams else None
    rows = inputs.openings[inputs.openings["opening"] == opening]
    return rows.drop(columns="opening").reset_index(drop=True)


def _causes(changes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    if len(changes) <= MANY:
        return {key: {key: value} for key, value in changes.items()}
    sections: dict[str, dict[str, Any]] = {}
    for key, value in changes.items():
        sections.setdefault(key.partition(".")[0], {})[key] = value
    return sections
