"""Whether the tables fit each other and the scenario. Every problem is found in one go."""

from __future__ import annotations

from nelfin.data import checks_models, checks_money, checks_need, checks_pace
from nelfin.data.fit import Fit
from nelfin.data.inputs import Inputs
from nelfin.scenario import Scenario


def check_together(scenario: Scenario, inputs: Inputs, models: bool = True) -> None:
    """Raise an `InputError` with every way the tables do not fit together.

    Without `models` only what place budgets rest on is looked at.
    """
    fit = Fit(scenario, inputs, scenario.years.labels())
    checks_need.populations(fit)
    checks_need.people(fit)
    checks_money.streams(fit)
    checks_money.envelope(fit)
    checks_need.need(fit)
    checks_need.what_ifs(fit)
    checks_need.area_costs(fit)
    checks_money.openings(fit)
    checks_need.growth(fit)
    checks_pace.pace_rules(fit)
    checks_pace.growth_bounds(fit)
    checks_money.ring_fences(fit)
    checks_money.of_every_place(fit, "public_health_grants", "spend_by_setting")
    if models:
        _check_models(fit)
    fit.problems.raise_if_any()


def _check_models(fit: Fit) -> None:
    checks_models.programmes(fit)
    checks_models.organisations(fit)
    checks_models.prevention_years(fit)
    checks_models.asset_types(fit)
    checks_money.of_every_place(fit, "deprivation")
    checks_models.limits(fit)
