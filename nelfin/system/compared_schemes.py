"""Capital schemes that runs do not fund alike: in, out or moved, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nelfin.data.differences import NOT_THERE
from nelfin.store.findings import Findings

COLUMNS = ["project_id", "name", "organisation"]

NOT_FUNDED = "not funded"


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
        later, more of it, less of it, or not; and `reason`. Schemes that go out come first, then
        those that come in, each with the largest spend first.
    """
    plans = [run.table("plan").set_index("project_id") for run in runs]
    ids = dict.fromkeys(project for plan in plans for project in plan.index)
    rows = []
    for project in ids:
        shown = [_shown(plan, project) for plan in plans]
        if len(set(shown)) < 2:
            continue
        last = next(plan for plan in reversed(plans) if project in plan.index)
        spend = [
            float(plan.at[project, "spend_gbp_m"]) if project in plan.index else 0.0
            for plan in (plans[0], plans[-1])
        ]
        about = [project, str(last.at[project, "name"]), str(last.at[project, "organisation"])]
        moved = _moved(plans[0], plans[-1], project)
        reason = _reason(plans[0], plans[-1], project, moved)
        rows.append([*about, *shown, spend[1] - spend[0], moved, reason])
    columns = [*COLUMNS, *names, "spend_change_gbp_m", "moved", "reason"]
    frame = pd.DataFrame(rows, columns=columns)
    rank = frame["moved"].map({"out": 0, "in": 1}).fillna(2)
    size = -frame["spend_change_gbp_m"].abs()
    sort = pd.DataFrame({"rank": rank, "size": size}).sort_values(["rank", "size"], kind="stable")
    return frame.loc[sort.index].reset_index(drop=True)


def _shown(plan: pd.DataFrame, project: str) -> str:
    if project not in plan.index:
        return NOT_THERE
    share = float(plan.at[project, "funded_share"])
    if share <= 0:
        return NOT_FUNDED
    part = "" if plan.at[project, "status"] == "funded" else f", {100 * share:.1f} %"
    return f"{plan.at[project, 'start_year']}{part}"


def _moved(first: pd.DataFrame, last: pd.DataFrame, project: str) -> str:
    shares = [
        float(plan.at[project, "funded_share"]) if project in plan.index else 0.0
        for plan in (first, last)
    ]
    if shares[0] > 0 and shares[1] <= 0:
        return "out"
    if shares[0] <= 0 and shares[1] > 0:
        return "in"
    if max(shares) <= 0:
        return "not"
    starts = [str(plan.at[project, "start_year"]) for plan in (first, last)]
    if starts[0] != starts[1]:
        return "earlier" if starts[1] < starts[0] else "later"
    if abs(shares[1] - shares[0]) < 5e-3:
        return "not"
    return "more of it" if shares[1] > shares[0] else "less of it"


def _reason(first: pd.DataFrame, last: pd.DataFrame, project: str, moved: str) -> str:
    """Return why: the last run's reason, and for what comes in why it was out before."""
    now = str(last.at[project, "reason"]) if project in last.index else "It is not in the pipeline."
    if moved != "in":
        return now
    before = str(first.at[project, "reason"]) if project in first.index else "not in the pipeline."
    return f"{now} Before: {before[:1].lower()}{before[1:]}"
