"""What the page says of changes: from the base of a run, and between runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from nelfin.report.charts.comparison import positions
from nelfin.report.charts.style import Card
from nelfin.report.page.tables import Column, PageTable, Row, money2, values_of
from nelfin.report.text.changes import changes_in_words, what_words, why_words
from nelfin.report.text.comparison import headline_rows, schemes_words
from nelfin.report.text.numbers import money
from nelfin.store.findings import Findings
from nelfin.system.compare import Comparison, compare

PRINTED = 20
"""Rows of a table of differences that are printed; the screen has them all."""


@dataclass(frozen=True)
class Compared:
    """Runs side by side, as the page shows them.

    Parameters
    ----------
    comparison
        Of the runs.
    tables
        A table a part, by title; those without a row are left out.
    nothing
        Titles of the parts in which the runs do not differ.
    chart
        Positions of all runs.
    """

    comparison: Comparison
    tables: dict[str, PageTable]
    nothing: list[str]
    chart: Card


def compared(runs: Sequence[Findings]) -> Compared:
    """Return runs side by side, as the page shows them.

    Parameters
    ----------
    runs
        Two or more, in their order.
    """
    comparison = compare(*runs)
    schemes = comparison.schemes
    parts = {
        "What differs": _differs(comparison),
        "Headline figures": _headline(comparison),
        "Place budgets": _measure(comparison, "budget", "Place"),
        "Reported position by organisation": _measure(
            comparison, "reported position", "Organisation"
        ),
        f"Capital schemes: {schemes_words(schemes)}": _schemes(comparison),
        "Results that differ, largest first": _results(comparison),
    }
    return Compared(
        comparison,
        {title: table for title, table in parts.items() if table.rows},
        [title.partition(":")[0] for title, table in parts.items() if not table.rows],
        positions(runs, comparison),
    )


def changes_table(result: Findings) -> PageTable | None:
    """Return what a run changes from its base; None where it has none, or changes nothing.

    Parameters
    ----------
    result
        A run.
    """
    if "changes" not in result.tables:
        return None
    changes = changes_in_words(result.table("changes"))
    if not changes:
        return None
    columns = [Column(head, head) for head in ("Changed", "From", "To", "Why")]
    rows = [
        Row([change.what, change.before, change.after, change.why], printed=at < PRINTED)
        for at, change in enumerate(changes)
    ]
    return PageTable(
        "changes-table", "changes", "What the plan changes from its base", columns, rows
    )


def _table(name: str, caption: str, columns: list[Column], rows: list[list[object]]) -> PageTable:
    return PageTable(
        f"compared-{name}",
        name,
        caption,
        columns,
        [Row(values, printed=at < PRINTED) for at, values in enumerate(rows)],
    )


def _runs(comparison: Comparison, number: bool = False) -> list[Column]:
    """Return a column a run."""
    return [Column(name, name, money2 if number else None) for name in comparison.names]


def _differs(comparison: Comparison) -> PageTable:
    columns = [Column("what", "Setting or cell"), *_runs(comparison), Column("why", "Why")]
    rows: list[list[object]] = []
    for line in comparison.settings.to_dict("records"):
        shown = [line[name] for name in comparison.names]
        rows.append([what_words("scenario", "", line["setting"]), *shown, why_words(line["why"])])
    for line in comparison.cells.to_dict("records"):
        shown = [line[name] for name in comparison.names]
        what = what_words(line["table"], line["row"], line["column"])
        rows.append([what, *shown, why_words(line["why"])])
    return _table("differs", "Settings and cells of tables that differ", columns, rows)


def _headline(comparison: Comparison) -> PageTable:
    columns = [Column("figure", "Figure")]
    columns += [Column(name, name, style="right") for name in comparison.names]
    rows: list[list[object]] = [list(row) for row in headline_rows(comparison)]
    return _table("headline", "What a finance director asks first", columns, rows)


def _measure(comparison: Comparison, measure: str, head: str) -> PageTable:
    found = comparison.results
    found = found[(found["measure"] == measure) & (found["of"] != "system")]
    found = found[found["year"] == found["year"].max()] if len(found) else found
    year = str(found["year"].iloc[0]) if len(found) else ""
    columns = [
        Column("of", head),
        *_runs(comparison, number=True),
        Column("change", "Change", money2),
    ]
    name = measure.replace(" ", "-")
    return _table(name, f"{measure.capitalize()}, {year}, £m", columns, values_of(found, columns))


def _schemes(comparison: Comparison) -> PageTable:
    columns = [
        Column("project_id", "Scheme"),
        Column("name", "Name"),
        Column("organisation", "Organisation"),
        *_runs(comparison),
        Column("moved", "Moved"),
        Column("spend_change_gbp_m", "Spend, change, £m", money),
        Column("reason", "Why"),
    ]
    caption = "Schemes in, out and moved, each with its reason"
    return _table("schemes", caption, columns, values_of(comparison.schemes, columns))


def _results(comparison: Comparison) -> PageTable:
    heads = ("measure", "of", "year", "unit")
    columns = [Column(name, name.capitalize()) for name in heads]
    columns += [*_runs(comparison, number=True), Column("change", "Change", money2)]
    frame: pd.DataFrame = comparison.results
    return _table("results", "Results that differ", columns, values_of(frame, columns))
