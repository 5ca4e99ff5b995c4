"""What-ifs of need: other component weights, or no area cost.

The published final weighted population is m x sum(w_c X_c) + sum(w_d X_d): an area cost multiplier
m on hospital-like components c, none on prescribing and health inequalities d. The weights were
fitted to published practice figures, so a what-if moves the published final by the ratio of the
rebuilt ones: the unchanged case returns the published figure exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import xarray as xr

from nelfin.data import Inputs
from nelfin.scenario.schema import Allocation

Multipliers = np.ndarray | None
"""Area cost by place; None leaves it out."""

Change = Callable[[pd.DataFrame, Multipliers], tuple[pd.DataFrame, Multipliers]]
"""From fitted weights and multipliers to those used."""


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

    Returns
    -------
    xarray.DataArray
        People; dims `component, place, year`.
    """
    touched = {final for final, new in section.need_weights.items() if new}
    if not section.area_cost:
        weights = inputs.need_weights
        touched |= set(weights.loc[weights["area_cost"], "final"])
    moved = weighted
    for final in sorted(touched):
        moved = _rebuilt_by_year(
            moved,
            inputs,
            final,
            before=lambda fitted, cost: (fitted, cost),
            after=lambda fitted, cost: _under(section, fitted, cost),
        )
    return moved


def step_weight(
    weighted: xr.DataArray,
    inputs: Inputs,
    section: Allocation,
    final: str,
    component: str,
    step: float,
) -> xr.DataArray:
    """Return weighted populations with one weight a step higher than a scenario has it.

    Parameters
    ----------
    weighted
        Under the scenario's own what-ifs; dims `component, place, year`.
    inputs, section
        As for `what_if`.
    final, component
        The weight to move; the others of the final scale so that the sum stays.
    step
        What is added to the weight, 0.01 for a percentage point.

    Returns
    -------
    xarray.DataArray
        People; dims `component, place, year`.
    """

    def stepped(fitted: pd.DataFrame, cost: Multipliers) -> tuple[pd.DataFrame, Multipliers]:
        weights, cost = _under(section, fitted, cost)
        now = float(weights.loc[weights["component"] == component, "weight"].iloc[0])
        return moved_weights(weights, {component: now + step}), cost

    return _rebuilt_by_year(
        weighted,
        inputs,
        final,
        before=lambda fitted, cost: _under(section, fitted, cost),
        after=stepped,
    )


def _under(
    section: Allocation, fitted: pd.DataFrame, cost: Multipliers
) -> tuple[pd.DataFrame, Multipliers]:
    """Return the weights and multipliers that a scenario uses."""
    new = section.need_weights.get(str(fitted["final"].iloc[0]), {})
    return moved_weights(fitted, new), cost if section.area_cost else None


def _rebuilt_by_year(
    weighted: xr.DataArray, inputs: Inputs, final: str, before: Change, after: Change
) -> xr.DataArray:
    """Move a final, year by year, by the ratio of what two sets of weights rebuild."""
    people = weighted.transpose("component", "place", "year").to_numpy()
    moved = people.copy()
    rows = weighted.get_index("component")
    weights = inputs.need_weights[inputs.need_weights["final"] == final]
    area_costs = area_costs_of(inputs)
    # years that go by the same figures are rebuilt together
    years = [str(year) for year in weighted["year"].values]
    basis = [(_year_with_rows(weights, y), _year_with_rows(area_costs, y)) for y in years]
    for of_weights, of_costs in dict.fromkeys(basis):
        fitted = weights[weights["year"] == of_weights]
        multipliers: Multipliers = None
        if fitted["area_cost"].any():
            costs = area_costs[area_costs["year"] == of_costs].set_index("place")["multiplier"]
            multipliers = costs.loc[list(weighted["place"].values)].to_numpy()
        alike = np.array([on == (of_weights, of_costs) for on in basis])
        new, old = (
            _rebuilt(people[rows.get_indexer(of["component"])][..., alike], of, cost)
            for of, cost in (after(fitted, multipliers), before(fitted, multipliers))
        )
        moved[rows.get_loc(final), :, alike] *= (new / old).T
    return weighted.transpose("component", "place", "year").copy(data=moved)


def area_costs_of(inputs: Inputs) -> pd.DataFrame:
    """Return area cost multipliers of every place, by year.

    A place without one in a year of the weights has the multiplier at which the weights rebuild
    its published core need: (final - sum(w_d X_d)) / sum(w_c X_c), with d the components that
    carry no area cost and c those that do.

    Parameters
    ----------
    inputs
        Area cost multipliers, weights of need and weighted populations.

    Returns
    -------
    pandas.DataFrame
        Columns `year, place, multiplier`.
    """
    given = inputs.area_costs[["year", "place", "multiplier"]]
    with_multiplier = set(zip(given["year"], given["place"], strict=True))
    weights = inputs.need_weights
    costly = weights[weights["final"].isin(weights.loc[weights["area_cost"], "final"])]
    wanted = {(year, place) for year in costly["year"].unique() for place in inputs.places()}
    if wanted <= with_multiplier:
        return given
    people = inputs.weighted_populations.set_index(["year", "place", "component"])
    derived = []
    for (year, final), rows in costly.groupby(["year", "final"]):
        for place in inputs.places():
            if (year, place) in with_multiplier or (year, place, final) not in people.index:
                continue
            need = people["weighted_population"].loc[(year, place)]
            part = rows["weight"].to_numpy() * need.loc[list(rows["component"])].to_numpy()
            local = rows["area_cost"].to_numpy()
            multiplier = (need[final] - part[~local].sum()) / part[local].sum()
            derived.append((year, place, float(multiplier)))
    if not derived:
        return given
    return pd.concat([given, pd.DataFrame(derived, columns=["year", "place", "multiplier"])])


def _year_with_rows(table: pd.DataFrame, year: str) -> str:
    """Return the year itself if the table has it, else the last before it, else the first."""
    years = sorted(str(name) for name in table["year"].unique())
    return max((name for name in years if name <= year), default=years[0])


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
    parts = weighted.sel(component=list(weights["component"])).transpose("component", "place", ...)
    costs = None if area_costs is None else area_costs.sel(place=parts["place"]).to_numpy()
    return parts.isel(component=0, drop=True).copy(data=_rebuilt(parts.to_numpy(), weights, costs))


def _rebuilt(parts: np.ndarray, weights: pd.DataFrame, multipliers: Multipliers) -> np.ndarray:
    """Rebuild a final from people by component of the weights and place, as `rebuilt_final`."""
    scale = np.ones((len(weights), parts.shape[1]))
    if multipliers is not None:
        scale[weights["area_cost"].to_numpy()] = multipliers
    scale *= weights["weight"].to_numpy()[:, None]
    rebuilt: np.ndarray = np.einsum("cp...,cp->p...", parts, scale)
    return rebuilt


def moved_weights(weights: pd.DataFrame, moved: Mapping[str, float]) -> pd.DataFrame:
    """Return weights with some of them replaced; the others scale so that the sum stays.

    Parameters
    ----------
    weights
        Columns `component, weight`.
    moved
        New weights by component.

    Returns
    -------
    pandas.DataFrame
        The table with its weights moved.

    Examples
    --------
    >>> weights = pd.DataFrame({"component": ["a", "b", "c"], "weight": [0.5, 0.3, 0.2]})
    >>> moved_weights(weights, {"a": 0.6})["weight"].round(2).tolist()
    [0.6, 0.24, 0.16]
    """
    now = weights["weight"].to_numpy(dtype=float)
    fixed = np.array([name in moved for name in weights["component"]], dtype=bool)
    new = np.array([moved.get(name, 0.0) for name in weights["component"]], dtype=float)
    rest = now[~fixed].sum()
    left = now.sum() - new[fixed].sum()
    return weights.assign(weight=np.where(fixed, new, now * (left / rest if rest else 0.0)))
