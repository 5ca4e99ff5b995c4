"""What place leads compare: pounds, shares, pounds a head, distance from target, and what moved."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from nelfin.years import label_of, start_of


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
        (of the main stream), `dft, need_index`. Fractions are not percentages.
    """
    now = data.sel(year=year)
    main = str(data.attrs["main_stream"])
    weighted = now["weighted_population"].sel(component=str(data.attrs["main_component"]))
    frame = pd.DataFrame(
        {
            "budget_gbp_m": now["budget"].sum("stream").to_series(),
            "target_gbp_m": now["target"].sum("stream").to_series(),
            "main": now["budget"].sel(stream=main).to_series(),
            "people": now["population"].to_series(),
            "weighted": weighted.to_series(),
        }
    )
    frame.loc["All places"] = frame.sum()
    total = frame.loc["All places"]
    need = frame["weighted"] / frame["people"]
    return pd.DataFrame(
        {
            "budget_gbp_m": frame["budget_gbp_m"],
            "share": frame["budget_gbp_m"] / total["budget_gbp_m"],
            "target_gbp_m": frame["target_gbp_m"],
            "gbp_per_head": frame["budget_gbp_m"] * 1e6 / frame["people"],
            "gbp_per_weighted_head": frame["main"] * 1e6 / frame["weighted"],
            "dft": frame["budget_gbp_m"] / frame["target_gbp_m"] - 1,
            "need_index": need / need["All places"],
        }
    ).rename_axis("place")


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
