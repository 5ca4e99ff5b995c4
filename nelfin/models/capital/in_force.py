"""The plan in force: the starts that a new plan keeps where it can, and how many it changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from nelfin import program as lp
from nelfin.errors import InputError, Problems
from nelfin.models.capital.settings import Settings
from nelfin.models.capital.starts import Start
from nelfin.store.sheets.spots import spot

LEAST_SHARE = 1e-3
"""Share of a divisible scheme below which its start does not count as kept."""


def starts_in_force(plan: pd.DataFrame) -> dict[str, str]:
    """Return the year in which a plan starts each scheme that it funds, whole or in part.

    Parameters
    ----------
    plan
        A row a scheme: `project_id, start_year`, blank where it is not funded, and `funded_share`
        where it is known. So does the plan table of a `CapitalPlan`.
    """
    shares = plan["funded_share"] if "funded_share" in plan else [1.0] * len(plan)
    return {
        str(name): str(year)
        for name, year, share in zip(plan["project_id"], plan["start_year"], shares, strict=True)
        if not pd.isna(year) and year and share != 0
    }


def check_in_force(settings: Settings, ids: Collection[str], problems: Problems) -> None:
    """Find what does not go together with a plan in force.

    Parameters
    ----------
    settings
        `begin_from` with typed columns, `max_changes`, and what they are called in errors.
    ids
        Of the schemes.
    problems
        Every problem is added to it.
    """
    called, most, plan = settings.called, settings.max_changes, settings.begin_from
    if most is not None and most < 0:
        problems.add(called.max_changes, f"is {most}.", "Give 0 or more.")
    if plan is None:
        if most is not None:
            what = "is given without the plan in force, from which starts would change."
            problems.add(called.max_changes, what, f"Name the plan: {called.begin_from}.")
        return
    if settings.relax:
        problems.add(
            called.begin_from,
            "cannot be kept to in a relaxation, where a scheme may start in several years in part.",
            "Leave out one of the two.",
        )
    for row, share in plan["funded_share"].items():
        if share > 0 and not plan.at[row, "start_year"]:
            where = spot(called.begin_from, row, "start_year")
            problems.add(where, "is empty, and the scheme is funded.", "Give the year.")
    if len(plan) and not set(plan["project_id"]) & set(ids):
        problems.add(
            called.begin_from,
            f'has no scheme of {called.projects}; its first is "{plan["project_id"].iloc[0]}".',
            "Name a plan of these schemes.",
        )


def require_none_in_force(settings: Settings, plan: str) -> None:
    """Refuse a plan in force, for a kind of plan that does not keep to it.

    Parameters
    ----------
    settings
        `begin_from`, and what it is called in errors.
    plan
        The kind of plan, such as `a safe plan`.

    Raises
    ------
    InputError
        If there is a plan in force.
    """
    if settings.begin_from is not None:
        raise InputError.one(
            settings.called.begin_from,
            f"is a plan in force, and {plan} does not keep to one: its starts would change unseen.",
            "Leave out one of the two.",
        )


def not_in_list(plan: pd.DataFrame, ids: Collection[str]) -> list[str]:
    """Return the funded schemes of a plan in force that are no longer in the list.

    Parameters
    ----------
    plan
        As for `starts_in_force`.
    ids
        Of the schemes of the list.
    """
    return [name for name in starts_in_force(plan) if name not in ids]


def keeping(
    starts: list[Start], in_force: Mapping[str, str], years: list[str]
) -> list[tuple[int, float]]:
    """Return the columns that keep a plan as it is, with 1, and those that change it, with -1.

    Parameters
    ----------
    starts
        Of the program.
    in_force
        From `starts_in_force`.
    years
        Years of the plan.

    Returns
    -------
    list of tuple
        Their sum is the number of starts that are kept, less the number of schemes that come in.
    """
    return [
        (start.start_column, 1.0 if before else -1.0)
        for start in starts
        if (before := in_force.get(start.scheme.id, "")) in {"", years[start.year]}
    ]


def add_keep(
    program: lp.Program, starts: list[Start], ids: Collection[str], years: list[str],
    settings: Settings,
) -> None:  # fmt: skip
    """Add the rows of the kind `keep`: of what is kept at least a little, and no more changes.

    A start is changed that was funded and is not now, that is funded now and was not, or that is
    in another year.

    Parameters
    ----------
    program
        Rows are added to it.
    starts
        The starts behind its columns.
    ids
        Of all schemes of the list.
    years
        Years of the plan.
    settings
        `begin_from` and `max_changes`.
    """
    if settings.begin_from is None:
        return
    in_force = starts_in_force(settings.begin_from)
    for start in starts:
        cut = start.share_column != start.start_column
        if cut and in_force.get(start.scheme.id) == years[start.year]:
            terms = [(start.share_column, 1.0), (start.start_column, -LEAST_SHARE)]
            program.row("keep", (start.scheme.id, start.year), terms, ">=", 0.0)
    if settings.max_changes is not None:
        funded = sum(name in in_force for name in ids)
        terms = keeping(starts, in_force, years)
        program.row("keep", "changes", terms, ">=", float(funded - settings.max_changes))


def changes(plan: pd.DataFrame, in_force: Mapping[str, str]) -> list[str]:
    """Return the schemes of a plan whose start is not that of the plan in force.

    Parameters
    ----------
    plan
        The plan table of a `CapitalPlan`.
    in_force
        From `starts_in_force`.
    """
    now = starts_in_force(plan)
    return [name for name in plan["project_id"] if now.get(name, "") != in_force.get(str(name), "")]
