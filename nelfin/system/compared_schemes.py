"""Capital schemes that runs do not fund alike: in, out or moved, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nelfin.models.capital.compared import (
    PlanTables,
    change_of,
    in_order,
    plans_compared,
    shown,
)
from nelfin.store.findings import Findings

COLUMNS = ["project_id", "name", "organisation"]


def schemes_compared(runs: Sequence[Findings], names: Sequence[str]) -> pd.DataFrame:
    """Return the schemes that runs do not fund alike.

    Parameters
    ----------
    runs, names
        Two or more runs, and what they are called.

    Returns
    -------
    pandas.DataFrame
        `project_id, name, organisation`; a column a run: the year of the start, with the share
        where a scheme is funded in part, or `not funded`; `spend_change_gbp_m`, the last run's
        capital spend less the first's; `moved`, from the first run to the last: in, out, earlier,
        later, more of it, less of it, or not; and `reason`: why it moved, then the last run's
        reason. Schemes that go out come first, then those that come in, each with the largest
        spend first.
    """
    tables = [tables_of(run) for run in runs]
    plans = [each.plan.set_index("project_id") for each in tables]
    ends = plans_compared(tables[0], tables[-1]).set_index("project_id")
    ids = dict.fromkeys(project for plan in plans for project in plan.index)
    rows = []
    for project in ids:
        starts = [shown(plan, project) for plan in plans]
        if len(set(starts)) < 2:
            continue
        last = next(plan for plan in reversed(plans) if project in plan.index)
        spend = [
            float(plan.at[project, "spend_gbp_m"]) if project in plan.index else 0.0
            for plan in (plans[0], plans[-1])
        ]
        about = [project, str(last.at[project, "name"]), str(last.at[project, "organisation"])]
        moved = change_of(plans[0], plans[-1], project)
        why = str(ends.at[project, "why"]) if project in ends.index else ""
        reason = str(last.at[project, "reason"])
        if project not in plans[-1].index:
            reason = why
        elif not reason.startswith(why.rstrip(".")):
            reason = f"{why} {reason}"
        rows.append([*about, *starts, spend[1] - spend[0], moved, reason.strip()])
    columns = [*COLUMNS, *names, "spend_change_gbp_m", "moved", "reason"]
    frame = pd.DataFrame(rows, columns=columns)
    return in_order(frame, frame["moved"], frame["spend_change_gbp_m"])


def tables_of(run: Findings) -> PlanTables:
    """Return the tables of the capital plan of a run.

    Parameters
    ----------
    run
        The run.
    """
    return PlanTables(run.table("plan"), run.table("limits"), run.table("spend"))
