"""What each column of a list is: by the map, by nelfin's own headings, or by its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nelfin.data.lists.column_map import ROW_NUMBERS, ColumnMap
from nelfin.data.lists.words import guessed, may_be
from nelfin.data.reading.headings import heading_of
from nelfin.data.reading.year_headings import NamedYear, named_year, year_before
from nelfin.data.specs import TABLES
from nelfin.data.specs.columns import SCORE, SPEND, Column
from nelfin.errors import Problems, nearest
from nelfin.store.sheets.files import Raw
from nelfin.store.sheets.spots import spot

SCHEMES = TABLES["projects"]


@dataclass(frozen=True)
class Roles:
    """What the columns of a list are.

    Parameters
    ----------
    columns
        Headings by column of nelfin's, or by `year` and `amount`.
    years
        Financial years by the heading of the column that holds their money.
    """

    columns: Mapping[str, tuple[str, ...]]
    years: Mapping[str, str]

    def used(self) -> set[str]:
        """Return every heading that is something."""
        return {text for texts in self.columns.values() for text in texts} | set(self.years)

    @staticmethod
    def may_be_list(headings: Sequence[str]) -> bool:
        """Say whether headings are rather those of a list than of a faulty table of nelfin's.

        Parameters
        ----------
        headings
            Of the table.
        """
        own = [text for text in headings if text and heading_of(text, SCHEMES)]
        if any(spec_of(heading_of(text, SCHEMES) or "").name == SPEND for text in own):
            return False
        return any(named_year(text) for text in headings) or len(own) < 3


def spec_of(name: str) -> Column:
    """Return the specification of a column by its name; of an unknown one, a plain text.

    Parameters
    ----------
    name
        Such as spend_2.
    """
    found = [column for column in SCHEMES.columns if column.matches(name)]
    return found[0] if found else Column(name)


def roles_of(raw: Raw, given: ColumnMap, notes: list[str], problems: Problems) -> Roles:
    """Return what each column of a list is, and tell what was guessed.

    Parameters
    ----------
    raw
        The list as texts.
    given
        The map.
    notes
        Takes what was taken for what.
    problems
        Takes headings that are not there, columns that are missing, and what may be two things.
    """
    there = [text for text in raw.headings if text]
    for heading in dict.fromkeys(given.headings()):
        if heading not in there:
            where = given.called if heading != given.rank_by else given.named("rank_by")
            what = f'names the column "{heading}", which {raw.place} has not.'
            problems.add(where, what, nearest(heading, there))
    for heading in sorted({text for text in there if there.count(text) > 1}):
        problems.add(
            spot(raw.place, raw.head), f'has the column "{heading}" twice.', "Rename one of them."
        )
    columns = dict(given.columns)
    if given.rank_by:
        columns["benefit"] = (given.rank_by,)
    spoken_for = {*given.headings()}
    _own_headings(raw, given, columns, spoken_for, problems)
    years = _years_of(raw, given, columns, spoken_for, notes, problems)
    named = [column.name for column in SCHEMES.columns if column.required and not column.pattern]
    wanted = [name for name in named if name not in columns and name not in given.constants]
    if any(spec_of(name).name == SCORE for name in columns) and "benefit" in wanted:
        wanted.remove("benefit")
    if not years and not any(spec_of(name).name == SPEND for name in columns):
        wanted += [name for name in ("year", "amount") if name not in columns]
    taken = {*spoken_for, *years, *(text for texts in columns.values() for text in texts)}
    found = guessed(there, wanted, taken)
    if ("year" in found) != ("amount" in found):
        found = {name: text for name, text in found.items() if name not in {"year", "amount"}}
    if found:
        said = ", ".join(f'"{text}" as {name}' for name, text in found.items())
        notes.append(f"{raw.place}: by its headings read {said}.")
    columns |= {name: (text,) for name, text in found.items()}
    roles = Roles(columns, years)
    _missing(raw, [name for name in wanted if name not in columns], roles, problems)
    if "project_id" not in columns and "project_id" not in given.constants:
        columns["project_id"] = (ROW_NUMBERS,)
        notes.append(
            f"{raw.place}: no column of ids: each scheme is named by its row, as in row 2."
        )
    return roles


def _own_headings(
    raw: Raw,
    given: ColumnMap,
    columns: dict[str, tuple[str, ...]],
    spoken_for: set[str],
    problems: Problems,
) -> None:
    """Take the columns that have nelfin's own headings."""
    for text in dict.fromkeys(raw.headings):
        name = heading_of(text, SCHEMES) if text else None
        if text == "planned_start":
            name = text
        if name is None or text in spoken_for:
            continue
        if name in columns or name in given.constants:
            at = raw.headings.index(text)
            if not any(row[at] for row in raw.rows):
                continue  # nothing in it says otherwise
            problems.add(
                spot(raw.place, raw.head, text),
                f"is {name} by its heading, and {given.called} says otherwise.",
                "Put it under not_read, or take the other out.",
            )
            continue
        columns[name] = (text,)


def _years_of(
    raw: Raw,
    given: ColumnMap,
    columns: Mapping[str, tuple[str, ...]],
    spoken_for: set[str],
    notes: list[str],
    problems: Problems,
) -> dict[str, str]:
    """Return the columns of money by year."""
    if given.years:
        return dict(given.years)
    own = any(spec_of(name).name == SPEND for name in columns) or "amount" in columns
    if own:
        return {}
    found: dict[str, NamedYear] = {}
    for text in dict.fromkeys(raw.headings):
        named = named_year(text) if text and text not in spoken_for else None
        if named is not None and text not in {each for one in columns.values() for each in one}:
            found[text] = year_before(named) if given.calendar_years == "end" else named
    by_label: dict[str, list[str]] = {}
    for text, named in found.items():
        by_label.setdefault(named.label, []).append(text)
    for label, texts in by_label.items():
        if len(texts) > 1:
            listed = " and ".join(f'"{text}"' for text in texts)
            problems.add(
                spot(raw.place, raw.head),
                f"has several columns of {label}: {listed}.",
                f'Say in a map which counts, as in [years] "{texts[0]}" = "{label}", and put the '
                "others under not_read.",
            )
    alone = [text for text, named in found.items() if named.written == "calendar"]
    if alone and not given.calendar_years:
        notes.append(
            f'{raw.place}: the heading "{alone[0]}" is taken as the financial year '
            f"{found[alone[0]].label}, which starts in it, and so on. If it is the one that ends "
            'in it, say calendar_years = "end" in a map.'
        )
    return {text: named.label for text, named in found.items()}


def _missing(raw: Raw, names: Sequence[str], roles: Roles, problems: Problems) -> None:
    """Ask for what the list lacks."""
    free = [text for text in raw.headings if text and text not in roles.used()]
    where = spot(raw.place, raw.head)
    for name in names:
        fits = [f'"{text}"' for text in may_be(name, free)]
        which = f" It may be {' or '.join(fits)}." if fits else ""
        if name == "benefit":
            figures = [f'"{text}"' for text in free if _has_figures(raw, text)][:8]
            problems.add(
                where,
                "has no benefit: nothing says which scheme is worth more.",
                f'Add a column "benefit" (points or £m), or rank by a column with --rank-by or '
                f"rank_by in a map. Columns of figures here: {', '.join(figures) or 'none'}.",
            )
        elif name in {"organisation", "category", "name"}:
            problems.add(
                where,
                f'has no column that is certainly "{name}".{which}',
                f'Say in a map which it is, as in [columns] {name} = "…", or what every row has, '
                f'as in [constants] {name} = "all".',
            )
        elif name == "amount" and "year" not in roles.columns:
            problems.add(
                where,
                "has no money: neither columns of years, such as 2026/27, nor spend_1, spend_2, …",
                'Say in a map which columns are years, as in [years] "Plan A" = "2026/27", or name '
                "year and amount of a list with a row a year.",
            )


def _has_figures(raw: Raw, heading: str) -> bool:
    at = raw.headings.index(heading)
    texts = [row[at] for row in raw.rows if row[at]]
    plain = [text.replace(",", "").lstrip("£$-(").rstrip(")kmKM% ") for text in texts]
    return (
        bool(plain) and sum(text.replace(".", "", 1).isdigit() for text in plain) > len(plain) / 2
    )
