"""The models joined: budgets, prevention, activity, capital and recovery, one after the other.

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
from nelfin.data.inputs import OTHERS
from nelfin.errors import Problems
from nelfin.models.capital import CapitalPlan
from nelfin.models.capital.checked import Checked
from nelfin.models.charges import consequences
from nelfin.models.income import Income
from nelfin.models.months import savings_phase
from nelfin.models.positions import ROUNDING, Known, system_plans
from nelfin.models.recovery import labelled, roll_forward
from nelfin.program import Watch
from nelfin.scenario import Scenario
from nelfin.system.activity import STEPS, activity_of
from nelfin.system.activity_system import of_system
from nelfin.system.capital import check_schemes, draw_up
from nelfin.system.capital_limits import limits_after, limits_of
from nelfin.system.drivers import FromActivity, drivers_of, income_by_body
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
    budgets, prevention, activity, recovery
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
    activity: xr.Dataset
    plan: CapitalPlan
    limits: pd.DataFrame
    charges: xr.DataArray
    recovery: xr.Dataset
    passes: int
    settled: bool

    def measures(self) -> dict[str, xr.DataArray]:
        """Return what has one value a year, by name: what a goal can be set for.

        What the system has no figure for is not there.
        """
        merged = [self.recovery, self.prevention, of_system(self.activity)]
        return {
            str(name): array
            for part in merged
            for name, array in part.data_vars.items()
            if array.dims == ("year",) and np.isfinite(array.to_numpy()).any()
        }


def join(
    scenario: Scenario,
    inputs: Inputs | None = None,
    plan: CapitalPlan | None = None,
    budgets: xr.Dataset | None = None,
    prevention: xr.Dataset | None = None,
    activity: xr.Dataset | None = None,
    check_prices: bool = False,
    checked: Checked | None = None,
    charges: xr.DataArray | None = None,
    watch: Watch | None = None,
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
    budgets, prevention, activity
        Place budgets, shift and activity to take as they are: of a case that differs in nothing
        that they rest on.
    check_prices
        Confirm the price of capital by solving again with £1m more and less of each limit.
    checked
        The tables of the capital plan, from `check_schemes`; by default they are checked here
        where a plan is drawn up.
    charges
        What `plan` costs in revenue, to take as it is: of a case that differs in nothing that it
        rests on.
    watch
        One clock over all plans that are drawn up, which may stop them; by default each has the
        time that the scenario sets.

    Returns
    -------
    Joint
        `budgets`, `prevention`, `activity` and `recovery` as labelled data, and the capital `plan`.

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
        return draw_up(checked or check_schemes(scenario, inputs), within, check_prices, watch)

    budgets = allocate(scenario, inputs) if budgets is None else budgets
    prevention = shift_of(scenario, inputs, budgets) if prevention is None else prevention
    income = income_by_body(scenario, inputs)
    if activity is None:
        activity = activity_of(scenario, inputs, budgets, prevention, income)
    limits = limits_of(scenario, inputs)
    if plan is None:
        plan = drawn_up(limits)
    for passes in range(1, PASSES + 2):
        cost, recovery = _positions(
            scenario, inputs, income, budgets, prevention, activity, plan, charges
        )
        moved = _moved_limits(scenario, inputs, recovery, limits)
        change = (moved["limit_gbp_m"] - limits["limit_gbp_m"]).abs()
        settled = bool((change < SETTLED).all())
        if settled or passes > PASSES:
            break
        limits = moved
        plan, charges = drawn_up(limits), None
    return Joint(budgets, prevention, activity, plan, limits, cost, recovery, passes, settled)


def _positions(
    scenario: Scenario,
    inputs: Inputs,
    income: Income,
    budgets: xr.Dataset,
    prevention: xr.Dataset,
    activity: xr.Dataset,
    plan: CapitalPlan,
    charges: xr.DataArray | None = None,
) -> tuple[xr.DataArray, xr.Dataset]:
    """Return what a capital plan costs in revenue, unless it is known, and the positions."""
    organisations = [str(name) for name in inputs.organisations["organisation"]]
    if charges is None:
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
    outside = outside_bodies(budgets["envelope"], income)
    shared = prevention_by_organisation(
        ledgers, inputs.organisations, scenario.prevention, income.total[:, 0]
    )
    drivers = drivers_of(
        scenario,
        inputs,
        budgets,
        shared["net_cash_recurrent"],
        shared["double_running"],
        charges.transpose("organisation", "year").to_numpy(),
        handed_on(activity),
        income=income,
    )
    bridge, pressures_pct = roll_forward(drivers)
    phase = savings_phase(scenario.recovery.savings_by_month_5_pct)
    years = scenario.years.labels()
    found = labelled(bridge, organisations, years, pressures_pct, phase)
    found["income_outside"] = outside
    about = {"long_name": "Reported position that the system planned", "units": "£m"}
    found["system_plan"] = ("year", system_plans(inputs.positions, years), about)
    basis = dict(zip(years, drivers.known.basis, strict=True))
    found.attrs = {
        "known_years": ", ".join(f"{year} {what}" for year, what in basis.items() if what),
        "open_years": ", ".join(year for year, what in basis.items() if not what),
        "shared_positions": "; ".join(_shared(drivers.known, organisations, years)),
    }
    return charges, found


def handed_on(activity: xr.Dataset) -> FromActivity:
    """Return what activity hands to the positions.

    Parameters
    ----------
    activity
        From `activity_of`.
    """
    # 0.0 + makes nothing of a cost of nothing, which would be -0.0
    return FromActivity(
        activity["activity_demand_growth"].to_numpy(),
        {step: 0.0 + sign * activity[name].to_numpy() for step, (name, sign) in STEPS.items()},
    )


def _shared(known: Known, organisations: list[str], years: list[str]) -> list[str]:
    """Return the bodies, by year, whose position is a share of what several have together."""
    found = {
        year: [name for name, share in zip(organisations, known.shared[:, t], strict=True) if share]
        for t, year in enumerate(years)
    }
    return [f"{year} {', '.join(names)}" for year, names in found.items() if names]


def outside_bodies(envelope: xr.DataArray, income: Income) -> xr.DataArray:
    """Return the money of the streams that goes to bodies outside the system, £m.

    Parameters
    ----------
    envelope
        £m; dims `stream, year`.
    income
        Of the bodies of the system.

    Returns
    -------
    xarray.DataArray
        Dim `year`: places and bodies draw on one envelope, and this is what lies between them.

    Raises
    ------
    InputError
        If the bodies have more of a stream than there is.
    """
    # the line `other` of the envelope is not the bodies' other income
    streams = [
        str(name) for name in envelope["stream"].values if name in income.parts[: -len(OTHERS)]
    ]
    money = envelope.sel(stream=streams).transpose("stream", "year").to_numpy()
    bodies = income.level[:, [income.parts.index(name) for name in streams]].sum(axis=0)
    left = np.where(money > 0, money - bodies, 0.0)
    problems = Problems()
    short = left < -ROUNDING
    for s in np.flatnonzero(short.any(axis=1)):
        t = int(np.argmax(short[s]))
        problems.add(
            f"organisation_income, {streams[s]}",
            f"comes to {bodies[s, t]:,.1f} of the organisations together in "
            f"{envelope['year'].values[t]}, and there is {money[s, t]:,.1f}.",
            "Give less of it, or the rest as income of other commissioners.",
        )
    problems.raise_if_any()
    about = {"long_name": "Money of the streams that bodies outside have", "units": "£m"}
    return xr.DataArray(left.sum(axis=0), {"year": envelope["year"]}, ("year",), attrs=about)


def _moved_limits(
    scenario: Scenario, inputs: Inputs, recovery: xr.Dataset, limits: pd.DataFrame
) -> pd.DataFrame:
    """Return the limits as positions move them; as they are where the switch is off."""
    if not scenario.capital.feedback:
        return limits
    reported = recovery["recovery_bridge"].sel(step="reported", drop=True)
    return limits_after(reported, scenario, inputs)
