"""Capital schemes of a pack: which are in the plan, which wait, and why."""

from __future__ import annotations

import pandas as pd

from nelfin.data.projects import spend_profile
from nelfin.report.packs.parts import Cell, Section, Table, gbp_m, largest_first
from nelfin.report.text.numbers import millions, parts_that_add, plural
from nelfin.store.findings import Findings

BACKLOG = {
    "backlog_high_gbp_m": "High",
    "backlog_significant_gbp_m": "Significant",
    "backlog_moderate_gbp_m": "Moderate",
    "backlog_low_gbp_m": "Low",
}
"""Columns of the backlog that a scheme clears, and the risk of it."""

IN_PLAN, LEFT_OUT = 14, 6
"""Schemes that are printed, at most, where there are more than both together."""


def schemes_of(result: Findings, column: str, name: str) -> pd.DataFrame:
    """Return the schemes of a place or an organisation, the largest in the plan first.

    Parameters
    ----------
    result
        A run.
    column
        `place` or `organisation`.
    name
        Of it.

    Returns
    -------
    pandas.DataFrame
        As `plan`, with what each asks for, base-year prices (`asked`, £m), whether its figures
        are illustrative (`evidence`), and the backlog it would clear.
    """
    plan, projects = result.table("plan"), result.table("projects").set_index("project_id")
    projects["asked"] = spend_profile(projects.reset_index()).sum(axis=1)
    kept = ["asked", "status", *(band for band in BACKLOG if band in projects)]
    about = projects[kept].rename(columns={"status": "evidence"})
    mine = plan[plan[column] == name].join(about, on="project_id")
    inside = mine["status"] != "not funded"
    return pd.concat(
        [largest_first(mine[inside], "spend_gbp_m"), largest_first(mine[~inside], "asked")]
    )


def schemes_section(result: Findings, column: str, name: str) -> Section:
    """Return the section on the capital schemes of a place or an organisation.

    Parameters
    ----------
    result
        A run.
    column
        `place` or `organisation`.
    name
        Of it.
    """
    mine = schemes_of(result, column, name)
    title = f"Capital schemes of {name}" if column == "organisation" else f"Capital in {name}"
    if mine.empty:
        return Section("capital", title, [f"No scheme of the capital plan names {name}."])
    inside = mine[mine["status"] != "not funded"]
    out = mine[mine["status"] == "not funded"]
    # cash of the plan, and base-year prices of what waits, are two things
    sentences = [
        f"{plural(len(inside), 'scheme')} of {len(mine):,} {'is' if len(inside) == 1 else 'are'} "
        f"in the plan and spend {millions(float(inside['spend_gbp_m'].sum()))} in it, in cash; "
        f"{millions(float(inside['cdel_gbp_m'].sum()))} counts against the capital limits.",
        f"{plural(len(out), 'scheme waits', 'schemes wait')}, which ask for "
        f"{millions(float(out['asked'].sum()))} in base-year prices."
        if len(out)
        else "None waits.",
    ]
    made_up = int((mine["evidence"] == "illustrative").sum())
    statuses = {"illustrative": made_up} if made_up else {}
    if made_up:
        sentences.append(
            f"{made_up:,} of the {len(mine):,} are illustrative: made up to show the method, and "
            "so is what is said of them."
        )
    sentences.append(
        "Benefit is in points. The price of a scheme is what its money would buy elsewhere."
    )
    tables = [_scheme_table(inside, out, column), *_backlog(inside, out)]
    return Section("capital", title, sentences, tables=tables, statuses=statuses)


def _scheme_table(inside: pd.DataFrame, out: pd.DataFrame, column: str) -> Table:
    """Return a row a scheme; the spend of those in the plan adds up as printed."""
    other = "place" if column == "organisation" else "organisation"
    spend = parts_that_add(inside["spend_gbp_m"].tolist())
    asked = parts_that_add(out["asked"].tolist())
    few = len(inside) + len(out) <= IN_PLAN + LEFT_OUT
    first = len(inside) if few else min(len(inside), IN_PLAN)
    last = len(out) if few else min(len(out), LEFT_OUT)
    rows = [*_rows(inside, spend, other, False), *_rows(out, asked, other, True)]
    # those that are printed first, the others after them
    order = [
        *range(first),
        *range(len(inside), len(inside) + last),
        *range(first, len(inside)),
        *range(len(inside) + last, len(rows)),
    ]
    heads = ["Scheme", other.capitalize(), "Plan", "Start", "Spend, £m", "Asked, £m", "Why"]
    return Table(
        "Schemes: in or out, and why",
        heads,
        [rows[at] for at in order],
        printed=None if few else first + last,
        note="Spend is in cash, within the plan; what is asked is in base-year prices.",
    )


def _rows(frame: pd.DataFrame, shown: list[float], other: str, out: bool) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for line, money in zip(frame.to_dict("records"), shown, strict=True):
        amount = gbp_m(line["asked"] if out else line["spend_gbp_m"], money)
        both: list[Cell] = ["–", amount] if out else [amount, gbp_m(line["asked"])]
        mark = " (illustrative)" if line["evidence"] == "illustrative" else ""
        rows.append([
            f"{line['name']}{mark}", line[other] or "–", line["status"], line["start_year"] or "–",
            *both, line["reason"],
        ])  # fmt: skip
    return rows


def _backlog(inside: pd.DataFrame, out: pd.DataFrame) -> list[Table]:
    """Return the backlog of maintenance that the schemes clear; none where they clear none."""
    bands = {band: words for band, words in BACKLOG.items() if band in inside}
    rows: list[list[Cell]] = []
    for band, words in bands.items():
        cleared = float((inside[band].fillna(0.0) * inside["funded_share"]).sum())
        every = float(inside[band].fillna(0.0).sum() + out[band].fillna(0.0).sum())
        if every > 0.05:
            rows.append([f"{words} risk", gbp_m(cleared), gbp_m(every - cleared)])
    if not rows:
        return []
    heads = ["Backlog of maintenance", "Cleared by the plan, £m", "Waits, £m"]
    caption = "Backlog of maintenance that the schemes clear"
    return [Table(caption, heads, rows, wide=False)]
