"""Capital schemes of a pack: which are in the plan, which wait, and why."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nelfin.data.projects import spend_profile
from nelfin.report.packs.parts import Cell, Drawing, Section, Table, gbp_m, largest_first
from nelfin.report.text.names import short
from nelfin.report.text.numbers import millions, parts_that_add, plural
from nelfin.store.findings import Findings

BACKLOG = {
    "backlog_high_gbp_m": "High",
    "backlog_significant_gbp_m": "Significant",
    "backlog_moderate_gbp_m": "Moderate",
    "backlog_low_gbp_m": "Low",
}
"""Columns of the backlog that a scheme clears, and the risk of it."""

IN_PLAN, LEFT_OUT = 12, 6
"""Schemes that are printed, the largest; the page has all."""


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


def schemes_section(
    result: Findings,
    column: str,
    name: str,
    drawings: Sequence[Drawing] = (),
    beside: Sequence[Table] = (),
) -> Section:
    """Return the section on the capital schemes of a place or an organisation.

    Parameters
    ----------
    result
        A run.
    column
        `place` or `organisation`.
    name
        Of it.
    drawings, beside
        What else it shows: the use of the limits.
    """
    mine = schemes_of(result, column, name)
    title = (
        f"Capital schemes of {short(name)}"
        if column == "organisation"
        else f"Capital in {short(name)}"
    )
    if mine.empty:
        none = [f"No scheme of the capital plan names {short(name)}."]
        return Section("capital", title, none, drawings=drawings, tables=beside)
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
    statuses = [("illustrative", made_up, "capital schemes")] if made_up else []
    if made_up:
        sentences.append(
            f"{made_up:,} of the {len(mine):,} are illustrative: made up to show the method, and "
            "so is what is said of them."
        )
    sentences.append(
        "Benefit is in points. The price of a scheme is what its money would buy elsewhere."
    )
    tables = [*beside, *_backlog(inside, out), *_scheme_tables(inside, out, column)]
    return Section("capital", title, sentences, (), drawings, tables, statuses)


def _scheme_tables(inside: pd.DataFrame, out: pd.DataFrame, column: str) -> list[Table]:
    """Return a table of the schemes in the plan, and one of those that wait."""
    other = "place" if column == "organisation" else "organisation"
    heads = ["Scheme", "Figures", other.capitalize()]
    tables = []
    if len(inside):
        rows = _rows(inside, "spend_gbp_m", other, ["start_year"])
        caption = "Schemes in the plan, the largest first: spend in cash, within the plan"
        shown = [*heads, "Start", "Spend, £m", "Why"]
        tables.append(Table(caption, shown, rows, printed=_printed(rows, IN_PLAN)))
    if len(out):
        rows = _rows(out, "asked", other, [])
        caption = "Schemes that wait, the largest first: what they ask for, in base-year prices"
        shown = [*heads, "Asked, £m", "Why"]
        tables.append(Table(caption, shown, rows, printed=_printed(rows, LEFT_OUT)))
    return tables


def _printed(rows: Sequence[object], most: int) -> int | None:
    # one or two more are printed too, rather than a line that says they are not
    return most if len(rows) > most + 2 else None


def _rows(frame: pd.DataFrame, amount: str, other: str, more: list[str]) -> list[list[Cell]]:
    """Return a row a scheme; the amounts add up as printed."""
    shown = parts_that_add(frame[amount].tolist())
    return [
        [
            line["name"], line["evidence"], line[other] or "–", *(line[name] for name in more),
            gbp_m(line[amount], money), line["reason"],
        ]
        for line, money in zip(frame.to_dict("records"), shown, strict=True)
    ]  # fmt: skip


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
