"""Runs side by side: the settings that differ, then the results that do, largest first."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from nelfin.errors import InputError
from nelfin.evidence import Figure
from nelfin.scenario.resolved import resolved_figures
from nelfin.store.findings import Findings


@dataclass(frozen=True)
class Comparison:
    """Two or more runs side by side.

    Parameters
    ----------
    names
        Of the runs, each once.
    settings
        A row a setting that differs: `setting`, and a column a run.
    results
        A row a measure, what it is of, and year: `measure, of, year, unit`, a column a run, and
        `change` (the last run less the first); the largest change first.
    flags
        Why the runs may not be alike: versions, inputs, years, seeds.
    """

    names: list[str]
    settings: pd.DataFrame
    results: pd.DataFrame
    flags: list[str]


def compare(first: Findings, second: Findings, *more: Findings) -> Comparison:
    """Set runs side by side.

    Parameters
    ----------
    first, second, *more
        Results of runs, such as from `open_result`.

    Returns
    -------
    Comparison
        Changed settings, changed results, and flags.
    """
    runs = [first, second, *more]
    names = _names(runs)
    wide = pd.concat([_measures(run).rename(name) for run, name in zip(runs, names, strict=True)],
                     axis="columns").reset_index()  # fmt: skip
    wide["change"] = wide[names[-1]].fillna(0.0) - wide[names[0]].fillna(0.0)
    moved = wide[wide["change"].abs() > 1e-9]
    order = moved["change"].abs().sort_values(ascending=False, kind="stable").index
    return Comparison(
        names,
        pd.DataFrame(_settings(runs), columns=["setting", *names]),
        moved.loc[order].reset_index(drop=True),
        _flags(runs, names),
    )


def _names(runs: list[Findings]) -> list[str]:
    """Return the runs' names, numbered where two are alike."""
    names = [run.name for run in runs]
    return [f"{name} ({at})" if names.count(name) > 1 else name for at, name in enumerate(names, 1)]


def _settings(runs: list[Findings]) -> list[list[str]]:
    """Return each setting that differs, and its value in each run."""
    scenarios = [resolved_figures(run.scenario_toml) for run in runs]
    rows = []
    for key in dict.fromkeys(key for figures in scenarios for key in figures):
        values = [_shown(figures.get(key)) for figures in scenarios]
        if len(set(values)) > 1 and key != "name":
            rows.append([key, *values])
    return rows


def _shown(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    value = figure.value
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _measures(run: Findings) -> pd.Series:
    """Return what runs are compared by, £m: index `measure, of, year, unit`."""
    data = run.data
    parts = {
        "reported position": data["system_reported"].expand_dims(of=["system"]),
        "underlying position": data["system_underlying"].expand_dims(of=["system"]),
        "net cash of prevention": data["prevention_net_cash"].expand_dims(of=["system"]),
        "capital used": data["capital_used"].rename(organisation="of"),
        "budget": data["budget"].sum("stream").rename(place="of"),
    }
    frames = []
    for measure, array in parts.items():
        frame = array.transpose("of", "year").to_series().rename("value").reset_index()
        frames.append(frame.assign(measure=measure, unit="£m"))
    table = pd.concat(frames, ignore_index=True)
    return table.set_index(["measure", "of", "year", "unit"])["value"]


def _flags(runs: list[Findings], names: list[str]) -> list[str]:
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
    inputs = [run.provenance.get("inputs", {}) for run in runs]
    tables = dict.fromkeys(name for hashes in inputs for name in hashes)
    changed = [
        name
        for name in tables
        if not name.startswith("scenario") and len({hashes.get(name) for hashes in inputs}) > 1
    ]
    if changed:
        flags.append(f"Tables differ: {', '.join(changed)}.")
    return flags


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
