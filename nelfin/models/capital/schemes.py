"""Capital schemes: the project table checked, with the starts each scheme may have."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data.projects import spend_columns
from nelfin.data.specs import PROJECTS_BY_CRITERIA, TABLES
from nelfin.data.spots import spot
from nelfin.data.tables import BACKLOG, SCORE, inspect_frame
from nelfin.errors import InputError, Problems, nearest
from nelfin.models.capital.limits import check_owners, inspect_limits
from nelfin.models.capital.links import check_links, excluded, required
from nelfin.models.capital.rules import check_rules
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.settings import Settings
from nelfin.years import start_of

Array = npt.NDArray[np.float64]


def schemes_of(
    projects: pd.DataFrame, years: list[str], settings: Settings | None = None
) -> tuple[pd.DataFrame, list[Scheme]]:
    """Check a project table and turn its rows into schemes.

    Parameters
    ----------
    projects
        One row a scheme or an option of one, with the columns of the project table.
    years
        Years of the plan.
    settings
        Optimism bias, how benefit counts, whether spend may run past the last year, and what to
        call the table in errors.

    Returns
    -------
    projects : pandas.DataFrame
        The table with typed columns and defaults filled in.
    schemes : list of Scheme
        In the order of the table.

    Raises
    ------
    InputError
        With every problem: an unknown id, a loop of prerequisites, a window that cannot hold the
        build, a scheme that excludes what it requires, and so on.
    """
    settings = settings or Settings()
    place, leave_out = settings.place[0], settings.leave_out
    spec = PROJECTS_BY_CRITERIA if settings.benefit == "criteria" else TABLES["projects"]
    table, problems = inspect_frame(projects, spec, place)
    needed = {column.name for column in spec.columns if not column.pattern}
    columns = spend_columns(table)
    if table.empty or not columns or not needed <= set(table.columns):
        problems.raise_if_any()
    if columns != [f"spend_{n + 1}" for n in range(len(columns))]:
        problems.add(
            spot(place, 1),
            f"has the spend columns {', '.join(columns)}.",
            "Number them from spend_1 without a gap.",
        )
    known = dict(zip(table["project_id"], table.index, strict=True))
    bias = settings.optimism_bias_pct
    benefits = _benefits(table, settings, problems)
    _check_names(table, settings, problems)
    schemes = []
    lines = zip(table.index, table.to_dict("records"), benefits, strict=True)
    for row, line, benefit in lines:
        spend = np.array([line[name] for name in columns], dtype=float)
        spend = spend[: max(int(np.max(np.flatnonzero(spend), initial=0)) + 1, 1)]
        at = partial(spot, place, row)
        schemes.append(
            Scheme(
                id=line["project_id"],
                row=row,
                organisation=line["organisation"],
                group=line["option_of"] or line["project_id"],
                benefit=benefit,
                spend=spend * (1 + bias.get(line["asset_type"], 0.0) / 100),
                cdel_share=line["cdel_share"],
                starts=_starts(
                    line,
                    len(spend),
                    years,
                    settings.truncate or line["truncate"] or (leave_out and line["must_fund"]),
                    at,
                    Problems() if leave_out else problems,
                ),
                must_fund=line["must_fund"],
                # a scheme that must be funded is funded whole
                divisible=line["divisible"] and not line["must_fund"],
                requires=required(line, known, at, problems),
                excludes=excluded(line, known, at, problems),
                category=line["category"],
                place=line["place"],
                equity_weight=settings.place_weights.get(line["place"], 1.0),
                deprived_share=settings.deprived_share.get(line["place"], 0.0),
                revenue=line["revenue_gbp_m"],
                backlog=_backlog(line),
                life_years=round(settings.life_years.get(line["asset_type"], 0)),
            )
        )
    check_links(schemes, place, problems)
    problems.raise_if_any()
    return table, schemes


def _benefits(table: pd.DataFrame, settings: Settings, problems: Problems) -> list[float]:
    """Return the benefit of each row: as it stands, or the weighted criteria."""
    if settings.benefit != "criteria":
        return [float(value) for value in table["benefit"]]
    place = settings.place[0]
    scores = [str(name) for name in table.columns if re.fullmatch(SCORE, str(name))]
    criteria = [name.removeprefix("score_") for name in scores]
    for name in settings.criteria_weights:
        if name not in criteria:
            problems.add(f"criteria_weights.{name}", "has no column.", nearest(name, criteria))
    for name in criteria:
        if name not in settings.criteria_weights:
            problems.add(
                spot(place, 1, f"score_{name}"),
                "has no weight.",
                "Add it to criteria_weights; 0 leaves it out.",
            )
    total = np.zeros(len(table))
    for name, column in zip(criteria, scores, strict=True):
        for row in table.index[table[column].isna()]:
            problems.add(spot(place, row, column), "is empty.", "Give the score.")
        total += settings.criteria_weights.get(name, 0.0) * table[column].to_numpy(dtype=float)
    if not criteria:
        problems.add(spot(place, 1), "has no score_ columns.", "Add one for each criterion.")
    return total.tolist()


def _check_names(table: pd.DataFrame, settings: Settings, problems: Problems) -> None:
    """Find settings by place or asset type that no scheme has, and asset types without a life."""
    places = [name for name in dict.fromkeys(table["place"]) if name]
    for name in settings.place_weights:
        if name not in places:
            problems.add(f"place_weights.{name}", "is no scheme's place.", nearest(name, places))
    if settings.benefit == "npsv":
        for row in table.index[~table["asset_type"].isin(settings.life_years)]:
            problems.add(
                spot(settings.place[0], row, "asset_type"),
                f'is "{table.at[row, "asset_type"]}", for which there is no life in years.',
                "Give an asset type with a life: net present social value is counted over it.",
            )


def _backlog(line: Mapping[str, Any]) -> dict[str, float]:
    columns = [name for name in line if re.fullmatch(BACKLOG, str(name)) and line[name]]
    return {
        name.removeprefix("backlog_").removesuffix("_gbp_m"): float(line[name]) for name in columns
    }


def _starts(
    line: Mapping[str, Any],
    build: int,
    years: list[str],
    truncate: bool,
    at: Callable[..., str],
    problems: Problems,
) -> tuple[int, ...]:
    """Return the starts that lie in the scheme's window and let its spend fit in the plan."""
    base = start_of(years[0])
    earliest, latest = line["earliest_start"], line["latest_start"]
    first = max(0, start_of(earliest) - base) if earliest else 0
    last = start_of(latest) - base if latest else len(years) - 1
    if earliest and latest and earliest > latest:
        problems.add(
            at("latest_start"),
            f"is {latest}, before the earliest start {earliest}.",
            "Swap or correct them.",
        )
        return ()
    for name, label, outside in (
        ("earliest_start", earliest, first >= len(years)),
        ("latest_start", latest, last < 0),
    ):
        if label and outside:
            problems.add(
                at(name),
                f"is {label}, outside the plan's years {years[0]} to {years[-1]}.",
                "Correct the year, or take the scheme out.",
            )
            return ()
    final = len(years) - 1 if truncate else len(years) - build
    starts = tuple(range(first, min(last, final) + 1))
    if not starts:
        problems.add(
            at("earliest_start") if earliest else at(),
            f"no start from {years[first]} to {years[min(last, len(years) - 1)]} lets the "
            f"{build} years of spend end by {years[-1]}.",
            "Widen the window, give more years of limits, or allow spend past the last year "
            "(truncate).",
        )
    return starts


@dataclass(frozen=True)
class Checked:
    """The tables of a capital plan, checked together.

    Parameters
    ----------
    projects, schemes
        As `schemes_of` gives them.
    limits
        The limits with typed columns.
    years
        The plan's years: those of the limits.
    rules
        Floors, caps and targets with typed columns, or None.
    """

    projects: pd.DataFrame
    schemes: list[Scheme]
    limits: pd.DataFrame
    years: list[str]
    rules: pd.DataFrame | None


def check_capital(
    projects: pd.DataFrame, limits: pd.DataFrame, settings: Settings | None = None
) -> Checked:
    """Check the tables of a capital plan together.

    Raises
    ------
    InputError
        With every problem of all tables.
    """
    settings = settings or Settings()
    table, problems = inspect_limits(limits, settings.place[1])
    years = sorted({str(year) for year in table.get("year", []) if year})
    checked = projects
    schemes: list[Scheme] = []
    try:
        # without years the rest of the schemes is still looked at
        loose = settings if years else replace(settings, truncate=True)
        checked, schemes = schemes_of(projects, years or [ANY_YEAR], loose)
    except InputError as error:
        problems.extend(error)
    check_owners(table, {scheme.organisation for scheme in schemes}, settings.place[1], problems)
    rules = check_rules(
        settings.rules,
        checked,
        years,
        bool(settings.deprived_share),
        settings.rules_place,
        problems,
    )
    problems.raise_if_any()
    return Checked(checked, schemes, table, years, rules)


ANY_YEAR = "2000/01"
"""Stands in for the plan's years where the limits give none, to check the rest of the schemes."""
