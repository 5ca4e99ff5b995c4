"""Published figures of every system of England, as they come with nelfin (`data/england`)."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from nelfin.data.footprints import Part, System, find_system, listed, systems, table
from nelfin.data.specs import COMPONENTS
from nelfin.errors import InputError, printable

__all__ = [
    "Part",
    "System",
    "allocations_of",
    "backlog_of",
    "capital_of",
    "england",
    "finance_of",
    "find_system",
    "positions_of",
    "projections_of",
    "systems",
    "trusts_of",
    "weighted_populations_of",
]

SHARE_OF = {"core": "share_core", "primary_medical": "share_primary_medical"}
"""Share that a stream of a split system is shared by; the other streams by people."""

MONEY = ("allocation_gbp_m", "baseline_gbp_m", "opening_target_gbp_m")
AGES = ("age_0_19", "age_20_64", "age_65_74", "age_75_84", "age_85_plus")


def allocations_of(system: System) -> pd.DataFrame:
    """Return the allocations of a system by stream and year.

    Parameters
    ----------
    system
        From `find_system`.

    Returns
    -------
    pandas.DataFrame
        The columns of the table of allocations of a scenario. Of a system made of several they are
        sums, of a part its share; growth and convergence are then blank.
    """
    every = table("allocations")
    rows = every[every["icb"] == system.parts[0].old_code].drop(columns="icb")
    rows = rows.reset_index(drop=True)
    if system.published:
        return rows
    for name in MONEY:
        rows[name] = 0.0
    restricted = pd.Series(0.0, index=rows.index)
    for part in system.parts:
        own = every[every["icb"] == part.old_code].reset_index(drop=True)
        if list(zip(own["stream"], own["year"], strict=True)) != list(
            zip(rows["stream"], rows["year"], strict=True)
        ):
            raise ValueError(f"{part.old_code} has other lines than {system.parts[0].old_code}")
        share = own["stream"].map(
            lambda stream, part=part: getattr(part, SHARE_OF.get(stream, "share_population"))
        )
        for name in MONEY:
            rows[name] += own[name] * share
        restricted += own["baseline_gbp_m"] * own["restricted_share"] * share
    rows["restricted_share"] = (restricted / rows["baseline_gbp_m"]).round(6)
    rows[list(MONEY)] = rows[list(MONEY)].round(6)
    rows["growth"] = rows["convergence"] = float("nan")
    rows["status"] = "derived"
    rows["source"] = [
        f"{_sum_of(system, SHARE_OF.get(stream, 'share_population'))}: NHS England ICB "
        f"allocations {year} (OGL v3), read in a copy"
        for stream, year in zip(rows["stream"], rows["year"], strict=True)
    ]
    return rows


def _sum_of(system: System, share: str) -> str:
    """Say what a figure of a system that is not published is worked out from."""
    by = {
        "share_core": "core weighted people",
        "share_primary_medical": "primary medical weighted people",
        "share_population": "registered people",
    }[share]
    wholes = [part.old_code for part in system.parts if part.whole]
    shares = [
        f"{getattr(part, share):.1%} of {part.old_code}" for part in system.parts if not part.whole
    ]
    text = f"Sum of {listed(wholes + shares)}"
    return f"{text}, by {by} of 2025/26" if shares else text


def weighted_populations_of(system: System, years: Iterable[str] | None = None) -> pd.DataFrame:
    """Return the weighted populations of a system by year and local authority.

    Parameters
    ----------
    system
        From `find_system`.
    years
        Years such as 2025/26; None for all there are.

    Returns
    -------
    pandas.DataFrame
        Columns `year, local_authority, practices`, the components in people, `status` and
        `source`. An authority that two parts of the system have is added up.

    Raises
    ------
    InputError
        If there are no figures for a year.
    """
    every = table("weighted_populations")
    if years is not None:
        every = every[every["year"].isin(_known_years(years))]
    own = []
    for part in system.parts:
        rows = every[every["icb"] == part.old_code]
        own.append(rows if part.whole else rows[rows["local_authority"].isin(part.authorities)])
    key = ["year", "local_authority"]
    joined = pd.concat(own, ignore_index=True).sort_values(key, kind="stable", ignore_index=True)
    again = joined.duplicated(key, keep=False)
    if not again.any():
        return joined[["year", "local_authority", "practices", *COMPONENTS, "status", "source"]]
    sums = joined.groupby(key, as_index=False)[["practices", *COMPONENTS]].sum().round(4)
    notes = joined.drop_duplicates(key, ignore_index=True)[["icb", "status", "source"]]
    for (year, authority), rows in joined[again].groupby(key):
        at = sums.index[(sums["year"] == year) & (sums["local_authority"] == authority)]
        notes.loc[at, "source"] = (
            f"{'; '.join(rows['source'].unique())}; its parts in {listed(rows['icb'])} added up"
        )
    return sums.join(notes[["status", "source"]])


def _known_years(years: Iterable[str]) -> list[str]:
    known = sorted(set(table("weighted_populations")["year"]))
    wanted = list(years)
    if wrong := [year for year in wanted if year not in known]:
        raise InputError.one(
            f"year {printable(', '.join(map(str, wrong)))}",
            "has no weighted populations that come with nelfin.",
            f"Give one of {listed(known)}.",
        )
    return wanted


def england(year: str) -> pd.Series:
    """Return the people of England, registered and weighted, in a year.

    Parameters
    ----------
    year
        A year such as 2025/26.

    Returns
    -------
    pandas.Series
        People by component.

    Raises
    ------
    InputError
        If there are no figures for the year.
    """
    every = table("weighted_populations")
    return every.loc[every["year"].isin(_known_years([year])), list(COMPONENTS)].sum()


def allocated(year: str) -> float:
    """Return the allocations of all systems together in a year, £m.

    Parameters
    ----------
    year
        A year such as 2025/26.
    """
    every = table("allocations")
    return float(every.loc[every["year"] == year, "allocation_gbp_m"].sum())


def projections_of(system: System) -> pd.DataFrame:
    """Return the projected people of a system by calendar year and age.

    Parameters
    ----------
    system
        From `find_system`.

    Returns
    -------
    pandas.DataFrame
        Columns `year, people`, the ages, `status` and `source`. Of a system made of several they
        are sums, of a part its share of registered people in every year and at every age.
    """
    every = table("population_projections")
    if system.published:
        return every[every["icb"] == system.code].drop(columns="icb").reset_index(drop=True)
    shares = {part.old_code: part.share_population for part in system.parts}
    rows = every[every["icb"].isin(shares)].copy()
    rows[list(AGES)] = rows[list(AGES)].mul(rows["icb"].map(shares), axis=0)
    sums = rows.groupby("year")[list(AGES)].sum().round().astype(int).reset_index()
    sums.insert(1, "people", sums[list(AGES)].sum(axis=1))
    sums["status"] = "derived"
    sums["source"] = (
        f"{_sum_of(system, 'share_population')}: ONS 2022-based population projections (OGL v3), "
        "read in a copy"
    )
    return sums


def trusts_of(system: System) -> pd.DataFrame:
    """Return the NHS trusts of a system, as they were in March 2026.

    Parameters
    ----------
    system
        From `find_system`.

    Returns
    -------
    pandas.DataFrame
        Columns `code, trust, type, new_icb, old_icb, status` and `source`, by name; a trust belongs
        to the one system that it reports to, whomever else it serves.
    """
    every = table("trusts")
    own = every["old_icb" if system.published else "new_icb"] == system.code
    return every[own].sort_values("trust", ignore_index=True)


def finance_of(system: System) -> pd.DataFrame:
    """Return the income, expenditure and plans of the trusts of a system.

    Parameters
    ----------
    system
        From `find_system`.

    Returns
    -------
    pandas.DataFrame
        Columns `code, trust, type, measure, year, value, unit, status` and `source`.
    """
    return _of_trusts(system, "trust_finance")


def backlog_of(system: System) -> pd.DataFrame:
    """Return the backlog of maintenance of the trusts of a system, by risk.

    Parameters
    ----------
    system
        From `find_system`.

    Returns
    -------
    pandas.DataFrame
        Columns `code, trust, type, high_gbp_m, significant_gbp_m, moderate_gbp_m, low_gbp_m, year,
        status` and `source`; a trust whose backlog is not known has no row.
    """
    return _of_trusts(system, "backlog")


def beds_of(system: System) -> pd.DataFrame:
    """Return the general and acute beds of the trusts of a system.

    Parameters
    ----------
    system
        From `find_system`.

    Returns
    -------
    pandas.DataFrame
        Columns `code, trust, type, beds_available, beds_occupied, beds_fit_to_leave` (NaN where
        none is published), `year, status` and `source`; a trust without such beds has no row.
    """
    return _of_trusts(system, "beds")


def capital_of(system: System) -> pd.DataFrame:
    """Return the operational capital of the acute and specialist trusts of a system.

    Parameters
    ----------
    system
        From `find_system`.

    Returns
    -------
    pandas.DataFrame
        Columns `code, trust, type, total_2026_30_gbp_m, status` and `source`.
    """
    return _of_trusts(system, "capital")


def _of_trusts(system: System, name: str) -> pd.DataFrame:
    trusts = trusts_of(system)[["code", "trust", "type"]]
    return trusts.merge(table(name), on="code", validate="one_to_many")


def positions_of(system: System) -> pd.DataFrame:
    """Return what board papers say of the position of a system and of its board.

    Parameters
    ----------
    system
        From `find_system`.

    Returns
    -------
    pandas.DataFrame
        Columns `icb, body` (system or ICB), `year, measure, value_gbp_m, note, status` and
        `source`. Rows of a former system are given where the whole of it is in this one: its code
        says whose they are; nothing is added up.
    """
    every = table("positions")
    codes = {system.code, *(part.old_code for part in system.parts if part.whole)}
    return every[every["icb"].isin(codes)].reset_index(drop=True)
