"""What a scenario comes to, as the screens show it: each figure worked out when first asked for."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd
import xarray as xr

from nelfin.allocations.comparisons import compare_places, moves_by_year, place_totals
from nelfin.models.capital.compared import plans_compared
from nelfin.models.recovery import IN_BALANCE, STEPS, balance_year
from nelfin.scenario.change import leaves
from nelfin.system.capital import capital_data
from nelfin.system.headline import categories_of
from nelfin.system.odds import open_years
from nelfin.system.recompute import Outcome

LEVELS = ("closing underlying", "reported")
"""Steps of a bridge that are sums of those before."""


class Seen:
    """What a scenario comes to, as the screens show it.

    Parameters
    ----------
    outcome
        The scenario, its tables and what the models found.
    base
        What the scenario comes to that this is a change of; what both have alike is shared.
    key
        By which the desk knows it.

    Attributes
    ----------
    odds : dict or None
        Share of draws in balance by open year; None before they are drawn.
    odds_wanted : bool
        Whether a page has been told that they are to come.
    odds_fail : str
        Why they cannot be drawn; "" where that is not known.
    """

    def __init__(self, outcome: Outcome, base: Seen | None = None, key: Hashable = ()) -> None:
        self.outcome = outcome
        self.key = key
        self.odds: Mapping[str, float] | None = None
        self.odds_fail = ""
        self.odds_wanted = False
        self._base = base

    @cached_property
    def leaves(self) -> dict[str, Any]:
        """Every setting, by dotted key."""
        return leaves(self.outcome.scenario)

    @property
    def scenario(self) -> Any:
        """The scenario."""
        return self.outcome.scenario

    # ---- positions

    @cached_property
    def years(self) -> list[str]:
        """Years of the plan."""
        return self.outcome.scenario.years.labels()

    @cached_property
    def reported(self) -> pd.Series:
        """Reported position of the system, £m by year."""
        return self.outcome.joint.recovery["system_reported"].to_series()

    @cached_property
    def underlying(self) -> pd.Series:
        """Underlying position of the system, £m by year."""
        return self.outcome.joint.recovery["system_underlying"].to_series()

    @cached_property
    def balance_from(self) -> str:
        """First year in reported balance that no deficit follows; "" for none."""
        return balance_year(self.outcome.joint.recovery["system_reported"])

    @cached_property
    def underlying_from(self) -> str:
        """The same of the underlying position."""
        return balance_year(self.outcome.joint.recovery["system_underlying"])

    @cached_property
    def bodies(self) -> pd.DataFrame:
        """Reported position of each organisation, £m; a row an organisation, a column a year."""
        bridge = self.outcome.joint.recovery["recovery_bridge"]
        reported = bridge.sel(step="reported", drop=True)
        return reported.transpose("organisation", "year").to_pandas()

    def in_deficit(self, year: str) -> list[str]:
        """Return the organisations that report a deficit in a year.

        Parameters
        ----------
        year
            Of the plan.
        """
        position = self.bodies[year]
        return [str(name) for name in position.index[position < IN_BALANCE]]

    @cached_property
    def bridge(self) -> pd.DataFrame:
        """Steps of the system's bridge, £m; a row a step, a column a year."""
        bridge = self.outcome.joint.recovery["recovery_bridge"].sum("organisation")
        return bridge.transpose("step", "year").to_pandas().loc[list(STEPS)]

    @property
    def open_years(self) -> list[str]:
        """Years whose positions are not known."""
        return open_years(self.outcome.joint.recovery)

    @cached_property
    def no_odds(self) -> str:
        """Why there are no odds: every year is known, or nothing has a range; "" for odds."""
        if not self.open_years:
            return "Every year is known."
        ranged = any(each.low is not None for each in self.outcome.scenario.evidence.values())
        drawn = ranged or not self.outcome.inputs.prevention_programmes.empty
        return "" if drawn else "No setting has a range to draw from."

    @property
    def odds_year(self) -> str:
        """Year whose odds are told first: that of balance, else the last; open if any is."""
        year = self.balance_from or self.years[-1]
        return year if year in self.open_years or not self.open_years else self.open_years[-1]

    @cached_property
    def over_18_weeks(self) -> pd.Series:
        """People who wait over 18 weeks at the end of each year; NaN where no list is given."""
        return self.outcome.joint.activity["activity_over_18_weeks"].to_series()

    # ---- places

    @property
    def budgets(self) -> xr.Dataset:
        """Place budgets."""
        return self.outcome.joint.budgets

    @property
    def budget_year(self) -> str:
        """Last year with published allocations."""
        return str(self.budgets.attrs["last_published_year"])

    @property
    def places(self) -> list[str]:
        """Names of the places."""
        return [str(place) for place in self.budgets["place"].values]

    @cached_property
    def place_totals(self) -> xr.Dataset:
        """What each place has of all streams together, in every year."""
        if (same := self._same("budgets")) is not None:
            return same.place_totals
        return place_totals(self.budgets)

    @cached_property
    def place_moves(self) -> xr.DataArray:
        """What moved the budget of each place from year to year, £m."""
        if (same := self._same("budgets")) is not None:
            return same.place_moves
        return moves_by_year(self.budgets)

    def places_in(self, year: str) -> pd.DataFrame:
        """Return the places side by side, and all of them together, in a year.

        Parameters
        ----------
        year
            Of the plan.
        """
        return self._places_in(year)

    @cached_property
    def _places_in(self) -> Any:
        if (same := self._same("budgets")) is not None:
            return same._places_in
        return lru_cache(maxsize=None)(lambda year: compare_places(self.budgets, year))

    def furthest_under(self, year: str) -> tuple[str, float]:
        """Return the place furthest below its target in a year, and how far, a fraction.

        Parameters
        ----------
        year
            Of the plan.
        """
        # as `places_in`, without the rest of what it tells
        sums = self.budgets[["budget", "target"]].sel(year=year, drop=True).sum("stream")
        distance = (sums["budget"] / sums["target"] - 1).to_series()
        place = distance.round(9).sort_values(kind="stable").index[0]
        return str(place), float(distance[place])

    # ---- capital

    @cached_property
    def capital(self) -> xr.Dataset:
        """The capital plan as labelled data: use, limits, prices."""
        if (same := self._same("plan")) is not None and same.years == self.years:
            return same.capital
        case = self.outcome
        return capital_data(case.joint.plan, case.inputs, case.scenario)

    @cached_property
    def limits_used(self) -> tuple[float, float]:
        """Limits of the open years together, and what the plan uses of them, £m."""
        if (same := self._same("plan")) is not None and same.years == self.years:
            return same.limits_used
        capital = self.capital.sel(year=self.capital_years)
        limit = float(capital["capital_limit"].sum(skipna=False))
        return limit, float(capital["capital_used"].sum())

    @cached_property
    def capital_years(self) -> list[str]:
        """Years that are open for new schemes."""
        first = self.outcome.scenario.years.open_from
        return [year for year in self.years if year >= first]

    @cached_property
    def categories(self) -> pd.DataFrame:
        """What each category of scheme asks for: in the plan, after it, left out, £m."""
        if (same := self._same("plan")) is not None and same.years == self.years:
            return same.categories
        plan = self.outcome.joint.plan
        return categories_of(plan.plan, plan.projects, self.years)

    @cached_property
    def schemes(self) -> tuple[int, int]:
        """How many schemes are in the plan, whole or in part, and how many there are."""
        status = self.outcome.joint.plan.plan["status"]
        return int((status != "not funded").sum()), len(status)

    @cached_property
    def plan_changes(self) -> pd.DataFrame:
        """Schemes that the plan starts otherwise than that of the base, each with why."""
        base = self if self._base is None else self._base
        return plans_compared(base.outcome.joint.plan, self.outcome.joint.plan)

    @property
    def same_plan(self) -> bool:
        """Whether the capital plan is that of the base, untouched."""
        return self._base is None or self._same("plan") is not None

    def _same(self, part: str) -> Seen | None:
        """Return the base where it has the same of a part of what was found."""
        base = self._base
        if base is None or base.outcome.inputs is not self.outcome.inputs:
            return None
        alike = getattr(base.outcome.joint, part) is getattr(self.outcome.joint, part)
        return base if alike else None
