"""The models joined: budgets, prevention, capital and recovery, each handing on to the next.

Where the switch is on, the system's position moves next year's capital limit, and the plan is
drawn up again until it stops changing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from nelfin.allocations import allocate
from nelfin.data import Inputs, load_inputs
from nelfin.models.capital import CapitalPlan
from nelfin.models.capital.checked import Checked
from nelfin.models.charges import consequences
from nelfin.models.recovery import recover
from nelfin.scenario import Scenario
from nelfin.system.capital import check_schemes, draw_up, limits_after, limits_of
from nelfin.system.prevention import prevention_by_organisation, shift_of

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
    inputs: Inputs | None = None,
    plan: CapitalPlan | None = None,
    budgets: xr.Dataset | None = None,
    prevention: xr.Dataset | None = None,
    check_prices: bool = False,
    checked: Checked | None = None,
) -> Joint:
    """Run the models one after the other, and again while the capital limits move.

    Parameters
    ----------
    scenario
        From `load_scenario`.
    inputs
        Its tables; read by default.
    plan
        A capital plan to take as it is: of a case that differs in nothing capital rests on.
    budgets, prevention
        Place budgets and shift to take as they are: of a case that differs in nothing that they
        rest on.
    check_prices
        Confirm the price of capital by solving again with £1m more and less of each limit.
    checked
        The tables of the capital plan, from `check_schemes`; by default they are checked here
        where a plan is drawn up.

    Returns
    -------
    Joint
        `budgets`, `prevention` and `recovery` as labelled data, and the capital `plan`.

    Raises
    ------
    InputError
        If the tables are wrong, with every problem.
    NoAnswerError
        If no budgets or no capital plan meet their limits and rules.
    """
    inputs = load_inputs(scenario) if inputs is None else inputs
    if checked is None and plan is None:
        checked = check_schemes(scenario, inputs)

    def drawn_up(within: pd.DataFrame) -> CapitalPlan:
        return draw_up(checked or check_schemes(scenario, inputs), within, check_prices)

    budgets = allocate(scenario, inputs) if budgets is None else budgets
    prevention = shift_of(scenario, inputs, budgets) if prevention is None else prevention
    limits = limits_of(scenario, inputs)
    if plan is None:
        plan = drawn_up(limits)
    for passes in range(1, PASSES + 2):
        charges, recovery = _positions(scenario, inputs, budgets, prevention, plan)
        moved = _moved_limits(scenario, inputs, recovery, limits)
        change = (moved["limit_gbp_m"] - limits["limit_gbp_m"]).abs()
        settled = bool((change < SETTLED).all())
        if settled or passes > PASSES:
            break
        limits = moved
        plan = drawn_up(limits)
    return Joint(budgets, prevention, plan, limits, charges, recovery, passes, settled)


def _positions(
    scenario: Scenario,
    inputs: Inputs,
    budgets: xr.Dataset,
    prevention: xr.Dataset,
    plan: CapitalPlan,
) -> tuple[xr.DataArray, xr.Dataset]:
    """Return what a capital plan costs in revenue, and the positions with it."""
    organisations = [str(name) for name in inputs.organisations["organisation"]]
    main = budgets.attrs["main_stream"]
    charges = consequences(
        plan,
        inputs.asset_types,
        scenario.recovery.pdc_pct,
        organisations,
        scenario.years.labels(),
    )
    ledgers = {
        name: prevention[f"prevention_{name}"].to_numpy()
        for name in ("net_cash_recurrent", "paid_by_growth", "double_running")
    }
    shared = prevention_by_organisation(ledgers, inputs.organisations, scenario.prevention)
    net_cash = xr.DataArray(
        shared["net_cash"],
        {"organisation": organisations, "year": prevention["year"].values},
        ("organisation", "year"),
    )
    recovery = recover(
        inputs,
        scenario.recovery,
        budgets["like_for_like_growth"].sel(stream=main, drop=True),
        net_cash,
        charges,
        income_by_place(budgets, inputs),
    )
    return charges, recovery


def _moved_limits(
    scenario: Scenario, inputs: Inputs, recovery: xr.Dataset, limits: pd.DataFrame
) -> pd.DataFrame:
    """Return the limits as positions move them; as they are where the switch is off."""
    if not scenario.capital.feedback:
        return limits
    return limits_after(recovery["system_reported"], scenario, inputs)


def income_by_place(budgets: xr.Dataset, inputs: Inputs) -> xr.DataArray | None:
    """Return the income that place budgets move between organisations, £m a year.

    An organisation's income in a place grows as that place's budget does beside all places'. What
    is gained and lost adds up to nothing. None where no table says whom organisations serve.

    Parameters
    ----------
    budgets
        Place budgets, £m; dims `stream, place, year`.
    inputs
        Organisations, and the places they serve.
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
