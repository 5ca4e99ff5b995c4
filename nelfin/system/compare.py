"""Runs side by side: what they rest on that differs, then what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from nelfin.data import load_inputs
from nelfin.data.differences import RestsOn, rests_on, what_differs
from nelfin.errors import InputError
from nelfin.scenario import load_scenario
from nelfin.scenario.resolved import resolved_figures
from nelfin.store.findings import Findings
from nelfin.store.kept import kept_files
from nelfin.store.run_folder import what_ran
from nelfin.system.compared_schemes import schemes_compared
from nelfin.system.headline import headline_of

NO_BALANCE = "none"

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
        pd.DataFrame(
            [[figure, unit, *(row[figure, unit] for row in map(_headline, runs))]
             for figure, unit in _headline(runs[0])],
            columns=["figure", "unit", *names],
        ),
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


def _headline(run: Findings) -> dict[tuple[str, str], object]:
    """Return the figures of a run that people ask for first, by what they are and their unit."""
    headline = headline_of(run)
    last = headline.years[-1]
    at_end = headline.bodies[last]
    furthest = headline.places.iloc[0]
    open_years = [each for each in headline.years if each not in headline.known]
    found: dict[tuple[str, str], object] = {
        ("In balance from, reported", "year"): headline.balance_year or NO_BALANCE,
        ("In balance from, underlying", "year"): headline.underlying_balance_year or NO_BALANCE,
    }
    for each in dict.fromkeys([*open_years[:1], last]):
        found["Reported position, " + each, "£m"] = float(headline.reported[each])
        found["Underlying position, " + each, "£m"] = float(headline.underlying[each])
    return found | {
        (f"Organisations in deficit, {last}", "organisations"): int((at_end < -SMALL).sum()),
        ("Furthest under target", "place"): str(headline.places.index[0]),
        ("Its distance from target", "%"): 100 * float(furthest["dft"]),
        ("Net cash of prevention, " + last, "£m"): float(
            run.data["prevention_net_cash"].sel(year=last)
        ),
        ("Capital schemes funded", "schemes"): headline.funded + headline.part_funded,
        ("Capital used", "£m"): headline.used,
        ("Benefit of the capital plan", "points"): float(run.provenance["capital"]["objective"]),
        ("Illustrative figures, schemes apart", "figures"): headline.statuses.get(
            "illustrative", 0
        ),
        ("Illustrative capital schemes", "schemes"): headline.illustrative_schemes,
    }


def _results(runs: Sequence[Findings], names: Sequence[str]) -> pd.DataFrame:
    measured = [_measures(run).rename(name) for run, name in zip(runs, names, strict=True)]
    wide = pd.concat(measured, axis="columns").reset_index()
    wide["change"] = wide[names[-1]].fillna(0.0) - wide[names[0]].fillna(0.0)
    figures = wide[list(names)].fillna(0.0)
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
    flags = []
    drawn = all(run.provenance.get("draws") for run in runs)
    for label, of in (
        ("version of nelfin", lambda run: run.provenance["versions"].get("nelfin")),
        ("years", lambda run: f"{run.data['year'].values[0]} to {run.data['year'].values[-1]}"),
        ("seed of the draws", lambda run: run.provenance.get("seed") if drawn else None),
        ("number of draws", lambda run: run.provenance.get("draws")),
    ):
        seen = [of(run) for run in runs]
        if len(set(seen)) > 1:
            each = ", ".join(f"{name} {value}" for name, value in zip(names, seen, strict=True))
            flags.append(f"The {label} differs: {each}.")
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
