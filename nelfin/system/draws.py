"""Uncertainty of the plan: many draws of what it rests on, all worked out at once.

Each setting with a range (`low` and `high` beside its value) is drawn, and so is the return of
each prevention programme and the cost of each capital scheme. Rates of growth are drawn for each
year, and what is bad in one year is likely to be so in the next. Every part of each range is seen
alike. Each thing has its own stream: one seed draws it alike whatever else has a range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.allocations.budgets import envelopes
from nelfin.data import Inputs, load_inputs
from nelfin.data.specs import PROGRAMME_RETURNS
from nelfin.errors import InputError, Problems
from nelfin.models.capital.stress import Overruns
from nelfin.models.ledgers import flows
from nelfin.models.prevention import extra_spend
from nelfin.models.programmes import Programmes, programmes_of
from nelfin.models.ranges import Outcomes, Range, Spread, own_shares, shares_by_year
from nelfin.models.recovery import STEPS, roll_forward
from nelfin.scenario import Scenario
from nelfin.scenario.change import field_of
from nelfin.scenario.keys import dotted
from nelfin.system.drivers import BY_YEAR, DRAWN, drivers_of, income_by_body
from nelfin.system.joint import Joint, join
from nelfin.system.prevention import costing_of, prevention_by_organisation

Array = npt.NDArray[np.float64]

RECOVERY = "recovery."
GROWTH = "envelope.growth_pct."
COST = "uncertainty.capital_cost_pct"
RETURN = "return of "

MOST = 1_000_000
"""Draws at the most."""

PART = 10_000
"""Draws worked out at once."""


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
    problems.raise_if_any()
    return found | _returns(scenario, inputs)


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


def draw_positions(
    scenario: Scenario,
    inputs: Inputs | None = None,
    joint: Joint | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> xr.Dataset:
    """Work out the positions of the system, and the cost of its capital plan, under many draws.

    Parameters
    ----------
    scenario
        From `load_scenario`.
    inputs
        Its tables; read by default.
    joint
        The joint run of it, worked out by default: its place budgets and capital plan stand in
        every draw.
    draws
        How many.
    seed
        Of the draws: the same seed gives the same draws.

    Returns
    -------
    xarray.Dataset
        `system_reported, system_underlying, prevention_net_cash, prevention_cut, capital_used`
        (£m; dims `draw, year`), `within_limits` (whether the capital plan stays within every limit
        of the year, same dims), and `drawn` (dims `setting, draw`): what was drawn.

    Raises
    ------
    InputError
        If the number of draws is not one that can be had, or a range cannot be drawn.

    Notes
    -----
    What capital schemes cost above their price does not move the positions: the limits hold what
    is spent, whatever it buys.
    """
    if not 1 <= draws <= MOST:
        raise InputError.one("draws", f"is {draws:,}.", f"Give 1 to {MOST:,} draws.")
    inputs = load_inputs(scenario) if inputs is None else inputs
    joint = join(scenario, inputs) if joint is None else joint
    spread = spreads(scenario, inputs)
    years = scenario.years.labels()
    found = np.empty((4, draws, len(years)))
    shown: dict[str, Array] = {name: np.empty(draws) for name in spread}
    used = np.empty((draws, len(years)))
    within = np.empty((draws, len(years)), dtype=bool)
    capital = scenario.capital
    costs = Overruns(
        joint.plan, joint.limits, years, spread.get(COST),
        scenario.uncertainty.capital_cost_pct, scenario.uncertainty.capital_cost_common_pct,
        capital.over_programming_pct, capital.carry_over_pct, seed,
    )  # fmt: skip
    # in parts, so that memory does not grow with the draws
    for begin in range(0, draws, PART):
        part = slice(begin, min(begin + PART, draws))
        mine = _drawn(scenario, spread, part.stop - part.start, seed, begin // PART)
        for name, values in mine.items():
            shown[name][part] = values if values.ndim == 1 else values.mean(axis=-1)
        found[:, part] = _positions(scenario, inputs, joint, mine)
        used[part], within[part] = costs.of(mine.get(COST), part.stop - part.start)
    names = ("system_underlying", "system_reported", "prevention_net_cash", "prevention_cut",
             "capital_used")  # fmt: skip
    words = ("Underlying position of the system", "Reported position of the system",
             "Net cash of prevention", "Cut from treatment to pay for prevention",
             "Use of the capital limit by the plan")  # fmt: skip
    data: dict[str, tuple[tuple[str, ...], npt.NDArray[np.generic], dict[str, str]]] = {
        name: (("draw", "year"), values, {"long_name": said, "units": "£m"})
        for name, values, said in zip(names, [*found, used], words, strict=True)
    }
    about = {"long_name": "Whether the capital plan stays within its limits", "units": "yes or no"}
    data["within_limits"] = (("draw", "year"), within, about)
    data["drawn"] = (
        ("setting", "draw"),
        np.vstack(list(shown.values())),
        {"long_name": "What was drawn, a rate as the mean of its years", "units": "as the setting"},
    )
    return xr.Dataset(data, {"year": years, "setting": list(shown)}, {"seed": seed})


def _drawn(
    scenario: Scenario, spread: Mapping[str, Spread], draws: int, seed: int, part: int
) -> dict[str, Array]:
    """Draw everything that has a range: rates by year, the rest once; (draw,) or (draw, year)."""
    section, years = scenario.uncertainty, len(scenario.years.labels())
    found = {}
    for name, each in spread.items():
        growth = name.startswith(GROWTH)
        if growth or name.removeprefix(RECOVERY) in BY_YEAR:
            prices = growth or name == f"{RECOVERY}cost_uplift_pct"
            shares = shares_by_year(
                name, draws, years, seed, part, section.persistence,
                "growth and inflation" if prices else "", section.growth_with_inflation,
            )  # fmt: skip
        else:
            shares = own_shares(name, draws, seed, part)
        found[name] = each.at(shares)
    return found


def _positions(
    scenario: Scenario, inputs: Inputs, joint: Joint, drawn: Mapping[str, Array]
) -> Array:
    """Return underlying and reported position, net cash and cut of prevention; (4, draw, year)."""
    years = scenario.years.labels()
    streams = list(scenario.allocation.streams)
    rates = {name: dotted(("envelope", "growth_pct", name)) for name in streams}
    money = envelopes(
        inputs, scenario, {name: drawn[key] for name, key in rates.items() if key in drawn}
    )
    settings = {name: drawn[f"{RECOVERY}{name}"] for name in DRAWN if f"{RECOVERY}{name}" in drawn}
    base = money.envelope[..., [streams.index(name) for name in scenario.prevention.share_of], :]
    shift = flows(
        extra_spend(base.sum(axis=-2), scenario.prevention, years),
        _with_returns(programmes_of(inputs.prevention_programmes, scenario.prevention), drawn),
        scenario.prevention,
        costing_of(scenario, inputs, settings),
    )
    income = income_by_body(scenario, inputs).total[:, 0]
    shared = prevention_by_organisation(shift, inputs.organisations, scenario.prevention, income)
    drivers = drivers_of(
        scenario,
        inputs,
        joint.budgets,
        shared["net_cash_recurrent"],
        shared["double_running"],
        joint.charges.transpose("organisation", "year").to_numpy(),
        drawn,
    )
    wanted = [STEPS.index("closing underlying"), STEPS.index("reported")]
    system = roll_forward(drivers, wanted)[0].sum(axis=-3)
    net, cut = (np.broadcast_to(shift[name], system.shape[:-1]) for name in ("net_cash", "cut"))
    return np.stack([system[..., 0], system[..., 1], net, cut])


def _with_returns(programmes: Programmes, drawn: Mapping[str, Array]) -> Programmes:
    back = [drawn[f"{RETURN}{name}"] for name in programmes.names]
    return replace(programmes, returns=np.stack(back, axis=-1))


def tornado(scenario: Scenario, inputs: Inputs, joint: Joint) -> pd.DataFrame:
    """Return how far each assumption by itself moves the reported position.

    Each is put where a tenth of its range lies below, and where a tenth lies above; all others
    stay at their value.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    joint
        The joint run of them.

    Returns
    -------
    pandas.DataFrame
        `year, setting, end` (p10 or p90), `at` (the setting's value there), `measure, value`
        (change of the reported position, £m), `unit`; the largest mover of the last year first.
    """
    spread = {name: each for name, each in spreads(scenario, inputs).items() if name != COST}
    ends = np.array([0.1, 0.9])
    count = 2 * len(spread)
    drawn = {name: np.full(count, each.middle) for name, each in spread.items()}
    for at, (name, each) in enumerate(spread.items()):
        drawn[name][2 * at : 2 * at + 2] = each.at(ends)
    years = scenario.years.labels()
    moved = _positions(scenario, inputs, joint, drawn)[1]
    moved = moved - joint.recovery["system_reported"].to_numpy()
    swing = np.ptp(moved[:, -1].reshape(-1, 2), axis=1)
    order = np.argsort(-swing, kind="stable")
    names = list(spread)
    rows = [
        [year, names[at], end, float(drawn[names[at]][2 * at + e]), float(moved[2 * at + e, t])]
        for at in order
        for e, end in enumerate(("p10", "p90"))
        for t, year in enumerate(years)
    ]
    table = pd.DataFrame(rows, columns=["year", "setting", "end", "at", "value"])
    table.insert(4, "measure", "change of system_reported")
    return table.assign(unit="£m")
