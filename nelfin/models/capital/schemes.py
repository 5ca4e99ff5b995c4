"""Capital schemes: the project table checked, with the starts each scheme may have."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data.specs import PROJECTS_BY_CRITERIA, TABLES
from nelfin.data.tables import BACKLOG, SCORE, SPEND, inspect_frame
from nelfin.errors import InputError, Problems, nearest
from nelfin.models.capital.rules import check_rules
from nelfin.models.capital.settings import Settings
from nelfin.years import start_of, years_between

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scheme:
    """One scheme, or one option of it, ready for the program."""

    id: str
    row: int
    organisation: str
    group: str
    benefit: float
    spend: Array
    """£m in each year of the build, base-year prices, optimism bias included."""
    cdel_share: float
    starts: tuple[int, ...]
    """Years in which it may start, as positions in the plan's years."""
    must_fund: bool
    divisible: bool
    requires: tuple[tuple[str, int], ...] = field(default=())
    excludes: tuple[str, ...] = field(default=())
    category: str = ""
    place: str = ""
    equity_weight: float = 1.0
    deprived_share: float = 0.0
    """Share of the people of its place who live in the most deprived areas."""
    revenue: float = 0.0
    """Yearly effect on revenue once complete, £m, a saving positive."""
    backlog: Mapping[str, float] = field(default_factory=dict)
    """Backlog maintenance it clears, £m, by risk band."""
    life_years: int = 0

    @property
    def build_years(self) -> int:
        """Number of years of spend."""
        return len(self.spend)


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
            f"{place}, row 1",
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
        at = f"{place}, row {row}"
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
                requires=_required(line, known, at, problems),
                excludes=_excluded(line, known, at, problems),
                category=line["category"],
                place=line["place"],
                equity_weight=settings.place_weights.get(line["place"], 1.0),
                deprived_share=settings.deprived_share.get(line["place"], 0.0),
                revenue=line["revenue_gbp_m"],
                backlog=_backlog(line),
                life_years=round(settings.life_years.get(line["asset_type"], 0)),
            )
        )
    _check_links(schemes, place, problems)
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
                f"{place}, row 1, column score_{name}",
                "has no weight.",
                "Add it to criteria_weights; 0 leaves it out.",
            )
    total = np.zeros(len(table))
    for name, column in zip(criteria, scores, strict=True):
        for row in table.index[table[column].isna()]:
            problems.add(f"{place}, row {row}, column {column}", "is empty.", "Give the score.")
        total += settings.criteria_weights.get(name, 0.0) * table[column].to_numpy(dtype=float)
    if not criteria:
        problems.add(f"{place}, row 1", "has no score_ columns.", "Add one for each criterion.")
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
                f"{settings.place[0]}, row {row}, column asset_type",
                f'is "{table.at[row, "asset_type"]}", for which there is no life in years.',
                "Give an asset type with a life: net present social value is counted over it.",
            )


def _backlog(line: Mapping[str, Any]) -> dict[str, float]:
    columns = [name for name in line if re.fullmatch(BACKLOG, str(name)) and line[name]]
    return {
        name.removeprefix("backlog_").removesuffix("_gbp_m"): float(line[name]) for name in columns
    }


def spend_columns(table: pd.DataFrame) -> list[str]:
    """Return the spend columns of a project table in the order of the years."""
    names = [str(name) for name in table.columns if re.fullmatch(SPEND, str(name))]
    return sorted(names, key=lambda name: int(name.partition("_")[2]))


def _starts(
    line: Mapping[str, Any],
    build: int,
    years: list[str],
    truncate: bool,
    at: str,
    problems: Problems,
) -> tuple[int, ...]:
    """Return the starts that lie in the scheme's window and let its spend fit in the plan."""
    base = start_of(years[0])
    earliest, latest = line["earliest_start"], line["latest_start"]
    first = max(0, start_of(earliest) - base) if earliest else 0
    last = start_of(latest) - base if latest else len(years) - 1
    if earliest and latest and earliest > latest:
        problems.add(
            f"{at}, column latest_start",
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
                f"{at}, column {name}",
                f"is {label}, outside the plan's years {years[0]} to {years[-1]}.",
                "Correct the year, or take the scheme out.",
            )
            return ()
    final = len(years) - 1 if truncate else len(years) - build
    starts = tuple(range(first, min(last, final) + 1))
    if not starts:
        problems.add(
            f"{at}, column earliest_start" if earliest else at,
            f"no start from {years[first]} to {years[min(last, len(years) - 1)]} lets the "
            f"{build} years of spend end by {years[-1]}.",
            "Widen the window, give more years of limits, or allow spend past the last year "
            "(truncate).",
        )
    return starts


def _required(
    line: Mapping[str, Any], known: Mapping[str, int], at: str, problems: Problems
) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for text in _split(line["requires"]):
        name, plus, lag = text.partition("+")
        where = f"{at}, column requires"
        if plus and not re.fullmatch(r"\d+", lag.strip(), re.ASCII):
            problems.add(where, f'holds "{text}".', 'Write the years as in "P12+2".')
        elif _is_other(name.strip(), line["project_id"], known, where, problems):
            # of two lags on one scheme the longer holds
            found[name.strip()] = max(found.get(name.strip(), 0), int(lag) if plus else 0)
    return tuple(found.items())


def _excluded(
    line: Mapping[str, Any], known: Mapping[str, int], at: str, problems: Problems
) -> tuple[str, ...]:
    where = f"{at}, column excludes"
    return tuple(
        name
        for name in _split(line["excludes"])
        if _is_other(name, line["project_id"], known, where, problems)
    )


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _is_other(
    name: str, own: str, known: Mapping[str, int], where: str, problems: Problems
) -> bool:
    if name == own:
        problems.add(where, "names the scheme itself.", "Take it out.")
    elif name not in known:
        problems.add(where, f'names "{name}", which no row has.', nearest(name, known))
    else:
        return True
    return False


def _check_links(schemes: list[Scheme], place: str, problems: Problems) -> None:
    by_id = {scheme.id: scheme for scheme in schemes}
    for scheme in schemes:
        at = f"{place}, row {scheme.row}"
        for name, _ in scheme.requires:
            other = by_id[name]
            if name in scheme.excludes or scheme.id in other.excludes:
                problems.add(
                    f"{at}, column requires",
                    f"names {name}, but the two exclude each other.",
                    "Drop one of the two links.",
                )
            elif scheme.group == other.group:
                problems.add(
                    f"{at}, column requires",
                    f"names {name}, another option of {scheme.group}; only one is ever chosen.",
                    "Drop the link, or take one of them out of the options.",
                )
        for name in scheme.excludes:
            if scheme.must_fund and by_id[name].must_fund:
                problems.add(
                    f"{at}, column excludes",
                    f"names {name}, but both must be funded.",
                    "Set must_fund to no for one of them.",
                )
    for loop in _loops(by_id):
        shown = loop if len(loop) <= 8 else [*loop[:4], f"… ({len(loop) - 5} more) …", loop[-1]]
        problems.add(
            f"{place}, row {by_id[loop[0]].row}, column requires",
            f"makes a loop: {' needs '.join([*shown, loop[0]])}.",
            "Break the loop.",
        )


def _loops(by_id: Mapping[str, Scheme]) -> list[list[str]]:
    """Return the loops of prerequisites, each once."""
    done: set[str] = set()
    loops = []
    for start in by_id:
        path: list[str] = []
        trail = [(start, iter(by_id[start].requires))] if start not in done else []
        if trail:
            path.append(start)
        while trail:
            _, links = trail[-1]
            step = next(links, None)
            if step is None:
                done.add(path.pop())
                trail.pop()
            elif step[0] in path:
                loops.append(path[path.index(step[0]) :])
            elif step[0] not in done:
                path.append(step[0])
                trail.append((step[0], iter(by_id[step[0]].requires)))
    return loops


def inspect_limits(limits: pd.DataFrame, place: str) -> tuple[pd.DataFrame, Problems]:
    """Inspect a limits table: its years run without a gap, the same for every organisation."""
    table, problems = inspect_frame(limits, TABLES["capital_limits"], place)
    if not {"year", "limit_gbp_m"} <= set(table.columns):
        return table, problems
    have = {str(year) for year in table["year"] if year}
    years = years_between(min(have), max(have)) if have else []
    if len(years) > 40:
        span = f"runs from {years[0]} to {years[-1]}, {len(years)} years."
        problems.add(place, span, "Give at most 40 years.")
    whole = bool(have) and all(table["year"])
    for organisation, rows in table.groupby("organisation") if whole else []:
        missing = [year for year in years[:40] if year not in set(rows["year"])]
        if missing:
            problems.add(
                place,
                f"has no limit for {organisation or 'the system'} in {', '.join(missing)}.",
                "Give every organisation the same years, without a gap.",
            )
    return table, problems


def require_limits(limits: pd.DataFrame, place: str = "limits") -> pd.DataFrame:
    """Return a limits table that is right.

    Raises
    ------
    InputError
        With every problem.
    """
    table, problems = inspect_limits(limits, place)
    problems.raise_if_any()
    return table


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
    _check_owners(table, {scheme.organisation for scheme in schemes}, settings.place[1], problems)
    rules = check_rules(
        settings.rules, checked, years, bool(settings.deprived_share), "capital_rules", problems
    )
    problems.raise_if_any()
    return Checked(checked, schemes, table, years, rules)


def _check_owners(limits: pd.DataFrame, owners: set[str], place: str, problems: Problems) -> None:
    """Refuse a limit of an organisation that looks misspelt: it would bind nobody, unseen."""
    if "organisation" not in limits:
        return
    for name, rows in limits.groupby("organisation"):
        close = difflib.get_close_matches(str(name), sorted(owners), n=1, cutoff=0.8)
        if name and name not in owners and close:
            problems.add(
                f"{place}, row {rows.index[0]}, column organisation",
                f'is "{name}", which has no scheme.',
                f'Did you mean "{close[0]}"?',
            )


ANY_YEAR = "2000/01"
"""Stands in for the plan's years where the limits give none, to check the rest of the schemes."""
