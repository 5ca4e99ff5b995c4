"""Options of `nelfin capital-solve` for lists of schemes as people publish them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nelfin.cli.grouped import options

if TYPE_CHECKING:
    import pandas as pd

    from nelfin.data.specs.columns import Table

UNITS = ("£", "£k", "£m")

NAMES = ("columns", "unit", "limit_unit", "phasing", "rank_by", "first")
"""What `list_options` adds."""


@dataclass(frozen=True)
class Lists:
    """The tables of a capital plan as they were read.

    Parameters
    ----------
    projects, limits, rules
        As `nelfin.models.capital.solve` takes them; no rules are None.
    notes
        What was read as something else than it is spelt.
    not_read
        Columns that are not read, by table.
    """

    projects: pd.DataFrame
    limits: pd.DataFrame
    rules: pd.DataFrame | None
    notes: list[str]
    not_read: dict[str, list[str]]

    def read(self, name: str, file: Path, spec: Table) -> pd.DataFrame:
        """Read a further table as texts; what is not read of it is noted too.

        Parameters
        ----------
        name
            Of the table.
        file
            CSV or Excel.
        spec
            What it must look like.

        Raises
        ------
        InputError
            If the file cannot be read.
        """
        from nelfin.data.tables import raw_frame

        table = raw_frame(file, spec, self.notes)
        self._note_not_read(name, list(table), spec)
        return table

    def read_typed(self, name: str, file: Path, spec: Table) -> pd.DataFrame:
        """Read and check a further table; what is not read of it is noted too.

        Parameters
        ----------
        name, file, spec
            As for `read`.

        Raises
        ------
        InputError
            With every problem of the table.
        """
        from nelfin.data.reading import read_meant
        from nelfin.data.tables import check

        raw, readings = read_meant(file, spec)
        self.notes.extend(readings)
        self._note_not_read(name, raw.headings, spec)
        return check(raw, spec)

    def _note_not_read(self, name: str, headings: list[str], spec: Table) -> None:
        from nelfin.data.lists.reading import not_read

        if left := not_read(headings, spec):
            self.not_read[name] = left


list_options = options(
    click.option(
        "--columns", type=click.Path(path_type=Path), metavar="MAP.toml",
        help="What the columns of PROJECTS are.",
    ),
    click.option("--unit", type=click.Choice(UNITS), help="Unit of the money in PROJECTS."),
    click.option("--limit-unit", type=click.Choice(UNITS), help="Unit of LIMITS."),
    click.option(
        "--phasing", type=click.Choice(["movable", "fixed"]),
        help="Whether schemes planned by year may start in another.",
    ),
    click.option(
        "--rank-by", metavar="COLUMN", help="Column that ranks the schemes, for a benefit."
    ),
    click.option(
        "--first", type=click.Choice(["most", "least"]),
        help="Whether the most or the least of that column comes first.",
    ),
)  # fmt: skip
"""Options for lists of schemes."""


def taken(given: dict[str, Any]) -> dict[str, Any]:
    """Take the options of this file out of others.

    Parameters
    ----------
    given
        Values by name; those of this file are taken out of it.
    """
    return {name: given.pop(name) for name in NAMES}


def read_lists(
    projects: Path,
    limits: Path,
    rules: Path | None,
    columns: Path | None = None,
    unit: str | None = None,
    limit_unit: str | None = None,
    phasing: str | None = None,
    rank_by: str | None = None,
    first: str | None = None,
) -> Lists:
    """Read the tables of a capital plan; every problem of all of them is told.

    Parameters
    ----------
    projects, limits, rules
        Files.
    columns, unit, limit_unit, phasing, rank_by, first
        As the options say.

    Raises
    ------
    InputError
        With every problem.
    """
    from nelfin.data.checks.pounds import in_pounds
    from nelfin.data.lists import map_of, read_projects
    from nelfin.data.lists.limits import read_limits
    from nelfin.data.lists.reading import not_read
    from nelfin.data.specs import CAPITAL_RULES, TABLES
    from nelfin.data.tables import inspect_frame, raw_frame
    from nelfin.errors import InputError, Problems

    given = map_of(columns).with_options(
        {"unit": "--unit", "phasing": "--phasing", "rank_by": "--rank-by", "first": "--first"},
        unit=unit or "", phasing=phasing or "", rank_by=rank_by or "", first=first or "",
    )  # fmt: skip
    problems = Problems()
    notes: list[str] = []

    def read(reader: Callable[..., Any], *of: Any) -> Any:
        try:
            return reader(*of)
        except InputError as error:
            problems.extend(error)
            return None

    schemes = read(read_projects, projects, given)
    limit_table = read(read_limits, limits, limit_unit or "", notes)
    rule_table = read(raw_frame, rules, CAPITAL_RULES, notes) if rules else None
    if problems.found:  # what is wrong in the tables that were read is told beside it
        for table, spec, file in (
            (limit_table, TABLES["capital_limits"], limits),
            (rule_table, CAPITAL_RULES, rules),
        ):
            if table is not None:
                problems.found.extend(inspect_frame(table, spec, str(file))[1].found)
    problems.raise_if_any()
    unread = {
        "projects": list(schemes.not_read),
        "limits": not_read([str(name) for name in limit_table], TABLES["capital_limits"]),
    }
    if rule_table is not None:
        unread["rules"] = not_read([str(name) for name in rule_table], CAPITAL_RULES)
    if not given.unit and (said := in_pounds(schemes.table)):
        notes.append(f"{projects.name}: {said}")
    told = {name: headings for name, headings in unread.items() if headings}
    return Lists(schemes.table, limit_table, rule_table, [*schemes.notes, *notes], told)
