"""The recovery as text, at most 80 columns wide: the bridge, and who reports what."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import xarray as xr

from nelfin.report.basis import illustrative_note
from nelfin.report.text.numbers import rows_that_add
from nelfin.report.text.terminal import by_year_text, title_text

POSITIONS = {"opening underlying", "closing underlying", "reported"}
"""Lines of the bridge that are positions; the others are steps between them."""


def recovery_text(data: xr.Dataset, name: str, illustrative: str = "") -> str:
    """Return the bridge of the system, year by year, and the reported position by organisation.

    Parameters
    ----------
    data
        `recovery_bridge` with dims `organisation, year, step` and `system_do_nothing` with the dim
        `year`, £m.
    name
        Of the scenario.
    illustrative
        The illustrative figures that the recovery rests on, in words; "" for none.
    """
    bridge = data["recovery_bridge"]
    system = _as_printed(bridge.sum("organisation").to_pandas())
    years = [str(year) for year in data["year"].values]
    steps = [
        (str(step).capitalize() if step in POSITIONS else f"  {step}", system[step])
        for step in system.columns
    ]
    ruled = [at for at, (label, _) in enumerate(steps) if not label.startswith(" ")]
    steps.append(("Underlying, doing nothing", data["system_do_nothing"].to_series()))
    reported = bridge.sel(step="reported").to_pandas().T
    whole = reported.sum(axis="columns")
    shown = rows_that_add([reported[owner].tolist() for owner in reported.columns], whole.tolist())
    organisations = [
        (str(owner), pd.Series(values, index=reported.index))
        for owner, values in zip(reported.columns, shown, strict=True)
    ]
    organisations.append(("System", whole))
    return "\n\n".join([
        title_text(name, f", recovery {years[0]} to {years[-1]}", illustrative_note(illustrative)),
        by_year_text("BRIDGE OF THE SYSTEM, £m", "step", steps, [*ruled, -1]),
        by_year_text("REPORTED BY ORGANISATION, £m", "organisation", organisations, [-1]),
    ])  # fmt: skip


def _as_printed(system: pd.DataFrame) -> pd.DataFrame:
    """Round the steps of a bridge so that they add up, as printed, from one position to the next.

    Parameters
    ----------
    system
        A row a year and a column a step or a position, in their order.
    """
    names = [str(name) for name in system.columns]
    ends = [at for at, name in enumerate(names) if name in POSITIONS]
    shown = system.copy()
    for first, last in pairwise(ends):
        steps = names[first + 1 : last]
        rows = [system[name].tolist() for name in steps]
        start, whole = system[names[first]].tolist(), system[names[last]].tolist()
        for name, values in zip(steps, rows_that_add(rows, whole, start), strict=True):
            shown[name] = values
    return shown
