"""Activity of the whole system, one value a year: for goals, sweeps and causes."""

from __future__ import annotations

import xarray as xr

from nelfin.system.activity import BODIES


def of_system(activity: xr.Dataset) -> xr.Dataset:
    """Return what activity comes to in the system, by year.

    Parameters
    ----------
    activity
        From `nelfin.system.activity.activity_of`.

    Returns
    -------
    xarray.Dataset
        Dim `year`. What has that dim alone stands as it is. What is by organisation adds up under
        its own name. Freed beds are `beds_freed`, and by use `beds_closed, beds_filled` and
        `beds_stranded`; `primary_care_gap_cost` is that of every place.
    """
    found = {
        name: array if array.dims == ("year",) else _summed(array)
        for name, array in activity.data_vars.items()
        if array.dims in {("year",), BODIES}
    }
    found["beds_freed"] = _summed(activity["beds_freed"])
    uses = activity["beds_use"]
    for use in uses["use"].to_numpy():
        array = _summed(uses.sel(use=use, drop=True))
        found[f"beds_{use}"] = array.assign_attrs(long_name=f"Freed beds, {use}")
    # a place without a figure of its own is among the others
    gaps = activity["primary_care_gap_cost"]
    parts = [gaps.sum("place", min_count=1), activity["primary_care_gap_cost_others"]]
    whole = xr.concat(parts, "part", coords="minimal").sum("part", min_count=1)
    found["primary_care_gap_cost"] = whole.assign_attrs(gaps.attrs)
    del found["primary_care_gap_cost_others"]
    return xr.Dataset(found)


def _summed(array: xr.DataArray) -> xr.DataArray:
    """Return what all bodies, and all levers, come to."""
    over = [dim for dim in array.dims if dim != "year"]
    return array.sum(over, keep_attrs=True, skipna=False)
