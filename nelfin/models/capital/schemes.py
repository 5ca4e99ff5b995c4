"""Capital schemes: the rows of a project table turned into schemes, with everything wrong told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from nelfin.data.projects import spend_columns, spend_profile
from nelfin.data.specs.columns import BENEFIT_IN, SCORE
from nelfin.data.tables import records_of
from nelfin.errors import Problems, nearest
from nelfin.models.capital.links import check_links, excluded, required
from nelfin.models.capital.naming import names_in
from nelfin.models.capital.scheme import Scheme, families_of, scheme_of
from nelfin.models.capital.settings import Settings
from nelfin.models.capital.worth import with_worth
from nelfin.store.sheets.spots import spot
from nelfin.years import start_of


def schemes_of(projects: pd.DataFrame, settings: Settings, problems: Problems) -> list[Scheme]:
    """Turn the rows of a typed project table into schemes, linked but without starts.

    Parameters
    ----------
    projects
        The typed table, with every column of the specification: a row a scheme or an option of
        one.
    settings
        Optimism bias, how benefit counts, and what to call the table in errors.
    problems
        Every problem is added to it: an id that no row has, a loop of prerequisites, a scheme that
        excludes what it requires, and so on.

    Returns
    -------
    list of Scheme
        In the order of the table.
    """
    called = settings.called.projects
    _check_spend_columns(spend_columns(projects), called, problems)
    benefits = _benefits(projects, settings, problems)
    _check_names(projects, settings, problems)
    schemes = []
    known = {*projects["project_id"], *projects["option_of"]} - {""}
    families = families_of(projects.columns)
    groups = set() if settings.groups is None else set(map(str, settings.groups["group"]))
    rows = zip(
        projects.index,
        records_of(projects),
        spend_profile(projects),
        benefits,
        strict=True,
    )
    for row, cells, spend, benefit in rows:
        at = partial(spot, called, row)
        requires = required(cells, known, at, problems)
        excludes = excluded(cells, known, at, problems)
        scheme = scheme_of(row, cells, spend, benefit, settings, families)
        in_groups = tuple(named.name for named in names_in(cells["group"], groups))
        if scheme.no_start_in:
            _check_years(scheme.no_start_in, at("no_start_in"), problems)
        if requires or excludes or in_groups:
            scheme = replace(scheme, requires=requires, excludes=excludes, in_groups=in_groups)
        schemes.append(scheme)
    check_links(schemes, called, problems)
    return with_worth(schemes, projects, settings)


def _check_spend_columns(columns: list[str], called: str, problems: Problems) -> None:
    if columns != [f"spend_{n + 1}" for n in range(len(columns))]:
        problems.add(
            spot(called, 1),
            f"has the spend columns {', '.join(columns)}.",
            "Number them from spend_1 without a gap.",
        )


def _check_years(years: Iterable[str], where: str, problems: Problems) -> None:
    for year in years:
        try:
            start_of(year)
        except ValueError:
            remedy = "Write financial years such as 2026/27, separated by semicolons."
            problems.add(where, f'holds "{year}".', remedy)


def _benefits(projects: pd.DataFrame, settings: Settings, problems: Problems) -> list[float]:
    """Return the benefit of each row: as it stands, or the weighted criteria."""
    if settings.benefit != "criteria":
        return [float(value) for value in projects["benefit"].fillna(0.0)]
    called, weights = settings.called.projects, settings.called.criteria_weights
    for name in projects.columns:
        if re.fullmatch(BENEFIT_IN, str(name)):
            problems.add(
                spot(called, 1, str(name)),
                "gives a benefit, where weighted criteria are the benefit.",
                "Take the column out, or let benefit be a score.",
            )
    scores = [str(name) for name in projects.columns if re.fullmatch(SCORE, str(name))]
    criteria = [name.removeprefix("score_") for name in scores]
    for name in settings.criteria_weights:
        if name not in criteria:
            problems.add(f"{weights} {name}", "has no column.", nearest(name, criteria))
    for name in criteria:
        if name not in settings.criteria_weights:
            problems.add(
                spot(called, 1, f"score_{name}"),
                "has no weight.",
                f"Give it one ({weights}); 0 leaves it out.",
            )
    total = np.zeros(len(projects))
    for name, column in zip(criteria, scores, strict=True):
        for row in projects.index[projects[column].isna()]:
            problems.add(spot(called, row, column), "is empty.", "Give the score.")
        total += settings.criteria_weights.get(name, 0.0) * projects[column].to_numpy(dtype=float)
    if not criteria:
        problems.add(spot(called, 1), "has no score_ columns.", "Add one for each criterion.")
    return total.tolist()


def _check_names(projects: pd.DataFrame, settings: Settings, problems: Problems) -> None:
    """Find settings by place that no scheme has."""
    places = [name for name in dict.fromkeys(projects["place"]) if name]
    for name in settings.place_weights:
        if name not in places:
            where = f"{settings.called.place_weights} {name}"
            problems.add(where, "is no scheme's place.", nearest(name, places))
