"""Whether the tables fit each other and the scenario. Every problem is found in one go."""

from __future__ import annotations

from nelfin.data import checks_models, checks_places
from nelfin.data.fit import Fit
from nelfin.data.inputs import Inputs
from nelfin.scenario import Scenario


def check_together(scenario: Scenario, inputs: Inputs) -> None:
    """Raise an `InputError` with every way the tables do not fit together."""
    fit = Fit(scenario, inputs, scenario.years.labels())
    checks_places.populations(fit)
    checks_places.people(fit)
    checks_places.streams(fit)
    checks_places.envelope(fit)
    checks_places.need(fit)
    checks_places.what_ifs(fit)
    checks_places.openings(fit)
    checks_places.growth(fit)
    checks_places.pace_rules(fit)
    checks_models.programmes(fit)
    checks_models.organisations(fit)
    checks_models.prevention_years(fit)
    checks_models.asset_types(fit)
    checks_models.limits(fit)
    fit.problems.raise_if_any()
