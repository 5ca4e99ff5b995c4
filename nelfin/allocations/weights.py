"""What-ifs of need: other component weights, or no area cost.

The published final weighted population is m x sum(w_c X_c) + sum(w_d X_d): an area cost multiplier
m on hospital-like components c, none on prescribing and health inequalities d. The weights were
fitted to published practice figures, so a what-if moves the published final by the ratio of the
rebuilt ones: the unchanged case returns the published figure exactly.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import xarray as xr

from nelfin.data import Inputs
from nelfin.scenario.schema import Allocation


def what_if(weighted: xr.DataArray, inputs: Inputs, section: Allocation) -> xr.DataArray:
    """Return weighted populations under the what-ifs of a scenario.

    A final moves by the ratio of what the new weights rebuild to what the fitted ones do; without
    a what-if nothing is touched. A year without weights takes those of the last year before.

    Parameters
    ----------
    weighted
        Dims `component, place, year`.
    inputs
        Weights of need and area cost multipliers.
    section
        New weights by final and component, and whether area cost counts.
    """
    moved = weighted.copy()
    for final, weights in inputs.need_weights.groupby("final"):
        new = section.need_weights.get(str(final), {})
        if not new and (section.area_cost or not weights["area_cost"].any()):
            continue
        for year in weighted["year"].values:
            fitted = _of_year(weights, str(year))
            costs = _of_year(inputs.area_costs, str(year)).set_index("place")["multiplier"]
            local = xr.DataArray(
                costs.reindex(list(weighted["place"].values)).to_numpy(),
                {"place": weighted["place"]},
            )
            now = weighted.sel(year=year, drop=True)
            before = rebuilt_final(now, fitted, local)
            after = rebuilt_final(
                now, moved_weights(fitted, new), local if section.area_cost else None
            )
            moved.loc[{"component": final, "year": year}] *= (after / before).to_numpy()
    return moved


def _of_year(table: pd.DataFrame, year: str) -> pd.DataFrame:
    """Return the rows of a year, else of the last year before it, else of the first."""
    known = sorted(table["year"].unique())
    at = max((known_year for known_year in known if known_year <= year), default=known[0])
    return table[table["year"] == at]


def rebuilt_final(
    weighted: xr.DataArray,
    weights: pd.DataFrame,
    area_costs: xr.DataArray | None,
) -> xr.DataArray:
    """Rebuild a final weighted population from its components.

    Parameters
    ----------
    weighted
        Weighted populations; dims `component, place`.
    weights
        Columns `component, weight, area_cost` (whether the multiplier applies).
    area_costs
        Multiplier by `place`; None leaves it out.

    Returns
    -------
    xarray.DataArray
        People; dim `place`.

    Notes
    -----
    Source: weights and multipliers fitted to NHS England's practice-level figures.
    """
    by_component = weights.set_index("component")
    parts = weighted.sel(component=list(by_component.index))
    weight = xr.DataArray(by_component["weight"].to_numpy(), {"component": parts["component"]})
    if area_costs is None:
        plain: xr.DataArray = (parts * weight).sum("component")
        return plain
    local = xr.DataArray(by_component["area_cost"].to_numpy(), {"component": parts["component"]})
    multiplier = area_costs.where(local, 1.0)
    rebuilt: xr.DataArray = (parts * weight * multiplier).sum("component")
    return rebuilt


def moved_weights(weights: pd.DataFrame, moved: Mapping[str, float]) -> pd.DataFrame:
    """Return weights with some of them replaced; the others scale so that the sum stays.

    Parameters
    ----------
    weights
        Columns `component, weight`.
    moved
        New weights by component.
    """
    total = weights["weight"].sum()
    fixed = weights["component"].isin(list(moved))
    new = weights["weight"].where(~fixed, weights["component"].map(moved))
    rest = weights.loc[~fixed, "weight"].sum()
    left = total - new[fixed].sum()
    return weights.assign(weight=new.where(fixed, new * (left / rest if rest else 0.0)))
