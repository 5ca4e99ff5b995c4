"""What a pack rests on: figures that nobody published, and where the others come from."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from nelfin.data.notes import TABLE_NOTES
from nelfin.evidence import MEANING
from nelfin.report.basis import UNPUBLISHED, figures_of, groups_of, unpublished
from nelfin.report.packs.parts import Section, rests_on, told_statuses
from nelfin.report.text.numbers import plural
from nelfin.scenario.names import plain_name, setting_name
from nelfin.store.findings import Findings

SEE_REPORT = "The whole report of the run has every figure with its status and source."


def basis_section(
    result: Findings,
    parts: tuple[str, ...],
    about: str,
    others: Collection[str] = (),
    printed: int | None = None,
    named: int = 12,
) -> Section:
    """Return the section on what rests on assumption, and on the sources.

    Parameters
    ----------
    result
        A run.
    parts
        Sections of settings and tables that the pack rests on, such as `PLACES`.
    about
        What the pack tells, in a few words.
    others
        Names of which nothing is told: the other places, or organisations.
    printed
        Figures that are printed; all by default.
    named
        Sources that are named; the whole report of the run has all.
    """
    sources = result.table("sources")
    figures = pd.concat([figures_of(sources, part) for part in parts])
    figures = figures[~figures.index.duplicated() & ~_names(figures, others)]
    statuses = rests_on(result, parts)
    told = told_statuses(statuses)
    words = dict.fromkeys(word for word, _, _ in statuses)
    meaning = "; ".join(f"{word}: {MEANING[word]}" for word in words)
    sentences = [
        f"{about} {'rests on ' + told if told else 'rests on published figures only'}"
        ", beside those that are published or worked out from published ones.",
        *([f"{meaning[:1].upper()}{meaning[1:]}."] if meaning else []),
    ]
    listed = [*_settings(figures), *_tables(result, parts)]
    return Section(
        "basis",
        "What rests on assumption",
        sentences,
        unpublished=sorted(listed, key=lambda line: line[2] != "illustrative"),
        printed=printed,
        sources=sources_of(figures, named),
    )


def _names(figures: pd.DataFrame, others: Collection[str]) -> pd.Series:
    """Say of each figure whether it is one of others'."""
    wanted = set(others)
    return figures["figure"].map(lambda name: bool(wanted & set(str(name).split(", "))))


def _settings(figures: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return the settings that are not published: what each is, its value and status."""
    settings = figures[(figures["where"] == "scenario") & figures["status"].isin(UNPUBLISHED)]
    return [
        (setting_name(line["figure"]), _value(line["value"], line["unit"]), line["status"])
        for line in settings.to_dict("records")
        if line["value"] != ""
    ]


def _value(value: str, unit: str) -> str:
    """Return a setting's value with its unit."""
    try:
        float(value)
    except ValueError:
        plain = {"True": "yes", "False": "no"}
        return plain.get(value) or plain_name(value)
    return f"{value}\u00a0{unit}" if unit else value


def _tables(result: Findings, parts: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Return the tables that hold figures which are not published, and how many they hold."""
    sources = result.table("sources")
    found = []
    for part in parts:
        groups = [] if part.endswith(".") else groups_of(sources, [part])
        for word, number in unpublished(groups).items():
            of = f"{number:,} of {groups[0].counts.total():,} rows"
            words = TABLE_NOTES[part].partition(". ")[0].rstrip(".")
            found.append((f"Table: {words}", of, word))
    return found


def sources_of(figures: pd.DataFrame, most: int) -> list[str]:
    """Return where published figures come from, the source of most first.

    Parameters
    ----------
    figures
        Rows of the register.
    most
        Sources that are named.
    """
    told = figures[figures["status"].isin({"published", "derived"}) & (figures["source"] != "")]
    counts = told["source"].value_counts(sort=True)
    named = [f"{source} ({plural(count, 'figure')})" for source, count in counts.items()]
    left = len(named) - most
    more = [f"And {plural(left, 'more source', 'more sources')}."] if left > 0 else []
    return [*named[:most], *more, SEE_REPORT]
