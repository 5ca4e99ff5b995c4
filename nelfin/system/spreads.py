"""What has a range: settings that draws vary, and the returns of prevention programmes."""

from __future__ import annotations

import pandas as pd

from nelfin.data import Inputs
from nelfin.data.specs import PROGRAMME_RETURNS
from nelfin.errors import InputError, Problems
from nelfin.models.ranges import Outcomes, Range, Spread
from nelfin.scenario import Scenario
from nelfin.scenario.change import field_of
from nelfin.system.activity_basis import ACTIVITY
from nelfin.system.activity_basis import DRAWN as OF_ACTIVITY
from nelfin.system.drivers import DRAWN, GROWTH, RECOVERY

COST = "uncertainty.capital_cost_pct"
RETURN = "return of "

ONE_BED_ONE_USE = ("activity.beds_closed_pct", "activity.beds_filled_pct")
"""Uses of the same beds: the ranges of both together may not pass 100 %."""


def spreads(scenario: Scenario, inputs: Inputs) -> dict[str, Spread]:
    """Return what may come of everything that is drawn, by setting or `return of PROGRAMME`.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.

    Raises
    ------
    InputError
        If a setting has a range but cannot be drawn; names each.
    """
    known = {f"{RECOVERY}{name}" for name in DRAWN} | {COST}
    known |= {f"{ACTIVITY}{name}" for name in OF_ACTIVITY}
    found: dict[str, Spread] = {}
    problems = Problems()
    for key, figure in scenario.evidence.items():
        if figure.low is None or figure.high is None:
            continue
        if key not in known and not key.startswith(GROWTH):
            problems.add(
                f"scenario, {key}",
                "has a range, but is not one of the settings that can be drawn.",
                f"Take low and high out. Ranges may have: {GROWTH}STREAM, "
                f"{', '.join(sorted(known))}.",
            )
            continue
        setting = field_of(scenario, key)
        found[key] = Range(
            figure.low, float(setting.value), figure.high, figure.shape, setting.least, setting.most
        )
    _check_beds(scenario, found, problems)
    problems.raise_if_any()
    return found | _returns(scenario, inputs)


def _check_beds(scenario: Scenario, found: dict[str, Spread], problems: Problems) -> None:
    """Find ranges of the uses of freed beds that give a bed two uses."""
    ranges = {key: found[key] for key in ONE_BED_ONE_USE if key in found}
    most = {
        key: each.high
        if isinstance(each := ranges.get(key), Range)
        else field_of(scenario, key).value
        for key in ONE_BED_ONE_USE
    }
    if ranges and sum(most.values()) > 100 + 1e-9:
        problems.add(
            f"scenario, {' and '.join(ranges)}",
            f"reach {sum(most.values()):g} % together with what else freed beds are used for.",
            "A freed bed has one use: let the upper ends add up to 100 at the most.",
        )


def cost_spread(scenario: Scenario, inputs: Inputs) -> Spread:
    """Return what capital schemes may cost above their price, %.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.

    Raises
    ------
    InputError
        If the scenario gives no range of it.
    """
    found = spreads(scenario, inputs).get(COST)
    if found is None:
        raise InputError.one(
            f"scenario, {COST}", "has no range.", "Give it low and high beside its value."
        )
    return found


def _returns(scenario: Scenario, inputs: Inputs) -> dict[str, Spread]:
    section, table = scenario.uncertainty, inputs.prevention_programmes
    found: dict[str, Spread] = {}
    for row in table[table["parameter"].isin(PROGRAMME_RETURNS)].to_dict("records"):
        value = float(row["value"])
        low, high = (value if pd.isna(row[end]) else float(row[end]) for end in ("low", "high"))
        name = f"{RETURN}{row['programme']}"
        if row["kind"] in section.outcome_kinds:
            found[name] = Outcomes(
                low, value, high,
                section.outcome_costs_more, section.outcome_neither, section.outcome_saves,
            )  # fmt: skip
        else:
            found[name] = Range(low, value, high)
    return found
