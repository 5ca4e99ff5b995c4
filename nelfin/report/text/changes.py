"""What a run changes from its base, in words."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from nelfin.data.differences import NOT_THERE
from nelfin.data.notes import unit_of
from nelfin.data.specs import TABLES
from nelfin.report.text.numbers import plural
from nelfin.scenario.load import SET
from nelfin.scenario.names import plain_name, setting_name
from nelfin.store.findings import Findings

MANY = 3
"""Cells of one table above which they are told together."""

MOST = 6
"""Changes that a summary tells one by one."""


@dataclass(frozen=True)
class Change:
    """One change, or several of one table together.

    Parameters
    ----------
    what
        The setting, or the table with its row and column, in words.
    before, after
        What it was and what it is; "" where several are told together.
    why
        Where the new figure comes from.
    """

    what: str
    before: str
    after: str
    why: str

    @property
    def words(self) -> str:
        """The change as one phrase."""
        moved = f": from {self.before} to {self.after}" if self.before or self.after else ""
        return f"{self.what[:1].upper()}{self.what[1:]}{moved}"


def what_words(where: str, row: str, figure: str) -> str:
    """Return what a line of differences is of.

    Parameters
    ----------
    where
        `scenario`, or a table.
    row
        The row of the table.
    figure
        The setting or the column; "" for the whole row.

    Examples
    --------
    >>> what_words("capital_limits", "2026/27", "limit_gbp_m")
    'capital limits, 2026/27: limit, £m'
    >>> what_words("scenario", "", "recovery.efficiency_pct")
    'Efficiency asked'
    """
    if where == "scenario":
        return setting_name(figure)
    unit = unit_of(figure)
    column = f": {plain_name(figure)}{f', {unit}' if unit else ''}" if figure else ""
    return f"{TABLES[where].title}, {plain_name(row)}{column}"


def why_words(why: str) -> str:
    """Return where a figure comes from; what was set for one run has no other source.

    Parameters
    ----------
    why
        Source of the figure.
    """
    if why == SET or why.startswith(f"{SET}."):
        return "set for this run"
    return why


def changes_of_run(result: Findings, most: int = MOST) -> list[Change]:
    """Return what a run changes from its base: what was set for it first.

    Parameters
    ----------
    result
        A run.
    most
        Lines that are told one by one; the last tells how many more there are.

    Returns
    -------
    list of Change
        None for a run that changes nothing.
    """
    if "changes" not in result.tables:
        return []  # of a version before it was kept
    return changes_in_words(result.table("changes"), most)


def changes_in_words(table: pd.DataFrame, most: int = 0) -> list[Change]:
    """Return changes in words; those of one table together where they are many.

    Parameters
    ----------
    table
        `where, row, figure, from, to, why`.
    most
        Lines at the most; 0 for all, one by one.
    """
    if not most:
        return [_change(row) for row in table.to_dict("records")]
    lines: list[Change] = []
    for where, rows in table.groupby("where", sort=False):
        if where == "scenario" or len(rows) <= MANY:
            lines += [_change(row) for row in rows.to_dict("records")]
            continue
        title, of = TABLES[str(where)].title, plural(rows["row"].nunique(), "row")
        whole = rows["figure"] == ""
        added = int((whole & (rows["from"] == NOT_THERE)).sum())
        gone = int((whole & (rows["to"] == NOT_THERE)).sum())
        parts = [
            words
            for count, words in (
                (int((~whole).sum()), f"{plural(int((~whole).sum()), 'cell')} changed"),
                (added, f"{plural(added, 'row')} added"),
                (gone, f"{plural(gone, 'row')} taken out"),
            )
            if count
        ]
        lines.append(Change(f"{title}: {', '.join(parts)}, in {of}", "", "", ""))
    if len(lines) > most:
        more = len(lines) - most + 1
        lines = [*lines[: most - 1], Change(f"and {more} more", "", "", "")]
    return lines


def _change(row: dict[str, str]) -> Change:
    what = what_words(row["where"], row["row"], row["figure"])
    if row["where"] == "scenario" and row.get("unit") and row["to"][:1] in "-0123456789":
        what = f"{what}, {row['unit']}"
    before, after = (plain_name(row[end]) or "blank" for end in ("from", "to"))
    return Change(what, before, after, why_words(row["why"]))


def opening_lines(result: Findings) -> list[str]:
    """Return what a run says of itself before its figures: name, note, and what it changes.

    Parameters
    ----------
    result
        A run.

    Returns
    -------
    list of str
        Sentences; none for a run without a name or a note that changes nothing.
    """
    told = result.provenance.get("run", {})
    lines = []
    if told.get("name"):
        lines.append(f"Run: {told['name']}.")
    if told.get("note"):
        lines.append(f"Note: {told['note']}")
    return lines


def base_of_run(result: Findings) -> str:
    """Return the name of what a run is a change of; "" for none.

    Parameters
    ----------
    result
        A run.
    """
    base = result.provenance.get("base", {})
    return str(base.get("name", ""))
