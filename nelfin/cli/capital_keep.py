"""Options that keep a capital plan still: a plan in force, and schemes asked in or out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nelfin.cli.grouped import options
from nelfin.cli.reading import tell
from nelfin.errors import Problems, printable

if TYPE_CHECKING:
    import pandas as pd

    from nelfin.models.capital import CapitalPlan
    from nelfin.models.capital.compared import PlanTables
    from nelfin.models.capital.settings import Settings, TableNames

keep_options = options(
    click.option(
        "--from", "begin_from", type=click.Path(path_type=Path), metavar="PLAN",
        help="Plan in force, a plan.csv or a folder with one: change as few of its starts as the "
        "gap allows.",
    ),
    click.option(
        "--max-changes", type=int, metavar="N",
        help="With --from: most benefit with at most N starts changed.",
    ),
    click.option(
        "--in", "must_in", multiple=True, metavar="ID",
        help="Put a scheme in, whatever it is worth. May be given again.",
    ),
    click.option(
        "--out", "must_out", multiple=True, metavar="ID",
        help="Leave a scheme out. May be given again.",
    ),
    click.option(
        "--start", "must_start", multiple=True, metavar="ID=YEAR",
        help="Have a scheme start in a year. May be given again.",
    ),
)  # fmt: skip
"""Options of this file."""

TOLD = 5
"""Changes that are told on the terminal; the table has them all."""


def kept_to(given: Mapping[str, Any]) -> tuple[dict[str, Any], PlanTables | None]:
    """Return what `keep_settings` does, and tell how the plan in force was read.

    Parameters
    ----------
    given
        Options by name.
    """
    notes: list[str] = []
    found = keep_settings(given, notes)
    tell(notes)
    return found


def keep_settings(
    given: Mapping[str, Any], notes: list[str]
) -> tuple[dict[str, Any], PlanTables | None]:
    """Take the options of this file out of all that are given.

    Parameters
    ----------
    given
        Options by name.
    notes
        Takes what was read as something else than it is spelt.

    Returns
    -------
    settings : dict
        Fields of `Settings`.
    in_force : PlanTables or None
        The plan in force, with its limits and spend where they are known.

    Raises
    ------
    InputError
        With every problem of the options, or of the plan in force.
    """
    from nelfin.data.plan_in_force import read_plan
    from nelfin.models.capital.compared import PlanTables

    settings = {
        "max_changes": given["max_changes"],
        "must_in": given["must_in"],
        "must_out": given["must_out"],
        "must_start": _starts(given["must_start"]),
    }
    if given["begin_from"] is None:
        return settings, None
    tables = PlanTables(**read_plan(given["begin_from"], notes))
    return settings | {"begin_from": tables.plan}, tables


def keep_names(names: TableNames, given: Mapping[str, Any]) -> TableNames:
    """Return what to call tables and settings in errors, those of this file by their options.

    Parameters
    ----------
    names
        What to call the others.
    given
        Options by name.
    """
    return replace(
        names,
        begin_from=f"--from {given['begin_from']}" if given["begin_from"] else "--from",
        max_changes="--max-changes",
        must_in="--in",
        must_out="--out",
        must_start="--start",
    )


def with_keep(settings: Settings, more: Mapping[str, Any], given: Mapping[str, Any]) -> Settings:
    """Return the settings of a scenario with what the options ask for beside it.

    Parameters
    ----------
    settings
        Of the scenario.
    more
        From `keep_settings`.
    given
        Options by name.

    Raises
    ------
    InputError
        If an option asks for another start than the scenario.
    """
    problems = Problems()
    for name, year in more["must_start"].items():
        other = settings.must_start.get(name, year)
        if other != year:
            problems.add(
                f"--start {name}={year}", f"starts in {other} by capital.must_start.",
                "Change it there.",
            )  # fmt: skip
    problems.raise_if_any()
    most = more["max_changes"]
    return replace(
        settings,
        begin_from=more.get("begin_from", settings.begin_from),
        max_changes=settings.max_changes if most is None else most,
        must_in=(*settings.must_in, *more["must_in"]),
        must_out=(*settings.must_out, *more["must_out"]),
        must_start={**settings.must_start, **more["must_start"]},
        called=keep_names(settings.called, given) if _asked(given) else settings.called,
    )


def _asked(given: Mapping[str, Any]) -> bool:
    return any(given[name] not in (None, ()) for name in ("begin_from", "max_changes", "must_in",
                                                          "must_out", "must_start"))  # fmt: skip


def _starts(texts: Sequence[str]) -> dict[str, str]:
    """Return the years asked for by scheme."""
    from nelfin.years import start_of

    problems = Problems()
    years: dict[str, str] = {}
    for text in texts:
        name, equals, year = (part.strip() for part in text.rpartition("="))
        try:
            start_of(year)
        except ValueError:
            equals = ""
        if not equals or not name:
            problems.add(f"--start {text}", "is not ID=YEAR.", "Write, say, --start P002=2026/27.")
        elif years.setdefault(name, year) != year:
            problems.add(
                f"--start {text}", f"is given as {years[name]} too.", "Keep one of the two."
            )
    problems.raise_if_any()
    return years


def tell_kept(plan: CapitalPlan, in_force: PlanTables) -> None:
    """Print how many starts of the plan in force change, and what of it is no longer listed.

    Parameters
    ----------
    plan
        The new plan.
    in_force
        The plan in force.
    """
    from nelfin.models.capital.in_force import not_in_list
    from nelfin.report.text.capital import changed_words

    click.echo(changed_words(plan, in_force.plan), err=True)
    gone = not_in_list(in_force.plan, list(plan.plan["project_id"]))
    if gone:
        listed = ", ".join(gone[:TOLD]) + (f" and {len(gone) - TOLD} more" * (len(gone) > TOLD))
        verb = "is" if len(gone) == 1 else "are"
        click.echo(
            printable(f"Of the plan in force {listed} {verb} no longer in the list."), err=True
        )


def tell_changes(plan: CapitalPlan, in_force: PlanTables) -> pd.DataFrame:
    """Print how far a plan is from the one in force, and return what moved.

    Parameters
    ----------
    plan
        The new plan.
    in_force
        The plan in force.

    Returns
    -------
    pandas.DataFrame
        From `plans_compared`.
    """
    from nelfin.models.capital.compared import plans_compared

    table = plans_compared(in_force, plan)
    tell_kept(plan, in_force)
    for row in table.head(TOLD).itertuples():
        line = f"  {row.project_id} {row.name}: {row.before} before, {row.after} now. {row.why}"
        click.echo(printable(line), err=True)
    if len(table) > TOLD:
        click.echo(f"  and {len(table) - TOLD} more in changes.csv.", err=True)
    return table
