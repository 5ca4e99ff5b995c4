"""What place leads compare: pounds, shares, pounds a head, distance from target, and what moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.data import Inputs, lines_of

EVERY_PLACE = "All places"
"""Label of the row of all places together."""

TOTALS = {
    "budget": ("Budget of all streams", "£m"),
    "target": ("Target of all streams", "£m"),
    "opening": ("Opening position of all streams", "£m"),
    "ring_fence": ("Ring-fenced part of the budget", "£m"),
    "main_budget": ("Budget of the main stream", "£m"),
    "people": ("Registered population", "people"),
    "weighted_people": ("Weighted population of the main stream", "people"),
    "share": ("Share of the budgets of all places", "fraction"),
    "dft_opening": ("Distance from target before pace of change", "fraction"),
    "dft": ("Distance from target after pace of change", "fraction"),
    "per_head": ("Budget a head", "£ a head"),
    "per_weighted_head": ("Budget of the main stream a weighted head", "£ a weighted head"),
    "need_index": ("Need a head for the main stream against the system's", "ratio, system = 1"),
}
"""What `place_totals` gives: name and unit."""


def place_totals(data: xr.Dataset) -> xr.Dataset:
    """Return what each place has of all streams together, in every year.

    Parameters
    ----------
    data
        From `allocate`.

    Returns
    -------
    xarray.Dataset
        The variables of `TOTALS`; dims `place, year`. Money is £m, what is a head is pounds, and
        distances and shares are fractions.

    Notes
    -----
    Method: distance from target is budget over target, less one. Before pace of change it is the
    place's share of all openings over its share of all targets, less one: openings add up to last
    year's money and targets to this year's.
    """
    sums = _sums(data)
    totals = sums.assign(_ratios(sums, sums.sum("place")))
    for name, (long_name, units) in TOTALS.items():
        totals[name].attrs = {"long_name": long_name, "units": units}
    return totals


def _sums(data: xr.Dataset) -> xr.Dataset:
    """Return money and people of each place, which add up over places."""
    sums = data[["budget", "target", "opening", "ring_fence"]].sum("stream")
    component = str(data.attrs["main_component"])
    return sums.assign(
        main_budget=data["budget"].sel(stream=str(data.attrs["main_stream"]), drop=True),
        people=data["population"],
        weighted_people=data["weighted_population"].sel(component=component, drop=True),
    )


def _ratios(sums: Any, every: Any) -> dict[str, Any]:
    """Return what compares places, from their sums and those of every place together.

    Parameters
    ----------
    sums
        From `_sums`, as a Dataset or a table.
    every
        Its sums over places, by the same names.
    """
    need = sums["weighted_people"] / sums["people"]
    opening_share = sums["opening"] / every["opening"]
    return {
        "share": sums["budget"] / every["budget"],
        "dft_opening": opening_share / (sums["target"] / every["target"]) - 1,
        "dft": sums["budget"] / sums["target"] - 1,
        "per_head": sums["budget"] * 1e6 / sums["people"],
        "per_weighted_head": sums["main_budget"] * 1e6 / sums["weighted_people"],
        "need_index": need / (every["weighted_people"] / every["people"]),
    }


def compare_places(data: xr.Dataset, year: str) -> pd.DataFrame:
    """Return a row a place, and a last row for all of them together.

    Parameters
    ----------
    data
        From `allocate`.
    year
        A year of it.

    Returns
    -------
    pandas.DataFrame
        Index `place`; `budget_gbp_m, share, target_gbp_m, gbp_per_head, gbp_per_weighted_head`
        (of the main stream), `dft_opening, dft, need_index, ring_fence_gbp_m`, and as far as
        they are given `public_health_grant_gbp_m, public_health_formula_gbp_m,
        out_of_hospital_share`. Fractions are not percentages.
    """
    now = data.sel(year=year, drop=True)
    sums = _sums(now).to_dataframe()
    sums.loc[EVERY_PLACE] = sums.sum()
    totals = sums.assign(**_ratios(sums, sums.loc[EVERY_PLACE]))
    names = {
        "budget": "budget_gbp_m",
        "share": "share",
        "target": "target_gbp_m",
        "per_head": "gbp_per_head",
        "per_weighted_head": "gbp_per_weighted_head",
        "dft_opening": "dft_opening",
        "dft": "dft",
        "need_index": "need_index",
        "ring_fence": "ring_fence_gbp_m",
    }
    table = totals[list(names)].rename(columns=names)
    for name in ("public_health_grant", "public_health_formula"):
        if name in now:
            money = now[name].to_series()
            table[f"{name}_gbp_m"] = money.reindex(table.index).fillna(money.sum())
    if "out_of_hospital_share" in now:
        table["out_of_hospital_share"] = now["out_of_hospital_share"].to_series()
    return table


def moves_by_year(data: xr.Dataset) -> xr.DataArray:
    """Return what moved each place's budget from the year before, £m; the parts add up exactly.

    Parameters
    ----------
    data
        From `allocate`.

    Returns
    -------
    xarray.DataArray
        Dims `place, part, year`. The parts are `last year`, `streams that begin` (the opening
        position of a stream new to the year, or of every stream in the first), `restated`,
        `envelope`, `need`, `pace`, `ring-fence`, `streams that end`, `this year`.
    """
    dims = ("stream", "place", "year")
    budget, opening = (data[name].transpose(*dims).to_numpy() for name in ("budget", "opening"))
    change = data["budget_change"].transpose("change", *dims).to_numpy()
    last = np.zeros_like(budget)
    last[..., 1:] = np.nan_to_num(budget[..., :-1])
    parts = {
        "last year": last.sum(axis=0),
        "streams that begin": np.nansum(np.where(last == 0, opening, 0.0), axis=0),
        **dict(zip(map(str, data["change"].values), np.nansum(change, axis=1), strict=True)),
        "streams that end": -np.where(np.isnan(opening), last, 0.0).sum(axis=0) + 0.0,
        "this year": np.nansum(budget, axis=0),
    }
    return xr.DataArray(
        np.stack(list(parts.values()), axis=1),
        {"place": data["place"], "part": list(parts), "year": data["year"]},
        ("place", "part", "year"),
    )


def what_moved(data: xr.Dataset, place: str, year: str) -> pd.Series:
    """Return what moved a place's budget from the year before, £m; the parts add up exactly.

    Parameters
    ----------
    data
        From `allocate`.
    place, year
        Of the data.

    Returns
    -------
    pandas.Series
        The parts as in `moves_by_year`.
    """
    here = data[["budget", "opening", "budget_change"]].sel(place=[place])
    return moves_by_year(here).sel(place=place, year=year).to_series().rename("gbp_m")


def beside_budgets(
    inputs: Inputs, places: list[str], weighted: dict[str, npt.NDArray[np.float64]]
) -> dict[str, xr.Variable]:
    """Return what stands beside the budgets, as far as it is given: grants and settings.

    Parameters
    ----------
    inputs
        Public health grants and spend by setting.
    places
        Names of the places.
    weighted
        Weighted populations by component; shape (place, year).

    Returns
    -------
    dict
        `public_health_grant` (place), £m, and `public_health_formula` (place, year): the same
        money shared by premature mortality (the health inequalities component, avoidable
        mortality), as its intended formula would; `out_of_hospital_share` (place).
    """
    beside: dict[str, xr.Variable] = {}
    grants = inputs.public_health_grants
    if not grants.empty:
        by_place = dict(lines_of(grants, "place", "grant_gbp_m"))
        grant = np.array([by_place[place] for place in places])
        need = weighted["health_inequalities"]
        beside["public_health_grant"] = xr.Variable(
            "place",
            grant,
            {
                "long_name": "Public health grant of the place's council",
                "units": "£m",
                "year": ", ".join(sorted(set(grants["year"].tolist()))),
            },
        )
        beside["public_health_formula"] = xr.Variable(
            ("place", "year"),
            grant.sum() * need / need.sum(axis=0),
            {"long_name": "Public health grant if shared by avoidable mortality", "units": "£m"},
        )
    if not inputs.spend_by_setting.empty:
        lines = lines_of(inputs.spend_by_setting, "place", "out_of_hospital", "spend_gbp_m")
        out, spend = dict.fromkeys(places, 0.0), dict.fromkeys(places, 0.0)
        for place, outside, amount in lines:
            out[place] += amount if outside else 0.0
            spend[place] += amount
        share = np.array([out[p] / spend[p] if spend[p] else np.nan for p in places])
        beside["out_of_hospital_share"] = xr.Variable(
            "place",
            share,
            {"long_name": "Share of spend outside hospital", "units": "fraction"},
        )
    return beside
