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
from nelfin.errors import InputError
from nelfin.models.capital.stress import Overruns
from nelfin.models.capital.stress.slips import Slips, slips_of, together
from nelfin.models.ledgers import flows
from nelfin.models.prevention import extra_spend
from nelfin.models.programmes import Programmes, programmes_of
from nelfin.models.ranges import Spread, own_shares, shares_by_year
from nelfin.models.recovery import STEPS, roll_forward
from nelfin.scenario import Scenario
from nelfin.scenario.keys import dotted
from nelfin.system.activity import LEDGERS
from nelfin.system.activity_levels import activity
from nelfin.system.drivers import (
    BY_YEAR,
    DRAWN,
    GROWTH,
    RECOVERY,
    FromActivity,
    drivers_of,
    income_by_body,
)
from nelfin.system.joint import Joint, join
from nelfin.system.prevention import costing_of, prevention_by_organisation
from nelfin.system.slips import slip_queue, slip_variables
from nelfin.system.spreads import COST, RETURN, spreads

Array = npt.NDArray[np.float64]

MOST = 1_000_000
"""Draws at the most."""

PATHS = 200
"""Draws of a rate by itself, to tell what it moves."""

PART = 10_000
"""Draws worked out at once."""


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
        (£m; dims `draw, year`), `organisation_reported` and `organisation_support` (£m; dims
        `organisation, draw, year`), `within_limits` (whether the plan stays within every limit
        of the year, same dims), and `drawn` (dims `setting, draw`): what was drawn. What of the
        capital plan slips: `schemes_waiting` and `passed_all_the_same` (£m past a limit though all
        that can wait waits; dims `draw, year`), `capital_benefit_lost` (dim `draw`), and
        `slip_waits, slip_mean_years, slip_not_started, slip_benefit_lost` (dim `project`).

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
    names = [str(name) for name in inputs.organisations["organisation"]]
    bodies = np.empty((2, len(names), draws, len(years)))
    shown: dict[str, Array] = {name: np.empty(draws) for name in spread}
    used = np.empty((draws, len(years)))
    within = np.empty((draws, len(years)), dtype=bool)
    capital = scenario.capital
    # what has been spent by now is known
    still = joint.limits[joint.limits["year"] >= scenario.years.open_from]
    costs = Overruns(
        joint.plan, still, years, spread.get(COST),
        scenario.uncertainty.capital_cost_pct, scenario.uncertainty.capital_cost_common_pct,
        capital.over_programming_pct, capital.carry_over_pct, seed,
    )  # fmt: skip
    # a relaxation has schemes in part, which start more than once: nothing of it waits
    queue = None if capital.relax else slip_queue(scenario, inputs, joint)
    waited: list[Slips] = []
    # in parts, so that memory does not grow with the draws
    for begin in range(0, draws, PART):
        part = slice(begin, min(begin + PART, draws))
        mine = _drawn(scenario, spread, part.stop - part.start, seed, begin // PART)
        for name, values in mine.items():
            shown[name][part] = values if values.ndim == 1 else values.mean(axis=-1)
        found[:, part], bodies[:, :, part] = _positions(scenario, inputs, joint, mine)
        factors = costs.factors(mine.get(COST), part.stop - part.start)
        used[part], within[part] = costs.of(factors)
        if queue is not None:
            waited.append(slips_of(queue, costs.ids, factors))
    variables = ("system_underlying", "system_reported", "prevention_net_cash", "prevention_cut",
             "capital_used")  # fmt: skip
    words = ("Underlying position of the system", "Reported position of the system",
             "Net cash of prevention", "Cut from treatment to pay for prevention",
             "Use of the capital limit by the plan")  # fmt: skip
    data: dict[str, tuple[tuple[str, ...], npt.NDArray[np.generic], dict[str, str]]] = {
        name: (("draw", "year"), values, {"long_name": said, "units": "£m"})
        for name, values, said in zip(variables, [*found, used], words, strict=True)
    }
    for name, values, said in (
        ("organisation_reported", bodies[0], "Reported position of each organisation"),
        ("organisation_support", bodies[1], "Deficit support inside it"),
    ):
        data[name] = (("organisation", "draw", "year"), values, {"long_name": said, "units": "£m"})
    about = {"long_name": "Whether the capital plan stays within its limits", "units": "yes or no"}
    data["within_limits"] = (("draw", "year"), within, about)
    data["drawn"] = (
        ("setting", "draw"),
        np.vstack(list(shown.values())),
        {"long_name": "What was drawn, a rate as the mean of its years", "units": "as the setting"},
    )
    coords = {"organisation": names, "year": years, "setting": list(shown)}
    if queue is not None:
        unit = "£m" if capital.benefit == "npsv" else "points"
        data |= slip_variables(queue, together(waited), joint, years, unit)
        coords["project"] = [str(name) for name in joint.plan.plan["project_id"]]
    return xr.Dataset(data, coords, {"seed": seed} | joint.recovery.attrs)


def reported_of_draws(
    scenario: Scenario, inputs: Inputs, joint: Joint, draws: int, seed: int = 0
) -> Array:
    """Return the reported position of the system under draws, £m; shape (draw, year).

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    joint
        Place budgets and capital charges that stand in every draw.
    draws, seed
        As for `draw_positions`, and at most `PART` draws.
    """
    mine = _drawn(scenario, spreads(scenario, inputs), draws, seed, part=0)
    return np.asarray(_positions(scenario, inputs, joint, mine)[0][1])


def _drawn(
    scenario: Scenario, spread: Mapping[str, Spread], draws: int, seed: int, part: int
) -> dict[str, Array]:
    """Draw everything that has a range: rates by year, the rest once; (draw,) or (draw, year)."""
    section, years = scenario.uncertainty, len(scenario.years.labels())
    found = {}
    for name, each in spread.items():
        growth = name.startswith(GROWTH)
        if _yearly(name):
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
) -> tuple[Array, Array]:
    """Return what draws make of the system and of each organisation, £m.

    Of the system: underlying and reported position, net cash and cut of prevention; shape
    (4, draw, year). Of each organisation: reported position, and the support inside it; shape
    (2, organisation, draw, year).
    """
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
    care = activity(
        scenario,
        inputs,
        joint.budgets["weighted_population"],
        {name: shift[name] for name in LEDGERS},
        drawn=drawn,
    )
    drivers = drivers_of(
        scenario,
        inputs,
        joint.budgets,
        shared["net_cash_recurrent"],
        shared["double_running"],
        joint.charges.transpose("organisation", "year").to_numpy(),
        FromActivity(care.growth, care.levels()),
        drawn,
    )
    wanted = [STEPS.index(step) for step in ("closing underlying", "reported", "deficit support")]
    bridge = roll_forward(drivers, wanted)[0]
    underlying, reported, _ = np.moveaxis(bridge.sum(axis=-3), -1, 0)
    net, cut = (np.broadcast_to(shift[name], reported.shape) for name in ("net_cash", "cut"))
    bodies = np.moveaxis(bridge[..., 1:], (-1, -3), (0, 1))
    return np.stack([underlying, reported, net, cut]), bodies


def _with_returns(programmes: Programmes, drawn: Mapping[str, Array]) -> Programmes:
    back = [drawn[f"{RETURN}{name}"] for name in programmes.names]
    return replace(programmes, returns=np.stack(back, axis=-1))


def tornado(scenario: Scenario, inputs: Inputs, joint: Joint) -> pd.DataFrame:
    """Return how far each assumption by itself moves the reported position.

    Each is drawn by itself, all others at their value. What is drawn once is put where a tenth of
    its range lies below, and where a tenth lies above; a rate that is drawn for each year is drawn
    many times, and a tenth of its draws leave a position below, a tenth above.

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
    years = scenario.years.labels()
    values, moved = _ends(scenario, inputs, joint, spread)
    moved = moved - joint.recovery["system_reported"].to_numpy()
    swing = np.ptp(moved[:, -1].reshape(-1, 2), axis=1)
    order = np.argsort(-swing, kind="stable")
    names = list(spread)
    rows = [
        [year, names[at], end, float(values[2 * at + e]), float(moved[2 * at + e, t])]
        for at in order
        for e, end in enumerate(("p10", "p90"))
        for t, year in enumerate(years)
    ]
    table = pd.DataFrame(rows, columns=["year", "setting", "end", "at", "value"])
    table.insert(4, "measure", "change of system_reported")
    return table.assign(unit="£m")


def _ends(
    scenario: Scenario, inputs: Inputs, joint: Joint, spread: Mapping[str, Spread]
) -> tuple[Array, Array]:
    """Return the tenths of each thing drawn, and the reported positions that go with them, £m.

    Shapes (2 x things,) and (2 x things, year). Of a rate by year the tenths are those of its mean.
    """
    tenths = np.array([0.1, 0.9])
    once = {name: each.at(tenths) for name, each in spread.items() if not _yearly(name)}
    by_year = {name: each for name, each in spread.items() if _yearly(name)}
    paths = _drawn(scenario, by_year, PATHS, seed=0, part=0)
    values = once | {name: np.quantile(path.mean(axis=1), tenths) for name, path in paths.items()}
    count, years = len(once) * 2 + len(paths) * PATHS, len(scenario.years.labels())
    drawn = {name: np.full(count, each.middle) for name, each in spread.items() if name in once}
    drawn |= {name: np.full((count, years), each.middle) for name, each in by_year.items()}
    part, at = {}, 0
    for name, alone in (once | paths).items():
        part[name] = slice(at, at + len(alone))
        drawn[name][part[name]] = alone
        at += len(alone)
    reported = _positions(scenario, inputs, joint, drawn)[0][1]
    found = [
        np.quantile(reported[part[name]], tenths, axis=0) if name in paths else reported[part[name]]
        for name in spread
    ]
    # where more of a rate leaves less, its lower tenth goes with the higher position
    for at, name in enumerate(spread):
        if name in paths and _falls(paths[name], reported[part[name]]):
            found[at] = found[at][::-1]
    return np.concatenate([values[name] for name in spread]), np.concatenate(found)


def _falls(path: Array, reported: Array) -> bool:
    """Return whether the position of the last year falls as a rate rises."""
    return bool(np.sum((path.mean(axis=1) - path.mean()) * (reported[:, -1])) < 0)


def _yearly(name: str) -> bool:
    """Return whether something is drawn for each year."""
    return name.startswith(GROWTH) or name.removeprefix(RECOVERY) in BY_YEAR
