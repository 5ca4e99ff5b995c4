"""The models joined: budgets, prevention, capital and recovery, each handing on to the next.

Where the switch is on, the system's position moves next year's capital limit, and the plan is
drawn up again until it stops changing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from nelfin.allocations import allocate
from nelfin.data import Inputs
from nelfin.errors import InputError
from nelfin.models.best_mix import BestMix, Objective, best_mix
from nelfin.models.capital import CapitalPlan, Settings
from nelfin.models.capital.case import Case, case_of
from nelfin.models.capital.schemes import check_capital
from nelfin.models.capital.solving import solve_case
from nelfin.models.charges import consequences
from nelfin.models.prevention import shift
from nelfin.models.recovery import recover
from nelfin.scenario import Scenario

PASSES = 5
"""Times the capital plan is drawn up again at most."""

SETTLED = 0.05
"""Change of a limit, £m, below which the plan has settled."""


@dataclass(frozen=True)
class Joint:
    """What the models found together.

    Parameters
    ----------
    budgets, prevention, recovery
        From the models.
    plan, limits
        The capital plan, and the limits it was drawn up within.
    charges
        Savings less capital charges, £m; dims `organisation, year`.
    passes
        Times the capital plan was drawn up.
    settled
        Whether it stopped changing.
    """

    budgets: xr.Dataset
    prevention: xr.Dataset
    plan: CapitalPlan
    limits: pd.DataFrame
    charges: xr.DataArray
    recovery: xr.Dataset
    passes: int
    settled: bool

    def measures(self) -> dict[str, xr.DataArray]:
        """Return what has one value a year, by name: what a goal can be set for."""
        merged = [self.recovery, self.prevention]
        return {
            str(name): array
            for part in merged
            for name, array in part.data_vars.items()
            if array.dims == ("year",)
        }


def join(
    scenario: Scenario,
    inputs: Inputs,
    plan: CapitalPlan | None = None,
    budgets: xr.Dataset | None = None,
    check_prices: bool = False,
) -> Joint:
    """Run the models one after the other, and again while the capital limits move.

    Parameters
    ----------
    scenario, inputs
        A scenario and its tables.
    plan
        A capital plan to take as it is: of a case that differs in nothing capital rests on.
    budgets
        Place budgets to take as they are: of a case that differs in nothing they rest on.
    check_prices
        Confirm the price of capital by solving again with £1m more and less of each limit.

    Raises
    ------
    NoAnswerError
        If no budgets or no capital plan meet their limits and rules.
    """
    budgets = allocate(scenario, inputs) if budgets is None else budgets
    prevention = shift_of(scenario, inputs, budgets)
    organisations = [str(name) for name in inputs.organisations["organisation"]]
    years = scenario.years.labels()
    growth = budgets["like_for_like_growth"].sel(stream=budgets.attrs["main_stream"], drop=True)
    by_organisation = prevention_by_organisation(prevention, inputs)
    moved_income = income_by_place(budgets, inputs)
    limits = limits_of(scenario, inputs)
    feedback = scenario.capital.feedback
    passes, settled = 0, not feedback
    while True:
        if plan is None or passes:
            case = capital_case(scenario, inputs, limits)
            plan = solve_case(
                replace(case, settings=replace(case.settings, check_prices=check_prices))
            )
        passes += 1
        charges = consequences(
            plan, inputs.asset_types, scenario.recovery.pdc_pct, organisations, years
        )
        recovery = recover(
            inputs, scenario.recovery, growth, by_organisation, charges, moved_income
        )
        if feedback:
            moved = limits_after(recovery["system_reported"], scenario, inputs)
            change = (moved["limit_gbp_m"] - limits["limit_gbp_m"]).abs().max()
            settled = bool(change < SETTLED)
        if settled or passes > PASSES:
            return Joint(budgets, prevention, plan, limits, charges, recovery, passes, settled)
        limits = moved


BASIS = {"need": "health_inequalities", "population": "registered_population"}
"""Component of need behind each basis of the places' shares of the shift."""


def shift_of(scenario: Scenario, inputs: Inputs, budgets: xr.Dataset) -> xr.Dataset:
    """Model the shift of a scenario into prevention, on the money and the places of its budgets."""
    section = scenario.prevention
    base = budgets["envelope"].sel(stream=list(section.share_of)).sum("stream")
    weights, deprived = place_weights(scenario, inputs, budgets)
    return shift(base, section, inputs.prevention_programmes, weights, deprived)


def place_weights(
    scenario: Scenario, inputs: Inputs, budgets: xr.Dataset
) -> tuple[xr.DataArray, xr.DataArray | None]:
    """Return what places' shares of the shift go by, and their shares of deprived people."""
    people = budgets["weighted_population"]
    deprived = None
    if not inputs.deprivation.empty:
        places = [str(place) for place in budgets["place"].values]
        share = inputs.deprivation.set_index("place")["most_deprived_share"].loc[places]
        deprived = xr.DataArray(share.to_numpy(), {"place": places}, ("place",))
    basis = scenario.prevention.place_basis
    if basis == "deprivation":
        if deprived is None:
            raise InputError.one(
                "scenario, prevention.place_basis",
                'is "deprivation", but there is no table of it.',
                "Give data.deprivation, or share by need or population.",
            )
        weights = deprived * people.sel(component="registered_population", drop=True)
    else:
        weights = people.sel(component=BASIS[basis], drop=True)
    return weights.transpose("place", "year"), deprived


def best_mix_of(
    scenario: Scenario,
    inputs: Inputs,
    budgets: xr.Dataset,
    prevention: xr.Dataset,
    objective: Objective,
    floor_gbp_m: float | None = None,
    deprived_pct: float = 0.0,
) -> BestMix:
    """Choose the best mix of programmes for the shift of a scenario."""
    _, deprived = place_weights(scenario, inputs, budgets)
    return best_mix(
        prevention["prevention_extra_spend"],
        inputs.prevention_programmes,
        scenario.prevention,
        budgets["population"].isel(year=-1).to_series(),
        None if deprived is None else deprived.to_series(),
        objective,
        floor_gbp_m,
        deprived_pct,
    )


def income_by_place(budgets: xr.Dataset, inputs: Inputs) -> xr.DataArray | None:
    """Return the income that place budgets move between organisations, £m a year.

    An organisation's income in a place grows as that place's budget does beside all places'. What
    is gained and lost adds up to nothing. None where no table says whom organisations serve.
    """
    table = inputs.organisation_places
    if table.empty:
        return None
    budget = budgets["budget"].sum("stream").transpose("place", "year")
    # streams that begin would look like growth, so shares of the money are compared
    share = (budget / budget.sum("place")).to_numpy()
    apart = np.zeros_like(share)
    apart[:, 1:] = share[:, 1:] / share[:, :-1] - 1
    names = [str(name) for name in inputs.organisations["organisation"]]
    places = [str(place) for place in budgets["place"].values]
    serves = np.zeros((len(names), len(places)))
    for line in table.to_dict("records"):
        serves[names.index(line["organisation"]), places.index(line["place"])] = line["share_pct"]
    turnover = inputs.organisations["turnover_gbp_m"].to_numpy(dtype=float)
    gained = turnover[:, None] * (serves / 100 @ apart)
    level = gained - gained.sum(axis=0) * (turnover / turnover.sum())[:, None]
    return xr.DataArray(
        level,
        {"organisation": names, "year": budgets["year"].values},
        ("organisation", "year"),
    )


def limits_of(scenario: Scenario, inputs: Inputs) -> pd.DataFrame:
    """Return the capital limits of the plan's years."""
    limits = inputs.capital_limits
    return limits[limits["year"].isin(scenario.years.labels())]


def limits_after(reported: xr.DataArray, scenario: Scenario, inputs: Inputs) -> pd.DataFrame:
    """Return the limits as the system's position of the year before moves them.

    A deficit takes up to the penalty off next year's limit: all of it at the stated share of
    turnover, less in proportion below. A position in balance adds the bonus, a share of the gap to
    the system's fair share of capital. The first year's limit stands, and so do those of
    organisations.

    Notes
    -----
    Source: the capital incentives of 2024/25 (up to -10 % for a deficit plan, +30 % of the gap to
    fair share for balance).
    """
    section = scenario.capital
    limits = limits_of(scenario, inputs).copy()
    whole = (
        inputs.organisations["turnover_gbp_m"].sum() * section.deficit_for_full_penalty_pct / 100
    )
    years = [str(year) for year in reported["year"].values]
    for row, line in limits.iterrows():
        at = years.index(line["year"])
        if line["organisation"] or at == 0:
            continue
        position, limit = float(reported[at - 1]), float(line["limit_gbp_m"])
        if position < 0:
            share = min(1.0, -position / whole) if whole > 0 else 1.0
            moved = limit * (1 - section.deficit_penalty_pct / 100 * share)
        else:
            gap = max(section.fair_share_gbp_m - limit, 0.0)
            moved = limit + section.balance_bonus_pct / 100 * gap
        limits.loc[row, "limit_gbp_m"] = moved
    return limits


def check_schemes(scenario: Scenario, inputs: Inputs) -> None:
    """Refuse schemes that are wrong over all the years that have limits.

    A plan may be shorter than those years; what it cannot hold is then left out, not wrong.
    """
    settings = capital_settings(scenario, inputs)
    loose = replace(settings, rules=None, leave_out=False)
    check_capital(inputs.projects, inputs.capital_limits, loose)


def capital_settings(scenario: Scenario, inputs: Inputs) -> Settings:
    """Return the settings of a scenario's capital plan."""
    section = scenario.capital
    assets = inputs.asset_types.set_index("asset_type")
    deprivation = inputs.deprivation.set_index("place")["most_deprived_share"]
    return Settings(
        discount_rate_pct=section.discount_rate_pct,
        discount_later_pct=section.discount_later_pct,
        discount_from=section.discount_from,
        price_growth_pct=section.price_growth_pct,
        over_programming_pct=section.over_programming_pct,
        carry_over_pct=section.carry_over_pct,
        optimism_bias_pct=_by_name(assets["optimism_bias_pct"]),
        benefit=section.benefit,
        criteria_weights=section.criteria_weights,
        life_years=_by_name(assets["life_years"]),
        place_weights=section.place_weights,
        deprived_share=_by_name(deprivation),
        rules=inputs.capital_rules,
        leave_out=True,
        relax=section.relax,
        gap_pct=section.gap_pct,
        time_limit_s=section.time_limit_s,
        solver=section.solver,
        place=(inputs.called["projects"], inputs.called["capital_limits"]),
        rules_place=inputs.called.get("capital_rules", "capital_rules"),
    )


def _by_name(series: pd.Series) -> dict[str, float]:
    return {str(name): float(value) for name, value in series.items()}


def capital_case(scenario: Scenario, inputs: Inputs, limits: pd.DataFrame | None = None) -> Case:
    """Return the capital case of a scenario, over the plan's years."""
    mine = limits_of(scenario, inputs) if limits is None else limits
    return case_of(inputs.projects, mine, capital_settings(scenario, inputs))


def solve_capital(scenario: Scenario, inputs: Inputs) -> CapitalPlan:
    """Solve the capital plan of a scenario, its limits as they stand, prices unconfirmed."""
    check_schemes(scenario, inputs)
    return _solved(capital_case(scenario, inputs), check_prices=False)


def _solved(case: Case, check_prices: bool) -> CapitalPlan:
    return solve_case(replace(case, settings=replace(case.settings, check_prices=check_prices)))


def capital_data(plan: CapitalPlan, inputs: Inputs, scenario: Scenario) -> xr.Dataset:
    """Return a capital plan as labelled data; the system's limit is NaN where it has none."""
    years = scenario.years.labels()
    ids = [str(name) for name in plan.plan["project_id"]]
    organisations = [str(name) for name in inputs.organisations["organisation"]]
    cube = plan.spend.set_index(["project_id", "year"])
    owner = plan.plan.set_index("project_id")["organisation"]
    by_project = {}
    for name in ("spend_gbp_m", "cdel_gbp_m"):
        wide = cube[name].unstack(fill_value=0.0).reindex(ids, fill_value=0.0)
        by_project[name] = wide.reindex(columns=years, fill_value=0.0).to_numpy(dtype=float)
    used = pd.DataFrame(by_project["cdel_gbp_m"], index=owner.loc[ids]).groupby(level=0).sum()
    system = plan.limits[plan.limits["organisation"] == ""].set_index("year").reindex(years)

    def about(words: str, units: str) -> dict[str, str]:
        return {"long_name": words, "units": units}

    both = ("project", "year")
    return xr.Dataset(
        {
            "capital_share": (
                "project",
                plan.plan["funded_share"].to_numpy(dtype=float),
                about("Funded share", "share"),
            ),
            "capital_spend": (both, by_project["spend_gbp_m"], about("Capital spend", "£m")),
            "capital_cdel": (both, by_project["cdel_gbp_m"], about("Use of the limit", "£m")),
            "capital_used": (
                ("organisation", "year"),
                used.reindex(organisations, fill_value=0.0).to_numpy(dtype=float),
                about("Use of the limit by organisation", "£m"),
            ),
            "capital_limit": (
                "year",
                system["limit_gbp_m"].to_numpy(dtype=float),
                about("Capital limit of the system", "£m"),
            ),
            "capital_price": (
                "year",
                system["price_per_gbp_m"].to_numpy(dtype=float),
                about("Price of capital: benefit of £1m more", "points per £m"),
            ),
        },
        coords={"project": ids, "year": years, "organisation": organisations},
    )


def prevention_shares(inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """Return each organisation's share of the cash released, and of what the shift costs."""
    frame = inputs.organisations
    trust = (frame["kind"] == "trust").to_numpy(dtype=float)
    weight = trust * frame["turnover_gbp_m"].to_numpy()
    return weight / weight.sum(), 1 - trust


def prevention_by_organisation(prevention: xr.Dataset, inputs: Inputs) -> xr.DataArray:
    """Return net cash by organisation: the ICB pays, the trusts release cash by turnover."""
    trusts, payers = prevention_shares(inputs)
    cash = prevention["prevention_cash"].to_numpy()
    paid = prevention["prevention_net_cash"].to_numpy() - cash
    names = list(inputs.organisations["organisation"])
    return xr.DataArray(
        np.outer(trusts, cash) + np.outer(payers, paid),
        {"organisation": names, "year": prevention["year"].values},
        ("organisation", "year"),
    )
