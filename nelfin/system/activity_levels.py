"""Activity in its system: planned and urgent care, beds and primary care, and who pays and earns.

The funded level is in the positions already: its cost grows with demand, its income with the
allocations. Here stands what is done beside it, and what that moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from nelfin.data import Inputs
from nelfin.models.activity.beds import DAYS, FreedDays, freed_days, uses_of
from nelfin.models.activity.demand import WEEKS, level_since, volume_growth
from nelfin.models.activity.payment import between, marginal_cost, paid
from nelfin.models.activity.waiting import WaitingList, waiting_list
from nelfin.models.income import Income
from nelfin.scenario import Scenario
from nelfin.system.activity_basis import RECOVERY, Basis, basis_of
from nelfin.system.activity_places import PrimaryCare, primary_care
from nelfin.years import start_of

Array = npt.NDArray[np.float64]

MILLION = 1e6


@dataclass(frozen=True)
class Planned:
    """Planned care by trust; people treated a year, of shape (..., organisation, year).

    Parameters
    ----------
    break_even
        Activity of the system that holds the list still; shape (..., year).
    funded, extra, filled
        What allocations pay for, what is done beside it, and of that what fills freed beds.
    waiting
        The list by month; None where the system has none.
    """

    break_even: Array
    funded: Array
    extra: Array
    filled: Array
    waiting: WaitingList | None


@dataclass(frozen=True)
class Freed:
    """Beds by trust.

    Parameters
    ----------
    days
        Bed days saved, by lever.
    a_bed
        Days that a bed is occupied in a year; shape (organisation, 1).
    uses
        Beds; shape (..., lever, use, organisation, year).
    cost
        Cost of the freed beds, £m; shape (..., organisation, year).
    cash, counted
        Cash of the beds that close: what is new, and what is cash of prevention already; the same.
    """

    days: FreedDays
    a_bed: Array
    uses: Array
    cost: Array
    cash: Array
    counted: Array


@dataclass(frozen=True)
class Activity:
    """What activity comes to. Any array may have draws in front.

    Parameters
    ----------
    basis
        What it rests on.
    growth
        Growth of all volume, fractions; shape (..., year).
    planned, freed, primary
        Planned care, beds and primary care.
    planned_income, planned_cost
        Of planned care beside the funded level, without what fills beds; £m, trusts only; shape
        (..., organisation, year).
    filled_income, filled_cost
        The same of planned care that fills freed beds: its cost without that of the beds, which is
        there in any case.
    unpaid
        Worth of planned care that passes the payment limit, £m, trusts only.
    planned_paid
        What is paid for both, £m, by body: the ICB pays what does not come from outside.
    urgent_paid, urgent_cost
        What is paid for urgent care beside the funded level by body, and what it costs, £m.
    """

    basis: Basis
    growth: Array
    planned: Planned
    freed: Freed
    primary: PrimaryCare
    planned_income: Array
    planned_cost: Array
    filled_income: Array
    filled_cost: Array
    unpaid: Array
    planned_paid: Array
    urgent_paid: Array
    urgent_cost: Array

    @property
    def margin(self) -> Array:
        """What planned and urgent activity leaves each body, £m; (..., organisation, year)."""
        costs = self.planned_cost + self.filled_cost + self.urgent_cost
        return np.asarray(self.planned_paid + self.urgent_paid - costs)

    def levels(self) -> dict[str, Array]:
        """Return what activity moves, as yearly levels that better a position where above 0, £m.

        Returns
        -------
        dict
            By step of the bridge; shape (..., organisation, year).
        """
        return {
            "planned and urgent activity": self.margin,
            "beds closed": self.freed.cash,
            "primary care gap": 0.0 - self.primary.cost,
        }


def activity(
    scenario: Scenario,
    inputs: Inputs,
    people: xr.DataArray,
    prevention: Mapping[str, Array],
    income: Income | None = None,
    drawn: Mapping[str, Array] | None = None,
) -> Activity:
    """Work out activity, beds and primary care; any array may have draws in front.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    people
        Weighted populations of the place budgets; dims `component, place, year`.
    prevention
        `cash, capacity, paid_by_cash` of the shift, £m; shape (..., year).
    income
        Of the bodies; worked out by default.
    drawn
        As for `nelfin.system.activity_basis.basis_of`.

    Raises
    ------
    InputError
        If activity is to change a year that is known, or figures do not fit each other.
    """
    basis = basis_of(scenario, inputs, income, drawn)
    growth = volume_growth(
        basis.value("demand_planned_pct", RECOVERY),
        basis.value("demand_urgent_pct", RECOVERY),
        basis.value("planned_share_pct", RECOVERY),
    )
    freed = _freed(basis, prevention)
    planned = _planned(basis, freed)
    urgent_paid, urgent_cost = _urgent(basis, prevention)
    money = _money_of_planned(basis, planned)
    return Activity(
        basis,
        growth,
        planned,
        freed,
        primary_care(basis, people),
        *money,
        between(money[0] + money[2], basis.icb, basis.value("outside_pct") / 100),
        urgent_paid,
        urgent_cost,
    )


def _freed(basis: Basis, prevention: Mapping[str, Array]) -> Freed:
    """Return what becomes of the beds of the acute trusts."""
    section, phase = basis.scenario.activity, basis.phase
    table = basis.inputs.beds.set_index("organisation").reindex(basis.names)
    there = basis.acute & table["beds_available"].notna().to_numpy()
    numbers = {
        name: np.where(there, table[name].fillna(0.0).to_numpy(dtype=float), 0.0)[:, None]
        for name in ("beds_available", "beds_occupied", "beds_fit_to_leave")
    }
    days = numbers["beds_occupied"] * DAYS
    if section.fit_to_leave_pct is None:
        fit_days = numbers["beds_fit_to_leave"] * DAYS
    else:
        share = basis.value("fit_to_leave_pct")[..., None, :] / 100
        fit_days = np.minimum(numbers["beds_available"] * share * DAYS, days)
    a_day = (basis.value("bed_day_gbp") * basis.value("market_forces"))[..., None, :] / MILLION
    prices = basis.prices[..., None, :]
    now = a_day * prices
    cash, capacity = prevention["cash"], prevention["capacity"]
    in_beds = (basis.value("avoided_bed_share_pct") / 100)[..., None, :] * basis.shares[:, None]
    freed = freed_days(
        days,
        fit_days,
        basis.value("planned_bed_days_pct") / 100,
        basis.value("stay_saved_pct") / 100 * phase,
        basis.value("fit_to_leave_freed_pct") / 100 * phase,
        *(_over(in_beds * money[..., None, :], now) for money in (cash + capacity, cash)),
    )
    # a trust without anybody in a bed has nothing to free
    a_bed = np.where(days > 0, _over(days, numbers["beds_available"]), DAYS)
    fills = section.inpatient_price_gbp is not None and section.planned_stay is not None
    # prevention frees beds in years that are known too, and those are as they are known
    filled = basis.value("beds_filled_pct") / 100 * basis.acts * float(fills)
    uses = uses_of(freed, a_bed, basis.value("beds_closed_pct") / 100, filled, section.ward_beds)
    closed = uses[..., :2, 0, :, :].sum(axis=-3) * a_bed
    return Freed(
        freed,
        a_bed,
        uses,
        freed.by_lever().sum(axis=-3) * now,
        marginal_cost(closed * a_day, basis.curve[..., None, :], prices),
        freed.avoided_as_cash * now,
    )


def _over(amount: Array, by: Array) -> Array:
    """Return a quotient; nothing where there is nothing to divide by."""
    amount, by = np.broadcast_arrays(amount, by)
    return np.divide(amount, by, out=np.zeros(by.shape), where=by > 0)


def _planned(basis: Basis, freed: Freed) -> Planned:
    """Return planned care by trust, and the waiting list that it leaves."""
    section, years = basis.scenario.activity, basis.years
    growth = basis.value("demand_planned_pct", RECOVERY) / 100
    before = start_of(years[0]) - start_of(section.break_even_year)
    break_even = basis.value("break_even_per_week") * WEEKS * level_since(growth, before)
    funded = (break_even * basis.value("funded_pct") / 100)[..., None, :] * basis.shares[:, None]
    extra = funded * _extra_pct(basis) / 100
    filled = freed.uses[..., 1, :, :].sum(axis=-3) * freed.a_bed / _stay(basis)
    if section.waiting_list is None or section.break_even_per_week is None:
        return Planned(break_even, funded, extra, filled, None)
    untreated = basis.value("untreated_pct") / 100
    wanted = (funded + extra + filled).sum(axis=-2)
    waiting = waiting_list(basis.value("waiting_list")[..., 0], break_even, untreated, wanted)
    # where nobody is left to treat, beds go unfilled first, then what is above the funded level
    unmet = waiting.unmet.sum(axis=-1)[..., None, :]
    whole = filled.sum(axis=-2, keepdims=True)
    unfilled = np.minimum(unmet, whole)
    less = np.divide(unfilled, whole, out=np.zeros(unfilled.shape), where=whole > 0)
    rest = (unmet - unfilled) * basis.shares[:, None]
    return Planned(break_even, funded, extra - rest, filled * (1 - less), waiting)


def _stay(basis: Basis) -> Array:
    """Return the days that a planned admission stays, shortened; shape (..., 1, year)."""
    saved = basis.value("stay_saved_pct") / 100 * basis.phase
    known = basis.scenario.activity.planned_stay is not None
    days = (basis.value("planned_stay") if known else 1.0) * (1 - saved)
    return np.asarray(days[..., None, :])


def _extra_pct(basis: Basis) -> Array:
    """Return activity above the funded level by trust, %; shape (..., organisation, year)."""
    given = basis.value("extra_pct")[..., None, :] * np.ones((len(basis.names), 1))
    for row in basis.inputs.activity_plans.to_dict("records"):
        if row["year"] in basis.years:
            o, t = basis.names.index(row["organisation"]), basis.years.index(row["year"])
            given[..., o, t] = float(row["extra_pct"])
    return np.asarray(given * basis.acts)


def _money_of_planned(basis: Basis, planned: Planned) -> tuple[Array, Array, Array, Array, Array]:
    """Return income and cost of planned care beside the funded level, and of what fills beds."""
    area, prices = basis.value("market_forces"), basis.prices[..., None, :]
    average = basis.value("cost_of_price_pct") / 100
    curve = basis.curve[..., None, :]
    price = (basis.value("price_gbp") * area / MILLION)[..., None, :]
    admission = (basis.value("inpatient_price_gbp") * area / MILLION)[..., None, :]
    stay = basis.value("planned_stay")
    bed = (basis.value("bed_day_gbp") * area * stay / MILLION)[..., None, :]
    # the bed of an admission that fills it is paid for in any case
    without_bed = np.maximum(admission * average[..., None, :] - bed, 0.0)
    known = basis.scenario.activity.break_even_per_week is not None
    funded = planned.funded * price * prices if known else np.full(planned.funded.shape, np.inf)
    limit = basis.value("payment_limit_pct")[..., None, :]
    extra, filled = planned.extra * price * prices, planned.filled * admission * prices
    together, alone = paid(extra + filled, funded, limit), paid(extra, funded, limit)
    return (
        alone,
        marginal_cost(planned.extra * price * average[..., None, :], curve, prices),
        together - alone,
        marginal_cost(planned.filled * without_bed, curve, prices),
        extra + filled - together,
    )


def _urgent(basis: Basis, prevention: Mapping[str, Array]) -> tuple[Array, Array]:
    """Return what is paid by body for urgent care beside the funded level, and what it costs, £m.

    Of care that prevention avoids the commissioner no more pays the variable part of the price.
    What prevention has trusts pass on counts towards that: only what is missing moves here, so that
    nothing counts twice and no agreed share is undone.
    """
    section = basis.scenario.activity
    acute = basis.acute.astype(float)[:, None] * basis.income.total
    level = acute * basis.value("urgent_income_pct")[..., None, :] / 100
    more = level * (basis.value("urgent_extra_pct") * basis.acts)[..., None, :] / 100
    prices = basis.prices[..., None, :]
    since = np.array([year >= section.urgent_variable_from for year in basis.years])
    variable = basis.value("urgent_variable_pct") / 100 * since
    cash, capacity = prevention["cash"], prevention["capacity"]
    passed_on = basis.scenario.prevention.passed_on_pct / 100
    already = passed_on * (cash - prevention["paid_by_cash"])
    due = (cash + capacity) * variable
    lost = np.clip(due - already, np.minimum(due, 0.0), np.maximum(due, 0.0))
    to_trusts = more * variable[..., None, :] - lost[..., None, :] * basis.shares[:, None]
    average = more / prices * (basis.value("cost_of_price_pct") / 100)[..., None, :]
    return (
        between(to_trusts, basis.icb, np.zeros(len(basis.years))),
        marginal_cost(average, basis.curve[..., None, :], prices),
    )
