"""What slips of the capital plan when costs are drawn: in the system's draws, and as a table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.data import Inputs
from nelfin.models.capital.stress.queues import Queue, queue_of
from nelfin.models.capital.stress.slips import Slips, slips_table
from nelfin.scenario import Scenario
from nelfin.system.capital import check_schemes
from nelfin.system.joint import Joint

BY_SCHEME = {
    "waits": ("Share of draws in which a scheme waits", "share"),
    "mean_years": ("Years that a scheme waits, when it does", "years"),
    "not_started": ("Share of draws in which it does not start within the plan", "share"),
    "benefit_lost": ("Benefit of a scheme that is lost by waiting, on average", ""),
}
"""What is told of each scheme, and its unit; "" is that of benefit."""

PREFIX = "slip_"


def slip_queue(scenario: Scenario, inputs: Inputs, joint: Joint) -> Queue:
    """Return the schemes of the capital plan in the order in which they may start.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    joint
        With the plan, and the limits that it was drawn up within.
    """
    checked = check_schemes(scenario, inputs)
    years = scenario.years.labels()
    return queue_of(joint.plan, checked.schemes, joint.limits, years, checked.settings)


def slip_variables(
    queue: Queue, found: Slips, joint: Joint, years: list[str], unit: str
) -> dict[str, tuple[tuple[str, ...], npt.NDArray[np.generic], dict[str, str]]]:
    """Return what slips as variables: by draw, by draw and year, and by scheme.

    Parameters
    ----------
    queue, found
        The plan's queue, and what slipped.
    joint
        With the plan.
    years
        Of the plan.
    unit
        Of benefit.
    """

    def about(words: str, units: str) -> dict[str, str]:
        return {"long_name": words, "units": units}

    table = slips_table(queue, found, years, {}).set_index("project_id")
    table = table.reindex(joint.plan.plan["project_id"].astype(str))
    by_scheme: dict[str, tuple[tuple[str, ...], npt.NDArray[np.generic], dict[str, str]]] = {
        f"{PREFIX}{name}": (
            ("project",),
            table[name].fillna(0.0).to_numpy(dtype=float),
            about(words, units or unit),
        )
        for name, (words, units) in BY_SCHEME.items()
    }
    return by_scheme | {
        "schemes_waiting": (
            ("draw", "year"),
            found.waiting,
            about("Schemes of the capital plan that wait", "schemes"),
        ),
        "capital_benefit_lost": (
            ("draw",),
            found.benefit_lost,
            about("Benefit of the capital plan lost by waiting", unit),
        ),
        "passed_all_the_same": (
            ("draw", "year"),
            found.still_over,
            about("What limits are passed by though all that can wait waits", "£m"),
        ),
    }


def slips_by_scheme(positions: xr.Dataset, plan: pd.DataFrame) -> pd.DataFrame:
    """Return which schemes wait, how often and how long, what loses most first.

    Parameters
    ----------
    positions
        From `draws`.
    plan
        Of the capital plan, a row a scheme.

    Returns
    -------
    pandas.DataFrame
        `project_id, name, start_year, waits, mean_years, not_started, benefit_lost`; no row where
        nothing was drawn that could make a scheme wait.
    """
    table = plan[["project_id", "name", "start_year"]].reset_index(drop=True)
    for name in BY_SCHEME:
        variable = f"{PREFIX}{name}"
        table[name] = positions[variable].to_numpy() if variable in positions else 0.0
    waiting = table[table["waits"] > 0]
    return waiting.sort_values("benefit_lost", ascending=False, kind="stable", ignore_index=True)
