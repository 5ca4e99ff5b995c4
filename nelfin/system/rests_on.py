"""What each step of a run rests on: settings of the scenario and tables.

One list for all who ask: what a change can leave as it was (explain, seek, sweep), and what of a
result rests on illustrative figures (page, workbook, commands).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Step = Literal[
    "tables", "budgets", "prevention", "activity", "capital", "charges", "recovery", "portfolio"
]
"""A step of a run: the tables read and checked, place budgets, the shift into prevention, activity,
the capital plan, what it costs in revenue, the positions; and the portfolio of programmes, which
stands beside them."""

ENVELOPE = ("envelope.", "allocations")
NEED = (
    "weighted_populations", "need_weights", "area_costs", "population_growth",
    "population_shares",
)  # fmt: skip
PLACES = (
    "allocation.", "openings", "pace_rules", "growth_bounds", "ring_fences", *ENVELOPE, *NEED,
)  # fmt: skip
PREVENTION = (
    "prevention.", "prevention_programmes", "deprivation", "uplift_factors",
    "recovery.cost_uplift_pct", "recovery.marginal_cost",
)  # fmt: skip
ACTIVITY = (
    "activity.", "beds", "activity_plans", "appointments", "organisations", "organisation_income",
    "positions", "uplift_factors", "recovery.demand_", "recovery.planned_share_pct",
    "recovery.marginal_cost", "recovery.cost_uplift_pct", "recovery.other_income_growth_pct",
)  # fmt: skip
CAPITAL = (
    "capital.", "projects", "capital_limits", "capital_rules", "capital_resources",
    "capital_groups", "capital_futures", "backlog", "asset_types", "deprivation",
    "plan_in_force",
)  # fmt: skip
PORTFOLIO = (
    "portfolio.", "initiatives", "portfolio_pools", "portfolio_staff", "equity_floors",
    "deprivation", "prevention.gbp_per_qaly_forgone", "prevention.qaly_price_year",
    "prevention.gdp_deflator_pct", "prevention.discount_money_pct",
    "prevention.discount_qaly_pct", "recovery.cost_uplift_pct", "weighted_populations",
)  # fmt: skip
POSITIONS = (
    "recovery.", "organisations", "organisation_income", "positions", "pressures",
    "efficiency_schemes", "organisation_places", "uplift_factors",
)  # fmt: skip
RECOVERY = tuple(dict.fromkeys((*POSITIONS, *PREVENTION, *ACTIVITY, *CAPITAL)))
"""Sections of a scenario (with a full stop) and tables that each part of a run rests on first."""

OWN: dict[Step, tuple[str, ...]] = {
    "tables": (
        "icb", "data.", "allocation.", "envelope.", "prevention.share_of", "prevention.start_year",
        "prevention.end_year", "capital.benefit",
    ),
    "budgets": (*PLACES, "public_health_grants", "spend_by_setting"),
    "prevention": PREVENTION,
    "activity": ACTIVITY,
    "capital": CAPITAL,
    "charges": ("recovery.pdc_pct", "organisations", "asset_types"),
    "recovery": POSITIONS,
    "portfolio": PORTFOLIO,
}  # fmt: skip
"""What a step rests on by itself: settings by the beginning of their key, and tables.

Every step rests on the years too. Whether settings of activity fit the tables is checked without
reading them again.
"""

AFTER: dict[Step, tuple[Step, ...]] = {
    "tables": (),
    "budgets": (),
    "prevention": ("budgets",),
    "activity": ("budgets", "prevention"),
    "capital": (),
    "charges": ("capital",),
    "recovery": ("budgets", "prevention", "activity", "charges"),
    "portfolio": (),
}
"""The steps whose results a step takes."""


def touches(step: Step, keys: Iterable[str], feedback: bool = False) -> bool:
    """Say whether a change of some settings may change what a step finds.

    Parameters
    ----------
    step
        The step.
    keys
        Dotted keys of the settings that change; `data.TABLE` stands for the table.
    feedback
        Whether the positions move the capital limits (`capital.feedback`): then the capital plan
        rests on all that the positions rest on.
    """
    steps = _with_earlier(step, feedback)
    return any(_rests(one, key) for one in steps for key in keys)


def _with_earlier(step: Step, feedback: bool) -> set[Step]:
    found: set[Step] = {step}
    for earlier in AFTER[step]:
        found |= _with_earlier(earlier, feedback)
    if feedback and "capital" in found:
        found |= {"recovery", "budgets", "prevention", "activity"}
    return found


def _rests(step: Step, key: str) -> bool:
    own = OWN[step]
    named = any(key.startswith(part) for part in own if "." in part)
    if key.startswith("years.") or named or key in own:
        return True
    section, _, table = key.partition(".")
    return section == "data" and table in own
