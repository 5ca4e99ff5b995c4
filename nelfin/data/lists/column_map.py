"""The map of a list's columns: which of them is what, in what unit, and what a row is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nelfin.data.specs import TABLES
from nelfin.errors import InputError, Problems, nearest
from nelfin.years import start_of

ROW_NUMBERS = "row numbers"
"""What `project_id` is set to where each row is to be named by its number."""

UNITS = {"£": 1e-6, "£k": 1e-3, "£m": 1.0}
"""£m that one of a unit is."""

CHOICES = {
    "unit": tuple(UNITS),
    "phasing": ("movable", "fixed"),
    "rows": ("schemes", "phases"),
    "calendar_years": ("start", "end"),
    "first": ("most", "least"),
    "benefit_of": ("scheme", "row"),
}
"""Settings of a map that are one word of a list."""

OWN = ("year", "amount")
"""What a column may be besides a column of nelfin's: the year of a row, and its money."""


@dataclass(frozen=True)
class ColumnMap:
    """What the columns of a list are.

    Parameters
    ----------
    columns
        Headings of the list by the column of nelfin's that they are: of several the texts are
        joined and the money is summed. `year` and `amount` are those of a list with a row a year.
    constants
        What every row has, by the column of nelfin's.
    years
        Financial years by the heading of the column that holds their money; empty where headings
        that name a year tell it.
    unit
        Of money without one of its own: £, £k or £m; "" is £m.
    phasing
        `fixed`: a scheme starts in the year of its first money; `movable`: in any; "" is movable.
    rows
        `schemes`, or `phases`: rows with the same `project_id` are summed.
    calendar_years
        Whether a calendar year alone (2026, FY26) is the financial year's `start` or `end`; "" is
        the start.
    rank_by
        Column whose figures rank the schemes, in place of a benefit.
    first
        Whether the `most` or the `least` of it comes first; "" is the most.
    points
        Points by word, where the benefit or what ranks is a word such as High.
    benefit_of
        Whether the benefit of a row of phases is of the whole `scheme`, or of the `row` and summed.
    not_read
        Columns that look like something, and are only notes.
    called
        What the map is called in errors.
    options
        What settings are called in errors that an option gives.
    """

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    years: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    phasing: str = ""
    rows: str = "schemes"
    calendar_years: str = ""
    rank_by: str = ""
    first: str = ""
    points: Mapping[str, float] = field(default_factory=dict)
    benefit_of: str = ""
    not_read: tuple[str, ...] = ()
    called: str = "columns"
    options: Mapping[str, str] = field(default_factory=dict)

    def named(self, setting: str) -> str:
        """Return what a setting is called in errors: by its option, or in the map.

        Parameters
        ----------
        setting
            A field.
        """
        return self.options.get(setting, f"{self.called}, {setting}")

    def headings(self) -> list[str]:
        """Return every heading of the list that the map names."""
        named = [heading for headings in self.columns.values() for heading in headings]
        named = [heading for heading in named if heading != ROW_NUMBERS]
        return [*named, *self.years, *([self.rank_by] if self.rank_by else []), *self.not_read]

    def with_options(self, called: Mapping[str, str], **options: str) -> ColumnMap:
        """Return the map with what options say beside it; refuse two that differ.

        Parameters
        ----------
        called
            What each option is called in errors.
        **options
            Fields, "" where not given.
        """
        problems = Problems()
        for name, value in options.items():
            if value and name in CHOICES and value not in CHOICES[name]:
                problems.add(called[name], f'is "{value}".', nearest(value, CHOICES[name]))
            there = getattr(self, name)
            if value and there and there != value:
                what = f'is "{value}", and {self.called} has {name} = "{there}".'
                problems.add(called[name], what, "Keep one of them.")
        problems.raise_if_any()
        given: dict[str, Any] = {name: value for name, value in options.items() if value}
        return replace(self, **given, options={name: called[name] for name in given})


def map_of(columns: str | Path | Mapping[str, Any] | None) -> ColumnMap:
    """Return a map of columns from a TOML file, or from a mapping of what the file would hold.

    Parameters
    ----------
    columns
        Path of the file, its content as a mapping, or None for an empty map.

    Raises
    ------
    InputError
        With everything in it that is not known.

    Examples
    --------
    >>> given = map_of({"unit": "£k", "columns": {"name": "Project", "project_id": "row numbers"}})
    >>> given.unit, given.columns["name"]
    ('£k', ('Project',))
    """
    if columns is None:
        return ColumnMap()
    if isinstance(columns, Mapping):
        return _checked(columns, "columns")
    try:
        with Path(columns).open("rb") as file:
            content = tomllib.load(file)
    except OSError as error:
        raise InputError.unread(columns, error) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        remedy = 'Write it as in: [columns] name = "Project title".'
        raise InputError.one(str(columns), f"is not TOML: {error}.", remedy) from None
    return _checked(content, str(columns))


def _checked(content: Mapping[str, Any], called: str) -> ColumnMap:
    problems = Problems()
    sections = ("columns", "constants", "years", "points", "not_read", "rank_by")
    known = [*CHOICES, *sections]
    for key in content:
        if key not in known:
            wanted = key in _names()
            hint = f"Put it under [columns] or [constants]: {key}." if wanted else ""
            problems.add(f"{called}, {key}", "is not known.", hint or nearest(key, known))
    for key, choices in CHOICES.items():
        if key in content and content[key] not in choices:
            problems.add(
                f"{called}, {key}", f'is "{content[key]}".', f"Write {' or '.join(choices)}."
            )
    columns = {
        name: _texts(heading, f"{called}, columns.{name}", problems)
        for name, heading in _table(content, "columns", called, problems).items()
    }
    constants = {
        name: _cell(value) for name, value in _table(content, "constants", called, problems).items()
    }
    for section, names in (("columns", columns), ("constants", constants)):
        for name in names:
            if not _is_column(name) and not (section == "columns" and name in OWN):
                where = f"{called}, {section}.{name}"
                problems.add(where, "is no column of nelfin's.", nearest(name, [*_names(), *OWN]))
    for name in columns.keys() & constants.keys():
        problems.add(f"{called}, constants.{name}", "has a column too.", "Keep one of them.")
    if bool(columns.get("year")) != bool(columns.get("amount")):
        problems.add(
            f"{called}, columns", "names one of year and amount.", "Name both: a row a year."
        )
    years = _years(content, called, problems)
    points = _points(content, called, problems)
    rank_by = content.get("rank_by", "")
    if not isinstance(rank_by, str):
        problems.add(f"{called}, rank_by", "is no text.", "Write the heading of a column.")
        rank_by = ""
    if rank_by and "benefit" in {*columns, *constants}:
        problems.add(f"{called}, rank_by", "stands beside a benefit.", "Keep one of them.")
    not_read = _texts(content.get("not_read", []), f"{called}, not_read", problems)
    problems.raise_if_any()
    words: dict[str, Any] = {key: str(content[key]) for key in CHOICES if key in content}
    return ColumnMap(
        columns, constants, years, points=points, rank_by=rank_by, not_read=not_read,
        called=called, **words,
    )  # fmt: skip


def _table(
    content: Mapping[str, Any], key: str, called: str, problems: Problems
) -> Mapping[str, Any]:
    found = content.get(key, {})
    if isinstance(found, Mapping):
        return found
    problems.add(f"{called}, {key}", "is no table.", f"Write it below a line [{key}].")
    return {}


def _texts(value: Any, where: str, problems: Problems) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        problems.add(where, f"is {value}.", 'Write a heading, or several: ["First", "Second"].')
        return ()
    return tuple(texts)


def _years(content: Mapping[str, Any], called: str, problems: Problems) -> dict[str, str]:
    years = {str(key): value for key, value in _table(content, "years", called, problems).items()}
    for heading, label in years.items():
        try:
            start_of(label)
        except (TypeError, ValueError):
            remedy = 'Write the financial year, as in "FY26" = "2026/27".'
            problems.add(f'{called}, years."{heading}"', f'is "{label}".', remedy)
    return years


def _points(content: Mapping[str, Any], called: str, problems: Problems) -> dict[str, float]:
    points = _table(content, "points", called, problems)
    for word, value in points.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            remedy = "Write a number of points."
            problems.add(f"{called}, points.{word}", f"is {value}.", remedy)
    return {word.casefold(): value for word, value in points.items()}


def _cell(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _names() -> list[str]:
    """Return the columns of a project table, and examples of its families."""
    columns = TABLES["projects"].columns
    names = [column.name for column in columns if not column.pattern]
    return [*names, "planned_start", *(name for column in columns for name in column.examples)]


def _is_column(name: str) -> bool:
    return name == "planned_start" or any(
        column.matches(name) for column in TABLES["projects"].columns
    )
