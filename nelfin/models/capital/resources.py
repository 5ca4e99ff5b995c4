"""What schemes use beside capital, such as staff: how much of it there is each year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from nelfin import program as lp
from nelfin.data import lines_of
from nelfin.data.projects import use_columns
from nelfin.data.tables import records_of
from nelfin.errors import Problems, SolverError, nearest
from nelfin.models.capital.limits import rounding
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.settings import TableNames
from nelfin.models.capital.starts import Start
from nelfin.store.sheets.spots import spot


class ResourceKey(NamedTuple):
    """A limit of a resource: the key of its row in the program."""

    resource: str
    organisation: str
    """"" for all schemes."""
    year: str


COLUMNS = ["resource", "unit", "year", "organisation", "limit", "used", "slack", "price"]
"""What a plan says of each limit of a resource."""


def check_resources(
    resources: pd.DataFrame | None,
    schemes: list[Scheme],
    used: Iterable[str],
    years: list[str],
    called: TableNames,
    problems: Problems,
) -> None:
    """Check the limits of resources against what schemes use, both ways.

    Parameters
    ----------
    resources
        The typed table: `resource, unit, year, organisation, limit`; None for none.
    schemes
        With their use.
    used
        Resources that the project table has columns of.
    years
        Years that have limits of capital.
    called
        What to call the tables in errors.
    problems
        Every problem is added to it.
    """
    used = list(used)
    limited = {} if resources is None else dict(list(resources.groupby("resource", sort=False)))
    for name in used:
        if name not in limited:
            near = f"{nearest(name, limited)} " if limited else ""
            problems.add(
                spot(called.projects, 1, f"use_{name}_1"),
                f"is use of {name}, of which {called.resources} has no limit.",
                f"{near}Give its limits by year, or take the columns out.",
            )
    for name, rows in limited.items():
        if name not in used:
            what = f'is "{name}", which no scheme uses: there is no column use_{name}_1.'
            problems.add(
                spot(called.resources, rows.index[0], "resource"), what, nearest(str(name), used)
            )
            continue
        _check_rows(str(name), rows, schemes, years, called, problems)


def _check_rows(
    name: str,
    rows: pd.DataFrame,
    schemes: list[Scheme],
    years: list[str],
    called: TableNames,
    problems: Problems,
) -> None:
    for row, unit in rows["unit"].items():
        if unit != rows["unit"].iloc[0]:
            what = f'is "{unit}", and row {rows.index[0]} has "{rows["unit"].iloc[0]}".'
            problems.add(spot(called.resources, row, "unit"), what, f"Give one unit for {name}.")
    for row, year in rows["year"].items():
        if year and years and year not in years:
            what = f"is {year}, outside the years {years[0]} to {years[-1]} of the limits."
            problems.add(
                spot(called.resources, row, "year"), what, "Correct it, or take the row out."
            )
    using = [scheme for scheme in schemes if name in scheme.uses]
    owners = {scheme.organisation for scheme in using}
    limited = set(rows["organisation"])
    for owner in sorted(limited - owners - {""}):
        row = rows.index[rows["organisation"] == owner][0]
        what = f'is "{owner}", which has no scheme that uses {name}.'
        problems.add(
            spot(called.resources, row, "organisation"), what, nearest(owner, sorted(owners))
        )
    if "" in limited:
        return
    for scheme in using:
        if scheme.organisation in owners - limited:
            owners.discard(scheme.organisation)
            problems.add(
                spot(called.projects, scheme.row, "organisation"),
                f'is "{scheme.organisation}", whose use of {name} has no limit.',
                f"Give {called.resources} rows of it, or of all together (organisation blank).",
            )


def add_resources(
    program: lp.Program, starts: list[Start], resources: pd.DataFrame | None, years: list[str]
) -> None:
    """Add a row of the kind `resource` for each limit that a scheme could use.

    Parameters
    ----------
    program
        Rows are added to it.
    starts
        The starts behind its columns.
    resources
        The typed table, checked; None for none.
    years
        Years of the plan; limits of other years are left.
    """
    if resources is None or resources.empty:
        return
    terms: dict[ResourceKey, list[tuple[int, float]]] = {}
    for start in starts:
        for resource in start.scheme.uses:
            for year, use in zip(years, start.use(resource).tolist(), strict=True):
                for owner in dict.fromkeys(("", start.scheme.organisation)) if use else ():
                    key = ResourceKey(resource, owner, year)
                    terms.setdefault(key, []).append((start.share_column, use))
    for key, limit in limits_in(resources, years):
        # a limit below nothing asks for something that brings it
        if key in terms or limit < 0:
            program.row("resource", key, terms.get(key, []), "<=", limit, lp.POUND)


def limits_in(resources: pd.DataFrame, years: list[str]) -> list[tuple[ResourceKey, float]]:
    """Return the limits of resources in some years, in the order of the table.

    Parameters
    ----------
    resources
        The typed table.
    years
        Years of the plan.
    """
    return [
        (ResourceKey(str(resource), str(organisation), str(year)), float(limit))
        for resource, organisation, year, limit in lines_of(
            resources, "resource", "organisation", "year", "limit"
        )
        if year in years
    ]


def resource_table(
    resources: pd.DataFrame | None,
    projects: pd.DataFrame,
    years: list[str],
    chosen: Iterable[tuple[Start, float]],
    prices: Mapping[lp.RowName, float],
    added: Mapping[lp.RowName, float],
) -> pd.DataFrame:
    """Recompute what each limit has used from the plan and the project table, and check it.

    Parameters
    ----------
    resources
        The typed table; None for none.
    projects
        The typed project table.
    years
        Years of the plan.
    chosen
        Starts of the plan with their funded share.
    prices
        Duals of the relaxation.
    added
        What else there is of each limit, by the name of its row.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, a row a limit in the plan's years.

    Raises
    ------
    SolverError
        If the plan passes a limit.
    """
    if resources is None or resources.empty:
        return pd.DataFrame(columns=COLUMNS)
    columns = use_columns(projects.columns)
    about = {cells["project_id"]: cells for cells in records_of(projects)}
    uses: dict[ResourceKey, float] = {}
    for start, share in chosen:
        cells = about[start.scheme.id]
        for resource, by_year in columns.items():
            for after, column in by_year.items():
                if cells[column] and start.year + after < len(years):
                    for owner in {"", str(cells["organisation"])}:
                        key = ResourceKey(resource, owner, years[start.year + after])
                        uses[key] = uses.get(key, 0.0) + float(cells[column]) * share
    units = dict(lines_of(resources, "resource", "unit"))
    rows = []
    for key, given in limits_in(resources, years):
        limit = given + added.get(("resource", key), 0.0)
        used = uses.get(key, 0.0)
        if used > limit + rounding(limit):
            raise SolverError(
                f"The solver's plan uses {used:.6f} of {key.resource} in {key.year}, past the "
                f"limit {limit:.6f}."
            )
        price = max(0.0, prices.get(("resource", key), 0.0))
        unit = str(units[key.resource])
        rows.append(
            [key.resource, unit, key.year, key.organisation, limit, used, limit - used, price]
        )
    return pd.DataFrame(rows, columns=COLUMNS)
