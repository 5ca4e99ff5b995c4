"""A scenario worked out, and again after a change: what the change cannot touch stays."""

from __future__ import annotations

from dataclasses import dataclass

import xarray as xr

from nelfin.data import Inputs, load_inputs
from nelfin.data.checks.together import check_activity
from nelfin.errors import InputError, nearest
from nelfin.models.capital import CapitalPlan
from nelfin.program import Watch
from nelfin.scenario import Scenario
from nelfin.scenario.change import differing
from nelfin.scenario.keys import dotted
from nelfin.system.activity_basis import ACTIVITY
from nelfin.system.activity_system import of_system
from nelfin.system.drivers import GROWTH
from nelfin.system.joint import Joint, join
from nelfin.system.rests_on import touches


@dataclass(frozen=True)
class Outcome:
    """What a scenario comes to.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    joint
        What the models found together.
    """

    scenario: Scenario
    inputs: Inputs
    joint: Joint

    def measure(self, name: str, asked_as: str = "measure") -> xr.DataArray:
        """Return a measure with one value a year, such as `system_reported`.

        Parameters
        ----------
        name
            Of the measure.
        asked_as
            What asks for it, named in the error.

        Raises
        ------
        InputError
            If there is no such measure, and then says the nearest; or the system has no figure of
            it, and then says what to give.
        """
        measures = self.joint.measures()
        if name not in measures and name in of_system(self.joint.activity):
            left_out = str(self.joint.activity.attrs["activity_left_out"])
            raise InputError.one(asked_as, f'"{name}" has no figure in this system.', left_out)
        if name not in measures:
            raise InputError.one(asked_as, f'"{name}" is not known.', nearest(name, measures))
        return measures[name]


def outcome_of(
    scenario: Scenario,
    inputs: Inputs | None = None,
    plan: CapitalPlan | None = None,
    watch: Watch | None = None,
) -> Outcome:
    """Work a scenario out: the models joined, without draws and reports.

    Parameters
    ----------
    scenario
        From `load_scenario`.
    inputs
        Its tables; read anew by default.
    plan
        A capital plan to take as it is; drawn up by default.
    watch
        As for `join`.

    Raises
    ------
    InputError
        If the scenario's tables are wrong, with every problem.
    NoAnswerError
        If no budgets or no capital plan meet their limits and rules.
    """
    inputs = load_inputs(scenario) if inputs is None else inputs
    return Outcome(scenario, inputs, join(scenario, inputs, plan, watch=watch))


def recompute(before: Outcome, scenario: Scenario, watch: Watch | None = None) -> Outcome:
    """Work out a scenario that differs in some settings, and keep what they cannot touch.

    Parameters
    ----------
    before
        What another scenario came to.
    scenario
        The scenario; `changed` makes one from another.
    watch
        As for `join`: the search for a capital plan, where one is drawn up.

    Returns
    -------
    Outcome
        To the bit what `outcome_of` gives for the scenario; tables, place budgets, the shift,
        activity, the capital plan and its charges are those of `before` where no changed setting
        can touch them.

    Raises
    ------
    InputError, NoAnswerError
        As for `outcome_of`.
    """
    keys = differing(scenario, before.scenario)
    seen = _seen_by_checks(keys, scenario, before.scenario)
    feedback = scenario.capital.feedback or before.scenario.capital.feedback
    joint = before.joint
    inputs = load_inputs(scenario) if touches("tables", seen) else before.inputs
    if inputs is before.inputs and any(key.startswith(ACTIVITY) for key in keys):
        check_activity(scenario, inputs)
    if not touches("recovery", keys, feedback):
        return Outcome(scenario, inputs, joint)
    plan = None if touches("capital", keys, feedback) else joint.plan
    return Outcome(
        scenario,
        inputs,
        join(
            scenario,
            inputs,
            plan,
            budgets=None if touches("budgets", keys) else joint.budgets,
            prevention=None if touches("prevention", keys) else joint.prevention,
            activity=None if touches("activity", keys) else joint.activity,
            charges=None if touches("charges", keys, feedback) else joint.charges,
            watch=watch,
        ),
    )


def _seen_by_checks(keys: list[str], *both: Scenario) -> list[str]:
    """Leave out growth of streams that both have: checks of tables see its name, not its value."""
    known = {
        f"{GROWTH}{dotted((name,))}"
        for name in set.intersection(*(set(each.envelope.growth_pct) for each in both))
    }
    return [key for key in keys if key not in known]
