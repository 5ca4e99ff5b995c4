"""What figures a part of a result rests on, by status, and which of them are illustrative."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from nelfin.evidence import count_by_status
from nelfin.scenario.names import in_sentence, plain_name, setting_name
from nelfin.system.headline import APART, Headline

UNPUBLISHED = ("assumption", "illustrative", "given")
"""Statuses of figures that are neither published nor worked out from published ones."""


@dataclass(frozen=True)
class Group:
    """Figures that something rests on: the settings of a section, or a table."""

    label: str
    row: int
    """The first of its rows in the register."""
    counts: Counter[str]
    """Figures by status."""


def figures_of(sources: pd.DataFrame, part: str) -> pd.DataFrame:
    """Return the figures of one part of a scenario.

    Parameters
    ----------
    sources
        The register of figures: `where, figure, value, unit, status, source`.
    part
        A section of settings, ending in a full stop, or a table.

    Returns
    -------
    pandas.DataFrame
        Its rows of the register.
    """
    if part.endswith("."):
        settings = sources["where"] == "scenario"
        return sources[settings & sources["figure"].str.startswith(part)]
    return sources[sources["where"] == part]


def groups_of(sources: pd.DataFrame, parts: Iterable[str]) -> list[Group]:
    """Return the figures of some parts of a scenario in groups, as far as there are any.

    Parameters
    ----------
    sources
        The register of figures.
    parts
        Sections of settings, ending in a full stop, and tables, such as `PLACES`.
    """
    groups = []
    for part in parts:
        figures = figures_of(sources, part)
        if len(figures):
            settings = f"settings of {part[:-1]}" if part.endswith(".") else ""
            label = settings or plain_name(part)
            groups.append(Group(label, int(figures.index[0]), count_by_status(figures["status"])))
    return groups


def unpublished(groups: Iterable[Group]) -> dict[str, int]:
    """Return how many figures of some groups are neither published nor derived, by status.

    Parameters
    ----------
    groups
        Of figures, as from `groups_of`.
    """
    counts: Counter[str] = sum((group.counts for group in groups), Counter())
    return {status: counts[status] for status in UNPUBLISHED if counts[status]}


def counted(groups: Iterable[Group]) -> list[tuple[str, int, str]]:
    """Count the figures of some groups that are neither published nor derived.

    Capital schemes and initiatives are counted apart, here as everywhere: they are many rows.

    Parameters
    ----------
    groups
        Of figures, as from `groups_of`.

    Returns
    -------
    list of tuple
        Status, count and what is counted: figures, capital schemes, or initiatives.
    """
    groups = list(groups)
    apart = [plain_name(table) for table in APART]
    parts = {"figures": [group for group in groups if group.label not in apart]}
    parts |= {label: [group for group in groups if group.label == label] for label in apart}
    return [
        (status, count, what)
        for what, some in parts.items()
        for status, count in unpublished(some).items()
    ]


def illustrative_count(headline: Headline) -> str:
    """Say how many figures of a run are illustrative, capital schemes and initiatives apart.

    Parameters
    ----------
    headline
        The headline figures of a run.

    Returns
    -------
    str
        Such as "58 illustrative figures, 325 illustrative capital schemes of 332 and 63
        illustrative initiatives of 65"; "" if none is.
    """
    figures = headline.statuses.get("illustrative", 0)
    words = [f"{figures:,} illustrative {'figure' if figures == 1 else 'figures'}"] * bool(figures)
    words += [
        f"{count:,} illustrative {rows} of {whole:,}"
        for count, rows, whole in (
            (headline.illustrative_schemes, "capital schemes", headline.schemes),
            (headline.illustrative_initiatives, "initiatives", headline.initiatives),
        )
        if count
    ]
    *others, last = words or [""]
    return f"{', '.join(others)} and {last}" if others else last


def illustrative_words(sources: pd.DataFrame, parts: tuple[str, ...]) -> str:
    """Name the illustrative figures of some parts of a scenario in a few words.

    Parameters
    ----------
    sources
        The register of figures.
    parts
        Sections of settings, ending in a full stop, and tables, such as `PLACES`.

    Returns
    -------
    str
        Such as "share of spend on prevention before the shift; 325 of 332 capital schemes"; "" if
        none is illustrative.
    """
    sections = tuple(part for part in parts if part.endswith("."))
    settings = sources[sources["where"] == "scenario"]
    settings = settings[settings["figure"].str.startswith(sections)]
    names = list(settings.loc[settings["status"] == "illustrative", "figure"])
    words = [in_sentence(setting_name(name)) for name in names[:2]]
    if len(names) > 2:
        more = len(names) - 2
        words.append(f"{more} more {'setting' if more == 1 else 'settings'}")
    for table in parts:
        if table.endswith("."):
            continue
        figures = figures_of(sources, table)
        count = count_by_status(figures["status"])["illustrative"]
        if count:
            rows = "" if table == "projects" else "rows of "
            words.append(f"{count} of {len(figures)} {rows}{plain_name(table)}")
    return "; ".join(words)


def illustrative_note(words: str) -> str:
    """Say, above a table, which illustrative figures it rests on.

    Parameters
    ----------
    words
        From `illustrative_words`; "" gives "".
    """
    return f"Illustrative: rests on {words}." if words else ""
