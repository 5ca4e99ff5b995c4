"""What place leads compare: pounds, shares, pounds a head, distance from target, and what moved."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.data import Inputs, lines_of
from nelfin.years import label_of, start_of


def beside_budgets(
    inputs: Inputs, places: list[str], needs: dict[str, npt.NDArray[np.float64]]
) -> dict[str, xr.Variable]:
    """Return what stands beside the budgets, as far as it is given: grants and settings.

    Parameters
    ----------
    inputs
        Public health grants and spend by setting.
    places
        Their names.
    needs
        Weighted populations by component; shape (place, year).

    Returns
    -------
    dict
        `public_health_grant` (place), £m, and `public_health_formula` (place, year): the same
        money shared by premature mortality (the health inequalities component, avoidable
        mortality), as its intended formula would; `out_of_hospital_share` (place).
    """
    found: dict[str, xr.Variable] = {}
    grants = inputs.public_health_grants
    if not grants.empty:
        by_place = dict(lines_of(grants, "place", "grant_gbp_m"))
        grant = np.array([by_place[place] for place in places])
        need = needs["health_inequalities"]
        found["public_health_grant"] = xr.Variable(
            "place",
            grant,
            {
                "long_name": "Public health grant of the place's council",
                "units": "£m",
                "year": ", ".join(sorted(set(grants["year"].tolist()))),
            },
        )
        found["public_health_formula"] = xr.Variable(
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
        found["out_of_hospital_share"] = xr.Variable(
            "place",
            share,
            {"long_name": "Share of spend outside hospital", "units": "fraction"},
        )
    return found


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
    now = data.sel(year=year)
    main = str(data.attrs["main_stream"])
    weighted = now["weighted_population"].sel(component=str(data.attrs["main_component"]))
    frame = pd.DataFrame(
        {
            "budget_gbp_m": now["budget"].sum("stream").to_series(),
            "target_gbp_m": now["target"].sum("stream").to_series(),
            "main": now["budget"].sel(stream=main).to_series(),
            "opening": now["opening"].sum("stream").to_series(),
            "fence": now["ring_fence"].sum("stream").to_series(),
            "people": now["population"].to_series(),
            "weighted": weighted.to_series(),
        }
    )
    frame.loc["All places"] = frame.sum()
    total = frame.loc["All places"]
    need = frame["weighted"] / frame["people"]
    table = pd.DataFrame(
        {
            "budget_gbp_m": frame["budget_gbp_m"],
            "share": frame["budget_gbp_m"] / total["budget_gbp_m"],
            "target_gbp_m": frame["target_gbp_m"],
            "gbp_per_head": frame["budget_gbp_m"] * 1e6 / frame["people"],
            "gbp_per_weighted_head": frame["main"] * 1e6 / frame["weighted"],
            "dft_opening": (frame["opening"] / total["opening"])
            / (frame["target_gbp_m"] / total["target_gbp_m"])
            - 1,
            "dft": frame["budget_gbp_m"] / frame["target_gbp_m"] - 1,
            "need_index": need / need["All places"],
            "ring_fence_gbp_m": frame["fence"],
        }
    ).rename_axis("place")
    for name in ("public_health_grant", "public_health_formula"):
        if name in now:
            money = now[name].to_series()
            table[f"{name}_gbp_m"] = money.reindex(table.index).fillna(money.sum())
    if "out_of_hospital_share" in now:
        table["out_of_hospital_share"] = now["out_of_hospital_share"].to_series()
    return table


def distance_from_target(data: xr.Dataset) -> xr.DataArray:
    """Return how far the budget of each place is from its target, all streams together.

    Parameters
    ----------
    data
        From `allocate`.

    Returns
    -------
    xarray.DataArray
        Budget over target, less one: a fraction, negative below target; dims `place, year`.
    """
    return data["budget"].sum("stream") / data["target"].sum("stream") - 1


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
        `last year`, `streams that begin` (the opening position of a stream new to the year, or
        of every stream in the first), `envelope`, `need`, `pace`, `this year`.
    """
    here = data.sel(place=place)
    before = label_of(start_of(year) - 1)
    have = before in data["year"].values
    last = here["budget"].sel(year=before) if have else 0.0 * here["budget"].sel(year=year)
    opening = here["opening"].sel(year=year).fillna(0.0)
    begun = opening.where(last == 0, 0.0)
    change = here["budget_change"].sel(year=year).sum("stream")
    parts = {
        "last year": float(last.sum()),
        "streams that begin": float(begun.sum()),
        **{str(part): float(change.sel(change=part)) for part in change["change"].values},
    }
    ended = float(last.where(np.isnan(here["opening"].sel(year=year)), 0.0).sum())
    parts["streams that end"] = -ended
    parts["this year"] = float(here["budget"].sel(year=year).sum())
    return pd.Series(parts, name="gbp_m")
