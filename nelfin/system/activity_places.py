"""Primary care of the places: how far each is from the aim, and what closing the gap costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from nelfin.data.checks.activity import WEIGHTED
from nelfin.data.specs import WHOLE_SYSTEM
from nelfin.models.activity.primary import OTHERS_TOGETHER, gap, gap_cost, others_rate
from nelfin.system.activity_basis import Basis

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PrimaryCare:
    """Appointments by place.

    Parameters
    ----------
    places
        Places with a figure, and the others together where the system's average tells theirs.
    without
        Places without a figure of their own.
    rates, gaps
        Appointments a week for 1,000 weighted people, and how far below the aim; shape (place,).
    aim
        The same, of the aim; NaN where there is none.
    gap_costs
        What closing each gap would cost, £m; shape (..., place, year).
    cost
        What is spent on it by body, £m; shape (..., organisation, year): the ICB pays.
    """

    places: list[str]
    without: list[str]
    rates: Array
    gaps: Array
    aim: float
    gap_costs: Array
    cost: Array


def primary_care(basis: Basis, people: xr.DataArray) -> PrimaryCare:
    """Return the gaps of primary care of a system.

    Parameters
    ----------
    basis
        What activity rests on.
    people
        Weighted populations; dims `component, place, year`.
    """
    section = basis.scenario.activity
    table = basis.inputs.appointments.set_index("place")["appointments_per_1000_week"]
    weighted = people.sel(component=WEIGHTED).transpose("place", "year")
    every = [str(place) for place in weighted["place"].values]
    own = [place for place in every if place in table.index]
    without = [place for place in every if place not in table.index]
    rates = table.reindex(own).to_numpy(dtype=float)
    counts = weighted.sel(place=own).to_numpy()
    average = float(table.get(WHOLE_SYSTEM, np.nan))
    if np.isfinite(average) and without:
        everyone = float(weighted.isel(year=0).sum())
        rest = others_rate(average, rates, counts[:, 0], everyone)
        rates = np.append(rates, rest)
        counts = np.vstack([counts, weighted.sel(place=without).sum("place").to_numpy()[None]])
        own = [*own, OTHERS_TOGETHER]
    aim = _aim(section.appointments_like, section.appointments_above_pct, average, table)
    gaps = gap(rates, aim) if np.isfinite(aim) else np.zeros(len(rates))
    costs = gap_cost(gaps, counts, basis.value("appointment_gbp") * basis.prices)
    closed = basis.value("primary_care_gap_closed_pct") / 100 * basis.phase
    spent = costs.sum(axis=-2) * closed
    return PrimaryCare(
        own, without, rates, gaps, aim, costs, basis.icb[:, None] * spent[..., None, :]
    )


def _aim(like: str, above_pct: float | None, average: float, table: object) -> float:
    if like:
        return float(table[like])  # type: ignore[index]
    return average * (1 + above_pct / 100) if above_pct is not None else float("nan")
