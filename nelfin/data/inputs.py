"""The tables of one scenario, and words that stand in some of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from nelfin.data.specs import TABLES, WHOLE_SYSTEM

OTHERS = ("other commissioners", "other")
"""Income that comes from outside the system's envelope."""

ANY_TRUST = "trusts"
"""In tables of the recovery: every trust, by income."""

SYSTEM = "system"
"""In tables of the recovery: every organisation, by income."""


@dataclass(frozen=True)
class Inputs:
    """The tables of one scenario, checked. Each has one row a figure or a thing."""

    allocations: pd.DataFrame
    weighted_populations: pd.DataFrame
    need_weights: pd.DataFrame
    area_costs: pd.DataFrame
    openings: pd.DataFrame
    pace_rules: pd.DataFrame
    growth_bounds: pd.DataFrame
    ring_fences: pd.DataFrame
    public_health_grants: pd.DataFrame
    spend_by_setting: pd.DataFrame
    population_growth: pd.DataFrame
    population_shares: pd.DataFrame
    prevention_programmes: pd.DataFrame
    organisations: pd.DataFrame
    organisation_income: pd.DataFrame
    positions: pd.DataFrame
    efficiency_schemes: pd.DataFrame
    organisation_places: pd.DataFrame
    uplift_factors: pd.DataFrame
    pressures: pd.DataFrame
    beds: pd.DataFrame
    activity_plans: pd.DataFrame
    appointments: pd.DataFrame
    projects: pd.DataFrame
    capital_limits: pd.DataFrame
    capital_rules: pd.DataFrame
    capital_futures: pd.DataFrame
    capital_resources: pd.DataFrame
    capital_groups: pd.DataFrame
    backlog: pd.DataFrame
    plan_in_force: pd.DataFrame
    deprivation: pd.DataFrame
    asset_types: pd.DataFrame
    initiatives: pd.DataFrame
    portfolio_pools: pd.DataFrame
    portfolio_staff: pd.DataFrame
    equity_floors: pd.DataFrame
    called: Mapping[str, str] = field(default_factory=dict)
    """What each table that was read is called in errors; files of openings by their path."""
    readings: tuple[str, ...] = ()
    """What was read as something else than it is spelt, a sentence each."""

    def places(self) -> list[str]:
        """Return the places in the order of the weighted populations.

        Returns
        -------
        list of str
            Names, without the whole system.
        """
        names = dict.fromkeys(self.weighted_populations["place"].tolist())
        return [name for name in names if name != WHOLE_SYSTEM]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table by name.

        Returns
        -------
        dict
            Table by its key in `[data]`.
        """
        return {name: getattr(self, name) for name in TABLES}
