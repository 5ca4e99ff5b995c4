"""Runs side by side as text, at most 80 columns wide, and what made them differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from nelfin.data.specs import TABLES
from nelfin.report.text.changes import what_words, why_words
from nelfin.report.text.names import short
from nelfin.report.text.numbers import millions, money, rows_that_add
from nelfin.report.text.terminal import (
    WIDTH,
    are_figures,
    by_year_text,
    cut,
    table_text,
    title_text,
    wrapped,
)
from nelfin.scenario.names import setting_name

if TYPE_CHECKING:
    from nelfin.system.compare import Comparison


LINES = 15
"""Lines of settings, of cells and of schemes that are shown; a file holds all."""

CELL = 20
"""Cells that a headline figure in words may take, such as the name of a place."""

LARGEST = 8
"""Changes of results that are shown."""


def comparison_text(comparison: Comparison, most: int = LINES) -> str:
    """Return what differs, headline figures, places, organisations, schemes and other results.

    Parameters
    ----------
    comparison
        Two or more runs side by side.
    most
        Lines shown of each.
    """
    names = comparison.names
    room = (WIDTH - len(" and ") * (len(names) - 1)) // len(names)
    title = [cut(name, room) for name in names]
    shown = [
        title_text(", ".join(title[:-1]), f" and {title[-1]}"),
        _differs_text(comparison, most),
        headline_text(comparison),
        _results_text(comparison, "budget", "PLACE BUDGETS", "place"),
        _results_text(comparison, "reported position", "REPORTED POSITION", "organisation"),
        _schemes_text(comparison, most),
        _other_text(comparison),
        "\n".join(line for flag in comparison.flags for line in wrapped(flag)),
    ]
    return "\n\n".join(part for part in shown if part)


def _differs_text(comparison: Comparison, most: int) -> str:
    title, names = "WHAT DIFFERS", comparison.names
    settings = comparison.settings.assign(where="scenario", row="", figure=lambda f: f["setting"])
    cells = comparison.cells.assign(where=lambda f: f["table"], figure=lambda f: f["column"])
    rows = [
        [what_words(line["where"], line["row"], line["figure"]), *(line[name] for name in names),
         why_words(line["why"])]
        for line in [*settings.to_dict("records"), *cells.to_dict("records")]
    ]  # fmt: skip
    if not rows:
        return f"{title}\n  No setting differs, nor any cell of a table that was compared."
    heads = ["setting or cell", *names, "why"]
    align = "l" + "".join(
        "r" if are_figures(row[at] for row in rows) else "l" for at in range(1, len(heads))
    )
    text = table_text(heads, rows[:most], align, title)
    return text + _more(len(rows) - most, "that differ")


def headline_text(comparison: Comparison) -> str:
    """Return the headline figures of each run.

    Parameters
    ----------
    comparison
        Two or more runs side by side.
    """
    rows = [[what, *(cut(text, CELL) for text in texts)]
            for what, *texts in headline_rows(comparison)]  # fmt: skip
    return table_text(["figure", *comparison.names], rows, "l", "HEADLINE FIGURES")


def headline_rows(comparison: Comparison) -> list[list[str]]:
    """Return the headline figures as texts: what each is, with its unit, and each run's.

    Parameters
    ----------
    comparison
        Two or more runs side by side.
    """
    rows = []
    for line in comparison.headline.to_dict("records"):
        unit = str(line["unit"])
        worded = unit in {"year", "place", "organisations", "schemes", "figures"}
        what = str(line["figure"]) if worded else f"{line['figure']}, {unit}"
        rows.append([what, *(_cell(line[name]) for name in comparison.names)])
    return rows


def _cell(value: object) -> str:
    if isinstance(value, float):
        return money(value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _results_text(comparison: Comparison, measure: str, title: str, head: str) -> str:
    """Return one measure of places or organisations in the last year in which they differ."""
    found, names = comparison.results, comparison.names
    found = found[(found["measure"] == measure) & (found["of"] != "system")]
    if found.empty:
        return ""
    year = found["year"].max()
    rows = [
        [str(line["of"]), *(money(float(line[name])) for name in (*names, "change"))]
        for line in found[found["year"] == year].to_dict("records")
    ]
    return table_text([head, *names, "change"], rows, "l", f"{title}, {year}, £m")


def _schemes_text(comparison: Comparison, most: int) -> str:
    schemes = comparison.schemes
    if schemes.empty:
        return "CAPITAL SCHEMES\n  Every run funds the same schemes, in the same years."
    lines = wrapped(f"CAPITAL SCHEMES: {schemes_words(schemes)}")
    for line in schemes.head(most).to_dict("records"):
        starts = "; ".join(f"{short(name)} {line[name]}" for name in comparison.names)
        words = f"{line['project_id']} {short(line['name'])}: {starts}. {line['reason']}"
        lines += wrapped(words, indent="  ", hang="    ")
    return "\n".join(lines) + _more(len(schemes) - most, "that are not funded alike")


def schemes_words(schemes: pd.DataFrame) -> str:
    """Say how many schemes come in, go out and move from the first run to the last.

    Parameters
    ----------
    schemes
        Of a comparison.
    """
    parts = []
    for moved in ("out", "in"):
        rows = schemes[schemes["moved"] == moved]
        spend = millions(float(rows["spend_change_gbp_m"].abs().sum()))
        parts.append(f"{len(rows)} {moved} ({spend})")
    others = ~schemes["moved"].isin(["in", "out", "not"])
    return f"{', '.join(parts)}, {int(others.sum())} moved"


def _other_text(comparison: Comparison) -> str:
    ends = (*comparison.names, "change")
    rows = [
        [str(row["measure"]), str(row["of"]), str(row["year"]),
         *(money(float(row[name])) for name in ends)]
        for row in comparison.results.head(LARGEST).to_dict("records")
    ]  # fmt: skip
    if not rows:
        return "RESULTS, £m\n  No result differs."
    text = table_text(["measure", "of", "year", *ends], rows, "lll", "LARGEST CHANGES, £m")
    return text + _more(len(comparison.results) - LARGEST, "that are smaller")


def _more(count: int, words: str) -> str:
    return f"\nand {count:,} more {words}; -o writes all." if count > 0 else ""


def cause_words(cause: str) -> str:
    """Return a cause as a reader says it.

    Parameters
    ----------
    cause
        A setting, a table as in `data.positions`, or a section of settings.

    Examples
    --------
    >>> cause_words("data.capital_limits"), cause_words("recovery.efficiency_pct")
    ('capital limits', 'Efficiency asked')
    """
    table = cause.removeprefix("data.")
    return TABLES[table].title if table in TABLES else setting_name(cause)


def causes_text(causes: pd.DataFrame) -> str:
    """Return the difference of two scenarios by cause.

    Parameters
    ----------
    causes
        From `explain`: `year, cause, measure, value, unit`, of one measure.
    """
    wide = causes.pivot(index="cause", columns="year", values="value")
    names = list(dict.fromkeys(causes["cause"]))
    first, *parts, last = (wide.loc[name].tolist() for name in names)
    shown = [first, *rows_that_add(parts, last, first), last]
    rows = [
        (cause_words(str(name)), pd.Series(values, index=wide.columns))
        for name, values in zip(names, shown, strict=True)
    ]
    measure, unit = (str(causes[name].iloc[0]) for name in ("measure", "unit"))
    return by_year_text(f"{measure.upper()} BY CAUSE, {unit}", "cause", rows, [-1])
