"""From settings and tables to what moves the positions: the same for a run and for its draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from nelfin.allocations.budgets import envelopes
from nelfin.data import Inputs
from nelfin.models.appraisal import cost_inflation
from nelfin.models.efficiency import efficiency, staffing_saving
from nelfin.models.income import Income, income_of
from nelfin.models.marginal_cost import marginal_cost_curve
from nelfin.models.positions import Known, known_positions, split
from nelfin.models.recovery import Drivers
from nelfin.scenario import Scenario
from nelfin.years import label_of, start_of, years_between

Array = npt.NDArray[np.float64]

GROWTH = "envelope.growth_pct."
RECOVERY = "recovery."

DRAWN = (
    "demand_planned_pct",
    "demand_urgent_pct",
    "planned_share_pct",
    "marginal_cost_pct",
    "cost_uplift_pct",
    "pressures_pct",
    "other_income_growth_pct",
    "efficiency_pct",
    "efficiency_delivery_pct",
    "efficiency_recurrent_pct",
    "support_gbp_m",
    "repayment_gbp_m",
)
"""Settings of the recovery that may be drawn."""

BY_YEAR = (
    "demand_planned_pct",
    "demand_urgent_pct",
    "cost_uplift_pct",
    "pressures_pct",
    "other_income_growth_pct",
    "efficiency_pct",
    "efficiency_delivery_pct",
)
"""Of them those that are drawn for each year: rates that differ from year to year."""


@dataclass(frozen=True)
class FromActivity:
    """What activity hands to the positions. Any array may have draws in front.

    Parameters
    ----------
    growth
        Growth of planned and urgent care together, a fraction; shape (..., year).
    levels
        What it moves, by step: yearly levels that better a position where above 0, £m; shape
        (..., organisation, year).
    """

    growth: Array
    levels: Mapping[str, Array]

    def apart(self) -> Array:
        """Return the levels together, £m; shape (..., organisation, year), or (year,) of none."""
        return np.asarray(sum(self.levels.values(), np.zeros(self.growth.shape[-1])))


def drivers_of(
    scenario: Scenario,
    inputs: Inputs,
    budgets: xr.Dataset,
    prevention: Array,
    double_running: Array,
    capital: Array,
    activity: FromActivity,
    drawn: Mapping[str, Array] | None = None,
    income: Income | None = None,
) -> Drivers:
    """Return what moves the positions.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    budgets
        Place budgets, for what they move between bodies.
    prevention, double_running
        Recurrent net cash of the shift, a yearly level, and what double running costs, £m; shape
        (..., organisation, year).
    capital
        Running-cost savings less capital charges, a yearly level, £m; shape (organisation, year).
    activity
        Growth of demand, and what activity beside the funded level moves.
    drawn
        Draws by dotted key, of `DRAWN` settings and of growth by stream; each of shape (draw,) or
        (draw, year). A setting that is not drawn stands as the scenario has it.
    income
        Of the bodies, without draws; worked out by default.
    """
    section, years = scenario.recovery, scenario.years.labels()
    drawn = {} if drawn is None else drawn

    def value(name: str) -> Array:
        return _by_year(name, scenario, drawn)

    plain = income_by_body(scenario, inputs) if income is None else income
    income = income_by_body(scenario, inputs, drawn) if drawn else plain
    middle = plain.total
    known = known_of(scenario, inputs, middle)
    steps = {
        "prevention net cash": _changes(prevention),
        **{step: _changes(level) for step, level in activity.levels.items()},
        "capital consequences": _changes(capital),
        "agency and bank": _staffing(inputs, scenario, income),
        "place budgets": places_effect(budgets, inputs, income),
    }
    return Drivers(
        income=income,
        opening=opening_underlying(inputs, years, middle),
        known=known,
        inflation=cost_inflation(inputs.uplift_factors, years, value("cost_uplift_pct")),
        demand=demand_cost(activity.growth, value("marginal_cost_pct"), scenario),
        pressures=value("pressures_pct") / 100,
        named_pressures=_named_pressures(inputs, years, middle),
        ask=value("efficiency_pct") / 100,
        delivery=value("efficiency_delivery_pct") / 100,
        lasting=value("efficiency_recurrent_pct") / 100,
        efficiency=efficiency(inputs, section, years, middle),
        steps=steps,
        apart=activity.apart(),
        double_running=double_running,
        support=value("support_gbp_m"),
        repayment=value("repayment_gbp_m"),
        repay_cap=(
            section.repayment_cap_pct / 100 if section.repayment_rule == "surplus" else np.nan
        ),
        rest_lasts=section.not_explained_recurrent_pct / 100,
        support_needs=section.support_needs_developed_pct / 100,
    )


def _by_year(name: str, scenario: Scenario, drawn: Mapping[str, Array]) -> Array:
    """Return a setting of the recovery by year, as drawn or as it stands; shape (..., year)."""
    given = np.asarray(drawn.get(f"{RECOVERY}{name}", float(getattr(scenario.recovery, name))))
    by_year = given if given.ndim == 2 else given[..., None]
    return np.broadcast_to(by_year, (*by_year.shape[:-1], len(scenario.years.labels())))


def _changes(level: Array) -> Array:
    """Return what a yearly level moves: its change on the year before."""
    return np.diff(level, axis=-1, prepend=0.0)


def known_of(scenario: Scenario, inputs: Inputs, income: Array) -> Known:
    """Return the positions that are known in the years of a scenario.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    income
        Of the bodies, £m; shape (organisation, year).

    Raises
    ------
    InputError
        If the positions of a year do not add up.
    """
    return known_positions(
        inputs.positions,
        inputs.organisations,
        scenario.years.labels(),
        income,
        scenario.years.planned_to,
        inputs.called.get("positions", "positions"),
    )


def income_by_body(
    scenario: Scenario,
    inputs: Inputs,
    drawn: Mapping[str, Array] | None = None,
) -> Income:
    """Return the income of the bodies by part, from the envelope that places share too.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    drawn
        Draws by dotted key, each of shape (draw,) or (draw, year); those of growth by stream, and
        of growth of income from outside the envelope, count.
    """
    years, table = scenario.years.labels(), inputs.organisation_income
    first = min([*table["year"], label_of(start_of(years[0]) - 1)])
    all_years = years_between(first, years[-1])
    rates = {
        key.removeprefix(GROWTH): rate
        for key, rate in (drawn or {}).items()
        if key.startswith(GROWTH)
    }
    money = envelopes(inputs, scenario, rates, all_years)
    streams = list(scenario.allocation.streams)
    inside = slice(0, len(streams))
    added = money.convergence[..., inside, :]
    other = _by_year("other_income_growth_pct", scenario, {} if drawn is None else drawn)
    early = np.broadcast_to(other[..., :1], (*other.shape[:-1], len(all_years) - len(years)))
    return income_of(
        table,
        [str(name) for name in inputs.organisations["organisation"]],
        streams,
        all_years,
        years,
        money.growth[..., inside, :] - added,
        added,
        np.concatenate([early, other], axis=-1) / 100,
    )


def demand_cost(growth: Array, first_pct: Array, scenario: Scenario) -> Array:
    """Return the growth of cost by volume: each year's growth moves cost along the curve.

    Parameters
    ----------
    growth
        Growth of volume, a fraction; shape (..., year). Before the first year it is taken to
        have been as in the first.
    first_pct
        Marginal cost within the year, % of average cost; shape (..., year).
    scenario
        The rest of the curve.

    Returns
    -------
    numpy.ndarray
        A fraction of the cost base; shape (..., year).
    """
    section, count = scenario.recovery, growth.shape[-1]
    span = int(np.ceil(section.marginal_cost_years)) + 1
    curve = marginal_cost_curve(
        first_pct[..., 0], section.marginal_cost_later_pct, section.marginal_cost_years, span
    )
    moves = np.diff(curve, axis=-1, prepend=0.0)
    early = np.broadcast_to(growth[..., :1], (*growth.shape[:-1], span))
    history = np.concatenate([early, growth], axis=-1)
    parts = [
        moves[..., lag, None] * history[..., span - lag : span - lag + count] for lag in range(span)
    ]
    return np.asarray(sum(parts))


def opening_underlying(inputs: Inputs, years: list[str], weights: Array) -> Array:
    """Return the underlying position of each body before the first year, £m."""
    before = label_of(start_of(years[0]) - 1)
    names = [str(name) for name in inputs.organisations["organisation"]]
    trusts = (inputs.organisations["kind"] == "trust").to_numpy()
    rows = inputs.positions
    rows = rows[(rows["measure"] == "underlying") & (rows["year"] == before) & (rows["month"] == 0)]
    found = np.zeros(len(names))
    for row in rows.to_dict("records"):
        share = split(str(row["organisation"]), names, trusts, weights[:, 0])
        found += share * float(row["value_gbp_m"])
    return found


def places_effect(budgets: xr.Dataset, inputs: Inputs, income: Income) -> Array:
    """Return the income that place budgets move between bodies, £m.

    Shape (..., organisation, year).

    A body's income in a place grows as that place's budget does beside all places', like for
    like: streams that have money in both years. What is gained and lost adds up to nothing.
    """
    table = inputs.organisation_places
    names = [str(name) for name in inputs.organisations["organisation"]]
    level = income.total_before
    if table.empty:
        return np.zeros_like(level)
    money = budgets["budget"].transpose("stream", "place", "year").to_numpy()
    apart = np.zeros(money.shape[1:])
    for t in range(1, money.shape[-1]):
        both = (money[..., t].sum(axis=1) > 0) & (money[..., t - 1].sum(axis=1) > 0)
        now, last = money[both, :, t].sum(axis=0), money[both, :, t - 1].sum(axis=0)
        apart[:, t] = (now / now.sum()) / (last / last.sum()) - 1
    places = [str(place) for place in budgets["place"].values]
    serves = np.zeros((len(names), len(places)))
    for row in table.to_dict("records"):
        serves[names.index(row["organisation"]), places.index(row["place"])] = row["share_pct"]
    gained = level * (serves / 100 @ apart)
    weight = level / level.sum(axis=-2, keepdims=True)
    return np.asarray(gained - gained.sum(axis=-2, keepdims=True) * weight)


def _staffing(inputs: Inputs, scenario: Scenario, income: Income) -> Array:
    """Return what fewer agency and bank staff save in a year beyond the year before, £m."""
    trusts = (inputs.organisations["kind"] == "trust").to_numpy(dtype=float)
    level = staffing_saving(scenario.recovery, scenario.years.labels())
    change = np.diff(level, prepend=0.0)
    return np.asarray(trusts[:, None] * income.total_before * change)


def _named_pressures(inputs: Inputs, years: list[str], weights: Array) -> Array:
    """Return pressures by driver, £m, a cost positive; shape (organisation, year)."""
    names = [str(name) for name in inputs.organisations["organisation"]]
    trusts = (inputs.organisations["kind"] == "trust").to_numpy()
    total = np.zeros((len(names), len(years)))
    for row in inputs.pressures.to_dict("records"):
        for t, year in enumerate(years):
            if row["year"] in {"", year}:
                share = split(str(row["organisation"]), names, trusts, weights[:, t])
                total[:, t] += share * float(row["cost_gbp_m"])
    return total
