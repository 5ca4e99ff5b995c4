"""Runs side by side: the settings that differ, then the results that do, largest first."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nelfin.errors import InputError
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
    settings = [dict(_settings(tomllib.loads(run.scenario_toml))) for run in runs]
    keys = list(dict.fromkeys(key for found in settings for key in found))
    rows = [
        [key, *(_shown(found.get(key)) for found in settings)]
        for key in keys
        if len({_shown(found.get(key)) for found in settings}) > 1 and key != "name"
    ]
    wide = pd.concat([_measures(run).rename(name) for run, name in zip(runs, names, strict=True)],
                     axis="columns").reset_index()  # fmt: skip
    wide["change"] = wide[names[-1]].fillna(0.0) - wide[names[0]].fillna(0.0)
    moved = wide[wide["change"].abs() > 1e-9]
    order = moved["change"].abs().sort_values(ascending=False, kind="stable").index
    return Comparison(
        names,
        pd.DataFrame(rows, columns=["setting", *names]),
        moved.loc[order].reset_index(drop=True),
        _flags(runs, names),
    )


def _names(runs: list[Findings]) -> list[str]:
    """Return the runs' names, numbered where two are alike."""
    names = [run.name for run in runs]
    return [f"{name} ({at})" if names.count(name) > 1 else name for at, name in enumerate(names, 1)]


def _settings(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict) and "value" in value:
            yield f"{prefix}{key}", value["value"]
        elif isinstance(value, dict):
            yield from _settings(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _shown(value: Any) -> str:
    if value is None:
        return "–"
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
