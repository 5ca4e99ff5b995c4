"""What activity rests on in its system: settings by year, prices, shares of the bodies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nelfin.data import Inputs
from nelfin.errors import InputError
from nelfin.models.appraisal import cost_inflation
from nelfin.models.income import Income
from nelfin.scenario import Scenario
from nelfin.system.drivers import income_by_body, known_of
from nelfin.system.prevention import costing_of
from nelfin.years import label_of, start_of

Array = npt.NDArray[np.float64]

ACTIVITY, RECOVERY = "activity.", "recovery."

DRAWN = (
    "waiting_list", "break_even_per_week", "untreated_pct", "funded_pct", "extra_pct", "price_gbp",
    "inpatient_price_gbp", "market_forces", "cost_of_price_pct", "payment_limit_pct",
    "outside_pct", "urgent_income_pct", "urgent_variable_pct", "urgent_extra_pct",
    "planned_bed_days_pct", "planned_stay", "stay_saved_pct", "fit_to_leave_pct",
    "fit_to_leave_freed_pct", "avoided_bed_share_pct", "bed_day_gbp", "beds_closed_pct",
    "beds_filled_pct", "appointment_gbp", "primary_care_gap_closed_pct",
)  # fmt: skip
"""Settings of activity that may be drawn."""


@dataclass(frozen=True)
class Basis:
    """What every part of activity rests on. Any array may have draws in front.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    years
        Years of the plan.
    drawn
        Draws by dotted key, each of shape (draw,) or (draw, year).
    income
        Of the bodies by part and year.
    prices
        Prices of each year over those of the price year; shape (..., year).
    curve
        Share of average cost that moves, by years since a change; shape (..., year).
    shares
        Share of each in the acute trusts' income of the first year; shape (organisation,).
    from_at
        Place of the first year that activity changes; the number of years if it changes none.
    """

    scenario: Scenario
    inputs: Inputs
    years: list[str]
    drawn: Mapping[str, Array]
    income: Income
    prices: Array
    curve: Array
    shares: Array
    from_at: int

    def value(self, name: str, section: str = ACTIVITY) -> Array:
        """Return a setting by year, as drawn or as the scenario has it; 0 where it has none.

        Parameters
        ----------
        name
            Such as `extra_pct`.
        section
            Of the scenario, with a full stop.

        Returns
        -------
        numpy.ndarray
            Shape (..., year).
        """
        own = getattr(getattr(self.scenario, section.rstrip(".")), name)
        given = np.asarray(self.drawn.get(f"{section}{name}", float(own or 0.0)))
        by_year = given if given.ndim == 2 else given[..., None]
        return np.broadcast_to(by_year, (*by_year.shape[:-1], len(self.years)))

    @property
    def names(self) -> list[str]:
        """The organisations."""
        return [str(name) for name in self.inputs.organisations["organisation"]]

    @property
    def icb(self) -> Array:
        """1 for the ICB, else 0; shape (organisation,)."""
        return np.asarray(self.inputs.organisations["kind"] == "icb", dtype=float)

    @property
    def acute(self) -> npt.NDArray[np.bool_]:
        """Whether each is an acute trust: planned and urgent care is theirs."""
        return np.asarray(self.inputs.organisations["sector"] == "acute", dtype=bool)

    @property
    def acts(self) -> Array:
        """1 in the years that activity changes, else 0; shape (year,)."""
        return (np.arange(len(self.years)) >= self.from_at).astype(float)

    @property
    def phase(self) -> Array:
        """How far beds are freed and gaps closed in each year, a fraction; shape (year,)."""
        by = self.scenario.activity.by_year
        last = start_of(by) - start_of(self.years[0]) if by else self.from_at
        span = max(last - self.from_at, 0) + 1
        return np.clip((np.arange(len(self.years)) - self.from_at + 1) / span, 0.0, 1.0)


def basis_of(
    scenario: Scenario,
    inputs: Inputs,
    income: Income | None = None,
    drawn: Mapping[str, Array] | None = None,
) -> Basis:
    """Return what activity rests on.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    income
        Of the bodies; worked out by default.
    drawn
        Draws by dotted key, of `DRAWN` settings, of settings of the recovery, and of others that do
        not count; each of shape (draw,) or (draw, year).

    Raises
    ------
    InputError
        If activity is to change a year that is known.
    """
    drawn = {} if drawn is None else drawn
    years = scenario.years.labels()
    recovery = {
        key.removeprefix(RECOVERY): values
        for key, values in drawn.items()
        if key.startswith(RECOVERY)
    }
    middle = income_by_body(scenario, inputs)
    sector = np.asarray(inputs.organisations["sector"] == "acute", dtype=bool)
    acute = np.where(sector, middle.total[:, 0], 0.0)
    if income is None:
        income = income_by_body(scenario, inputs, drawn) if drawn else middle
    costing = costing_of(scenario, inputs, recovery)
    uplift = recovery.get("cost_uplift_pct", np.array(scenario.recovery.cost_uplift_pct))
    return Basis(
        scenario,
        inputs,
        years,
        drawn,
        income,
        _prices(scenario, inputs, costing.prices, uplift),
        costing.curve[..., : len(years)],
        np.asarray(acute / acute.sum()),
        _first_changed(scenario, inputs, middle),
    )


def _prices(scenario: Scenario, inputs: Inputs, prices: Array, uplift: Array) -> Array:
    """Return prices over those of the price year, from prices over those of the first year."""
    first = start_of(scenario.years.first)
    base = start_of(scenario.activity.price_year)
    if base >= first:  # and in the plan: a later price year is refused with the tables
        return np.asarray(prices / prices[..., base - first][..., None])
    since = [label_of(year) for year in range(base + 1, first + 1)]
    early = uplift[..., :1] if uplift.ndim == 2 else uplift[..., None]
    growth = cost_inflation(inputs.uplift_factors, since, early)
    return np.asarray(prices * np.prod(1 + growth, axis=-1)[..., None])


def _first_changed(scenario: Scenario, inputs: Inputs, income: Income) -> int:
    """Return the place of the first year that activity changes: one that is not known."""
    years = scenario.years.labels()
    basis = known_of(scenario, inputs, income.total).basis
    first_open = next((at for at, known in enumerate(basis) if not known), len(years))
    wanted = scenario.activity.from_year
    if not wanted:
        return first_open
    at = start_of(wanted) - start_of(years[0])
    if at < first_open:
        open_from = years[first_open] if first_open < len(years) else "none"
        raise InputError.one(
            "scenario, activity.from_year",
            f"is {wanted}, a year whose positions are known; the first that is open is "
            f"{open_from}.",
            "Give a year that is open, or leave it blank for the first.",
        )
    return min(at, len(years))
