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
