"""Runs side by side: what they rest on that differs, then what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nelfin.data import load_inputs
from nelfin.data.differences import RestsOn, rests_on, what_differs
from nelfin.data.footprints import listed
from nelfin.errors import InputError
from nelfin.scenario import load_scenario
from nelfin.scenario.resolved import resolved_figures
from nelfin.store.findings import Findings
from nelfin.store.kept import kept_files
from nelfin.store.run_folder import what_ran
from nelfin.system.activity import STEPS
from nelfin.system.compared_schemes import schemes_compared
from nelfin.system.headline import headline_of

NO_BALANCE, NOT_GIVEN = "none", "not given"

SMALL = 1e-9
"""£m below which two results are alike."""


@dataclass(frozen=True)
class Comparison:
    """Two or more runs side by side. Each table has a column a run, in their order.

    Parameters
    ----------
    names
        Of the runs, each once.
    settings
        A row a setting that differs: `setting, unit`, the runs, and `why`: the source that the last
        run gives.
    cells
        A row a cell of a table that differs: `table, row, column, unit`, the runs, and `why`. A
        row that a run lacks is one line without a column.
    headline
        What a finance director asks first: `figure, unit`, and the runs.
    schemes
        A row a capital scheme that runs do not fund alike: `project_id, name, organisation`, the
        runs, and from the first to the last what `moved` and the `reason`.
    results
        A row a measure, what it is of, and year: `measure, of, year, unit`, the runs, and `change`
        (the last less the first); the largest change first.
    flags
        Why the runs may not be alike otherwise: versions, years, seeds.
    """

    names: list[str]
    settings: pd.DataFrame
    cells: pd.DataFrame
    headline: pd.DataFrame
    schemes: pd.DataFrame
    results: pd.DataFrame
    flags: list[str]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by name."""
        names = ("settings", "cells", "headline", "schemes", "results")
        return {name: getattr(self, name) for name in names}


def compare(first: Findings, second: Findings, *more: Findings) -> Comparison:
    """Set runs side by side.

    Parameters
    ----------
    first, second, *more
        Results of runs, such as from `open_result`.

    Returns
    -------
    Comparison
        What they rest on that differs, what they come to, and flags.
    """
    runs = [first, second, *more]
    names = _names(runs)
    flags = _flags(runs, names)
    plans = []
    for run, name in zip(runs, names, strict=True):
        plan, flag = _rests_on(run, name)
        plans.append(plan)
        flags += flag
    differs = what_differs(dict(zip(names, plans, strict=True)))
    of_scenario = differs["where"] == "scenario"
    if any(plan.tables is None for plan in plans):
        flags += _tables_by_hash(runs)
    schemes = schemes_compared(runs, names)
    gaps = [run.provenance["capital"]["gap"] for run in runs]
    if len(schemes) and any(gaps):
        proven = ", ".join(f"{name} {100 * (gap or 0.0):.2f} %"
                           for name, gap in zip(names, gaps, strict=True))  # fmt: skip
        flags.append(
            f"Capital plans are proven within some per cent of the best ({proven}): schemes worth "
            "little more than their price may come and go by that alone."
        )
    return Comparison(
        names,
        differs[of_scenario].drop(columns=["where", "row"]).rename(columns={"figure": "setting"})
        .reset_index(drop=True),
        differs[~of_scenario].rename(columns={"where": "table", "figure": "column"})
        .reset_index(drop=True),
        _headlines(runs, names),
        schemes,
        _results(runs, names),
        flags,
    )  # fmt: skip


def _names(runs: Sequence[Findings]) -> list[str]:
    """Return what each run is called; with the folder above, or a number, where two are alike."""
    names = [run.called for run in runs]
    if len(set(names)) < len(names):
        names = [
            f"{run.folder.parent.name}/{run.folder.name}"
            if names.count(name) > 1 and run.folder is not None
            else name
            for run, name in zip(runs, names, strict=True)
        ]
    return [f"{name} ({at})" if names.count(name) > 1 else name for at, name in enumerate(names, 1)]


def _rests_on(run: Findings, name: str) -> tuple[RestsOn, list[str]]:
    """Return what a run rests on, from the files that it keeps, and what cannot be told."""
    figures = resolved_figures(run.scenario_toml)
    missing = [file for file in kept_files(run.provenance) if file not in run.kept]
    if missing or not run.kept:
        why = "does not keep the tables it has read" if not run.kept else f"lacks {missing[0]}"
        return RestsOn(figures, None), [f"{name} {why}: cells are not compared."]
    with what_ran(run) as folder:
        try:
            scenario = load_scenario(folder)
            return rests_on(scenario, load_inputs(scenario)), []
        except InputError as error:
            why = str(error.problems[0]).replace(str(folder), name)
    return RestsOn(figures, None), [
        f"The tables of {name} cannot be read by this version, and are not compared: {why}"
    ]


def _headlines(runs: Sequence[Findings], names: Sequence[str]) -> pd.DataFrame:
    """Return what people ask of runs first, in the years that all of them have."""
    years = [year for year in headline_of(runs[0]).years
             if all(year in headline_of(run).years for run in runs)]  # fmt: skip
    known = {year for run in runs for year in headline_of(run).known}
    asked = dict.fromkeys([*[year for year in years if year not in known][:1], *years[-1:]])
    rows = [_headline(run, list(asked)) for run in runs]
    lines = [[*key, *(row[key] for row in rows)] for key in rows[0]]
    return pd.DataFrame(lines, columns=["figure", "unit", *names])


def _headline(run: Findings, years: Sequence[str]) -> dict[tuple[str, str], object]:
    """Return the figures of a run that people ask for first, by what they are and their unit."""
    headline, prevention = headline_of(run), run.data["prevention_net_cash"].to_series()
    found: dict[tuple[str, str], object] = {
        ("In balance from, reported", "year"): headline.balance_year or NO_BALANCE,
        ("In balance from, underlying", "year"): headline.underlying_balance_year or NO_BALANCE,
    }
    for year in years:
        found[f"Reported position, {year}", "£m"] = float(headline.reported[year])
        found[f"Underlying position, {year}", "£m"] = float(headline.underlying[year])
    for year in years[-1:]:
        short = int((headline.bodies[year] < -SMALL).sum())
        found[f"Organisations in deficit, {year}", "organisations"] = short
        found[f"Net cash of prevention, {year}", "£m"] = float(prevention[year])
        waiting = float(run.data["activity_list"].sel(year=year))
        found[f"Waiting for planned care, end of {year}", "people"] = (
            NOT_GIVEN if np.isnan(waiting) else round(waiting)
        )
    return found | {
        ("Furthest under target", "place"): str(headline.places.index[0]),
        ("Its distance from target", "%"): 100 * float(headline.places["dft"].iloc[0]),
        ("Capital schemes funded", "schemes"): headline.funded + headline.part_funded,
        ("Capital used", "£m"): headline.used,
        ("Benefit of the capital plan", "points"): float(run.provenance["capital"]["objective"]),
        ("Illustrative figures, schemes and initiatives apart", "figures"): headline.statuses.get(
            "illustrative", 0
        ),
        ("Illustrative capital schemes", "schemes"): headline.illustrative_schemes,
        ("Illustrative initiatives", "initiatives"): headline.illustrative_initiatives,
    }


def _results(runs: Sequence[Findings], names: Sequence[str]) -> pd.DataFrame:
    measured = [_measures(run).rename(name) for run, name in zip(runs, names, strict=True)]
    # a year, a place or an organisation that a run lacks is not nothing there: it is left out
    wide = pd.concat(measured, axis="columns", join="inner").reset_index()
    wide["change"] = wide[names[-1]] - wide[names[0]]
    figures = wide[list(names)]
    moved = wide[(figures.max(axis="columns") - figures.min(axis="columns")) > SMALL]
    order = moved["change"].abs().sort_values(ascending=False, kind="stable").index
    return moved.loc[order].reset_index(drop=True)


def _measures(run: Findings) -> pd.Series:
    """Return what runs are compared by, £m: index `measure, of, year, unit`."""
    data = run.data
    bridge = data["recovery_bridge"].rename(organisation="of")
    parts = [
        ("reported position", data["system_reported"].expand_dims(of=["system"])),
        ("reported position", bridge.sel(step="reported", drop=True)),
        ("underlying position", data["system_underlying"].expand_dims(of=["system"])),
        ("net cash of prevention", data["prevention_net_cash"].expand_dims(of=["system"])),
        *(
            (step, 0.0 + sign * data[name].rename(organisation="of"))
            for step, (name, sign) in STEPS.items()
        ),
        ("capital used", data["capital_used"].rename(organisation="of")),
        ("budget", data["budget"].sum("stream").rename(place="of")),
    ]
    frames = []
    for measure, array in parts:
        frame = array.transpose("of", "year").to_series().rename("value").reset_index()
        frames.append(frame.assign(measure=measure, unit="£m"))
    table = pd.concat(frames, ignore_index=True)
    return table.set_index(["measure", "of", "year", "unit"])["value"]


def _flags(runs: Sequence[Findings], names: Sequence[str]) -> list[str]:
    """Say why runs may not be alike otherwise."""
    drawn = all(run.provenance.get("draws") for run in runs)
    spans = [" to ".join(str(year) for year in run.data["year"].values[[0, -1]]) for run in runs]
    flags = []
    for words, seen in (
        ("The version of nelfin differs", [run.provenance["versions"]["nelfin"] for run in runs]),
        ("Plans of other years, compared in those that all have", spans),
        ("The seed of the draws differs", [run.provenance.get("seed") for run in runs if drawn]),
        ("The number of draws differs", [run.provenance.get("draws") for run in runs]),
    ):
        if len(set(seen)) > 1:
            each = ", ".join(f"{name} {value}" for name, value in zip(names, seen, strict=True))
            flags.append(f"{words}: {each}.")
    for words, dim in (("Places", "place"), ("Organisations", "organisation")):
        have = [{str(name) for name in run.data[dim].values} for run in runs]
        if lacking := sorted(have[0].union(*have) - have[0].intersection(*have)):
            flags.append(f"{words} that not every run has are left out: {listed(lacking)}.")
    return flags


def _tables_by_hash(runs: Sequence[Findings]) -> list[str]:
    """Say which files of tables differ, where their cells cannot be told."""
    inputs = [run.provenance.get("inputs", {}) for run in runs]
    tables = dict.fromkeys(name for hashes in inputs for name in hashes)
    changed = [
        name
        for name in tables
        if not name.startswith("scenario") and len({hashes.get(name) for hashes in inputs}) > 1
    ]
    return [f"Files of tables differ: {', '.join(changed)}."] if changed else []


def require_two(folders: tuple[str, ...]) -> None:
    """Refuse fewer than two runs.

    Parameters
    ----------
    folders
        Of the runs to compare.

    Raises
    ------
    InputError
        If there are fewer.
    """
    if len(folders) < 2:
        raise InputError.one("compare", f"is given {len(folders)} run.", "Name two or more.")
