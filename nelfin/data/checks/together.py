"""Every check across tables, in one go."""

from __future__ import annotations

from nelfin.data.checks import activity, model_units, money, need, pace, units
from nelfin.data.checks import models as of_models
from nelfin.data.checks.fit import Fit, for_the_user
from nelfin.data.checks.whose import whose
from nelfin.data.inputs import Inputs
from nelfin.scenario import Scenario


def check_together(scenario: Scenario, inputs: Inputs, models: bool = True) -> None:
    """Raise an `InputError` with every way the tables do not fit together.

    Without `models` only what place budgets rest on is looked at.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    models
        Check also what prevention, recovery and capital rest on; place budgets do without.
    """
    fit = Fit(scenario, inputs, scenario.years.labels())
    whose(fit, models)
    need.populations(fit)
    need.people(fit)
    money.streams(fit)
    money.envelope(fit)
    need.need(fit)
    need.what_ifs(fit)
    need.area_costs(fit)
    money.openings(fit)
    need.growth(fit)
    pace.pace_rules(fit)
    pace.growth_bounds(fit)
    money.ring_fences(fit)
    money.of_every_place(fit, "public_health_grants", "spend_by_setting")
    _ask_about_units(fit)
    if models:
        _check_models(fit)
        _ask_about_model_units(fit)
    _raise_if_any(fit)


def check_activity(scenario: Scenario, inputs: Inputs) -> None:
    """Raise an `InputError` with every way settings of activity do not fit the tables.

    Parameters
    ----------
    scenario, inputs
        A scenario that differs from one whose tables fit in settings of activity alone, and the
        tables.
    """
    fit = Fit(scenario, inputs, scenario.years.labels())
    _check_activity(fit)
    _raise_if_any(fit)


def _raise_if_any(fit: Fit) -> None:
    fit.problems.found = [for_the_user(each, fit.inputs.called) for each in fit.problems.found]
    fit.problems.raise_if_any()


def _check_models(fit: Fit) -> None:
    money.baseline(fit)
    of_models.programmes(fit)
    of_models.organisations(fit)
    of_models.prevention_years(fit)
    of_models.asset_types(fit)
    money.of_every_place(fit, "deprivation")
    of_models.limits(fit)
    of_models.backlog(fit)
    _check_activity(fit)


def _check_activity(fit: Fit) -> None:
    activity.beds(fit)
    activity.plans(fit)
    activity.appointments(fit)
    activity.years(fit)
    activity.parts(fit)


def _ask_about_units(fit: Fit) -> None:
    units.settings(fit)
    units.plan_total(fit)
    units.allocations(fit)
    units.people(fit)
    units.openings(fit)


def _ask_about_model_units(fit: Fit) -> None:
    model_units.programmes(fit)
    model_units.bodies(fit)
    model_units.limits(fit)
    half = fit.scenario.envelope.plan_total_gbp_m / 2
    tables, called = fit.inputs, fit.at("projects")
    model_units.schemes(tables.projects, tables.capital_limits, called, fit.problems, half)
    model_units.revenue(fit)
