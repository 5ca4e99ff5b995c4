"""The tables of a portfolio, checked together once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from nelfin.data.projects import use_columns
from nelfin.data.specs import TABLES
from nelfin.data.tables import inspect_frame
from nelfin.errors import Problems, nearest
from nelfin.models.capital.limits import MOST_YEARS
from nelfin.models.capital.links import check_links, excluded, required
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.settings import Settings as CapitalSettings
from nelfin.models.capital.settings import TableNames as CapitalNames
from nelfin.models.capital.windows import with_starts
from nelfin.models.portfolio.floors import check_floors
from nelfin.models.portfolio.initiative import Initiative, initiatives_of
from nelfin.models.portfolio.settings import Settings
from nelfin.store.sheets.spots import spot
from nelfin.years import start_of, years_between


@dataclass(frozen=True)
class Checked:
    """The tables of a portfolio, checked together.

    Parameters
    ----------
    table
        The table of initiatives with typed columns.
    initiatives
        Its rows, over the open years.
    schemes
        The same as schemes of a program: their links, and the years in which each may start.
    pools
        £m cash by open year.
    staff, floors
        With typed columns, or None.
    years
        Open years of the pools: those of the portfolio.
    counted
        Years from the first in which value counts.
    settings
        As given.
    """

    table: pd.DataFrame
    initiatives: list[Initiative]
    schemes: list[Scheme]
    pools: dict[str, float]
    staff: pd.DataFrame | None
    floors: pd.DataFrame | None
    years: list[str]
    counted: int
    settings: Settings


def check_portfolio(
    initiatives: pd.DataFrame,
    pools: pd.DataFrame,
    settings: Settings | None = None,
    typed: bool = False,
) -> Checked:
    """Check the tables of a portfolio together.

    Parameters
    ----------
    initiatives, pools
        The tables; `settings` has the others.
    settings
        How the portfolio is drawn up, and what to call the tables in errors.
    typed
        The tables come from `nelfin.data.load_inputs`, which has typed and checked their cells:
        they are not read again.

    Raises
    ------
    InputError
        With every problem of all tables.
    """
    settings = settings or Settings()
    called, problems = settings.called, Problems()
    read = partial(_read, typed=typed, problems=problems)
    pool_table = read(pools, "portfolio_pools", called.pools)
    table = read(initiatives, "initiatives", called.initiatives)
    staff, floors = (
        None if frame is None or frame.empty else read(frame, name, place)
        for frame, name, place in (
            (settings.staff, "portfolio_staff", called.staff),
            (settings.floors, "equity_floors", called.floors),
        )
    )
    for frame, place, what in (
        (table, called.initiatives, "initiative"),
        (pool_table, called.pools, "pool"),
    ):
        if frame.empty:
            problems.add(place, "holds no rows.", f"Give at least one {what}.")
    _check_settings(settings, problems)
    problems.raise_if_any()
    given = _check_pools(pool_table, called.pools, problems)
    years = [year for year in given if year >= settings.now]
    if given and not years:
        problems.add(
            called.pools, f"ends in {given[-1]}, and it is {settings.now}.", "Give later years."
        )
    counted = _counted(years, settings, problems)
    problems.raise_if_any()
    over, count = len(given) - len(years), max(counted, len(years))
    rows = initiatives_of(table, over + count, settings, problems)
    schemes = _schemes(table, rows, given, years, settings, problems)
    if staff is not None:
        staff = _check_staff(staff, table, given, years, settings, problems)
    else:
        _check_no_staff(table, settings, problems)
    if floors is not None:
        check_floors(floors, rows, given, settings, problems)
    problems.raise_if_any()
    rows = [each.over(over if each.running else 0, count) for each in rows]
    amounts = dict(zip(pool_table["year"], pool_table["pool_gbp_m"].astype(float), strict=True))
    pools_left = {year: amounts[year] for year in years}
    return Checked(table, rows, schemes, pools_left, staff, floors, years, counted, settings)


def _read(
    frame: pd.DataFrame, name: str, place: str, typed: bool, problems: Problems
) -> pd.DataFrame:
    if typed:
        return frame
    table, wrong = inspect_frame(frame, TABLES[name], place)
    problems.found.extend(wrong.found)
    return table


def _check_settings(settings: Settings, problems: Problems) -> None:
    before = settings.called.settings
    if not settings.cost_per_qaly_gbp > 0:
        problems.add(
            f"{before}cost_per_qaly_gbp",
            f"is {settings.cost_per_qaly_gbp:g}.",
            "Give what a QALY costs elsewhere, £, above 0.",
        )
    for name in ("cash_refills_pct", "carry_over_pct"):
        if not 0 <= getattr(settings, name) <= 100:
            problems.add(f"{before}{name}", f"is {getattr(settings, name):g}.", "Give 0 to 100.")
    for where, label in (
        (settings.called.now, settings.now),
        (f"{before}value_to", settings.value_to),
    ):
        try:
            start_of(label or "2000/01")
        except ValueError as error:
            problems.add(where, f"{error}.", "Write it as in 2026/27.")
    for share in settings.frontier_pct:
        if not share > 0:
            problems.add(f"{before}frontier_pct", f"holds {share:g}.", "Give percentages above 0.")
    for place, people in settings.place_people.items():
        if not people >= 0:
            problems.add(
                f"{before}place_people.{place}", f"is {people:g}.", "Give 0 or more people."
            )


def _check_pools(pools: pd.DataFrame, called: str, problems: Problems) -> list[str]:
    """Find years without a pool; return all years."""
    given = sorted(str(year) for year in pools["year"] if year)
    years = years_between(given[0], given[-1]) if given else []
    if len(years) > MOST_YEARS:
        problems.add(
            called,
            f"runs from {years[0]} to {years[-1]}, {len(years)} years.",
            f"Give at most {MOST_YEARS} years.",
        )
    elif missing := [year for year in years if year not in given]:
        problems.add(
            called,
            f"has no pool in {', '.join(missing)}.",
            "Give every year, 0 where there is none.",
        )
    return years


def _counted(years: list[str], settings: Settings, problems: Problems) -> int:
    """Return the years in which value counts."""
    if not settings.value_to or not years:
        return len(years)
    counted = start_of(settings.value_to) - start_of(years[0]) + 1
    if counted < len(years) or counted > 2 * MOST_YEARS:
        problems.add(
            f"{settings.called.settings}value_to",
            f"is {settings.value_to}, and the pools run from {years[0]} to {years[-1]}.",
            f"Give their last year, or up to {2 * MOST_YEARS} years after their first.",
        )
    return counted


def _schemes(
    table: pd.DataFrame,
    rows: list[Initiative],
    given: list[str],
    years: list[str],
    settings: Settings,
    problems: Problems,
) -> list[Scheme]:
    """Return the initiatives as schemes with their links and starts, without money and worth."""
    said, called = settings.words, settings.called.initiatives
    known = {*table["initiative_id"], *table["option_of"]} - {""}
    found = []
    for initiative, cells in zip(rows, table.to_dict("records"), strict=True):
        at = partial(spot, called, initiative.row)
        linked = {**cells, "project_id": cells["initiative_id"]}
        busy = 1 if initiative.recurrent or initiative.running else initiative.busy
        found.append(
            Scheme(
                id=initiative.id,
                row=initiative.row,
                organisation="",
                group=cells["option_of"] or initiative.id,
                benefit=0.0,
                spend=initiative.cost[:1].repeat(busy),
                cdel_share=1.0,
                must_fund=initiative.must or initiative.running,
                divisible=False,
                earliest_start=cells["earliest_start"] or "",
                latest_start=cells["latest_start"] or "",
                requires=required(linked, known, at, problems, said),
                excludes=excluded(linked, known, at, problems, said),
            )
        )
    check_links(found, called, problems, said)
    windows = CapitalSettings(words=said, called=CapitalNames(projects=called))
    before = len(problems.found)
    started = with_starts(found, given, windows, problems)
    if years != given and len(problems.found) == before:
        # years that are over may have taken the last chance to start
        started = with_starts(found, years, windows, Problems())
        for scheme in started:
            if scheme.must_fund and not scheme.starts:
                problems.add(
                    spot(called, scheme.row, "must"),
                    f"is yes, and it can no longer start: it is {settings.now}.",
                    "Widen its window, or set running to yes if it has started.",
                )
    return [
        replace(scheme, starts=(0,) if row.running else scheme.starts)
        for scheme, row in zip(started, rows, strict=True)
    ]


def _check_staff(
    staff: pd.DataFrame,
    table: pd.DataFrame,
    given: list[str],
    years: list[str],
    settings: Settings,
    problems: Problems,
) -> pd.DataFrame:
    """Check staff against what initiatives need, both ways; return that of the open years."""
    called = settings.called
    skills = use_columns(table.columns, "staff_")
    limited = dict(list(staff.groupby("skill", sort=False)))
    for skill, columns in skills.items():
        if skill not in limited:
            problems.add(
                spot(called.initiatives, 1, next(iter(columns.values()))),
                f"is staff of the skill {skill}, of which {called.staff} has none.",
                f"{nearest(skill, limited)} Give its months by year, or take the columns out.",
            )
    for skill, rows in limited.items():
        if skill not in skills:
            problems.add(
                spot(called.staff, rows.index[0], "skill"),
                f'is "{skill}", which no initiative uses: there is no column staff_{skill}_1.',
                nearest(str(skill), skills) if skills else "Take it out.",
            )
        for row, year in rows["year"].items():
            if year not in given:
                problems.add(
                    spot(called.staff, row, "year"),
                    f"is {year}, outside the years {given[0]} to {given[-1]} of the pools.",
                    "Correct it, or take the row out.",
                )
        missing = [year for year in years if year not in set(rows["year"])]
        if missing:
            problems.add(
                called.staff,
                f"has no months of {skill} in {', '.join(missing)}.",
                "Give every year of the pools, 0 where there are none.",
            )
    return staff[staff["year"].isin(years)]


def _check_no_staff(table: pd.DataFrame, settings: Settings, problems: Problems) -> None:
    called = settings.called
    for skill, columns in use_columns(table.columns, "staff_").items():
        if (table[list(columns.values())].fillna(0.0) != 0).any(axis=None):
            problems.add(
                spot(called.initiatives, 1, next(iter(columns.values()))),
                f"is staff of the skill {skill}, and there is no table of staff.",
                f"Give {called.staff}: its months by year; or take the columns out.",
            )
